//! The report of a failure.

use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::time::Duration;

use selvedge_explorer::drawing::{Drawing, columns};
use selvedge_explorer::{
    Choice, Ending, Explorer, Interleaving, MemoryModel, ReplayError, Schedule, Then, ThreadStatus,
};

use super::check::Check;
use super::environment::test_name;
use super::name_of;

/// The longest time that is spent on the search for the simplest interleaving.
const MOST_TIME: Duration = Duration::from_secs(5);

/// The width of a drawing, in columns.
const WIDTH: usize = 110;

/// An execution that has failed, with what there is to say about it.
#[derive(Debug)]
pub(super) struct Failure {
    ending: Ending<()>,
    /// The drawing, and the story under it.
    shown: String,
    model: MemoryModel,
    /// The number of executions until the failure.
    executions: u64,
    /// The model's place, and the schedule.
    replay: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n", self.ending)?;
        writeln!(f, "{}", self.shown)?;
        writeln!(
            f,
            "Found in execution {}, under {}.",
            self.executions,
            name_of(self.model)
        )?;
        write!(f, "To replay it: SELVEDGE_REPLAY='{}'", self.replay)?;
        if self.model != MemoryModel::SequentiallyConsistent {
            let name = match self.model {
                MemoryModel::ReleaseAcquire => "ra",
                _ => "rc11",
            };
            write!(f, " SELVEDGE_MEMORY={name}")?;
        }
        match test_name() {
            Some(name) => write!(f, " cargo test {name} -- --exact"),
            None => Ok(()),
        }
    }
}

impl<F: Fn() + 'static> Check<F> {
    /// Describes the failure that an exploration has found: by the simplest interleaving that ends so, if one is found
    /// in time.
    pub(super) fn failure(
        &self,
        explorer: &Explorer,
        (model, executions): (MemoryModel, u64),
        ending: Ending<()>,
        schedule: Vec<Choice>,
    ) -> Failure {
        let simplest = match model {
            MemoryModel::SequentiallyConsistent => self.simplest(explorer, &ending),
            _ => None,
        };
        let simplest = simplest.and_then(|schedule| {
            let (again, shown) = replayed(self, explorer, &schedule).ok()?;
            (again == ending).then_some((schedule, shown))
        });
        let (schedule, shown) = simplest.unwrap_or_else(|| {
            let shown = replayed(self, explorer, &schedule);
            let shown = shown.map_or_else(
                |error| format!("There is no drawing: {error}\n"),
                |(_, shown)| shown,
            );
            (schedule, shown)
        });
        Failure {
            ending,
            shown,
            model,
            executions,
            replay: format!("{}={}", self.place, Schedule(schedule)),
        }
    }

    /// Returns the schedule of the interleaving with the fewest preemptions that ends like this.
    fn simplest(&self, explorer: &Explorer, ending: &Ending<()>) -> Option<Vec<Choice>> {
        let wanted = BTreeSet::from([ending.clone()]);
        let explorer = explorer.clone().executions(None).time(Some(MOST_TIME));
        loop {
            self.shared.begin();
            let of_interest = |ending: &Ending<()>| match self.is_failure(ending) {
                true => ending.clone(),
                false => Ending::StepLimit,
            };
            let found = explorer.shortest(self.body(), of_interest, &wanted);
            if self.shared.begins_again.get() {
                continue;
            }
            return Some(found.ok()?.witnesses.pop()?.schedule);
        }
    }
}

/// Executes this schedule, and returns the ending and the drawing with its story.
pub(super) fn replayed<F: Fn() + 'static>(
    check: &Check<F>,
    explorer: &Explorer,
    schedule: &[Choice],
) -> Result<(Ending<()>, String), ReplayError> {
    loop {
        check.shared.begin();
        let replay = explorer.replay(check.body(), schedule, Then::RunOn);
        if check.shared.begins_again.get() {
            continue;
        }
        let replay = replay?;
        let ending = replay.ending.expect("it has run to its end");
        check.shared.begin();
        let begun = explorer.replay(check.body(), schedule, Then::Stop)?.interleaving;
        // What comes after a failure says nothing about it.
        let interleaving = match shows(&begun, &ending) {
            true => begun,
            false => replay.interleaving,
        };
        let drawing = Drawing::described(&interleaving, &ending, |()| "the model has returned".to_owned());
        let mut drawn = Vec::new();
        columns::write(&mut drawn, &drawing, WIDTH).map_or_else(unwritten, |()| ());
        return Ok((ending, without_colours(&String::from_utf8_lossy(&drawn))));
    }
}

fn unwritten(error: io::Error) {
    unreachable!("a vector can be written to: {error}")
}

/// Returns `true` if this beginning of an execution shows how it ends.
fn shows(begun: &Interleaving, ending: &Ending<()>) -> bool {
    match ending {
        Ending::DataRace(_) => begun.race.is_some(),
        Ending::Panic(panic) => begun
            .threads
            .iter()
            .any(|thread| thread.id == panic.thread && matches!(thread.status, ThreadStatus::Ended)),
        Ending::Finished(()) | Ending::Deadlock(_) | Ending::StepLimit => false,
    }
}

/// Returns the text without its escape sequences: it goes into the message of a panic.
fn without_colours(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, after)| after);
    }
    plain + rest
}
