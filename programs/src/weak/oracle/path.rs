//! What one thread can do alone, if it may read any of some values.

use super::TooLarge;
use crate::weak::{Condition, Instruction, Program};
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

/// No thread may have more paths than this.
const MAX_PATHS: usize = 20_000;

/// For each location the values that a read of it may see.
pub(super) type Values = [BTreeSet<u64>];

/// A way of a thread through its instructions.
#[derive(Clone, Debug)]
pub(super) struct Path {
    pub(super) steps: Vec<Step>,
    pub(super) end: End,
}

/// One event of a path.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) instruction: usize,
    pub(super) action: Action,
}

/// What happens in an event.
#[derive(Clone, Copy, Debug)]
pub(super) enum Action {
    Access(Access),
    Fence(Ordering),
    Lock(usize),
    Unlock(usize),
    Plain { cell: usize, writes: bool },
    Choose(u8),
    Spawn(usize),
    Join(usize),
}

/// An access to an atomic; a read-modify-write reads and writes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Access {
    pub(super) location: usize,
    pub(super) read: Option<u64>,
    pub(super) wrote: Option<u64>,
    pub(super) ordering: Ordering,
}

/// The end of a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum End {
    /// The thread was not spawned.
    Absent,
    Finished,
    /// The thread waits for this, and in vain.
    Stuck(Obstacle),
}

/// Why a thread may not go on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Obstacle {
    Lock(usize),
    Join(usize),
    Await { location: usize, until: Condition },
}

/// A thread on its way.
#[derive(Clone)]
struct Run {
    next: usize,
    registers: Vec<u64>,
    steps: Vec<Step>,
}

/// Returns all paths of a thread in which reads see these values.
pub(super) fn paths(program: &Program, thread: usize, values: &Values) -> Result<Vec<Path>, TooLarge> {
    let instructions = &program.threads[thread];
    let mut paths = Vec::new();
    if thread != 0 {
        paths.push(Path {
            steps: Vec::new(),
            end: End::Absent,
        });
    }
    let mut runs = vec![Run {
        next: 0,
        registers: vec![0; program.registers(thread)],
        steps: Vec::new(),
    }];
    while let Some(run) = runs.pop() {
        let Some(instruction) = instructions.get(run.next) else {
            let (steps, end) = (run.steps, End::Finished);
            paths.push(Path { steps, end });
            continue;
        };
        if let Some(obstacle) = obstacle(instruction) {
            let (steps, end) = (run.steps.clone(), End::Stuck(obstacle));
            paths.push(Path { steps, end });
        }
        run.go_on(instruction, values, &mut runs);
        if paths.len() + runs.len() > MAX_PATHS {
            return Err(TooLarge);
        }
    }
    Ok(paths)
}

impl Path {
    /// Returns `true` if the thread holds the mutex at the end.
    pub(super) fn holds(&self, mutex: usize) -> bool {
        let turn = |step: &Step| match step.action {
            Action::Lock(locked) if locked == mutex => Some(true),
            Action::Unlock(unlocked) if unlocked == mutex => Some(false),
            _ => None,
        };
        self.steps.iter().filter_map(turn).next_back() == Some(true)
    }
}

fn obstacle(instruction: &Instruction) -> Option<Obstacle> {
    match *instruction {
        Instruction::Lock(mutex) => Some(Obstacle::Lock(mutex)),
        Instruction::Join(thread) => Some(Obstacle::Join(thread)),
        Instruction::Await { location, until, .. } => Some(Obstacle::Await { location, until }),
        _ => None,
    }
}

/// Returns what happens in an instruction that depends on no value and sees none.
fn action(instruction: &Instruction) -> Option<Action> {
    match *instruction {
        Instruction::Fence(ordering) => Some(Action::Fence(ordering)),
        Instruction::Lock(mutex) => Some(Action::Lock(mutex)),
        Instruction::Unlock(mutex) => Some(Action::Unlock(mutex)),
        Instruction::Spawn(thread) => Some(Action::Spawn(thread)),
        Instruction::Join(thread) => Some(Action::Join(thread)),
        Instruction::Read { cell, .. } => Some(Action::Plain { cell, writes: false }),
        Instruction::Write { cell, .. } => Some(Action::Plain { cell, writes: true }),
        _ => None,
    }
}

impl Run {
    /// Executes an instruction in all ways.
    fn go_on(self, instruction: &Instruction, values: &Values, runs: &mut Vec<Self>) {
        match *instruction {
            Instruction::Choose {
                register,
                alternatives,
            } => {
                for alternative in 0..alternatives {
                    let action = Action::Choose(alternative);
                    runs.push(self.clone().stepped(action, Some((register, alternative.into()))));
                }
            }
            Instruction::If {
                register,
                condition,
                skip,
            } => {
                let goes_on = condition.holds(self.registers[register]);
                let next = self.next + 1 + if goes_on { 0 } else { skip };
                runs.push(Self { next, ..self });
            }
            Instruction::Store {
                location,
                value,
                ordering,
            } => {
                let wrote = Some(value.value(&self.registers));
                runs.push(self.accessed(location, None, wrote, ordering, None));
            }
            _ => match action(instruction) {
                Some(action) => {
                    runs.push(self.stepped(action, instruction.target().map(|register| (register, 0))))
                }
                None => self.read(instruction, values, runs),
            },
        }
    }

    /// Executes an instruction that reads an atomic, with each value that it may see.
    fn read(self, instruction: &Instruction, values: &Values, runs: &mut Vec<Self>) {
        let (Instruction::Load {
            register, location, ..
        }
        | Instruction::Update {
            register, location, ..
        }
        | Instruction::CompareExchange {
            register, location, ..
        }
        | Instruction::Await {
            register, location, ..
        }) = *instruction
        else {
            unreachable!("{instruction} reads no atomic");
        };
        for &seen in &values[location] {
            if let Some((wrote, ordering)) = self.effect(instruction, seen) {
                let run = self.clone();
                runs.push(run.accessed(location, Some(seen), wrote, ordering, Some(register)));
            }
        }
    }

    /// Returns what an instruction that sees this value writes, and with which ordering; `None` if it goes on
    /// waiting.
    fn effect(&self, instruction: &Instruction, seen: u64) -> Option<(Option<u64>, Ordering)> {
        match *instruction {
            Instruction::Load { ordering, .. } => Some((None, ordering)),
            Instruction::Await { until, ordering, .. } => until.holds(seen).then_some((None, ordering)),
            Instruction::Update {
                update,
                operand,
                ordering,
                ..
            } => Some((Some(update.apply(seen, operand.value(&self.registers))), ordering)),
            Instruction::CompareExchange {
                expected,
                new,
                success,
                failure,
                ..
            } => match seen == expected.value(&self.registers) {
                true => Some((Some(new.value(&self.registers)), success)),
                false => Some((None, failure)),
            },
            _ => unreachable!("{instruction} reads no atomic"),
        }
    }

    fn accessed(
        self,
        location: usize,
        read: Option<u64>,
        wrote: Option<u64>,
        ordering: Ordering,
        register: Option<usize>,
    ) -> Self {
        let access = Access {
            location,
            read,
            wrote,
            ordering,
        };
        self.stepped(Action::Access(access), register.zip(read))
    }

    /// Appends an event, and sets a register.
    fn stepped(mut self, action: Action, set: Option<(usize, u64)>) -> Self {
        let instruction = self.next;
        self.steps.push(Step { instruction, action });
        if let Some((register, value)) = set {
            self.registers[register] = value;
        }
        self.next += 1;
        self
    }
}
