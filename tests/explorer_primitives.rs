//! The explorer's primitives beyond locks and integers: atomic pointers, exclusive access, thread builders, the names
//! of objects, and the values that are recorded.

use std::collections::BTreeMap;
use std::sync::PoisonError;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
use std::{io, mem, ptr};

use selvedge::backend::{self, Atomic, Backend, ConditionVariable, Lock, PlainCell, ReadWriteLock};
use selvedge::counter::{
    CompareExchange, Counter, DataRace, FetchAdd, Locked, LockedTwice, Unlocked, WrongLock,
};
use selvedge::explorer::sync::atomic::{AtomicBool, AtomicI64, AtomicPtr, AtomicU8, Ordering};
use selvedge::explorer::sync::{Arc, Cell, Condvar, Mutex, RwLock};
use selvedge::explorer::{
    Bounds, Completeness, Contents, Ending, Execution, Explorer, Mode, ObjectKind, OperationKind, Summary,
    Value, choose, hint, thread,
};

type Endings<O> = BTreeMap<Ending<O>, usize>;

/// Explores a program, and counts the executions by their ending.
fn endings<O: Ord + Clone>(body: impl Fn() -> O + 'static) -> (Endings<O>, Summary) {
    let mut endings = Endings::new();
    let summary = Explorer::new().explore(body, |execution| {
        *endings.entry(execution.ending().clone()).or_default() += 1;
    });
    (endings, summary.expect("the program is deterministic"))
}

/// Explores a program whose executions all finish, and counts them by their outcome.
#[track_caller]
fn outcomes<O: Ord + Clone>(body: impl Fn() -> O + 'static) -> BTreeMap<O, usize> {
    let (endings, summary) = endings(body);
    assert_eq!(summary.completeness, Completeness::Exhaustive);
    let finished = |ending: Ending<O>| ending.finished().expect("every execution finishes").clone();
    let outcomes = endings
        .into_iter()
        .map(|(ending, times)| (finished(ending), times));
    outcomes.collect()
}

/// Runs a program that has one execution only, and returns what `look` sees in it.
#[track_caller]
fn look<R>(body: impl Fn() + 'static, look: impl Fn(&Execution<'_, ()>) -> R) -> R {
    let mut seen = Vec::new();
    let explorer = Explorer::new().record_values(true);
    let summary = explorer.explore(body, |execution| {
        assert_eq!(*execution.ending(), Ending::Finished(()));
        seen.push(look(execution));
    });
    assert_eq!(summary.expect("deterministic").executions, 1);
    seen.remove(0)
}

/// Returns a pointer to memory that is never freed, so that no address is given out twice.
fn fresh<T>(value: T) -> *mut T {
    Box::leak(Box::new(value))
}

#[test]
fn an_atomic_pointer_does_what_std_s_does() {
    fn is_shared<T: Send + Sync>(_: &T) {}
    let looked = look(
        || {
            let (one, two) = (fresh(1), fresh(2));
            assert!(AtomicPtr::<i32>::default().load(SeqCst).is_null());
            let mut pointer = AtomicPtr::from(one);
            is_shared(&pointer);
            assert_eq!(pointer.load(Acquire), one);
            pointer.store(two, Release);
            assert_eq!(pointer.swap(one, AcqRel), two);
            assert_eq!(pointer.compare_exchange(two, two, SeqCst, SeqCst), Err(one));
            assert_eq!(pointer.compare_exchange_weak(one, two, SeqCst, Relaxed), Ok(one));
            let null = |seen: *mut i32| (seen == two).then_some(ptr::null_mut());
            assert_eq!(pointer.fetch_update(AcqRel, Acquire, null), Ok(two));
            assert_eq!(pointer.fetch_update(AcqRel, Acquire, null), Err(ptr::null_mut()));
            *pointer.get_mut() = one;
            assert_eq!(format!("{pointer:?}"), "Atomic { .. }");
            assert_eq!(pointer.into_inner(), one);
        },
        |execution| {
            let values = execution
                .events()
                .skip(1)
                .map(|event| (event.before, event.after));
            let values = values.map(|(before, after)| format!("{} {}", before.unwrap(), after.unwrap()));
            let kinds = execution.events().map(|event| event.object.unwrap().0);
            assert!(kinds.into_iter().all(|kind| kind == ObjectKind::AtomicPtr));
            let contents = execution
                .interleaving()
                .objects
                .into_iter()
                .map(|object| object.contents);
            (values.collect::<Vec<_>>(), contents.collect::<Vec<_>>())
        },
    );
    let values = [
        "pointer 1 pointer 1", // load
        "pointer 1 pointer 2", // store
        "pointer 2 pointer 1", // swap
        "pointer 1 pointer 1", // exchanges
        "pointer 1 pointer 2",
        "pointer 2 pointer 2", // updates
        "pointer 2 null",
        "null null",
        "null null", // get_mut
        "null pointer 1",
        "pointer 1 pointer 1", // into_inner
    ];
    assert_eq!(looked.0, values);
    let contents = [0, 1].map(|number| Contents::Atomic(Value::Pointer(number)));
    assert_eq!(looked.1, contents);
}

/// A thread writes, and then publishes where; the other reads if it finds something there.
fn publish(release: Ordering) -> (Endings<Option<i64>>, Summary) {
    endings(move || {
        let data = Arc::new(Cell::new(0));
        let shared = Arc::new(AtomicPtr::default());
        let (their_data, their_shared) = (Arc::clone(&data), Arc::clone(&shared));
        let thread = thread::spawn(move || {
            their_data.set(7);
            their_shared.store(fresh(7), release);
        });
        let found: *mut i64 = shared.load(Acquire);
        let seen = (!found.is_null()).then(|| data.get());
        thread.join().unwrap();
        seen
    })
}

#[test]
fn what_is_published_by_a_pointer_is_seen() {
    let (endings, summary) = publish(Release);
    assert_eq!(summary.completeness, Completeness::Exhaustive);
    let expected = [(Ending::Finished(None), 1), (Ending::Finished(Some(7)), 1)];
    assert_eq!(endings, BTreeMap::from(expected));
}

#[test]
fn what_is_published_without_release_is_a_data_race() {
    let (endings, _) = publish(Relaxed);
    let races = endings
        .keys()
        .filter(|ending| matches!(ending, Ending::DataRace(_)));
    assert_eq!((races.count(), endings.len()), (1, 2));
    assert_eq!(endings[&Ending::Finished(None)], 1);
}

struct Node {
    value: i32,
    next: AtomicPtr<Node>,
}

/// A stack of nodes that belong to someone else (Treiber, 1986).
struct Stack {
    head: AtomicPtr<Node>,
    nodes: [Node; 2],
}

impl Stack {
    fn new() -> Self {
        let node = |value| Node {
            value,
            next: AtomicPtr::default(),
        };
        Stack {
            head: AtomicPtr::default(),
            nodes: [node(1), node(2)],
        }
    }

    fn push(&self, index: usize) {
        let node = &self.nodes[index];
        let mut head = self.head.load(Relaxed);
        loop {
            node.next.store(head, Relaxed);
            let new = ptr::from_ref(node).cast_mut();
            match self.head.compare_exchange(head, new, Release, Relaxed) {
                Ok(_) => return,
                Err(other) => head = other,
            }
        }
    }

    /// The broken twin: what was pushed since the load is lost.
    fn push_unchecked(&self, index: usize) {
        let node = &self.nodes[index];
        node.next.store(self.head.load(Relaxed), Relaxed);
        self.head.store(ptr::from_ref(node).cast_mut(), Release);
    }

    fn values(&self) -> Vec<i32> {
        let mut values = Vec::new();
        let mut next = self.head.load(Acquire);
        while let Some(node) = self.nodes.iter().find(|node| ptr::eq(*node, next)) {
            values.push(node.value);
            next = node.next.load(Relaxed);
        }
        values
    }
}

fn push_twice(push: fn(&Stack, usize)) -> BTreeMap<Vec<i32>, usize> {
    outcomes(move || {
        let stack = Arc::new(Stack::new());
        let threads = [0, 1].map(|index| {
            let stack = Arc::clone(&stack);
            thread::spawn(move || push(&stack, index))
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        stack.values()
    })
}

#[test]
fn a_push_by_compare_exchange_keeps_both_nodes() {
    // One after the other, or both load first and one exchange fails: twice, as either may come last.
    let expected = [(vec![1, 2], 2), (vec![2, 1], 2)];
    assert_eq!(push_twice(Stack::push), BTreeMap::from(expected));
}

#[test]
fn a_push_by_load_and_store_loses_a_node() {
    let expected = [(vec![1], 1), (vec![1, 2], 1), (vec![2], 1), (vec![2, 1], 1)];
    assert_eq!(push_twice(Stack::push_unchecked), BTreeMap::from(expected));
}

/// Two threads each swap a fresh pointer in, after a load; which of them announces its pointer first depends on the
/// order of the loads, which are independent.
fn swap_after_load() -> bool {
    let shared = Arc::new((AtomicI64::new(0), AtomicPtr::default()));
    let threads = [0, 1].map(|value| {
        let shared = Arc::clone(&shared);
        thread::spawn(move || {
            shared.0.load(SeqCst);
            let mine = fresh(value);
            shared.1.swap(mine, SeqCst);
            mine.expose_provenance()
        })
    });
    let [first, _] = threads.map(|thread| thread.join().unwrap());
    shared.1.load(SeqCst).addr() == first
}

#[test]
fn traces_are_the_same_however_their_pointers_are_numbered() {
    let found = [Mode::Enumeration, Mode::Optimal].map(|mode| {
        let mut traces = BTreeMap::new();
        let summary = Explorer::new().mode(mode).explore(swap_after_load, |execution| {
            let known = traces
                .entry(execution.trace_hash())
                .or_insert((execution.ending().clone(), 0));
            assert_eq!(known.0, *execution.ending());
            known.1 += 1;
        });
        assert_eq!(
            summary.expect("deterministic").completeness,
            Completeness::Exhaustive
        );
        traces
    });
    let [interleavings, traces] = found;
    // Two swaps in either order; of the 6 ways to merge two times two steps, each is that of half.
    let times = |traces: &BTreeMap<_, (_, i32)>| traces.values().map(|known| known.1).collect::<Vec<_>>();
    assert_eq!(times(&interleavings), [3, 3]);
    assert_eq!(times(&traces), [1, 1]);
    assert!(interleavings.keys().eq(traces.keys()));
}

#[test]
fn a_program_repeats_itself_although_its_addresses_differ() {
    let outcomes = outcomes(|| {
        let shared = Arc::new((AtomicPtr::new(fresh(0)), AtomicI64::new(0)));
        let second = fresh(1);
        shared.0.store(second, SeqCst);
        let theirs = Arc::clone(&shared);
        let thread = thread::spawn(move || theirs.1.store(1, SeqCst));
        let seen = shared.1.load(SeqCst);
        thread.join().unwrap();
        (seen, shared.0.load(SeqCst) == second)
    });
    assert_eq!(outcomes, BTreeMap::from([((0, true), 1), ((1, true), 1)]));
}

#[test]
fn a_loop_may_wait_for_a_pointer() {
    let (endings, summary) = endings(|| {
        let shared = Arc::new(AtomicPtr::default());
        let theirs = Arc::clone(&shared);
        let thread = thread::spawn(move || theirs.store(fresh(0), Release));
        while shared.load(Acquire).is_null() {
            hint::spin_loop();
        }
        thread.join().unwrap();
    });
    let bounds = Bounds {
        yields: true,
        ..Bounds::default()
    };
    assert_eq!(summary.completeness, Completeness::Bounded(bounds));
    assert!(endings.keys().eq([&Ending::Finished(())]), "{endings:?}");
}

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

/// The names of the objects of a program that has one execution.
fn names(body: impl Fn() + 'static) -> Vec<Option<&'static str>> {
    look(body, |execution| {
        let objects = execution.interleaving().objects.into_iter();
        objects.map(|object| object.name).collect()
    })
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
    assert_eq!(names(create::<backend::Explorer>), expected);
}

#[test]
fn a_counter_has_its_value_in_x_unless_a_lock_holds_it() {
    fn names_of<C: Counter>() -> Vec<Option<&'static str>> {
        names(|| C::new().add(1))
    }
    type B = backend::Explorer;
    assert_eq!(names_of::<Unlocked<B>>(), [Some("x")]);
    assert_eq!(names_of::<DataRace<B>>(), [Some("x")]);
    assert_eq!(names_of::<FetchAdd<B>>(), [Some("x")]);
    assert_eq!(names_of::<CompareExchange<B>>(), [Some("x")]);
    assert_eq!(names_of::<Locked<B>>(), [Some("lock")]);
    assert_eq!(names_of::<LockedTwice<B>>(), [Some("lock")]);
    assert_eq!(names_of::<WrongLock<B>>(), [Some("x"), Some("lock")]);
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

/// The data of the events on objects of this kind, in each execution.
fn data(kind: ObjectKind, record: bool, body: impl Fn() + 'static) -> Vec<Vec<Option<Value>>> {
    let mut data = Vec::new();
    let explorer = Explorer::new().record_values(record);
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
fn generic_code_has_its_values_recorded() {
    let body = || Locked::<backend::Explorer>::new().add(5);
    assert_eq!(data(ObjectKind::Mutex, true, body), [signed([0, 5])]);
    let body = || DataRace::<backend::Explorer>::new().add(5);
    assert_eq!(data(ObjectKind::Cell, true, body), [signed([0, 5])]);
    let body = || *Mutex::new(0).lock().unwrap() += 5;
    assert_eq!(
        data(ObjectKind::Mutex, true, body),
        [[None; 2]],
        "it was not asked for"
    );
}

#[test]
fn nothing_is_recorded_unless_it_is_asked_for() {
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
    let expected = [
        unsigned(5),
        unsigned(7),
        None,
        Some(Value::Bool(true)),
        unsigned(7),
    ];
    assert_eq!(data(ObjectKind::Cell, true, body), [expected]);
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
