//! What an event does not see of those before it: under a weak memory model a load may read an older value than the
//! latest, and a store may take its place in coherence order before stores that the execution has had already.

use super::{Communication, Program};
use crate::identity::{NO_OBJECT, ObjectIndex};
use crate::operation::OperationKind;
use crate::search::history::Event;

/// An event's place among the events before it that change the same object.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Order {
    /// The events before it that come later in coherence order than it, or than what it reads from; in that order.
    pub(crate) unseen: Vec<usize>,
    /// The event before it that comes last in coherence order of those that come earlier than it; `None` if there is
    /// none.
    pub(crate) follows: Option<usize>,
}

/// A write that the execution has had: its place in coherence order, and the position of its event.
type Written = (u16, usize);

impl Program {
    /// Returns the order of each event, if an execution graph has decided what they read and write; else nothing.
    pub(crate) fn orders(&self, communication: &[Communication]) -> Vec<Order> {
        if communication.len() != self.history.events.len() {
            return Vec::new();
        }
        let mut written: Vec<Vec<Written>> = vec![Vec::new(); self.history.objects.len()];
        let all = self.history.events.iter().zip(communication).enumerate();
        all.map(|(position, (event, communication))| {
            let Some((object, place)) = object(event).zip(communication.place) else {
                return Order::default();
            };
            let order = order(&written[usize::from(object)], place);
            if communication.writes {
                written[usize::from(object)].push((place, position));
            }
            if let Some(second) = communication.second {
                written[usize::from(event.operation.objects[1])].push((second, position));
            }
            order
        })
        .collect()
    }
}

fn order(written: &[Written], place: u16) -> Order {
    let mut later: Vec<Written> = written
        .iter()
        .copied()
        .filter(|(other, _)| *other > place)
        .collect();
    later.sort_unstable();
    let earlier = written.iter().filter(|(other, _)| *other < place);
    Order {
        unseen: later.into_iter().map(|(_, position)| position).collect(),
        follows: earlier.max().map(|&(_, position)| position),
    }
}

/// Returns the object in the coherence order of which the event has its place.
fn object(event: &Event) -> Option<ObjectIndex> {
    let [first, second] = event.operation.objects;
    let object = match event.operation.kind {
        OperationKind::Reacquire => second,
        _ => first,
    };
    (object != NO_OBJECT).then_some(object)
}
