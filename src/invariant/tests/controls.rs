//! The controls: each right step is proved, and each wrong one fails for its reason.

use super::control::{CALL, Control, ITERATION, Is};
use super::{BOTH, Obligation, Strength, failed, proved};
use crate::invariant::Scope;

fn two(step: Is) -> Control {
    Control::new(&[step, step], 4)
}

#[test]
fn right_steps_are_proved_at_both_strengths() {
    // x, number, count, known, both, cell, after two threads with four iterations each.
    for (step, outcome) in [
        (Is::Idle, "[0, 0, 0, 0, 0, 0]"),
        (Is::Locked, "[0, 0, 8, 0, 0, 0]"),
        (Is::LockBeside, "[8, 0, 0, 0, 0, 0]"),
        (Is::CellUnderLock, "[0, 0, 0, 0, 0, 8]"),
        (Is::WriteLocked, "[0, 0, 0, 0, 8, 0]"),
        (Is::WeakAttempt, "[8, 0, 0, 0, 0, 0]"),
        (Is::ReadsFlag, "[8, 0, 0, 0, 0, 0]"),
        (Is::Restores, "[0, 0, 0, 0, 0, 0]"),
    ] {
        for strength in BOTH {
            assert_eq!(
                proved(two(step), strength).shown,
                outcome,
                "{step:?}, {strength:?}"
            );
        }
    }
}

/// A number of type `i64` takes other values for every n: they cannot all be read.
#[test]
fn a_known_number_is_proved_up_to_n_alone() {
    let steps = Control::new(&[Is::TwoUp, Is::KnownLocked], 100);
    let proof = proved(steps.clone(), Strength::Concrete);
    // The first thread adds up to 200, the second down to -100: 301 values, in two steps.
    assert_eq!((proof.shown.as_str(), proof.runs), ("[0, 0, 0, 100, 0, 0]", 602));
    assert_eq!(proof.outcomes_read, 100);
    let failed = failed(steps, Strength::Opaque);
    assert_eq!(failed.obligation, Obligation::DomainClosed);
    assert!(
        failed.reason.contains("known changes by +2 in each iteration"),
        "{failed}"
    );
}

#[test]
fn wrong_steps_fail_for_their_reasons() {
    use Obligation as O;
    for (step, obligation, words) in [
        (Is::Outsider, O::ConstantChange, "x "),
        (Is::ReadLocked, O::ConstantChange, "x "),
        (Is::NestedLocks, O::SectionsEnd, "other is locked while lock is"),
        (Is::LocksForEver, O::SectionsEnd, "lock is never unlocked"),
        (Is::Leaks, O::SectionsEnd, "a lock of its own twice"),
        (Is::Panics, O::ConstantChange, "always (control.rs:"),
        (Is::PanicsUnderLock, O::ConstantChange, "with 7 (control.rs:"),
        (Is::Hidden, O::NothingHidden, "no primitive"),
        (
            Is::Clock,
            O::NothingHidden,
            "something else after the same results",
        ),
        (Is::Spins, O::FinitePaths, "more than 64 operations"),
        (Is::SpinsOnFlag, O::RetriesEnd, "no exchange"),
        (Is::Waits, O::FinitePaths, "a wait on a condition variable waits"),
        (Is::Parks, O::FinitePaths, "a parked thread waits"),
        (
            Is::AgainAfterChange,
            O::ConstantChange,
            "it has changed something",
        ),
        (
            Is::AlternatesByNumber,
            O::ConstantChange,
            "count changes by +1 on one path, and by -1",
        ),
    ] {
        for strength in BOTH {
            let failed = failed(two(step), strength);
            assert_eq!(failed.obligation, obligation, "{step:?}, {strength:?}: {failed}");
            assert!(failed.reason.contains(words), "{step:?}, {strength:?}: {failed}");
        }
    }
}

#[test]
fn values_that_are_looked_at_are_all_tried() {
    use Obligation as O;
    for (step, obligation, words) in [
        (
            Is::EarlyReturn,
            O::ConstantChange,
            "known changes by +1 on one path, and by +0",
        ),
        (Is::PanicsAtValue, O::ConstantChange, "three is not allowed"),
        (
            Is::TooSmall,
            O::DomainClosed,
            "small may take values from 0 to 800",
        ),
        (Is::BelowZero, O::DomainClosed, "size "),
        // Its unlocking overwrites what anybody may have stored.
        (
            Is::Toggles,
            O::ConstantChange,
            "flag changes by +1 on one path, and by +0",
        ),
    ] {
        let failed = failed(two(step), Strength::Concrete);
        assert_eq!(failed.obligation, obligation, "{step:?}: {failed}");
        assert!(failed.reason.contains(words), "{step:?}: {failed}");
    }
    // Three iterations of one thread do not reach the value 3 before they read it.
    proved(Control::new(&[Is::PanicsAtValue], 2), Strength::Concrete);
}

/// The outsider takes no lock: those that do take it rely on it, and it does not help them.
#[test]
fn an_outsider_without_the_lock_is_found() {
    for strength in BOTH {
        let failed = failed(Control::new(&[Is::LockBeside, Is::Outsider], 2), strength);
        assert_eq!(failed.obligation, Obligation::UnderItsLock, "{failed}");
        assert_eq!(
            failed.to_string(),
            "no sum invariant was found (O2, data is accessed under its lock): no lock is held at every access of x\n\
             thread 1:\n  lock lock: 0\n  load x: 0\n  store x: 0 -> 1\n  unlock lock: -> 0\n  \
             done: x has changed by +1\n\
             thread 2:\n  load x: 0\n  store x: 0 -> 1\n  done: x has changed by +1"
        );
        let failed = super::failed(Control::new(&[Is::CellUnderLock, Is::CellOutsider], 2), strength);
        assert_eq!(failed.obligation, Obligation::UnderItsLock, "{failed}");
    }
}

/// A step that misbehaves at a single value is found if, and only if, that value can occur.
#[test]
fn a_misbehaviour_at_one_value_is_found_if_it_occurs() {
    let near = |initial| Control::new(&[Is::AtValue(initial), Is::Idle], 10);
    let failed = failed(near(999_990), Strength::Concrete);
    assert_eq!(failed.obligation, Obligation::ConstantChange);
    assert_eq!(failed.paths[1].accesses[0].read.as_deref(), Some("999999"));
    // The step itself would read no more than 999,998; but the last value counts as one that may be read, too.
    super::failed(near(999_989), Strength::Concrete);
    proved(near(999_988), Strength::Concrete);
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "two million runs take too long without optimisation"
)]
fn a_misbehaviour_at_the_value_999_999_is_found_for_a_million_iterations() {
    let failed = failed(
        Control::new(&[Is::AtValue(0), Is::Idle], 1_000_000),
        Strength::Concrete,
    );
    assert_eq!(failed.obligation, Obligation::ConstantChange);
    assert_eq!(failed.paths[1].accesses[0].read.as_deref(), Some("999999"));
}

/// A static is not looked at, which the proof says; it is found if so many runs are needed that it misbehaves.
#[test]
fn a_static_is_an_assumption_or_found_by_chance() {
    let few = proved(Control::new(&[Is::Static], 100), Strength::Concrete);
    assert!(
        few.assumptions[0].contains("statics, thread-locals"),
        "{:?}",
        few.assumptions
    );
    let failed = failed(Control::new(&[Is::Static], CALL as u64), Strength::Concrete);
    assert_eq!(failed.obligation, Obligation::ConstantChange);
}

/// With numbers that nobody knows, the iterations are run one by one: the proof is one for them.
#[test]
fn a_step_that_asks_for_its_number_is_run_with_each() {
    let steps = |iterations| Control::new(&[Is::PanicsAtNumber, Is::Locked], iterations);
    let proof = proved(steps(ITERATION), Strength::Opaque);
    assert_eq!((proof.scope, proof.runs), (Scope::UpTo(ITERATION), ITERATION + 1));
    let failed = failed(steps(2 * ITERATION), Strength::Opaque);
    assert_eq!(failed.obligation, Obligation::ConstantChange);
    assert!(failed.reason.contains("an unlucky number"), "{failed}");
    assert_eq!(failed.paths[1].accesses[0].to_string(), "number: 5000");
    // With numbers, each is run with each value: 1,000,000 · 2,000,001 runs are too many.
    let failed = super::failed(steps(1_000_000), Strength::Concrete);
    assert_eq!(
        failed.obligation,
        Obligation::ConstantChange,
        "the first round reads 0 alone"
    );
    let once = proved(Control::new(&[Is::AlternatesByNumber], 1), Strength::Opaque);
    assert_eq!(
        (once.scope, once.shown.as_str()),
        (Scope::UpTo(1), "[0, 0, 1, 0, 0, 0]")
    );
}
