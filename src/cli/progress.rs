//! A line on the terminal that shows what is running.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use selvedge::engine::{AnyEngine, Engine, Progress};
use selvedge::numbers::{count_of, grouped};
use std::fmt::Write;
use std::thread;
use std::time::Duration;

/// The line. There is none if standard error is not a terminal. When this is dropped, the line is removed.
pub(super) struct Display(ProgressBar);

impl Display {
    pub(super) fn new() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        // The line is redrawn by a thread of its own, which panics here if it cannot be started.
        let can_tick = || {
            thread::Builder::new()
                .spawn(|| ())
                .is_ok_and(|thread| thread.join().is_ok())
        };
        if !bar.is_hidden() && can_tick() {
            bar.enable_steady_tick(Duration::from_millis(100));
        }
        Display(bar)
    }

    /// Shows that a scenario is being explored on an engine, with the number of executions or states.
    pub(super) fn show_on(&self, scenario: &str, engine: &AnyEngine, progress: &Progress) {
        let what = format!("{scenario} on {}", engine.name());
        match engine.name() {
            "states" => self.count(&what, "state", progress),
            // An argument is short, and counts nothing on the way.
            "every-n" => self.say(&what),
            _ => self.count(&what, "execution", progress),
        }
    }

    /// Shows that `what` is being explored, with the number of executions.
    pub(super) fn show(&self, what: &str, progress: &Progress) {
        self.count(what, "execution", progress);
    }

    /// Shows that `what` is being explored, with the number of what the engine counts.
    fn count(&self, what: &str, counted_in: &'static str, progress: &Progress) {
        let progress = progress.clone();
        let style = ProgressStyle::with_template("{spinner} {msg}: {amount}, {elapsed}")
            .expect("the template is well-formed")
            .with_key("amount", move |_: &ProgressState, line: &mut dyn Write| {
                // The line is redrawn at the next tick.
                let _ = write!(line, "{}", counted(&progress, counted_in));
            });
        self.0.set_style(style);
        self.0.set_message(what.to_owned());
        self.0.reset_elapsed();
    }

    /// Shows that `what` is being done.
    pub(super) fn say(&self, what: &str) {
        let style =
            ProgressStyle::with_template("{spinner} {msg}, {elapsed}").expect("the template is well-formed");
        self.0.set_style(style);
        self.0.set_message(what.to_owned());
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// Returns the number of executions or states so far, and the expected number of all if there is an estimate.
fn counted(progress: &Progress, counted_in: &str) -> String {
    if progress.is_weak() {
        return format!("{} under C11", count_of(progress.executions(), "execution graph"));
    }
    let amount = count_of(progress.executions(), counted_in);
    match progress.estimate() {
        Some(estimate) => format!(
            "{amount} of about {}",
            grouped(estimate.max(progress.executions()))
        ),
        None => amount,
    }
}
