//! Names of tasks and paths of findings that somebody chose to do harm: they change nothing but their own cell.

use super::hostile::{code, different_lines, texts, traces};
use super::place::{PLACES, Place};
use super::side_by_side;
use crate::kit::forge::{Forge, HEAD, pull_request};
use crate::kit::scenario::task;
use crate::kit::{Ended, TASK, World};
use serde_json::json;

/// A name and a path that harm nobody.
const HARMLESS: [&str; 2] = ["Widget full", "src/widget.c"];
/// What a comment has in all, where the forge documents no limit: characters and bytes.
const ROOM: (usize, usize) = (30_000, 60_000);

/// A check whose task has this name, and whose findings are in this file.
fn check(place: Place, name: &str, path: &str, findings: u32) -> (World, Forge, Ended) {
    let rows = (0..findings).map(|number| {
        json!({
            "defect_id": format!("d{number}"), "defect_level": "0", "defect_content": "The buffer may overflow",
            "defect_checker_name": "G.MEM.01", "file_path": path, "line_number": (number + 1).to_string(),
            "defect_status": "0",
        })
    });
    let task = task().ends_at_poll(1).defects(rows.collect());
    let world = World::new(place.story(task.with(|script| script.name = name.to_owned())));
    let forge = Forge::with(pull_request(12));
    let targets = match place {
        Place::GitHub => "comment,summary,annotations,outputs,check-run",
        Place::GitLab => "comment,outputs,check-run",
    };
    let arguments = ["check", TASK, "--pull-request", "auto", "--report", "markdown,junit", "--scope", "all"];
    let more = ["--max-issues", "0", "--publish", targets];
    let ended = place.job(&world, &forge, HEAD, &[&arguments[..], &more].concat()).finish();
    (world, forge, ended)
}

/// A row without its spans of code, and the addresses that it links to.
fn plain(row: &str) -> (String, Vec<&str>) {
    let (mut plain, mut links, mut rest) = (String::new(), Vec::new(), row);
    while let Some(next) = rest.chars().next() {
        if next == '`'
            && !plain.ends_with('\\')
            && let Some((_, after)) = code(rest)
        {
            rest = after;
        } else if let Some(after) = rest.strip_prefix("](").filter(|_| !plain.ends_with('\\')) {
            let (address, after) = after.split_once(')').unwrap_or((after, ""));
            links.push(address);
            rest = after;
        } else {
            plain.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    (plain, links)
}

/// Whether a row of a table has as many cells as before, and links to nothing but a line of the checked commit.
fn is_safe_row(before: &str, after: &str) -> bool {
    let cells = |row: &str| row.replace("\\|", "").matches('|').count();
    let (text, links) = plain(after);
    let is_line = |link: &&str| {
        let path = link.split_once(&format!("/blob/{HEAD}/")).filter(|(repository, _)| {
            ["https://github.com/acme/widget", "https://gitlab.example.com/acme/widget/-"]
                .contains(repository)
        });
        path.is_some_and(|(_, path)| {
            path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%/#".contains(&byte))
        })
    };
    let is_mention = text.replace("@\u{200b}", "").replace("\\#\u{200b}", "").contains(['@', '#', '<']);
    after.starts_with("| ") && cells(before) == cells(after) && links.iter().all(is_line) && !is_mention
}

#[test]
fn a_name_and_a_path_change_nothing_but_their_own_cells() {
    side_by_side(&PLACES, |&place| {
        let harmless = check(place, HARMLESS[0], HARMLESS[1], 1);
        assert_eq!(harmless.2.code, 4, "{}", harmless.2.stderr);
        let before = traces(place, &harmless);
        let mut texts = texts();
        texts.push(("10,000 characters", "名".repeat(10_000)));
        let wrong = texts.iter().filter_map(|(name, hostile)| {
            let checked = check(place, hostile, hostile, 1);
            let after = traces(place, &checked);
            let changed = before.iter().zip(&after).find_map(|((what, before), (_, after))| {
                let different = match different_lines(what, &HARMLESS, before, after) {
                    Ok(different) => different,
                    Err(why) => return Some(why),
                };
                let is_right = |(before, after): &&(&str, &str)| match *what {
                    "comment" | "summary" | "markdown" => is_safe_row(before, after),
                    "log" => before.starts_with("::") == after.starts_with("::") && !after.contains("##["),
                    "outputs" | "status" | "actions" => false,
                    _ => true,
                };
                different.iter().find(|pair| !is_right(pair)).map(|pair| format!("{what}: {pair:?}"))
            });
            changed.map(|why| format!("{name} on {place:?}: {why}"))
        });
        let wrong: Vec<String> = wrong.collect();
        (!wrong.is_empty()).then(|| wrong.join("\n"))
    });
}

/// Long names and paths with links leave room for the worst findings.
#[test]
fn a_comment_keeps_its_rows() {
    let path = format!("src/{}/{}.c", "目录".repeat(20), "文件".repeat(15));
    let (_world, forge, ended) = check(Place::GitHub, &"名".repeat(10_000), &path, 40);
    assert_eq!(ended.code, 4, "{}", ended.stderr);
    let comment = &Place::GitHub.comments(&forge)[0];
    assert!(comment.chars().count() <= ROOM.0 && comment.len() <= ROOM.1, "{} bytes", comment.len());
    let rows = comment.lines().filter(|line| line.starts_with("| critical | [`src/")).count();
    assert_eq!(rows, 10, "{comment}");
}

#[test]
fn the_name_is_shown_instead_of_the_id() {
    let (_world, forge, ended) = check(Place::GitHub, HARMLESS[0], HARMLESS[1], 1);
    let last = format!("error: Widget full ({TASK}): gate-failed - ");
    assert_eq!(ended.stderr.matches(&last).count(), 1, "{}", ended.stderr);
    let result = ended.result();
    assert_eq!(result["tasks"][0]["pull_request"]["parent_task_id"], TASK);
    let comment = &Place::GitHub.comments(&forge)[0];
    let link = format!("[`src/widget.c:1`](https://github.com/acme/widget/blob/{HEAD}/src/widget.c#L1)");
    assert!(comment.contains("| Widget full | ") && comment.contains(&link), "{comment}");
    let page = std::fs::read_to_string(ended.reports.join(format!("{TASK}.md"))).expect("the page");
    assert!(page.contains("| Widget full | ") && page.contains(&link), "{page}");
    // Only the mark, by which the next run finds it, has the id.
    for (text, marks) in [(comment, 1), (&page, 0)] {
        assert_eq!(text.matches(TASK).count(), marks, "{text}");
    }
}
