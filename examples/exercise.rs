//! An exercise that the gate grades: write a counter that loses no update.
//!
//! `cargo run --example exercise` grades it, and draws what goes wrong; its exit code is 0 if the exercise is
//! solved. `cargo test --example exercise` shows that the grader can tell right from wrong. The exercises of
//! `docs/lessons.md` all begin here.

use selvedge::backend::{Atomic, Backend, Join};
use selvedge::report::{Report, text};
use selvedge::{Checker, Expectations, Scenario};
use std::marker::PhantomData;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

/// A number to which several threads add at once.
trait Counter: Send + Sync + 'static {
    /// Creates a counter that stands at 0.
    fn new() -> Self;

    /// Adds `delta`, which may be negative.
    fn add(&self, delta: i64);

    /// Returns the value.
    fn get(&self) -> i64;
}

/// Your counter. As it stands, it loses updates: change what it consists of, and what `add` and `get` do.
///
/// A mutex is `B::Mutex<i64>`: `B::Mutex::new(0)`, and `*self.value.lock() += delta`, with the trait
/// `selvedge::backend::Lock`. The other operations of atomics are in `selvedge::backend::AtomicInteger`.
struct Yours<B: Backend> {
    value: B::AtomicI64,
}

impl<B: Backend> Counter for Yours<B> {
    fn new() -> Self {
        Yours {
            value: B::AtomicI64::new(0).named("value"),
        }
    }

    fn add(&self, delta: i64) {
        let seen = self.value.load(SeqCst);
        self.value.store(seen + delta, SeqCst);
    }

    fn get(&self) -> i64 {
        self.value.load(SeqCst)
    }
}

/// A kind of counter, for any backend: this is how one grader takes any of them.
trait Kind: Send + Sync + 'static {
    type Counter<B: Backend>: Counter;
}

/// The kind of your counter.
struct MyAnswer;

impl Kind for MyAnswer {
    type Counter<B: Backend> = Yours<B>;
}

/// One thread adds 3 twice, while another subtracts 1 twice: 4 in all. (That it is not 0 is on purpose: a counter
/// that never moves is no solution.)
struct Exercise<K>(PhantomData<K>);

impl<K: Kind> Scenario for Exercise<K> {
    type Outcome = i64;

    fn name(&self) -> String {
        "your counter".to_owned()
    }

    fn run<B: Backend>(&self) -> i64 {
        let counter = Arc::new(<K::Counter<B>>::new());
        let threads = [3, -1].map(|delta| {
            let counter = Arc::clone(&counter);
            B::spawn(move || {
                counter.add(delta);
                counter.add(delta);
            })
        });
        for thread in threads {
            thread.join().expect("an adding thread does not panic");
        }
        counter.get()
    }

    fn expectations(&self) -> Expectations<i64> {
        Expectations::new().required(4, "every update counts")
    }
}

/// Grades a counter: every interleaving, and loom's weak memory orderings.
fn grade<K: Kind>() -> Report {
    let checker = Checker::new().explorer().loom();
    checker.report(Exercise::<K>(PhantomData))
}

fn main() -> ExitCode {
    let report = grade::<MyAnswer>();
    println!("{}", text::plain(&report));
    match report.is_as_expected() {
        true => {
            println!("Solved: no update can be lost.");
            ExitCode::SUCCESS
        }
        false => {
            println!("Not solved yet: the drawing shows how an update is lost.");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use selvedge::Verdict;
    use selvedge::backend::Lock;

    /// A counter that is right.
    struct Solved<B: Backend>(B::Mutex<i64>);

    impl<B: Backend> Counter for Solved<B> {
        fn new() -> Self {
            Solved(B::Mutex::new(0))
        }

        fn add(&self, delta: i64) {
            *self.0.lock() += delta;
        }

        fn get(&self) -> i64 {
            *self.0.lock()
        }
    }

    struct MySolution;

    impl Kind for MySolution {
        type Counter<B: Backend> = Solved<B>;
    }

    /// A counter that never moves.
    struct Idle;

    impl Counter for Idle {
        fn new() -> Self {
            Idle
        }

        fn add(&self, _: i64) {}

        fn get(&self) -> i64 {
            0
        }
    }

    struct MyTrick;

    impl Kind for MyTrick {
        type Counter<B: Backend> = Idle;
    }

    #[test]
    fn the_template_is_refuted_because_it_loses_updates() {
        let report = grade::<MyAnswer>();
        let explorer = &report.engines[0];
        assert!(
            matches!(explorer.verdict, Verdict::Refuted(_)),
            "{:?}",
            explorer.verdict
        );
        // One of the subtractions is overwritten.
        let lost = report
            .rows
            .iter()
            .find(|row| row.outcome == "5")
            .expect("it is seen");
        let witness = lost
            .witness
            .as_ref()
            .expect("it is drawn")
            .as_ref()
            .expect("it is found");
        assert!(
            witness
                .drawing
                .story
                .iter()
                .any(|sentence| sentence.ends_with("update was lost."))
        );
    }

    #[test]
    fn a_solution_passes_and_is_proved() {
        let report = grade::<MySolution>();
        assert!(report.is_as_expected(), "{}", text::plain(&report));
        assert_eq!(report.engines[0].verdict, Verdict::Proved);
    }

    #[test]
    fn a_counter_that_never_moves_does_not_pass() {
        assert!(!grade::<MyTrick>().is_as_expected());
    }
}
