//! Tests of the history.

use super::*;
use crate::object::atomic::{Atomic, Width};
use crate::operation::OperationKind;
use std::sync::atomic::Ordering::SeqCst;

#[track_caller]
fn operation(kind: OperationKind) -> Operation {
    Operation::on(0, kind, Location::caller())
}

fn history() -> History {
    let state = ObjectState::Atomic(Atomic {
        value: 0,
        width: Width {
            bits: 64,
            signed: true,
        },
    });
    let object = Object::new(ObjectKind::AtomicSigned, state, Location::caller());
    History {
        objects: vec![object],
        ..History::default()
    }
}

#[test]
fn loads_are_concurrent_and_a_store_comes_after_them() {
    let mut history = history();
    let mut clocks = [Clock::ZERO; 3];
    let load = operation(OperationKind::Load(SeqCst));
    let store = operation(OperationKind::Store(SeqCst, 5));
    for (thread, operation) in [(0, load), (1, load), (2, store), (0, load)] {
        let step = history.step(&operation, thread, 0);
        history.execute(&operation, step, &mut clocks[usize::from(thread)]);
    }
    history.check_invariants();
    let racing: Vec<bool> = history.events.iter().map(|event| event.racing).collect();
    assert_eq!(racing, [false, false, true, true]);
    let [first, second, third, fourth] = &history.events[..] else {
        unreachable!()
    };
    assert!(!first.happens_before(&second.clock));
    assert!(first.happens_before(&third.clock) && second.happens_before(&third.clock));
    assert!(second.happens_before(&fourth.clock), "by way of the store");
    assert_eq!(fourth.result.value, 5);
}

#[test]
fn adds_are_concurrent_and_come_after_all_else() {
    let mut history = history();
    let mut clocks = [Clock::ZERO; 4];
    let load = operation(OperationKind::Load(SeqCst));
    let add = operation(OperationKind::Add(SeqCst, 3));
    for (thread, operation) in [(0, load), (1, add), (2, add), (3, load), (1, add)] {
        let step = history.step(&operation, thread, 0);
        history.execute(&operation, step, &mut clocks[usize::from(thread)]);
    }
    history.check_invariants();
    let happens_before = |first: usize, second: usize| {
        let clock = &history.events[second].clock;
        history.events[first].happens_before(clock)
    };
    assert!(happens_before(0, 1) && happens_before(0, 2) && !happens_before(1, 2));
    assert!(happens_before(1, 3) && happens_before(2, 3), "the load sees both");
    assert!(happens_before(3, 4), "and the next add is not seen");
    let told: Vec<u64> = history.events.iter().map(|event| event.result.value).collect();
    assert_eq!(told, [0, 0, 0, 6, 0], "adds are told nothing");
}

#[test]
fn undo_restores_state_and_chains() {
    let mut history = history();
    let initial = history.objects[0].state;
    let mut clock = Clock::ZERO;
    for value in [7, 8] {
        let store = operation(OperationKind::Store(SeqCst, value));
        let step = history.step(&store, 0, 0);
        history.execute(&store, step, &mut clock);
    }
    assert_eq!(history.state_before(0, 0), initial);
    assert_eq!(history.state_before(0, 1).atomic().value, 7);
    assert_eq!(history.state_before(0, 2).atomic().value, 8);
    history.undo();
    assert_eq!(history.objects[0].state.atomic().value, 7);
    history.undo();
    assert_eq!(
        (history.objects[0].state, history.objects[0].last),
        (initial, NONE)
    );
    assert!(history.touches.is_empty() && history.events.is_empty());
}
