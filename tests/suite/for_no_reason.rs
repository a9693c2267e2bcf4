//! What contracts allow, as verdicts: the explorer explores it, and the other engines say that they do not.

use crate::support::{DFS, EXPLORER, explore};
use selvedge::backend::{Atomic, Backend, ConditionVariable, Join, Lock, ReadWriteLock, Unpark};
use selvedge::engine::{Engine, Explorer, Loom};
use selvedge::{Expectations, Scenario, Verdict};
use std::sync::Arc;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};

/// A way to rely on more than a contract says, or with `again` not to.
#[derive(Clone, Copy, Debug)]
enum Reliance {
    /// Takes a return from a wait for a notification.
    Notified,
    /// Takes a return from a park for a token.
    Unparked,
    /// Takes a failure for another thread's success.
    Exchanged,
    /// Takes a second read lock for one that never waits.
    ReadTwice,
}

struct Relies {
    on: Reliance,
    again: bool,
}

impl Scenario for Relies {
    type Outcome = bool;

    fn name(&self) -> String {
        format!("{:?}", self.on)
    }

    fn run<B: Backend>(&self) -> bool {
        match self.on {
            Reliance::Notified => notified::<B>(self.again),
            Reliance::Unparked => unparked::<B>(self.again),
            Reliance::Exchanged => exchanged::<B>(self.again),
            Reliance::ReadTwice => read_twice::<B>(self.again),
        }
    }

    fn expectations(&self) -> Expectations<bool> {
        Expectations::new().required(true, "it has happened")
    }
}

fn notified<B: Backend>(again: bool) -> bool {
    let job = Arc::new((B::Mutex::new(false), B::Condvar::new()));
    let theirs = Arc::clone(&job);
    let worker = B::spawn(move || {
        let mut done = theirs.0.lock();
        if again {
            done = theirs.1.wait_while(done, |done| !*done);
        } else if !*done {
            done = theirs.1.wait(done);
        }
        *done
    });
    *job.0.lock() = true;
    job.1.notify_all();
    worker.join().unwrap()
}

fn unparked<B: Backend>(again: bool) -> bool {
    let done = Arc::new(B::AtomicBool::new(false));
    let theirs = Arc::clone(&done);
    let sleeper = B::spawn(move || {
        B::park();
        while again && !theirs.load(Acquire) {
            B::park();
        }
        theirs.load(Acquire)
    });
    done.store(true, Release);
    sleeper.thread().unpark();
    sleeper.join().unwrap()
}

fn exchanged<B: Backend>(again: bool) -> bool {
    let claimed = B::AtomicBool::new(false);
    let claim = || {
        claimed
            .compare_exchange_weak(false, true, AcqRel, Relaxed)
            .is_err()
    };
    while claim() && again && !claimed.load(Relaxed) {}
    claimed.load(Acquire)
}

fn read_twice<B: Backend>(again: bool) -> bool {
    let lock = Arc::new(B::RwLock::new(0));
    let theirs = Arc::clone(&lock);
    let reader = B::spawn(move || {
        let first = theirs.read();
        let theirs = Arc::clone(&theirs);
        let second = match again {
            true => *first,
            false => B::spawn(move || *theirs.read()).join().unwrap(),
        };
        *first == second
    });
    *lock.write() = 1;
    reader.join().unwrap()
}

const RELIANCES: [(Reliance, &str); 4] = [
    (Reliance::Notified, "no wait returns for no reason"),
    (Reliance::Unparked, "no wait returns for no reason"),
    (Reliance::Exchanged, "no weak exchange fails for no reason"),
    (Reliance::ReadTwice, "waiting writers keep no reader out"),
];

#[test]
fn the_explorer_refutes_what_relies_on_more_than_contracts_say() {
    for (on, _) in RELIANCES {
        let (exploration, verdict) = explore(Relies { on, again: false }, &EXPLORER);
        assert_eq!(verdict.kind(), "refuted", "{on:?}");
        assert!(exploration.executions < 1_000);
        assert_eq!(
            explore(Relies { on, again: true }, &EXPLORER).1,
            Verdict::Proved,
            "{on:?}"
        );
    }
}

#[test]
fn what_is_switched_off_is_said() {
    let strict = Explorer {
        spurious_wakeups: 0,
        weak_failures: 0,
        writer_preference: false,
        ..EXPLORER
    };
    for (on, left_out) in RELIANCES {
        let bounded = Verdict::Bounded(left_out.to_owned());
        assert_eq!(explore(Relies { on, again: false }, &strict).1, bounded, "{on:?}");
    }
}

fn says_what_it_leaves_out(engine: &impl Engine, reliances: &[(Reliance, &str)]) {
    for &(on, left_out) in reliances {
        let bounded = Verdict::Bounded(left_out.to_owned());
        assert_eq!(explore(Relies { on, again: false }, engine).1, bounded, "{on:?}");
    }
}

#[test]
fn loom_and_shuttle_say_what_they_leave_out() {
    says_what_it_leaves_out(&Loom::default(), &RELIANCES);
    let [notified, _, exchanged, read_twice] = RELIANCES;
    says_what_it_leaves_out(&DFS, &[notified, exchanged, read_twice]);
    // A parked thread goes on for no reason under shuttle, too.
    let on = Reliance::Unparked;
    assert_eq!(explore(Relies { on, again: false }, &DFS).1.kind(), "refuted");
}
