//! The model of a page: all that it shows, as data. The script of the page walks this data and models nothing.

use serde::Serialize;
use std::collections::BTreeMap;

/// The whole page.
#[derive(Debug, Serialize)]
pub(super) struct Document {
    pub(super) version: &'static str,
    pub(super) levels: Vec<LevelData>,
}

/// One scenario.
#[derive(Debug, Serialize)]
pub(super) struct LevelData {
    pub(super) name: String,
    pub(super) title: String,
    /// The size in words, such as `2 threads × 1 operation each`.
    pub(super) size: Option<String>,
    pub(super) lesson: String,
    pub(super) tries: Vec<String>,
    pub(super) teaches: Vec<String>,
    pub(super) verdicts: Vec<VerdictData>,
    pub(super) endings: Vec<EndingData>,
    pub(super) threads: Vec<ThreadData>,
    /// The indices of the threads that have a column in drawings.
    pub(super) columns: Vec<usize>,
    /// The source, as far as it is at hand.
    pub(super) code: Vec<Excerpt>,
    pub(super) witnesses: Vec<WitnessData>,
    /// The goal of the game and a hint; `None` if there is no game.
    pub(super) goal: Option<Goal>,
    /// The reason why there is no game.
    pub(super) no_game: Option<String>,
    /// The texts that the states share.
    pub(super) texts: Vec<String>,
    /// What threads are about to do; the states share these.
    pub(super) standings: Vec<StandingData>,
    /// The states. The first is the beginning; of a level without a game, only those of its witnesses.
    pub(super) states: Vec<StateData>,
}

#[derive(Debug, Serialize)]
pub(super) struct Goal {
    pub(super) text: String,
    pub(super) hint: String,
}

/// The verdict of an engine.
#[derive(Debug, Serialize)]
pub(super) struct VerdictData {
    pub(super) engine: &'static str,
    pub(super) kind: &'static str,
    /// How much was explored, or why that is not enough.
    pub(super) extent: String,
    pub(super) is_as_expected: bool,
}

/// A row of the outcome table.
#[derive(Debug, Serialize)]
pub(super) struct EndingData {
    pub(super) text: String,
    /// `required`, `allowed`, and so on.
    pub(super) expectation: String,
    pub(super) reason: String,
    /// The meaning of the expectation, in words for a player.
    pub(super) says: &'static str,
    /// The number of executions that the explorer has seen to end so.
    pub(super) executions: u64,
    /// `true` if it was required and not seen.
    pub(super) is_missing: bool,
    /// `true` if it reaches the goal of the game.
    pub(super) is_goal: bool,
    /// `true` for a deadlock, a panic or a data race.
    pub(super) is_failure: bool,
    pub(super) is_forbidden: bool,
    /// The reason why it has no witness, if it was seen and has none.
    pub(super) no_witness: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct ThreadData {
    /// The name, with the variable that holds the thread's handle, if that is known.
    pub(super) name: String,
    /// The name as marks and stories have it.
    pub(super) short: String,
    /// The digit that lets it go on; `None` beyond the ninth.
    pub(super) key: Option<u8>,
}

/// A part of a source file.
#[derive(Debug, Serialize, PartialEq, Eq)]
pub(super) struct Excerpt {
    pub(super) file: String,
    /// The number of the first line.
    pub(super) first: u32,
    pub(super) lines: Vec<String>,
}

/// A thread in a state.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct StandingData {
    /// `ready`, `waits` or `ended`.
    pub(super) kind: &'static str,
    /// The next step, or what it waits for.
    pub(super) text: String,
    pub(super) place: Option<String>,
    /// The file and the line of the next step, unless it has a label.
    pub(super) at: Option<(String, u32)>,
    /// What the step may come to, if it is a choice.
    pub(super) alternatives: Vec<String>,
}

/// A state. The names are short because there are many.
#[derive(Debug, Default, Serialize)]
pub(super) struct StateData {
    /// The objects: indices of texts.
    pub(super) o: Vec<usize>,
    /// For each thread, the index of its standing; `None` if it does not exist yet.
    pub(super) t: Vec<Option<usize>>,
    /// The steps that can be taken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) e: Vec<EdgeData>,
    /// For each ending, the number of interleavings that lead there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) c: Vec<u64>,
    /// Marks: thread, number of the step, index of the text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) m: Vec<(usize, u32, usize)>,
    /// Joins: the index of the kind's text, and the steps, each as its thread and its number.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) j: Vec<(usize, Vec<(usize, u32)>)>,
    /// By the thread that ran last (or `-`): for each ending, the first step of the shortest way there.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) w: BTreeMap<String, Vec<Option<usize>>>,
    /// The end, if this is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) x: Option<EndData>,
}

/// A step: thread, alternative, the state that it leads to, and the indices of the texts of action and place (if it has
/// one).
pub(super) type EdgeData = (usize, u8, usize, usize, Option<usize>);

/// The end of an execution.
#[derive(Debug, Serialize)]
pub(super) struct EndData {
    /// The index of the ending.
    pub(super) ending: usize,
    pub(super) story: Vec<usize>,
    /// The threads that do not end as they should: rows at the end of the drawing.
    pub(super) stuck: Vec<RowData>,
}

/// The shortest way to an ending.
#[derive(Debug, Serialize)]
pub(super) struct WitnessData {
    /// The index of the ending.
    pub(super) ending: usize,
    /// The steps: indices into the steps of each state on the way.
    pub(super) path: Vec<usize>,
    pub(super) drawing: DrawingData,
    /// Preemptions, switches and events.
    pub(super) cost: [usize; 3],
    /// The cost in words.
    pub(super) cost_text: String,
    pub(super) is_least: bool,
    /// What runs it again.
    pub(super) again: String,
}

/// A drawing, as `show` draws it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct DrawingData {
    pub(super) columns: Vec<usize>,
    pub(super) rows: Vec<RowData>,
    pub(super) joins: Vec<JoinData>,
    pub(super) finale: Option<String>,
    pub(super) story: Vec<String>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct RowData {
    /// The index of the thread whose column it is in; `None` for a row across all columns.
    pub(super) column: Option<usize>,
    pub(super) who: String,
    /// `event`, `fold`, `link` or `stuck`.
    pub(super) kind: &'static str,
    /// The numbers of the first and the last step that it shows; of a link and of a stuck thread, that of the
    /// step before.
    pub(super) steps: (usize, usize),
    pub(super) text: String,
    pub(super) place: Option<String>,
    pub(super) marks: Vec<String>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct JoinData {
    pub(super) kind: &'static str,
    pub(super) rows: Vec<usize>,
}
