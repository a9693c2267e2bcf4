//! Critical sections: what a thread found in a mutex, what it left there, and whether that may rest on an old value.

use super::effect::Effect;
use super::stale::LostUpdate;
use crate::{Event, ObjectId, OperationKind, ThreadId, Value};

/// The time between locking a mutex and giving it back. Events are named by their indices.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Section {
    pub(super) lock: ObjectId,
    pub(super) thread: ThreadId,
    pub(super) locked: usize,
    /// `None` if the thread still holds the mutex.
    pub(super) unlocked: Option<usize>,
    /// What the thread found in the mutex, if it is known.
    pub(super) found: Option<Value>,
    /// What it left there, if it is known.
    pub(super) left: Option<Value>,
    /// The line where the mutex was locked, and the label under which.
    place: (u32, Option<&'static str>),
    /// Whether it began or ended by waiting for a notification.
    pub(super) waits: bool,
}

impl Section {
    /// Returns `true` if it is known to have left another value than it found.
    pub(super) fn is_change(&self) -> bool {
        self.found.is_some() && self.left.is_some() && self.found != self.left
    }

    /// Returns `true` if it is known to have left the value that it found.
    fn only_looks(&self) -> bool {
        self.found.is_some() && self.found == self.left
    }
}

/// Returns the critical sections of mutexes, in the order in which they began.
pub(super) fn sections<'a>(events: impl Iterator<Item = &'a Event>, effects: &[Effect]) -> Vec<Section> {
    use OperationKind as Kind;
    let mut sections: Vec<Section> = Vec::new();
    for (index, (event, effect)) in events.zip(effects).enumerate() {
        let waits = event.operation.is_with_mutex();
        let lock = if waits {
            event.mutex
        } else {
            event.object.map(|(_, id)| id)
        };
        let Some(lock) = lock else { continue };
        match event.operation {
            Kind::Lock | Kind::TryLock | Kind::Reacquire if event.succeeded => sections.push(Section {
                lock,
                thread: event.thread,
                locked: index,
                unlocked: None,
                found: effect.before,
                left: None,
                place: (event.location.line(), event.label),
                waits,
            }),
            Kind::Unlock(_) | Kind::Wait => {
                let mut open = sections.iter_mut().rev();
                if let Some(section) = open.find(|section| section.lock == lock) {
                    section.unlocked = Some(index);
                    section.left = effect.after;
                    section.waits |= waits;
                }
            }
            Kind::Load(_)
            | Kind::Store(..)
            | Kind::ReadModifyWrite(..)
            | Kind::CompareExchange { .. }
            | Kind::Fence(_)
            | Kind::Lock
            | Kind::TryLock
            | Kind::IsPoisoned
            | Kind::ClearPoison
            | Kind::ReadLock
            | Kind::TryReadLock
            | Kind::ReadUnlock
            | Kind::WriteLock
            | Kind::TryWriteLock
            | Kind::WriteUnlock(_)
            | Kind::Reacquire
            | Kind::WakeOrTimeOut
            | Kind::WakeOrTimeOutUnless(_)
            | Kind::NotifyOne
            | Kind::NotifyAll
            | Kind::CellRead
            | Kind::CellWrite
            | Kind::Park
            | Kind::Unpark
            | Kind::Choose(_)
            | Kind::Spin(_) => {}
        }
    }
    sections
}

/// Returns the updates that *may* be lost although each thread looked under the lock, in the order of the unlocks that
/// may have overwritten them.
///
/// A thread looked at a value and gave the mutex back; others changed the value; then the thread locked the mutex
/// again and changed it too. It could look again, so unlike a store to an atomic this tells not whether what it left
/// comes from the old value or from the new. Nothing is said of a thread
/// - that had itself changed the value at its last look: each of its updates may well be whole;
/// - that finds the value that it had seen;
/// - that waited for a notification, or locked in the same line and under the same label both times, as in a loop that
///   tries until it finds what it needs: those look again on purpose.
pub(super) fn doubtful_updates(sections: &[Section]) -> Vec<LostUpdate> {
    let all = sections.iter().enumerate();
    all.filter_map(|(position, second)| doubtful_by(second, &sections[..position]))
        .collect()
}

fn doubtful_by(second: &Section, earlier: &[Section]) -> Option<LostUpdate> {
    let same = |section: &&Section| section.lock == second.lock;
    let own = |section: &Section| section.lock == second.lock && section.thread == second.thread;
    let last = earlier.iter().rposition(own)?;
    let first = &earlier[last];
    let looks_again = first.waits || second.waits || first.place == second.place;
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

    /// Sections of one mutex, each of two events: `(thread, line, found, left)`.
    fn sections(script: &[(u8, u32, i64, i64)]) -> Vec<Section> {
        let lock = ObjectId {
            creator: ThreadId::MAIN,
            number: 0,
        };
        let section = |(index, &(thread, line, found, left)): (usize, &(u8, u32, i64, i64))| Section {
            lock,
            thread: ThreadId::MAIN.child(thread),
            locked: 2 * index,
            unlocked: Some(2 * index + 1),
            found: Some(Value::Signed(found)),
            left: Some(Value::Signed(left)),
            place: (line, None),
            waits: false,
        };
        script.iter().enumerate().map(section).collect()
    }

    fn doubtful(sections: &[Section]) -> Vec<(usize, Vec<usize>, usize)> {
        let updates = doubtful_updates(sections).into_iter();
        updates
            .map(|update| (update.read, update.missed, update.store))
            .collect()
    }

    /// Thread 2 looks; thread 1 looks, and makes 1 of 0; thread 2 makes −1 of 1.
    const LOST: [(u8, u32, i64, i64); 4] = [(2, 24, 0, 0), (1, 24, 0, 0), (1, 26, 0, 1), (2, 26, 1, -1)];

    #[test]
    fn a_change_after_an_old_look_is_doubtful() {
        assert_eq!(doubtful(&sections(&LOST)), [(0, vec![5], 7)]);
        let in_turn = [(1, 24, 0, 0), (1, 26, 0, 1), (2, 24, 1, 1), (2, 26, 1, 0)];
        assert_eq!(doubtful(&sections(&in_turn)), []);
    }

    #[test]
    fn a_thread_that_changed_the_value_at_its_last_look_is_trusted() {
        let whole = [(2, 24, 0, 1), (1, 24, 1, 2), (2, 26, 2, 3)];
        assert_eq!(doubtful(&sections(&whole)), []);
        let twin = [(2, 24, 0, 0), (1, 24, 0, 2), (2, 26, 2, 3)];
        assert_eq!(doubtful(&sections(&twin)), [(0, vec![3], 5)]);
    }

    #[test]
    fn a_value_that_is_back_is_not_old() {
        let back = [(2, 24, 0, 0), (1, 24, 0, 1), (1, 24, 1, 0), (2, 26, 0, -1)];
        assert_eq!(doubtful(&sections(&back)), []);
    }

    #[test]
    fn a_thread_that_looks_again_on_purpose_is_trusted() {
        let mut same_line = LOST;
        same_line[3].1 = 24;
        assert_eq!(doubtful(&sections(&same_line)), []);
        let mut labelled = sections(&same_line);
        labelled[3].place.1 = Some("STORE");
        assert_eq!(
            doubtful(&labelled),
            [(0, vec![5], 7)],
            "it is another instruction"
        );
        for waiting in [0, 3] {
            let mut waits = sections(&LOST);
            waits[waiting].waits = true;
            assert_eq!(doubtful(&waits), []);
        }
    }

    #[test]
    fn what_is_not_known_or_elsewhere_is_not_judged() {
        let mut unknown = sections(&LOST);
        unknown[3].left = None;
        assert_eq!(doubtful(&unknown), []);
        let mut elsewhere = sections(&LOST);
        elsewhere[2].lock.number = 1;
        assert_eq!(doubtful(&elsewhere), []);
    }
}
