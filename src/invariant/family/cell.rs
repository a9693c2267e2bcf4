//! Plain memory.

use super::Handle;
use crate::backend::PlainCell;
use crate::explorer::ObjectKind;
use crate::invariant::checker::ask;
use crate::invariant::value::{pack, unpack};

/// Plain memory, of which there is but the number.
pub(in crate::invariant) struct CheckedCell<T>(Handle<T>);

impl<T: Copy + Send + 'static> PlainCell<T> for CheckedCell<T> {
    fn new(value: T) -> Self {
        CheckedCell(Handle::new(ObjectKind::Cell, &value))
    }

    fn named(self, name: &'static str) -> Self {
        CheckedCell(self.0.named(name))
    }

    fn get(&self) -> T {
        let id = self.0.id;
        unpack(ask(|checker| checker.load(id, "read"))).expect("other types are refused")
    }

    fn set(&self, value: T) {
        let id = self.0.id;
        let value = pack(&value).expect("other types are refused");
        ask(|checker| checker.store(id, "write", value));
    }
}
