//! Possible atomicity violations: updates that may be lost although each access is under a lock.
//!
//! A thread reads a value in one critical section; others change the value; then the thread changes it in a
//! later critical section of the same mutex. The thread could have read the value again, so unlike a store to
//! an atomic this does not show whether the new value was computed from the old one. So such an update is
//! only said to be possibly lost, and nothing is said of a thread
//! - that had itself changed the value in its last critical section: each of its updates may well be whole;
//! - that finds the value that it had left;
//! - that waited for a notification, or locked the mutex in the same line and under the same label both
//!   times, as in a loop that tries until it finds what it needs: such a thread reads again on purpose.
//!
//! The term is that of S. Lu, S. Park, E. Seo and Y. Zhou, *Learning from Mistakes*, ASPLOS 2008.

use super::critical_section::CriticalSection;
use super::lost_update::LostUpdate;

/// Returns the updates that are possibly lost, in the order of the unlocks that may have overwritten them.
pub(super) fn possibly_lost_updates(sections: &[CriticalSection]) -> Vec<LostUpdate> {
    let all = sections.iter().enumerate();
    all.filter_map(|(position, second)| possibly_lost_by(second, &sections[..position]))
        .collect()
}

fn possibly_lost_by(second: &CriticalSection, earlier: &[CriticalSection]) -> Option<LostUpdate> {
    let same = |section: &&CriticalSection| section.lock == second.lock;
    let own = |section: &CriticalSection| section.lock == second.lock && section.thread == second.thread;
    let last = earlier.iter().rposition(own)?;
    let first = &earlier[last];
    let looks_again = first.waits || second.waits || first.locked_at == second.locked_at;
    if looks_again || !first.only_looks() || !second.is_change() || first.left == second.found {
        return None;
    }
    let others = earlier[last + 1..].iter().filter(same);
    let missed: Vec<usize> = others
        .filter(|section| section.is_change())
        .filter_map(|section| section.unlocked)
        .collect();
    let (read, store) = (first.locked, second.unlocked?);
    (!missed.is_empty()).then_some(LostUpdate { read, missed, store })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ObjectId, ThreadId, Value};

    /// Sections of one mutex, each of two events: `(thread, line, found, left)`.
    fn sections(script: &[(u8, u32, i64, i64)]) -> Vec<CriticalSection> {
        let lock = ObjectId {
            creator: ThreadId::MAIN,
            number: 0,
        };
        let section =
            |(index, &(thread, line, found, left)): (usize, &(u8, u32, i64, i64))| CriticalSection {
                lock,
                thread: ThreadId::MAIN.child(thread),
                locked: 2 * index,
                unlocked: Some(2 * index + 1),
                found: Some(Value::Signed(found)),
                left: Some(Value::Signed(left)),
                locked_at: (line, None),
                waits: false,
            };
        script.iter().enumerate().map(section).collect()
    }

    fn possibly_lost(sections: &[CriticalSection]) -> Vec<(usize, Vec<usize>, usize)> {
        let updates = possibly_lost_updates(sections).into_iter();
        updates
            .map(|update| (update.read, update.missed, update.store))
            .collect()
    }

    /// Thread 2 looks; thread 1 looks, and makes 1 of 0; thread 2 makes −1 of 1.
    const LOST: [(u8, u32, i64, i64); 4] = [(2, 24, 0, 0), (1, 24, 0, 0), (1, 26, 0, 1), (2, 26, 1, -1)];

    #[test]
    fn a_change_after_an_old_look_may_lose_what_came_between() {
        assert_eq!(possibly_lost(&sections(&LOST)), [(0, vec![5], 7)]);
        let in_turn = [(1, 24, 0, 0), (1, 26, 0, 1), (2, 24, 1, 1), (2, 26, 1, 0)];
        assert_eq!(possibly_lost(&sections(&in_turn)), []);
    }

    #[test]
    fn a_thread_that_changed_the_value_at_its_last_look_is_trusted() {
        let whole = [(2, 24, 0, 1), (1, 24, 1, 2), (2, 26, 2, 3)];
        assert_eq!(possibly_lost(&sections(&whole)), []);
        let twin = [(2, 24, 0, 0), (1, 24, 0, 2), (2, 26, 2, 3)];
        assert_eq!(possibly_lost(&sections(&twin)), [(0, vec![3], 5)]);
    }

    #[test]
    fn a_value_that_is_back_is_not_old() {
        let back = [(2, 24, 0, 0), (1, 24, 0, 1), (1, 24, 1, 0), (2, 26, 0, -1)];
        assert_eq!(possibly_lost(&sections(&back)), []);
    }

    #[test]
    fn a_thread_that_looks_again_on_purpose_is_trusted() {
        let mut same_line = LOST;
        same_line[3].1 = 24;
        assert_eq!(possibly_lost(&sections(&same_line)), []);
        let mut labelled = sections(&same_line);
        labelled[3].locked_at.1 = Some("STORE");
        assert_eq!(
            possibly_lost(&labelled),
            [(0, vec![5], 7)],
            "it is another instruction"
        );
        for waiting in [0, 3] {
            let mut waits = sections(&LOST);
            waits[waiting].waits = true;
            assert_eq!(possibly_lost(&waits), []);
        }
    }

    #[test]
    fn what_is_not_known_or_elsewhere_is_not_judged() {
        let mut unknown = sections(&LOST);
        unknown[3].left = None;
        assert_eq!(possibly_lost(&unknown), []);
        let mut elsewhere = sections(&LOST);
        elsewhere[2].lock.number = 1;
        assert_eq!(possibly_lost(&elsewhere), []);
    }
}
