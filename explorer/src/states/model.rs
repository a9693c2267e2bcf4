//! The transition relation: what each thread can do in a state, and what comes of it.
//!
//! It is computed once for each local state and each value of the objects that the next operation touches, and
//! looked up after that. Such values are interned, as local states are: a state is a tuple of small numbers.

mod sight;
mod take;

use std::collections::HashMap;

use super::local::{FINISHED, Locals, ROOT, Then};
use super::lookup::Table;
use super::machine::{Code, Machine};
use super::native::{Told, Value};
use super::refused::Refused;
use super::rules::Rules;
use super::stop::Interruption;
use crate::identity::{NO_OBJECT, ObjectIndex, ObjectKind};
use crate::operation::Step;
use crate::runtime;

/// Something that a thread can do in a state.
#[derive(Clone, Copy, Debug)]
pub(super) struct Transition {
    /// The numbers of the values that its objects then have, by slot.
    pub(super) values: [u32; 2],
    /// The thread's local state then.
    pub(super) node: u32,
    /// `true` if it has done its iteration, and begins the next, if there is one.
    pub(super) done: bool,
}

/// What a thread can do in a state.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Choices {
    /// The first of the transitions.
    pub(super) first: u32,
    /// Their number: 0 if the thread is not enabled.
    pub(super) count: u16,
    /// The access to the object in each slot, as in a [`Step`].
    pub(super) accesses: u8,
}

/// The part of a local state that is looked at for each state.
#[derive(Clone, Copy, Debug)]
struct Shape {
    objects: [ObjectIndex; 2],
    /// `true` if the thread is to execute an operation, and not only to wait.
    operates: bool,
    /// `true` if it wants to know its number.
    asks: bool,
    depth: u32,
}

/// A thread, with what is known of its transitions.
#[derive(Debug)]
struct Thread {
    /// The number of its step among the steps.
    step: usize,
    /// By the local state and the value of its object.
    known: Table<u64, Choices>,
    /// The numbers of pairs of values, for operations on two objects.
    pairs: HashMap<(u32, u32), u32>,
}

/// The interned values of an object.
#[derive(Debug, Default)]
struct Values {
    values: Vec<Value>,
    numbers: HashMap<Value, u32>,
}

impl Values {
    fn number(&mut self, value: Value) -> u32 {
        let values = &mut self.values;
        *self.numbers.entry(value).or_insert_with(|| {
            values.push(value);
            values.len() as u32 - 1
        })
    }
}

/// The transition relation of a repeated program.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) machine: Machine,
    pub(super) iterations: u64,
    threads: Vec<Thread>,
    steps: Vec<Locals>,
    /// For each step, the shapes of its local states.
    shapes: Vec<Vec<Shape>>,
    objects: Vec<Values>,
    transitions: Vec<Transition>,
    /// `true` if the shared state has plain memory.
    pub(super) has_cells: bool,
    /// `true` if a step is known to start over.
    pub(super) starts_over: bool,
    /// `true` if a step has executed as many operations as allowed.
    pub(super) meets_step_limit: bool,
    rules: Rules,
}

impl Model {
    /// Creates the relation of a program whose threads take these steps, by their numbers.
    pub(super) fn new(
        code: &dyn Code,
        mut machine: Machine,
        steps: &[usize],
        iterations: u64,
        rules: Rules,
    ) -> Result<Self, Interruption> {
        let mut locals = Vec::new();
        for (thread, &step) in steps.iter().enumerate() {
            if step == locals.len() {
                let mut of_step = Locals::new(thread, rules);
                of_step.find_root(code, &mut machine)?;
                locals.push(of_step);
            }
        }
        let thread = |&step: &usize| Thread {
            step,
            known: Table::new(),
            pairs: HashMap::new(),
        };
        let objects = machine.made.iter().map(|made| {
            let mut values = Values::default();
            values.number(made.value);
            values
        });
        let mut model = Self {
            objects: objects.collect(),
            has_cells: machine.made.iter().any(|made| made.kind == ObjectKind::Cell),
            machine,
            iterations,
            threads: steps.iter().map(thread).collect(),
            shapes: vec![Vec::new(); locals.len()],
            steps: locals,
            transitions: Vec::new(),
            starts_over: false,
            meets_step_limit: false,
            rules,
        };
        for step in 0..model.steps.len() {
            model.add_shapes(step);
        }
        Ok(model)
    }

    pub(super) fn threads(&self) -> usize {
        self.threads.len()
    }

    pub(super) fn objects(&self) -> usize {
        self.objects.len()
    }

    /// Returns the number of values that an object has had.
    pub(super) fn values_of(&self, object: usize) -> usize {
        self.objects[object].values.len()
    }

    /// Returns the number of local states that threads with the same step as this one have had.
    pub(super) fn nodes_of(&self, thread: usize) -> usize {
        self.steps[self.threads[thread].step].len()
    }

    /// Returns the number of local states.
    pub(super) fn local_states(&self) -> usize {
        // The end is none.
        self.steps.iter().map(|step| step.len() - 1).sum()
    }

    /// Returns about as many bytes as the local states and the known transitions take.
    pub(super) fn bytes(&self) -> usize {
        const NODE: usize = 256;
        let known: usize = self.threads.iter().map(|thread| thread.known.bytes()).sum();
        self.local_states() * NODE + known + self.transitions.len() * size_of::<Transition>()
    }

    /// Returns the value of an object.
    pub(super) fn value(&self, object: usize, number: u32) -> Value {
        self.objects[object].values[number as usize]
    }

    /// Returns the local states of a thread.
    pub(super) fn locals(&self, thread: usize) -> &Locals {
        &self.steps[self.threads[thread].step]
    }

    /// Returns the thing that a thread in this local state does next.
    pub(super) fn then(&self, thread: usize, node: u32) -> &Then {
        &self.locals(thread).node(node).then
    }

    /// Returns the number of operations that a thread in this local state has executed in its iteration.
    #[inline]
    pub(super) fn depth(&self, thread: usize, node: u32) -> u32 {
        self.shapes[self.threads[thread].step][node as usize].depth
    }

    #[inline]
    pub(super) fn transition(&self, index: usize) -> Transition {
        self.transitions[index]
    }

    /// Returns the objects that a thread in this local state touches next.
    #[inline]
    pub(super) fn touches(&self, thread: usize, node: u32) -> [ObjectIndex; 2] {
        self.shapes[self.threads[thread].step][node as usize].objects
    }

    /// Returns what a thread can do in a local state, where the objects have these values.
    #[inline]
    pub(super) fn choices(
        &mut self,
        code: &dyn Code,
        thread: usize,
        node: u32,
        values: &[u32],
    ) -> Result<Choices, Interruption> {
        let of = &self.threads[thread];
        let shape = self.shapes[of.step][node as usize];
        if !shape.operates {
            return Ok(Choices::default());
        }
        let value = |slot: usize| values[usize::from(shape.objects[slot])];
        let number = match shape.objects {
            [NO_OBJECT, _] => Some(0),
            [_, NO_OBJECT] => Some(value(0)),
            [..] => of.pairs.get(&(value(0), value(1))).copied(),
        };
        if let Some(number) = number
            && let Some(known) = of.known.get(u64::from(node) << 32 | u64::from(number))
        {
            return Ok(known);
        }
        self.find_choices(code, thread, node, values)
    }

    /// Finds out what a thread can do, and notes it.
    #[cold]
    fn find_choices(
        &mut self,
        code: &dyn Code,
        thread: usize,
        node: u32,
        values: &[u32],
    ) -> Result<Choices, Interruption> {
        let Then::Operation(announced) = *self.then(thread, node) else {
            unreachable!("the thread is to execute an operation");
        };
        self.check_plain_memory(&announced)?;
        let choices = runtime::own(|| self.step_of(thread, &announced, values))?;
        let found = match choices {
            None => Choices::default(),
            Some((step, alternatives)) => {
                let first = self.transitions.len();
                let mut transitions = Vec::new();
                for alternative in 0..alternatives {
                    transitions.push(self.take(code, thread, node, &announced, alternative, values)?);
                }
                self.transitions.extend(transitions);
                Choices {
                    first: first as u32,
                    count: alternatives.into(),
                    accesses: step.accesses,
                }
            }
        };
        let objects = announced.operation.objects;
        let shared = |slot: usize| match objects[slot] {
            object if usize::from(object) < self.objects.len() => Some(values[usize::from(object)]),
            _ => None,
        };
        let of = &mut self.threads[thread];
        let number = match (shared(0), shared(1)) {
            (None, _) => 0,
            (Some(first), None) => first,
            (Some(first), Some(second)) => {
                let next = of.pairs.len() as u32;
                *of.pairs.entry((first, second)).or_insert(next)
            }
        };
        of.known.entry(u64::from(node) << 32 | u64::from(number), found);
        Ok(found)
    }

    fn add_shapes(&mut self, step: usize) {
        let (locals, shapes) = (&self.steps[step], &mut self.shapes[step]);
        for node in shapes.len()..locals.len() {
            let node = locals.node(node as u32);
            self.meets_step_limit |= matches!(node.then, Then::StepLimit);
            let objects = match &node.then {
                Then::Operation(announced) if announced.own_alternatives == 0 => announced.operation.objects,
                _ => [NO_OBJECT; 2],
            };
            shapes.push(Shape {
                objects,
                operates: matches!(node.then, Then::Operation(_)),
                asks: matches!(node.then, Then::Number),
                depth: node.depth,
            });
        }
    }

    /// Lets a thread go on to its next operation, after an operation that has led to this local state: answers
    /// its question for its number, and begins iterations.
    #[inline]
    pub(super) fn settle(
        &mut self,
        code: &dyn Code,
        thread: usize,
        node: u32,
        iteration: u64,
    ) -> Result<(u32, u64), Interruption> {
        let waits = self.shapes[self.threads[thread].step][node as usize].asks;
        let may_end = node == ROOT;
        match waits || may_end {
            false => Ok((node, iteration)),
            true => self.settle_slowly(code, thread, node, iteration),
        }
    }

    #[inline(never)]
    fn settle_slowly(
        &mut self,
        code: &dyn Code,
        thread: usize,
        mut node: u32,
        mut iteration: u64,
    ) -> Result<(u32, u64), Interruption> {
        let step = self.threads[thread].step;
        loop {
            if node == ROOT && iteration == self.iterations {
                return Ok((FINISHED, iteration));
            }
            match self.steps[step].node(node).then {
                Then::Done => {
                    node = ROOT;
                    iteration += 1;
                }
                // Where an operation has come before, `child` has seen to it.
                Then::Again if self.steps[step].node(node).depth == 0 => {
                    return Err(Refused::EmptyAgain.into());
                }
                Then::Again => {
                    if !self.starts_over {
                        self.starts_over = true;
                        return Err(Interruption::StartsOver);
                    }
                    node = ROOT;
                }
                Then::Number => {
                    let told = Told::Number(iteration);
                    node = self.steps[step].child(code, &mut self.machine, node, told)?;
                    self.add_shapes(step);
                }
                _ => return Ok((node, iteration)),
            }
        }
    }
}

/// Returns `true` if the two steps conflict: they touch a common object, and their accesses to it conflict.
#[inline]
pub(super) fn conflict(
    (objects, accesses): ([ObjectIndex; 2], u8),
    (others, theirs): ([ObjectIndex; 2], u8),
) -> bool {
    let step = |thread, objects, accesses| Step {
        thread,
        alternative: 0,
        accesses,
        objects,
    };
    step(0, objects, accesses).conflicts_with(&step(1, others, theirs))
}
