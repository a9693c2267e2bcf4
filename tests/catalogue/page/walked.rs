//! A walk through the data of a page, as its script walks.

use selvedge::explorer::Cost;
use selvedge::explorer::drawing::Mark;
use selvedge::witness::Witness;
use serde_json::Value;

/// Returns the elements of a list.
#[track_caller]
pub(super) fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("{value} is no list"))
}

/// Returns a text.
#[track_caller]
pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

/// Returns a number.
#[track_caller]
pub(super) fn number(value: &Value) -> usize {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no number")) as usize
}

/// Some steps from the beginning of a level.
#[derive(Clone)]
pub(super) struct Walked<'a> {
    level: &'a Value,
    /// The steps, each with the index of the state before it.
    steps: Vec<(usize, &'a Value)>,
    state: usize,
}

impl<'a> Walked<'a> {
    fn new(level: &'a Value) -> Self {
        let steps = Vec::new();
        Walked {
            level,
            steps,
            state: 0,
        }
    }

    fn data(&self) -> &'a Value {
        &self.level["states"][self.state]
    }

    fn offered(&self) -> &'a [Value] {
        self.data().get("e").map_or(&[], list)
    }

    fn step(mut self, index: usize) -> Self {
        let edge = &self.offered()[index];
        self.steps.push((self.state, edge));
        self.state = number(&edge[2]);
        self
    }

    /// Takes the steps with these indices.
    pub(super) fn along(level: &'a Value, path: impl IntoIterator<Item = usize>) -> Self {
        path.into_iter().fold(Walked::new(level), Walked::step)
    }

    /// Returns every walk to an end.
    pub(super) fn all(level: &'a Value) -> impl Iterator<Item = Walked<'a>> {
        let mut open = vec![Walked::new(level)];
        std::iter::from_fn(move || {
            loop {
                let walked = open.pop()?;
                if walked.ends() {
                    return Some(walked);
                }
                let steps = 0..walked.offered().len();
                open.extend(steps.map(|index| walked.clone().step(index)));
            }
        })
    }

    /// Follows the shortest way to an ending.
    pub(super) fn shortest(level: &'a Value, ending: usize) -> Option<Self> {
        let mut walked = Walked::new(level);
        while !walked.ends() {
            let last = walked
                .steps
                .last()
                .map_or("-".to_owned(), |(_, edge)| edge[0].to_string());
            let index = walked.data()["w"][&last][ending].as_u64()?;
            walked = walked.step(index as usize);
        }
        Some(walked)
    }

    pub(super) fn ends(&self) -> bool {
        self.data().get("x").is_some()
    }

    pub(super) fn end(&self) -> &'a Value {
        &self.data()["x"]
    }

    /// Returns the steps as `replay` reads them.
    pub(super) fn schedule(&self) -> String {
        let token = |(_, edge): &(usize, &Value)| {
            let name = text(&self.level["threads"][number(&edge[0])]["short"]);
            format!("{}:{}", name.trim_start_matches("thread "), edge[1])
        };
        self.steps.iter().map(token).collect::<Vec<_>>().join(" ")
    }

    pub(super) fn story(&self) -> Vec<String> {
        let story = list(&self.end()["story"]).iter();
        story
            .map(|index| text(&self.level["texts"][number(index)]).to_owned())
            .collect()
    }

    /// Returns the marks, each with the number of its step, without preemptions.
    pub(super) fn marks(&self) -> Vec<(usize, String)> {
        let mut marks = Vec::new();
        for mark in self.data().get("m").map_or(&[][..], list) {
            let mut own = self
                .steps
                .iter()
                .enumerate()
                .filter(|(_, (_, edge))| edge[0] == mark[0]);
            let (index, _) = own.nth(number(&mark[1]) - 1).expect("the step was taken");
            let words = text(&self.level["texts"][number(&mark[2])]);
            marks.push((index + 1, words.to_owned()));
        }
        marks.sort();
        marks
    }

    /// Returns preemptions, switches and steps.
    pub(super) fn cost(&self) -> [usize; 3] {
        let mut cost = [0, 0, self.steps.len()];
        for pair in self.steps.windows(2) {
            let (before, after) = (&pair[0].1[0], &pair[1].1[0]);
            if before != after {
                let standing = &self.level["states"][pair[1].0]["t"][number(before)];
                let is_ready = self.level["standings"][number(standing)]["kind"] == "ready";
                cost[0] += usize::from(is_ready);
                cost[1] += 1;
            }
        }
        cost
    }
}

/// Returns the marks of a drawing, as [`Walked::marks`] does.
pub(super) fn marks_of(witness: &Witness) -> Vec<(usize, String)> {
    let mut marks = Vec::new();
    for row in &witness.drawing.rows {
        for mark in &row.marks {
            if !matches!(mark, Mark::Preempts { .. }) {
                marks.push((row.step().expect("an event is marked"), mark.to_string()));
            }
        }
    }
    marks.sort();
    marks
}

/// Returns the cost of a witness, as [`Walked::cost`] does.
pub(super) fn cost_of(witness: &Witness) -> [usize; 3] {
    let Cost {
        preemptions,
        switches,
        events,
    } = witness.cost;
    [preemptions, switches, events]
}
