//! The outcome table: the endings of an exploration's executions, with their counts.

mod any;
mod batch;

pub use any::AnyOutcome;
pub(crate) use batch::Batch;

use crate::execution::Ending;
use selvedge_explorer::Schedule;
use std::collections::{BTreeMap, BTreeSet};

/// The number of times that each ending was seen.
///
/// Deadlocks, panics and data races are rows like any other, so that everything that an engine saw is in the
/// table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeTable<O> {
    rows: BTreeMap<Ending<O>, u64>,
    /// The explanation of the first execution with each ending, if the engine gives one.
    explanations: BTreeMap<Ending<O>, Vec<String>>,
    /// The schedule that runs the first execution with each ending again, if the engine has schedules of its
    /// own.
    schedules: BTreeMap<Ending<O>, Schedule>,
}

impl<O> Default for OutcomeTable<O> {
    fn default() -> Self {
        OutcomeTable {
            rows: BTreeMap::new(),
            explanations: BTreeMap::new(),
            schedules: BTreeMap::new(),
        }
    }
}

impl OutcomeTable<AnyOutcome> {
    /// Returns the table with the type of the outcomes.
    ///
    /// # Panics
    ///
    /// If an outcome has another type than `O`.
    pub fn typed<O: Ord + 'static>(self) -> OutcomeTable<O> {
        fn keyed<O: Ord + 'static, V>(map: BTreeMap<Ending<AnyOutcome>, V>) -> BTreeMap<Ending<O>, V> {
            map.into_iter()
                .map(|(ending, value)| (ending.map(AnyOutcome::into_inner), value))
                .collect()
        }
        OutcomeTable {
            rows: keyed(self.rows),
            explanations: keyed(self.explanations),
            schedules: keyed(self.schedules),
        }
    }
}

impl<O: Ord + Clone> OutcomeTable<O> {
    /// Counts one more execution with this ending.
    pub fn record(&mut self, ending: Ending<O>) {
        self.record_times(ending, 1);
    }

    /// Counts `count` more executions with this ending.
    pub fn record_times(&mut self, ending: Ending<O>, count: u64) {
        *self.rows.entry(ending).or_insert(0) += count;
    }

    /// Counts one more execution with this ending; for the first of them, keeps the lines of the explanation.
    pub fn explain(&mut self, ending: Ending<O>, explanation: impl FnOnce() -> Vec<String>) {
        if !self.explanations.contains_key(&ending) {
            self.explanations.insert(ending.clone(), explanation());
        }
        self.record(ending);
    }

    /// Returns the explanation of the first execution with this ending, line by line; empty if the engine
    /// gave none.
    pub fn explanation(&self, ending: &Ending<O>) -> &[String] {
        self.explanations.get(ending).map_or(&[], Vec::as_slice)
    }

    /// Counts one more execution with this ending; for the first of them, keeps the schedule that runs it
    /// again, if there is one.
    pub fn record_scheduled(&mut self, ending: Ending<O>, schedule: impl FnOnce() -> Option<Schedule>) {
        if !self.rows.contains_key(&ending)
            && let Some(schedule) = schedule()
        {
            self.schedules.insert(ending.clone(), schedule);
        }
        self.record(ending);
    }

    /// Returns the schedule that runs the first execution with this ending again, if the engine has schedules
    /// of its own.
    pub fn schedule(&self, ending: &Ending<O>) -> Option<&Schedule> {
        self.schedules.get(ending)
    }

    /// Adds the counts of another table to this one.
    pub fn merge(&mut self, other: Self) {
        for (ending, count) in other.rows {
            self.record_times(ending, count);
        }
        for (ending, explanation) in other.explanations {
            self.explanations.entry(ending).or_insert(explanation);
        }
        for (ending, schedule) in other.schedules {
            self.schedules.entry(ending).or_insert(schedule);
        }
    }

    /// Adds the endings of another table that this one does not have, with their counts, and what is told of them.
    pub(crate) fn add_missing(&mut self, other: &Self) {
        fn add<O: Ord + Clone, V: Clone>(mine: &mut BTreeMap<Ending<O>, V>, theirs: &BTreeMap<Ending<O>, V>) {
            for (ending, value) in theirs {
                mine.entry(ending.clone()).or_insert_with(|| value.clone());
            }
        }
        add(&mut self.rows, &other.rows);
        add(&mut self.explanations, &other.explanations);
        add(&mut self.schedules, &other.schedules);
    }

    /// Takes out the endings of which this is not true.
    pub(crate) fn retain(&mut self, mut is_kept: impl FnMut(&Ending<O>) -> bool) {
        self.rows.retain(|ending, _| is_kept(ending));
    }

    /// Returns the number of executions with this ending.
    pub fn count(&self, ending: &Ending<O>) -> u64 {
        self.rows.get(ending).copied().unwrap_or(0)
    }

    /// Returns the number of executions that finished with this outcome.
    pub fn count_of(&self, outcome: &O) -> u64 {
        self.count(&Ending::Finished(outcome.clone()))
    }

    /// Returns the number of all executions in the table.
    pub fn total(&self) -> u64 {
        self.rows.values().sum()
    }

    /// Returns the endings with their counts: outcomes first, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&Ending<O>, u64)> {
        self.rows.iter().map(|(ending, &count)| (ending, count))
    }

    /// Returns the outcomes of the executions that finished.
    pub fn outcomes(&self) -> BTreeSet<O> {
        self.rows
            .keys()
            .filter_map(|ending| match ending {
                Ending::Finished(outcome) => Some(outcome.clone()),
                _ => None,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merging_adds_the_counts() {
        let mut table = OutcomeTable::default();
        table.record(Ending::Finished(1));
        table.record(Ending::Deadlock);
        let mut other = OutcomeTable::default();
        other.record(Ending::Finished(1));
        other.record(Ending::Finished(-1));
        table.merge(other);
        let rows: Vec<_> = table
            .iter()
            .map(|(ending, count)| (ending.clone(), count))
            .collect();
        assert_eq!(
            rows,
            [
                (Ending::Finished(-1), 1),
                (Ending::Finished(1), 2),
                (Ending::Deadlock, 1)
            ]
        );
        assert_eq!(table.total(), 4);
        assert_eq!(table.outcomes(), BTreeSet::from([-1, 1]));
        assert_eq!(table.count_of(&2), 0);
    }

    /// Returns a schedule that can be read.
    fn schedule(steps: &str) -> Schedule {
        steps.parse().expect("these are threads")
    }

    /// A table with a deadlock that was seen twice and explained, and an outcome that was seen twice.
    fn explained_and_scheduled() -> OutcomeTable<i64> {
        let mut table = OutcomeTable::default();
        table.explain(Ending::Deadlock, || vec!["first".to_owned(), "waits".to_owned()]);
        table.explain(Ending::Deadlock, || vec!["second".to_owned()]);
        table.record_scheduled(Ending::Finished(1), || Some(schedule("1 2")));
        table.record_scheduled(Ending::Finished(1), || Some(schedule("2 1")));
        table
    }

    #[test]
    fn the_first_execution_with_an_ending_explains_it() {
        let mut table = explained_and_scheduled();
        assert_eq!(table.explanation(&Ending::Deadlock), ["first", "waits"]);
        assert_eq!(table.schedule(&Ending::Finished(1)), Some(&schedule("1 2")));
        assert_eq!(table.count(&Ending::Deadlock), 2);
        assert_eq!(table.count_of(&1), 2);
        assert_eq!(table.outcomes(), BTreeSet::from([1]));

        table.record_scheduled(Ending::Finished(2), || None);
        table.record_scheduled(Ending::Finished(2), || Some(schedule("2")));
        assert_eq!(table.schedule(&Ending::Finished(2)), None, "not of the first");
        assert_eq!(table.count_of(&2), 2);
        assert_eq!(table.explanation(&Ending::Finished(2)), <[String; 0]>::default());
        assert_eq!(table.total(), 6);
    }

    #[test]
    fn merging_keeps_the_explanations_that_are_there() {
        let mut later = OutcomeTable::default();
        later.explain(Ending::Deadlock, || vec!["later".to_owned()]);
        later.explain(Ending::DataRace, || vec!["two accesses".to_owned()]);
        later.record_scheduled(Ending::Finished(1), || Some(schedule("2")));
        later.record_scheduled(Ending::Finished(3), || Some(schedule("3")));
        let mut table = explained_and_scheduled();
        table.merge(later);
        assert_eq!(table.explanation(&Ending::Deadlock), ["first", "waits"]);
        assert_eq!(table.explanation(&Ending::DataRace), ["two accesses"]);
        assert_eq!(table.schedule(&Ending::Finished(1)), Some(&schedule("1 2")));
        assert_eq!(table.schedule(&Ending::Finished(3)), Some(&schedule("3")));
    }

    #[test]
    fn a_table_gets_its_type_back() {
        let mut table = OutcomeTable::default();
        table.explain(Ending::Deadlock, || vec!["first".to_owned(), "waits".to_owned()]);
        table.record(Ending::Deadlock);
        let one = Ending::Finished(AnyOutcome::new(1i64));
        table.record_scheduled(one.clone(), || Some(schedule("1 2")));
        table.record(one);
        assert_eq!(table.typed(), explained_and_scheduled());
    }

    #[test]
    fn endings_are_taken_out() {
        let mut table = explained_and_scheduled();
        table.retain(|ending| *ending != Ending::Deadlock);
        assert_eq!(table.iter().collect::<Vec<_>>(), [(&Ending::Finished(1), 2)]);
    }
}
