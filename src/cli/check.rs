//! `check`: checks scenarios on engines, as a gate.

mod outputs;
mod plan;

pub(super) use plan::with_defaults;

use super::arguments::{CheckArguments, EngineName, Format};
use super::progress::Display;
use super::{Error, Status, config};
use anstream::ColorChoice;
use outputs::Outputs;
use plan::{Plan, Planned};
use selvedge::check::{self, Witnessing};
use selvedge::engine::{Engine, Interrupt};
use selvedge::report::{Report, Unsuitable};
use std::io::{self, Write};

/// The form of what is written to standard output.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form {
    /// The format, if the user chose one.
    pub(super) format: Option<Format>,
    /// The use of colours.
    pub(super) color: ColorChoice,
}

/// Checks the scenarios on the engines, or prints the settings by which it would.
pub(super) fn check(
    arguments: &CheckArguments,
    form: Form,
    interrupt: impl FnOnce() -> Result<Interrupt, Error>,
) -> Result<Status, Error> {
    let in_force = config::in_force(arguments)?;
    if arguments.print_config {
        let mut output = io::stdout().lock();
        write!(output, "{}", in_force.to_toml())?;
        output.flush()?;
        return Ok(Status::AsExpected);
    }
    let mut outputs = Outputs::open(&in_force, form)?;
    let plan = Plan::new(in_force.settings, interrupt()?);
    refuse_if_nothing_can_run(&plan)?;
    let reports = explored(&plan, &mut outputs)?;
    outputs.finish(&reports)?;
    Ok(Status::of(&reports))
}

/// Explores the scenarios one after the other, and shows each as soon as it is known.
fn explored(plan: &Plan, outputs: &mut Outputs) -> Result<Vec<Report>, Error> {
    let mut reports: Vec<Report> = Vec::new();
    for scenario in plan.scenarios() {
        let why_not = plan.why_stopped(&reports);
        let report = match why_not {
            Some(reason) => not_run(plan, scenario, reason),
            None => explore(plan, scenario),
        };
        outputs.report(&report)?;
        reports.push(report);
    }
    Ok(reports)
}

/// Refuses a plan by which no engine runs any scenario. Where only some cannot be run, these are findings.
fn refuse_if_nothing_can_run(plan: &Plan) -> Result<(), Error> {
    let mut refusals = Vec::new();
    for scenario in plan.scenarios() {
        let body = scenario.catalogued.scenario();
        let engines = plan.engines(scenario.selection);
        let reasons: Vec<String> = engines
            .iter()
            .filter_map(|engine| engine.unsuitable(&body))
            .collect();
        if reasons.len() < engines.len() {
            return Ok(());
        }
        refusals.push(format!("{}: {}", scenario.selection, reasons.join("; ")));
    }
    Err(Error::NothingRan(refusals.join("\n  ")))
}

fn explore(plan: &Plan, scenario: Planned) -> Report {
    let display = Display::new();
    let name = scenario.selection;
    let mut report = check::explore(
        &scenario.catalogued.scenario(),
        Some(scenario.catalogued.size()),
        &plan.engines(name),
        &Witnessing::Refutations,
        |engine| {
            let budget = plan.budget(engine, scenario.catalogued.size());
            display.show_on(&name.to_string(), engine, &budget.progress);
            budget
        },
    );
    drop(display);
    report.required = plan.settings.require;
    if plan.settings.full == Some(true) {
        report.unfold();
    }
    report
}

/// Returns the report of a scenario that was not run, for this reason.
fn not_run(plan: &Plan, scenario: Planned, reason: &str) -> Report {
    let engines = plan.engine_names(scenario.selection);
    Report {
        scenario: scenario.selection.name().to_owned(),
        lesson: scenario.selection.lesson(),
        size: Some(scenario.catalogued.size()),
        rows: Vec::new(),
        is_abridged: false,
        undrawn: 0,
        engines: Vec::new(),
        unsuitable: engines
            .into_iter()
            .map(|engine: EngineName| Unsuitable {
                engine: engine.name(),
                is_optional: false,
                reason: reason.to_owned(),
            })
            .collect(),
        required: plan.settings.require,
    }
}
