//! Threads under exploration, shaped like `std::thread`.

mod builder;
mod scope;

use std::any::Any;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use super::identity::ThreadId;
use super::operation::OperationKind;
use super::runtime::spurious::start_to_park;
use super::runtime::{self, Guarded, Handle, Taken, ThreadHandle};

pub use builder::Builder;
pub use scope::{Scope, ScopedJoinHandle, scope};
pub use std::thread::Result;

/// The largest number of alternatives of one step of a choice.
const MAX_ALTERNATIVES: usize = 64;

/// The place where a thread leaves its result.
type Packet<T> = Arc<Guarded<Option<Result<T>>>>;

/// Opens the place where a thread leaves its result: the thread itself at its end, or one that has joined it.
fn open<T>(packet: &Packet<T>) -> Taken<'_, Option<Result<T>>> {
    packet
        .try_take()
        .unwrap_or_else(|| runtime::impossible("a result is left before it is taken"))
}

/// A thread of the current execution.
#[derive(Clone, Debug)]
pub struct Thread {
    handle: ThreadHandle,
    name: Option<Arc<str>>,
}

impl Thread {
    /// Returns the thread's place in the program: its spawn path.
    pub fn id(&self) -> ThreadId {
        self.handle.id()
    }

    /// Returns the name that the thread was given by a [`Builder`], if any; that of the main thread is
    /// `main`.
    pub fn name(&self) -> Option<&str> {
        match &self.name {
            Some(name) => Some(name),
            None => self.handle.is_main().then_some("main"),
        }
    }

    /// Waits until the thread has ended; its result is left to whoever [joins](JoinHandle::join) it.
    #[track_caller]
    pub fn await_end(&self) {
        runtime::join(self.handle, Location::caller());
    }

    /// Sets the token of the thread, which lets it go on from [`park`].
    #[track_caller]
    pub fn unpark(&self) {
        let location = Location::caller();
        runtime::perform(
            OperationKind::Unpark,
            Handle::token(self.handle, location),
            location,
        );
    }
}

/// An owned permission to join a thread.
///
/// There is no `is_finished`: the end of a thread is no event here, it only orders what comes after
/// a join, so an exploration would not see both answers. Let the thread set a flag instead.
pub struct JoinHandle<T> {
    thread: Thread,
    packet: Packet<T>,
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle")
            .field("thread", &self.thread)
            .finish_non_exhaustive()
    }
}

impl<T> JoinHandle<T> {
    /// Waits for the thread to end, and returns its result.
    ///
    /// # Errors
    ///
    /// If the thread panicked: its payload.
    #[track_caller]
    pub fn join(self) -> Result<T> {
        self.join_at(Location::caller())
    }

    /// Joins the thread at this place in the source.
    pub(crate) fn join_at(self, location: &'static Location<'static>) -> Result<T> {
        runtime::join(self.thread.handle, location);
        open(&self.packet)
            .take()
            .unwrap_or_else(|| runtime::impossible("a thread that has ended has left its result"))
    }

    /// Returns a handle to the thread.
    pub fn thread(&self) -> &Thread {
        &self.thread
    }
}

/// Spawns a thread.
///
/// # Panics
///
/// Outside an execution, or if there would be more than [`MAX_THREADS`](super::MAX_THREADS).
#[track_caller]
pub fn spawn<F, T>(body: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    spawn_local(body)
}

/// Spawns a thread whose code and result need not be `Send`: all threads of an execution run on one OS thread.
///
/// Real threads would not do with that. It is there for faces of other shapes, such as loom's.
///
/// # Panics
///
/// Outside an execution, or if there would be more than [`MAX_THREADS`](super::MAX_THREADS).
#[track_caller]
pub fn spawn_local<F, T>(body: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + 'static,
    T: 'static,
{
    let packet: Packet<T> = Arc::new(Guarded::new(None));
    let theirs = Arc::clone(&packet);
    let job = move || {
        let result: std::result::Result<T, Box<dyn Any + Send>> = runtime::catch(body);
        *open(&theirs) = Some(result);
    };
    let handle = runtime::spawn(Box::new(job), Location::caller());
    JoinHandle {
        thread: Thread { handle, name: None },
        packet,
    }
}

/// Lets other threads run.
///
/// Every operation is a scheduling point anyway, so this does nothing. Loops that poll come to an end without
/// it, too: see [`Explorer::repetition_stops`](super::Explorer::repetition_stops).
///
/// # Panics
///
/// Outside an execution.
pub fn yield_now() {
    runtime::must_run("a thread yielded");
}

/// Waits until the calling thread's token is set, and takes it; or returns for no reason, and leaves the
/// token as it is: both are explored.
///
/// Each thread can return for no reason only so often in one execution; see
/// [`Explorer::spurious_wakeups`](super::Explorer::spurious_wakeups).
#[track_caller]
pub fn park() {
    let location = Location::caller();
    if !start_to_park(location) {
        return;
    }
    runtime::perform(
        OperationKind::Park,
        Handle::token(ThreadHandle::current(), location),
        location,
    );
}

/// Waits until the calling thread's token is set, and takes it, or until the time is up: both are explored, whatever the
/// time.
///
/// A loop of such parks is a loop that [polls](super::Explorer::repetition_stops). A return for no reason is like one
/// because the time is up; whichever it is, a token that is there by then is taken.
#[track_caller]
pub fn park_timeout(duration: Duration) {
    let _ = duration;
    let location = Location::caller();
    runtime::perform(
        OperationKind::ParkOrTimeOut,
        Handle::token(ThreadHandle::current(), location),
        location,
    );
}

/// Ends the part of the calling thread in the execution: it waits for ever, and no destructor of it runs.
///
/// By itself that is a deadlock of this thread, and the others go on.
///
/// # Panics
///
/// Outside an execution.
#[track_caller]
pub fn halt() -> ! {
    runtime::halt(Location::caller())
}

/// Fails with this message at the caller's place, as a panic of the calling thread that does not unwind: the thread
/// [halts](halt).
///
/// That is for faults after which destructors cannot be relied on, such as memory that was freed twice.
///
/// # Panics
///
/// Outside an execution.
#[track_caller]
pub fn fail(message: String) -> ! {
    runtime::fail(message, Location::caller())
}

/// Labels the operations of the calling thread from here on; the empty string ends that.
///
/// Wherever one of these operations is shown, the label takes the place of the file and the line; it is also
/// the [`label`](super::Event::label) of its event. That is for programs in which one line does the work of
/// many, as in an interpreter. It has no effect on the exploration: it is no event, no scheduling
/// point, and no part of a [trace](super::Execution::trace_hash). A thread that has just been spawned has
/// none.
///
/// # Panics
///
/// Outside an execution.
pub fn label(text: &'static str) {
    runtime::label(Some(text).filter(|text| !text.is_empty()));
}

/// Returns `true` if the calling thread is unwinding because of a panic.
///
/// Only the calling thread counts, not another one that is suspended while it unwinds.
/// `std::thread::panicking` returns the same, except on Windows, where it speaks of all threads of the
/// execution together. Outside an execution this is `std`'s.
pub fn panicking() -> bool {
    runtime::is_unwinding()
}

/// Returns a handle to the calling thread.
pub fn current() -> Thread {
    Thread {
        handle: ThreadHandle::current(),
        name: ThreadHandle::current_name(),
    }
}

/// Chooses a number below `alternatives`: each is explored.
///
/// # Panics
///
/// If there are no alternatives, or outside an execution.
#[track_caller]
pub fn choose(alternatives: usize) -> usize {
    let location = Location::caller();
    assert!(alternatives > 0, "there is nothing to choose from");
    if alternatives == 1 {
        return 0;
    }
    if alternatives <= MAX_ALTERNATIVES {
        return runtime::choose(alternatives as u8, location);
    }
    // Too many for one step: choose a block, then within it.
    let block = alternatives.div_ceil(MAX_ALTERNATIVES);
    let first = block * choose(alternatives.div_ceil(block));
    first + choose(block.min(alternatives - first))
}
