//! The checker: what answers the operations of a step that runs directly on the calling thread.
//!
//! One checker at a time belongs to an OS thread. The primitives hold nothing but the numbers of their objects, and
//! ask it.

mod lockset;
mod object;
mod odometer;
mod operations;
mod private;
mod run;
mod trace;

pub(super) use object::{Domain, Object};
pub(super) use operations::Exchanged;
pub(super) use run::Next;

use super::obligation::Obligation;
use super::value::{Shape, Value};
use crate::engine::{Cut, Interrupt};
use crate::explorer::{Flow, ObjectKind};
use odometer::Odometer;
use private::Private;
use std::cell::RefCell;
use std::panic;
use std::thread;
use std::time::Instant;
use trace::Line;

thread_local! {
    static CHECKER: RefCell<Option<Box<Checker>>> = const { RefCell::new(None) };
}

/// The greatest number of operations on one path.
const OPERATIONS: u32 = 64;

/// Thrown to leave a step whose path cannot go on.
struct Stopped;

/// The reason why a path, and with it the proof, cannot go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    Fails(Obligation, String),
    Cut(Cut),
}

/// Returns the fault of an obligation that is not met.
pub(super) fn fails(obligation: Obligation, reason: impl Into<String>) -> Fault {
    Fault::Fails(obligation, reason.into())
}

/// A path of a step: the step's number, and the choices made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) step: usize,
    pub(super) choices: Vec<u64>,
}

/// The rules that make the proof sound. Tests switch them off one by one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    /// What is taken to be stable has a lock that all accesses have in common.
    pub(super) locksets: bool,
    /// The domain holds every value that can occur.
    pub(super) closed_domain: bool,
    /// A read without a lock may return something else each time.
    pub(super) fresh_reads: bool,
    /// A store without a lock may overwrite something else than was read.
    pub(super) fresh_overwrites: bool,
}

impl Rules {
    pub(super) const SOUND: Rules = Rules {
        locksets: true,
        closed_domain: true,
        fresh_reads: true,
        fresh_overwrites: true,
    };
}

/// The limits of a search for paths.
#[derive(Debug, Clone)]
pub(super) struct Bounds {
    pub(super) runs: u64,
    pub(super) deadline: Option<Instant>,
    pub(super) interrupt: Interrupt,
    pub(super) iterations: u64,
}

/// The code that runs now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Code that runs alone: the objects are created, or the final state is looked at.
    Alone,
    /// A step.
    Step,
}

/// A section: the time from locking to unlocking.
#[derive(Debug, Clone, Copy)]
struct Section {
    lock: u32,
    /// What the lock held at first.
    first: Value,
    /// Whether the lock keeps all others out: not so if it is held for reading.
    excludes: bool,
}

/// The state of one path.
#[derive(Debug, Default)]
struct CurrentPath {
    odometer: Odometer,
    step: usize,
    /// The number of paths of the step that came before.
    taken: u64,
    operations: u32,
    /// The bases given out so far.
    bases: u32,
    section: Option<Section>,
    /// What reads of atomics have returned, for the exchanges that fail.
    reads: Vec<(u32, Value)>,
    /// Whether an exchange has failed on a value that this path had read.
    lost_exchange: bool,
    /// Whether an object has changed, if only for a while.
    changed: bool,
    number: Option<u64>,
    /// The operations, if they are recorded.
    trace: Option<Vec<Line>>,
    /// What was recorded when the path was taken for the first time.
    before: Option<(Vec<Line>, Flow)>,
}

/// What the paths of one step have in common.
#[derive(Debug, Clone)]
pub(super) struct Tally {
    /// The change of each object.
    pub(super) changes: Vec<i64>,
    /// The choices of the first path that was done.
    pub(super) first: Vec<u64>,
}

/// The state of a check.
#[derive(Debug)]
pub(super) struct Checker {
    pub(super) objects: Vec<Object>,
    pub(super) tally: Option<Tally>,
    pub(super) fault: Option<Fault>,
    /// The paths that have been run in this round.
    pub(super) runs: u64,
    /// Whether a step has asked for its number, and whether a weak exchange has failed for no reason.
    pub(super) asked: bool,
    pub(super) spurious: bool,
    phase: Phase,
    privates: Vec<Private>,
    path: CurrentPath,
    /// The number of the last section; each path without a lock counts as one, in which nothing is stable.
    sections: u64,
    rules: Rules,
    bounds: Bounds,
}

impl Checker {
    fn new(rules: Rules, bounds: Bounds) -> Self {
        Checker {
            objects: Vec::new(),
            tally: None,
            fault: None,
            runs: 0,
            asked: false,
            spurious: false,
            phase: Phase::Alone,
            privates: Vec::new(),
            path: CurrentPath::default(),
            sections: 0,
            rules,
            bounds,
        }
    }

    /// Registers an object; one that a step creates is its own, and no thread else can see it.
    pub(super) fn create(&mut self, kind: ObjectKind, shape: Shape, initial: Value) -> u32 {
        if self.phase == Phase::Step {
            return self.create_private(initial);
        }
        let number = 1 + self.objects.iter().filter(|object| object.kind == kind).count();
        self.objects.push(Object::new(kind, number, shape, initial));
        self.objects.len() as u32 - 1
    }

    pub(super) fn name(&mut self, id: u32, name: &'static str) {
        if let Some(object) = self.objects.get_mut(id as usize) {
            object.name = Some(name);
        }
    }

    /// Takes the objects as they are to be their initial state.
    pub(super) fn begin(&mut self) -> Result<(), Fault> {
        for object in &mut self.objects {
            if object.held {
                let reason = format!("{} is locked before the threads start", object.name());
                return Err(fails(Obligation::SectionsEnd, reason));
            }
            if object.current.base != 0 {
                let reason = format!("the initial value of {} is not known", object.name());
                return Err(fails(Obligation::DomainClosed, reason));
            }
            object.begin();
        }
        Ok(())
    }

    /// Puts the objects into the final state, in which the outcome is read.
    pub(super) fn set_values(&mut self, values: &[i64]) {
        for (object, &value) in self.objects.iter_mut().zip(values) {
            object.current = Value::known(value);
        }
    }

    /// Forgets the objects.
    pub(super) fn clear(&mut self) {
        self.objects.clear();
    }
}

/// The right of this OS thread to a checker; it is gone when this is dropped.
#[derive(Debug)]
pub(super) struct Session(());

impl Session {
    /// Gives this OS thread a checker.
    ///
    /// # Panics
    ///
    /// If it has one: a step cannot check other steps.
    pub(super) fn new(rules: Rules, bounds: Bounds) -> Self {
        CHECKER.with_borrow_mut(|checker| {
            assert!(checker.is_none(), "a check of a sum invariant within another");
            *checker = Some(Box::new(Checker::new(rules, bounds)));
        });
        Session(())
    }

    /// Calls a function with the checker.
    #[inline]
    pub(super) fn with<R>(&self, body: impl FnOnce(&mut Checker) -> R) -> R {
        CHECKER.with_borrow_mut(|checker| body(checker.as_mut().expect("it is here until this is dropped")))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        CHECKER.set(None);
    }
}

/// Asks the checker, on behalf of a primitive; leaves the step if there is no answer.
///
/// A destructor that runs while the step unwinds gets some answer, as a second panic would end the process. The path
/// has failed by then.
#[inline]
#[track_caller]
pub(super) fn ask<R: Default>(operation: impl FnOnce(&mut Checker) -> Result<R, Fault>) -> R {
    let answer = CHECKER.with_borrow_mut(|checker| {
        let checker = checker.as_mut()?;
        Some(operation(checker).map_err(|fault| {
            checker.fault.get_or_insert(fault);
        }))
    });
    match answer {
        Some(Ok(answer)) => answer,
        _ if thread::panicking() => R::default(),
        Some(Err(())) => panic::resume_unwind(Box::new(Stopped)),
        None => {
            panic!("this primitive belongs to the check of a sum invariant, and there is none on this thread")
        }
    }
}

/// Notes that a sum of numbers does not fit in 64 bits.
pub(super) fn note_overflow() {
    CHECKER.with_borrow_mut(|checker| {
        if let Some(checker) = checker {
            let reason = "a sum does not fit in 64 bits";
            checker
                .fault
                .get_or_insert(fails(Obligation::DomainClosed, reason));
        }
    });
}

/// Returns the number of the iteration in which the step is taken.
pub(super) fn ask_number() -> u64 {
    ask(Checker::number)
}
