//! A program with a race whose reversal only weak initials lead to at first.

use std::sync::atomic::Ordering::SeqCst;

use selvedge_explorer::sync::atomic::AtomicI64;
use selvedge_explorer::sync::{Arc, Mutex};
use selvedge_explorer::thread;

/// A thread locks, another locks after it and then wakes a third, which looks at what a fourth and a fifth store.
///
/// The locks race. In the first execution that shows it, the stores happen after the second lock: so its reversal is
/// this lock alone, and a store, explored already, is a weak initial of it. But in a later execution of the same locks
/// the other store comes first, and what begins with that has not been explored with the locks reversed.
pub(crate) fn locks_beside_stores() {
    let lock = Arc::new(Mutex::new(0));
    let shared = Arc::new([AtomicI64::new(0), AtomicI64::new(0)]);
    let [seen, first, second] = [(); 3].map(|()| Arc::clone(&shared));
    let sleeper = thread::spawn(move || {
        thread::park();
        seen[0].load(SeqCst);
    });
    let locked = Arc::clone(&lock);
    thread::spawn(move || *locked.lock().unwrap() += 1);
    thread::spawn(move || {
        first[0].store(1, SeqCst);
        first[1].store(1, SeqCst);
    });
    thread::spawn(move || {
        if second[1].load(SeqCst) == 0 {
            second[0].store(2, SeqCst);
        }
    });
    let sleeper = sleeper.thread().clone();
    thread::spawn(move || {
        if *lock.lock().unwrap() == 1 {
            sleeper.unpark();
        }
    });
}
