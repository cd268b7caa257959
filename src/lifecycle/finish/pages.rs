//! The pages of a check, one a task in each format.

use crate::error::Problem;
use crate::lifecycle::finish::ending::Ending;
use crate::lifecycle::finish::task_findings::TaskFindings;
use crate::messages::StoreMessage;
use crate::model::language::Language;
use crate::report::format::Written;
use crate::report::formats::Entry;
use crate::report::pages::task_page::TaskPage;
use crate::report::result::{FileResult, TaskResult};
use crate::report::store::directory::ReportDirectory;

/// Which pages are written, and where.
pub(super) struct Pages<'a> {
    pub(super) formats: &'a [&'static Entry],
    pub(super) directory: &'a ReportDirectory,
    pub(super) language: Language,
    /// Address of a task's page, with a mark for its id.
    pub(super) task_url: Option<&'a str>,
}

impl Pages<'_> {
    /// Pages and tests, one a task, however it ended. Those that cannot be written are not in the document.
    pub(super) fn write(&self, ending: &mut Ending<'_>, of_tasks: &[TaskFindings]) -> Result<(), Problem> {
        let Self { formats, directory, language, task_url } = *self;
        let shown: Vec<TaskResult> = ending.document.tasks.iter().map(|task| ending.as_shown(task)).collect();
        let mut result = Ok(());
        let tool = ending.document.tool;
        let entries = ending.document.tasks.iter_mut().zip(&shown).zip(of_tasks);
        for ((entry, task), findings) in entries {
            let TaskFindings { overview, past_runs: past } = findings;
            let page = TaskPage { task, overview: overview.as_ref(), past, tool, task_url, language };
            let published = std::mem::take(&mut entry.files);
            entry.files = published.iter().filter(|file| file.format.is_list).cloned().collect();
            for made in formats {
                let Some(render) = made.page() else { continue };
                let path = directory.file(&task.task_id, made.format.ending);
                let rendered = render(&page).map_err(|error| {
                    Problem::new(StoreMessage::NotWritten { path: path.display().to_string() }).because(error)
                });
                match rendered.and_then(|bytes| directory.write(&path, &bytes)) {
                    Ok(()) => {
                        let file = FileResult::new(&Written { format: made.format, path });
                        let before = published.iter().find(|before| before.path == file.path);
                        let url = before.and_then(|before| before.url.clone());
                        entry.files.push(FileResult { url, ..file });
                    }
                    Err(problem) => result = Err(problem),
                }
            }
        }
        result
    }
}
