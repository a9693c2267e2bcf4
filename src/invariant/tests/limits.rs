//! Limits, and types that are refused.

use super::{BOTH, Limits, Obligation, Strength, Unproved, check, failed};
use crate::backend::{Lock, Primitives};
use crate::counter::Variant;
use crate::engine::Cut;
use crate::expectation::Expectations;
use crate::explorer::{Flow, StepFn};
use crate::scenario::{AnyRepeated, Repeated, Updates};
use std::time::Duration;

fn locked() -> AnyRepeated {
    AnyRepeated::new(Updates {
        variant: Variant::Locked,
        threads: 2,
        iterations: 1_000_000_000,
    })
}

#[test]
fn a_check_ends_when_it_is_interrupted_or_its_time_is_up() {
    let limits = Limits {
        runs: u64::MAX,
        time: Some(Duration::from_millis(20)),
        ..Limits::default()
    };
    let cut = check(&locked(), Strength::Concrete, &limits).expect_err("there is no time");
    assert_eq!(cut, Unproved::CutShort(Cut::Time));
    let limits = Limits { time: None, ..limits };
    limits.interrupt.set();
    let cut = check(&locked(), Strength::Concrete, &limits).expect_err("it is interrupted");
    assert_eq!(cut, Unproved::CutShort(Cut::Interrupted));
}

#[test]
fn a_step_with_too_many_paths_is_given_up_at_once() {
    let limits = Limits {
        time: None,
        ..Limits::default()
    };
    let Err(Unproved::Failed(failed)) = check(&locked(), Strength::Concrete, &limits) else {
        panic!("a thousand million runs are too many")
    };
    assert_eq!(failed.obligation, Obligation::FinitePaths);
    assert!(
        failed
            .reason
            .contains("at least 2,000,000,001 paths, and no more than 20,000,000"),
        "{failed}"
    );
}

/// Two tills in one lock: an array, which is no number.
#[derive(Clone)]
struct Tills;

impl Repeated for Tills {
    type Shared<P: Primitives> = P::Mutex<[i64; 2]>;
    type Outcome = i64;

    fn name(&self) -> String {
        "tills".to_owned()
    }

    fn threads(&self) -> usize {
        2
    }

    fn iterations(&self) -> u64 {
        2
    }

    fn with_iterations(&self, _: u64) -> Self {
        Tills
    }

    fn shared<P: Primitives>(&self) -> P::Mutex<[i64; 2]> {
        P::Mutex::new([100, 100])
    }

    fn step<P: Primitives>(&self, _: usize) -> StepFn<P::Mutex<[i64; 2]>> {
        |tills, _| {
            tills.lock()[0] -= 1;
            Flow::Done
        }
    }

    fn outcome<P: Primitives<Int = i64>>(&self, tills: &P::Mutex<[i64; 2]>) -> i64 {
        tills.lock()[0]
    }

    fn expectations(&self) -> Expectations<i64> {
        Expectations::new()
    }
}

#[test]
fn a_lock_around_anything_but_a_number_is_refused_by_the_name_of_its_type() {
    for strength in BOTH {
        let failed = failed(Tills, strength);
        assert_eq!(failed.obligation, Obligation::ConstantChange);
        assert!(
            failed.reason.contains("a mutex holds a value of type `[i64; 2]`"),
            "{failed}"
        );
    }
}
