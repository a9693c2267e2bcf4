//! Memory whose allocation is watched: leaks, and memory that is freed twice.
//!
//! What [`alloc`] returns comes from the global allocator. It goes back there only when the execution has ended. So
//! an access to memory that has been freed does no harm to the process.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::panic::Location;

use selvedge_explorer::sync::UnsafeCell;
use selvedge_explorer::thread;

use crate::execution::Execution;
use crate::leaks::Tracked;

#[doc(no_inline)]
pub use std::alloc::Layout;

/// The memory that an execution has allocated by this module, by address.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    blocks: RefCell<BTreeMap<usize, Block>>,
}

#[derive(Debug)]
struct Block {
    layout: Layout,
    allocated_at: &'static Location<'static>,
    /// Plain memory in place of the block: to free it is to write to it.
    access: std::rc::Rc<UnsafeCell<()>>,
    /// `None` once the block has been freed.
    tracked: Option<Tracked>,
    freed_at: Option<&'static Location<'static>>,
}

impl Drop for Memory {
    /// Gives what has been freed back to the allocator; what has not is leaked, which has been reported.
    #[expect(unsafe_code, reason = "allocators are unsafe")]
    fn drop(&mut self) {
        for (address, block) in std::mem::take(self.blocks.get_mut()) {
            if block.freed_at.is_some() {
                let pointer = std::ptr::with_exposed_provenance_mut(address);
                // SAFETY: `std::alloc` has returned the pointer for this layout, its provenance has been exposed, and
                // it has not been given back.
                unsafe { std::alloc::dealloc(pointer, block.layout) };
            }
        }
    }
}

/// Allocates memory: [`std::alloc::alloc`]. It must be freed by [`dealloc`] before the execution ends.
///
/// # Safety
///
/// As for [`std::alloc::alloc`].
#[track_caller]
#[expect(unsafe_code, reason = "it is unsafe in std")]
pub unsafe fn alloc(layout: Layout) -> *mut u8 {
    // SAFETY: the caller sees to it.
    let pointer = unsafe { std::alloc::alloc(layout) };
    note(pointer, layout, Location::caller());
    pointer
}

/// Allocates memory that is zero: [`std::alloc::alloc_zeroed`]. It must be freed by [`dealloc`] before the execution
/// ends.
///
/// # Safety
///
/// As for [`std::alloc::alloc_zeroed`].
#[track_caller]
#[expect(unsafe_code, reason = "it is unsafe in std")]
pub unsafe fn alloc_zeroed(layout: Layout) -> *mut u8 {
    // SAFETY: the caller sees to it.
    let pointer = unsafe { std::alloc::alloc_zeroed(layout) };
    note(pointer, layout, Location::caller());
    pointer
}

/// Notes a block that has been allocated.
#[track_caller]
fn note(pointer: *mut u8, layout: Layout, allocated_at: &'static Location<'static>) {
    let Some(execution) = Execution::current().filter(|_| !pointer.is_null()) else {
        return;
    };
    let block = Block {
        layout,
        allocated_at,
        access: std::rc::Rc::new(UnsafeCell::new(()).named("memory")),
        tracked: Tracked::new("memory", allocated_at),
        freed_at: None,
    };
    let mut blocks = execution.memory.blocks.borrow_mut();
    blocks.insert(pointer.expose_provenance(), block);
}

/// Frees memory that [`alloc`] or [`alloc_zeroed`] has allocated in the same execution.
///
/// If it has been freed before, or has not been allocated so, this fails and does not return. To free memory is to write
/// to it: two threads that free it without synchronisation are a data race.
///
/// # Safety
///
/// As for [`std::alloc::dealloc`].
#[track_caller]
#[expect(unsafe_code, reason = "it is unsafe in std")]
pub unsafe fn dealloc(pointer: *mut u8, layout: Layout) {
    let Some(execution) = Execution::current() else {
        // SAFETY: the caller sees to it.
        return unsafe { std::alloc::dealloc(pointer, layout) };
    };
    let here = Location::caller();
    let find = || {
        let blocks = execution.memory.blocks.borrow();
        let block = blocks.get(&pointer.addr())?;
        let access = std::rc::Rc::clone(&block.access);
        Some((access, block.allocated_at, block.freed_at))
    };
    let Some((access, allocated_at, _)) = find() else {
        thread::fail("memory is freed that was not allocated by `loom::alloc` in this execution".to_owned());
    };
    access.with_mut(|_| ());
    // Another thread may have been faster.
    if let Some(freed_at) = find().and_then(|(_, _, freed_at)| freed_at) {
        thread::fail(format!(
            "memory is freed twice: it was allocated at {allocated_at}, and freed at {freed_at} before"
        ));
    }
    let mut blocks = execution.memory.blocks.borrow_mut();
    let block = blocks.get_mut(&pointer.addr()).expect("it has just been found");
    block.freed_at = Some(here);
    block.tracked = None;
}

/// A value that must have been dropped, or taken out, when the execution ends.
#[derive(Debug)]
pub struct Track<T> {
    value: T,
    /// `None` outside executions.
    _tracked: Option<Tracked>,
}

impl<T> Track<T> {
    /// Tracks a value.
    #[track_caller]
    pub fn new(value: T) -> Self {
        Self {
            value,
            _tracked: Tracked::new("a tracked value", Location::caller()),
        }
    }

    /// Returns a reference to the value.
    pub fn get_ref(&self) -> &T {
        &self.value
    }

    /// Returns a mutable reference to the value.
    pub fn get_mut(&mut self) -> &mut T {
        &mut self.value
    }

    /// Returns the value, which is not tracked any more.
    pub fn into_inner(self) -> T {
        self.value
    }
}
