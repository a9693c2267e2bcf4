//! The goal of the game: another ending than the one without preemption.

use crate::execution::Ending;
use crate::expectation::Expectation;
use crate::outcome::{AnyOutcome, OutcomeTable};
use crate::scenario::AnyScenario;

/// The task of the player, made from the scenario's expectations.
#[derive(Debug)]
pub struct Goal {
    /// The ending of the scenario without preemption.
    calm: Ending<AnyOutcome>,
    /// The task, in a sentence.
    pub text: String,
    /// The scenario's expectations of it, in a sentence.
    pub hint: String,
}

impl Goal {
    /// Returns the goal of a scenario that ends like this without preemption.
    pub fn of(scenario: &AnyScenario, calm: Ending<AnyOutcome>) -> Self {
        let text = match &calm {
            Ending::Finished(_) => sentence(&format!(
                "try to end anywhere but at {}",
                described(scenario, &calm)
            )),
            failure => format!("Try to end without a {}.", failure.kind()),
        };
        Goal {
            text,
            hint: hint(scenario, &calm),
            calm,
        }
    }

    /// Returns `true` for an ending that reaches the goal.
    pub fn is_reached(&self, ending: &Ending<AnyOutcome>) -> bool {
        *ending != self.calm && !ending.is_cut_short()
    }
}

/// The number of endings that a hint lists one by one.
const LISTED: usize = 6;

fn hint(scenario: &AnyScenario, calm: &Ending<AnyOutcome>) -> String {
    let expectations = scenario.expectations();
    let (_, reason) = expectations.of(calm);
    if !matches!(calm, Ending::Finished(_)) {
        return sentence(&reason);
    }
    let none = OutcomeTable::default();
    let others: Vec<_> = expectations
        .missing(&none)
        .filter(|(ending, _)| ending != calm)
        .collect();
    let Some((_, why)) = others.first() else {
        return format!("The scenario names no other ending: {}", stopped(&reason));
    };
    let names: Vec<String> = others
        .iter()
        .map(|(ending, _)| described(scenario, ending))
        .collect();
    let names = match names.as_slice() {
        [first, second, .., last] if names.len() > LISTED => format!("{first}, {second}, … {last}"),
        all => list(all),
    };
    format!("The scenario says that it can be done: {names} ({why}).")
}

/// Returns an ending in words, with a minus sign for the hyphen of a negative number.
pub fn described(scenario: &AnyScenario, ending: &Ending<AnyOutcome>) -> String {
    with_minus(&scenario.describe_ending(ending))
}

/// Returns a text with a minus sign for the hyphen of a negative number at its beginning.
pub fn with_minus(text: &str) -> String {
    match text.strip_prefix('-') {
        Some(number) if number.starts_with(|first: char| first.is_ascii_digit()) => format!("−{number}"),
        _ => text.to_owned(),
    }
}

/// Returns the meaning of an expectation in words for a player.
pub fn says(expectation: Expectation) -> &'static str {
    match expectation {
        Expectation::Required => "The scenario says that this can happen:",
        Expectation::Allowed => "The scenario allows this:",
        Expectation::Interesting => "The scenario allows this, and finds it worth a look:",
        Expectation::Forbidden => "The scenario says that this must not happen:",
        Expectation::Unclear => "The scenario does not say what this means:",
    }
}

/// Returns the text with a capital letter and, like [`stopped`], with a full stop.
pub fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_uppercase().to_string());
    stopped(&(first.unwrap_or_default() + characters.as_str()))
}

/// Returns the text with a full stop, unless it ends with a mark already.
pub fn stopped(text: &str) -> String {
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{text}{stop}")
}

fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::counter::Variant;
    use crate::scenario::{Counting, Updates};

    fn goal(variant: Variant, iterations: u64, calm: Ending<i64>) -> Goal {
        let threads = 2;
        let scenario = Updates {
            variant,
            threads,
            iterations,
        };
        Goal::of(&scenario.into(), calm.map(AnyOutcome::new))
    }

    fn finished(outcome: impl Ord + Clone + std::fmt::Debug + Send + 'static) -> Ending<AnyOutcome> {
        Ending::Finished(AnyOutcome::new(outcome))
    }

    #[test]
    fn the_goal_comes_from_the_expectations() {
        let unlocked = goal(Variant::Unlocked, 1, Ending::Finished(0));
        assert_eq!(unlocked.text, "Try to end anywhere but at 0.");
        assert_eq!(
            unlocked.hint,
            "The scenario says that it can be done: −1 and 1 (updates were lost)."
        );
        let locked = goal(Variant::Locked, 1, Ending::Finished(0));
        assert_eq!(locked.text, unlocked.text);
        assert_eq!(
            locked.hint,
            "The scenario names no other ending: every update counts."
        );
        let race = goal(Variant::DataRace, 1, Ending::DataRace);
        assert_eq!(race.text, "Try to end without a data race.");
        assert_eq!(
            race.hint,
            "Nothing orders the accesses of two threads: undefined behaviour."
        );
        let many = goal(Variant::Unlocked, 5, Ending::Finished(0));
        assert!(many.hint.contains(": −5, −4, … 5 ("), "{}", many.hint);
        let counting = Counting {
            threads: 2,
            iterations: 1,
        };
        let counting = Goal::of(&counting.into(), finished(Counting::DONE));
        assert_eq!(counting.text, "Try to end anywhere but at Counting done!");
    }

    #[test]
    fn any_other_ending_reaches_the_goal_unless_it_was_cut_short() {
        let goal = goal(Variant::Unlocked, 1, Ending::Finished(0));
        assert!(goal.is_reached(&finished(-1i64)) && goal.is_reached(&Ending::Deadlock));
        assert!(!goal.is_reached(&finished(0i64)) && !goal.is_reached(&Ending::StepLimit));
    }
}
