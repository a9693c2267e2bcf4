//! Exploring on several OS threads: the same executions, each once, and the same results in every run.

use std::collections::BTreeMap;
use std::panic;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};

use selvedge_explorer::sync::atomic::AtomicI64;
use selvedge_explorer::sync::{Arc, Mutex};
use selvedge_explorer::{Completeness, Cut, Ending, Execution, Explorer, MemoryModel, Summary, thread};

/// The number of executions with each ending.
type Counts = BTreeMap<Ending<i64>, u64>;

fn explore(
    explorer: &Explorer,
    jobs: usize,
    body: impl Fn() -> i64 + Send + Sync + 'static,
) -> (Vec<Counts>, Summary) {
    let mut parts = Vec::new();
    let summary = explorer
        .clone()
        .jobs(jobs)
        .explore_on_jobs(
            body,
            Counts::new,
            |counts, execution: &Execution<'_, i64>| {
                *counts.entry(execution.ending().clone()).or_default() += 1;
            },
            |counts| parts.push(counts),
        )
        .expect("deterministic");
    (parts, summary)
}

fn sum(parts: Vec<Counts>) -> Counts {
    parts
        .into_iter()
        .flatten()
        .fold(Counts::new(), |mut all, (ending, count)| {
            *all.entry(ending).or_default() += count;
            all
        })
}

fn two_threads(work: impl Fn(&AtomicI64, &Mutex<i64>) + Send + Sync + Copy + 'static) -> impl Fn() -> i64 {
    move || {
        let shared = Arc::new((AtomicI64::new(0), Mutex::new(0)));
        let threads = [(); 2].map(|()| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || work(&shared.0, &shared.1))
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        shared.0.load(SeqCst)
    }
}

fn unlocked(times: usize) -> impl Fn() -> i64 + Send + Sync + 'static {
    two_threads(move |x, _| {
        for _ in 0..times {
            x.store(x.load(Relaxed) + 1, Relaxed);
        }
    })
}

fn locked(times: usize) -> impl Fn() -> i64 + Send + Sync + 'static {
    two_threads(move |x, lock| {
        for _ in 0..times {
            let _guard = lock.lock().unwrap();
            x.store(x.load(Relaxed) + 1, Relaxed);
        }
    })
}

#[test]
fn several_jobs_find_what_one_does() {
    for model in [MemoryModel::SequentiallyConsistent, MemoryModel::Rc11] {
        let explorer = Explorer::new().memory_model(model);
        let (alone, summary) = explore(&explorer, 1, unlocked(4));
        assert_eq!((alone.len(), summary.executions), (1, 3334));
        let alone = sum(alone);
        for jobs in [2, 3, 8] {
            let (parts, summary) = explore(&explorer, jobs, unlocked(4));
            assert_eq!((summary.executions, summary.blocked), (3334, 0));
            assert_eq!(summary.completeness, Completeness::Exhaustive);
            assert!(parts.len() >= 16 * jobs, "{} parts", parts.len());
            assert_eq!(sum(parts.clone()), alone);
            assert_eq!(
                explore(&explorer, jobs, unlocked(4)).0,
                parts,
                "in the same order"
            );
        }
        let (parts, summary) = explore(&explorer, 2, locked(6));
        assert_eq!((summary.executions, summary.blocked), (924, 0));
        assert_eq!(sum(parts), Counts::from([(Ending::Finished(12), 924)]));
    }
}

#[test]
fn what_is_too_small_has_one_part() {
    let (parts, summary) = explore(&Explorer::new(), 4, unlocked(1));
    assert_eq!((parts.len(), summary.executions), (1, 4));
}

#[test]
fn the_limit_of_executions_is_that_of_all_jobs_together() {
    let limited = Explorer::new().executions(Some(100));
    let (parts, summary) = explore(&limited, 3, unlocked(4));
    assert_eq!(summary.executions, 100);
    assert_eq!(summary.completeness, Completeness::CutShort(Cut::Executions));
    assert_eq!(sum(parts).values().sum::<u64>(), 100);
}

#[test]
fn a_body_that_does_not_repeat_itself_is_found_out() {
    let calls = AtomicU64::new(0);
    let result = Explorer::new().jobs(2).explore_on_jobs(
        move || {
            let x = Arc::new(AtomicI64::new(0));
            let theirs = Arc::clone(&x);
            let other = thread::spawn(move || (0..4).for_each(|_| theirs.store(1, SeqCst)));
            // After the walk that splits the search, which has few executions.
            let more = calls.fetch_add(1, SeqCst) / 200;
            (0..4 + more % 2).for_each(|_| x.store(2, SeqCst));
            other.join().unwrap();
        },
        || (),
        |(), _| (),
        |()| (),
    );
    result.expect_err("it does not repeat itself");
}

#[test]
fn a_panic_of_the_callback_is_passed_on() {
    let caught = panic::catch_unwind(|| {
        Explorer::new().jobs(2).explore_on_jobs(
            unlocked(4),
            || (),
            |(), execution| assert!(execution.number() < 5, "enough"),
            |()| (),
        )
    });
    let payload = caught.expect_err("it panics");
    assert_eq!(payload.downcast_ref::<&str>(), Some(&"enough"));
}
