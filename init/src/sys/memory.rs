//! The heap: what lies between the program's end, as the kernel set it up, and where brk(2) has moved it.
//!
//! Sizes are powers of two. A block that is freed waits in a list for the next request of its size, and is never merged
//! or given back: memory that the same work has needed once is enough for it for ever.

use core::{
    alloc::{GlobalAlloc, Layout},
    cell::UnsafeCell,
    ptr,
};

/// The smallest block, and what every block is aligned to.
const SMALLEST: usize = 16;

/// Sizes from 16 bytes to 256 MiB, above which nobody is served.
const SIZES: usize = 25;

/// How much is asked for at a time.
const STEP: usize = 64 * 1024;

/// The heap of a program with one thread.
pub struct Heap(UnsafeCell<Blocks>);

#[expect(unsafe_code, reason = "the program has one thread")]
// SAFETY: nobody else is there to use it at the same time.
unsafe impl Sync for Heap {}

struct Blocks {
    /// Moves the end of the memory (brk(2)).
    move_end: fn(usize) -> usize,
    /// From here to `end` nothing was given out yet; both are 0 before the first request.
    next: usize,
    end: usize,
    /// By size, the first of the free blocks; each begins with the address of the next one.
    free: [*mut Free; SIZES],
}

#[derive(Clone, Copy)]
struct Free(*mut Free);

impl Heap {
    pub const fn new(move_end: fn(usize) -> usize) -> Self {
        Self(UnsafeCell::new(Blocks { move_end, next: 0, end: 0, free: [ptr::null_mut(); SIZES] }))
    }
}

/// Which size serves this request, by its place in the list of sizes.
fn size_for(layout: Layout) -> Option<usize> {
    if layout.align() > SMALLEST {
        return None;
    }
    let size = layout.size().max(SMALLEST).checked_next_power_of_two()?;
    let place = size.trailing_zeros().saturating_sub(SMALLEST.trailing_zeros());
    usize::try_from(place).ok().filter(|place| *place < SIZES)
}

impl Blocks {
    #[expect(unsafe_code, reason = "the list of free blocks")]
    fn take(&mut self, place: usize) -> *mut u8 {
        let Some(first) = self.free.get_mut(place) else { return ptr::null_mut() };
        if first.is_null() {
            return self.take_new(SMALLEST << place);
        }
        let block = *first;
        // SAFETY: a block in the list holds the address of the next one, and nobody uses it.
        *first = unsafe { *block }.0;
        block.cast()
    }

    fn take_new(&mut self, size: usize) -> *mut u8 {
        if self.end.saturating_sub(self.next) < size && !self.grow(size) {
            return ptr::null_mut();
        }
        let block = self.next;
        self.next = block.wrapping_add(size);
        ptr::with_exposed_provenance_mut(block)
    }

    /// Gets room for this many bytes more, if there is any.
    fn grow(&mut self, size: usize) -> bool {
        if self.end == 0 {
            self.end = (self.move_end)(0);
            self.next = self.end.next_multiple_of(SMALLEST);
        }
        let Some(wanted) = self.next.checked_add(size).and_then(|end| end.checked_next_multiple_of(STEP)) else {
            return false;
        };
        self.end = (self.move_end)(wanted);
        self.end >= wanted
    }

    #[expect(unsafe_code, reason = "the list of free blocks")]
    fn give_back(&mut self, block: *mut Free, place: usize) {
        if let Some(first) = self.free.get_mut(place) {
            // SAFETY: the block is nobody's now, and large enough for an address.
            unsafe { *block = Free(*first) };
            *first = block;
        }
    }

    /// Whether the block was made larger where it is, because it is the last one.
    fn enlarge(&mut self, block: *mut u8, from: usize, to: usize) -> bool {
        let (old, new) = (SMALLEST << from, SMALLEST << to);
        if block.addr().wrapping_add(old) != self.next || to < from {
            return false;
        }
        let before = self.next;
        self.next = block.addr();
        if self.take_new(new).is_null() {
            self.next = before;
            return false;
        }
        true
    }
}

#[expect(unsafe_code, reason = "the global allocator")]
// SAFETY: blocks do not overlap, are large enough, and aligned to 16 bytes; who asks for more is refused.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: one thread, and nothing in here allocates.
        let blocks = unsafe { &mut *self.0.get() };
        size_for(layout).map_or(ptr::null_mut(), |place| blocks.take(place))
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: one thread, and nothing in here allocates.
        let blocks = unsafe { &mut *self.0.get() };
        if let Some(place) = size_for(layout) {
            blocks.give_back(block.cast(), place);
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: one thread, and nothing in here allocates.
        let blocks = unsafe { &mut *self.0.get() };
        let Ok(wanted) = Layout::from_size_align(size, layout.align()) else { return ptr::null_mut() };
        let (Some(from), Some(to)) = (size_for(layout), size_for(wanted)) else { return ptr::null_mut() };
        if from == to || blocks.enlarge(block, from, to) {
            return block;
        }
        let moved = blocks.take(to);
        if !moved.is_null() {
            // SAFETY: they are different blocks, both of at least this size.
            unsafe { ptr::copy_nonoverlapping(block, moved, layout.size().min(size)) };
            blocks.give_back(block.cast(), from);
        }
        moved
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    const ROOM: usize = 1024 * 1024;

    thread_local! {
        static START: Cell<usize> = const { Cell::new(0) };
        static END: Cell<usize> = const { Cell::new(0) };
    }

    /// As brk(2), of a room that is never given back.
    fn move_end(end: usize) -> usize {
        if START.get() == 0 {
            START.set(vec![0_u8; ROOM].leak().as_mut_ptr().expose_provenance());
            END.set(START.get());
        }
        if end.checked_sub(START.get()).is_some_and(|used| used <= ROOM) {
            END.set(end);
        }
        END.get()
    }

    fn layout(size: usize) -> Layout {
        Layout::from_size_align(size, 8).unwrap()
    }

    #[expect(unsafe_code, reason = "an allocator")]
    fn filled(heap: &Heap, size: usize, byte: u8) -> *mut u8 {
        // SAFETY: the size is not zero.
        let block = unsafe { heap.alloc(layout(size)) };
        assert!(!block.is_null());
        assert!(block.addr().is_multiple_of(SMALLEST));
        // SAFETY: the block has this size.
        unsafe { block.write_bytes(byte, size) };
        block
    }

    #[expect(unsafe_code, reason = "an allocator")]
    fn is_filled(block: *const u8, size: usize, byte: u8) -> bool {
        // SAFETY: the block has this size at least.
        unsafe { core::slice::from_raw_parts(block, size) }.iter().all(|other| *other == byte)
    }

    #[test]
    #[expect(unsafe_code, reason = "an allocator")]
    fn what_is_freed_is_given_out_again() {
        let heap = Heap::new(move_end);
        let round = || {
            let blocks: Vec<_> = (1..200).map(|size| (filled(&heap, size, 1), size)).collect();
            for (block, size) in blocks {
                // SAFETY: it was allocated with this layout.
                unsafe { heap.dealloc(block, layout(size)) };
            }
            END.get()
        };
        let first = round();
        assert!((0..1_000).all(|_| round() == first));
    }

    #[test]
    #[expect(unsafe_code, reason = "an allocator")]
    fn blocks_keep_what_is_in_them_when_they_grow() {
        let heap = Heap::new(move_end);
        let other = filled(&heap, 100, 2);
        let mut size = 1;
        let mut block = filled(&heap, size, 1);
        while size < 40_000 {
            let new = size * 3;
            // Every other time it is the last block, and grows where it is.
            if size % 2 == 0 {
                filled(&heap, 20, 3);
            }
            // SAFETY: it was allocated with this layout.
            block = unsafe { heap.realloc(block, layout(size), new) };
            assert!(is_filled(block, size, 1));
            // SAFETY: the block has this size.
            unsafe { block.write_bytes(1, new) };
            size = new + 1;
            // SAFETY: as before.
            block = unsafe { heap.realloc(block, layout(new), size) };
            // SAFETY: the block has this size.
            unsafe { block.write_bytes(1, size) };
        }
        assert!(is_filled(other, 100, 2));
    }

    #[test]
    #[expect(unsafe_code, reason = "an allocator")]
    fn without_memory_there_is_no_block() {
        let heap = Heap::new(move_end);
        // SAFETY: the sizes are not zero.
        let is_refused = |layout| unsafe { heap.alloc(layout) }.is_null();
        assert!(is_refused(layout(2 * ROOM)));
        assert!(is_refused(layout(SMALLEST << SIZES)));
        assert!(is_refused(layout(isize::MAX as usize - 7)));
        assert!(is_refused(Layout::from_size_align(64, 64).unwrap()));
        assert!(!is_refused(layout(1000)));
    }
}
