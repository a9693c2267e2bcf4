//! The values in mutexes and plain memory, which are recorded for drawings.

use crate::support::strict::strict;
use selvedge_explorer::sync::{Arc, Cell, Condvar, Mutex};
use selvedge_explorer::{ObjectKind, Value, thread};

/// The data of the events on objects of this kind, in each execution.
fn data(kind: ObjectKind, record: bool, body: impl Fn() + 'static) -> Vec<Vec<Option<Value>>> {
    let mut data = Vec::new();
    let explorer = strict().record_values(record);
    let summary = explorer.explore(body, |execution| {
        let events = execution.events();
        let of_kind = events.filter(|event| event.object.is_some_and(|object| object.0 == kind));
        data.push(of_kind.map(|event| event.data).collect());
    });
    summary.expect("deterministic");
    data
}

fn signed<const N: usize>(values: [i64; N]) -> Vec<Option<Value>> {
    values.map(|value| Some(Value::Signed(value))).to_vec()
}

/// Two threads count under a lock, which records its value.
fn count() {
    let mutex = Arc::new(Mutex::new(0));
    let threads = [1, 10].map(|delta| {
        let mutex = Arc::clone(&mutex);
        thread::spawn(move || *mutex.lock_recorded().unwrap() += delta)
    });
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    drop(mutex.lock_recorded().unwrap());
}

#[test]
fn the_value_in_a_mutex_is_recorded_when_it_is_locked_and_unlocked() {
    let mut data = data(ObjectKind::Mutex, true, count);
    data.sort();
    assert_eq!(
        data,
        [signed([0, 1, 1, 11, 11, 11]), signed([0, 10, 10, 11, 11, 11])]
    );
}

#[test]
fn nothing_is_recorded_unless_it_is_asked_for() {
    let body = || *Mutex::new(0).lock().unwrap() += 5;
    assert_eq!(data(ObjectKind::Mutex, true, body), [[None; 2]]);
    assert_eq!(data(ObjectKind::Mutex, false, count), [[None; 6], [None; 6]]);
    let cell = || Cell::new(1).set(2);
    assert_eq!(data(ObjectKind::Cell, false, cell), [[None]]);
}

#[test]
fn what_a_cell_reads_and_writes_is_recorded() {
    let body = || {
        let (number, letter) = (Cell::new(5_u8), Cell::new('a'));
        let flag = Cell::new(false);
        number.set(number.get() + 2);
        letter.set('b');
        flag.set(true);
        number.get();
    };
    let unsigned = |value| Some(Value::Unsigned(value));
    let moved: Vec<_> = data(ObjectKind::Cell, true, body).concat();
    let [first, second, letter, flag, last] = moved[..] else {
        panic!("{moved:?}")
    };
    assert_eq!([first, second, last], [unsigned(5), unsigned(7), unsigned(7)]);
    assert_eq!(letter.map(|letter| letter.to_string()), Some("'b'".to_owned()));
    assert_eq!(flag, Some(Value::Bool(true)));
}

#[test]
fn a_wait_records_the_value_as_an_unlock_and_a_lock_do() {
    let body = || {
        let shared = Arc::new((Mutex::new(1), Condvar::new()));
        let mut guard = shared.0.lock_recorded().unwrap();
        let theirs = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            *theirs.0.lock_recorded().unwrap() = 3;
            theirs.1.notify_one();
        });
        *guard = 2;
        drop(shared.1.wait(guard).unwrap());
        thread.join().unwrap();
    };
    assert_eq!(data(ObjectKind::Mutex, true, body), [signed([1, 2, 3, 3])]);
    // Waits and the notification are on the condition variable.
    assert_eq!(
        data(ObjectKind::Condvar, true, body),
        [[signed([2]), vec![None], signed([3])].concat()]
    );
}

#[test]
fn what_destructors_see_after_the_end_is_not_recorded() {
    let body = || {
        let mutex = Mutex::new(1);
        let mut guard = mutex.lock_recorded().unwrap();
        *guard = 9;
        thread::park();
    };
    assert_eq!(data(ObjectKind::Mutex, true, body), [signed([1])]);
}
