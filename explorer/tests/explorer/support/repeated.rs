//! Random repeated programs: data in the shared state, which the steps of all threads interpret.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use proptest::prelude::*;
use selvedge_explorer::states::Repeated;
use selvedge_explorer::sync::atomic::{AtomicI64, fence};
use selvedge_explorer::sync::{Cell, Condvar, Mutex, RwLock};
use selvedge_explorer::{Flow, Iteration, StepFn, choose};

/// What a step does, one after the other. Each step has a local number, what it has *seen* last: 0 at first.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Do {
    Load(usize),
    Store(usize, i64),
    /// Stores what was seen, and so much more.
    StoreSeen(usize, i64),
    Add(usize, i64),
    /// A compare-exchange of this value by another; a weak one or not.
    Exchange(usize, i64, i64, bool),
    Fence,
    /// Under a lock, sees its value, adds to it, and goes on.
    Lock(usize, i64, Vec<Do>),
    TryLock(usize, i64, Vec<Do>),
    Read(Vec<Do>),
    Write(i64, Vec<Do>),
    TryWrite(i64),
    /// Waits under the first lock, and then does as `Lock`.
    Wait(i64),
    NotifyOne,
    NotifyAll,
    /// Under a lock of the step's own.
    Own(Vec<Do>),
    Number,
    Choose(usize),
    CellGet,
    CellSet(i64),
    IfSeen(Range<i64>, Vec<Do>),
    Again,
    Panic,
}

/// A repeated program.
#[derive(Clone, Debug)]
pub(crate) struct Random {
    /// What each kind of thread does.
    pub(crate) roles: Vec<Vec<Do>>,
    /// The role of each thread.
    pub(crate) threads: Vec<usize>,
    pub(crate) iterations: u64,
}

impl fmt::Display for Random {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (role, steps) in self.roles.iter().enumerate() {
            writeln!(f, "role {role}: {steps:?}")?;
        }
        write!(
            f,
            "threads of roles {:?}, {} iterations",
            self.threads, self.iterations
        )
    }
}

/// The shared state.
pub(crate) struct Shared {
    roles: Arc<Vec<Vec<Do>>>,
    atomics: [AtomicI64; 2],
    mutexes: [Mutex<i64>; 2],
    rwlock: RwLock<i64>,
    condvar: Condvar,
    cell: Option<Cell<i64>>,
}

/// What is read in the end: the values, and whether the locks are poisoned.
pub(crate) type Outcome = (Vec<i64>, Vec<bool>);

struct Interpreter<'a> {
    shared: &'a Shared,
    iteration: &'a Iteration,
    seen: i64,
    again: bool,
}

impl Interpreter<'_> {
    fn run(&mut self, steps: &[Do]) {
        for step in steps {
            self.step(step);
            if self.again {
                return;
            }
        }
    }

    fn step(&mut self, step: &Do) {
        let shared = self.shared;
        match *step {
            Do::Load(atomic) => self.seen = shared.atomics[atomic].load(SeqCst),
            Do::Store(atomic, value) => shared.atomics[atomic].store(value, SeqCst),
            Do::StoreSeen(atomic, more) => shared.atomics[atomic].store(self.seen + more, SeqCst),
            Do::Add(atomic, value) => self.seen = shared.atomics[atomic].fetch_add(value, SeqCst),
            Do::Exchange(atomic, expected, new, weak) => {
                let atomic = &shared.atomics[atomic];
                let result = match weak {
                    true => atomic.compare_exchange_weak(expected, new, SeqCst, SeqCst),
                    false => atomic.compare_exchange(expected, new, SeqCst, SeqCst),
                };
                self.seen = result.unwrap_or_else(|found| found + 10);
            }
            Do::Fence => fence(SeqCst),
            Do::Lock(mutex, delta, ref body) => {
                // A poisoned lock is as good as another.
                let guard = shared.mutexes[mutex].lock();
                let mut guard = guard.unwrap_or_else(|poisoned| poisoned.into_inner());
                self.seen = *guard;
                *guard += delta;
                self.run(body);
            }
            Do::TryLock(mutex, delta, ref body) => {
                let guard = shared.mutexes[mutex].try_lock();
                if let Ok(mut guard) = guard {
                    self.seen = *guard;
                    *guard += delta;
                    self.run(body);
                }
            }
            Do::Read(ref body) => {
                let guard = shared
                    .rwlock
                    .read()
                    .unwrap_or_else(|poisoned| poisoned.into_inner());
                self.seen = *guard;
                self.run(body);
            }
            Do::Write(delta, ref body) => {
                let guard = shared.rwlock.write();
                let mut guard = guard.unwrap_or_else(|poisoned| poisoned.into_inner());
                self.seen = *guard;
                *guard += delta;
                self.run(body);
            }
            Do::TryWrite(delta) => {
                if let Ok(mut guard) = shared.rwlock.try_write() {
                    *guard += delta;
                }
            }
            Do::Wait(delta) => {
                let guard = shared.mutexes[0].lock();
                let guard = guard.unwrap_or_else(|poisoned| poisoned.into_inner());
                let guard = shared.condvar.wait(guard);
                let mut guard = guard.unwrap_or_else(|poisoned| poisoned.into_inner());
                self.seen = *guard;
                *guard += delta;
            }
            Do::NotifyOne => shared.condvar.notify_one(),
            Do::NotifyAll => shared.condvar.notify_all(),
            Do::Own(ref body) => {
                let own = Mutex::new(self.seen);
                let guard = own.lock().unwrap();
                self.run(body);
                self.seen = *guard;
            }
            Do::Number => self.seen = self.iteration.number() as i64,
            Do::Choose(alternatives) => self.seen = choose(alternatives) as i64,
            Do::CellGet => self.seen = shared.cell.as_ref().map_or(0, Cell::get),
            Do::CellSet(value) => shared.cell.iter().for_each(|cell| cell.set(value)),
            Do::IfSeen(ref seen, ref body) => {
                if seen.contains(&self.seen) {
                    self.run(body);
                }
            }
            Do::Again => self.again = true,
            Do::Panic => panic!("as the program says"),
        }
    }
}

fn step<const ROLE: usize>(shared: &Shared, iteration: &Iteration) -> Flow {
    let mut interpreter = Interpreter {
        shared,
        iteration,
        seen: 0,
        again: false,
    };
    interpreter.run(&shared.roles[ROLE]);
    match interpreter.again {
        true => Flow::Again,
        false => Flow::Done,
    }
}

fn read(shared: &Shared) -> Outcome {
    let mut values: Vec<i64> = shared.atomics.iter().map(|atomic| atomic.load(SeqCst)).collect();
    let mut poisoned = Vec::new();
    for mutex in &shared.mutexes {
        poisoned.push(mutex.is_poisoned());
        values.push(*mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner()));
    }
    poisoned.push(shared.rwlock.is_poisoned());
    values.push(
        *shared
            .rwlock
            .read()
            .unwrap_or_else(|poisoned| poisoned.into_inner()),
    );
    values.extend(shared.cell.as_ref().map(Cell::get));
    (values, poisoned)
}

/// Returns `true` if the steps have one that the function is looking for.
fn any(steps: &[Do], is: &impl Fn(&Do) -> bool) -> bool {
    steps.iter().any(|step| {
        is(step)
            || match step {
                Do::Lock(_, _, body)
                | Do::TryLock(_, _, body)
                | Do::Read(body)
                | Do::Write(_, body)
                | Do::Own(body)
                | Do::IfSeen(_, body) => any(body, is),
                _ => false,
            }
    })
}

impl Random {
    /// Returns `true` if there is a step that the function is looking for.
    pub(crate) fn has(&self, is: impl Fn(&Do) -> bool) -> bool {
        self.roles.iter().any(|steps| any(steps, &is))
    }

    /// Returns the program, to be explored or run.
    pub(crate) fn repeated(&self) -> Repeated<Shared, Outcome> {
        let roles = Arc::new(self.roles.clone());
        let has_cell = self.has(|step| matches!(step, Do::CellGet | Do::CellSet(_)));
        let shared = move || Shared {
            roles: Arc::clone(&roles),
            atomics: [0, 0].map(AtomicI64::new),
            mutexes: [0, 0].map(Mutex::new),
            rwlock: RwLock::new(0),
            condvar: Condvar::new(),
            cell: has_cell.then(|| Cell::new(0)),
        };
        let steps: [StepFn<Shared>; 3] = [step::<0>, step::<1>, step::<2>];
        let empty = Repeated::new(shared, read, self.iterations);
        self.threads
            .iter()
            .fold(empty, |program, &role| program.thread(steps[role]))
    }
}

fn body(simple: impl Strategy<Value = Do> + Clone + 'static) -> impl Strategy<Value = Vec<Do>> {
    let nested = simple.prop_recursive(2, 6, 2, |inner| {
        let body = || prop::collection::vec(inner.clone(), 0..3);
        prop_oneof![
            4 => (0..2usize, -1..2i64, body()).prop_map(|(mutex, delta, body)| Do::Lock(mutex, delta, body)),
            2 => (0..2usize, -1..2i64, body()).prop_map(|(mutex, delta, body)| Do::TryLock(mutex, delta, body)),
            2 => body().prop_map(Do::Read),
            2 => (-1..2i64, body()).prop_map(|(delta, body)| Do::Write(delta, body)),
            1 => body().prop_map(Do::Own),
            3 => (0..2i64, body()).prop_map(|(seen, body)| Do::IfSeen(seen..seen + 1, body)),
        ]
    });
    prop::collection::vec(nested, 1..5)
}

fn on_atomics() -> impl Strategy<Value = Do> + Clone {
    let atomic = || 0..2usize;
    prop_oneof![
        6 => atomic().prop_map(Do::Load),
        4 => (atomic(), 0..3i64).prop_map(|(atomic, value)| Do::Store(atomic, value)),
        5 => (atomic(), 0..3i64).prop_map(|(atomic, more)| Do::StoreSeen(atomic, more)),
        3 => (atomic(), 1..3i64).prop_map(|(atomic, value)| Do::Add(atomic, value)),
        5 => (atomic(), 0..2i64, 0..3i64).prop_map(|(atomic, old, new)| Do::Exchange(atomic, old, new, false)),
        1 => Just(Do::Fence),
        2 => Just(Do::Number),
    ]
}

fn programs(
    body: impl Strategy<Value = Vec<Do>> + 'static,
    iterations: Range<u64>,
) -> impl Strategy<Value = Random> {
    let threads = prop::collection::vec(0..3usize, 2..4);
    let parts = (prop::collection::vec(body, 3), threads, iterations);
    parts.prop_map(|(mut roles, threads, iterations)| {
        // What nobody does is not shown.
        for (role, steps) in roles.iter_mut().enumerate() {
            if !threads.contains(&role) {
                steps.clear();
            }
        }
        Random {
            roles,
            threads,
            iterations,
        }
    })
}

/// Programs of all that a state has to hold.
pub(crate) fn repeated() -> impl Strategy<Value = Random> {
    let simple = prop_oneof![
        20 => on_atomics(),
        1 => (2..4usize).prop_map(Do::Choose),
        1 => (-1..2i64).prop_map(Do::TryWrite),
        1 => (-1..2i64).prop_map(Do::Wait),
        1 => Just(Do::NotifyOne),
        1 => Just(Do::NotifyAll),
        1 => Just(Do::Panic),
        2 => Just(Do::Again),
    ];
    programs(body(simple), 1..4)
}

/// Programs that share plain memory, and order accesses by locks and atomics.
pub(crate) fn with_cells() -> impl Strategy<Value = Random> {
    let simple = prop_oneof![
        5 => on_atomics(),
        4 => Just(Do::CellGet),
        3 => (0..3i64).prop_map(Do::CellSet),
    ];
    programs(body(simple), 1..3)
}

/// Programs of one iteration, in which waits end and weak exchanges fail for no reason.
pub(crate) fn spurious() -> impl Strategy<Value = Random> {
    let simple = prop_oneof![
        4 => on_atomics(),
        3 => (0..2usize, 0..2i64, 0..3i64).prop_map(|(atomic, old, new)| Do::Exchange(atomic, old, new, true)),
        3 => (-1..2i64).prop_map(Do::Wait),
        2 => Just(Do::NotifyOne),
        1 => Just(Do::NotifyAll),
    ];
    programs(body(simple), 1..2)
}
