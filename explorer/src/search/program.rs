//! What the search knows of the program's threads and objects in the current execution.

use std::panic::Location;

use super::{Link, Search, Status, Thread};
use crate::history::{NONE, Object};
use crate::identity::{ObjectIndex, ObjectKind, ThreadIndex};
use crate::nondeterminism::{Mismatch, Said};
use crate::object::ObjectState;
use crate::object::park_token::ParkToken;
use crate::operation::Operation;

impl Search {
    /// Adds a thread spawned by `parent`.
    pub(crate) fn spawn(&mut self, parent: ThreadIndex, location: &'static Location<'static>) -> ThreadIndex {
        let spawner = &mut self.threads[usize::from(parent)];
        let (clock, label, earlier) = (spawner.clock, spawner.label, spawner.children);
        spawner.children += 1;
        let child = self.registry.child(parent, usize::from(earlier));
        let thread = &mut self.threads[usize::from(child)];
        thread.status = Status::Running;
        thread.clock = clock;
        self.links.push(Link {
            position: self.position,
            from: parent,
            to: child,
            spawn: true,
            location,
            label,
        });
        child
    }

    /// Notes that `thread` has seen the end of `ended`.
    pub(crate) fn join(
        &mut self,
        thread: ThreadIndex,
        ended: ThreadIndex,
        location: &'static Location<'static>,
    ) {
        let clock = self.threads[usize::from(ended)].clock;
        let joiner = &mut self.threads[usize::from(thread)];
        joiner.clock.join(&clock);
        joiner.status = Status::Running;
        let label = joiner.label;
        self.links.push(Link {
            position: self.position,
            from: ended,
            to: thread,
            spawn: false,
            location,
            label,
        });
    }

    /// Notes the operation that the thread will execute next.
    #[inline]
    pub(crate) fn announce(&mut self, thread: ThreadIndex, operation: &Operation) {
        let thread = &mut self.threads[usize::from(thread)];
        thread.pending = *operation;
        thread.status = Status::Pending;
    }

    /// Adds an object created by `thread`; while repeating, the object is there already.
    pub(crate) fn create_object(
        &mut self,
        thread: ThreadIndex,
        kind: ObjectKind,
        initial: ObjectState,
        location: &'static Location<'static>,
    ) -> ObjectIndex {
        let creator = &mut self.threads[usize::from(thread)];
        let earlier = creator.objects as usize;
        creator.objects += 1;
        let index = self.registry.object(thread, earlier);
        let object = Object {
            kind,
            state: initial,
            initial,
            last: NONE,
            location,
            name: None,
        };
        let repeats = !self.first && self.position <= self.replay;
        match self.history.objects.get_mut(usize::from(index)) {
            Some(known) if repeats => {
                if (known.kind, known.initial) != (kind, initial) && self.mismatch.is_none() {
                    let now = Said::Created { kind, location };
                    let before = Said::Created {
                        kind: known.kind,
                        location: known.location,
                    };
                    self.mismatch = Some(Mismatch {
                        step: self.position,
                        thread,
                        now,
                        before,
                    });
                }
            }
            Some(known) => *known = object,
            None => self.add_object(index, object),
        }
        index
    }

    fn add_object(&mut self, index: ObjectIndex, object: Object) {
        // Indices are given out in order, so at most this one is missing.
        debug_assert_eq!(self.history.objects.len(), usize::from(index));
        self.history.objects.push(object);
    }

    /// Returns the park token of a thread.
    pub(crate) fn token(&mut self, thread: ThreadIndex, location: &'static Location<'static>) -> ObjectIndex {
        let index = self.registry.token(thread);
        if usize::from(index) == self.history.objects.len() {
            let initial = ObjectState::ParkToken(ParkToken::default());
            let kind = ObjectKind::ParkToken;
            self.add_object(
                index,
                Object {
                    kind,
                    state: initial,
                    initial,
                    last: NONE,
                    location,
                    name: None,
                },
            );
        }
        index
    }

    /// Returns the threads that can execute their pending operation, as a bit set.
    pub(crate) fn enabled_threads(&self) -> u32 {
        let mut enabled = 0;
        for (index, thread) in self.threads[..self.registry.thread_count()].iter().enumerate() {
            let pending = thread.status == Status::Pending;
            if pending && self.history.enabled(&thread.pending, index as ThreadIndex) {
                enabled |= 1 << index;
            }
        }
        enabled
    }

    /// Returns the threads that have neither ended nor can go on, as a bit set.
    pub(crate) fn stuck_threads(&self) -> u32 {
        let unfinished = |thread: &Thread| matches!(thread.status, Status::Pending | Status::Joining { .. });
        let threads = self.threads[..self.registry.thread_count()].iter().enumerate();
        threads
            .filter(|(_, thread)| unfinished(thread))
            .fold(0, |set, (index, _)| set | 1 << index)
    }
}
