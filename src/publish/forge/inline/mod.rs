//! Findings as comments in the diff of a pull request: each finding once, taken back when it is gone. How a forge is asked for
//! its comments, and how it takes them, is its own business.
//!
//! A comment is recognized by its mark and by its author, who is the owner of the token: anybody can paste a mark.

mod mark;
mod plan;

pub(super) use mark::{Mark, Standing};
pub(super) use plan::{InlineComment, Thread};

use super::interface::InDiff;
use crate::http::error::CallError;
use crate::http::repeat::{Tries, create_once};
use crate::http::retry::Failure;
use crate::messages::{InlineMessage, Label};
use crate::model::finding::Finding;
use crate::model::language::Language;
use crate::report::escape::{code, inline};
use crate::report::lists::fingerprint::Fingerprint;
use crate::report::lists::on_lines::Located;
use mark::unmarked;
use plan::{Plan, plan};
use std::collections::{HashSet, VecDeque};

/// Comments that one run writes, edits and removes at most. What is left over is done by the next run.
const WRITES_LIMIT: usize = 60;
/// Writes that a withdrawal takes: the text, the thread, and the note that both are done.
const WITHDRAWAL: usize = 3;
/// Lines in a row that a forge may refuse before anything else is taken to be wrong.
const REFUSALS_LIMIT: usize = 3;
/// Longest message of a finding, in characters.
const MESSAGE_LIMIT: usize = 600;
/// Longest name and longest title of a rule, in characters.
const RULE_LIMIT: usize = 120;

/// A comment that is to be written.
#[derive(Clone, Debug)]
pub(super) struct Remark {
    /// The file, under its path in the repository.
    pub(super) path: String,
    /// The line of the new file.
    pub(super) line: u32,
    /// Its text, with the mark.
    pub(super) body: String,
    fingerprint: Fingerprint,
}

/// The comments of one key in one diff.
pub(super) trait Diff {
    /// Comments that one request makes at most.
    const AT_ONCE: usize = 1;
    /// Whether the mark has to be visible, because the forge may not keep what is hidden.
    const HAS_VISIBLE_MARKS: bool = false;

    /// Distinguishes several gates.
    fn key(&self) -> &str;
    /// Those that this program wrote, the oldest first.
    async fn look(&self) -> Result<Vec<InlineComment>, CallError>;
    /// Makes at most [`Self::AT_ONCE`] comments, all or none, sending them once.
    async fn create(&self, remarks: &[Remark]) -> Result<(), CallError>;
    /// Makes one say something else.
    async fn edit(&self, comment: &InlineComment, body: &str) -> Result<(), CallError>;
    /// One as it is now, where [`Self::look`] does not show all of it.
    async fn closer(&self, comment: &InlineComment) -> Result<InlineComment, CallError> {
        Ok(comment.clone())
    }
    /// Removes one.
    async fn delete(&self, comment: &InlineComment) -> Result<(), CallError>;
    /// Whether the forge can resolve threads.
    fn can_resolve(&self) -> bool {
        false
    }
    /// Resolves the thread of one.
    async fn resolve(&self, _comment: &InlineComment) -> Result<(), CallError> {
        Ok(())
    }
    /// How often one is made anew after a lost answer.
    fn tries(&self) -> Tries;
}

/// Makes the comments in the diff show what was found. Nothing is sent where they do already.
///
/// # Errors
/// The last failure.
pub(super) async fn write<D: Diff>(diff: &D, shown: InDiff<'_>) -> Result<(), CallError> {
    let InDiff { findings, language, .. } = shown;
    let present = diff.look().await?;
    let wanted: Vec<Fingerprint> = findings.worst.iter().map(|(fingerprint, _)| *fingerprint).collect();
    let Plan { create, remove, withdraw, kept } = plan(&wanted, &findings.all, &present);
    let new = findings.worst.iter().filter(|(fingerprint, _)| create.contains(fingerprint));
    let remarks: Vec<Remark> = new
        .filter_map(|(fingerprint, finding)| remark(diff, findings.get(*fingerprint)?, finding, language))
        .collect();
    let known: HashSet<u64> = present.iter().map(|comment| comment.id).collect();
    let added = add(diff, &remarks, &known, kept > 0).await?;
    let mut room = WRITES_LIMIT.saturating_sub(remarks.len());
    let mut taken_back = 0;
    let mut late = Vec::new();
    for comment in remove.iter().take(room) {
        match diff.closer(comment).await {
            Ok(now) if now.is_kept() => late.push(now),
            Ok(now) => {
                taken_back += u64::from(is_done(diff.delete(&now).await)?);
                room -= 1;
            }
            Err(error) if error.failure == Failure::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    room /= WITHDRAWAL;
    // Nobody knows yet what those show that only a closer look kept.
    late.retain(|comment| {
        comment.mark.standing != Standing::Gone && findings.get(comment.mark.fingerprint).is_none()
    });
    for comment in withdraw.into_iter().chain(&late).take(room) {
        taken_back += u64::from(take_back(diff, comment, language).await?);
    }
    let message =
        InlineMessage::Written { added, kept: kept as u64, withdrawn: taken_back, number: findings.number };
    tracing::info!("{message}");
    Ok(())
}

/// Shows that the finding of a comment is gone; whether the comment was there.
async fn take_back<D: Diff>(
    diff: &D,
    comment: &InlineComment,
    language: Language,
) -> Result<bool, CallError> {
    // The mark comes first: a thread that is resolved without it looks as if a person had done that. Until the thread is resolved,
    // it shows that there is more to do: later, nobody's decision to open the thread again is touched.
    if diff.can_resolve() {
        if !is_done(diff.edit(comment, &withdrawn(diff, comment, Standing::Going, language)).await)? {
            return Ok(false);
        }
        match diff.resolve(comment).await {
            // The thread stays open where the token may not resolve it, or the server cannot; the text shows it all the same.
            Err(error) if matches!(error.status, Some(400 | 403..=405)) => {}
            answer => answer?,
        }
    }
    is_done(diff.edit(comment, &withdrawn(diff, comment, Standing::Gone, language)).await)
}

/// Writes comments; how many. One that the forge does not take is left out, unless it takes none. `known`: the ids of those that
/// were there before; `has_others`: whether some of them stay.
async fn add<D: Diff>(
    diff: &D,
    remarks: &[Remark],
    known: &HashSet<u64>,
    has_others: bool,
) -> Result<u64, CallError> {
    let mut left: VecDeque<&[Remark]> = remarks.chunks(D::AT_ONCE).collect();
    let (mut added, mut refused) = (0, 0);
    while let Some(chunk) = left.pop_front() {
        let error = match add_once(diff, chunk, known).await {
            Ok(()) => {
                added += chunk.len() as u64;
                continue;
            }
            Err(error) if !is_misplaced(&error) => return Err(error),
            Err(error) => error,
        };
        let [remark] = chunk else {
            // One of many is enough for a refusal of all.
            let (first, second) = chunk.split_at(chunk.len() / 2);
            left.push_front(second);
            left.push_front(first);
            continue;
        };
        refused += 1;
        if added == 0 && !has_others && (left.is_empty() || refused == REFUSALS_LIMIT) {
            return Err(error);
        }
        let place = format!("{}:{}", remark.path, remark.line);
        tracing::warn!("{}", InlineMessage::NotInDiff { place });
        tracing::debug!("{error}");
    }
    Ok(added)
}

/// After a lost answer the comments are looked for before they are written again.
async fn add_once<D: Diff>(diff: &D, remarks: &[Remark], known: &HashSet<u64>) -> Result<(), CallError> {
    let look = async |_: &CallError| {
        let mut present = diff.look().await?;
        // An older one may have the number that a finding has now.
        present.retain(|comment| !known.contains(&comment.id) && comment.mark.standing == Standing::Found);
        let is_there =
            |remark: &Remark| present.iter().any(|comment| comment.mark.fingerprint == remark.fingerprint);
        Ok(remarks.iter().all(is_there).then_some(()))
    };
    Ok(create_once(diff.tries(), look, async || diff.create(remarks).await).await?)
}

/// Whether the forge refuses the place of a comment, as far as its status shows.
fn is_misplaced(error: &CallError) -> bool {
    error.failure == Failure::Rejected && matches!(error.status, Some(400 | 422))
}

/// Whether there was anything to do: that somebody else has removed it is as good.
fn is_done(result: Result<(), CallError>) -> Result<bool, CallError> {
    match result {
        Err(error) if error.failure == Failure::NotFound => Ok(false),
        result => result.map(|()| true),
    }
}

fn remark<D: Diff>(diff: &D, which: &Located, finding: &Finding, language: Language) -> Option<Remark> {
    let Located { fingerprint, group, .. } = *which;
    let mark = Mark { fingerprint, group: Some(group), standing: Standing::Found, is_edited: false };
    let body = mark.around(&text(finding, language), diff.key(), D::HAS_VISIBLE_MARKS);
    Some(Remark { path: finding.path.clone(), line: finding.line?, body, fingerprint })
}

/// The text of a comment. No line of it begins with outside text, which may be a command to a bot.
fn text(finding: &Finding, language: Language) -> String {
    let Finding { severity, message, rule, rule_title, .. } = finding;
    let severity = Label::Severity(*severity).text(language);
    let message = inline(message, MESSAGE_LIMIT);
    let title = Some(inline(rule_title, RULE_LIMIT)).filter(|title| !title.is_empty() && rule_title != rule);
    let title = title.map(|title| format!(" ({title})")).unwrap_or_default();
    let rule = code(rule, RULE_LIMIT);
    let (colon, label) = (language.colon(), Label::Rule.text(language));
    format!("**{severity}{colon}** {message}\n\n{label}{colon} {rule}{title}\n")
}

/// The text of a comment whose finding is gone, with whatever a person wrote into it.
fn withdrawn<D: Diff>(diff: &D, comment: &InlineComment, standing: Standing, language: Language) -> String {
    let text = unmarked(&comment.body, diff.key());
    let text = match comment.mark.standing {
        Standing::Found => format!("{}\n\n{text}", InlineMessage::Gone.text(language)),
        Standing::Going | Standing::Gone => text,
    };
    Mark { standing, ..comment.mark }.around(&text, diff.key(), D::HAS_VISIBLE_MARKS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Severity;

    #[test]
    fn no_outside_text_has_an_effect_in_a_comment() {
        let hostile = format!("/lgtm\n```suggestion\nrm\n```\n@all #1 <img> {}", "x".repeat(100_000));
        let finding = Finding {
            rule_title: "/merge\n@all".to_owned(),
            ..Finding::new(Severity::Major, "a.c", Some(1), "/approve\n```suggestion", &hostile)
        };
        let text = text(&finding, Language::English);
        assert!(text.chars().count() < 2_000, "{}", text.len());
        for line in text.lines() {
            assert!(!line.trim_start().starts_with(['/', '`', '<', '@', '#']), "{line}");
        }
        assert!(!text.contains("@all") && !text.contains("<img>"), "{text}");
    }
}
