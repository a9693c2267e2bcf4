//! Programs that are right or wrong by their memory orderings.

use selvedge::backend::{Atomic, Backend, Feature, Join, Lock};
use selvedge::{Expectations, Scenario};
use std::sync::Arc;
use std::sync::atomic::Ordering::{self, Acquire, Relaxed, Release, SeqCst};

/// What keeps a load from being executed before a store of the same thread to another place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fix {
    /// Nothing does: stores are `Release`, and loads `Acquire`.
    None,
    /// All accesses are `SeqCst`.
    Accesses,
    /// A `SeqCst` fence stands between them.
    Fences,
    /// The stores alone are `SeqCst`, which is not enough.
    OneAccess,
}

impl Fix {
    pub(super) fn store(self) -> Ordering {
        match self {
            Fix::None | Fix::Fences => Release,
            Fix::Accesses | Fix::OneAccess => SeqCst,
        }
    }

    pub(super) fn load(self) -> Ordering {
        match self {
            Fix::Accesses => SeqCst,
            _ => Acquire,
        }
    }

    pub(super) fn fence<B: Backend>(self) {
        if self == Fix::Fences {
            B::fence(SeqCst);
        }
    }
}

/// Each of two threads announces itself, and then looks for the other one.
pub(super) struct Announced(pub(super) Fix);

impl Scenario for Announced {
    type Outcome = (bool, bool);

    fn name(&self) -> String {
        format!("announced, {:?}", self.0)
    }

    fn run<B: Backend>(&self) -> (bool, bool) {
        let fix = self.0;
        let flags = Arc::new([
            B::AtomicBool::new(false).named("one"),
            B::AtomicBool::new(false).named("two"),
        ]);
        let theirs = Arc::clone(&flags);
        let look = move |flags: &[B::AtomicBool; 2], mine: usize| {
            flags[mine].store(true, fix.store());
            fix.fence::<B>();
            flags[1 - mine].load(fix.load())
        };
        let thread = B::spawn(move || look(&theirs, 1));
        (look(&flags, 0), thread.join().unwrap())
    }

    fn expectations(&self) -> Expectations<(bool, bool)> {
        Expectations::new()
            .required((true, true), "both see each other")
            .required((true, false), "one sees the other")
            .required((false, true), "one sees the other")
            .forbidden_if(|seen| *seen == (false, false), "neither sees the other")
    }
}

/// The owner of a deque pops its last tasks while a thief steals them: if the owner's load of the top may be executed
/// before its store to the bottom, a task is run twice. (Lê, Pop, Cohen, Zappa Nardelli, PPoPP 2013)
pub(super) struct Deque(pub(super) Fix);

struct Ends<B: Backend> {
    top: B::AtomicI64,
    bottom: B::AtomicI64,
}

impl<B: Backend> Ends<B> {
    fn take(&self, top: i64) -> i64 {
        i64::from(self.top.compare_exchange(top, top + 1, SeqCst, Relaxed).is_ok())
    }

    fn steal(&self, fix: Fix) -> i64 {
        let top = self.top.load(fix.load());
        fix.fence::<B>();
        let is_empty = top >= self.bottom.load(fix.load());
        if is_empty { 0 } else { self.take(top) }
    }

    fn pop(&self, fix: Fix) -> i64 {
        let bottom = self.bottom.load(Relaxed) - 1;
        self.bottom.store(bottom, fix.store());
        fix.fence::<B>();
        let top = self.top.load(fix.load());
        if top < bottom {
            return 1;
        }
        let taken = if top == bottom { self.take(top) } else { 0 };
        self.bottom.store(bottom + 1, Relaxed);
        taken
    }
}

impl Scenario for Deque {
    type Outcome = i64;

    fn name(&self) -> String {
        format!("deque, {:?}", self.0)
    }

    fn run<B: Backend>(&self) -> i64 {
        let fix = self.0;
        let ends = Arc::new(Ends::<B> {
            top: B::AtomicI64::new(0).named("top"),
            bottom: B::AtomicI64::new(2).named("bottom"),
        });
        let theirs = Arc::clone(&ends);
        let thief = B::spawn(move || theirs.steal(fix) + theirs.steal(fix));
        ends.pop(fix) + thief.join().unwrap()
    }

    fn expectations(&self) -> Expectations<i64> {
        Expectations::new()
            .required(2, "both tasks are run")
            .allowed(1, "one task is left")
            .forbidden_if(|&tasks| tasks > 2, "a task is run twice")
    }
}

/// A reader announces the node that it is about to use, and looks whether it is still there; who takes it away looks for
/// such announcements before it frees the node: hazard pointers. (Michael, PODC 2002)
pub(super) struct Hazard(pub(super) Fix);

impl Scenario for Hazard {
    type Outcome = &'static str;

    fn name(&self) -> String {
        format!("hazard, {:?}", self.0)
    }

    fn run<B: Backend>(&self) -> &'static str {
        let fix = self.0;
        let is_there = Arc::new(B::AtomicBool::new(true).named("is_there"));
        let hazard = Arc::new(B::AtomicBool::new(false).named("hazard"));
        let (theirs, announced) = (Arc::clone(&is_there), Arc::clone(&hazard));
        let reader = B::spawn(move || {
            announced.store(true, fix.store());
            fix.fence::<B>();
            theirs.load(fix.load())
        });
        is_there.store(false, fix.store());
        fix.fence::<B>();
        let is_freed = !hazard.load(fix.load());
        match (reader.join().unwrap(), is_freed) {
            (true, true) => "used after it was freed",
            (true, false) => "kept",
            (false, _) => "gone",
        }
    }

    fn expectations(&self) -> Expectations<&'static str> {
        Expectations::new()
            .required("kept", "the reader comes first")
            .required("gone", "the reader comes too late")
            .forbidden_if(
                |end| *end == "used after it was freed",
                "the reader was overlooked",
            )
    }
}

/// One thread uses a lock and then tells of it with two flags; another tries the lock if it sees the second flag without
/// the first: which no interleaving, and not the first execution graph, leads to.
pub(super) struct LateQuestion {
    /// It takes for granted that the lock is free by then.
    is_wrong: bool,
}

impl LateQuestion {
    pub(super) const RIGHT: Self = LateQuestion { is_wrong: false };
    pub(super) const WRONG: Self = LateQuestion { is_wrong: true };
}

impl Scenario for LateQuestion {
    type Outcome = Option<bool>;

    fn name(&self) -> String {
        "late question".to_owned()
    }

    fn run<B: Backend>(&self) -> Option<bool> {
        let lock = Arc::new(B::Mutex::new(0));
        let flags = Arc::new([B::AtomicBool::new(false), B::AtomicBool::new(false)]);
        let (theirs, told) = (Arc::clone(&lock), Arc::clone(&flags));
        let thread = B::spawn(move || {
            *theirs.lock() = 1;
            told[0].store(true, Relaxed);
            told[1].store(true, Relaxed);
        });
        let asked = (flags[1].load(Relaxed) && !flags[0].load(Relaxed)).then(|| lock.try_lock().is_some());
        thread.join().unwrap();
        asked
    }

    fn expectations(&self) -> Expectations<Option<bool>> {
        let expectations = Expectations::new()
            .required(None, "the flags are seen in their order")
            .required(Some(true), "only the second is seen, and the lock is free");
        match self.is_wrong {
            true => expectations.forbidden_if(|asked| *asked == Some(false), "the lock is held"),
            false => expectations.required(
                Some(false),
                "the lock is seen as it was before the first flag: held",
            ),
        }
    }

    fn needs(&self) -> &[Feature] {
        &[Feature::TryLock]
    }
}
