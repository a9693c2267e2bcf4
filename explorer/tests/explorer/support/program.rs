//! Small random programs, and an interpreter that runs them under the explorer.

use std::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};
use std::time::Duration;

use proptest::prelude::*;
use selvedge_explorer::sync::atomic::{AtomicI64, AtomicUsize, fence};
use selvedge_explorer::sync::{Arc, Cell, Condvar, Mutex, MutexGuard, PoisonError, RwLock, TryLockError};
use selvedge_explorer::{choose, hint, thread};

/// One instruction of a program; the numbers name shared objects, or are values.
#[derive(Clone, Debug)]
pub(crate) enum Instruction {
    Load(usize, Ordering),
    Store(usize, i64, Ordering),
    Add(usize, i64),
    CompareExchange(usize, i64, i64),
    Fence,
    Lock(usize, Vec<Instruction>),
    TryLock(usize, Vec<Instruction>),
    IsPoisoned(usize),
    Read(Vec<Instruction>),
    Write(Vec<Instruction>),
    TryRead,
    TryWrite,
    Wait,
    WaitTimeout,
    /// Waits, and does not notice that the time is up while the word holds this.
    WaitUnless(usize),
    /// Waits until the first mutex holds more than 0; sets the word to 1 when the time is up, unless it holds that.
    WaitUntil,
    SeeWord(Ordering),
    SetWord(usize, Ordering),
    AddToWord(usize),
    NotifyOne,
    NotifyAll,
    CellRead,
    CellWrite(i64),
    Choose(usize),
    /// Polls the atomic until it is not 0.
    Await(usize),
    /// Runs the instructions if the value seen last is this one.
    IfSeen(i64, Vec<Instruction>),
    Spawn(Vec<Instruction>),
    Park,
    UnparkMain,
    Panic,
}

/// The instructions of the main thread.
pub(crate) type Program = Vec<Instruction>;

/// What a thread saw, in order, with what its children saw; or that it panicked.
pub(crate) type Log = Vec<i64>;

struct Shared {
    atomics: [AtomicI64; 2],
    mutexes: [Mutex<i64>; 2],
    rwlock: RwLock<i64>,
    condvar: Condvar,
    word: AtomicUsize,
    cell: Cell<i64>,
    main: thread::Thread,
}

/// Runs the program; returns what its threads saw, and the final values.
pub(crate) fn run(program: &Program) -> Log {
    let shared = Arc::new(Shared {
        atomics: [(); 2].map(|()| AtomicI64::new(0)),
        mutexes: [(); 2].map(|()| Mutex::new(0)),
        rwlock: RwLock::new(0),
        condvar: Condvar::new(),
        word: AtomicUsize::new(0),
        cell: Cell::new(0),
        main: thread::current(),
    });
    let mut log = run_thread(program, &shared);
    log.extend(shared.atomics.iter().map(|atomic| atomic.load(SeqCst)));
    log
}

fn run_thread(instructions: &[Instruction], shared: &Arc<Shared>) -> Log {
    let mut thread = Interpreter {
        shared,
        log: Vec::new(),
        children: Vec::new(),
    };
    thread.run(instructions);
    let Interpreter {
        mut log, children, ..
    } = thread;
    for child in children {
        match child.join() {
            Ok(theirs) => log.extend(theirs),
            Err(_) => log.push(-99),
        }
    }
    log
}

struct Interpreter<'a> {
    shared: &'a Arc<Shared>,
    log: Log,
    children: Vec<thread::JoinHandle<Log>>,
}

impl Interpreter<'_> {
    fn run(&mut self, instructions: &[Instruction]) {
        instructions.iter().for_each(|instruction| self.step(instruction));
    }

    fn step(&mut self, instruction: &Instruction) {
        use Instruction as I;
        let shared = self.shared;
        match instruction {
            I::Load(atomic, ordering) => self.log.push(shared.atomics[*atomic].load(*ordering)),
            I::Store(atomic, value, ordering) => shared.atomics[*atomic].store(*value, *ordering),
            I::Add(atomic, value) => self.log.push(shared.atomics[*atomic].fetch_add(*value, AcqRel)),
            I::CompareExchange(atomic, expected, new) => {
                let result = shared.atomics[*atomic].compare_exchange(*expected, *new, AcqRel, Relaxed);
                self.log.push(result.map_or_else(|seen| seen, |seen| 10 + seen));
            }
            I::Fence => fence(SeqCst),
            I::Await(atomic) => {
                while shared.atomics[*atomic].load(Acquire) == 0 {
                    hint::spin_loop();
                }
            }
            I::CellRead => self.log.push(shared.cell.get()),
            I::CellWrite(value) => shared.cell.set(*value),
            I::Choose(alternatives) => self.log.push(choose(*alternatives) as i64),
            I::IfSeen(value, then) if self.log.last() == Some(value) => self.run(then),
            I::IfSeen(..) => {}
            I::Spawn(body) => {
                let (body, shared) = (body.clone(), Arc::clone(shared));
                self.children
                    .push(thread::spawn(move || run_thread(&body, &shared)));
            }
            I::SeeWord(ordering) => self.log.push(shared.word.load(*ordering) as i64),
            I::SetWord(value, ordering) => shared.word.store(*value, *ordering),
            I::AddToWord(value) => self.log.push(shared.word.fetch_add(*value, AcqRel) as i64),
            I::Park => thread::park(),
            I::UnparkMain => shared.main.unpark(),
            I::Panic => panic!("as the program says"),
            blocking => self.step_with_locks(blocking),
        }
    }

    fn step_with_locks(&mut self, instruction: &Instruction) {
        use Instruction as I;
        let shared = self.shared;
        match instruction {
            I::Lock(mutex, body) => {
                let mut guard = shared.mutexes[*mutex].lock().unwrap_or_else(|error| {
                    self.log.push(-1);
                    error.into_inner()
                });
                *guard += 1;
                self.log.push(*guard);
                self.run(body);
            }
            I::TryLock(mutex, body) => match shared.mutexes[*mutex].try_lock() {
                Ok(_guard) => self.run(body),
                Err(TryLockError::Poisoned(_)) => self.log.push(-1),
                Err(TryLockError::WouldBlock) => self.log.push(-2),
            },
            I::IsPoisoned(mutex) => self.log.push(shared.mutexes[*mutex].is_poisoned().into()),
            I::Read(body) => {
                let guard = shared.rwlock.read().unwrap_or_else(PoisonError::into_inner);
                self.log.push(*guard);
                self.run(body);
            }
            I::Write(body) => {
                let mut guard = shared.rwlock.write().unwrap_or_else(PoisonError::into_inner);
                *guard += 1;
                self.log.push(*guard);
                self.run(body);
            }
            I::TryRead => self.log.push(shared.rwlock.try_read().is_ok().into()),
            I::TryWrite => self.log.push(shared.rwlock.try_write().is_ok().into()),
            I::Wait => {
                let guard = shared.mutexes[0].lock().unwrap_or_else(PoisonError::into_inner);
                let guard = shared.condvar.wait(guard).unwrap_or_else(PoisonError::into_inner);
                self.log.push(*guard);
            }
            I::WaitTimeout => {
                let guard = shared.mutexes[0].lock().unwrap_or_else(PoisonError::into_inner);
                let waited = shared.condvar.wait_timeout(guard, Duration::from_secs(1));
                let (_guard, result) = waited.unwrap_or_else(PoisonError::into_inner);
                self.log.push(result.timed_out().into());
            }
            I::WaitUnless(value) => {
                let guard = shared.mutexes[0].lock().unwrap_or_else(PoisonError::into_inner);
                drop(self.wait_unless(guard, *value));
            }
            I::WaitUntil => {
                let mut guard = shared.mutexes[0].lock().unwrap_or_else(PoisonError::into_inner);
                while *guard == 0 {
                    let timed_out;
                    (guard, timed_out) = self.wait_unless(guard, 1);
                    if timed_out && *guard == 0 {
                        shared.word.store(1, SeqCst);
                    }
                }
            }
            I::NotifyOne => shared.condvar.notify_one(),
            I::NotifyAll => shared.condvar.notify_all(),
            _ => unreachable!("all others are handled above"),
        }
    }

    fn wait_unless<'a>(&mut self, guard: MutexGuard<'a, i64>, value: usize) -> (MutexGuard<'a, i64>, bool)
    where
        Self: 'a,
    {
        let Shared { condvar, word, .. } = &**self.shared;
        let waited = condvar.wait_timeout_unless(guard, Duration::from_secs(1), word, value);
        let (guard, result) = waited.unwrap_or_else(PoisonError::into_inner);
        self.log.push(result.timed_out().into());
        (guard, result.timed_out())
    }
}

fn simple() -> impl Strategy<Value = Instruction> {
    use Instruction as I;
    let atomic = || 0..2usize;
    prop_oneof![
        16 => (atomic(), prop_oneof![Just(Relaxed), Just(Acquire), Just(SeqCst)])
            .prop_map(|(atomic, ordering)| I::Load(atomic, ordering)),
        16 => (atomic(), 0..3i64, prop_oneof![Just(Relaxed), Just(Release), Just(SeqCst)])
            .prop_map(|(atomic, value, ordering)| I::Store(atomic, value, ordering)),
        5 => (atomic(), 1..3i64).prop_map(|(atomic, value)| I::Add(atomic, value)),
        10 => (atomic(), 0..2i64, 0..3i64)
            .prop_map(|(atomic, expected, new)| I::CompareExchange(atomic, expected, new)),
        1 => Just(I::Fence),
        1 => (0..2usize).prop_map(I::IsPoisoned),
        1 => Just(I::TryRead),
        1 => Just(I::TryWrite),
        2 => Just(I::Wait),
        1 => Just(I::WaitTimeout),
        3 => Just(I::NotifyOne),
        2 => Just(I::NotifyAll),
        4 => Just(I::CellRead),
        4 => (0..2i64).prop_map(I::CellWrite),
        1 => (2..4usize).prop_map(I::Choose),
        1 => atomic().prop_map(I::Await),
        1 => Just(I::Park),
        2 => Just(I::UnparkMain),
        1 => Just(I::Panic),
    ]
}

fn nested() -> impl Strategy<Value = Instruction> {
    use Instruction as I;
    simple().prop_recursive(2, 8, 3, |inner| {
        let body = || prop::collection::vec(inner.clone(), 0..3);
        prop_oneof![
            4 => (0..2usize, body()).prop_map(|(mutex, body)| I::Lock(mutex, body)),
            2 => (0..2usize, body()).prop_map(|(mutex, body)| I::TryLock(mutex, body)),
            2 => body().prop_map(I::Read),
            2 => body().prop_map(I::Write),
            2 => (0..3i64, body()).prop_map(|(value, body)| I::IfSeen(value, body)),
            1 => body().prop_map(I::Spawn),
        ]
    })
}

/// Programs of two or three threads, most of them with a few instructions each.
pub(crate) fn programs() -> impl Strategy<Value = Program> {
    let body = || prop::collection::vec(nested(), 1..4);
    (
        prop::collection::vec(body().prop_map(Instruction::Spawn), 2..4),
        prop::collection::vec(nested(), 0..3),
    )
        .prop_map(|(mut program, rest)| {
            program.extend(rest);
            program
        })
}

/// Programs full of choices, written down or not, and of branches on what they lead to.
pub(crate) fn choosing() -> impl Strategy<Value = Program> {
    use Instruction as I;
    let access = || {
        prop_oneof![
            (0..2usize).prop_map(|atomic| I::Load(atomic, SeqCst)),
            (0..2usize, 1..3i64).prop_map(|(atomic, value)| I::Store(atomic, value, SeqCst)),
        ]
    };
    let instruction = || {
        prop_oneof![
            6 => access(),
            4 => (2..4usize).prop_map(I::Choose),
            5 => (0..3i64, prop::collection::vec(access(), 1..3)).prop_map(|(seen, body)| I::IfSeen(seen, body)),
            3 => Just(I::Wait),
            1 => Just(I::WaitTimeout),
            3 => Just(I::NotifyOne),
            2 => Just(I::Lock(0, Vec::new())),
        ]
    };
    let body = move || prop::collection::vec(instruction(), 1..5);
    (prop::collection::vec(body().prop_map(I::Spawn), 2..5), body()).prop_map(|(mut program, rest)| {
        program.extend(rest);
        program
    })
}

/// Programs of threads that wait until the time is up, unless a word holds some value, and of others that change
/// the word, notify, or do anything else.
pub(crate) fn waiting() -> impl Strategy<Value = Program> {
    use Instruction as I;
    let change = || {
        prop_oneof![
            4 => (0..3usize, prop_oneof![Just(Relaxed), Just(Release), Just(SeqCst)])
                .prop_map(|(value, ordering)| I::SetWord(value, ordering)),
            2 => (1..3usize).prop_map(I::AddToWord),
            2 => prop_oneof![Just(Relaxed), Just(Acquire)].prop_map(I::SeeWord),
            2 => Just(I::NotifyOne),
            2 => Just(I::NotifyAll),
        ]
    };
    let other = || {
        prop_oneof![
            6 => change(),
            2 => prop::collection::vec(change(), 0..3).prop_map(|body| I::Lock(0, body)),
            1 => (0..2i64, prop::collection::vec(change(), 1..3)).prop_map(|(seen, body)| I::IfSeen(seen, body)),
            1 => prop_oneof![Just(I::WaitTimeout), Just(I::Wait), Just(I::Fence)],
            1 => prop_oneof![2 => Just(I::CellRead), 4 => Just(I::CellWrite(1)), 1 => Just(I::Panic)],
            2 => nested(),
        ]
    };
    let wait = || {
        prop_oneof![
            3 => (0..2usize).prop_map(I::WaitUnless),
            1 => Just(I::WaitUntil),
        ]
    };
    let waiter = (
        prop::collection::vec(other(), 0..2),
        wait(),
        prop::collection::vec(other(), 0..2),
    )
        .prop_map(|(before, wait, after)| I::Spawn([before, vec![wait], after].concat()));
    let waiters = prop::collection::vec(waiter, 1..3);
    let rest = prop::collection::vec(prop_oneof![8 => other(), 1 => wait()], 0..3);
    let helpers = prop::collection::vec(prop::collection::vec(other(), 1..4).prop_map(I::Spawn), 0..2);
    (waiters, helpers, rest).prop_map(|(waiters, helpers, rest)| [waiters, helpers, rest].concat())
}

/// Programs of many threads that have little to do with one another, with branches on what they see: most of what they
/// do is independent, so their interleavings are too many to enumerate, and their traces few.
pub(crate) fn sparse() -> impl Strategy<Value = Program> {
    use Instruction as I;
    let access = || {
        prop_oneof![
            (0..2usize).prop_map(|atomic| I::Load(atomic, SeqCst)),
            (0..2usize, 0..2i64).prop_map(|(atomic, value)| I::Store(atomic, value, SeqCst)),
        ]
    };
    let instruction = || {
        prop_oneof![
            6 => access(),
            4 => (0..2i64, prop::collection::vec(access(), 1..2)).prop_map(|(seen, body)| I::IfSeen(seen, body)),
            3 => (0..2usize).prop_map(|mutex| I::Lock(mutex, Vec::new())),
            1 => Just(I::UnparkMain),
            1 => Just(I::NotifyAll),
            1 => Just(I::Wait),
            1 => (0..2usize, prop::collection::vec(access(), 1..2)).prop_map(|(mutex, body)| I::TryLock(mutex, body)),
        ]
    };
    let body = move || prop::collection::vec(instruction(), 1..4);
    let main = prop_oneof![
        Just(Vec::new()),
        access().prop_map(|access| vec![I::Park, access])
    ];
    (prop::collection::vec(body().prop_map(I::Spawn), 4..6), main).prop_map(|(mut program, rest)| {
        program.extend(rest);
        program
    })
}

/// Straight-line programs that never block: each thread a list of loads (of an atomic) and stores.
pub(crate) fn straight_line() -> impl Strategy<Value = Vec<Vec<(usize, bool)>>> {
    prop::collection::vec(prop::collection::vec((0..3usize, any::<bool>()), 0..4), 2..4)
}
