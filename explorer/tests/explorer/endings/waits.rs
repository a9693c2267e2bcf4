//! Deadlocks, notifications, time-outs and parking.

use super::*;

#[test]
fn two_locks_taken_in_opposite_order_deadlock() {
    let first_lock = line!() + 7;
    let second_lock = line!() + 7;
    let body = || {
        let locks = Arc::new([(); 2].map(|()| Mutex::new(())));
        let threads = [[0, 1], [1, 0]].map(|[first, second]| {
            let locks = Arc::clone(&locks);
            thread::spawn(move || {
                let _first = locks[first].lock().unwrap();
                let _second = locks[second].lock().unwrap();
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    };
    let endings = endings(body);
    assert_eq!(endings.len(), 2);
    assert!(endings.contains(&Ending::Finished(())));
    let Some(Ending::Deadlock(stuck)) = endings.iter().find(|ending| ending.is_failure()) else {
        panic!("no deadlock")
    };
    let [main, one, two] = &stuck[..] else {
        panic!("{stuck:?}")
    };
    assert_eq!(main.waiting_for, WaitingFor::End(one.thread));
    for (stuck, other) in [(one, two), (two, one)] {
        assert_eq!(
            (stuck.waiting_for, stuck.location.line()),
            (WaitingFor::Lock, second_lock)
        );
        assert_eq!(stuck.holders[0].thread, other.thread);
        assert_eq!(stuck.holders[0].acquired_at.line(), first_lock);
    }
    // Both threads are suspended with guards on their stacks, again and again: 3 traces.
    assert_eq!(explore(&Explorer::new(), body).failures, 1);
}

#[test]
fn a_notification_before_the_wait_is_lost() {
    let body = |checked: bool| {
        move || {
            let shared = Arc::new((Mutex::new(false), Condvar::new()));
            let theirs = Arc::clone(&shared);
            let waiter = thread::spawn(move || {
                let guard = theirs.0.lock().unwrap();
                match checked {
                    true => drop(theirs.1.wait_while(guard, |ready| !*ready).unwrap()),
                    false => drop(theirs.1.wait(guard).unwrap()),
                }
            });
            *shared.0.lock().unwrap() = true;
            shared.1.notify_one();
            waiter.join().unwrap();
        }
    };
    assert_eq!(endings(body(true)), BTreeSet::from([Ending::Finished(())]));
    let lost = endings(body(false));
    let stuck = lost.iter().find_map(|ending| match ending {
        Ending::Deadlock(stuck) => Some(stuck),
        _ => None,
    });
    assert_eq!(
        stuck.expect("a lost wakeup")[1].waiting_for,
        WaitingFor::Notification
    );
    assert_eq!(lost.len(), 2);
}

#[test]
fn which_waiting_thread_is_notified_is_explored() {
    let body = || {
        let shared = Arc::new((Mutex::new(Vec::new()), Condvar::new()));
        let threads = [0, 1].map(|index| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                let guard = shared.0.lock().unwrap();
                shared.1.wait(guard).unwrap().push(index);
            })
        });
        shared.1.notify_one();
        shared.1.notify_one();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        Arc::try_unwrap(shared)
            .map_err(|_| ())
            .unwrap()
            .0
            .into_inner()
            .unwrap()
    };
    let finished: BTreeSet<_> = endings(body)
        .into_iter()
        .filter_map(|ending| ending.finished().cloned())
        .collect();
    assert_eq!(finished, BTreeSet::from([vec![0, 1], vec![1, 0]]));
}

#[test]
fn a_timed_wait_ends_either_way() {
    let body = || {
        let shared = Arc::new((Mutex::new(()), Condvar::new()));
        let theirs = Arc::clone(&shared);
        let waiter = thread::spawn(move || {
            let guard = theirs.0.lock().unwrap();
            theirs
                .1
                .wait_timeout(guard, Duration::from_millis(1))
                .unwrap()
                .1
                .timed_out()
        });
        shared.1.notify_all();
        waiter.join().unwrap()
    };
    assert_eq!(outcomes(body), BTreeSet::from([false, true]));
}

#[test]
fn a_loop_around_a_timed_wait_is_bounded_by_timeouts() {
    let body = || {
        let shared = Arc::new((Mutex::new(false), Condvar::new()));
        let theirs = Arc::clone(&shared);
        let waiter = thread::spawn(move || {
            let mut guard = theirs.0.lock().unwrap();
            while !*guard {
                guard = theirs.1.wait_timeout(guard, Duration::from_millis(1)).unwrap().0;
            }
        });
        *shared.0.lock().unwrap() = true;
        shared.1.notify_all();
        waiter.join().unwrap();
    };
    let summary = explore(&Explorer::new(), body);
    assert_eq!(summary.completeness.to_string(), "bounded by timeouts");
    assert_eq!(summary.failures, 0);
}

#[test]
fn parking_without_a_token_is_a_deadlock() {
    let (endings, _) = endings_with(&strict(), thread::park);
    let [Ending::Deadlock(stuck)] = endings.iter().collect::<Vec<_>>()[..] else {
        panic!("{endings:?}")
    };
    assert_eq!(stuck[0].waiting_for, WaitingFor::Unpark);
}

#[test]
fn a_writer_that_two_readers_keep_waiting_may_also_come_first() {
    // The readers want to write while both read: neither release ever comes. Only leaving out both
    // acquisitions lets the writer come first.
    let body = || {
        let lock = Arc::new(RwLock::new(0));
        let readers = [(); 2].map(|()| {
            let lock = Arc::clone(&lock);
            thread::spawn(move || {
                let _reading = lock.read();
                drop(lock.write());
            })
        });
        *lock.write().unwrap() = 1;
        drop(readers);
    };
    let count = |mode: Mode| {
        let mut traces = BTreeSet::new();
        Explorer::new()
            .mode(mode)
            .explore(body, |execution| {
                traces.insert(execution.trace_hash());
            })
            .unwrap();
        traces
    };
    let all = count(Mode::Enumeration);
    for mode in [Mode::SleepSets, Mode::Source, Mode::Optimal] {
        assert_eq!(count(mode), all, "{mode:?}");
    }
}
