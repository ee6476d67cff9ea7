//! What the container prints.

use std::{
    collections::VecDeque,
    fs::File,
    io::{ErrorKind, Read},
};

use crate::text::Text;

/// So many of the last lines are kept.
const KEPT: usize = 40;

/// The reading end of it.
#[derive(Debug)]
pub struct Output {
    /// That does not block.
    pub file: File,
    line: Vec<u8>,
    lines: VecDeque<Text>,
    /// What is waited for, and whether it was in a line.
    awaited: Option<String>,
    /// Whether what is waited for was in a line.
    pub is_ready: bool,
    /// Whether nobody can print any more.
    pub is_closed: bool,
}

impl Output {
    /// Of a file that does not block.
    pub fn new(file: File, awaited: Option<String>) -> Self {
        Self { file, line: Vec::new(), lines: VecDeque::new(), awaited, is_ready: false, is_closed: false }
    }

    /// Reads what is there.
    pub fn read(&mut self) {
        let mut buffer = [0; 8192];
        loop {
            match self.file.read(&mut buffer) {
                Ok(0) => self.is_closed = true,
                Ok(count) => {
                    for byte in buffer.iter().take(count) {
                        self.take(*byte);
                    }
                    continue;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                // A terminal that nobody has open any more.
                Err(_) => self.is_closed = true,
            }
            return;
        }
    }

    fn take(&mut self, byte: u8) {
        // A line without an end must not eat the memory.
        if byte != b'\n' && self.line.len() < 4096 {
            self.line.push(byte);
            return;
        }
        self.end_line();
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let line = line.strip_suffix(b"\r").unwrap_or(&line);
        if let Some(awaited) = &self.awaited {
            self.is_ready |= line.windows(awaited.len().max(1)).any(|part| part == awaited.as_bytes());
        }
        if self.lines.len() == KEPT {
            self.lines.pop_front();
        }
        self.lines.push_back(Text::from(line));
    }

    /// The last lines.
    pub fn lines(mut self) -> Vec<Text> {
        if !self.line.is_empty() {
            self.end_line();
        }
        self.lines.into()
    }
}
