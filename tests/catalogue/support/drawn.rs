//! Small programs that go wrong, or might, each with a drawing of its own kind.

use selvedge::explorer::sync::atomic::{AtomicBool, AtomicI64};
use selvedge::explorer::sync::{Arc, Cell, Condvar, Mutex, RwLock};
use selvedge::explorer::{choose, thread};
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::time::Duration;

/// A program; it returns what can be observed.
type Program = fn() -> i64;

/// The programs by name.
pub(crate) const PROGRAMS: [(&str, Program); 18] = [
    ("two-locks", two_locks),
    ("self-deadlock", self_deadlock),
    ("lost-wakeup", lost_wakeup),
    ("poison", poison),
    ("rwlock", rwlock),
    ("park", park),
    ("park-too-often", park_too_often),
    ("choose", chosen),
    ("wait-timeout", wait_timeout),
    ("relaxed-flag", relaxed_flag),
    ("main-takes-part", main_takes_part),
    ("long-run", long_run),
    ("retry", retry),
    ("nested", nested),
    ("cell-locked-twice", cell_locked_twice),
    ("half-done", half_done),
    ("queue", queue),
    ("look-then-add", look_then_add),
];

fn two_locks() -> i64 {
    let locks = Arc::new((Mutex::new(0), Mutex::new(0)));
    let other = Arc::clone(&locks);
    let one = thread::spawn(move || {
        let _first = other.0.lock().unwrap();
        let _second = other.1.lock().unwrap();
    });
    let other = Arc::clone(&locks);
    let two = thread::spawn(move || {
        let _second = other.1.lock().unwrap();
        let _first = other.0.lock().unwrap();
    });
    one.join().unwrap();
    two.join().unwrap();
    0
}

fn self_deadlock() -> i64 {
    let mutex = Arc::new(Mutex::new(0));
    let thread = thread::spawn(move || {
        let _guard = mutex.lock().unwrap();
        let _again = mutex.lock().unwrap();
    });
    thread.join().unwrap();
    0
}

fn lost_wakeup() -> i64 {
    let shared = Arc::new((AtomicBool::new(false), Mutex::new(()), Condvar::new()));
    let other = Arc::clone(&shared);
    let waiter = thread::spawn(move || {
        let (ready, mutex, condvar) = &*other;
        if !ready.load(SeqCst) {
            let guard = mutex.lock().unwrap();
            drop(condvar.wait(guard).unwrap());
        }
    });
    let notifier = thread::spawn(move || {
        let (ready, _, condvar) = &*shared;
        ready.store(true, SeqCst);
        condvar.notify_one();
    });
    waiter.join().unwrap();
    notifier.join().unwrap();
    0
}

fn poison() -> i64 {
    let mutex = Arc::new(Mutex::new(0));
    let value = Arc::new(AtomicI64::new(0));
    let (other, theirs) = (Arc::clone(&mutex), Arc::clone(&value));
    let careless = thread::spawn(move || {
        let _guard = other.lock().unwrap();
        assert_eq!(theirs.load(SeqCst), 0, "nobody has touched it");
    });
    value.store(7, SeqCst);
    let failed = careless.join().is_err();
    let poisoned = mutex.lock().is_err();
    assert!(!failed, "the thread panicked");
    i64::from(poisoned)
}

fn rwlock() -> i64 {
    let lock = Arc::new(RwLock::new(0));
    let other = Arc::clone(&lock);
    let writer = thread::spawn(move || *other.write().unwrap() += 1);
    let reader = thread::spawn(move || *lock.read().unwrap());
    writer.join().unwrap();
    reader.join().unwrap()
}

fn park() -> i64 {
    let ready = Arc::new(AtomicBool::new(false));
    let theirs = Arc::clone(&ready);
    let sleeper = thread::spawn(move || {
        while !theirs.load(SeqCst) {
            thread::park();
        }
    });
    ready.store(true, SeqCst);
    sleeper.thread().unpark();
    sleeper.join().unwrap();
    0
}

fn park_too_often() -> i64 {
    let sleeper = thread::spawn(|| {
        thread::park();
        thread::park();
    });
    sleeper.thread().unpark();
    sleeper.thread().unpark();
    sleeper.join().unwrap();
    0
}

fn chosen() -> i64 {
    let value = Arc::new(AtomicI64::new(0));
    let theirs = Arc::clone(&value);
    let thread = thread::spawn(move || theirs.store(choose(2) as i64 - 1, Relaxed));
    thread.join().unwrap();
    value.load(Relaxed)
}

fn wait_timeout() -> i64 {
    let shared = Arc::new((Mutex::new(0).named("result"), Condvar::new().named("done")));
    let other = Arc::clone(&shared);
    let waiter = thread::spawn(move || {
        let result = other.0.lock_recorded().unwrap();
        let (result, time) = other.1.wait_timeout(result, Duration::from_secs(1)).unwrap();
        10 * *result + i64::from(time.timed_out())
    });
    let notifier = thread::spawn(move || {
        *shared.0.lock_recorded().unwrap() = 7;
        shared.1.notify_all();
    });
    notifier.join().unwrap();
    waiter.join().unwrap()
}

fn relaxed_flag() -> i64 {
    let shared = Arc::new((Cell::new(0), AtomicBool::new(false)));
    let other = Arc::clone(&shared);
    let writer = thread::spawn(move || {
        other.0.set(1);
        other.1.store(true, Relaxed);
    });
    let reader = thread::spawn(move || match shared.1.load(Relaxed) {
        true => shared.0.get(),
        false => -1,
    });
    writer.join().unwrap();
    reader.join().unwrap()
}

fn main_takes_part() -> i64 {
    let value = Arc::new(AtomicI64::new(0));
    let theirs = Arc::clone(&value);
    let thread = thread::spawn(move || theirs.store(theirs.load(SeqCst) + 1, SeqCst));
    value.store(value.load(SeqCst) + 1, SeqCst);
    thread.join().unwrap();
    value.load(SeqCst)
}

/// One thread reads, another counts to ten, and then the first stores a value computed from its read.
fn long_run() -> i64 {
    let value = Arc::new(AtomicI64::new(0));
    let theirs = Arc::clone(&value);
    let one = thread::spawn(move || theirs.store(theirs.load(SeqCst) - 1, SeqCst));
    let theirs = Arc::clone(&value);
    let two = thread::spawn(move || {
        for _ in 0..10 {
            theirs.store(theirs.load(SeqCst) + 1, SeqCst);
        }
    });
    one.join().unwrap();
    two.join().unwrap();
    value.load(SeqCst)
}

/// Two threads that add by a retry loop; returns the number of retries.
fn retry() -> i64 {
    let value = Arc::new(AtomicI64::new(0));
    let threads = [1, -1].map(|delta| {
        let value = Arc::clone(&value);
        thread::spawn(move || {
            let (mut seen, mut retries) = (value.load(Relaxed), 0);
            while let Err(found) = value.compare_exchange(seen, seen + delta, Relaxed, Relaxed) {
                (seen, retries) = (found, retries + 1);
            }
            retries
        })
    });
    threads.into_iter().map(|thread| thread.join().unwrap()).sum()
}

/// A thread that spawns another, and a `try_lock` that may fail.
fn nested() -> i64 {
    let mutex = Arc::new(Mutex::new(0));
    let parent = thread::spawn(move || {
        let theirs = Arc::clone(&mutex);
        let child = thread::spawn(move || drop(theirs.lock().unwrap()));
        let free = mutex.try_lock().is_ok();
        child.join().unwrap();
        free
    });
    i64::from(parent.join().unwrap())
}

/// Plain memory under a lock for each access, and none for the update; one thread updates it twice.
fn cell_locked_twice() -> i64 {
    let shared = Arc::new((Mutex::new(()), Cell::new(0)));
    let threads = [2, 1].map(|times| {
        let shared = Arc::clone(&shared);
        thread::spawn(move || {
            let (mutex, cell) = &*shared;
            let locked = |act: &dyn Fn() -> i64| {
                let _guard = mutex.lock().unwrap();
                act()
            };
            for _ in 0..times {
                let seen = locked(&|| cell.get());
                locked(&|| {
                    cell.set(seen + 1);
                    0
                });
            }
        })
    });
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    shared.1.get()
}

/// A transfer of which a panic leaves only the first half.
fn half_done() -> i64 {
    let account = Arc::new(Mutex::new(100).named("account"));
    let theirs = Arc::clone(&account);
    let careless = thread::spawn(move || {
        let mut account = theirs.lock_recorded().unwrap();
        *account -= 70;
        assert!(*account >= 50, "the account is too low");
    });
    let thread = thread::spawn(move || match account.lock_recorded() {
        Ok(account) => *account,
        Err(poisoned) => **poisoned.get_ref(),
    });
    let _ = careless.join();
    thread.join().unwrap()
}

/// Two threads each take an item that the main thread puts in; returns how many of them had to wait.
fn queue() -> i64 {
    let shared = Arc::new((Mutex::new(0).named("items"), Condvar::new().named("ready")));
    let takers = [(), ()].map(|()| {
        let shared = Arc::clone(&shared);
        thread::spawn(move || {
            let mut items = shared.0.lock_recorded().unwrap();
            let waits = *items == 0;
            while *items == 0 {
                items = shared.1.wait(items).unwrap();
            }
            *items -= 1;
            i64::from(waits)
        })
    });
    for _ in 0..2 {
        *shared.0.lock_recorded().unwrap() += 1;
        shared.1.notify_one();
    }
    takers.into_iter().map(|thread| thread.join().unwrap()).sum()
}

/// Checks whether there is room, and adds under a second lock, when the value may have changed.
fn look_then_add() -> i64 {
    let seats = Arc::new(Mutex::new(0).named("seats"));
    let threads = [(), ()].map(|()| {
        let seats = Arc::clone(&seats);
        thread::spawn(move || {
            if *seats.lock_recorded().unwrap() < 1 {
                *seats.lock_recorded().unwrap() += 1;
            }
        })
    });
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    *seats.lock_recorded().unwrap()
}

/// A program that panics with a wide, long message of two lines.
pub(crate) fn talkative() {
    let value = Arc::new(AtomicI64::new(i64::MIN));
    let thread = thread::spawn(move || {
        let seen = value.load(SeqCst);
        panic!("{seen} {}\n\t{}", "wide ".repeat(40), "日本語".repeat(60));
    });
    thread.join().unwrap();
}
