//! The last line of all: why there is no way on. Without memory, since there may be none.

use core::fmt::{self, Write as _};

use crate::sys::log::{self, Stream};

/// Says it.
pub fn say(why: impl fmt::Display) {
    let mut line = Bounded { bytes: [0; 256], length: 0 };
    // What does not fit is left out.
    let _ = write!(line, "wigwag-init: cannot go on: {why}");
    let _ = line.write_str("\n");
    log::write(Stream::Error, line.bytes.get(..line.length).unwrap_or_default());
}

/// Text in a place of its own.
struct Bounded {
    bytes: [u8; 256],
    length: usize,
}

impl fmt::Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self.bytes.get_mut(self.length..).unwrap_or_default();
        for (place, byte) in room.iter_mut().zip(text.bytes()) {
            *place = byte;
            self.length = self.length.saturating_add(1);
        }
        Ok(())
    }
}
