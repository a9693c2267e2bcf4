//! Threads that repeat themselves: the probe of a loop, and the stop.
//!
//! A thread that has taken a turn twice is run on, in its place: its operations are answered as in the turn
//! before, without events, which is what would happen if no other thread went on. If it takes as many turns
//! as are asked for, it stops; see [`turns`](crate::turns). If it does anything else, the loop ends by itself.
//! Then the execution is taken back to the events that it has, and is begun again, without a probe at this point.

use super::calls::abandon_here;
use super::{Runtime, suspend, try_with};
use crate::identity::ThreadIndex;
use crate::operation::{Operation, OperationResult};
use crate::search::{Next, Stop};
use crate::turns::{Look, PROBED_TURNS, Repeats};

/// The probe that goes on, and those that a thread has left.
#[derive(Debug, Default)]
pub(crate) struct Repetition {
    /// `true` if a thread that repeats itself stops.
    pub(crate) stops: bool,
    /// The threads that have left a turn in a probe, each with the number of events before: they are not probed
    /// there when the execution is begun again.
    left: Vec<(ThreadIndex, usize)>,
    probe: Option<Probe>,
    /// `true` if there is a probe.
    pub(super) probes: bool,
    /// The threads that had stopped and go on, as a bit set.
    pub(super) woken: u32,
    /// `true` if the execution is to be begun again.
    pub(super) again: bool,
}

/// A thread that is run on to see if it repeats itself.
#[derive(Debug)]
pub(super) struct Probe {
    turn: Vec<Look>,
    /// The index of the next operation in the turn.
    next: usize,
    /// The number of turns to take.
    left: usize,
}

/// The answer to a thread that announces an operation while it is probed.
pub(super) enum Probed {
    /// It takes the turn once more, and this is its result.
    Goes(OperationResult),
    /// The probe is over, and the operation is announced.
    Ends,
    /// It is to be suspended.
    Stops,
}

impl Repetition {
    /// Begins an execution.
    pub(super) fn begin(&mut self) {
        self.probe = None;
        self.probes = false;
        self.woken = 0;
        if !self.again {
            self.left.clear();
        }
        self.again = false;
    }
}

impl Runtime {
    /// Lets a thread go on that had stopped.
    pub(super) fn wake(&mut self, thread: ThreadIndex) {
        self.program.go_on(thread);
        self.workers[usize::from(thread)].turns.clear();
        self.repetition.woken |= 1 << thread;
        self.runnable |= 1 << thread;
    }

    /// Begins a probe of the current thread if it has just taken a turn for the second time, and has not left it
    /// in a probe at this point.
    #[inline(never)]
    pub(super) fn look_for_repetition(&mut self) {
        let here = (self.current, self.program.position);
        let turns = &mut self.workers[usize::from(self.current)].turns;
        let Some(repeats) = turns.repeats(&self.program.history, self.program.position) else {
            return;
        };
        if self.repetition.left.contains(&here) {
            return;
        }
        let turn = turns.last_turn().to_vec();
        self.repetition.probes = true;
        self.repetition.probe = Some(Probe {
            turn,
            next: 0,
            left: match repeats {
                Repeats::Probe => PROBED_TURNS,
                Repeats::Stop => 0,
            },
        });
    }

    /// Answers the current thread, which is probed.
    #[cold]
    pub(super) fn go_on_probing(&mut self, operation: &Operation) -> Probed {
        let me = self.current;
        let probe = self.repetition.probe.as_mut().expect("the thread is probed");
        let look = &probe.turn[probe.next];
        let same = operation.same(&look.operation) && operation.publishes == look.operation.publishes;
        if !same {
            self.leave_turn();
            return Probed::Stops;
        }
        if probe.next == 0 && probe.left == 0 {
            let probe = self.take_probe().expect("the thread is probed");
            let turns = &mut self.workers[usize::from(me)].turns;
            if turns.is_whole() {
                self.program.stop(me, operation, probe.turn);
                return Probed::Stops;
            }
            turns.note_probe();
            return Probed::Ends;
        }
        let result = look.result;
        probe.next += 1;
        if probe.next == probe.turn.len() {
            probe.next = 0;
            probe.left -= 1;
        }
        Probed::Goes(result)
    }

    fn take_probe(&mut self) -> Option<Probe> {
        self.repetition.probes = false;
        self.repetition.probe.take()
    }

    /// Notes that the current thread does something that is no part of the turn in which it is probed; returns
    /// `true` if it is probed at all, and must be suspended.
    pub(super) fn leave_turn(&mut self) -> bool {
        if self.take_probe().is_none() {
            return false;
        }
        self.repetition.left.push((self.current, self.program.position));
        self.repetition.again = true;
        // Nothing else is to happen.
        self.runnable = 0;
        self.next = Some(Next::Stop(Stop::Again));
        true
    }
}

/// Suspends the calling thread for good if it is probed: it does something that is no part of its turn.
#[inline]
pub(super) fn leave_turn() {
    let left = try_with(|runtime| runtime.repetition.probes && runtime.leave_turn());
    if left == Some(true) {
        suspend();
        abandon_here();
    }
}

#[cfg(test)]
mod tests {
    use crate::sync::{Arc, atomic::AtomicI64};
    use crate::{Explorer, thread};
    use std::collections::BTreeSet;
    use std::sync::atomic::Ordering::SeqCst;

    #[test]
    fn what_a_thread_creates_after_it_has_left_a_loop_is_new() {
        let body = || {
            let shared = Arc::new([AtomicI64::new(0), AtomicI64::new(0)]);
            let theirs = Arc::clone(&shared);
            let thread = thread::spawn(move || {
                let seen = theirs[0].load(SeqCst);
                // It is probed in the loop, leaves it in the probe, and the execution is begun again.
                for _ in 0..3 {
                    theirs[1].load(SeqCst);
                }
                AtomicI64::new(seen).load(SeqCst)
            });
            shared[0].store(1, SeqCst);
            thread.join().unwrap()
        };
        let mut seen = BTreeSet::new();
        let summary = Explorer::new().explore(body, |execution| {
            seen.extend(execution.ending().finished().copied());
        });
        assert_eq!(
            summary
                .expect("it does the same after the same history")
                .executions,
            2
        );
        assert_eq!(seen, BTreeSet::from([0, 1]));
    }
}
