//! The start and the end of a path.

use super::odometer::Odometer;
use super::{Checker, Cut, Fault, Obligation, Phase, Place, Tally, fails};
use crate::explorer::Flow;
use crate::numbers::grouped;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// The number of paths of each step in each round that are taken twice, and compared.
const TWICE: u64 = 1_000;

/// The number of runs after which the clock and the interrupt are looked at.
const PATIENCE: u64 = 256;

/// The reason if a step is no function of what its operations return.
pub(super) const DIFFERS: &str = "a step did something else after the same results";

/// What comes after a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::invariant) enum Next {
    /// The same path once more, to compare.
    Repeat,
    /// Another path.
    Path,
    /// Nothing: the step has no other path, or the proof has failed.
    Nothing,
}

impl Checker {
    /// Begins a round: all paths of all steps, with reads from the same domains.
    pub(in crate::invariant) fn begin_round(&mut self) {
        self.runs = 0;
        for object in &mut self.objects {
            object.lockset = Default::default();
        }
    }

    /// Begins with the paths of a step.
    pub(in crate::invariant) fn begin_step(&mut self, step: usize) {
        self.path.step = step;
        self.path.odometer = Odometer::default();
        (self.path.taken, self.path.before, self.path.trace) = (0, None, Some(Vec::new()));
        self.tally = None;
        self.objects.iter_mut().for_each(super::Object::begin_step);
    }

    /// Begins with the one path of a step that is to be shown.
    pub(in crate::invariant) fn begin_replay(&mut self, place: &Place) {
        self.begin_step(place.step);
        self.path.odometer = Odometer::fixed(&place.choices);
        self.fault = None;
        self.begin_path();
    }

    /// Begins a path.
    #[inline]
    pub(in crate::invariant) fn begin_path(&mut self) {
        self.phase = Phase::Step;
        // Without a lock the path is a section of its own, in which nothing is stable.
        self.sections += 1;
        let path = &mut self.path;
        path.odometer.rewind();
        (path.operations, path.bases, path.section, path.number) = (0, 0, None, None);
        (path.lost_exchange, path.changed) = (false, false);
        path.reads.clear();
        if let Some(trace) = &mut path.trace {
            trace.clear();
        }
        self.privates.clear();
        for object in &mut self.objects {
            object.sum = 0;
        }
    }

    /// Returns how a path ends that is shown.
    pub(in crate::invariant) fn end_of_replay(&mut self, flow: Flow) -> Result<Flow, String> {
        match self.check_end().and_then(|()| self.check_changes(flow)) {
            Ok(()) => Ok(flow),
            // What has changed says more than that it should not have.
            Err(Fault::Fails(Obligation::ConstantChange, _)) => Ok(flow),
            Err(Fault::Fails(_, reason)) => Err(reason),
            Err(Fault::Cut(cut)) => Err(cut.to_string()),
        }
    }

    /// Returns why a path did not end that is shown: a fault, or a panic with this message.
    pub(in crate::invariant) fn why(&mut self, panic: &str) -> String {
        match self.fault.take() {
            Some(Fault::Fails(_, reason)) => reason,
            Some(Fault::Cut(cut)) => cut.to_string(),
            None => format!("panic: {panic}"),
        }
    }

    /// Returns to code that runs alone.
    pub(in crate::invariant) fn leave_steps(&mut self) {
        self.phase = Phase::Alone;
        self.path.section = None;
    }

    /// Returns where the path is.
    pub(in crate::invariant) fn place(&self) -> Place {
        Place {
            step: self.path.step,
            choices: self.path.odometer.path(),
        }
    }

    /// Checks a path at its end, and goes on to the next.
    #[inline]
    pub(in crate::invariant) fn end_path(&mut self, flow: Flow) -> Result<Next, Fault> {
        self.check_end()?;
        if !self.compare(flow, self.path.taken + 1 < TWICE)? {
            return Ok(Next::Repeat);
        }
        self.check_changes(flow)?;
        if self.path.taken == 0 {
            self.check_estimate()?;
        }
        self.path.taken += 1;
        self.runs += 1;
        if self.runs.is_multiple_of(PATIENCE) {
            self.check_patience()?;
        }
        if !self.path.odometer.advance() {
            return Ok(Next::Nothing);
        }
        match self.runs < self.bounds.runs {
            true => Ok(Next::Path),
            false => Err(self.too_many(self.runs)),
        }
    }

    /// Checks that the path has ended as any must.
    fn check_end(&mut self) -> Result<(), Fault> {
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        if let Some(section) = self.path.section {
            let name = self.objects[section.lock as usize].name();
            return Err(fails(
                Obligation::SectionsEnd,
                format!("{name} is never unlocked"),
            ));
        }
        match self.path.odometer.is_complete() {
            true => Ok(()),
            false => Err(fails(Obligation::NothingHidden, DIFFERS)),
        }
    }

    /// Checks what the path has changed.
    fn check_changes(&mut self, flow: Flow) -> Result<(), Fault> {
        match flow {
            Flow::Done => self.check_done(),
            Flow::Again => self.check_again(),
        }
    }

    /// Compares a recorded path with what it was when it was taken for the first time; returns `false` if this was
    /// the first time.
    fn compare(&mut self, flow: Flow, records_next: bool) -> Result<bool, Fault> {
        let Some(trace) = self.path.trace.take() else {
            return Ok(true);
        };
        let now = (trace, flow);
        match self.path.before.take() {
            None => {
                self.path.before = Some(now);
                self.path.trace = Some(Vec::new());
                Ok(false)
            }
            Some(before) if before == now => {
                self.path.trace = records_next.then(Vec::new);
                Ok(true)
            }
            Some(_) => Err(fails(Obligation::NothingHidden, DIFFERS)),
        }
    }

    fn check_done(&mut self) -> Result<(), Fault> {
        let sums = self.objects.iter().map(|object| object.sum);
        match &self.tally {
            Some(tally) if sums.clone().eq(tally.changes.iter().copied()) => Ok(()),
            Some(tally) => {
                let mut both = self.objects.iter().zip(&tally.changes);
                let (object, first) = both
                    .find(|(object, first)| object.sum != **first)
                    .expect("the sums differ");
                let reason = format!(
                    "{} changes by {first:+} on one path, and by {:+} on another",
                    object.name(),
                    object.sum
                );
                Err(fails(Obligation::ConstantChange, reason))
            }
            None => {
                self.tally = Some(Tally {
                    changes: sums.collect(),
                    first: self.path.odometer.path(),
                });
                Ok(())
            }
        }
    }

    fn check_again(&self) -> Result<(), Fault> {
        if self.path.changed {
            let reason = "a step is to be taken again, but it has changed something";
            return Err(fails(Obligation::ConstantChange, reason));
        }
        if !self.path.lost_exchange {
            let reason = "a step is to be taken again, but no exchange of a value that it had read has failed: \
                          it could go on like this for ever";
            return Err(fails(Obligation::RetriesEnd, reason));
        }
        Ok(())
    }

    fn check_estimate(&self) -> Result<(), Fault> {
        let estimate = self.path.odometer.estimate();
        match estimate > self.bounds.runs {
            true => Err(self.too_many(estimate)),
            false => Ok(()),
        }
    }

    fn too_many(&self, paths: u64) -> Fault {
        let asks = match self.asked {
            true => ", as it asks for the number of its iteration",
            false => "",
        };
        let (paths, limit) = (grouped(paths), grouped(self.bounds.runs));
        let reason = format!("a step has at least {paths} paths{asks}, and no more than {limit} are run");
        fails(Obligation::FinitePaths, reason)
    }

    fn check_patience(&self) -> Result<(), Fault> {
        let is_late = self
            .bounds
            .deadline
            .is_some_and(|deadline| Instant::now() >= deadline);
        if self.bounds.interrupt.flag().load(Ordering::Relaxed) {
            Err(Fault::Cut(Cut::Interrupted))
        } else if is_late {
            Err(Fault::Cut(Cut::Time))
        } else {
            Ok(())
        }
    }
}
