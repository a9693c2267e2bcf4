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
            // For speed alone: without this arm, the last one would give the same table.
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

#[cfg(test)]
mod tests {
    use super::*;
    use explorer::sync::{Cell, Mutex};
    use explorer::{Explorer, thread};
    use std::sync::Arc;

    /// Explores a body, and returns the batch of all executions.
    fn explored(body: impl Fn() -> i64 + 'static) -> OutcomeTable<i64> {
        let mut batch = Batch::new();
        Explorer::new()
            .explore(body, |execution| batch.count(execution.ending()))
            .expect("the body does the same every time");
        let table = batch.take();
        assert_eq!(batch.take().total(), 0, "the batch is empty");
        table.typed()
    }

    #[test]
    fn each_execution_is_counted_with_its_ending() {
        let mut batch = Batch::new();
        for outcome in [2i64, 1, 2, 2] {
            batch.count(&explorer::Ending::Finished(outcome));
        }
        batch.count(&explorer::Ending::StepLimit);
        let table = batch.take().typed::<i64>();
        let (one, two) = (Ending::Finished(1), Ending::Finished(2));
        assert_eq!(
            table.iter().collect::<Vec<_>>(),
            [(&one, 1), (&two, 3), (&Ending::StepLimit, 1)]
        );
        assert_eq!(batch.take().total(), 0, "the batch is empty");
    }

    #[test]
    fn a_deadlock_is_explained_by_its_threads() {
        let table = explored(|| {
            let mutex = Mutex::new(0);
            let _held = mutex.lock().expect("no thread panics");
            *mutex.lock().expect("it is never acquired")
        });
        assert_eq!(table.iter().collect::<Vec<_>>(), [(&Ending::Deadlock, 1)]);
        let [line] = table.explanation(&Ending::Deadlock) else {
            panic!("one thread waits: {table:?}");
        };
        assert!(line.starts_with("thread main waits at"), "{line}");
    }

    #[test]
    fn a_data_race_is_explained_by_its_two_accesses() {
        let table = explored(|| {
            let cell = Arc::new(Cell::new(0));
            let other = Arc::clone(&cell);
            let thread = thread::spawn(move || other.set(1));
            let seen = cell.get();
            thread.join().expect("it does not panic");
            seen
        });
        assert_eq!(
            table.iter().collect::<Vec<_>>(),
            [(&Ending::DataRace, 2)],
            "either is first"
        );
        let [first, second] = table.explanation(&Ending::DataRace) else {
            panic!("two accesses: {table:?}");
        };
        assert!(
            first.contains("thread") && second.contains("thread"),
            "{first}, {second}"
        );
    }
}
