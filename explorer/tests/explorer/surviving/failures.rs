//! Limits and mistakes of the explorer are its own, and not the program's.

use crate::support::strict::strict;
use std::collections::BTreeSet;
use std::panic::{self, AssertUnwindSafe};

use selvedge_explorer::sync::RwLock;
use selvedge_explorer::sync::atomic::AtomicBool;
use selvedge_explorer::{Completeness, Cut, Ending, Explorer, Limit, ReplayError, Then, thread};

use super::{OnDrop, assert_nothing_is_left, endings, endings_with, table};
use crate::support::process::alone;

/// Checks that the body runs into a limit, in all that executes it, and that it does not notice.
#[track_caller]
fn assert_limit(explorer: &Explorer, limit: Limit, body: impl Fn() + Copy + 'static) {
    let unnoticed = move || {
        let _notices = OnDrop(|| panic!("the program does not unwind"));
        let _ = panic::catch_unwind(AssertUnwindSafe(body));
        unreachable!("the program does not go on")
    };
    for unwinds in [false, true] {
        let explorer = explorer.clone().unwind_abandoned(unwinds);
        let (summary, endings) = match unwinds {
            false => endings_with::<()>(&explorer, unnoticed),
            true => endings_with(&explorer, body),
        };
        assert_eq!(summary.completeness, Completeness::CutShort(Cut::Limit(limit)));
        assert_eq!((summary.executions, endings), (0, table([])), "it is no ending");
        let replay = explorer.replay(body, &[], Then::RunOn);
        assert!(matches!(replay, Err(ReplayError::Limit(reached)) if reached == limit));
        let wanted = BTreeSet::from([true]);
        let shortest = explorer
            .shortest(body, Ending::is_failure, &wanted)
            .expect("deterministic");
        assert_eq!((shortest.cut, shortest.minimal), (Some(Cut::Limit(limit)), false));
        assert_nothing_is_left();
    }
}

#[test]
fn too_many_threads_are_a_limit() {
    alone(|| {
        assert_limit(&strict(), Limit::Threads, || {
            (0..16).for_each(|_| drop(thread::spawn(|| ())));
        });
        let fifteen = || (0..15).for_each(|_| drop(thread::spawn(|| ())));
        assert_eq!(endings(fifteen), table([("finished", 1)]));
    });
}

/// A thread that spawns one that spawns one, and so on.
fn spawn_below(depth: usize) {
    if depth > 0 {
        drop(thread::spawn(move || spawn_below(depth - 1)).join());
    }
}

#[test]
fn threads_too_deep_below_each_other_are_a_limit() {
    alone(|| {
        assert_eq!(endings(|| spawn_below(15)), table([("finished", 1)]));
        assert_limit(&strict(), Limit::Threads, || spawn_below(16));
    });
}

#[test]
fn too_many_objects_are_a_limit() {
    alone(|| {
        assert_limit(&strict(), Limit::Objects, || {
            (0..=u16::MAX).for_each(|_| _ = AtomicBool::new(false));
        });
    });
}

#[test]
fn too_many_read_locks_are_a_limit() {
    alone(|| {
        let read = |times: usize| {
            move || {
                let lock = RwLock::new(());
                let guards: Vec<_> = (0..times).map(|_| lock.read()).collect();
                drop(guards);
            }
        };
        assert_eq!(endings(read(15)), table([("finished", 1)]));
        assert_limit(&strict(), Limit::ReadLocks, read(16));
    });
}

#[test]
fn too_little_memory_for_a_stack_is_a_limit() {
    alone(|| {
        for size in [usize::MAX, 1 << 60] {
            let explorer = strict().stack_size(size);
            assert_limit(&explorer, Limit::StackMemory, || ());
        }
    });
}

#[test]
fn a_limit_reached_late_keeps_what_was_found_before() {
    alone(|| {
        let body = || {
            let many = selvedge_explorer::choose(3) == 2;
            (0..if many { 16 } else { 1 }).for_each(|_| drop(thread::spawn(|| ())));
        };
        let (summary, endings) = endings_with(&strict(), body);
        assert_eq!(endings, table([("finished", 2)]));
        assert_eq!(
            summary.completeness,
            Completeness::CutShort(Cut::Limit(Limit::Threads))
        );
        assert_eq!(
            summary.completeness.to_string(),
            "cut short by a limit of the explorer: the explored program has more than 16 threads"
        );
    });
}

#[test]
fn a_limit_reached_only_by_an_abandoned_destructor_ends_that_and_nothing_else() {
    alone(|| {
        let body = || {
            let _creates = OnDrop(|| {
                (0..=u16::MAX).for_each(|_| _ = AtomicBool::new(false));
                unreachable!("the program does not go on");
            });
            selvedge_explorer::choose(3);
            thread::park();
        };
        let (summary, endings) = endings_with(&strict().unwind_abandoned(true), body);
        assert_eq!(endings, table([("deadlock", 3)]));
        assert_eq!(summary.completeness.to_string(), "bounded by spurious wakeups");
        assert_nothing_is_left();
    });
}

#[test]
fn an_exploration_within_an_execution_is_a_panic_of_the_program() {
    alone(|| {
        let body = || drop(strict().explore(|| (), |_| ()));
        let message = "panic: an exploration was begun within an execution";
        assert_eq!(endings(body), table([(message, 1)]));
        assert_nothing_is_left();
    });
}

#[test]
fn an_exploration_within_a_callback_is_an_exploration() {
    alone(|| {
        let mut inner = Vec::new();
        let summary = strict().explore(thread::park, |_| {
            inner.push(strict().explore(thread::park, |_| ()).unwrap().failures);
        });
        assert_eq!((summary.unwrap().failures, inner), (1, vec![1]));
        assert_nothing_is_left();
    });
}

#[test]
fn the_callers_panics_are_the_callers() {
    alone(|| {
        let message = |payload: Box<dyn std::any::Any + Send>| *payload.downcast::<&str>().unwrap();
        let in_callback =
            panic::catch_unwind(|| strict().explore(thread::park, |_| panic!("the callback's")));
        assert_eq!(message(in_callback.expect_err("it panicked")), "the callback's");
        let in_classify = panic::catch_unwind(|| {
            let classify = |_: &Ending<()>| -> bool { panic!("the classification's") };
            strict().shortest(thread::park, classify, &BTreeSet::from([true]))
        });
        assert_eq!(
            message(in_classify.expect_err("it panicked")),
            "the classification's"
        );
        let in_output = panic::catch_unwind(|| {
            // The main thread returns, and another is stuck: what it returns is dropped by the explorer.
            let body = || {
                drop(thread::spawn(thread::park));
                OnDrop(|| panic!("the output's"))
            };
            strict().explore(body, |execution| assert!(execution.ending().is_failure()))
        });
        assert_eq!(message(in_output.expect_err("it panicked")), "the output's");
        assert_nothing_is_left();
    });
}
