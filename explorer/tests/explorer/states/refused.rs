//! Programs that are refused, each by name, beside what is accepted; limits; and what ends without a result.

use std::cell::Cell as PlainCell;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};

use super::programs::unlocked;
use crate::support::quiet::quiet_panics;
use selvedge_explorer::states::{Counting, Coverage, Cut, Refused, Repeated, States, Weight};
use selvedge_explorer::sync::atomic::AtomicI64;
use selvedge_explorer::sync::{Cell, Mutex};
use selvedge_explorer::{Ending, Flow, StepFn, thread};

fn refused<S: 'static>(shared: impl Fn() -> S + 'static, step: StepFn<S>) -> Refused {
    let program = Repeated::new(shared, |_| (), 2).thread(step).thread(step);
    States::new()
        .explore(&program)
        .expect_err("it cannot be explored")
}

#[test]
fn values_that_are_no_words_are_refused_by_name() {
    let lock: StepFn<Mutex<String>> = |text, _| {
        text.lock().unwrap().push('x');
        Flow::Done
    };
    let refused = refused(|| Mutex::new(String::new()).named("text"), lock);
    assert!(matches!(refused, Refused::Value { .. }), "{refused}");
    let told = refused.to_string();
    assert!(
        told.starts_with("text, created at ") && told.contains("holds a alloc::string::String"),
        "{told}"
    );
}

#[test]
fn plain_memory_is_refused_beside_weak_atomics_alone() {
    type Shared = (Cell<i64>, AtomicI64);
    let shared = || (Cell::new(0), AtomicI64::new(0));
    let weak: StepFn<Shared> = |(_, flag), _| {
        flag.load(Relaxed);
        Flow::Done
    };
    assert!(matches!(
        refused(shared, weak),
        Refused::PlainMemory {
            operation: "load",
            ..
        }
    ));
    let strong: StepFn<Shared> = |(cell, flag), _| {
        cell.set(flag.load(SeqCst));
        Flow::Done
    };
    let program = Repeated::new(shared, |(cell, _): &Shared| cell.get(), 1)
        .thread(strong)
        .thread(strong);
    let swept = States::new().explore(&program).expect("a data race is an ending");
    assert!(
        swept
            .endings
            .keys()
            .any(|ending| matches!(ending, Ending::DataRace(_))),
        "{swept:?}"
    );
}

#[test]
fn a_step_that_remembers_is_not_deterministic() {
    thread_local! {
        static CALLS: PlainCell<i64> = const { PlainCell::new(0) };
    }
    let step: StepFn<AtomicI64> = |number, _| {
        CALLS.set(CALLS.get() + 1);
        number.load(SeqCst);
        number.store(CALLS.get(), SeqCst);
        number.load(SeqCst);
        Flow::Done
    };
    let refused = refused(|| AtomicI64::new(0), step);
    assert!(matches!(refused, Refused::Nondeterminism(_)), "{refused}");
}

#[test]
fn steps_that_park_spawn_keep_a_lock_or_ask_who_they_are_are_refused() {
    let park: StepFn<AtomicI64> = |_, _| {
        thread::park();
        Flow::Done
    };
    assert!(matches!(
        refused(|| AtomicI64::new(0), park),
        Refused::Parking(_) | Refused::OwnThread
    ));
    let spawn: StepFn<AtomicI64> = |_, _| {
        thread::spawn(|| ()).join().unwrap();
        Flow::Done
    };
    assert!(matches!(
        refused(|| AtomicI64::new(0), spawn),
        Refused::Spawning(_)
    ));
    let keep: StepFn<Mutex<i64>> = |lock, _| {
        std::mem::forget(lock.lock().unwrap());
        Flow::Done
    };
    assert!(matches!(
        refused(|| Mutex::new(0), keep),
        Refused::HeldLock { .. }
    ));
    let who: StepFn<AtomicI64> = |number, _| {
        number.store(i64::from(thread::current().name().is_some()), SeqCst);
        Flow::Done
    };
    assert!(matches!(refused(|| AtomicI64::new(0), who), Refused::OwnThread));
    let idle: StepFn<AtomicI64> = |_, _| Flow::Again;
    assert!(matches!(refused(|| AtomicI64::new(0), idle), Refused::EmptyAgain));
}

/// A thread that waits for a flag starts over for ever, if nobody sets it.
#[test]
fn a_spin_has_infinitely_many_interleavings_and_may_be_a_livelock() {
    let spin: StepFn<AtomicI64> = |flag, _| match flag.load(SeqCst) {
        0 => Flow::Again,
        _ => Flow::Done,
    };
    let set: StepFn<AtomicI64> = |flag, _| {
        flag.store(1, SeqCst);
        Flow::Done
    };
    let alone = Repeated::new(|| AtomicI64::new(0), |flag: &AtomicI64| flag.load(SeqCst), 1).thread(spin);
    let swept = States::new()
        .counting(Counting::Interleavings)
        .explore(&alone)
        .expect("accepted");
    assert_eq!(
        (swept.states, swept.endless, swept.livelocks, swept.endings.len()),
        (1, true, 1, 0)
    );
    let swept = States::new().explore(&alone.thread(set)).expect("accepted");
    let endings: Vec<_> = swept.endings.into_iter().collect();
    assert_eq!((swept.states, swept.endless, swept.livelocks), (3, true, 0));
    assert_eq!(endings, [(Ending::Finished(1), Weight::Uncounted)]);
}

#[test]
fn a_search_that_is_cut_short_says_so() {
    let program = unlocked(&[1, -1], 5);
    let swept = States::new()
        .states(Some(1_000))
        .explore(&program)
        .expect("accepted");
    assert_eq!(swept.coverage, Coverage::CutShort(Cut::States));
    assert!(swept.states <= 1_000 && !swept.is_exhaustive());
    let swept = States::new()
        .states(Some(1_841))
        .explore(&program)
        .expect("accepted");
    assert_eq!(swept.coverage, Coverage::Exhaustive);
    let swept = States::new().memory(Some(0)).explore(&program).expect("accepted");
    assert_eq!(swept.coverage, Coverage::CutShort(Cut::Memory));
}

#[test]
fn a_step_without_an_end_meets_the_limit_of_steps() {
    let endless: StepFn<AtomicI64> = |number, _| {
        while number.load(SeqCst) == 0 {}
        Flow::Done
    };
    let program = Repeated::new(|| AtomicI64::new(0), |_| (), 1).thread(endless);
    let swept = States::new().steps(10).explore(&program).expect("accepted");
    assert_eq!(swept.coverage.to_string(), "bounded by steps");
    assert_eq!(swept.endings.keys().collect::<Vec<_>>(), [&Ending::StepLimit]);
    assert_eq!(swept.states, 11, "after 0 … 10 loads");
}

/// The final read may fail, too, and so may the making of the shared state.
#[test]
fn panics_of_the_main_thread_are_endings() {
    quiet_panics();
    let nothing: StepFn<AtomicI64> = |_, _| Flow::Done;
    let read = |_: &AtomicI64| -> i64 { panic!("on purpose") };
    let swept = States::new().explore(&Repeated::new(|| AtomicI64::new(0), read, 1).thread(nothing));
    let endings = swept.expect("accepted").endings;
    assert!(matches!(endings.keys().next(), Some(Ending::Panic(info)) if info.message == "on purpose"));
    let make = || -> AtomicI64 { panic!("on purpose") };
    let swept = States::new().explore(&Repeated::new(make, |_| (), 1).thread(nothing));
    let endings = swept.expect("accepted").endings;
    assert!(matches!(endings.keys().next(), Some(Ending::Panic(info)) if info.message == "on purpose"));
}
