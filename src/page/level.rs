//! A level of the page: a scenario with its explanation, and how it becomes data.

use super::code::excerpts;
use super::drawn;
use super::endings::{Endings, verdicts};
use super::graph::{Graph, Walk};
use super::model::{Excerpt, Goal as GoalData, LevelData, ThreadData, WitnessData};
use super::states::{Naming, States, states};
use crate::check::{self, Witnessing};
use crate::engine::{AnyEngine, Budget, Explorer, Playback};
use crate::goal::Goal;
use crate::numbers::count_of;
use crate::report::{Report, Row};
use crate::scenario::{AnyScenario, Size};
use crate::witness::{Rank, Witness};
use selvedge_explorer::{Choice, Then, ThreadId};
use std::collections::BTreeSet;

/// A scenario to be put on a page, with what the page says of it.
#[derive(Debug, Clone)]
pub struct Level {
    scenario: AnyScenario,
    size: Option<Size>,
    guide: Guide,
}

/// The explanation of a level, in plain sentences.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guide {
    /// The title; the scenario's name if it is empty.
    pub title: String,
    /// What a player should try.
    pub tries: Vec<String>,
    /// What the level teaches.
    pub teaches: Vec<String>,
}

impl Level {
    /// Creates a level without an explanation.
    pub fn new(scenario: impl Into<AnyScenario>) -> Self {
        Level {
            scenario: scenario.into(),
            size: None,
            guide: Guide::default(),
        }
    }

    /// Names the size of the scenario, if it is one of the catalogue.
    #[must_use]
    pub fn sized(self, size: Size) -> Self {
        let size = Some(size);
        Level { size, ..self }
    }

    /// Sets the explanation.
    #[must_use]
    pub fn guided(self, guide: Guide) -> Self {
        Level { guide, ..self }
    }

    /// Returns the name of the scenario.
    pub fn name(&self) -> String {
        self.scenario.name()
    }

    /// Explores the scenario: its endings and their witnesses, and all of its states, if they are not too many.
    pub(super) fn explore(&self, budget: &Budget) -> (Report, LevelData) {
        // What is played and stepped through are interleavings.
        let engine = AnyEngine::new(Explorer::SEQUENTIAL);
        let everything = &Witnessing::Everything;
        let report = check::explore(&self.scenario, self.size, &[engine], everything, |_| {
            budget.clone()
        });
        let data = Found::new(self, &report, budget).data();
        (report, data)
    }
}

/// What was found of a scenario, before it is written down.
struct Found<'a> {
    level: &'a Level,
    report: &'a Report,
    graph: Graph,
    endings: Endings,
    /// The threads, the main one last.
    threads: Vec<ThreadId>,
    /// The ending without preemption if the scenario can be played, or the reason why it cannot.
    goal: Result<Goal, String>,
}

impl<'a> Found<'a> {
    fn new(level: &'a Level, report: &'a Report, budget: &Budget) -> Self {
        let playback = Playback::of(level.scenario.clone(), budget);
        let walk = || Walk::new(playback.clone(), budget);
        let all = match report.unsuitable.first() {
            Some(unsuitable) => Err(unsuitable.reason.clone()),
            None => calm(&playback).and_then(|goal| Ok((walk()?.everywhere()?, goal))),
        };
        let (graph, goal) = match all {
            Ok((graph, goal)) => (graph, Ok(goal)),
            Err(reason) => {
                let witnesses: Vec<&[Choice]> = witnesses(report).map(|(_, witness)| path(witness)).collect();
                let some = walk().and_then(|walk| walk.along(witnesses));
                (some.unwrap_or_default(), Err(reason))
            }
        };
        let endings = Endings::of(&level.scenario, report, &graph, goal.as_ref().ok());
        let all = graph.states.iter().flat_map(|state| &state.position.threads);
        let mut threads: BTreeSet<ThreadId> = all.map(|standing| standing.thread).collect();
        threads.remove(&ThreadId::MAIN);
        Found {
            level,
            report,
            endings,
            threads: threads.into_iter().chain([ThreadId::MAIN]).collect(),
            graph,
            goal,
        }
    }

    fn data(mut self) -> LevelData {
        let columns = self.columns();
        let naming = Naming {
            threads: &self.threads,
            columns: &columns,
            endings: &self.endings.of_states,
            count: self.endings.rows.len(),
        };
        let is_game = self.goal.is_ok();
        let states = states(&self.graph, &naming, is_game).or_else(|reason| {
            self.goal = Err(reason);
            states(&self.graph, &naming, false)
        });
        let States {
            texts,
            standings,
            states,
        } = states.unwrap_or_else(|_| unreachable!("without a game nothing is counted"));
        let Level { size, guide, .. } = self.level;
        LevelData {
            name: self.report.scenario.clone(),
            title: match guide.title.is_empty() {
                true => self.report.scenario.clone(),
                false => guide.title.clone(),
            },
            size: size.map(in_words),
            lesson: self.report.lesson.clone(),
            tries: guide.tries.clone(),
            teaches: guide.teaches.clone(),
            verdicts: verdicts(self.report),
            threads: self.thread_data(),
            code: self.code(),
            witnesses: self.witnesses(&naming),
            endings: self.endings.rows,
            columns,
            no_game: self.goal.as_ref().err().cloned(),
            goal: self.goal.ok().map(|goal| GoalData {
                text: goal.text,
                hint: goal.hint,
            }),
            texts,
            standings,
            states,
        }
    }

    /// Returns the indices of the threads that have a column: all but the main thread, and that one, too, if it
    /// has one in a witness.
    fn columns(&self) -> Vec<usize> {
        let mut drawings = witnesses(self.report).map(|(_, witness)| &witness.drawing);
        let has_main = drawings.any(|drawing| {
            let mut columns = drawing.columns.iter();
            columns.any(|column| column.thread == ThreadId::MAIN)
        });
        let main = self.threads.len() - 1;
        (0..main).chain(has_main.then_some(main)).collect()
    }

    fn thread_data(&self) -> Vec<ThreadData> {
        let remarks = self.graph.states.iter().map(|state| &state.remarks);
        let columns: Vec<_> = remarks.flat_map(|remarks| &remarks.columns).collect();
        let short = |id: ThreadId| match id {
            ThreadId::MAIN => "main".to_owned(),
            id => format!("thread {id}"),
        };
        let name = |id: ThreadId| match columns.iter().find(|column| column.thread == id) {
            Some(column) => column.name.clone(),
            None => short(id),
        };
        let key = |index: usize| match index + 1 == self.threads.len() {
            true => Some(0),
            false => u8::try_from(index + 1).ok().filter(|&digit| digit < 10),
        };
        let threads = self.threads.iter().enumerate();
        threads
            .map(|(index, &id)| ThreadData {
                name: name(id),
                short: short(id),
                key: key(index),
            })
            .collect()
    }

    /// Returns the source of the steps; none if the program gives its steps labels, which stand for what the
    /// source does not say.
    fn code(&self) -> Vec<Excerpt> {
        let edges = self.graph.states.iter().flat_map(|state| &state.edges);
        let places: Option<BTreeSet<_>> = edges.map(|edge| edge.location).collect();
        places.map(|places| excerpts(&places)).unwrap_or_default()
    }

    fn witnesses(&self, naming: &Naming<'_>) -> Vec<WitnessData> {
        let data = |(ending, witness): (usize, &Witness)| WitnessData {
            ending,
            path: self.indices(path(witness)),
            drawing: drawn::drawing(&witness.drawing, |thread| naming.thread(thread)),
            cost: [
                witness.cost.preemptions,
                witness.cost.switches,
                witness.cost.events,
            ],
            cost_text: witness.cost.to_string(),
            is_least: witness.rank == Rank::Least,
            again: again(self.level.size, &self.report.scenario, witness),
        };
        witnesses(self.report).map(data).collect()
    }

    /// Returns a schedule as the indices of its steps among those of each state.
    fn indices(&self, schedule: &[Choice]) -> Vec<usize> {
        let mut state = 0;
        let mut indices = Vec::new();
        for &choice in schedule {
            let Some(here) = self.graph.states.get(state) else {
                break;
            };
            let Some(index) = here.edges.iter().position(|edge| edge.choice == choice) else {
                break;
            };
            indices.push(index);
            state = here.edges[index].to;
        }
        indices
    }
}

/// Returns the goal of the game: another ending than the one without preemption.
///
/// # Errors
///
/// The reason why the scenario cannot be played.
fn calm(playback: &Playback) -> Result<Goal, String> {
    let calm = playback
        .follow(&[], Then::RunOn)
        .map_err(|error| error.to_string())?;
    let ending = calm.ending.as_ref().map(Playback::ending);
    match ending.filter(|ending| !ending.is_cut_short()) {
        Some(ending) => Ok(Goal::of(playback.scenario(), ending)),
        None => Err(format!(
            "it takes too many steps: after {} it had not ended",
            count_of(calm.schedule.len() as u64, "step")
        )),
    }
}

/// Returns the witnesses that were found, each with the index of its row.
fn witnesses(report: &Report) -> impl Iterator<Item = (usize, &Witness)> {
    let found = |row: &'_ Row| matches!(row.witness, Some(Ok(_)));
    let rows = report.rows.iter().enumerate().filter(move |(_, row)| found(row));
    rows.filter_map(|(index, row)| match &row.witness {
        Some(Ok(witness)) => Some((index, &**witness)),
        _ => None,
    })
}

/// The greatest number of steps of a witness that can be stepped through; of a longer one, such as an endless
/// loop, there is the drawing.
const LONGEST_WAY: usize = 300;

/// Returns the steps of a witness that it shows; none if they are too many.
fn path(witness: &Witness) -> &[Choice] {
    let steps = &witness.schedule.steps.0;
    match steps.len().min(witness.interleaving.steps.len()) {
        length if length <= LONGEST_WAY => &steps[..length],
        _ => &[],
    }
}

/// Returns what runs a witness again: a command for a scenario of the catalogue, and a line of code for others.
fn again(size: Option<Size>, scenario: &str, witness: &Witness) -> String {
    let schedule = &witness.schedule;
    match size {
        Some(_) => format!("selvedge replay {scenario} '{schedule}'"),
        None => format!("selvedge::replay(scenario, {:?})", schedule.to_string()),
    }
}

fn in_words(size: Size) -> String {
    let threads = count_of(size.threads as u64, "thread");
    format!("{threads} × {} each", count_of(size.iterations, "operation"))
}
