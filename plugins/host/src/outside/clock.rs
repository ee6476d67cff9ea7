//! The time.

use nix::errno::Errno;
use wasmtime::Result;
use wigwag_core::Millis;
use wigwag_engine::interface::wigwag::plugin::clock::Host;

use super::Outside;
use crate::{Interrupted, clock};

impl Host for Outside {
    fn now(&mut self) -> Result<u64> {
        Ok(clock::now().0)
    }

    fn sleep(&mut self, duration: u64) -> Result<()> {
        let wake = clock::now().plus(Millis(duration));
        let until = wake.min(self.end);
        while clock::now() < until {
            match nix::poll::poll(&mut [], clock::timeout(until)) {
                Ok(_) | Err(Errno::EINTR) => {}
                Err(error) => return Err(wasmtime::Error::msg(format!("it cannot sleep: {error}"))),
            }
        }
        if wake < self.end { Ok(()) } else { Err(Interrupted::Timeout.into()) }
    }
}
