//! Which annotations are made: the verdict first, then findings, worst first, within what the runner keeps (`ci/github`,
//! section 2.2). Pure.

use crate::console::workflow_command::{Annotation, AnnotationLevel};
use crate::messages::{Label, PublishLabel};
use crate::model::finding::Severity;
use crate::model::outcome::Outcome;
use crate::report::formats::markdown::Subject;

/// The runner keeps so many of each level a step; further ones make no annotation, without a word.
const LEVEL_LIMIT: usize = 10;

/// The annotations for a result, and how many findings got none.
pub(super) fn annotations(subject: Subject<'_>) -> (Vec<Annotation>, usize) {
    let Subject { document, findings, language, .. } = subject;
    let mut kept = Vec::new();
    let room = |kept: &Vec<Annotation>, level| {
        kept.iter().filter(|annotation: &&Annotation| annotation.level == level).count() < LEVEL_LIMIT
    };
    let tasks = Outcome::worst_first(&document.tasks, |task| (task.outcome, task.allowed));
    for task in tasks.into_iter().filter(|task| task.outcome != Outcome::Passed) {
        let level = if task.allowed { AnnotationLevel::Warning } else { AnnotationLevel::Error };
        if room(&kept, level) {
            kept.push(Annotation {
                level,
                title: PublishLabel::Verdict { outcome: task.outcome }.text(language),
                message: format!("{}: {}", task.shown(), task.reason.text(language)),
                place: None,
            });
        }
    }
    if let Some(reason) = &document.reason {
        kept.push(Annotation {
            level: if document.exit_code == 0 { AnnotationLevel::Warning } else { AnnotationLevel::Error },
            title: PublishLabel::Verdict { outcome: document.outcome }.text(language),
            message: reason.text(language),
            place: None,
        });
    }
    let mut left_out = 0;
    for finding in findings {
        let level = level_of(finding.severity);
        if room(&kept, level) {
            kept.push(Annotation {
                level,
                title: format!("{} ({})", finding.rule, Label::Severity(finding.severity).text(language)),
                message: finding.message.clone(),
                place: Some((finding.path.clone(), finding.line)),
            });
        } else {
            left_out += 1;
        }
    }
    (kept, left_out)
}

/// How a severity is marked (`ci/formats`, section 1.5).
pub(super) const fn level_of(severity: Severity) -> AnnotationLevel {
    match severity {
        Severity::Critical | Severity::Major => AnnotationLevel::Error,
        Severity::Minor => AnnotationLevel::Warning,
        Severity::Suggestion => AnnotationLevel::Notice,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::SetupMessage;
    use crate::model::finding::Finding;
    use crate::model::language::Language;
    use crate::report::result::{ResultDocument, TaskResult};

    fn made_of(document: &ResultDocument, findings: &[Finding]) -> (Vec<Annotation>, usize) {
        let ResultDocument { outcome, exit_code, .. } = *document;
        annotations(Subject { outcome, exit_code, document, findings, language: Language::English })
    }

    fn finding(severity: Severity, number: u32) -> Finding {
        Finding::new(severity, &format!("src/{number}.c"), Some(number), "R", "m")
    }

    #[test]
    fn of_many_tasks_the_worst_are_marked_and_what_is_allowed_too() {
        let result = |number: usize, outcome: Outcome, allowed| TaskResult {
            task_id: number.to_string(),
            outcome,
            allowed,
            ..TaskResult::default()
        };
        let mut tasks: Vec<TaskResult> =
            (0..12).map(|number| result(number, Outcome::Stopped, false)).collect();
        tasks.push(result(12, Outcome::Passed, false));
        tasks.push(result(13, Outcome::CheckFailed, false));
        tasks.push(result(14, Outcome::TimedOut, true));
        let (kept, _) = made_of(&ResultDocument::new(Outcome::CheckFailed, 1, tasks), &[]);
        assert_eq!(kept.len(), LEVEL_LIMIT + 1);
        assert!(kept[0].title.ends_with("check-failed"), "{kept:?}");
        assert_eq!(kept[LEVEL_LIMIT].level, AnnotationLevel::Warning);
    }

    #[test]
    fn the_worst_come_first_and_each_level_has_its_limit() {
        let document =
            ResultDocument::without_jobs(Outcome::Usage, SetupMessage::HttpClient.into(), Vec::new());
        let mut findings: Vec<Finding> = (0..12).map(|number| finding(Severity::Critical, number)).collect();
        findings.extend((0..3).map(|number| finding(Severity::Minor, number)));
        let (kept, left_out) = made_of(&document, &findings);
        assert_eq!((kept.len(), left_out), (13, 3));
        assert_eq!(kept[0].message, SetupMessage::HttpClient.to_string());
        assert_eq!(kept[1].place, Some(("src/0.c".to_owned(), Some(0))));
        let errors = kept.iter().filter(|annotation| annotation.level == AnnotationLevel::Error).count();
        assert_eq!(errors, LEVEL_LIMIT);
    }
}
