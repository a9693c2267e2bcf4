//! The state of the game: the interleaving so far, and the effect of each key on it.

use super::answer::{self, Answer};
use super::keys::Key;
use selvedge::Ending;
use selvedge::engine::{Interrupt, Playback};
use selvedge::explorer::drawing::{NextStep, Position};
use selvedge::explorer::{Choice, Replay, ReplayError, Then};
use selvedge::goal::Goal;
use selvedge::numbers::count_of;
use selvedge::outcome::AnyOutcome;
use std::collections::BTreeMap;

/// A game with one scenario.
#[derive(Debug)]
pub(super) struct Game {
    pub(super) playback: Playback,
    pub(super) goal: Goal,
    /// The interleaving so far.
    pub(super) replay: Replay<AnyOutcome>,
    /// The position of all threads; the main thread is the last in the list.
    pub(super) position: Position,
    /// The index of the marked thread.
    pub(super) cursor: usize,
    pub(super) open: Open,
    /// The answer to the last key, if there is one.
    pub(super) message: Option<String>,
    /// The number of lines by which the history is scrolled up from its end.
    pub(super) scroll: usize,
    /// The results of the search for the shortest way, for each ending that was reached.
    answers: BTreeMap<Ending<AnyOutcome>, Answer>,
    /// The length of the schedule before each move, with the thread that was marked.
    moves: Vec<(usize, usize)>,
}

/// The part of the screen that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Open {
    /// The list of threads.
    Threads,
    /// The list of alternatives of this thread's step, with one of them marked.
    Alternatives { thread: usize, marked: usize },
    /// The help.
    Help,
}

/// `GoesOn` while the game goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    GoesOn,
    Quit,
}

/// The number of lines by which a key scrolls.
const PAGE: usize = 5;

impl Game {
    /// Begins a game.
    ///
    /// # Errors
    ///
    /// The reason why the scenario cannot be played: it runs for ever or takes too many steps.
    pub(super) fn new(playback: Playback) -> Result<Self, String> {
        let calm = follow(&playback, &[], Then::RunOn)?;
        let ending = calm.ending.as_ref().map(Playback::ending);
        let ending = ending.filter(|ending| !ending.is_cut_short()).ok_or_else(|| {
            format!(
                "after {} it had not ended: it takes too many, or goes on for ever",
                count_of(calm.schedule.len() as u64, "step")
            )
        })?;
        let replay = follow(&playback, &[], Then::Stop)?;
        let mut game = Game {
            goal: Goal::of(playback.scenario(), ending),
            playback,
            position: Position::of(&replay.interleaving),
            replay,
            cursor: 0,
            open: Open::Threads,
            message: None,
            scroll: 0,
            answers: BTreeMap::new(),
            moves: Vec::new(),
        };
        game.look();
        if game.replay.ending.is_none() {
            game.say("Press the key of a thread, and it takes its next step.".to_owned());
        }
        Ok(game)
    }

    /// Returns the ending of the execution, if it has ended.
    pub(super) fn ending(&self) -> Option<Ending<AnyOutcome>> {
        self.replay.ending.as_ref().map(Playback::ending)
    }

    /// Returns the result of the search for the shortest way to this ending, or to the goal if this ending
    /// misses it.
    pub(super) fn answer(&self) -> Option<&Answer> {
        self.answers.get(&self.ending()?)
    }

    /// Searches for the shortest way, if the execution has ended and there was no search yet. Returns `true`
    /// if it searched.
    pub(super) fn search(&mut self, interrupt: &Interrupt) -> bool {
        match self.ending() {
            Some(ending) if !self.answers.contains_key(&ending) => {
                let answer = answer::find(&self.playback, &self.goal, &ending, interrupt);
                self.answers.insert(ending, answer);
                true
            }
            _ => false,
        }
    }

    /// Carries out the command of a key.
    pub(super) fn press(&mut self, key: Key) -> Flow {
        self.message = None;
        match (self.open, key) {
            (_, Key::Quit) | (Open::Threads, Key::Escape) => return Flow::Quit,
            (Open::Help, _) => self.open = Open::Threads,
            (_, Key::Help) => self.open = Open::Help,
            (_, Key::PageUp) => self.scroll += PAGE,
            (_, Key::PageDown) => self.scroll = self.scroll.saturating_sub(PAGE),
            (Open::Alternatives { .. }, Key::Escape | Key::Back) => self.open = Open::Threads,
            (_, Key::Back) => self.back(),
            (_, Key::Again) => self.again(),
            (_, Key::RunOn) => self.run_on(),
            (Open::Threads, key) => self.choose_thread(key),
            (Open::Alternatives { thread, marked }, key) => self.choose_alternative(thread, marked, key),
        }
        Flow::GoesOn
    }

    /// Returns the digit that lets a thread of the list go on: its position for the first nine, 0 for the
    /// main thread.
    pub(super) fn digit(&self, index: usize) -> Option<u8> {
        match index {
            main if main + 1 == self.position.threads.len() => Some(0),
            index => u8::try_from(index + 1).ok().filter(|&digit| digit < 10),
        }
    }

    fn choose_thread(&mut self, key: Key) {
        let threads = self.position.threads.len();
        match key {
            Key::Up => self.cursor = (self.cursor + threads - 1) % threads,
            Key::Down => self.cursor = (self.cursor + 1) % threads,
            Key::Enter => self.step(self.cursor),
            Key::Digit(digit) => match (0..threads).find(|&index| self.digit(index) == Some(digit)) {
                Some(index) => self.step(index),
                None => self.say(format!("No thread has the key {digit}.")),
            },
            _ => self.say("That key means nothing here; ? shows those that do.".to_owned()),
        }
    }

    fn choose_alternative(&mut self, thread: usize, marked: usize, key: Key) {
        let NextStep::Ready { alternatives, .. } = &self.position.threads[thread].next else {
            return;
        };
        let count = alternatives.len();
        let mut mark = |marked| self.open = Open::Alternatives { thread, marked };
        match key {
            Key::Up => mark((marked + count - 1) % count),
            Key::Down => mark((marked + 1) % count),
            Key::Enter => self.take(thread, marked),
            Key::Digit(digit) if (1..=count).contains(&digit.into()) => {
                self.take(thread, usize::from(digit) - 1);
            }
            _ => self.say("Choose what the step comes to, or press Esc.".to_owned()),
        }
    }

    /// Makes a thread of the list take its step, if it can.
    fn step(&mut self, index: usize) {
        if self.replay.ending.is_some() {
            self.say("This is the end. r begins again, u takes back the last move.".to_owned());
            return;
        }
        let thread = &self.position.threads[index];
        let refusal = match &thread.next {
            NextStep::Ended => format!("{} has ended.", capitalised(&thread.name)),
            NextStep::Waits(what) => format!("{} cannot go on: it {what}.", capitalised(&thread.name)),
            NextStep::Ready { alternatives, .. } => {
                match alternatives.is_empty() {
                    true => self.take(index, 0),
                    false => {
                        self.open = Open::Alternatives {
                            thread: index,
                            marked: 0,
                        };
                    }
                }
                return;
            }
        };
        self.say(refusal);
    }

    /// Makes a thread of the list take its step, with this alternative.
    fn take(&mut self, thread: usize, alternative: usize) {
        let mut schedule = self.replay.schedule.clone();
        schedule.push(Choice::new(
            self.position.threads[thread].thread,
            u8::try_from(alternative).unwrap_or(u8::MAX),
        ));
        self.go_to(&schedule, Then::Stop, thread);
    }

    fn run_on(&mut self) {
        match self.replay.ending {
            Some(_) => self.say("This is the end already.".to_owned()),
            None => self.go_to(&self.replay.schedule.clone(), Then::RunOn, self.cursor),
        }
    }

    fn back(&mut self) {
        match self.moves.pop() {
            Some((before, cursor)) => {
                let schedule = self.replay.schedule[..before].to_vec();
                self.cursor = cursor;
                self.show(&schedule, Then::Stop);
            }
            None => self.say("This is the beginning: there is nothing to take back.".to_owned()),
        }
    }

    fn again(&mut self) {
        self.moves.clear();
        self.cursor = 0;
        self.show(&[], Then::Stop);
    }

    /// Makes a move of this thread.
    fn go_to(&mut self, schedule: &[Choice], then: Then, thread: usize) {
        let before = (self.replay.schedule.len(), self.cursor);
        self.cursor = thread;
        if self.show(schedule, then) {
            self.moves.push(before);
        } else {
            self.cursor = before.1;
        }
    }

    /// Shows the interleaving of a schedule and returns `true`; or shows why it cannot be run.
    fn show(&mut self, schedule: &[Choice], then: Then) -> bool {
        self.open = Open::Threads;
        match follow(&self.playback, schedule, then) {
            Ok(replay) => {
                self.position = Position::of(&replay.interleaving);
                self.replay = replay;
                self.scroll = 0;
                self.look();
                true
            }
            Err(why) => {
                self.say(why);
                false
            }
        }
    }

    /// Puts the main thread last, and marks a thread that can go on: if possible, the one that was marked
    /// before.
    fn look(&mut self) {
        self.position.threads.rotate_left(1);
        let can_go_on = |index: &usize| {
            let thread = self.position.threads.get(*index);
            thread.is_some_and(|thread| matches!(thread.next, NextStep::Ready { .. }))
        };
        let all = 0..self.position.threads.len();
        self.cursor = std::iter::once(self.cursor)
            .chain(all)
            .find(can_go_on)
            .unwrap_or(0);
    }

    fn say(&mut self, message: String) {
        self.message = Some(message);
    }
}

/// Executes the scenario by a schedule.
fn follow(playback: &Playback, schedule: &[Choice], then: Then) -> Result<Replay<AnyOutcome>, String> {
    playback.follow(schedule, then).map_err(|error| match error {
        ReplayError::TooLong { limit, .. } => {
            format!("No more than {} can be taken.", count_of(limit as u64, "step"))
        }
        ReplayError::Limit(limit) => format!("The explorer goes no further: {limit}."),
        error => format!("The scenario does not do the same each time: {error}."),
    })
}

fn capitalised(name: &str) -> String {
    let mut characters = name.chars();
    let first = characters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + characters.as_str()
}
