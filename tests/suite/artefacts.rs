//! Endings that only loom shows: set aside where sequential consistency is exact, and refuted where they may be
//! real.

use crate::support::EXPLORER;
use selvedge::backend::{Atomic, Backend, Feature, Join, Lock, MemoryModel, PlainCell, Unpark};
use selvedge::engine::{AnyEngine, Bound, Budget, Completeness, Engine, Exploration, Explorer, Loom, Memory};
use selvedge::outcome::AnyOutcome;
use selvedge::report::{EngineReport, Report, Row, text};
use selvedge::scenario::AnyScenario;
use selvedge::{Checker, Ending, Expectation, Expectations, Scenario, Verdict};
use std::sync::Arc;
use std::sync::atomic::Ordering::{self, Acquire, Relaxed, Release, SeqCst};

/// A thread polls, and what it polls parks the thread too, and takes the token of the wakeup that was meant for
/// the poll. The fix is a flag beside the token. (reqwest#1131)
///
/// Loom shows a deadlock of the fix, too, which is an artefact: no interleaving ends so, and the accesses are
/// `SeqCst`.
#[derive(Clone, Copy)]
struct TokenTaken {
    is_fixed: bool,
    /// The orderings of loads and of stores.
    orderings: (Ordering, Ordering),
}

struct Polled<B: Backend> {
    ready: B::AtomicBool,
    woken: B::AtomicBool,
    inner: B::AtomicBool,
}

impl Scenario for TokenTaken {
    type Outcome = ();

    fn name(&self) -> String {
        "a token taken".to_owned()
    }

    fn run<B: Backend>(&self) {
        let (load, store) = self.orderings;
        let [ready, woken, inner] = [(); 3].map(|()| B::AtomicBool::new(false));
        let shared = Arc::new(Polled::<B> { ready, woken, inner });
        let me = B::current();
        let (theirs, thread) = (Arc::clone(&shared), me.clone());
        let waker = B::spawn(move || {
            theirs.ready.store(true, store);
            theirs.woken.store(true, store);
            thread.unpark();
        });
        let (theirs, thread) = (Arc::clone(&shared), me);
        let library = B::spawn(move || {
            theirs.inner.store(true, store);
            thread.unpark();
        });
        while !shared.ready.load(load) {
            while !shared.inner.load(load) {
                B::park();
            }
            match self.is_fixed {
                true => {
                    while !shared.woken.swap(false, SeqCst) {
                        B::park();
                    }
                }
                false => B::park(),
            }
        }
        waker.join().unwrap();
        library.join().unwrap();
    }

    fn expectations(&self) -> Expectations<()> {
        Expectations::new().required((), "ready")
    }
}

const FIXED: TokenTaken = TokenTaken {
    is_fixed: true,
    orderings: (SeqCst, SeqCst),
};

/// Two threads each announce themselves, and look for the other: at least one sees the other, if the accesses
/// are `SeqCst`. Loom takes them for `AcqRel`.
#[derive(Clone, Copy)]
struct Announced {
    /// The ordering of the stores.
    store: Ordering,
    /// The ordering of one of the loads; the other is `SeqCst`.
    load: Ordering,
}

impl Scenario for Announced {
    type Outcome = (bool, bool);

    fn name(&self) -> String {
        "announced".to_owned()
    }

    fn run<B: Backend>(&self) -> (bool, bool) {
        let flags = Arc::new([(); 2].map(|()| B::AtomicBool::new(false)));
        let theirs = Arc::clone(&flags);
        let Announced { store, load } = *self;
        let thread = B::spawn(move || {
            theirs[1].store(true, store);
            theirs[0].load(load)
        });
        flags[0].store(true, store);
        let seen = flags[1].load(SeqCst);
        (seen, thread.join().unwrap())
    }

    fn expectations(&self) -> Expectations<(bool, bool)> {
        Expectations::new()
            .required((true, true), "both announce themselves first")
            .required((true, false), "the thread is first")
            .required((false, true), "the main thread is first")
    }
}

fn report(scenario: impl Scenario) -> Report {
    Checker::new().explorer().loom().report(scenario)
}

fn engine<'a>(report: &'a Report, name: &str) -> &'a EngineReport {
    let mut engines = report.engines.iter();
    engines.find(|engine| engine.engine == name).expect("it has run")
}

fn row<'a>(report: &'a Report, outcome: &str) -> &'a Row {
    let mut rows = report.rows.iter();
    rows.find(|row| row.outcome == outcome).expect("it is a row")
}

#[test]
fn a_deadlock_that_only_loom_shows_is_set_aside_where_sequential_consistency_is_exact() {
    let report = report(FIXED);
    assert_eq!(engine(&report, "explorer").verdict, Verdict::Proved);
    let loom = engine(&report, "loom");
    let Completeness::Bounded(bounds) = &loom.completeness else {
        panic!("{:?}", loom.completeness)
    };
    assert!(bounds.contains(&Bound::StoppedAtFirst("deadlock")), "{bounds:?}");
    assert!(bounds.contains(&Bound::Artefacts), "{bounds:?}");
    assert_eq!(loom.verdict.kind(), "bounded");
    let deadlock = row(&report, "deadlock");
    assert!(deadlock.is_artefact && deadlock.witness.is_none());
    assert_eq!(deadlock.counts, [0, 1]);
    let text = text::plain(&report);
    let label = "Only loom shows deadlock: an artefact: accesses that race are all SeqCst, and no interleaving ends so";
    assert!(text.contains(label), "{text}");
    selvedge::check(FIXED);
}

#[test]
fn a_deadlock_that_the_explorer_shows_too_is_refuted() {
    let report = report(TokenTaken {
        is_fixed: false,
        ..FIXED
    });
    assert_eq!(engine(&report, "explorer").verdict.kind(), "refuted");
    assert_eq!(engine(&report, "loom").verdict.kind(), "refuted");
    assert!(!row(&report, "deadlock").is_artefact);
}

/// With weaker orderings, interleavings do not show all there is: what only loom shows may be real. The execution graphs
/// under C11 tell.
#[test]
fn a_deadlock_that_only_loom_shows_is_set_aside_where_c11_is_explored() {
    for orderings in [(Acquire, Release), (SeqCst, Release), (Relaxed, SeqCst)] {
        let fixed = TokenTaken { orderings, ..FIXED };
        let report = report(fixed);
        assert_eq!(
            engine(&report, "explorer").verdict,
            Verdict::Proved,
            "{orderings:?}"
        );
        assert_eq!(engine(&report, "loom").verdict.kind(), "bounded", "{orderings:?}");
        assert!(row(&report, "deadlock").is_artefact && report.is_as_expected());
    }
}

#[test]
fn a_deadlock_that_only_loom_shows_is_refuted_where_only_interleavings_are_explored() {
    for orderings in [(Acquire, Release), (SeqCst, Release), (Relaxed, SeqCst)] {
        let checker = Checker::new().memory_model(Memory::SequentialConsistency);
        let report = checker
            .explorer()
            .loom()
            .report(TokenTaken { orderings, ..FIXED });
        assert_eq!(
            engine(&report, "explorer").verdict,
            Verdict::Proved,
            "{orderings:?}"
        );
        assert_eq!(engine(&report, "loom").verdict.kind(), "refuted", "{orderings:?}");
        assert!(!row(&report, "deadlock").is_artefact && !report.is_as_expected());
        let text = text::plain(&report);
        let label = "Only loom shows deadlock: a weak memory ordering, or an artefact; see";
        assert!(text.contains(label), "{text}");
    }
}

#[test]
fn an_outcome_that_only_loom_shows_is_set_aside_where_sequential_consistency_is_exact() {
    let fixed = Announced {
        store: SeqCst,
        load: SeqCst,
    };
    for checker in [Checker::new().explorer().loom(), Checker::new().loom().explorer()] {
        let report = checker.report(fixed);
        assert_eq!(engine(&report, "explorer").verdict, Verdict::Proved);
        let loom = engine(&report, "loom");
        assert_eq!(loom.verdict, Verdict::Bounded("artefacts set aside".to_owned()));
        let neither = row(&report, "(false, false)");
        assert!(neither.is_artefact && neither.counts.iter().sum::<u64>() > 0);
        assert_eq!(neither.expectation, Expectation::Forbidden);
        assert!(report.is_as_expected());
    }
}

/// One weaker access is enough for each twin: x86, for example, lets a load overtake a store that is `Release`.
#[test]
fn an_outcome_that_only_loom_shows_is_refuted_where_an_ordering_is_weaker() {
    for (store, load) in [(Release, SeqCst), (SeqCst, Acquire), (SeqCst, Relaxed)] {
        let report = report(Announced { store, load });
        for name in ["explorer", "loom"] {
            assert_eq!(
                engine(&report, name).verdict.kind(),
                "refuted",
                "{name}: {store:?} {load:?}"
            );
        }
        assert!(!row(&report, "(false, false)").is_artefact);
    }
}

/// Without the explorer nothing is known of what loom shows.
#[test]
fn loom_alone_is_taken_at_its_word() {
    let report = Checker::new().loom().report(FIXED);
    assert_eq!(engine(&report, "loom").verdict.kind(), "refuted");
    assert!(!row(&report, "deadlock").is_artefact);
}

#[test]
fn an_exploration_with_a_bound_rules_nothing_out() {
    let bounded = Explorer {
        preemption_bound: Some(1),
        ..EXPLORER
    };
    for explorer in [
        Checker::new().engine(bounded).loom(),
        Checker::new()
            .engine(Explorer {
                spurious_wakeups: 0,
                ..EXPLORER
            })
            .loom(),
    ] {
        let report = explorer.report(FIXED);
        assert_eq!(engine(&report, "loom").verdict.kind(), "refuted");
        assert!(!row(&report, "deadlock").is_artefact);
    }
}

/// An engine that has seen a deadlock, and has no artefacts.
#[derive(Debug)]
struct Witnessed;

impl Engine for Witnessed {
    fn name(&self) -> &'static str {
        "witnessed"
    }

    fn memory_model(&self) -> MemoryModel {
        MemoryModel::Hardware
    }

    fn supports(&self, _: Feature) -> bool {
        true
    }

    fn explore_any(&self, scenario: &AnyScenario, budget: &Budget) -> Exploration<AnyOutcome> {
        let mut exploration = Explorer::default().explore_any(scenario, budget);
        exploration.outcomes.record(Ending::Deadlock);
        exploration.is_exact = false;
        exploration
    }
}

#[test]
fn what_an_engine_without_artefacts_has_seen_is_no_artefact() {
    let report = Checker::new().explorer().loom().engine(Witnessed).report(FIXED);
    for name in ["loom", "witnessed"] {
        assert_eq!(engine(&report, name).verdict.kind(), "refuted");
    }
    assert!(!row(&report, "deadlock").is_artefact);
}

/// The thread that meets the poison panics in other words on each engine.
#[derive(Clone, Copy)]
struct MeetsPoison;

impl Scenario for MeetsPoison {
    type Outcome = ();

    fn name(&self) -> String {
        "meets poison".to_owned()
    }

    fn run<B: Backend>(&self) {
        let lock = Arc::new(B::Mutex::new(0));
        let theirs = Arc::clone(&lock);
        let thread = B::spawn(move || {
            let _held = theirs.lock();
            panic!("while it holds the lock");
        });
        assert!(thread.join().is_err());
        *lock.lock() += 1;
    }

    fn expectations(&self) -> Expectations<()> {
        Expectations::new().required((), "never reached")
    }
}

#[test]
fn a_panic_in_other_words_is_no_artefact() {
    let report = report(MeetsPoison);
    let panics: Vec<_> = report.rows.iter().filter(|row| row.kind == "panic").collect();
    assert_eq!(panics.len(), 2, "one of each engine: {panics:?}");
    assert!(panics.iter().all(|row| !row.is_artefact));
    assert_eq!(engine(&report, "loom").verdict.kind(), "refuted");
}

/// Two threads access plain memory, and nothing orders them, unless `orders`.
#[derive(Clone, Copy)]
struct Plain {
    orders: bool,
}

impl Scenario for Plain {
    type Outcome = i64;

    fn name(&self) -> String {
        "plain".to_owned()
    }

    fn run<B: Backend>(&self) -> i64 {
        let cell = Arc::new(B::Cell::new(0));
        let theirs = Arc::clone(&cell);
        let thread = B::spawn(move || theirs.set(1));
        match self.orders {
            true => {
                thread.join().unwrap();
                cell.get()
            }
            false => {
                let seen = cell.get();
                thread.join().unwrap();
                seen
            }
        }
    }

    fn expectations(&self) -> Expectations<i64> {
        Expectations::new().allowed_if(|_| true, "anything")
    }
}

/// After a data race the program has no meaning, so nothing is ruled out.
#[test]
fn an_exploration_is_exact_only_without_a_data_race_and_a_weaker_ordering() {
    fn is_exact(scenario: impl Scenario) -> bool {
        let engine = AnyEngine::new(Explorer::SEQUENTIAL);
        engine.explore_any(&scenario.into(), &Budget::default()).is_exact
    }
    assert!(is_exact(FIXED));
    assert!(is_exact(Plain { orders: true }));
    assert!(!is_exact(Plain { orders: false }));
    for orderings in [(SeqCst, Release), (Acquire, SeqCst)] {
        assert!(!is_exact(TokenTaken { orderings, ..FIXED }));
    }
    // The flag belongs to one exploration, and loom knows nothing of it.
    assert!(is_exact(FIXED));
    let loom = AnyEngine::new(Loom::default());
    assert!(
        !loom
            .explore_any(&Plain { orders: true }.into(), &Budget::default())
            .is_exact
    );
}
