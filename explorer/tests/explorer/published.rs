//! Bugs from public trackers, each in a few lines: the shortest way to it, what is told of that, and that its fix
//! is correct.

use selvedge_explorer::drawing::Drawing;
use selvedge_explorer::sync::atomic::AtomicUsize;
use selvedge_explorer::sync::{Arc, Cell, Condvar, Mutex};
use selvedge_explorer::{Completeness, Ending, Explorer, Schedule, Then, thread};
use std::collections::BTreeSet;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
use std::time::Duration;

/// Returns the schedule of the shortest witness of an ending of this kind, and its story without places.
fn witness<O: std::fmt::Debug + 'static>(
    body: impl Fn() -> O + Copy + 'static,
    is_wanted: impl Fn(&Ending<O>) -> bool,
) -> (String, String) {
    let explorer = Explorer::new().timeouts(1).spurious_wakeups(0);
    let found = explorer
        .shortest(body, &is_wanted, &BTreeSet::from([true]))
        .expect("deterministic");
    assert!(found.minimal && found.missing.is_empty());
    let schedule = Schedule(found.witnesses[0].schedule.clone());
    let replay = |then| explorer.replay(body, &schedule.0, then).expect("it fits");
    let ending = replay(Then::RunOn).ending.expect("it was run on");
    let drawing = Drawing::new(&replay(Then::Stop).interleaving, &ending);
    (schedule.to_string(), without_places(&drawing.story.join(" ")))
}

/// Returns a text without the places in brackets.
fn without_places(text: &str) -> String {
    let parts = text.split(" (published.rs:").enumerate();
    let parts = parts.map(|(number, part)| match number {
        0 => part,
        _ => part.split_once(')').map_or("", |(_, after)| after),
    });
    parts.collect()
}

/// Checks that every execution finishes with a result that is right.
fn assert_correct<O: 'static>(body: impl Fn() -> O + 'static, is_right: impl Fn(&O) -> bool) {
    let explorer = Explorer::new().timeouts(1).spurious_wakeups(0);
    let explored = explorer.explore(body, |execution| {
        assert!(
            execution.ending().finished().is_some_and(&is_right),
            "{:?}",
            execution.ending().kind()
        );
    });
    let completeness = explored.expect("deterministic").completeness;
    assert!(!matches!(completeness, Completeness::CutShort(_)));
}

/// The receiver looks, then registers, and sleeps without another look: rust-lang's `mpsc`, async-oneshot.
#[test]
fn a_receiver_that_does_not_look_again_sleeps_for_ever() {
    fn body(looks_again: bool) {
        let state = Arc::new((AtomicUsize::new(0), Mutex::new(None::<thread::Thread>)));
        let theirs = Arc::clone(&state);
        let receiver = thread::spawn(move || {
            if theirs.0.load(Acquire) == 0 {
                *theirs.1.lock().unwrap() = Some(thread::current());
                if !looks_again || theirs.0.load(Acquire) == 0 {
                    thread::park();
                }
            }
        });
        state.0.fetch_or(1, AcqRel);
        let waker = state.1.lock().unwrap().take();
        if let Some(receiver) = waker {
            receiver.unpark();
        }
        receiver.join().unwrap();
    }
    let (schedule, story) = witness(|| body(false), |ending| matches!(ending, Ending::Deadlock(_)));
    assert_eq!(schedule, "1 main×3 1 1");
    assert_eq!(
        story,
        "Thread 1 waits to be unparked, and no thread is left to unpark it. The main thread waits for thread 1 to \
         end."
    );
    assert_correct(|| body(true), |()| true);
}

/// The last reader notifies without the lock under which the sender looks: tokio's broadcast channel.
#[test]
fn a_notification_without_the_lock_comes_too_early() {
    fn body(locks: bool) -> i32 {
        let shared = Arc::new((AtomicUsize::new(1), Mutex::new(0), Condvar::new().named("free")));
        let theirs = Arc::clone(&shared);
        let sender = thread::spawn(move || {
            let mut tail = theirs.1.lock().unwrap();
            while theirs.0.load(SeqCst) > 0 {
                tail = theirs.2.wait(tail).unwrap();
            }
            *tail += 1;
        });
        shared.0.fetch_sub(1, SeqCst);
        if locks {
            drop(shared.1.lock());
        }
        shared.2.notify_one();
        sender.join().unwrap();
        *shared.1.lock().unwrap()
    }
    let (_, story) = witness(|| body(false), |ending| matches!(ending, Ending::Deadlock(_)));
    assert_eq!(
        story,
        "Thread 1 waits to be notified by free, but the notification by the main thread came before, and \
         notifications are not kept. The main thread waits for thread 1 to end."
    );
    assert_correct(|| body(true), |&sent| sent == 1);
}

/// The consumer of a ring of one place gives the place back with a relaxed store: iceoryx2, heapless.
#[test]
fn a_place_that_is_given_back_too_weakly_is_overwritten_while_it_is_read() {
    fn body(is_fixed: bool) {
        let (gives, takes) = if is_fixed {
            (Release, Acquire)
        } else {
            (Relaxed, Relaxed)
        };
        let ring = Arc::new((Cell::new(1).named("place"), AtomicUsize::new(0).named("read")));
        let theirs = Arc::clone(&ring);
        let producer = thread::spawn(move || {
            if theirs.1.load(takes) == 1 {
                theirs.0.set(2);
            }
        });
        ring.0.get();
        ring.1.store(1, gives);
        producer.join().unwrap();
    }
    let (schedule, story) = witness(|| body(false), |ending| matches!(ending, Ending::DataRace(_)));
    assert_eq!(schedule, "main main 1 1");
    assert_eq!(
        story,
        "The main thread read place = 1, and thread 1 wrote place = 2. In between, the main thread wrote read and \
         thread 1 read it, but both are relaxed, which orders nothing else. Two accesses that nothing orders, at \
         least one of them a write, are a data race: anything may happen."
    );
    assert_correct(|| body(true), |()| true);
}

/// A barrier counts who has given up: tokio's `Barrier::wait_timeout`. Nothing false is said of what happened.
#[test]
fn a_barrier_that_counts_who_gave_up_opens_for_one() {
    fn body(takes_back: bool) -> usize {
        let barrier = Arc::new((
            Mutex::new((0, false)).named("state"),
            Condvar::new().named("all here"),
        ));
        let threads = [(); 2].map(|()| {
            let barrier = Arc::clone(&barrier);
            thread::spawn(move || {
                let mut state = barrier.0.lock().unwrap();
                state.0 += 1;
                if state.0 == 2 {
                    state.1 = true;
                    barrier.1.notify_all();
                    return true;
                }
                let (mut state, _) = barrier.1.wait_timeout(state, Duration::from_millis(1)).unwrap();
                state.0 -= usize::from(takes_back && !state.1);
                state.1
            })
        });
        threads
            .into_iter()
            .map(|thread| usize::from(thread.join().unwrap()))
            .sum()
    }
    let (_, story) = witness(|| body(false), |ending| ending.finished() == Some(&1));
    assert_eq!(
        story,
        "Thread 1 waited for all here until the time was up. Only one thread at a time held state: thread 1, then \
         thread 2."
    );
    assert_correct(|| body(true), |&passed| passed != 1);
}
