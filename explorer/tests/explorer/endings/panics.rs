//! Panics, and the locks that they poison.

use super::*;

#[test]
fn a_panic_ends_its_thread_and_is_given_to_join() {
    let body = || {
        let other = Arc::new(AtomicUsize::new(0));
        let theirs = Arc::clone(&other);
        let thread: thread::JoinHandle<()> = thread::spawn(move || {
            theirs.store(1, SeqCst);
            panic!("no number 7");
        });
        let seen = other.load(SeqCst);
        let payload = thread.join().expect_err("it panicked");
        (seen, (*payload.downcast_ref::<&str>().unwrap()).to_owned())
    };
    let message = || "no number 7".to_owned();
    assert_eq!(outcomes(body), BTreeSet::from([(0, message()), (1, message())]));
}

#[test]
fn a_panic_that_nobody_receives_is_an_ending() {
    let body = || drop(thread::spawn(|| panic!("unseen")));
    let endings = endings(body);
    let [Ending::Panic(panic)] = endings.iter().collect::<Vec<_>>()[..] else {
        panic!("{endings:?}")
    };
    assert_eq!(
        (panic.message.as_str(), panic.thread.to_string().as_str()),
        ("unseen", "1")
    );
}

#[test]
fn the_first_cause_is_reported_when_the_main_thread_unwraps_it() {
    let body = || thread::spawn(|| panic!("the cause")).join().unwrap();
    let endings = endings(body);
    let [Ending::Panic(panic)] = endings.iter().collect::<Vec<_>>()[..] else {
        panic!("{endings:?}")
    };
    assert_eq!(panic.message, "the cause");
}

#[test]
fn a_panic_poisons_the_locks_that_its_thread_holds() {
    let body = || {
        let shared = Arc::new((Mutex::new(()), RwLock::new(()), RwLock::new(())));
        let theirs = Arc::clone(&shared);
        let result = thread::spawn(move || {
            let _held = (
                theirs.0.lock().unwrap(),
                theirs.1.write().unwrap(),
                theirs.2.read().unwrap(),
            );
            panic!("while holding");
        })
        .join();
        assert!(result.is_err());
        let found = (
            shared.0.lock().is_err(),
            shared.1.read().is_err(),
            shared.2.write().is_err(),
        );
        shared.0.clear_poison();
        (found, shared.0.is_poisoned())
    };
    assert_eq!(outcomes(body), BTreeSet::from([((true, true, false), false)]));
}

#[test]
fn the_search_goes_on_after_failures_unless_told_otherwise() {
    let body = || {
        let flag = Arc::new(AtomicBool::new(false));
        let theirs = Arc::clone(&flag);
        let thread = thread::spawn(move || theirs.store(true, SeqCst));
        assert!(flag.load(SeqCst), "too early");
        thread.join().unwrap();
    };
    let all = explore(&Explorer::new(), body);
    assert_eq!(
        (all.executions, all.failures, all.completeness),
        (2, 1, Completeness::Exhaustive)
    );
    let first = explore(&Explorer::new().stop_at_first_failure(true), body);
    assert_eq!((first.executions, first.failures), (1, 1));
    assert_eq!(first.completeness, Completeness::CutShort(Cut::FirstFailure));
}

#[test]
fn destructors_that_lock_in_abandoned_executions_do_no_harm() {
    struct LocksWhenDropped(Arc<Mutex<i32>>);
    impl Drop for LocksWhenDropped {
        fn drop(&mut self) {
            *self.0.lock().unwrap_or_else(|error| error.into_inner()) += 1;
        }
    }
    let body = || {
        let lock = Arc::new(Mutex::new(0));
        let theirs = LocksWhenDropped(Arc::clone(&lock));
        let _guard = lock.lock();
        let thread = thread::spawn(move || {
            let _theirs = theirs;
            thread::park();
        });
        thread.join().unwrap();
    };
    for unwind in [false, true, false, true] {
        let explorer = strict().unwind_abandoned(unwind);
        assert_eq!(explore(&explorer, body).failures, 1);
    }
}

#[test]
fn a_callback_may_panic() {
    let explored = std::panic::catch_unwind(|| {
        Explorer::new().explore(counter(1), |execution| assert!(execution.number() < 3))
    });
    assert!(explored.is_err());
    assert!(!selvedge_explorer::in_execution());
    assert_eq!(explore(&Explorer::new(), counter(1)).executions, 4);
}
