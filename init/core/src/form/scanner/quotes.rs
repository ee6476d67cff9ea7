//! Texts in quotes: basic and literal, on one line and on several.

use alloc::{format, string::String};

use super::{Scanner, Wrong, is_control};

impl Scanner<'_> {
    /// A text in this quote, on one line or, between three of them, on several.
    pub fn text(&mut self, quote: char) -> Result<String, Wrong> {
        let delimiter = if quote == '"' { "\"\"\"" } else { "'''" };
        if self.rest().starts_with(delimiter) { self.long(quote, delimiter) } else { self.short(quote) }
    }

    pub(super) fn short(&mut self, quote: char) -> Result<String, Wrong> {
        let start = self.at;
        let mut buffer = [0; 4];
        let delimiter = quote.encode_utf8(&mut buffer);
        self.eat(delimiter);
        let mut text = String::new();
        loop {
            self.plain(quote, &mut text)?;
            if self.eat(delimiter) {
                return Ok(text);
            }
            match self.peek() {
                Some('\\') => self.escape(&mut text)?,
                _ => return Err((start, format!("the text that begins here has no `{quote}` at its end"))),
            }
        }
    }

    fn long(&mut self, quote: char, delimiter: &str) -> Result<String, Wrong> {
        let start = self.at;
        self.eat(delimiter);
        self.line_end();
        let mut text = String::new();
        loop {
            self.plain(quote, &mut text)?;
            let begin = self.at;
            let quotes = self.eat_while(|c| c == quote);
            if let Some(own) = quotes.len().checked_sub(3) {
                // Two of them can be the text's own; what comes after these is not.
                let own = own.min(2);
                self.at = begin.saturating_add(own).saturating_add(3);
                text.push_str(quotes.get(..own).unwrap_or_default());
                return Ok(text);
            }
            text.push_str(quotes);
            if !quotes.is_empty() {
                continue;
            }
            if self.line_end() {
                text.push_str(self.text.get(begin..self.at).unwrap_or_default());
            } else if self.peek() == Some('\\') {
                self.escape_in_lines(&mut text)?;
            } else {
                return Err((start, format!("the text that begins here has no `{delimiter}` at its end")));
            }
        }
    }

    /// What stands for itself.
    fn plain(&mut self, quote: char, text: &mut String) -> Result<(), Wrong> {
        text.push_str(self.eat_while(|c| c != quote && !is_control(c) && (c != '\\' || quote == '\'')));
        match self.peek() {
            Some(c) if is_control(c) && c != '\n' && !self.rest().starts_with("\r\n") => Err((
                self.at,
                format!("a control character, which is written as `\\u{:04X}` between \"\"", u32::from(c)),
            )),
            _ => Ok(()),
        }
    }

    /// A line that ends with a backslash goes on with the next letter, wherever that is.
    fn escape_in_lines(&mut self, text: &mut String) -> Result<(), Wrong> {
        let start = self.at;
        self.eat("\\");
        self.blanks();
        if !self.line_end() {
            self.at = start;
            return self.escape(text);
        }
        loop {
            self.blanks();
            if !self.line_end() {
                return Ok(());
            }
        }
    }

    fn escape(&mut self, text: &mut String) -> Result<(), Wrong> {
        let start = self.at;
        self.eat("\\");
        let letter = self.peek();
        self.at = self.at.saturating_add(letter.map_or(0, char::len_utf8));
        let c = match letter {
            Some('b') => Some('\u{8}'),
            Some('t') => Some('\t'),
            Some('n') => Some('\n'),
            Some('f') => Some('\u{c}'),
            Some('r') => Some('\r'),
            Some('e') => Some('\u{1b}'),
            Some(c @ ('"' | '\\')) => Some(c),
            Some('x') => self.hexadecimal(2),
            Some('u') => self.hexadecimal(4),
            Some('U') => self.hexadecimal(8),
            _ => None,
        };
        let Some(c) = c else {
            let known = r#"`\b`, `\t`, `\n`, `\f`, `\r`, `\e`, `\"`, `\\`, `\x41`, `\u0041`, `\U00000041`"#;
            return Err((start, format!("not an escape, which is one of {known}; between '' there are none")));
        };
        text.push(c);
        Ok(())
    }

    fn hexadecimal(&mut self, length: usize) -> Option<char> {
        let digits = self.rest().get(..length)?;
        self.at = self.at.saturating_add(length);
        let is_hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        u32::from_str_radix(digits, 16).ok().filter(|_| is_hexadecimal).and_then(char::from_u32)
    }
}
