//! Programs as data.

use std::sync::atomic::Ordering;

/// One instruction of a thread; the numbers name shared objects, or are values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Instruction {
    /// Loads an atomic.
    Load(usize, Ordering),
    /// Stores a value to an atomic.
    Store(usize, i64, Ordering),
    /// Adds a value to an atomic, and sees the one before.
    Add(usize, i64),
    /// Adds a value to an atomic, and sees nothing.
    BlindAdd(usize, i64, Ordering),
    /// Replaces the first value in an atomic by the second, and sees the one before, with 10 added if it was
    /// replaced.
    CompareExchange(usize, i64, i64),
    /// Replaces the first value in an atomic by the second, as the one above does, or fails for no reason.
    CompareExchangeWeak(usize, i64, i64),
    /// Replaces 0 in an atomic by 1, and tries so long until it has.
    SetWeakly(usize),
    /// A fence of sequential consistency.
    Fence,
    /// Adds 1 to what a mutex holds, and runs the instructions before it is unlocked.
    Lock(usize, Vec<Instruction>),
    /// Runs the instructions with a mutex locked, if that is free.
    TryLock(usize, Vec<Instruction>),
    /// Looks whether a mutex is poisoned.
    IsPoisoned(usize),
    /// Runs the instructions with the readers-writer lock held for reading.
    Read(Vec<Instruction>),
    /// Adds 1 to what the readers-writer lock holds, and runs the instructions before it is unlocked.
    Write(Vec<Instruction>),
    /// Tries to lock the readers-writer lock for reading, and unlocks it.
    TryRead,
    /// Tries to lock the readers-writer lock for writing, and unlocks it.
    TryWrite,
    /// Waits for a notification, with the first mutex.
    Wait,
    /// Waits for notifications, with the first mutex, until an atomic is not 0.
    WaitWhile(usize),
    /// Waits for a notification until the time is up.
    WaitTimeout,
    /// Waits, and does not notice that the time is up while the word holds this.
    WaitUnless(usize),
    /// Waits until the first mutex holds more than 0; sets the word to 1 when the time is up, unless it holds
    /// that.
    WaitUntil,
    /// Loads the word.
    SeeWord(Ordering),
    /// Stores a value to the word.
    SetWord(usize, Ordering),
    /// Adds a value to the word, and sees the one before.
    AddToWord(usize),
    /// Adds a value to the word, wrapping around, and sees nothing.
    BlindAddToWord(usize),
    /// Wakes a thread that waits.
    NotifyOne,
    /// Wakes all threads that wait.
    NotifyAll,
    /// Reads plain memory.
    CellRead,
    /// Writes plain memory.
    CellWrite(i64),
    /// Chooses one of so many alternatives.
    Choose(usize),
    /// Polls an atomic until it is not 0.
    Await(usize),
    /// Runs the instructions if the value seen last is this one.
    IfSeen(i64, Vec<Instruction>),
    /// Starts a thread, which is joined at the end of this one.
    Spawn(Vec<Instruction>),
    /// Parks the thread until an atomic is not 0.
    ParkWhile(usize),
    /// Parks the thread.
    Park,
    /// Unparks the main thread.
    UnparkMain,
    /// Panics.
    Panic,
}

/// The instructions of the main thread, and by them those of all others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program(pub Vec<Instruction>);
