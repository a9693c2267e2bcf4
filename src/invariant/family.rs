//! Two families of primitives that ask the checker: one with numbers, and one with numbers that nobody knows.
//!
//! Code on them runs directly on the calling thread, from the start of a step to its end. They hold nothing but
//! their objects' numbers.

mod atomic;
mod cell;
mod mutex;
mod pointer;
mod rwlock;
mod waiting;

use self::atomic::CheckedAtomic;
use self::cell::CheckedCell;
use self::mutex::CheckedMutex;
use self::pointer::CheckedPointer;
use self::rwlock::CheckedRwLock;
use self::waiting::{CheckedCondvar, Nobody};
use super::checker::{self, Checker, Fault, fails};
use super::obligation::Obligation;
use super::value::{Opaque, Shape, Value, Word, pack, shape_of};
use crate::backend::{AtomicNumber, Int, Primitives};
use crate::explorer::ObjectKind;
use std::any::type_name;
use std::marker::PhantomData;
use std::time::Duration;

/// A family whose numbers are of this type.
pub(super) struct Checked<I>(PhantomData<fn() -> I>);

/// The family whose numbers are numbers.
pub(super) type Concrete = Checked<i64>;

/// The family whose numbers nobody knows.
pub(super) type Symbolic = Checked<Opaque>;

impl<I: Int + Word> Primitives for Checked<I>
where
    CheckedAtomic<I>: AtomicNumber<I>,
{
    type Int = I;
    type AtomicInt = CheckedAtomic<I>;
    type Mutex<T: Send + 'static> = CheckedMutex<T>;
    type RwLock<T: Send + Sync + 'static> = CheckedRwLock<T>;
    type Condvar = CheckedCondvar;
    type AtomicI8 = CheckedAtomic<i8>;
    type AtomicI16 = CheckedAtomic<i16>;
    type AtomicI32 = CheckedAtomic<i32>;
    type AtomicI64 = CheckedAtomic<i64>;
    type AtomicIsize = CheckedAtomic<isize>;
    type AtomicU8 = CheckedAtomic<u8>;
    type AtomicU16 = CheckedAtomic<u16>;
    type AtomicU32 = CheckedAtomic<u32>;
    type AtomicU64 = CheckedAtomic<u64>;
    type AtomicUsize = CheckedAtomic<usize>;
    type AtomicBool = CheckedAtomic<bool>;
    type AtomicPtr<T: 'static> = CheckedPointer<T>;
    type Cell<T: Copy + Send + 'static> = CheckedCell<T>;
    type Thread = Nobody;

    fn yield_now() {
        checker::ask(Checker::yield_now);
    }

    fn current() -> Nobody {
        Nobody
    }

    fn park() {
        waiting::refuse("a parked thread");
    }

    fn park_timeout(_: Duration) {
        waiting::refuse("a parked thread");
    }
}

/// Refuses to try to lock: whether that succeeds is no value that the proof knows.
fn refuse_attempt() {
    checker::ask::<()>(|_| {
        let reason = "a step tries to lock: what it does depends on whether another thread holds the lock";
        Err(fails(Obligation::NothingHidden, reason))
    });
}

/// Creates an object that holds a value of any type; refuses those in which no sum can be seen.
fn create<T: 'static>(checker: &mut Checker, kind: ObjectKind, value: &T) -> Result<u32, Fault> {
    let shape = shape_of::<T>();
    let (Some(shape), Some(value)) = (shape, pack(value)) else {
        let reason = format!(
            "a {kind} holds a value of type `{}`: a change can be computed of numbers, flags and `()` alone",
            type_name::<T>()
        );
        return Err(fails(Obligation::ConstantChange, reason));
    };
    create_word(checker, kind, shape, value)
}

/// Creates an object that holds a word; refuses values out of range.
fn create_word(checker: &mut Checker, kind: ObjectKind, shape: Shape, value: Value) -> Result<u32, Fault> {
    match shape {
        Shape::Range(least, greatest) if !(least..=greatest).contains(&value.offset) => Err(fails(
            Obligation::DomainClosed,
            format!("a {kind} holds a number that does not fit in 63 bits"),
        )),
        _ => Ok(checker.create(kind, shape, value)),
    }
}

/// The number of a shared object, and the type of what it holds: none of that is in the primitive.
struct Handle<T> {
    id: u32,
    holds: PhantomData<fn(T) -> T>,
}

impl<T: 'static> Handle<T> {
    fn new(kind: ObjectKind, value: &T) -> Self {
        Handle {
            id: checker::ask(|checker| create(checker, kind, value)),
            holds: PhantomData,
        }
    }

    fn named(self, name: &'static str) -> Self {
        checker::ask(|checker| {
            checker.name(self.id, name);
            Ok(())
        });
        self
    }
}
