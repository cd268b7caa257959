use super::*;
use proptest::prelude::*;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// `path: 1-3 7-7`, or `path: whole`; a line each.
fn shown(changed: &ChangedLines) -> String {
    let lines = changed.iter().map(|(path, change)| match change {
        FileChange::Whole => format!("{path}: whole"),
        FileChange::Lines(ranges) => {
            let ranges = ranges.iter().map(|range| format!(" {}-{}", range.start(), range.end()));
            format!("{path}:{}", ranges.collect::<String>())
        }
    });
    lines.collect::<Vec<_>>().join(", ")
}

fn read(diff: &str) -> String {
    unified(diff.as_bytes()).map_or_else(|error| error.to_string(), |changed| shown(&changed))
}

#[test]
fn every_form_of_a_diff() {
    let cases = [
        (
            "diff --git a/f b/f\nindex 1..2 100644\n--- a/f\n+++ b/f\n@@ -1,2 +1,3 @@ fn x()\n a\n-b\n+c\n+d\n",
            "f: 2-3",
        ),
        // `-U0`, several hunks, one of them without new lines.
        (
            "--- a/f\n+++ b/f\n@@ -0,0 +1,2 @@\n+a\n+b\n@@ -7,2 +8,0 @@\n-x\n-y\n@@ -12 +11 @@\n-x\n+y\n",
            "f: 1-2 11-11",
        ),
        (
            "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n--- a/g\n+++ b/g\n@@ -1 +1 @@\n-a\n+b",
            "f: 1-1, g: 1-1",
        ),
        ("diff --git a/f b/f\r\n--- a/f\r\n+++ b/f\r\n@@ -1,2 +1,2 @@\r\n\r\n-a\r\n+b\r\n", "f: 2-2"),
        // Names: quotes, blanks, prefixes.
        (
            "diff --git \"a/t\\303\\251\\t\\\"x\" \"b/t\\303\\251\\t\\\"x\"\n--- \"a/t\\303\\251\\t\\\"x\"\n+++ \"b/t\\303\\251\\t\\\"x\"\t\n@@ -1 +1 @@\n-a\n+b\n",
            "té\"x: 1-1",
        ),
        (
            "diff --git a/b c/d e b/b c/d e\nnew file mode 100644\n--- /dev/null\n+++ b/b c/d e\t\n@@ -0,0 +1 @@\n+b\n",
            "b c/d e: 1-1",
        ),
        ("diff --git b/f b/f\n--- b/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n", "b/f: 1-1"),
        ("diff --git i/f w/f\n--- i/f\n+++ w/f\n@@ -1 +1 @@\n-a\n+b\n", "f: 1-1"),
        ("diff --git one/f two/f\n--- one/f\n+++ two/f\n@@ -1 +1 @@\n-a\n+b\n", "f: 1-1, two/f: 1-1"),
        (
            "diff --git x/y/f z/w/f\n--- x/y/f\n+++ z/w/f\n@@ -1 +1 @@\n-a\n+b\n",
            "line 1: the path of the changed file is ambiguous",
        ),
        ("--- f.orig\t2026-01-01\n+++ f\t2026-01-02\n@@ -1 +1 @@\n-a\n+b\n", "f: 1-1"),
        ("--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+b\n", "b/f: 1-1, f: 1-1"),
        (
            "diff -ru old/d/f new/d/f\n--- old/d/f\t2026\n+++ new/d/f\t2026\n@@ -1 +1 @@\n-a\n+b\n",
            "d/f: 1-1, new/d/f: 1-1",
        ),
        // Files without hunks.
        ("diff --git a/f b/g\nsimilarity index 100%\nrename from f\nrename to g\n", "g:"),
        (
            "diff --git a/f b/g\nsimilarity index 90%\ncopy from f\ncopy to \"g\\t\"\nindex 1..2 100644\n--- a/f\n+++ \"b/g\\t\"\n@@ -3 +3 @@\n-a\n+b\n",
            "g: whole",
        ),
        ("diff --git a/f b/g\nsimilarity index 100%\ncopy from f\ncopy to g\n", "g: whole"),
        (
            "diff --git a/f b/f\nold mode 100644\nnew mode 100755\ndiff --git a/g b/g\nnew file mode 100644\nindex 0..1\n",
            "f:, g:",
        ),
        (
            "diff --git a/f b/f\ndeleted file mode 100644\nindex 1..0\n--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n",
            "",
        ),
        ("diff --git a/f b/f\nindex 1..2 100644\nBinary files a/f and b/f differ\n", "f: whole"),
        (
            "diff --git a/f b/f\nindex 1..2\nGIT binary patch\nliteral 4\nLcmZQzWMT#Y01f~L\n\nliteral 0\nHcmV?d00001\n\ndiff --git a/g b/g\nold mode 1\nnew mode 2\n",
            "f: whole, g:",
        ),
        ("Binary files one and two/f differ\n", "two/f: whole"),
        ("Binary files a/f and /dev/null differ\n", ""),
        // A merge: what one parent has and the other has not counts too.
        (
            "diff --cc f\nindex 1,2..3\n--- a/f\n+++ b/f\n@@@ -1,3 -1,3 +1,4 @@@ x\n  a\n- b\n -c\n++d\n+ e\n +f\n",
            "f: 2-4",
        ),
        // Submodules as `git diff --submodule=log` and `--submodule=diff` show them.
        (
            "Submodule a b/sub 1f3a9c2..77ab01e:\n  > a change\nSubmodule new 0000000...77ab01e (new submodule)\n",
            "a b/sub: whole, new: whole",
        ),
        ("Submodule sub contains modified content\nSubmodule sub 1f3a9c2..77ab01e (rewind):\n", "sub: whole"),
        // Mails and logs around it.
        (
            "From 1 Mon Sep\nSubject: x\n\n--- a\n---\n f | 2 +-\n\ndiff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n-- \n2.47.3\n\n",
            "f: 1-1",
        ),
        // A series of patches: the numbers are those of different versions.
        ("--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-b\n+c\n", "f: whole"),
    ];
    for (diff, expected) in cases {
        assert_eq!(read(diff), expected, "{diff}");
    }
}

#[test]
fn what_is_not_understood_is_an_error_with_its_line() {
    let hunk = |header: &str| format!("--- a/f\n+++ b/f\n{header}\n-a\n+b\n");
    let named = |name: &str| format!("--- a/f\n+++ {name}\n@@ -1 +1 @@\n-a\n+b\n");
    let cases = [
        (String::new(), "the diff is empty"),
        ("\n \n".to_owned(), "the diff is empty"),
        ("1c1\n< a\n---\n> b\n".to_owned(), "this is not a unified diff"),
        ("src/a.c\nsrc/b.c\n".to_owned(), "this is not a unified diff"),
        (hunk("@@ -1 +1"), "line 3: expected a hunk, `@@ -1,2 +3,4 @@`"),
        (hunk("@@ -1 +0,1 @@"), "line 3: expected a hunk, `@@ -1,2 +3,4 @@`"),
        (hunk("@@ -1 +-1 @@"), "line 3: expected a hunk, `@@ -1,2 +3,4 @@`"),
        (hunk("@@ -1 +9999999999 @@"), "line 3: the line number is too large"),
        (hunk("@@ -1 +4294967295,9 @@"), "line 3: the line number is too large"),
        (hunk("@@ -1,2 +1,2 @@"), "line 3: the diff ends in the middle of this hunk"),
        (hunk("@@ -1,4294967295 +1,4294967294 @@"), "line 3: the diff ends in the middle of this hunk"),
        (hunk("@@ -1 +1,0 @@"), "line 5: the hunk has more lines than its `@@` line announces"),
        (hunk("@@ -1,0 +1 @@"), "line 4: the hunk has more lines than its `@@` line announces"),
        (hunk("@@ -1 +1 @@") + "+c\n", "line 6: the hunk has more lines than its `@@` line announces"),
        (hunk("@@ -1 +1 @@") + "--- x\n", "line 6: the hunk has more lines than its `@@` line announces"),
        (
            hunk("@@ -1 +1 @@") + "@@ -1 +1 @@\n-a\n+b\n",
            "line 6: this hunk begins before the end of the previous one",
        ),
        (hunk("@@ -1 +1 @@") + "junk\n@@ -9 +9 @@\n-a\n+b\n", "line 7: this hunk does not belong to a file"),
        (hunk("@@ -1,2 +1,2 @@") + "diff --git a/g b/g\n", "line 6: this line does not belong in a hunk"),
        (hunk("junk"), "line 3: expected a hunk, `@@ -1,2 +3,4 @@`"),
        ("diff --git a/f b/f\n--- a/f\n@@ -1 +1 @@\n".to_owned(), "line 3: a line `+++ FILE` is missing"),
        (
            "diff --git a/f b/f\n@@ -1 +1 @@\n-a\n+b\n".to_owned(),
            "line 2: this hunk does not belong to a file",
        ),
        ("diff --git a/f c\n".to_owned(), "line 1: the path of the changed file is ambiguous"),
        (named("\"b/f"), "line 2: the quoted path is malformed"),
        (named("\"b/\\777\""), "line 2: the quoted path is malformed"),
        (named("\"b/\\377\""), "line 1: the path is not UTF-8 text"),
        (named("b/../../etc/passwd"), "line 1: the path is not relative to the repository"),
        (named("b/x\\..\\y"), "line 1: the path is not relative to the repository"),
        (named("/etc/passwd"), "line 1: the path is not relative to the repository"),
        (named("\"b/\\000\""), "line 1: the path is not relative to the repository"),
        (
            "Only in new: f\n".to_owned(),
            "line 1: the content of a file on one side only is missing; `diff --new-file` includes it",
        ),
        (
            hunk("@@ -1 +1 @@") + "Only in new/src: b.c\n",
            "line 6: the content of a file on one side only is missing; `diff --new-file` includes it",
        ),
    ];
    for (diff, expected) in cases {
        let found = read(&diff);
        assert!(found.ends_with(expected), "{diff}: {found}");
    }
}

/// Git shows every file, and a message that it shows with them may say anything.
#[test]
fn a_message_of_git_may_begin_with_the_words_of_another_tool() {
    let diff = "diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\nOnly in new: f\n";
    assert_eq!(read(diff), "f: 1-1");
}

#[test]
fn the_patch_of_one_file() {
    let cases = [
        ("", Ok(vec![])),
        ("@@ -1,2 +1,2 @@ x\n a\n-b\n+c", Ok(vec![2..=2])),
        ("--- a/f\n+++ b/f\n@@ -1 +1 @@\n-b\n+c\n\\ No newline at end of file\n", Ok(vec![1..=1])),
        ("@@ -1,2 +1,2 @@\n a\n-b", Err((1, DiffFault::Truncated))),
        ("Binary files a/f and b/f differ\n", Err((1, DiffFault::NotADiff))),
        ("@@ -1 +1 @@\n-b\n+c\n\ndiff --git a/f b/f\n", Err((5, DiffFault::UnexpectedLine))),
    ];
    for (text, expected) in cases {
        assert_eq!(patch(text).map_err(|error| (error.line, error.fault)), expected, "{text}");
    }
}

#[test]
fn a_hostile_diff_takes_no_longer_than_its_size() {
    const HUNKS: usize = 1_000_000;
    const MANY: usize = 200_000;
    let mut hunks = String::from("--- a/f\n+++ b/f\n");
    for line in 1..=HUNKS {
        let _ = writeln!(hunks, "@@ -{0} +{0} @@\n-a\n+b", 2 * line);
    }
    let files: String = (0..MANY).fold(String::new(), |mut text, file| {
        let _ = writeln!(text, "diff --git a/{file} b/{file}");
        text
    });
    let marks = "@".repeat(MANY);
    let cases = [
        (hunks, true),
        (files, true),
        (format!("diff --git {}\n", " a".repeat(MANY)), false),
        (format!("diff --git \"{}\n", "\\001".repeat(MANY)), false),
        (format!("Binary files {} differ\n", " and ".repeat(MANY)), false),
        (format!("--- a/f\n+++ b/f\n{marks}\n{}\n", "+".repeat(MANY)), false),
        (format!("--- a/f\n+++ b/f\n@@ -1 +1 @@\n{}", "\\\n".repeat(MANY)), false),
        ("--- a\n".repeat(MANY), false),
        ("\n".repeat(MANY), false),
    ];
    for (diff, is_read) in cases {
        let started = Instant::now();
        let read = unified(diff.as_bytes());
        let beginning: String = diff.chars().take(40).collect();
        assert_eq!(read.is_ok(), is_read, "{beginning}");
        // Quadratic work would take minutes.
        assert!(started.elapsed() < Duration::from_secs(20), "{beginning}: {:?}", started.elapsed());
    }
    let too_large = vec![b'\n'; DIFF_LIMIT + 1];
    assert_eq!(unified(&too_large).map_err(|error| error.fault), Err(DiffFault::TooLarge(DIFF_LIMIT)));
}

/// How one version of a file becomes the next, line by line; lines that look like parts of a diff, too.
fn edits() -> impl Strategy<Value = Vec<(char, &'static str)>> {
    let line = prop::sample::select(vec![
        "a",
        "b\r",
        "",
        "\r",
        "-- x",
        "++ y",
        "-",
        "++ b/f",
        "-- a/f",
        "@@ -1 +1 @@",
        "diff --git a/x b/x",
        "\\ No",
        "é",
    ]);
    let mark = prop::sample::select(vec![' ', ' ', ' ', '+', '-']);
    prop::collection::vec((mark, line), 0..40)
}

/// The lines of the new version that are new.
fn added(edits: &[(char, &str)]) -> Vec<u32> {
    let new = edits.iter().filter(|(mark, _)| *mark != '-').zip(1..);
    new.filter(|((mark, _), _)| *mark == '+').map(|(_, number)| number).collect()
}

/// The same as hunks with so many lines around each change.
fn hunks(edits: &[(char, &str)], context: usize, is_ended: bool) -> String {
    let is_near = |at: usize| {
        let near = at.saturating_sub(context)..edits.len().min(at + context + 1);
        edits[near].iter().any(|(mark, _)| *mark != ' ')
    };
    let lines_before = |at: usize, other: char| edits[..at].iter().filter(|(mark, _)| *mark != other).count();
    let mut text = String::new();
    let mut at = 0;
    while at < edits.len() {
        let end = (at..edits.len()).find(|at| !is_near(*at)).unwrap_or(edits.len());
        if at == end {
            at += 1;
            continue;
        }
        let range = |other: char| {
            let (before, count) =
                (lines_before(at, other), lines_before(end, other) - lines_before(at, other));
            let start = if count == 0 { before } else { before + 1 };
            if count == 1 { start.to_string() } else { format!("{start},{count}") }
        };
        let _ = writeln!(text, "@@ -{} +{} @@", range('+'), range('-'));
        for (index, (mark, line)) in edits.iter().enumerate().take(end).skip(at) {
            let _ = writeln!(text, "{mark}{line}");
            let is_last =
                |other: char| *mark != other && edits[index + 1..].iter().all(|(mark, _)| *mark == other);
            if !is_ended && (is_last('+') || is_last('-')) {
                text.push_str("\\ No newline at end of file\n");
            }
        }
        at = end;
    }
    text
}

/// A name as git writes it: in quotes where something in it needs them.
fn quoted(prefix: &str, name: &str) -> String {
    if name.bytes().all(|byte| (b' '..0x7f).contains(&byte) && byte != b'"' && byte != b'\\') {
        return format!("{prefix}{name}");
    }
    let bytes = name.bytes().fold(String::new(), |mut text, byte| {
        match byte {
            b'"' | b'\\' => text.extend(['\\', char::from(byte)]),
            b' '..0x7f => text.push(char::from(byte)),
            _ => drop(write!(text, "\\{byte:03o}")),
        }
        text
    });
    format!("\"{prefix}{bytes}\"")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn the_lines_are_those_that_were_added(
        files in prop::collection::btree_map("[a-c é\"(]{0,6}[a-c]", (edits(), any::<bool>()), 1..4),
        context in 0_usize..4,
        is_prefixed: bool,
        is_git: bool,
    ) {
        let (old, new) = if is_prefixed { ("a/", "b/") } else { ("", "") };
        let mut text = String::new();
        let mut expected = ChangedLines::default();
        for (name, (edits, is_ended)) in &files {
            let (from, to) = (quoted(old, name), quoted(new, name));
            let hunks = hunks(edits, context, *is_ended);
            let added = added(edits);
            if is_git {
                let _ = writeln!(text, "diff --git {from} {to}\nindex 1..2 100644");
            }
            if !hunks.is_empty() {
                let _ = write!(text, "--- {from}\n+++ {to}\n{hunks}");
            }
            if is_git || !hunks.is_empty() {
                let ranges = added.iter().map(|line| *line..=*line).collect();
                expected.add(name, FileChange::Lines(ranges));
            }
            prop_assert_eq!(patch(&hunks).map(|lines| lines.into_iter().flatten().collect()), Ok(added));
        }
        match unified(text.as_bytes()) {
            Ok(changed) => prop_assert_eq!(shown(&changed), shown(&expected)),
            Err(error) => prop_assert_eq!((error.fault, text.as_str()), (DiffFault::Empty, "")),
        }
    }

    #[test]
    fn nothing_makes_it_panic(
        lines in prop::collection::vec(
            prop_oneof![
                "[-+@ \\\\]{1,4}[ab0-9,/+@-]{0,9}",
                "@@ -[0-9]{1,3}(,[0-9])? \\+[0-9]{1,3}(,[0-9])? @@",
                "(diff --git|diff --cc|---|\\+\\+\\+|rename to|Binary files) [ab/.\"\\\\ 0-7]{0,12}",
            ],
            0..30,
        ),
    ) {
        let text = lines.join("\n");
        let count = lines.len().max(1);
        if let Err(error) = unified(text.as_bytes()) {
            // What is missing at the end is missing on the line after.
            prop_assert!((1..=count + 1).contains(&error.line), "{:?} {}", error, text);
        }
        let _ = patch(&text);
    }
}
