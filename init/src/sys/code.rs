//! The program's own code, in memory.

/// Lets go of what stands behind the code that every container needs (link.ld): the config was read. Whatever of it is
/// needed again, the kernel maps again.
#[cfg(all(freestanding, not(test)))]
#[expect(unsafe_code, reason = "the linker's symbols, and madvise(2)")]
pub fn forget_later() {
    use syscalls::{Sysno, syscall};

    const MADV_DONTNEED: usize = 4;
    /// No page is larger.
    const ALIGNMENT: usize = 0x10000;

    unsafe extern "C" {
        static wigwag_later: u8;
        static wigwag_later_end: u8;
    }
    let start = (&raw const wigwag_later).addr().next_multiple_of(ALIGNMENT);
    let length = (&raw const wigwag_later_end).addr().saturating_sub(start);
    // SAFETY: the pages are a file's that nobody writes to: they come back as they were. There is no harm in a failure.
    let _ = unsafe { syscall!(Sysno::madvise, start, length, MADV_DONTNEED) };
}

/// Only our own linker script puts that code apart.
#[cfg(not(all(freestanding, not(test))))]
pub fn forget_later() {}
