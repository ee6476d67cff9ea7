//! Descriptors for a child, at numbers that it knows.

use alloc::vec::Vec;

use rustix::{
    fd::{AsRawFd as _, BorrowedFd, OwnedFd},
    io::{Result, fcntl_dupfd_cloexec},
};

use crate::sys::raw;

/// A descriptor, and the number that a child finds it at.
#[derive(Clone, Copy)]
pub struct Given<'fd>(pub BorrowedFd<'fd>, pub i32);

/// Descriptors that are ready to be given: none of them stands where another one will.
pub struct Handover {
    copies: Vec<(OwnedFd, i32)>,
    /// Numbers from here on are free for everything else.
    free: i32,
}

impl Handover {
    /// All that can fail is done here, before there is a child.
    pub fn new(given: &[Given]) -> Result<Self> {
        let free = given.iter().map(|Given(_, number)| number.saturating_add(1)).max().unwrap_or_default();
        let copies = given.iter().map(|Given(fd, number)| Ok((fcntl_dupfd_cloexec(fd, free)?, *number)));
        Ok(Self { copies: copies.collect::<Result<_>>()?, free })
    }

    /// The same descriptor where no other will be put.
    pub fn out_of_the_way(&self, fd: OwnedFd) -> Result<OwnedFd> {
        if self.copies.is_empty() { Ok(fd) } else { fcntl_dupfd_cloexec(fd, self.free) }
    }

    /// In the child.
    pub fn arrive(&self) -> Result<()> {
        self.copies.iter().try_for_each(|(copy, number)| raw::duplicate(copy, *number))
    }

    /// In the child: of what stands behind them, only this stays.
    pub fn close_others(&self, but: &OwnedFd) {
        let [free, but] = [self.free, but.as_raw_fd()].map(i32::unsigned_abs);
        if let Some(last) = but.checked_sub(1).filter(|last| *last >= free) {
            raw::close_range(free, last);
        }
        raw::close_range(but.saturating_add(1).max(free), u32::MAX);
    }
}
