//! A thread of a program that is data: which operation comes next, given the results so far.

use selvedge_programs::weak::{self, Event, Instruction, Program};

use crate::identity::ObjectIndex;
use crate::operation::{OperationKind, OperationResult, Update};

/// What a thread does next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Next {
    /// An operation on an object.
    Operate(OperationKind, ObjectIndex),
    Spawn(usize),
    Join(usize),
    /// It has ended.
    Nothing,
}

/// A thread, where it stands.
#[derive(Clone, Debug)]
pub(super) struct Machine {
    pub(super) started: bool,
    pub(super) instruction: usize,
    registers: Vec<u64>,
    /// `true` if it has read a value that does not end its loop.
    pub(super) polls: bool,
    /// The events of the thread, as an oracle tells them.
    pub(super) events: Vec<Event>,
}

impl Machine {
    pub(super) fn new(program: &Program, thread: usize) -> Self {
        Self {
            started: thread == 0,
            instruction: 0,
            registers: vec![0; program.registers(thread)],
            polls: false,
            events: Vec::new(),
        }
    }

    /// Returns what comes next in these instructions.
    pub(super) fn next(&mut self, program: &Program, thread: usize) -> Next {
        let instructions = &program.threads[thread];
        while let Some(Instruction::If {
            register,
            condition,
            skip,
        }) = instructions.get(self.instruction)
        {
            let holds = condition.holds(self.registers[*register]);
            self.instruction += 1 + if holds { 0 } else { *skip };
        }
        let Some(instruction) = instructions.get(self.instruction) else {
            return Next::Nothing;
        };
        self.operation(program, instruction)
    }

    fn operation(&self, program: &Program, instruction: &Instruction) -> Next {
        use OperationKind as Kind;
        let value = |expression: weak::Expression| expression.value(&self.registers);
        let cell = |cell: usize| (program.locations + cell) as ObjectIndex;
        let mutex = |mutex: usize| (program.locations + program.cells + mutex) as ObjectIndex;
        let (kind, object) = match *instruction {
            Instruction::Load {
                location, ordering, ..
            }
            | Instruction::Await {
                location, ordering, ..
            } => (Kind::Load(ordering), location as ObjectIndex),
            Instruction::Store {
                location,
                value: stored,
                ordering,
            } => (Kind::Store(ordering, value(stored)), location as ObjectIndex),
            Instruction::Update {
                location,
                update,
                operand,
                ordering,
                ..
            } => (
                Kind::ReadModifyWrite(ordering, kind_of(update), value(operand)),
                location as ObjectIndex,
            ),
            Instruction::CompareExchange {
                location,
                expected,
                new,
                success,
                failure,
                ..
            } => (
                Kind::CompareExchange {
                    success,
                    failure,
                    expected: value(expected),
                    new: value(new),
                    weak: false,
                },
                location as ObjectIndex,
            ),
            Instruction::Fence(ordering) => (Kind::Fence(ordering), crate::identity::NO_OBJECT),
            Instruction::Lock(number) => (Kind::Lock, mutex(number)),
            Instruction::Unlock(number) => (Kind::Unlock(false), mutex(number)),
            Instruction::Read { cell: number, .. } => (Kind::CellRead, cell(number)),
            Instruction::Write { cell: number, .. } => (Kind::CellWrite, cell(number)),
            Instruction::Choose { alternatives, .. } => {
                (Kind::Choose(alternatives), crate::identity::NO_OBJECT)
            }
            Instruction::Spawn(thread) => return Next::Spawn(thread),
            Instruction::Join(thread) => return Next::Join(thread),
            Instruction::If { .. } => unreachable!("decided before"),
        };
        Next::Operate(kind, object)
    }

    /// Goes on with the result of its operation, unless it goes on polling.
    pub(super) fn resume(&mut self, program: &Program, thread: usize, result: OperationResult, event: Event) {
        let instruction = &program.threads[thread][self.instruction];
        if let Instruction::Await { until, .. } = instruction
            && !until.holds(result.value)
        {
            self.polls = true;
            return;
        }
        if let Some(register) = instruction.target() {
            self.registers[register] = match instruction {
                Instruction::Read { .. } => 0,
                _ => result.value,
            };
        }
        self.pass(event);
    }

    /// Goes on with the next instruction.
    pub(super) fn pass(&mut self, event: Event) {
        let instruction = self.instruction;
        self.events.push(Event { instruction, ..event });
        self.instruction += 1;
    }
}

fn kind_of(update: weak::Update) -> Update {
    match update {
        weak::Update::Swap => Update::Swap,
        weak::Update::Add => Update::Add,
        weak::Update::Or => Update::Or,
    }
}
