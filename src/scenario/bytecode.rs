//! Python threads that update one global variable, bytecode by bytecode.

use super::Scenario;
use crate::backend::{Backend, Join};
use crate::expectation::Expectations;
use crate::gil::{AnySwitch, GlobalLock, NoGil};
use crate::interpreter::{Form, Generation, Globals, Instruction, Sign, run};
use std::sync::Arc;

/// Python threads that each update the global `x` in a loop: the first adds 1, the second subtracts 1, and so on in
/// turn. The outcome is the final value of `x`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bytecode {
    /// Where a thread may lose its turn.
    pub generation: Generation,
    /// How the update is written.
    pub form: Form,
    /// Whether it is in a `with lock:`.
    pub locked: bool,
    /// How many threads update `x`.
    pub threads: usize,
    /// How many updates each of them makes.
    pub iterations: u64,
}

impl Bytecode {
    /// Runs the threads under a global lock.
    pub fn run_under<B: Backend, L: GlobalLock>(&self, lock: L) -> i64 {
        let (globals, lock) = (Arc::new(Globals::<B>::new()), Arc::new(lock));
        let Bytecode {
            generation,
            iterations,
            ..
        } = *self;
        let threads: Vec<_> = (1..=self.threads)
            .map(|number| {
                let (globals, lock) = (Arc::clone(&globals), Arc::clone(&lock));
                let sign = if number % 2 == 1 { Sign::Plus } else { Sign::Minus };
                let body = Instruction::body(self.form, sign, self.locked);
                B::spawn(move || run(&body, iterations, generation, &globals, &mut lock.take(number)))
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        globals.x()
    }
}

impl Scenario for Bytecode {
    type Outcome = i64;

    fn name(&self) -> String {
        "python".to_owned()
    }

    fn run<B: Backend>(&self) -> i64 {
        match self.generation {
            Generation::NoGil => self.run_under::<B, _>(NoGil),
            _ => self.run_under::<B, _>(AnySwitch::<B>::new()),
        }
    }

    fn expectations(&self) -> Expectations<i64> {
        Expectations::new().allowed_if(|_| true, "")
    }

    fn threads(&self) -> Option<usize> {
        Some(self.threads)
    }
}
