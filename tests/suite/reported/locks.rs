//! Locks that are taken in the wrong order, twice, or by a destructor.

use super::reported;
use selvedge::Expectations;
use selvedge::backend::{Backend, Join, Lock, ReadWriteLock};
use std::sync::Arc;

// A second read, while a writer waits between the two: `std` says that it may deadlock.
reported!(a_thread_reads_once_at_a_time, "parking_lot#212", refuted: "Deadlock", i64:
    Expectations::new().required(0, "it read first").required(2, "it was written first"),
    |B, fixed| {
        let lock = Arc::new(B::RwLock::<i64>::new(0).named("lock"));
        let shared = Arc::clone(&lock);
        let reader = B::spawn(move || {
            let first = shared.read();
            match fixed {
                true => *first * 2,
                false => *first + *shared.read(),
            }
        });
        let writer = B::spawn(move || *lock.write() = 1);
        writer.join().unwrap();
        reader.join().unwrap()
    }
);

// The same, by way of another thread that reads, and that the first reader waits for.
reported!(a_reader_does_not_wait_for_a_reader, "parking_lot#212, through a join", refuted: "Deadlock", ():
    Expectations::new().required((), "it ends"),
    |B, fixed| {
        let lock = Arc::new(B::RwLock::<i64>::new(0).named("lock"));
        let shared = Arc::clone(&lock);
        let writer = B::spawn(move || *shared.write() = 1);
        let held = (!fixed).then(|| lock.read());
        let shared = Arc::clone(&lock);
        let reader = B::spawn(move || *shared.read());
        reader.join().unwrap();
        drop(held);
        writer.join().unwrap();
    }
);

// Each of two threads reads one shard of a map, and then writes the other.
reported!(shards_are_not_locked_across, "dashmap#74", refuted: "Deadlock", ():
    Expectations::new().required((), "both end"),
    |B, fixed| {
        let shards = Arc::new([B::RwLock::new(1_i64), B::RwLock::new(1)]);
        let threads = [0, 1].map(|mine| {
            let shards = Arc::clone(&shards);
            B::spawn(move || {
                let guard = shards[mine].read();
                let value = *guard;
                let held = (!fixed).then_some(guard);
                *shards[1 - mine].write() = value;
                drop(held);
            })
        });
        for thread in threads {
            thread.join().unwrap();
        }
    }
);

// A waker is replaced, and dropped, under a lock that its destructor takes.
reported!(a_waker_is_dropped_after_the_lock, "tokio#5429", refuted: "Deadlock", i64:
    Expectations::new().required(1, "it was notified"),
    |B, fixed| {
        struct NotifiesOnDrop<B: Backend>(Arc<B::Mutex<i64>>);
        impl<B: Backend> Drop for NotifiesOnDrop<B> {
            fn drop(&mut self) {
                *self.0.lock() += 1;
            }
        }
        let calls = Arc::new(B::Mutex::new(0_i64).named("calls"));
        let waker = NotifiesOnDrop::<B>(Arc::clone(&calls));
        let shared = Arc::clone(&calls);
        let thread = B::spawn(move || {
            let guard = shared.lock();
            let held = (!fixed).then_some(guard);
            drop(waker);
            drop(held);
        });
        thread.join().unwrap();
        *calls.lock()
    }
);
