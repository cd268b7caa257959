//! The environment, copied once.

use super::checkout;
use super::file::{self, ConfigFile, TaskTable};
use super::known_secrets;
use super::secret::flaw_of;
use super::value::variable_of;
use crate::ci::github_actions::ACTION_MARK;
use crate::ci::{self, Change, CiEnvironment};
use crate::cli::Cli;
use crate::console::LogDialect;
use crate::error::Problem;
use crate::messages::{CommandLineMessage, ConfigMessage, CredentialsHint, CredentialsMessage};
use crate::model::sourced::{FileLine, Origin, Sourced};
use crate::publish::{EventPullRequest, event_pull_request};
use crate::report::store::workspace::Workspace;
use clap::{Command, CommandFactory as _};
use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::ffi::OsString;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A copy of the variables; an empty one counts as unset.
#[derive(Clone, Default)]
pub struct Environment {
    values: HashMap<String, String>,
    /// Whether the system takes capitals and small letters in names for the same; then the copy has capitals.
    ignores_case: bool,
    /// Values that are not UTF-8.
    unreadable: HashMap<String, OsString>,
    /// The first of these that was asked for: it must not pass for one that is not set.
    missed: RefCell<Option<String>>,
    /// The directory in which the process was started.
    directory: Option<PathBuf>,
    /// Whether the log goes to a terminal.
    has_terminal: bool,
    /// The configuration file.
    config: Option<ConfigFile>,
    /// What was typed.
    typed: Vec<OsString>,
    /// The options of the command that were given, with dashes: where, and what stands in for those that were not typed. Those of
    /// the others are defaults.
    given: Vec<(String, Sourced<String>)>,
    /// The CI, once it was asked for.
    ci: OnceCell<DetectedCi>,
}

/// The CI, and tokens in its variables that cannot be tokens.
#[derive(Clone)]
struct DetectedCi {
    environment: CiEnvironment,
    refused_tokens: Vec<Problem>,
}

impl Environment {
    /// The process's own variables.
    pub fn of_process() -> Self {
        let directory = std::env::current_dir().ok();
        let mut all = Self {
            directory,
            has_terminal: std::io::stderr().is_terminal(),
            ignores_case: cfg!(windows),
            ..Self::default()
        };
        for (name, value) in std::env::vars_os() {
            let Ok(name) = name.into_string() else { continue };
            let name = all.key(&name).into_owned();
            match value.into_string() {
                Ok(value) => drop(all.values.insert(name, value)),
                Err(value) => drop(all.unreadable.insert(name, value)),
            }
        }
        known_secrets::learn(all.values.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        all.with_inputs()
    }

    /// Inputs of our action take the place of the variables they stand for: what a step says about itself counts more
    /// than what its job says about all steps (`ci/github`, section 5.2).
    fn with_inputs(mut self) -> Self {
        if self.get(ACTION_MARK).is_none() {
            return self;
        }
        // Only those that the action has: a typo must not become a credential.
        let options = Cli::command();
        let options =
            options.get_subcommands().flat_map(Command::get_arguments).filter_map(clap::Arg::get_long);
        let inputs = options
            .map(|long| (long, variable_of(long)))
            .chain([("task-id", "CODEARTS_TASK_ID".to_owned()), ("github-token", "GITHUB_TOKEN".to_owned())]);
        for (input, variable) in inputs {
            let given = self.get(&format!("INPUT_{}", input.to_ascii_uppercase())).map(str::to_owned);
            if let Some(value) = given {
                let variable = self.key(&variable).into_owned();
                self.values.insert(variable, value);
            }
        }
        self
    }

    /// A name as the copy has it.
    fn key<'a>(&self, name: &'a str) -> Cow<'a, str> {
        if self.ignores_case { Cow::Owned(name.to_ascii_uppercase()) } else { Cow::Borrowed(name) }
    }

    /// A variable's value without surrounding blanks and line breaks, if anything is left of it.
    pub fn get(&self, name: &str) -> Option<&str> {
        let key = self.key(name);
        if self.unreadable.contains_key(&*key) {
            self.missed.borrow_mut().get_or_insert_with(|| name.to_owned());
        }
        self.values.get(&*key).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// The directory in which the process was started, if it still exists.
    pub(super) fn directory(&self) -> Option<&Path> {
        self.directory.as_deref()
    }

    /// Whether the log goes to a terminal.
    pub(super) const fn has_terminal(&self) -> bool {
        self.has_terminal
    }

    #[cfg(test)]
    pub(super) fn with_terminal(self, has_terminal: bool) -> Self {
        Self { has_terminal, ..self }
    }

    /// Where files lie: the checkout, and the directory in which the process was started.
    pub fn workspace(&self) -> Workspace {
        Workspace::new(self.ci().facts.workspace.clone(), self.directory.clone())
    }

    /// Whether this job is about a pull request from another repository, as far as its variables and its event show it.
    pub(super) fn is_from_fork(&self) -> Option<bool> {
        self.ci().facts.code.is_from_fork.or_else(|| self.of_event()?.is_from_fork)
    }

    /// The number of the pull request that this job is about, the same way.
    pub(super) fn pull_request_number(&self) -> Option<u64> {
        self.ci().facts.code.number.or_else(|| Some(self.of_event()?.number))
    }

    fn of_event(&self) -> Option<EventPullRequest> {
        event_pull_request(self.ci().facts.change.as_ref()?)
    }

    /// What describes the job, for which a value that is not UTF-8 is read as well as it can be. The name of a branch may end in a
    /// blank that is not of ASCII.
    pub(super) fn described(&self, name: &str) -> Option<String> {
        let key = self.key(name);
        let lossy = self.unreadable.get(&*key).map(|value| value.to_string_lossy());
        let value = lossy.or_else(|| self.values.get(&*key).map(Cow::from))?;
        Some(value.trim_ascii().to_owned()).filter(|value| !value.is_empty())
    }

    /// A path, whatever its bytes.
    pub(super) fn path(&self, name: &str) -> Option<PathBuf> {
        let value = self.unreadable.get(&*self.key(name)).map(PathBuf::from);
        value.or_else(|| self.get(name).map(PathBuf::from))
    }

    /// Fails when a variable was asked for whose value cannot be read.
    pub(super) fn check_readable(&self) -> Result<(), Problem> {
        match &*self.missed.borrow() {
            Some(name) => Err(Problem::new(CommandLineMessage::NotText(name.clone()))),
            None => Ok(()),
        }
    }

    /// Names of variables that are set.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let set = self.values.iter().filter(|(_, value)| !value.trim().is_empty()).map(|(name, _)| name);
        set.chain(self.unreadable.keys()).map(String::as_str)
    }

    /// Reads the configuration file: the one that is named, else the usual one if it is there.
    pub(super) fn read_config(&mut self, named: Option<&Path>) -> Result<(), Problem> {
        let usual = || {
            self.directory.as_ref().is_some_and(|place| place.join(file::DEFAULT).symlink_metadata().is_ok())
        };
        self.config = match named {
            Some(path) if path == Path::new(file::NONE) => None,
            Some(path) => Some(ConfigFile::read(path)?),
            None if usual() => Some(ConfigFile::read(Path::new(file::DEFAULT))?),
            None => None,
        };
        Ok(())
    }

    /// What the configuration file says about tasks.
    pub(super) fn task_tables(&self) -> &[TaskTable] {
        self.config.as_ref().map(ConfigFile::tasks).unwrap_or_default()
    }

    /// Notes what was typed.
    pub(super) fn note_typed(&mut self, arguments: &[OsString]) {
        self.typed = arguments.to_vec();
    }

    /// What was typed, and the environment in which it is to be read for one task.
    pub(super) fn of_task(&self, task: &TaskTable) -> (Vec<OsString>, Self) {
        let config = self.config.as_ref().map(|config| config.of_task(task));
        (self.typed.clone(), Self { config, given: Vec::new(), ..self.clone() })
    }

    /// What stands in for an option, named without dashes, that was not typed: its variable, else its key in the configuration file.
    pub(super) fn stand_in(&self, long: &str) -> Option<Sourced<&str>> {
        let variable = variable_of(long);
        match self.get(&variable) {
            Some(value) => Some(Sourced { value, origin: Origin::Variable(variable) }),
            None => self.config.as_ref()?.value(long),
        }
    }

    /// Notes where an option was given, and the value if it was not typed.
    pub(super) fn note_given(&mut self, option: String, given: Sourced<String>) {
        self.given.push((option, given));
    }

    /// Variables and keys that stand in for options.
    pub(super) fn stand_ins(&self) -> impl Iterator<Item = &Sourced<String>> {
        self.given.iter().map(|(_, given)| given).filter(|given| match given.origin {
            Origin::Variable(_) | Origin::Key { .. } => true,
            Origin::Flag(_) | Origin::Argument(_) | Origin::File { .. } | Origin::Default(_) => false,
        })
    }

    /// The keys of the configuration file that this run uses for all tasks, if there are any.
    pub fn config_used(&self) -> Option<ConfigMessage> {
        let (paths, keys): (Vec<&str>, Vec<String>) =
            self.used_keys().map(|(at, key)| (at.path.as_str(), key.to_owned())).unzip();
        let path = (*paths.first()?).to_owned();
        Some(ConfigMessage::Used { path, is_of_tasks: false, keys })
    }

    /// The same, each with its line.
    pub(super) fn used_keys(&self) -> impl Iterator<Item = (&FileLine, &str)> {
        self.stand_ins().filter_map(|given| match &given.origin {
            Origin::Key { at, key } => Some((at, key.as_str())),
            Origin::Variable(_)
            | Origin::Flag(_)
            | Origin::Argument(_)
            | Origin::File { .. }
            | Origin::Default(_) => None,
        })
    }

    /// An option that was given.
    pub(super) fn given(&self, option: &str) -> Option<&Sourced<String>> {
        self.given.iter().find(|(noted, _)| noted == option).map(|(_, given)| given)
    }

    /// Where an option was given.
    pub(super) fn origin(&self, option: &str) -> Origin {
        let given = self.given(option);
        given.map_or_else(|| Origin::Default(option.to_owned()), |given| given.origin.clone())
    }

    /// The value of an option, and where it was given.
    pub(super) fn sourced<T>(&self, option: &str, value: T) -> Sourced<T> {
        Sourced { value, origin: self.origin(option) }
    }

    pub(super) fn first(&self, names: &[&str]) -> Option<&str> {
        self.first_named(names).map(|(_, value)| value)
    }

    /// The first of these variables that is set, by name.
    pub(super) fn first_named<'a>(&self, names: &[&'a str]) -> Option<(&'a str, &str)> {
        names.iter().find_map(|name| Some((*name, self.get(name)?)))
    }

    /// The CI, detected once. Tokens that cannot be tokens are left out.
    pub fn ci(&self) -> &CiEnvironment {
        &self.detected_ci().environment
    }

    /// Why tokens were left out of [`Self::ci`].
    pub(super) fn refused_tokens(&self) -> &[Problem] {
        &self.detected_ci().refused_tokens
    }

    fn detected_ci(&self) -> &DetectedCi {
        self.ci.get_or_init(|| {
            let refused = RefCell::new(Vec::new());
            let variable = |name: &str| {
                let value = self.described(name)?;
                if !name.ends_with("_TOKEN") {
                    return Some(value);
                }
                let origin = Origin::Variable(name.to_owned());
                match flaw_of(&value) {
                    None => Some(value.trim().to_owned()),
                    Some(flaw) => {
                        let problem = Problem::new(CredentialsMessage::TokenNotUsed { origin, flaw });
                        refused.borrow_mut().push(problem.hint(CredentialsHint::Correct(flaw)));
                        None
                    }
                }
            };
            let mut environment = ci::detect(&variable);
            self.complete(&mut environment);
            DetectedCi { environment, refused_tokens: refused.into_inner() }
        })
    }

    /// Adds what only the checkout shows: whose repository it is.
    fn complete(&self, environment: &mut CiEnvironment) {
        let facts = &mut environment.facts;
        if let Some(Change::Gitee(repository, _)) = &mut facts.change
            && repository.name.is_empty()
            && let Some(checkout) = facts.workspace.as_deref().or(self.directory.as_deref())
            && let Some(origin) = checkout::origin(checkout)
        {
            repository.complete(&origin);
            facts.code.repository_url = repository.url();
        }
    }

    /// Which commands the reader of the log obeys.
    pub fn log_dialect(&self) -> LogDialect {
        self.ci().facts.log_dialect
    }

    /// Time until the job ends by itself, where the CI gives it.
    pub(super) fn time_left(&self) -> Option<Duration> {
        // An end that is over already means that clocks differ.
        self.ci().facts.ends_at?.duration_since(SystemTime::now()).ok()
    }
}

impl FromIterator<(String, String)> for Environment {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(variables: T) -> Self {
        Self { values: variables.into_iter().collect(), ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn names_are_compared_as_the_system_does() {
        let variables =
            [("codearts_Region", "cn-north-4"), ("Https_Proxy", "http://h:1"), ("INPUT_REGION", "x")];
        let exact = environment(&variables);
        assert_eq!((exact.get("CODEARTS_REGION"), exact.get("codearts_Region")), (None, Some("cn-north-4")));
        let mut folded = Environment { ignores_case: true, ..Environment::default() };
        for (name, value) in variables.into_iter().chain([("Codearts_Gate_Action", "true")]) {
            let name = folded.key(name).into_owned();
            folded.values.insert(name, value.to_owned());
        }
        folded.unreadable.insert(folded.key("Home").into_owned(), "h".into());
        assert_eq!(folded.get("CODEARTS_REGION"), Some("cn-north-4"));
        assert_eq!(folded.described("codearts_region").as_deref(), Some("cn-north-4"));
        assert_eq!(folded.first_named(&["https_proxy"]), Some(("https_proxy", "http://h:1")));
        assert_eq!(folded.path("HOME"), Some(PathBuf::from("h")));
        assert_eq!(folded.described("home").as_deref(), Some("h"));
        assert!(folded.check_readable().is_ok() && folded.get("home").is_none());
        assert!(folded.check_readable().is_err());
        let mut names: Vec<&str> = folded.names().collect();
        names.sort_unstable();
        assert_eq!(names, ["CODEARTS_GATE_ACTION", "CODEARTS_REGION", "HOME", "HTTPS_PROXY", "INPUT_REGION"]);
        assert_eq!(folded.with_inputs().get("codearts_region"), Some("x"));
    }

    #[test]
    fn an_input_beats_the_variable_it_stands_for() {
        let variables = [
            ("CODEARTS_GATE_ACTION", "true"),
            ("INPUT_TASK-ID", "of-the-step"),
            ("CODEARTS_TASK_ID", "of-the-job"),
            ("INPUT_REGION", " "),
            ("CODEARTS_REGION", "cn-north-4"),
            ("INPUT_TOKEN", "no credential"),
            ("INPUT_IAM-PASSWORD", "no credential"),
            ("INPUT_GITHUB-TOKEN", "given"),
            ("GITHUB_TOKEN", "of-the-job"),
        ];
        let found = environment(&variables).with_inputs();
        let values = ["CODEARTS_TASK_ID", "CODEARTS_REGION", "GITHUB_TOKEN"].map(|name| found.get(name));
        assert_eq!(values, [Some("of-the-step"), Some("cn-north-4"), Some("given")]);
        assert_eq!((found.get("CODEARTS_TOKEN"), found.get("CODEARTS_IAM_PASSWORD")), (None, None));
        // Inputs of some other action that calls this program do not count.
        let found = environment(&[("INPUT_REGION", "other"), ("CODEARTS_REGION", "own")]).with_inputs();
        assert_eq!(found.get("CODEARTS_REGION"), Some("own"));
    }
}
