//! Claims about the turns in which threads hold a lock.

use crate::support::facts::Facts;
use selvedge_explorer::drawing::Claim;

pub(super) fn is_held(facts: Facts<'_>, claim: &Claim) -> bool {
    match claim {
        Claim::HeldBetween {
            first,
            second,
            others,
        } => {
            let Some((lock, _)) = facts.acquires(*first) else {
                return false;
            };
            let on_it = |index: &usize| facts.acquires(*index).is_some_and(|(other, _)| other == lock);
            let owner = facts.thread(*first);
            let between = (first + 1..*second).filter(on_it);
            let (own, alone): (Vec<usize>, Vec<usize>) =
                between.partition(|&index| facts.thread(index) == owner);
            let alone = alone
                .into_iter()
                .filter(|&index| facts.acquires(index) == Some((lock, false)));
            let free = |index: &usize| facts.holders(lock, *index).is_empty();
            on_it(second)
                && facts.thread(*second) == owner
                && own.is_empty()
                && !others.is_empty()
                && others.iter().all(free)
                && alone.collect::<Vec<_>>() == *others
        }
        Claim::Turns { lock, acquisitions } => {
            let on_it = |index: &usize| facts.acquires(*index).is_some_and(|(other, _)| other == *lock);
            let all: Vec<usize> = (0..facts.len()).filter(on_it).collect();
            let excludes = |&index: &usize| {
                let shared = facts.acquires(index).is_some_and(|(_, shared)| shared);
                let held_alone = |acquired: &usize| {
                    facts.acquires(*acquired) == Some((*lock, false))
                        && facts.release_of(*acquired).is_none_or(|release| release > index)
                };
                let earlier = all.iter().filter(|&&other| other < index);
                !earlier.clone().any(held_alone) && (shared || facts.holders(*lock, index).is_empty())
            };
            all == *acquisitions && all.iter().all(excludes)
        }
        Claim::GivenBack { first, second } => {
            let lock = facts.acquires(*first);
            let release = facts.release_of(*first);
            let is_unlock = release.is_some_and(|release| release < *second && facts.only_releases(release));
            let mut between = first + 1..*second;
            lock.is_some_and(|(_, shared)| !shared)
                && facts.acquires(*second) == lock
                && facts.thread(*first) == facts.thread(*second)
                && is_unlock
                && !between.any(|index| facts.acquires(index) == lock)
        }
        _ => false,
    }
}
