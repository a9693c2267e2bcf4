//! The explorer's primitives and threads.

mod atomic;

use super::{
    Backend, ConditionVariable, Guard, Join, Lock, MemoryModel, PlainCell, Primitives, ReadWriteLock, Unpark,
    unless_held,
};
use selvedge_explorer::sync::atomic::fence;
use selvedge_explorer::{sync, thread};
use std::fmt::Debug;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// The primitives of [`explorer`](selvedge_explorer), for explorations by the explorer engine.
#[derive(Debug, Clone, Copy)]
pub struct Explorer;

impl Primitives for Explorer {
    type Int = i64;
    type AtomicInt = sync::atomic::AtomicI64;
    type Mutex<T: Send + 'static> = sync::Mutex<T>;
    type RwLock<T: Send + Sync + 'static> = sync::RwLock<T>;
    type Condvar = sync::Condvar;
    type AtomicI8 = sync::atomic::AtomicI8;
    type AtomicI16 = sync::atomic::AtomicI16;
    type AtomicI32 = sync::atomic::AtomicI32;
    type AtomicI64 = sync::atomic::AtomicI64;
    type AtomicIsize = sync::atomic::AtomicIsize;
    type AtomicU8 = sync::atomic::AtomicU8;
    type AtomicU16 = sync::atomic::AtomicU16;
    type AtomicU32 = sync::atomic::AtomicU32;
    type AtomicU64 = sync::atomic::AtomicU64;
    type AtomicUsize = sync::atomic::AtomicUsize;
    type AtomicBool = sync::atomic::AtomicBool;
    type AtomicPtr<T: 'static> = sync::atomic::AtomicPtr<T>;
    type Cell<T: Copy + Send + 'static> = sync::Cell<T>;
    type Thread = thread::Thread;

    #[track_caller]
    fn yield_now() {
        thread::yield_now();
    }

    fn label(text: &'static str) {
        thread::label(text);
    }

    fn current() -> thread::Thread {
        thread::current()
    }

    #[track_caller]
    fn park() {
        thread::park();
    }

    #[track_caller]
    fn park_timeout(timeout: Duration) {
        thread::park_timeout(timeout);
    }
}

impl Backend for Explorer {
    const MEMORY_MODEL: MemoryModel = MemoryModel::SequentialConsistency;
    type JoinHandle<T: Send + 'static> = thread::JoinHandle<T>;

    #[track_caller]
    fn fence(ordering: Ordering) {
        fence(ordering);
    }

    #[track_caller]
    fn spawn<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> thread::JoinHandle<T> {
        thread::spawn(body)
    }
}

impl<T: Send + 'static> Lock<T> for sync::Mutex<T> {
    type Guard<'a> = sync::MutexGuard<'a, T, sync::Recorded>;

    #[track_caller]
    fn new(value: T) -> Self {
        sync::Mutex::new(value)
    }

    fn named(self, name: &'static str) -> Self {
        sync::Mutex::named(self, name)
    }

    fn shown(self) -> Self
    where
        T: Debug,
    {
        sync::Mutex::shown(self)
    }

    #[inline]
    #[track_caller]
    fn lock(&self) -> sync::MutexGuard<'_, T, sync::Recorded> {
        self.lock_recorded().unwrap()
    }

    #[track_caller]
    fn try_lock(&self) -> Option<sync::MutexGuard<'_, T, sync::Recorded>> {
        unless_held(self.try_lock_recorded())
    }
}

impl<T: Send + Sync + 'static> ReadWriteLock<T> for sync::RwLock<T> {
    type ReadGuard<'a> = sync::RwLockReadGuard<'a, T>;
    type WriteGuard<'a> = sync::RwLockWriteGuard<'a, T>;

    #[track_caller]
    fn new(value: T) -> Self {
        sync::RwLock::new(value)
    }

    fn named(self, name: &'static str) -> Self {
        sync::RwLock::named(self, name)
    }

    #[track_caller]
    fn read(&self) -> sync::RwLockReadGuard<'_, T> {
        sync::RwLock::read(self).unwrap()
    }

    #[track_caller]
    fn write(&self) -> sync::RwLockWriteGuard<'_, T> {
        sync::RwLock::write(self).unwrap()
    }

    #[track_caller]
    fn try_read(&self) -> Option<sync::RwLockReadGuard<'_, T>> {
        unless_held(sync::RwLock::try_read(self))
    }

    #[track_caller]
    fn try_write(&self) -> Option<sync::RwLockWriteGuard<'_, T>> {
        unless_held(sync::RwLock::try_write(self))
    }
}

impl ConditionVariable<Explorer> for sync::Condvar {
    #[track_caller]
    fn new() -> Self {
        sync::Condvar::new()
    }

    fn named(self, name: &'static str) -> Self {
        sync::Condvar::named(self, name)
    }

    #[track_caller]
    fn wait<'a, T: Send + 'static>(&self, guard: Guard<'a, Explorer, T>) -> Guard<'a, Explorer, T> {
        sync::Condvar::wait(self, guard).unwrap()
    }

    #[track_caller]
    fn wait_timeout<'a, T: Send + 'static>(
        &self,
        guard: Guard<'a, Explorer, T>,
        timeout: Duration,
    ) -> (Guard<'a, Explorer, T>, bool) {
        let (guard, result) = sync::Condvar::wait_timeout(self, guard, timeout).unwrap();
        (guard, result.timed_out())
    }

    #[track_caller]
    fn wait_timeout_unless<'a, T: Send + 'static>(
        &self,
        guard: Guard<'a, Explorer, T>,
        timeout: Duration,
        word: &sync::atomic::AtomicUsize,
        value: usize,
    ) -> (Guard<'a, Explorer, T>, bool) {
        let waited = sync::Condvar::wait_timeout_unless(self, guard, timeout, word, value);
        let (guard, result) = waited.unwrap();
        (guard, result.timed_out())
    }

    #[track_caller]
    fn wait_while<'a, T: Send + 'static>(
        &self,
        guard: Guard<'a, Explorer, T>,
        condition: impl FnMut(&mut T) -> bool,
    ) -> Guard<'a, Explorer, T> {
        sync::Condvar::wait_while(self, guard, condition).unwrap()
    }

    #[track_caller]
    fn notify_one(&self) {
        sync::Condvar::notify_one(self);
    }

    #[track_caller]
    fn notify_all(&self) {
        sync::Condvar::notify_all(self);
    }
}

/// Plain memory under the explorer, which finds the data races on it.
impl<T: Copy + Send + 'static> PlainCell<T> for sync::Cell<T> {
    #[track_caller]
    fn new(value: T) -> Self {
        sync::Cell::new(value)
    }

    fn named(self, name: &'static str) -> Self {
        sync::Cell::named(self, name)
    }

    fn shown(self) -> Self
    where
        T: Debug,
    {
        sync::Cell::shown(self)
    }

    #[inline]
    #[track_caller]
    fn get(&self) -> T {
        sync::Cell::get(self)
    }

    #[inline]
    #[track_caller]
    fn set(&self, value: T) {
        sync::Cell::set(self, value);
    }
}

impl<T> Join<T> for thread::JoinHandle<T> {
    type Thread = thread::Thread;

    fn thread(&self) -> thread::Thread {
        thread::JoinHandle::thread(self).clone()
    }

    #[track_caller]
    fn join(self) -> std::thread::Result<T> {
        thread::JoinHandle::join(self)
    }
}

impl Unpark for thread::Thread {
    #[track_caller]
    fn unpark(&self) {
        thread::Thread::unpark(self);
    }
}
