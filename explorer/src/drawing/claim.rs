//! Claims: all that a story can say, as data.
//!
//! A claim names events by their indices, and states the condition on them under which it is true. A story
//! makes no claim whose condition was not checked on the events of its interleaving, and says no more than its
//! claims: each is put into words by one function.

use crate::{ObjectId, PanicInfo, StuckThread, ThreadId};

/// A claim of a story, in the words in which the story makes it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    /// The claim.
    pub claim: Claim,
    /// The sentences, each with its capital letter and its full stop.
    pub sentences: Vec<String>,
}

/// A claim about an interleaving. Numbers are the indices of its steps.
///
/// An access *changes* an object if it is a store, a write, or a read-modify-write, whatever the values.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Claim {
    /// A thread read an object; others changed it; then the thread stored over that, without another access
    /// to it in between. The store found another value than the thread had read, and left another value than
    /// it found, as far as values are known.
    LostUpdate {
        /// The read.
        read: usize,
        /// All changes by other threads between the read and the store; at least one.
        missed: Vec<usize>,
        /// The store.
        store: usize,
    },
    /// The same, but the store left the value that it found, and the object is no flag: the update is lost
    /// only if the value was computed from the one that was read.
    SameValueStored {
        /// The read.
        read: usize,
        /// All changes by other threads between the read and the store; at least one.
        missed: Vec<usize>,
        /// The store.
        store: usize,
    },
    /// The same for a flag: what the others set, the thread has set again, without having seen it.
    FlagSetAgain {
        /// The read.
        read: usize,
        /// All changes by other threads between the read and the store; at least one.
        missed: Vec<usize>,
        /// The store.
        store: usize,
    },
    /// So many more updates were lost, in the sense of the claims before, surely or possibly.
    MoreLost {
        /// The number of updates.
        updates: usize,
        /// `true` if they are [`LostUpdate`](Self::LostUpdate)s.
        surely: bool,
    },
    /// A thread locked a mutex and left the value that it had found; others changed it; when the thread
    /// locked it again, it found another value than before, and changed it. Neither of its two critical
    /// sections begins or ends with a wait.
    OutOfDate {
        /// The event that locked the mutex first.
        looked: usize,
        /// The events that locked it for the changes in between; at least one.
        others: Vec<usize>,
        /// The event with which the thread locked it again.
        changed: usize,
    },
    /// A read of an atomic does not see a change of it by another thread that comes before it in the execution: what it
    /// reads comes earlier in coherence order, and the change does not happen before it.
    NotSeen {
        /// The read.
        read: usize,
        /// The change: of several that it does not see, the last in coherence order.
        missed: usize,
    },
    /// A store to an atomic comes earlier in coherence order than a change by another thread that comes before it in
    /// the execution, and does not happen before it.
    PutBefore {
        /// The store.
        store: usize,
        /// The change: of several, the first in coherence order.
        later: usize,
    },
    /// So many more accesses to atomics, in the sense of the two claims before.
    MoreUnseen(usize),
    /// A thread read a value; others changed it to another one, and back; then the thread stored over it, or
    /// its compare-exchange succeeded, without another access to it in between (*ABA*).
    Aba {
        /// The read.
        read: usize,
        /// All changes by other threads in between; one of them leaves another value, the last the old one.
        between: Vec<usize>,
        /// The store or the compare-exchange.
        write: usize,
    },
    /// The event chose an alternative.
    Chose(usize),
    /// The event ended a timed wait because of a notification.
    NotifiedInTime(usize),
    /// The event ended a timed wait, or a timed park, because the time was up.
    TimedOut(usize),
    /// The event ended a wait, a park or a weak exchange for no reason.
    EndedForNoReason(usize),
    /// The event failed to acquire a lock.
    NotAcquired(usize),
    /// The event released a lock and poisoned it.
    Poisoned(usize),
    /// A thread acquired a lock twice; in between other threads held it alone.
    HeldBetween {
        /// The first acquisition.
        first: usize,
        /// The next acquisition by the same thread.
        second: usize,
        /// The acquisitions by other threads in between that do not share the lock; at least one.
        others: Vec<usize>,
    },
    /// These are all acquisitions of the lock, and at no time did a thread hold it while another held it
    /// alone.
    Turns {
        /// The lock.
        lock: ObjectId,
        /// The acquisitions, in order.
        acquisitions: Vec<usize>,
    },
    /// A thread locked a mutex twice, and no other thread locked it in between.
    GivenBack {
        /// The first acquisition.
        first: usize,
        /// The next one.
        second: usize,
    },
    /// A compare-exchange failed.
    ExchangeFailed {
        /// The compare-exchange.
        event: usize,
        /// The last access to the object by the same thread, if it is a read, and saw another value than the
        /// compare-exchange.
        read: Option<usize>,
    },
    /// All changes of the object are read-modify-writes or adds, and no thread only reads it and changes it
    /// later.
    Indivisible {
        /// The object.
        object: ObjectId,
        /// The changes, in order.
        changes: Vec<usize>,
    },
    /// For each change of the object: between it and the last access to the object by the same thread, no
    /// other thread changed the object; or it is a read-modify-write, and that access is none that only
    /// reads. That access is no plain store and no add, and there is one before each of these.
    Current {
        /// The object.
        object: ObjectId,
        /// The changes, in order.
        changes: Vec<usize>,
    },
    /// No object is touched by two threads.
    NothingShared,
    /// All threads ended.
    AllEnded,
    /// The two accesses of the data race: to the same memory, by different threads, one of them a write, and
    /// nothing orders them.
    DataRace {
        /// The access that came first.
        first: usize,
        /// The other.
        second: usize,
    },
    /// After its access one thread wrote an atomic; the other thread read that value before its own access;
    /// but the write does not release, or the read does not acquire.
    MetWithoutOrder {
        /// The write: after the first access, by the same thread.
        write: usize,
        /// The read: before the second access, by the same thread. No write comes between the two.
        read: usize,
        /// `true` if the write releases, by its ordering or by a fence after the first access.
        releases: bool,
        /// `true` if the read acquires, by its ordering or by a fence before the second access.
        acquires: bool,
    },
    /// The last event before the second access, and by its thread, that can order what comes later after
    /// what other threads did. The thread joins none after it.
    LastSynchronised {
        /// The event: it acquires a lock, takes a token, or is an acquiring read of an atomic.
        last: usize,
        /// The thread of the first access, if it did not touch the same object between the two accesses.
        untouched: Option<ThreadId>,
    },
    /// Nothing orders the two accesses of the data race.
    NothingOrders,
    /// The two accesses are a data race.
    AnythingMayHappen,
    /// The execution ends in a data race, which is not among these steps.
    RaceElsewhere,
    /// Each of these threads waits for the next, and the last for the first: for a lock that it holds, or for
    /// its end.
    Circle(Vec<StuckThread>),
    /// The thread waits for a lock that it holds itself.
    WaitsForItself(StuckThread),
    /// The thread waits in vain.
    WaitsInVain {
        /// The thread.
        stuck: StuckThread,
        /// The reason.
        reason: InVain,
    },
    /// So many more threads wait in vain.
    MoreWait(usize),
    /// These threads wait for others to end, which never do.
    JoinInVain(Vec<StuckThread>),
    /// The thread panicked.
    Panicked(PanicInfo),
    /// The event, before the panic and by the same thread, is the last that saw or left a known value.
    LastValue {
        /// The event.
        event: usize,
        /// `true` if the thread did nothing between it and the panic but release locks.
        is_last: bool,
    },
    /// While it panicked, the thread poisoned these locks.
    LeftPoisoned {
        /// The events that poisoned them.
        releases: Vec<usize>,
        /// `true` if none of them has been acquired since, or its poison cleared.
        untouched: bool,
    },
    /// The execution was cut off after so many steps.
    CutOff(usize),
}

/// The reason why a thread waits in vain.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum InVain {
    /// Other threads hold what it waits for.
    Held,
    /// No thread is left that could do it.
    NobodyLeft,
    /// The last notification woke this thread from an earlier wait.
    WokenBefore(usize),
    /// The last notification woke other threads.
    WokeOthers {
        /// The notification.
        notification: usize,
        /// The threads that it woke; at least one.
        woken: Vec<ThreadId>,
        /// `true` if the thread waited already.
        waited: bool,
    },
    /// The last notification woke nobody. It came after the thread had given up an earlier wait, and before it
    /// waited again.
    GaveUp {
        /// The notification.
        notification: usize,
        /// The event by which the thread gave up.
        time_out: usize,
    },
    /// The last notification came before the thread waited, and woke nobody.
    TooEarly(usize),
    /// Notifications and waits, or unparks and parks, do not see each other in the order of the steps: weak memory.
    OutOfOrder,
    /// The token was taken by an earlier park of the same thread, and not set again.
    TokenTaken {
        /// The events that had set it; at least one.
        unparks: Vec<usize>,
        /// The park that took it.
        park: usize,
    },
}
