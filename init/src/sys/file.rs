//! Files: reading them, and writing one as a whole.

use alloc::vec::Vec;
use core::{ffi::CStr, mem::MaybeUninit};

use rustix::{
    buffer::spare_capacity,
    fd::OwnedFd,
    fs::{Access, FileType, Mode, OFlags, RawDir, access, fchmod, fstat, open, rename, stat, unlink},
    io::{Errno, Result, read, write},
};

use crate::text::Text;

/// The whole content.
pub fn content(path: &CStr) -> Result<Vec<u8>> {
    content_up_to(path, usize::MAX)
}

/// The whole content, if it is not longer than this: else `FBIG`.
pub fn content_up_to(path: &CStr, most: usize) -> Result<Vec<u8>> {
    let file = open_to_read(path)?;
    // One byte more, so that the end is found without growing. What the kernel makes up (/proc) says 0.
    let size = fstat(&file).map_or(0, |status| usize::try_from(status.st_size).unwrap_or(0));
    if size > most {
        return Err(Errno::FBIG);
    }
    let mut content = Vec::with_capacity(size.saturating_add(1).max(256));
    loop {
        if content.len() > most {
            return Err(Errno::FBIG);
        }
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

/// The names in a directory, in no order.
pub fn entries(path: &CStr) -> Result<Vec<Vec<u8>>> {
    let directory = open(path, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    let mut buffer = [const { MaybeUninit::uninit() }; 4096];
    let mut entries = RawDir::new(directory, &mut buffer);
    let mut names = Vec::new();
    while let Some(entry) = entries.next() {
        let name = entry?.file_name().to_bytes().to_vec();
        if name != b"." && name != b".." {
            names.push(name);
        }
    }
    Ok(names)
}

/// Makes an empty file, if it is not there.
pub fn make(path: &CStr) -> Result<()> {
    let mode = Mode::RUSR | Mode::WUSR | Mode::RGRP | Mode::ROTH;
    open(path, OFlags::WRONLY | OFlags::CREATE | OFlags::CLOEXEC, mode).map(drop)
}

/// Writes a file as a whole: another one beside it takes its place when it is complete.
pub fn replace(path: &Text, mode: u32, content: &[u8]) -> Result<()> {
    let bytes = path.as_bytes();
    let folder = bytes.iter().rposition(|byte| *byte == b'/').and_then(|at| bytes.get(..=at)).unwrap_or_default();
    let new = Text::from([folder, b".wigwag-new"].concat());
    let new = new.as_c_str();
    // One that was left there.
    let _ = unlink(new);
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = open(new, flags, Mode::RUSR | Mode::WUSR)?;
    let written = write_all(&file, content)
        .and_then(|()| fchmod(&file, Mode::from_raw_mode(mode)))
        .and_then(|()| rename(new, path.as_c_str()));
    if written.is_err() {
        let _ = unlink(new);
    }
    written
}

fn write_all(file: &OwnedFd, mut content: &[u8]) -> Result<()> {
    while !content.is_empty() {
        match write(file, content) {
            Ok(written) => content = content.get(written..).unwrap_or_default(),
            Err(Errno::INTR) => {}
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}
