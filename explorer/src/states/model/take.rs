//! Operations: whether a thread can execute one, and what comes of it.

use super::sight::{orders_as_it_shows, seen};
use super::{Model, Transition};
use crate::identity::NO_OBJECT;
use crate::object;
use crate::operation::{Access, OperationKind, OperationResult, Step};
use crate::runtime;
use crate::states::local::{ROOT, Then};
use crate::states::machine::Code;
use crate::states::native::{Announced, Movement, Told, movement};
use crate::states::refused::Refused;
use crate::states::stop::Interruption;

impl Model {
    /// Returns the step of an enabled thread, and the number of its alternatives; `None` if it is not enabled.
    pub(super) fn step_of(&self, thread: usize, announced: &Announced, values: &[u32]) -> Option<(Step, u8)> {
        let Announced {
            operation,
            own_alternatives,
            ..
        } = announced;
        let index = thread as u8 + 1;
        if *own_alternatives > 0 {
            let step = Step {
                thread: index,
                alternative: 0,
                accesses: 0,
                objects: [NO_OBJECT; 2],
            };
            return Some((step, *own_alternatives));
        }
        let value = |slot: usize| {
            let object = usize::from(operation.objects[slot]);
            &self.objects[object].values[values[object] as usize].state
        };
        if !object::enabled(operation, index, value) {
            return None;
        }
        let alternatives = match operation.kind.may_choose() {
            true => object::alternatives(operation, value),
            false => 1,
        };
        let mut step = object::step(operation, index, 0, value);
        let exchanges = matches!(operation.kind, OperationKind::CompareExchange { .. });
        if exchanges && !self.rules.exchanges_write {
            step.accesses = Access::Shared.in_slot(0);
        }
        Some((step, alternatives))
    }

    /// Executes the operation of an enabled thread.
    pub(super) fn take(
        &mut self,
        code: &dyn Code,
        thread: usize,
        node: u32,
        announced: &Announced,
        alternative: u8,
        values: &[u32],
    ) -> Result<Transition, Interruption> {
        let operation = &announced.operation;
        let mut result = OperationResult::of(u64::from(alternative));
        let mut after = [0; 2];
        let mut moved_in = None;
        if announced.own_alternatives == 0 {
            let mut taken = [None; 2];
            for (slot, object) in operation.slots() {
                let object = usize::from(object);
                let mut value = self.value(object, values[object]);
                let answer =
                    runtime::own(|| value.state.apply(operation.kind, thread as u8 + 1, alternative))?;
                if operation.kind.is_answered_by(slot) {
                    result = answer;
                }
                taken[slot] = Some(value);
            }
            match movement(operation.kind, result.succeeded) {
                Movement::Nothing => {}
                Movement::In(slot) => moved_in = taken[slot].and_then(|value| value.word),
                Movement::Out(slot) => {
                    if let Some(value) = &mut taken[slot] {
                        value.word = announced.out;
                    }
                }
            }
            for (slot, object) in operation.slots() {
                let value = taken[slot].expect("the object has been operated on");
                after[slot] = self.objects[usize::from(object)].number(value);
            }
        }
        // An alternative of the step's own is told by its number.
        let result = match announced.own_alternatives {
            0 => seen(operation.kind, result),
            _ => result,
        };
        let told = Told::Result(result, moved_in);
        let (node, done) = self.child(code, thread, node, told)?;
        Ok(Transition {
            values: after,
            node,
            done,
        })
    }

    /// Returns the local state after an answer; and whether the iteration is done.
    fn child(
        &mut self,
        code: &dyn Code,
        thread: usize,
        node: u32,
        told: Told,
    ) -> Result<(u32, bool), Interruption> {
        let step = self.threads[thread].step;
        let child = self.steps[step].child(code, &mut self.machine, node, told)?;
        self.add_shapes(step);
        Ok(match self.steps[step].node(child).then {
            Then::Done => (ROOT, true),
            Then::Again if self.starts_over => (ROOT, false),
            Then::Again => {
                self.starts_over = true;
                return Err(Interruption::StartsOver);
            }
            _ => (child, false),
        })
    }

    /// Checks that an operation orders memory accesses as far as it lets threads see what others do, if there
    /// is plain memory.
    pub(super) fn check_plain_memory(&self, announced: &Announced) -> Result<(), Refused> {
        let operation = &announced.operation;
        if !self.has_cells || announced.own_alternatives > 0 || orders_as_it_shows(operation.kind) {
            return Ok(());
        }
        Err(Refused::PlainMemory {
            operation: operation.kind.row().told,
            location: operation.location,
        })
    }
}
