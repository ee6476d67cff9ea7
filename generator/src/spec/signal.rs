//! Signals in a spec: by name, or by number without quotes.

use std::{borrow::Cow, ops::Range};

use toml::de::DeValue;
use wigwag_core::{
    Signal,
    config::{Delivery, Reaction},
};

use super::{
    foreign,
    shape::Shape,
    table::{Key, table},
    value::{self, Field, Problems, Raw, Value, integer, mismatch},
};
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

/// Says that the text is neither a signal nor one of the words, and what was probably meant.
fn no_rule(text: &str, words: &[&str], span: Range<usize>) -> Diagnostic {
    let stops = words.contains(&"stop");
    let help = match text.trim().to_ascii_lowercase().as_str() {
        "ignore" | "ignored" | "none" | "discard" | "block" => "what is to be ignored is written \"drop\"".to_string(),
        "forward" | "pass" | "default" if stops => "leave it out: what is not named is forwarded as it is".to_string(),
        "term" | "terminate" | "exit" | "shutdown" | "quit" if stops => "a stop begins with \"stop\"".to_string(),
        "stop" => "what asks for a stop is declared in `[signals]`, for the whole container".to_string(),
        "hook" | "exec" | "run" => {
            "a command for it is a hook: `[[hook.on-signal]]`, and below it `signal`".to_string()
        }
        lower => match (nearest(lower, words.iter().copied()), nearest_signal(lower)) {
            (Some(word), _) => format!("did you mean \"{word}\"?"),
            (None, Some(name)) => format!("did you mean `SIG{name}`?"),
            (None, None) => {
                let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
                format!("{} or the signal to send instead: {FORM}", words.join(", "))
            }
        },
    };
    let neither = if stops { "and neither \"drop\" nor \"stop\"" } else { "and not \"drop\"" };
    Diagnostic::new(span, format!("{} is no signal, {neither}", quoted(text))).help(help)
}

/// A signal.
fn signal() -> Shape {
    Shape::Any(vec![signal_name(), Shape::Integer(1..=Signal::RTMAX.number().into())])
}

/// A signal in quotes: as it is usually written, and as it may be.
fn signal_name() -> Shape {
    let usual = Signal::all().map(|signal| signal.to_string()).filter(|name| name.starts_with("SIG"));
    let names: Vec<String> = Signal::names().map(either_case).collect();
    let above = "0*([12]?[0-9]|30)";
    let real_time = format!(r"{0}(\+{above})?|{1}(-{above})?", either_case("RTMIN"), either_case("RTMAX"));
    let written = format!("({})?({}|{real_time})|0*([1-9]|[1-5][0-9]|6[0-4])", either_case("SIG"), names.join("|"));
    Shape::Any(vec![Shape::Word(usual.collect()), Shape::pattern(&written)])
}

/// A regular expression for a name in upper case, lower case, or both.
fn either_case(name: &str) -> String {
    let letter = |c: char| if c.is_ascii_digit() { c.to_string() } else { format!("[{c}{}]", c.to_ascii_lowercase()) };
    name.chars().map(letter).collect()
}

impl Value for Signal {
    fn expected() -> Cow<'static, str> {
        "a signal such as \"SIGTERM\"".into()
    }

    fn shape() -> Shape {
        Shape::Common("signal", signal)
    }

    fn hint(_raw: &Raw) -> Option<String> {
        Some(FORM.into())
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        let text = signal_text::<Self>(raw, problems)?;
        text.parse().map_err(|_| problems.push(no_signal(&text, raw.span()))).ok()
    }
}

impl Value for Reaction {
    fn expected() -> Cow<'static, str> {
        "a signal, \"drop\" or \"stop\"".into()
    }

    fn shape() -> Shape {
        Shape::Any(vec![Shape::words(["drop", "stop"]), Signal::shape()])
    }

    fn hint(_raw: &Raw) -> Option<String> {
        Some("one of them, in quotes: `\"SIGUSR1\"`".into())
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        let text = signal_text::<Self>(raw, problems)?;
        let reaction = text.parse().ok().filter(|reaction| *reaction != Self::Hook);
        if reaction.is_none() {
            problems.push(no_rule(&text, &["drop", "stop"], raw.span()));
        }
        reaction
    }
}

table! {
    /// What a signal does, by where it comes from. What is not said is as without a rule.
    #[written = "by where it comes from: `{ tty = \"drop\" }`, `{ tty = \"drop\", other = \"stop\" }`"]
    pub struct Sources {
        /// From the terminal: its keys, its size, its end.
        "tty" => tty: Reaction,
        /// From a process: the platform, above all.
        "other" => other: Reaction,
    }
}

/// What a signal does.
#[derive(Clone, Debug)]
pub enum Rule {
    /// The same, wherever it comes from.
    Always(Reaction),
    /// By where it comes from.
    BySource(Sources),
}

impl Value for Rule {
    fn expected() -> Cow<'static, str> {
        "a signal, \"drop\", \"stop\", or a table such as `{ tty = \"drop\" }`".into()
    }

    fn shape() -> Shape {
        Shape::Common("rule", || Shape::Any(vec![Reaction::shape(), Sources::shape()]))
    }

    fn names() -> Shape {
        signal_name()
    }

    fn hint(raw: &Raw) -> Option<String> {
        Reaction::hint(raw)
    }

    fn hint_of_many(_raw: &Raw) -> Option<String> {
        Some("`[signals]` on a line of its own, and below it lines such as `SIGHUP = \"SIGUSR1\"`".into())
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        match raw.get_ref() {
            DeValue::String(_) | DeValue::Integer(_) => Reaction::read(raw, problems).map(Self::Always),
            DeValue::Table(_) => value::read_known(raw, problems).map(Self::BySource),
            DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) | DeValue::Array(_) => {
                mismatch::<Self, _>(raw, problems)
            }
        }
    }
}

impl Value for Delivery {
    fn expected() -> Cow<'static, str> {
        "a signal or \"drop\"".into()
    }

    fn shape() -> Shape {
        Shape::Common("delivery", || Shape::Any(vec![Shape::words(["drop"]), Signal::shape()]))
    }

    fn names() -> Shape {
        signal_name()
    }

    fn hint(_raw: &Raw) -> Option<String> {
        Some("one of them, in quotes: `\"SIGHUP\"`".into())
    }

    fn hint_of_many(_raw: &Raw) -> Option<String> {
        Some("`[service.NAME.signals]` on a line of its own, and below it lines such as `SIGHUP = \"SIGUSR1\"`".into())
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        let text = signal_text::<Self>(raw, problems)?;
        if text == "drop" {
            return Some(Self::Drop);
        }
        // In lower case it is the word of `[signals]`, not SIGSTOP without its `SIG`.
        let signal = text.parse().ok().filter(|_| text != "stop");
        if signal.is_none() {
            problems.push(no_rule(&text, &["drop"], raw.span()));
        }
        signal.map(Self::As)
    }
}
