//! What a command leaves behind that could not begin: nothing of an earlier run, and where it can, a result that names the
//! error.

use super::pdf_end;
use crate::cli::{BuildArgs, CheckArgs, Cli, ReportArgs, StartArgs};
use crate::codearts::Id;
use crate::console::Console;
use crate::error::outcome_of;
use crate::lifecycle::finish::usage;
use crate::publish::{PublishChoice, Publisher};
use crate::report::run_file::RUN_FILE;
use crate::report::store::directory::ReportDirectory;
use crate::report::store::workspace::Workspace;
use crate::settings::{self, Environment};
use clap::CommandFactory as _;
use std::ffi::OsString;
use std::path::PathBuf;

/// The commands that leave a result.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Check,
    Build,
    Report,
    Start,
}

/// Where a command would have left its result, as far as it can be read.
pub(super) struct Refusal {
    kind: Kind,
    directory: PathBuf,
    /// Whether to make the directory if it is not there.
    makes_directory: bool,
    workspace: Workspace,
    tasks: Vec<Id>,
    prints_document: bool,
    publisher: Option<Publisher>,
}

impl Refusal {
    pub(super) fn of_check(args: &CheckArgs, environment: &Environment) -> Self {
        let directory = args.files.directory.report_dir.clone();
        let tasks = settings::readable_tasks(&args.task_ids, environment);
        let (publish, prints_document) = (&args.publish.publish, args.result.json);
        Self { tasks, prints_document, ..Self::new(Kind::Check, directory, publish, environment) }
    }

    pub(super) fn of_build(args: &BuildArgs, environment: &Environment) -> Self {
        let directory = args.directory.report_dir.clone();
        Self { prints_document: args.result.json, ..Self::new(Kind::Build, directory, &[], environment) }
    }

    pub(super) fn of_start(args: &StartArgs, environment: &Environment) -> Self {
        let directory = args.directory.report_dir.clone();
        Self::new(Kind::Start, directory, &[PublishChoice::None], environment)
    }

    pub(super) fn of_report(args: &ReportArgs, environment: &Environment) -> Self {
        let directory = args.files.directory.report_dir.clone();
        let tasks = settings::readable_tasks(args.task_id.as_slice(), environment);
        Self { tasks, ..Self::new(Kind::Report, directory, &args.publish.publish, environment) }
    }

    /// Of a command line that clap refuses; `None`: the command leaves no result.
    pub(super) fn of_line(arguments: &[OsString], environment: &Environment) -> Option<Self> {
        let matches = Cli::command().ignore_errors(true).try_get_matches_from(arguments).ok()?;
        let (name, given) = matches.subcommand()?;
        let kind = match name {
            "check" => Kind::Check,
            "build" => Kind::Build,
            "report" => Kind::Report,
            "start" => Kind::Start,
            _ => return None,
        };
        let publish: Vec<PublishChoice> =
            given.try_get_many("publish").ok().flatten().into_iter().flatten().copied().collect();
        let directory = match given.try_get_one::<PathBuf>("report_dir") {
            Ok(Some(directory)) => directory.clone(),
            Ok(None) | Err(_) => settings::usual_report_directory(environment),
        };
        let typed = |name| given.try_get_many::<String>(name).ok().flatten().into_iter().flatten().cloned();
        let typed: Vec<String> = typed("task_ids").chain(typed("task_id")).collect();
        Some(Self {
            makes_directory: false,
            tasks: settings::readable_tasks(&typed, environment),
            prints_document: matches!(given.try_get_one("json"), Ok(Some(true))),
            ..Self::new(kind, directory, &publish, environment)
        })
    }

    fn new(kind: Kind, directory: PathBuf, publish: &[PublishChoice], environment: &Environment) -> Self {
        Self {
            kind,
            makes_directory: true,
            workspace: environment.workspace(),
            tasks: Vec::new(),
            prints_document: false,
            publisher: settings::for_refusals(publish, environment, &directory),
            directory,
        }
    }

    /// Leaves what can be left.
    pub(super) fn leave(&self, error: &anyhow::Error, console: &Console) {
        let (directory, publisher) = (self.directory.as_path(), self.publisher.as_ref());
        if self.kind == Kind::Report {
            let outcome = outcome_of(error);
            return pdf_end::refuse(outcome, directory, &self.workspace, &self.tasks, publisher);
        }
        if self.kind == Kind::Start {
            // What an earlier one has left must not be taken for its result.
            if directory.exists()
                && let Ok(directory) = ReportDirectory::prepare(directory, &self.workspace)
            {
                let _ = directory.remove([RUN_FILE.to_owned()]);
            }
            return;
        }
        usage::report_refusal(
            error,
            (self.makes_directory || directory.exists()).then_some(directory),
            &self.workspace,
            (self.kind == Kind::Check).then_some(&*self.tasks),
            self.prints_document,
            publisher,
            console,
        );
    }
}
