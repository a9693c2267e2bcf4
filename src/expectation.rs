//! The expectations of a scenario: the outcomes that are required, allowed, interesting or forbidden, and the
//! reasons.
//!
//! The four grades are those of JCStress, the concurrency stress tests of the OpenJDK; `required` is new.

use crate::execution::Ending;
use crate::outcome::{AnyOutcome, OutcomeTable};
use std::fmt;
use std::ops::RangeInclusive;

/// The meaning of an ending to its scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Expectation {
    /// Must be seen by every exhaustive engine; otherwise the check fails.
    Required,
    /// May be seen.
    Allowed,
    /// May be seen, and is worth a look.
    Interesting,
    /// Must never be seen.
    Forbidden,
    /// Nothing is known: the execution was abandoned before its real ending was known, and the scenario has
    /// no rule for that.
    Unclear,
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Expectation::Required => "required",
            Expectation::Allowed => "allowed",
            Expectation::Interesting => "interesting",
            Expectation::Forbidden => "forbidden",
            Expectation::Unclear => "unclear",
        })
    }
}

/// The expectations of a scenario, each with its reason.
///
/// The first rule that fits an ending decides. An ending that no rule fits is forbidden, unless the execution
/// was abandoned before its real ending was known.
///
/// ```
/// use selvedge::{Ending, Expectation, Expectations};
///
/// let expectations = Expectations::new()
///     .required(0, "every withdrawal is covered")
///     .interesting_if(|overdraft: &i64| *overdraft < 0, "the account is overdrawn");
/// assert_eq!(expectations.of(&Ending::Finished(-50)).0, Expectation::Interesting);
/// assert_eq!(expectations.of(&Ending::Deadlock).0, Expectation::Forbidden);
/// ```
pub struct Expectations<O> {
    rules: Vec<Rule<O>>,
}

struct Rule<O> {
    expectation: Expectation,
    endings: Endings<O>,
    reason: Reason<O>,
}

/// Returns the reason for the expectation of an ending.
type Reason<O> = Box<dyn Fn(&Ending<O>) -> String + Send + Sync>;

/// A set of endings.
enum Endings<O> {
    One(Ending<O>),
    If(Box<dyn Fn(&O) -> bool + Send + Sync>),
    Each {
        contains: Box<dyn Fn(&O) -> bool + Send + Sync>,
        all: Box<dyn Fn() -> Box<dyn Iterator<Item = O>> + Send + Sync>,
    },
}

impl<O> Endings<O>
where
    O: Ord,
{
    fn contain(&self, ending: &Ending<O>) -> bool {
        match (self, ending) {
            (Endings::One(one), ending) => one == ending,
            (Endings::If(contains) | Endings::Each { contains, .. }, Ending::Finished(outcome)) => {
                contains(outcome)
            }
            _ => false,
        }
    }
}

impl<O> fmt::Debug for Expectations<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.rules.iter().map(|rule| rule.expectation))
            .finish()
    }
}

impl<O> Default for Expectations<O> {
    fn default() -> Self {
        Expectations { rules: Vec::new() }
    }
}

impl<O: Ord + Clone + 'static> Expectations<O> {
    /// Creates expectations under which everything is forbidden.
    pub fn new() -> Self {
        Self::default()
    }

    /// Requires this outcome.
    pub fn required(self, outcome: O, reason: &str) -> Self {
        self.ending(Expectation::Required, Ending::Finished(outcome), reason)
    }

    /// Allows this outcome.
    pub fn allowed(self, outcome: O, reason: &str) -> Self {
        self.ending(Expectation::Allowed, Ending::Finished(outcome), reason)
    }

    /// Allows every outcome for which `predicate` holds.
    pub fn allowed_if(self, predicate: impl Fn(&O) -> bool + Send + Sync + 'static, reason: &str) -> Self {
        self.rule(
            Expectation::Allowed,
            Endings::If(Box::new(predicate)),
            fixed(reason),
        )
    }

    /// Allows every outcome for which `predicate` holds, and marks it as interesting.
    pub fn interesting_if(
        self,
        predicate: impl Fn(&O) -> bool + Send + Sync + 'static,
        reason: &str,
    ) -> Self {
        self.rule(
            Expectation::Interesting,
            Endings::If(Box::new(predicate)),
            fixed(reason),
        )
    }

    /// Forbids every outcome for which `predicate` holds.
    pub fn forbidden_if(self, predicate: impl Fn(&O) -> bool + Send + Sync + 'static, reason: &str) -> Self {
        self.rule(
            Expectation::Forbidden,
            Endings::If(Box::new(predicate)),
            fixed(reason),
        )
    }

    /// Gives this ending, such as a deadlock, an expectation.
    pub fn ending(self, expectation: Expectation, ending: Ending<O>, reason: &str) -> Self {
        self.rule(expectation, Endings::One(ending), fixed(reason))
    }

    /// Returns the expectation of an ending, and the reason for it.
    pub fn of(&self, ending: &Ending<O>) -> (Expectation, String) {
        match self.rules.iter().find(|rule| rule.endings.contain(ending)) {
            Some(rule) => (rule.expectation, (rule.reason)(ending)),
            None if ending.is_cut_short() => (Expectation::Unclear, unforeseen(ending).to_owned()),
            None => (Expectation::Forbidden, unforeseen(ending).to_owned()),
        }
    }

    /// Returns the required endings that the table does not have, each with its reason, in the order of the
    /// rules.
    pub fn missing<'a>(
        &'a self,
        table: &'a OutcomeTable<O>,
    ) -> impl Iterator<Item = (Ending<O>, String)> + 'a {
        self.rules
            .iter()
            .filter(|rule| rule.expectation == Expectation::Required)
            .flat_map(|rule| rule.endings.list().map(move |ending| (rule, ending)))
            .filter(|(_, ending)| table.count(ending) == 0)
            .map(|(rule, ending)| {
                let reason = (rule.reason)(&ending);
                (ending, reason)
            })
    }

    fn rule(
        mut self,
        expectation: Expectation,
        endings: Endings<O>,
        reason: impl Fn(&Ending<O>) -> String + Send + Sync + 'static,
    ) -> Self {
        self.rules.push(Rule {
            expectation,
            endings,
            reason: Box::new(reason),
        });
        self
    }
}

impl<O: Ord + Clone + fmt::Debug + Send + 'static> Expectations<O> {
    /// Forgets the type of the outcomes.
    pub fn into_any(self) -> Expectations<AnyOutcome> {
        Expectations {
            rules: self.rules.into_iter().map(Rule::into_any).collect(),
        }
    }
}

impl<O: Ord + Clone + fmt::Debug + Send + 'static> Rule<O> {
    fn into_any(self) -> Rule<AnyOutcome> {
        let reason = self.reason;
        Rule {
            expectation: self.expectation,
            endings: self.endings.into_any(),
            reason: Box::new(move |ending| reason(&ending.clone().map(AnyOutcome::into_inner))),
        }
    }
}

impl<O: Clone + Ord + fmt::Debug + Send + 'static> Endings<O> {
    fn into_any(self) -> Endings<AnyOutcome> {
        match self {
            Endings::One(ending) => Endings::One(ending.map(AnyOutcome::new)),
            Endings::If(contains) => Endings::If(Box::new(move |outcome| contains(outcome.get()))),
            Endings::Each { contains, all } => Endings::Each {
                contains: Box::new(move |outcome| contains(outcome.get())),
                all: Box::new(move || Box::new(all().map(AnyOutcome::new))),
            },
        }
    }
}

impl Expectations<i64> {
    /// Requires every outcome in `range`, each for the reason that `reason` gives.
    pub fn required_range(
        self,
        range: RangeInclusive<i64>,
        reason: impl Fn(i64) -> String + Send + Sync + 'static,
    ) -> Self {
        let every = range.clone();
        let endings = Endings::Each {
            contains: Box::new(move |outcome| range.contains(outcome)),
            all: Box::new(move || Box::new(every.clone())),
        };
        self.rule(Expectation::Required, endings, move |ending| match ending {
            Ending::Finished(outcome) => reason(*outcome),
            _ => String::new(),
        })
    }
}

impl<O: Clone + 'static> Endings<O> {
    /// Returns the endings that a required rule names one by one; a predicate names none.
    fn list(&self) -> Box<dyn Iterator<Item = Ending<O>> + '_> {
        match self {
            Endings::One(ending) => Box::new(std::iter::once(ending.clone())),
            Endings::If(_) => Box::new(std::iter::empty()),
            Endings::Each { all, .. } => Box::new(all().map(Ending::Finished)),
        }
    }
}

fn fixed<O>(reason: &str) -> impl Fn(&Ending<O>) -> String + Send + Sync + 'static {
    let reason = reason.to_owned();
    move |_| reason.clone()
}

/// Returns the reason why an ending that no rule fits is forbidden.
fn unforeseen<O>(ending: &Ending<O>) -> &'static str {
    match ending {
        Ending::Finished(_) => "the scenario does not expect this outcome",
        Ending::Deadlock => "threads wait for one another, and none can go on",
        Ending::Panic(_) => "a thread panicked",
        Ending::DataRace => "two accesses to plain memory that nothing orders: undefined behaviour",
        Ending::StepLimit => "abandoned: an endless loop, or a step limit that is too low",
        Ending::TimeLimit => "abandoned: an endless wait or loop, or too little time",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rule_that_fits_decides() {
        let expectations = Expectations::new()
            .required(0, "zero")
            .allowed_if(|n| *n < 10, "small")
            .forbidden_if(|n| *n == 5, "never reached: five is small");
        assert_eq!(
            expectations.of(&Ending::Finished(0)),
            (Expectation::Required, "zero".to_owned())
        );
        assert_eq!(
            expectations.of(&Ending::Finished(5)),
            (Expectation::Allowed, "small".to_owned())
        );
        assert_eq!(expectations.of(&Ending::Finished(10)).0, Expectation::Forbidden);
        assert_eq!(expectations.of(&Ending::DataRace).0, Expectation::Forbidden);
        assert_eq!(expectations.of(&Ending::StepLimit).0, Expectation::Unclear);
    }

    #[test]
    fn what_is_required_and_not_seen_is_missing() {
        let expectations = Expectations::new()
            .ending(Expectation::Required, Ending::Deadlock, "both wait")
            .required_range(-1..=1, |n| format!("value {n}"));
        let mut table = OutcomeTable::default();
        table.record(Ending::Finished(0));
        let missing: Vec<_> = expectations.missing(&table).collect();
        assert_eq!(
            missing,
            [
                (Ending::Deadlock, "both wait".to_owned()),
                (Ending::Finished(-1), "value -1".to_owned()),
                (Ending::Finished(1), "value 1".to_owned()),
            ]
        );
    }

    #[test]
    fn each_grade_is_named_after_jcstress() {
        use Expectation::{Allowed, Forbidden, Interesting, Required, Unclear};
        let names = [Required, Allowed, Interesting, Forbidden, Unclear].map(|grade| grade.to_string());
        assert_eq!(names.join(" "), "required allowed interesting forbidden unclear");
    }

    /// Rules of every kind: 0 is required, 1 is allowed, 2 to 4 are required, and so on.
    fn every_kind_of_rule() -> Expectations<i64> {
        Expectations::new()
            .required(0, "zero")
            .allowed(1, "one")
            .required_range(2..=4, |n| format!("value {n}"))
            .interesting_if(|n| *n > 4, "large")
            .ending(Expectation::Allowed, Ending::Deadlock, "it may block")
    }

    const JUDGED: [(Ending<i64>, Expectation, &str); 8] = [
        (Ending::Finished(0), Expectation::Required, "zero"),
        (Ending::Finished(1), Expectation::Allowed, "one"),
        (Ending::Finished(4), Expectation::Required, "value 4"),
        (Ending::Finished(5), Expectation::Interesting, "large"),
        (
            Ending::Finished(-1),
            Expectation::Forbidden,
            "the scenario does not expect this outcome",
        ),
        (Ending::Deadlock, Expectation::Allowed, "it may block"),
        (
            Ending::DataRace,
            Expectation::Forbidden,
            "two accesses to plain memory that nothing orders: undefined behaviour",
        ),
        (
            Ending::TimeLimit,
            Expectation::Unclear,
            "abandoned: an endless wait or loop, or too little time",
        ),
    ];

    #[test]
    fn each_kind_of_rule_gives_its_expectation_and_its_reason() {
        let expectations = every_kind_of_rule();
        for (ending, expectation, reason) in JUDGED {
            assert_eq!(expectations.of(&ending), (expectation, reason.to_owned()));
        }
    }

    #[test]
    fn expectations_that_forget_the_type_judge_alike() {
        let expectations = every_kind_of_rule().into_any();
        for (ending, expectation, reason) in JUDGED {
            let ending = ending.map(AnyOutcome::new);
            assert_eq!(expectations.of(&ending), (expectation, reason.to_owned()));
        }
        let mut table = OutcomeTable::default();
        table.record(Ending::Finished(AnyOutcome::new(3i64)));
        let missing: Vec<_> = expectations.missing(&table).collect();
        let required = [(0i64, "zero"), (2, "value 2"), (4, "value 4")];
        assert_eq!(
            missing,
            required.map(|(outcome, reason)| (Ending::Finished(AnyOutcome::new(outcome)), reason.to_owned()))
        );
    }

    #[test]
    fn debug_output_lists_the_grades() {
        assert_eq!(
            format!("{:?}", every_kind_of_rule()),
            "[Required, Allowed, Required, Interesting, Allowed]"
        );
    }
}
