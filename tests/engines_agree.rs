//! Random programs with locks, readers-writer locks, atomics, compare-exchange, branches, panics and spawns within
//! spawns, on every exhaustive engine: they must find the same endings.
//!
//! `PROPTEST_CASES=10000 cargo test --release --test engines_agree` tries that many programs.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use selvedge::backend::{Atomic, AtomicInteger, Backend, Join, Lock, ReadWriteLock};
use selvedge::engine::{
    Bound, Budget, Completeness, Engine, Exploration, Explorer, Loom, Shuttle, Strategy as Schedule,
};
use selvedge::explorer::Mode;
use selvedge::{Ending, Expectations, Scenario};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Operation {
    Load(usize),
    Store(usize, i64),
    FetchAdd(usize),
    CompareExchange(usize, i64, i64),
    /// Stores to the other variable if this one has the value.
    StoreIf(usize, i64),
    /// Panics if the variable has the value.
    PanicIf(usize, i64),
    /// Adds to the value of a mutex.
    Lock(usize),
    /// Takes both mutexes, this one first.
    LockBoth(usize),
    Read,
    Write,
    Spawn(Box<Operation>),
}

type Program = Vec<Vec<Operation>>;

/// What the threads saw, and what was left at the end.
type Observed = (Vec<Vec<i64>>, Vec<i64>);

#[derive(Debug, Clone)]
struct RandomProgram(Program);

struct Shared<B: Backend> {
    variables: [B::AtomicI64; 2],
    mutexes: [B::Mutex<i64>; 2],
    rwlock: B::RwLock<i64>,
}

impl<B: Backend> Shared<B> {
    fn new() -> Arc<Self> {
        Arc::new(Shared {
            variables: [Atomic::new(0), Atomic::new(0)],
            mutexes: [Lock::new(0), Lock::new(0)],
            rwlock: ReadWriteLock::new(0),
        })
    }

    fn apply(self: &Arc<Self>, operation: &Operation) -> i64 {
        match operation {
            Operation::Load(variable) => self.variables[*variable].load(SeqCst),
            Operation::Store(variable, value) => {
                self.variables[*variable].store(*value, SeqCst);
                *value
            }
            Operation::FetchAdd(variable) => self.variables[*variable].fetch_add(1, SeqCst),
            Operation::CompareExchange(variable, current, new) => {
                let result = self.variables[*variable].compare_exchange(*current, *new, SeqCst, SeqCst);
                result.unwrap_or_else(|found| 10 + found)
            }
            Operation::StoreIf(variable, value) => {
                let seen = self.variables[*variable].load(SeqCst);
                if seen == *value {
                    self.variables[1 - *variable].store(7, SeqCst);
                }
                seen
            }
            Operation::PanicIf(variable, value) => {
                let seen = self.variables[*variable].load(SeqCst);
                assert_ne!(seen, *value, "the program panics");
                seen
            }
            Operation::Lock(mutex) => {
                let mut value = self.mutexes[*mutex].lock();
                *value += 1;
                *value
            }
            Operation::LockBoth(first) => {
                let first_value = self.mutexes[*first].lock();
                let second_value = self.mutexes[1 - *first].lock();
                *first_value + *second_value
            }
            Operation::Read => *self.rwlock.read(),
            Operation::Write => {
                let mut value = self.rwlock.write();
                *value += 1;
                *value
            }
            Operation::Spawn(operation) => {
                let (shared, operation) = (Arc::clone(self), operation.clone());
                B::spawn(move || shared.apply(&operation)).join().unwrap()
            }
        }
    }
}

impl Scenario for RandomProgram {
    type Outcome = Observed;

    fn name(&self) -> String {
        format!("{:?}", self.0)
    }

    fn run<B: Backend>(&self) -> Observed {
        let shared = Shared::<B>::new();
        let threads: Vec<_> = self
            .0
            .iter()
            .map(|operations| {
                let (shared, operations) = (Arc::clone(&shared), operations.clone());
                B::spawn(move || {
                    operations
                        .iter()
                        .map(|operation| shared.apply(operation))
                        .collect()
                })
            })
            .collect();
        let seen = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        let left = shared.variables.iter().map(|variable| variable.load(SeqCst));
        (seen, left.chain([*shared.rwlock.read()]).collect())
    }

    fn expectations(&self) -> Expectations<Observed> {
        Expectations::new().allowed_if(|_| true, "anything")
    }
}

fn operations() -> impl Strategy<Value = Operation> {
    let simple = prop_oneof![
        3 => (0..2_usize).prop_map(Operation::Load),
        3 => (0..2_usize, 1..3_i64).prop_map(|(variable, value)| Operation::Store(variable, value)),
        2 => (0..2_usize).prop_map(Operation::FetchAdd),
        2 => (0..2_usize, 0..2_i64, 1..3_i64).prop_map(|(v, current, new)| Operation::CompareExchange(v, current, new)),
        2 => (0..2_usize, 0..2_i64).prop_map(|(variable, value)| Operation::StoreIf(variable, value)),
        1 => (0..2_usize, 1..2_i64).prop_map(|(variable, value)| Operation::PanicIf(variable, value)),
        2 => (0..2_usize).prop_map(Operation::Lock),
        2 => (0..2_usize).prop_map(Operation::LockBoth),
        2 => Just(Operation::Read),
        2 => Just(Operation::Write),
    ];
    (simple, prop::bool::weighted(0.1)).prop_map(|(operation, is_spawned)| {
        if is_spawned {
            Operation::Spawn(Box::new(operation))
        } else {
            operation
        }
    })
}

fn programs() -> impl Strategy<Value = Program> {
    let thread = |most| prop::collection::vec(operations(), 1..=most);
    prop_oneof![
        prop::collection::vec(thread(2), 2..=2),
        prop::collection::vec(thread(1), 3..=3)
    ]
}

fn explore(program: &Program, engine: &impl Engine, executions: u64) -> Exploration<Observed> {
    let budget = Budget {
        executions: Some(executions),
        ..Budget::default()
    };
    engine.explore(&Arc::new(RandomProgram(program.clone())), &budget)
}

fn endings(exploration: &Exploration<Observed>) -> BTreeSet<Ending<Observed>> {
    exploration
        .outcomes
        .iter()
        .map(|(ending, _)| ending.clone())
        .collect()
}

/// Tries the same programs in every run, unless `PROPTEST_CASES` asks for more: then others each time.
fn hold(cases: u32, property: impl Fn(Program) -> Result<(), TestCaseError>) {
    let asked = std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok());
    let config = Config {
        cases: asked.unwrap_or(cases),
        failure_persistence: None,
        ..Config::default()
    };
    let mut runner = match asked {
        Some(_) => TestRunner::new(config),
        None => TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha)),
    };
    if let Err(error) = runner.run(&programs(), property) {
        panic!("{error}");
    }
}

const ENOUGH: u64 = 1_000_000;

/// Shuttle has so many more schedules that not every program can be explored to its end.
const MAX_SCHEDULES: u64 = 20_000;

#[test]
fn the_explorer_finds_the_endings_that_shuttle_s_depth_first_search_finds() {
    let compared = Cell::new(0);
    hold(60, |program| {
        let dfs = explore(
            &program,
            &Shuttle {
                strategy: Schedule::Dfs,
            },
            MAX_SCHEDULES,
        );
        if dfs.completeness == Completeness::Exhaustive {
            let explorer = explore(&program, &Explorer::default(), ENOUGH);
            prop_assert_eq!(&explorer.completeness, &Completeness::Exhaustive);
            prop_assert_eq!(endings(&explorer), endings(&dfs));
            prop_assert_eq!(explorer.blocked, 0);
            compared.set(compared.get() + 1);
        }
        Ok(())
    });
    assert!(
        compared.get() > 20,
        "only {} programs could be compared",
        compared.get()
    );
}

/// Loom sees more where an ordering is weak, and stops at a deadlock; but where it is exhaustive it sees no less.
#[test]
fn loom_finds_the_endings_that_the_explorer_finds_where_it_is_exhaustive() {
    let compared = Cell::new(0);
    hold(60, |program| {
        let loom = explore(&program, &Loom::default(), MAX_SCHEDULES);
        let explorer = endings(&explore(&program, &Explorer::default(), ENOUGH));
        match &loom.completeness {
            Completeness::Exhaustive => {
                prop_assert!(endings(&loom).is_superset(&explorer), "{:?}", endings(&loom));
                compared.set(compared.get() + 1);
            }
            Completeness::Bounded(bounds) if bounds.contains(&Bound::StoppedAtFirst("deadlock")) => {
                prop_assert!(
                    explorer.contains(&Ending::Deadlock),
                    "a deadlock that only loom sees"
                );
                compared.set(compared.get() + 1);
            }
            _ => {}
        }
        Ok(())
    });
    assert!(
        compared.get() > 10,
        "only {} programs could be compared",
        compared.get()
    );
}

/// A thread that unwraps the panic of another only passes it on: what is reported is the panic itself.
#[test]
fn a_panic_that_is_passed_on_is_reported_as_what_it_was() {
    let program = vec![vec![Operation::Spawn(Box::new(Operation::PanicIf(0, 0)))]];
    let shuttle = Shuttle {
        strategy: Schedule::Dfs,
    };
    for exploration in [
        explore(&program, &Explorer::default(), ENOUGH),
        explore(&program, &shuttle, ENOUGH),
        explore(&program, &Loom::default(), ENOUGH),
    ] {
        let (ending, _) = exploration.outcomes.iter().next().expect("there is a row");
        let Ending::Panic(message) = ending else {
            panic!("{ending:?}")
        };
        assert!(message.contains("the program panics"), "{message}");
    }
}

/// All modes of the explorer share one core, so this says less than the comparisons above; but they differ in which
/// executions they leave out.
#[test]
fn the_explorer_s_modes_find_the_same_endings() {
    hold(60, |program| {
        let optimal = explore(&program, &Explorer::default(), ENOUGH);
        for mode in [Mode::Source, Mode::SleepSets, Mode::Enumeration] {
            let other = explore(
                &program,
                &Explorer {
                    mode,
                    ..Explorer::default()
                },
                ENOUGH,
            );
            prop_assert_eq!(endings(&other), endings(&optimal), "{:?}", mode);
            if mode == Mode::Enumeration {
                prop_assert!(other.executions >= optimal.executions);
            } else {
                prop_assert_eq!(
                    other.executions,
                    optimal.executions,
                    "{:?}: one execution of each trace",
                    mode
                );
            }
        }
        Ok(())
    });
}
