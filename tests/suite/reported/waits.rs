//! Wakeups that are lost, go to the wrong thread, or come for no reason.

use super::reported;
use selvedge::Expectations;
use selvedge::backend::{Atomic, AtomicBits, AtomicInteger, ConditionVariable, Join, Lock, Unpark};
use std::sync::Arc;
use std::sync::atomic::Ordering::{AcqRel, Acquire, SeqCst};
use std::time::Duration;

// One consumer, one producer, and `if` in the place of `while`.
reported!(a_wait_is_in_a_loop, "std::sync::Condvar", refuted: "Finished", i64:
    Expectations::new().required(1, "the value").forbidden_if(|value| *value == 0, "it woke for no reason"),
    |B, fixed| {
        let slot = Arc::new((B::Mutex::new(0_i64).named("slot"), B::Condvar::new().named("filled")));
        let shared = Arc::clone(&slot);
        let consumer = B::spawn(move || {
            let mut value = shared.0.lock();
            while *value == 0 {
                value = shared.1.wait(value);
                if !fixed {
                    break;
                }
            }
            *value
        });
        *slot.0.lock() = 1;
        slot.1.notify_one();
        consumer.join().unwrap()
    }
);

// A park that is not in a loop.
reported!(a_park_is_in_a_loop, "shuttle#101", refuted: "Finished", bool:
    Expectations::new().required(true, "the flag is set"),
    |B, fixed| {
        let flag = Arc::new(B::AtomicBool::new(false).named("flag"));
        let shared = Arc::clone(&flag);
        let sleeper = B::spawn(move || {
            if !fixed {
                B::park();
            }
            while fixed && !shared.load(SeqCst) {
                B::park();
            }
            shared.load(SeqCst)
        });
        flag.store(true, SeqCst);
        sleeper.thread().unpark();
        sleeper.join().unwrap()
    }
);

// A receiver looks, registers, and sleeps without looking again.
reported!(a_receiver_looks_again_after_it_has_registered, "async-oneshot#9", refuted: "Deadlock", ():
    Expectations::new().required((), "the receiver notices"),
    |B, fixed| {
        let closed = Arc::new(B::AtomicUsize::new(0).named("closed"));
        let waker = Arc::new(B::Mutex::new(None::<B::Thread>).named("waker"));
        let (shared, registered) = (Arc::clone(&closed), Arc::clone(&waker));
        let receiver = B::spawn(move || {
            if shared.load(Acquire) != 0 {
                return;
            }
            *registered.lock() = Some(B::current());
            if fixed && shared.load(Acquire) != 0 {
                return;
            }
            B::park();
        });
        closed.fetch_or(1, AcqRel);
        let registered = waker.lock().take();
        if let Some(thread) = registered {
            thread.unpark();
        }
        receiver.join().unwrap();
    }
);

// What a thread polls parks the thread too, and takes the token of the wakeup that was meant for the poll.
reported!(a_token_may_be_taken_by_another_wait, "reqwest#1131", refuted: "Deadlock", ():
    Expectations::new().required((), "it is ready"),
    |B, fixed| {
        let [ready, woken, inner] = ["ready", "woken", "inner"]
            .map(|name| Arc::new(B::AtomicBool::new(false).named(name)));
        let (me, flags) = (B::current(), (Arc::clone(&ready), Arc::clone(&woken)));
        let waker = B::spawn(move || {
            flags.0.store(true, SeqCst);
            flags.1.store(true, SeqCst);
            me.unpark();
        });
        let (me, flag) = (B::current(), Arc::clone(&inner));
        let library = B::spawn(move || {
            flag.store(true, SeqCst);
            me.unpark();
        });
        while !ready.load(SeqCst) {
            while !inner.load(SeqCst) {
                B::park();
            }
            match fixed {
                false => B::park(),
                true => {
                    while !woken.swap(false, SeqCst) {
                        B::park();
                    }
                }
            }
        }
        waker.join().unwrap();
        library.join().unwrap();
    }
);

// The last reader of a slot notifies without the mutex under which the sender looks.
reported!(a_notification_is_ordered_with_the_look, "tokio#2134", refuted: "Deadlock", i64:
    Expectations::new().required(1, "it was sent"),
    |B, fixed| {
        let readers = Arc::new(B::AtomicUsize::new(1).named("readers"));
        let tail = Arc::new((B::Mutex::new(0_i64).named("tail"), B::Condvar::new().named("freed")));
        let (count, shared) = (Arc::clone(&readers), Arc::clone(&tail));
        let sender = B::spawn(move || {
            let mut sent = shared.0.lock();
            while count.load(SeqCst) != 0 {
                sent = shared.1.wait(sent);
            }
            *sent += 1;
        });
        if readers.fetch_sub(1, SeqCst) == 1 {
            if fixed {
                drop(tail.0.lock());
            }
            tail.1.notify_one();
        }
        sender.join().unwrap();
        *tail.0.lock()
    }
);

// A sender gives its permit back unused, and does not wake the receiver that has closed the channel.
reported!(a_permit_given_back_wakes_the_receiver, "tokio#2854", refuted: "Deadlock", ():
    Expectations::new().required((), "the receiver ends"),
    |B, fixed| {
        struct State {
            is_closed: bool,
            permits: usize,
        }
        let state = State { is_closed: false, permits: 1 };
        let channel = Arc::new((B::Mutex::new(state).named("state"), B::Condvar::new().named("receiver")));
        let shared = Arc::clone(&channel);
        let sender = B::spawn(move || {
            let mut state = shared.0.lock();
            state.permits -= 1;
            if fixed && state.is_closed {
                shared.1.notify_one();
            }
        });
        let mut state = channel.0.lock();
        state.is_closed = true;
        drop(channel.1.wait_while(state, |state| state.permits > 0));
        sender.join().unwrap();
    }
);

// A barrier that waits for its count cannot be used again.
reported!(a_barrier_that_is_used_again_has_rounds, "zephyr#117756", refuted: "Deadlock", ():
    Expectations::new().required((), "both rounds end"),
    |B, fixed| {
        struct State {
            arrived: usize,
            round: usize,
        }
        let state = State { arrived: 0, round: 0 };
        let barrier = Arc::new((B::Mutex::new(state).named("state"), B::Condvar::new().named("opened")));
        let threads = [(); 2].map(|()| {
            let barrier = Arc::clone(&barrier);
            B::spawn(move || {
                for _ in 0..2 {
                    let mut state = barrier.0.lock();
                    let mine = state.round;
                    state.arrived += 1;
                    if state.arrived == 2 {
                        (state.arrived, state.round) = (0, mine + 1);
                        barrier.1.notify_all();
                        continue;
                    }
                    drop(barrier.1.wait_while(state, |state| match fixed {
                        true => state.round == mine,
                        false => state.arrived != 0,
                    }));
                }
            })
        });
        for thread in threads {
            thread.join().unwrap();
        }
    }
);

// A thread that gives up waiting at a barrier stays counted.
reported!(a_barrier_forgets_who_gave_up, "tokio#8370", refuted: "Finished", usize:
    Expectations::new()
        .required(2, "they met")
        .required(0, "both gave up")
        .forbidden_if(|passed| *passed == 1, "it opened for one thread alone"),
    |B, fixed| {
        let state = (0_usize, false);
        let barrier = Arc::new((B::Mutex::new(state).named("arrived"), B::Condvar::new().named("opened")));
        let threads = [(); 2].map(|()| {
            let barrier = Arc::clone(&barrier);
            B::spawn(move || {
                let mut state = barrier.0.lock();
                state.0 += 1;
                if state.0 == 2 {
                    state.1 = true;
                    barrier.1.notify_all();
                }
                while !state.1 {
                    let is_over;
                    (state, is_over) = barrier.1.wait_timeout(state, Duration::from_millis(1));
                    if is_over && !state.1 {
                        state.0 -= usize::from(fixed);
                        return 0;
                    }
                }
                1
            })
        });
        threads.map(|thread| thread.join().unwrap()).iter().sum()
    }
);
