//! A barrier.

use std::mem;
use std::sync::Arc;

use selvedge_explorer::sync::{Mutex, Token};

/// A barrier, at which so many threads wait for each other, like `std`'s [`Barrier`](std::sync::Barrier).
#[derive(Debug)]
pub struct Barrier {
    threads: usize,
    waiting: Mutex<Vec<Arc<Token>>>,
}

/// The result of a wait at a [`Barrier`].
#[derive(Debug)]
pub struct BarrierWaitResult(bool);

impl BarrierWaitResult {
    /// Returns `true` for one of the threads that were let go on together: the last that came.
    pub fn is_leader(&self) -> bool {
        self.0
    }
}

impl Barrier {
    /// Creates a barrier for so many threads.
    ///
    /// # Panics
    ///
    /// Outside a model.
    #[track_caller]
    pub fn new(threads: usize) -> Self {
        Self {
            threads,
            waiting: Mutex::new(Vec::new()),
        }
    }

    /// Waits until all threads have come.
    #[track_caller]
    pub fn wait(&self) -> BarrierWaitResult {
        let token = Arc::new(Token::new());
        let mut waiting = self
            .waiting
            .lock()
            .expect("no code of the model runs while it is locked");
        if waiting.len() + 1 < self.threads {
            waiting.push(Arc::clone(&token));
            drop(waiting);
            token.take();
            return BarrierWaitResult(false);
        }
        let all = mem::take(&mut *waiting);
        drop(waiting);
        all.iter().for_each(|token| token.set());
        BarrierWaitResult(true)
    }
}
