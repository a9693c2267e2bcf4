//! Random programs, run by the explorer.

use selvedge_explorer::sync::atomic::{AtomicI64, AtomicUsize, fence};
use selvedge_explorer::sync::{Cell, Condvar, Mutex, MutexGuard, PoisonError, RwLock, TryLockError};
use selvedge_explorer::{choose, hint, thread};
use selvedge_programs::{Instruction, Primitives, Thread};
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
use std::time::Duration;

pub(crate) use selvedge_programs::{Log, Program};

/// The value seen of a child that panicked.
const PANICKED: i64 = -99;
/// The value seen of a poisoned lock.
const POISONED: i64 = -1;
/// The value seen of a lock that is not free.
const TAKEN: i64 = -2;

/// Any time-out: the explorer lets time pass where it can.
const TIMEOUT: Duration = Duration::from_secs(1);

/// The objects that the threads of a program share under the explorer, which has them all.
struct Explored {
    atomics: [AtomicI64; 3],
    mutexes: [Mutex<i64>; 2],
    rwlock: RwLock<i64>,
    condvar: Condvar,
    word: AtomicUsize,
    cell: Cell<i64>,
    main: thread::Thread,
}

/// Runs the program; returns what its threads saw, and the values that they left.
pub(crate) fn run(program: &Program) -> Log {
    selvedge_programs::run::<Explored>(program)
}

/// Returns the program as a body that the explorer can execute.
pub(crate) fn body(program: &Program) -> impl Fn() -> Log + 'static {
    let program = program.clone();
    move || run(&program)
}

impl Primitives for Explored {
    type Handle = thread::JoinHandle<Log>;

    fn new() -> Self {
        Self {
            atomics: [(); 3].map(|()| AtomicI64::new(0)),
            mutexes: [(); 2].map(|()| Mutex::new(0)),
            rwlock: RwLock::new(0),
            condvar: Condvar::new(),
            word: AtomicUsize::new(0),
            cell: Cell::new(0),
            main: thread::current(),
        }
    }

    fn spawn(body: impl FnOnce() -> Log + Send + 'static) -> thread::JoinHandle<Log> {
        thread::spawn(body)
    }

    fn join(thread: thread::JoinHandle<Log>) -> Log {
        thread.join().unwrap_or_else(|_| vec![PANICKED])
    }

    fn left(&self) -> Log {
        // Not the third, for these loads multiply interleavings: they race with threads whose parent has
        // panicked.
        self.atomics[..2]
            .iter()
            .map(|atomic| atomic.load(SeqCst))
            .collect()
    }

    fn execute(thread: &mut Thread<'_, Self>, instruction: &Instruction) {
        use Instruction as I;
        let shared = thread.shared;
        match instruction {
            I::Load(atomic, ordering) => thread.see(shared.atomics[*atomic].load(*ordering)),
            I::Store(atomic, value, ordering) => shared.atomics[*atomic].store(*value, *ordering),
            I::Add(atomic, value) => thread.see(shared.atomics[*atomic].fetch_add(*value, AcqRel)),
            I::BlindAdd(atomic, value, ordering) => shared.atomics[*atomic].add(*value, *ordering),
            I::CompareExchange(atomic, expected, new) => {
                let result = shared.atomics[*atomic].compare_exchange(*expected, *new, AcqRel, Relaxed);
                thread.see(result.map_or_else(|seen| seen, |seen| 10 + seen));
            }
            I::CompareExchangeWeak(atomic, expected, new) => {
                let result = shared.atomics[*atomic].compare_exchange_weak(*expected, *new, AcqRel, Relaxed);
                thread.see(result.map_or_else(|seen| seen, |seen| 10 + seen));
            }
            I::SetWeakly(atomic) => {
                let atomic = &shared.atomics[*atomic];
                while atomic.compare_exchange_weak(0, 1, AcqRel, Relaxed).is_err() {
                    hint::spin_loop();
                }
            }
            I::ParkWhile(atomic) => {
                while shared.atomics[*atomic].load(SeqCst) == 0 {
                    thread::park();
                }
            }
            I::Fence => fence(SeqCst),
            I::Await(atomic) => {
                while shared.atomics[*atomic].load(Acquire) == 0 {
                    hint::spin_loop();
                }
            }
            I::SeeWord(ordering) => thread.see(shared.word.load(*ordering) as i64),
            I::SetWord(value, ordering) => shared.word.store(*value, *ordering),
            I::AddToWord(value) => thread.see(shared.word.fetch_add(*value, AcqRel) as i64),
            I::BlindAddToWord(value) => shared.word.add(*value, Release),
            I::CellRead => thread.see(shared.cell.get()),
            I::CellWrite(value) => shared.cell.set(*value),
            I::Choose(alternatives) => thread.see(choose(*alternatives) as i64),
            I::NotifyOne => shared.condvar.notify_one(),
            I::NotifyAll => shared.condvar.notify_all(),
            I::Park => thread::park(),
            I::UnparkMain => shared.main.unpark(),
            blocking => execute_with_locks(thread, blocking),
        }
    }
}

fn execute_with_locks(thread: &mut Thread<'_, Explored>, instruction: &Instruction) {
    use Instruction as I;
    let shared = thread.shared;
    match instruction {
        I::Lock(mutex, body) => {
            let mut guard = shared.mutexes[*mutex].lock().unwrap_or_else(|error| {
                thread.see(POISONED);
                error.into_inner()
            });
            *guard += 1;
            thread.see(*guard);
            thread.run(body);
        }
        I::TryLock(mutex, body) => match shared.mutexes[*mutex].try_lock() {
            Ok(_guard) => thread.run(body),
            Err(TryLockError::Poisoned(_)) => thread.see(POISONED),
            Err(TryLockError::WouldBlock) => thread.see(TAKEN),
        },
        I::IsPoisoned(mutex) => thread.see(shared.mutexes[*mutex].is_poisoned().into()),
        I::Read(body) => {
            let guard = shared.rwlock.read().unwrap_or_else(PoisonError::into_inner);
            thread.see(*guard);
            thread.run(body);
        }
        I::Write(body) => {
            let mut guard = shared.rwlock.write().unwrap_or_else(PoisonError::into_inner);
            *guard += 1;
            thread.see(*guard);
            thread.run(body);
        }
        I::TryRead => thread.see(shared.rwlock.try_read().is_ok().into()),
        I::TryWrite => thread.see(shared.rwlock.try_write().is_ok().into()),
        waiting => execute_wait(thread, waiting),
    }
}

fn execute_wait(thread: &mut Thread<'_, Explored>, instruction: &Instruction) {
    use Instruction as I;
    let Explored {
        mutexes,
        condvar,
        word,
        ..
    } = &**thread.shared;
    let mut guard = mutexes[0].lock().unwrap_or_else(PoisonError::into_inner);
    match instruction {
        I::Wait => {
            let guard = condvar.wait(guard).unwrap_or_else(PoisonError::into_inner);
            thread.see(*guard);
        }
        I::WaitWhile(atomic) => {
            while thread.shared.atomics[*atomic].load(SeqCst) == 0 {
                guard = condvar.wait(guard).unwrap_or_else(PoisonError::into_inner);
            }
            thread.see(*guard);
        }
        I::WaitTimeout => {
            let waited = condvar.wait_timeout(guard, TIMEOUT);
            let (_guard, result) = waited.unwrap_or_else(PoisonError::into_inner);
            thread.see(result.timed_out().into());
        }
        I::WaitUnless(value) => drop(wait_unless(thread, guard, *value)),
        I::WaitUntil => {
            while *guard == 0 {
                let timed_out;
                (guard, timed_out) = wait_unless(thread, guard, 1);
                if timed_out && *guard == 0 {
                    word.store(1, SeqCst);
                }
            }
        }
        other => unreachable!("{other} is executed elsewhere"),
    }
}

fn wait_unless<'a>(
    thread: &mut Thread<'a, Explored>,
    guard: MutexGuard<'a, i64>,
    value: usize,
) -> (MutexGuard<'a, i64>, bool) {
    let Explored { condvar, word, .. } = &**thread.shared;
    let waited = condvar.wait_timeout_unless(guard, TIMEOUT, word, value);
    let (guard, result) = waited.unwrap_or_else(PoisonError::into_inner);
    thread.see(result.timed_out().into());
    (guard, result.timed_out())
}
