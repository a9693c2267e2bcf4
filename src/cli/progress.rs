//! A line on the terminal that says what is being explored.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use selvedge::engine::Progress;
use selvedge::numbers::{count_of, grouped};
use std::fmt::Write;
use std::time::Duration;

/// The line; nothing where standard error is no terminal. It is gone when this is dropped.
pub(super) struct Display(ProgressBar);

impl Display {
    pub(super) fn new() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        bar.enable_steady_tick(Duration::from_millis(100));
        Display(bar)
    }

    /// Shows that this is being explored.
    pub(super) fn show(&self, what: &str, progress: &Progress) {
        let progress = progress.clone();
        let style = ProgressStyle::with_template("{spinner} {msg}: {executions}, {elapsed}")
            .expect("the template is well-formed")
            .with_key("executions", move |_: &ProgressState, line: &mut dyn Write| {
                // The line is redrawn at the next tick.
                let _ = write!(line, "{}", counted(&progress));
            });
        self.0.set_style(style);
        self.0.set_message(what.to_owned());
        self.0.reset_elapsed();
    }

    /// Shows that this is being done.
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

/// How many executions there have been, and about how many there will be.
fn counted(progress: &Progress) -> String {
    let executions = count_of(progress.executions(), "execution");
    match progress.estimate() {
        Some(estimate) => format!(
            "{executions} of about {}",
            grouped(estimate.max(progress.executions()))
        ),
        None => executions,
    }
}
