//! Programs that do not repeat themselves: they are found out, and told where.

use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;

use selvedge_explorer::sync::Arc;
use selvedge_explorer::sync::atomic::AtomicI64;
use selvedge_explorer::{Explorer, Mode, thread};

/// A thread that announces a store where it announced a load: the schedule no longer fits, and that is an
/// error in release builds too.
#[test]
fn a_step_that_is_no_longer_what_was_scheduled_is_nondeterminism() {
    let executions = AtomicUsize::new(0);
    let result = Explorer::new().explore(
        move || {
            let number = Arc::new(AtomicI64::new(0));
            let other = Arc::clone(&number);
            let stores = executions.fetch_add(1, SeqCst).is_multiple_of(2);
            let thread = thread::spawn(move || {
                if stores {
                    other.store(5, SeqCst)
                } else {
                    _ = other.load(SeqCst)
                }
            });
            let seen = number.load(SeqCst);
            thread.join().unwrap();
            seen
        },
        |_| (),
    );
    let error = result.expect_err("it is noticed").to_string();
    assert!(error.contains("now announced Load"), "{error}");
    assert!(error.contains("announced Store"), "{error}");
}

/// Explores two threads that race, and beside them a third that does this, given the number of the execution.
fn beside_a_race(third: impl Fn(usize, &AtomicI64) + Copy + Send + 'static) -> String {
    let executions = AtomicUsize::new(0);
    let result = Explorer::new().explore(
        move || {
            let number = executions.fetch_add(1, SeqCst);
            let raced = Arc::new(AtomicI64::new(0));
            let (stored, own) = (Arc::clone(&raced), Arc::new(AtomicI64::new(0)));
            thread::spawn(move || third(number, &own));
            thread::spawn(move || stored.store(1, SeqCst));
            raced.load(SeqCst);
        },
        |_| (),
    );
    result.expect_err("it is not deterministic").to_string()
}

/// Threads that have no part in a race are compared too, with what they announced before.
#[test]
fn a_thread_that_has_nothing_to_do_with_a_race_must_repeat_itself_too() {
    let otherwise = beside_a_race(|number, own| match number {
        0 => own.store(1, SeqCst),
        _ => _ = own.load(SeqCst),
    });
    assert!(otherwise.contains("thread 1 now announced Load"), "{otherwise}");
    assert!(otherwise.contains("announced Store"), "{otherwise}");
    let shorter = beside_a_race(|number, own| {
        if number == 0 {
            own.store(1, SeqCst);
        }
    });
    assert!(shorter.contains("thread 1 now has ended"), "{shorter}");
    let longer = beside_a_race(|number, own| {
        if number > 0 {
            own.store(1, SeqCst);
        }
    });
    assert!(
        longer.contains("thread 1 now announced Store") && longer.contains("ended"),
        "{longer}"
    );
}

/// In the first execution the loop ends by itself after three turns, and in the later ones it does not; so the thread
/// has stopped where it had announced a third turn.
#[test]
fn a_thread_that_stops_must_have_stopped_before() {
    for bound in [None, Some(9)] {
        let runs = AtomicUsize::new(0);
        let explorer = Explorer::new().mode(Mode::Enumeration).preemption_bound(bound);
        let result = explorer.explore(
            move || {
                // The first execution is begun again each time that the loop has been left in a probe: after its second turn,
                // and after its third.
                let patient = runs.fetch_add(1, SeqCst) > 2;
                let number = AtomicI64::new(0);
                let raced = Arc::new(AtomicI64::new(0));
                let stored = Arc::clone(&raced);
                thread::spawn(move || {
                    for turn in 1.. {
                        if number.load(SeqCst) != 0 || !patient && turn == 3 {
                            break;
                        }
                    }
                });
                thread::spawn(move || stored.store(1, SeqCst));
                raced.load(SeqCst);
            },
            |_| (),
        );
        let error = result.expect_err("it is not deterministic").to_string();
        assert!(
            error.contains("at step 3, thread 1 now waits"),
            "{bound:?}: {error}"
        );
        assert!(error.contains("announced Load"), "{bound:?}: {error}");
    }
}
