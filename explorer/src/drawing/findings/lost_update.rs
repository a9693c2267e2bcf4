//! Lost updates: updates that are overwritten by a store whose thread had read the object before them.
//!
//! A store by thread A loses the updates that other threads have made to the object since A last read it. Two
//! kinds of stores are excepted:
//! - The thread has itself written to the object since it read it, or has never read it. Then nothing shows
//!   that the store was computed from what was read.
//! - The store replaces the very value that its thread had read: others changed it and changed it back
//!   (*ABA*). A compare-exchange would have succeeded, too.
//!
//! If the store leaves the very value that it overwrites, the events do not show whether anything is lost: two
//! threads that set a flag lose nothing, and two that count lose one of their updates.
//!
//! A read-modify-write reads what it replaces, so it loses nothing; an add keeps what it adds to. Where values are not known, as in plain
//! memory if they are not recorded, each write counts as a change.

use super::effect::Effect;
use crate::drawing::role::{AccessKind, Role};
use crate::{Event, ObjectId, ThreadId, Value};

/// An update of an object that was overwritten by a thread that had not seen it. Events are named by their
/// indices.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::drawing) struct LostUpdate {
    /// The read that went stale.
    pub(in crate::drawing) read: usize,
    /// The writes of other threads after it, in their order; at least one.
    pub(in crate::drawing) missed: Vec<usize>,
    /// The store that overwrote them.
    pub(in crate::drawing) store: usize,
}

/// An access to an atomic or to plain memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::drawing) struct Access {
    /// The index of the event.
    pub(in crate::drawing) index: usize,
    pub(in crate::drawing) thread: ThreadId,
    pub(in crate::drawing) object: ObjectId,
    pub(in crate::drawing) kind: AccessKind,
    /// The value that was there before, if it is known.
    pub(in crate::drawing) before: Option<Value>,
}

impl Access {
    /// Returns the access that the event with this index makes, if it makes one.
    pub(in crate::drawing) fn of(index: usize, event: &Event, effect: Effect) -> Option<Self> {
        let kind = match Role::of(event) {
            Role::Atomic(kind) | Role::Plain(kind) => kind,
            Role::Fence(_) | Role::Acquires(_) | Role::FailsToAcquire | Role::Releases { .. } => return None,
            Role::AsksForPoison | Role::ClearsPoison | Role::Waits | Role::Reacquires => return None,
            Role::EndsWait { .. } | Role::Notifies { .. } | Role::Parks | Role::Unparks => return None,
            Role::WaitsForNothing | Role::Queues | Role::StartsToPark { .. } => return None,
            Role::ParksInVain | Role::Chooses(_) => return None,
        };
        let (_, object) = event.object?;
        Some(Self {
            index,
            thread: event.thread,
            object,
            kind,
            before: effect.before,
        })
    }
}

/// Returns the lost updates, in the order of the stores that overwrote them.
pub(in crate::drawing) fn lost_updates(accesses: &[Access]) -> Vec<LostUpdate> {
    let stores = accesses.iter().enumerate();
    let stores = stores.filter(|(_, access)| access.kind == AccessKind::Store);
    stores
        .filter_map(|(position, store)| lost_by(store, &accesses[..position]))
        .collect()
}

/// Returns the lost update that ends with this store, if there is one, given the accesses before it.
fn lost_by(store: &Access, earlier: &[Access]) -> Option<LostUpdate> {
    let mut missed = Vec::new();
    let same = earlier
        .iter()
        .rev()
        .filter(|access| access.object == store.object);
    for access in same {
        match (access.thread == store.thread, access.kind) {
            (true, AccessKind::Read) => {
                let same_value = access.before.is_some() && access.before == store.before;
                missed.reverse();
                return (!missed.is_empty() && !same_value).then_some(LostUpdate {
                    read: access.index,
                    missed,
                    store: store.index,
                });
            }
            (true, _) => return None,
            (false, AccessKind::Read) => {}
            (false, _) => missed.push(access.index),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Accesses to one object that starts at 0: `(thread, kind, value after)`.
    fn accesses(script: &[(u8, AccessKind, i64)]) -> Vec<Access> {
        let object = ObjectId {
            creator: ThreadId::MAIN,
            number: 0,
        };
        let mut value = 0;
        let mut list = Vec::new();
        for (index, &(thread, kind, after)) in script.iter().enumerate() {
            let before = Some(Value::Signed(value));
            let thread = ThreadId::MAIN.child(thread);
            list.push(Access {
                index,
                thread,
                object,
                kind,
                before,
            });
            if kind != AccessKind::Read {
                value = after;
            }
        }
        list
    }

    fn lost(script: &[(u8, AccessKind, i64)]) -> Vec<(usize, Vec<usize>, usize)> {
        let lost = lost_updates(&accesses(script));
        lost.into_iter()
            .map(|lost| (lost.read, lost.missed, lost.store))
            .collect()
    }

    use AccessKind::{Add, Read, ReadModifyWrite, Store};

    #[test]
    fn a_store_after_a_stale_read_loses_what_came_between() {
        let script = [(2, Read, 0), (1, Read, 0), (1, Store, 1), (2, Store, -1)];
        assert_eq!(lost(&script), [(0, vec![2], 3)]);
        let in_turn = [(1, Read, 0), (1, Store, 1), (2, Read, 0), (2, Store, 0)];
        assert_eq!(lost(&in_turn), []);
    }

    #[test]
    fn every_update_since_the_read_is_missed() {
        let script = [
            (2, Read, 0),
            (1, Store, 1),
            (3, ReadModifyWrite, 2),
            (2, Store, -1),
        ];
        assert_eq!(lost(&script), [(0, vec![1, 2], 3)]);
    }

    #[test]
    fn a_read_modify_write_loses_nothing() {
        let script = [(2, Read, 0), (1, Store, 1), (2, ReadModifyWrite, 0)];
        assert_eq!(lost(&script), []);
        let twin = [(2, Read, 0), (1, Store, 1), (2, Store, 0)];
        assert_eq!(lost(&twin), [(0, vec![1], 2)], "its broken twin does");
    }

    #[test]
    fn an_add_loses_nothing_and_can_be_lost() {
        let script = [(2, Read, 0), (1, Add, 1), (2, Add, 0)];
        assert_eq!(lost(&script), []);
        let twin = [(2, Read, 0), (1, Add, 1), (2, Store, 5)];
        assert_eq!(lost(&twin), [(0, vec![1], 2)], "its broken twin does");
    }

    #[test]
    fn an_own_write_since_the_read_ends_its_meaning() {
        for own in [Store, ReadModifyWrite, Add] {
            let script = [(2, Read, 0), (2, own, 5), (1, Store, 1), (2, Store, 6)];
            assert_eq!(lost(&script), []);
        }
        assert_eq!(lost(&[(1, Store, 1), (2, Store, 2)]), [], "nor was there one");
    }

    #[test]
    fn a_value_that_is_back_is_not_stale() {
        let script = [(2, Read, 0), (1, Store, 1), (1, Store, 0), (2, Store, -1)];
        assert_eq!(lost(&script), []);
        let twin = [(2, Read, 0), (1, Store, 1), (1, Store, 2), (2, Store, -1)];
        assert_eq!(lost(&twin), [(0, vec![1, 2], 3)]);
    }

    #[test]
    fn other_objects_do_not_matter() {
        let mut script = accesses(&[(2, Read, 0), (1, Store, 1), (2, Store, -1)]);
        script[1].object.number = 1;
        assert_eq!(lost_updates(&script), []);
    }

    #[test]
    fn unknown_values_count_as_changed() {
        let mut script = accesses(&[(2, Read, 0), (1, Store, 0), (2, Store, 0)]);
        assert_eq!(lost_updates(&script), []);
        script.iter_mut().for_each(|access| access.before = None);
        assert_eq!(lost_updates(&script).len(), 1);
    }
}
