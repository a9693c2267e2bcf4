//! A notation for small programs: a text for each thread, with semicolons between the instructions.
//!
//! ```text
//! x = 1 rel; y = r0+1 rlx        stores
//! r0 = x acq                     a load
//! r0 = add x 1 rlx               a read-modify-write; also swap, or
//! r0 = cas x 0 1 acqrel rlx      a compare-exchange: expected, new, success, failure
//! r0 = await x not 0 acq         a loop that polls
//! fence sc
//! if r0 is 1 then 2              the next 2 instructions are under the condition
//! assume r0 not 1                3 instructions: else the thread never goes on
//! lock m; unlock m
//! join 1
//! ```

use crate::weak::{Condition, Expression, Instruction, Program, Update};
use std::sync::atomic::Ordering;

/// Returns the program in which the main thread spawns these threads, in this order.
///
/// # Panics
///
/// If a word is not understood.
pub(super) fn program(threads: &[impl AsRef<str>]) -> Program {
    let mut reader = Reader::default();
    let main = (1..=threads.len()).map(Instruction::Spawn).collect();
    let others = threads.iter().map(|thread| reader.thread(thread.as_ref()));
    let threads: Vec<Vec<Instruction>> = [main].into_iter().chain(others).collect();
    Program {
        locations: reader.locations.len(),
        cells: 0,
        mutexes: reader.mutexes.len(),
        threads,
    }
}

/// The names that were met, in order: their numbers are those of the objects.
#[derive(Default)]
struct Reader {
    locations: Vec<String>,
    mutexes: Vec<String>,
    assumptions: usize,
}

impl Reader {
    fn thread(&mut self, text: &str) -> Vec<Instruction> {
        let lines = text.split(';').map(str::trim).filter(|line| !line.is_empty());
        lines.flat_map(|line| self.instructions(line)).collect()
    }

    fn instructions(&mut self, line: &str) -> Vec<Instruction> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [assume, of, is, value] = words[..] else {
            return vec![self.instruction(&words)];
        };
        if assume != "assume" {
            return vec![self.instruction(&words)];
        }
        let mutex = number(&mut self.mutexes, &format!("assumption {}", self.assumptions));
        self.assumptions += 1;
        let guard = Instruction::If {
            register: register(of).expect("an assumption is about a register"),
            condition: match condition(is, value) {
                Condition::Is(value) => Condition::IsNot(value),
                Condition::IsNot(value) => Condition::Is(value),
            },
            skip: 2,
        };
        vec![guard, Instruction::Lock(mutex), Instruction::Lock(mutex)]
    }

    fn instruction(&mut self, words: &[&str]) -> Instruction {
        match *words {
            ["fence", how] => Instruction::Fence(ordering(how)),
            ["lock", mutex] => Instruction::Lock(number(&mut self.mutexes, mutex)),
            ["unlock", mutex] => Instruction::Unlock(number(&mut self.mutexes, mutex)),
            ["join", thread] => Instruction::Join(thread.parse().expect("a thread has a number")),
            ["if", of, is, value, "then", skip] => Instruction::If {
                register: register(of).expect("a condition is about a register"),
                condition: condition(is, value),
                skip: skip.parse().expect("the length of a branch is a number"),
            },
            [target, "=", ref words @ ..] => match register(target) {
                Some(register) => self.read(register, words),
                None => self.store(target, words),
            },
            _ => panic!("{words:?} is no instruction"),
        }
    }

    fn store(&mut self, location: &str, words: &[&str]) -> Instruction {
        let [value, how] = *words else {
            panic!("{words:?} is no value and ordering");
        };
        Instruction::Store {
            location: number(&mut self.locations, location),
            value: expression(value),
            ordering: ordering(how),
        }
    }

    fn read(&mut self, register: usize, words: &[&str]) -> Instruction {
        match *words {
            [location, how] => Instruction::Load {
                register,
                location: number(&mut self.locations, location),
                ordering: ordering(how),
            },
            ["cas", location, expected, new, success, failure] => Instruction::CompareExchange {
                register,
                location: number(&mut self.locations, location),
                expected: expression(expected),
                new: expression(new),
                success: ordering(success),
                failure: ordering(failure),
            },
            ["await", location, is, value, how] => Instruction::Await {
                register,
                location: number(&mut self.locations, location),
                until: condition(is, value),
                ordering: ordering(how),
            },
            [kind, location, operand, how] => Instruction::Update {
                register,
                location: number(&mut self.locations, location),
                update: update(kind),
                operand: expression(operand),
                ordering: ordering(how),
            },
            _ => panic!("{words:?} is no read"),
        }
    }
}

/// Returns the number of an object, by its name.
fn number(names: &mut Vec<String>, name: &str) -> usize {
    names.iter().position(|known| known == name).unwrap_or_else(|| {
        names.push(name.to_owned());
        names.len() - 1
    })
}

fn register(word: &str) -> Option<usize> {
    word.strip_prefix('r')?.parse().ok()
}

fn expression(word: &str) -> Expression {
    if let Ok(value) = word.parse() {
        return Expression::Constant(value);
    }
    let (name, sum) = match word.split_once(['+', '-']) {
        None => (word, None),
        Some((name, number)) => (name, Some(number.parse::<u64>().expect("a sum has a number"))),
    };
    let register = register(name).expect("a value is a number, or from a register");
    match sum {
        None => Expression::Register(register),
        Some(sum) if word.contains('-') => Expression::Plus(register, sum.wrapping_neg()),
        Some(sum) => Expression::Plus(register, sum),
    }
}

fn condition(is: &str, value: &str) -> Condition {
    let value = value.parse().expect("a condition names a number");
    match is {
        "is" => Condition::Is(value),
        "not" => Condition::IsNot(value),
        _ => panic!("{is:?} is no condition"),
    }
}

fn update(word: &str) -> Update {
    match word {
        "swap" => Update::Swap,
        "add" => Update::Add,
        "or" => Update::Or,
        _ => panic!("{word:?} is no update"),
    }
}

fn ordering(word: &str) -> Ordering {
    match word {
        "rlx" => Ordering::Relaxed,
        "acq" => Ordering::Acquire,
        "rel" => Ordering::Release,
        "acqrel" => Ordering::AcqRel,
        "sc" => Ordering::SeqCst,
        _ => panic!("{word:?} is no ordering"),
    }
}
