//! Exact numbers of states, and what is counted along them.
//!
//! The figures come from closed forms, which are stated, and from recurrences that were checked against brute
//! force and against stateright.

mod programs;
mod refused;

use programs::{attempt, exchange_loop, fetch_add, locked, unlocked, wrong_lock};
use selvedge_explorer::Ending;
use selvedge_explorer::states::{Counting, Repeated, States, Swept};
use selvedge_explorer::sync::atomic::AtomicI64;
use std::collections::BTreeMap;

fn explore<S, O: Ord>(counting: Counting, program: &Repeated<S, O>) -> Swept<O> {
    let swept = States::new().counting(counting).explore(program);
    let swept = swept.unwrap_or_else(|refused| panic!("{refused}"));
    assert!(swept.is_exhaustive() && !swept.endless, "{}", swept.coverage);
    swept
}

fn states<S, O: Ord>(program: &Repeated<S, O>) -> u64 {
    explore(Counting::Nothing, program).states
}

/// Returns the count of each final value.
fn counts<S>(counting: Counting, program: &Repeated<S, i64>) -> BTreeMap<i64, String> {
    let endings = explore(counting, program).endings.into_iter();
    endings
        .map(|(ending, weight)| match ending {
            Ending::Finished(value) => (value, weight.count().expect("it is counted").to_string()),
            other => panic!("{other}"),
        })
        .collect()
}

fn total<S>(counting: Counting, program: &Repeated<S, i64>) -> String {
    explore(counting, program)
        .total()
        .expect("it is counted")
        .to_string()
}

#[test]
fn unlocked_threads_have_as_many_states_as_the_formula_says() {
    let formula = |n: u64| (7 * n.pow(4) + 7 * n.pow(3) + 8 * n.pow(2) + 14 * n + 3) / 3;
    for (n, expected) in [(1, 13), (2, 77), (3, 291), (4, 809), (5, 1841), (20, 393_161)] {
        assert_eq!(formula(n), expected);
        assert_eq!(states(&unlocked(&[1, -1], n)), expected, "n = {n}");
    }
}

/// Three states for each pair of iterations done: nobody holds the lock, or one of the two; the latter not
/// where it has finished.
#[test]
fn locked_threads_have_as_many_states_as_the_formula_says() {
    for n in [1, 2, 3, 10, 40] {
        assert_eq!(states(&locked(2, n)), 3 * n * n + 4 * n + 1, "n = {n}");
        for threads in [3, 4] {
            let power = |exponent| (n + 1).pow(exponent);
            let expected = power(threads) + u64::from(threads) * n * power(threads - 1);
            assert_eq!(
                states(&locked(threads as usize, n)),
                expected,
                "n = {n}, {threads} threads"
            );
            if n > 9 {
                break;
            }
        }
    }
}

#[test]
fn each_iteration_of_a_fetch_add_is_one_step() {
    for n in [1, 2, 7, 50] {
        assert_eq!(states(&fetch_add(n)), (n + 1) * (n + 1), "n = {n}");
    }
}

/// The value follows from the iterations done, i and j. A thread with iterations left is at the beginning, or has
/// loaded when the other had done 0 … j of its own: j + 2 local states. Both have loaded in i + j + 1 ways, as the
/// later load saw the other thread where it still is. Where one thread has finished, the other has n + 2.
#[test]
fn attempts_that_start_over_have_as_many_states_as_the_formula_says() {
    for (n, expected) in [(1, 11), (2, 41), (3, 103), (12, 4081)] {
        let both = (0..n).flat_map(|i| (0..n).map(move |j| 1 + (i + 1) + (j + 1) + (i + j + 1)));
        assert_eq!(both.sum::<u64>() + 2 * n * (n + 2) + 1, expected);
        assert_eq!(2 * n * n * n + 4 * n * n + 4 * n + 1, expected);
        assert_eq!(states(&attempt(n)), expected, "n = {n}");
    }
}

/// Two numbers that are both called the probability to lose nothing: the share of all interleavings, and that
/// of a scheduler which picks among the enabled threads alike.
#[test]
fn the_odds_of_losing_nothing_depend_on_what_is_taken_to_be_alike() {
    for (n, share, odds) in [
        (1, 1.0 / 3.0, 0.5),
        (10, 0.105_101, 0.107_603),
        (20, 0.074_371, 0.075_193),
    ] {
        let swept = explore(Counting::Interleavings, &unlocked(&[1, -1], n));
        let zero = swept.endings[&Ending::Finished(0)]
            .count()
            .expect("counts")
            .to_f64();
        let found = zero / swept.total().expect("counts").to_f64();
        assert!((found - share).abs() < 5e-7, "n = {n}: {found}");
        let swept = explore(Counting::Odds, &unlocked(&[1, -1], n));
        let found = swept.endings[&Ending::Finished(0)].odds().expect("odds");
        assert!((found - odds).abs() < 5e-7, "n = {n}: {found}");
        let sum: f64 = swept.endings.values().filter_map(|weight| weight.odds()).sum();
        assert!((sum - 1.0).abs() < 1e-9, "n = {n}: {sum}");
    }
}

fn symmetric(upwards: &[u64]) -> BTreeMap<i64, String> {
    let values = upwards.iter().enumerate();
    let both = values.flat_map(|(value, count)| [(value as i64, count), (-(value as i64), count)]);
    both.map(|(value, count)| (value, count.to_string())).collect()
}

#[test]
fn unlocked_threads_have_as_many_traces_as_an_exploration_of_all_traces_finds() {
    let traces = |n| counts(Counting::Traces, &unlocked(&[1, -1], n));
    assert_eq!(traces(4), symmetric(&[532, 500, 424, 312, 165]));
    assert_eq!(traces(5), symmetric(&[4968, 4712, 4040, 3125, 2090, 1001]));
}

#[test]
fn twenty_iterations_have_more_traces_than_could_be_executed() {
    let program = unlocked(&[1, -1], 20);
    assert_eq!(total(Counting::Traces, &program), "176148760580561346484");
    assert_eq!(counts(Counting::Traces, &program)[&0], "12353273443680512716");
    assert_eq!(
        explore(Counting::Traces, &program).states,
        393_161,
        "sleep sets leave out no state"
    );
}

#[test]
fn three_threads_lose_updates_in_as_many_ways_as_expected() {
    let values = -2..=4;
    let expected = |counts: [u64; 7]| -> BTreeMap<i64, String> {
        values
            .clone()
            .zip(counts.map(|count| count.to_string()))
            .collect()
    };
    let program = unlocked(&[1, -1, 1], 2);
    let interleavings = [2176, 4104, 5704, 7932, 9550, 4584, 600];
    assert_eq!(counts(Counting::Interleavings, &program), expected(interleavings));
    let traces = [338, 798, 1186, 1674, 1890, 1038, 210];
    assert_eq!(counts(Counting::Traces, &program), expected(traces));
}

/// All end at 0. At n = 1 the two loads commute, so that 4 of the 6 interleavings are different traces.
#[test]
fn loops_of_compare_exchange_have_as_many_interleavings_and_traces_as_expected() {
    fn all_to_zero(n: u64, counting: Counting, program: &Repeated<AtomicI64, i64>, count: &str) {
        let found = counts(counting, program);
        assert_eq!(
            found,
            BTreeMap::from([(0, count.to_owned())]),
            "n = {n}, {counting:?}"
        );
    }
    for (n, interleavings, traces) in [(1, "6", "4"), (2, "126", "40"), (3, "3456", "496")] {
        all_to_zero(n, Counting::Interleavings, &exchange_loop(n), interleavings);
        all_to_zero(n, Counting::Traces, &exchange_loop(n), traces);
    }
    for (n, interleavings, traces) in [(1, "6", "4"), (2, "226", "46"), (3, "12952", "712")] {
        all_to_zero(n, Counting::Interleavings, &attempt(n), interleavings);
        all_to_zero(n, Counting::Traces, &attempt(n), traces);
    }
}

/// The locks are the threads' own: what is left is a load and a store each, C(4, 2) interleavings.
#[test]
fn a_lock_of_a_threads_own_is_no_part_of_an_interleaving() {
    assert_eq!(total(Counting::Interleavings, &wrong_lock(1)), "6");
}

/// After one iteration of each thread in every order, the others in sequence change nothing more: as many up as down.
/// So an update that is lost stays lost, at any number of iterations.
#[test]
fn an_update_that_is_lost_stays_lost_if_the_rest_comes_in_sequence() {
    let endings = |program: &Repeated<_, i64>| -> Vec<Ending<i64>> {
        let swept = States::new().explore(program).expect("it can be explored");
        assert!(swept.is_exhaustive());
        swept.endings.into_keys().collect()
    };
    for rest in [0, 1, 20_000] {
        let program = unlocked(&[1, -1], 1).then_in_sequence(rest);
        assert_eq!(endings(&program), [-1, 0, 1].map(Ending::Finished), "{rest} more");
    }
    let attempts = States::new().steps(100).explore(&attempt(1).then_in_sequence(3));
    let endings: Vec<_> = attempts
        .expect("it can be explored")
        .endings
        .into_keys()
        .collect();
    assert_eq!(endings, [Ending::Finished(0)]);
}
