//! What the program's history is told of an event, and what an execution can be asked of it.

use super::event::Event;
use super::{EventId, Graph, Kind};
use crate::identity::ThreadIndex;
use crate::operation::OperationKind;
use crate::search::{Clock, Communication, Source, Told};

/// Returns the read of the event's operation, if there is one: it itself, or the one before an exclusive write.
pub(super) fn reader<'a>(graph: &'a Graph, event: &'a Event) -> Option<&'a Event> {
    match &event.kind {
        Kind::Read(_) => Some(event),
        Kind::Write(write) if write.exclusive => Some(graph.read_of(entered(graph, event).id)),
        _ => None,
    }
}

/// Returns the write by which a thread has entered a condition variable, if the event is the write that gives the word
/// of its mutex back after that; else the event.
fn entered<'a>(graph: &'a Graph, event: &'a Event) -> &'a Event {
    let waits = matches!(event.operation.kind, OperationKind::Wait(_));
    match waits && event.location == event.operation.objects[1] {
        true => graph.event(EventId {
            number: event.id.number - 2,
            ..event.id
        }),
        false => event,
    }
}

/// Returns where the operation that the event completes stands in coherence order, with its source.
pub(super) fn places(graph: &Graph, event: &Event, source: Source) -> Communication {
    let first = entered(graph, event);
    Communication {
        source,
        place: graph.position_of(first),
        second: graph.position_of(event).filter(|_| first.id != event.id),
        writes: matches!(event.kind, Kind::Write(_)),
    }
}

/// Returns what the program's history is to have of an event. `alike` is `true` if each event before it completes one
/// operation: then a past counts both.
pub(super) fn told<'a>(graph: &Graph, event: &'a Event, alike: bool) -> Told<'a> {
    let reader = reader(graph, event);
    let read = reader.and_then(Event::read);
    Told {
        thread: event.id.thread,
        operation: &event.operation,
        label: event.label,
        number: event.completed,
        found: reader.zip(read).map(|(event, read)| {
            let object = event.location;
            (object, graph.state(read.source, object))
        }),
        alternative: match (&event.kind, read) {
            (Kind::Choice { alternative, .. }, _) => *alternative,
            (_, Some(read)) => read.alternative,
            _ => 0,
        },
        clock: match alike {
            true => event.past.hb,
            false => operations_before(graph, event),
        },
    }
}

/// Returns the operations that happen before the event, itself included: not all events are one.
fn operations_before(graph: &Graph, event: &Event) -> Clock {
    let mut clock = event.past.hb;
    for thread in 0..graph.thread_count as ThreadIndex {
        let number = clock.of(thread);
        if number > 0 {
            clock.set(thread, graph.event(EventId { thread, number }).completed);
        }
    }
    clock
}
