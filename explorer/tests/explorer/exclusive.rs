//! Exclusive access, which needs no synchronisation: `get_mut` and `into_inner`.

use std::collections::BTreeMap;
use std::mem;
use std::sync::PoisonError;
use std::sync::atomic::Ordering::Relaxed;

use crate::support::outcomes::{look, outcomes};
use selvedge_explorer::sync::atomic::{AtomicBool, AtomicI64, AtomicU8};
use selvedge_explorer::sync::{Arc, Mutex, RwLock};
use selvedge_explorer::{OperationKind, thread};

#[test]
fn exclusive_access_loads_and_stores_what_has_changed() {
    let kinds = look(
        || {
            let mut number = AtomicI64::new(1);
            *number.get_mut() += 4;
            assert_eq!(*number.get_mut(), 5);
            mem::forget(number.get_mut());
            let mut leaked = number.get_mut();
            *leaked = 9;
            assert_eq!(format!("{leaked:?}"), "9");
            mem::forget(leaked);
            assert_eq!(number.into_inner(), 5);
        },
        |execution| {
            execution
                .events()
                .map(|event| event.operation)
                .collect::<Vec<_>>()
        },
    );
    let load = OperationKind::Load(Relaxed);
    let store = OperationKind::Store(Relaxed, 5);
    assert_eq!(kinds, [load, store, load, load, load, load]);
}

#[test]
fn exclusive_access_has_no_part_in_races() {
    let outcomes = outcomes(|| {
        let (mut flag, mut number) = (AtomicBool::new(false), AtomicU8::new(7));
        *flag.get_mut() = true;
        *number.get_mut() = number.load(Relaxed).wrapping_add(250);
        let shared = Arc::new((flag, number));
        let theirs = Arc::clone(&shared);
        let seen = thread::spawn(move || theirs.0.load(Relaxed)).join().unwrap();
        let (flag, mut number) = Arc::into_inner(shared).expect("the thread has ended");
        *number.get_mut() += 1;
        (seen, flag.into_inner(), number.into_inner())
    });
    assert_eq!(outcomes, BTreeMap::from([((true, true, 2), 1)]));
}

#[test]
fn a_poisoned_lock_says_so_to_its_owner() {
    let outcomes = outcomes(|| {
        let (mutex, rwlock) = (Arc::new(Mutex::new(1)), Arc::new(RwLock::new(2)));
        let theirs = (Arc::clone(&mutex), Arc::clone(&rwlock));
        let thread = thread::spawn(move || {
            let _guards = (theirs.0.lock().unwrap(), theirs.1.write().unwrap());
            std::panic::resume_unwind(Box::new("with both locks"));
        });
        thread.join().unwrap_err();
        let mut mutex = Arc::into_inner(mutex).expect("the thread has ended");
        let mut rwlock = Arc::into_inner(rwlock).expect("the thread has ended");
        *mutex.get_mut().unwrap_err().into_inner() += 10;
        *rwlock.get_mut().unwrap_err().into_inner() += 10;
        mutex.clear_poison();
        *mutex.get_mut().unwrap() += 100;
        let poisoned = rwlock.into_inner().map_err(PoisonError::into_inner);
        (mutex.into_inner().unwrap(), poisoned.unwrap_err())
    });
    assert_eq!(outcomes, BTreeMap::from([((111, 12), 1)]));
}
