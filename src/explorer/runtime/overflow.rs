//! Reporting a stack overflow of the program under test as what it is.
//!
//! A stack that overflows hits the guard page below it, and the OS sends a signal. The handler
//! here recognises the guard page of the running coroutine, says which thread it was and what to
//! do, and aborts; any other fault is left to the handler that was there before.

use std::fmt::Write;
use std::mem::MaybeUninit;
use std::sync::{Once, OnceLock};

use corosensei::stack::{DefaultStack, Stack};

use super::CURRENT;

/// The signals sent for a hit guard page: which of them depends on the OS.
const SIGNALS: [libc::c_int; 2] = [libc::SIGSEGV, libc::SIGBUS];

static PREVIOUS: OnceLock<[libc::sigaction; 2]> = OnceLock::new();

/// Returns the lowest and the highest address of the guard page of a stack.
pub(super) fn guard_page(stack: &DefaultStack) -> (usize, usize) {
    // SAFETY: this only asks for a constant of the system.
    let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) } as usize;
    let lowest = stack.limit().get();
    (lowest, lowest + page - 1)
}

/// Installs the handler, once in the process.
pub(super) fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let previous = SIGNALS.map(|signal| {
            // SAFETY: both structures are valid; a zeroed one is an empty default action.
            unsafe {
                let mut action: libc::sigaction = MaybeUninit::zeroed().assume_init();
                let mut previous: libc::sigaction = MaybeUninit::zeroed().assume_init();
                action.sa_sigaction = handle as *const () as usize;
                action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
                libc::sigaction(signal, std::ptr::null(), &mut previous);
                libc::sigaction(signal, &action, std::ptr::null_mut());
                previous
            }
        });
        let _ = PREVIOUS.set(previous);
    });
}

extern "C" fn handle(signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    // SAFETY: the OS passes a valid structure to a handler installed with `SA_SIGINFO`.
    let address = unsafe { (*info).si_addr() } as usize;
    let runtime = CURRENT.get();
    if !runtime.is_null() {
        // SAFETY: `CURRENT` is set, so the runtime is alive; the coroutine that runs on this OS
        // thread is interrupted, and this only reads what does not change while it runs.
        let (worker, stack_size) = unsafe {
            let current = usize::from((*runtime).current);
            (
                (&raw const (*runtime).workers[current].guard).read(),
                (*runtime).stack_size,
            )
        };
        if (worker.0..=worker.1).contains(&address) {
            // SAFETY: as above.
            let thread = unsafe { (*runtime).search.registry.thread_id((*runtime).current) };
            let mut text = Text {
                bytes: [0; 256],
                length: 0,
            };
            let _ = writeln!(
                text,
                "\nstack overflow: thread {thread} of the program under test needs more than its \
                 {} KiB of stack; see `Explorer::stack_size`",
                stack_size / 1024
            );
            // SAFETY: the buffer is valid; both functions may be called in a signal handler.
            unsafe {
                libc::write(2, text.bytes.as_ptr().cast(), text.length);
                libc::abort();
            }
        }
    }
    pass_on(signal, info, context);
}

/// Does what the handler installed before would do.
fn pass_on(signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    let index = SIGNALS.iter().position(|&known| known == signal).unwrap_or(0);
    let Some(previous) = PREVIOUS.get().map(|previous| &previous[index]) else {
        return;
    };
    if previous.sa_sigaction == libc::SIG_DFL || previous.sa_sigaction == libc::SIG_IGN {
        // SAFETY: restores the default; the faulting instruction then runs again and ends the
        // process.
        unsafe { libc::sigaction(signal, previous, std::ptr::null_mut()) };
    } else if previous.sa_flags & libc::SA_SIGINFO != 0 {
        type Handler = extern "C" fn(libc::c_int, *mut libc::siginfo_t, *mut libc::c_void);
        // SAFETY: with `SA_SIGINFO` set, the address is that of a handler with three arguments.
        let handler: Handler = unsafe { std::mem::transmute(previous.sa_sigaction) };
        handler(signal, info, context);
    } else {
        // SAFETY: without `SA_SIGINFO`, the address is that of a handler with one argument.
        let handler: extern "C" fn(libc::c_int) = unsafe { std::mem::transmute(previous.sa_sigaction) };
        handler(signal);
    }
}

/// A line of text that is put together without allocating.
struct Text {
    bytes: [u8; 256],
    length: usize,
}

impl Write for Text {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let free = &mut self.bytes[self.length..];
        let length = text.len().min(free.len());
        free[..length].copy_from_slice(&text.as_bytes()[..length]);
        self.length += length;
        Ok(())
    }
}
