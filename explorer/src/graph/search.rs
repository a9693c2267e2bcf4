//! The search: a depth-first walk over execution graphs.
//!
//! Each event that has options leaves a node on the stack. The search goes on from the top: it gives the event the
//! next of its options, or takes it back. The nodes below a revisit belong to the graph in which the revisit took
//! place; what is cut from it is kept until all that follows from the revisit has been explored.

mod revisit;

use std::marker::PhantomData;
use std::sync::atomic::Ordering;

use super::cut::Removed;
use super::decision::{Decision, alternatives};
use super::event::{Part, Past};
use super::growth::New;
use super::{Event, EventId, Graph, Kind, MemoryModel, Rules};
use crate::identity::{MAX_THREADS, ObjectIndex, ThreadIndex};
use crate::object::ObjectState;
use revisit::Revisit;

/// An event with options that are left, or a revisit.
#[derive(Debug)]
enum Node {
    /// A read that can read from earlier writes: down to that with this place.
    Read {
        read: EventId,
        bound: u16,
    },
    /// A write that can take earlier places, and then revisit reads.
    Write(WriteNode),
    Choice(EventId),
    Revisit(Revisit),
}

/// The options of a write.
#[derive(Debug)]
struct WriteNode {
    write: EventId,
    /// Its place in coherence order, while places are left.
    place: Option<u16>,
    /// The first place that coherence allows.
    lowest: u16,
    /// How many events, from the first stamp on, have not been asked whether they are to be revisited.
    unasked: usize,
    /// How many of them do not lead to the write.
    beside: usize,
}

impl WriteNode {
    /// Returns the node of a write, the last event, that has this place.
    fn new(graph: &Graph, write: EventId, place: Option<u16>, lowest: u16) -> Self {
        Self {
            write,
            place,
            lowest,
            unasked: graph.events.len() - 1,
            beside: graph.events.len() - graph.event(write).past.porf.events(),
        }
    }
}

/// The answer to a thread's operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Answer {
    /// It is complete.
    Done,
    /// It has been begun, and the thread waits.
    Waits,
}

/// The search, and the graph where it stands.
#[derive(Debug)]
pub(super) struct Search<R> {
    pub(super) model: MemoryModel,
    /// `true` if a mutex is a word that holds its state; `false` if threads draw tickets at it. With tickets no
    /// graph has an acquisition that waits in vain, but nobody can ask whether the mutex is free.
    pub(super) lock_words: bool,
    pub(super) graph: Graph,
    /// The number of events, from the first on, that are the same as when this was last set.
    pub(super) unchanged: usize,
    stack: Vec<Node>,
    /// What comes before the next event of each thread.
    pub(super) pasts: [Past; MAX_THREADS],
    /// What is not used any more, for its memory.
    unused: Vec<Removed>,
    rules: PhantomData<R>,
}

impl<R: Rules> Search<R> {
    /// Creates a search that stands before its first execution.
    pub(super) fn new(model: MemoryModel) -> Self {
        Self {
            model,
            lock_words: false,
            graph: Graph::default(),
            unchanged: 0,
            stack: Vec::new(),
            pasts: [Past::NOTHING; MAX_THREADS],
            unused: Vec::new(),
            rules: PhantomData,
        }
    }

    /// Returns how many events and revisits that have or had options lead to the graph.
    pub(super) fn depth(&self) -> usize {
        self.stack.len()
    }

    /// Begins an execution: its first events are those of the graph.
    pub(super) fn begin(&mut self) {
        self.pasts = [Past::NOTHING; MAX_THREADS];
    }

    /// Notes that the thread of this event has executed it.
    #[inline]
    pub(super) fn pass(&mut self, index: usize) {
        let event = &self.graph.events[index];
        self.pasts[usize::from(event.id.thread)] = event.past;
    }

    /// Notes that one thread has spawned another.
    pub(super) fn spawn(&mut self, parent: ThreadIndex, child: ThreadIndex) {
        let before = self.pasts[usize::from(parent)];
        self.follow(child, &before);
    }

    /// Notes that a thread has joined another.
    pub(super) fn join(&mut self, thread: ThreadIndex, ended: ThreadIndex) {
        let before = self.pasts[usize::from(ended)];
        self.follow(thread, &before);
    }

    fn follow(&mut self, thread: ThreadIndex, before: &Past) {
        let past = &mut self.pasts[usize::from(thread)];
        let sb = past.sb;
        past.join(before);
        if !R::SPAWN_IN_PROGRAM_ORDER {
            past.sb = sb;
        }
    }

    /// Notes the first state of an object.
    pub(super) fn set_initial(&mut self, object: ObjectIndex, initial: ObjectState) {
        self.graph.location_mut(object).initial = initial;
    }

    /// Returns `true` if a thread waits for a state that has been left since: this is not how the execution ends.
    pub(super) fn waits_in_vain(&self) -> bool {
        (0..self.graph.thread_count as ThreadIndex)
            .filter_map(|thread| self.graph.last_of(thread))
            .filter(|last| last.waits())
            .any(|last| self.graph.position_of(last) != Some(self.graph.location(last.location).end() - 1))
    }

    /// Returns `true` if the threads that wait for a mutex that is not released, if there are any, wait in the
    /// order that counts: any other order of theirs is the same deadlock.
    pub(super) fn waits_in_order(&self) -> bool {
        !R::ONE_QUEUE
            || self.graph.locations.iter().all(|location| {
                let tickets = location.coherence[1..].iter();
                let waiting = tickets.filter(|ticket| {
                    let last = self.graph.last_of(ticket.thread).expect("it has written");
                    last.id == **ticket && last.is_ticket()
                });
                waiting.is_sorted_by_key(|ticket| ticket.thread)
            })
    }

    /// Adds a read of the last write, and the write that belongs to it, if there is one.
    pub(super) fn read(&mut self, new: &New<'_>, part: Part, object: ObjectIndex) {
        let last = self.graph.location_mut(object).coherence.last();
        let last = *last.expect("the initial write");
        let bound = self.graph.bound(object, &new.past.hb);
        let read = self.graph.add_read(new, part, object);
        let decision = self.graph.set_source::<R>(self.model, read, (last, 0));
        self.stack.push(Node::Read { read, bound });
        if decision.writes.is_some() {
            let consistent = self.write_exclusively(&decision);
            debug_assert!(consistent, "an event that comes last is consistent");
        }
    }

    pub(super) fn store(&mut self, new: &New<'_>, written: (ObjectState, Ordering)) {
        let object = new.object();
        let place = self.graph.location(object).end();
        let bound = self.graph.bound(object, &new.past.hb);
        let write = self.graph.add_write(self.model, new, Part::Last, object, written);
        self.graph.insert(write, place);
        let node = WriteNode::new(&self.graph, write, Some(place), bound + 1);
        self.stack.push(Node::Write(node));
    }

    pub(super) fn choose(&mut self, new: &New<'_>, alternatives: u8) {
        let choice = self.graph.add_choice(new, alternatives);
        self.stack.push(Node::Choice(choice));
    }

    /// Adds the write that belongs to the read, the last event; returns `true` if the graph is consistent.
    pub(super) fn write_exclusively(&mut self, decision: &Decision) -> bool {
        let write = self.graph.add_exclusive_write::<R>(self.model, decision);
        let place = self.graph.place_after_source(write);
        let Event {
            location: object,
            part,
            ..
        } = *self.graph.newest();
        let taken = R::ATOMICITY && self.graph.splits(object, place);
        // The tickets before this one lead to it, each to the next. So if none comes after, it revisits none.
        if taken || part != Part::Ticket {
            let node = WriteNode::new(&self.graph, write, (!taken).then_some(place), place);
            self.stack.push(Node::Write(node));
        }
        if taken {
            return false;
        }
        let last = place == self.graph.location(object).end();
        self.graph.insert(write, place);
        last || self.graph.is_consistent::<R>(self.model)
    }

    /// Leaves the events as they are: no other options of theirs are to be tried.
    pub(super) fn forget_options(&mut self) {
        self.stack.clear();
    }

    /// Goes on to the next graph; returns `false` if there is none.
    pub(super) fn backtrack(&mut self) -> bool {
        while let Some(node) = self.stack.last_mut() {
            let found = match node {
                Node::Read { read, bound } => {
                    let (read, bound) = (*read, *bound);
                    self.read_earlier(read, bound)
                }
                Node::Write(node) => {
                    let write = node.write;
                    self.place_earlier(write) || self.revisit_next(write)
                }
                Node::Choice(choice) => {
                    let choice = *choice;
                    self.choose_next(choice)
                }
                Node::Revisit(_) => self.place_revisiting(),
            };
            if found {
                return true;
            }
        }
        false
    }

    /// Takes back the events from this one on.
    fn take_back_from(&mut self, id: EventId) {
        self.take_back(self.graph.index(id));
    }

    /// Takes back the events after this one.
    pub(super) fn take_back_after(&mut self, id: EventId) {
        self.take_back(self.graph.index(id) + 1);
    }

    fn take_back(&mut self, length: usize) {
        self.graph.take_back(length);
        self.unchanged = self.unchanged.min(length);
    }

    /// Lets a read take the next alternative, or read from an earlier write.
    fn read_earlier(&mut self, id: EventId, bound: u16) -> bool {
        self.take_back_after(id);
        loop {
            let event = self.graph.event(id);
            let (object, kind) = (event.location, event.operation.kind);
            let read = event.read().expect("a read has options");
            let found = self.graph.state(read.source, object);
            let position = self.graph.position(read.source);
            let ticket = event.part == Part::Ticket || read.waits;
            let option = if !ticket && read.alternative + 1 < alternatives(kind, &found, self.lock_words) {
                (read.source, read.alternative + 1)
            } else if position > bound {
                (
                    self.graph.location(object).coherence[usize::from(position) - 1],
                    0,
                )
            } else {
                self.take_back_from(id);
                self.stack.pop();
                return false;
            };
            self.touch_last();
            let decision = self.graph.set_source::<R>(self.model, id, option);
            // A thread that waits does so for what comes after the last write.
            if decision.waits || !self.graph.is_consistent::<R>(self.model) {
                continue;
            }
            if decision.writes.is_none() {
                return true;
            }
            if R::SHARE_SOURCE || !self.graph.splits(object, self.graph.position(option.0) + 1) {
                return self.write_exclusively(&decision);
            }
        }
    }

    /// Gives a write an earlier place.
    fn place_earlier(&mut self, write: EventId) -> bool {
        self.take_back_after(write);
        self.touch_last();
        loop {
            let Some(Node::Write(node)) = self.stack.last_mut() else {
                unreachable!("the write is at the top");
            };
            let Some(place) = node.place else {
                return false;
            };
            node.place = (place > node.lowest).then(|| place - 1);
            let next = node.place;
            let event = self.graph.event(write);
            let object = event.location;
            if self.graph.has_place(event) {
                self.graph.remove(write);
            }
            if let Some(place) = next
                && !(R::ATOMICITY && self.graph.splits(object, place))
            {
                self.graph.insert(write, place);
                if self.graph.is_consistent::<R>(self.model) {
                    return true;
                }
            }
        }
    }

    /// Notes that the last event changes.
    fn touch_last(&mut self) {
        self.unchanged = self.unchanged.min(self.graph.events.len() - 1);
    }

    /// Takes the next alternative of a choice.
    fn choose_next(&mut self, choice: EventId) -> bool {
        self.take_back_after(choice);
        self.touch_last();
        if let Kind::Choice {
            alternative,
            alternatives,
        } = &mut self.graph.event_mut(choice).kind
            && *alternative + 1 < *alternatives
        {
            *alternative += 1;
            return true;
        }
        self.take_back_from(choice);
        self.stack.pop();
        false
    }
}
