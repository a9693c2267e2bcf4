//! Hints, shaped like `std::hint`.

pub use std::hint::black_box;

/// Does nothing: see [`yield_now`](crate::thread::yield_now).
pub fn spin_loop() {
    crate::thread::yield_now();
}

/// Panics: the program says that this place cannot be reached, and it has been.
///
/// # Safety
///
/// It is safe to call, as it panics; it is unsafe only because [`std::hint::unreachable_unchecked`] is.
#[track_caller]
#[expect(unsafe_code, reason = "it is unsafe in std")]
pub unsafe fn unreachable_unchecked() -> ! {
    panic!("unreachable_unchecked was reached")
}
