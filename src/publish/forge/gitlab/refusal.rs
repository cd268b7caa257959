//! Why GitLab refuses, as far as its answer shows (`ci/gitlab`, section 2). Pure.

use crate::messages::GitLabRefusal;

/// The reason for an answer with this status; `None`: the reader could do nothing about it. `answer`: its error object or text.
/// `is_job_token`: whether the token that was sent is the job's own.
pub(super) fn refusal(status: u16, answer: &str, is_job_token: bool) -> Option<GitLabRefusal> {
    let answer = answer.to_ascii_lowercase();
    let contains = |words: &str| answer.contains(words);
    Some(match status {
        401 | 403 | 404 if is_job_token => GitLabRefusal::JobToken,
        401 | 403 if contains("job token") => GitLabRefusal::JobToken,
        401 if contains("expired") => GitLabRefusal::Expired,
        401 if contains("revoked") => GitLabRefusal::Revoked,
        401 => GitLabRefusal::Unknown,
        403 if contains("insufficient_scope") => GitLabRefusal::Scope,
        403 if contains("archived") => GitLabRefusal::Archived,
        403 => GitLabRefusal::Forbidden,
        404 => GitLabRefusal::NotFound,
        429 => GitLabRefusal::Rate,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use GitLabRefusal::*;

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
            assert_eq!(refusal(status, answer, false), expected, "{status} {answer}");
            let is_refusal = [401, 403, 404].contains(&status);
            let of_job = if is_refusal { Some(JobToken) } else { expected };
            assert_eq!(refusal(status, answer, true), of_job, "{status} {answer}");
        }
    }
}
