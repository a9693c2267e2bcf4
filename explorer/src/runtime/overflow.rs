//! Reporting a stack overflow of the program under test as what it is.
//!
//! A stack that overflows hits the guard page below it, and the OS sends a signal. The handler
//! recognises the guard page of the coroutine that ran last, says which thread it was and what to
//! do, and aborts; any other fault is left to the handler that was there before.

use std::cell::Cell;
use std::fmt::{self, Write};

use corosensei::stack::{DefaultStack, Stack as _};

use super::fault;
use crate::identity::ThreadId;

thread_local! {
    /// The stack of the coroutine that runs, or ran last, on this OS thread.
    static WATCHED: Cell<Option<Stack>> = const { Cell::new(None) };
}

/// The stack of a thread of the program under test.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stack {
    /// The lowest and the highest address of its guard page.
    pub(super) guard: (usize, usize),
    pub(super) thread: ThreadId,
    /// In bytes.
    pub(super) size: usize,
}

impl Stack {
    /// Describes the stack of a thread.
    pub(super) fn new(stack: &DefaultStack, thread: ThreadId, size: usize) -> Self {
        let lowest = stack.limit().get();
        Self {
            guard: (lowest, lowest + fault::page_size() - 1),
            thread,
            size,
        }
    }
}

/// Sets which stack runs now.
#[inline]
pub(super) fn watch(stack: Option<Stack>) {
    WATCHED.set(stack);
}

/// Returns what to say of a fault at this address, if it is an overflow; does not allocate.
pub(super) fn explain(address: usize) -> Option<Text> {
    let stack = WATCHED.get()?;
    if !(stack.guard.0..=stack.guard.1).contains(&address) {
        return None;
    }
    let mut text = Text {
        bytes: [0; 256],
        length: 0,
    };
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
        watch(Some(Stack {
            guard: (0x1000, 0x1FFF),
            thread: ThreadId::MAIN,
            size: 1 << 16,
        }));
        assert!(explain(0xFFF).is_none() && explain(0x2000).is_none());
        let text = explain(0x1FFF).expect("within the guard page");
        let text = std::str::from_utf8(text.as_bytes()).expect("text");
        assert!(text.contains("thread main") && text.contains("64 KiB"), "{text}");
    }
}
