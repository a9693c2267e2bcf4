//! The chapter about a million updates: what is proved of them, and what real threads do.

use super::part::{MILLION, Part};
use super::words::{A_MILLION_TIMES, ASSUMED, ON_REAL_THREADS, SUM_INVARIANT, TOO_MANY_ORDERS};
use super::{Ended, PATIENCE, Story, executions};
use selvedge::Ending;
use selvedge::catalogue::Selection;
use selvedge::counter::Variant;
use selvedge::engine::Method;
use selvedge::explorer::drawing::with_minus;
use selvedge::explorer::states::States;
use selvedge::numbers::count_of;
use selvedge::report::{Report, text};
use std::io::Write;
use std::time::Instant;

impl Story<'_> {
    pub(super) fn a_million_times(&mut self) -> Result<(), Ended> {
        self.heading("3. A million times")?;
        writeln!(self.output, "{TOO_MANY_ORDERS}")?;
        self.argue(Part::States, Variant::Locked)?;
        writeln!(self.output, "{SUM_INVARIANT}")?;
        self.argue(Part::EveryN, Variant::Locked)?;
        writeln!(self.output, "{ASSUMED}")?;
        self.lost_for_good()?;
        writeln!(self.output, "{A_MILLION_TIMES}")?;
        for variant in [Variant::Unlocked, Variant::Locked] {
            let (report, others) = match variant {
                Variant::Unlocked => self.until_an_update_is_lost()?,
                _ => (self.explore(Part::Million, Selection::Updates(variant))?, 0),
            };
            let seen: Vec<_> = report.rows.iter().map(|row| row.outcome.as_str()).collect();
            let results = with_minus(&results(&seen, executions(&report), others));
            writeln!(self.output, "  {:10}  Result: {results}", variant.name())?;
            self.output.flush()?;
            self.show_unless_as_expected(&report)?;
            self.reports.push(report);
        }
        writeln!(self.output, "\n{ON_REAL_THREADS}")?;
        Ok(())
    }

    /// Checks one counter by an engine that runs no executions, and shows its verdict.
    fn argue(&mut self, part: Part, variant: Variant) -> Result<(), Ended> {
        let report = self.explore(part, Selection::Updates(variant))?;
        let mut shown = report.clone();
        for engine in &mut shown.engines {
            if let Method::Argument(argument) = &mut engine.method {
                argument.assumed.clear();
            }
        }
        writeln!(self.output, "{}", text::verdicts(&shown))?;
        self.show_unless_as_expected(&report)?;
        self.reports.push(report);
        Ok(self.output.flush()?)
    }

    /// Shows the endings of executions with a million updates each, of which the first meet in every order.
    fn lost_for_good(&mut self) -> Result<(), Ended> {
        let unlocked = Selection::Updates(Variant::Unlocked).sized(2, 1).scenario();
        let repeated = unlocked.repeated().expect("threads that update take steps");
        let search = States::new().interrupt(Some(self.interrupt.flag()));
        let swept = repeated.sweep_and_go_on(&search, MILLION - 1);
        let endings = match &swept {
            Ok(swept) if swept.is_exhaustive() => swept.endings.keys(),
            Ok(_) => return Err(Ended::Interrupted),
            Err(refused) => return Ok(writeln!(self.output, "  (not run: {refused})\n")?),
        };
        let mut endings: Vec<String> = endings
            .map(|ending| unlocked.describe_ending(&Ending::from(ending)))
            .collect();
        let more = count_of(MILLION - 1, "more update");
        let first = with_minus(&endings.remove(0));
        writeln!(self.output, "  1 to 4  as in chapter 1")?;
        writeln!(self.output, "       …  thread 1: {more}, one after the other")?;
        writeln!(self.output, "       …  thread 2: {more}, one after the other")?;
        writeln!(self.output, "          main: load x = {first}\n")?;
        let others = with_minus(&endings.join(" and "));
        writeln!(
            self.output,
            "  Where the first updates meet otherwise, such executions end at {others}.\n"
        )?;
        Ok(())
    }

    /// Runs the unlocked counter on real threads until it loses an update, or for as long as is worth waiting.
    ///
    /// Returns the last report, and the number of executions before it, which all ended at 0.
    fn until_an_update_is_lost(&self) -> Result<(Report, u64), Ended> {
        let started = Instant::now();
        let mut before = 0;
        loop {
            let report = self.explore(Part::Million, Selection::Updates(Variant::Unlocked))?;
            let has_lost = report.rows.iter().any(|row| row.outcome != "0");
            if has_lost || started.elapsed() > PATIENCE {
                return Ok((report, before));
            }
            before += executions(&report);
        }
    }
}

/// Returns the results of so many executions, after others that all ended at 0.
fn results(results: &[&str], executions: u64, before: u64) -> String {
    let times = before + executions;
    match (results, before) {
        ([result], 0) | ([result @ "0"], _) => format!("{result}, {times} times out of {times}"),
        (_, 0) => results.join(", "),
        _ => format!("{} (after {before} times 0)", results.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_counted_where_they_are_all_the_same() {
        assert_eq!(results(&["0"], 5, 0), "0, 5 times out of 5");
        assert_eq!(results(&["0"], 5, 20), "0, 25 times out of 25");
        assert_eq!(results(&["-3"], 5, 0), "-3, 5 times out of 5");
        assert_eq!(results(&["-3"], 5, 20), "-3 (after 20 times 0)");
        assert_eq!(results(&["-3", "0", "7"], 5, 0), "-3, 0, 7");
        assert_eq!(results(&["-3", "0"], 5, 10), "-3, 0 (after 10 times 0)");
    }
}
