//! The endings of states, as an exploration of the executions would show them.

use std::convert::Infallible;

use super::expand::View;
use super::local::{FINISHED, Then};
use super::machine::Made;
use super::model::Model;
use super::native::{Announced, Told};
use super::repeated::joined_at;
use crate::ending::{self, CellAccess, DataRace, Ending, PanicInfo, StuckThread};
use crate::identity::{ObjectId, ThreadId, ThreadIndex};
use crate::operation::Step;
use crate::search::{self, Clock, Program, Status};
use crate::waiting_for::WaitingFor;

/// Returns the data race of a state, if there is one: two threads that access the same memory next, one of
/// them to write. If there are several, it is the first by the threads' names. Such a state is not expanded.
pub(super) fn data_race(model: &Model, view: &View) -> Option<Ending<Infallible>> {
    let accesses = view.nodes.iter().enumerate().filter_map(|(thread, &node)| {
        let then = model.then(thread, node);
        Some((thread, then, then.cell_access()?))
    });
    let accesses: Vec<_> = accesses.collect();
    for (index, (first, first_then, one)) in accesses.iter().enumerate() {
        for (second, second_then, other) in &accesses[index + 1..] {
            if one.cell == other.cell && (one.write || other.write) {
                return Some(Ending::DataRace(Box::new(DataRace {
                    cell: ObjectId {
                        creator: ThreadId::MAIN,
                        number: one.cell.into(),
                    },
                    called: model.machine.made[usize::from(one.cell)].called,
                    first: access(*first, first_then, one.write),
                    second: access(*second, second_then, other.write),
                })));
            }
        }
    }
    None
}

fn access(thread: usize, then: &Then, write: bool) -> CellAccess {
    let Then::Operation(Announced { operation, label, .. }) = then else {
        unreachable!("an access is an operation");
    };
    CellAccess {
        thread: name(thread),
        write,
        location: operation.location,
        label: *label,
    }
}

fn name(thread: usize) -> ThreadId {
    ThreadId::MAIN.child(thread as u8 + 1)
}

/// Returns the ending of a state that is not expanded, as a step is too long.
pub(super) fn step_limit(model: &Model, view: &View) -> Ending<Infallible> {
    panic(model, view).map_or(Ending::StepLimit, Ending::Panic)
}

/// Returns the ending of a state in which no thread is enabled, and not all have finished.
pub(super) fn stuck(model: &Model, view: &View) -> Ending<Infallible> {
    panic(model, view).map_or_else(|| deadlock(model, view), Ending::Panic)
}

/// Returns the panic that counts: that of the first thread. The main thread passes it on, if it joins it at all.
fn panic(model: &Model, view: &View) -> Option<PanicInfo> {
    let mut nodes = view.nodes.iter().enumerate();
    nodes.find_map(|(thread, &node)| match model.then(thread, node) {
        Then::Panicked(info) => Some(PanicInfo {
            thread: name(thread),
            ..PanicInfo::clone(info)
        }),
        _ => None,
    })
}

/// Returns the deadlock of a state: what an execution that ends in it shows.
fn deadlock(model: &Model, view: &View) -> Ending<Infallible> {
    let program = program(model, view);
    let found = ending::stuck_threads(&program);
    let own = view
        .nodes
        .iter()
        .enumerate()
        .filter_map(|(thread, &node)| match model.then(thread, node) {
            Then::Stuck(stuck) => Some(renamed(stuck, thread)),
            _ => None,
        });
    let mut threads: Vec<StuckThread> = found.into_iter().chain(own).collect();
    threads.sort_by_key(|stuck| stuck.thread);
    Ending::Deadlock(threads)
}

/// Returns a thread that waits for an object of its own, by its name in the program.
fn renamed(stuck: &StuckThread, thread: usize) -> StuckThread {
    let mut stuck = stuck.clone();
    stuck.thread = name(thread);
    if let Some((_, id)) = &mut stuck.object {
        id.creator = name(thread);
    }
    if let WaitingFor::Writer(writer) = &mut stuck.waiting_for {
        *writer = name(thread);
    }
    for holder in &mut stuck.holders {
        holder.thread = name(thread);
    }
    stuck
}

/// Returns a program that stands in the state, as far as its deadlock is concerned: the operations that are
/// pending, and those by which locks were acquired.
fn program(model: &Model, view: &View) -> Program {
    let mut program = Program::new(usize::MAX);
    program.begin();
    for (
        object,
        (
            Made {
                kind, location, name, ..
            },
            &value,
        ),
    ) in model.machine.made.iter().zip(&view.values).enumerate()
    {
        let state = model.value(object, value).state;
        let index = program.create_object(0, *kind, state, location);
        program.history.objects[usize::from(index)].name = *name;
    }
    let mut awaited = None;
    for (thread, &node) in view.nodes.iter().enumerate() {
        let index = program.spawn(0, joined_at());
        let status = match model.then(thread, node) {
            Then::Operation(announced) => {
                program.announce(index, &announced.operation);
                program.set_label(index, announced.label);
                Status::Pending
            }
            _ => Status::Finished,
        };
        program.threads[usize::from(index)].status = status;
        add_acquisitions(&mut program, model, thread, node, index);
        if node != FINISHED && awaited.is_none() {
            awaited = Some(index);
        }
    }
    program.threads[0].status = Status::Joining {
        thread: awaited.expect("a thread has not finished"),
        location: joined_at(),
    };
    program
}

/// Adds the events by which a thread has acquired locks in its iteration.
fn add_acquisitions(program: &mut Program, model: &Model, thread: usize, node: u32, index: ThreadIndex) {
    for (announced, told) in model.locals(thread).log(node) {
        let Told::Result(result, _) = told else { continue };
        let operation = announced.operation;
        if !operation.kind.acquires() || announced.own_alternatives > 0 {
            continue;
        }
        let position = program.history.events.len();
        if announced.label.is_some() {
            program.notes.has_labels = true;
        }
        program.notes.note_label(position, announced.label);
        program.history.events.push(search::Event {
            operation,
            result,
            step: Step {
                thread: index,
                alternative: 0,
                exclusive: 0,
                objects: operation.objects,
            },
            number: 0,
            racing: false,
            touches: 0,
            pre: Clock::ZERO,
            clock: Clock::ZERO,
        });
    }
}

/// Returns an ending that has no output, as one of a program that would have.
pub(super) fn without_output<O>(ending: Ending<Infallible>) -> Ending<O> {
    match ending {
        Ending::Finished(never) => match never {},
        Ending::Deadlock(threads) => Ending::Deadlock(threads),
        Ending::Panic(info) => Ending::Panic(info),
        Ending::DataRace(race) => Ending::DataRace(race),
        Ending::StepLimit => Ending::StepLimit,
    }
}
