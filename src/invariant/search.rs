//! The search for a path that breaks an obligation: round after round, until the domains hold every value that can
//! occur.

use super::checker::{Bounds, Checker, Domain, Fault, Next, Place, Rules, Session, fails};
use super::failed::{Failed, Unproved};
use super::growth::{Effect, grown};
use super::obligation::Obligation;
use super::path::Path;
use super::subject::{Instance, Subject};
use super::{Limits, Strength};
use crate::execution::{Caught, catch};
use crate::explorer::ObjectKind;
use std::time::Instant;

/// The greatest number of rounds. The domains of a step that is proved grow once or twice.
const ROUNDS: usize = 64;

/// A step that some threads have in common.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) threads: Vec<usize>,
}

/// The changes by each step, and the partial sums, for every object.
pub(super) type Table = Vec<Vec<Effect>>;

/// The scenario's steps on one family of primitives.
pub(super) struct Search<'a> {
    subject: &'a dyn Subject,
    strength: Strength,
    session: &'a Session,
    instance: Box<dyn Instance>,
    rules: Rules,
    pub(super) steps: Vec<Step>,
}

impl Bounds {
    pub(super) fn new(limits: &Limits, start: Instant, iterations: u64) -> Self {
        Bounds {
            runs: limits.runs,
            deadline: limits.time.map(|time| start + time),
            interrupt: limits.interrupt.clone(),
            iterations,
        }
    }
}

impl<'a> Search<'a> {
    /// Creates the shared state, and finds out which threads have a step in common.
    pub(super) fn new(
        subject: &'a dyn Subject,
        strength: Strength,
        session: &'a Session,
        rules: Rules,
    ) -> Result<Self, Unproved> {
        let instance = catch(|| match strength {
            Strength::Concrete => subject.concrete(),
            Strength::Opaque => subject.symbolic(),
        });
        let instance = instance.map_err(|caught| {
            let doing = "the shared state is created";
            without_paths(fault_of(session, &caught, Obligation::ConstantChange, doing))
        })?;
        session.with(Checker::begin).map_err(without_paths)?;
        let mut steps: Vec<Step> = Vec::new();
        for thread in 0..subject.threads() {
            match steps
                .iter_mut()
                .find(|step| instance.same_step(step.threads[0], thread))
            {
                Some(step) => step.threads.push(thread),
                None => steps.push(Step {
                    threads: vec![thread],
                }),
            }
        }
        Ok(Search {
            subject,
            strength,
            session,
            instance,
            rules,
            steps,
        })
    }

    /// Runs all paths of all steps until the domains are closed; returns what each step does to each object.
    pub(super) fn run(&self) -> Result<Table, Unproved> {
        for _ in 0..ROUNDS {
            self.session.with(Checker::begin_round);
            let mut by_step = Vec::new();
            for step in 0..self.steps.len() {
                by_step.push(self.explore(step)?);
            }
            self.check_locksets()?;
            let objects = self.session.with(|checker| checker.objects.len());
            let table = (0..objects).map(|object| by_step.iter().map(|effects| effects[object]).collect());
            let table: Table = table.collect();
            if !self.grow(&table)? {
                return Ok(table);
            }
        }
        let reason = format!("after {ROUNDS} rounds there still were values that had not been read");
        Err(without_paths(fails(Obligation::DomainClosed, reason)))
    }

    /// Runs all paths of a step; returns what it does to each object.
    fn explore(&self, step: usize) -> Result<Vec<Effect>, Unproved> {
        let thread = self.steps[step].threads[0];
        self.session.with(|checker| checker.begin_step(step));
        let taken = catch(|| self.take_all(thread)).unwrap_or_else(|caught| {
            let doing = "a step is taken";
            Err(fault_of(self.session, &caught, Obligation::ConstantChange, doing))
        });
        let place = self.session.with(|checker| checker.place());
        if let Err(fault) = taken {
            return Err(self.unproved(fault, place));
        }
        let threads = self.steps[step].threads.len();
        self.session.with(|checker| {
            checker.leave_steps();
            match checker.tally.take() {
                Some(tally) => {
                    let objects = checker.objects.iter().zip(tally.changes);
                    let effects = objects.map(|(object, change)| Effect {
                        threads,
                        change,
                        least: object.least,
                        greatest: object.greatest,
                    });
                    Ok(effects.collect())
                }
                None => Err(without_paths(fails(
                    Obligation::RetriesEnd,
                    "a step is never done",
                ))),
            }
        })
    }

    fn take_all(&self, thread: usize) -> Result<(), Fault> {
        self.session.with(Checker::begin_path);
        loop {
            let flow = self.instance.take(thread);
            if !self.instance.is_unchanged() {
                let reason = "a step has changed something in the shared state that is no primitive";
                return Err(fails(Obligation::NothingHidden, reason));
            }
            let next = self.session.with(|checker| {
                let next = checker.end_path(flow)?;
                if next != Next::Nothing {
                    checker.begin_path();
                }
                Ok(next)
            })?;
            if next == Next::Nothing {
                return Ok(());
            }
        }
    }

    /// Checks that whatever was taken to be stable has a lock, and plain memory, too.
    fn check_locksets(&self) -> Result<(), Unproved> {
        let threads_of = |step: usize| self.steps[step].threads.len();
        let broken = self.session.with(|checker| {
            checker.objects.iter().find_map(|object| {
                let relied = object.lockset.broken_reliance().filter(|_| self.rules.locksets);
                let raced = || match object.kind {
                    ObjectKind::Cell => object.lockset.race(threads_of),
                    _ => None,
                };
                let places = relied.or_else(raced)?;
                Some((object.name(), places))
            })
        });
        let Some((name, places)) = broken else {
            return Ok(());
        };
        Err(Unproved::Failed(Failed {
            obligation: Obligation::UnderItsLock,
            reason: format!("no lock is held at every access of {name}"),
            paths: self.shown(&places),
        }))
    }

    /// Enlarges the domains; returns `true` if one has grown.
    fn grow(&self, table: &Table) -> Result<bool, Unproved> {
        let own = self.subject.iterations();
        self.session.with(|checker| {
            let iterations = match self.strength {
                Strength::Opaque if !checker.asked => None,
                _ => Some(own),
            };
            let mut grows = false;
            for (object, effects) in checker.objects.iter_mut().zip(table) {
                let domain = grown(object, effects, iterations, own)
                    .map_err(|reason| without_paths(fails(Obligation::DomainClosed, reason)))?;
                // A mutant keeps what it has read so far, but numbers that nobody knows stay that.
                if domain != object.domain && (self.rules.closed_domain || domain == Domain::Any) {
                    object.domain = domain;
                    grows = true;
                }
            }
            Ok(grows)
        })
    }

    /// Returns the fault, with the path that shows it and the one that it differs from.
    fn unproved(&self, fault: Fault, place: Place) -> Unproved {
        let (obligation, reason) = match fault {
            Fault::Cut(cut) => return Unproved::CutShort(cut),
            Fault::Fails(obligation, reason) => (obligation, reason),
        };
        let first = self.session.with(|checker| checker.tally.take());
        let first = first.map(|tally| Place {
            step: place.step,
            choices: tally.first,
        });
        let differs = obligation == Obligation::ConstantChange;
        let places: Vec<_> = first.into_iter().filter(|_| differs).chain([place]).collect();
        Unproved::Failed(Failed {
            obligation,
            reason,
            paths: self.shown(&places),
        })
    }

    /// Takes paths once more, to record them.
    fn shown(&self, places: &[Place]) -> Vec<Path> {
        let show = |place: &Place| {
            let thread = self.steps[place.step].threads[0];
            self.session.with(|checker| checker.begin_replay(place));
            let taken = catch(|| self.instance.take(thread));
            self.session.with(|checker| {
                let end = match taken {
                    Ok(flow) => checker.end_of_replay(flow),
                    Err(caught) => Err(checker.why(&caught.message)),
                };
                checker.leave_steps();
                checker.recorded(thread, end)
            })
        };
        places.iter().map(show).collect()
    }
}

/// Returns the fault for which code was left, or the panic with which it ended.
pub(super) fn fault_of(session: &Session, caught: &Caught, obligation: Obligation, doing: &str) -> Fault {
    let fault = session.with(|checker| {
        checker.leave_steps();
        checker.fault.take()
    });
    fault.unwrap_or_else(|| fails(obligation, format!("a panic while {doing}: {}", caught.message)))
}

/// Returns a fault that no path shows.
pub(super) fn without_paths(fault: Fault) -> Unproved {
    match fault {
        Fault::Cut(cut) => Unproved::CutShort(cut),
        Fault::Fails(obligation, reason) => Unproved::Failed(Failed {
            obligation,
            reason,
            paths: Vec::new(),
        }),
    }
}
