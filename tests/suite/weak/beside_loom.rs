//! Loom's outcomes beside those of the explorer: what each shows that the other does not.

use super::known::{Message, Peterson, Sequence};
use super::programs::{Announced, Deque, Fix, Hazard};
use selvedge::backend::{Atomic, Backend, Join};
use selvedge::engine::Memory;
use selvedge::report::text;
use selvedge::{Checker, Expectations, Scenario};
use std::sync::Arc;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};

/// Returns the endings that only the explorer shows, and those that only loom shows.
fn differences(scenario: impl Scenario) -> (Vec<String>, Vec<String>) {
    let checker = Checker::new().explorer().loom().memory_model(Memory::Rc11);
    let report = checker.report(scenario);
    let only = |mine: usize| {
        let rows = report
            .rows
            .iter()
            .filter(|row| row.counts[mine] > 0 && row.counts[1 - mine] == 0);
        rows.map(|row| row.outcome.clone()).collect()
    };
    (only(0), only(1))
}

fn of(explorer: &[&str], loom: &[&str]) -> (Vec<String>, Vec<String>) {
    let owned = |endings: &[&str]| endings.iter().map(|&ending| ending.to_owned()).collect();
    (owned(explorer), owned(loom))
}

/// docs/engines.md has a table of this.
#[test]
fn loom_differs_where_it_takes_seq_cst_for_less() {
    for fix in [Fix::None, Fix::Fences, Fix::OneAccess] {
        assert_eq!(differences(Announced(fix)), of(&[], &[]), "{fix:?}");
        assert_eq!(differences(Hazard(fix)), of(&[], &[]), "{fix:?}");
        assert_eq!(differences(Deque(fix)), of(&[], &[]), "{fix:?}");
    }
    for fences in [false, true] {
        for orderings in [
            [Relaxed; 2],
            [Release, Relaxed],
            [Relaxed, Acquire],
            [Release, Acquire],
        ] {
            assert_eq!(differences(Message { orderings, fences }), of(&[], &[]));
        }
        assert_eq!(differences(Sequence { is_fixed: fences }), of(&[], &[]));
    }
    assert_eq!(differences(Peterson(Release, Acquire)), of(&[], &[]));
    assert_eq!(
        differences(Announced(Fix::Accesses)),
        of(&[], &["(false, false)"])
    );
    assert_eq!(
        differences(Hazard(Fix::Accesses)),
        of(&[], &["\"used after it was freed\""])
    );
    assert_eq!(differences(Deque(Fix::Accesses)), of(&[], &["3"]));
    assert_eq!(differences(Peterson(SeqCst, SeqCst)), of(&[], &["(true, true)"]));
}

/// A number that is stored eight times before a flag says so, with nothing that orders the two.
struct EightStores;

impl Scenario for EightStores {
    type Outcome = Option<i64>;

    fn name(&self) -> String {
        "eight stores".to_owned()
    }

    fn run<B: Backend>(&self) -> Option<i64> {
        let shared = Arc::new((B::AtomicI64::new(0), B::AtomicBool::new(false)));
        let theirs = Arc::clone(&shared);
        let writer = B::spawn(move || {
            (1..=8).for_each(|number| theirs.0.store(number, Relaxed));
            theirs.1.store(true, Relaxed);
        });
        let seen = shared.1.load(Relaxed).then(|| shared.0.load(Relaxed));
        writer.join().unwrap();
        seen
    }

    fn expectations(&self) -> Expectations<Option<i64>> {
        Expectations::new().allowed_if(|_| true, "nothing orders the flag and the number")
    }
}

/// Loom remembers seven stores, and so never shows the first two of these nine values once the flag is set.
#[test]
fn what_c11_allows_and_loom_does_not_show_is_named() {
    let report = Checker::new().explorer().loom().report(EightStores);
    let overlooked: Vec<&str> = report
        .overlooked()
        .iter()
        .map(|(row, _)| row.outcome.as_str())
        .collect();
    assert_eq!(overlooked, ["Some(0)", "Some(1)"]);
    let text = text::plain(&report);
    assert!(
        text.contains("Not shown by loom: Some(0). C11 allows it"),
        "{text}"
    );
    let sequential = Checker::new()
        .explorer()
        .loom()
        .memory_model(Memory::SequentialConsistency);
    assert!(sequential.report(EightStores).overlooked().is_empty());
}
