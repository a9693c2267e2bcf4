//! Repeated programs as data.

use crate::backend::{Atomic, AtomicInteger, AtomicNumber, Lock, PlainCell, Primitives};
use crate::expectation::Expectations;
use crate::explorer::{Flow, ObjectKind, StepFn};
use crate::invariant::ObjectSum;
use crate::scenario::Repeated;
use proptest::prelude::*;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

/// The final values of the numbers.
pub(super) type Values = Vec<i64>;

/// One instruction of a step. There are two numbers: the first is opaque, and the second can be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Instruction {
    /// Loads a number into its register.
    Load(usize),
    /// Stores the register's value and this.
    Store(usize, i64),
    /// Adds to a number, and loads the value before into its register.
    Add(usize, i64),
    /// Exchanges the register's value for that and this. A failure ends the step: it is to be taken again, or not.
    Exchange(usize, i64, bool),
    /// Runs the instructions under a lock.
    Lock(usize, Vec<Instruction>),
    /// Adds to the number in a lock.
    Count(i64),
    /// Adds to the number in a lock by locking it twice.
    CountTwice(i64),
    /// Adds to plain memory.
    Cell(i64),
    /// Ends the step if the second register has this value.
    ReturnIf(i64),
    /// Stores this if the second register has that value.
    StoreIf(i64, i64),
}

/// The steps of the threads.
#[derive(Debug, Clone)]
pub(super) struct Program {
    steps: Arc<Vec<Vec<Instruction>>>,
    iterations: u64,
}

/// The threads share the objects, and the program, which does not change.
pub(super) struct Objects<P: Primitives> {
    opaque: P::AtomicInt,
    number: P::AtomicI64,
    count: P::Mutex<P::Int>,
    cell: P::Cell<P::Int>,
    locks: [P::Mutex<()>; 2],
    steps: Arc<Vec<Vec<Instruction>>>,
}

/// Returns `true` for the objects whose values are the outcome.
pub(super) fn is_number(object: &ObjectSum) -> bool {
    object.kind != ObjectKind::Mutex || object.name == "count"
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut steps = self.steps.iter().enumerate();
        steps.try_for_each(|(thread, step)| writeln!(f, "thread {}: {step:?}", thread + 1))
    }
}

impl Repeated for Program {
    type Shared<P: Primitives> = Objects<P>;
    type Outcome = Values;

    fn name(&self) -> String {
        self.to_string()
    }

    fn threads(&self) -> usize {
        self.steps.len()
    }

    fn iterations(&self) -> u64 {
        self.iterations
    }

    fn with_iterations(&self, iterations: u64) -> Self {
        Program {
            steps: Arc::clone(&self.steps),
            iterations,
        }
    }

    fn shared<P: Primitives>(&self) -> Objects<P> {
        Objects {
            opaque: P::AtomicInt::new(0.into()),
            number: P::AtomicI64::new(0),
            count: P::Mutex::new(0.into()).named("count"),
            cell: P::Cell::new(0.into()),
            locks: [(), ()].map(P::Mutex::new),
            steps: Arc::clone(&self.steps),
        }
    }

    fn step<P: Primitives>(&self, thread: usize) -> StepFn<Objects<P>> {
        match thread {
            0 => |shared, _| Thread::run(shared, 0),
            1 => |shared, _| Thread::run(shared, 1),
            _ => |shared, _| Thread::run(shared, 2),
        }
    }

    fn outcome<P: Primitives<Int = i64>>(&self, shared: &Objects<P>) -> Values {
        let opaque = shared.opaque.load(SeqCst);
        vec![
            opaque,
            shared.number.load(SeqCst),
            *shared.count.lock(),
            shared.cell.get(),
        ]
    }

    fn expectations(&self) -> Expectations<Values> {
        Expectations::new().allowed_if(|_| true, "anything")
    }
}

/// A thread in its step, and the values that it has loaded.
struct Thread<'a, P: Primitives> {
    shared: &'a Objects<P>,
    opaque: P::Int,
    number: i64,
}

impl<P: Primitives> Thread<'_, P> {
    fn run(shared: &Objects<P>, thread: usize) -> Flow {
        let mut thread_state = Thread {
            shared,
            opaque: 0.into(),
            number: 0,
        };
        thread_state.all(&shared.steps[thread]).unwrap_or(Flow::Done)
    }

    /// Runs the instructions until one ends the step.
    fn all(&mut self, instructions: &[Instruction]) -> Option<Flow> {
        instructions.iter().find_map(|instruction| self.one(instruction))
    }

    fn one(&mut self, instruction: &Instruction) -> Option<Flow> {
        let shared = self.shared;
        match *instruction {
            Instruction::Load(0) => self.opaque = shared.opaque.load(SeqCst),
            Instruction::Load(_) => self.number = shared.number.load(SeqCst),
            Instruction::Store(0, delta) => shared.opaque.store(self.opaque + delta, SeqCst),
            Instruction::Store(_, delta) => shared.number.store(self.number + delta, SeqCst),
            Instruction::Add(0, delta) => self.opaque = shared.opaque.fetch_add(delta.into(), SeqCst),
            Instruction::Add(_, delta) => {
                self.number = AtomicInteger::fetch_add(&shared.number, delta, SeqCst)
            }
            Instruction::Exchange(number, delta, retries) => return self.exchange(number, delta, retries),
            Instruction::Lock(lock, ref body) => {
                let _guard = shared.locks[lock].lock();
                return self.all(body);
            }
            Instruction::Count(delta) => *shared.count.lock() += delta,
            Instruction::CountTwice(delta) => {
                let seen = *shared.count.lock();
                *shared.count.lock() = seen + delta;
            }
            Instruction::Cell(delta) => shared.cell.set(shared.cell.get() + delta),
            Instruction::ReturnIf(value) => return (self.number == value).then_some(Flow::Done),
            Instruction::StoreIf(value, new) => {
                if self.number == value {
                    shared.number.store(new, SeqCst);
                }
            }
        }
        None
    }

    fn exchange(&self, number: usize, delta: i64, retries: bool) -> Option<Flow> {
        let shared = self.shared;
        let failed = match number {
            0 => {
                let (seen, new) = (self.opaque, self.opaque + delta);
                shared.opaque.compare_exchange(seen, new, SeqCst, SeqCst).is_err()
            }
            _ => {
                let (seen, new) = (self.number, self.number + delta);
                shared.number.compare_exchange(seen, new, SeqCst, SeqCst).is_err()
            }
        };
        failed.then_some(if retries { Flow::Again } else { Flow::Done })
    }
}

/// One update of a number, right or wrong, as a few instructions.
fn update() -> impl Strategy<Value = Vec<Instruction>> {
    use Instruction as I;
    let number = || 0..2usize;
    // Mostly the same: the wrong lock is an error that should be rare.
    let lock = || prop_oneof![4 => Just(0usize), 1 => Just(1)];
    let delta = || prop_oneof![Just(1i64), Just(-1), Just(2)];
    let read_and_store = || (number(), delta()).prop_map(|(x, by)| vec![I::Load(x), I::Store(x, by)]);
    let single = || {
        prop_oneof![
            2 => number().prop_map(I::Load),
            1 => (number(), delta()).prop_map(|(x, by)| I::Store(x, by)),
            3 => (number(), delta()).prop_map(|(x, by)| I::Add(x, by)),
            1 => delta().prop_map(I::Cell),
            1 => (-1..2i64).prop_map(I::ReturnIf),
            1 => (-1..3i64, -1..3i64).prop_map(|(seen, new)| I::StoreIf(seen, new)),
        ]
    };
    prop_oneof![
        5 => (number(), delta()).prop_map(|(x, by)| vec![I::Add(x, by)]),
        1 => read_and_store(),
        4 => (lock(), read_and_store()).prop_map(|(lock, body)| vec![I::Lock(lock, body)]),
        2 => (lock(), prop::collection::vec(single(), 1..3)).prop_map(|(lock, body)| vec![I::Lock(lock, body)]),
        2 => (number(), delta(), any::<bool>())
            .prop_map(|(x, by, retries)| vec![I::Load(x), I::Exchange(x, by, retries)]),
        2 => (lock(), delta()).prop_map(|(lock, by)| vec![I::Lock(lock, vec![I::Cell(by)])]),
        4 => delta().prop_map(|by| vec![I::Count(by)]),
        1 => delta().prop_map(|by| vec![I::CountTwice(by)]),
        1 => single().prop_map(|one| vec![one]),
        1 => (number(), delta()).prop_map(|(x, by)| vec![I::Load(x), I::Load(x), I::Store(x, by)]),
        1 => (-1..3i64).prop_map(|seen| vec![I::Load(1), I::ReturnIf(seen)]),
    ]
}

/// Programs of two or three threads, whose steps are one or two updates.
pub(super) fn programs() -> impl Strategy<Value = Program> {
    let step = prop::collection::vec(update(), 1..3).prop_map(|updates| updates.concat());
    prop::collection::vec(step, 2..4).prop_map(|steps| Program {
        steps: Arc::new(steps),
        iterations: 2,
    })
}
