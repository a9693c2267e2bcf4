//! Models: closures of which every execution is explored.

mod check;
mod environment;
mod hook;
mod report;
mod verdict;

use std::fmt;
use std::panic::Location;
use std::path::PathBuf;
use std::time::Duration;

use selvedge_explorer::MemoryModel;
use selvedge_explorer::thread;

use crate::execution::Execution;
use check::Check;
use environment::{parsed, warn_once};

/// Explores every execution of the model.
///
/// It stands for `Builder::new().check(model)`.
///
/// # Panics
///
/// If an execution fails: with a report. See [`Builder::check`].
#[track_caller]
pub fn model<F>(model: F)
where
    F: Fn() + Sync + Send + 'static,
{
    Builder::new().check(model);
}

/// The limits of a check, and what it is to do.
///
/// Those that have no meaning here are accepted, and say so once on standard error if they are set.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Builder {
    /// Has no effect: there can be up to [`MAX_THREADS`](crate::MAX_THREADS) threads. 5 by default.
    pub max_threads: usize,
    /// Limits the length of an execution, loosely: to 60 times as many events, and at most
    /// [60,000](selvedge_explorer::MAX_STEPS).
    ///
    /// loom counts other things here, and panics where there are more. Here, longer executions are cut off, and the check
    /// says that it is bounded. `LOOM_MAX_BRANCHES`, or 1,000, by default.
    pub max_branches: usize,
    /// Limits the number of executions. `LOOM_MAX_PERMUTATIONS`, or no limit, by default.
    pub max_permutations: Option<usize>,
    /// Limits the time. `LOOM_MAX_DURATION` in seconds, or no limit, by default.
    pub max_duration: Option<Duration>,
    /// Limits the number of preemptions, if the whole search does not come to an end.
    ///
    /// With a bound on preemptions, the explorer has to execute every interleaving within it, and not only one of each that
    /// differ. So the whole search is tried first, with up to [100,000](Self::WHOLE) executions. If it ends, nothing is left
    /// out. `LOOM_MAX_PREEMPTIONS`, or no limit, by default.
    pub preemption_bound: Option<usize>,
    /// Has no meaning here. `LOOM_CHECKPOINT_FILE`, or none, by default.
    pub checkpoint_file: Option<PathBuf>,
    /// Has no meaning here. `LOOM_CHECKPOINT_INTERVAL`, or 20,000, by default.
    pub checkpoint_interval: usize,
    /// Has no meaning here: everything is explored, from the beginning.
    pub expect_explicit_explore: bool,
    /// Has no effect: places are always known. `true` if `LOOM_LOCATION` is set, by default.
    pub location: bool,
    /// Says what was proved, on standard error. `true` if `LOOM_LOG` or `SELVEDGE_LOG` is set, by default.
    pub log: bool,
}

impl Default for Builder {
    fn default() -> Self {
        Self::new()
    }
}

impl Builder {
    /// The number of executions of the whole search that are tried if there is a bound on preemptions.
    pub const WHOLE: u64 = 100_000;

    /// Creates a builder with the limits that the environment gives.
    ///
    /// # Panics
    ///
    /// If a variable of the environment cannot be understood.
    pub fn new() -> Self {
        Self {
            max_threads: 5,
            max_branches: parsed("LOOM_MAX_BRANCHES").unwrap_or(1_000),
            max_permutations: parsed("LOOM_MAX_PERMUTATIONS"),
            max_duration: parsed("LOOM_MAX_DURATION").map(Duration::from_secs),
            preemption_bound: parsed("LOOM_MAX_PREEMPTIONS"),
            checkpoint_file: parsed("LOOM_CHECKPOINT_FILE"),
            checkpoint_interval: parsed("LOOM_CHECKPOINT_INTERVAL").unwrap_or(20_000),
            expect_explicit_explore: false,
            location: std::env::var_os("LOOM_LOCATION").is_some(),
            log: ["LOOM_LOG", "SELVEDGE_LOG"]
                .iter()
                .any(|name| std::env::var_os(name).is_some()),
        }
    }

    /// Sets [`checkpoint_file`](Self::checkpoint_file), which has no meaning here.
    pub fn checkpoint_file(&mut self, file: &str) -> &mut Self {
        self.checkpoint_file = Some(file.into());
        self
    }

    /// Explores every execution of the model: first under sequential consistency, and then under C11, unless that is known
    /// to make no difference.
    ///
    /// A check that has left something out says so on standard error, past the capture of the test harness. One that has
    /// not says what it has proved if [`log`](Self::log) is set.
    ///
    /// # Panics
    ///
    /// If an execution fails: with what happened, a drawing of the simplest interleaving found, the memory model, and a
    /// line that replays it. Failures are a panic of any thread (although it was joined), a deadlock, a data race, and a
    /// leak.
    ///
    /// Also if the model does not do the same after the same history.
    #[track_caller]
    pub fn check<F>(&self, model: F)
    where
        F: Fn() + Sync + Send + 'static,
    {
        self.warn();
        Check::new(self, model, Location::caller()).run();
    }

    fn warn(&self) {
        if self.checkpoint_file.is_some() {
            warn_once("there are no checkpoints: `checkpoint_file` has no meaning");
        }
        if self.expect_explicit_explore {
            warn_once("everything is explored: `expect_explicit_explore` has no meaning");
        }
    }
}

/// Has no meaning here: everything is explored.
pub fn explore() {
    warn_once("everything is explored: `explore` has no meaning");
}

/// Has no meaning here: everything is explored.
pub fn stop_exploring() {
    warn_once("everything is explored: `stop_exploring` has no meaning");
}

/// Abandons the calling thread's part in the current execution, which is of no interest.
///
/// The other threads go on, as what they do may lead to other executions. That they can then be in a deadlock, or leave
/// something behind, is no failure; a panic or a data race of theirs is.
///
/// # Panics
///
/// Outside a model.
#[track_caller]
pub fn skip_branch() -> ! {
    Execution::must_be_current().shared().skipped.set(true);
    thread::halt()
}

/// The memory models that a check takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Memory {
    /// Sequential consistency, and then C11 unless that makes no difference.
    Auto,
    /// This one alone.
    One(MemoryModel),
}

impl std::str::FromStr for Memory {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "sc" => Ok(Self::One(MemoryModel::SequentiallyConsistent)),
            "ra" => Ok(Self::One(MemoryModel::ReleaseAcquire)),
            "rc11" => Ok(Self::One(MemoryModel::Rc11)),
            _ => Err("it is none of `auto`, `sc`, `ra` and `rc11`".to_owned()),
        }
    }
}

/// Returns the name of a memory model.
fn name_of(model: MemoryModel) -> impl fmt::Display {
    match model {
        MemoryModel::SequentiallyConsistent => "sequential consistency",
        MemoryModel::ReleaseAcquire => "release and acquire",
        MemoryModel::Rc11 => "C11",
    }
}
