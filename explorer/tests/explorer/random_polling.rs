//! Random programs with loops that poll: the rule that stops threads which repeat themselves leaves no ending out
//! and makes none up, and all modes agree.
//!
//! The truth comes from the same program with loops that give up after two turns, explored without the rule. A turn
//! that is taken again changes nothing, so each outcome is that of an execution in which no loop gives up; and the
//! program comes to a deadlock where each loop that has given up would find in the end that it must wait.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering::{Acquire, Release, SeqCst};

use proptest::collection::vec;
use proptest::prelude::*;
use selvedge_explorer::sync::atomic::AtomicI64;
use selvedge_explorer::sync::{Arc, Mutex};
use selvedge_explorer::{Completeness, Ending, Explorer, Mode, hint, thread};
use selvedge_programs::Trials;

/// A piece of a thread; numbers name shared objects.
#[derive(Clone, Copy, Debug)]
enum Piece {
    Store(usize, i64),
    Add(usize),
    Load(usize),
    /// Stores 1, 2 and 3, one after the other.
    Raise(usize),
    /// Sets what a mutex holds.
    Set(usize, i64),
    /// Sets what a mutex holds to 1, 2 and 3, one after the other.
    SetThrice(usize),
    /// Loads until the value is not 0.
    Await(usize),
    /// Writes back what is there, until it is not 0.
    AwaitByUpdate(usize),
    /// Takes the value by a swap, until it was not 0.
    Take(usize),
    /// Loads both atomics until neither is 0.
    AwaitBoth,
    /// Looks under a lock until what it holds is not 0.
    AwaitLocked(usize),
    /// Loads until the value is 3, and sees which values it had meanwhile.
    Watch(usize),
    /// Looks under a lock until what it holds is 3, and sees which values it had meanwhile.
    WatchLocked(usize),
    /// Looks three times at most, and sees how often that took.
    Count(usize),
}

#[derive(Clone, Debug)]
struct Polling(Vec<Vec<Piece>>);

impl std::fmt::Display for Polling {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:#?}", self.0)
    }
}

fn programs() -> impl Strategy<Value = Polling> {
    let which = || 0..2usize;
    let piece = move || {
        prop_oneof![
            5 => (which(), 0..4i64).prop_map(|(atomic, value)| Piece::Store(atomic, value)),
            2 => which().prop_map(Piece::Add),
            1 => which().prop_map(Piece::Load),
            2 => (which(), 1..4i64).prop_map(|(mutex, value)| Piece::Set(mutex, value)),
            2 => which().prop_map(Piece::Await),
            1 => which().prop_map(Piece::AwaitByUpdate),
            1 => which().prop_map(Piece::Take),
            1 => Just(Piece::AwaitBoth),
            1 => which().prop_map(Piece::AwaitLocked),
            2 => which().prop_map(Piece::Watch),
            2 => which().prop_map(Piece::WatchLocked),
            2 => which().prop_map(Piece::Raise),
            2 => which().prop_map(Piece::SetThrice),
            1 => which().prop_map(Piece::Count),
        ]
    };
    vec(vec(piece(), 1..4), 2..4).prop_map(Polling)
}

struct Shared {
    atomics: [AtomicI64; 2],
    mutexes: [Mutex<i64>; 2],
}

impl Shared {
    fn new() -> Self {
        Self {
            atomics: [(); 2].map(|()| AtomicI64::new(0)),
            mutexes: [(); 2].map(|()| Mutex::new(0)),
        }
    }

    /// Returns `true` if a loop would go on waiting.
    fn must_wait(&self, piece: Piece) -> bool {
        let is_zero = |atomic: usize| self.atomics[atomic].load(SeqCst) == 0;
        match piece {
            Piece::Await(atomic) | Piece::AwaitByUpdate(atomic) | Piece::Take(atomic) => is_zero(atomic),
            Piece::AwaitBoth => is_zero(0) || is_zero(1),
            Piece::AwaitLocked(mutex) => *self.mutexes[mutex].lock().unwrap() == 0,
            Piece::Watch(atomic) => self.atomics[atomic].load(SeqCst) != 3,
            Piece::WatchLocked(mutex) => *self.mutexes[mutex].lock().unwrap() != 3,
            other => unreachable!("{other:?} does not wait"),
        }
    }

    /// Does what the piece says, and returns what it sees; `None` if it waits, and has looked so many times in vain.
    fn run(&self, piece: Piece, patience: Option<usize>) -> Option<i64> {
        let Self { atomics, mutexes } = self;
        let mut looked = 0;
        let mut gives_up = || {
            looked += 1;
            patience.is_some_and(|patience| looked > patience)
        };
        match piece {
            Piece::Store(atomic, value) => atomics[atomic].store(value, Release),
            Piece::Add(atomic) => return Some(atomics[atomic].fetch_add(1, SeqCst)),
            Piece::Load(atomic) => return Some(atomics[atomic].load(Acquire)),
            Piece::Raise(atomic) => (1..4).for_each(|value| atomics[atomic].store(value, Release)),
            Piece::Set(mutex, value) => *mutexes[mutex].lock().unwrap() = value,
            Piece::SetThrice(mutex) => (1..4).for_each(|value| *mutexes[mutex].lock().unwrap() = value),
            Piece::Await(atomic) => {
                while atomics[atomic].load(Acquire) == 0 {
                    if gives_up() {
                        return None;
                    }
                }
            }
            Piece::AwaitByUpdate(atomic) => {
                while atomics[atomic].fetch_or(0, SeqCst) == 0 {
                    if gives_up() {
                        return None;
                    }
                    hint::spin_loop();
                }
            }
            Piece::Take(atomic) => loop {
                match atomics[atomic].swap(0, SeqCst) {
                    0 if gives_up() => return None,
                    0 => thread::yield_now(),
                    taken => return Some(taken),
                }
            },
            Piece::AwaitBoth => {
                while atomics.iter().any(|atomic| atomic.load(Acquire) == 0) {
                    if gives_up() {
                        return None;
                    }
                }
            }
            Piece::AwaitLocked(mutex) => {
                while *mutexes[mutex].lock().unwrap() == 0 {
                    if gives_up() {
                        return None;
                    }
                }
            }
            Piece::Watch(atomic) => return watch(|| atomics[atomic].load(Acquire), gives_up),
            Piece::WatchLocked(mutex) => return watch(|| *mutexes[mutex].lock().unwrap(), gives_up),
            Piece::Count(atomic) => {
                let seen = (0..3).find(|_| atomics[atomic].load(Acquire) != 0);
                return Some(seen.unwrap_or(9));
            }
        }
        Some(-1)
    }
}

/// Looks until the value is 3, and returns the digits of the values that it had; gives up where it looks again in vain.
fn watch(look: impl Fn() -> i64, mut gives_up: impl FnMut() -> bool) -> Option<i64> {
    let (mut digits, mut last) = (1, None);
    loop {
        let value = look();
        if last != Some(value) {
            digits = digits * 10 + value;
        } else if gives_up() {
            return None;
        }
        if value == 3 {
            return Some(digits);
        }
        last = Some(value);
    }
}

/// What an execution comes to.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Outcome {
    /// All threads have ended, and have seen these values.
    Seen(Vec<Vec<i64>>),
    /// Loops have given up that must wait for ever.
    Stuck,
    /// Loops have given up, and one of them need not wait.
    GaveUp,
}

fn body(program: &Polling, patience: Option<usize>) -> impl Fn() -> Outcome + 'static {
    let threads = program.0.clone();
    move || {
        let shared = Arc::new(Shared::new());
        let threads: Vec<_> = threads
            .iter()
            .cloned()
            .map(|pieces| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    let see = |piece| shared.run(piece, patience).ok_or(piece);
                    pieces.into_iter().map(see).collect::<Result<Vec<_>, Piece>>()
                })
            })
            .collect();
        let (mut seen, mut waiting) = (Vec::new(), Vec::new());
        for thread in threads {
            match thread.join().unwrap() {
                Ok(values) => seen.push(values),
                Err(piece) => waiting.push(piece),
            }
        }
        match waiting {
            waiting if waiting.is_empty() => Outcome::Seen(seen),
            waiting if waiting.iter().all(|&piece| shared.must_wait(piece)) => Outcome::Stuck,
            _ => Outcome::GaveUp,
        }
    }
}

/// All that a program can come to, and the numbers of executions that have an ending and of redundant ones.
type Explored = (BTreeSet<Outcome>, u64, u64);

/// Explores the program; returns `None` if that takes too long.
fn explore(program: &Polling, patience: Option<usize>, explorer: Explorer) -> Option<Explored> {
    let mut outcomes = BTreeSet::new();
    let summary = explorer
        .executions(Some(20_000))
        .explore(body(program, patience), |execution| match execution.ending() {
            Ending::Finished(outcome) => drop(outcomes.insert(outcome.clone())),
            Ending::Deadlock(_) => drop(outcomes.insert(Outcome::Stuck)),
            ending => panic!("{ending}"),
        })
        .expect("the program is deterministic");
    let complete = !matches!(summary.completeness, Completeness::CutShort(_));
    complete.then_some((outcomes, summary.executions, summary.redundant))
}

#[test]
fn the_rule_for_loops_that_poll_leaves_no_ending_out_and_makes_none_up() {
    let (mut compared, mut redundant, mut stuck) = (0_u64, 0, 0);
    Trials::new(150).hold(&programs(), |program| {
        let new = Explorer::new;
        let Some(explored) = explore(program, None, new()) else {
            return false;
        };
        let (outcomes, _, in_vain) = &explored;
        // 1. Modes that differ in what they reduce have the same traces, and the same outcomes.
        for mode in [Mode::Source, Mode::SleepSets] {
            if let Some(other) = explore(program, None, new().mode(mode)) {
                assert_eq!(other, explored, "{mode:?}");
            }
        }
        if let Some((other, ..)) = explore(program, None, new().mode(Mode::Enumeration)) {
            assert_eq!(other, *outcomes, "enumeration");
        }
        // 2. The truth.
        let patient = new().repetition_stops(false);
        let Some((mut truth, ..)) = explore(program, Some(1), patient) else {
            return false;
        };
        truth.remove(&Outcome::GaveUp);
        assert_eq!(*outcomes, truth, "with loops that give up");
        compared += 1;
        redundant += in_vain;
        stuck += u64::from(outcomes.contains(&Outcome::Stuck));
        true
    });
    println!("{compared} programs, {redundant} redundant executions, {stuck} that can be stuck");
    assert!(
        redundant > 100 && stuck > 20 && stuck < compared,
        "{redundant}, {stuck} of {compared}"
    );
}
