//! Every hint of the catalogue, by subject, on the page about errors. The snapshots of the catalogue have them all: the
//! tests beside it hold them against the code.

use super::{assert_part, root};
use std::fmt::Write as _;
use std::fs;

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

/// The sentences of a subject in a language, with `…` for each part.
fn sentences(subject: &str, chinese: bool) -> Vec<String> {
    let path = root().join("src/messages/snapshots").join(format!("{subject}.snap"));
    let text = fs::read_to_string(path).expect("a snapshot");
    let (_, body) = text.trim_start_matches("---\n").split_once("---\n").expect("a body");
    let mut shown: Vec<String> = Vec::new();
    let mut of_variant = 0;
    for line in body.lines() {
        let Some(sentence) = line.strip_prefix("  ") else {
            of_variant = 0;
            continue;
        };
        let mut sentence = sentence.trim().to_owned();
        for part in PARTS {
            sentence = sentence.replace(part, "…");
        }
        let is_whole = !sentence.contains("  ") && !sentence.contains(" ;") && !sentence.contains(" ；");
        if is_chinese(&sentence) == chinese && is_whole && !shown.contains(&sentence) && of_variant < SHOWN {
            shown.push(sentence);
            of_variant += 1;
        }
    }
    // Without its part, a sentence is a beginning only.
    let is_beginning = |short: &String| shown.iter().any(|other| other.starts_with(&format!("{short} …")));
    shown.iter().filter(|sentence| !is_beginning(sentence)).cloned().collect()
}

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
        for (subject, english, heading) in SUBJECTS {
            let heading = if chinese { heading } else { english };
            let _ = write!(text, "\n### {heading}\n\n");
            for sentence in sentences(subject, chinese) {
                let _ = writeln!(text, "- {}", sentence.replace('<', "\\<"));
            }
        }
        assert_part(file, "hints", &format!("{}\n", text.trim_start()));
    }
}
