//! Verdicts: what an exploration shows about a scenario, and no more than that.

use crate::engine::{Bound, Completeness, Engine, Exploration, Weak};
use crate::execution::Ending;
use crate::expectation::{Expectation, Expectations};
use crate::numbers::count_of;
use std::fmt;

/// The judgement of an exploration.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// Everything within the scenario's size and the engine's memory model was explored, and it is as
    /// expected.
    Proved,
    /// Everything within these bounds was explored, and it is as expected. Nothing else was left out, unless
    /// the engine had to stop at the first ending of some kind.
    Bounded(String),
    /// Every sampled execution is as expected; there may be endings that were not seen.
    Sampled,
    /// Nothing forbidden was seen, but less was explored than was asked for. This does not pass.
    Inconclusive(String),
    /// Something forbidden was seen; or everything within the scenario's size and the engine's memory model
    /// was explored, and something required was not seen.
    Refuted(String),
}

/// How much a verdict that passes shows: a sample shows least, a proof most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strength {
    /// Some executions are as expected.
    Sampled,
    /// Everything within a bound is as expected.
    Bounded,
    /// Everything is as expected.
    Proved,
}

impl Strength {
    /// Every strength, from the least to the greatest.
    pub const ALL: [Strength; 3] = [Strength::Sampled, Strength::Bounded, Strength::Proved];

    /// Returns the strength in one word, as [`Verdict::kind`] names it.
    pub fn name(self) -> &'static str {
        match self {
            Strength::Sampled => "sampled",
            Strength::Bounded => "bounded",
            Strength::Proved => "proved",
        }
    }
}

impl fmt::Display for Strength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Verdict {
    /// Judges an exploration by the scenario's expectations.
    pub fn of<O: Ord + Clone + fmt::Debug + 'static>(
        exploration: &Exploration<O>,
        expectations: &Expectations<O>,
        engine: &dyn Engine,
        describe: impl Fn(&Ending<O>) -> String,
    ) -> Verdict {
        let first = |wanted| {
            exploration
                .outcomes
                .iter()
                .find(|(ending, _)| expectations.of(ending).0 == wanted)
        };
        if let Some((ending, _)) = first(Expectation::Forbidden) {
            let reason = expectations.of(ending).1;
            let how = match exploration.only_weak().contains(ending) {
                true => "; it takes weak memory, as no interleaving ends so",
                false => "",
            };
            return Verdict::Refuted(format!("{} is forbidden: {reason}{how}", describe(ending)));
        }
        if let Completeness::CutShort(cut) = &exploration.completeness {
            return Verdict::Inconclusive(cut.to_string());
        }
        if let Some((ending, count)) = first(Expectation::Unclear) {
            let executions = count_of(count, "execution");
            return Verdict::Inconclusive(format!("{executions} abandoned at the {}", ending.kind()));
        }
        let missing = missing(exploration, expectations, engine).next();
        if let (Some((ending, _)), Weak::LeftOut(reason)) = (&missing, &exploration.weak) {
            return Verdict::Inconclusive(format!(
                "{} is required, but was not seen under sequential consistency, and weak memory was left out: {reason}",
                describe(ending)
            ));
        }
        match (&exploration.completeness, missing) {
            (Completeness::Exhaustive, Some((ending, reason))) => Verdict::Refuted(format!(
                "{} is required, and no execution ends so: {reason}",
                describe(&ending)
            )),
            (Completeness::Bounded(bounds), Some((ending, _))) => Verdict::Inconclusive(format!(
                "{} is required, but was not seen: {}",
                describe(&ending),
                list(bounds)
            )),
            (Completeness::Exhaustive, None) => Verdict::Proved,
            (Completeness::Bounded(bounds), None) => Verdict::Bounded(list(bounds)),
            (Completeness::Sampled, _) => Verdict::Sampled,
            (Completeness::CutShort(cut), _) => Verdict::Inconclusive(cut.to_string()),
        }
    }

    /// Returns `true` if everything that was asked for is as expected.
    pub fn is_as_expected(&self) -> bool {
        matches!(self, Verdict::Proved | Verdict::Bounded(_) | Verdict::Sampled)
    }

    /// Returns how much the verdict shows; `None` if it does not pass.
    pub fn strength(&self) -> Option<Strength> {
        match self {
            Verdict::Proved => Some(Strength::Proved),
            Verdict::Bounded(_) => Some(Strength::Bounded),
            Verdict::Sampled => Some(Strength::Sampled),
            Verdict::Inconclusive(_) | Verdict::Refuted(_) => None,
        }
    }

    /// Returns the verdict in one word, as reports and JSON name it.
    pub fn kind(&self) -> &'static str {
        match self {
            Verdict::Proved => "proved",
            Verdict::Bounded(_) => "bounded",
            Verdict::Sampled => "sampled",
            Verdict::Inconclusive(_) => "inconclusive",
            Verdict::Refuted(_) => "refuted",
        }
    }

    /// Returns what was left out, or what went wrong; `None` if neither.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Verdict::Proved | Verdict::Sampled => None,
            Verdict::Bounded(reason) | Verdict::Inconclusive(reason) | Verdict::Refuted(reason) => {
                Some(reason)
            }
        }
    }
}

fn list(bounds: &[Bound]) -> String {
    bounds.iter().map(Bound::to_string).collect::<Vec<_>>().join(", ")
}

/// Returns the required endings that the engine should have seen and has not.
///
/// An engine that does not detect data races need not see one. After a data race the program has no meaning,
/// so nothing else can be required of it. Of an engine that has gone astray in artefacts nothing is required:
/// another one has explored all there is.
pub(crate) fn missing<'a, O: Ord + Clone + 'static>(
    exploration: &'a Exploration<O>,
    expectations: &'a Expectations<O>,
    engine: &dyn Engine,
) -> impl Iterator<Item = (Ending<O>, String)> + 'a {
    let detects_data_races = engine.detects_data_races();
    let has_artefacts = matches!(
        &exploration.completeness,
        Completeness::Bounded(bounds) if bounds.contains(&Bound::Artefacts)
    );
    let has_data_race = exploration.outcomes.count(&Ending::DataRace) > 0;
    expectations
        .missing(&exploration.outcomes)
        .filter(move |(ending, _)| *ending != Ending::DataRace || detects_data_races)
        .filter(move |_| !has_data_race && !has_artefacts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Cut, Explorer, Method, Threads};
    use crate::outcome::OutcomeTable;
    use std::time::Duration;

    fn exploration(endings: &[Ending<i64>], completeness: Completeness) -> Exploration<i64> {
        let mut outcomes = OutcomeTable::default();
        endings.iter().cloned().for_each(|ending| outcomes.record(ending));
        let executions = outcomes.total();
        Exploration {
            outcomes,
            executions,
            blocked: 0,
            completeness,
            is_exact: false,
            weak: Weak::Unasked,
            sequential: None,
            elapsed: Duration::ZERO,
            speedup: None,
            method: Method::Executions,
        }
    }

    fn zero_and_one() -> Expectations<i64> {
        Expectations::new().required(0, "zero").required(1, "one")
    }

    fn verdict(endings: &[Ending<i64>], completeness: Completeness) -> Verdict {
        Verdict::of(
            &exploration(endings, completeness),
            &zero_and_one(),
            &Threads,
            |ending| format!("{ending}"),
        )
    }

    const BOTH: [Ending<i64>; 2] = [Ending::Finished(0), Ending::Finished(1)];

    #[test]
    fn everything_required_and_nothing_else_is_proved_only_if_everything_was_explored() {
        assert_eq!(verdict(&BOTH, Completeness::Exhaustive), Verdict::Proved);
        assert_eq!(verdict(&BOTH, Completeness::Sampled), Verdict::Sampled);
        assert_eq!(
            verdict(&BOTH, Completeness::Bounded(vec![Bound::Preemptions(2)])).kind(),
            "bounded"
        );
        assert_eq!(
            verdict(&BOTH, Completeness::CutShort(Cut::Time)).kind(),
            "inconclusive"
        );
    }

    #[test]
    fn a_proof_is_stronger_than_a_bound_and_a_bound_than_a_sample() {
        let bounded = Completeness::Bounded(vec![Bound::Preemptions(2)]);
        let [proved, bounded, sampled] = [Completeness::Exhaustive, bounded, Completeness::Sampled]
            .map(|completeness| verdict(&BOTH, completeness).strength());
        assert!(proved > bounded && bounded > sampled && sampled > None);
        assert_eq!(
            [proved, bounded, sampled],
            [Strength::Proved, Strength::Bounded, Strength::Sampled].map(Some)
        );
        assert_eq!(verdict(&BOTH, Completeness::CutShort(Cut::Time)).strength(), None);
        assert_eq!(
            verdict(&[Ending::Deadlock], Completeness::Exhaustive).strength(),
            None
        );
    }

    #[test]
    fn something_forbidden_refutes_however_little_was_explored() {
        for wrong in [
            Ending::Finished(2),
            Ending::Deadlock,
            Ending::DataRace,
            Ending::Panic("no".into()),
        ] {
            for completeness in [
                Completeness::Exhaustive,
                Completeness::Sampled,
                Completeness::CutShort(Cut::Executions),
            ] {
                assert_eq!(
                    verdict(std::slice::from_ref(&wrong), completeness).kind(),
                    "refuted"
                );
            }
        }
    }

    #[test]
    fn something_required_that_is_missing_refutes_only_if_everything_was_explored() {
        let zero = [Ending::Finished(0)];
        assert_eq!(
            verdict(&zero, Completeness::Exhaustive),
            Verdict::Refuted("1 is required, and no execution ends so: one".to_owned())
        );
        assert_eq!(verdict(&zero, Completeness::Sampled), Verdict::Sampled);
        assert_eq!(
            verdict(&zero, Completeness::Bounded(vec![Bound::Preemptions(0)])).kind(),
            "inconclusive"
        );
    }

    #[test]
    fn an_abandoned_execution_is_inconclusive_unless_the_scenario_speaks_of_it() {
        let endings = [Ending::Finished(0), Ending::Finished(1), Ending::StepLimit];
        assert_eq!(verdict(&endings, Completeness::Exhaustive).kind(), "inconclusive");
        let judge = |expectation| {
            let expectations = zero_and_one().ending(expectation, Ending::StepLimit, "spins");
            Verdict::of(
                &exploration(&endings, Completeness::Exhaustive),
                &expectations,
                &Threads,
                |_| String::new(),
            )
        };
        assert_eq!(judge(Expectation::Allowed).kind(), "proved");
        assert_eq!(judge(Expectation::Forbidden).kind(), "refuted");
    }

    #[test]
    fn a_data_race_is_required_only_of_engines_that_see_one() {
        let expectations =
            || zero_and_one().ending(Expectation::Required, Ending::DataRace, "nothing orders them");
        let judge = |endings: &[Ending<i64>], detects: bool| {
            let exploration = exploration(endings, Completeness::Exhaustive);
            match detects {
                true => Verdict::of(&exploration, &expectations(), &Explorer::default(), |_| {
                    String::new()
                }),
                false => Verdict::of(&exploration, &expectations(), &Threads, |_| String::new()),
            }
        };
        assert_eq!(judge(&BOTH, false), Verdict::Proved);
        assert_eq!(judge(&BOTH, true).kind(), "refuted");
        assert_eq!(
            judge(&[Ending::DataRace], true),
            Verdict::Proved,
            "nothing else can be asked for"
        );
    }

    #[test]
    fn a_verdict_passes_if_it_has_a_strength_and_gives_its_reason() {
        let bounds = Completeness::Bounded(vec![Bound::Preemptions(2), Bound::Timeouts]);
        let forbidden = "2 is forbidden: the scenario does not expect this outcome";
        for (endings, completeness, kind, reason) in [
            (&BOTH[..], Completeness::Exhaustive, "proved", None),
            (
                &BOTH[..],
                bounds,
                "bounded",
                Some("at most 2 preemptions, at most 2 time-outs of each thread"),
            ),
            (&BOTH[..], Completeness::Sampled, "sampled", None),
            (
                &BOTH[..],
                Completeness::CutShort(Cut::EngineGaveUp("too large".into())),
                "inconclusive",
                Some("the engine gave up: too large"),
            ),
            (
                &[Ending::Finished(2)],
                Completeness::Sampled,
                "refuted",
                Some(forbidden),
            ),
        ] {
            let verdict = verdict(endings, completeness);
            assert_eq!((verdict.kind(), verdict.reason()), (kind, reason));
            assert_eq!(verdict.is_as_expected(), verdict.strength().is_some(), "{kind}");
            if let Some(strength) = verdict.strength() {
                assert_eq!(strength.to_string(), kind);
            }
        }
    }

    #[test]
    fn nothing_is_required_of_an_engine_that_has_gone_astray() {
        let zero = [Ending::Finished(0)];
        let astray = Completeness::Bounded(vec![Bound::Artefacts]);
        assert_eq!(verdict(&zero, astray).kind(), "bounded");
        let bounds = Completeness::Bounded(vec![Bound::Timeouts]);
        assert_eq!(
            verdict(&zero, bounds),
            Verdict::Inconclusive(
                "1 is required, but was not seen: at most 2 time-outs of each thread".to_owned()
            )
        );
    }
}
