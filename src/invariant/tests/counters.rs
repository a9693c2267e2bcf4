//! The counters: which of them are proved, and by how many runs.

use super::{BOTH, Judgement, Obligation, Strength, checked, failed, proved};
use crate::counter::Variant;
use crate::invariant::{ObjectSum, Scope};
use crate::scenario::Updates;

fn updates(variant: Variant, threads: usize, iterations: u64) -> Updates {
    Updates {
        variant,
        threads,
        iterations,
    }
}

#[test]
fn every_counter_is_proved_or_fails_for_its_reason() {
    for variant in Variant::ALL {
        let reason = match variant {
            Variant::Unlocked | Variant::LockedTwice | Variant::WrongLock => Some(Obligation::ConstantChange),
            Variant::DataRace => Some(Obligation::UnderItsLock),
            // Its loop can go on for ever if others change the value each time.
            Variant::CompareExchange => Some(Obligation::FinitePaths),
            Variant::Locked | Variant::FetchAdd | Variant::FetchAddResult | Variant::Attempt => None,
        };
        for (strength, threads) in BOTH
            .into_iter()
            .flat_map(|strength| [2, 3, 4].map(|k| (strength, k)))
        {
            let scenario = updates(variant, threads, 3);
            match reason {
                Some(obligation) => {
                    let failed = failed(scenario, strength);
                    assert_eq!(
                        failed.obligation, obligation,
                        "{variant:?}, {strength:?}: {failed}"
                    );
                    assert!(!failed.paths.is_empty(), "{variant:?}, {strength:?}");
                }
                None => {
                    let proof = proved(scenario, strength);
                    assert_eq!(proof.shown, scenario.expected().to_string());
                    // There are two steps, +1 and -1, however many threads take them.
                    assert_eq!(proof.steps, 2);
                }
            }
        }
    }
}

/// Two steps, each with every value from -n to n: 2 (2n + 1) runs. Without optimisation there is time for fewer.
#[test]
fn the_locked_counter_is_proved_for_a_million_iterations() {
    let (iterations, runs) = if cfg!(debug_assertions) {
        (10_000, 40_002)
    } else {
        (1_000_000, 4_000_002)
    };
    for variant in [Variant::Locked, Variant::FetchAdd] {
        let proof = proved(updates(variant, 2, iterations), Strength::Concrete);
        assert_eq!((proof.runs, proof.scope), (runs, Scope::UpTo(iterations)));
        let [object]: [ObjectSum; 1] = proof.objects.clone().try_into().expect("one object");
        assert_eq!(object.changes, [1, -1]);
        assert_eq!(object.values, Some((-(iterations as i64), iterations as i64)));
        assert_eq!(object.final_value(iterations), 0);
        assert_eq!((proof.shown.as_str(), proof.outcomes_read), ("0", 1));
    }
}

#[test]
fn a_proof_says_what_it_covers() {
    let proof = proved(updates(Variant::Locked, 2, 1_000), Strength::Concrete);
    assert_eq!(
        proof.to_string(),
        "Proved for every n up to 1,000: with 1,000 iterations, ends at 0. By a sum invariant, not by enumeration: in \
         4,002 runs the steps changed count by +1 and -1 at every value from -1,000 to 1,000."
    );
    let proof = proved(updates(Variant::FetchAdd, 3, 1_000), Strength::Opaque);
    assert_eq!(
        proof.to_string(),
        "Proved for every n: with 1,000 iterations, ends at 1000. By a sum invariant, not by enumeration: in 2 runs \
         the steps changed x by +1, -1 and +1 at any value."
    );
}

/// A path for each pair of the value that is loaded and the one that is found: 2 (2n + 1)². For n = 1000 these are
/// 8,008,002.
#[test]
fn an_attempt_to_exchange_costs_a_square() {
    let (iterations, runs) = if cfg!(debug_assertions) {
        (20, 3_362)
    } else {
        (1_000, 8_008_002)
    };
    let proof = proved(updates(Variant::Attempt, 2, iterations), Strength::Concrete);
    assert_eq!(proof.runs, runs);
    let failed = failed(updates(Variant::Attempt, 2, 1_000_000), Strength::Concrete);
    assert_eq!(failed.obligation, Obligation::FinitePaths);
    assert!(
        failed.reason.contains("at least 4,000,004,000,001 paths"),
        "{}",
        failed.reason
    );
}

/// One path of each step; two of an attempt, which succeeds or fails.
#[test]
fn numbers_that_nobody_knows_need_one_run_of_each_step() {
    for (variant, runs) in [
        (Variant::Locked, 2),
        (Variant::FetchAdd, 2),
        (Variant::FetchAddResult, 2),
        (Variant::Attempt, 4),
    ] {
        let proof = proved(updates(variant, 2, 1_000_000), Strength::Opaque);
        assert_eq!((proof.runs, proof.scope), (runs, Scope::Every), "{variant:?}");
        assert_eq!(proof.objects[0].values, None);
    }
}

/// As the sum depends on n, the outcome is read for each n.
#[test]
fn a_sum_that_depends_on_n_is_compared_for_each_n() {
    let proof = proved(updates(Variant::Locked, 3, 50), Strength::Concrete);
    assert_eq!((proof.shown.as_str(), proof.outcomes_read), ("50", 50));
    let proof = proved(updates(Variant::Locked, 3, 50), Strength::Opaque);
    assert_eq!((proof.shown.as_str(), proof.outcomes_read), ("50", 1));
}

#[test]
fn a_failure_shows_two_paths_that_differ() {
    let failed = failed(updates(Variant::Unlocked, 2, 3), Strength::Concrete);
    // The first round reads 0 alone; then the values from -3 to 3 are known to occur.
    assert_eq!(
        failed.to_string(),
        "no sum invariant was found (O4, the change is constant): x changes by +1 on one path, and by +0 on another\n\
         thread 1:\n  load x: -3\n  store x: -3 -> -2\n  done: x has changed by +1\n\
         thread 1:\n  load x: -3\n  store x: -2 -> -2\n  done: nothing has changed"
    );
    let failed = super::failed(updates(Variant::Unlocked, 2, 3), Strength::Opaque);
    assert_eq!(
        failed.to_string(),
        "no sum invariant was found (O4, the change is constant): x is overwritten by a value that was not computed \
         from the one it replaces\nthread 1:\n  load x: a\n  store x: b -> a + 1\n  x is overwritten by a value that \
         was not computed from the one it replaces"
    );
}

/// Each of the two is right, but they are not what the scenario requires: every execution is wrong.
#[test]
fn a_sum_other_than_the_required_one_is_refuted() {
    for strength in BOTH {
        let proof = checked(super::control::TwoTooMany(1_000), strength).expect("it has a sum invariant");
        let Judgement::Refuted {
            iterations,
            shown,
            reason,
        } = &proof.judgement
        else {
            panic!("{strength:?}: {:?}", proof.judgement)
        };
        assert_eq!((*iterations, shown.as_str()), (1_000, "1000"));
        assert_eq!(reason, "forbidden: an update was lost");
    }
}

#[test]
fn without_iterations_nothing_changes() {
    for strength in BOTH {
        let proof = proved(updates(Variant::Locked, 2, 0), strength);
        assert_eq!(proof.shown, "0");
    }
}
