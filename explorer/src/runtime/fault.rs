//! The handler of the signals that end the process: it says so if the program under test is the cause.
//!
//! A stack overflow hits a guard page, and an abort is what `std` makes of a panic in a destructor while its
//! thread unwinds. Neither can be prevented. All other faults are left to the handler that was there before.
#![expect(unsafe_code, reason = "signal handlers are a matter of C")]

use std::mem::MaybeUninit;
use std::sync::OnceLock;

use super::{last_words, overflow};

/// The signals sent for a hit guard page (which of the two depends on the OS), and for an abort.
const SIGNALS: [libc::c_int; 3] = [libc::SIGSEGV, libc::SIGBUS, libc::SIGABRT];

static PREVIOUS: OnceLock<[libc::sigaction; SIGNALS.len()]> = OnceLock::new();

/// Returns the size of a page of memory, in bytes.
pub(super) fn page_size() -> usize {
    // SAFETY: this only asks for a constant of the system.
    unsafe { libc::sysconf(libc::_SC_PAGESIZE) as usize }
}

/// Installs the handler, once in the process.
pub(super) fn install() {
    PREVIOUS.get_or_init(|| {
        // SAFETY: the function may be called when the process exits: it does nothing but write.
        unsafe { libc::atexit(write_last_words) };
        SIGNALS.map(install_for)
    });
}

/// Writes the last words of the process, if there are any.
extern "C" fn write_last_words() {
    if let Some(words) = last_words::take() {
        write(words.as_bytes());
    }
}

/// Installs the handler for one signal and returns what was there before.
fn install_for(signal: libc::c_int) -> libc::sigaction {
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
}

extern "C" fn handle(signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    if signal == libc::SIGABRT {
        if let Some(text) = overflow::explain_abort() {
            write(text.as_bytes());
        }
    } else {
        // SAFETY: the OS passes a valid structure to a handler installed with `SA_SIGINFO`.
        let address = unsafe { (*info).si_addr() } as usize;
        if let Some(text) = overflow::explain(address) {
            write(text.as_bytes());
            write_last_words();
            overflow::watch(overflow::Stack::NONE);
            // SAFETY: it may be called in a signal handler.
            unsafe { libc::abort() };
        }
    }
    write_last_words();
    pass_on(signal, info, context);
}

/// Writes a text to standard error.
fn write(text: &[u8]) {
    // SAFETY: the buffer is valid, and the function may be called in a signal handler.
    unsafe { libc::write(2, text.as_ptr().cast(), text.len()) };
}

/// Does what the handler installed before would do.
fn pass_on(signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    type WithInfo = extern "C" fn(libc::c_int, *mut libc::siginfo_t, *mut libc::c_void);
    type Plain = extern "C" fn(libc::c_int);
    let index = SIGNALS.iter().position(|&known| known == signal).unwrap_or(0);
    let Some(previous) = PREVIOUS.get().map(|previous| &previous[index]) else {
        return;
    };
    if previous.sa_sigaction == libc::SIG_DFL || previous.sa_sigaction == libc::SIG_IGN {
        // SAFETY: restores the default. The faulting instruction then runs again and ends the process;
        // `abort` ends it in any case once its handler has returned.
        unsafe { libc::sigaction(signal, previous, std::ptr::null_mut()) };
    } else if previous.sa_flags & libc::SA_SIGINFO != 0 {
        // SAFETY: with `SA_SIGINFO` set, the address is that of a handler with three arguments.
        let handler: WithInfo = unsafe { std::mem::transmute(previous.sa_sigaction) };
        handler(signal, info, context);
    } else {
        // SAFETY: without `SA_SIGINFO`, the address is that of a handler with one argument.
        let handler: Plain = unsafe { std::mem::transmute(previous.sa_sigaction) };
        handler(signal);
    }
}
