//! What an errno means.

use rustix::io::Errno;

/// A sentence: `No such file or directory`.
pub fn sentence(errno: Errno) -> &'static str {
    syscalls::Errno::new(errno.raw_os_error()).description().unwrap_or("Unknown error")
}
