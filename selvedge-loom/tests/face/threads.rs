//! Threads.

use crate::{assert_says, failure, outcomes};
use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use loom::thread;
use std::rc::Rc;
use std::time::Duration;

#[test]
fn what_is_spawned_need_not_be_send() {
    loom::model(|| {
        let shared = Rc::new(1);
        let theirs = Rc::clone(&shared);
        let thread = thread::spawn(move || Rc::new(*theirs + 1));
        assert_eq!(*thread.join().unwrap(), 2);
        assert_eq!(Rc::strong_count(&shared), 1);
    });
}

#[test]
fn a_thread_has_an_id_and_a_name() {
    loom::model(|| {
        let named = thread::Builder::new().name("worker".to_owned());
        let thread = named
            .spawn(|| thread::current().name().map(str::to_owned))
            .unwrap();
        assert_ne!(thread.thread().id(), thread::current().id());
        assert_eq!(thread.join().unwrap().as_deref(), Some("worker"));
    });
}

#[test]
fn a_parked_thread_goes_on_when_it_is_unparked() {
    let park = |unparks: bool| {
        move || {
            let flag = Arc::new(AtomicBool::new(false));
            let theirs = Arc::clone(&flag);
            let thread = thread::spawn(move || {
                while !theirs.load(SeqCst) {
                    thread::park();
                }
            });
            flag.store(true, SeqCst);
            if unparks {
                thread.thread().unpark();
            }
            thread.join().unwrap();
        }
    };
    loom::model(park(true));
    assert_says(&failure(park(false)), "to be unparked");
}

#[test]
fn a_park_with_a_time_out_comes_to_an_end() {
    loom::model(|| thread::park_timeout(Duration::from_secs(1)));
    assert_says(&failure(thread::park), "to be unparked");
}

#[test]
fn scoped_threads_borrow() {
    let count = || {
        let counter = AtomicUsize::new(0);
        thread::scope(|scope| {
            scope.spawn(|| counter.store(counter.load(SeqCst) + 1, SeqCst));
            scope.spawn(|| counter.store(counter.load(SeqCst) + 1, SeqCst));
        });
        counter.load(SeqCst)
    };
    assert_eq!(outcomes(count), [1, 2].into());
}

#[test]
fn a_loop_that_polls_comes_to_an_end() {
    let poll = |stores: bool| {
        move || {
            let flag = Arc::new(AtomicBool::new(false));
            let theirs = Arc::clone(&flag);
            thread::spawn(move || theirs.store(stores, SeqCst));
            while !flag.load(SeqCst) {
                thread::yield_now();
            }
        }
    };
    loom::model(poll(true));
    assert_says(&failure(poll(false)), "in a loop for a change of atomic flag");
}
