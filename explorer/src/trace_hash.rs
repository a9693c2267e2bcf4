//! A hash of traces that does not depend on the schedule.
//!
//! A trace is known by the steps of each thread and the past of each step: so it is hashed thread by
//! thread, by name, each step with its operation, its result and its clock. Pointers are numbered
//! anew, in the order in which they are hashed: the execution's own numbers depend on the schedule.
//! The mixing is the multiplication and folding of FNV (Fowler, Noll, Vo) on 128 bits, a word at a
//! time: plenty for telling billions of traces apart, none against someone who wants a collision.

use std::hash::{Hash, Hasher};

use super::history::Event;
use super::identity::{NO_OBJECT, ObjectIndex, ObjectKind, ThreadIndex};
use super::operation::OperationKind;
use super::search::Search;

/// Returns the hash of the trace of the current execution.
pub(crate) fn trace_hash(search: &Search) -> u128 {
    let mut threads: Vec<ThreadIndex> = (0..search.registry.thread_count() as ThreadIndex).collect();
    threads.sort_by_key(|&thread| search.registry.thread_id(thread));
    let mut hasher = TraceHasher::new();
    let mut pointers = Pointers::default();
    for &thread in &threads {
        let events = search
            .history
            .events
            .iter()
            .filter(|event| event.step.thread == thread);
        for event in events {
            hash_event(search, &threads, &pointers.renumbered(search, event), &mut hasher);
        }
    }
    hasher.0
}

fn hash_event(search: &Search, threads: &[ThreadIndex], event: &Event, hasher: &mut TraceHasher) {
    search.registry.thread_id(event.step.thread).hash(hasher);
    event.operation.kind.hash(hasher);
    (event.result, search.alternative_by_name(event)).hash(hasher);
    for &object in event
        .operation
        .objects
        .iter()
        .filter(|&&object| object != NO_OBJECT)
    {
        hash_object(search, object, hasher);
    }
    for &thread in threads {
        let seen = event.clock.of(thread);
        if seen > 0 {
            search.registry.thread_id(thread).hash(hasher);
            hasher.write_u16(seen);
        }
    }
}

fn hash_object(search: &Search, object: ObjectIndex, hasher: &mut TraceHasher) {
    search.history.object(object).kind.hash(hasher);
    search.registry.object_id(object).hash(hasher);
}

/// The pointers hashed so far: the execution's own numbers for them.
#[derive(Default)]
struct Pointers(Vec<u64>);

impl Pointers {
    /// Returns the event with its pointers numbered in the order in which they come here.
    fn renumbered(&mut self, search: &Search, event: &Event) -> Event {
        let mut event = *event;
        let of_pointer = |slot: usize| match event.operation.objects[slot] {
            NO_OBJECT => false,
            object => search.history.object(object).kind == ObjectKind::AtomicPtr,
        };
        let pointers_in = [of_pointer(0), of_pointer(1)];
        match &mut event.operation.kind {
            OperationKind::Spin(seen) => {
                for (_, value) in seen.iter_mut().enumerate().filter(|&(slot, _)| pointers_in[slot]) {
                    *value = self.number(*value);
                }
            }
            _ if !pointers_in[0] => {}
            kind => {
                match kind {
                    OperationKind::Store(_, value) | OperationKind::ReadModifyWrite(_, _, value) => {
                        *value = self.number(*value);
                    }
                    OperationKind::CompareExchange { expected, new, .. } => {
                        *expected = self.number(*expected);
                        *new = self.number(*new);
                    }
                    _ => {}
                }
                event.result.value = self.number(event.result.value);
            }
        }
        event
    }

    fn number(&mut self, pointer: u64) -> u64 {
        if pointer == 0 {
            return 0;
        }
        let known = self.0.iter().position(|&known| known == pointer);
        let index = known.unwrap_or_else(|| {
            self.0.push(pointer);
            self.0.len() - 1
        });
        index as u64 + 1
    }
}

/// The mixing, for whoever hashes parts of a trace.
pub(crate) struct TraceHasher(u128);

impl TraceHasher {
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013B;
    const BASIS: u128 = 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D;

    pub(crate) fn new() -> Self {
        Self(Self::BASIS)
    }

    /// Returns the hash with all its bits mixed once more, so that sums of such hashes can be compared.
    pub(crate) fn scrambled(&self) -> u128 {
        // Odd numbers without a pattern: digits of pi.
        const FIRST: u128 = 0x243F_6A88_85A3_08D3_1319_8A2E_0370_7345;
        const SECOND: u128 = 0xA409_3822_299F_31D0_082E_FA98_EC4E_6C89;
        let mixed = (self.0 ^ self.0 >> 67).wrapping_mul(FIRST);
        let mixed = (mixed ^ mixed >> 59).wrapping_mul(SECOND);
        mixed ^ mixed >> 64
    }

    fn mix(&mut self, word: u64) {
        let mixed = (self.0 ^ u128::from(word)).wrapping_mul(Self::PRIME);
        // A multiplication carries upwards only; the rotation brings the high bits down.
        self.0 = mixed.rotate_right(59) ^ mixed;
    }
}

impl Hasher for TraceHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.mix(u64::from_le_bytes(word));
        }
        self.mix(bytes.len() as u64);
    }

    fn write_u8(&mut self, number: u8) {
        self.mix(number.into());
    }

    fn write_u16(&mut self, number: u16) {
        self.mix(number.into());
    }

    fn write_u32(&mut self, number: u32) {
        self.mix(number.into());
    }

    fn write_u64(&mut self, number: u64) {
        self.mix(number);
    }

    fn write_usize(&mut self, number: usize) {
        self.mix(number as u64);
    }

    fn write_isize(&mut self, number: isize) {
        self.mix(number as u64);
    }

    fn finish(&self) -> u64 {
        self.0 as u64
    }
}
