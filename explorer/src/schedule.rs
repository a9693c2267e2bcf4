//! Schedules as text, for people to read and to type.
//!
//! A schedule is a line of steps, separated by spaces: each the name of the thread, with `:` and the number
//! of the alternative if it is not the first. Under a weak memory model `~` follows, and how many of the earlier
//! changes of the same object come later in coherence order than the step, or than what it reads, if there are any.
//! A step that is repeated is followed by `×` (or `x`, or `*`) and how often.

use std::fmt;
use std::str::FromStr;

use super::MAX_STEPS;
use super::identity::{MAX_THREADS, ThreadId};

/// The largest number of an alternative.
const MAX_ALTERNATIVE: u8 = 63;

/// The smallest number of equal steps in a row that are written as one.
const REPEATED: usize = 3;

/// One step of a schedule: which thread executes its next operation, with which alternative.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Choice {
    /// The thread that executes its next operation.
    pub thread: ThreadId,
    /// The alternative, if the operation is a choice; 0 for all others.
    pub alternative: u8,
    /// The number of earlier changes of the same object that come later than it in coherence order; if it reads, that
    /// it does not see. 0 unless the schedule is one of a weak memory model. See [`Event::unseen`](crate::Event::unseen).
    pub unseen: u16,
}

impl Choice {
    /// Creates the choice of a step that sees all that came before it.
    pub fn new(thread: ThreadId, alternative: u8) -> Self {
        Self {
            thread,
            alternative,
            unseen: 0,
        }
    }
}

/// A list of choices: enough to execute one interleaving again.
///
/// # Examples
///
/// ```
/// use selvedge_explorer::Schedule;
///
/// let schedule: Schedule = "main 1 1 2×3 1.2:1 2~1".parse()?;
/// assert_eq!(schedule.0.len(), 8);
/// assert_eq!(schedule.to_string(), "main 1 1 2×3 1.2:1 2~1");
/// assert!(schedule.is_weak());
/// # Ok::<(), selvedge_explorer::ScheduleError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Schedule(pub Vec<Choice>);

/// The way to go on after a schedule.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Then {
    /// Goes on without preemption: with the thread that ran last while it can, else with the first by name
    /// that can. A step that is a choice takes its first alternative.
    RunOn,
    /// Stops there.
    Stop,
}

/// Returns one step of a schedule as text.
pub(crate) fn token(choice: &Choice) -> String {
    let mut token = choice.thread.to_string();
    if choice.alternative > 0 {
        token += &format!(":{}", choice.alternative);
    }
    if choice.unseen > 0 {
        token += &format!("~{}", choice.unseen);
    }
    token
}

impl Schedule {
    /// Returns `true` if a step does not see all that came before it: only a weak memory model, and the search over
    /// execution graphs, can have such steps.
    pub fn is_weak(&self) -> bool {
        self.0.iter().any(|choice| choice.unseen > 0)
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for run in self.0.chunk_by(|left, right| left == right) {
            let token = token(&run[0]);
            if run.len() >= REPEATED {
                write!(f, "{separator}{token}×{}", run.len())?;
            } else {
                for _ in run {
                    write!(f, "{separator}{token}")?;
                    separator = " ";
                }
            }
            separator = " ";
        }
        Ok(())
    }
}

/// The error that a text is not a schedule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScheduleError {
    /// The number of the step that is wrong, from 1; a step with a repetition counts once.
    pub step: usize,
    /// The step's text; of a long one, the beginning.
    pub token: String,
    /// The fault of that step.
    pub why: BadStep,
}

/// A fault in a step of a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum BadStep {
    /// It does not begin with the name of a thread.
    Thread,
    /// The text after `:` is not the number of an alternative.
    Alternative,
    /// The text after `~` is not a number of changes that the step does not see.
    Unseen,
    /// The text after `×` is not a number of repetitions.
    Times,
    /// The schedule has more than [`MAX_STEPS`] steps with this one.
    TooLong,
}

impl fmt::Display for ScheduleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { step, token, why } = self;
        write!(f, "step {step} of the schedule, `{}`: ", token.escape_debug())?;
        match why {
            BadStep::Thread => write!(
                f,
                "a step begins with a thread: `main`, or numbers from 1 to {} with dots between, like `2` or `1.2`",
                MAX_THREADS - 1
            ),
            BadStep::Alternative => {
                write!(
                    f,
                    "after `:` comes the number of an alternative, from 0 to {MAX_ALTERNATIVE}"
                )
            }
            BadStep::Unseen => write!(
                f,
                "after `~` comes how many earlier changes the step does not see, from 0 to {MAX_STEPS}, like `2~1`"
            ),
            BadStep::Times => write!(f, "after `×` comes how often, from 1 to {MAX_STEPS}, like `2×3`"),
            BadStep::TooLong => write!(f, "with it the schedule has more than {MAX_STEPS} steps"),
        }
    }
}

impl std::error::Error for ScheduleError {}

impl FromStr for Schedule {
    type Err = ScheduleError;

    /// Reads a schedule; an empty text is the empty schedule.
    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        let mut choices = Vec::new();
        for (index, token) in text.split_whitespace().enumerate() {
            let error = |why| ScheduleError {
                step: index + 1,
                token: token.chars().take(40).collect(),
                why,
            };
            let (choice, times) = step(token).map_err(error)?;
            if times > MAX_STEPS - choices.len() {
                return Err(error(BadStep::TooLong));
            }
            choices.extend(std::iter::repeat_n(choice, times));
        }
        Ok(Self(choices))
    }
}

/// Reads one step, and how often it is repeated.
fn step(token: &str) -> Result<(Choice, usize), BadStep> {
    let (step, times) = match token.split_once(['×', 'x', '*']) {
        Some((step, times)) => (step, number(times, MAX_STEPS).ok_or(BadStep::Times)?),
        None => (token, 1),
    };
    let (step, unseen) = match step.split_once('~') {
        Some((step, number)) => (step, unseen(number)?),
        None => (step, 0),
    };
    let (name, alternative) = match step.split_once(':') {
        Some((name, number)) => (name, alternative(number)?),
        None => (step, 0),
    };
    let choice = Choice {
        thread: thread(name).ok_or(BadStep::Thread)?,
        alternative,
        unseen,
    };
    Ok((choice, times))
}

fn unseen(text: &str) -> Result<u16, BadStep> {
    match text {
        "0" => Ok(0),
        text => number(text, MAX_STEPS)
            .map(|number| number as u16)
            .ok_or(BadStep::Unseen),
    }
}

fn alternative(text: &str) -> Result<u8, BadStep> {
    match text {
        "0" => Ok(0),
        text => number(text, MAX_ALTERNATIVE.into())
            .map(|number| number as u8)
            .ok_or(BadStep::Alternative),
    }
}

fn thread(name: &str) -> Option<ThreadId> {
    if name == "main" {
        return Some(ThreadId::MAIN);
    }
    let mut id = ThreadId::MAIN;
    for (depth, nth) in name.split('.').enumerate() {
        let nth = number(nth, MAX_THREADS - 1).filter(|_| depth < MAX_THREADS - 1)?;
        id = id.child(nth as u8);
    }
    Some(id)
}

/// Reads a number from 1 to the limit, written in digits without zeros before it.
fn number(text: &str, limit: usize) -> Option<usize> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    let number = text.parse().ok().filter(|_| plain)?;
    (number <= limit).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn error(text: &str) -> (usize, BadStep) {
        let error = text.parse::<Schedule>().expect_err(text);
        (error.step, error.why)
    }

    #[test]
    fn short_and_long_forms_are_read() {
        let short: Schedule = "main 1.2:3x2 2*1 2×2 2:1~1x2".parse().unwrap();
        let long: Schedule = " main\t1.2:3 1.2:3\n2:0 2~0 2 2:1~1 2:1~1".parse().unwrap();
        assert_eq!(short, long);
        assert_eq!(short.to_string(), "main 1.2:3 1.2:3 2×3 2:1~1 2:1~1");
        assert_eq!("".parse(), Ok(Schedule::default()));
    }

    #[test]
    fn what_is_wrong_is_said() {
        for thread in [
            "0",
            "16",
            "-1",
            "1.",
            ".1",
            "1..2",
            "Main",
            "01",
            "ä",
            "🧵",
            "×3",
            ":1",
            "1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1",
        ] {
            assert_eq!(error(&format!("1 {thread}")), (2, BadStep::Thread), "{thread}");
        }
        for alternative in ["1:", "1:64", "1:-1", "1:١", "1:1:1", "1:x"] {
            let expected = if alternative.ends_with('x') {
                BadStep::Times
            } else {
                BadStep::Alternative
            };
            assert_eq!(error(alternative), (1, expected), "{alternative}");
        }
        for unseen in ["1~", "1~-1", "1~60001", "1~01", "1~~1", "1~1~1", "1:1~", "1~1:1"] {
            assert_eq!(error(unseen), (1, BadStep::Unseen), "{unseen}");
        }
        for times in [
            "1×",
            "1×0",
            "1×99999999999",
            "1×60001",
            "1×99999999999999999999999999",
            "1×2×3",
            "1x-1",
        ] {
            assert_eq!(error(times), (1, BadStep::Times), "{times}");
        }
        assert_eq!(error("1×60000 main"), (2, BadStep::TooLong));
        assert_eq!("1×60000".parse::<Schedule>().unwrap().0.len(), MAX_STEPS);
        let text = "1 main 2×q".parse::<Schedule>().unwrap_err().to_string();
        assert_eq!(
            text,
            "step 3 of the schedule, `2×q`: after `×` comes how often, from 1 to 60000, like `2×3`"
        );
        let long = "ü".repeat(100_000).parse::<Schedule>().unwrap_err();
        assert_eq!(long.token.chars().count(), 40);
    }

    fn choice() -> impl Strategy<Value = Choice> {
        let path = prop::collection::vec(1..MAX_THREADS as u8, 0..MAX_THREADS - 1);
        let marks = (any::<bool>(), any::<bool>());
        (path, 0..=MAX_ALTERNATIVE, 0..=MAX_STEPS as u16, marks).prop_map(
            |(path, alternative, unseen, marks)| Choice {
                thread: path.into_iter().fold(ThreadId::MAIN, ThreadId::child),
                alternative: if marks.0 { alternative } else { 0 },
                unseen: if marks.1 { unseen } else { 0 },
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(runs in prop::collection::vec((choice(), 1..6usize), 0..20)) {
            let choices = runs.into_iter().flat_map(|(choice, times)| std::iter::repeat_n(choice, times));
            let schedule = Schedule(choices.collect());
            prop_assert_eq!(schedule.to_string().parse(), Ok(schedule));
        }

        #[test]
        fn no_text_panics(text in ".{0,60}") {
            if let Ok(schedule) = text.parse::<Schedule>() {
                prop_assert_eq!(schedule.to_string().parse(), Ok(schedule));
            }
        }
    }
}
