//! Every hint of the catalogue, by subject, on the page about errors, with the sentences that it followed. The snapshots of the
//! catalogue have all hints and sentences: the tests beside it hold them against the code. Which follows which, the snapshots of
//! whole runs show.

use super::{assert_part, root};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// The subjects in the order of the page, with a heading a language.
const SUBJECTS: [(&str, &str, &str); 30] = [
    ("service_hint", "Answers of CodeArts", "CodeArts 的应答"),
    ("http_hint", "Network, proxy and certificates", "网络、代理和证书"),
    ("connection_hint", "Addresses, before anything is sent", "发送请求之前：地址"),
    ("credentials_hint", "Credentials", "凭据"),
    ("login_hint", "A rejected login", "登录被拒绝"),
    ("doctor_hint", "Findings of `doctor`", "`doctor` 的检查结果"),
    ("command_line_hint", "The command line", "命令行"),
    ("command_hint", "Commands", "命令"),
    ("settings_hint", "Options and variables", "选项和变量"),
    ("id_hint", "Ids", "ID"),
    ("config_hint", "The configuration file", "配置文件"),
    ("init_hint", "Setting a repository up with `init`", "用 `init` 配置仓库"),
    ("search_hint", "Finding the task", "查找任务"),
    ("tasks_hint", "Lists of tasks", "任务列表"),
    ("job_hint", "Runs and builds", "检查和构建的运行"),
    ("review_hint", "The code of a pull request", "拉取请求的代码"),
    ("run_file_hint", "The file of `start`", "`start` 写入的文件"),
    ("scope_hint", "Which findings count", "哪些问题计入"),
    ("list_hint", "Lists of findings and baselines", "问题列表和基线"),
    ("store_hint", "Files on disk", "磁盘上的文件"),
    ("file_hint", "Files that are not read", "无法读取的文件"),
    ("console_hint", "The log", "日志"),
    ("publish_hint", "Publishing", "发布结果"),
    ("artifact_hint", "The PDF as an artifact", "作为制品的 PDF"),
    ("forge_hint", "Forges in general", "代码托管平台"),
    ("github_hint", "GitHub", "GitHub"),
    ("gitlab_hint", "GitLab", "GitLab"),
    ("gitee_hint", "Gitee and GitCode", "Gitee 和 GitCode"),
    ("gitea_hint", "Gitea and Forgejo", "Gitea 和 Forgejo"),
    ("codearts_repo_hint", "CodeArts Repo", "CodeArts Repo"),
];

/// Words of examples, which stand for parts.
const PARTS: [&str; 8] = ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel"];

/// Sentences of one variant that are shown; more only repeat it with other parts.
const SHOWN: usize = 5;

pub(super) fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

/// The body of a snapshot.
fn body(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("a snapshot");
    text.trim_start_matches("---\n").split_once("---\n").expect("a body").1.to_owned()
}

/// A sentence of an example, with `…` for each part.
fn masked(sentence: &str) -> String {
    PARTS.iter().fold(sentence.trim().to_owned(), |sentence, part| sentence.replace(part, "…"))
}

/// Whether no part is missing in the middle.
fn is_whole(sentence: &str) -> bool {
    !sentence.contains("  ") && !sentence.contains(" ;") && !sentence.contains(" ；")
}

/// The sentences of a subject in a language, with `…` for each part.
fn sentences(subject: &str, chinese: bool) -> Vec<String> {
    let body = body(&root().join("src/messages/snapshots").join(format!("{subject}.snap")));
    let mut shown: Vec<String> = Vec::new();
    let mut of_variant = 0;
    for line in body.lines() {
        let Some(sentence) = line.strip_prefix("  ") else {
            of_variant = 0;
            continue;
        };
        let sentence = masked(sentence);
        let is_new = is_whole(&sentence) && !shown.contains(&sentence);
        if is_chinese(&sentence) == chinese && is_new && of_variant < SHOWN {
            shown.push(sentence);
            of_variant += 1;
        }
    }
    // Without its part, a sentence is a beginning only.
    let is_beginning = |short: &String| shown.iter().any(|other| other.starts_with(&format!("{short} …")));
    shown.iter().filter(|sentence| !is_beginning(sentence)).cloned().collect()
}

/// A sentence of the catalogue in both languages.
struct Sentence {
    english: String,
    chinese: String,
    /// What the English one has between its parts.
    pieces: Vec<String>,
}

impl Sentence {
    /// All of the hints, or all others.
    fn all(are_hints: bool) -> Vec<Self> {
        let mut all = Vec::new();
        for path in snapshots("src/messages/snapshots") {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            // Labels only begin a line.
            if name.ends_with("_hint") != are_hints || name.ends_with("label") {
                continue;
            }
            let body = body(&path);
            let lines: Vec<&str> = body.lines().filter_map(|line| line.strip_prefix("  ")).collect();
            all.extend(lines.chunks_exact(2).map(|pair| {
                let [english, chinese] = [pair[0], pair[1]].map(masked);
                let pieces = numbers_masked(&english).split('…').map(str::to_owned).collect();
                Self { english, chinese, pieces }
            }));
        }
        all
    }

    /// How many of its own characters a text has that begins with it, and what is left of that text.
    fn begins<'a>(&self, text: &'a str) -> Option<(usize, &'a str)> {
        let (first, others) = self.pieces.split_first()?;
        let mut rest = text.strip_prefix(first.as_str())?;
        for piece in others {
            let first = rest.chars().next()?.len_utf8();
            rest = match piece.as_str() {
                "" => "",
                piece => {
                    let (_, behind) = rest[first..].split_once(piece)?;
                    behind
                }
            };
        }
        Some((self.pieces.iter().map(String::len).sum(), rest))
    }

    /// In a language, as the page shows it.
    fn shown(&self, chinese: bool) -> &str {
        if chinese { &self.chinese } else { &self.english }
    }
}

/// Numbers and times of the examples are parts, too.
fn numbers_masked(text: &str) -> String {
    let is_part =
        |word: &str| word == "5m12s" || !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    let mut masked = String::new();
    for word in text.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let name = word.trim_end_matches(|c: char| !c.is_alphanumeric());
        masked += &if is_part(name) { word.replacen(name, "…", 1) } else { word.to_owned() };
    }
    masked.replace("the inner message", "…")
}

/// The snapshots in a folder.
fn snapshots(folder: &str) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(root().join(folder)).expect("the folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut paths: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|ending| ending == "snap")).collect();
    paths.sort_unstable();
    paths
}

/// Sentences that are shorter without their parts could be found by chance.
const SHORTEST: usize = 10;

/// The longest sentence in a line of the log, behind whatever names the task or the cause.
fn sentence_in<'a>(line: &str, all: &'a [Sentence]) -> Option<&'a Sentence> {
    let starts =
        [": ", " - "].into_iter().flat_map(|mark| line.match_indices(mark).map(|(at, mark)| at + mark.len()));
    let found = std::iter::once(0).chain(starts).flat_map(|start| {
        all.iter().filter_map(move |sentence| {
            let (length, rest) = sentence.begins(&line[start..])?;
            let has_ended = rest.is_empty() || rest.starts_with([':', ';', ',']) || rest.starts_with(" (");
            (has_ended && length >= SHORTEST).then_some((length, sentence))
        })
    });
    found.max_by_key(|(length, _)| *length).map(|(_, sentence)| sentence)
}

/// The sentences that were followed by each hint in a run, in a language.
fn followed(chinese: bool) -> BTreeMap<String, BTreeSet<String>> {
    let (hints, messages) = (Sentence::all(true), Sentence::all(false));
    let mut followed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in snapshots("tests/gate/snapshots") {
        let body = body(&path);
        let mut before = None;
        for line in body.lines() {
            let Some(hint) = line.strip_prefix("hint: ") else {
                before = Some(line);
                continue;
            };
            let is_it = |one: &&Sentence| one.begins(hint).is_some_and(|(_, rest)| rest.is_empty());
            let longest = |one: &&Sentence| one.english.len();
            let (Some(hint), Some(message)) = (
                hints.iter().filter(is_it).max_by_key(longest),
                before.and_then(|line| sentence_in(line, &messages)),
            ) else {
                continue;
            };
            let message = numbers_masked(message.shown(chinese));
            if is_whole(&message) {
                followed.entry(hint.shown(chinese).to_owned()).or_default().insert(message);
            }
        }
    }
    followed
}

/// Hints that have sentences, at least.
const EXPLAINED: usize = 90;

#[test]
fn every_hint_is_on_the_page() {
    let names = fs::read_dir(root().join("src/messages/snapshots")).expect("the folder");
    let names = names.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let mut all: Vec<String> = names
        .filter_map(|name| Some(name.strip_suffix(".snap")?.to_owned()))
        .filter(|name| name.ends_with("_hint"))
        .collect();
    let mut listed: Vec<&str> = SUBJECTS.iter().map(|(subject, ..)| *subject).collect();
    all.sort_unstable();
    listed.sort_unstable();
    assert_eq!(listed, all);
    for (file, chinese) in [("docs/troubleshooting.md", false), ("docs/zh/troubleshooting.md", true)] {
        let mut text = String::new();
        let followed = followed(chinese);
        let mut explained = 0;
        let escaped = |sentence: &str| sentence.replace('<', "\\<");
        for (subject, english, heading) in SUBJECTS {
            let heading = if chinese { heading } else { english };
            let _ = write!(text, "\n### {heading}\n\n");
            for sentence in sentences(subject, chinese) {
                let _ = writeln!(text, "- {}", escaped(&sentence));
                for message in followed.get(&sentence).into_iter().flatten() {
                    let _ = writeln!(text, "  - {}", escaped(message));
                }
                explained += usize::from(followed.contains_key(&sentence));
            }
        }
        assert!(explained >= EXPLAINED, "{explained}");
        assert_part(file, "hints", &format!("{}\n", text.trim_start()));
    }
}
