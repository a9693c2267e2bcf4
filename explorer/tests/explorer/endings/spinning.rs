//! Loops that spin.

use super::*;

#[test]
fn spin_locks_end() {
    let body = || {
        let shared = Arc::new((AtomicBool::new(false), Cell::new(0)));
        let threads = [(); 2].map(|()| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                while shared.0.compare_exchange(false, true, Acquire, Relaxed).is_err() {
                    hint::spin_loop();
                }
                shared.1.set(shared.1.get() + 1);
                shared.0.store(false, Release);
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        shared.1.get()
    };
    assert_eq!(outcomes(body), BTreeSet::from([2]));
}

#[test]
fn ticket_locks_end() {
    let body = || {
        let shared = Arc::new((AtomicUsize::new(0), AtomicUsize::new(0), Cell::new(0)));
        let threads = [(); 3].map(|()| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                let ticket = shared.0.fetch_add(1, Relaxed);
                while shared.1.load(Acquire) != ticket {
                    thread::yield_now();
                }
                shared.2.set(shared.2.get() + 1);
                shared.1.store(ticket + 1, Release);
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        shared.2.get()
    };
    assert_eq!(outcomes(body), BTreeSet::from([3]));
}

#[test]
fn compare_exchange_loops_end() {
    let body = || {
        let counter = Arc::new(AtomicI64::new(0));
        let threads = [(); 3].map(|()| {
            let counter = Arc::clone(&counter);
            thread::spawn(move || {
                counter
                    .fetch_update(SeqCst, Relaxed, |value| Some(value + 1))
                    .unwrap();
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        counter.load(SeqCst)
    };
    assert_eq!(outcomes(body), BTreeSet::from([3]));
}

#[test]
fn a_spin_that_nobody_ends_is_a_deadlock() {
    let body = || {
        let flag = AtomicBool::new(false);
        while !flag.load(Acquire) {
            hint::spin_loop();
        }
    };
    let endings = endings(body);
    let [Ending::Deadlock(stuck)] = endings.iter().collect::<Vec<_>>()[..] else {
        panic!("{endings:?}")
    };
    assert_eq!(stuck[0].waiting_for, WaitingFor::Change);
}

#[test]
fn a_spin_reaches_the_step_limit_where_no_repetition_stops() {
    let body = || {
        let flag = Arc::new(AtomicBool::new(false));
        let theirs = Arc::clone(&flag);
        let thread = thread::spawn(move || while !theirs.load(Acquire) {});
        flag.store(true, Release);
        thread.join().unwrap();
    };
    let mut finished = 0;
    let summary = Explorer::new()
        .steps(20)
        .repetition_stops(false)
        .explore(body, |execution| {
            finished += u32::from(execution.ending().finished().is_some())
        })
        .unwrap();
    assert_eq!(summary.completeness.to_string(), "bounded by steps");
    assert!(finished > 0 && summary.executions > u64::from(finished));
}

#[test]
fn a_loop_that_gives_up_is_no_repetition() {
    let body = || {
        let flag = Arc::new(AtomicBool::new(false));
        let theirs = Arc::clone(&flag);
        let thread = thread::spawn(move || {
            for _ in 0..3 {
                if theirs.load(SeqCst) {
                    return true;
                }
                hint::spin_loop();
            }
            false
        });
        flag.store(true, SeqCst);
        thread.join().unwrap()
    };
    assert_eq!(outcomes(body), BTreeSet::from([false, true]));
}

#[test]
fn a_yield_between_a_load_and_a_store_does_not_wait() {
    let body = || {
        let counter = Arc::new(AtomicI64::new(0));
        let threads = [(); 2].map(|()| {
            let counter = Arc::clone(&counter);
            thread::spawn(move || {
                for _ in 0..2 {
                    let seen = counter.load(SeqCst);
                    thread::yield_now();
                    counter.store(seen + 1, SeqCst);
                }
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        counter.load(SeqCst)
    };
    assert_eq!(outcomes(body), BTreeSet::from([2, 3, 4]));
    let summary = Explorer::new().explore(body, |_| ()).unwrap();
    assert_eq!(summary.executions, 34, "as without the yields");
}
