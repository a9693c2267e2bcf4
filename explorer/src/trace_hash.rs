//! A hash of traces that does not depend on the schedule.
//!
//! A trace is known by the steps of each thread and the past of each step: so it is hashed thread by
//! thread, by name, each step with its operation, its result and its clock. Pointers are numbered
//! anew, in the order in which they are hashed: the execution's own numbers depend on the schedule.

use std::hash::{Hash, Hasher};

use super::identity::{NO_OBJECT, ObjectIndex, ObjectKind, ThreadIndex};
use super::search::{Communication, Event, Program, Source};
use super::trace_hasher::TraceHasher;

/// Returns the hash of the trace of the current execution.
pub(crate) fn trace_hash(program: &Program, communication: &[Communication]) -> u128 {
    let mut threads: Vec<ThreadIndex> = (0..program.registry.thread_count() as ThreadIndex).collect();
    threads.sort_by_key(|&thread| program.registry.thread_id(thread));
    let mut hasher = TraceHasher::new();
    let mut pointers = Pointers::default();
    for &thread in &threads {
        let events = program
            .history
            .events
            .iter()
            .filter(|event| event.step.thread == thread);
        for event in events {
            hash_event(
                program,
                &threads,
                &pointers.renumbered(program, event),
                &mut hasher,
            );
        }
        hash_communication(program, communication, thread, &mut hasher);
    }
    hasher.hash()
}

fn hash_event(program: &Program, threads: &[ThreadIndex], event: &Event, hasher: &mut TraceHasher) {
    program.registry.thread_id(event.step.thread).hash(hasher);
    event.operation.kind.hash(hasher);
    (event.result, program.alternative_by_name(event)).hash(hasher);
    for &object in event
        .operation
        .objects
        .iter()
        .filter(|&&object| object != NO_OBJECT)
    {
        hash_object(program, object, hasher);
    }
    for &thread in threads {
        let seen = event.clock.of(thread);
        if seen > 0 {
            program.registry.thread_id(thread).hash(hasher);
            hasher.write_u16(seen);
        }
    }
}

/// Hashes what the thread's events read, and where their writes stand, if an execution graph has decided that.
fn hash_communication(
    program: &Program,
    communication: &[Communication],
    thread: ThreadIndex,
    hasher: &mut TraceHasher,
) {
    let name = |position: u32| {
        let event = &program.history.events[position as usize];
        (program.registry.thread_id(event.step.thread), event.number)
    };
    for (event, communication) in program.history.events.iter().zip(communication) {
        if event.step.thread == thread {
            communication.place.hash(hasher);
            match communication.source {
                Source::Nothing => 0.hash(hasher),
                Source::Initial => 1.hash(hasher),
                Source::Event(position) => name(position).hash(hasher),
            }
        }
    }
}

fn hash_object(program: &Program, object: ObjectIndex, hasher: &mut TraceHasher) {
    program.history.object(object).kind.hash(hasher);
    program.registry.object_id(object).hash(hasher);
}

/// The pointers hashed so far: the execution's own numbers for them.
#[derive(Default)]
struct Pointers(Vec<u64>);

impl Pointers {
    /// Returns the event with its pointers numbered in the order in which they come here.
    fn renumbered(&mut self, program: &Program, event: &Event) -> Event {
        let mut event = *event;
        let of_pointer = |slot: usize| match event.operation.objects[slot] {
            NO_OBJECT => false,
            object => program.history.object(object).kind == ObjectKind::AtomicPtr,
        };
        let is_pointer = [of_pointer(0), of_pointer(1)];
        let mut renumbered = |slot: usize, value| match is_pointer[slot] {
            true => self.number(value),
            false => value,
        };
        event.operation.kind = event.operation.kind.map_values(&mut renumbered);
        event.result.value = renumbered(0, event.result.value);
        event
    }

    fn number(&mut self, pointer: u64) -> u64 {
        if pointer == 0 {
            return 0;
        }
        let known = self.0.iter().position(|&known| known == pointer);
        let index = known.unwrap_or_else(|| {
            self.0.push(pointer);
            self.0.len() - 1
        });
        index as u64 + 1
    }
}
