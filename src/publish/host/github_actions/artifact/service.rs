//! The calls of GitHub's results service, which keeps artifacts (`ci/github`, section 1).

use super::blob::SignedUrl;
use super::form::Form;
use super::list::{Listed, field, id_of, newest};
use crate::ci::github_actions::{Job, Runtime};
use crate::error::Problem;
use crate::http::call::{Call, send};
use crate::http::error::CallError;
use crate::http::repeat::{RetryPolicy, retry};
use crate::http::retry::{Failure, RetryClass};
use crate::http::{HttpClient, call_limit, jwt, sensitive};
use crate::messages::{ArtifactMessage, Attempt, HttpMessage};
use crate::publish::results::PublishError;
use crate::text::redactor;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Map, Value};
use tokio::time::Instant;
use url::Url;

/// Where the calls are.
const SERVICE: &str = "/twirp/github.actions.results.api.v1.ArtifactService/";
/// Scope of the token that holds the two ids.
const SCOPE: &str = "Actions.Results";

/// The service, as one job may use it.
pub(super) struct Service<'a> {
    pub(super) http: &'a HttpClient,
    token: SecretString,
    origin: Url,
    /// Ids of run and job.
    ids: (String, String),
    /// When artifacts may be removed.
    expires_at: Option<String>,
    /// No call begins later.
    pub(super) deadline: Instant,
}

impl<'a> Service<'a> {
    /// # Errors
    /// When the job gives no access.
    pub(super) fn new(
        http: &'a HttpClient,
        job: &Job,
        runtime: &Runtime,
        expires_at: Option<String>,
        deadline: Instant,
    ) -> Result<Self, PublishError> {
        let Runtime { results_url, token } = runtime.clone();
        redactor::learn(token.expose_secret());
        // The runner itself talks to this address, also where it is plain http; the path is not used.
        let origin = Url::parse(&results_url).and_then(|url| url.join("/"));
        let origin = origin.map_err(|error| {
            PublishError::failed(Problem::new(ArtifactMessage::ResultsUrl).because(error))
        })?;
        let ids = backend_ids(token.expose_secret()).ok_or_else(|| {
            let problem = Problem::new(ArtifactMessage::TokenNamesNoRun);
            if job.repository.is_on_github() {
                PublishError::failed(problem)
            } else {
                PublishError::not_offered(problem)
            }
        })?;
        Ok(Self { http, token, origin, ids, expires_at, deadline })
    }

    /// Makes an empty artifact, in a single try; returns where its bytes go.
    pub(super) async fn create(&self, form: Form, name: &str) -> Result<SignedUrl, CallError> {
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

    /// The newest artifact of this name.
    async fn find(&self, name: &str) -> Result<Option<Listed>, CallError> {
        let mut body = self.body(name);
        body.remove("name");
        body.insert("name_filter".to_owned(), name.into());
        Ok(newest(&self.call(Attempt::ListArtifacts, "ListArtifacts", body).await?, name))
    }

    /// Removes the newest artifact of this name. That there is none is fine.
    pub(super) async fn remove(&self, name: &str) -> Result<(), CallError> {
        let Some(Listed { ids: (run, job), .. }) = self.find(name).await? else { return Ok(()) };
        tracing::info!("{}", ArtifactMessage::Replacing { name: name.to_owned() });
        let mut body = Map::new();
        body.insert("workflow_run_backend_id".to_owned(), run.into());
        body.insert("workflow_job_run_backend_id".to_owned(), job.into());
        body.insert("name".to_owned(), name.into());
        match self.call(Attempt::RemoveArtifact, "DeleteArtifact", body).await {
            Ok(_) => Ok(()),
            // Somebody else was quicker.
            Err(error) if error.failure == Failure::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Makes an artifact visible whose bytes are all there; returns its id.
    pub(super) async fn finalize(&self, name: &str, bytes: u64, sha256: &str) -> Result<String, CallError> {
        let mut body = self.body(name);
        let digest = format!("sha256:{sha256}");
        // A 64-bit number is text in this protocol.
        body.insert("size".to_owned(), bytes.to_string().into());
        body.insert("hash".to_owned(), digest.clone().into());
        match self.call(Attempt::FinishArtifact, "FinalizeArtifact", body).await {
            Ok(answer) => Ok(id_of(field(&answer, "artifact_id", "artifactId"))),
            // When an answer was lost, finishing it again is refused.
            Err(error) => match self.find(name).await {
                Ok(Some(listed)) if self.is_same(&listed, &digest, bytes) => Ok(listed.id),
                Ok(_) | Err(_) => Err(error),
            },
        }
    }

    /// Whether this is what was just uploaded. Not every server returns the digest.
    fn is_same(&self, listed: &Listed, digest: &str, bytes: u64) -> bool {
        match &listed.digest {
            Some(listed) => listed == digest,
            None => listed.ids == self.ids && listed.size == bytes.to_string(),
        }
    }

    /// The fields that all calls have.
    fn body(&self, name: &str) -> Map<String, Value> {
        let (run, job) = &self.ids;
        let fields =
            [("workflow_run_backend_id", run.as_str()), ("workflow_job_run_backend_id", job), ("name", name)];
        fields.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect()
    }

    async fn call(
        &self,
        attempt: Attempt,
        method: &str,
        body: Map<String, Value>,
    ) -> Result<Value, CallError> {
        let policy = RetryPolicy::new(RetryClass::Idempotent, self.deadline, self.http.backoff());
        retry(policy, async || self.once(attempt.clone(), method, body.clone()).await).await
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
        if let Some(bearer) = sensitive(&format!("Bearer {}", self.token.expose_secret())) {
            headers.insert(AUTHORIZATION, bearer);
        }
        let limit = call_limit(self.deadline);
        let (answer, _) = send(self.http, &self.origin, &call, headers, limit).await?;
        // A field that is false is left out.
        if method != "ListArtifacts" && answer["ok"] != Value::Bool(true) {
            return Err(call.failed(&self.origin, Failure::Rejected, HttpMessage::NoExplanation));
        }
        Ok(answer)
    }
}

/// The claim of the runner's token that names the run.
#[derive(Deserialize)]
struct Claims {
    #[serde(rename = "scp")]
    scopes: String,
}

/// The ids of run and job in the runner's token.
fn backend_ids(token: &str) -> Option<(String, String)> {
    let Claims { scopes } = jwt::claims(token)?;
    let mut scopes = scopes.split(' ').map(|scope| scope.split(':').collect::<Vec<_>>());
    match scopes.find(|parts| parts.first() == Some(&SCOPE))?.as_slice() {
        [_, run, job] => Some(((*run).to_owned(), (*job).to_owned())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;
    use serde_json::json;

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
}
