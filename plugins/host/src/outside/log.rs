//! Lines in the log.

use wasmtime::Result;
use wigwag_core::plugin::{MAX_LINES, message};
use wigwag_engine::interface::wigwag::plugin::log::{Host, Level};

use super::Outside;
use crate::{fault::cut, words};

impl Host for Outside {
    fn log(&mut self, level: Level, message: String) -> Result<()> {
        self.lines = self.lines.saturating_add(1);
        let (level, text) = match self.lines {
            0..=MAX_LINES => (words::level(level), cut(message)),
            line if line == MAX_LINES + 1 => {
                (message::Level::Warn, format!("it logged {MAX_LINES} lines in this call; the rest is left out"))
            }
            _ => return Ok(()),
        };
        Ok(self.surroundings.supervisor.log(level, text)?)
    }
}
