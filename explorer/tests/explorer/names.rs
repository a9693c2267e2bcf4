//! The names of threads and of objects.

use std::collections::BTreeMap;
use std::io;
use std::sync::PoisonError;
use std::sync::atomic::Ordering::SeqCst;

use crate::support::outcomes::outcomes;
use selvedge_explorer::sync::atomic::{AtomicBool, AtomicI64, AtomicPtr};
use selvedge_explorer::sync::{Arc, Cell, Condvar, Mutex, RwLock};
use selvedge_explorer::{Completeness, Ending, Explorer, Mode, choose, thread};

#[test]
fn threads_have_the_names_that_a_builder_gave_them() {
    fn own_name() -> Option<String> {
        thread::current().name().map(str::to_owned)
    }
    let outcomes = outcomes(|| {
        let builder = thread::Builder::new().name("worker".to_owned()).stack_size(1);
        let thread = builder.spawn(own_name).unwrap();
        let from_outside = thread.thread().name().map(str::to_owned);
        let unnamed = thread::Builder::new().spawn(own_name).unwrap();
        assert_eq!(unnamed.thread().name(), None);
        let names = [thread, unnamed].map(|thread| thread.join().unwrap());
        (own_name(), from_outside, names)
    });
    let worker = Some("worker".to_owned());
    let expected = (Some("main".to_owned()), worker.clone(), [worker, None]);
    assert_eq!(outcomes, BTreeMap::from([(expected, 1)]));
}

#[test]
fn a_name_does_not_outlive_its_thread() {
    let mut names = Vec::new();
    let body = || {
        let builder = thread::Builder::new();
        let builder = match choose(2) {
            0 => builder.name("worker".to_owned()),
            _ => builder,
        };
        let thread = builder.spawn(|| thread::current().name().map(str::to_owned));
        thread.unwrap().join().unwrap()
    };
    let explorer = Explorer::new().mode(Mode::Source);
    let summary = explorer.explore(body, |execution| {
        names.push(execution.ending().finished().cloned())
    });
    assert_eq!(
        summary.expect("deterministic").completeness,
        Completeness::Exhaustive
    );
    assert_eq!(names, [Some(Some("worker".to_owned())), Some(None)]);
}

#[test]
fn a_name_with_a_null_byte_is_an_error() {
    let outcomes = outcomes(|| {
        let builder = thread::Builder::new().name("a\0b".to_owned());
        let error = builder.spawn(|| ()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
        error.to_string()
    });
    let message = r#"the thread name "a\0b" contains a null byte"#;
    assert_eq!(outcomes, BTreeMap::from([(message.to_owned(), 1)]));
}

#[test]
fn objects_are_called_by_their_names_in_every_execution() {
    let body = || {
        let number = Arc::new(AtomicI64::new(0).named("number"));
        let theirs = Arc::clone(&number);
        let thread = thread::spawn(move || theirs.store(1, SeqCst));
        number.store(2, SeqCst);
        thread.join().unwrap();
        let _unnamed = AtomicBool::new(false);
        let _pointer = AtomicPtr::<()>::default().named("pointer");
        let _mutex = Mutex::new(()).named("mutex");
        let _rwlock = RwLock::new(()).named("lock");
        let _condvar = Condvar::new().named("condition");
        let _cell = Cell::new('a').named("first").named("cell");
    };
    let mut names = Vec::new();
    let summary = Explorer::new().explore(body, |execution| {
        let objects = execution.interleaving().objects.into_iter();
        names.push(objects.map(|object| object.name).collect::<Vec<_>>());
    });
    let last = ["pointer", "mutex", "lock", "condition", "cell"].map(Some);
    let expected = [&[Some("number"), None][..], &last[..]].concat();
    assert_eq!(summary.expect("deterministic").executions, 2);
    assert_eq!(names, [expected.clone(), expected]);
}

#[test]
fn only_objects_of_the_execution_can_be_named() {
    let kept = std::sync::Mutex::new(None);
    let body = move || {
        let own = AtomicI64::new(0);
        let other = kept.lock().unwrap_or_else(PoisonError::into_inner).replace(own);
        choose(2);
        if let Some(other) = other {
            other.named("late").load(SeqCst);
        }
    };
    let mut messages = Vec::new();
    let explorer = Explorer::new().mode(Mode::Source);
    let summary = explorer.explore(body, |execution| {
        if let Ending::Panic(panic) = execution.ending() {
            messages.push(panic.message.clone());
        }
    });
    assert_eq!(summary.expect("deterministic").executions, 2);
    assert_eq!(messages, ["the object belongs to another execution"]);
}
