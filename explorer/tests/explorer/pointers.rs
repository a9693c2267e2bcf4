//! Atomic pointers: what they do, what their values are called, and that addresses make no difference.

use std::collections::BTreeMap;
use std::ptr;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};

use crate::support::outcomes::{Endings, endings, look, outcomes};
use selvedge_explorer::sync::atomic::{AtomicI64, AtomicPtr, Ordering};
use selvedge_explorer::sync::{Arc, Cell};
use selvedge_explorer::{
    Completeness, Contents, Ending, Explorer, Mode, ObjectKind, Summary, Value, hint, thread,
};

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

/// A stack whose nodes are in an array beside its head (Treiber, 1986).
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

/// Two threads each swap a fresh pointer in, after a load; which of them announces its pointer first depends
/// on the order of the loads, which are independent.
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
    assert_eq!(summary.completeness, Completeness::Exhaustive);
    assert!(endings.keys().eq([&Ending::Finished(())]), "{endings:?}");
}
