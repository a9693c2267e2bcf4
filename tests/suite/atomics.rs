//! Atomics of every width, flags and pointers: they do what `std`'s do, and each engine explores them alike.

use crate::support::{DFS, EXPLORER, endings, explore};
use selvedge::backend::{Atomic, AtomicBits, AtomicInteger, Backend, Join, Primitives};
use selvedge::engine::{Explorer, Loom};
use selvedge::{Checker, Ending, Expectations, Flow, Repeated, Scenario, StepFn, Verdict};
use std::collections::BTreeSet;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
use std::sync::atomic::{self as std_atomic};

/// Calls the same methods of an atomic and of `std`'s, and compares what they return.
macro_rules! alike {
    ($ours:expr, $theirs:expr => $($method:ident($($argument:expr),*)),*) => {
        $(
            let (ours, theirs) = ($ours.$method($($argument),*), $theirs.$method($($argument),*));
            assert_eq!(ours, theirs, "{}", stringify!($method($($argument),*)));
            assert_eq!($ours.load(Relaxed), $theirs.load(Relaxed), "{}", stringify!($method));
        )*
    };
}

macro_rules! integers_alike {
    ($backend:ident: $($name:ident $integer:ty),*) => {$(
        {
            let start = <$integer>::MAX;
            let (ours, theirs) = ($backend::$name::new(start), std_atomic::$name::new(start));
            let even = |value: $integer| (value % 2 == 0).then_some(value / 2);
            alike!(ours, theirs =>
                load(SeqCst), fetch_add(3, Relaxed), fetch_sub(7, Acquire), swap(<$integer>::MIN, Release),
                fetch_sub(1, AcqRel), store(0b1100, Release), fetch_and(0b1010, Relaxed), fetch_or(0b0011, Acquire),
                fetch_xor(0b1111, Release), fetch_nand(0b0110, AcqRel), fetch_max(5, SeqCst), fetch_min(9, SeqCst),
                fetch_max(3, Relaxed), fetch_min(<$integer>::MIN, Relaxed), store(6, Relaxed),
                compare_exchange(5, 7, AcqRel, Acquire), compare_exchange(6, 12, AcqRel, Acquire),
                fetch_update(SeqCst, SeqCst, even), fetch_update(Release, Relaxed, even),
                fetch_update(AcqRel, Acquire, even)
            );
        }
    )*};
}

struct DoesWhatStdDoes;

impl Scenario for DoesWhatStdDoes {
    type Outcome = ();

    fn name(&self) -> String {
        "does what std does".to_owned()
    }

    fn run<B: Backend>(&self) {
        integers_alike!(B: AtomicI8 i8, AtomicI16 i16, AtomicI32 i32, AtomicI64 i64, AtomicIsize isize);
        integers_alike!(B: AtomicU8 u8, AtomicU16 u16, AtomicU32 u32, AtomicU64 u64, AtomicUsize usize);
        let (ours, theirs) = (B::AtomicBool::new(true), std_atomic::AtomicBool::new(true));
        let set = |flag: bool| (!flag).then_some(true);
        alike!(ours, theirs =>
            fetch_xor(true, Relaxed), fetch_nand(true, SeqCst), fetch_nand(true, AcqRel), fetch_or(true, Release),
            fetch_and(false, Acquire), fetch_update(SeqCst, SeqCst, set), fetch_update(SeqCst, SeqCst, set)
        );
        let [mut one, mut two] = ['1', '2'];
        let [one, two] = [&raw mut one, &raw mut two];
        let (ours, theirs) = (B::AtomicPtr::new(one), std_atomic::AtomicPtr::new(one));
        let swapped = |pointer| (pointer == one).then_some(two);
        alike!(ours, theirs =>
            swap(two, AcqRel), compare_exchange(one, ptr::null_mut(), SeqCst, Relaxed),
            compare_exchange(two, one, SeqCst, Relaxed), fetch_update(AcqRel, Acquire, swapped),
            fetch_update(AcqRel, Acquire, swapped), store(ptr::null_mut(), Release)
        );
    }

    fn expectations(&self) -> Expectations<()> {
        Expectations::new().required((), "they are alike")
    }
}

#[test]
fn atomics_do_what_std_s_do() {
    let every = Checker::new()
        .explorer()
        .loom()
        .shuttle_dfs()
        .shuttle_random(7)
        .threads();
    every.executions(20).check(DoesWhatStdDoes);
}

/// Two threads that each change a shared thing in one step, or look first and change it then.
struct InOneStep {
    what: What,
    is_fixed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// One permit, in a byte, for two threads.
    Permit,
    /// The greatest number that any thread has seen.
    Greatest,
    /// A flag, by which one of two threads is the first.
    First,
    /// A pointer to one job, for two workers.
    Job,
}

const ALL: [What; 4] = [What::Permit, What::Greatest, What::First, What::Job];

static JOB: i32 = 7;

fn permit<B: Backend>(permits: &B::AtomicU8, is_fixed: bool) -> i64 {
    if is_fixed {
        let taken = permits.fetch_update(AcqRel, Acquire, |permits| permits.checked_sub(1));
        return i64::from(taken.is_ok());
    }
    let there = permits.load(Acquire) > 0;
    if there {
        permits.fetch_sub(1, AcqRel);
    }
    i64::from(there)
}

fn greatest<B: Backend>(greatest: &B::AtomicI16, seen: i16, is_fixed: bool) {
    if is_fixed {
        greatest.fetch_max(seen, AcqRel);
    } else if greatest.load(Acquire) < seen {
        greatest.store(seen, Release);
    }
}

fn first<B: Backend>(taken: &B::AtomicBool, is_fixed: bool) -> i64 {
    let before = match is_fixed {
        true => taken.fetch_or(true, AcqRel),
        false => {
            let before = taken.load(Acquire);
            taken.store(true, Release);
            before
        }
    };
    i64::from(!before)
}

fn job<B: Backend>(slot: &B::AtomicPtr<i32>, is_fixed: bool) -> i64 {
    let job = match is_fixed {
        true => slot.swap(ptr::null_mut(), AcqRel),
        false => {
            let job = slot.load(Acquire);
            slot.store(ptr::null_mut(), Release);
            job
        }
    };
    i64::from(ptr::eq(job, &JOB))
}

/// Runs the function on two threads, with their numbers, and adds up what they return.
fn both<B: Backend, S: Send + Sync + 'static>(
    shared: S,
    run: impl Fn(&S, i16) -> i64 + Copy + Send + 'static,
) -> (i64, Arc<S>) {
    let shared = Arc::new(shared);
    let theirs = Arc::clone(&shared);
    let thread = B::spawn(move || run(&theirs, 2));
    let mine = run(&shared, 1);
    (mine + thread.join().unwrap(), shared)
}

impl Scenario for InOneStep {
    type Outcome = i64;

    fn name(&self) -> String {
        format!("{:?}, fixed: {}", self.what, self.is_fixed)
    }

    fn run<B: Backend>(&self) -> i64 {
        let is_fixed = self.is_fixed;
        match self.what {
            What::Permit => {
                let run = move |permits: &B::AtomicU8, _| permit::<B>(permits, is_fixed);
                both::<B, _>(B::AtomicU8::new(1).named("permits"), run).0
            }
            What::Greatest => {
                let run = move |seen: &B::AtomicI16, number| {
                    greatest::<B>(seen, number, is_fixed);
                    0
                };
                let (_, greatest) = both::<B, _>(B::AtomicI16::new(0).named("greatest"), run);
                i64::from(greatest.load(Acquire)) - 1
            }
            What::First => {
                let run = move |taken: &B::AtomicBool, _| first::<B>(taken, is_fixed);
                both::<B, _>(B::AtomicBool::new(false).named("taken"), run).0
            }
            What::Job => {
                let run = move |slot: &B::AtomicPtr<i32>, _| job::<B>(slot, is_fixed);
                let slot = B::AtomicPtr::new((&raw const JOB).cast_mut());
                both::<B, _>(slot.named("slot"), run).0
            }
        }
    }

    fn expectations(&self) -> Expectations<i64> {
        Expectations::new().required(1, "one has it, and it is the right one")
    }
}

#[test]
fn what_looks_first_is_refuted_and_what_takes_one_step_is_proved() {
    for what in ALL {
        let scenario = |is_fixed| InOneStep { what, is_fixed };
        let (_, broken) = explore(scenario(false), &EXPLORER);
        assert_eq!(broken.kind(), "refuted", "{what:?}: {broken:?}");
        assert_eq!(explore(scenario(true), &EXPLORER).1, Verdict::Proved, "{what:?}");
    }
}

#[test]
fn all_engines_find_the_same_endings() {
    for (what, wrong) in [
        (What::Permit, 2),
        (What::Greatest, 0),
        (What::First, 2),
        (What::Job, 2),
    ] {
        for is_fixed in [true, false] {
            let scenario = Arc::new(InOneStep { what, is_fixed });
            let expected = match is_fixed {
                true => BTreeSet::from([Ending::Finished(1)]),
                false => BTreeSet::from([1, wrong].map(Ending::Finished)),
            };
            assert_eq!(endings(&scenario, &Explorer::SEQUENTIAL), expected, "{what:?}");
            assert_eq!(endings(&scenario, &DFS), expected, "{what:?}");
            let loom = selvedge::engine::Engine::explore(&Loom::default(), &scenario, &Default::default());
            let seen: BTreeSet<_> = loom.outcomes.iter().map(|(ending, _)| ending.clone()).collect();
            assert_eq!(seen, expected, "{what:?}");
        }
    }
}

/// Two threads that each change a shared atomic, and put it back, a thousand times.
#[derive(Clone)]
struct Steps {
    what: Changed,
    iterations: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Changed {
    /// A byte that begins with this value.
    Byte(u8),
    /// A pointer.
    Pointer,
}

/// What the steps share: the one that they use is there.
type Shared<P> = (
    Option<<P as Primitives>::AtomicU8>,
    Option<<P as Primitives>::AtomicPtr<i32>>,
);

impl Repeated for Steps {
    type Shared<P: Primitives> = Shared<P>;
    type Outcome = Option<[u8; 2]>;

    fn name(&self) -> String {
        "steps".to_owned()
    }

    fn threads(&self) -> usize {
        2
    }

    fn iterations(&self) -> u64 {
        self.iterations
    }

    fn with_iterations(&self, iterations: u64) -> Self {
        Steps {
            iterations,
            ..self.clone()
        }
    }

    fn shared<P: Primitives>(&self) -> Shared<P> {
        match self.what {
            Changed::Byte(value) => (Some(P::AtomicU8::new(value)), None),
            Changed::Pointer => (None, Some(P::AtomicPtr::new(ptr::null_mut()))),
        }
    }

    fn step<P: Primitives>(&self, _: usize) -> StepFn<Shared<P>> {
        |(byte, pointer), _| {
            if let Some(byte) = byte {
                byte.fetch_add(1, SeqCst);
                byte.fetch_sub(1, SeqCst);
            }
            if let Some(pointer) = pointer {
                pointer.swap(ptr::null_mut(), SeqCst);
            }
            Flow::Done
        }
    }

    fn outcome<P: Primitives<Int = i64>>(&self, (byte, _): &Shared<P>) -> Option<[u8; 2]> {
        byte.as_ref().map(|byte| [byte.load(SeqCst), mixed(byte)])
    }

    fn expectations(&self) -> Expectations<Option<[u8; 2]>> {
        let Changed::Byte(value) = self.what else {
            return Expectations::new().required(None, "there is none");
        };
        let mixed = mixed(&std_atomic::AtomicU8::new(value));
        Expectations::new().required(
            Some([value, mixed]),
            "it is as it was, and mixed as `std` mixes it",
        )
    }
}

/// Changes a byte by one operation after another, each of which shows in what is returned.
fn mixed(byte: &impl AtomicInteger<u8>) -> u8 {
    byte.fetch_min(0b1101_0101, SeqCst);
    byte.fetch_xor(0b0110_0110, SeqCst);
    byte.fetch_nand(0b1011_1101, SeqCst);
    byte.fetch_or(0b0001_0000, SeqCst);
    byte.fetch_and(0b0111_1110, SeqCst);
    byte.fetch_max(0b0111_0000, SeqCst);
    byte.fetch_sub(1, SeqCst) - byte.fetch_add(3, SeqCst) + byte.load(SeqCst)
}

/// A byte that wraps around does not change by the same amount each time: the proof must not go on as if it did.
#[test]
fn a_sum_is_proved_only_where_nothing_wraps_around() {
    let of = |what| {
        let steps = Steps {
            what,
            iterations: 1_000,
        };
        let report = Checker::new().every_n().report(steps);
        let verdict = &report.engines[0].verdict;
        (verdict.kind(), verdict.reason().unwrap_or_default().to_owned())
    };
    // An operation may find whatever both threads can have made: with 253, that is 255 before its own addition.
    assert_eq!(of(Changed::Byte(252)).0, "proved");
    assert_eq!(of(Changed::Byte(253)).0, "inconclusive");
    let (kind, reason) = of(Changed::Pointer);
    assert_eq!(kind, "inconclusive");
    assert!(reason.contains("holds a value of type `*mut i32`"), "{reason}");
}
