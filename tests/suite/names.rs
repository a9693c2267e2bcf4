//! The names and values that generic code passes to the explorer's objects, for drawings.

use selvedge::backend::{self, Atomic, Backend, ConditionVariable, Lock, PlainCell, ReadWriteLock};
use selvedge::counter::{
    CompareExchange, Counter, DataRace, FetchAdd, Locked, LockedTwice, Unlocked, WrongLock,
};
use selvedge::explorer::{Explorer, ObjectKind, Value};

type B = backend::Explorer;

/// Returns the names of the objects of a program that has one execution.
fn names(body: impl Fn() + 'static) -> Vec<Option<&'static str>> {
    let mut names = Vec::new();
    let explored = Explorer::new().explore(body, |execution| {
        let objects = execution.interleaving().objects.into_iter();
        names.push(objects.map(|object| object.name).collect());
    });
    assert_eq!(explored.expect("deterministic").executions, 1);
    names.remove(0)
}

#[test]
fn generic_code_names_its_objects() {
    fn create<B: Backend>() {
        let _number = B::AtomicI64::new(0).named("number");
        let _size = B::AtomicUsize::new(0).named("size");
        let _flag = B::AtomicBool::new(false).named("flag");
        let _mutex = B::Mutex::new(()).named("mutex");
        let _rwlock = B::RwLock::new(()).named("lock");
        let _condvar = B::Condvar::new().named("condition");
        let _cell = B::Cell::new('a').named("cell");
    }
    let expected = ["number", "size", "flag", "mutex", "lock", "condition", "cell"].map(Some);
    assert_eq!(names(create::<B>), expected);
}

#[test]
fn a_counter_has_its_value_in_x_or_in_a_lock() {
    fn names_of<C: Counter<B>>() -> Vec<Option<&'static str>> {
        names(|| C::new().add(1))
    }
    assert_eq!(names_of::<Unlocked<B>>(), [Some("x")]);
    assert_eq!(names_of::<DataRace<B>>(), [Some("x")]);
    assert_eq!(names_of::<FetchAdd<B>>(), [Some("x")]);
    assert_eq!(names_of::<CompareExchange<B>>(), [Some("x")]);
    assert_eq!(names_of::<Locked<B>>(), [Some("count")]);
    assert_eq!(names_of::<LockedTwice<B>>(), [Some("count")]);
    assert_eq!(names_of::<WrongLock<B>>(), [Some("x"), Some("mutex")]);
}

/// Returns the values that are recorded at events on objects of this kind, in a program that has one
/// execution.
fn values(kind: ObjectKind, body: impl Fn() + 'static) -> Vec<Option<Value>> {
    let mut values = Vec::new();
    let explored = Explorer::new().record_values(true).explore(body, |execution| {
        let events = execution.events();
        let of_kind = events.filter(|event| event.object.is_some_and(|object| object.0 == kind));
        values.extend(of_kind.map(|event| event.data));
    });
    assert_eq!(explored.expect("deterministic").executions, 1);
    values
}

#[test]
fn generic_code_has_its_values_recorded() {
    let expected = [0, 5].map(|value| Some(Value::Signed(value)));
    let locked = values(ObjectKind::Mutex, || Locked::<B>::new().add(5));
    assert_eq!(locked, expected);
    let in_plain_memory = values(ObjectKind::Cell, || DataRace::<B>::new().add(5));
    assert_eq!(in_plain_memory, expected);
}
