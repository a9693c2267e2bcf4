//! The driver of the coroutines: a loop that runs whichever the search chooses, until the execution is
//! over.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::atomic::{AtomicU64, Ordering};

use super::panic_count::PanicCount;
use super::pointers::Pointers;
use super::repetition::Repetition;
use super::spans::Spans;
use super::spurious::Limits;
use super::worker::{Job, Worker};
use super::{PanicRecord, in_execution};
use crate::identity::{MAX_THREADS, ThreadIndex};
use crate::local_state::LocalStates;
use crate::operation::Operation;
use crate::search::{self, Communication, Next, Program, Status, Stop, Strategy};

/// The number of serial numbers that a runtime takes at a time.
const SERIALS: u64 = 1 << 20;

/// Returns the first of a block of serial numbers that no other runtime has.
fn take_serials() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(SERIALS);
    NEXT.fetch_add(SERIALS, Ordering::Relaxed)
}

/// The coroutines, the program that they run, and the strategy that directs them.
///
/// It stays on the OS thread that created it: it is not `Send`.
pub(crate) struct Runtime {
    pub(crate) program: Program,
    strategy: Box<dyn Strategy>,
    pub(crate) panics: Vec<PanicRecord>,
    /// `true` if a timed wait had to be treated as untimed.
    pub(crate) timeouts_cut: bool,
    pub(crate) timeout_limit: usize,
    pub(crate) spurious: Limits,
    /// `true` if writers that wait for readers keep new readers out.
    pub(crate) writer_preference: bool,
    /// `true` if a lock has been acquired for reading, and if one has been for writing, without preference.
    pub(crate) read_locked: bool,
    pub(crate) write_locked: bool,
    pub(crate) repetition: Repetition,
    /// `true` if the values that go through cells and mutexes are recorded.
    pub(crate) record_values: bool,
    /// `true` if the threads that an execution leaves behind are to be unwound.
    pub(crate) unwind_abandoned: bool,
    /// `true` if a panic that a join has received counts like any other.
    pub(crate) received_panics_fail: bool,
    /// What libraries of primitives keep for the execution.
    pub(crate) local_states: LocalStates,
    /// What is going on at cells that are accessed in spans.
    pub(super) spans: Spans,
    pub(super) workers: [Worker; MAX_THREADS],
    pub(super) pointers: Pointers,
    /// The thread whose coroutine runs, or ran last.
    pub(super) current: ThreadIndex,
    /// Threads that are between two operations and wait for their coroutine to run, as a bit set.
    pub(super) runnable: u32,
    /// The search's choice, made on a coroutine, for the driving loop to carry out.
    pub(super) next: Option<Next>,
    /// `true` while the threads that the execution has left behind are unwound.
    pub(super) abandoning: bool,
    pub(super) abandoned_operations: usize,
    pub(super) panic_count: PanicCount,
    /// Unlike that of any other execution in the process: objects carry it.
    pub(super) serial: u64,
    pub(super) stack_size: usize,
    /// Keeps the runtime on its OS thread.
    pub(super) not_send: PhantomData<*mut ()>,
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime")
            .field("program", &self.program)
            .field("strategy", &self.strategy)
            .finish_non_exhaustive()
    }
}

impl Runtime {
    /// Creates a runtime for a program and a strategy.
    ///
    /// # Panics
    ///
    /// Within an execution.
    pub(crate) fn new(mut program: Program, mut strategy: Box<dyn Strategy>, stack_size: usize) -> Box<Self> {
        assert!(!in_execution(), "an exploration was begun within an execution");
        #[cfg(unix)]
        super::fault::install();
        strategy.begin(&mut program);
        Box::new(Self {
            program,
            strategy,
            panics: Vec::new(),
            timeouts_cut: false,
            timeout_limit: usize::MAX,
            spurious: Limits::NONE,
            writer_preference: false,
            read_locked: false,
            write_locked: false,
            repetition: Repetition::default(),
            record_values: false,
            unwind_abandoned: false,
            received_panics_fail: false,
            local_states: LocalStates::default(),
            spans: Spans::default(),
            workers: std::array::from_fn(|_| Worker::new()),
            pointers: Pointers::default(),
            current: 0,
            runnable: 0,
            next: None,
            abandoning: false,
            abandoned_operations: 0,
            panic_count: PanicCount::default(),
            serial: take_serials(),
            stack_size,
            not_send: PhantomData,
        })
    }

    /// Begins an execution with this job of the main thread.
    pub(super) fn begin(&mut self, job: Job) {
        self.program.begin();
        self.repetition.begin();
        self.panics.clear();
        self.pointers.clear();
        // A record of an execution graph has the events in another order.
        let repeated = match self.program.has_graph {
            true => 0,
            false => self.program.history.events.len(),
        };
        self.spans.begin(repeated);
        self.runnable = 0;
        self.next = None;
        self.serial += 1;
        if self.serial.is_multiple_of(SERIALS) {
            self.serial = take_serials();
        }
        self.start(0, job);
    }

    /// Runs coroutines until the execution is over.
    pub(super) fn drive(&mut self) -> Stop {
        loop {
            let thread = if self.runnable != 0 {
                let thread = self.runnable.trailing_zeros() as ThreadIndex;
                self.runnable &= self.runnable - 1;
                thread
            } else {
                match self.next.take().unwrap_or_else(|| self.choose_next()) {
                    Next::Run(thread) => thread,
                    Next::Wake(thread) => {
                        self.wake(thread);
                        continue;
                    }
                    Next::Stop(stop) => return stop,
                }
            };
            self.resume(thread);
        }
    }

    /// Lets the search choose, where all threads have announced an operation, wait or have ended.
    #[inline]
    fn choose_next(&mut self) -> Next {
        search::next(&mut self.program, &mut *self.strategy)
    }

    /// Has the strategy look at the execution that has just ended; checks the search then, if asked to.
    pub(crate) fn finish(&mut self, check: bool) {
        self.strategy.finish(&self.program);
        if check {
            if !self.program.has_graph {
                self.program.check_invariants();
            }
            self.strategy.check_invariants(&self.program);
        }
    }

    /// Prepares the next execution; returns `false` if there is none.
    pub(crate) fn backtrack(&mut self) -> bool {
        self.program.end();
        self.strategy.backtrack(&mut self.program)
    }

    /// Prepares to begin the execution again that has just been given up, as far as it went.
    pub(crate) fn prepare_again(&mut self) {
        self.program.repeat_all();
    }

    /// Returns the strategy, which is of this type.
    pub(crate) fn strategy<S: Strategy>(&mut self) -> &mut S {
        let strategy: &mut dyn Any = &mut *self.strategy;
        strategy
            .downcast_mut()
            .expect("the strategy stays what the runtime was created with")
    }

    /// Returns the search that has decided the events of the current execution.
    pub(crate) fn search(&self) -> &dyn Strategy {
        &*self.strategy
    }

    /// Returns what each event of the current execution reads and writes, if an execution graph has decided it.
    pub(crate) fn communication(&self) -> Vec<Communication> {
        self.strategy.communication(&self.program)
    }

    /// Returns the share of the search that is done, between 0 and 1.
    pub(crate) fn share_done(&self) -> f64 {
        self.strategy.share_done()
    }

    /// Returns `true` if interleavings were left out because they have too many preemptions.
    pub(crate) fn preemptions_cut(&self) -> bool {
        self.strategy.preemptions_cut()
    }

    /// Announces an operation and lets the search choose, on the coroutine of `me`; returns whether
    /// it is chosen.
    #[inline]
    pub(super) fn choose(&mut self, me: ThreadIndex, operation: &Operation) -> bool {
        if self.runnable != 0 {
            self.program.announce(me, operation);
            return false;
        }
        if self.program.repeat_own(me, operation) {
            return true;
        }
        self.program.announce(me, operation);
        let next = self.choose_next();
        if next == Next::Run(me) {
            return true;
        }
        self.next = Some(next);
        false
    }

    /// Gives a job to the coroutine of a thread.
    pub(super) fn start(&mut self, thread: ThreadIndex, job: Job) {
        self.workers[usize::from(thread)].start(job);
        self.runnable |= 1 << thread;
    }

    /// Returns the job of the thread whose coroutine runs, and whether it is still wanted: not if
    /// the execution was over before the thread began.
    pub(super) fn take_job(&mut self) -> (Job, bool) {
        let job = self.workers[usize::from(self.current)].job.take();
        let job = job.expect("a coroutine is started with a job");
        (job, !self.abandoning)
    }

    /// Notes that the thread whose coroutine runs has done its job.
    pub(super) fn job_done(&mut self) {
        self.workers[usize::from(self.current)].idle = true;
        self.leave_turn();
    }

    /// Notes that a thread has ended, and lets those go on that wait for it.
    pub(super) fn end_thread(&mut self, thread: ThreadIndex) {
        if self.abandoning {
            return; // the search keeps what the thread was doing when the execution was over
        }
        if self.repetition.again || self.program.threads[usize::from(thread)].status == Status::Repeating {
            return; // it has ended in a probe
        }
        self.program.threads[usize::from(thread)].status = Status::Finished;
        for waiting in 0..self.program.registry.thread_count() {
            if let Status::Joining {
                thread: awaited,
                location,
            } = self.program.threads[waiting].status
                && awaited == thread
            {
                self.program.join(waiting as ThreadIndex, thread, location);
                self.runnable |= 1 << waiting;
            }
        }
    }

    /// Joins a thread that has ended; otherwise starts to wait for it and returns `true`.
    pub(super) fn join_or_wait(&mut self, thread: ThreadIndex, location: &'static Location<'static>) -> bool {
        let me = self.current;
        let worker = &mut self.workers[usize::from(me)];
        worker.turns.clear();
        worker.idle_turns.change();
        let finished = self.program.threads[usize::from(thread)].status == Status::Finished;
        if self.abandoning {
            return !finished && !self.workers[usize::from(thread)].idle;
        }
        if finished {
            self.program.join(me, thread, location);
        } else {
            self.program.threads[usize::from(me)].status = Status::Joining { thread, location };
        }
        !finished
    }
}
