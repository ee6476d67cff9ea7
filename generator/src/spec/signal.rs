//! Signals in a spec: by name, or by number without quotes.

use std::{borrow::Cow, ops::Range};

use toml::de::DeValue;
use wigwag_core::{Signal, config::SignalRule};

use super::value::{Problems, Raw, Value, mismatch};
use crate::{
    diagnostic::Diagnostic,
    suggest::{nearest, quoted},
};

/// A signal's name, or its number without quotes.
fn signal_text<'a, T: Value>(raw: &'a Raw, problems: &mut Problems) -> Option<Cow<'a, str>> {
    match raw.get_ref() {
        DeValue::String(text) => Some(Cow::Borrowed(text)),
        DeValue::Integer(_) => i64::read(raw, problems).map(|number| Cow::Owned(number.to_string())),
        DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => {
            mismatch::<T, _>(raw, problems)
        }
    }
}

/// Says that the text is no signal, with the nearest that is one.
pub fn no_signal(text: &str, span: Range<usize>, words: &[&'static str]) -> Diagnostic {
    let bare = text.get(..3).filter(|start| start.eq_ignore_ascii_case("SIG")).and_then(|_| text.get(3..));
    let help = if let Some(word) = nearest(text, words.iter().copied()) {
        format!("did you mean `{word}`?")
    } else if let Some(name) = nearest(bare.unwrap_or(text), Signal::names()) {
        format!("did you mean `SIG{name}`?")
    } else {
        let mut known: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        known.push("a name such as `SIGTERM` or `SIGRTMIN+3`, or a number from 1 to 64".to_string());
        known.join(", ")
    };
    Diagnostic::new(span, format!("{} is not a signal", quoted(text))).help(help)
}

impl Value for Signal {
    fn expected() -> Cow<'static, str> {
        "a signal such as \"SIGTERM\"".into()
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        let text = signal_text::<Self>(raw, problems)?;
        text.parse().map_err(|_| problems.push(no_signal(&text, raw.span(), &[]))).ok()
    }
}

impl Value for SignalRule {
    fn expected() -> Cow<'static, str> {
        "a signal, \"drop\" or \"stop\"".into()
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        let text = signal_text::<Self>(raw, problems)?;
        text.parse().map_err(|_| problems.push(no_signal(&text, raw.span(), &["drop", "stop"]))).ok()
    }
}
