//! Attempts to lock, which return where others wait.

use crate::support::{DFS, EXPLORER, endings, explore};
use selvedge::backend::{Atomic, AtomicInteger, Backend, Feature, Join, Lock, Primitives, ReadWriteLock};
use selvedge::engine::{Completeness, Engine, Explorer, States};
use selvedge::report::Report;
use selvedge::scenario::AnyScenario;
use selvedge::{Checker, Ending, Expectations, Flow, Repeated, Scenario, StepFn, Verdict};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

/// A lock that is tried when nobody holds it, when this thread does, when another may, and when it is poisoned.
struct Tried;

impl Scenario for Tried {
    type Outcome = bool;

    fn name(&self) -> String {
        "tried".to_owned()
    }

    fn run<B: Backend>(&self) -> bool {
        let lock = Arc::new(B::Mutex::new(1));
        *lock.try_lock().expect("nobody holds it") += 1;
        {
            let held = lock.lock();
            assert!(lock.try_lock().is_none(), "this thread holds it");
            assert_eq!(*held, 2, "the attempt has changed nothing");
        }
        let other = Arc::clone(&lock);
        let thread = B::spawn(move || *other.lock() += 1);
        let is_free = match lock.try_lock() {
            Some(value) => {
                assert!([2, 3].contains(&*value));
                true
            }
            None => false,
        };
        thread.join().unwrap();
        assert_eq!(*lock.try_lock().expect("it has been unlocked"), 3);
        is_free
    }

    fn expectations(&self) -> Expectations<bool> {
        Expectations::new()
            .required(true, "the other thread comes before or after")
            .required(false, "the other thread holds it")
    }

    fn needs(&self) -> &[Feature] {
        &[Feature::TryLock]
    }
}

#[test]
fn an_attempt_fails_exactly_while_the_lock_is_held() {
    let checker = Checker::new()
        .explorer()
        .shuttle_dfs()
        .shuttle_random(7)
        .threads()
        .executions(2_000);
    let report = checker.report(Tried);
    assert!(report.is_as_expected(), "{report:?}");
    let kinds: Vec<_> = report
        .engines
        .iter()
        .map(|engine| engine.verdict.kind())
        .collect();
    assert_eq!(kinds, ["proved", "proved", "sampled", "sampled"]);
}

/// An attempt at a lock that is poisoned.
struct TriesPoisoned;

impl Scenario for TriesPoisoned {
    type Outcome = bool;

    fn name(&self) -> String {
        "tries a poisoned lock".to_owned()
    }

    fn run<B: Backend>(&self) -> bool {
        let lock = Arc::new(B::Mutex::new(0));
        let other = Arc::clone(&lock);
        let panics = B::spawn(move || {
            let _held = other.lock();
            panic!("while it is held");
        });
        panics.join().unwrap_err();
        let tries = B::spawn(move || drop(lock.try_lock()));
        tries.join().is_err()
    }

    fn expectations(&self) -> Expectations<bool> {
        Expectations::new().required(true, "an attempt panics as `lock` does")
    }

    fn needs(&self) -> &[Feature] {
        &[Feature::TryLock]
    }
}

#[test]
fn an_attempt_at_a_poisoned_lock_panics() {
    let every = Checker::new().explorer().shuttle_dfs().threads();
    every.executions(100).check(TriesPoisoned);
}

/// A readers-writer lock that is tried for reading and for writing, while nobody holds it and while somebody does.
struct TriedBoth;

impl Scenario for TriedBoth {
    type Outcome = (bool, bool);

    fn name(&self) -> String {
        "tried for both".to_owned()
    }

    fn run<B: Backend>(&self) -> (bool, bool) {
        let lock = Arc::new(B::RwLock::new(1));
        *lock.try_write().expect("nobody holds it") += 1;
        assert_eq!(*lock.try_read().expect("nobody holds it"), 2);
        {
            let _reads = lock.read();
            assert!(lock.try_write().is_none(), "this thread reads");
        }
        {
            let _writes = lock.write();
            assert!(lock.try_read().is_none(), "this thread writes");
            assert!(lock.try_write().is_none(), "this thread writes");
        }
        let other = Arc::clone(&lock);
        let thread = B::spawn(move || {
            let read = other.try_read();
            read.map(|value| assert!([2, 3].contains(&*value))).is_some()
        });
        let writes = lock.try_write().map(|mut value| *value += 1).is_some();
        let reads = thread.join().unwrap();
        assert_eq!(*lock.read(), 2 + i32::from(writes));
        (reads, writes)
    }

    fn expectations(&self) -> Expectations<(bool, bool)> {
        Expectations::new()
            .required((true, true), "one after the other")
            .required((true, false), "the reader was there")
            .required((false, true), "the writer was there")
            .forbidden_if(
                |both| *both == (false, false),
                "whoever fails meets one who does not",
            )
    }

    fn needs(&self) -> &[Feature] {
        &[Feature::TryLock]
    }
}

/// Under shuttle no writer keeps a reader out.
#[test]
fn a_readers_writer_lock_is_tried_for_both() {
    let checker = Checker::new()
        .explorer()
        .shuttle_dfs()
        .shuttle_random(7)
        .threads();
    let report = checker.executions(2_000).report(TriedBoth);
    assert!(report.is_as_expected(), "{report:?}");
    let kinds: Vec<_> = report
        .engines
        .iter()
        .map(|engine| engine.verdict.kind())
        .collect();
    assert_eq!(kinds, ["proved", "bounded", "sampled", "sampled"]);
}

/// A thread that reads and tries to read once more: under `std` it may, unless a writer waits.
struct ReadsTwice {
    has_writer: bool,
}

impl Scenario for ReadsTwice {
    type Outcome = bool;

    fn name(&self) -> String {
        "reads twice".to_owned()
    }

    fn run<B: Backend>(&self) -> bool {
        let lock = Arc::new(B::RwLock::new(0));
        let other = Arc::clone(&lock);
        let writer = self.has_writer.then(|| B::spawn(move || *other.write() += 1));
        let reads = lock.read();
        let reads_twice = lock.try_read().is_some();
        drop(reads);
        if let Some(writer) = writer {
            writer.join().unwrap();
        }
        reads_twice
    }

    fn expectations(&self) -> Expectations<bool> {
        let expectations = Expectations::new().required(true, "no writer waits");
        match self.has_writer {
            true => expectations.required(false, "a writer waits, and comes first"),
            false => expectations,
        }
    }

    fn needs(&self) -> &[Feature] {
        &[Feature::TryLock]
    }
}

#[test]
fn a_reader_may_read_twice_unless_a_writer_waits() {
    for has_writer in [false, true] {
        let (_, verdict) = explore(ReadsTwice { has_writer }, &EXPLORER);
        assert_eq!(verdict, Verdict::Proved);
        // Under shuttle it never may, and a writer would wait for ever: neither of that is a verdict.
        let (_, verdict) = explore(ReadsTwice { has_writer }, &DFS);
        let reason = verdict.reason().unwrap_or_default();
        assert!(reason.ends_with("by a thread that reads already"), "{verdict:?}");
        assert_eq!(verdict.kind(), "inconclusive");
    }
}

/// The reason why a thread that has left a job behind may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LooksAgain {
    /// Whoever holds the lock has looked for jobs already, and does not look again.
    Never,
    /// Whoever has held the lock looks again after it.
    Afterwards,
    /// The same, and fences order the look with the attempt of the other.
    WithFences,
}

/// Each of two threads leaves a job, and does all that it finds if nobody else is at work: a thread whose attempt to
/// lock fails leaves its job to the other.
struct Handover(LooksAgain);

impl Scenario for Handover {
    type Outcome = usize;

    fn name(&self) -> String {
        format!("handover, {:?}", self.0)
    }

    fn run<B: Backend>(&self) -> usize {
        let looks = self.0;
        let shared = Arc::new((
            B::AtomicUsize::new(0).named("jobs"),
            B::Mutex::new(0).named("done"),
        ));
        let serve = move |shared: &(B::AtomicUsize, B::Mutex<usize>)| {
            let (jobs, lock) = shared;
            jobs.fetch_add(1, SeqCst);
            loop {
                if looks == LooksAgain::WithFences {
                    B::fence(SeqCst);
                }
                let Some(mut done) = lock.try_lock() else { return };
                *done += jobs.swap(0, SeqCst);
                drop(done);
                if looks == LooksAgain::WithFences {
                    B::fence(SeqCst);
                }
                if looks == LooksAgain::Never || jobs.load(SeqCst) == 0 {
                    return;
                }
            }
        };
        let theirs = Arc::clone(&shared);
        let thread = B::spawn(move || serve(&theirs));
        serve(&shared);
        thread.join().unwrap();
        *shared.1.lock()
    }

    fn expectations(&self) -> Expectations<usize> {
        Expectations::new()
            .required(2, "each job is done")
            .forbidden_if(|done| *done < 2, "a job is left behind")
    }

    fn needs(&self) -> &[Feature] {
        &[Feature::TryLock]
    }
}

#[test]
fn a_job_is_left_behind_where_nobody_looks_again() {
    let never = Arc::new(Handover(LooksAgain::Never));
    let sequential = endings(&never, &Explorer::SEQUENTIAL);
    assert_eq!(sequential, BTreeSet::from([1, 2].map(Ending::Finished)));
    assert_eq!(sequential, endings(&never, &DFS));
    let afterwards = Arc::new(Handover(LooksAgain::Afterwards));
    let sequential = endings(&afterwards, &Explorer::SEQUENTIAL);
    assert_eq!(sequential, BTreeSet::from([Ending::Finished(2)]));
    assert_eq!(sequential, endings(&afterwards, &DFS));
}

/// An attempt that fails acquires nothing, as `std`'s, whatever else is `SeqCst`: it may see that the lock is held when
/// whoever held it has looked for the last time.
#[test]
fn an_attempt_that_fails_orders_nothing() {
    let (_, verdict) = explore(Handover(LooksAgain::Afterwards), &EXPLORER);
    let Verdict::Refuted(reason) = &verdict else {
        panic!("{verdict:?}")
    };
    assert!(
        reason.ends_with("it takes weak memory, as no interleaving ends so"),
        "{reason}"
    );
    let (_, verdict) = explore(Handover(LooksAgain::WithFences), &EXPLORER);
    assert_eq!(verdict, Verdict::Proved);
}

/// Two threads that try to count, as often as they are told to.
#[derive(Clone)]
struct Tries(u64);

impl Repeated for Tries {
    type Shared<P: Primitives> = P::Mutex<P::Int>;
    type Outcome = i64;

    fn name(&self) -> String {
        "tries".to_owned()
    }

    fn threads(&self) -> usize {
        2
    }

    fn iterations(&self) -> u64 {
        self.0
    }

    fn with_iterations(&self, iterations: u64) -> Self {
        Tries(iterations)
    }

    fn shared<P: Primitives>(&self) -> P::Mutex<P::Int> {
        P::Mutex::new(0.into())
    }

    fn step<P: Primitives>(&self, _: usize) -> StepFn<P::Mutex<P::Int>> {
        |lock, _| {
            if let Some(mut count) = lock.try_lock() {
                *count += 1;
            }
            Flow::Done
        }
    }

    fn outcome<P: Primitives<Int = i64>>(&self, lock: &P::Mutex<i64>) -> i64 {
        *lock.lock()
    }

    fn expectations(&self) -> Expectations<i64> {
        // All but the first attempt of one thread can fail within the first section of the other, and then all the
        // other's within its one.
        let iterations = i64::try_from(self.0).expect("a few");
        Expectations::new().required_range(iterations.min(2)..=2 * iterations, |_| {
            "attempts may fail".to_owned()
        })
    }
}

#[test]
fn every_state_of_attempts_is_visited() {
    for iterations in 1..=3 {
        let scenario = Tries(iterations);
        let any = AnyScenario::from(Tries(iterations));
        let states = States.explore_any(&any, &Default::default()).typed::<i64>();
        assert_eq!(states.completeness, Completeness::Exhaustive);
        let states: BTreeSet<_> = states.outcomes.iter().map(|(ending, _)| ending.clone()).collect();
        assert_eq!(states, endings(&Arc::new(scenario), &Explorer::SEQUENTIAL));
    }
}

/// No sum says which attempts succeed.
#[test]
fn attempts_are_not_proved_for_every_n() {
    let report = Checker::new().every_n().report(Tries(1_000));
    let verdict = &report.engines[0].verdict;
    assert_eq!(verdict.kind(), "inconclusive");
    let reason = verdict.reason().unwrap_or_default();
    assert!(reason.contains("a step tries to lock"), "{reason}");
}

fn on_loom(scenario: impl Scenario) -> Report {
    Checker::new().loom().report(scenario)
}

#[test]
fn loom_is_not_asked_to_try() {
    let report = on_loom(Tried);
    let reasons: Vec<_> = report
        .unsuitable
        .iter()
        .map(|engine| engine.reason.as_str())
        .collect();
    assert_eq!(reasons, ["loom models no attempts to lock, and this needs them"]);
    // A repeated scenario cannot say what it needs.
    let verdict = &on_loom(Tries(1)).engines[0].verdict;
    assert_eq!(verdict.kind(), "inconclusive");
    let reason = verdict.reason().unwrap_or_default();
    assert!(reason.ends_with("loom models no attempts to lock"), "{reason}");
}

/// Why: with nothing to schedule at between them, loom has no thread try between a lock and its unlock; and a thread
/// that is about to try waits for one that locks.
#[test]
fn loom_s_own_attempts_neither_fail_where_they_may_nor_return_where_they_must() {
    fn attempts(joins_under_the_lock: bool) -> BTreeSet<bool> {
        let seen = Arc::new(std::sync::Mutex::new(BTreeSet::new()));
        let all = Arc::clone(&seen);
        loom::model(move || {
            let lock = Arc::new(loom::sync::Mutex::new(0));
            let theirs = Arc::clone(&lock);
            let thread = loom::thread::spawn(move || theirs.try_lock().is_ok());
            let guard = lock.lock().unwrap();
            let guard = joins_under_the_lock.then_some(guard);
            all.lock().unwrap().insert(thread.join().unwrap());
            drop(guard);
        });
        let seen = seen.lock().unwrap();
        seen.clone()
    }
    assert_eq!(attempts(false), BTreeSet::from([true]), "it can fail, too");
    let deadlock = std::panic::catch_unwind(|| attempts(true)).expect_err("loom takes it for a deadlock");
    let message = deadlock.downcast_ref::<String>().map_or("", String::as_str);
    assert!(message.starts_with("deadlock; threads ="), "{message}");
}
