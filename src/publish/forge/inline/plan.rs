//! Which comments in the diff are written, and which are taken back. Pure.

use super::mark::{Mark, Standing};
use crate::report::lists::fingerprint::{Fingerprint, Group};
use crate::report::lists::on_lines::{DIFF_LIMIT, Located, with_fingerprint};
use std::collections::{HashMap, HashSet};

/// Whether a thread is resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::publish::forge) enum Thread {
    /// It is not, or the forge does not show it.
    Open,
    /// A person resolved it, or this program did.
    Resolved,
    /// The forge resolved it because the line was changed, which shows nothing about the finding.
    Outdated,
}

/// A comment in the diff that this program has written before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::publish::forge) struct InlineComment {
    /// Its number.
    pub(in crate::publish::forge) id: u64,
    /// The id of its thread, where the forge gives those ids of their own.
    pub(in crate::publish::forge) thread_id: String,
    /// What it is about.
    pub(in crate::publish::forge) mark: Mark,
    /// Its text.
    pub(in crate::publish::forge) body: String,
    /// The line of the latest head that it stands on, where the forge lists that and the line is not gone.
    pub(in crate::publish::forge) line: Option<u32>,
    /// Whether anybody has replied.
    pub(in crate::publish::forge) is_answered: bool,
    /// Its thread.
    pub(in crate::publish::forge) thread: Thread,
}

impl InlineComment {
    /// Whether something that a person wrote would go with it: then it is never removed.
    pub(super) fn is_kept(&self) -> bool {
        self.is_answered || self.mark.is_edited
    }
}

/// What there is to do.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Plan<'p> {
    /// Findings that get a comment, worst first.
    pub(super) create: Vec<Fingerprint>,
    /// Comments that are removed.
    pub(super) remove: Vec<&'p InlineComment>,
    /// Comments of gone findings in which a person has written something.
    pub(super) withdraw: Vec<&'p InlineComment>,
    /// How many comments stay.
    pub(super) kept: usize,
}

/// Compares what should be there with what is. `wanted`: the findings to show, worst first; `found`: all that are there, in the
/// order of their fingerprints; `present`: the comments, the oldest first.
///
/// A thread that is resolved although its finding is there was resolved by a person, who does not want it again: what this
/// program resolves, it marks as gone.
pub(super) fn plan<'p>(wanted: &[Fingerprint], found: &[Located], present: &'p [InlineComment]) -> Plan<'p> {
    let mut plan = Plan { create: Vec::new(), remove: Vec::new(), withdraw: Vec::new(), kept: 0 };
    let pairs = pairs(found, present);
    let shown: HashSet<Fingerprint> = pairs.values().copied().collect();
    let place = |comment: &InlineComment| (comment.mark.fingerprint, comment.line);
    let shown_twice: HashSet<_> = pairs.keys().filter_map(|at| present.get(*at)).map(place).collect();
    for (at, comment) in present.iter().enumerate() {
        let is_shown_elsewhere = match (comment.mark.standing, comment.thread) {
            // A new comment shows it.
            (Standing::Found, Thread::Outdated) => {
                with_fingerprint(found, comment.mark.fingerprint).is_some()
            }
            // Two runs at once have made two.
            (Standing::Found, Thread::Open | Thread::Resolved) => shown_twice.contains(&place(comment)),
            (Standing::Going, _) => false,
            (Standing::Gone, _) => true,
        };
        if pairs.contains_key(&at) {
            plan.kept += usize::from(comment.thread == Thread::Open);
        } else if !comment.is_kept() {
            plan.remove.push(comment);
        } else if !is_shown_elsewhere {
            plan.withdraw.push(comment);
        }
    }
    let room = DIFF_LIMIT.saturating_sub(plan.kept);
    plan.create =
        wanted.iter().filter(|fingerprint| !shown.contains(*fingerprint)).take(room).copied().collect();
    plan
}

/// Which comment, by its place in the list, shows which finding. Among findings that differ by their number only, the number
/// depends on how many there are above, so the line decides where it is known; else the number.
fn pairs(found: &[Located], present: &[InlineComment]) -> HashMap<usize, Fingerprint> {
    let mut comments: HashMap<Group, Vec<(usize, &InlineComment)>> = HashMap::new();
    for (at, comment) in present.iter().enumerate() {
        let Mark { fingerprint, group, standing, .. } = comment.mark;
        let group = group.or_else(|| Some(with_fingerprint(found, fingerprint)?.group));
        if let Some(group) = group
            && standing == Standing::Found
            && comment.thread != Thread::Outdated
        {
            comments.entry(group).or_default().push((at, comment));
        }
    }
    let mut findings: HashMap<Group, Vec<&Located>> = HashMap::new();
    for finding in found.iter().filter(|finding| comments.contains_key(&finding.group)) {
        findings.entry(finding.group).or_default().push(finding);
    }
    let mut ranked = Vec::new();
    for (group, findings) in findings {
        let comments = comments.remove(&group).unwrap_or_default();
        let number = comments.len();
        for (at, comment) in comments {
            let rank = |finding: &&Located| Some((rank(comment, finding)?, at, finding.fingerprint));
            let mut nearest: Vec<_> = findings.iter().filter_map(rank).collect();
            // The other comments take fewer than this.
            if nearest.len() > number {
                nearest.select_nth_unstable(number);
                nearest.truncate(number);
            }
            ranked.extend(nearest);
        }
    }
    ranked.sort_unstable();
    let (mut pairs, mut taken) = (HashMap::new(), HashSet::new());
    for (_, at, fingerprint) in ranked {
        if !pairs.contains_key(&at) && taken.insert(fingerprint) {
            pairs.insert(at, fingerprint);
        }
    }
    pairs
}

/// How well a comment fits a finding of its group, the least best; `None`: not at all.
fn rank(comment: &InlineComment, finding: &Located) -> Option<(u32, bool)> {
    let is_other = comment.mark.fingerprint != finding.fingerprint;
    match comment.line {
        Some(line) => Some((line.abs_diff(finding.line), is_other)),
        None if is_other => None,
        None => Some((u32::MAX, false)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fingerprint(number: u8) -> Fingerprint {
        Fingerprint::parse(&format!("{number:032x}")).expect("a fingerprint")
    }

    /// Ten numbers are a group.
    fn group(number: u8) -> Group {
        Group::parse(&format!("{:08x}", number / 10)).expect("a group")
    }

    fn located(number: u8, line: u32) -> Located {
        Located { fingerprint: fingerprint(number), group: group(number), line }
    }

    fn comment(id: u64, number: u8, state: &str) -> InlineComment {
        let is = |word: &str| state.split(' ').any(|one| one == word);
        let standing = match () {
            () if is("going") => Standing::Going,
            () if is("gone") => Standing::Gone,
            () => Standing::Found,
        };
        let thread = match () {
            () if is("outdated") => Thread::Outdated,
            () if is("resolved") => Thread::Resolved,
            () => Thread::Open,
        };
        let group = Some(group(number)).filter(|_| !is("old"));
        InlineComment {
            id,
            thread_id: String::new(),
            mark: Mark { fingerprint: fingerprint(number), group, standing, is_edited: is("edited") },
            body: String::new(),
            line: state.split(' ').find_map(|word| word.parse().ok()),
            is_answered: is("answered"),
            thread,
        }
    }

    /// Numbers of findings to show and their lines, comments as id, finding and state with the line; then what is created, removed,
    /// withdrawn and kept.
    type Row<'a> = (&'a [(u8, u32)], &'a [(u64, u8, &'a str)], &'a [u8], &'a [u64], &'a [u64], usize);

    fn check(rows: &[Row<'_>]) {
        for (found, present, create, remove, withdraw, kept) in rows {
            let wanted: Vec<Fingerprint> = found.iter().map(|(number, _)| fingerprint(*number)).collect();
            let located: Vec<Located> = found.iter().map(|(number, line)| located(*number, *line)).collect();
            let comments: Vec<_> =
                present.iter().map(|(id, number, state)| comment(*id, *number, state)).collect();
            let done = plan(&wanted, &located, &comments);
            let ids =
                |comments: &[&InlineComment]| comments.iter().map(|comment| comment.id).collect::<Vec<_>>();
            let create: Vec<Fingerprint> = create.iter().copied().map(fingerprint).collect();
            assert_eq!(done.create, create, "{found:?} {present:?}");
            assert_eq!(
                (ids(&done.remove), ids(&done.withdraw)),
                (remove.to_vec(), withdraw.to_vec()),
                "{found:?} {present:?}"
            );
            assert_eq!(done.kept, *kept, "{found:?} {present:?}");
        }
    }

    #[test]
    fn what_is_done_about_each_comment() {
        check(&[
            (&[(1, 0), (20, 0)], &[], &[1, 20], &[], &[], 0),
            (&[(1, 0), (20, 0)], &[(7, 1, "")], &[20], &[], &[], 1),
            (&[(1, 0)], &[(7, 1, "answered")], &[], &[], &[], 1),
            (&[(1, 0)], &[(7, 1, "edited")], &[], &[], &[], 1),
            (&[(1, 0)], &[(7, 1, "old edited")], &[], &[], &[], 1),
            // Gone.
            (&[], &[(7, 1, "")], &[], &[7], &[], 0),
            (&[], &[(7, 1, "answered")], &[], &[], &[7], 0),
            (&[], &[(7, 1, "edited")], &[], &[], &[7], 0),
            (&[], &[(7, 1, "old edited")], &[], &[], &[7], 0),
            (&[], &[(7, 1, "answered gone resolved")], &[], &[], &[], 0),
            (&[], &[(7, 1, "edited gone")], &[], &[], &[], 0),
            (&[], &[(7, 1, "resolved")], &[], &[7], &[], 0),
            // Withdrawing was broken off after the thread was resolved, or before.
            (&[], &[(7, 1, "answered resolved")], &[], &[], &[7], 0),
            (&[], &[(7, 1, "edited going")], &[], &[], &[7], 0),
            (&[(1, 0)], &[(7, 1, "edited going resolved")], &[1], &[], &[7], 0),
            // Back again.
            (&[(1, 0)], &[(7, 1, "answered gone resolved")], &[1], &[], &[], 0),
            (&[(1, 0)], &[(7, 1, "gone")], &[1], &[7], &[], 0),
            // Resolved by a person.
            (&[(1, 0), (20, 0)], &[(7, 1, "resolved")], &[20], &[], &[], 0),
            // A race has made several.
            (&[(1, 0)], &[(7, 1, ""), (8, 1, ""), (9, 1, "answered")], &[], &[8], &[], 1),
        ]);
    }

    /// A push has resolved the thread.
    #[test]
    fn a_thread_that_nobody_resolved_does_not_hide_its_finding() {
        check(&[
            (&[(1, 5)], &[(7, 1, "outdated")], &[1], &[7], &[], 0),
            (&[(1, 5)], &[(7, 1, "outdated answered")], &[1], &[], &[], 0),
            (&[(1, 5)], &[(7, 1, "outdated edited"), (8, 1, "5")], &[], &[], &[], 1),
            (&[(1, 5)], &[(7, 1, "outdated answered"), (8, 1, "outdated")], &[1], &[8], &[], 0),
            (&[], &[(7, 1, "outdated answered")], &[], &[], &[7], 0),
            (&[], &[(7, 1, "outdated")], &[], &[7], &[], 0),
        ]);
    }

    /// Findings 1, 2 and 3 have the same code.
    #[test]
    fn equal_findings_keep_the_comments_on_their_lines() {
        check(&[
            // The first is fixed: the second has its number now.
            (&[(1, 20)], &[(7, 1, "10"), (8, 2, "20")], &[], &[7], &[], 1),
            (&[(1, 20)], &[(7, 1, "10 answered"), (8, 2, "20")], &[], &[], &[7], 1),
            (&[(1, 20)], &[(7, 1, "answered"), (8, 2, "20")], &[], &[], &[7], 1),
            (&[(1, 19), (2, 29)], &[(7, 1, "10"), (8, 2, "20"), (9, 3, "30")], &[], &[7], &[], 2),
            // The line of its comment is gone.
            (&[(1, 20)], &[(7, 1, ""), (8, 2, "20")], &[], &[7], &[], 1),
            // A new one above them takes the number of the first.
            (&[(1, 5), (2, 12), (3, 22)], &[(7, 1, "12"), (8, 2, "22")], &[1], &[], &[], 2),
            // The one that is left was resolved by a person.
            (&[(1, 20)], &[(7, 1, "10"), (8, 2, "20 resolved")], &[], &[7], &[], 0),
            // One that is below the changed lines has no comment, and the first one's number after a fix.
            (&[(2, 20)], &[(7, 3, "20")], &[], &[], &[], 1),
            // Where no line is known, the number decides.
            (&[(1, 20)], &[(7, 1, ""), (8, 2, "")], &[], &[8], &[], 1),
            (&[(1, 20)], &[(7, 1, "old edited"), (8, 2, "old edited")], &[], &[], &[8], 1),
            // All move; a single one stays wherever it is.
            (&[(1, 110), (2, 120)], &[(7, 1, "10"), (8, 2, "20")], &[], &[], &[], 2),
            (&[(1, 500)], &[(7, 1, "10")], &[], &[], &[], 1),
            // Other groups are others.
            (&[(1, 20)], &[(7, 1, "10"), (8, 12, "20")], &[], &[8], &[], 1),
        ]);
    }

    /// Comments that are there count, also those of findings that are not among the worst.
    #[test]
    fn there_is_room_for_so_many_comments() {
        let wanted: Vec<Fingerprint> = (0..30).map(fingerprint).collect();
        let found: Vec<Located> = (0..200).map(|number| located(number, 0)).collect();
        for (present, created) in [(0, 30), (10, 20), (30, 0), (40, 0)] {
            let comments: Vec<InlineComment> =
                (0..present).map(|number| comment(number.into(), 100 + number, "")).collect();
            let plan = plan(&wanted, &found, &comments);
            assert_eq!((plan.kept, plan.create.len()), (usize::from(present), created), "{present}");
        }
    }

    /// What a plan leaves behind. `shows_lines`: whether the forge lists the lines of comments.
    fn carried_out(
        Plan { create, remove, withdraw, .. }: &Plan<'_>,
        found: &[Located],
        present: &[InlineComment],
        shows_lines: bool,
    ) -> Vec<InlineComment> {
        let is_in =
            |list: &[&InlineComment], comment: &InlineComment| list.iter().any(|one| one.id == comment.id);
        let left = present.iter().filter(|comment| !is_in(remove, comment)).cloned();
        let mut left: Vec<InlineComment> = left
            .map(|mut comment| {
                if is_in(withdraw, &comment) {
                    (comment.mark.standing, comment.mark.is_edited) = (Standing::Gone, true);
                    comment.thread = Thread::Resolved;
                }
                comment
            })
            .collect();
        left.extend((1000..).zip(create).map(|(id, fingerprint)| {
            let Located { fingerprint, group, line } = *with_fingerprint(found, *fingerprint).expect("found");
            let new = comment(id, 0, "");
            let mark = Mark { fingerprint, group: Some(group), ..new.mark };
            InlineComment { mark, line: Some(line).filter(|_| shows_lines), ..new }
        }));
        left
    }

    /// Finding, state bits, standing and line of a comment.
    fn any_comment() -> impl Strategy<Value = (u8, [bool; 4], u8, Option<u32>)> {
        (0_u8..60, any::<[bool; 4]>(), 0_u8..6, proptest::option::of(0_u32..30))
    }

    proptest! {
        #[test]
        fn a_plan_that_was_carried_out_leaves_nothing_to_do(
            wanted in proptest::collection::vec(0_u8..60, 0..60),
            found in proptest::collection::btree_map(0_u8..60, 0_u32..30, 0..60),
            present in proptest::collection::vec(any_comment(), 0..80),
            shows_lines in any::<bool>(),
        ) {
            let mut wanted: Vec<Fingerprint> = wanted.into_iter().filter(|number| found.contains_key(number)).map(fingerprint).collect();
            let mut seen = HashSet::new();
            wanted.retain(|one| seen.insert(*one));
            wanted.truncate(DIFF_LIMIT);
            let found: Vec<Located> = found.into_iter().map(|(number, line)| located(number, line)).collect();
            let present: Vec<InlineComment> = (1..).zip(present).map(|(id, (number, [answered, edited, resolved, old], more, line))| {
                let words = [(answered, "answered"), (edited || old, "edited"), (resolved, "resolved"), (old, "old"),
                             (more == 0, "gone"), (more == 1, "going"), (more == 2, "outdated")];
                let words: Vec<&str> = words.into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect();
                let line = line.filter(|_| shows_lines).map(|line| format!(" {line}")).unwrap_or_default();
                comment(id, number, &format!("{}{line}", words.join(" ")))
            }).collect();
            let first = plan(&wanted, &found, &present);
            for comment in &first.remove {
                prop_assert!(!comment.is_answered && !comment.mark.is_edited);
            }
            prop_assert!(first.kept >= DIFF_LIMIT || first.create.len() + first.kept <= DIFF_LIMIT);
            let left = carried_out(&first, &found, &present, shows_lines);
            let second = plan(&wanted, &found, &left);
            let kept = first.kept + first.create.len();
            prop_assert_eq!(second, Plan { create: vec![], remove: vec![], withdraw: vec![], kept });
        }
    }
}
