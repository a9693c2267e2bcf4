//! Random programs on the primitives that every backend has.

use selvedge::backend::{Atomic, AtomicInteger, Backend, Join, Lock, ReadWriteLock};
use selvedge_programs::{Instruction, Log, Primitives, Thread};
use std::sync::atomic::Ordering::SeqCst;

/// The value seen of a mutex that is taken.
pub(crate) const TAKEN: i64 = 20;

/// The objects that the threads of a program share, on a backend. A thread that joins another passes on its
/// panic.
pub(crate) struct Portable<B: Backend> {
    atomics: [B::AtomicI64; 2],
    mutexes: [B::Mutex<i64>; 2],
    rwlock: B::RwLock<i64>,
}

impl<B: Backend> Primitives for Portable<B> {
    type Handle = B::JoinHandle<Log>;

    fn new() -> Self {
        Self {
            atomics: [(); 2].map(|()| Atomic::new(0)),
            mutexes: [(); 2].map(|()| Lock::new(0)),
            rwlock: ReadWriteLock::new(0),
        }
    }

    fn spawn(body: impl FnOnce() -> Log + Send + 'static) -> Self::Handle {
        B::spawn(body)
    }

    fn join(thread: Self::Handle) -> Log {
        thread.join().unwrap()
    }

    fn left(&self) -> Log {
        let atomics = self.atomics.iter().map(|atomic| atomic.load(SeqCst));
        atomics.chain([*self.rwlock.read()]).collect()
    }

    fn execute(thread: &mut Thread<'_, Self>, instruction: &Instruction) {
        use Instruction as I;
        let shared = thread.shared;
        match instruction {
            I::Load(atomic, ordering) => thread.see(shared.atomics[*atomic].load(*ordering)),
            I::Store(atomic, value, ordering) => shared.atomics[*atomic].store(*value, *ordering),
            I::Add(atomic, value) => thread.see(shared.atomics[*atomic].fetch_add(*value, SeqCst)),
            I::BlindAdd(atomic, value, ordering) => shared.atomics[*atomic].add(*value, *ordering),
            I::CompareExchange(atomic, current, new) => {
                let result = shared.atomics[*atomic].compare_exchange(*current, *new, SeqCst, SeqCst);
                thread.see(result.map_or_else(|seen| seen, |seen| 10 + seen));
            }
            I::Lock(mutex, body) => {
                let mut guard = shared.mutexes[*mutex].lock();
                *guard += 1;
                thread.see(*guard);
                thread.run(body);
            }
            I::TryLock(mutex, body) => match shared.mutexes[*mutex].try_lock() {
                Some(_guard) => thread.run(body),
                None => thread.see(TAKEN),
            },
            I::TryRead => thread.see(shared.rwlock.try_read().is_some().into()),
            I::TryWrite => thread.see(shared.rwlock.try_write().is_some().into()),
            I::Read(body) => {
                let guard = shared.rwlock.read();
                thread.see(*guard);
                thread.run(body);
            }
            I::Write(body) => {
                let mut guard = shared.rwlock.write();
                *guard += 1;
                thread.see(*guard);
                thread.run(body);
            }
            other => unreachable!("{other}: not every backend has it"),
        }
    }
}
