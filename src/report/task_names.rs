//! What people call a task: by its name, else by its repository and branch. Pure.

use crate::model::repository::host_and_path;
use crate::report::result::TaskResult;
use crate::text::one_line;
use std::collections::HashMap;

/// Longest name, in characters.
const NAME_LIMIT: usize = 80;

/// Gives each task the name under which it is shown, where one is known. Tasks that share theirs have their id in it, so that no two
/// are shown as the same.
pub fn name_tasks(tasks: &mut [TaskResult]) {
    for task in &mut *tasks {
        task.shown_name = known_name(task);
    }
    let is_shared = shared(tasks);
    for (task, _) in tasks.iter_mut().zip(is_shared).filter(|(_, is_shared)| *is_shared) {
        add_id(task);
    }
    // A name may be made to look like another one with its id.
    if shared(tasks).contains(&true) {
        for task in tasks {
            task.shown_name = known_name(task);
            add_id(task);
        }
    }
}

/// Which of them are shown as another one is.
fn shared(tasks: &[TaskResult]) -> Vec<bool> {
    let mut times = HashMap::<&str, usize>::new();
    for task in tasks {
        *times.entry(task.shown()).or_default() += 1;
    }
    tasks.iter().map(|task| times.get(task.shown()).is_some_and(|times| *times > 1)).collect()
}

fn add_id(task: &mut TaskResult) {
    task.shown_name = task.shown_name.take().map(|name| format!("{name} ({})", task.task_id));
}

/// Of a merge-request task the name of the full task, which stays the same from one pull request to the next.
fn known_name(task: &TaskResult) -> Option<String> {
    let pull_request = task.pull_request.as_ref().filter(|_| task.judged_task_id != task.task_id);
    let parent = pull_request.and_then(|pull_request| pull_request.parent_name.as_deref());
    let plain = |text: &str| Some(one_line(text, NAME_LIMIT)).filter(|text| !text.is_empty());
    [parent, task.name.as_deref()].into_iter().flatten().find_map(plain).or_else(|| {
        let of_task = task.repository.as_deref().and_then(host_and_path).map(|(_, path)| path);
        let repository = of_task.or(pull_request.map(|pull_request| pull_request.repository.as_str()))?;
        let branch = task.branch.as_deref().or(pull_request.map(|known| known.source_branch.as_str()))?;
        plain(&format!("{} ({})", plain(repository)?, plain(branch)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::pull_request::ForgeName;
    use crate::report::result::PullRequestResult;
    use proptest::prelude::*;
    use std::collections::HashSet;

    fn task(id: &str, name: &str, repository: &str, branch: &str) -> TaskResult {
        let known = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        TaskResult {
            task_id: id.to_owned(),
            name: known(name),
            repository: known(repository),
            branch: known(branch),
            ..TaskResult::default()
        }
    }

    fn shown(mut tasks: Vec<TaskResult>) -> Vec<String> {
        name_tasks(&mut tasks);
        tasks.iter().map(|task| task.shown().to_owned()).collect()
    }

    #[test]
    fn a_task_is_shown_by_what_is_known_of_it() {
        let address = "git@git.example:group/demo.git";
        for (name, repository, branch, expected) in [
            ("widget full", address, "main", "widget full"),
            (" a\u{1b}[31m\n::error::b\u{202e} ", "", "", "a [31m ::error::b"),
            ("", address, "main", "group/demo (main)"),
            ("\u{200b}", address, "a\nb", "group/demo (a b)"),
            ("", address, "", "t1"),
            ("", "not an address", "main", "t1"),
            ("", "", "main", "t1"),
        ] {
            assert_eq!(shown(vec![task("t1", name, repository, branch)]), [expected], "{name:?} {branch:?}");
        }
        let long = &shown(vec![task("t1", &"源".repeat(10_000), "", "")])[0];
        assert_eq!(long.chars().count(), NAME_LIMIT + 1, "{long}");
    }

    #[test]
    fn of_a_pull_request_the_full_task_is_named() {
        let of_pull_request = |parent_name: Option<&str>, name: &str| TaskResult {
            judged_task_id: "mr".to_owned(),
            pull_request: Some(PullRequestResult {
                forge: ForgeName::GitHub,
                repository: "acme/widget".to_owned(),
                number: 7,
                source_branch: "fix".to_owned(),
                target_branch: "main".to_owned(),
                head: String::new(),
                head_at_end: None,
                parent_task_id: "t1".to_owned(),
                parent_name: parent_name.map(str::to_owned),
                fetch_ref: None,
                source_tree: None,
            }),
            ..task("t1", name, "", "")
        };
        assert_eq!(shown(vec![of_pull_request(Some("widget full"), "MR-7")]), ["widget full"]);
        assert_eq!(shown(vec![of_pull_request(None, "MR-7")]), ["MR-7"]);
        assert_eq!(shown(vec![of_pull_request(None, "")]), ["acme/widget (fix)"]);
        let full = TaskResult { judged_task_id: "t1".to_owned(), ..of_pull_request(None, "") };
        assert_eq!(shown(vec![full]), ["t1"], "which may be about something else");
    }

    #[test]
    fn tasks_with_one_name_have_their_ids_in_it() {
        let named = |names: &[(&str, &str)]| {
            shown(names.iter().map(|(id, name)| task(id, name, "", "")).collect::<Vec<_>>())
        };
        assert_eq!(named(&[("1", "a"), ("2", "b"), ("3", "a")]), ["a (1)", "b", "a (3)"]);
        assert_eq!(named(&[("1", "a"), ("2", "a"), ("3", "a (2)")]), ["a (1)", "a (2)", "a (2) (3)"]);
        assert_eq!(named(&[("1", ""), ("2", "1")]), ["1", "1 (2)"], "a name that is another's id");
    }

    proptest! {
        #[test]
        fn no_two_tasks_are_shown_as_the_same(names in proptest::collection::vec("(a|b)?( \\([0-3]\\)){0,2}|[0-3]|", 1..5)) {
            let tasks: Vec<TaskResult> =
                names.iter().enumerate().map(|(id, name)| task(&id.to_string(), name, "", "")).collect();
            let shown = shown(tasks);
            prop_assert_eq!(shown.iter().collect::<HashSet<_>>().len(), names.len(), "{:?}", shown);
        }
    }
}
