//! Explorations of a program, for its endings or for a look at its executions.

use std::collections::BTreeMap;

use super::strict::strict;
use selvedge_explorer::{Completeness, Ending, Execution, Explorer, Summary};

pub(crate) type Endings<O> = BTreeMap<Ending<O>, usize>;

/// Explores a program, and counts the executions by their ending.
pub(crate) fn endings<O: Ord + Clone>(body: impl Fn() -> O + 'static) -> (Endings<O>, Summary) {
    let mut endings = Endings::new();
    let summary = Explorer::new().explore(body, |execution| {
        *endings.entry(execution.ending().clone()).or_default() += 1;
    });
    (endings, summary.expect("the program is deterministic"))
}

/// Explores a program whose executions all finish, and counts them by their outcome.
#[track_caller]
pub(crate) fn outcomes<O: Ord + Clone>(body: impl Fn() -> O + 'static) -> BTreeMap<O, usize> {
    let (endings, summary) = endings(body);
    assert_eq!(summary.completeness, Completeness::Exhaustive);
    let finished = |ending: Ending<O>| ending.finished().expect("every execution finishes").clone();
    let outcomes = endings
        .into_iter()
        .map(|(ending, times)| (finished(ending), times));
    outcomes.collect()
}

/// Runs a program that has one execution only, and returns what `look` sees in it.
#[track_caller]
pub(crate) fn look<R>(body: impl Fn() + 'static, look: impl Fn(&Execution<'_, ()>) -> R) -> R {
    let mut seen = Vec::new();
    let explorer = strict().record_values(true);
    let summary = explorer.explore(body, |execution| {
        assert_eq!(*execution.ending(), Ending::Finished(()));
        seen.push(look(execution));
    });
    assert_eq!(summary.expect("deterministic").executions, 1);
    seen.remove(0)
}
