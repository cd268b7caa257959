//! The documentation matches the code. `UPDATE_DOCS=1 cargo test docs` writes the generated parts anew.

mod hints;
mod links;
mod options;

use crate::kit::forge::Forge;
use crate::kit::scenario::succeeded;
use crate::kit::{Run, World};
use clap::{ArgAction, CommandFactory as _};
use codearts_gate::cli::{Cli, chinese};
use codearts_gate::messages::{KeyForm, OutcomeText};
use codearts_gate::model::choice::Choice as _;
use codearts_gate::model::language::Language;
use codearts_gate::model::outcome::Outcome;
use codearts_gate::publish::Target;
use codearts_gate::report::formats::FORMATS;
use codearts_gate::sandbox::scenario::CALLS;
use codearts_gate::settings::{Key, keys};
use hints::is_chinese;
use std::fmt::Write as _;
use std::io::Write as _;
use std::iter::{once, repeat};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// What users read in Markdown: README and the pages.
fn pages() -> Vec<(PathBuf, String)> {
    let mut found = vec![root().join("README.md")];
    let mut folders = vec![root().join("docs")];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path())
        {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "md") {
                found.push(path);
            }
        }
    }
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).expect("text");
        (path, text)
    };
    found.into_iter().map(read).collect()
}

/// Writes a file in one step: other tests read it at the same time.
fn replace(path: &Path, text: &str) {
    let mut file = NamedTempFile::new_in(path.parent().expect("a folder")).expect("a file");
    file.write_all(text.as_bytes()).expect("written");
    let permissions = std::fs::metadata(path).expect("the file").permissions();
    file.as_file().set_permissions(permissions).expect("the same permissions");
    file.persist(path).expect("in its place");
}

/// A file before a part between two marks, the part, and what follows.
fn part_of<'a>(text: &'a str, name: &str) -> (&'a str, &'a str, &'a str) {
    let (begin, end) = (format!("<!-- begin {name} -->\n"), format!("<!-- end {name} -->"));
    let at = text.find(&begin).unwrap_or_else(|| panic!("no `{begin}`")) + begin.len();
    let length = text[at..].find(&end).unwrap_or_else(|| panic!("no `{end}`"));
    (&text[..at], &text[at..at + length], &text[at + length..])
}

/// Holds the part of a file between two marks against `expected`, or writes it.
fn assert_part(file: &str, name: &str, expected: &str) {
    let path = &root().join(file);
    let text = std::fs::read_to_string(path).expect("the file");
    let (head, part, tail) = part_of(&text, name);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        replace(path, &format!("{head}{expected}{tail}"));
    } else {
        assert_eq!(part, expected, "{path:?}, part `{name}`: run UPDATE_DOCS=1 cargo test docs");
    }
}

/// A row of a table that is made from one in the code.
struct Row {
    /// In backticks in the first cell.
    key: String,
    /// The cells after the first.
    cells: Vec<String>,
    /// What stands in the first cell that is written by hand, until it is.
    draft: &'static str,
}

/// Holds a table against the code. Cells after those of a row are written by hand, and stay; on a Chinese page the first of them
/// is in Chinese, so that no draft is left there.
fn assert_table(file: &str, name: &str, headings: &[&str], rows: Vec<Row>) {
    let text = std::fs::read_to_string(root().join(file)).expect("the file");
    let (_, present, _) = part_of(&text, name);
    let present: Vec<Vec<&str>> =
        present.lines().map(|line| line.trim_matches('|').split('|').map(str::trim).collect()).collect();
    let line = |cells: &[String]| {
        let cell = |cell: &String| if cell.is_empty() { " |".to_owned() } else { format!(" {cell} |") };
        format!("|{}\n", cells.iter().map(cell).collect::<String>())
    };
    let mut drafts = Vec::new();
    let mut table = line(&headings.iter().map(|heading| (*heading).to_owned()).collect::<Vec<_>>());
    table += &format!("|{}\n", "---|".repeat(headings.len()));
    for row in rows {
        let key = format!("`{}`", row.key);
        let written = present.iter().find(|cells| cells[0].starts_with(&key));
        let mut cells = vec![written.map_or(key, |cells| cells[0].to_owned())];
        cells.extend(row.cells);
        let first_by_hand = cells.len();
        for (at, draft) in (cells.len()..headings.len()).zip(once(row.draft).chain(repeat(""))) {
            let by_hand = written.and_then(|cells| cells.get(at)).copied();
            cells.push(by_hand.unwrap_or(draft).to_owned());
        }
        if file.starts_with("docs/zh/") && cells.get(first_by_hand).is_some_and(|cell| !is_chinese(cell)) {
            drafts.push(cells[0].clone());
        }
        table += &line(&cells);
    }
    assert_part(file, name, &table);
    assert!(drafts.is_empty(), "{file}, part `{name}`: write in Chinese what stands beside {drafts:?}");
}

/// Holds the tables of the places where the result can be shown from a job against what `doctor` finds there.
fn assert_targets(page: &str, name: &str, doctor: Run) {
    let log = doctor.finish().expect(0).stderr;
    let names = log.lines().filter_map(|line| line.split_once("publishing, ")?.1.split_once(": "));
    let target = |(name, _): (&str, &str)| Target::ALL.into_iter().find(|target| target.name() == name);
    let targets: Vec<Target> = names.map(|name| target(name).expect("a target")).collect();
    for (folder, headings, [yes, no]) in [
        ("docs", ["target", "in `auto`", "what it is", "what it needs"], ["yes", "no"]),
        ("docs/zh", ["目标", "属于 `auto`", "是什么", "需要什么"], ["是", "否"]),
    ] {
        let row = |target: &Target| Row {
            key: target.name().to_owned(),
            cells: vec![if target.is_opt_in() { no } else { yes }.to_owned()],
            draft: target.help(),
        };
        assert_table(&format!("{folder}/{page}"), name, &headings, targets.iter().map(row).collect());
    }
}

#[test]
fn the_tables_match_the_code() {
    let command = Cli::command();
    let commands = command.get_subcommands().map(|command| Row {
        key: command.get_name().to_owned(),
        cells: vec![command.get_about().expect("a help").to_string()],
        draft: "",
    });
    assert_table("docs/options.md", "commands", &["command", "what it does"], commands.collect());
    let commands = command.get_subcommands().map(|command| Row {
        key: command.get_name().to_owned(),
        cells: vec![chinese::about(command.get_name()).expect("a help").to_owned()],
        draft: "",
    });
    assert_table("docs/zh/options.md", "commands", &["命令", "作用"], commands.collect());

    let outcomes = Outcome::ALL.map(|outcome| {
        let (code, name) = (outcome.exit_code(), outcome.name());
        let (meaning, advice) = (OutcomeText::Meaning(outcome), OutcomeText::Advice(outcome));
        let row = format!("| {code} | `{name}` | {meaning} |");
        (format!("{row} {advice} |\n"), format!("{row}\n"))
    });
    let (rows, short): (Vec<String>, Vec<String>) = outcomes.into_iter().unzip();
    let heading = "| exit | name | when | what to do |\n|---|---|---|---|\n";
    assert_part("docs/exit-codes.md", "exit codes", &format!("{heading}{}", rows.concat()));
    let chinese = Outcome::ALL.map(|outcome| {
        let cell = |text: OutcomeText| text.text(Language::Chinese);
        let (meaning, advice) = (cell(OutcomeText::Meaning(outcome)), cell(OutcomeText::Advice(outcome)));
        format!("| {} | `{}` | {meaning} | {advice} |\n", outcome.exit_code(), outcome.name())
    });
    let heading = "| 退出码 | 名称 | 含义 | 处理方法 |\n|---|---|---|---|\n";
    assert_part("docs/zh/exit-codes.md", "exit codes", &format!("{heading}{}", chinese.concat()));
    let heading = "| exit | name | when |\n|---|---|---|\n";
    assert_part("README.md", "short exit codes", &format!("{heading}{}", short.concat()));

    for (file, formats, languages) in [
        ("docs/reports.md", ["format", "file", "for"], ["`--language`", "language"]),
        ("docs/zh/reports.md", ["格式", "文件", "用途"], ["`--language`", "语言"]),
    ] {
        let format = FORMATS.iter().map(|entry| {
            let format = entry.format;
            let ending = format!("`.{}`", format.ending);
            Row { key: format.name.to_owned(), cells: vec![ending], draft: format.help }
        });
        assert_table(file, "report formats", &formats, format.collect());
        let language = Language::all().into_iter().map(|language| Row {
            key: language.word().to_owned(),
            cells: Vec::new(),
            draft: language.help(),
        });
        assert_table(file, "languages", &languages, language.collect());
    }

    let (forge, world) = (Forge::new(), World::new(succeeded()));
    let on_github = world.run_on_github(&forge, "pull_request", &["doctor"]);
    assert_targets("github.md", "targets on GitHub", on_github);
    assert_targets("gitlab.md", "targets on GitLab", world.run_on_gitlab(&forge, &["doctor"]));
}

/// What a key of the configuration file takes.
fn value_of(key: &Key, language: Language) -> String {
    let words = key.words.iter().map(|word| format!("`\"{word}\"`")).collect::<Vec<_>>().join(" ");
    let (english, chinese) = match key.form {
        KeyForm::Text if key.is_path => ("path below the working directory", "工作目录下的路径"),
        KeyForm::Text if words.is_empty() => ("string", "字符串"),
        KeyForm::Text => return words,
        KeyForm::List if words.is_empty() => ("array of strings", "字符串数组"),
        KeyForm::List if language == Language::English => return format!("array of {words}"),
        KeyForm::List => return format!("数组，元素为 {words}"),
        KeyForm::Number => ("number", "数字"),
        KeyForm::Boolean => return "`true` `false`".to_owned(),
        KeyForm::Tasks => ("tables", "表"),
    };
    if language == Language::English { english } else { chinese }.to_owned()
}

/// The keys of the configuration file, as `--help` describes them.
#[test]
fn the_keys_of_the_configuration_file_are_listed() {
    let mut english =
        "| key | value | commands | in `[[task]]` | meaning |\n|---|---|---|---|---|\n".to_owned();
    let mut chinese = "| 键 | 取值 | 命令 | 可用于 `[[task]]` | 含义 |\n|---|---|---|---|---|\n".to_owned();
    for key in keys() {
        let (name, commands, about) = (&key.name, key.commands.join(", "), key.about.replace('|', "\\|"));
        let [value, zh_value] =
            [Language::English, Language::Chinese].map(|language| value_of(&key, language));
        let [of_task, zh_of_task] = if key.is_of_task { ["yes", "是"] } else { ["", ""] };
        let _ = writeln!(english, "| `{name}` | {value} | {commands} | {of_task} | {about} |");
        let zh_about = chinese::meaning(&key.commands[0], &name.replace('-', "_")).expect("a text");
        let zh_about = zh_about.replace('|', "\\|");
        let _ = writeln!(chinese, "| `{name}` | {zh_value} | {commands} | {zh_of_task} | {zh_about} |");
    }
    assert_part("docs/configuration.md", "keys", &english);
    assert_part("docs/zh/configuration.md", "keys", &chinese);
}

/// The calls on which a scenario of the sandbox can have a fault.
#[test]
fn the_calls_of_the_sandbox_are_listed() {
    for file in ["docs/sandbox.md", "docs/zh/sandbox.md"] {
        assert_part(file, "calls", &format!("`{}`\n", CALLS.join(" ")));
    }
}

/// The README has the two commands for a fresh machine, and fits on three screens.
#[test]
fn the_readme_is_short() {
    let text = std::fs::read_to_string(root().join("README.md")).expect("README.md");
    for command in ["cargo run -- demo", "cargo test"] {
        assert!(text.contains(command), "{command}");
    }
    assert!(text.lines().count() <= 150, "{}", text.lines().count());
}

/// Every variable that a page names is known to the code.
#[test]
fn the_pages_name_no_unknown_variable() {
    let text: String = pages().into_iter().map(|(_, text)| text).collect();
    let help: String = ["check", "report", "build", "tasks", "init", "doctor"]
        .iter()
        .map(|command| Run::new(&[command, "--help"]).finish().expect(0).stdout)
        .collect();
    let words = text.split(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'));
    // Values for later jobs.
    let is_output = |word: &str| word.starts_with("CODEARTS_GATE_");
    let is_variable = |word: &&str| word.starts_with("CODEARTS_") && *word != "CODEARTS_FOO_BAR";
    for variable in words.filter(is_variable).filter(|word| !is_output(word)) {
        let option =
            format!("--{}", variable.trim_start_matches("CODEARTS_").to_lowercase().replace('_', "-"));
        let is_known = help.contains(&option) || help.contains(variable);
        assert!(is_known, "{variable} is neither an option nor in the help");
    }
}

/// A pipe hides the exit code of all but its last command, so no example has one without `pipefail`.
#[test]
fn pipes_keep_the_exit_code() {
    let is_piped =
        |line: &str| line.contains("codearts-gate ") && line.contains(" | ") && !line.starts_with('|');
    let mut piped = 0;
    for (_, text) in pages() {
        for block in text.split("```").skip(1).step_by(2).filter(|block| block.lines().any(is_piped)) {
            assert!(block.contains("set -o pipefail"), "{block}");
            piped += 1;
        }
    }
    assert!(piped > 0);
}

/// Commands whose lines in examples are tried.
const TRIED: [&str; 4] = ["check", "start", "tasks", "doctor"];

/// The binary accepts every command line in an example and in the documentation.
#[test]
fn the_binary_accepts_the_examples() {
    let examples = std::fs::read_dir(root().join("examples")).expect("the folder").map(|entry| {
        let path = entry.expect("an entry").path();
        std::fs::read_to_string(path).expect("text")
    });
    let mut typed = 0;
    for text in examples.chain(pages().into_iter().map(|(_, text)| text)) {
        for line in text.lines() {
            let Some((_, rest)) = line.split_once("codearts-gate ") else { continue };
            let rest = rest.split(['#', '\'', '`', ';']).next().unwrap_or_default();
            let mut arguments: Vec<&str> = rest.split_whitespace().collect();
            if arguments.first().is_some_and(|command| TRIED.contains(command)) {
                arguments.push("--help");
                Run::new(&arguments).finish().expect(0);
                typed += 1;
            }
        }
    }
    assert!(typed >= 20, "{typed}");
    Run::new(&["check", "--strat", "--help"]).finish().expect(64);
}

/// The inputs of the action in an example are those that the action has.
#[test]
fn the_examples_use_inputs_of_the_action() {
    let action = std::fs::read_to_string(root().join("action.yml")).expect("action.yml");
    let mut used = 0;
    for entry in std::fs::read_dir(root().join("examples")).expect("the folder") {
        let text = std::fs::read_to_string(entry.expect("an entry").path()).expect("text");
        let steps = text.split("uses: OWNER/codearts-gate@").skip(1);
        for step in steps.filter_map(|step| step.split("\n      - ").next()) {
            let Some((_, inputs)) = step.split_once("        with:\n") else { continue };
            let inputs = inputs.lines().map_while(|line| line.strip_prefix("          "));
            for name in inputs.filter_map(|line| line.split_once(':')?.0.split('#').next()) {
                let is_name = !name.trim().is_empty() && !name.starts_with(' ');
                assert!(!is_name || action.contains(&format!("\n  {name}:\n")), "{name}");
                used += 1;
            }
        }
    }
    assert!(used >= 20, "{used}");
}

/// Inputs of the action without an option; their descriptions are written by hand.
const ACTION_ONLY: [&str; 4] = ["command", "task-id", "job-id", "github-token"];

/// The description of each input of the action is the help of its option.
#[test]
fn the_action_describes_inputs_like_the_help() {
    let path = root().join("action.yml");
    let text = std::fs::read_to_string(&path).expect("action.yml");
    let (inputs, rest) = text.split_once("\noutputs:").expect("outputs");
    let mut input = String::new();
    let mut lines = Vec::new();
    for line in inputs.lines() {
        if let Some(name) = line.strip_prefix("  ").and_then(|line| line.strip_suffix(':'))
            && !name.starts_with(' ')
        {
            name.clone_into(&mut input);
        }
        if line.starts_with("    description:") && !ACTION_ONLY.contains(&input.as_str()) {
            lines.push(format!("    description: {}", serde_json::Value::from(option_help(&input))));
        } else {
            lines.push(line.to_owned());
        }
    }
    let expected = format!("{}\noutputs:{rest}", lines.join("\n"));
    if std::env::var_os("UPDATE_DOCS").is_some() {
        replace(&path, &expected);
    } else {
        assert_eq!(text, expected, "action.yml: run UPDATE_DOCS=1 cargo test docs");
    }
}

/// The help of an option, and its possible values.
fn option_help(long: &str) -> String {
    let command = Cli::command();
    let of = |name: &str| {
        let chosen = command.find_subcommand(name).expect("a command");
        chosen.get_arguments().find(|argument| argument.get_long() == Some(long))
    };
    let (argument, prefix) = match (of("check"), of("build")) {
        (Some(argument), _) => (argument, ""),
        (None, Some(argument)) => (argument, "For `build`: "),
        (None, None) => panic!("the input `{long}` is not an option"),
    };
    let help = format!("{prefix}{}", argument.get_help().expect("a help"));
    let words: Vec<String> = match argument.get_action() {
        ArgAction::SetTrue => Vec::new(),
        _ => argument.get_possible_values().iter().map(|word| format!("`{}`", word.get_name())).collect(),
    };
    if words.is_empty() { help } else { format!("{help}. Possible values: {}", words.join(", ")) }
}
