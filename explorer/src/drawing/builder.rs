//! The builder of drawings: it makes a drawing of an interleaving and its ending.

mod endless;
mod fold;
mod joins;
mod marks;
mod rows;
mod threads;

use super::findings::Findings;
use super::model::{Column, Drawing, Finale, Row};
use super::story::told;
use super::words::with_minus;
use crate::{Ending, Interleaving};
use std::fmt;

impl Drawing {
    /// Draws an interleaving; the outcome is shown as its `Debug` output.
    pub fn new<O: fmt::Debug>(interleaving: &Interleaving, ending: &Ending<O>) -> Self {
        Self::described(interleaving, ending, |outcome| format!("{outcome:?}"))
    }

    /// Draws an interleaving, with the outcome in the words of `describe`.
    pub fn described<O>(
        interleaving: &Interleaving,
        ending: &Ending<O>,
        describe: impl FnOnce(&O) -> String,
    ) -> Self {
        let findings = Findings::of(interleaving, Some(ending));
        let finale = finale(ending, describe);
        Self::of(interleaving, &findings, Some(finale))
    }

    /// Draws the beginning of an execution that can go on, as a replay that was stopped leaves it.
    ///
    /// Each thread has a column that has done something or still can. There is no finale, and a story only if
    /// something was overwritten by a thread that had not seen it.
    pub fn unfinished(interleaving: &Interleaving) -> Self {
        Self::of(interleaving, &Findings::of::<()>(interleaving, None), None)
    }

    /// Draws every step of an interleaving: a long drawing is folded by the others.
    pub fn unfolded<O>(
        interleaving: &Interleaving,
        ending: &Ending<O>,
        describe: impl FnOnce(&O) -> String,
    ) -> Self {
        let findings = Findings::of(interleaving, Some(ending));
        let columns = threads::columns(interleaving, &findings);
        let rows = rows(interleaving, &columns, &findings);
        Self::with_rows(
            rows,
            columns,
            interleaving,
            &findings,
            Some(finale(ending, describe)),
        )
    }

    fn of(interleaving: &Interleaving, findings: &Findings, finale: Option<Finale>) -> Self {
        let columns = threads::columns(interleaving, findings);
        let rows = fold::fold(rows(interleaving, &columns, findings), findings);
        Self::with_rows(rows, columns, interleaving, findings, finale)
    }

    fn with_rows(
        rows: Vec<Row>,
        columns: Vec<Column>,
        interleaving: &Interleaving,
        findings: &Findings,
        finale: Option<Finale>,
    ) -> Self {
        Self {
            joins: joins::joins(interleaving, &rows, findings),
            finale,
            story: told(interleaving, findings)
                .into_iter()
                .flat_map(|told| told.sentences)
                .collect(),
            columns,
            rows,
        }
    }
}

/// Returns the rows of a drawing before any is folded.
fn rows(interleaving: &Interleaving, columns: &[Column], findings: &Findings) -> Vec<Row> {
    let mut all = rows::rows(interleaving, columns, findings);
    all.extend(endless::row(interleaving, columns, findings));
    all
}

/// Returns the ending of an execution in words.
fn finale<O>(ending: &Ending<O>, describe: impl FnOnce(&O) -> String) -> Finale {
    let text = match ending {
        Ending::Finished(outcome) => format!("outcome: {}", with_minus(&describe(outcome))),
        Ending::Deadlock(_) => "deadlock".to_owned(),
        Ending::Panic(_) => "panic".to_owned(),
        Ending::DataRace(_) => "data race".to_owned(),
        Ending::StepLimit => "cut off at the step limit".to_owned(),
    };
    Finale {
        text,
        is_failure: ending.is_failure(),
    }
}
