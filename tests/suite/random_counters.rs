//! Random small programs on every counter, explored exhaustively and compared with the sequential
//! specification.
//!
//! The specification needs no engine: it takes the operations of all threads one at a time, in every order
//! that keeps the order within each thread. A correct counter shows exactly these outcomes; a broken one
//! shows these and more.

use crate::support::DFS;
use selvedge::backend::{Backend, Join};
use selvedge::counter::{self, Counter, Variant};
use selvedge::engine::{Budget, Completeness, Engine, Loom, Shuttle};
use selvedge::{Expectations, Scenario};
use selvedge_programs::{
    Instruction, Log, NEXT_THREAD, Primitives, Program, Thread, Trials, run, strategies,
};
use std::collections::BTreeSet;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use Instruction::{Add, Load, Spawn};

#[derive(Debug, Clone)]
struct OnCounter {
    variant: Variant,
    program: Program,
}

impl Scenario for OnCounter {
    type Outcome = Log;

    fn name(&self) -> String {
        format!("{} on\n{}", self.variant.name(), self.program)
    }

    fn run<B: Backend>(&self) -> Log {
        let program = &self.program;
        match self.variant {
            Variant::Unlocked => run::<Counted<B, counter::Unlocked<B>>>(program),
            Variant::DataRace => run::<Counted<B, counter::DataRace<B>>>(program),
            Variant::Locked => run::<Counted<B, counter::Locked<B>>>(program),
            Variant::FetchAdd => run::<Counted<B, counter::FetchAdd<B>>>(program),
            Variant::FetchAddResult => run::<Counted<B, counter::FetchAddResult<B>>>(program),
            Variant::LockedTwice => run::<Counted<B, counter::LockedTwice<B>>>(program),
            Variant::WrongLock => run::<Counted<B, counter::WrongLock<B>>>(program),
            Variant::CompareExchange => run::<Counted<B, counter::CompareExchange<B>>>(program),
            Variant::Attempt => run::<Counted<B, counter::Attempt<B>>>(program),
        }
    }

    fn expectations(&self) -> Expectations<Log> {
        let specified = specification(&self.program);
        Expectations::new().allowed_if(move |log| specified.contains(log), "as specified")
    }
}

/// A counter in place of the first atomic: threads add to it, and read it.
struct Counted<B, C> {
    counter: C,
    backend: PhantomData<fn() -> B>,
}

impl<B: Backend, C: Counter<B>> Primitives for Counted<B, C> {
    type Handle = B::JoinHandle<Log>;

    fn new() -> Self {
        Self {
            counter: C::new(),
            backend: PhantomData,
        }
    }

    fn spawn(body: impl FnOnce() -> Log + Send + 'static) -> Self::Handle {
        B::spawn(body)
    }

    fn join(thread: Self::Handle) -> Log {
        thread.join().unwrap()
    }

    fn left(&self) -> Log {
        vec![self.counter.get()]
    }

    fn execute(thread: &mut Thread<'_, Self>, instruction: &Instruction) {
        match instruction {
            Add(0, delta) => thread.shared.counter.add(*delta),
            Load(0, _) => thread.see(thread.shared.counter.get()),
            other => unreachable!("{other}: a counter has nothing of the kind"),
        }
    }
}

/// Returns the instructions of each thread.
fn threads(program: &Program) -> Vec<&[Instruction]> {
    let bodies = program.0.iter().map(|instruction| match instruction {
        Spawn(body) => body.as_slice(),
        other => unreachable!("{other} beside threads"),
    });
    bodies.collect()
}

/// Returns everything that can be observed if each operation takes effect at once.
fn specification(program: &Program) -> BTreeSet<Log> {
    fn go(
        threads: &[&[Instruction]],
        done: &mut Vec<usize>,
        value: i64,
        seen: &mut Vec<Log>,
        all: &mut BTreeSet<Log>,
    ) {
        let mut is_final = true;
        for thread in 0..threads.len() {
            let Some(operation) = threads[thread].get(done[thread]) else {
                continue;
            };
            is_final = false;
            done[thread] += 1;
            match operation {
                Add(_, delta) => go(threads, done, value + delta, seen, all),
                _ => {
                    seen[thread].push(value);
                    go(threads, done, value, seen, all);
                    seen[thread].pop();
                }
            }
            done[thread] -= 1;
        }
        if is_final {
            let seen = seen
                .iter()
                .flat_map(|seen| [&[NEXT_THREAD], seen.as_slice()].concat());
            all.insert(seen.chain([value]).collect());
        }
    }
    let threads = threads(program);
    let mut all = BTreeSet::new();
    let (mut done, mut seen) = (vec![0; threads.len()], vec![Log::new(); threads.len()]);
    go(&threads, &mut done, 0, &mut seen, &mut all);
    all
}

/// Returns every outcome that an engine finds, and the completeness of its search.
fn explore(variant: Variant, program: &Program, engine: &impl Engine) -> (BTreeSet<Log>, Completeness) {
    let scenario = Arc::new(OnCounter {
        variant,
        program: program.clone(),
    });
    let exploration = engine.explore(&scenario, &Budget::default());
    assert_eq!(exploration.executions, exploration.outcomes.total());
    (exploration.outcomes.outcomes(), exploration.completeness)
}

/// Returns every outcome that shuttle's depth-first search finds.
fn outcomes(variant: Variant, program: &Program) -> BTreeSet<Log> {
    let (outcomes, completeness) = explore(variant, program, &DFS);
    let expected = match variant.has_data_race() {
        true => Completeness::Bounded(vec![Shuttle::DATA_RACES]),
        false => Completeness::Exhaustive,
    };
    assert_eq!(completeness, expected, "{variant:?}");
    outcomes
}

/// Checks that a counter shows all specified outcomes, and only these if it is correct; returns its outcomes.
fn assert_as_specified(variant: Variant, program: &Program) -> BTreeSet<Log> {
    let (found, specified) = (outcomes(variant, program), specification(program));
    match variant.is_correct() {
        true => assert_eq!(found, specified, "{variant:?}"),
        false => assert!(found.is_superset(&specified), "{variant:?}: {found:?}"),
    }
    found
}

/// Loom also explores weaker orderings, so it may find more than shuttle (a relaxed `get` may be stale).
/// Where it calls its search exhaustive, it finds no fewer outcomes.
#[test]
fn counters_do_what_is_specified_and_loom_contains_what_shuttle_finds_where_it_is_exhaustive() {
    let (mut exhaustive, mut bounded) = (0, 0);
    Trials::new(40).hold(&strategies::updates(3, 2), |program| {
        for variant in [
            Variant::Unlocked,
            Variant::Locked,
            Variant::FetchAdd,
            Variant::CompareExchange,
        ] {
            let consistent = assert_as_specified(variant, program);
            let (weak, completeness) = explore(variant, program, &Loom::default());
            if completeness == Completeness::Exhaustive {
                assert!(weak.is_superset(&consistent), "{variant:?}: {weak:?}");
                exhaustive += 1;
            } else {
                assert_eq!(completeness, Completeness::Bounded(vec![Loom::HIDDEN_LOADS]));
                bounded += 1;
            }
        }
        true
    });
    assert!(
        exhaustive > 0 && bounded > 0,
        "both cases must occur: {exhaustive}, {bounded}"
    );
}

#[test]
fn a_counter_in_plain_memory_does_what_is_specified_and_may_do_more() {
    Trials::new(24).hold(&strategies::updates(3, 2), |program| {
        assert_as_specified(Variant::DataRace, program);
        true
    });
}

/// Counters that lock more than once have so many schedules that only two operations can be explored.
#[test]
fn a_counter_with_the_wrong_locks_does_what_is_specified_and_may_do_more() {
    Trials::new(24).hold(&strategies::updates(2, 1), |program| {
        assert_as_specified(Variant::LockedTwice, program);
        assert_as_specified(Variant::WrongLock, program);
        true
    });
}

/// Loom's issues 166 and 392: the load of the second thread hides the load of the first, and loom never shows
/// the `get` that comes last. If this fails, loom has fixed it, and `Loom::HIDDEN_LOADS` can be removed.
#[test]
fn loom_skips_executions_and_we_say_so() {
    let program = Program(vec![Spawn(vec![Load(0, SeqCst)]), Spawn(vec![Add(0, 1)])]);
    let get = |value| vec![NEXT_THREAD, value, NEXT_THREAD, 1];
    assert_eq!(
        outcomes(Variant::Unlocked, &program),
        BTreeSet::from([get(0), get(1)])
    );
    let (found, completeness) = explore(Variant::Unlocked, &program, &Loom::default());
    assert_eq!(found, BTreeSet::from([get(0)]));
    assert_eq!(completeness, Completeness::Bounded(vec![Loom::HIDDEN_LOADS]));
}

/// Two threads with one update each are the smallest program that can lose one. The generator shrinks to
/// that.
#[test]
fn shrinking_ends_at_two_threads_with_one_update_each() {
    for variant in [Variant::Unlocked, Variant::DataRace] {
        let failure = Trials::new(200).failure(&strategies::updates(3, 2), |program| {
            assert!(
                outcomes(variant, program).is_subset(&specification(program)),
                "more"
            );
            true
        });
        let failure = failure.expect("a broken counter loses an update");
        let smallest = "main {\n    spawn 1\n    spawn 2\n}\n\
                        thread 1 {\n    a.fetch_add(1)\n}\n\
                        thread 2 {\n    a.fetch_add(1)\n}\n";
        assert_eq!(
            (failure.minimal.to_string().as_str(), failure.message.as_str()),
            (smallest, "more"),
            "{variant:?}"
        );
    }
}

/// The variants that have too many schedules for random programs, on the smallest programs.
#[test]
fn every_broken_counter_loses_an_update_in_the_smallest_program() {
    let program = Program(vec![Spawn(vec![Add(0, 1)]), Spawn(vec![Add(0, -1)])]);
    for variant in Variant::ALL.into_iter().filter(|variant| !variant.is_correct()) {
        let expected = [-1, 0, 1].map(|value| vec![NEXT_THREAD, NEXT_THREAD, value]);
        assert_eq!(
            outcomes(variant, &program),
            BTreeSet::from(expected),
            "{variant:?}"
        );
    }
}

#[test]
fn the_specification_knows_every_order() {
    let program = Program(vec![Spawn(vec![Add(0, 1)]), Spawn(vec![Load(0, SeqCst)])]);
    let seen = |value| vec![NEXT_THREAD, NEXT_THREAD, value, 1];
    assert_eq!(specification(&program), BTreeSet::from([seen(0), seen(1)]));
}
