//! What a proof assumes and does not check.

use super::proof::{ObjectSum, Scope};
use super::{Strength, image};
use crate::explorer::ObjectKind;
use crate::numbers::{count_of, grouped};

/// Returns what is assumed, a sentence each.
pub(super) fn list(
    strength: Strength,
    scope: Scope,
    iterations: u64,
    objects: &[ObjectSum],
    spurious: bool,
    outcomes_read: u64,
) -> Vec<String> {
    let mut list = vec![hidden().to_owned(), same_on_every_family(strength).to_owned()];
    let is_lock = |object: &ObjectSum| matches!(object.kind, ObjectKind::Mutex | ObjectKind::RwLock);
    if objects.iter().any(is_lock) {
        list.push(
            "A lock keeps out all other threads, and a program without data races behaves as if every access took \
             effect at once (DRF-SC)."
                .to_owned(),
        );
    }
    list.push(
        "Read-modify-writes are indivisible, and the writes to one atomic have one order, whatever the memory \
         ordering; no value comes out of thin air."
            .to_owned(),
    );
    list.push("The compiler keeps what the language promises.".to_owned());
    list.push("A thread that can go on does so at some time.".to_owned());
    if spurious {
        list.push("A weak exchange does not fail for no reason for ever.".to_owned());
    }
    if scope == Scope::Every {
        list.push(format!(
            "No sum leaves the range of 64 bits; with {} none does.",
            count_of(iterations, "iteration")
        ));
    }
    let depends = objects.iter().any(|object| object.change() != 0);
    list.push(match (strength, depends) {
        (Strength::Concrete, true) => format!(
            "The outcome was read in the final state of each n from 1 to {}.",
            grouped(outcomes_read)
        ),
        (_, true) => format!("The outcome was read for n = {} alone.", grouped(iterations)),
        (_, false) => format!(
            "The outcome depends on n by nothing but the shared objects: it was read for n = {}.",
            grouped(iterations)
        ),
    });
    list
}

fn hidden() -> &'static str {
    match image::IS_WATCHED {
        true => {
            "A step depends on nothing but what its operations return. The bytes of the shared state were compared \
             after every run, and some paths were taken twice; statics, thread-locals, the heap, clocks and files were \
             not looked at."
        }
        false => {
            "A step depends on nothing but what its operations return. Some paths were taken twice; the bytes of the \
             shared state, statics, thread-locals, the heap, clocks and files were not looked at."
        }
    }
}

fn same_on_every_family(strength: Strength) -> &'static str {
    match strength {
        Strength::Concrete => "A step does the same on every family of primitives.",
        Strength::Opaque => {
            "A step does the same on every family of primitives, and with every number: it does not get round the \
             type by `TypeId`, `type_name`, `size_of` or `transmute` (parametricity)."
        }
    }
}
