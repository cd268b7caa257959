//! From the moment the service reports the end to the exit of the process with the PDF on the disk: codearts-gate against a shell
//! script (curl, jq, a poll every 5 s) that does the same at the same sandbox at the same time: `cargo bench --bench overhead`.

#![allow(missing_docs, clippy::expect_used, clippy::print_stdout, reason = "a benchmark prints")]

#[path = "shared/mod.rs"]
mod shared;

use codearts_gate::sandbox::{Recorded, Sandbox, TOKEN};
use shared::{gate, measured, milliseconds, promise, reports, start_sandbox};
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long the runs take, in seconds; no round numbers, so that the polls of the script do not fit.
const RUNS: [f64; 6] = [7.3, 11.9, 16.1, 21.7, 26.2, 33.8];
/// How long the PDF takes; shorter than the pause that the service asks for.
const PDF: Duration = Duration::from_millis(700);
const TIME_ASK: Duration = Duration::from_secs(1);
/// The promise for what we add to pauses and delay, round trips included.
const OVERHEAD_LIMIT: Duration = Duration::from_millis(50);

const SCRIPT: &str = r#"
set -eu
ask() { curl --silent --show-error --fail -H "X-Auth-Token: $TOKEN" -H 'Content-Type: application/json' "$@"; }
ask -X POST -d '{}' "$ORIGIN/v2/tasks/$TASK/run" > /dev/null
while [ "$(ask "$ORIGIN/v2/tasks/$TASK/progress" | jq -r .task_status)" != 2 ]; do sleep 5; done
job=$(ask -X PUT -d '{}' "$ORIGIN/v1/tasks/$TASK/pdf-async-job?project_name=x")
pause=$(printf %s "$job" | jq -r .result.timeAsk)
id=$(printf %s "$job" | jq -r .result.asyncJobId)
while sleep "$pause"; do
    state=$(ask "$ORIGIN/v2/async-job?task_id=$TASK&async_job_id=$id")
    [ "$(printf %s "$state" | jq -r .result.jobStatus)" != SUCCESS ] || break
done
file=$(printf %s "$state" | jq -r '.result.jobFile | @uri')
ask --output "$PDF" "$ORIGIN/v1/tasks/$TASK/pdf-file?job_file=$file"
"#;

/// One run of a tool.
struct Run {
    /// From the end of the task until it is noticed.
    lag: Duration,
    /// From the end of the task until the process is gone.
    total: Duration,
    /// Beyond the delay and the pause that the service asks for.
    overhead: Duration,
    polls: usize,
}

fn main() {
    let id = |number: usize, tool: usize| format!("{number:031x}{tool}");
    let mut tasks = String::new();
    for (number, seconds) in RUNS.into_iter().enumerate() {
        for tool in 0..2 {
            let pdf =
                format!(r#"{{"duration": "{}ms", "time_ask": {}}}"#, PDF.as_millis(), TIME_ASK.as_secs());
            let script = format!(r#"{{"duration": "{:.0}ms", "pdf": {pdf}}}"#, seconds * 1000.0);
            let _ = write!(
                tasks,
                r#"{}"{}": {script}"#,
                if tasks.is_empty() { "" } else { "," },
                id(number, tool)
            );
        }
    }
    let before = Instant::now();
    let sandbox = start_sandbox(&format!(r#"{{"tasks": {{{tasks}}}}}"#));
    let run = |number: usize, tool: usize| {
        let task = id(number, tool);
        let directory = reports().join(&task);
        std::fs::create_dir_all(&directory).expect("a directory");
        let pdf = directory.join(format!("{task}.pdf"));
        let _ = std::fs::remove_file(&pdf);
        let mut command =
            if tool == 0 { with_gate(&sandbox, &task, &directory) } else { script(&sandbox, &task, &pdf) };
        let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("a program");
        let exited = before.elapsed();
        assert!(status.success(), "{command:?}: {status}");
        assert!(std::fs::read(&pdf).expect("the PDF").ends_with(b"%%EOF"), "{task}");
        let duration = Duration::from_secs_f64(RUNS[number]);
        analyse(&sandbox.recorded(), &task, duration, exited)
    };
    let all: Vec<[Run; 2]> = thread::scope(|scope| {
        let pairs = (0..RUNS.len()).map(|number| [0, 1].map(|tool| scope.spawn(move || run(number, tool))));
        let pairs: Vec<_> = pairs.collect();
        pairs.into_iter().map(|pair| pair.map(|run| run.join().expect("a run"))).collect()
    });
    println!("{}", measured());
    println!("{:>8}  {:>32}  {:>32}", "", "codearts-gate", "curl, jq, 5 s");
    let heads = format!("{:>9} {:>8} {:>8} {:>5}", "delay", "overhead", "total", "polls");
    println!("{:>8}  {heads:>32}  {heads:>32}", "run");
    for (seconds, pair) in RUNS.iter().zip(&all) {
        let [gate, script] = pair.each_ref().map(|Run { lag, overhead, total, polls }| {
            let [lag, overhead, total] = [lag, overhead, total].map(|time| milliseconds(*time));
            format!("{lag:>6.0} ms {overhead:>5.0} ms {total:>5.0} ms {polls:>5}")
        });
        println!("{seconds:>6.1} s  {gate:>32}  {script:>32}");
    }
    let mean = |tool: usize, of: fn(&Run) -> Duration| {
        all.iter().map(|pair| of(&pair[tool])).sum::<Duration>() / RUNS.len() as u32
    };
    let [overhead, total, lag] = [|run: &Run| run.overhead, |run: &Run| run.total, |run: &Run| run.lag];
    for (name, of) in [("delay", lag), ("overhead", overhead), ("total", total)] {
        let [gate, script] = [0, 1].map(|tool| mean(tool, of));
        let ratio = gate.as_secs_f64() / script.as_secs_f64();
        println!("  {name:<9} {:>6.0} ms, {ratio:.2} x the script's", milliseconds(gate));
    }
    let worst = all.iter().map(|pair| pair[0].overhead).max().expect("runs");
    println!("  worst overhead {:.0} ms; {}", milliseconds(worst), promise(worst <= OVERHEAD_LIMIT, "50 ms"));
}

fn with_gate(sandbox: &Sandbox, task: &str, directory: &Path) -> Command {
    let mut command = gate(&sandbox.origin());
    command
        .env_remove("CODEARTS_MAX_PAUSE")
        .env_remove("HUAWEICLOUD_SDK_AK")
        .env_remove("HUAWEICLOUD_SDK_SK");
    command.env("CODEARTS_TOKEN", TOKEN).env("CODEARTS_REPORT_DIR", directory);
    command.args(["check", "--start", task]);
    command
}

fn script(sandbox: &Sandbox, task: &str, pdf: &Path) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", SCRIPT])
        .env("ORIGIN", sandbox.origin())
        .env("TOKEN", TOKEN)
        .env("TASK", task)
        .env("PDF", pdf);
    command
}

/// What the sandbox saw, in its own time; `exited`: since a moment before it began.
fn analyse(recorded: &[Recorded], task: &str, duration: Duration, exited: Duration) -> Run {
    let times = |call: &str| -> Vec<Duration> {
        let of_task = recorded.iter().filter(|one| one.call == call && one.task.as_deref() == Some(task));
        of_task.map(|one| one.at).collect()
    };
    let ended = times("run")[0] + duration;
    let polls = times("progress");
    let noticed = polls.iter().copied().find(|at| *at >= ended).expect("a look");
    let total = exited - ended;
    Run { lag: noticed - ended, total, overhead: total - (noticed - ended) - TIME_ASK, polls: polls.len() }
}
