//! Why Gitea or Forgejo refuses, as far as its answer shows. Pure.

use crate::messages::GiteaRefusal;

/// The reason for an answer with this status; `None`: the reader could do nothing about it. `answer`: its error object or text.
/// `is_from_fork`: whether the token is known to be that of a job for a fork.
pub(super) fn refusal(status: u16, answer: &str, is_from_fork: bool) -> Option<GiteaRefusal> {
    let answer = answer.to_ascii_lowercase();
    Some(match status {
        401 => GiteaRefusal::Token,
        403 if answer.contains("scope") => GiteaRefusal::Scope,
        403 if answer.contains("lock") => GiteaRefusal::Locked,
        403 if is_from_fork => GiteaRefusal::Fork,
        403 => GiteaRefusal::Forbidden,
        404 => GiteaRefusal::NotFound,
        423 => GiteaRefusal::Archived,
        429 => GiteaRefusal::Rate,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use GiteaRefusal::*;

    #[test]
    fn every_answer_has_its_reason() {
        for (status, answer, of_fork, expected) in [
            (401, "invalid username, password or token", false, Some(Token)),
            (
                403,
                "token does not have at least one of required scope(s), required=[write:issue]",
                true,
                Some(Scope),
            ),
            (403, "This issue is locked", false, Some(Locked)),
            (403, "user should have permission to write", true, Some(Fork)),
            (403, "", false, Some(Forbidden)),
            (404, "The target couldn't be found.", false, Some(NotFound)),
            (423, "repo is archived", false, Some(Archived)),
            (429, "", false, Some(Rate)),
            (500, "Error 1406: Data too long for column 'content'", false, None),
        ] {
            assert_eq!(refusal(status, answer, of_fork), expected, "{status} {answer}");
        }
    }
}
