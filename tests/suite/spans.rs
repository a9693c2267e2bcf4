//! Accesses to plain memory that last: a data race is one with any part of them.

use crate::support::{DFS, EXPLORER, explore};
use selvedge::backend::{Atomic, Backend, Join, PlainCell};
use selvedge::engine::{Engine, Loom, Threads};
use selvedge::{Checker, Ending, Expectations, Scenario, Verdict};
use std::sync::Arc;
use std::sync::atomic::Ordering::{Acquire, Release};

/// A thread fills a buffer and says so; another looks into it once that has been said.
struct Filled {
    /// The flag is set once the buffer is full, and not while it is being filled.
    is_fixed: bool,
    /// The reader also writes.
    writes: bool,
}

impl Scenario for Filled {
    type Outcome = Option<[i64; 2]>;

    fn name(&self) -> String {
        "filled".to_owned()
    }

    fn run<B: Backend>(&self) -> Option<[i64; 2]> {
        let Filled { is_fixed, writes } = *self;
        let shared = Arc::new((
            B::Cell::new([0, 0]).named("buffer"),
            B::AtomicBool::new(false).named("full"),
        ));
        let theirs = Arc::clone(&shared);
        let filler = B::spawn(move || {
            let (buffer, full) = &*theirs;
            buffer.with_mut(|numbers| {
                numbers[0] = 1;
                if !is_fixed {
                    full.store(true, Release);
                }
                numbers[1] = 1;
            });
            if is_fixed {
                full.store(true, Release);
            }
        });
        let (buffer, full) = &*shared;
        let seen = full.load(Acquire).then(|| match writes {
            false => buffer.with(|numbers| *numbers),
            true => buffer.with_mut(|numbers| {
                numbers[0] += 1;
                numbers[1] += 1;
                [numbers[0] - 1, numbers[1] - 1]
            }),
        });
        filler.join().unwrap();
        seen
    }

    fn expectations(&self) -> Expectations<Option<[i64; 2]>> {
        Expectations::new()
            .required(None, "it is not full yet")
            .required(Some([1, 1]), "it is full")
    }
}

/// The flag orders the beginning of the change with the look, and not its end.
#[test]
fn a_look_before_the_end_of_a_change_is_a_data_race() {
    for writes in [false, true] {
        let is_fixed = false;
        for engine in [&EXPLORER as &dyn Engine, &Loom::default()] {
            let any = Filled { is_fixed, writes }.into();
            let explored = engine.explore_any(&any, &Default::default());
            assert!(
                explored.outcomes.count(&Ending::DataRace) > 0,
                "{}",
                engine.name()
            );
        }
        let fixed = || Filled {
            is_fixed: true,
            writes,
        };
        assert_eq!(explore(fixed(), &EXPLORER).1, Verdict::Proved);
        assert!(explore(fixed(), &Loom::default()).1.is_as_expected());
        assert!(explore(fixed(), &Threads).1.is_as_expected());
        // Shuttle looks for no data races, and says so; it shows what comes of them.
        assert_eq!(explore(fixed(), &DFS).1.kind(), "bounded");
        assert_eq!(explore(Filled { is_fixed, writes }, &DFS).1.kind(), "refuted");
    }
}

/// A thread reads a number and says so; another changes the number once that has been said.
#[derive(Clone, Copy)]
enum Read {
    /// It has been said while the look still went on.
    TooEarly,
    /// The change has begun before it was said.
    TooLate,
    /// Neither.
    InTime,
}

impl Scenario for Read {
    type Outcome = i64;

    fn name(&self) -> String {
        "read".to_owned()
    }

    fn run<B: Backend>(&self) -> i64 {
        let read = *self;
        let shared = Arc::new((B::Cell::new(7), B::AtomicBool::new(false)));
        let theirs = Arc::clone(&shared);
        let reader = B::spawn(move || {
            let (number, is_read) = &*theirs;
            let seen = number.with(|number| {
                if matches!(read, Read::TooEarly) {
                    is_read.store(true, Release);
                }
                *number
            });
            is_read.store(true, Release);
            seen
        });
        let (number, is_read) = &*shared;
        let wait = || {
            while !is_read.load(Acquire) {
                B::yield_now();
            }
        };
        if !matches!(read, Read::TooLate) {
            wait();
        }
        number.with_mut(|number| {
            wait();
            *number = 8;
        });
        reader.join().unwrap()
    }

    fn expectations(&self) -> Expectations<i64> {
        Expectations::new().required(7, "it is read before it is changed")
    }
}

#[test]
fn a_look_has_an_end_and_a_change_has_a_beginning() {
    for broken in [Read::TooEarly, Read::TooLate] {
        let (explored, _) = explore(broken, &EXPLORER);
        assert!(explored.outcomes.count(&Ending::DataRace) > 0);
        let (explored, _) = explore(broken, &Loom::default());
        assert!(explored.outcomes.count(&Ending::DataRace) > 0);
    }
    assert_eq!(explore(Read::InTime, &EXPLORER).1, Verdict::Proved);
    assert!(explore(Read::InTime, &Loom::default()).1.is_as_expected());
}

/// Two threads that look at the same time, which is no data race.
struct BothLook;

impl Scenario for BothLook {
    type Outcome = i64;

    fn name(&self) -> String {
        "both look".to_owned()
    }

    fn run<B: Backend>(&self) -> i64 {
        let cell = Arc::new(B::Cell::new(1));
        let theirs = Arc::clone(&cell);
        let thread = B::spawn(move || theirs.with(|value| *value));
        let sum = cell.with(|value| *value) + thread.join().unwrap();
        cell.with_mut(|value| std::mem::replace(value, sum));
        cell.get()
    }

    fn expectations(&self) -> Expectations<i64> {
        Expectations::new().required(2, "both see it")
    }
}

#[test]
fn looks_go_side_by_side() {
    Checker::new()
        .explorer()
        .loom()
        .shuttle_dfs()
        .threads()
        .executions(2_000)
        .check(BothLook);
}
