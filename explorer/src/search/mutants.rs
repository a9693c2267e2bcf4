//! Mutants of the optimal search, each with one rule broken: the tests must notice every one.
//!
//! The programs are those of the tests in `tests/explorer/random.rs` and `open_races.rs`. As many are tried
//! as `SELVEDGE_RANDOM_PROGRAMS` says, 200 by default.

mod items;
#[path = "../../tests/explorer/support/locks_beside_stores.rs"]
mod locks_beside_stores;
#[expect(dead_code, reason = "other tests use the rest")]
#[path = "../../tests/explorer/support/program.rs"]
mod program;
#[path = "../../tests/explorer/support/quiet.rs"]
pub(crate) mod quiet;

use std::collections::BTreeMap;
use std::panic::{self, AssertUnwindSafe};

use proptest::strategy::{Strategy as _, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::optimal::Optimal;
use super::rules::{Rules, Sound};
use super::strategy::Strategy;
use crate::{Completeness, Explorer};
use program::Program;
use selvedge_programs::strategies;

/// The number of executions of each trace.
type Found = BTreeMap<u128, u64>;

/// Defines types that break one rule each.
macro_rules! mutants {
    ($($mutant:ident: $rule:ident),*) => {$(
        #[derive(Debug)]
        struct $mutant;

        impl Rules for $mutant {
            const SOUND: bool = false;
            const $rule: bool = false;
        }
    )*};
}

mutants! {
    OneAlternative: ALL_ALTERNATIVES,
    NoPending: PENDING_RACES,
    JoinOnRelease: SKIP_ENABLERS,
    NoEnabledTest: TEST_ENABLED,
    NearestOnly: ALL_RACES,
    DropIndependent: KEEP_INDEPENDENT,
    IndependentAdds: ADDS_RACE,
    OneAddAtATime: ADDS_TOGETHER,
    NoOpenRaces: OPEN_RACES
}

/// A search with some rules, at its root.
type New = fn() -> Box<dyn Strategy>;

fn optimal<R: Rules>() -> Box<dyn Strategy> {
    Box::new(Optimal::<R>::new())
}

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |value| value.parse().expect("a number"))
}

/// Explores the program; returns `None` if there are too many executions, one was begun in vain, or the
/// search failed.
fn explore(program: &Program, search: New) -> Option<Found> {
    let mut found = Found::new();
    let body = program.clone();
    let explored = panic::catch_unwind(AssertUnwindSafe(|| {
        Explorer::new()
            .spurious_wakeups(0)
            .writer_preference(false)
            .timeouts(1)
            .executions(Some(number("SELVEDGE_RANDOM_INTERLEAVINGS", 5_000)))
            .explore_by(
                search(),
                move || program::run(&body),
                |execution| *found.entry(execution.trace_hash()).or_default() += 1,
            )
    }));
    let summary = explored.ok()?.ok()?;
    let all = !matches!(summary.completeness, Completeness::CutShort(_)) && summary.blocked == 0;
    all.then_some(found)
}

/// A mutant is noticed if it finds other traces, executes one twice, begins an execution in vain, or fails.
#[test]
fn every_broken_rule_is_noticed() {
    quiet::quiet_panics();
    let seed = number("SELVEDGE_RANDOM_SEED", 1).to_le_bytes();
    let seed: Vec<u8> = seed.iter().copied().cycle().take(32).collect();
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let strategy = strategies::programs()
        .boxed()
        .prop_union(strategies::choosing().boxed());
    let mutants: [(&str, New); 7] = [
        ("OneAlternative", optimal::<OneAlternative>),
        ("NoPending", optimal::<NoPending>),
        ("JoinOnRelease", optimal::<JoinOnRelease>),
        ("NoEnabledTest", optimal::<NoEnabledTest>),
        ("NearestOnly", optimal::<NearestOnly>),
        ("DropIndependent", optimal::<DropIndependent>),
        ("IndependentAdds", optimal::<IndependentAdds>),
    ];
    let mut noticed = mutants.map(|(name, _)| (name, 0));
    let programs = number("SELVEDGE_RANDOM_PROGRAMS", 200);
    for _ in 0..programs {
        let program = strategy.new_tree(&mut runner).expect("a program").current();
        let Some(right) = explore(&program, optimal::<Sound>) else {
            continue;
        };
        assert!(right.values().all(|times| *times == 1), "twice: {program:?}");
        for ((_, mutant), (_, noticed)) in mutants.iter().zip(&mut noticed) {
            *noticed += u64::from(explore(&program, *mutant).as_ref() != Some(&right));
        }
    }
    println!("of {programs} programs, wrong: {noticed:?}");
    assert!(noticed.iter().all(|(_, programs)| *programs > 0), "{noticed:?}");
}

/// The rule of idle turns: it leaves out nothing, and what it asks of other threads is needed.
mod idle_turns {
    use std::collections::BTreeSet;

    use super::program::{self, Log, Program};
    use super::{number, quiet, strategies};
    use crate::idle::Rule;
    use crate::sync::{Arc, Condvar, Mutex};
    use crate::{Completeness, Ending, Explorer, thread};
    use selvedge_programs::Trials;

    fn endings<O: Ord + Clone>(
        rule: Rule,
        limit: usize,
        body: impl Fn() -> O + 'static,
    ) -> Option<BTreeSet<Ending<O>>> {
        let mut endings = BTreeSet::new();
        let mut explorer = Explorer::new()
            .spurious_wakeups(limit)
            .weak_failures(limit)
            .timeouts(1)
            .executions(Some(number("SELVEDGE_RANDOM_INTERLEAVINGS", 5_000)));
        explorer.idle_rule = rule;
        let summary = explorer.explore(body, |execution| {
            endings.insert(execution.ending().clone());
        });
        let completeness = summary.expect("deterministic").completeness;
        (!matches!(completeness, Completeness::CutShort(_))).then_some(endings)
    }

    fn endings_of(program: &Program, rule: Rule) -> Option<BTreeSet<Ending<Log>>> {
        let body = program.clone();
        endings(rule, 2, move || program::run(&body))
    }

    #[test]
    fn idle_turns_lead_to_no_other_ending() {
        quiet::quiet_panics();
        let mut fewer = 0;
        Trials::new(200).hold(&strategies::looping(), |program| {
            let Some(all) = endings_of(program, Rule::Off) else {
                return false;
            };
            let found = endings_of(program, Rule::Sound).expect("no more than without the rule");
            assert_eq!(found, all);
            fewer += 1;
            true
        });
        assert!(fewer > 0);
    }

    /// Returns which of five attempts to lock have failed beside a thread that waits in a loop.
    fn tried() -> [bool; 5] {
        let slot = Arc::new((Mutex::new(false), Condvar::new()));
        let theirs = Arc::clone(&slot);
        let waiter = thread::spawn(move || {
            let mut filled = theirs.0.lock().unwrap();
            while !*filled {
                filled = theirs.1.wait(filled).unwrap();
            }
        });
        let failed = [(); 5].map(|()| slot.0.try_lock().is_err());
        *slot.0.lock().unwrap() = true;
        slot.1.notify_one();
        waiter.join().unwrap();
        failed
    }

    #[test]
    fn a_rule_that_forgets_who_has_noticed_is_found_out() {
        let all = endings(Rule::Off, 3, tried).expect("few executions");
        assert_eq!(endings(Rule::Sound, 3, tried), Some(all.clone()));
        assert_ne!(endings(Rule::Unnoticed, 3, tried), Some(all));
    }
}

/// Two adds that keep a timed wait waiting together.
mod adds_together {
    use super::{Explorer, OneAddAtATime, Sound, Strategy, optimal};
    use crate::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    use crate::sync::{Arc, Condvar, Mutex};
    use crate::thread;
    use std::time::Duration;

    /// Two threads add 1 to a word; the wait of a third ends while the word does not hold 1.
    fn two_adds_and_a_wait() {
        let shared = Arc::new((Mutex::new(()), Condvar::new(), AtomicUsize::new(0)));
        let threads = [false, false, true].map(|waits| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                let (mutex, condvar, word) = &*shared;
                if waits {
                    let timeout = Duration::from_secs(1);
                    let guard = mutex.lock().unwrap();
                    drop(condvar.wait_timeout_unless(guard, timeout, word, 1).unwrap());
                } else {
                    word.add(1, SeqCst);
                }
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    }

    fn traces(search: Box<dyn Strategy>) -> u64 {
        let explored = Explorer::new().explore_by(search, two_adds_and_a_wait, |_| ());
        explored.expect("deterministic").executions
    }

    #[test]
    fn a_search_that_omits_one_add_at_a_time_misses_a_trace() {
        assert_eq!(traces(optimal::<Sound>()), 2, "before both adds, and after both");
        assert_eq!(
            traces(optimal::<OneAddAtATime>()),
            1,
            "the mistake would be noticed"
        );
    }
}

/// Races whose reversals only weak initials lead to are so rare that the random programs hardly have one.
mod open_races {
    use std::collections::BTreeSet;

    use super::locks_beside_stores::locks_beside_stores;
    use super::{NoOpenRaces, Sound, Strategy, optimal};
    use crate::Explorer;

    fn traces(search: Box<dyn Strategy>) -> BTreeSet<u128> {
        let mut traces = BTreeSet::new();
        Explorer::new()
            .spurious_wakeups(0)
            .explore_by(search, locks_beside_stores, |execution| {
                assert!(traces.insert(execution.trace_hash()), "twice");
            })
            .expect("deterministic");
        traces
    }

    #[test]
    fn a_search_without_open_races_misses_a_trace() {
        let all = traces(optimal::<Sound>());
        assert_eq!(all.len(), 11);
        let found = traces(optimal::<NoOpenRaces>());
        assert_eq!(all.difference(&found).count(), 1, "the mistake would be noticed");
    }
}
