//! What differs between Gitee and GitCode (`ci/forges-cn`, section 3). Pure.

use crate::ci::gitee::Kind;
use crate::http::dialect::{BY_STATUS, Dialect};
use crate::model::pull_request::ForgeName;
use crate::publish::forge::address::{Access, shown_address};
use crate::publish::target::Target;
use reqwest::header::{AUTHORIZATION, HeaderName};
use serde_json::Value;

/// The header of GitCode's tokens; one of its calls has asked for it by name.
const PRIVATE_TOKEN: HeaderName = HeaderName::from_static("private-token");
/// GitCode has error codes of its own; Gitee has only a message, which is quoted whole.
const GITCODE: Dialect = Dialect { fields: &[("error_code", &["error_message"])], ..BY_STATUS };

/// What this module knows of a forge beyond [`Kind`].
pub(super) trait Speaks {
    /// Its name.
    fn forge(self) -> ForgeName;
    /// How it is reached.
    fn access(self) -> Access;
    /// The header of a token, and its value.
    fn header(self, token: &str) -> (HeaderName, String);
    /// How its answers are read.
    fn dialect(self) -> Dialect;
    /// What it offers at a pull request.
    fn targets(self) -> &'static [Target];
    /// The id by which a comment can be edited, from the answer to its creation.
    fn created_id(self, answer: &Value) -> Option<u64>;
    /// Address of a comment. `page`: of its pull request.
    fn comment_url(self, comment: &Value, page: &str) -> String;
    /// The word before the number in the address of a pull request.
    fn page_word(self) -> &'static str;
}

impl Speaks for Kind {
    fn forge(self) -> ForgeName {
        match self {
            Self::Gitee => ForgeName::Gitee,
            Self::GitCode => ForgeName::GitCode,
        }
    }

    fn access(self) -> Access {
        match self {
            Self::Gitee => Access { api: "GITEE_API_URL", token: "GITEE_TOKEN", path: "/api/v5" },
            Self::GitCode => Access { api: "GITCODE_API_URL", token: "GITCODE_TOKEN", path: "/api/v5" },
        }
    }

    fn header(self, token: &str) -> (HeaderName, String) {
        match self {
            Self::Gitee => (AUTHORIZATION, format!("Bearer {token}")),
            Self::GitCode => (PRIVATE_TOKEN, token.to_owned()),
        }
    }

    fn dialect(self) -> Dialect {
        match self {
            Self::Gitee => BY_STATUS,
            Self::GitCode => GITCODE,
        }
    }

    fn targets(self) -> &'static [Target] {
        match self {
            Self::Gitee => &[Target::Comment, Target::Review, Target::CheckRun],
            Self::GitCode => &[Target::Comment, Target::Review],
        }
    }

    fn created_id(self, answer: &Value) -> Option<u64> {
        match self {
            Self::Gitee => number(&answer["id"]),
            // Its `id` is that of the discussion.
            Self::GitCode => number(&answer["note_id"]),
        }
    }

    fn comment_url(self, comment: &Value, page: &str) -> String {
        let given = comment["html_url"].as_str().and_then(shown_address);
        given.unwrap_or_else(|| match number(&comment["id"]) {
            Some(id) => format!("{page}#note_{id}"),
            None => page.to_owned(),
        })
    }

    fn page_word(self) -> &'static str {
        match self {
            Self::Gitee => "pulls",
            Self::GitCode => "merge_requests",
        }
    }
}

/// A number, which may be written as text.
pub(super) fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| crate::ci::parse_number(value.as_str()?))
}

/// An id that only has to be the same: a number or a text.
pub(super) fn id(value: &Value) -> Option<String> {
    let text = value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    text.or_else(|| value.as_u64().map(|id| id.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_an_id_that_can_be_edited_is_one() {
        let hash = "2".repeat(40);
        let cases = [
            (Kind::Gitee, json!({"id": 31}), Some(31)),
            (Kind::Gitee, json!({"id": "31"}), Some(31)),
            (Kind::GitCode, json!({"id": hash, "note_id": 40}), Some(40)),
            (Kind::GitCode, json!({"id": hash, "note_id": "40"}), Some(40)),
            (Kind::GitCode, json!({"id": 41}), None),
            (Kind::GitCode, json!({"id": hash, "note_id": hash}), None),
        ];
        for (kind, answer, expected) in cases {
            assert_eq!(kind.created_id(&answer), expected, "{answer}");
        }
        assert_eq!(
            (id(&json!(7)), id(&json!("7")), id(&json!("")), id(&Value::Null)),
            (Some("7".to_owned()), Some("7".to_owned()), None, None)
        );
    }
}
