//! The GIL on real threads: the times of each thread's turns.

use selvedge::Backend;
use selvedge::backend::{Join, Std};
use selvedge::python::gil::{
    Gil, GlobalLock, History, NoGil, Protocol, Stretch, SwitchInterval, Timeline, Turn,
};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

/// The first two turns that overlap.
fn overlap(histories: &[History]) -> Option<(Stretch, Stretch)> {
    let mut turns: Vec<_> = histories
        .iter()
        .flat_map(|history| history.stretches().iter().copied())
        .collect();
    assert!(turns.iter().all(|turn| turn.turns == 1), "nothing was merged");
    turns.sort_by_key(|turn| turn.from);
    turns
        .windows(2)
        .find(|pair| pair[1].from < pair[0].to)
        .map(|pair| (pair[0], pair[1]))
}

/// Makes three threads check the eval breaker until the lock has passed from one to another `switches` times.
fn pass_around<L: GlobalLock>(lock: L, switches: usize) -> Vec<History> {
    const THREADS: usize = 3;
    let timeline = Arc::new(Timeline::new(lock, THREADS));
    let (last, seen) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let start = Arc::new(Barrier::new(THREADS));
    let threads: Vec<_> = (1..=THREADS)
        .map(|me| {
            let (timeline, last, seen) = (Arc::clone(&timeline), Arc::clone(&last), Arc::clone(&seen));
            let start = Arc::clone(&start);
            Std::spawn(move || {
                start.wait();
                let mut turn = timeline.take(me);
                while seen.load(Ordering::Relaxed) < switches {
                    if last.swap(me, Ordering::Relaxed) != me {
                        seen.fetch_add(1, Ordering::Relaxed);
                    }
                    turn.check();
                }
            })
        })
        .collect();
    threads
        .into_iter()
        .for_each(|thread| thread.join().expect("it does not panic"));
    Arc::into_inner(timeline)
        .expect("all threads have ended")
        .into_histories()
}

#[test]
fn under_the_gil_no_turn_overlaps_another() {
    let interval = SwitchInterval::Lasts(Duration::from_micros(50));
    let histories = pass_around(Gil::<Std>::new(Protocol::Faithful, interval), 100);
    assert_eq!(overlap(&histories), None);
    let turns: u64 = histories.iter().map(History::turns).sum();
    let forced: u64 = histories.iter().map(History::forced).sum();
    assert!(turns >= 100, "the lock went around: {turns}");
    assert_eq!(
        turns,
        forced + 3,
        "a turn ends because another thread asks, or for good"
    );
}

/// The broken twin: without a lock the turns overlap, and the timeline shows it.
#[test]
fn without_a_gil_turns_overlap() {
    let timeline = Timeline::new(NoGil, 2);
    let one = timeline.take(1);
    thread::sleep(Duration::from_millis(1));
    let other = timeline.take(2);
    thread::sleep(Duration::from_millis(1));
    drop((one, other));
    let histories = timeline.into_histories();
    let (first, second) = overlap(&histories).expect("both were held at once");
    assert_eq!(
        (first, second),
        (histories[0].stretches()[0], histories[1].stretches()[0])
    );
}

#[test]
fn a_thread_that_waits_for_something_else_does_not_hold_the_lock() {
    let timeline = Timeline::new(NoGil, 1);
    let mut turn = timeline.take(1);
    turn.while_waiting(|| thread::sleep(Duration::from_millis(2)));
    drop(turn);
    drop(timeline.take(1));
    let histories = timeline.into_histories();
    let [first, second, third] = histories[0].stretches() else {
        panic!("three turns: {histories:?}")
    };
    assert!(second.from - first.to >= Duration::from_millis(2));
    assert!(third.from >= second.to, "what is noted later goes on from there");
    assert_eq!(histories[0].forced(), 0, "nobody asked for it");
}
