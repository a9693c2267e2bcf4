//! The ending of an execution that has just stopped.

use std::cell::Cell;

use super::stuck::stuck_threads;
use super::{Ending, PanicInfo};
use crate::data_race;
use crate::runtime::{PanicRecord, Runtime};
use crate::search::Stop;

/// Returns the ending of the execution that has just stopped; takes the body's output only if it finished.
pub(crate) fn found<O>(runtime: &Runtime, stop: Stop, output: &Cell<Option<O>>) -> Ending<O> {
    let program = &runtime.program;
    if let Some(race) = data_race::find(program) {
        return Ending::DataRace(Box::new(race));
    }
    if let Some(panic) = panic(runtime) {
        return Ending::Panic(panic);
    }
    if stop == Stop::StepLimit {
        return Ending::StepLimit;
    }
    if program.stuck_threads() == 0 {
        if let Some(fault) = runtime.local_states.fault() {
            return Ending::Panic(fault);
        }
        if let Some(output) = output.take() {
            return Ending::Finished(output);
        }
    }
    Ending::Deadlock(stuck_threads(program))
}

/// Returns the number of events until the execution could only end like this: until the panic had happened,
/// or else all. A data race is decided by its second access, and is not asked about here.
pub(crate) fn decided<O>(runtime: &Runtime, ending: &Ending<O>) -> usize {
    let events = runtime.program.history.events.len();
    match ending {
        Ending::Panic(info) => {
            let record = runtime
                .panics
                .iter()
                .find(|record| record.info.thread == info.thread);
            record.map_or(events, |record| record.position)
        }
        Ending::Finished(_) | Ending::Deadlock(_) | Ending::DataRace(_) | Ending::StepLimit => events,
    }
}

/// Returns the panic that counts: the least of those not received by a join (or of all, if these count too), the main
/// thread last.
fn panic(runtime: &Runtime) -> Option<PanicInfo> {
    let all = runtime.received_panics_fail || runtime.panics.iter().any(|record| record.thread == 0);
    let counting = runtime.panics.iter().filter(|record| all || !record.observed);
    let least = counting.min_by_key(|record| (record.thread == 0, record.info.thread))?;
    if !passes_on(least) {
        return Some(least.info.clone());
    }
    // It only passes on the panic of another thread: that one is what happened.
    let causes = runtime.panics.iter().filter(|record| !passes_on(record));
    let cause = causes.min_by_key(|record| (record.thread == 0, record.info.thread));
    Some(cause.unwrap_or(least).info.clone())
}

/// Returns `true` if the panic is the `unwrap` or `expect` of what joining a thread returned, or of a poisoned lock.
fn passes_on(record: &PanicRecord) -> bool {
    let message = &record.info.message;
    message.ends_with("Any { .. }") || message.ends_with("PoisonError { .. }")
}
