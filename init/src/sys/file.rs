//! Reading files.

use alloc::vec::Vec;
use core::ffi::CStr;

use rustix::{
    buffer::spare_capacity,
    fd::OwnedFd,
    fs::{Access, FileType, Mode, OFlags, access, fstat, open, stat},
    io::{Errno, Result, read},
};

/// The whole content.
pub fn content(path: &CStr) -> Result<Vec<u8>> {
    let file = open_to_read(path)?;
    // One byte more, so that the end is found without growing. What the kernel makes up (/proc) says 0.
    let size = fstat(&file).map_or(0, |status| usize::try_from(status.st_size).unwrap_or(0));
    let mut content = Vec::with_capacity(size.saturating_add(1).max(256));
    loop {
        if content.len() == content.capacity() {
            content.reserve(content.len());
        }
        match read(&file, spare_capacity(&mut content)) {
            Ok(0) => return Ok(content),
            Ok(_) | Err(Errno::INTR) => {}
            Err(errno) => return Err(errno),
        }
    }
}

/// What it begins with, as far as one read goes.
pub fn start(path: &CStr, buffer: &mut [u8]) -> Result<usize> {
    read(open_to_read(path)?, buffer)
}

fn open_to_read(path: &CStr) -> Result<OwnedFd> {
    open(path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())
}

/// Whether it is there, whatever it is.
pub fn is_there(path: &CStr) -> bool {
    stat(path).is_ok()
}

/// Whether it is there, and a regular file.
pub fn is_regular(path: &CStr) -> bool {
    stat(path).is_ok_and(|status| FileType::from_raw_mode(status.st_mode) == FileType::RegularFile)
}

/// Whether it can be executed, as far as one can say without doing it.
pub fn is_executable(path: &CStr) -> Result<()> {
    access(path, Access::EXEC_OK)?;
    if is_regular(path) { Ok(()) } else { Err(Errno::ACCESS) }
}
