//! Programs for weak memory, run by the explorer.

use super::strict::strict;
use selvedge_explorer::sync::atomic::{AtomicU64, fence};
use selvedge_explorer::sync::{Cell, Mutex, MutexGuard};
use selvedge_explorer::{Completeness, Ending, Mode, choose, hint, thread};
use selvedge_programs::weak::{Execution, Expression, Instruction, Program, Update};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The registers of a thread at its end, and of all those that it joined.
pub(crate) type Log = BTreeMap<usize, Vec<u64>>;

/// How many executions end in each way; `None` is a deadlock.
pub(crate) type Endings = BTreeMap<Option<Log>, usize>;

/// Returns the endings of the traces; `None` if there are more traces than this.
pub(crate) fn endings_of_traces(program: &Program, most: u64) -> Option<Endings> {
    let mut endings = Endings::new();
    let explorer = strict().mode(Mode::Optimal).executions(Some(most));
    let explored = explorer.explore(body(program), |execution| {
        let ending = match execution.ending() {
            Ending::Finished(log) => Some(log.clone()),
            Ending::Deadlock(_) => None,
            other => panic!("an ending of another kind: {}", other.kind()),
        };
        *endings.entry(ending).or_default() += 1;
    });
    let summary = explored.unwrap_or_else(|error| panic!("{error}"));
    (summary.completeness == Completeness::Exhaustive).then_some(endings)
}

/// The objects that the threads of a program share.
struct Shared {
    program: Program,
    locations: Vec<AtomicU64>,
    cells: Vec<Cell<u64>>,
    mutexes: Vec<Mutex<()>>,
    handles: std::sync::Mutex<BTreeMap<usize, thread::JoinHandle<Log>>>,
}

/// A thread on its way.
struct Thread<'a> {
    shared: &'a Arc<Shared>,
    registers: Vec<u64>,
    guards: BTreeMap<usize, MutexGuard<'a, ()>>,
    joined: Log,
}

/// Returns the program as a body that the explorer can execute.
pub(crate) fn body(program: &Program) -> impl Fn() -> Log + 'static {
    let program = program.clone();
    move || {
        let shared = Arc::new(Shared {
            locations: (0..program.locations).map(|_| AtomicU64::new(0)).collect(),
            cells: (0..program.cells).map(|_| Cell::new(0)).collect(),
            mutexes: (0..program.mutexes).map(|_| Mutex::new(())).collect(),
            handles: std::sync::Mutex::default(),
            program: program.clone(),
        });
        run(&shared, 0)
    }
}

/// Returns the log that the main thread has at the end of an execution.
pub(crate) fn log(program: &Program, execution: &Execution) -> Log {
    let (mut log, mut threads) = (Log::new(), vec![0]);
    while let Some(thread) = threads.pop() {
        log.insert(thread, execution.registers(program, thread));
        for event in &execution.threads[thread] {
            if let Instruction::Join(joined) = program.threads[thread][event.instruction] {
                threads.push(joined);
            }
        }
    }
    log
}

fn run(shared: &Arc<Shared>, number: usize) -> Log {
    let mut thread = Thread {
        shared,
        registers: vec![0; shared.program.registers(number)],
        guards: BTreeMap::new(),
        joined: Log::new(),
    };
    let instructions = &shared.program.threads[number];
    let mut next = 0;
    while let Some(instruction) = instructions.get(next) {
        next += 1 + thread.execute(instruction);
    }
    // A mutex that is still locked stays so.
    thread.guards.into_values().for_each(std::mem::forget);
    thread.joined.insert(number, thread.registers);
    thread.joined
}

impl Thread<'_> {
    /// Executes an instruction; returns how many it skips.
    fn execute(&mut self, instruction: &Instruction) -> usize {
        match *instruction {
            Instruction::If {
                register,
                condition,
                skip,
            } => {
                return if condition.holds(self.registers[register]) {
                    0
                } else {
                    skip
                };
            }
            Instruction::Fence(ordering) => fence(ordering),
            Instruction::Lock(mutex) => {
                let guard = self.shared.mutexes[mutex].lock().expect("no thread panics");
                self.guards.insert(mutex, guard);
            }
            Instruction::Unlock(mutex) => drop(self.guards.remove(&mutex)),
            Instruction::Read { register, cell } => {
                self.shared.cells[cell].get();
                self.registers[register] = 0;
            }
            Instruction::Write { cell, value } => self.shared.cells[cell].set(self.value(value)),
            Instruction::Choose {
                register,
                alternatives,
            } => self.registers[register] = choose(alternatives.into()) as u64,
            Instruction::Spawn(thread) => self.spawn(thread),
            Instruction::Join(thread) => self.join(thread),
            _ => self.access(instruction),
        }
        0
    }

    fn value(&self, expression: Expression) -> u64 {
        expression.value(&self.registers)
    }

    fn spawn(&self, number: usize) {
        let shared = Arc::clone(self.shared);
        let handle = thread::spawn(move || run(&shared, number));
        let mut handles = self.shared.handles.lock().expect("no thread panics");
        handles.insert(number, handle);
    }

    fn join(&mut self, number: usize) {
        let handle = self
            .shared
            .handles
            .lock()
            .expect("no thread panics")
            .remove(&number);
        let handle = handle.expect("a thread is joined once, after it was spawned");
        self.joined.append(&mut handle.join().expect("no thread panics"));
    }

    fn access(&mut self, instruction: &Instruction) {
        match *instruction {
            Instruction::Load {
                register,
                location,
                ordering,
            } => self.registers[register] = self.shared.locations[location].load(ordering),
            Instruction::Await {
                register,
                location,
                until,
                ordering,
            } => loop {
                self.registers[register] = self.shared.locations[location].load(ordering);
                if until.holds(self.registers[register]) {
                    break;
                }
                hint::spin_loop();
            },
            Instruction::Store {
                location,
                value,
                ordering,
            } => self.shared.locations[location].store(self.value(value), ordering),
            Instruction::Update {
                register,
                location,
                update,
                operand,
                ordering,
            } => self.registers[register] = self.update(location, update, operand, ordering),
            ref exchange => self.compare_exchange(exchange),
        }
    }

    fn compare_exchange(&mut self, instruction: &Instruction) {
        let Instruction::CompareExchange {
            register,
            location,
            expected,
            new,
            success,
            failure,
        } = *instruction
        else {
            unreachable!("{instruction} is executed elsewhere");
        };
        let [expected, new] = [expected, new].map(|expression| self.value(expression));
        let seen = self.shared.locations[location].compare_exchange(expected, new, success, failure);
        self.registers[register] = seen.unwrap_or_else(|other| other);
    }

    fn update(&self, location: usize, update: Update, operand: Expression, ordering: Ordering) -> u64 {
        let (location, operand) = (&self.shared.locations[location], self.value(operand));
        match update {
            Update::Swap => location.swap(operand, ordering),
            Update::Add => location.fetch_add(operand, ordering),
            Update::Or => location.fetch_or(operand, ordering),
        }
    }
}
