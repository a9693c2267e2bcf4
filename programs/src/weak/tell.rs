//! Programs and executions as text, in words close to Rust's.

use crate::weak::{Condition, Ending, Event, Execution, Expression, Instruction, Place, Program, Update};
use std::fmt::{self, Display, Formatter};

impl Display for Program {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (thread, instructions) in self.threads.iter().enumerate() {
            match thread {
                0 => writeln!(f, "main {{")?,
                _ => writeln!(f, "thread {thread} {{")?,
            }
            tell_thread(instructions, f)?;
            writeln!(f, "}}")?;
        }
        Ok(())
    }
}

/// Writes the instructions one a line, those under a condition further to the right.
fn tell_thread(instructions: &[Instruction], f: &mut Formatter<'_>) -> fmt::Result {
    let mut ends = Vec::new();
    for (index, instruction) in instructions.iter().enumerate() {
        ends.retain(|end| *end > index);
        writeln!(f, "{:width$}{instruction}", "", width = 4 * (ends.len() + 1))?;
        if let Instruction::If { skip, .. } = instruction {
            ends.push(index + 1 + skip);
        }
    }
    Ok(())
}

/// The name of a location, by its number.
struct Location(usize);

impl Display for Location {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match ["x", "y", "z"].get(self.0) {
            Some(name) => f.write_str(name),
            None => write!(f, "x{}", self.0),
        }
    }
}

impl Display for Instruction {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Load { .. } | Self::Store { .. } | Self::Await { .. } => self.tell_access(f),
            Self::Update { .. } | Self::CompareExchange { .. } => self.tell_exchange(f),
            Self::Fence(ordering) => write!(f, "fence({ordering:?})"),
            Self::Lock(mutex) => write!(f, "m{mutex}.lock()"),
            Self::Unlock(mutex) => write!(f, "m{mutex}.unlock()"),
            Self::Read { register, cell } => write!(f, "r{register} = 0 * cell{cell}.get()"),
            Self::Write { cell, value } => write!(f, "cell{cell}.set({value})"),
            Self::Choose {
                register,
                alternatives,
            } => write!(f, "r{register} = choose({alternatives})"),
            Self::Spawn(thread) => write!(f, "spawn {thread}"),
            Self::Join(thread) => write!(f, "join {thread}"),
            Self::If {
                register,
                condition,
                skip,
            } => write!(f, "if r{register} {condition}, the next {skip}:"),
        }
    }
}

impl Instruction {
    fn tell_access(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Load {
                register,
                location,
                ordering,
            } => write!(f, "r{register} = {}.load({ordering:?})", Location(location)),
            Self::Store {
                location,
                value,
                ordering,
            } => write!(f, "{}.store({value}, {ordering:?})", Location(location)),
            Self::Await {
                register,
                location,
                until,
                ordering,
            } => {
                let location = Location(location);
                write!(f, "r{register} = {location}.load({ordering:?}) until it {until}")
            }
            _ => unreachable!("{self:?} is no load, no store and no await"),
        }
    }

    fn tell_exchange(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Update {
                register,
                location,
                update,
                operand,
                ordering,
            } => {
                let location = Location(location);
                write!(f, "r{register} = {location}.{update}({operand}, {ordering:?})")
            }
            Self::CompareExchange {
                register,
                location,
                expected,
                new,
                success,
                failure,
            } => {
                let location = Location(location);
                write!(f, "r{register} = {location}.compare_exchange(")?;
                write!(f, "{expected}, {new}, {success:?}, {failure:?})")
            }
            _ => unreachable!("{self:?} is no read-modify-write"),
        }
    }
}

impl Display for Expression {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant(value) => write!(f, "{value}"),
            Self::Register(register) => write!(f, "r{register}"),
            Self::Plus(register, number) => write!(f, "r{register} + {number}"),
        }
    }
}

impl Display for Update {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Swap => "swap",
            Self::Add => "fetch_add",
            Self::Or => "fetch_or",
        })
    }
}

impl Display for Condition {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is(value) => write!(f, "is {value}"),
            Self::IsNot(value) => write!(f, "is not {value}"),
        }
    }
}

impl Display for Execution {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (thread, events) in self.threads.iter().enumerate() {
            for (event, what) in events.iter().enumerate() {
                writeln!(f, "{}: {what}", Place { thread, event })?;
            }
        }
        tell_orders("modification order", &self.coherence, f)?;
        tell_orders("critical sections", &self.sections, f)?;
        for (left, right) in &self.races {
            writeln!(f, "data race: {left} and {right}")?;
        }
        match self.ending {
            Ending::Complete => writeln!(f, "complete"),
            Ending::Deadlock => writeln!(f, "deadlock"),
        }
    }
}

/// Writes the orders that are not empty.
fn tell_orders(name: &str, orders: &[Vec<Place>], f: &mut Formatter<'_>) -> fmt::Result {
    for (number, order) in orders.iter().enumerate().filter(|(_, order)| !order.is_empty()) {
        let places: Vec<String> = order.iter().map(Place::to_string).collect();
        writeln!(f, "{name} of {number}: {}", places.join(", "))?;
    }
    Ok(())
}

impl Display for Place {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.thread, self.event)
    }
}

impl Display for Event {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "instruction {}", self.instruction)?;
        match self.read {
            Some((value, Some(source))) => write!(f, ", reads {value} from {source}")?,
            Some((value, None)) => write!(f, ", reads {value} from the start")?,
            None => {}
        }
        if let Some(value) = self.wrote {
            write!(f, ", writes {value}")?;
        }
        match self.chosen {
            0 => Ok(()),
            alternative => write!(f, ", chooses {alternative}"),
        }
    }
}
