//! The graph of one combination of paths, with as much of its orders as is decided.

use super::path::{Access, Action, Path};
use crate::weak::relation::{MAX_EVENTS, Relation, Set, members};
use crate::weak::{Place, Program};
use std::sync::atomic::Ordering::{self, AcqRel, Acquire, Release, SeqCst};

/// A graph. Its first events are the initial writes, one for each location.
#[derive(Debug)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    /// The order of each thread, transitive; the initial writes come before all.
    pub(super) po: Relation,
    /// The same with the edges of spawning and joining, transitive.
    pub(super) sb: Relation,
    /// Each write to its reads.
    pub(super) rf: Relation,
    /// Each write to all later ones of its location.
    pub(super) co: Relation,
    /// Each unlock to the next lock of its mutex.
    pub(super) handed: Relation,
}

/// An event of a graph; an initial write has no place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) place: Option<Place>,
    pub(super) action: Action,
}

impl Graph {
    /// Returns the graph of these paths in which nothing is decided; `None` if it is too large.
    pub(super) fn new(program: &Program, paths: &[&Path]) -> Option<Self> {
        let initial = (0..program.locations).map(initial_write);
        let of_thread = |(thread, path): (usize, &&Path)| nodes(thread, path).collect::<Vec<_>>();
        let nodes: Vec<Node> = initial
            .chain(paths.iter().enumerate().flat_map(of_thread))
            .collect();
        if nodes.len() > MAX_EVENTS {
            return None;
        }
        let nothing = Relation::empty(nodes.len());
        let po = program_order(&nodes);
        let sb = po.or(&spawns_and_joins(&nodes)).closure();
        Some(Self {
            nodes,
            po,
            sb,
            rf: nothing.clone(),
            co: nothing.clone(),
            handed: nothing,
        })
    }

    /// Returns the events of which this holds.
    pub(super) fn select(&self, is_wanted: impl Fn(&Node) -> bool) -> Set {
        let wanted = self.nodes.iter().enumerate().filter(|(_, node)| is_wanted(node));
        wanted.fold(0, |set, (event, _)| set | 1 << event)
    }

    /// Returns the identity on the events of which this holds.
    pub(super) fn those(&self, is_wanted: impl Fn(&Node) -> bool) -> Relation {
        Relation::identity(self.nodes.len(), self.select(is_wanted))
    }

    /// Returns the unlock that ends the critical section that begins with this lock.
    pub(super) fn unlock_of(&self, lock: usize) -> Option<usize> {
        let Action::Lock(mutex) = self.nodes[lock].action else {
            unreachable!("{lock} is no lock");
        };
        let is_unlock =
            |node: &Node| node.thread() == self.nodes[lock].thread() && node.action.unlocks(mutex);
        members(self.select(is_unlock)).find(|unlock| self.po.contains(lock, *unlock))
    }
}

fn initial_write(location: usize) -> Node {
    let access = Access {
        location,
        read: None,
        wrote: Some(0),
        ordering: Ordering::Relaxed,
    };
    Node {
        place: None,
        action: Action::Access(access),
    }
}

fn nodes(thread: usize, path: &Path) -> impl Iterator<Item = Node> {
    let node = move |(event, action)| Node {
        place: Some(Place { thread, event }),
        action,
    };
    path.steps.iter().map(|step| step.action).enumerate().map(node)
}

fn program_order(nodes: &[Node]) -> Relation {
    let mut order = Relation::empty(nodes.len());
    for (first, left) in nodes.iter().enumerate() {
        for (second, right) in nodes.iter().enumerate() {
            let is_before = match (left.place, right.place) {
                (None, Some(_)) => true,
                (Some(left), Some(right)) => left.thread == right.thread && left.event < right.event,
                _ => false,
            };
            if is_before {
                order.insert(first, second);
            }
        }
    }
    order
}

/// Returns the edges from a spawn to all of the thread, from all of it to a join, and from the spawn to the join.
fn spawns_and_joins(nodes: &[Node]) -> Relation {
    let mut edges = Relation::empty(nodes.len());
    for (event, node) in nodes.iter().enumerate() {
        for (other, of_thread) in nodes.iter().enumerate() {
            match (node.action, of_thread.action) {
                (Action::Spawn(child), Action::Join(joined)) if child == joined => edges.insert(event, other),
                _ => {}
            }
            match node.action {
                Action::Spawn(child) if of_thread.thread() == Some(child) => edges.insert(event, other),
                Action::Join(child) if of_thread.thread() == Some(child) => edges.insert(other, event),
                _ => {}
            }
        }
    }
    edges
}

impl Node {
    pub(super) fn thread(&self) -> Option<usize> {
        self.place.map(|place| place.thread)
    }

    pub(super) fn access(&self) -> Option<Access> {
        match self.action {
            Action::Access(access) => Some(access),
            _ => None,
        }
    }

    pub(super) fn reads(&self) -> bool {
        self.access().is_some_and(|access| access.read.is_some())
    }

    pub(super) fn writes(&self) -> bool {
        self.access().is_some_and(|access| access.wrote.is_some())
    }

    pub(super) fn is_fence(&self) -> bool {
        matches!(self.action, Action::Fence(_))
    }

    /// Returns the ordering of an access or a fence.
    fn ordering(&self) -> Option<Ordering> {
        match self.action {
            Action::Access(Access { ordering, .. }) | Action::Fence(ordering) => Some(ordering),
            _ => None,
        }
    }

    pub(super) fn is_release(&self) -> bool {
        matches!(self.ordering(), Some(Release | AcqRel | SeqCst))
    }

    pub(super) fn is_acquire(&self) -> bool {
        matches!(self.ordering(), Some(Acquire | AcqRel | SeqCst))
    }

    pub(super) fn is_sequentially_consistent(&self) -> bool {
        self.ordering() == Some(SeqCst)
    }
}

impl Action {
    fn unlocks(self, mutex: usize) -> bool {
        matches!(self, Self::Unlock(unlocked) if unlocked == mutex)
    }
}
