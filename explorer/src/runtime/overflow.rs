//! The message for a stack overflow, for an abort, or for an exit, of the program under test.
//!
//! A stack that overflows hits the guard page below it, and the OS sends a signal. The handler (see `fault`)
//! recognises the guard page of the coroutine that ran last, says which thread it was and what to
//! do, and aborts. Of an abort and of an exit it says which thread was running.

use std::cell::Cell;
use std::fmt::{self, Write};

use corosensei::stack::{DefaultStack, Stack as _};

use super::{fault, in_execution};
use crate::identity::ThreadId;

thread_local! {
    /// The stack of the coroutine that runs, or ran last, on this OS thread.
    static WATCHED: Cell<Stack> = const { Cell::new(Stack::NONE) };
}

/// The stack of a thread of the program under test.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stack {
    /// The lowest address of its guard page, which is one page large; 0 if this is no stack.
    guard: usize,
    thread: ThreadId,
    /// In bytes.
    size: usize,
}

impl Stack {
    /// No stack.
    pub(super) const NONE: Self = Self {
        guard: 0,
        thread: ThreadId::MAIN,
        size: 0,
    };

    /// Describes the stack of a thread.
    pub(super) fn new(stack: &DefaultStack, thread: ThreadId, size: usize) -> Self {
        Self {
            guard: stack.limit().get(),
            thread,
            size,
        }
    }

    fn watched() -> Option<Self> {
        Some(WATCHED.get()).filter(|stack| stack.guard != 0)
    }
}

/// Sets which stack runs now.
#[inline]
pub(super) fn watch(stack: Stack) {
    WATCHED.set(stack);
}

/// Returns the message for an abort, if code of the program under test runs; does not allocate.
pub(super) fn explain_abort() -> Option<Text> {
    let stack = Stack::watched().filter(|_| in_execution())?;
    let mut text = Text::new();
    let _ = writeln!(
        text,
        "\nabort: thread {} of the program under test has aborted the process. A destructor that panics while \
         its thread unwinds does that in Rust: no tool can go on from there.",
        stack.thread,
    );
    Some(text)
}

/// Returns the message for an exit, if code of the program under test runs, or `elsewhere`: on another engine.
pub(super) fn explain_exit(elsewhere: bool) -> Option<Text> {
    let stack = Stack::watched().filter(|_| in_execution());
    let mut text = Text::new();
    let _ = match stack {
        Some(stack) => write!(text, "\nexit: thread {} of the program under test", stack.thread),
        None if elsewhere => write!(text, "\nexit: a thread of the program under test"),
        None => return None,
    };
    let _ = writeln!(
        text,
        " has ended the process, and the exploration with it. Nothing has been shown: the exit code is 101, \
         whatever the program has asked for.",
    );
    Some(text)
}

/// Returns the message for a fault at this address, if it is an overflow; does not allocate.
pub(super) fn explain(address: usize) -> Option<Text> {
    let stack = Stack::watched()?;
    if !(stack.guard..stack.guard + fault::page_size()).contains(&address) {
        return None;
    }
    let mut text = Text::new();
    let _ = writeln!(
        text,
        "\nstack overflow: thread {} of the program under test needs more than its {} KiB of stack; \
         see `Explorer::stack_size`",
        stack.thread,
        stack.size / 1024
    );
    Some(text)
}

/// A line of text that is put together without allocating.
pub(super) struct Text {
    bytes: [u8; 256],
    length: usize,
}

impl Text {
    fn new() -> Self {
        Self {
            bytes: [0; 256],
            length: 0,
        }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

impl Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let free = &mut self.bytes[self.length..];
        let length = text.len().min(free.len());
        free[..length].copy_from_slice(&text.as_bytes()[..length]);
        self.length += length;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_guard_page_is_an_overflow() {
        assert!(explain(0x1000).is_none(), "no stack is watched");
        watch(Stack {
            guard: 0x1000,
            thread: ThreadId::MAIN,
            size: 1 << 16,
        });
        assert!(explain(0xFFF).is_none() && explain(0x1000 + fault::page_size()).is_none());
        let text = explain(0x1001).expect("within the guard page");
        let text = std::str::from_utf8(text.as_bytes()).expect("text");
        assert!(text.contains("thread main") && text.contains("64 KiB"), "{text}");
    }
}
