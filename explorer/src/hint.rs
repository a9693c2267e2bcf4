//! Hints to the explorer, shaped like `std::hint`.

/// Says that the calling thread polls in a loop; the same as [`yield_now`](super::thread::yield_now).
pub fn spin_loop() {
    super::thread::yield_now();
}
