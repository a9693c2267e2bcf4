//! The code of a repeated program, without its types.

use std::any::Any;
use std::cell::{Cell, OnceCell};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::panic::{self, AssertUnwindSafe};

use super::endings::without_output;
use super::machine::{Code, Execute, Machine};
use super::native::Value;
use super::refused::Refused;
use super::repeated::Repeated;
use super::run::Found;
use super::stop::Interruption;
use super::swept::Weight;
use crate::ending::Ending;
use crate::repeated::{Flow, Iteration};
use crate::runtime;

/// A program, with the endings that it has been seen to have.
pub(super) struct Coded<'a, S, O> {
    program: &'a Repeated<S, O>,
    /// Each with its number.
    endings: BTreeMap<Ending<O>, usize>,
}

impl<'a, S, O: Ord> Coded<'a, S, O> {
    pub(super) fn new(program: &'a Repeated<S, O>) -> Self {
        Self {
            program,
            endings: BTreeMap::new(),
        }
    }

    /// Returns the number of each thread's step among the different steps.
    pub(super) fn steps(&self) -> Vec<usize> {
        let mut different: Vec<usize> = Vec::new();
        let steps = self.program.steps.iter();
        let number = |step: usize| {
            different
                .iter()
                .position(|&known| known == step)
                .unwrap_or_else(|| {
                    different.push(step);
                    different.len() - 1
                })
        };
        // Functions that do the same may have one address, and one function several: either does no harm.
        steps.map(|step| *step as usize).map(number).collect()
    }

    /// Returns the endings, each with its weight.
    pub(super) fn endings(self, found: &Found) -> BTreeMap<Ending<O>, Weight> {
        let mut endings = BTreeMap::new();
        if let Some(ending) = &found.unmade {
            let weight = match found.weighs {
                Weight::Count(_) => Weight::Count(1_u64.into()),
                Weight::Odds(_) => Weight::Odds(1.0),
                Weight::Uncounted => Weight::Uncounted,
            };
            endings.insert(without_output(ending.clone()), weight);
        }
        for (ending, number) in self.endings {
            if let Some(Some(weight)) = found.totals.get(number) {
                endings.insert(ending, *weight);
            }
        }
        endings
    }

    fn add(&mut self, ending: Ending<O>) -> usize {
        let next = self.endings.len();
        *self.endings.entry(ending).or_insert(next)
    }
}

impl<S, O: Ord> Code for Coded<'_, S, O> {
    fn step(&self, thread: usize, execute: Execute<'_>) -> Result<Option<Flow>, Refused> {
        let shared = OnceCell::new();
        let flow = Cell::new(None);
        execute(&mut || {
            let shared = shared.get_or_init(|| (self.program.shared)());
            runtime::note_shared();
            let iteration = Iteration::asking(runtime::ask_number);
            flow.set(Some((self.program.steps[thread])(shared, &iteration)));
        });
        dropped(shared)?;
        Ok(flow.get())
    }

    fn read(&mut self, machine: &mut Machine, values: &[Value]) -> Result<Vec<(usize, f64)>, Interruption> {
        let output = Cell::new(None);
        let program = self.program;
        let read = machine.read(values, &output, |execute| {
            let shared = OnceCell::new();
            execute(&mut || {
                let shared = shared.get_or_init(|| (program.shared)());
                runtime::note_shared();
                output.set(Some((program.outcome)(shared)));
            });
            dropped(shared)
        });
        let endings = read?.into_iter();
        Ok(endings.map(|(ending, share)| (self.add(ending), share)).collect())
    }

    fn number(&mut self, ending: Ending<Infallible>) -> usize {
        self.add(without_output(ending))
    }
}

/// Drops the shared state, outside of the execution, of which nothing is gone on with.
fn dropped<S>(shared: OnceCell<S>) -> Result<(), Refused> {
    panic::catch_unwind(AssertUnwindSafe(|| drop(shared)))
        .map_err(|payload| Refused::Drop(message(&*payload)))
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "it panics".to_owned())
}
