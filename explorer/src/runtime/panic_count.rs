//! A count of panics for each thread of the program.
//!
//! `std` counts the panics that have not been caught yet for each *OS thread*, and `std::thread::panicking`
//! says whether there are any. All threads of the program run on one OS thread, so one that is suspended in
//! the middle of unwinding would make all others look as if they unwound. If the execution is abandoned
//! there, that panic is never caught, and the OS thread would count it for good.
//!
//! So the count is changed with the coroutine: when one is suspended that unwinds, its panics are *taken off*
//! the count of the OS thread, and *put back* before it is resumed.
//!
//! Only catching a panic lowers the count, and it lowers that of the OS thread on which the panic is caught.
//! To lower the count, a [`Carrier`](carrier::Carrier) therefore ends a panic here that it has begun
//! elsewhere: it is a coroutine that panics, is suspended by a destructor while it unwinds, goes to another
//! OS thread, and has its panic caught there. A carrier that waits to be caught is *raised*. One that has
//! been caught raises the count again by its next panic, so taking off and putting back cost no more than
//! that. Only for panics that are never put back, because their threads are abandoned, must there be new
//! raised carriers: a short-lived OS thread makes them.
//!
//! On Windows, where unwinding keeps state of the OS thread, this is not done: see [`IS_EXACT`].

use std::thread;

use crate::limit::{self, Limit};

/// `true` if `std::thread::panicking`, called on a coroutine, speaks of that coroutine alone.
pub(super) const IS_EXACT: bool = carrier::CAN_MOVE;

/// The carriers of one exploring OS thread.
#[derive(Default)]
pub(super) struct PanicCount {
    raised: Vec<carrier::Carrier>,
    resting: Vec<carrier::Carrier>,
}

impl PanicCount {
    /// The largest number of carriers that are raised at a time, less one.
    const BATCH: usize = 64;

    /// More panics than one OS thread ever counts at once.
    const TOO_MANY: usize = 10_000;

    /// Sets the count of this OS thread to 0, and returns what it was.
    #[inline]
    pub(super) fn take_off(&mut self) -> usize {
        match thread::panicking() && IS_EXACT {
            true => self.take_off_all(),
            false => 0,
        }
    }

    #[cold]
    fn take_off_all(&mut self) -> usize {
        let mut taken = 0;
        while thread::panicking() {
            let mut carrier = self.take_raised();
            carrier.catch();
            self.resting.push(carrier);
            taken += 1;
            assert!(
                taken < Self::TOO_MANY,
                "catching a panic lowers the count of its OS thread"
            );
        }
        taken
    }

    /// Raises the count of this OS thread by so many.
    #[inline]
    pub(super) fn put_back(&mut self, panics: usize) {
        for _ in 0..panics {
            self.put_one_back();
        }
    }

    #[cold]
    fn put_one_back(&mut self) {
        let mut carrier = self.resting.pop().unwrap_or_else(carrier::Carrier::new);
        carrier.raise();
        self.raised.push(carrier);
    }

    /// Returns a carrier that was raised on another OS thread, or before its panic was put back on this one.
    fn take_raised(&mut self) -> carrier::Carrier {
        if self.raised.is_empty() {
            let mut carriers = std::mem::take(&mut self.resting);
            carriers.truncate(Self::BATCH);
            carriers.push(carrier::Carrier::new());
            let raise = || {
                carriers.iter_mut().for_each(carrier::Carrier::raise);
                carriers
            };
            self.raised = thread::scope(|scope| {
                let elsewhere = thread::Builder::new().name("selvedge".to_owned());
                let elsewhere = elsewhere.spawn_scoped(scope, raise);
                let elsewhere = elsewhere.unwrap_or_else(|_| limit::reach(Limit::OsThread));
                elsewhere.join().expect("raising a carrier does not fail")
            });
        }
        self.raised.pop().expect("at least one has just been raised")
    }
}

#[cfg(unix)]
mod carrier;

/// There are no carriers here: a coroutine that unwinds cannot go to another OS thread.
#[cfg(not(unix))]
mod carrier {
    pub(super) const CAN_MOVE: bool = false;

    pub(super) struct Carrier;

    impl Carrier {
        pub(super) fn new() -> Self {
            Self
        }

        pub(super) fn raise(&mut self) {
            unreachable!("no panic is put back on the count");
        }

        pub(super) fn catch(&mut self) {
            unreachable!("no panic is taken off the count");
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::PanicCount;
    use std::panic::{self, AssertUnwindSafe};
    use std::thread;

    /// Calls the function when dropped.
    struct OnDrop<F: FnMut()>(F);

    impl<F: FnMut()> Drop for OnDrop<F> {
        fn drop(&mut self) {
            (self.0)();
        }
    }

    /// Panics, and calls the function while unwinding.
    fn while_unwinding(function: impl FnMut()) {
        let caught = panic::catch_unwind(AssertUnwindSafe(|| {
            let _guard = OnDrop(function);
            panic::resume_unwind(Box::new(()));
        }));
        caught.expect_err("it has panicked");
    }

    #[test]
    fn the_count_is_taken_off_and_put_back() {
        let mut count = PanicCount::default();
        assert_eq!(count.take_off(), 0);
        for _ in 0..3 {
            while_unwinding(|| {
                let taken = count.take_off();
                assert_eq!((taken, thread::panicking()), (1, false));
                count.put_back(taken);
                assert!(thread::panicking());
                while_unwinding(|| {
                    let taken = count.take_off();
                    assert_eq!((taken, thread::panicking()), (2, false));
                    count.put_back(taken);
                });
            });
            assert!(!thread::panicking());
        }
    }

    #[test]
    fn panics_that_are_never_caught_are_taken_off() {
        let mut count = PanicCount::default();
        for batch in 1..200 {
            count.put_back(batch % 5);
            while let Some(carrier) = count.raised.pop() {
                drop(carrier); // its panic is in the air for ever
            }
            assert_eq!(count.take_off(), batch % 5);
            assert!(!thread::panicking());
            assert!(
                count.resting.len() <= 2 * PanicCount::BATCH,
                "{}",
                count.resting.len()
            );
        }
    }
}
