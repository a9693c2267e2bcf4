//! The bytes of the shared state: a step may not change them, as all that changes is in the primitives.
#![allow(unsafe_code, reason = "the bytes of a value of any type are read")]

/// The bytes of a value as they were at first.
#[derive(Debug)]
pub(super) struct Image(Box<[u8]>);

/// Whether bytes can be read on this processor.
pub(super) const IS_WATCHED: bool = cfg!(any(target_arch = "x86_64", target_arch = "aarch64"));

impl Image {
    /// Notes the bytes of a value.
    pub(super) fn of<T>(value: &T) -> Self {
        Image((0..length(value)).map(|index| byte(value, index)).collect())
    }

    /// Returns `true` if the value, which must not have been moved since, still has these bytes.
    #[inline]
    pub(super) fn is_of<T>(&self, value: &T) -> bool {
        let mut bytes = self.0.iter().enumerate();
        bytes.all(|(index, &before)| byte(value, index) == before)
    }
}

fn length<T>(value: &T) -> usize {
    if IS_WATCHED { size_of_val(value) } else { 0 }
}

/// Returns a byte of a value, padding included.
///
/// Padding is not initialised, and to Rust an uninitialised byte is no `u8`. The processor knows nothing of that: a
/// load in assembly returns what is in memory. Padding does not change by itself, as the value is not moved and
/// nothing but a write through a hidden cell, which is what is looked for, writes to it.
#[inline]
fn byte<T>(value: &T, index: usize) -> u8 {
    assert!(index < size_of_val(value));
    let start: *const T = value;
    let byte: u8;
    // SAFETY: the address is within the value, to which there is a reference. One byte is read, nothing is written,
    // and neither the stack nor flags are used. What the assembly puts into the register is a `u8`, whatever the
    // compiler knows of the memory. No other thread has been given the value, so none writes to it meanwhile; a step
    // that hands parts of it to a thread of its own making gets the value of some moment, as from an atomic load.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        std::arch::asm!(
            "mov {byte}, byte ptr [{address}]",
            address = in(reg) start.cast::<u8>().wrapping_add(index),
            byte = out(reg_byte) byte,
            options(readonly, nostack, preserves_flags),
        );
    }
    // SAFETY: as above.
    #[cfg(target_arch = "aarch64")]
    unsafe {
        std::arch::asm!(
            "ldrb {byte:w}, [{address}]",
            address = in(reg) start.cast::<u8>().wrapping_add(index),
            byte = out(reg) byte,
            options(readonly, nostack, preserves_flags),
        );
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    {
        let _ = start;
        byte = 0;
    }
    byte
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn a_change_anywhere_is_seen() {
        if !IS_WATCHED {
            return;
        }
        let value = (1u8, Cell::new(2u64), Cell::new(3u16));
        let image = Image::of(&value);
        assert!(image.is_of(&value));
        value.1.set(1 << 60);
        assert!(!image.is_of(&value));
        value.1.set(2);
        assert!(image.is_of(&value));
        value.2.set(4);
        assert!(!image.is_of(&value));
    }
}
