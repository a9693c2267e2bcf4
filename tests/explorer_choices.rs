//! Choices: every alternative is explored, also where a race's reversal leads to one of them.

use selvedge::backend::{Atomic, Backend, ConditionVariable, Join, Lock};
use selvedge::engine::{self, Budget, Engine};
use selvedge::explorer::sync::atomic::AtomicI64;
use selvedge::explorer::{Completeness, Explorer, Mode, choose, thread};
use selvedge::{Expectations, Scenario};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

/// One thread stores to both variables, a second stores to the first if it does not see that, and a third looks at the
/// first or not, as it chooses. A search that schedules the choice within the reversal of another race must not forget
/// its other alternative.
fn choice_within_a_reversal() -> (usize, i64, i64) {
    let shared = Arc::new([AtomicI64::new(0), AtomicI64::new(0)]);
    let [first, second, third] = [(); 3].map(|()| Arc::clone(&shared));
    let stores = thread::spawn(move || {
        first[0].store(1, SeqCst);
        first[1].store(1, SeqCst);
    });
    let overwrites = thread::spawn(move || {
        let seen = second[1].load(SeqCst);
        if seen == 0 {
            second[0].store(2, SeqCst);
        }
        seen
    });
    let chooses = thread::spawn(move || {
        let choice = choose(2);
        if choice == 0 {
            third[0].load(SeqCst);
        }
        choice
    });
    stores.join().unwrap();
    let seen = overwrites.join().unwrap();
    (chooses.join().unwrap(), seen, shared[0].load(SeqCst))
}

fn explore(mode: Mode) -> (BTreeSet<(usize, i64, i64)>, u64, Completeness) {
    let mut outcomes = BTreeSet::new();
    let summary = Explorer::new()
        .mode(mode)
        .explore(choice_within_a_reversal, |execution| {
            outcomes.insert(*execution.ending().finished().expect("nothing can fail"));
        })
        .expect("it is deterministic");
    (outcomes, summary.executions, summary.completeness)
}

/// Both alternatives of the choice, with each of the three ends of the two other threads.
#[test]
fn every_alternative_is_explored() {
    let all = BTreeSet::from([(0, 0, 1), (0, 0, 2), (0, 1, 1), (1, 0, 1), (1, 0, 2), (1, 1, 1)]);
    let (outcomes, _, completeness) = explore(Mode::Enumeration);
    assert_eq!((outcomes, completeness), (all.clone(), Completeness::Exhaustive));
    for mode in [Mode::Optimal, Mode::Source, Mode::SleepSets] {
        assert_eq!(
            explore(mode),
            (all.clone(), 11, Completeness::Exhaustive),
            "{mode:?}"
        );
    }
}

/// The same with a choice that is not written down: which of two waiters a notification wakes.
struct WhoIsWoken;

impl Scenario for WhoIsWoken {
    type Outcome = (Vec<bool>, i64, i64);

    fn name(&self) -> String {
        "who is woken".to_owned()
    }

    fn run<B: Backend>(&self) -> Self::Outcome {
        let waiting = Arc::new((B::Mutex::new(0), B::Condvar::new()));
        let shared: Arc<[B::AtomicI64; 2]> = Arc::new([Atomic::new(0), Atomic::new(0)]);
        let waiters = [0, 1].map(|index| {
            let (waiting, shared) = (Arc::clone(&waiting), Arc::clone(&shared));
            B::spawn(move || {
                let mut count = waiting.0.lock();
                *count += 1;
                let is_first = *waiting.1.wait(count) == 2;
                if is_first && index == 0 {
                    shared[0].load(SeqCst);
                }
                is_first
            })
        });
        let [first, second] = [(); 2].map(|()| Arc::clone(&shared));
        let stores = B::spawn(move || {
            first[0].store(1, SeqCst);
            first[1].store(1, SeqCst);
        });
        let overwrites = B::spawn(move || {
            let seen = second[1].load(SeqCst);
            if seen == 0 {
                second[0].store(2, SeqCst);
            }
            seen
        });
        let in_notifier = Arc::clone(&waiting);
        let notifies = B::spawn(move || {
            if *in_notifier.0.lock() == 2 {
                in_notifier.1.notify_one();
            }
        });
        stores.join().unwrap();
        let seen = overwrites.join().unwrap();
        notifies.join().unwrap();
        *waiting.0.lock() = 9;
        waiting.1.notify_all();
        let first = waiters.into_iter().map(|waiter| waiter.join().unwrap()).collect();
        (first, seen, shared[0].load(SeqCst))
    }

    fn expectations(&self) -> Expectations<Self::Outcome> {
        Expectations::new().allowed_if(|_| true, "anything")
    }
}

/// The outcomes are those of sleep sets, which share neither the wakeup trees nor the race reversals.
#[test]
fn whoever_can_be_woken_is() {
    let outcomes = |mode| {
        let engine = engine::Explorer {
            mode,
            ..engine::Explorer::default()
        };
        let exploration = engine.explore(&Arc::new(WhoIsWoken), &Budget::default());
        assert_eq!(
            exploration.completeness,
            engine::Completeness::Exhaustive,
            "{mode:?}"
        );
        assert_eq!(exploration.executions, exploration.outcomes.total());
        (exploration.outcomes, exploration.blocked)
    };
    let (optimal, blocked) = outcomes(Mode::Optimal);
    let (sleep_sets, begun_in_vain) = outcomes(Mode::SleepSets);
    assert_eq!(optimal.total(), sleep_sets.total(), "one execution of each trace");
    assert_eq!(optimal.outcomes(), sleep_sets.outcomes());
    assert_eq!(blocked, 0);
    assert!(begun_in_vain > 0);
}

/// Threads beyond what the explorer can run say nothing about the program.
struct SeventeenThreads;

impl Scenario for SeventeenThreads {
    type Outcome = ();

    fn name(&self) -> String {
        "seventeen threads".to_owned()
    }

    fn run<B: Backend>(&self) {
        let threads: Vec<_> = (0..17).map(|_| B::spawn(|| ())).collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    }

    fn expectations(&self) -> Expectations<()> {
        Expectations::new().required((), "all have ended")
    }
}

#[test]
fn a_limit_of_the_explorer_is_not_a_fault_of_the_program() {
    let engine = engine::Explorer::default();
    let exploration = engine.explore(&Arc::new(SeventeenThreads), &Budget::default());
    assert_eq!(exploration.executions, 0);
    let engine::Completeness::CutShort(engine::Cut::EngineGaveUp(reason)) = exploration.completeness else {
        panic!("{:?}", exploration.completeness)
    };
    assert!(reason.contains("more than 16 threads"), "{reason}");
}

/// A thread that announces a store where it announced a load: the schedule no longer fits, and that is an error in
/// release builds too.
#[test]
fn a_step_that_is_no_longer_what_was_scheduled_is_nondeterminism() {
    let executions = AtomicCount::default();
    let result = Explorer::new().explore(
        move || {
            let number = Arc::new(AtomicI64::new(0));
            let other = Arc::clone(&number);
            let stores = executions.next() % 2 == 0;
            let thread = thread::spawn(move || {
                if stores {
                    other.store(5, SeqCst)
                } else {
                    _ = other.load(SeqCst)
                }
            });
            let seen = number.load(SeqCst);
            thread.join().unwrap();
            seen
        },
        |_| (),
    );
    assert!(result.is_err(), "{result:?}");
}

/// Explores two threads that race, and beside them a third that does this, given the number of the execution.
fn beside_a_race(third: impl Fn(usize, &AtomicI64) + Copy + Send + 'static) -> String {
    let executions = AtomicCount::default();
    let result = Explorer::new().explore(
        move || {
            let number = executions.next();
            let raced = Arc::new(AtomicI64::new(0));
            let (stored, own) = (Arc::clone(&raced), Arc::new(AtomicI64::new(0)));
            thread::spawn(move || third(number, &own));
            thread::spawn(move || stored.store(1, SeqCst));
            raced.load(SeqCst);
        },
        |_| (),
    );
    result.expect_err("it is not deterministic").to_string()
}

/// What other threads announce where a new branch is taken is compared too.
#[test]
fn a_thread_that_has_nothing_to_do_with_a_race_must_repeat_itself_too() {
    let otherwise = beside_a_race(|number, own| match number {
        0 => own.store(1, SeqCst),
        _ => _ = own.load(SeqCst),
    });
    assert!(otherwise.contains("thread 1 now announced Load"), "{otherwise}");
    assert!(otherwise.contains("announced Store"), "{otherwise}");
    let shorter = beside_a_race(|number, own| {
        if number == 0 {
            own.store(1, SeqCst);
        }
    });
    assert!(shorter.contains("thread 1 now has ended"), "{shorter}");
    let longer = beside_a_race(|number, own| {
        if number > 0 {
            own.store(1, SeqCst);
        }
    });
    assert!(
        longer.contains("thread 1 now announced Store") && longer.contains("ended"),
        "{longer}"
    );
}

/// Counts executions, which a program under test must not do.
#[derive(Default)]
struct AtomicCount(std::sync::atomic::AtomicUsize);

impl AtomicCount {
    fn next(&self) -> usize {
        self.0.fetch_add(1, SeqCst)
    }
}
