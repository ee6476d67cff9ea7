//! Plugins as they are written.

use std::borrow::Cow;

use toml::de::DeValue;
use wigwag_core::config::Instance;

use super::{
    List,
    address::Address,
    foreign,
    shape::Shape,
    size::Size,
    table::{Key, table},
    value::{self, Field, Named, Problems, Raw, Value, integer},
};

table! {
    /// A WebAssembly component that hooks can call: it runs in a process of its own, and can do nothing but what `allow`
    /// says.
    #[written = "a plugin is a table with a name: `[plugin.luks]`, and below it `module = \"luks.wasm\"`"]
    #[named = "[A-Za-z0-9._-]+"]
    pub struct Plugin {
        /// The component, or a core module with an interface in it: a file, from the spec's directory on. Required.
        "module" => module: String,
        /// How much memory it may have. Default: `"16M"`.
        "memory" => memory: Size,
        /// How long an instance lives: `"kept"` (default), what it keeps in its memory it has at the next call; or
        /// `"per-call"`.
        "instance" => instance: Instance,
        /// What it is told at its start: strings, numbers and booleans, all of them as text.
        "settings" => settings: Named<Setting>,
        /// What it may do. What it is built to use must stand here; what it does not use may.
        "allow" => allow: Allow,
    }
}

table! {
    /// What a plugin may do: nothing that does not stand here.
    #[written = "`[plugin.NAME.allow]` on a line of its own, and below it lines such as `log = true`"]
    pub struct Allow {
        /// Whether it may write lines in the log.
        "log" => log: bool,
        /// Whether it may look at the clock, and sleep.
        "clock" => clock: bool,
        /// Whether it has a store that outlives its process.
        "state" => state: bool,
        /// The environment variables that it may read.
        "env" => env: List<String>,
        /// The services that it may send signals to.
        "signals" => signals: List<String>,
        /// The commands that it may have run, by names of its own: program and arguments, or a table with `command`.
        "commands" => commands: Named<Allowed>,
        /// The files, and directories with all that is below them, that it may read.
        "read" => read: List<String>,
        /// Those that it may write, and read.
        "write" => write: List<String>,
        /// The ports that it may ask by HTTP.
        "http" => http: List<Address>,
    }
}

table! {
    /// A command that a plugin may have run.
    #[written = "`{ command = [\"ls\"], arguments = true }`"]
    pub struct Wording {
        /// Program and arguments. Required.
        "command" => command: List<String>,
        /// Whether the plugin may add arguments. Default: `false`.
        "arguments" => arguments: bool,
    }
}

/// A command: a table, or only its `command`.
#[derive(Clone, Debug)]
pub struct Allowed(pub Wording);

impl Value for Allowed {
    fn expected() -> Cow<'static, str> {
        "an array of strings, or a table such as `{ command = [\"ls\"], arguments = true }`".into()
    }

    fn shape() -> Shape {
        Shape::Any(vec![<List<String>>::shape(), Wording::shape()])
    }

    fn hint(raw: &Raw) -> Option<String> {
        String::hint_of_many(raw)
    }

    fn hint_of_many(_raw: &Raw) -> Option<String> {
        Some("each has a name that the plugin calls it by: `commands = { close = [\"cryptsetup\", \"close\"] }`".into())
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        match raw.get_ref() {
            DeValue::Array(_) => {
                let command = value::read(raw, problems);
                command.given().is_some().then(|| Self(Wording { command, ..Wording::default() }))
            }
            DeValue::Table(_) => value::read_known(raw, problems).map(Self),
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_) => value::mismatch::<Self, _>(raw, problems),
        }
    }
}

/// What a plugin is told, as text.
#[derive(Clone, Debug)]
pub struct Setting(pub String);

impl Value for Setting {
    fn expected() -> Cow<'static, str> {
        "a string, a number or a boolean".into()
    }

    fn shape() -> Shape {
        Shape::Any(vec![Shape::Text, Shape::Number, Shape::Boolean])
    }

    fn hint(_raw: &Raw) -> Option<String> {
        Some("the plugin is told text: write it as a string, in whatever form the plugin reads".into())
    }

    fn hint_of_many(_raw: &Raw) -> Option<String> {
        Some("each has a name: `settings = { device = \"osd\" }`".into())
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        match raw.get_ref() {
            DeValue::String(_) => String::read(raw, problems).map(Self),
            DeValue::Integer(number) => {
                Some(Self(integer(number).map_or_else(|| number.to_string(), |number| number.to_string())))
            }
            DeValue::Float(_) | DeValue::Boolean(_) => value::plain(raw).map(Self),
            DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => value::mismatch::<Self, _>(raw, problems),
        }
    }
}

impl Allow {
    /// Whether something could not be read, so that nobody knows what is allowed.
    pub fn has_wrong(&self) -> bool {
        let Self { log, clock, state, env, signals, commands, read, write, http } = self;
        [log, clock, state].into_iter().any(Field::is_wrong)
            || [env, signals, read, write].into_iter().any(Field::is_wrong)
            || http.is_wrong()
            || commands.is_wrong()
            || commands.items().any(|(_, command)| command.is_wrong())
    }
}
