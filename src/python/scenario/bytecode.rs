//! Python threads that update one global variable, bytecode by bytecode.

use crate::backend::{Backend, Join};
use crate::catalogue::Claim;
use crate::expectation::Expectations;
use crate::python::gil::{AnySwitch, GlobalLock, NoGil};
use crate::python::interpreter::{Form, Generation, Globals, Instruction, Sign, run};
use crate::scenario::Scenario;
use crate::scenario::sum::Sum;
use std::sync::Arc;

/// A Python program: the form of its update of `x`, and the generation of CPython that runs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Program {
    /// The generation, which decides where a thread may lose its turn.
    pub generation: Generation,
    /// The form of the update.
    pub form: Form,
    /// `true` if the update is in a `with lock:`.
    pub is_locked: bool,
}

impl Program {
    /// Returns every program, by generation.
    pub fn all() -> impl Iterator<Item = Program> {
        let forms = [
            (Form::Plain, false),
            (Form::Call, false),
            (Form::Plain, true),
            (Form::Call, true),
        ];
        Generation::ALL.into_iter().flat_map(move |generation| {
            forms.map(|(form, is_locked)| Program {
                generation,
                form,
                is_locked,
            })
        })
    }

    /// Returns the program's name on the command line.
    pub fn name(self) -> &'static str {
        let [plain, call, lock, call_lock] = match self.generation {
            Generation::BetweenBytecodes => [
                "python-3.9",
                "python-3.9-call",
                "python-3.9-lock",
                "python-3.9-call-lock",
            ],
            Generation::JumpsAndCalls => [
                "python-3.10",
                "python-3.10-call",
                "python-3.10-lock",
                "python-3.10-call-lock",
            ],
            Generation::NoGil => [
                "python-3.13t",
                "python-3.13t-call",
                "python-3.13t-lock",
                "python-3.13t-call-lock",
            ],
        };
        match (self.form, self.is_locked) {
            (Form::Plain, false) => plain,
            (Form::Call, false) => call,
            (Form::Plain, true) => lock,
            (Form::Call, true) => call_lock,
        }
    }

    /// Returns `true` if no update can be lost: because of the lock, or because a thread cannot lose its turn
    /// between the load and the store.
    pub fn is_correct(self) -> bool {
        let body = Instruction::body(self.form, Sign::Plus, self.is_locked);
        let position = |wanted| body.iter().position(|&instruction| instruction == wanted);
        let between = position(Instruction::LoadGlobalX)..position(Instruction::StoreGlobalX);
        let mut between = body[between.start.unwrap_or(0)..between.end.unwrap_or(0)].iter();
        let loses_turn = |&instruction| self.generation.checks_after(instruction);
        self.is_locked || (self.generation != Generation::NoGil && !between.any(loses_turn))
    }
}

/// Python threads that each update the global `x` in a loop: the first adds 1, the second subtracts 1, and so
/// on in turn. The outcome is the final value of `x`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bytecode {
    /// The program that they run.
    pub program: Program,
    /// The number of threads that update `x`.
    pub threads: usize,
    /// The number of updates of each thread.
    pub iterations: u64,
}

impl Bytecode {
    /// Runs the threads under this global lock, and returns the final value of `x`.
    pub fn run_under<B: Backend, L: GlobalLock>(&self, lock: L) -> i64 {
        let (globals, lock) = (Arc::new(Globals::<B>::new()), Arc::new(lock));
        let Program {
            generation,
            form,
            is_locked,
        } = self.program;
        let iterations = self.iterations;
        let threads: Vec<_> = (1..=self.threads)
            .map(|number| {
                let (globals, lock) = (Arc::clone(&globals), Arc::clone(&lock));
                let sign = if number % 2 == 1 { Sign::Plus } else { Sign::Minus };
                let body = Instruction::body(form, sign, is_locked);
                B::spawn(move || {
                    B::label("thread starts");
                    let mut turn = lock.take(number);
                    run(&body, iterations, generation, &globals, &mut turn);
                    B::label("thread ends");
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        B::label("print(x)");
        let x = globals.x();
        B::label("");
        x
    }

    fn sum(&self) -> Sum {
        Sum {
            threads: self.threads,
            iterations: self.iterations,
        }
    }
}

impl Scenario for Bytecode {
    type Outcome = i64;

    fn name(&self) -> String {
        self.program.name().to_owned()
    }

    fn lesson(&self) -> String {
        let Program {
            generation,
            form,
            is_locked,
        } = self.program;
        let lesson = match (is_locked, generation, form) {
            (true, Generation::NoGil, _) => "every update counts, even without a GIL",
            (true, Generation::JumpsAndCalls, Form::Plain) => {
                "the lock promises what the interpreter only happens to do"
            }
            (true, ..) => "a thread may lose the GIL between load and store, but not the lock",
            (false, Generation::BetweenBytecodes, _) => {
                "between the bytecodes the GIL may change hands, and an update is lost"
            }
            (false, Generation::JumpsAndCalls, Form::Plain) => {
                "the GIL changes hands only after the jump back, so no update is lost; nobody promises that"
            }
            (false, Generation::JumpsAndCalls, Form::Call) => {
                "in the call, between load and store, the GIL may change hands, and an update is lost"
            }
            (false, Generation::NoGil, _) => "nothing keeps other threads out, and an update is lost",
        };
        let update = match (is_locked, form) {
            (false, Form::Plain) => "x += 1",
            (false, Form::Call) => "x = x + one()",
            (true, Form::Plain) => "with lock: x += 1",
            (true, Form::Call) => "with lock: x = x + one()",
        };
        let build = match generation {
            Generation::BetweenBytecodes => "Python 3.9 and earlier",
            Generation::JumpsAndCalls => "Python 3.10 and later",
            Generation::NoGil => "free-threaded Python",
        };
        format!("`{update}` in {build}: {lesson}")
    }

    fn run<B: Backend>(&self) -> i64 {
        match self.program.generation {
            Generation::NoGil => self.run_under::<B, _>(NoGil),
            _ => self.run_under::<B, _>(AnySwitch::<B>::new()),
        }
    }

    fn expectations(&self) -> Expectations<i64> {
        match self.program.is_correct() {
            true => self.expectations_if_correct(),
            false => self.sum().with_lost_updates(Expectations::new()),
        }
    }

    fn threads(&self) -> Option<usize> {
        Some(self.threads)
    }
}

impl Claim for Bytecode {
    fn expectations_if_correct(&self) -> Expectations<i64> {
        self.sum().without_lost_updates()
    }
}
