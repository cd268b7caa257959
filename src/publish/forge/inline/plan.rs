//! Which comments in the diff are written, and which are taken back. Pure.

use super::mark::Mark;
use crate::report::lists::fingerprint::Fingerprint;
use crate::report::lists::on_lines::DIFF_LIMIT;
use std::collections::HashSet;

/// A comment in the diff that this program has written before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::publish::forge) struct InlineComment {
    /// Its number.
    pub(in crate::publish::forge) id: u64,
    /// Its thread, where the forge gives those ids of their own.
    pub(in crate::publish::forge) thread: String,
    /// What it is about.
    pub(in crate::publish::forge) mark: Mark,
    /// Its text.
    pub(in crate::publish::forge) body: String,
    /// Whether anybody has replied: then it is never removed.
    pub(in crate::publish::forge) is_answered: bool,
    /// Whether its thread is resolved.
    pub(in crate::publish::forge) is_resolved: bool,
}

/// What there is to do.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Plan<'p> {
    /// Findings that get a comment, worst first.
    pub(super) create: Vec<Fingerprint>,
    /// Comments that are removed.
    pub(super) remove: Vec<&'p InlineComment>,
    /// Comments with a reply whose finding is gone.
    pub(super) withdraw: Vec<&'p InlineComment>,
    /// How many comments stay.
    pub(super) kept: usize,
}

/// Compares what should be there with what is. `wanted`: the findings to show, worst first; `is_found`: whether a finding is
/// there at all; `present`: the comments, the oldest first.
///
/// A thread that is resolved although its finding is there was resolved by a person, who does not want it again: what this
/// program resolves, it marks as gone.
pub(super) fn plan<'p>(
    wanted: &[Fingerprint],
    is_found: impl Fn(Fingerprint) -> bool,
    present: &'p [InlineComment],
) -> Plan<'p> {
    let mut plan = Plan { create: Vec::new(), remove: Vec::new(), withdraw: Vec::new(), kept: 0 };
    let mut shown = HashSet::new();
    let mut dismissed = HashSet::new();
    for comment in present {
        let Mark { fingerprint, is_gone } = comment.mark;
        let is_found = is_found(fingerprint);
        let stays = is_found && !is_gone;
        if stays && comment.is_resolved {
            dismissed.insert(fingerprint);
        } else if stays && shown.insert(fingerprint) {
            plan.kept += 1;
        } else if !comment.is_answered {
            plan.remove.push(comment);
        } else if !is_found && !is_gone {
            plan.withdraw.push(comment);
        }
    }
    let is_new =
        |fingerprint: &&Fingerprint| !shown.contains(*fingerprint) && !dismissed.contains(*fingerprint);
    let room = DIFF_LIMIT.saturating_sub(plan.kept);
    plan.create = wanted.iter().filter(is_new).take(room).copied().collect();
    plan
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fingerprint(number: u8) -> Fingerprint {
        Fingerprint::parse(&format!("{number:032x}")).expect("a fingerprint")
    }

    fn comment(id: u64, number: u8, state: &str) -> InlineComment {
        InlineComment {
            id,
            thread: String::new(),
            mark: Mark { fingerprint: fingerprint(number), is_gone: state.contains("gone") },
            body: String::new(),
            is_answered: state.contains("answered"),
            is_resolved: state.contains("resolved"),
        }
    }

    /// Numbers of findings to show, comments as id, finding and state; then what is created, removed, withdrawn and kept.
    type Row<'a> = (&'a [u8], &'a [(u64, u8, &'a str)], &'a [u8], &'a [u64], &'a [u64], usize);

    #[test]
    fn what_is_done_about_each_comment() {
        let rows: [Row<'_>; 12] = [
            (&[1, 2], &[], &[1, 2], &[], &[], 0),
            (&[1, 2], &[(7, 1, "")], &[2], &[], &[], 1),
            (&[1], &[(7, 1, "answered")], &[], &[], &[], 1),
            // Gone.
            (&[], &[(7, 1, "")], &[], &[7], &[], 0),
            (&[], &[(7, 1, "answered")], &[], &[], &[7], 0),
            (&[], &[(7, 1, "answered gone resolved")], &[], &[], &[], 0),
            (&[], &[(7, 1, "resolved")], &[], &[7], &[], 0),
            // Withdrawing was broken off after the thread was resolved.
            (&[], &[(7, 1, "answered resolved")], &[], &[], &[7], 0),
            // Back again.
            (&[1], &[(7, 1, "answered gone resolved")], &[1], &[], &[], 0),
            (&[1], &[(7, 1, "gone")], &[1], &[7], &[], 0),
            // Resolved by a person.
            (&[1, 2], &[(7, 1, "resolved")], &[2], &[], &[], 0),
            // A race has made several.
            (&[1], &[(7, 1, ""), (8, 1, ""), (9, 1, "answered")], &[], &[8], &[], 1),
        ];
        for (wanted, present, create, remove, withdraw, kept) in rows {
            let wanted: Vec<Fingerprint> = wanted.iter().copied().map(fingerprint).collect();
            let comments: Vec<_> =
                present.iter().map(|(id, number, state)| comment(*id, *number, state)).collect();
            let found = plan(&wanted, |fingerprint| wanted.contains(&fingerprint), &comments);
            let ids =
                |comments: &[&InlineComment]| comments.iter().map(|comment| comment.id).collect::<Vec<_>>();
            let create: Vec<Fingerprint> = create.iter().copied().map(fingerprint).collect();
            assert_eq!(found.create, create, "{wanted:?} {present:?}");
            assert_eq!(
                (ids(&found.remove), ids(&found.withdraw)),
                (remove.to_vec(), withdraw.to_vec()),
                "{present:?}"
            );
            assert_eq!(found.kept, kept, "{present:?}");
        }
    }

    /// Comments that are there count, also those of findings that are not among the worst.
    #[test]
    fn there_is_room_for_so_many_comments() {
        let wanted: Vec<Fingerprint> = (0..30).map(fingerprint).collect();
        for (present, created) in [(0, 30), (10, 20), (30, 0), (40, 0)] {
            let comments: Vec<InlineComment> =
                (0..present).map(|number| comment(number.into(), 100 + number, "")).collect();
            let plan = plan(&wanted, |_| true, &comments);
            assert_eq!((plan.kept, plan.create.len()), (usize::from(present), created), "{present}");
        }
    }

    /// What a plan leaves behind.
    fn carried_out(
        Plan { create, remove, withdraw, .. }: &Plan<'_>,
        present: &[InlineComment],
    ) -> Vec<InlineComment> {
        let is_in =
            |list: &[&InlineComment], comment: &InlineComment| list.iter().any(|one| one.id == comment.id);
        let left = present.iter().filter(|comment| !is_in(remove, comment)).cloned();
        let mut left: Vec<InlineComment> = left
            .map(|mut comment| {
                if is_in(withdraw, &comment) {
                    (comment.mark.is_gone, comment.is_resolved) = (true, true);
                }
                comment
            })
            .collect();
        left.extend((1000..).zip(create).map(|(id, fingerprint)| InlineComment {
            mark: Mark { fingerprint: *fingerprint, is_gone: false },
            ..comment(id, 0, "")
        }));
        left
    }

    proptest! {
        #[test]
        fn a_plan_that_was_carried_out_leaves_nothing_to_do(
            wanted in proptest::collection::vec(0_u8..60, 0..60),
            found in proptest::collection::hash_set(0_u8..60, 0..60),
            present in proptest::collection::vec((0_u8..60, any::<[bool; 3]>()), 0..80),
        ) {
            let mut wanted: Vec<Fingerprint> = wanted.into_iter().filter(|number| found.contains(number)).map(fingerprint).collect();
            let mut seen = HashSet::new();
            wanted.retain(|one| seen.insert(*one));
            wanted.truncate(DIFF_LIMIT);
            let is_found = |one: Fingerprint| found.iter().any(|number| fingerprint(*number) == one);
            let state = |[answered, resolved, gone]: [bool; 3]| {
                [(answered, "answered"), (resolved, "resolved"), (gone, "gone")].into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect::<String>()
            };
            let present: Vec<InlineComment> = (1..).zip(present).map(|(id, (number, states))| comment(id, number, &state(states))).collect();
            let first = plan(&wanted, is_found, &present);
            for comment in &first.remove {
                prop_assert!(!comment.is_answered);
            }
            prop_assert!(first.kept >= DIFF_LIMIT || first.create.len() + first.kept <= DIFF_LIMIT);
            let left = carried_out(&first, &present);
            let second = plan(&wanted, is_found, &left);
            let kept = first.kept + first.create.len();
            prop_assert_eq!(second, Plan { create: vec![], remove: vec![], withdraw: vec![], kept });
        }
    }
}
