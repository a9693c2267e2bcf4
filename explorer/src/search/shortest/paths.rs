//! The paths to the states of the frontier: a tree, in which paths share their beginnings.

use std::collections::HashMap;

use crate::identity::ObjectIndex;
use crate::operation::{Operation, OperationKind, Step};
use crate::search::history::NONE;

/// The last step of a path, by its index in the tree; [`NONE`] for the empty path.
pub(super) type Path = u32;

#[derive(Clone, Copy, Debug)]
struct Edge {
    before: Path,
    step: Step,
    operation: u32,
}

/// All paths, and the operations on them, each of which is kept once.
#[derive(Debug, Default)]
pub(super) struct Paths {
    edges: Vec<Edge>,
    operations: Vec<Operation>,
    known: HashMap<(OperationKind, [ObjectIndex; 2], usize), u32>,
}

impl Paths {
    /// Adds a step after a path, and returns the longer path.
    pub(super) fn add(&mut self, before: Path, operation: &Operation, step: Step) -> Path {
        // Two locations never have the same address; one may have several, which does no harm.
        let address = std::ptr::from_ref(operation.location).addr();
        let key = (operation.kind, operation.objects, address);
        let index = *self.known.entry(key).or_insert_with(|| {
            self.operations.push(*operation);
            self.operations.len() as u32 - 1
        });
        let path = Path::try_from(self.edges.len()).ok().filter(|&path| path != NONE);
        self.edges.push(Edge {
            before,
            step,
            operation: index,
        });
        path.expect("memory runs out before 4 billion steps")
    }

    /// Returns the last step of a path that is not empty.
    pub(super) fn last(&self, path: Path) -> (Operation, Step) {
        let edge = &self.edges[path as usize];
        (self.operations[edge.operation as usize], edge.step)
    }

    /// Puts all the beginnings of a path, from its first step to itself, into the list.
    pub(super) fn beginnings(&self, path: Path, list: &mut Vec<Path>) {
        list.clear();
        let mut path = path;
        while path != NONE {
            list.push(path);
            path = self.edges[path as usize].before;
        }
        list.reverse();
    }
}
