//! Loom's outcomes beside those of the explorer: what each shows that the other does not.

use super::known::{Message, Peterson, Sequence};
use super::programs::{Announced, Deque, Fix, Hazard};
use selvedge::engine::Memory;
use selvedge::{Checker, Scenario};
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
