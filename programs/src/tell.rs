//! Programs as text: one block for each thread, in words close to Rust's.

use crate::{Instruction, Program};
use std::fmt::{self, Display, Formatter};

/// A thread by its name: the main thread, or the numbers of those that spawned it and its own.
struct Named<'a> {
    name: String,
    body: &'a [Instruction],
}

impl Display for Program {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let main = Named {
            name: String::new(),
            body: &self.0,
        };
        main.tell(f)
    }
}

impl Named<'_> {
    fn tell(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.name.as_str() {
            "" => writeln!(f, "main {{")?,
            name => writeln!(f, "thread {name} {{")?,
        }
        let mut children = Vec::new();
        self.lines(self.body, 1, &mut children, f)?;
        writeln!(f, "}}")?;
        children.iter().try_for_each(|child| child.tell(f))
    }

    /// Writes the instructions, and notes the threads that they spawn.
    fn lines<'b>(
        &self,
        body: &'b [Instruction],
        depth: usize,
        children: &mut Vec<Named<'b>>,
        f: &mut Formatter<'_>,
    ) -> fmt::Result {
        for instruction in body {
            write!(f, "{:width$}", "", width = 4 * depth)?;
            if let Instruction::Spawn(body) = instruction {
                let dot = if self.name.is_empty() { "" } else { "." };
                let name = format!("{}{dot}{}", self.name, children.len() + 1);
                writeln!(f, "spawn {name}")?;
                children.push(Named { name, body });
                continue;
            }
            write!(f, "{instruction}")?;
            match instruction.inner() {
                None => writeln!(f)?,
                Some([]) => writeln!(f, " {{}}")?,
                Some(inner) => {
                    writeln!(f, " {{")?;
                    self.lines(inner, depth + 1, children, f)?;
                    writeln!(f, "{:width$}}}", "", width = 4 * depth)?;
                }
            }
        }
        Ok(())
    }
}

impl Instruction {
    /// Returns the instructions that this one runs.
    fn inner(&self) -> Option<&[Instruction]> {
        use Instruction as I;
        match self {
            I::Lock(_, inner)
            | I::TryLock(_, inner)
            | I::Read(inner)
            | I::Write(inner)
            | I::IfSeen(_, inner)
            | I::Spawn(inner) => Some(inner),
            _ => None,
        }
    }
}

/// The name of an atomic, by its number.
fn atomic(number: usize) -> char {
    ['a', 'b', 'c'][number]
}

/// The name of a mutex, by its number.
fn mutex(number: usize) -> char {
    ['m', 'n'][number]
}

/// The instruction without those that it runs.
impl Display for Instruction {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        use Instruction as I;
        match self {
            I::Load(number, ordering) => write!(f, "{}.load({ordering:?})", atomic(*number)),
            I::Store(number, value, ordering) => {
                write!(f, "{}.store({value}, {ordering:?})", atomic(*number))
            }
            I::Add(number, value) => write!(f, "{}.fetch_add({value})", atomic(*number)),
            I::BlindAdd(number, value, ordering) => {
                write!(f, "{}.add({value}, {ordering:?})", atomic(*number))
            }
            I::CompareExchange(number, current, new) => {
                write!(f, "{}.compare_exchange({current}, {new})", atomic(*number))
            }
            I::CompareExchangeWeak(number, current, new) => {
                write!(f, "{}.compare_exchange_weak({current}, {new})", atomic(*number))
            }
            I::SetWeakly(number) => {
                write!(
                    f,
                    "until {}.compare_exchange_weak(0, 1) succeeds",
                    atomic(*number)
                )
            }
            I::Fence => f.write_str("fence(SeqCst)"),
            I::Lock(number, _) => write!(f, "{}.lock()", mutex(*number)),
            I::TryLock(number, _) => write!(f, "{}.try_lock()", mutex(*number)),
            I::IsPoisoned(number) => write!(f, "{}.is_poisoned()", mutex(*number)),
            I::Read(_) => f.write_str("rwlock.read()"),
            I::Write(_) => f.write_str("rwlock.write()"),
            I::TryRead => f.write_str("rwlock.try_read()"),
            I::TryWrite => f.write_str("rwlock.try_write()"),
            I::Wait => f.write_str("condvar.wait(m)"),
            I::WaitWhile(number) => {
                write!(f, "condvar.wait(m) while {}.load(SeqCst) == 0", atomic(*number))
            }
            I::WaitTimeout => f.write_str("condvar.wait_timeout(m)"),
            I::WaitUnless(value) => write!(f, "condvar.wait_timeout_unless(m, word, {value})"),
            I::WaitUntil => {
                f.write_str("condvar.wait_timeout_unless(m, word, 1) until m > 0, else word.store(1)")
            }
            I::SeeWord(ordering) => write!(f, "word.load({ordering:?})"),
            I::SetWord(value, ordering) => write!(f, "word.store({value}, {ordering:?})"),
            I::AddToWord(value) => write!(f, "word.fetch_add({value})"),
            I::BlindAddToWord(value) => write!(f, "word.add({value})"),
            I::NotifyOne => f.write_str("condvar.notify_one()"),
            I::NotifyAll => f.write_str("condvar.notify_all()"),
            I::CellRead => f.write_str("cell.get()"),
            I::CellWrite(value) => write!(f, "cell.set({value})"),
            I::Choose(alternatives) => write!(f, "choose({alternatives})"),
            I::Await(number) => write!(f, "spin until {}.load(Acquire) != 0", atomic(*number)),
            I::IfSeen(value, _) => write!(f, "if the value seen last is {value}"),
            I::Spawn(_) => f.write_str("spawn"),
            I::ParkWhile(number) => write!(f, "park() while {}.load(SeqCst) == 0", atomic(*number)),
            I::Park => f.write_str("park()"),
            I::UnparkMain => f.write_str("main.unpark()"),
            I::Panic => f.write_str("panic!()"),
        }
    }
}
