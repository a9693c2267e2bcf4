//! Pure models of the objects: the operations that a thread may execute, and their effects.
//!
//! A model is a small `Copy` state. Three questions are asked of it for an operation: `enabled` (may this
//! thread execute it now?), `access` (with which others does it conflict, in this state?) and `apply` (the new
//! state, and the result). Two operations conflict if they touch a common object, unless both accesses are
//! shared or both add; so `access` must say *exclusive* wherever an operation enables or disables another,
//! not only where it changes a value. An operation on two objects is one step on each; see [`Second`].
//!
//! To add a primitive (barrier, once, channel …), add its operations to [`OperationKind`], its state here,
//! its model in a file beside the others, and its interface in `sync`. Nothing compiles before each match
//! here and in [`table`] has decided about each new operation.

pub(crate) mod atomic;
pub(crate) mod condvar;
pub(crate) mod mutex;
pub(crate) mod park_token;
pub(crate) mod rwlock;
pub(crate) mod table;

use super::identity::{MAX_THREADS, NO_OBJECT, ThreadIndex};
use super::operation::{Access, Operation, OperationKind, OperationResult, Spurious, Step};
use atomic::Atomic;
use condvar::Condvar;
use mutex::Mutex;
use park_token::ParkToken;
use rwlock::RwLock;
use table::{Course, Second};

/// The state of an object.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum ObjectState {
    Atomic(Atomic),
    Mutex(Mutex),
    RwLock(RwLock),
    Condvar(Condvar),
    /// Plain memory. The value itself stays with the cell; whether two accesses are a data race is decided
    /// afterwards, in `data_race`.
    Cell,
    ParkToken(ParkToken),
}

/// Defines how the model of an object is reached, where the operation tells which it is.
macro_rules! models {
    ($($name:ident, $name_mut:ident: $model:ident),*) => {$(
        #[inline]
        pub(crate) fn $name(&self) -> &$model {
            match self {
                Self::$model(model) => model,
                other => unreachable!("{other:?} is operated on as {}", stringify!($name)),
            }
        }

        #[inline]
        fn $name_mut(&mut self) -> &mut $model {
            match self {
                Self::$model(model) => model,
                other => unreachable!("{other:?} is operated on as {}", stringify!($name)),
            }
        }
    )*};
}

impl ObjectState {
    models!(
        atomic, atomic_mut: Atomic,
        mutex, mutex_mut: Mutex,
        rwlock, rwlock_mut: RwLock,
        condvar, condvar_mut: Condvar,
        token, token_mut: ParkToken
    );

    /// Returns `true` if the object, which is in this slot of the operation, lets the thread go on now.
    #[inline]
    pub(crate) fn enabled(&self, kind: OperationKind, slot: usize, thread: ThreadIndex) -> bool {
        use OperationKind as Kind;
        match kind {
            Kind::Lock => self.mutex().is_free(),
            Kind::ReadLock => self.rwlock().lets_read(),
            Kind::WriteLock => self.rwlock().is_free(),
            Kind::WriteLockOrQueue => self.rwlock().writer.is_none(),
            Kind::Park => self.token().set,
            Kind::Reacquire => match slot {
                0 => self.condvar().is_notified(thread),
                _ => self.mutex().is_free(),
            },
            Kind::WakeOrTimeOutUnless(value) => match slot {
                0 => self.condvar().is_notified(thread),
                _ => self.atomic().value != value,
            },
            Kind::Load(_)
            | Kind::Store(..)
            | Kind::ReadModifyWrite(..)
            | Kind::Add(..)
            | Kind::CompareExchange { .. }
            | Kind::Fence(_)
            | Kind::TryLock
            | Kind::Unlock(_)
            | Kind::IsPoisoned
            | Kind::ClearPoison
            | Kind::TryReadLock
            | Kind::ReadUnlock
            | Kind::TryWriteLock
            | Kind::WriteUnlock(_)
            | Kind::Wait(_)
            | Kind::WakeOrTimeOut
            | Kind::NotifyOne
            | Kind::NotifyAll
            | Kind::CellRead
            | Kind::CellWrite
            | Kind::StartToPark
            | Kind::ParkOrTimeOut
            | Kind::Unpark
            | Kind::Choose(_) => true,
        }
    }

    /// Returns the operation's access to the object in this state.
    #[inline]
    pub(crate) fn access(&self, kind: OperationKind) -> Access {
        use OperationKind as Kind;
        match kind {
            Kind::CompareExchange { expected, .. } => match self.atomic().value == expected {
                true => Access::Exclusive,
                false => Access::Shared,
            },
            Kind::TryLock => match self.mutex().is_free() {
                true => Access::Exclusive,
                false => Access::Shared,
            },
            // The word is only read; at a condition variable all operations are ordered.
            Kind::WakeOrTimeOutUnless(_) => match self {
                Self::Condvar(_) => Access::Exclusive,
                Self::Atomic(_) | Self::Mutex(_) | Self::RwLock(_) | Self::Cell | Self::ParkToken(_) => {
                    Access::Shared
                }
            },
            Kind::ReadLock | Kind::TryReadLock | Kind::ReadUnlock => self.rwlock().access_of_reader(kind),
            Kind::Load(_) | Kind::IsPoisoned | Kind::CellRead | Kind::Unpark => Access::Shared,
            Kind::Add(..) => Access::Adding,
            Kind::Store(..)
            | Kind::ReadModifyWrite(..)
            | Kind::Lock
            | Kind::Unlock(_)
            | Kind::ClearPoison
            | Kind::WriteLock
            | Kind::WriteLockOrQueue
            | Kind::TryWriteLock
            | Kind::WriteUnlock(_)
            | Kind::Wait(_)
            | Kind::Reacquire
            | Kind::WakeOrTimeOut
            | Kind::NotifyOne
            | Kind::NotifyAll
            | Kind::CellWrite
            // Also one that finds no token: it is ordered with those that set it, which are not with one another.
            | Kind::ParkOrTimeOut
            | Kind::Park => Access::Exclusive,
            Kind::Fence(_) | Kind::Choose(_) | Kind::StartToPark => {
                unreachable!("{kind:?} touches no object")
            }
        }
    }

    /// Executes the operation on the object and returns what the thread is told.
    pub(crate) fn apply(
        &mut self,
        kind: OperationKind,
        thread: ThreadIndex,
        alternative: u8,
    ) -> OperationResult {
        use OperationKind as Kind;
        match kind {
            Kind::Load(_) => OperationResult::of(self.atomic().value),
            Kind::Store(_, value) => self.atomic_mut().replace(value),
            Kind::ReadModifyWrite(_, update, operand) => self.atomic_mut().update(update, operand),
            Kind::Add(_, operand) => self.atomic_mut().add(operand),
            // A weak exchange that fails for no reason.
            Kind::CompareExchange { .. } if alternative == 1 => OperationResult::failed(self.atomic().value),
            Kind::CompareExchange { expected, new, .. } => self.atomic_mut().compare_exchange(expected, new),
            Kind::Lock => self.mutex_mut().lock(thread),
            Kind::TryLock => self.mutex_mut().try_lock(thread),
            Kind::Unlock(poison) => self.mutex_mut().unlock(poison),
            Kind::IsPoisoned => self.is_poisoned(),
            Kind::ClearPoison => self.clear_poison(),
            Kind::ReadLock => self.rwlock_mut().read(thread),
            Kind::TryReadLock => self.rwlock_mut().try_read(thread),
            Kind::ReadUnlock => self.rwlock_mut().read_unlock(thread),
            Kind::WriteLock => self.rwlock_mut().write(thread),
            Kind::WriteLockOrQueue => self.rwlock_mut().write_or_queue(thread),
            Kind::TryWriteLock => self.rwlock_mut().try_write(thread),
            Kind::WriteUnlock(poison) => self.rwlock_mut().write_unlock(poison),
            Kind::Wait(_) => match self {
                Self::Mutex(mutex) => mutex.release_to_wait(alternative == 0),
                // A wait that ends for no reason is like one that never began: a notification that finds the
                // thread waiting wakes it for a reason.
                other if alternative == 1 => other.condvar_mut().stay_away(),
                other => other.condvar_mut().wait(thread),
            },
            Kind::Reacquire => match self {
                Self::Mutex(mutex) => mutex.lock(thread),
                other => other.condvar_mut().go_on(thread),
            },
            Kind::WakeOrTimeOut => self.condvar_mut().wake_or_time_out(thread),
            Kind::WakeOrTimeOutUnless(_) => match self {
                Self::Atomic(word) => OperationResult::of(word.value),
                other => other.condvar_mut().wake_or_time_out(thread),
            },
            Kind::NotifyOne => self.condvar_mut().notify_one(alternative),
            Kind::NotifyAll => self.condvar_mut().notify_all(),
            Kind::Park => self.token_mut().take(),
            Kind::ParkOrTimeOut => self.token_mut().take_or_fail(),
            Kind::Unpark => self.token_mut().set(),
            Kind::CellRead | Kind::CellWrite => OperationResult::of(0),
            Kind::Fence(_) | Kind::Choose(_) | Kind::StartToPark => {
                unreachable!("{kind:?} touches no object")
            }
        }
    }

    fn is_poisoned(&self) -> OperationResult {
        OperationResult::of(match self {
            Self::Mutex(mutex) => mutex.poisoned.into(),
            other => other.rwlock().poisoned.into(),
        })
    }

    fn clear_poison(&mut self) -> OperationResult {
        let poisoned = match self {
            Self::Mutex(mutex) => &mut mutex.poisoned,
            other => &mut other.rwlock_mut().poisoned,
        };
        OperationResult::of(std::mem::take(poisoned).into())
    }

    /// Returns the threads that hold the object, as a bit set.
    pub(crate) fn holders(&self) -> u32 {
        match self {
            Self::Mutex(mutex) => mutex.holder.map_or(0, |holder| 1 << holder),
            Self::RwLock(rwlock) => rwlock.holders(),
            Self::Atomic(_) | Self::Condvar(_) | Self::Cell | Self::ParkToken(_) => 0,
        }
    }
}

/// Returns `true` if the thread may execute the operation on objects in these states.
#[inline]
pub(crate) fn enabled<'a>(
    operation: &Operation,
    thread: ThreadIndex,
    state: impl Fn(usize) -> &'a ObjectState,
) -> bool {
    let kind = operation.kind;
    if operation.objects[1] == NO_OBJECT {
        // The short way: most operations have one object, if any.
        return operation.objects[0] == NO_OBJECT || state(0).enabled(kind, 0, thread);
    }
    let mut slots = operation.slots();
    let lets = |(slot, _)| state(slot).enabled(kind, slot, thread);
    match kind.row().second {
        Second::Alternative => slots.any(lets),
        Second::Absent | Second::Required => slots.all(lets),
    }
}

/// Returns the operation as the dependence relation sees it, on objects in these states.
#[inline]
pub(crate) fn step<'a>(
    operation: &Operation,
    thread: ThreadIndex,
    alternative: u8,
    state: impl Fn(usize) -> &'a ObjectState,
) -> Step {
    let mut accesses = 0;
    for (slot, _) in operation.slots() {
        accesses |= state(slot).access(operation.kind).in_slot(slot);
    }
    Step {
        thread,
        alternative,
        accesses,
        objects: operation.objects,
    }
}

/// Returns the number of alternatives of the operation, on objects in these states.
#[inline]
pub(crate) fn alternatives<'a>(operation: &Operation, state: impl Fn(usize) -> &'a ObjectState) -> u8 {
    match operation.kind.row().course {
        Course::Choice(alternatives) => alternatives,
        Course::ChoiceOfWaiting => state(0).condvar().alternatives(),
        Course::Spurious => spurious_alternatives(operation.kind, state),
        Course::Steady | Course::Changing | Course::MayFail | Course::Blocks(_) => 1,
    }
}

/// Returns 2 if the operation can end for no reason, on objects in these states; else 1.
fn spurious_alternatives<'a>(kind: OperationKind, state: impl Fn(usize) -> &'a ObjectState) -> u8 {
    let can = match kind {
        OperationKind::Wait(Spurious::Always) => true,
        OperationKind::Wait(Spurious::IfTried) => state(1).mutex().tried,
        // One that finds another value fails for that reason.
        OperationKind::CompareExchange { expected, .. } => state(0).atomic().value == expected,
        other => unreachable!("{other:?} does not end for no reason"),
    };
    1 + u8::from(can)
}

/// Returns the indices of the threads in a bit set, ascending.
pub(crate) fn threads_in(set: u32) -> impl Iterator<Item = ThreadIndex> {
    (0..MAX_THREADS as ThreadIndex).filter(move |thread| set >> thread & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_reads_of_plain_memory_commute() {
        assert_eq!(ObjectState::Cell.access(OperationKind::CellRead), Access::Shared);
        assert_eq!(
            ObjectState::Cell.access(OperationKind::CellWrite),
            Access::Exclusive
        );
    }

    #[test]
    fn questions_that_change_nothing_commute() {
        let mut mutex = ObjectState::Mutex(Mutex::default());
        assert_eq!(mutex.access(OperationKind::IsPoisoned), Access::Shared);
        assert_eq!(mutex.access(OperationKind::TryLock), Access::Exclusive);
        mutex.apply(OperationKind::Lock, 3, 0);
        assert_eq!(mutex.access(OperationKind::TryLock), Access::Shared);
        let rwlock = ObjectState::RwLock(RwLock::default());
        assert_eq!(rwlock.access(OperationKind::ReadLock), Access::Shared);
        assert_eq!(rwlock.access(OperationKind::ReadUnlock), Access::Shared);
        assert_eq!(rwlock.access(OperationKind::TryWriteLock), Access::Exclusive);
        assert_eq!(
            rwlock.access(OperationKind::WriteUnlock(false)),
            Access::Exclusive
        );
    }

    #[test]
    fn a_mutex_enables_what_acquires_it_while_it_is_free() {
        let mut mutex = ObjectState::Mutex(Mutex::default());
        assert!(mutex.enabled(OperationKind::Lock, 0, 1));
        mutex.apply(OperationKind::Lock, 3, 0);
        assert!(!mutex.enabled(OperationKind::Lock, 0, 1) && !mutex.enabled(OperationKind::Reacquire, 1, 1));
        assert!(mutex.enabled(OperationKind::TryLock, 0, 1));
        mutex.apply(OperationKind::Wait(Spurious::Never), 3, 0);
        assert!(
            mutex.enabled(OperationKind::Reacquire, 1, 1),
            "waiting releases it"
        );
    }
}
