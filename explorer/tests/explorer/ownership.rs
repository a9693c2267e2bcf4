//! Objects belong to the execution that created them: used elsewhere, they fail loudly.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Mutex as StdMutex;

use selvedge_explorer::sync::{Arc, Cell, Mutex, MutexGuard};
use selvedge_explorer::{Ending, Explorer, thread};

/// Explores the body and returns how its first execution ended.
fn first_ending<O: Clone>(body: impl Fn() -> O + 'static) -> Ending<O> {
    let mut endings = Vec::new();
    Explorer::new()
        .explore(body, |execution| endings.push(execution.ending().clone()))
        .expect("deterministic");
    endings.swap_remove(0)
}

#[track_caller]
fn assert_panics<O: std::fmt::Debug>(ending: &Ending<O>, with: &str) {
    let Ending::Panic(panic) = ending else {
        panic!("{ending:?} is no panic")
    };
    assert!(panic.message.contains(with), "{}", panic.message);
}

/// Returns a mutex, and memory, whose execution is over.
fn leftovers() -> (Arc<Mutex<i32>>, Arc<Cell<i32>>) {
    let kept = Arc::new(StdMutex::new(None));
    let in_body = Arc::clone(&kept);
    Explorer::new()
        .explore(
            move || *in_body.lock().unwrap() = Some((Arc::new(Mutex::new(1)), Arc::new(Cell::new(2)))),
            |_| (),
        )
        .expect("deterministic");
    kept.lock().unwrap().take().expect("an execution took place")
}

#[test]
fn a_mutex_of_an_earlier_execution_cannot_be_locked() {
    let (mutex, cell) = leftovers();
    assert_panics(&first_ending(move || drop(mutex.lock())), "another execution");
    assert_panics(&first_ending(move || cell.get()), "another execution");
}

#[test]
fn a_mutex_cannot_be_locked_outside_executions() {
    let (mutex, _) = leftovers();
    let locked = panic::catch_unwind(AssertUnwindSafe(|| drop(mutex.lock())));
    let payload = locked.expect_err("there is no execution");
    let message = payload.downcast_ref::<String>().expect("a message");
    assert!(message.contains("outside an execution"), "{message}");
}

#[test]
fn a_mutex_cannot_be_locked_by_an_exploration_on_another_os_thread() {
    let ending = first_ending(|| {
        let mutex = Arc::new(Mutex::new(0));
        let held = mutex.lock().unwrap();
        let elsewhere = Arc::clone(&mutex);
        let other = std::thread::spawn(move || first_ending(move || drop(elsewhere.lock())));
        let other = other.join().expect("the other exploration ends");
        assert_panics(&other, "another execution");
        *held
    });
    assert_eq!(ending, Ending::Finished(0));
}

#[test]
fn a_leaked_guard_keeps_the_mutex_locked() {
    let ending = first_ending(|| {
        let mutex = Mutex::new(0);
        std::mem::forget(mutex.lock());
        assert!(mutex.try_lock().is_err());
        drop(mutex.lock());
    });
    assert!(matches!(ending, Ending::Deadlock(_)), "{ending:?}");
}

thread_local! {
    static KEPT: RefCell<Vec<MutexGuard<'static, i32>>> = const { RefCell::new(Vec::new()) };
}

#[test]
fn a_guard_may_outlive_its_execution() {
    let ending = first_ending(|| {
        let mutex: &'static Mutex<i32> = Box::leak(Box::new(Mutex::new(5)));
        KEPT.with_borrow_mut(|kept| kept.push(mutex.lock().unwrap()));
    });
    assert_eq!(ending, Ending::Finished(()));
    let mut guard = KEPT.take().remove(0);
    *guard += 1;
    assert_eq!(*guard, 6);
}

#[test]
fn memory_protected_by_a_mutex_need_not_be_sized() {
    let ending = first_ending(|| {
        let mutex: Arc<Mutex<[i32]>> = Arc::new(Mutex::new([1, 2, 3]));
        let theirs = Arc::clone(&mutex);
        let other = thread::spawn(move || theirs.lock().unwrap()[0] = 4);
        other.join().unwrap();
        mutex.lock().unwrap().iter().sum::<i32>()
    });
    assert_eq!(ending, Ending::Finished(9));
}
