//! Why GitLab refuses, as far as its answer shows, and what to do about it (`ci/gitlab`, section 2). Pure.

/// Why a call was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    /// The token is the job's own.
    JobToken,
    /// The token has expired.
    Expired,
    /// The token was taken back.
    Revoked,
    /// The token is not known.
    Unknown,
    /// The token lacks the scope.
    Scope,
    /// The project is archived.
    Archived,
    /// The user may not do this.
    Forbidden,
    /// The user does not see the project.
    NotFound,
    /// Too much was written in a short time.
    Rate,
}

/// What to do about an answer with this status; `None`: nothing that the reader could. `answer`: its error object or text.
/// `is_job_token`: whether the token that was sent is the job's own.
pub(super) fn advice(status: u16, answer: &str, is_job_token: bool) -> Option<&'static str> {
    Some(match reason(status, answer, is_job_token)? {
        Reason::JobToken => {
            "GITLAB_TOKEN holds the job's own token (CI_JOB_TOKEN), which may not write notes, uploads or statuses; set it to a project access token with the scope `api`"
        }
        Reason::Expired => "GITLAB_TOKEN is expired; make a new token with the scope `api`",
        Reason::Revoked => "GITLAB_TOKEN was revoked; make a new token with the scope `api`",
        Reason::Unknown => {
            "GITLAB_TOKEN is expired, revoked or of another server; make a new token with the scope `api`"
        }
        Reason::Scope => "GITLAB_TOKEN needs the scope `api`; make a new token with it",
        Reason::Archived => "the project is archived, so nothing can be written to it; unarchive it",
        Reason::Forbidden => {
            "the user of GITLAB_TOKEN needs the role Developer in the project; nobody may write to an archived project, and only members to a locked conversation"
        }
        Reason::NotFound => {
            "the user of GITLAB_TOKEN must be a member of the project, with the role Developer; what a user may not see is not found"
        }
        Reason::Rate => {
            "GitLab limits how much is written in a short time; run the job again in some minutes, or publish from fewer jobs at once"
        }
    })
}

fn reason(status: u16, answer: &str, is_job_token: bool) -> Option<Reason> {
    let answer = answer.to_ascii_lowercase();
    let says = |words: &str| answer.contains(words);
    Some(match status {
        401 | 403 | 404 if is_job_token => Reason::JobToken,
        401 | 403 if says("job token") => Reason::JobToken,
        401 if says("expired") => Reason::Expired,
        401 if says("revoked") => Reason::Revoked,
        401 => Reason::Unknown,
        403 if says("insufficient_scope") => Reason::Scope,
        403 if says("archived") => Reason::Archived,
        403 => Reason::Forbidden,
        404 => Reason::NotFound,
        429 => Reason::Rate,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use Reason::*;

    #[test]
    fn every_answer_has_its_reason() {
        let cases = [
            (
                401,
                r#"{"error":"invalid_token","error_description":"Token is expired. You can either do re-authorization or token refresh."}"#,
                Some(Expired),
            ),
            (
                401,
                r#"{"error":"invalid_token","error_description":"Token was revoked. You have to re-authorize from the user."}"#,
                Some(Revoked),
            ),
            (401, r#"{"message":"401 Unauthorized"}"#, Some(Unknown)),
            (
                403,
                r#"{"error":"insufficient_scope","error_description":"The request requires higher privileges than provided by the access token.","scope":"api"}"#,
                Some(Scope),
            ),
            (
                403,
                r#"{"message":"403 Forbidden - Authentication by CI/CD job token not allowed from a/b to c/d."}"#,
                Some(JobToken),
            ),
            (403, r#"{"message":"403 Forbidden"}"#, Some(Forbidden)),
            (403, r#"{"message":"403 Forbidden - The project is archived"}"#, Some(Archived)),
            (404, r#"{"message":"404 Project Not Found"}"#, Some(NotFound)),
            (429, "This endpoint has been requested too many times. Try again later.", Some(Rate)),
            (400, r#"{"message":"400 Bad request - Note {:note=>[\"is too long\"]}"}"#, None),
            (503, "", None),
        ];
        for (status, answer, expected) in cases {
            assert_eq!(reason(status, answer, false), expected, "{status} {answer}");
            let is_refusal = [401, 403, 404].contains(&status);
            let of_job = if is_refusal { Some(JobToken) } else { expected };
            assert_eq!(reason(status, answer, true), of_job, "{status} {answer}");
        }
    }
}
