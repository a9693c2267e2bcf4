//! Sum invariants: proofs for a million iterations, or for any number of them.
//!
//! # The idea
//!
//! Two threads each take one step a million times. One adds 1 to a number under a lock, the other subtracts 1. No
//! computer will ever run all interleavings of that. But nobody needs to. Look at *one* step, and let it read whatever
//! it likes: if it finds 5, it leaves 6; if it finds -3, it leaves -2. Whatever it finds, it adds 1. A step that
//! changes the number by the same amount *whatever the other threads have done to it* has a share in the end that does
//! not depend on the interleaving. So the number ends at its initial value, plus a million times +1, plus a million
//! times -1.
//!
//! The step without the lock is different. It loads 5, another thread stores 9, and it stores 6: what was 9 is now 6,
//! a change of -3. With other numbers the change is another. This is what the check finds: two paths of one step that
//! differ in what they change.
//!
//! # The theorem
//!
//! Let D be a set of values for each object. Suppose that
//!
//! 1. every path of each thread's step, whatever values from D its reads return, ends, and changes each object o by
//!    the same amount c(t, o); a path that ends with [`Flow::Again`](crate::Flow::Again) changes nothing;
//! 2. every value that can occur is in D.
//!
//! Then when all threads have been joined, each object o holds its initial value plus the sum, over all threads t, of
//! n·c(t, o): in every interleaving.
//!
//! *Proof.* Each change of an object is one indivisible event that turns an old value into a new one: an atomic write,
//! or a section from locking to unlocking. All changes of one object happen in some order, and the new value of one is
//! the old value of the next. So the differences new - old add up to the last value less the first. Now group the
//! events by the step that they belong to. Each event's old value was in D, as were all values that its step had read,
//! so the step was one of the paths that were looked at, and its events add up to c(t, o). ∎
//!
//! That is all: the environment of a step is *havocked*, and the steps are looked at one by one. (Thread-modular
//! verification: Flanagan, Qadeer, *Thread-Modular Model Checking*, SPIN 2003.) It holds for any number of threads.
//! The reads may return anything in D, stale values too, so it also holds under weak memory models in which writes to
//! one object have one order and read-modify-writes are indivisible. What is read under a lock is taken to be the
//! latest value, which rests on the guarantee for programs without data races (DRF-SC).
//!
//! # The check
//!
//! Each step runs natively, on primitives that ask a *checker*, once for each way to choose the results of its
//! operations:
//!
//! 1. A read without a lock returns any value in D, each in a run of its own. So does the *first* access of an object
//!    in a section; a later one finds what was there at the last access. Then all steps must access the object under
//!    that lock (*lockset*).
//! 2. A write is an event; a store without a lock overwrites any value in D.
//! 3. At the end, the sum of the changes must be that of the first path.
//! 4. When all paths are done, D must hold what the changes and the partial sums can lead to. At first it holds the
//!    initial value alone; it grows, and all paths are run again, until it does.
//!
//! What must hold, and is checked on every path, has a name: an [`Obligation`].
//!
//! # Two strengths
//!
//! - [`Strength::Concrete`] proves the scenario for every n up to its own. The numbers are numbers, and D holds all
//!   that can occur: for the locked counter and n = 1,000,000 these are 2,000,001 values, which two steps are run with
//!   in 4,000,002 runs. Code that misbehaves at a single one of them is found.
//! - [`Strength::Opaque`] proves it for every n. The steps run on numbers that cannot be looked at, so that one run
//!   stands for all values: code that cannot compare, print or convert a number does the same with each.
//!   (*Parametricity*: Wadler, *Theorems for free!*, FPCA 1989.)
//!
//! # What it does not say
//!
//! An obligation that is not met refutes nothing: the path that breaks it may never be taken. The answer is then
//! *inconclusive*, with the paths. But if there is a proof, and the one outcome is not the one that the scenario
//! requires, then every execution is wrong: *refuted*.
//!
//! What is assumed stands in the proof: [`Proof::assumptions`].

mod assumptions;
mod checker;
mod failed;
mod family;
mod growth;
mod image;
mod judge;
mod obligation;
mod path;
mod proof;
mod search;
mod subject;
#[cfg(test)]
mod tests;
mod value;

pub use failed::{Failed, Unproved};
pub use obligation::Obligation;
pub use path::{Access, Path};
pub use proof::{Judgement, ObjectSum, Proof, Scope};
pub(crate) use subject::Subject;

use crate::engine::Interrupt;
use crate::scenario::AnyRepeated;
use checker::{Bounds, Checker, Domain, Rules, Session};
use judge::{Judged, judge};
use search::{Search, Table};
use std::time::{Duration, Instant};

/// The strength of a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Strength {
    /// For every number of iterations up to the scenario's own: steps run with every value that can occur.
    Concrete,
    /// For every number of iterations: steps run with numbers that cannot be looked at.
    Opaque,
}

/// The limits of a check.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The greatest number of paths that are run; a step that has more is given up at once, where that can be seen
    /// from its first path.
    pub runs: u64,
    /// The longest time; `None` means no limit. It is looked at between the paths of a step, not within one.
    pub time: Option<Duration>,
    /// The interrupt by which the check can be ended early.
    pub interrupt: Interrupt,
}

impl Limits {
    /// The default number of paths.
    pub const RUNS: u64 = 20_000_000;
}

impl Default for Limits {
    /// Returns limits of one minute and [`RUNS`](Self::RUNS) paths.
    fn default() -> Self {
        Limits {
            runs: Self::RUNS,
            time: Some(Duration::from_secs(60)),
            interrupt: Interrupt::default(),
        }
    }
}

/// Proves that every execution of the scenario ends in one state, and compares its outcome with the expectations.
///
/// The steps run on the calling thread. A step that loops without any operation of a primitive never ends, and neither
/// does the check.
///
/// # Errors
///
/// If an obligation is not met, or the check was ended early. This refutes nothing.
///
/// # Panics
///
/// If called from within a step.
///
/// # Examples
///
/// ```
/// use selvedge::counter::Variant;
/// use selvedge::invariant::{self, Limits, Scope, Strength};
/// use selvedge::scenario::{AnyRepeated, Updates};
///
/// let locked = Updates { variant: Variant::Locked, threads: 2, iterations: 1_000_000 };
/// let proof = invariant::check(&AnyRepeated::new(locked), Strength::Opaque, &Limits::default()).unwrap();
/// assert!(proof.is_proved());
/// assert_eq!((proof.scope, proof.runs, proof.shown.as_str()), (Scope::Every, 2, "0"));
/// ```
pub fn check(scenario: &AnyRepeated, strength: Strength, limits: &Limits) -> Result<Proof, Unproved> {
    prove(scenario.subject(), strength, limits, Rules::SOUND)
}

/// Proves as [`check`] does, by these rules.
fn prove(
    subject: &dyn Subject,
    strength: Strength,
    limits: &Limits,
    rules: Rules,
) -> Result<Proof, Unproved> {
    let start = Instant::now();
    let (iterations, threads) = (subject.iterations(), subject.threads());
    let session = Session::new(rules, Bounds::new(limits, start, iterations));
    let search = Search::new(subject, strength, &session, rules)?;
    let table = search.run()?;
    let objects = session.with(|checker| sums(checker, &search, threads, &table));
    let scope = session.with(|checker| match strength {
        Strength::Opaque if !checker.asked => Scope::Every,
        _ => Scope::UpTo(iterations),
    });
    let (runs, steps) = (session.with(|checker| checker.runs), search.steps.len());
    let spurious = session.with(|checker| checker.spurious);
    drop(search);
    let Judged {
        outcome,
        read,
        judgement,
    } = judge(subject, strength, &session, &objects, limits, start)?;
    let assumptions = assumptions::list(strength, scope, iterations, &objects, spurious, read);
    Ok(Proof {
        strength,
        scope,
        iterations,
        threads,
        objects,
        runs,
        steps,
        assumptions,
        shown: subject.describe(&outcome),
        outcome,
        outcomes_read: read,
        judgement,
        elapsed: start.elapsed(),
    })
}

/// Returns the sum that each object keeps.
fn sums(checker: &Checker, search: &Search<'_>, threads: usize, table: &Table) -> Vec<ObjectSum> {
    let objects = checker.objects.iter().zip(table);
    let sums = objects.map(|(object, effects)| {
        let mut changes = vec![0; threads];
        for (step, effect) in search.steps.iter().zip(effects) {
            step.threads
                .iter()
                .for_each(|&thread| changes[thread] = effect.change);
        }
        ObjectSum {
            kind: object.kind,
            name: object.name(),
            initial: object.initial,
            changes,
            values: match object.domain {
                Domain::Interval(least, greatest) => Some((least, greatest)),
                Domain::Any => None,
            },
        }
    });
    sums.collect()
}
