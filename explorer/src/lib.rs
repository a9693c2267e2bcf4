//! The exhaustive explorer: every interleaving that differs, exactly once.
//!
//! Two interleavings that differ only in the order of independent operations (of loads, say, or
//! of operations on different objects) lead to the same result. They belong to the same *trace*
//! (Mazurkiewicz 1977). The explorer executes one interleaving of each trace, and none that it
//! must give up halfway: *Optimal Dynamic Partial Order Reduction* (POPL 2014, see `optimal`).
//!
//! The program under test is an ordinary closure, written with the primitives in [`sync`],
//! [`thread`] and [`hint`], which are shaped like the standard library's. It is executed again
//! and again, and must do the same after the same history: anything else is reported as
//! nondeterminism, where an execution repeats an earlier one and where it leaves it.
//!
//! By default every atomic operation is executed as sequentially consistent, and the memory orderings only decide
//! what is a data race. Under a weak [`MemoryModel`] the explorer visits every *execution graph* that the model
//! allows, once: every choice of which store each load reads from (*TruSt*, POPL 2022).
//!
//! # Examples
//!
//! Two threads that increment without a lock can lose an update:
//!
//! ```
//! use std::collections::BTreeMap;
//! use std::sync::Arc;
//! use std::sync::atomic::Ordering::SeqCst;
//! use selvedge_explorer::{Completeness, Explorer, sync::atomic::AtomicI64, thread};
//!
//! let mut outcomes = BTreeMap::new();
//! let summary = Explorer::new().explore(
//!     || {
//!         let counter = Arc::new(AtomicI64::new(0));
//!         let threads = [(); 2].map(|()| {
//!             let counter = Arc::clone(&counter);
//!             thread::spawn(move || counter.store(counter.load(SeqCst) + 1, SeqCst))
//!         });
//!         threads.into_iter().for_each(|thread| thread.join().unwrap());
//!         counter.load(SeqCst)
//!     },
//!     |execution| *outcomes.entry(*execution.ending().finished().unwrap()).or_insert(0) += 1,
//! )?;
//! assert_eq!(outcomes, BTreeMap::from([(1, 2), (2, 2)]));
//! assert_eq!(summary.completeness, Completeness::Exhaustive);
//! # Ok::<(), selvedge_explorer::NondeterminismError>(())
//! ```
//!
//! # How it is built
//!
//! `sync`, `thread` and `hint` are the primitives. They announce operations (`operation`), of which
//! `object::table` is the one table, to the `runtime`, which runs the program's threads as coroutines. It
//! asks `search` which goes on: `search::strategy` is the seam, with a file for each strategy beside
//! it, among them those of the [modes](Mode). `object` holds the pure models of the primitives.
//! `graph` is the search under weak memory. `explore`, `replay` and `shortest` are what [`Explorer`] does;
//! `execution`, `event`, `ending` and `interleaving` show an execution. `turns` is the rule for loops that poll,
//! `data_race` the check of plain memory.

// The generator of random programs is shared with the tests in `tests/`, which see this crate from outside.
#[cfg(test)]
extern crate self as selvedge_explorer;

mod body;
mod cost;
mod data_race;
#[cfg(feature = "drawing")]
pub mod drawing;
mod ending;
mod event;
mod execution;
mod explore;
mod graph;
pub mod hint;
mod identity;
mod idle;
mod interleaving;
mod interned;
mod jobs;
mod limit;
mod local_state;
mod naming;
mod nondeterminism;
mod object;
mod operation;
mod place;
mod progress;
mod repeated;
mod replay;
mod runtime;
mod schedule;
mod search;
mod shortest;
mod source;
pub mod states;
mod summary;
pub mod sync;
pub mod thread;
mod trace_hash;
mod trace_hasher;
mod turns;
mod unsupported;
mod value;
mod waiting_for;
mod word;

/// The examples of the README, as documentation tests.
#[cfg(all(doctest, feature = "drawing"))]
#[doc = include_str!("../README.md")]
mod readme {}

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

pub use cost::Cost;
pub use ending::{CellAccess, DataRace, Ending, Holder, PanicInfo, Polled, SourceLocation, StuckThread};
pub use event::{Event, Link, ReadsFrom};
pub use execution::Execution;
pub use graph::MemoryModel;
pub use identity::{MAX_THREADS, ObjectId, ObjectKind, ThreadId};
pub use interleaving::{
    Contents, Interleaving, ObjectView, PendingOperation, Step, ThreadStatus, ThreadView,
};
pub use limit::Limit;
pub use local_state::{Fault, LocalState, local_state};
pub use naming::ObjectName;
pub use nondeterminism::{NondeterminismError, Observation};
pub use operation::{OperationKind, Spurious, Update};
pub use progress::Progress;
pub use repeated::{Flow, Iteration, StepFn, repeat};
pub use replay::{Misfit, PendingStep, Replay, ReplayError};
pub use schedule::{BadStep, Choice, Schedule, ScheduleError, Then};
pub use search::Mode;
pub use shortest::{Shortest, Witness};
pub use source::source_text;
pub use summary::{Bounds, Completeness, Cut, Summary};
pub use thread::choose;
pub use unsupported::Unsupported;
pub use value::{ShownValue, Value};
pub use waiting_for::WaitingFor;

/// The largest number of events of one execution that a step limit can allow.
pub const MAX_STEPS: usize = 60_000;

/// Returns `true` if the calling code is code of the program under test, in an execution.
///
/// The explorer installs no panic hook. A hook of the process can ask this to keep quiet about
/// panics that the explorer reports as an ending. For a panic of the explorer itself it returns `false`.
pub fn in_execution() -> bool {
    runtime::in_execution()
}

/// Notes where a thread of the program under test panics; to be called from a panic hook.
///
/// Without it, panics are reported without their location; and on Windows, the poisoning of locks is then
/// exact only while one thread at a time unwinds. Outside executions it does nothing.
pub fn note_panic(info: &std::panic::PanicHookInfo<'_>) {
    runtime::note_panic(info);
}

/// Sets the text that is written to standard error if the process is aborted, ends by a fault, or exits, so
/// that what has been found is not lost; `None` if there is nothing to say.
///
/// There is one such text in a process. Does nothing on systems other than Unix.
#[doc(hidden)]
pub fn set_last_words(words: Option<String>) {
    runtime::set_last_words(words);
}

/// Makes it a failure of the process, with exit code 101, if an OS thread of which `is_under_test` returns
/// `true` exits the process, as it is one if a program does so under exploration.
///
/// Only the first call in a process counts. Does nothing on systems other than Unix.
#[doc(hidden)]
#[cfg_attr(
    not(unix),
    expect(unused_variables, reason = "exits are guarded on Unix alone")
)]
pub fn guard_exits(is_under_test: fn() -> bool) {
    #[cfg(unix)]
    runtime::guard_exits(is_under_test);
}

type ProgressCallback = Arc<dyn Fn(&Progress) + Send + Sync>;

/// A builder that sets up and starts explorations.
#[derive(Clone)]
#[must_use]
pub struct Explorer {
    mode: Mode,
    memory_model: MemoryModel,
    lock_words: bool,
    look_for_weak_races: bool,
    jobs: usize,
    executions: Option<u64>,
    time: Option<Duration>,
    steps: usize,
    timeouts: usize,
    spurious_wakeups: usize,
    weak_failures: usize,
    writer_preference: bool,
    idle_rule: idle::Rule,
    repetition_stops: bool,
    preemption_bound: Option<usize>,
    stop_at_first_failure: bool,
    interrupt: Option<Arc<AtomicBool>>,
    progress: Option<(Duration, ProgressCallback)>,
    stack_size: usize,
    record_values: bool,
    unwind_abandoned: bool,
    received_panics_fail: bool,
}

impl fmt::Debug for Explorer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Explorer")
            .field("mode", &self.mode)
            .field("memory_model", &self.memory_model)
            .field("lock_words", &self.lock_words)
            .field("look_for_weak_races", &self.look_for_weak_races)
            .field("jobs", &self.jobs)
            .field("executions", &self.executions)
            .field("time", &self.time)
            .field("steps", &self.steps)
            .field("timeouts", &self.timeouts)
            .field("spurious_wakeups", &self.spurious_wakeups)
            .field("weak_failures", &self.weak_failures)
            .field("writer_preference", &self.writer_preference)
            .field("repetition_stops", &self.repetition_stops)
            .field("preemption_bound", &self.preemption_bound)
            .field("stop_at_first_failure", &self.stop_at_first_failure)
            .field("stack_size", &self.stack_size)
            .field("record_values", &self.record_values)
            .field("unwind_abandoned", &self.unwind_abandoned)
            .field("received_panics_fail", &self.received_panics_fail)
            .finish_non_exhaustive()
    }
}

impl Default for Explorer {
    fn default() -> Self {
        Self::new()
    }
}

impl Explorer {
    /// The default limit of [`spurious_wakeups`](Self::spurious_wakeups).
    pub const SPURIOUS_WAKEUPS: usize = 4;

    /// The default limit of [`weak_failures`](Self::weak_failures).
    pub const WEAK_FAILURES: usize = 4;

    /// Creates an explorer in [`Mode::Optimal`] with no limit but one: an execution may have at most 10,000
    /// events.
    pub fn new() -> Self {
        Self {
            mode: Mode::Optimal,
            memory_model: MemoryModel::SequentiallyConsistent,
            lock_words: false,
            look_for_weak_races: false,
            jobs: 1,
            executions: None,
            time: None,
            steps: 10_000,
            timeouts: 2,
            spurious_wakeups: Self::SPURIOUS_WAKEUPS,
            weak_failures: Self::WEAK_FAILURES,
            writer_preference: true,
            idle_rule: idle::Rule::Sound,
            repetition_stops: true,
            preemption_bound: None,
            stop_at_first_failure: false,
            interrupt: None,
            progress: None,
            stack_size: 1 << 20,
            record_values: false,
            unwind_abandoned: false,
            received_panics_fail: false,
        }
    }

    /// Sets the mode of the search.
    pub fn mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// Sets the memory model; by default every execution is sequentially consistent.
    ///
    /// Under a weak memory model the search is always that of [`Mode::Graphs`].
    pub fn memory_model(mut self, model: MemoryModel) -> Self {
        self.memory_model = model;
        self
    }

    /// Sets whether an exploration under sequential consistency looks for races between atomic accesses of which one is
    /// weaker than `SeqCst`; off by default.
    ///
    /// If all executions were explored, and there is [none](Summary::weak_races), and no data race, then the program has
    /// no other executions under C11 (RC11, theorem 4). Each execution takes longer, until a race is found.
    pub fn look_for_weak_races(mut self, look: bool) -> Self {
        self.look_for_weak_races = look;
        self
    }

    /// Returns how many execution graphs are worth exploring, after so many interleavings, if nobody has asked for them:
    /// ten for each, and at the least 100,000, which takes a second or less.
    ///
    /// Programs that only add, for example, have one execution under sequential consistency, and any number of graphs.
    pub fn graphs_in_proportion(interleavings: u64) -> u64 {
        interleavings.saturating_mul(10).max(100_000)
    }

    /// Sets whether execution graphs have, for each mutex, a word that holds its state; off by default.
    ///
    /// Only then can a thread ask for the state of a mutex while others use it: by `try_lock`, or by a poison
    /// test. Without it no execution is begun in vain. The search switches this on by itself if the first
    /// execution has such an operation; where a later one comes to it, the exploration ends as
    /// [`Cut::Unsupported`], and [`needs_lock_words`](Summary::needs_lock_words).
    pub fn lock_words(mut self, words: bool) -> Self {
        self.lock_words = words;
        self
    }

    /// Sets the number of OS threads for [`explore_on_jobs`](Self::explore_on_jobs); by default 1, at the least 1.
    pub fn jobs(mut self, jobs: usize) -> Self {
        self.jobs = jobs.max(1);
        self
    }

    /// Limits the number of executions; `None` means no limit.
    pub fn executions(mut self, limit: Option<u64>) -> Self {
        self.executions = limit;
        self
    }

    /// Limits the time; `None` means no limit.
    pub fn time(mut self, limit: Option<Duration>) -> Self {
        self.time = limit;
        self
    }

    /// Limits the number of events of each execution, to at most [`MAX_STEPS`].
    pub fn steps(mut self, limit: usize) -> Self {
        self.steps = limit.min(MAX_STEPS);
        self
    }

    /// Limits the number of times that each thread can time out in one execution; later waits are untimed.
    ///
    /// Time-outs of [`wait_timeout_unless`](sync::Condvar::wait_timeout_unless) do not count.
    pub fn timeouts(mut self, limit: usize) -> Self {
        self.timeouts = limit;
        self
    }

    /// Limits the number of times that each thread can return for no reason, in one execution, from
    /// [`Condvar::wait`](sync::Condvar::wait) and its siblings and from [`park`](thread::park): 4 by default.
    ///
    /// `std` says that they may. A program that is right puts them into a loop, which looks at what it waits
    /// for. To come back to the same wait having only looked does not count: that it returns for no reason
    /// again would change nothing, so it is not explored. So most programs do not meet the limit. With a
    /// limit of 0 nothing returns for no reason. If the limit has left something out, the exploration is
    /// [bounded](Bounds::spurious_wakeups).
    pub fn spurious_wakeups(mut self, limit: usize) -> Self {
        self.spurious_wakeups = limit;
        self
    }

    /// Limits the number of times that each thread's
    /// [weak exchanges](sync::atomic::Atomic::compare_exchange_weak) can fail for no reason, in one
    /// execution: 4 by default.
    ///
    /// To try the same exchange again having only looked does not count, as for
    /// [`spurious_wakeups`](Self::spurious_wakeups). If the limit has left something out, the exploration is
    /// [bounded](Bounds::weak_failures).
    pub fn weak_failures(mut self, limit: usize) -> Self {
        self.weak_failures = limit;
        self
    }

    /// Sets whether a writer that waits for readers keeps new readers out of a
    /// [`RwLock`](sync::RwLock); on by default.
    ///
    /// `std` leaves open who goes first, so with this on both are explored: the writer may also wait without
    /// keeping anyone out. A thread that takes a second read lock while it holds one can then be in a
    /// deadlock. With this off, waiting writers never keep readers out, and an exploration with readers and
    /// writers is [bounded](Bounds::writer_preference).
    pub fn writer_preference(mut self, prefer: bool) -> Self {
        self.writer_preference = prefer;
        self
    }

    /// Sets whether a thread stops that repeats itself: that takes the same turn of a loop twice in a row, with
    /// the same results, and changes nothing; on by default.
    ///
    /// So loops that poll come to an end, with or without [`yield_now`](thread::yield_now). The thread would
    /// wait for a change; the executions in which it goes on after one are explored, too. If there is no
    /// change, the execution ends as a deadlock. Nothing is left out but further turns of the same kind. If
    /// another thread may have noticed these, because it failed to acquire a lock that the turn acquires, the
    /// exploration is [bounded](Bounds::repetition).
    ///
    /// A loop that counts its turns and gives up is no such loop. To tell, a thread is run on alone for up to
    /// 1,000 turns before it is stopped in a loop for the first time; if it leaves the loop, it never stops
    /// there. What it does in these turns outside of the explorer's primitives (printing, say) is done. With
    /// this off, endless loops are ended by the limit of [`steps`](Self::steps).
    pub fn repetition_stops(mut self, stops: bool) -> Self {
        self.repetition_stops = stops;
        self
    }

    /// Explores only interleavings with at most this many preemptions; `None` means all.
    ///
    /// A trace has interleavings with few preemptions and with many, so a search that executes
    /// one of each trace cannot be bounded like this: with a bound, every interleaving within it is
    /// executed, as in [`Mode::Enumeration`], whatever the mode.
    pub fn preemption_bound(mut self, bound: Option<usize>) -> Self {
        self.preemption_bound = bound;
        self
    }

    /// Sets whether to stop after the first deadlock, panic or data race.
    pub fn stop_at_first_failure(mut self, stop: bool) -> Self {
        self.stop_at_first_failure = stop;
        self
    }

    /// Stops the exploration soon after the flag is set, by a signal handler for instance.
    pub fn interrupt(mut self, flag: Option<Arc<AtomicBool>>) -> Self {
        self.interrupt = flag;
        self
    }

    /// Calls `callback` at this interval, between executions.
    pub fn progress(
        mut self,
        interval: Duration,
        callback: impl Fn(&Progress) + Send + Sync + 'static,
    ) -> Self {
        self.progress = Some((interval, Arc::new(callback)));
        self
    }

    /// Sets the size of each thread's stack, in bytes: 1 MiB by default.
    ///
    /// Only the pages that a thread touches take up memory.
    pub fn stack_size(mut self, bytes: usize) -> Self {
        self.stack_size = bytes;
        self
    }

    /// Sets whether to record the values that go through plain memory and mutexes, so that each
    /// [`Event`] has them as its [`data`](Event::data); off by default, as it takes time.
    ///
    /// Recorded is what a [`Cell`](sync::Cell) reads and writes, and what is in a mutex when it is acquired and
    /// just before it is released: integers and flags, other common types of the standard library, such as
    /// `Option<u64>`, `String` or `Vec<usize>`, and all types for which the program calls
    /// [`shown`](sync::Mutex::shown). A mutex shows its value only if
    /// it is locked by [`lock_recorded`](sync::Mutex::lock_recorded), as it is in code that is generic over
    /// backends.
    pub fn record_values(mut self, record: bool) -> Self {
        self.record_values = record;
        self
    }

    /// Sets whether the threads that an execution leaves behind are unwound, so that their destructors run;
    /// off by default.
    ///
    /// An execution leaves threads behind if it ends in a deadlock or at the limit of [`steps`](Self::steps),
    /// if it is given up because its threads sleep (not in [`Mode::Optimal`]), or if a replayed schedule
    /// ends. By default none of their code runs any more. What they own is leaked: for each such execution,
    /// what the program has allocated and has not given back, and nothing of the explorer's, which uses their
    /// stacks again. In a typical deadlock (two threads, a mutex and a condition variable in an `Arc`) that
    /// is about 180 bytes; in an execution of three threads that is given up, about 400.
    ///
    /// Switch this on if the leaks are too large, or if the body lends what is on its stack to something that
    /// outlives the execution: see [`explore`](Self::explore). Then each thread unwinds, which takes about
    /// 10 µs. Operations that its destructors execute have no effect; but a destructor that panics there
    /// aborts the process, as Rust has it, and the stack of one that has to wait, or executes more than
    /// 100,000 operations, is leaked.
    pub fn unwind_abandoned(mut self, unwind: bool) -> Self {
        self.unwind_abandoned = unwind;
        self
    }

    /// Sets whether a panic of a thread is a failure also where another thread has received it by joining; off by
    /// default.
    pub fn received_panics_fail(mut self, fail: bool) -> Self {
        self.received_panics_fail = fail;
        self
    }
}
