//! The machine of native runs: one runtime, which runs steps and final reads, and checks that the shared state
//! is always made alike.

use std::cell::Cell;
use std::convert::Infallible;

use super::native::{Announced, Met, Native, Told, Unfit, Value};
use super::refused::Refused;
use super::stop::Interruption;
use crate::Explorer;
use crate::ending::{self, Ending, PanicInfo, StuckThread};
use crate::event::ObjectNames;
use crate::identity::{ObjectIndex, ObjectKind, ThreadId};
use crate::limit::Limit;
use crate::naming::ObjectName;
use crate::nondeterminism::{Mismatch, NondeterminismError, Said};
use crate::repeated::Flow;
use crate::runtime::Runtime;
use crate::search::{Contents, Program, Stop};
use crate::summary::Bounds;

/// A body, as it is handed to the runtime.
pub(super) type Body<'a> = &'a mut dyn FnMut();

/// Runs a body, once.
pub(super) type Execute<'a> = &'a mut dyn FnMut(Body<'_>);

/// The code of a repeated program, whatever its types.
pub(super) trait Code {
    /// Runs the step of a thread, and returns its answer if it comes to one.
    fn step(&self, thread: usize, execute: Execute<'_>) -> Result<Option<Flow>, Refused>;

    /// Runs the final read in a state; returns its endings, each with its share of the choices.
    fn read(&mut self, machine: &mut Machine, values: &[Value]) -> Result<Vec<(usize, f64)>, Interruption>;

    /// Returns the number of an ending.
    fn number(&mut self, ending: Ending<Infallible>) -> usize;
}

/// The end of a native run of a step.
#[derive(Clone, Debug)]
pub(super) enum Ran {
    Returned(Flow),
    Panicked(PanicInfo),
    Announced(Announced),
    AsksNumber,
    Stuck(StuckThread),
    StepLimit,
}

/// An object of the shared state, as it is made.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Made {
    pub(super) kind: ObjectKind,
    pub(super) value: Value,
    pub(super) called: ObjectName,
    pub(super) name: Option<&'static str>,
    pub(super) location: &'static std::panic::Location<'static>,
}

/// The runtime of native runs.
#[derive(Debug)]
pub(super) struct Machine {
    runtime: Box<Runtime>,
    /// The shared state as it is made, once that has been seen.
    pub(super) made: Vec<Made>,
    made_once: bool,
    /// The number of native runs.
    pub(super) runs: u64,
}

/// The part of the end of a run that is known where the runtime has stopped.
enum Stopped {
    Interrupted(Interruption),
    Panicked(PanicInfo),
    Met(Met, Option<StuckThread>),
    AsksNumber,
    Finished,
}

impl Machine {
    /// Creates a machine whose steps execute at most so many operations, and whose final reads so many.
    pub(super) fn new(explorer: &Explorer, step_limit: usize, read_limit: usize) -> Self {
        let mut runtime = explorer.runtime(Box::new(Native::new(step_limit, read_limit)), None);
        runtime.repetition.stops = false;
        runtime.record_values = false;
        runtime.unwind_abandoned = false;
        runtime.program.exchange.is_on = true;
        Self {
            runtime,
            made: Vec::new(),
            made_once: false,
            runs: 0,
        }
    }

    /// Runs the step of a thread against a log.
    pub(super) fn step(
        &mut self,
        code: &dyn Code,
        thread: usize,
        log: Vec<(Announced, Told)>,
        number: Option<u64>,
    ) -> Result<Ran, Interruption> {
        self.native().prepare_step(log);
        self.runtime.program.exchange.number = number;
        let mut stopped = None;
        let flow = code.step(thread, &mut |body| {
            stopped = Some(self.execute(body, stopped_step));
        })?;
        match stopped.expect("the code has been run")? {
            Stopped::Interrupted(Interruption::Refused(refused)) => Err(renamed(refused, thread).into()),
            Stopped::Interrupted(interruption) => Err(interruption),
            Stopped::Panicked(info) => Ok(Ran::Panicked(info)),
            Stopped::AsksNumber => Ok(Ran::AsksNumber),
            Stopped::Met(Met::Operation(announced), _) => Ok(Ran::Announced(announced)),
            Stopped::Met(Met::StepLimit, _) => Ok(Ran::StepLimit),
            Stopped::Met(Met::Stuck, stuck) => Ok(Ran::Stuck(stuck.expect("it was asked for"))),
            Stopped::Finished => Ok(Ran::Returned(flow.expect("a step that ends returns"))),
        }
        .and_then(|ran| self.checked(ran))
    }

    /// Runs the final read in a state with each of its choices; returns the endings, each with its share.
    pub(super) fn read<O>(
        &mut self,
        values: &[Value],
        output: &Cell<Option<O>>,
        mut run: impl FnMut(Execute<'_>) -> Result<(), Refused>,
    ) -> Result<Vec<(Ending<O>, f64)>, Interruption> {
        self.native().prepare_read(values.to_vec());
        let mut endings = Vec::new();
        loop {
            let mut stopped = None;
            run(&mut |body| {
                stopped = Some(self.execute(body, |runtime, stop| match unfit(runtime) {
                    Some(refused) => Err(Interruption::from(refused)),
                    None => Ok(ending::found(runtime, stop, output)),
                }));
            })?;
            let ending = stopped.expect("the code has been run")??;
            endings.push((ending, self.native().share()));
            if !self.native().prepare_next_read() {
                return Ok(endings);
            }
        }
    }

    fn native(&mut self) -> &mut Native {
        self.runtime.strategy::<Native>()
    }

    /// Executes a body.
    fn execute<R>(
        &mut self,
        body: Body<'_>,
        at_the_end: impl FnOnce(&mut Runtime, Stop) -> R,
    ) -> Result<R, Limit> {
        self.runs += 1;
        let history = &mut self.runtime.program.history;
        history.events.clear();
        history.touches.clear();
        history.objects.clear();
        let mut body = || drop(crate::runtime::catch(&mut *body));
        self.runtime.execute(&mut body, at_the_end)
    }

    /// Checks that the run has made the shared state as the first one did.
    fn checked(&mut self, ran: Ran) -> Result<Ran, Interruption> {
        let program = &self.runtime.program;
        if self.made_once {
            let same = |(index, made): (usize, &Made)| {
                let object = program.history.object(index as ObjectIndex);
                (object.kind, object.state, word(program, index))
                    == (made.kind, made.value.state, made.value.word)
            };
            let shared = program.exchange.shared;
            if shared == Some(self.made.len()) && self.made.iter().enumerate().all(same) {
                return Ok(ran);
            }
            let index = self.made.iter().enumerate().position(|made| !same(made));
            return Err(made_otherwise(program, index.unwrap_or(0)).into());
        }
        self.made_once = true;
        self.made = made(program)?;
        Ok(ran)
    }

    /// Returns the bounds that the runs have met.
    pub(super) fn bounds(&self) -> Bounds {
        let runtime = &self.runtime;
        Bounds {
            timeouts: runtime.timeouts_cut,
            spurious_wakeups: runtime.spurious.wakeups_cut,
            weak_failures: runtime.spurious.failures_cut,
            writer_preference: runtime.read_locked && runtime.write_locked,
            ..Bounds::default()
        }
    }
}

/// Returns what has stopped the run of a step.
fn stopped_step(runtime: &mut Runtime, stop: Stop) -> Stopped {
    if let Some(refused) = unfit(runtime) {
        return Stopped::Interrupted(refused.into());
    }
    let made = runtime.program.exchange.shared.is_some();
    if !made {
        let ending = ending::found(runtime, stop, &Cell::new(None));
        return Stopped::Interrupted(Interruption::Unmade(Box::new(ending)));
    }
    if runtime.program.exchange.asks_for_thread {
        return Stopped::Interrupted(Refused::OwnThread.into());
    }
    let native = runtime.strategy::<Native>();
    let (met, step, not_announced) = (native.met, native.used, native.not_announced());
    if let Some(operation) = not_announced {
        let mismatch = Mismatch {
            step,
            thread: 0,
            now: Said::Ended,
            before: Said::Announced(operation),
        };
        let error = NondeterminismError::new(&mismatch, &runtime.program.registry);
        return Stopped::Interrupted(Refused::Nondeterminism(error).into());
    }
    if let Some(met) = met {
        let stuck = matches!(met, Met::Stuck).then(|| stuck(&runtime.program));
        return Stopped::Met(met, stuck);
    }
    if runtime.program.exchange.asks {
        return Stopped::AsksNumber;
    }
    match runtime.panics.first() {
        Some(record) => Stopped::Panicked(record.info.clone()),
        None => Stopped::Finished,
    }
}

fn stuck(program: &Program) -> StuckThread {
    ending::stuck_thread(program, 0, &ObjectNames::of(program))
}

/// Returns the reason for which a run cannot be used, if there is one.
fn unfit(runtime: &mut Runtime) -> Option<Refused> {
    if let Some(link) = runtime.program.links.first() {
        return Some(Refused::Spawning(link.location));
    }
    let unfit = runtime.strategy::<Native>().unfit?;
    Some(match unfit {
        Unfit::Spawns => unreachable!("a spawn is a link"),
        Unfit::Parks(operation) => Refused::Parking(operation.location),
        Unfit::Mixed(operation) => Refused::Mixed(operation.location),
        Unfit::ChoiceInTheMaking(operation) => Refused::ChoiceInTheMaking(operation.location),
        Unfit::Mismatch(mismatch) => {
            Refused::Nondeterminism(NondeterminismError::new(&mismatch, &runtime.program.registry))
        }
    })
}

/// Returns the refusal with the name of the thread that it is about.
fn renamed(refused: Refused, thread: usize) -> Refused {
    match refused {
        Refused::Nondeterminism(error) => Refused::Nondeterminism(NondeterminismError {
            thread: ThreadId::MAIN.child(thread as u8 + 1),
            ..error
        }),
        other => other,
    }
}

fn word(program: &Program, index: usize) -> Option<u64> {
    match program.exchange.contents(index as ObjectIndex) {
        Contents::Word(word) => Some(word),
        Contents::Nothing | Contents::Wordless(_) | Contents::Borrowed => None,
    }
}

/// Returns the objects of the shared state.
fn made(program: &Program) -> Result<Vec<Made>, Refused> {
    let shared = program.exchange.shared.unwrap_or(0);
    let names = ObjectNames::of(program);
    let objects = program.history.objects[..shared].iter().enumerate();
    objects
        .map(|(index, object)| {
            let called = names.get(index as ObjectIndex).expect("an object has a name");
            let location = object.location;
            match program.exchange.contents(index as ObjectIndex) {
                Contents::Wordless(type_name) => Err(Refused::Value {
                    object: called,
                    type_name,
                    location,
                }),
                Contents::Borrowed => Err(Refused::Borrowed {
                    object: called,
                    location,
                }),
                Contents::Nothing | Contents::Word(_) if object.state.holders() != 0 => {
                    Err(Refused::HeldLock {
                        object: called,
                        location,
                    })
                }
                Contents::Nothing | Contents::Word(_) => Ok(Made {
                    kind: object.kind,
                    value: Value {
                        state: object.state,
                        word: word(program, index),
                    },
                    called,
                    name: object.name,
                    location,
                }),
            }
        })
        .collect()
}

/// Returns the error that the shared state is not always made alike.
fn made_otherwise(program: &Program, index: usize) -> Refused {
    let now = program
        .history
        .objects
        .get(index)
        .map_or(Said::Ended, |object| Said::Created {
            kind: object.kind,
            location: object.location,
        });
    let mismatch = Mismatch {
        step: 0,
        thread: 0,
        now,
        before: now,
    };
    Refused::Nondeterminism(NondeterminismError::new(&mismatch, &program.registry))
}
