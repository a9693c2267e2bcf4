//! A search from its beginning to its end, begun again where it has to be.

use std::convert::Infallible;
use std::time::Instant;

use super::count::Count;
use super::expand::{Figures, Search};
use super::layout::Width;
use super::limits::Limits;
use super::machine::{Code, Machine};
use super::model::Model;
use super::refused::Refused;
use super::stop::Interruption;
use super::swept::{Coverage, Cut, Weight};
use super::{Counting, States, sweep};
use crate::ending::Ending;
use crate::summary::Bounds;

/// All that a search has found, whatever the types of the program.
#[derive(Debug)]
pub(super) struct Found {
    /// For each ending that was noted, its weight.
    pub(super) totals: Vec<Option<Weight>>,
    pub(super) figures: Figures,
    pub(super) endless: bool,
    pub(super) coverage: Coverage,
    pub(super) local_states: u64,
    /// The ending of the making of the shared state, if that does not come to an end.
    pub(super) unmade: Option<Ending<Infallible>>,
    /// A weight of the kind that endings have.
    pub(super) weighs: Weight,
}

impl Found {
    fn nothing(counting: Counting, coverage: Coverage, unmade: Option<Ending<Infallible>>) -> Self {
        Self {
            totals: Vec::new(),
            figures: Figures::default(),
            endless: false,
            coverage,
            local_states: 0,
            unmade,
            weighs: match counting {
                Counting::Nothing => Weight::Uncounted,
                Counting::Interleavings | Counting::Traces => Weight::Count(Count::ZERO),
                Counting::Odds => Weight::Odds(0.0),
            },
        }
    }
}

/// Explores the states of a program, whose threads take these steps.
pub(super) fn run(
    states: &States,
    code: &mut dyn Code,
    iterations: u64,
    steps: &[usize],
    begun: Instant,
) -> Result<Found, Refused> {
    let machine = Machine::new(&states.explorer, states.steps);
    let model = match Model::new(&*code, machine, steps, iterations, states.rules) {
        Ok(model) => model,
        Err(Interruption::Unmade(ending)) => {
            return Ok(Found::nothing(
                states.counting,
                Coverage::Exhaustive,
                Some(*ending),
            ));
        }
        Err(Interruption::Cut(cut)) => {
            return Ok(Found::nothing(states.counting, Coverage::CutShort(cut), None));
        }
        Err(Interruption::Refused(refused)) => return Err(refused),
        Err(other) => unreachable!("{other:?} before the search"),
    };
    let limits = Limits {
        states: states.states,
        memory: states.memory,
        time: states.time,
        interrupt: states.interrupt.as_deref(),
        callback: states.progress.as_ref(),
        begun,
        last_report: begun,
        of_iterations: iterations.saturating_mul(steps.len() as u64),
    };
    let mut search = Search::new(code, model, states.counting, limits)?;
    let cut = search_all(&mut search)?;
    Ok(found(states, search, cut))
}

/// Searches, and begins again where that is called for; returns the reason to stop before all is done.
fn search_all(search: &mut Search<'_>) -> Result<Option<Cut>, Refused> {
    let mut limbs = 2;
    loop {
        let searched = match search.layout.width {
            Width::W64 => sweep::search::<u64>(search, limbs),
            Width::W128 => sweep::search::<u128>(search, limbs),
            Width::W256 => sweep::search::<[u64; 4]>(search, limbs),
        };
        match searched {
            Ok(()) => return Ok(None),
            Err(Interruption::Cut(cut)) => return Ok(Some(cut)),
            Err(Interruption::Refused(refused)) => return Err(refused),
            Err(Interruption::Narrow | Interruption::StartsOver) => {}
            Err(Interruption::Endless) => search.counting = Counting::Nothing,
            Err(Interruption::Overflow) if limbs >= 16 => return Err(Refused::Count),
            Err(Interruption::Overflow) => limbs *= 2,
            Err(Interruption::Unmade(ending)) => {
                unreachable!("the shared state was made before, and now: {ending:?}")
            }
        }
        search.begin_again()?;
    }
}

fn found(states: &States, search: Search<'_>, cut: Option<Cut>) -> Found {
    let bounds = Bounds {
        steps: search.figures.step_limit,
        ..search.model.machine.bounds()
    };
    let coverage = match cut {
        Some(cut) => Coverage::CutShort(cut),
        None if bounds == Bounds::default() => Coverage::Exhaustive,
        None => Coverage::Bounded(bounds),
    };
    Found {
        totals: search.totals,
        figures: search.figures,
        endless: search.endless,
        local_states: search.model.local_states() as u64,
        ..Found::nothing(states.counting, coverage, None)
    }
}
