//! A queue that waits while it is empty. It takes `sync` and `thread` from the module that it is in, as a
//! crate takes them from a module of its own that swaps `std` for the explorer.

use super::sync::atomic::{AtomicUsize, Ordering};
use super::sync::{Arc, Condvar, Mutex};
use super::thread;

#[derive(Default)]
struct Queue {
    items: Mutex<Vec<u32>>,
    filled: Condvar,
    popped: AtomicUsize,
}

impl Queue {
    fn push(&self, item: u32) {
        self.items.lock().unwrap().push(item);
        self.filled.notify_one();
    }

    /// Waits until there is an item, and takes it.
    ///
    /// If it does not look again after it was notified, that is a mistake: another thread can have taken the
    /// item before this one has locked the mutex.
    fn pop(&self, looks_again: bool) -> Option<u32> {
        let mut items = self.items.lock().unwrap();
        while items.is_empty() {
            items = self.filled.wait(items).unwrap();
            if !looks_again {
                break;
            }
        }
        let item = items.pop()?;
        self.popped.fetch_add(1, Ordering::Relaxed);
        Some(item)
    }
}

/// Two threads take an item each, and there are two: returns the sum of the items, and how many were taken.
pub(crate) fn transfer(looks_again: bool) -> (u32, usize) {
    let queue = Arc::new(Queue::default());
    let takers = [(); 2].map(|()| {
        let queue = Arc::clone(&queue);
        thread::spawn(move || queue.pop(looks_again))
    });
    queue.push(1);
    queue.push(2);
    let taken = takers.map(|taker| taker.join().unwrap());
    let sum = taken.into_iter().flatten().sum();
    (sum, queue.popped.load(Ordering::Relaxed))
}
