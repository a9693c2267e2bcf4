//! Known shapes of bugs by memory orderings, each with its fix.

use super::programs::{Deque, Fix, Hazard};
use super::{explorer, report};
use selvedge::backend::{Atomic, AtomicBits, Backend, Join, MemoryModel, PlainCell};
use selvedge::engine::Weak;
use selvedge::report::text;
use selvedge::{Expectations, Scenario};
use std::sync::Arc;
use std::sync::atomic::Ordering::{self, Acquire, Relaxed, Release, SeqCst};

/// Insists that the scenario is refuted, and that no interleaving shows why.
fn refuted_by_weak_memory_alone(scenario: impl Scenario) {
    let report = report(scenario);
    let engine = explorer(&report);
    let reason = engine.verdict.reason().unwrap_or_default();
    let text = text::plain(&report);
    assert_eq!(engine.verdict.kind(), "refuted", "{text}");
    assert!(
        reason.ends_with("it takes weak memory, as no interleaving ends so"),
        "{text}"
    );
}

fn refuted(scenario: impl Scenario, kind: &str) {
    let report = report(scenario);
    let text = text::plain(&report);
    assert_eq!(explorer(&report).verdict.kind(), "refuted", "{text}");
    assert!(
        report
            .rows
            .iter()
            .any(|row| row.kind == kind && row.counts[0] > 0),
        "{text}"
    );
}

/// Insists on a proof under C11.
fn proved(scenario: impl Scenario) {
    let report = report(scenario);
    let engine = explorer(&report);
    let text = text::plain(&report);
    assert_eq!(engine.verdict.kind(), "proved", "{text}");
    assert!(
        matches!(engine.weak, Weak::NoDifference | Weak::Explored(MemoryModel::C11)),
        "{text}"
    );
}

#[test]
fn a_deque_runs_no_task_twice_only_if_the_owner_s_load_stays_behind_its_store() {
    refuted_by_weak_memory_alone(Deque(Fix::None));
    proved(Deque(Fix::Accesses));
    proved(Deque(Fix::Fences));
}

#[test]
fn a_hazard_pointer_protects_only_if_the_look_stays_behind_the_announcement() {
    refuted_by_weak_memory_alone(Hazard(Fix::None));
    refuted_by_weak_memory_alone(Hazard(Fix::OneAccess));
    proved(Hazard(Fix::Accesses));
    proved(Hazard(Fix::Fences));
}

/// A message and a flag that it is there, both atomic: so there is no data race, and yet the message may be missing.
pub(super) struct Message {
    pub(super) orderings: [Ordering; 2],
    pub(super) fences: bool,
}

impl Scenario for Message {
    type Outcome = Option<i64>;

    fn name(&self) -> String {
        "message".to_owned()
    }

    fn run<B: Backend>(&self) -> Option<i64> {
        let ([store, load], fences) = (self.orderings, self.fences);
        let message = Arc::new((
            B::AtomicI64::new(0).named("data"),
            B::AtomicBool::new(false).named("flag"),
        ));
        let theirs = Arc::clone(&message);
        let sender = B::spawn(move || {
            theirs.0.store(7, Relaxed);
            if fences {
                B::fence(Release);
            }
            theirs.1.store(true, store);
        });
        let is_there = message.1.load(load);
        if fences {
            B::fence(Acquire);
        }
        let seen = is_there.then(|| message.0.load(Relaxed));
        sender.join().unwrap();
        seen
    }

    fn expectations(&self) -> Expectations<Option<i64>> {
        Expectations::new()
            .required(None, "too early")
            .required(Some(7), "the message")
            .forbidden_if(|seen| *seen == Some(0), "the flag came before the message")
    }
}

#[test]
fn a_message_is_there_only_if_its_flag_is_released_and_acquired() {
    let message = |orderings, fences| Message { orderings, fences };
    for orderings in [[Relaxed; 2], [Release, Relaxed], [Relaxed, Acquire]] {
        refuted_by_weak_memory_alone(message(orderings, false));
    }
    proved(message([Release, Acquire], false));
    proved(message([Relaxed, Relaxed], true));
}

/// Peterson's lock for two threads, each of which tries to enter once, and leaves again.
pub(super) struct Peterson(pub(super) Ordering, pub(super) Ordering);

impl Scenario for Peterson {
    type Outcome = (bool, bool);

    fn name(&self) -> String {
        "peterson".to_owned()
    }

    fn run<B: Backend>(&self) -> (bool, bool) {
        let (store, load) = (self.0, self.1);
        let wants = Arc::new([B::AtomicBool::new(false), B::AtomicBool::new(false)]);
        let turn = Arc::new(B::AtomicUsize::new(0).named("turn"));
        let enters = move |wants: &[B::AtomicBool; 2], turn: &B::AtomicUsize, mine: usize| {
            wants[mine].store(true, store);
            turn.store(1 - mine, store);
            !wants[1 - mine].load(load) || turn.load(load) == mine
        };
        let (theirs, other) = (Arc::clone(&wants), Arc::clone(&turn));
        let thread = B::spawn(move || enters(&theirs, &other, 1));
        (enters(&wants, &turn, 0), thread.join().unwrap())
    }

    fn expectations(&self) -> Expectations<(bool, bool)> {
        Expectations::new()
            .forbidden_if(|entered| *entered == (true, true), "both are in the section")
            .allowed_if(|_| true, "at most one enters")
    }
}

#[test]
fn peterson_s_lock_excludes_only_if_it_is_sequentially_consistent() {
    refuted_by_weak_memory_alone(Peterson(Release, Acquire));
    proved(Peterson(SeqCst, SeqCst));
}

/// A reader takes two numbers without a lock, and believes them if the version is even and the same before and after.
pub(super) struct Sequence {
    pub(super) is_fixed: bool,
}

impl Scenario for Sequence {
    type Outcome = Option<(i64, i64)>;

    fn name(&self) -> String {
        "sequence lock".to_owned()
    }

    fn run<B: Backend>(&self) -> Option<(i64, i64)> {
        let is_fixed = self.is_fixed;
        let version = Arc::new(B::AtomicUsize::new(0).named("version"));
        let data = Arc::new([B::AtomicI64::new(0), B::AtomicI64::new(0)]);
        let (theirs, numbers) = (Arc::clone(&version), Arc::clone(&data));
        let writer = B::spawn(move || {
            theirs.store(1, Relaxed);
            if is_fixed {
                B::fence(Release);
            }
            numbers[0].store(1, Relaxed);
            numbers[1].store(1, Relaxed);
            theirs.store(2, Release);
        });
        let before = version.load(Acquire);
        let seen = (data[0].load(Relaxed), data[1].load(Relaxed));
        if is_fixed {
            B::fence(Acquire);
        }
        let after = version.load(Relaxed);
        writer.join().unwrap();
        (before == after && before % 2 == 0).then_some(seen)
    }

    fn expectations(&self) -> Expectations<Option<(i64, i64)>> {
        Expectations::new()
            .required(None, "the writer was at work")
            .required(Some((0, 0)), "before the writer")
            .required(Some((1, 1)), "after the writer")
            .forbidden_if(|seen| seen.is_some_and(|(one, two)| one != two), "a torn value")
    }
}

#[test]
fn a_sequence_lock_gives_no_torn_value_only_with_its_fences() {
    refuted_by_weak_memory_alone(Sequence { is_fixed: false });
    proved(Sequence { is_fixed: true });
}

/// What is done twice by two threads, each time with plain memory that a word guards.
#[derive(Clone, Copy)]
enum Guarded {
    /// A spin lock whose unlocking has this ordering.
    Spin(Ordering),
    /// A value that the first thread writes, and that others use once a flag says so: its load has this ordering.
    CheckedTwice(Ordering),
    /// A sender's last words, and the flag for which the receiver polls: its load.
    Polled(Ordering),
    /// The slot of a ring, and the consumer's position: how it is stored, and loaded.
    Slot(Ordering, Ordering),
}

struct Shared<B: Backend> {
    plain: B::Cell<i64>,
    word: B::AtomicUsize,
    lock: B::AtomicBool,
}

impl<B: Backend> Shared<B> {
    fn lock(&self) {
        while self.lock.compare_exchange(false, true, Acquire, Relaxed).is_err() {}
    }

    fn run(&self, guarded: Guarded, is_first: bool) {
        match guarded {
            Guarded::Spin(unlock) => {
                self.lock();
                self.plain.set(self.plain.get() + 1);
                self.lock.store(false, unlock);
            }
            Guarded::CheckedTwice(load) => {
                if self.word.load(load) == 0 {
                    self.lock();
                    if self.word.load(Relaxed) == 0 {
                        self.plain.set(2);
                        self.word.store(1, Release);
                    }
                    self.lock.store(false, Release);
                }
                assert_eq!(self.plain.get(), 2);
            }
            Guarded::Polled(_) if is_first => {
                self.plain.set(1);
                self.word.fetch_or(1, SeqCst);
            }
            Guarded::Polled(load) => {
                while self.word.load(load) & 1 == 0 {
                    B::yield_now();
                }
                self.plain.set(2);
            }
            Guarded::Slot(store, _) if is_first => {
                assert!(self.plain.get() < 2);
                self.word.store(1, store);
            }
            Guarded::Slot(_, load) => {
                if self.word.load(load) == 1 {
                    self.plain.set(2);
                }
            }
        }
    }
}

impl Scenario for Guarded {
    type Outcome = ();

    fn name(&self) -> String {
        "guarded".to_owned()
    }

    fn run<B: Backend>(&self) {
        let guarded = *self;
        let shared = Arc::new(Shared::<B> {
            plain: B::Cell::new(0).named("plain"),
            word: B::AtomicUsize::new(0).named("word"),
            lock: B::AtomicBool::new(false).named("lock"),
        });
        let theirs = Arc::clone(&shared);
        let thread = B::spawn(move || theirs.run(guarded, false));
        shared.run(guarded, true);
        thread.join().unwrap();
    }

    fn expectations(&self) -> Expectations<()> {
        Expectations::new().required((), "it is guarded")
    }
}

#[test]
fn plain_memory_is_guarded_only_by_what_releases_and_acquires() {
    refuted(Guarded::Spin(Relaxed), "data race");
    refuted(Guarded::CheckedTwice(Relaxed), "data race");
    refuted(Guarded::Polled(Relaxed), "data race");
    refuted(Guarded::Slot(Relaxed, Acquire), "data race");
    refuted(Guarded::Slot(Release, Relaxed), "data race");
    proved(Guarded::Slot(Release, Acquire));
    proved(Guarded::Spin(Release));
    proved(Guarded::CheckedTwice(Acquire));
    proved(Guarded::Polled(Acquire));
}
