//! Stateful exploration of repeated programs: every reachable state once, instead of every execution.
//!
//! Two threads that update a number n times each have more than 10^13 traces at n = 20, and 393,161 states. Both
//! determine the endings; and what is wanted of the traces (how many end so?) can be added up along the states.
//!
//! # States
//!
//! In a [`Repeated`] program each thread takes one step again and again. A step is a plain function: nothing is
//! carried over to the next iteration but what lies in the shared state. And it is deterministic in what its
//! operations return. So a thread is known by its iteration, and by the results of its operations since its step
//! began: that is its *local state*, whatever is on its stack. Objects are known by the state of their models, and
//! by the value behind the lock or in the cell. All that together is a *state*. To see what a step does after some
//! results, it is run afresh, and answered with these; once for each local state, and never again.
//!
//! # Why it is exact
//!
//! - Equal states have equal futures: what a thread announces next depends on its local state alone, and what comes
//!   of it on the objects. States are compared as a whole, packed into integers without loss. There are no hash
//!   collisions that could leave out a state.
//! - In every state, every enabled thread goes on, with every alternative of its operation. No thread is put off in
//!   favour of another, so none can be forgotten that way.
//!
//! Operations on objects that a step has created for itself are no part of it: nobody can see them. Nor is the
//! question for the [number](crate::Iteration::number) of the iteration, which always has the same answer.
//!
//! # The sweep
//!
//! Each operation makes progress: more iterations are done, or as many, and more operations in those that are under
//! way. So nothing leads back. States are expanded in the order of their progress, and dropped as soon as all with
//! as much are expanded: memory holds a few *fronts*, and not all states. This is the sweep-line method (Christensen,
//! Kristensen, Mailund, TACAS 2001). A step that [starts over](crate::Flow::Again) falls back within its iteration.
//! Then all states with as many iterations done are one front, in which there may be cycles.
//!
//! # Counting
//!
//! The weight of a state is the number of ways that lead to it: the sum of the weights of the states before it.
//! Which number that is, is a choice; see [`Counting`].
//!
//! # What is refused
//!
//! A program that cannot be explored exactly is refused, with the reason: [`Refused`]. Among the reasons are values
//! that are no integers, plain memory beside atomics that are weaker than `SeqCst` (a state does not say what
//! happened before what), and steps that park, spawn, or ask who they are.
//!
//! A *data race* is a state in which two threads access the same plain memory next, one of them to write. It is an
//! ending, and is not followed. An execution in which one access comes long before the other is not one of these, and
//! has the ending that it comes to: if a program has a data race, its other endings and all counts mean little.
//!
//! Limits on what happens for no reason, and on time-outs, hold for each step that a thread takes, and not for all of
//! them together, as in an [`Explorer`]: a state does not say how often something has happened before.
//!
//! # Examples
//!
//! ```
//! use std::sync::atomic::Ordering::SeqCst;
//! use selvedge_explorer::states::{Counting, Repeated, States};
//! use selvedge_explorer::{Ending, Flow, sync::atomic::AtomicI64};
//!
//! let program = Repeated::new(|| AtomicI64::new(0), |number| number.load(SeqCst), 20)
//!     .thread(|number, _| {
//!         number.store(number.load(SeqCst) + 1, SeqCst);
//!         Flow::Done
//!     })
//!     .thread(|number, _| {
//!         number.store(number.load(SeqCst) - 1, SeqCst);
//!         Flow::Done
//!     });
//! let swept = States::new().counting(Counting::Traces).explore(&program)?;
//! assert!(swept.is_exhaustive());
//! assert_eq!(swept.states, 393_161);
//! let zero = swept.endings[&Ending::Finished(0)].count().expect("traces are counted");
//! assert_eq!(zero.to_string(), "12353273443680512716");
//! # Ok::<(), selvedge_explorer::states::Refused>(())
//! ```

mod code;
mod count;
mod endings;
mod expand;
mod fronts;
mod key;
mod layout;
mod levels;
mod limits;
mod local;
mod lookup;
mod machine;
mod model;
#[cfg(test)]
mod mutants;
mod native;
mod refused;
mod repeated;
mod rules;
mod run;
mod stop;
mod sweep;
mod swept;
mod weight;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use crate::Explorer;
use code::Coded;
use limits::Callback;
use rules::Rules;

pub use count::Count;
pub use refused::Refused;
pub use repeated::Repeated;
pub use swept::{Coverage, Cut, StatesProgress, Swept, Weight};

/// The weight of an ending: what is added up along the ways that lead to it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Counting {
    /// Nothing: only which endings there are.
    #[default]
    Nothing,
    /// The number of interleavings of visible operations.
    Interleavings,
    /// The number of traces: of interleavings that differ in more than the order of independent operations.
    ///
    /// To the state is added which threads are asleep (*sleep sets*: Godefroid, *Partial-Order Methods for the
    /// Verification of Concurrent Systems*, 1996): so that each trace is one way, and all others end where
    /// every enabled thread sleeps.
    Traces,
    /// The probability under a scheduler that picks among the enabled threads alike, and among the alternatives
    /// of an operation, before each operation.
    ///
    /// No hardware is such a scheduler.
    Odds,
}

/// A builder that sets up and starts searches over states.
#[derive(Clone)]
#[must_use]
pub struct States {
    explorer: Explorer,
    counting: Counting,
    states: Option<u64>,
    memory: Option<usize>,
    time: Option<Duration>,
    interrupt: Option<Arc<AtomicBool>>,
    progress: Option<Callback>,
    steps: usize,
    rules: Rules,
}

impl fmt::Debug for States {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("States")
            .field("counting", &self.counting)
            .field("states", &self.states)
            .field("memory", &self.memory)
            .field("time", &self.time)
            .field("steps", &self.steps)
            .finish_non_exhaustive()
    }
}

impl Default for States {
    fn default() -> Self {
        Self::new()
    }
}

impl States {
    /// Creates a search that counts nothing, and has no limits but two: a step may execute 1,000 operations, and
    /// what is kept at once may take 4 GiB of memory.
    pub fn new() -> Self {
        Self {
            explorer: Explorer::new(),
            counting: Counting::Nothing,
            states: None,
            memory: Some(4 << 30),
            time: None,
            interrupt: None,
            progress: None,
            steps: 1_000,
            rules: Rules::SOUND,
        }
    }

    /// Sets what is counted.
    pub fn counting(mut self, counting: Counting) -> Self {
        self.counting = counting;
        self
    }

    /// Limits the number of states, to be looked at once for each front; `None` means no limit.
    pub fn states(mut self, limit: Option<u64>) -> Self {
        self.states = limit;
        self
    }

    /// Limits the memory that states and local states take, in bytes; `None` means no limit.
    ///
    /// It is looked at now and then: a little more can be taken.
    pub fn memory(mut self, limit: Option<usize>) -> Self {
        self.memory = limit;
        self
    }

    /// Limits the time; `None` means no limit.
    pub fn time(mut self, limit: Option<Duration>) -> Self {
        self.time = limit;
        self
    }

    /// Stops the search soon after the flag is set, by a signal handler for instance.
    pub fn interrupt(mut self, flag: Option<Arc<AtomicBool>>) -> Self {
        self.interrupt = flag;
        self
    }

    /// Calls `callback` at this interval.
    pub fn progress(
        mut self,
        interval: Duration,
        callback: impl Fn(&StatesProgress) + Send + Sync + 'static,
    ) -> Self {
        self.progress = Some((interval, Arc::new(callback)));
        self
    }

    /// Limits the number of operations that a step may execute: one that executes more ends its execution by the
    /// [step limit](crate::Ending::StepLimit), and the search is bounded.
    pub fn steps(mut self, limit: usize) -> Self {
        self.steps = limit.min(crate::MAX_STEPS);
        self
    }

    /// Limits the number of times that a step can return from waits for no reason, as
    /// [`Explorer::spurious_wakeups`] does for a thread.
    pub fn spurious_wakeups(mut self, limit: usize) -> Self {
        self.explorer = self.explorer.spurious_wakeups(limit);
        self
    }

    /// Limits the number of times that weak exchanges of a step can fail for no reason, as
    /// [`Explorer::weak_failures`] does for a thread.
    pub fn weak_failures(mut self, limit: usize) -> Self {
        self.explorer = self.explorer.weak_failures(limit);
        self
    }

    /// Limits the number of times that a step can time out, as [`Explorer::timeouts`] does for a thread.
    pub fn timeouts(mut self, limit: usize) -> Self {
        self.explorer = self.explorer.timeouts(limit);
        self
    }

    /// Sets whether a writer that waits for readers keeps new readers out; see
    /// [`Explorer::writer_preference`].
    pub fn writer_preference(mut self, prefer: bool) -> Self {
        self.explorer = self.explorer.writer_preference(prefer);
        self
    }

    /// Sets the size of the stack on which steps are run, in bytes; see [`Explorer::stack_size`].
    pub fn stack_size(mut self, bytes: usize) -> Self {
        self.explorer = self.explorer.stack_size(bytes);
        self
    }

    /// Explores all states of a program.
    ///
    /// The steps must do the same after the same results; use no primitives but the explorer's own; and keep
    /// nothing between iterations but in the shared state. What is asked of the body of
    /// [`Explorer::explore`] is asked of them, too: a step that is stopped in the middle is never gone on with,
    /// and what it has allocated is leaked. The shared state itself is dropped.
    ///
    /// # Errors
    ///
    /// If the states of the program cannot be explored exactly.
    ///
    /// # Panics
    ///
    /// If called from within an execution, or if the callback panics; and if an assertion of the explorer itself
    /// fails, which the message then says.
    pub fn explore<S, O: Ord>(&self, program: &Repeated<S, O>) -> Result<Swept<O>, Refused> {
        let begun = Instant::now();
        let threads = program.steps.len();
        if !(1..crate::MAX_THREADS).contains(&threads) {
            return Err(Refused::Threads(threads));
        }
        let mut code = Coded::new(program);
        let steps = code.steps();
        let found = run::run(self, &mut code, program.iterations, &steps, begun)?;
        Ok(Swept {
            states: found.figures.states,
            endings: code.endings(&found),
            coverage: found.coverage,
            endless: found.endless,
            livelocks: found.figures.livelocks,
            peak: found.figures.peak,
            local_states: found.local_states,
            elapsed: begun.elapsed(),
        })
    }
}
