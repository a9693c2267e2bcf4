//! Executions of the explorer, counted together.

use super::{AnyOutcome, OutcomeTable};
use crate::execution::Ending;
use selvedge_explorer as explorer;
use std::collections::BTreeMap;
use std::fmt;

/// Executions that are not yet in a table of outcomes without a type.
///
/// The explorer takes less than two microseconds for an execution. So each outcome is counted with its own type: to
/// forget the type allocates memory, and is left until a whole batch is taken.
pub(crate) struct Batch<O> {
    /// The number of executions that finished with each outcome.
    finished: BTreeMap<O, u64>,
    /// The executions with all other endings.
    table: OutcomeTable<AnyOutcome>,
}

impl<O: Ord + Clone + fmt::Debug + Send + 'static> Batch<O> {
    /// Creates an empty batch.
    pub(crate) fn new() -> Self {
        Batch {
            finished: BTreeMap::new(),
            table: OutcomeTable::default(),
        }
    }

    /// Counts an execution; a deadlock or a data race with the explanation that the explorer gives.
    pub(crate) fn count(&mut self, ending: &explorer::Ending<O>) {
        let untyped = || Ending::from(ending).map(AnyOutcome::new);
        match ending {
            explorer::Ending::Finished(outcome) => match self.finished.get_mut(outcome) {
                Some(count) => *count += 1,
                None => {
                    self.finished.insert(outcome.clone(), 1);
                }
            },
            explorer::Ending::Deadlock(threads) => {
                self.table
                    .explain(untyped(), || threads.iter().map(ToString::to_string).collect());
            }
            explorer::Ending::DataRace(race) => {
                self.table.explain(untyped(), || {
                    vec![race.first.to_string(), race.second.to_string()]
                });
            }
            _ => self.table.record(untyped()),
        }
    }

    /// Returns the table of all executions of the batch, and empties it.
    pub(crate) fn take(&mut self) -> OutcomeTable<AnyOutcome> {
        let mut table = std::mem::take(&mut self.table);
        for (outcome, count) in std::mem::take(&mut self.finished) {
            table.record_times(Ending::Finished(AnyOutcome::new(outcome)), count);
        }
        table
    }
}
