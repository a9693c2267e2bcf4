//! Small scenarios, each with a step for every thread: right ones, and wrong ones of every kind.

use crate::backend::{
    Atomic, AtomicInteger, AtomicNumber, ConditionVariable, Lock, PlainCell, Primitives, ReadWriteLock,
};
use crate::expectation::Expectations;
use crate::explorer::{Flow, StepFn};
use crate::scenario::Repeated;
use crate::scenario::sum::Sum;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::atomic::{AtomicU64, AtomicUsize};

/// Two threads of which one adds 2 and the other subtracts 1, though 0 is required.
#[derive(Clone)]
pub(super) struct TwoTooMany(pub(super) u64);

impl Repeated for TwoTooMany {
    type Shared<P: Primitives> = P::Mutex<P::Int>;
    type Outcome = i64;

    fn name(&self) -> String {
        "two too many".to_owned()
    }

    fn threads(&self) -> usize {
        2
    }

    fn iterations(&self) -> u64 {
        self.0
    }

    fn with_iterations(&self, iterations: u64) -> Self {
        TwoTooMany(iterations)
    }

    fn shared<P: Primitives>(&self) -> P::Mutex<P::Int> {
        P::Mutex::new(0.into())
    }

    fn step<P: Primitives>(&self, thread: usize) -> StepFn<P::Mutex<P::Int>> {
        match thread {
            0 => |count, _| {
                *count.lock() += 2;
                Flow::Done
            },
            _ => |count, _| {
                *count.lock() -= 1;
                Flow::Done
            },
        }
    }

    fn outcome<P: Primitives<Int = i64>>(&self, count: &P::Mutex<P::Int>) -> i64 {
        *count.lock()
    }

    fn expectations(&self) -> Expectations<i64> {
        Sum {
            threads: 2,
            iterations: self.0,
        }
        .without_lost_updates()
    }
}

/// What the threads of a [`Control`] share; each step uses some of it.
pub(super) struct Objects<P: Primitives> {
    x: P::AtomicInt,
    number: P::AtomicI64,
    size: P::AtomicUsize,
    flag: P::AtomicBool,
    count: P::Mutex<P::Int>,
    known: P::Mutex<i64>,
    small: P::Mutex<u8>,
    lock: P::Mutex<()>,
    other: P::Mutex<()>,
    both: P::RwLock<P::Int>,
    cell: P::Cell<P::Int>,
    changed: P::Condvar,
    hidden: AtomicU64,
}

/// The step of a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Is {
    /// Nothing.
    Idle,
    /// The right ones.
    Locked,
    KnownLocked,
    TwoUp,
    LockBeside,
    CellUnderLock,
    WriteLocked,
    WeakAttempt,
    ReadsFlag,
    Restores,
    /// The wrong ones.
    Outsider,
    CellOutsider,
    ReadLocked,
    NestedLocks,
    LocksForEver,
    Leaks,
    EarlyReturn,
    AtValue(i64),
    PanicsAtValue,
    Panics,
    PanicsUnderLock,
    PanicsAtNumber,
    Hidden,
    Static,
    Spins,
    SpinsOnFlag,
    Waits,
    Parks,
    Toggles,
    TooSmall,
    BelowZero,
    AgainAfterChange,
    AlternatesByNumber,
    Clock,
}

/// The value at which a step with `AtValue` misbehaves.
const AT: i64 = 999_999;

/// The number of the call at which the step with a static misbehaves.
pub(super) const CALL: usize = 12_345;

static CALLS: AtomicUsize = AtomicUsize::new(0);

/// The iteration in which a step panics.
pub(super) const ITERATION: u64 = 5_000;

/// A scenario of these steps, which allows every outcome.
#[derive(Debug, Clone)]
pub(super) struct Control {
    pub(super) steps: Vec<Is>,
    pub(super) iterations: u64,
}

impl Control {
    pub(super) fn new(steps: &[Is], iterations: u64) -> Self {
        Control {
            steps: steps.to_vec(),
            iterations,
        }
    }
}

impl Repeated for Control {
    type Shared<P: Primitives> = Objects<P>;
    type Outcome = Vec<i64>;

    fn name(&self) -> String {
        format!("{:?}", self.steps)
    }

    fn threads(&self) -> usize {
        self.steps.len()
    }

    fn iterations(&self) -> u64 {
        self.iterations
    }

    fn with_iterations(&self, iterations: u64) -> Self {
        Control {
            iterations,
            ..self.clone()
        }
    }

    fn shared<P: Primitives>(&self) -> Objects<P> {
        let number = match self.steps[0] {
            Is::AtValue(initial) => initial,
            _ => 0,
        };
        let known = P::Mutex::new(7).named("known");
        *known.lock() -= 7;
        Objects {
            x: P::AtomicInt::new(0.into()).named("x"),
            number: P::AtomicI64::new(number).named("number"),
            size: P::AtomicUsize::new(0).named("size"),
            flag: P::AtomicBool::new(false).named("flag"),
            count: P::Mutex::new(0.into()).named("count"),
            known,
            small: P::Mutex::new(0).named("small"),
            lock: P::Mutex::new(()).named("lock"),
            other: P::Mutex::new(()).named("other"),
            both: P::RwLock::new(0.into()).named("both"),
            cell: P::Cell::new(0.into()).named("cell"),
            changed: P::Condvar::new().named("changed"),
            hidden: AtomicU64::new(0),
        }
    }

    fn step<P: Primitives>(&self, thread: usize) -> StepFn<Objects<P>> {
        match self.steps[thread] {
            Is::Idle => |_, _| Flow::Done,
            Is::Locked => |s, _| {
                *s.count.lock() += 1;
                Flow::Done
            },
            Is::KnownLocked => |s, _| {
                *s.known.lock() -= 1;
                Flow::Done
            },
            Is::TwoUp => |s, _| {
                *s.known.lock() += 2;
                Flow::Done
            },
            Is::LockBeside => |s, _| {
                let _guard = s.lock.lock();
                let seen = s.x.load(Relaxed);
                s.x.store(seen + 1, Relaxed);
                Flow::Done
            },
            Is::CellUnderLock => |s, _| {
                let _guard = s.lock.lock();
                s.cell.set(s.cell.get() + 1);
                Flow::Done
            },
            Is::WriteLocked => |s, _| {
                *s.both.write() += 1;
                Flow::Done
            },
            Is::WeakAttempt => |s, _| {
                let seen = s.x.load(Relaxed);
                match s.x.compare_exchange_weak(seen, seen + 1, Relaxed, Relaxed) {
                    Ok(_) => Flow::Done,
                    Err(_) => Flow::Again,
                }
            },
            Is::ReadsFlag => |s, _| {
                if !s.flag.load(SeqCst) {
                    s.x.fetch_add(1.into(), Relaxed);
                }
                Flow::Done
            },
            Is::Restores => |s, _| {
                AtomicInteger::fetch_add(&s.number, 5, Relaxed);
                AtomicInteger::fetch_sub(&s.number, 5, Relaxed);
                Flow::Done
            },
            Is::Outsider => |s, _| {
                let seen = s.x.load(Relaxed);
                s.x.store(seen + 1, Relaxed);
                Flow::Done
            },
            Is::CellOutsider => |s, _| {
                s.cell.get();
                Flow::Done
            },
            Is::ReadLocked => |s, _| {
                let _guard = s.both.read();
                let seen = s.x.load(Relaxed);
                s.x.store(seen + 1, Relaxed);
                Flow::Done
            },
            Is::NestedLocks => |s, _| {
                let _outer = s.lock.lock();
                let _inner = s.other.lock();
                Flow::Done
            },
            Is::LocksForEver => |s, _| {
                std::mem::forget(s.lock.lock());
                Flow::Done
            },
            Is::Leaks => |_, _| {
                let own = P::Mutex::new(());
                std::mem::forget(own.lock());
                let _again = own.lock();
                Flow::Done
            },
            Is::EarlyReturn => |s, _| {
                let mut known = s.known.lock();
                if *known == 3 {
                    return Flow::Done;
                }
                *known += 1;
                Flow::Done
            },
            Is::AtValue(_) => |s, _| {
                if AtomicInteger::fetch_add(&s.number, 1, Relaxed) == AT {
                    AtomicInteger::fetch_add(&s.number, 1, Relaxed);
                }
                Flow::Done
            },
            Is::PanicsAtValue => |s, _| {
                assert_ne!(
                    AtomicInteger::fetch_add(&s.number, 1, Relaxed),
                    3,
                    "three is not allowed"
                );
                Flow::Done
            },
            Is::Panics => |_, _| panic!("always"),
            Is::PanicsUnderLock => |s, _| {
                let mut known = s.known.lock();
                *known = 7;
                panic!("with {}", *known)
            },
            Is::PanicsAtNumber => |s, iteration| {
                assert_ne!(iteration.number(), ITERATION, "an unlucky number");
                *s.count.lock() += 1;
                Flow::Done
            },
            Is::Hidden => |s, _| {
                s.hidden.fetch_add(1, Relaxed);
                Flow::Done
            },
            Is::Static => |s, _| {
                let wrong = CALLS.fetch_add(1, Relaxed) + 1 == CALL;
                *s.known.lock() += if wrong { 2 } else { 1 };
                Flow::Done
            },
            Is::Spins => |s, _| {
                while !s.flag.load(SeqCst) {
                    P::yield_now();
                }
                Flow::Done
            },
            Is::SpinsOnFlag => |s, _| match s.flag.load(SeqCst) {
                true => Flow::Done,
                false => Flow::Again,
            },
            Is::Waits => |s, _| {
                drop(s.changed.wait(s.count.lock()));
                Flow::Done
            },
            Is::Parks => |_, _| {
                P::park();
                Flow::Done
            },
            Is::Toggles => |s, _| {
                while s.flag.swap(true, SeqCst) {}
                s.flag.store(false, SeqCst);
                Flow::Done
            },
            Is::TooSmall => |s, _| {
                *s.small.lock() += 100;
                Flow::Done
            },
            Is::BelowZero => |s, _| {
                s.size.fetch_sub(1, Relaxed);
                Flow::Done
            },
            Is::AgainAfterChange => |s, _| {
                s.x.fetch_add(1.into(), Relaxed);
                s.x.fetch_add((-1).into(), Relaxed);
                Flow::Again
            },
            Is::AlternatesByNumber => |s, iteration| {
                let even = iteration.number().is_multiple_of(2);
                *s.count.lock() += if even { 1 } else { -1 };
                Flow::Done
            },
            Is::Clock => |s, _| {
                let now = std::time::SystemTime::now();
                let nanos = now.duration_since(std::time::UNIX_EPOCH).unwrap().subsec_nanos();
                *s.known.lock() += i64::from(nanos);
                Flow::Done
            },
        }
    }

    fn outcome<P: Primitives<Int = i64>>(&self, s: &Objects<P>) -> Vec<i64> {
        vec![
            s.x.load(Relaxed),
            s.number.load(Relaxed),
            *s.count.lock(),
            *s.known.lock(),
            *s.both.read(),
            s.cell.get(),
        ]
    }

    fn expectations(&self) -> Expectations<Vec<i64>> {
        Expectations::new().allowed_if(|_| true, "anything")
    }
}
