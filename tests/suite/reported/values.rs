//! Structures that hand a thing out twice.

use super::reported;
use selvedge::Expectations;
use selvedge::backend::{Atomic, AtomicBits, AtomicInteger, Backend, Join};
use std::sync::Arc;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};

/// A stack of two nodes: the head is a node's number, or 0, and above that a tag if the stack has tags.
struct Stack<B: Backend> {
    head: B::AtomicUsize,
    below: [B::AtomicUsize; 2],
    has_tags: bool,
}

impl<B: Backend> Stack<B> {
    fn replaced(&self, head: usize, node: usize) -> usize {
        match self.has_tags {
            true => (head / 4 + 1) * 4 + node,
            false => node,
        }
    }

    fn pop(&self) -> usize {
        let mut head = self.head.load(Acquire);
        while head % 4 != 0 {
            let node = head % 4;
            let below = self.below[node - 1].load(Relaxed);
            match self
                .head
                .compare_exchange(head, self.replaced(head, below), AcqRel, Acquire)
            {
                Ok(_) => return node,
                Err(found) => head = found,
            }
        }
        0
    }

    fn push(&self, node: usize) {
        let mut head = self.head.load(Acquire);
        loop {
            self.below[node - 1].store(head % 4, Relaxed);
            match self
                .head
                .compare_exchange(head, self.replaced(head, node), AcqRel, Acquire)
            {
                Ok(_) => return,
                Err(found) => head = found,
            }
        }
    }
}

// The head is the same again when it is exchanged, but what is below it is not.
reported!(a_free_list_needs_tags, "argobots#178, crossbeam#104", refuted: "Finished", Vec<usize>:
    Expectations::new().required(vec![1, 2], "each node has one owner"),
    |B, fixed| {
        let stack = Arc::new(Stack::<B> {
            head: B::AtomicUsize::new(1).named("head"),
            below: [B::AtomicUsize::new(2).named("below 1"), B::AtomicUsize::new(0).named("below 2")],
            has_tags: fixed,
        });
        let shared = Arc::clone(&stack);
        let takes_one = B::spawn(move || shared.pop());
        let shared = Arc::clone(&stack);
        let takes_two = B::spawn(move || {
            let (first, second) = (shared.pop(), shared.pop());
            if first != 0 {
                shared.push(first);
            }
            second
        });
        let mut owned = vec![takes_one.join().unwrap(), takes_two.join().unwrap()];
        owned.extend([(); 3].map(|()| stack.pop()));
        owned.retain(|node| *node != 0);
        owned.sort();
        owned
    }
);

// The last receiver discards a block that a sender is still installing, and leaves it to be freed again.
reported!(a_block_is_taken_not_looked_at, "crossbeam#1187, RUSTSEC-2025-0024", refuted: "Finished", i64:
    Expectations::new()
        .required(1, "the block is freed once")
        .allowed(0, "there never was a block")
        .forbidden_if(|frees| *frees > 1, "the block is freed twice"),
    |B, fixed| {
        const CLOSED: usize = 1;
        const MESSAGE: usize = 2;
        struct List<B: Backend> {
            head: B::AtomicUsize,
            installed: B::AtomicUsize,
            tail: B::AtomicUsize,
            frees: B::AtomicI64,
        }
        impl<B: Backend> List<B> {
            fn send(&self) {
                let mut tail = self.tail.load(Acquire);
                while tail & CLOSED == 0 {
                    if self.installed.load(Acquire) == 0
                        && self.installed.compare_exchange(0, 1, Release, Relaxed).is_ok()
                    {
                        self.head.store(1, Release);
                    }
                    match self.tail.compare_exchange(tail, tail + MESSAGE, SeqCst, Acquire) {
                        Ok(_) => return,
                        Err(found) => tail = found,
                    }
                }
            }

            fn disconnect(&self, fixed: bool) {
                let has_messages = self.tail.fetch_or(CLOSED, SeqCst) >= MESSAGE;
                let mut block = self.head.swap(0, AcqRel);
                while has_messages && block == 0 {
                    B::yield_now();
                    block = if fixed { self.head.swap(0, AcqRel) } else { self.head.load(Acquire) };
                }
                if block != 0 {
                    self.frees.fetch_add(1, Relaxed);
                }
            }
        }
        let list = Arc::new(List::<B> {
            head: B::AtomicUsize::new(0).named("head"),
            installed: B::AtomicUsize::new(0).named("installed"),
            tail: B::AtomicUsize::new(0).named("tail"),
            frees: B::AtomicI64::new(0).named("frees"),
        });
        let mut threads = Vec::new();
        for _ in 0..2 {
            let list = Arc::clone(&list);
            threads.push(B::spawn(move || list.send()));
        }
        let shared = Arc::clone(&list);
        threads.push(B::spawn(move || shared.disconnect(fixed)));
        for thread in threads {
            thread.join().unwrap();
        }
        if list.head.load(Relaxed) != 0 {
            list.frees.fetch_add(1, Relaxed);
        }
        list.frees.load(Relaxed)
    }
);
