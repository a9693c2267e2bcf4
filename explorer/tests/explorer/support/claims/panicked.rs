//! Claims about panics.

use crate::support::facts::Facts;
use selvedge_explorer::drawing::Claim;
use selvedge_explorer::{Ending, Link, OperationKind as Kind};

pub(super) fn is_panic<O>(facts: Facts<'_>, claim: &Claim, ending: Option<&Ending<O>>) -> bool {
    let Some(Ending::Panic(panic)) = ending else {
        return false;
    };
    let own = |index: &usize| facts.thread(*index) == panic.thread;
    match claim {
        Claim::Panicked(info) => info == panic,
        Claim::LastValue { event, is_last } => {
            let later: Vec<usize> = (event + 1..facts.len()).filter(own).collect();
            let joins = |link: &&Link| !link.spawn && link.by == panic.thread && link.position > *event;
            let only_releases = later.iter().all(|&index| facts.only_releases(index));
            let known = |&index: &usize| facts.after(index).is_some() && !facts.only_releases(index);
            own(event)
                && facts.after(*event).is_some()
                && !later.iter().any(known)
                && (!is_last || only_releases && facts.0.links.iter().filter(joins).count() == 0)
        }
        Claim::LeftPoisoned { releases, untouched } => {
            let poisons = |index: &usize| {
                matches!(
                    facts.event(*index).operation,
                    Kind::Unlock(true) | Kind::WriteUnlock(true)
                )
            };
            let touched = |release: &usize| {
                let lock = facts.releases(*release);
                (release + 1..facts.len()).any(|index| {
                    let clears =
                        facts.event(index).operation == Kind::ClearPoison && facts.object(index) == lock;
                    clears || lock.is_some() && facts.acquires(index).map(|(lock, _)| lock) == lock
                })
            };
            !releases.is_empty()
                && releases.iter().all(|index| own(index) && poisons(index))
                && *untouched != releases.iter().any(touched)
        }
        _ => false,
    }
}
