//! The handlers for the end of the process: they say so if the program under test is the cause.
//!
//! A stack overflow hits a guard page, and an abort is what `std` makes of a panic in a destructor while its
//! thread unwinds. Neither can be prevented. All other signals are left to the handler that was there before.
//! An exit in the middle of an execution is made a failure.
#![expect(unsafe_code, reason = "signal handlers are a matter of C")]

use std::mem::MaybeUninit;
use std::sync::OnceLock;

use super::{last_words, overflow};

/// The signals sent for a hit guard page (which of the two depends on the OS), and for an abort.
const EXPLAINED: [libc::c_int; 3] = [libc::SIGSEGV, libc::SIGBUS, libc::SIGABRT];

/// Other signals by which a program ends its own process.
const OTHERS: [libc::c_int; 6] = [
    libc::SIGILL,
    libc::SIGTRAP,
    libc::SIGFPE,
    libc::SIGSYS,
    libc::SIGXCPU,
    libc::SIGXFSZ,
];

/// The exit code of a process that code under test has ended: that of a Rust test program that fails.
const FAILED: libc::c_int = 101;

/// The signals that are handled, each with the action that was there before.
static PREVIOUS: OnceLock<Vec<(libc::c_int, libc::sigaction)>> = OnceLock::new();

/// Returns the size of a page of memory, in bytes.
pub(super) fn page_size() -> usize {
    // SAFETY: this only asks for a constant of the system.
    unsafe { libc::sysconf(libc::_SC_PAGESIZE) as usize }
}

/// Installs the handlers, once in the process.
pub(super) fn install() {
    PREVIOUS.get_or_init(|| {
        // SAFETY: the function may be called when the process exits: it writes, and ends the process.
        unsafe { libc::atexit(at_exit) };
        let explained = EXPLAINED.into_iter();
        let others = OTHERS.into_iter().filter(|&signal| is_left_to_the_system(signal));
        explained
            .chain(others)
            .map(|signal| (signal, install_for(signal)))
            .collect()
    });
}

/// Returns `true` if nobody handles or ignores a signal.
fn is_left_to_the_system(signal: libc::c_int) -> bool {
    // SAFETY: the structure is valid; this only asks.
    unsafe {
        let mut action: libc::sigaction = MaybeUninit::zeroed().assume_init();
        libc::sigaction(signal, std::ptr::null(), &mut action);
        action.sa_sigaction == libc::SIG_DFL
    }
}

/// Writes the last words of the process. If it is code under test that exits, the process fails: whatever
/// exit code that code has chosen, nothing has been shown.
extern "C" fn at_exit() {
    write_last_words();
    if let Some(text) = overflow::explain_exit(last_words::is_under_test()) {
        write(text.as_bytes());
        // SAFETY: without an argument it writes what C's streams have kept back; then the process ends.
        unsafe {
            libc::fflush(std::ptr::null_mut());
            libc::_exit(FAILED)
        };
    }
}

/// Writes the last words of the process, if there are any.
fn write_last_words() {
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
    match signal {
        libc::SIGABRT => {
            if let Some(text) = overflow::explain_abort() {
                write(text.as_bytes());
            }
        }
        libc::SIGSEGV | libc::SIGBUS => {
            // SAFETY: the OS passes a valid structure to a handler installed with `SA_SIGINFO`.
            let address = unsafe { (*info).si_addr() } as usize;
            if let Some(text) = overflow::explain(address) {
                write(text.as_bytes());
                write_last_words();
                leave_aborts_to_others();
                // SAFETY: it may be called in a signal handler.
                unsafe { libc::abort() };
            }
        }
        _ => {}
    }
    write_last_words();
    let explained = leave_aborts_to_others();
    pass_on(signal, info, context);
    // An abort has been sent again, and arrives when this handler returns.
    if explained && signal != libc::SIGABRT {
        install_for(libc::SIGABRT);
    }
}

/// Gives aborts back to who handled them before; returns `false` if they are so already.
///
/// A signal handler runs on a stack of its own, which `std` makes as small as the system allows. The state of the
/// processor alone can take most of it, so that there is no room for a second handler within the first.
fn leave_aborts_to_others() -> bool {
    let known = PREVIOUS.get().into_iter().flatten();
    let Some((_, previous)) = known.into_iter().find(|(known, _)| *known == libc::SIGABRT) else {
        return false;
    };
    // SAFETY: both structures are valid; restores what was there.
    unsafe {
        let mut now: libc::sigaction = MaybeUninit::zeroed().assume_init();
        libc::sigaction(libc::SIGABRT, previous, &mut now);
        now.sa_sigaction == handle as *const () as usize
    }
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
    let known = PREVIOUS.get().into_iter().flatten();
    let Some((_, previous)) = known.into_iter().find(|(known, _)| *known == signal) else {
        return;
    };
    if previous.sa_sigaction == libc::SIG_DFL || previous.sa_sigaction == libc::SIG_IGN {
        // SAFETY: restores what was there. The signal is sent again, and arrives when this handler returns:
        // a write beyond the limit, for example, would only fail then, and the process would go on.
        unsafe {
            libc::sigaction(signal, previous, std::ptr::null_mut());
            libc::raise(signal);
        };
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
