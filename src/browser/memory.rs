//! The allocator: one region, given back as a whole.
//!
//! Nothing is freed by itself, so that the compiler drops all code that would free it; that is a third of the core's size.
//! The region is emptied when no flow is live, and cut back after a step that changed nothing, so a flow that waits for
//! hours needs no more than one that has just begun.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;

struct Region {
    /// The first free address; 0 before the first allocation.
    top: UnsafeCell<usize>,
}

// The core is one thread: wasm-bindgen's wasm32 without atomics.
unsafe impl Sync for Region {}

#[global_allocator]
static REGION: Region = Region { top: UnsafeCell::new(0) };

unsafe extern "C" {
    /// The linker's symbol for where static data ends.
    static __heap_base: u8;
}

const PAGE: usize = 65536;

unsafe impl GlobalAlloc for Region {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let start = (mark() + layout.align() - 1) & !(layout.align() - 1);
        let end = start + layout.size();
        let missing = end.saturating_sub(core::arch::wasm32::memory_size(0) * PAGE);
        if missing > 0 && core::arch::wasm32::memory_grow(0, missing.div_ceil(PAGE)) == usize::MAX {
            return core::ptr::null_mut();
        }
        release_to(end);
        start as *mut u8
    }

    /// The last allocation grows where it is: a text that is put together stays in one place.
    unsafe fn realloc(&self, start: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if start as usize + layout.size() == mark() {
            release_to(start as usize);
        }
        // SAFETY: the caller's promises about `layout` and `size` hold here too.
        let moved = unsafe { self.alloc(Layout::from_size_align_unchecked(size, layout.align())) };
        if moved != start && !moved.is_null() {
            unsafe { core::ptr::copy_nonoverlapping(start, moved, layout.size()) };
        }
        moved
    }

    #[inline(always)]
    unsafe fn dealloc(&self, _start: *mut u8, _layout: Layout) {}
}

/// The first free address: what is allocated from now on lies there or above.
pub fn mark() -> usize {
    // SAFETY: one thread, and no reference to the cell outlives this function.
    match unsafe { *REGION.top.get() } {
        0 => &raw const __heap_base as usize,
        top => top,
    }
}

/// Gives back everything that was allocated since `mark`. None of it may be used again.
pub fn release_to(mark: usize) {
    // SAFETY: as above.
    unsafe { *REGION.top.get() = mark }
}
