//! The interpreter, as far as it is the same for all families of primitives: the flow of a thread's
//! instructions, and the log of what it has seen.

use crate::{Instruction, Program};
use std::sync::Arc;

/// The values that a thread saw, in order, and then, after a [`NEXT_THREAD`] each, those of the threads that
/// it spawned.
pub type Log = Vec<i64>;

/// The value that comes before the log of a thread in that of its parent, so that no value is taken for
/// another thread's.
pub const NEXT_THREAD: i64 = -1_000;

/// The objects that the threads of a program share, of one family of primitives, and this family's threads.
pub trait Primitives: Send + Sync + Sized + 'static {
    /// An owned permission to wait for a thread.
    type Handle;

    /// Creates the objects, on the main thread.
    fn new() -> Self;

    /// Starts a thread.
    fn spawn(body: impl FnOnce() -> Log + Send + 'static) -> Self::Handle;

    /// Waits for the end of a thread, and returns what it saw.
    fn join(thread: Self::Handle) -> Log;

    /// Returns the values in the objects when all threads have ended.
    fn left(&self) -> Log;

    /// Executes an instruction on the shared objects.
    ///
    /// # Panics
    ///
    /// If this family cannot do that.
    fn execute(thread: &mut Thread<'_, Self>, instruction: &Instruction);
}

/// A thread that runs instructions.
#[derive(Debug)]
pub struct Thread<'a, P: Primitives> {
    /// The objects that it shares with the others.
    pub shared: &'a Arc<P>,
    log: Log,
    children: Vec<P::Handle>,
}

impl<P: Primitives> Thread<'_, P> {
    /// Notes what the thread has seen.
    pub fn see(&mut self, value: i64) {
        self.log.push(value);
    }

    /// Runs the instructions one after the other.
    pub fn run(&mut self, instructions: &[Instruction]) {
        for instruction in instructions {
            match instruction {
                Instruction::IfSeen(value, then) => {
                    if self.log.last() == Some(value) {
                        self.run(then);
                    }
                }
                Instruction::Spawn(body) => {
                    let (body, shared) = (body.clone(), Arc::clone(self.shared));
                    self.children.push(P::spawn(move || run_thread(&body, &shared)));
                }
                Instruction::Panic => panic!("as the program says"),
                other => P::execute(self, other),
            }
        }
    }
}

/// Runs the program; returns what its threads saw, and the values that they left.
pub fn run<P: Primitives>(program: &Program) -> Log {
    let shared = Arc::new(P::new());
    let mut log = run_thread(&program.0, &shared);
    log.extend(shared.left());
    log
}

fn run_thread<P: Primitives>(instructions: &[Instruction], shared: &Arc<P>) -> Log {
    let mut thread = Thread {
        shared,
        log: Vec::new(),
        children: Vec::new(),
    };
    thread.run(instructions);
    let Thread {
        mut log, children, ..
    } = thread;
    for child in children {
        log.push(NEXT_THREAD);
        log.extend(P::join(child));
    }
    log
}
