//! Artifacts of the run, without Node: the protocol of GitHub's results service (`ci/github`, section 1).
//!
//! A PDF goes up as it is, so that a browser opens it from its link; servers that cannot do that get an archive. What
//! a server can do shows in its answers alone.

use super::artifact_list::{Listed, field, id_of, newest};
use super::blob::{self, SignedUrl};
use super::form::{FORMS, Form, Remedy, ZIP_TYPE, remedy};
use crate::ci::github::{Job, Runtime};
use crate::console::Console;
use crate::http::call::{Call, send};
use crate::http::error::CallError;
use crate::http::retry::{Failure, RetryClass, is_transient};
use crate::http::{HttpClient, call_limit, sensitive};
use crate::messages::{Attempt, HttpMessage};
use crate::publish::results::PublishError;
use crate::report::store::archive::{Archive, pack};
use crate::report::store::directory::ReportDirectory;
use crate::text::redactor;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep};
use url::Url;

/// Where the calls are.
const SERVICE: &str = "/twirp/github.actions.results.api.v1.ArtifactService/";
/// Scope of the token that holds the two ids.
const SCOPE: &str = "Actions.Results";
/// Tries after an artifact of an earlier try of this job was removed, before another name is taken.
const OVERWRITE_TRIES: u32 = 3;
/// A day.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// The PDF of a task.
#[derive(Clone, Debug)]
pub(super) struct UploadFile {
    /// Where it lies.
    pub(super) path: PathBuf,
    /// Its size.
    pub(super) bytes: u64,
    /// Digest of its bytes, lower-case hex.
    pub(super) sha256: String,
    /// Name of the file.
    pub(super) name: String,
}

/// What becomes one artifact.
#[derive(Clone, Debug)]
pub(super) struct Upload {
    /// What the artifact is named after.
    pub(super) stem: String,
    /// One file goes up as it is, where the server takes that; several are packed.
    pub(super) files: Vec<UploadFile>,
}

/// An artifact being made.
struct Begun {
    form: Form,
    name: String,
    target: SignedUrl,
}

/// Uploads to the service of one job.
pub(super) struct Uploader<'a> {
    http: &'a HttpClient,
    job: &'a Job,
    token: SecretString,
    origin: Url,
    ids: (String, String),
    expires_at: Option<String>,
    console: &'a Console,
    deadline: Instant,
}

impl<'a> Uploader<'a> {
    /// Prepares to upload until `deadline`.
    ///
    /// # Errors
    /// When the job gives no access.
    pub(super) fn new(
        http: &'a HttpClient,
        job: &'a Job,
        runtime: &Runtime,
        retention_days: Option<u32>,
        console: &'a Console,
        deadline: Instant,
    ) -> Result<Self, PublishError> {
        let Runtime { results_url, token } = runtime.clone();
        redactor::learn(token.expose_secret());
        let failed = |why: &str| PublishError::Failed(why.to_owned());
        // The runner itself talks to this address, also where it is plain http; the path is not used.
        let origin = Url::parse(&results_url)
            .and_then(|url| url.join("/"))
            .map_err(|_| failed("ACTIONS_RESULTS_URL is no address"))?;
        let ids = backend_ids(token.expose_secret()).ok_or_else(|| {
            let why = "ACTIONS_RUNTIME_TOKEN does not name the run, which the service for artifacts needs";
            if job.repository.is_on_github() { failed(why) } else { PublishError::NotOffered(why.to_owned()) }
        })?;
        Ok(Self {
            http,
            job,
            token,
            origin,
            ids,
            expires_at: expiry(retention_days, job.retention_days, SystemTime::now()),
            console,
            deadline,
        })
    }

    /// Uploads an artifact; returns the address of the artifact's page.
    ///
    /// # Errors
    /// When nothing was uploaded.
    pub(super) async fn upload(
        &self,
        upload: &Upload,
        directory: &ReportDirectory,
    ) -> Result<String, PublishError> {
        let begun = self.begin(upload).await?;
        for secret in begun.target.secrets() {
            self.console.mask(&secret);
        }
        let id = match upload.files.as_slice() {
            [file] if begun.form.is_file() => self.send(&begun, &file.path, file.bytes, &file.sha256).await,
            _ => {
                let Archive { file, bytes, sha256 } = archive(directory, upload).await?;
                self.send(&begun, file.path(), bytes, &sha256).await
            }
        };
        let id = id.map_err(|error| PublishError::Failed(error.to_string()))?;
        let size = crate::text::bytes(upload.files.iter().map(|file| file.bytes).sum());
        tracing::info!("artifact: `{}`, {size}", begun.name);
        Ok(self.job.artifact_url(&id))
    }

    /// Makes an empty artifact in the best form the server takes.
    async fn begin(&self, upload: &Upload) -> Result<Begun, PublishError> {
        let Upload { stem, files } = upload;
        let mut forms = FORMS.into_iter().filter(|form| files.len() == 1 || !form.is_file()).peekable();
        let mut suffix = String::new();
        let (mut tries, mut overwrites) = (0, 0);
        loop {
            let Some(form) = forms.peek().copied() else {
                return Err(PublishError::Failed("the service takes no form of artifact".to_owned()));
            };
            let name = if form.is_file() {
                format!("{stem}{suffix}.pdf")
            } else {
                format!("codearts-report-{stem}{suffix}")
            };
            let error = match self.create(form, &name).await {
                Ok(target) => return Ok(Begun { form, name, target }),
                Err(error) => error,
            };
            tries += 1;
            let remedy = remedy(form, &error, tries);
            tracing::debug!("{error}: {remedy:?}");
            let pause = self.http.backoff().after(tries, error.retry_after);
            match remedy {
                Remedy::NextForm | Remedy::LastForm => {
                    tries = 0;
                    forms.next();
                    if remedy == Remedy::LastForm {
                        while forms.next_if(|form| *form != Form::Zip).is_some() {}
                    }
                }
                // In the first try of a job the name is another job's, or ours after a lost answer; neither is replaced.
                Remedy::Overwrite if overwrites < OVERWRITE_TRIES && self.job.run_attempt != "1" => {
                    overwrites += 1;
                    if let Err(missed) = self.remove(&name).await {
                        tracing::info!("{}", missed.problem);
                        overwrites = OVERWRITE_TRIES;
                    } else if overwrites > 1 {
                        // What was removed can show for a moment.
                        sleep(self.http.backoff().after(overwrites, None)).await;
                    }
                }
                Remedy::Overwrite if suffix.is_empty() => {
                    suffix = format!("-{}-{:04x}", self.job.run_attempt, fastrand::u16(..));
                    tracing::info!("the artifact's name stays taken; its name gets `{suffix}`");
                }
                Remedy::Again if Instant::now() + pause < self.deadline => {
                    tracing::info!("{}", HttpMessage::Retrying(error.shown(), pause));
                    sleep(pause).await;
                }
                Remedy::NoService => return Err(no_service(&error)),
                // Servers of one's own have other ways to say so.
                Remedy::GiveUp if !self.job.repository.is_on_github() && !is_transient(error.failure) => {
                    return Err(no_service(&error));
                }
                Remedy::Overwrite | Remedy::Again | Remedy::GiveUp => {
                    return Err(PublishError::Failed(match error.said().contains("insufficient usage") {
                        true => format!("the storage for artifacts is used up: {}", error.brief()),
                        false => error.to_string(),
                    }));
                }
            }
        }
    }

    async fn create(&self, form: Form, name: &str) -> Result<SignedUrl, CallError> {
        let mut body = self.body(name);
        body.insert("version".to_owned(), form.version().into());
        if let Some(mime_type) = form.mime_type() {
            body.insert("mime_type".to_owned(), mime_type.into());
        }
        if let Some(expires_at) = &self.expires_at {
            body.insert("expires_at".to_owned(), expires_at.clone().into());
        }
        let answer = self.once(Attempt::CreateArtifact, "CreateArtifact", body).await?;
        let url = field(&answer, "signed_upload_url", "signedUploadUrl").as_str().unwrap_or_default();
        Ok(SignedUrl::new(url.to_owned()))
    }

    /// Removes the newest artifact of this name. That there is none is fine.
    async fn remove(&self, name: &str) -> Result<(), PublishError> {
        let failed = |error: CallError| PublishError::Failed(error.to_string());
        let Some(Listed { ids: (run, job), .. }) = self.find(name).await.map_err(failed)? else {
            return Ok(());
        };
        tracing::info!("artifact: replacing `{name}`, which is there from an earlier try");
        let mut body = Map::new();
        body.insert("workflow_run_backend_id".to_owned(), run.into());
        body.insert("workflow_job_run_backend_id".to_owned(), job.into());
        body.insert("name".to_owned(), name.into());
        match self.call(Attempt::RemoveArtifact, "DeleteArtifact", body).await {
            Ok(_) => Ok(()),
            // Somebody else was quicker.
            Err(error) if error.failure == Failure::NotFound => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }

    async fn find(&self, name: &str) -> Result<Option<Listed>, CallError> {
        let mut body = self.body(name);
        body.remove("name");
        body.insert("name_filter".to_owned(), name.into());
        Ok(newest(&self.call(Attempt::ListArtifacts, "ListArtifacts", body).await?, name))
    }

    /// Uploads and finalizes; returns the id of the artifact.
    async fn send(&self, begun: &Begun, path: &Path, bytes: u64, sha256: &str) -> Result<String, CallError> {
        let mime_type = begun.form.mime_type().unwrap_or(ZIP_TYPE);
        blob::upload(self.http, &begun.target, path, bytes, mime_type, self.deadline).await?;
        let mut body = self.body(&begun.name);
        let digest = format!("sha256:{sha256}");
        // A 64-bit number is text in this protocol.
        body.insert("size".to_owned(), bytes.to_string().into());
        body.insert("hash".to_owned(), digest.clone().into());
        match self.call(Attempt::FinishArtifact, "FinalizeArtifact", body).await {
            Ok(answer) => Ok(id_of(field(&answer, "artifact_id", "artifactId"))),
            // When an answer was lost, finishing it again is refused.
            Err(error) => match self.find(&begun.name).await {
                Ok(Some(listed)) if self.is_ours(&listed, &digest, bytes) => Ok(listed.id),
                _ => Err(error),
            },
        }
    }

    /// Whether this is what was just uploaded. Not every server returns the digest.
    fn is_ours(&self, listed: &Listed, digest: &str, bytes: u64) -> bool {
        match &listed.digest {
            Some(listed) => listed == digest,
            None => listed.ids == self.ids && listed.size == bytes.to_string(),
        }
    }

    /// The fields that all calls have.
    fn body(&self, name: &str) -> Map<String, Value> {
        let (run, job) = self.ids.clone();
        let fields =
            json!({"workflow_run_backend_id": run, "workflow_job_run_backend_id": job, "name": name});
        match fields {
            Value::Object(fields) => fields,
            _ => Map::new(),
        }
    }

    async fn call(
        &self,
        attempt: Attempt,
        method: &str,
        body: Map<String, Value>,
    ) -> Result<Value, CallError> {
        crate::http::repeat::retry(
            crate::http::repeat::RetryPolicy::new(RetryClass::Idempotent, self.deadline, self.http.backoff()),
            async || self.once(attempt.clone(), method, body.clone()).await,
        )
        .await
    }

    async fn once(
        &self,
        attempt: Attempt,
        method: &str,
        body: Map<String, Value>,
    ) -> Result<Value, CallError> {
        let call = Call {
            expected: &["ok", "artifacts"],
            // The signed address.
            is_confidential: true,
            ..Call::post(attempt, format!("{SERVICE}{method}"), Value::Object(body).to_string())
        };
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let bearer = sensitive(&format!("Bearer {}", self.token.expose_secret()));
        if let Ok(bearer) = bearer {
            headers.insert(AUTHORIZATION, bearer);
        }
        let left = call_limit(self.deadline);
        let (answer, _) = send(self.http, &self.origin, &call, headers, left).await?;
        // A field that is false is left out.
        if method != "ListArtifacts" && answer["ok"] != Value::Bool(true) {
            return Err(call.failed(&self.origin, Failure::Rejected, HttpMessage::NoExplanation));
        }
        Ok(answer)
    }
}

/// The server does not know this kind of artifact.
fn no_service(error: &CallError) -> PublishError {
    PublishError::NotOffered(format!(
        "this server does not take artifacts of this kind ({}); add an upload step for the output `report-path`",
        error.brief()
    ))
}

/// A `run` step is not allowed to upload.
pub(super) fn no_token() -> PublishError {
    PublishError::NotOffered(
        "this kind of step gets no upload token from GitHub, the action of codearts-gate does; to keep the PDF, add a step `uses: actions/upload-artifact` for the output `report-path`".to_owned(),
    )
}

async fn archive(directory: &ReportDirectory, upload: &Upload) -> Result<Archive, PublishError> {
    let (directory, Upload { files, .. }) = (directory.clone(), upload.clone());
    let packing =
        move || pack(&directory, files.iter().map(|file| (file.path.as_path(), file.name.as_str())));
    match spawn_blocking(packing).await {
        Ok(Ok(archive)) => Ok(archive),
        Ok(Err(error)) => Err(PublishError::Failed(format!("the report could not be packed: {error}"))),
        Err(_) => Err(PublishError::Failed("the report could not be packed".to_owned())),
    }
}

/// The ids of run and job in the runner's token. Its signature is the service's business.
fn backend_ids(token: &str) -> Option<(String, String)> {
    let payload = token.split('.').nth(1)?;
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    let claims: Value = serde_json::from_slice(&bytes).ok()?;
    let scopes = claims["scp"].as_str()?.split(' ').map(|scope| scope.split(':').collect::<Vec<_>>());
    match scopes.into_iter().find(|parts| parts.first() == Some(&SCOPE))?.as_slice() {
        [_, run, job] => Some(((*run).to_owned(), (*job).to_owned())),
        _ => None,
    }
}

/// When the artifact may be removed: as asked for, within what the repository allows.
fn expiry(asked: Option<u32>, allowed: Option<u32>, now: SystemTime) -> Option<String> {
    let asked = asked.filter(|days| *days > 0)?;
    let days = match allowed {
        Some(allowed) if allowed > 0 && allowed < asked => {
            tracing::warn!("artifact: kept for {allowed} days, the most this repository allows, not {asked}");
            allowed
        }
        _ => asked,
    };
    Some(humantime::format_rfc3339_millis(now + DAY * days).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(name: &str) -> Value {
        let path = format!("{}/tests/data/github/{name}.json", env!("CARGO_MANIFEST_DIR"));
        serde_json::from_slice(&std::fs::read(path).expect("a file")).expect("JSON")
    }

    fn token(claims: &Value) -> String {
        format!("e30.{}.c2ln", BASE64_URL_SAFE_NO_PAD.encode(claims.to_string()))
    }

    #[test]
    fn ids_are_in_the_token() {
        let ids = |run: &str, job: &str| Some((run.to_owned(), job.to_owned()));
        assert_eq!(
            backend_ids(&token(&example("runtime-token-claims"))),
            ids("2b7c0e5a-1111-4222-8333-0123456789ab", "9d1f3c44-5555-4666-8777-ba9876543210")
        );
        assert_eq!(backend_ids(&token(&example("runtime-token-claims-act"))), ids("1", "1"));
        for claims in [json!({"scp": "Actions.Results:1"}), json!({"scp": "Other:1:2"}), json!({}), json!([])]
        {
            assert_eq!(backend_ids(&token(&claims)), None, "{claims}");
        }
        assert_eq!(backend_ids("no token"), None);
    }

    #[test]
    fn retention_is_asked_for_only_within_what_is_allowed() {
        let now = SystemTime::UNIX_EPOCH;
        assert_eq!(expiry(None, Some(90), now), None);
        assert_eq!(expiry(Some(0), Some(90), now), None);
        assert_eq!(expiry(Some(2), None, now).as_deref(), Some("1970-01-03T00:00:00.000Z"));
        assert_eq!(expiry(Some(5), Some(1), now).as_deref(), Some("1970-01-02T00:00:00.000Z"));
    }
}
