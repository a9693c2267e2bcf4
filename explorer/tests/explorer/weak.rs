//! Execution graphs of programs on the explorer's primitives.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering::{self, Acquire, Relaxed, Release, SeqCst};

use selvedge_explorer::sync::atomic::{AtomicI64, AtomicUsize, fence};
use selvedge_explorer::sync::{Cell, Mutex};
use selvedge_explorer::{Completeness, Ending, Explorer, MemoryModel, Mode, thread};

/// Explores the body; returns how many executions end with each outcome. All are distinct.
fn outcomes<O: Ord + Clone + std::fmt::Debug + 'static>(
    model: MemoryModel,
    body: impl Fn() -> O + 'static,
) -> BTreeMap<O, u64> {
    let explorer = Explorer::new().mode(Mode::Graphs).memory_model(model);
    let mut found = BTreeMap::new();
    let summary = explorer
        .explore(body, |execution| match execution.ending() {
            Ending::Finished(outcome) => *found.entry(outcome.clone()).or_default() += 1,
            other => panic!("{other:?}"),
        })
        .expect("the program repeats itself");
    assert_eq!(summary.completeness, Completeness::Exhaustive);
    assert_eq!((summary.blocked, summary.redundant), (0, 0), "nothing in vain");
    found
}

fn count<O: Ord + Clone + std::fmt::Debug + 'static>(
    model: MemoryModel,
    body: impl Fn() -> O + 'static,
) -> u64 {
    outcomes(model, body).values().sum()
}

const RC11: MemoryModel = MemoryModel::Rc11;
const SC: MemoryModel = MemoryModel::SequentiallyConsistent;

fn load_then_store(threads: usize, times: usize, ordering: [Ordering; 2]) -> impl Fn() -> i64 + 'static {
    move || {
        let x = Arc::new(AtomicI64::new(0));
        let threads: Vec<_> = (0..threads)
            .map(|_| {
                let x = Arc::clone(&x);
                thread::spawn(move || {
                    for _ in 0..times {
                        x.store(x.load(ordering[0]) + 1, ordering[1]);
                    }
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        x.load(SeqCst)
    }
}

#[test]
fn two_threads_that_load_and_store() {
    for (times, graphs) in [(1, 4), (2, 34), (3, 328), (4, 3334)] {
        for model in [RC11, SC] {
            for ordering in [[Relaxed; 2], [SeqCst; 2], [Acquire, Release]] {
                assert_eq!(count(model, load_then_store(2, times, ordering)), graphs);
            }
        }
    }
    assert_eq!(count(RC11, load_then_store(3, 1, [Relaxed; 2])), 36);
    assert_eq!(count(RC11, load_then_store(3, 2, [Relaxed; 2])), 7134);
}

#[test]
fn locked_sections() {
    let locked = |times: usize| {
        move || {
            let x = Arc::new(Mutex::new(0));
            let threads = [1, -1].map(|delta| {
                let x = Arc::clone(&x);
                thread::spawn(move || {
                    for _ in 0..times {
                        *x.lock().unwrap() += delta;
                    }
                })
            });
            threads.into_iter().for_each(|thread| thread.join().unwrap());
            *x.lock().unwrap()
        }
    };
    for (times, graphs) in [(1, 2), (2, 6), (3, 20), (6, 924)] {
        assert_eq!(outcomes(RC11, locked(times)), BTreeMap::from([(0, graphs)]));
    }
}

/// Store buffering: both loads may miss the other thread's store, unless a fence or `SeqCst` forbids it.
fn store_buffering(ordering: Ordering, fenced: bool) -> impl Fn() -> [i64; 2] + 'static {
    move || {
        let atomics = Arc::new([AtomicI64::new(0), AtomicI64::new(0)]);
        let threads = [0, 1].map(|mine| {
            let atomics = Arc::clone(&atomics);
            thread::spawn(move || {
                atomics[mine].store(1, ordering);
                if fenced {
                    fence(SeqCst);
                }
                atomics[1 - mine].load(ordering)
            })
        });
        threads.map(|thread| thread.join().unwrap())
    }
}

#[test]
fn store_buffers() {
    let sequential = BTreeMap::from([([0, 1], 1), ([1, 0], 1), ([1, 1], 1)]);
    let mut weak = sequential.clone();
    weak.insert([0, 0], 1);
    assert_eq!(outcomes(RC11, store_buffering(Relaxed, false)), weak);
    assert_eq!(outcomes(RC11, store_buffering(SeqCst, false)), sequential);
    assert_eq!(outcomes(RC11, store_buffering(Relaxed, true)), sequential);
    assert_eq!(outcomes(SC, store_buffering(Relaxed, false)), sequential);
    assert_eq!(
        outcomes(MemoryModel::ReleaseAcquire, store_buffering(SeqCst, false)),
        weak
    );
}

/// Publishing through a flag: a data race unless the store releases and the load acquires.
#[test]
fn publication_of_plain_memory() {
    let races = |orderings: [Ordering; 2]| {
        let body = move || {
            let shared = Arc::new((Cell::new(0), AtomicI64::new(0)));
            let other = Arc::clone(&shared);
            let writer = thread::spawn(move || {
                other.0.set(7);
                other.1.store(1, orderings[0]);
            });
            let seen = (shared.1.load(orderings[1]) == 1).then(|| shared.0.get());
            writer.join().unwrap();
            seen
        };
        let mut races = 0;
        let mut outcomes = Vec::new();
        let explorer = Explorer::new().memory_model(RC11);
        explorer
            .explore(body, |execution| match execution.ending() {
                Ending::DataRace(_) => races += 1,
                Ending::Finished(outcome) => outcomes.push(*outcome),
                other => panic!("{other:?}"),
            })
            .expect("it repeats itself");
        outcomes.sort();
        (races, outcomes)
    };
    assert_eq!(races([Release, Acquire]), (0, vec![None, Some(7)]));
    assert_eq!(races([Relaxed, Acquire]), (1, vec![None]));
    assert_eq!(races([Release, Relaxed]), (1, vec![None]));
    assert_eq!(races([SeqCst, SeqCst]), (0, vec![None, Some(7)]));
}

/// Pushes and pops nodes; gives up after so many tries.
struct Stack {
    top: AtomicUsize,
    next: [AtomicUsize; 4],
    tries: usize,
}

impl Stack {
    fn push(&self, node: usize) {
        for _ in 0..self.tries {
            let top = self.top.load(Acquire);
            self.next[node].store(top, Relaxed);
            if self.replace(top, node) {
                return;
            }
        }
    }

    fn pop(&self) {
        for _ in 0..self.tries {
            let top = self.top.load(Acquire);
            if top == 0 || self.replace(top, self.next[top].load(Relaxed)) {
                return;
            }
        }
    }

    fn replace(&self, top: usize, new: usize) -> bool {
        self.top.compare_exchange(top, new, Release, Relaxed).is_ok()
    }
}

fn push_and_pop(pushes: usize, tries: usize) -> impl Fn() + 'static {
    move || {
        let stack = Arc::new(Stack {
            top: AtomicUsize::new(0),
            next: std::array::from_fn(|_| AtomicUsize::new(0)),
            tries,
        });
        let threads: Vec<_> = (0..=pushes)
            .map(|node| {
                let stack = Arc::clone(&stack);
                thread::spawn(move || match node {
                    0 => stack.pop(),
                    _ => stack.push(node),
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    }
}

/// Treiber's stack (IBM RJ 5118, 1986), one pop and some pushes: the numbers that Miri's GenMC mode expects. With one try
/// for each, it counts those that give up apart: 8 + 8 and 36 + 159.
#[test]
fn a_stack() {
    for (pushes, graphs, with_one_try) in [(1, 2, 2), (2, 22, 16), (3, 1002, 195)] {
        assert_eq!(count(RC11, push_and_pop(pushes, usize::MAX)), graphs);
        assert_eq!(count(RC11, push_and_pop(pushes, 1)), with_one_try);
    }
}
