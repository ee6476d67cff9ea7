//! The words that some values are one of.

use std::borrow::Cow;

use toml::de::DeValue;
use wigwag_core::{
    arguments::Mode,
    config::{HoldUntil, Instance, KillMode, Occasion, OnFailure, RepeatStop, Session, Wait},
};
use wigwag_engine::Platform;

use super::{
    shape::Shape,
    value::{Problems, Raw, Value, mismatch, other_word},
};

/// What the container starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Entrypoint {
    /// `wigwag-init`.
    #[default]
    Init,
    /// A plain script that executes the service in its own place.
    Script,
}

/// After what end a service is started again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// None.
    Never,
    /// Any but exit status 0.
    OnFailure,
    /// Any.
    Always,
}

macro_rules! words {
    ($($type:ident, $hint:literal: $($word:literal => $value:ident),+;)+) => {
        $(impl Value for $type {
            fn expected() -> Cow<'static, str> {
                either(&[$($word),+]).into()
            }

            fn shape() -> Shape {
                Shape::words([$($word),+])
            }

            fn hint(_raw: &Raw) -> Option<String> {
                Some($hint.into())
            }

            fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
                word(&[$(($word, Self::$value)),+], raw, problems)
            }
        })+
    };
}

words! {
    Entrypoint, "what the service runs is its `command`; this says how it is started":
        "init" => Init, "script" => Script;
    OnFailure, "one of the words, in quotes":
        "abort" => Abort, "continue" => Continue, "default" => Default, "drop" => Drop;
    Occasion, "one of the words, in quotes":
        "always" => Always, "stop" => Stop, "exit" => Exit, "failure" => Failure;
    Instance, "one of the words, in quotes": "kept" => Kept, "per-call" => PerCall;
    Platform, "as Docker names them: `\"linux/amd64\"`": "linux/amd64" => Amd64, "linux/arm64" => Arm64;
    Wait, "one of the words, in quotes": "all" => All, "main" => Main;
    RepeatStop, "one of the words, in quotes": "forward" => Forward, "escalate" => Escalate, "ignore" => Ignore;
    HoldUntil, "one of the words, in quotes": "start" => Start, "ready" => Ready;
    KillMode, "one of the words, in quotes": "mixed" => Mixed, "process" => Process, "group" => Group;
    Session, "one of the words, in quotes": "group" => Group, "session" => Session, "inherit" => Inherit;
    Mode, "one of the words, in quotes":
        "flags" => Flags, "subcommand" => Subcommand, "replace" => Replace, "fixed" => Fixed;
    When, "one of the words, in quotes": "never" => Never, "on-failure" => OnFailure, "always" => Always;
}

fn either(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    match quoted.split_last() {
        Some((last, others @ [_, ..])) => format!("{} or {last}", others.join(", ")),
        _ => quoted.concat(),
    }
}

/// Reads one of a few words.
fn word<T: Value + Copy>(words: &[(&'static str, T)], raw: &Raw, problems: &mut Problems) -> Option<T> {
    let DeValue::String(text) = raw.get_ref() else {
        return mismatch::<T, _>(raw, problems);
    };
    let found = words.iter().find(|(word, _)| *word == text.as_ref()).map(|(_, value)| *value);
    if found.is_none() {
        let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        problems.push(other_word::<T>(text, &words, raw));
    }
    found
}
