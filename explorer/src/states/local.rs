//! Local states: a thread's place within its step, which is the log of its results.
//!
//! A step is deterministic in what its operations return. So the results since it began say all that there is
//! to know of a thread, whatever is on its stack. The logs form a tree. Each is a node, with what the step does
//! after it: that is found out by one native run, the first time that the log comes up.

use std::collections::HashMap;

use super::machine::{Code, Machine, Ran};
use super::native::{Announced, Movement, Told, movement};
use super::refused::Refused;
use super::rules::Rules;
use super::stop::Interruption;
use crate::ending::{PanicInfo, StuckThread};
use crate::identity::{NO_OBJECT, ObjectIndex};
use crate::operation::OperationKind;
use crate::repeated::Flow;

/// The local state of a thread that has done all its iterations.
pub(super) const FINISHED: u32 = 0;

/// The local state of a thread at the beginning of its step.
pub(super) const ROOT: u32 = 1;

/// The thing that a thread does next.
#[derive(Clone, Debug)]
pub(super) enum Then {
    /// Nothing: it has ended.
    Finished,
    Operation(Announced),
    /// It waits for ever, for an object of its own.
    Stuck(Box<StuckThread>),
    /// It has executed as many operations as allowed.
    StepLimit,
    Panicked(Box<PanicInfo>),
    /// It wants to know the number of its iteration.
    Number,
    /// Its iteration is done.
    Done,
    /// It starts over.
    Again,
}

/// A local state.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) then: Then,
    pub(super) parent: u32,
    /// The answer that led here from the parent.
    told: Told,
    /// The number of operations in the log.
    pub(super) depth: u32,
}

/// An access to plain memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct CellAccess {
    pub(super) cell: ObjectIndex,
    pub(super) write: bool,
}

/// The local states of threads with the same step.
#[derive(Debug)]
pub(super) struct Locals {
    /// A thread that takes the step.
    thread: usize,
    nodes: Vec<Node>,
    children: HashMap<(u32, Told), u32>,
    rules: Rules,
}

impl Locals {
    /// Creates the local states of the step that this thread takes, as yet without the root.
    pub(super) fn new(thread: usize, rules: Rules) -> Self {
        let finished = Node {
            then: Then::Finished,
            parent: FINISHED,
            told: Told::Number(0),
            depth: 0,
        };
        Self {
            thread,
            nodes: vec![finished],
            children: HashMap::new(),
            rules,
        }
    }

    /// Finds out what the step begins with.
    pub(super) fn find_root(&mut self, code: &dyn Code, machine: &mut Machine) -> Result<(), Interruption> {
        if self.nodes.len() == 1 {
            let then = self.then(code, machine, FINISHED, None)?;
            self.nodes.push(Node {
                then,
                parent: FINISHED,
                told: Told::Number(0),
                depth: 0,
            });
        }
        Ok(())
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn node(&self, node: u32) -> &Node {
        &self.nodes[node as usize]
    }

    /// Returns the local state after this answer.
    pub(super) fn child(
        &mut self,
        code: &dyn Code,
        machine: &mut Machine,
        parent: u32,
        told: Told,
    ) -> Result<u32, Interruption> {
        if let Some(&known) = self.children.get(&(parent, told)) {
            return Ok(known);
        }
        let then = self.then(code, machine, parent, Some(told))?;
        let depth = self.node(parent).depth + u32::from(matches!(told, Told::Result(..)));
        let node = Node {
            then,
            parent,
            told,
            depth,
        };
        if matches!(node.then, Then::Done | Then::Again) {
            self.check_nothing_held(machine, &node)?;
        }
        let index = self.merged(&node).unwrap_or_else(|| {
            self.nodes.push(node);
            self.nodes.len() as u32 - 1
        });
        self.children.insert((parent, told), index);
        Ok(index)
    }

    /// Returns the node that a mutant takes for this one.
    fn merged(&self, node: &Node) -> Option<u32> {
        if self.rules.logs_count {
            return None;
        }
        let Then::Operation(next) = &node.then else {
            return None;
        };
        let same = |other: &Node| match &other.then {
            Then::Operation(then) => then.same(next) && (other.told, other.depth) == (node.told, node.depth),
            _ => false,
        };
        self.nodes.iter().position(same).map(|index| index as u32)
    }

    /// Runs the step to see what it does after the log of `parent`, and this answer.
    fn then(
        &self,
        code: &dyn Code,
        machine: &mut Machine,
        parent: u32,
        told: Option<Told>,
    ) -> Result<Then, Interruption> {
        let mut log = self.log(parent);
        let mut number = self.number(parent);
        match (told, &self.node(parent).then) {
            (Some(Told::Number(told)), _) => number = Some(told),
            (Some(told), Then::Operation(announced)) => log.push((*announced, told)),
            (None, _) => {}
            (Some(_), other) => unreachable!("{other:?} has no result"),
        }
        Ok(match machine.step(code, self.thread, log, number)? {
            Ran::Returned(Flow::Done) => Then::Done,
            Ran::Returned(Flow::Again) => Then::Again,
            Ran::Panicked(info) => Then::Panicked(Box::new(info)),
            Ran::Announced(announced) => Then::Operation(announced),
            Ran::AsksNumber => Then::Number,
            Ran::Stuck(stuck) => Then::Stuck(Box::new(stuck)),
            Ran::StepLimit => Then::StepLimit,
        })
    }

    /// Returns the nodes from the first after the root to this one.
    fn path(&self, node: u32) -> Vec<&Node> {
        let mut path = Vec::new();
        let mut next = node;
        while next > ROOT {
            let node = self.node(next);
            path.push(node);
            next = node.parent;
        }
        path.reverse();
        path
    }

    /// Returns the operations that lead to a local state, each with its answer.
    pub(super) fn log(&self, node: u32) -> Vec<(Announced, Told)> {
        self.operations(&self.path(node))
    }

    fn operations(&self, path: &[&Node]) -> Vec<(Announced, Told)> {
        let entry = |node: &&Node| match &self.node(node.parent).then {
            Then::Operation(announced) => Some((*announced, node.told)),
            _ => None,
        };
        path.iter().filter_map(entry).collect()
    }

    /// Returns the number of the iteration, if the step has been told on the way to a local state.
    fn number(&self, node: u32) -> Option<u64> {
        self.path(node).into_iter().find_map(|node| match node.told {
            Told::Number(number) => Some(number),
            Told::Result(..) => None,
        })
    }

    /// Checks that a step which ends here holds no shared lock.
    fn check_nothing_held(&self, machine: &Machine, last: &Node) -> Result<(), Refused> {
        let mut held = Vec::new();
        let mut path = self.path(last.parent);
        path.push(last);
        for (announced, told) in self.operations(&path) {
            let Told::Result(result, _) = told else { continue };
            let Announced { operation, .. } = announced;
            let released = |held: &mut Vec<ObjectIndex>, object: ObjectIndex| {
                if let Some(index) = held.iter().position(|&lock| lock == object) {
                    held.swap_remove(index);
                }
            };
            match (operation.kind, movement(operation.kind, result.succeeded)) {
                (OperationKind::CellRead | OperationKind::CellWrite, _) => {}
                (OperationKind::ReadUnlock, _) => released(&mut held, operation.objects[0]),
                (_, Movement::In(slot)) => held.push(operation.objects[slot]),
                (_, Movement::Out(slot)) => released(&mut held, operation.objects[slot]),
                (_, Movement::Nothing) => {}
            }
        }
        let shared = |lock: &ObjectIndex| *lock != NO_OBJECT && usize::from(*lock) < machine.made.len();
        match held.into_iter().find(shared) {
            None => Ok(()),
            Some(lock) => Err(Refused::HeldLock {
                object: machine.made[usize::from(lock)].called,
                location: machine.made[usize::from(lock)].location,
            }),
        }
    }
}

impl Then {
    /// Returns the access to plain memory that comes next, if that is next.
    pub(super) fn cell_access(&self) -> Option<CellAccess> {
        let Self::Operation(announced) = self else {
            return None;
        };
        let write = match announced.operation.kind {
            OperationKind::CellRead => false,
            OperationKind::CellWrite => true,
            _ => return None,
        };
        (announced.own_alternatives == 0).then_some(CellAccess {
            cell: announced.operation.objects[0],
            write,
        })
    }
}
