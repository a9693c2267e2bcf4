//! Locks, channels and the like.

use crate::{assert_says, failure, outcomes};
use loom::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use loom::sync::mpsc::{self, RecvTimeoutError, TryRecvError, TrySendError};
use loom::sync::{Arc, Barrier, Condvar, LazyLock, Mutex, Notify, Once, OnceLock, RwLock};
use loom::thread;
use std::time::Duration;

#[test]
fn a_mutex_excludes() {
    let count = |locks: bool| {
        move || {
            let counter = Arc::new((Mutex::new(()), AtomicUsize::new(0)));
            let theirs = Arc::clone(&counter);
            let add = move |counter: &(Mutex<()>, AtomicUsize)| {
                let _guard = locks.then(|| counter.0.lock().unwrap());
                counter.1.store(counter.1.load(SeqCst) + 1, SeqCst);
            };
            let thread = thread::spawn(move || add(&theirs));
            add(&counter);
            thread.join().unwrap();
            counter.1.load(SeqCst)
        }
    };
    assert_eq!(outcomes(count(true)), [2].into());
    assert_eq!(outcomes(count(false)), [1, 2].into());
}

#[test]
fn two_locks_in_two_orders_are_a_deadlock() {
    let model = |same: bool| {
        move || {
            let locks = Arc::new([Mutex::new(()), Mutex::new(())]);
            let theirs = Arc::clone(&locks);
            let thread = thread::spawn(move || {
                let _first = theirs[usize::from(!same)].lock();
                let _second = theirs[usize::from(same)].lock();
            });
            let first = locks[0].lock();
            drop((locks[1].lock(), first));
            thread.join().unwrap();
        }
    };
    loom::model(model(true));
    let report = failure(model(false));
    assert_says(&report, "deadlock");
    assert_says(&report, "held by thread 1 since");
}

#[test]
fn a_condition_variable_wakes_who_looks_again() {
    let model = |looks_again: bool| {
        move || {
            let shared = Arc::new((Mutex::new(false), Condvar::new()));
            let theirs = Arc::clone(&shared);
            let thread = thread::spawn(move || {
                *theirs.0.lock().unwrap() = true;
                theirs.1.notify_one();
            });
            let mut ready = shared.0.lock().unwrap();
            while !*ready {
                ready = shared.1.wait(ready).unwrap();
                if !looks_again {
                    assert!(*ready, "it was woken for no reason");
                }
            }
            drop(ready);
            thread.join().unwrap();
        }
    };
    loom::model(model(true));
    assert_says(&failure(model(false)), "it was woken for no reason");
}

#[test]
fn readers_share_and_writers_do_not() {
    let seen = outcomes(|| {
        let lock = Arc::new(RwLock::new(0));
        let theirs = Arc::clone(&lock);
        let thread = thread::spawn(move || *theirs.write().unwrap() += 1);
        let seen = (*lock.read().unwrap(), lock.try_read().map(|value| *value).ok());
        thread.join().unwrap();
        seen
    });
    assert_eq!(seen, [(0, None), (0, Some(0)), (1, Some(1))].into());
}

#[test]
fn a_notification_is_kept() {
    let model = |notifies: bool| {
        move || {
            let notify = Arc::new(Notify::new());
            let theirs = Arc::clone(&notify);
            let thread = thread::spawn(move || theirs.wait());
            if notifies {
                notify.notify();
            }
            thread.join().unwrap();
        }
    };
    loom::model(model(true));
    assert_says(&failure(model(false)), "to be unparked");
}

#[test]
fn a_barrier_lets_all_go_on_together_again_and_again() {
    loom::model(|| {
        let shared = Arc::new((Barrier::new(2), AtomicUsize::new(0)));
        let theirs = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            theirs.1.fetch_add(1, SeqCst);
            let first = theirs.0.wait().is_leader();
            theirs.1.fetch_add(1, SeqCst);
            theirs.0.wait();
            first
        });
        let leads = shared.0.wait().is_leader();
        assert!(shared.1.load(SeqCst) >= 1);
        shared.0.wait();
        assert_eq!(shared.1.load(SeqCst), 2);
        assert_ne!(thread.join().unwrap(), leads);
    });
    let report = failure(|| {
        let barrier = Arc::new(Barrier::new(2));
        barrier.wait();
    });
    assert_says(&report, "deadlock");
}

#[test]
fn a_channel_passes_messages_in_order() {
    let seen = outcomes(|| {
        let (sender, receiver) = mpsc::channel();
        let other = sender.clone();
        thread::spawn(move || {
            sender.send(1).unwrap();
            sender.send(2).unwrap();
        });
        thread::spawn(move || other.send(3).unwrap());
        receiver.iter().collect::<Vec<_>>()
    });
    assert_eq!(seen, [vec![1, 2, 3], vec![1, 3, 2], vec![3, 1, 2]].into());
    let report = failure(|| {
        let (sender, receiver) = mpsc::channel::<u8>();
        let kept = sender.clone();
        drop(sender);
        receiver.recv().unwrap();
        drop(kept);
    });
    assert_says(&report, "deadlock");
}

#[test]
fn a_channel_says_when_the_other_side_has_gone() {
    loom::model(|| {
        let (sender, receiver) = mpsc::channel();
        assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
        sender.send(1).unwrap();
        drop(sender);
        assert_eq!((receiver.recv(), receiver.recv().is_err()), (Ok(1), true));
        let (sender, receiver) = mpsc::channel();
        drop(receiver);
        assert_eq!(sender.send(1).unwrap_err().0, 1);
    });
    let timed = outcomes(|| {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || sender.send(1));
        match receiver.recv_timeout(Duration::from_secs(1)) {
            Ok(message) => Some(message),
            Err(error) => {
                assert_eq!(error, RecvTimeoutError::Timeout);
                None
            }
        }
    });
    assert_eq!(timed, [None, Some(1)].into());
}

#[test]
fn a_bounded_channel_makes_senders_wait() {
    loom::model(|| {
        let (sender, receiver) = mpsc::sync_channel(1);
        let others = [(); 2].map(|()| sender.clone());
        drop(sender);
        let threads = others.map(|sender| thread::spawn(move || sender.send(1).unwrap()));
        assert_eq!((receiver.recv(), receiver.recv()), (Ok(1), Ok(1)));
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
    loom::model(|| {
        let (sender, receiver) = mpsc::sync_channel(1);
        assert_eq!(sender.try_send(1), Ok(()));
        assert_eq!(sender.try_send(2), Err(TrySendError::Full(2)));
        drop(receiver);
        assert_eq!(sender.try_send(3), Err(TrySendError::Disconnected(3)));
    });
    let report = failure(|| {
        let (sender, receiver) = mpsc::sync_channel(1);
        sender.send(1).unwrap();
        sender.send(2).unwrap();
        drop(receiver);
    });
    assert_says(&report, "deadlock");
}

#[test]
fn a_channel_without_room_hands_messages_over() {
    let received = outcomes(|| {
        let (sender, receiver) = mpsc::sync_channel(0);
        let before = Arc::new(AtomicUsize::new(0));
        let theirs = Arc::clone(&before);
        let thread = thread::spawn(move || {
            sender.send(5).unwrap();
            theirs.load(SeqCst)
        });
        before.store(1, SeqCst);
        assert_eq!(receiver.recv(), Ok(5));
        thread.join().unwrap()
    });
    assert_eq!(
        received,
        [1].into(),
        "the sender goes on when the message has been received"
    );
    loom::model(|| {
        let (sender, receiver) = mpsc::sync_channel(0);
        let thread = thread::spawn(move || sender.send(5));
        drop(receiver);
        assert!(thread.join().unwrap().is_err());
    });
}

#[test]
fn what_is_done_once_is_done_once() {
    loom::model(|| {
        let shared = Arc::new((Once::new(), AtomicUsize::new(0)));
        let theirs = Arc::clone(&shared);
        let call = |shared: &(Once, AtomicUsize)| {
            shared.0.call_once(|| {
                shared.1.fetch_add(1, SeqCst);
            });
            assert_eq!(shared.1.load(SeqCst), 1);
        };
        let thread = thread::spawn(move || call(&theirs));
        call(&shared);
        thread.join().unwrap();
        assert!(shared.0.is_completed());
    });
}

#[test]
fn a_place_is_filled_once() {
    let seen = outcomes(|| {
        let place = Arc::new(OnceLock::new());
        let theirs = Arc::clone(&place);
        let thread = thread::spawn(move || *theirs.get_or_init(|| 1));
        let set = place.set(2);
        assert_eq!(thread.join().unwrap(), *place.get().unwrap());
        (set.is_ok(), *place.get().unwrap())
    });
    assert_eq!(seen, [(false, 1), (true, 2)].into());
    let lazy = outcomes(|| {
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        let lazy = Arc::new(LazyLock::new(move || counted.fetch_add(1, SeqCst)));
        let theirs = Arc::clone(&lazy);
        let thread = thread::spawn(move || **theirs);
        (**lazy, thread.join().unwrap(), calls.load(SeqCst))
    });
    assert_eq!(lazy, [(0, 0, 1)].into());
}
