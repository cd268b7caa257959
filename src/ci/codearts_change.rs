//! The merge request of CodeArts Repo that a job of CodeArts Pipeline or Build is about (`ci/forges-cn`, sections 4 and 7).

use super::codearts_repo::Repository;
use super::facts::{Change, CodeFacts};
use super::value::{Lookup, name, parse_number};
use serde_json::Value;

/// Longest event that is read, in bytes.
const PAYLOAD_LIMIT: usize = 1024 * 1024;

/// The change and the code of a job, whose variables name `MERGE_ID` for the merge request if `is_merge_request`.
pub(super) fn read(variable: Lookup<'_>, is_merge_request: bool) -> (Option<Change>, CodeFacts) {
    let event = variable("WEBHOOK_PAYLOAD").filter(|_| is_merge_request).and_then(|text| read_event(&text));
    let given = variable("MERGE_ID").filter(|_| is_merge_request);
    let named = given.and_then(|id| parse_number(id.trim()));
    // It is not documented whether MERGE_ID counts within the repository; the event does.
    let iid = event.as_ref().and_then(|event| event["iid"].as_u64()).or(named);
    let Some(repository) = Repository::read(variable, iid) else { return (None, CodeFacts::default()) };
    let alias = repository.name.rsplit('/').next().unwrap_or_default();
    let of_event = || {
        let branch = event.as_ref()?["source_branch"].as_str()?;
        Some(branch.to_owned()).filter(|branch| !branch.is_empty())
    };
    let of_source = || name(variable, &format!("{alias}_SOURCE_BRANCH")).filter(|_| is_merge_request);
    let code = CodeFacts {
        repository_url: Some(repository.url.clone()),
        branch: None,
        source_branch: of_event().or_else(of_source),
        number: iid,
        is_from_fork: None,
    };
    (Some(Change::CodeArtsRepo(Box::new(repository))), code)
}

/// What the event of a merge request describes.
fn read_event(text: &str) -> Option<Value> {
    let text = Some(text).filter(|text| text.len() <= PAYLOAD_LIMIT)?;
    let mut event: Value = serde_json::from_str(text).ok()?;
    (event["object_kind"] == "merge_request").then(|| event["object_attributes"].take())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const URL: &str = "https://codehub.cn-north-4.devcloud.huaweicloud.com/acme/widget.git";

    fn read_from(variables: &[(&str, &str)]) -> Option<(Repository, CodeFacts)> {
        let lookup = |name: &str| {
            variables.iter().rev().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        match super::read(&lookup, true) {
            (Some(Change::CodeArtsRepo(repository)), code) => Some((*repository, code)),
            (Some(other), _) => panic!("{other:?}"),
            (None, code) => {
                assert_eq!(code, CodeFacts::default());
                None
            }
        }
    }

    #[test]
    fn the_merge_request_is_named_by_variables() {
        let event = |iid: Value| {
            json!({"object_kind": "merge_request", "object_attributes": {"id": 9001, "iid": iid, "source_branch": "fix"}})
                .to_string()
        };
        let (first, foreign) = (event(json!(7)), event(json!("7; rm")));
        type Case<'a> = (&'a [(&'a str, &'a str)], Option<u64>, Option<&'a str>);
        let cases: [Case<'_>; 7] = [
            (&[("MERGE_ID", "12")], Some(12), None),
            (&[("MERGE_ID", "9001"), ("WEBHOOK_PAYLOAD", &first)], Some(7), Some("fix")),
            (&[("MERGE_ID", "12"), ("WEBHOOK_PAYLOAD", &foreign)], Some(12), Some("fix")),
            (&[("MERGE_ID", "12"), ("WEBHOOK_PAYLOAD", "{")], Some(12), None),
            (&[("MERGE_ID", "12"), ("WEBHOOK_PAYLOAD", r#"{"object_kind": "note"}"#)], Some(12), None),
            (&[("MERGE_ID", "12/../13"), ("widget_SOURCE_BRANCH", "fix")], None, Some("fix")),
            (&[], None, None),
        ];
        for (variables, iid, source) in cases {
            let (repository, code) =
                read_from(&[variables, &[("PROJECT_ID", "41a"), ("REPO_URL", URL)]].concat()).expect("one");
            assert_eq!((repository.iid, code.number), (iid, iid), "{variables:?}");
            assert_eq!(code.source_branch.as_deref(), source, "{variables:?}");
            assert_eq!((repository.name.as_str(), repository.url.as_str()), ("acme/widget", URL));
        }
    }

    #[test]
    fn only_repositories_of_codearts_are_taken() {
        let of = |url: &str, more: &[(&str, &str)]| {
            read_from(&[&[("PROJECT_ID", "41a"), ("REPO_URL", url)], more].concat())
                .map(|(repository, _)| repository.url)
        };
        let ssh = "git@codehub.devcloud.cn-north-4.huaweicloud.com:acme/widget.git";
        assert_eq!(of(ssh, &[]).as_deref(), Some(ssh));
        let hidden = URL.replace("https://", "https://bot:secret@");
        assert_eq!(of(&hidden, &[]).as_deref(), Some(URL));
        let own = "https://repo.example/acme/widget.git";
        assert_eq!(of(own, &[]), None);
        assert_eq!(of(own, &[("CODEARTS_REPO_ENDPOINT", "https://api.example")]).as_deref(), Some(own));
        for bad in [
            "",
            "widget",
            "https://github.com/acme/widget.git",
            "https://huaweicloud.com.evil.example/a/b",
            "https://x.huaweicloud.com/a/../b",
        ] {
            assert_eq!(of(bad, &[]), None, "{bad}");
        }
        assert_eq!(of(URL, &[("PROJECT_ID", "../x")]), None);
    }
}
