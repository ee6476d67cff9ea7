//! Signals in a spec: by name, or by number without quotes.

use std::{borrow::Cow, ops::Range};

use toml::de::DeValue;
use wigwag_core::{Signal, config::SignalRule};

use super::value::{Problems, Raw, Value, integer, mismatch};
use crate::{
    diagnostic::Diagnostic,
    suggest::{nearest, quoted},
};

/// A signal's name, or its number without quotes.
fn signal_text<'a, T: Value>(raw: &'a Raw, problems: &mut Problems) -> Option<Cow<'a, str>> {
    match raw.get_ref() {
        DeValue::String(text) => Some(Cow::Borrowed(text)),
        DeValue::Integer(number) => {
            Some(integer(number).map_or_else(|| number.to_string(), |number| number.to_string()).into())
        }
        DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => {
            mismatch::<T, _>(raw, problems)
        }
    }
}

const FORM: &str = "a name such as `SIGTERM`, `SIGRTMIN` to `SIGRTMIN+30`, or a number from 1 to 64";

/// Says that the text is no signal, with the nearest that is one.
pub fn no_signal(text: &str, span: Range<usize>) -> Diagnostic {
    let help = nearest_signal(text).map_or(FORM.into(), |name| format!("did you mean `SIG{name}`?"));
    Diagnostic::new(span, format!("{} is not a signal", quoted(text))).help(help)
}

fn nearest_signal(text: &str) -> Option<&'static str> {
    let upper = text.trim().to_ascii_uppercase();
    nearest(upper.strip_prefix("SIG").unwrap_or(&upper), Signal::names())
}

/// Says that the text is nothing that a signal can do.
fn no_rule(text: &str, span: Range<usize>) -> Diagnostic {
    let help = match text.trim().to_ascii_lowercase().as_str() {
        "ignore" | "ignored" | "none" | "discard" | "block" => "what is to be ignored is written \"drop\"".to_string(),
        "forward" | "pass" | "default" => "leave it out: what is not named is forwarded as it is".to_string(),
        "term" | "terminate" | "exit" | "shutdown" | "quit" => "a stop begins with \"stop\"".to_string(),
        lower => match (nearest(lower, ["drop", "stop"]), nearest_signal(lower)) {
            (Some(word), _) => format!("did you mean \"{word}\"?"),
            (None, Some(name)) => format!("did you mean `SIG{name}`?"),
            (None, None) => format!("\"drop\", \"stop\" or the signal to send instead: {FORM}"),
        },
    };
    Diagnostic::new(span, format!("{} is no signal, and neither \"drop\" nor \"stop\"", quoted(text))).help(help)
}

impl Value for Signal {
    fn expected() -> Cow<'static, str> {
        "a signal such as \"SIGTERM\"".into()
    }

    fn hint(_raw: &Raw) -> Option<String> {
        Some(FORM.into())
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        let text = signal_text::<Self>(raw, problems)?;
        text.parse().map_err(|_| problems.push(no_signal(&text, raw.span()))).ok()
    }
}

impl Value for SignalRule {
    fn expected() -> Cow<'static, str> {
        "a signal, \"drop\" or \"stop\"".into()
    }

    fn hint(_raw: &Raw) -> Option<String> {
        Some("one of them, in quotes: `\"SIGUSR1\"`".into())
    }

    fn hint_of_many(_raw: &Raw) -> Option<String> {
        Some("`[signals]` on a line of its own, and below it lines such as `SIGHUP = \"SIGUSR1\"`".into())
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        let text = signal_text::<Self>(raw, problems)?;
        text.parse().map_err(|_| problems.push(no_rule(&text, raw.span()))).ok()
    }
}
