//! Random small programs on every counter, explored exhaustively, against the sequential specification.
//!
//! The specification needs no engine: take the operations of all threads one at a time, in every order that keeps
//! each thread's own. A correct counter can do that and nothing else; a broken one can do that and more.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};
use selvedge::backend::{Backend, Join};
use selvedge::counter::{Counter, Variant, WithCounter};
use selvedge::engine::{AnyEngine, Budget, Completeness, Engine, Loom, Shuttle, Strategy as Schedule};
use selvedge::{Expectations, Scenario};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::Arc;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operation {
    Add,
    Subtract,
    Get,
}

/// What each thread does.
type Program = Vec<Vec<Operation>>;

/// The final value, and what each thread's `get`s returned.
type Observed = (i64, Vec<Vec<i64>>);

#[derive(Debug, Clone)]
struct RandomProgram {
    variant: Variant,
    program: Program,
}

impl Scenario for RandomProgram {
    type Outcome = Observed;

    fn name(&self) -> String {
        format!("{:?} on {}", self.program, self.variant.name())
    }

    fn run<B: Backend>(&self) -> Observed {
        self.variant.with::<B, _>(Run(&self.program))
    }

    fn expectations(&self) -> Expectations<Observed> {
        let specified = specification(&self.program);
        Expectations::new().allowed_if(move |observed| specified.contains(observed), "as specified")
    }
}

struct Run<'a>(&'a Program);

impl WithCounter for Run<'_> {
    type Output = Observed;

    fn run<B: Backend, C: Counter>(self) -> Observed {
        let counter = Arc::new(C::new());
        let threads: Vec<_> = self
            .0
            .iter()
            .map(|operations| {
                let (counter, operations) = (Arc::clone(&counter), operations.clone());
                B::spawn(move || {
                    operations
                        .iter()
                        .filter_map(|operation| apply(&*counter, *operation))
                        .collect()
                })
            })
            .collect();
        let seen = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        (counter.get(), seen)
    }
}

fn apply(counter: &impl Counter, operation: Operation) -> Option<i64> {
    match operation {
        Operation::Add => counter.add(1),
        Operation::Subtract => counter.add(-1),
        Operation::Get => return Some(counter.get()),
    }
    None
}

/// Everything that can be observed if each operation takes effect at once.
fn specification(program: &Program) -> BTreeSet<Observed> {
    fn go(
        program: &Program,
        done: &mut Vec<usize>,
        value: i64,
        seen: &mut Observed,
        all: &mut BTreeSet<Observed>,
    ) {
        let mut is_final = true;
        for thread in 0..program.len() {
            let Some(&operation) = program[thread].get(done[thread]) else {
                continue;
            };
            is_final = false;
            done[thread] += 1;
            let next = match operation {
                Operation::Add => value + 1,
                Operation::Subtract => value - 1,
                Operation::Get => {
                    seen.1[thread].push(value);
                    value
                }
            };
            go(program, done, next, seen, all);
            if operation == Operation::Get {
                seen.1[thread].pop();
            }
            done[thread] -= 1;
        }
        if is_final {
            all.insert((value, seen.1.clone()));
        }
    }
    let mut all = BTreeSet::new();
    let mut seen = (0, vec![Vec::new(); program.len()]);
    go(program, &mut vec![0; program.len()], 0, &mut seen, &mut all);
    all
}

/// Every outcome that an engine finds, and how complete its search was.
fn explore(variant: Variant, program: &Program, engine: &AnyEngine) -> (BTreeSet<Observed>, Completeness) {
    let scenario = Arc::new(RandomProgram {
        variant,
        program: program.clone(),
    });
    let exploration = engine.explore(&scenario, &Budget::default());
    assert_eq!(exploration.executions, exploration.outcomes.total());
    (exploration.outcomes.outcomes(), exploration.completeness)
}

/// Every outcome that an exhaustive engine finds.
fn outcomes(variant: Variant, program: &Program, engine: &AnyEngine) -> BTreeSet<Observed> {
    let (outcomes, completeness) = explore(variant, program, engine);
    let expected = match variant.has_data_race() {
        true => Completeness::Bounded(vec![Shuttle::DATA_RACES]),
        false => Completeness::Exhaustive,
    };
    assert_eq!(completeness, expected, "{program:?} on {variant:?}");
    outcomes
}

fn dfs() -> AnyEngine {
    AnyEngine::new(Shuttle {
        strategy: Schedule::Dfs,
    })
}

/// Two or three threads with an operation or two each: no more than depth-first search can exhaust.
fn programs() -> impl Strategy<Value = Program> {
    let operation = || {
        prop_oneof![
            Just(Operation::Add),
            Just(Operation::Subtract),
            Just(Operation::Get)
        ]
    };
    let thread = move |most| prop::collection::vec(operation(), 1..=most);
    prop_oneof![
        prop::collection::vec(thread(2), 2..=2),
        prop::collection::vec(thread(1), 2..=3),
    ]
}

/// How many programs to try: more if `PROPTEST_CASES` asks for more.
fn cases(default: u32) -> u32 {
    std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(default)
}

/// The same programs in every run, unless `PROPTEST_CASES` asks for more: then others each time.
fn runner(cases: u32) -> TestRunner {
    // No file is left behind; the failing program is in the message.
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => TestRunner::new(config),
        None => TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha)),
    }
}

/// Two threads with one operation each: no more can be explored of the counters that lock more than once.
fn smallest_programs() -> impl Strategy<Value = Program> {
    let operation = prop_oneof![
        Just(Operation::Add),
        Just(Operation::Subtract),
        Just(Operation::Get)
    ];
    prop::collection::vec(operation.prop_map(|operation| vec![operation]), 2..=2)
}

fn hold(cases: u32, property: impl Fn(Program) -> Result<(), TestCaseError>) {
    if let Err(error) = runner(cases).run(&programs(), property) {
        panic!("{error}");
    }
}

const CORRECT: [Variant; 3] = [Variant::Locked, Variant::FetchAdd, Variant::CompareExchange];

/// The wrong lock and the two locks have so many more schedules that they have smaller programs below.
const BROKEN: [Variant; 2] = [Variant::Unlocked, Variant::DataRace];

#[test]
fn a_correct_counter_does_what_is_specified_and_nothing_else() {
    hold(cases(24), |program| {
        let specified = specification(&program);
        for variant in CORRECT {
            prop_assert_eq!(
                outcomes(variant, &program, &dfs()),
                specified.clone(),
                "{:?}",
                variant
            );
        }
        Ok(())
    });
}

#[test]
fn a_broken_counter_does_what_is_specified_and_may_do_more() {
    hold(cases(24), |program| {
        let specified = specification(&program);
        for variant in BROKEN {
            prop_assert!(
                outcomes(variant, &program, &dfs()).is_superset(&specified),
                "{:?}",
                variant
            );
        }
        Ok(())
    });
}

#[test]
fn a_counter_with_the_wrong_locks_does_what_is_specified_and_may_do_more() {
    let property = |program: Program| {
        let specified = specification(&program);
        for variant in [Variant::LockedTwice, Variant::WrongLock] {
            prop_assert!(
                outcomes(variant, &program, &dfs()).is_superset(&specified),
                "{:?}",
                variant
            );
        }
        Ok(())
    };
    if let Err(error) = runner(cases(24)).run(&smallest_programs(), property) {
        panic!("{error}");
    }
}

/// Loom explores weaker orderings too, so it may see more than shuttle does (a relaxed `get` may be stale), and where
/// it calls its search exhaustive it sees no less.
#[test]
fn loom_contains_what_shuttle_finds_where_it_is_exhaustive() {
    let loom = AnyEngine::new(Loom::default());
    let (exhaustive, bounded) = (Cell::new(0), Cell::new(0));
    hold(cases(40), |program| {
        for variant in [
            Variant::Unlocked,
            Variant::Locked,
            Variant::FetchAdd,
            Variant::CompareExchange,
        ] {
            let consistent = outcomes(variant, &program, &dfs());
            let (weak, completeness) = explore(variant, &program, &loom);
            if completeness == Completeness::Exhaustive {
                prop_assert!(weak.is_superset(&consistent), "{:?}", variant);
                exhaustive.set(exhaustive.get() + 1);
            } else {
                prop_assert_eq!(completeness, Completeness::Bounded(vec![Loom::HIDDEN_LOADS]));
                bounded.set(bounded.get() + 1);
            }
        }
        Ok(())
    });
    assert!(
        exhaustive.get() > 0 && bounded.get() > 0,
        "both cases must occur: {exhaustive:?}, {bounded:?}"
    );
}

/// Loom's issues 166 and 392: the load of the second thread hides the load of the first, and loom never shows the
/// `get` that comes last. Should this fail, loom has mended it, and `Loom::HIDDEN_LOADS` can go.
#[test]
fn loom_skips_executions_and_we_say_so() {
    let program = vec![vec![Operation::Get], vec![Operation::Add]];
    let get = |value| (1, vec![vec![value], vec![]]);
    assert_eq!(
        outcomes(Variant::Unlocked, &program, &dfs()),
        BTreeSet::from([get(0), get(1)])
    );
    let (found, completeness) = explore(Variant::Unlocked, &program, &AnyEngine::new(Loom::default()));
    assert_eq!(found, BTreeSet::from([get(0)]));
    assert_eq!(completeness, Completeness::Bounded(vec![Loom::HIDDEN_LOADS]));
}

/// The smallest program in which the counter does something that is not specified.
fn minimal_failure(variant: Variant) -> Program {
    let result = runner(200).run(&programs(), |program| {
        prop_assert!(outcomes(variant, &program, &dfs()).is_subset(&specification(&program)));
        Ok(())
    });
    match result {
        Err(TestError::Fail(_, program)) => program,
        other => panic!("{variant:?} was not caught: {other:?}"),
    }
}

/// One update each by two threads: nothing smaller can lose one.
#[test]
fn shrinking_ends_at_two_threads_with_one_update_each() {
    for variant in BROKEN {
        assert_eq!(
            minimal_failure(variant),
            [[Operation::Add], [Operation::Add]],
            "{variant:?}"
        );
    }
}

/// The variants whose schedules are too many for random programs, on the smallest programs there are.
#[test]
fn every_broken_counter_loses_an_update_in_the_smallest_program() {
    let program = vec![vec![Operation::Add], vec![Operation::Subtract]];
    for variant in Variant::ALL.into_iter().filter(|variant| !variant.is_correct()) {
        let found: BTreeSet<_> = outcomes(variant, &program, &dfs())
            .into_iter()
            .map(|seen| seen.0)
            .collect();
        assert_eq!(found, BTreeSet::from([-1, 0, 1]), "{variant:?}");
    }
}

#[test]
fn the_specification_knows_every_order() {
    let program = vec![vec![Operation::Add], vec![Operation::Get]];
    let seen = |value| (1, vec![vec![], vec![value]]);
    assert_eq!(specification(&program), BTreeSet::from([seen(0), seen(1)]));
}
