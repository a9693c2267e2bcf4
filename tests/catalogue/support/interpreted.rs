//! Programs that an interpreter runs: one line of source executes every instruction, so each has a label.

use selvedge::explorer::sync::atomic::AtomicI64;
use selvedge::explorer::sync::{Arc, Mutex};
use selvedge::explorer::thread::{self, label};
use std::sync::atomic::Ordering::SeqCst;

/// A program; it returns what can be observed.
type Program = fn() -> i64;

/// The programs by the names of their drawings,
/// in which the lines of this file are to be seen.
pub(crate) const PROGRAMS: [(&str, Program); 2] = [("labels", lost_update), ("labelled-locks", deadlock)];

/// Two threads that add 1 and −1, in two instructions each.
pub(crate) fn lost_update() -> i64 {
    let x = Arc::new(AtomicI64::new(0).named("x"));
    let threads = [1, -1].map(|delta| {
        let x = Arc::clone(&x);
        thread::spawn(move || {
            label("LOAD_GLOBAL");
            let value = x.load(SeqCst);
            label("STORE_GLOBAL");
            x.store(value + delta, SeqCst);
        })
    });
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    x.load(SeqCst)
}

/// Two threads that take two locks, each in its own order.
pub(crate) fn deadlock() -> i64 {
    let locks = Arc::new([Mutex::new(()).named("a"), Mutex::new(()).named("b")]);
    let threads = [[0, 1], [1, 0]].map(|[first, second]| {
        let locks = Arc::clone(&locks);
        thread::spawn(move || {
            label("BEFORE_WITH outer");
            let outer = locks[first].lock().unwrap();
            label("BEFORE_WITH inner");
            let inner = locks[second].lock().unwrap();
            label("WITH_EXCEPT_START");
            drop(inner);
            label("");
            drop(outer);
        })
    });
    label("CALL join");
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    0
}
