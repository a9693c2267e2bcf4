use super::*;
use crate::Repeated;
use crate::backend::{Atomic, Lock, Primitives};
use crate::counter::Variant;
use crate::expectation::Expectations;
use crate::scenario::{Counting, Updates};
use selvedge_explorer::states::{Cut, Refused};
use selvedge_explorer::{Flow, StepFn};
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

fn updates(variant: Variant, threads: usize, iterations: u64) -> AnyScenario {
    let updates = Updates {
        variant,
        threads,
        iterations,
    };
    updates.into()
}

fn counted(scenario: &AnyScenario, traces: bool) -> Odds {
    let search = Search {
        traces,
        ..Search::default()
    };
    let odds = Odds::of(scenario, &search).expect("it can be counted");
    let sums = odds.endings.iter().fold((0.0, 0.0), |(shares, picked), ending| {
        (shares + ending.share, picked + ending.picked)
    });
    assert!(
        (sums.0 - 1.0_f64).abs() < 1e-12 && (sums.1 - 1.0_f64).abs() < 1e-12,
        "{sums:?}"
    );
    assert_eq!(odds.bounds, None);
    odds
}

fn unlocked(iterations: u64, traces: bool) -> Odds {
    counted(&updates(Variant::Unlocked, 2, iterations), traces)
}

/// Returns the counts of the endings in their order.
fn counts(odds: &Odds, count: impl Fn(&EndingOdds) -> Count) -> Vec<String> {
    odds.endings
        .iter()
        .map(|ending| count(ending).to_string())
        .collect()
}

fn traces(odds: &Odds) -> Vec<String> {
    counts(odds, |ending| ending.traces.expect("traces are counted"))
}

#[test]
fn interleavings_are_those_of_brute_force() {
    let once = unlocked(1, false);
    assert_eq!(counts(&once, |ending| ending.interleavings), ["2", "2", "2"]);
    // Of 2 loads and 2 stores in each thread's own order: C(4, 2) = 6 and C(8, 4) = 70.
    assert_eq!(
        (once.interleavings.to_string(), once.states),
        ("6".to_owned(), 13)
    );
    let twice = unlocked(2, false);
    assert_eq!(
        counts(&twice, |ending| ending.interleavings),
        ["12", "16", "14", "16", "12"]
    );
    assert_eq!(
        (twice.interleavings.to_string(), twice.states),
        ("70".to_owned(), 77)
    );
    assert_eq!(twice.traces, None);
}

#[test]
fn the_two_odds_differ() {
    let odds = unlocked(1, false);
    let zero = odds.ending("0").expect("it can end at 0");
    assert_eq!((zero.share, zero.picked), (1.0 / 3.0, 1.0 / 2.0));
    let one = odds.ending("1").expect("it can end at 1");
    assert_eq!((one.share, one.picked), (1.0 / 3.0, 1.0 / 4.0));
}

#[test]
fn the_odds_of_losing_nothing_are_those_of_the_prototype() {
    for (iterations, at_0) in [(10, 0.105_101), (20, 0.074_371)] {
        let odds = unlocked(iterations, false);
        let zero = odds.ending("0").expect("it can end at 0");
        assert!(
            (zero.share - at_0).abs() < 5e-7,
            "{iterations}: {} and {}",
            zero.share,
            zero.picked
        );
        let alike = |value: i64| odds.ending(&value.to_string()).expect("it can end there");
        let (below, above) = (alike(-3), alike(3));
        assert_eq!(below.interleavings, above.interleavings, "the threads are alike");
    }
}

#[test]
fn traces_are_those_of_the_explorer() {
    let four = unlocked(4, true);
    assert_eq!(
        traces(&four),
        ["165", "312", "424", "500", "532", "500", "424", "312", "165"]
    );
    let five = unlocked(5, true);
    let expected = ["4968", "4712", "4040", "3125", "2090", "1001"];
    assert_eq!(traces(&five)[5..], expected);
    let of_three = counted(&updates(Variant::Unlocked, 3, 2), true);
    let expected = ["210", "1038", "1890", "1674", "1186", "798", "338"];
    assert_eq!(
        traces(&of_three),
        expected.map(str::to_owned).into_iter().rev().collect::<Vec<_>>()
    );
}

/// 176,148,760,580,561,346,484 traces, of which no machine will ever run each.
#[test]
fn counts_are_exact_at_sizes_that_nobody_could_enumerate() {
    let odds = unlocked(20, true);
    let zero = odds.ending("0").expect("it can end at 0");
    assert_eq!(
        zero.traces.map(|traces| traces.to_string()),
        Some("12353273443680512716".to_owned())
    );
    let all = odds.traces.map(|traces| traces.to_string());
    assert_eq!(all, Some("176148760580561346484".to_owned()));
    // C(80, 40): the orders of two threads with 40 operations each.
    assert_eq!(odds.interleavings.to_string(), "107507208733336176461620");
    assert_eq!(odds.states, 393_161);
}

#[test]
fn a_data_race_is_an_ending_with_odds() {
    let odds = counted(&updates(Variant::DataRace, 2, 1), false);
    let endings: Vec<(&str, &str, f64)> = odds
        .endings
        .iter()
        .map(|ending| (&*ending.ending, ending.kind, ending.picked))
        .collect();
    assert_eq!(endings, [("data race", "data race", 1.0)]);
    let locked = counted(&updates(Variant::Locked, 3, 2), false);
    let only = &locked.endings[..];
    assert_eq!((only.len(), &*only[0].ending, only[0].share), (1, "2", 1.0));
}

#[test]
fn a_scenario_without_steps_is_refused_by_name() {
    let counting = Counting {
        threads: 2,
        iterations: 1,
    };
    let refused = Odds::of(&counting.into(), &Search::default()).expect_err("it has no steps");
    assert_eq!(refused, NoOdds::NotRepeated("counting".to_owned()));
    assert!(
        refused.to_string().starts_with("counting has no odds: "),
        "{refused}"
    );
}

#[test]
fn a_search_that_is_cut_short_shows_nothing() {
    let no_time = Search {
        time: Some(Duration::ZERO),
        ..Search::default()
    };
    let interrupted = Search::default();
    interrupted.interrupt.set();
    for (search, limit) in [(no_time, Cut::Time), (interrupted, Cut::Interrupted)] {
        let error = Odds::of(&updates(Variant::Unlocked, 2, 20), &search).expect_err("it is cut short");
        let NoOdds::CutShort { cut, .. } = error else {
            panic!("{error}")
        };
        assert_eq!(cut, limit);
        assert!(error.to_string().contains("no odds are shown"), "{error}");
    }
}

#[test]
fn more_interleavings_than_can_be_counted_are_refused() {
    // C(2000, 1000) is about 2^1994.
    let error =
        Odds::of(&updates(Variant::Locked, 2, 1000), &Search::default()).expect_err("they are too many");
    assert_eq!(error, NoOdds::Refused(Refused::Count));
    assert!(error.to_string().contains("more than 2^960"), "{error}");
}

/// One thread waits for the other's flag by looking at it again and again.
#[derive(Clone)]
struct Waiting(u64);

impl Repeated for Waiting {
    type Shared<P: Primitives> = P::AtomicInt;
    type Outcome = i64;

    fn name(&self) -> String {
        "waiting".to_owned()
    }

    fn threads(&self) -> usize {
        2
    }

    fn iterations(&self) -> u64 {
        self.0
    }

    fn with_iterations(&self, iterations: u64) -> Self {
        Waiting(iterations)
    }

    fn shared<P: Primitives>(&self) -> P::AtomicInt {
        P::AtomicInt::new(0.into())
    }

    fn step<P: Primitives>(&self, thread: usize) -> StepFn<P::AtomicInt> {
        match thread {
            0 => |flag, _| match flag.compare_exchange(1.into(), 2.into(), SeqCst, SeqCst) {
                Ok(_) => Flow::Done,
                Err(_) => Flow::Again,
            },
            _ => |flag, _| {
                flag.store(1.into(), SeqCst);
                Flow::Done
            },
        }
    }

    fn outcome<P: Primitives<Int = i64>>(&self, flag: &P::AtomicInt) -> i64 {
        flag.load(SeqCst)
    }

    fn expectations(&self) -> Expectations<i64> {
        Expectations::new().required(2, "the flag was seen")
    }
}

/// Two threads that take two locks, each in its own order.
#[derive(Clone)]
struct Crossing;

impl Repeated for Crossing {
    type Shared<P: Primitives> = [P::Mutex<i64>; 2];
    type Outcome = i64;

    fn name(&self) -> String {
        "crossing".to_owned()
    }

    fn threads(&self) -> usize {
        2
    }

    fn iterations(&self) -> u64 {
        1
    }

    fn with_iterations(&self, _: u64) -> Self {
        Crossing
    }

    fn shared<P: Primitives>(&self) -> [P::Mutex<i64>; 2] {
        [P::Mutex::new(0), P::Mutex::new(0)]
    }

    fn step<P: Primitives>(&self, thread: usize) -> StepFn<[P::Mutex<i64>; 2]> {
        match thread {
            0 => |locks, _| {
                let _first = locks[0].lock();
                *locks[1].lock() += 1;
                Flow::Done
            },
            _ => |locks, _| {
                let _first = locks[1].lock();
                *locks[0].lock() += 1;
                Flow::Done
            },
        }
    }

    fn outcome<P: Primitives<Int = i64>>(&self, locks: &[P::Mutex<i64>; 2]) -> i64 {
        let [one, other] = locks;
        *one.lock() + *other.lock()
    }

    fn expectations(&self) -> Expectations<i64> {
        Expectations::new().allowed(2, "both have taken both locks")
    }
}

/// A deadlock if both take their first lock first: in 2 orders. Otherwise one thread, either of them, takes both locks;
/// once it has released one, the other takes that before or after it releases the second: 2 orders for each.
#[test]
fn a_deadlock_is_an_ending_with_odds() {
    let odds = counted(&Crossing.into(), true);
    let shown: Vec<_> = odds
        .endings
        .iter()
        .map(|ending| (&*ending.ending, ending.kind))
        .collect();
    assert_eq!(shown, [("2", "finished"), ("deadlock", "deadlock")]);
    let counts = counts(&odds, |ending| ending.interleavings);
    assert_eq!(counts, ["4", "2"]);
    assert_eq!(
        odds.endings
            .iter()
            .map(|ending| ending.picked)
            .collect::<Vec<_>>(),
        [0.5, 0.5]
    );
}

#[test]
fn infinitely_many_interleavings_have_no_number() {
    let error = Odds::of(&Waiting(1).into(), &Search::default()).expect_err("it may look for ever");
    let NoOdds::Endless { states, ref endings } = error else {
        panic!("{error}")
    };
    assert_eq!((states, &endings[..]), (3, &["2".to_owned()][..]));
    assert!(error.to_string().contains("infinitely many"), "{error}");
}

/// An attempt that fails has been overtaken: there are only so many others that can.
#[test]
fn a_step_that_starts_over_finitely_often_is_counted() {
    let odds = counted(&updates(Variant::Attempt, 2, 2), false);
    assert_eq!(
        (odds.interleavings.to_string(), odds.endings.len()),
        ("226".to_owned(), 1)
    );
}
