//! The stories of small programs, word by word. Each is about something that was once told wrongly, or not at
//! all.

use crate::support::quiet::quiet_panics;
use selvedge_explorer::drawing::{Claim, Drawing, InVain, story};
use selvedge_explorer::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize};
use selvedge_explorer::sync::{Arc, Cell, Condvar, Mutex, RwLock};
use selvedge_explorer::{Ending, Explorer, Schedule, Then, thread};
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
use std::time::Duration;

/// Returns the story of an execution that begins with this schedule, without places, and its claims.
fn told<O>(body: impl Fn() -> O + 'static, schedule: &str) -> (String, Vec<Claim>) {
    let schedule: Schedule = schedule.parse().expect("a schedule");
    let explorer = Explorer::new().timeouts(1).spurious_wakeups(0);
    let replay = explorer
        .replay(body, &schedule.0, Then::RunOn)
        .expect("it can be followed");
    let ending = replay.ending.expect("it was run on");
    let drawing = Drawing::described(&replay.interleaving, &ending, |_| String::new());
    let claims = story(&replay.interleaving, Some(&ending));
    (
        without_places(&drawing.story.join(" ")),
        claims.into_iter().map(|told| told.claim).collect(),
    )
}

/// Returns a text without the places in brackets.
fn without_places(text: &str) -> String {
    let mut rest = text;
    let mut result = String::new();
    while let Some((before, after)) = rest.split_once(" (told.rs:") {
        result += before;
        rest = after.split_once(')').map_or("", |(_, after)| after);
    }
    result + rest
}

/// A stack of two nodes, given by the index of the first: `pop` compares nothing but that.
struct Stack {
    head: AtomicUsize,
    below: [AtomicUsize; 3],
}

impl Stack {
    fn pop(&self) -> usize {
        let top = self.head.load(Acquire);
        let below = self.below[top].load(Relaxed);
        self.head
            .compare_exchange(top, below, AcqRel, Acquire)
            .map_or(0, |top| top)
    }

    fn push(&self, node: usize) {
        let top = self.head.load(Relaxed);
        self.below[node].store(top, Relaxed);
        self.head
            .compare_exchange(top, node, Release, Relaxed)
            .expect("nobody else pushes");
    }
}

#[test]
fn a_value_that_left_and_came_back_is_told_as_aba() {
    let body = || {
        let stack = Arc::new(Stack {
            head: AtomicUsize::new(1).named("head"),
            below: [0, 2, 0].map(AtomicUsize::new),
        });
        let theirs = Arc::clone(&stack);
        let slow = thread::spawn(move || theirs.pop());
        let theirs = Arc::clone(&stack);
        let quick = thread::spawn(move || {
            let (first, second) = (theirs.pop(), theirs.pop());
            theirs.push(first);
            second
        });
        (
            slow.join().unwrap(),
            quick.join().unwrap(),
            stack.head.load(SeqCst),
        )
    };
    let (text, claims) = told(body, "1 1 2×9 1");
    assert_eq!(
        text,
        "Thread 1 read head = 1; thread 2 then changed it to 2 and back to 1: thread 1's compare_exchange found 1 \
         there, as if nothing had happened, and replaced it by 2 (this is called ABA)."
    );
    let Claim::Aba {
        read: 0,
        between,
        write: 11,
    } = &claims[0]
    else {
        panic!("{claims:?}")
    };
    assert_eq!(between, &[4, 7, 10]);
    let (in_turn, claims) = told(body, "1 1 1 2×9");
    assert!(
        !in_turn.contains("ABA") && !claims.is_empty(),
        "its correct twin: {in_turn}"
    );
}

/// A barrier that waits for the count to be 0 again: whoever is fast starts the next round.
#[test]
fn a_notification_that_woke_the_thread_is_not_called_missed() {
    let body = || {
        let shared = Arc::new((Mutex::new(0), Condvar::new().named("all here")));
        let threads = [(); 2].map(|()| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                for _ in 0..2 {
                    let mut count = shared.0.lock().unwrap();
                    *count = (*count + 1) % 2;
                    if *count == 0 {
                        shared.1.notify_all();
                        continue;
                    }
                    drop(shared.1.wait_while(count, |count| *count != 0));
                }
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    };
    let (text, claims) = told(body, "1 1 2×5 1 1");
    assert_eq!(
        text,
        "Thread 1 waits to be notified by all here; the last notification, by thread 2, woke it from an earlier \
         wait, and then it waited again. Thread 2 waits to be notified by all here; the last notification, by \
         thread 2, came before, and woke thread 1. The main thread waits for thread 1 to end."
    );
    assert_eq!(claims.len(), 3);
}

/// The thread gives up, is notified while it does something else, and waits again.
#[test]
fn a_notification_of_a_thread_that_had_given_up_is_not_called_too_early() {
    let body = || {
        let shared = Arc::new((Mutex::new(0), Condvar::new().named("news")));
        let theirs = Arc::clone(&shared);
        let waiter = thread::spawn(move || {
            let limit = Duration::from_secs(1);
            let (guard, _) = theirs.1.wait_timeout(theirs.0.lock().unwrap(), limit).unwrap();
            drop(guard);
            drop(theirs.1.wait(theirs.0.lock().unwrap()));
        });
        shared.1.notify_one();
        waiter.join().unwrap();
    };
    let (text, _) = told(body, "1×5 main 1 1");
    assert_eq!(
        text,
        "Thread 1 waits to be notified by news; the notification by the main thread came after its time was up and \
         before it waited again, and notifications are not kept. The main thread waits for thread 1 to end."
    );
    let (text, _) = told(body, "main 1×7");
    assert!(
        text.contains("but the notification by the main thread came before, and"),
        "{text}"
    );
}

#[test]
fn a_notification_that_another_thread_took_is_told() {
    let body = || {
        let shared = Arc::new((Mutex::new(()), Condvar::new().named("ready")));
        let waiters = [(); 2].map(|()| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || drop(shared.1.wait(shared.0.lock().unwrap())))
        });
        shared.1.notify_one();
        waiters.into_iter().for_each(|thread| thread.join().unwrap());
    };
    let (text, _) = told(body, "1 1 2 2 main:1 2 2");
    assert!(
        text.starts_with(
            "Thread 1 waits to be notified by ready; the last notification, by the main thread, woke thread 2."
        ),
        "{text}"
    );
    let (text, _) = told(body, "1 1 main 1 1 2 2");
    assert!(
        text.starts_with(
            "Thread 2 waits to be notified by ready; the last notification, by the main thread, came before, and \
             woke thread 1."
        ),
        "{text}"
    );
}

/// What the thread calls parks, too, and takes the token that was meant for the thread.
#[test]
fn a_token_that_another_park_took_is_told() {
    let body = || {
        let sleeper = thread::spawn(|| {
            thread::park();
            thread::park();
        });
        let unpark = |by| {
            let sleeper = sleeper.thread().clone();
            thread::Builder::new()
                .name(by)
                .spawn(move || sleeper.unpark())
                .unwrap()
        };
        let helpers = ["one".to_owned(), "other".to_owned()].map(unpark);
        helpers.into_iter().for_each(|helper| helper.join().unwrap());
        sleeper.join().unwrap();
    };
    let (text, claims) = told(body, "2 3 1");
    assert_eq!(
        text,
        "Thread 1 waits to be unparked, but the token that thread 2 and thread 3 set twice (which counts once) was \
         taken by its park before. The main thread waits for thread 1 to end."
    );
    let Claim::WaitsInVain {
        reason: InVain::TokenTaken { unparks, park: 2 },
        ..
    } = &claims[0]
    else {
        panic!("{claims:?}")
    };
    assert_eq!(unparks, &[0, 1]);
    let (text, _) = told(body, "2 1 3 1");
    assert!(
        text.starts_with("Every thread ran to its end"),
        "its correct twin: {text}"
    );
}

/// A swap is both a write and a read; each of the two has one half of the ordering that is needed.
#[test]
fn an_ordering_that_is_too_weak_is_called_by_its_name() {
    let body = |write, read| {
        move || {
            let shared = Arc::new((Cell::new(0).named("data"), AtomicBool::new(false).named("flag")));
            let theirs = Arc::clone(&shared);
            let writer = thread::spawn(move || {
                theirs.0.set(1);
                theirs.1.swap(true, write);
            });
            shared.1.swap(true, read);
            shared.0.get();
            writer.join().unwrap();
        }
    };
    for (write, read, why) in [
        (
            Acquire,
            Release,
            "the write (Acquire) does not release and the read (Release) does not acquire",
        ),
        (Relaxed, Relaxed, "both are relaxed"),
        (
            Relaxed,
            Release,
            "the write is relaxed and the read (Release) does not acquire",
        ),
        (Acquire, AcqRel, "the write (Acquire) does not release"),
        (Release, Relaxed, "the read is relaxed"),
    ] {
        let (text, _) = told(body(write, read), "1 1 main main");
        let met = "In between, thread 1 wrote flag and the main thread read it, but ";
        assert!(
            text.contains(&format!("{met}{why}, which orders nothing else.")),
            "{text}"
        );
    }
}

#[test]
fn a_flag_that_two_threads_set_is_no_lost_update() {
    let flag = || {
        let taken = Arc::new(AtomicBool::new(false).named("taken"));
        let threads = [(); 2].map(|()| {
            let taken = Arc::clone(&taken);
            thread::spawn(move || {
                if !taken.load(SeqCst) {
                    taken.store(true, SeqCst);
                }
            })
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    };
    let (text, _) = told(flag, "2 1 1 2");
    assert_eq!(
        text,
        "Thread 2 read taken = false, and was preempted. Thread 1 then stored true. Thread 2 did not look again: it \
         stored true as well."
    );
    let number = || {
        let state = Arc::new(AtomicUsize::new(0).named("state"));
        let threads = [(); 2].map(|()| {
            let state = Arc::clone(&state);
            thread::spawn(move || state.store(state.load(SeqCst) + 1, SeqCst))
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    };
    let (text, _) = told(number, "2 1 1 2");
    assert!(
        text.ends_with("if it computed that from what it had read, thread 1's update is lost."),
        "{text}"
    );
}

/// Nobody reads what is overwritten: nothing is said of updates, least of all that none was lost.
#[test]
fn of_stores_without_a_look_nothing_is_said() {
    let body = || {
        let last = Arc::new(AtomicUsize::new(0));
        let threads = [1, 2].map(|value| {
            let last = Arc::clone(&last);
            thread::spawn(move || last.store(value, SeqCst))
        });
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    };
    assert_eq!(told(body, "1 2").0, "Every thread ran to its end.");
}

/// An add reads nothing, and loses nothing all the same; a store over it loses it.
#[test]
fn an_add_is_told_as_an_update_in_one_step() {
    let body = |stores: bool| {
        move || {
            let x = Arc::new(AtomicI64::new(0).named("x"));
            let threads = [false, stores].map(|stores| {
                let x = Arc::clone(&x);
                thread::spawn(move || {
                    if stores {
                        let seen = x.load(SeqCst);
                        x.store(seen - 1, SeqCst);
                    } else {
                        x.add(1, SeqCst);
                    }
                })
            });
            threads.into_iter().for_each(|thread| thread.join().unwrap());
        }
    };
    assert_eq!(
        told(body(false), "1 2").0,
        "Every update of x is made in one step, so no other thread can come in between."
    );
    assert_eq!(
        told(body(true), "2 1 2").0,
        "Thread 2 read x = 0, and was preempted. Thread 1 then stored 1. Thread 2 did not look again: it \
         stored −1 over it, and thread 1's update was lost."
    );
    // Thread 1 has not read x, and so cannot be said to have read what it added to.
    assert_eq!(told(body(true), "2 2 1").0, "Every thread ran to its end.");
}

/// A reader between two looks changes nothing; a writer may.
#[test]
fn only_a_writer_between_two_looks_makes_the_first_out_of_date() {
    let body = |writes: bool| {
        move || {
            let table = Arc::new(RwLock::new(0).named("table"));
            let theirs = Arc::clone(&table);
            let other = thread::spawn(move || match writes {
                true => *theirs.write().unwrap() += 1,
                false => drop(theirs.read()),
            });
            drop(table.read());
            drop(table.write());
            other.join().unwrap();
        }
    };
    let (text, _) = told(body(true), "main main 1 1");
    assert!(
        text.contains("in between thread 1 held it, so what the main thread had seen"),
        "{text}"
    );
    let (text, _) = told(body(false), "main main 1 1");
    assert!(!text.contains("in between"), "{text}");
}

#[test]
fn a_poison_that_was_cleared_is_not_said_to_be_there() {
    quiet_panics();
    let body = |clears: bool| {
        move || {
            let account = Arc::new(Mutex::new(0).named("account"));
            let theirs = Arc::clone(&account);
            thread::spawn(move || {
                let _guard = theirs.lock();
                panic!("on purpose");
            });
            if clears {
                account.clear_poison();
            } else {
                account.is_poisoned();
            }
        }
    };
    let (text, _) = told(body(false), "1 1 main");
    assert!(text.contains("It held account, which is poisoned now"), "{text}");
    let (text, _) = told(body(true), "1 1 main");
    assert!(text.ends_with("It held account, and so poisoned it."), "{text}");
}

/// The story of a beginning is about what it contains: the whole may end in another data race.
#[test]
fn the_story_of_a_beginning_tells_of_its_own_data_race() {
    let body = || {
        let number = Arc::new(Cell::new(0).named("number"));
        let theirs = Arc::clone(&number);
        let other = thread::spawn(move || theirs.set(theirs.get() + 1));
        number.set(number.get() + 1);
        other.join().unwrap();
    };
    let schedule: Schedule = "1 1 main".parse().expect("a schedule");
    let replay = |then| Explorer::new().replay(body, &schedule.0, then).expect("it fits");
    let (begun, whole) = (replay(Then::Stop), replay(Then::RunOn));
    let ending: Ending<()> = whole.ending.expect("it was run on");
    let told = story(&begun.interleaving, Some(&ending));
    assert_eq!(told[0].claim, Claim::DataRace { first: 1, second: 2 });
    assert!(
        told[0].sentences[0].starts_with("Thread 1 wrote number = 1"),
        "{told:?}"
    );
}
