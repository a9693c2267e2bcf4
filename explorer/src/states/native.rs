//! Native runs: one step of a thread, run afresh against a log of the results of its operations.
//!
//! A run is an execution of the runtime. Its main thread makes the shared state and takes one step. The
//! strategy answers what is announced from the log, and stops the execution at the first operation beyond it.
//! Nothing is executed on a shared object meanwhile; what is on the way must be what was announced before.
//!
//! Objects that the step itself creates are its own. Nobody else can see them, so operations on them are
//! executed at once, on their models.

use crate::identity::{MAX_THREADS, NO_OBJECT, ObjectIndex};
use crate::nondeterminism::{Mismatch, Said};
use crate::object::ObjectState;
use crate::object::table::Synchronisation;
use crate::operation::{Operation, OperationKind, OperationResult};
use crate::search::{Contents, Next, Program, Status, Stop, Strategy};

/// The number of events of a final read after which they are forgotten: nobody asks for them.
const REMEMBERED: usize = 10_000;

/// The state of an object, with the value that it holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Value {
    pub(super) state: ObjectState,
    /// The value behind the lock, or in the cell.
    pub(super) word: Option<u64>,
}

/// An operation that a step has announced.
#[derive(Clone, Copy, Debug)]
pub(super) struct Announced {
    pub(super) operation: Operation,
    /// The value that it leaves behind its lock, or in its cell.
    pub(super) out: Option<u64>,
    pub(super) label: Option<&'static str>,
    /// The number of alternatives, if they follow from the step alone: it touches no shared object.
    pub(super) own_alternatives: u8,
}

impl Announced {
    /// Returns `true` if the two cannot be told apart.
    pub(super) fn same(&self, other: &Self) -> bool {
        self.operation.same(&other.operation)
            && (self.out, self.own_alternatives) == (other.out, other.own_alternatives)
    }
}

/// The answer to an operation of a step, or to its question for the iteration's number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Told {
    /// The result of an operation, and the value that it lets the thread see.
    Result(OperationResult, Option<u64>),
    /// The number of iterations before.
    Number(u64),
}

/// The movement of a value by an operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Movement {
    Nothing,
    /// The thread sees the value of the object in this slot.
    In(usize),
    /// The thread leaves a value with the object in this slot.
    Out(usize),
}

/// Returns the movement of a value by an operation that succeeds, or fails.
pub(super) fn movement(kind: OperationKind, succeeded: bool) -> Movement {
    use Synchronisation as S;
    match kind.synchronises(succeeded) {
        S::Lock(slot) => Movement::In(slot),
        S::LockShared | S::Read => Movement::In(0),
        S::Unlock(slot) => Movement::Out(slot),
        S::Write => Movement::Out(0),
        S::Nothing
        | S::Load(..)
        | S::Store(_)
        | S::Add(_)
        | S::Update(_)
        | S::Fence(_)
        | S::UnlockShared
        | S::Take
        | S::Set => Movement::Nothing,
    }
}

/// The thing that a run is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Purpose {
    /// One step, as far as the log goes.
    Step,
    /// The final read, in a state.
    Read,
}

/// The operation at which a run was stopped.
#[derive(Clone, Copy, Debug)]
pub(super) enum Met {
    /// It is beyond the log.
    Operation(Announced),
    /// It is on an object of the step's own, and never enabled.
    Stuck,
    /// The step has executed as many operations as allowed.
    StepLimit,
}

/// A reason for which a run cannot be used.
#[derive(Clone, Copy, Debug)]
pub(super) enum Unfit {
    Mismatch(Mismatch),
    Parks(Operation),
    Spawns,
    Mixed(Operation),
    ChoiceInTheMaking(Operation),
}

/// The strategy of native runs.
#[derive(Debug)]
pub(super) struct Native {
    purpose: Purpose,
    step_limit: usize,
    read_limit: usize,
    /// The number of operations that the final read has executed.
    reads: usize,
    log: Vec<(Announced, Told)>,
    /// The number of entries of the log that have been used.
    pub(super) used: usize,
    pub(super) met: Option<Met>,
    pub(super) unfit: Option<Unfit>,
    /// The state in which the final read takes place.
    values: Vec<Value>,
    placed: bool,
    /// The alternatives chosen in the final read, each with their number.
    choices: Vec<(u8, u8)>,
    chosen: usize,
}

impl Native {
    pub(super) fn new(step_limit: usize, read_limit: usize) -> Self {
        Self {
            purpose: Purpose::Step,
            step_limit,
            read_limit,
            reads: 0,
            log: Vec::new(),
            used: 0,
            met: None,
            unfit: None,
            values: Vec::new(),
            placed: false,
            choices: Vec::new(),
            chosen: 0,
        }
    }

    /// Prepares the run of a step against a log.
    pub(super) fn prepare_step(&mut self, log: Vec<(Announced, Told)>) {
        self.purpose = Purpose::Step;
        self.log = log;
        self.prepare();
    }

    /// Prepares the final read in a state; its choices begin with the first alternatives.
    pub(super) fn prepare_read(&mut self, values: Vec<Value>) {
        self.purpose = Purpose::Read;
        self.values = values;
        self.choices.clear();
        self.prepare();
    }

    fn prepare(&mut self) {
        self.used = 0;
        self.met = None;
        self.unfit = None;
        self.placed = false;
        self.reads = 0;
        self.chosen = 0;
    }

    /// Prepares the final read with the next alternatives; returns `false` if there are none.
    pub(super) fn prepare_next_read(&mut self) -> bool {
        while let Some((chosen, alternatives)) = self.choices.pop() {
            if chosen + 1 < alternatives {
                self.choices.push((chosen + 1, alternatives));
                self.prepare();
                return true;
            }
        }
        false
    }

    /// Returns the share of the choices that were made in the final read, if all alternatives are alike.
    pub(super) fn share(&self) -> f64 {
        let parts = self
            .choices
            .iter()
            .map(|(_, alternatives)| f64::from(*alternatives));
        1.0 / parts.product::<f64>()
    }

    /// Returns the first operation of the log that was not announced, if any.
    pub(super) fn not_announced(&self) -> Option<Operation> {
        let (announced, _) = self.log.get(self.used)?;
        Some(announced.operation)
    }

    fn stop(&mut self, unfit: Unfit) -> Next {
        self.unfit.get_or_insert(unfit);
        Next::Stop(Stop::Asked)
    }

    /// Executes an operation while the shared state is made.
    fn make(&mut self, program: &mut Program, operation: Operation) -> Next {
        let waits = !program.history.enabled(&operation, 0);
        if waits {
            return Next::Stop(Stop::Complete);
        }
        if program.history.alternatives(&operation) > 1 || operation.kind == OperationKind::NotifyOne {
            return self.stop(Unfit::ChoiceInTheMaking(operation));
        }
        let out = program.exchange.moved_out.take();
        execute(program, &operation, 0);
        if let Movement::Out(slot) = movement(operation.kind, program.result.succeeded)
            && let Some(word) = out
        {
            let object = operation.objects[slot];
            program.exchange.note(object, Contents::Word(word));
        }
        program.exchange.moved_in = None;
        Next::Run(0)
    }

    /// Executes an operation of the final read.
    fn read(&mut self, program: &mut Program, operation: Operation) -> Next {
        if !self.placed {
            self.placed = true;
            for (object, value) in program.history.objects.iter_mut().zip(&self.values) {
                object.state = value.state;
            }
        }
        if !program.history.enabled(&operation, 0) {
            return Next::Stop(Stop::Complete);
        }
        if self.reads >= self.read_limit {
            return Next::Stop(Stop::StepLimit);
        }
        self.reads += 1;
        if program.position >= REMEMBERED {
            program.forget_unless_held();
        }
        let alternatives = program.history.alternatives(&operation);
        let mut alternative = 0;
        if alternatives > 1 {
            if self.chosen == self.choices.len() {
                self.choices.push((0, alternatives));
            }
            alternative = self.choices[self.chosen].0;
            self.chosen += 1;
        }
        let out = program.exchange.moved_out.take();
        execute(program, &operation, alternative);
        let value = |slot: usize| usize::from(operation.objects[slot]);
        program.exchange.moved_in = None;
        match movement(operation.kind, program.result.succeeded) {
            Movement::Nothing => {}
            Movement::In(slot) => {
                program.exchange.moved_in = self.values.get(value(slot)).and_then(|value| value.word);
            }
            Movement::Out(slot) => {
                if let Some(value) = self.values.get_mut(value(slot)) {
                    value.word = out;
                }
            }
        }
        Next::Run(0)
    }

    /// Answers an operation of a step: from the log, or on the objects of its own.
    fn answer(&mut self, program: &mut Program, operation: Operation, shared: usize) -> Next {
        let is_shared = |object: &ObjectIndex| usize::from(*object) < shared;
        let mut objects = operation.objects.iter().filter(|object| **object != NO_OBJECT);
        let touches_shared = objects.clone().any(is_shared);
        if touches_shared && !objects.all(is_shared) {
            return self.stop(Unfit::Mixed(operation));
        }
        let mut own_alternatives = 0;
        if !touches_shared {
            if !program.history.enabled(&operation, 0) {
                self.met = Some(Met::Stuck);
                return Next::Stop(Stop::Complete);
            }
            own_alternatives = program.history.alternatives(&operation);
            if operation.objects[0] != NO_OBJECT && own_alternatives == 1 {
                if program.position >= self.step_limit {
                    return self.stop_at(Met::StepLimit);
                }
                program.exchange.moved_out = None;
                program.exchange.moved_in = None;
                execute(program, &operation, 0);
                return Next::Run(0);
            }
        }
        let announced = Announced {
            operation,
            out: program.exchange.moved_out.take(),
            label: program.threads[0].label,
            own_alternatives,
        };
        let Some(&(before, told)) = self.log.get(self.used) else {
            let limit = self.used >= self.step_limit;
            return self.stop_at(match limit {
                true => Met::StepLimit,
                false => Met::Operation(announced),
            });
        };
        if !announced.same(&before) {
            return self.stop(Unfit::Mismatch(Mismatch {
                step: self.used,
                thread: 0,
                now: Said::Announced(operation),
                before: Said::Announced(before.operation),
            }));
        }
        self.used += 1;
        let Told::Result(result, moved_in) = told else {
            unreachable!("the number is no operation");
        };
        if touches_shared || operation.objects[0] == NO_OBJECT {
            program.result = result;
            program.threads[0].status = Status::Running;
        } else {
            execute(program, &operation, result.value as u8);
        }
        program.exchange.moved_in = moved_in;
        Next::Run(0)
    }

    fn stop_at(&mut self, met: Met) -> Next {
        self.met = Some(met);
        Next::Stop(Stop::Asked)
    }
}

/// Executes an operation of the main thread on the models of its objects.
fn execute(program: &mut Program, operation: &Operation, alternative: u8) {
    let step = program.history.step(operation, 0, alternative);
    program.execute(step);
}

impl Strategy for Native {
    fn next(&mut self, program: &mut Program) -> Next {
        if !program.links.is_empty() {
            return self.stop(Unfit::Spawns);
        }
        if program.threads[0].status != Status::Pending {
            return Next::Stop(Stop::Complete);
        }
        debug_assert!(program.registry.thread_count() < MAX_THREADS);
        let operation = program.threads[0].pending;
        let parks = [
            OperationKind::StartToPark,
            OperationKind::Park,
            OperationKind::ParkOrTimeOut,
            OperationKind::Unpark,
        ];
        if parks.contains(&operation.kind) {
            return self.stop(Unfit::Parks(operation));
        }
        match (program.exchange.shared, self.purpose) {
            (None, _) => self.make(program, operation),
            (Some(_), Purpose::Read) => self.read(program, operation),
            (Some(shared), Purpose::Step) => self.answer(program, operation, shared),
        }
    }

    fn backtrack(&mut self, _program: &mut Program) -> bool {
        false
    }
}
