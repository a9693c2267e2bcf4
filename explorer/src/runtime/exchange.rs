//! The calls by which the step of a repeated program gets its values from a search over states, and hands
//! them over.
//!
//! Where no such search goes on, they do nothing.

use std::any::type_name;

use super::calls::abandon_here;
use super::{Handle, suspend, try_with, with};
use crate::search::{Contents, Next, Stop};
use crate::word;

/// Notes the value with which an object begins.
#[cold]
pub(crate) fn note_contents<T: ?Sized>(object: Handle, value: &T) {
    let word = word::of(value);
    let contents = word.map_or_else(|| Contents::Wordless(type_name::<T>()), Contents::Word);
    note(object, contents);
}

/// Notes that the program has direct access to the value of an object.
#[cold]
pub(crate) fn note_borrowed(object: Handle) {
    note(object, Contents::Borrowed);
}

fn note(object: Handle, contents: Contents) {
    with("an object was made", |runtime| {
        let exchange = &mut runtime.program.exchange;
        if exchange.is_on {
            exchange.note(object.index, contents);
        }
    });
}

/// Makes the value what the operation that has just been executed lets its thread see.
#[cold]
pub(crate) fn move_in<T: ?Sized>(value: &mut T) {
    let word = try_with(|runtime| runtime.program.exchange.moved_in.take()).flatten();
    if let Some(word) = word {
        word::put(value, word);
    }
}

/// Hands over the value that the operation which comes next leaves behind.
#[cold]
pub(crate) fn move_out<T: ?Sized>(value: &T) {
    let word = word::of(value);
    try_with(|runtime| {
        let exchange = &mut runtime.program.exchange;
        exchange.moved_out = word.filter(|_| exchange.is_on);
    });
}

/// Notes that the shared state has been made: what is made from here on belongs to the step.
pub(crate) fn note_shared() {
    with("the shared state was made", |runtime| {
        let objects = runtime.program.objects_of_main();
        runtime.program.exchange.shared = Some(objects);
    });
}

/// Returns the number of the iteration; ends the execution if it has to be told first.
pub(crate) fn ask_number() -> u64 {
    let number = with("a step asked for its number", |runtime| {
        let exchange = &mut runtime.program.exchange;
        exchange.asks |= exchange.number.is_none();
        let number = exchange.number;
        if number.is_none() {
            runtime.runnable = 0;
            runtime.next = Some(Next::Stop(Stop::Asked));
        }
        number
    });
    number.unwrap_or_else(|| {
        suspend();
        abandon_here()
    })
}
