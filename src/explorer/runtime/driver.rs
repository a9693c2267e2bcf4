//! The loop that drives the coroutines: it runs whichever the search chooses, until the execution is
//! over, and then releases what the execution has left behind.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe, Location};
use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering};

use corosensei::Coroutine;
use corosensei::stack::DefaultStack;

#[cfg(unix)]
use super::overflow;
use super::{CURRENT, Job, PanicRecord, Runtime, Worker, in_execution};
use crate::explorer::ending::PanicInfo;
use crate::explorer::identity::{MAX_THREADS, NO_OBJECT, ThreadIndex};
use crate::explorer::object::threads_in;
use crate::explorer::operation::{Operation, Outcome};
use crate::explorer::polling::Polling;
use crate::explorer::search::{Next, Search, Status, Stop};

impl Runtime {
    /// Creates a runtime for a search.
    pub(crate) fn new(search: Search, stack_size: usize) -> Box<Self> {
        static EXPLORATIONS: AtomicU32 = AtomicU32::new(1);
        let exploration = EXPLORATIONS.fetch_add(1, Ordering::Relaxed);
        #[cfg(unix)]
        overflow::install();
        Box::new(Self {
            search,
            panics: Vec::new(),
            timeouts_cut: false,
            timeout_limit: usize::MAX,
            yields_wait: true,
            workers: std::array::from_fn(|_| Worker::new()),
            current: 0,
            runnable: 0,
            next: None,
            abandoning: false,
            abandoned_operations: 0,
            shutting_down: false,
            serial: u64::from(exploration) << 32,
            stack_size,
        })
    }

    /// Runs one execution of the body, then the other function, and then releases whatever threads
    /// the execution has left behind.
    pub(crate) fn execute<R>(
        &mut self,
        body: &mut dyn FnMut(),
        at_the_end: impl FnOnce(&mut Self, Stop) -> R,
    ) -> R {
        assert!(!in_execution(), "an exploration was begun within an execution");
        self.search.begin();
        self.panics.clear();
        self.runnable = 0;
        self.serial += 1;
        // SAFETY: only the lifetime changes. The job has ended when this function returns, or
        // unwinds: `release` sees to it. If its coroutine is leaked, it is never resumed.
        let body: &mut (dyn FnMut() + 'static) = unsafe { std::mem::transmute(body) };
        self.start(0, Job::Main(body));
        let result = panic::catch_unwind(AssertUnwindSafe(|| {
            let stop = self.drive();
            at_the_end(self, stop)
        }));
        self.next = None;
        if self.workers.iter().any(|worker| !worker.idle) {
            self.release();
        }
        result.unwrap_or_else(|payload| panic::resume_unwind(payload))
    }

    /// Runs coroutines until the execution is over.
    fn drive(&mut self) -> Stop {
        loop {
            if self.runnable != 0 {
                let thread = self.runnable.trailing_zeros() as ThreadIndex;
                self.runnable &= self.runnable - 1;
                self.resume(thread);
                continue;
            }
            let next = self.next.take().unwrap_or_else(|| self.search.next());
            match next {
                Next::Run(thread) => self.resume(thread),
                Next::Stop(stop) => return stop,
            }
        }
    }

    /// Announces an operation and lets the search choose, on the coroutine of `me`; returns whether
    /// it is chosen.
    #[inline]
    pub(super) fn choose_inline(&mut self, me: ThreadIndex, operation: &Operation) -> bool {
        if self.runnable != 0 {
            self.search.announce(me, operation);
            return false;
        }
        if self.search.repeat_own(me, operation) {
            return true;
        }
        self.search.announce(me, operation);
        let next = self.search.next();
        if next == Next::Run(me) {
            return true;
        }
        self.next = Some(next);
        false
    }

    /// Gives a job to the coroutine of a thread.
    pub(super) fn start(&mut self, thread: ThreadIndex, job: Job) {
        let worker = &mut self.workers[usize::from(thread)];
        debug_assert!(worker.idle, "a coroutine has one job at a time");
        worker.job = Some(job);
        worker.idle = false;
        worker.unwinding = false;
        worker.polling = Polling::default();
        worker.last_turn = None;
        worker.timeouts = 0;
        self.runnable |= 1 << thread;
    }

    /// Runs the coroutine of a thread until it is suspended.
    fn resume(&mut self, thread: ThreadIndex) {
        let index = usize::from(thread);
        self.current = thread;
        // The coroutine is taken out, so that nothing refers to it while it runs.
        let mut coroutine = match self.workers[index].coroutine.take() {
            Some(coroutine) => coroutine,
            None => Box::new(self.create_coroutine(index)),
        };
        let runtime: *mut Self = self;
        CURRENT.set(runtime);
        let done = coroutine.resume(()).as_return().is_some();
        CURRENT.set(ptr::null_mut());
        // SAFETY: `runtime` was just made from `self`, which is not used any more; the coroutine
        // is suspended, and holds no reference.
        let this = unsafe { &mut *runtime };
        debug_assert!(!done || this.shutting_down);
        let worker = &mut this.workers[index];
        worker.coroutine = Some(coroutine);
        if worker.idle {
            this.end_thread(thread);
        }
    }

    /// Creates a coroutine that runs one job after the other.
    fn create_coroutine(&mut self, index: usize) -> Coroutine<(), (), (), DefaultStack> {
        let stack = DefaultStack::new(self.stack_size).expect("there is memory for a stack");
        #[cfg(unix)]
        {
            self.workers[index].guard = overflow::guard_page(&stack);
        }
        Coroutine::with_stack(stack, move |yielder, ()| {
            let runtime = CURRENT.get();
            // SAFETY: a coroutine is resumed only by `resume`, which sets `CURRENT` to its own
            // runtime; that is boxed, so its address stays the same. No reference is held across
            // `run` and `suspend`.
            unsafe {
                (*runtime).workers[index].yielder = yielder;
                while !(*runtime).shutting_down {
                    let job = (*runtime).workers[index].job.take();
                    run(
                        job.expect("a coroutine is started with a job"),
                        (*runtime).abandoning,
                    );
                    (*runtime).workers[index].idle = true;
                    yielder.suspend(());
                }
            }
        })
    }

    /// Notes that a thread has ended, and lets those go on that wait for it.
    fn end_thread(&mut self, thread: ThreadIndex) {
        self.search.threads[usize::from(thread)].status = Status::Finished;
        if self.abandoning {
            return;
        }
        for waiting in 0..self.search.registry.thread_count() {
            if let Status::Joining {
                thread: awaited,
                location,
            } = self.search.threads[waiting].status
                && awaited == thread
            {
                self.search.join(waiting as ThreadIndex, thread, location);
                self.runnable |= 1 << waiting;
            }
        }
    }

    /// Joins a thread that has ended; otherwise starts to wait for it and returns `true`.
    pub(super) fn join_or_wait(&mut self, thread: ThreadIndex, location: &'static Location<'static>) -> bool {
        let me = self.current;
        self.workers[usize::from(me)].polling.progress();
        if self.search.threads[usize::from(thread)].status == Status::Finished {
            if !self.abandoning {
                self.search.join(me, thread, location);
            }
            return false;
        }
        if !self.abandoning {
            self.search.threads[usize::from(me)].status = Status::Joining { thread, location };
        }
        true
    }

    /// Marks the panic of a joined thread as received.
    pub(super) fn observe_panic(&mut self, thread: ThreadIndex) {
        for record in self.panics.iter_mut().filter(|record| record.thread == thread) {
            record.observed = true;
        }
    }

    /// Marks a thread as unwinding, if that can be told from `std::thread::panicking`, which is
    /// also true while another coroutine is suspended in the middle of unwinding.
    pub(super) fn note_unwinding(&mut self, thread: ThreadIndex) {
        if !self.workers.iter().any(|worker| worker.unwinding) {
            self.workers[usize::from(thread)].unwinding = true;
        }
    }

    /// Notes that the current thread ends with a panic.
    pub(super) fn note_caught(&mut self, payload: &(dyn Any + Send)) {
        let thread = self.current;
        let worker = &mut self.workers[usize::from(thread)];
        worker.unwinding = false;
        let location = worker.panic_location.take();
        let info = PanicInfo {
            thread: self.search.registry.thread_id(thread),
            message: message(payload),
            location,
        };
        self.panics.push(PanicRecord {
            thread,
            info,
            observed: false,
        });
    }

    /// Returns what the operation would give back now.
    pub(super) fn outcome_without_effect(&self, operation: &Operation) -> Outcome {
        let mut outcome = Outcome::of(0);
        for &object in operation.objects.iter().filter(|&&object| object != NO_OBJECT) {
            let mut state = self.search.history.object(object).state;
            outcome = state.apply(operation.kind, self.current, 0);
        }
        outcome
    }

    /// Unwinds the threads that the last execution has left behind.
    fn release(&mut self) {
        let live = |runtime: &Self, unwinding: bool| {
            let workers = runtime.workers.iter().enumerate();
            let live = workers.filter(|(_, worker)| !worker.idle && worker.unwinding == unwinding);
            live.fold(0u32, |set, (index, _)| set | 1 << index)
        };
        self.abandoning = true;
        self.abandoned_operations = 0;
        // Those that unwind already come first: until they have ended, `panicking` is true for all.
        for unwinding in [true, false] {
            for thread in threads_in(live(self, unwinding)) {
                self.resume(thread);
                let worker = &mut self.workers[usize::from(thread)];
                if worker.lost {
                    std::mem::forget(std::mem::replace(worker, Worker::new()));
                }
            }
        }
        self.abandoning = false;
        self.runnable = 0;
    }
}

/// Runs a job; a panic that comes out of it is no more than its end.
///
/// # Safety
///
/// A main job must still be alive.
unsafe fn run(job: Job, abandoning: bool) {
    let _ = panic::catch_unwind(AssertUnwindSafe(|| match job {
        // The execution was over before the thread began.
        job if abandoning => drop(job),
        // SAFETY: promised by the caller.
        Job::Main(body) => unsafe { (*body)() },
        Job::Spawned(job) => job(),
    }));
}

fn message(payload: &(dyn Any + Send)) -> String {
    if let Some(message) = payload.downcast_ref::<&str>() {
        (*message).to_owned()
    } else if let Some(message) = payload.downcast_ref::<String>() {
        message.clone()
    } else {
        "a payload that is not a string".to_owned()
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        self.shutting_down = true;
        for index in 0..MAX_THREADS {
            if self.workers[index].coroutine.is_some() {
                self.workers[index].idle = false;
                self.resume(index as ThreadIndex);
            }
        }
    }
}
