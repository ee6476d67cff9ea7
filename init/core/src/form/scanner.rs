//! The words of a text: what TOML says about blanks, comments, keys, texts and numbers.

mod quotes;

use alloc::{
    format,
    string::{String, ToString as _},
    vec::Vec,
};

/// What is wrong, and where.
pub type Wrong = (usize, String);

/// A key, and where it stands.
pub struct Key {
    pub at: usize,
    pub text: String,
}

/// A text, and how far it was read.
pub struct Scanner<'t> {
    text: &'t str,
    pub at: usize,
}

/// What no line can have, not even a comment.
fn is_control(c: char) -> bool {
    c.is_ascii_control() && c != '\t'
}

fn is_bare(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

impl<'t> Scanner<'t> {
    pub fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Goes on behind this, if it is what comes.
    pub fn eat(&mut self, token: &str) -> bool {
        let is_next = self.rest().starts_with(token);
        if is_next {
            self.at = self.at.saturating_add(token.len());
        }
        is_next
    }

    fn eat_while(&mut self, belongs: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        self.at = self.at.saturating_add(end);
        rest.get(..end).unwrap_or_default()
    }

    pub fn blanks(&mut self) {
        self.eat_while(|c| matches!(c, ' ' | '\t'));
    }

    fn line_end(&mut self) -> bool {
        self.eat("\n") || self.eat("\r\n")
    }

    /// Blanks, comments and line ends.
    pub fn lines(&mut self) -> Result<(), Wrong> {
        loop {
            self.blanks();
            if self.peek() == Some('#') {
                self.end_of_line()?;
            } else if !self.line_end() {
                return Ok(());
            }
        }
    }

    /// Nothing more but a comment.
    pub fn end_of_line(&mut self) -> Result<(), Wrong> {
        self.blanks();
        if self.peek() == Some('#') {
            self.eat_while(|c| !is_control(c));
        }
        if self.line_end() || self.peek().is_none() { Ok(()) } else { self.expected("the end of the line") }
    }

    /// Something else comes.
    pub fn expected<T>(&self, what: &str) -> Result<T, Wrong> {
        let found = match self.peek() {
            None => "the end of the file".to_string(),
            Some('\n') => "the end of the line".to_string(),
            Some(c) => format!("`{}`", c.escape_debug()),
        };
        Err((self.at, format!("expected {what}, found {found}")))
    }

    /// One key, or several with dots between them.
    pub fn path(&mut self) -> Result<Vec<Key>, Wrong> {
        let mut path = Vec::new();
        loop {
            self.blanks();
            path.push(self.key()?);
            self.blanks();
            if !self.eat(".") {
                return Ok(path);
            }
        }
    }

    fn key(&mut self) -> Result<Key, Wrong> {
        let at = self.at;
        let text = match self.peek() {
            Some('"') => self.short('"')?,
            Some('\'') => self.short('\'')?,
            Some(c) if is_bare(c) => self.eat_while(is_bare).to_string(),
            _ => return self.expected("a key"),
        };
        Ok(Key { at, text })
    }

    /// A value without quotes or brackets.
    pub fn word(&mut self) -> &'t str {
        self.eat_while(|c| is_bare(c) || matches!(c, '+' | '.' | ':'))
    }
}
