//! Memory: flat over executions that end, and growing by what the program owns over those that are abandoned.
#![cfg(target_os = "linux")]

use crate::support::strict::strict;
use std::panic;
use std::sync::atomic::Ordering::SeqCst;

use selvedge_explorer::sync::atomic::AtomicUsize;
use selvedge_explorer::sync::{Arc, Condvar, Mutex};
use selvedge_explorer::{Explorer, Summary, choose, thread};

use crate::support::process::{alone, resident_memory};

/// Explores so many executions of the body, and returns by how many bytes the resident memory grows after the
/// first tenth of them.
fn growth(executions: u64, explorer: Explorer, body: impl Fn() + 'static) -> (Summary, f64) {
    let mut after_warming_up = 0;
    let explorer = explorer.executions(Some(executions));
    let summary = explorer.explore(body, |execution| {
        if execution.number() == executions / 10 {
            after_warming_up = resident_memory();
        }
    });
    let growth = resident_memory().saturating_sub(after_warming_up);
    (summary.expect("deterministic"), growth as f64)
}

/// As many alternatives as there are executions, for a body without other choices.
fn many() {
    choose(1 << 20);
}

#[test]
fn a_million_executions_that_end_take_no_more_memory_than_a_hundred_thousand() {
    alone(|| {
        let body = || {
            let number = Arc::new(AtomicUsize::new(0));
            let threads = [(); 2].map(|()| {
                let number = Arc::clone(&number);
                thread::spawn(move || (0..7).for_each(|_| number.store(number.load(SeqCst) + 1, SeqCst)))
            });
            threads.into_iter().for_each(|thread| thread.join().unwrap());
        };
        let (summary, growth) = growth(1_000_000, strict(), body);
        assert_eq!((summary.executions, summary.failures), (1_000_000, 0));
        assert!(growth < 1e6, "{growth} bytes: more than one for each execution");
    });
}

/// The deadlock of which `Explorer::unwind_abandoned` says how much it leaks.
fn deadlock() {
    many();
    let pair = Arc::new((Mutex::new(false), Condvar::new()));
    let theirs = Arc::clone(&pair);
    let waits = thread::spawn(move || {
        let mut ready = theirs.0.lock().unwrap();
        while !*ready {
            ready = theirs.1.wait(ready).unwrap();
        }
    });
    waits.join().unwrap();
}

#[test]
fn a_deadlock_leaks_what_the_program_owns() {
    alone(|| {
        let executions = 100_000;
        let (summary, growth) = growth(executions, strict(), deadlock);
        assert_eq!((summary.executions, summary.failures), (executions, executions));
        let each = growth / (0.9 * executions as f64);
        println!("{each} bytes each");
        assert!((100.0..300.0).contains(&each), "{each} bytes each");
    });
}

#[test]
fn a_deadlock_that_is_unwound_leaks_nothing() {
    alone(|| {
        let (summary, growth) = growth(20_000, strict().unwind_abandoned(true), deadlock);
        assert_eq!(summary.failures, 20_000);
        assert!(growth < 200e3, "{growth} bytes: more than ten for each execution");
    });
}

#[test]
fn a_thread_abandoned_while_it_unwinds_leaks_its_panic_as_well() {
    alone(|| {
        panic::set_hook(Box::new(|_| ()));
        let executions = 10_000;
        let body = || {
            struct Waits;
            impl Drop for Waits {
                fn drop(&mut self) {
                    thread::park();
                }
            }
            many();
            let _waits = Waits;
            panic!("and waits");
        };
        let (summary, growth) = growth(executions, strict(), body);
        assert_eq!(summary.failures, executions);
        assert!(!std::thread::panicking());
        let each = growth / (0.9 * executions as f64);
        println!("{each} bytes each");
        assert!(each < 400.0, "{each} bytes each");
    });
}
