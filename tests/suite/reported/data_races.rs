//! A hand-over that synchronises too little.

use super::reported;
use selvedge::Expectations;
use selvedge::backend::{Atomic, AtomicBits, AtomicInteger, Join, PlainCell};
use std::sync::Arc;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};

// The count of owners says that the value is ours, but what the other owner did does not happen before.
reported!(a_unique_owner_must_acquire, "rust#51780", refuted: "DataRace", Option<i64>:
    Expectations::new().required(None, "it is still shared").required(Some(2), "it is ours alone"),
    |B, fixed| {
        let owners = Arc::new(B::AtomicUsize::new(2).named("owners"));
        let value = Arc::new(B::Cell::<i64>::new(0).named("value"));
        let (count, shared) = (Arc::clone(&owners), Arc::clone(&value));
        let other = B::spawn(move || {
            shared.set(shared.get() + 1);
            count.fetch_sub(1, Release);
        });
        let is_unique = owners.load(if fixed { Acquire } else { Relaxed }) == 1;
        let mine = is_unique.then(|| {
            value.set(value.get() + 1);
            value.get()
        });
        other.join().unwrap();
        mine
    }
);

// The same, when the last owner only reads.
reported!(a_last_reader_must_acquire, "rust#51780, without the mutation", refuted: "DataRace", Option<i64>:
    Expectations::new().required(None, "it is still shared").required(Some(1), "it is ours alone"),
    |B, fixed| {
        let owners = Arc::new(B::AtomicUsize::new(2).named("owners"));
        let value = Arc::new(B::Cell::<i64>::new(0).named("value"));
        let (count, shared) = (Arc::clone(&owners), Arc::clone(&value));
        let other = B::spawn(move || {
            shared.set(1);
            count.fetch_sub(1, Release);
        });
        let is_unique = owners.load(if fixed { Acquire } else { Relaxed }) == 1;
        let mine = is_unique.then(|| value.get());
        other.join().unwrap();
        mine
    }
);

// A waker is compared with the one that is registered, outside of the section that the state guards.
reported!(a_waker_is_looked_at_within_its_section, "futures-rs#868", refuted: "DataRace", usize:
    Expectations::new().required(7, "woken").required(0, "not registered yet, or it wakes itself"),
    |B, fixed| {
        const FREE: usize = 0;
        const REGISTERING: usize = 1;
        const WAKING: usize = 2;
        let state = Arc::new(B::AtomicUsize::new(FREE).named("state"));
        let waker = Arc::new(B::Cell::<usize>::new(0).named("waker"));
        let (theirs, registered) = (Arc::clone(&state), Arc::clone(&waker));
        let wakes = B::spawn(move || {
            if theirs.fetch_or(WAKING, AcqRel) != FREE {
                return 0;
            }
            let woken = registered.get();
            registered.set(0);
            theirs.fetch_and(!WAKING, Release);
            woken
        });
        let is_known = !fixed && waker.get() == 7;
        if !is_known && state.compare_exchange(FREE, REGISTERING, Acquire, Acquire).is_ok() {
            waker.set(7);
            if state.compare_exchange(REGISTERING, FREE, AcqRel, Acquire).is_err() {
                waker.set(0);
                state.swap(FREE, AcqRel);
            }
        }
        wakes.join().unwrap()
    }
);

// The consumer gives a slot back before it has done with it, as far as the producer can tell.
reported!(a_ring_gives_its_slots_back_with_release, "iceoryx2#119", refuted: "DataRace", (bool, Option<i64>):
    Expectations::new()
        .required((false, Some(1)), "it was full")
        .required((true, Some(1)), "there was room in time"),
    |B, fixed| {
        let (take, give) = if fixed { (Acquire, Release) } else { (Relaxed, Relaxed) };
        let slot = Arc::new(B::Cell::<i64>::new(1).named("slot"));
        let written = Arc::new(B::AtomicUsize::new(1).named("written"));
        let read = Arc::new(B::AtomicUsize::new(0).named("read"));
        let ring = (Arc::clone(&slot), Arc::clone(&written), Arc::clone(&read));
        let producer = B::spawn(move || {
            let (slot, written, read) = ring;
            let next = written.load(Relaxed);
            let has_room = next - read.load(take) < 1;
            if has_room {
                slot.set(2);
                written.store(next + 1, Release);
            }
            has_room
        });
        let next = read.load(Relaxed);
        let popped = (written.load(Acquire) > next).then(|| {
            let value = slot.get();
            read.store(next + 1, give);
            value
        });
        (producer.join().unwrap(), popped)
    }
);

// A receiver learns that the channel is closed, and not what the sender did before.
reported!(a_closed_channel_is_seen_with_acquire, "crossbeam#838", refuted: "DataRace", i64:
    Expectations::new().required(2, "the receiver wrote last"),
    |B, fixed| {
        let tail = Arc::new(B::AtomicUsize::new(0).named("tail"));
        let value = Arc::new(B::Cell::<i64>::new(0).named("value"));
        let (closed, shared) = (Arc::clone(&tail), Arc::clone(&value));
        let sender = B::spawn(move || {
            shared.set(1);
            closed.fetch_or(1, SeqCst);
        });
        while tail.load(if fixed { Acquire } else { Relaxed }) & 1 == 0 {
            B::yield_now();
        }
        value.set(2);
        sender.join().unwrap();
        value.get()
    }
);

// The plainest spin lock, which is unlocked with too weak an ordering.
reported!(a_spin_lock_unlocks_with_release, "spin-rs, before compare_exchange", refuted: "DataRace", i64:
    Expectations::new().required(2, "one at a time"),
    |B, fixed| {
        let lock = Arc::new(B::AtomicBool::new(false).named("lock"));
        let value = Arc::new(B::Cell::<i64>::new(0).named("value"));
        let threads = [(); 2].map(|()| {
            let (lock, value) = (Arc::clone(&lock), Arc::clone(&value));
            B::spawn(move || {
                while lock.swap(true, Acquire) {
                    B::yield_now();
                }
                value.set(value.get() + 1);
                lock.store(false, if fixed { Release } else { Relaxed });
            })
        });
        for thread in threads {
            thread.join().unwrap();
        }
        value.get()
    }
);
