//! Published algorithms: each is proved with its orderings, and refuted with one of them weaker.

use super::{explorer, report};
use selvedge::backend::{Atomic, AtomicInteger, Backend, Join, PlainCell, Unpark};
use selvedge::engine::Completeness;
use selvedge::report::text;
use selvedge::{Expectations, Scenario, Verdict};
use std::sync::Arc;
use std::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    /// Tickets are drawn, and served in order. (Mellor-Crummey and Scott, TOCS 1991)
    TicketLock,
    /// Threads queue up, and each waits for the one before it. (The same)
    QueueLock,
    /// Nodes are hung in by an exchange of the last one. (Vyukov 2010)
    LinkedQueue,
    /// One writer or any number of readers. The readers' unlocking is what must release.
    ReadersAndWriters,
    /// A lock for two threads from loads and stores alone. (Lamport, CACM 1974)
    Bakery,
    /// A ring with two slots.
    Ring,
    /// The first thread initialises, the others wait for it.
    Once,
    /// Two threads wait for each other, and then read what the other one wrote.
    Barrier,
    /// A thread announces that it will sleep, and looks again; another brings work, and looks for sleepers.
    Sleeper,
    /// The last message of a channel, and the flag that closes it.
    Closed,
    /// A message that reaches its reader through a third thread.
    Relay,
    /// Two writers, and two readers that must agree on whose write came first.
    Agreement,
}

use Algorithm::*;

struct Node<B: Backend> {
    next: B::AtomicUsize,
    value: B::Cell<i64>,
}

/// What the threads share, and whether all orderings are as they should be.
struct Shared<B: Backend> {
    words: [B::AtomicUsize; 4],
    cells: [B::Cell<i64>; 2],
    nodes: [Node<B>; 3],
    is_right: bool,
}

struct Case {
    algorithm: Algorithm,
    is_right: bool,
}

impl<B: Backend> Shared<B> {
    fn new(is_right: bool) -> Self {
        Shared {
            words: std::array::from_fn(|_| B::AtomicUsize::new(0)),
            cells: std::array::from_fn(|_| B::Cell::new(0)),
            nodes: std::array::from_fn(|_| Node {
                next: B::AtomicUsize::new(0),
                value: B::Cell::new(0),
            }),
            is_right,
        }
    }

    /// Returns the ordering on which all depends.
    fn order(&self, right: Ordering) -> Ordering {
        if self.is_right { right } else { Relaxed }
    }

    /// Waits until a word is as it should be, and returns it.
    fn wait(word: &B::AtomicUsize, ordering: Ordering, is_enough: impl Fn(usize) -> bool) -> usize {
        loop {
            let value = word.load(ordering);
            if is_enough(value) {
                return value;
            }
            B::yield_now();
        }
    }

    fn add_one(&self) {
        self.cells[0].set(self.cells[0].get() + 1);
    }

    fn ticket_lock(&self) {
        let ticket = self.words[0].fetch_add(1, Relaxed);
        Self::wait(&self.words[1], Acquire, |serving| serving == ticket);
        self.add_one();
        self.words[1].store(ticket + 1, self.order(Release));
    }

    /// Threads are counted from 1: 0 is nobody.
    fn queue_lock(&self, me: usize) {
        self.words[me].store(1, Relaxed);
        let before = self.words[0].swap(me, AcqRel);
        if before != 0 {
            self.nodes[before].next.store(me, Release);
            Self::wait(&self.words[me], Acquire, |waits| waits == 0);
        }
        self.add_one();
        let mut next = self.nodes[me].next.load(Acquire);
        if next == 0 {
            let alone = self.words[0].compare_exchange(me, 0, self.order(Release), Relaxed);
            if alone.is_ok() {
                return;
            }
            next = Self::wait(&self.nodes[me].next, Acquire, |next| next != 0);
        }
        self.words[next].store(0, Release);
    }

    fn linked_queue(&self, thread: usize) -> i64 {
        if thread > 0 {
            self.nodes[thread].value.set(thread as i64);
            let before = self.words[0].swap(thread, AcqRel);
            self.nodes[before].next.store(thread, self.order(Release));
            return 0;
        }
        let (mut last, mut sum) = (0, 0);
        for _ in 0..2 {
            last = Self::wait(&self.nodes[last].next, Acquire, |next| next != 0);
            sum += self.nodes[last].value.get();
        }
        sum - 3
    }

    fn readers_and_writers(&self, thread: usize) -> i64 {
        const WRITER: usize = 100;
        let lock = &self.words[0];
        if thread == 0 {
            while lock.compare_exchange(0, WRITER, Acquire, Relaxed).is_err() {
                B::yield_now();
            }
            self.add_one();
            lock.store(0, Release);
            return 0;
        }
        loop {
            let readers = lock.load(Relaxed);
            let locked = |readers| {
                lock.compare_exchange(readers, readers + 1, Acquire, Relaxed)
                    .is_ok()
            };
            if readers < WRITER && locked(readers) {
                break;
            }
            B::yield_now();
        }
        let torn = self.cells[0].get() - self.cells[0].get();
        lock.fetch_sub(1, self.order(Release));
        torn
    }

    fn bakery(&self, me: usize) {
        let (store, load) = match self.is_right {
            true => (SeqCst, SeqCst),
            false => (Release, Acquire),
        };
        let (enters, numbers) = self.words.split_at(2);
        let other = 1 - me;
        enters[me].store(1, store);
        let number = numbers[other].load(load) + 1;
        numbers[me].store(number, store);
        enters[me].store(0, store);
        Self::wait(&enters[other], load, |enters| enters == 0);
        Self::wait(&numbers[other], load, |theirs| {
            theirs == 0 || (number, me) < (theirs, other)
        });
        self.add_one();
        numbers[me].store(0, store);
    }

    fn ring(&self, thread: usize) -> i64 {
        let [written, read, ..] = &self.words;
        let items = 0..3;
        if thread == 0 {
            for item in items {
                Self::wait(read, self.order(Acquire), |read| item - read < 2);
                self.cells[item % 2].set(item as i64);
                written.store(item + 1, Release);
            }
            return 0;
        }
        let mut sum = 0;
        for item in items {
            Self::wait(written, Acquire, |written| written > item);
            sum += self.cells[item % 2].get();
            read.store(item + 1, Release);
        }
        sum - 3
    }

    fn once(&self) -> i64 {
        let state = &self.words[0];
        match state.compare_exchange(0, 1, Acquire, Acquire) {
            Ok(_) => {
                self.cells[0].set(5);
                state.store(2, self.order(Release));
            }
            Err(_) => {
                Self::wait(state, Acquire, |state| state == 2);
            }
        }
        self.cells[0].get() - 5
    }

    fn barrier(&self, me: usize) -> i64 {
        self.cells[me].set(1);
        if self.words[0].fetch_add(1, AcqRel) == 1 {
            self.words[1].store(1, self.order(Release));
        } else {
            Self::wait(&self.words[1], Acquire, |open| open == 1);
        }
        self.cells[1 - me].get() - 1
    }

    fn sleeper(&self, is_asleep: bool, sleeper: &B::Thread) {
        let [work, sleeps, ..] = &self.words;
        let fence = || {
            if self.is_right {
                B::fence(SeqCst);
            }
        };
        if is_asleep {
            sleeps.store(1, Relaxed);
            fence();
            while work.load(Relaxed) == 0 {
                B::park();
            }
        } else {
            work.store(1, Relaxed);
            fence();
            if sleeps.load(Relaxed) == 1 {
                sleeper.unpark();
            }
        }
    }

    fn closed(&self, thread: usize) -> i64 {
        let [messages, closed, ..] = &self.words;
        if thread == 0 {
            messages.store(1, Relaxed);
            closed.store(1, self.order(Release));
            return 0;
        }
        Self::wait(closed, Acquire, |closed| closed == 1);
        messages.load(Relaxed) as i64 - 1
    }

    fn relay(&self, thread: usize) -> i64 {
        let [first, second, ..] = &self.words;
        match thread {
            0 => {
                self.cells[0].set(1);
                first.store(1, Release);
            }
            1 if first.load(self.order(Acquire)) == 1 => second.store(1, Release),
            2 if second.load(Acquire) == 1 => return self.cells[0].get() - 1,
            _ => {}
        }
        0
    }

    /// Returns 1 if this reader sees its writer's word alone: so must not both.
    fn agreement(&self, thread: usize) -> i64 {
        let (store, load) = match self.is_right {
            true => (SeqCst, SeqCst),
            false => (Release, Acquire),
        };
        let mine = &self.words[thread % 2];
        if thread < 2 {
            mine.store(1, store);
            return 0;
        }
        let sees = mine.load(load);
        i64::from((sees, self.words[1 - thread % 2].load(load)) == (1, 0))
    }

    /// Returns by how much the thread is wrong.
    fn run(&self, algorithm: Algorithm, thread: usize, main: &B::Thread) -> i64 {
        match algorithm {
            TicketLock => self.ticket_lock(),
            QueueLock => self.queue_lock(thread + 1),
            LinkedQueue => return self.linked_queue(thread),
            ReadersAndWriters => return self.readers_and_writers(thread),
            Bakery => self.bakery(thread),
            Ring => return self.ring(thread),
            Once => return self.once(),
            Barrier => return self.barrier(thread),
            Sleeper => self.sleeper(thread == 0, main),
            Closed => return self.closed(thread),
            Relay => return self.relay(thread),
            Agreement => return self.agreement(thread),
        }
        0
    }
}

impl Scenario for Case {
    type Outcome = i64;

    fn name(&self) -> String {
        format!(
            "{:?}, {}",
            self.algorithm,
            if self.is_right { "right" } else { "wrong" }
        )
    }

    fn run<B: Backend>(&self) -> i64 {
        let algorithm = self.algorithm;
        let threads = match algorithm {
            LinkedQueue | ReadersAndWriters | Once | Relay => 3,
            Agreement => 4,
            _ => 2,
        };
        let shared = Arc::new(Shared::<B>::new(self.is_right));
        let others: Vec<_> = (1..threads)
            .map(|thread| {
                let (shared, main) = (Arc::clone(&shared), B::current());
                B::spawn(move || shared.run(algorithm, thread, &main))
            })
            .collect();
        let mine = shared.run(algorithm, 0, &B::current());
        let wrong = others
            .into_iter()
            .fold(mine, |wrong, other| wrong + other.join().unwrap());
        match algorithm {
            TicketLock | QueueLock | Bakery => shared.cells[0].get() - 2,
            Agreement => wrong / 2,
            _ => wrong,
        }
    }

    fn expectations(&self) -> Expectations<i64> {
        Expectations::new()
            .required(0, "as it should be")
            .forbidden_if(|wrong| *wrong != 0, "wrong")
    }
}

/// Checks both variants. The right one has so many execution graphs; the wrong one ends so.
fn hold(algorithm: Algorithm, graphs: u64, wrong: &str) {
    let of = |is_right| report(Case { algorithm, is_right });
    let right = of(true);
    let engine = explorer(&right);
    assert_eq!(engine.verdict.kind(), "proved", "{}", text::plain(&right));
    assert_eq!(
        (engine.executions, &engine.completeness),
        (graphs, &Completeness::Exhaustive)
    );
    let broken = of(false);
    let Verdict::Refuted(reason) = &explorer(&broken).verdict else {
        panic!("{}", text::plain(&broken));
    };
    assert!(reason.contains(wrong), "{reason}");
}

#[test]
fn locks_exclude_only_with_their_orderings() {
    hold(TicketLock, 4, "data race");
    hold(QueueLock, 14, "data race");
    hold(ReadersAndWriters, 612, "data race");
    hold(Bakery, 28, "data race");
}

#[test]
fn what_is_handed_over_is_there_only_with_its_orderings() {
    // Two orders of the producers; and the consumer waits, or does not, for each of two nodes.
    hold(LinkedQueue, 8, "data race");
    hold(Ring, 80, "data race");
    hold(Once, 27, "data race");
    hold(Barrier, 4, "data race");
    hold(Relay, 3, "data race");
}

#[test]
fn words_alone_are_told_wrongly_only_by_weak_memory() {
    hold(
        Sleeper,
        5,
        "deadlock is forbidden: threads wait for one another, and none can go on; it takes weak memory",
    );
    hold(Closed, 2, "-1 is forbidden: wrong; it takes weak memory");
    hold(Agreement, 15, "1 is forbidden: wrong; it takes weak memory");
}
