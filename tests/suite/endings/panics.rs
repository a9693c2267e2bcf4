//! Panics of threads, and the locks that they poison.

use super::*;

scenario!(PanicsInThread, i64, Expectations::new().allowed(1, "the thread's panic was seen"), B => {
    let thread = B::spawn(|| panic!("the thread's own words"));
    thread.join().unwrap();
    1
});

scenario!(PanicsUnseen, i64, Expectations::new().allowed(1, "nobody looked"), B => {
    drop(B::spawn(|| panic!("the thread's own words")));
    1
});

#[test]
fn a_panic_of_a_thread_is_a_row_with_its_words_even_if_nobody_joins_it() {
    for engine in all() {
        let endings = [
            explore(PanicsInThread, &engine, Budget::default()),
            explore(PanicsUnseen, &engine, Budget::default()),
        ];
        for (exploration, verdict) in endings {
            assert_eq!(kinds(&exploration), ["panic"], "{engine:?}");
            let (ending, _) = exploration.outcomes.iter().next().expect("there is one row");
            let Ending::Panic(message) = ending else {
                unreachable!("it is a panic")
            };
            assert!(
                message.starts_with("the thread's own words (panics.rs:"),
                "{message}"
            );
            assert_eq!(verdict.kind(), "refuted", "{engine:?}");
        }
    }
}

scenario!(PoisonsItsLock, i64, Expectations::new().allowed(1, "the panic was caught"), B => {
    let lock = Arc::new(B::Mutex::new(0));
    let other = Arc::clone(&lock);
    let panicked = B::spawn(move || {
        let _guard = other.lock();
        panic!("while it holds the lock");
    });
    assert!(panicked.join().is_err());
    let meets_poison = B::spawn(move || *lock.lock()).join().is_err();
    i64::from(meets_poison)
});

#[test]
fn a_lock_whose_holder_panicked_is_poisoned_on_every_engine() {
    for engine in all() {
        let (exploration, verdict) = explore(PoisonsItsLock, &engine, Budget::default());
        assert_eq!(
            kinds(&exploration),
            ["finished"],
            "{engine:?}: {:?}",
            exploration.outcomes
        );
        assert!(verdict.is_as_expected(), "{engine:?}: {verdict:?}");
    }
}
