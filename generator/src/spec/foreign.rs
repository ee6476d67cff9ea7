//! Keys that a table does not have: slips, keys of another table, and words of other tools.

use std::borrow::Cow;

use toml::Spanned;
use wigwag_core::plugin::capability::Capability;

use super::{Allow, Problems, TABLES, Value as _};
use crate::{
    diagnostic::Diagnostic,
    suggest::{nearest, nearly, quoted},
};

const COMMAND: &str = "the program is `command` of `[service.NAME]`, its default arguments are `args`";
const GRACE_PERIOD: &str = "how long the platform waits is `grace-period` of `[container]`, such as `\"30s\"`";
const STOP_TIMEOUT: &str = "how long a program may take is `stop-timeout` of `[service.NAME]`, such as `\"10s\"`";
const STOP_SIGNAL: &str = "what a program gets is `stop-signal` of `[service.NAME]`";
const ENV: &str = "variables are declared in `[env]`, one a line: `PORT = \"8080\"`";
const ORDER: &str = "the services that are started before are named by `after`";
const RESTART: &str = "whether a service is started again is its `restart`: `\"on-failure\"`, `\"always\"`";
const RESTART_DELAY: &str =
    "how fast is said in a table: `restart = { when = \"on-failure\", delay = \"1s\", burst = 5 }`";
const READY: &str = "how a service is known to be ready is its `ready`: `{ exec = [\"pg_isready\"] }`, `\"notify\"`";
const WORKING_DIR: &str = "where it runs is `working-dir`";
const LIMITS: &str = "resource limits are `limits`, by the names of getrlimit(2): `{ nofile = 1024 }`";
const EXIT_CODES: &str = "what an exit code becomes is said by `exit-codes` of `[container]`: `{ 143 = 0 }`";
const ON_SIGNAL: &str = "what runs when a signal comes is a hook: `[[hook.on-signal]]`, and below it its `signal`";
const DEFAULT: &str = "a default is a plain string: `PORT = \"8080\"`";

/// Words of Docker, Compose, Kubernetes, systemd, supervisord and s6, in lower case and without `-` and `_`; the key
/// that is meant; what to do.
const WORDS: [(&str, &str, &str); 53] = [
    ("cmd", "command", COMMAND),
    ("entrypoint", "command", COMMAND),
    ("exec", "command", COMMAND),
    ("execstart", "command", COMMAND),
    ("program", "command", COMMAND),
    ("run", "command", COMMAND),
    ("arguments", "args", "did you mean `args`?"),
    ("stopgraceperiod", "grace-period", GRACE_PERIOD),
    ("terminationgraceperiodseconds", "grace-period", GRACE_PERIOD),
    ("timeoutsec", "stop-timeout", STOP_TIMEOUT),
    ("timeoutstopsec", "stop-timeout", STOP_TIMEOUT),
    ("stopwaitsecs", "stop-timeout", STOP_TIMEOUT),
    ("killtimeout", "stop-timeout", STOP_TIMEOUT),
    ("killsignal", "stop-signal", STOP_SIGNAL),
    ("environment", "env", ENV),
    ("envs", "env", ENV),
    ("env", "env", ENV),
    ("envfile", "env", ENV),
    ("dependson", "after", ORDER),
    ("requires", "after", ORDER),
    ("wants", "after", ORDER),
    ("needs", "after", ORDER),
    ("restartpolicy", "restart", RESTART),
    ("autorestart", "restart", RESTART),
    ("restartsec", "restart", RESTART_DELAY),
    ("startlimitburst", "restart", RESTART_DELAY),
    ("startretries", "restart", RESTART_DELAY),
    ("healthcheck", "ready", READY),
    ("readinessprobe", "ready", READY),
    ("startupprobe", "ready", READY),
    ("livenessprobe", "", "whether it still works is asked by the platform; whether it is ready is its `ready`"),
    ("type", "ready", READY),
    ("successexitstatus", "exit-codes", EXIT_CODES),
    ("ulimit", "limits", LIMITS),
    ("ulimits", "limits", LIMITS),
    ("rlimits", "limits", LIMITS),
    ("limitnofile", "limits", LIMITS),
    ("nonewprivileges", "no-new-privs", "did you mean `no-new-privs`?"),
    ("groupadd", "supplementary-groups", "did you mean `supplementary-groups`?"),
    ("pdeathsignal", "parent-death-signal", "did you mean `parent-death-signal`?"),
    ("cwd", "working-dir", WORKING_DIR),
    ("directory", "working-dir", WORKING_DIR),
    ("workdir", "working-dir", WORKING_DIR),
    ("workingdirectory", "working-dir", WORKING_DIR),
    ("value", "", DEFAULT),
    ("defaultvalue", "default", DEFAULT),
    ("execstartpre", "", "what runs before is a hook: `[[hook.pre-start]]`"),
    ("execstop", "", "what runs when a stop is asked for is a hook: `[[hook.pre-stop]]`"),
    ("execstoppost", "", "what runs after is a hook: `[[hook.post-stop]]`"),
    ("prestop", "", "what runs when a stop is asked for is a hook: `[[hook.pre-stop]]`"),
    ("poststart", "", "what runs after the start is a hook: `[[hook.post-start]]`"),
    ("execreload", "", ON_SIGNAL),
    ("command", "command", COMMAND),
];

/// Says that there is no such key, and gives the one of the `known` that was probably meant.
pub fn unknown(key: &Spanned<Cow<'_, str>>, known: &[&'static str], problems: &mut Problems) -> Option<&'static str> {
    let written = key.get_ref();
    let did_you_mean = |word| (Some(word), format!("did you mean `{word}`?"));
    // What is a word of others, or a key elsewhere, was hardly meant as one that is only similar.
    let (meant, help) = nearly(written, known.iter().copied())
        .map(did_you_mean)
        .or_else(|| of_a_plugin(written, known))
        .or_else(|| of_another_tool(written, known).map(|(meant, help)| (meant, help.to_string())))
        .or_else(|| elsewhere(written).map(|places| (None, places)))
        .or_else(|| nearest(written, known.iter().copied()).map(did_you_mean))
        .unwrap_or_else(|| {
            (None, format!("known here: {}", known.iter().map(|key| quoted(key)).collect::<Vec<_>>().join(", ")))
        });
    problems.push(Diagnostic::new(key.span(), format!("unknown key {}", quoted(written))).help(help));
    meant
}

/// In the tables of a plugin, what it may do has its own words: those of its interface above all.
fn of_a_plugin(written: &str, known: &[&'static str]) -> Option<(Option<&'static str>, String)> {
    let meant = |key: &'static str, help: &str| Some((Some(key), help.to_string()));
    let bare = written.to_lowercase();
    if known.contains(&"module") {
        return match bare.as_str() {
            "path" | "file" | "wasm" | "component" => meant("module", "the plugin's file is its `module`"),
            "config" | "options" | "args" => meant("settings", "what it is told is `settings`: `{ device = \"osd\" }`"),
            "capabilities" | "permissions" | "grants" => meant("allow", "what it may do is `[plugin.NAME.allow]`"),
            _ if Allow::has_key(&bare) || Capability::named(&bare).is_some() => {
                meant("allow", "what it may do stands below `[plugin.NAME.allow]`")
            }
            _ => None,
        };
    }
    let capability = Capability::named(&bare).filter(|_| known.contains(&"http"))?;
    let meant = known.iter().copied().find(|key| capability.line().starts_with(*key));
    Some((meant, format!("`{capability}` is allowed by `{}`", capability.line())))
}

fn of_another_tool(written: &str, known: &[&'static str]) -> Option<(Option<&'static str>, &'static str)> {
    let bare: String = written.chars().filter(|c| !"-_".contains(*c)).flat_map(char::to_lowercase).collect();
    let (_, meant, help) = WORDS.into_iter().find(|(word, _, _)| *word == bare)?;
    // A default is one of a variable, and of nothing else.
    if help == DEFAULT && !known.contains(&"unset") {
        return None;
    }
    // What a signal starts is said elsewhere.
    if help == COMMAND && known.contains(&"tty") {
        return Some((None, ON_SIGNAL));
    }
    // What a service lacks is missing if one of its keys stands above all tables.
    let meant = if meant == "command" && known.contains(&"service") { "service" } else { meant };
    Some((known.iter().copied().find(|key| *key == meant), help))
}

/// The tables that have this key.
fn elsewhere(written: &str) -> Option<String> {
    let written = written.to_lowercase().replace('_', "-");
    let places: Vec<&str> = TABLES
        .iter()
        .filter_map(|(keys, place)| keys().iter().any(|key| key.name == written).then_some(*place))
        .collect();
    (!places.is_empty()).then(|| format!("`{written}` is a key of {}", places.join(" and of ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn help(written: &str, known: &[&'static str]) -> (Option<&'static str>, String) {
        let mut problems = Problems::new();
        let meant = unknown(&Spanned::new(0..1, written.into()), known, &mut problems);
        (meant, problems.remove(0).help.unwrap())
    }

    #[test]
    fn what_was_meant_is_found_in_this_order() {
        let service = ["command", "args", "stop-signal", "stop-timeout", "after"];
        for (written, meant, message) in [
            ("comand", Some("command"), "did you mean `command`?"),
            ("stopSignal", Some("stop-signal"), "did you mean `stop-signal`?"),
            ("ENTRYPOINT", Some("command"), COMMAND),
            ("timeout_sec", Some("stop-timeout"), STOP_TIMEOUT),
            ("grace_period", None, "`grace-period` is a key of `[container]`"),
            ("timeout", None, "`timeout` is a key of `[[hook.POINT]]` and of a service's `ready`"),
            ("value", None, "known here: `command`, `args`, `stop-signal`, `stop-timeout`, `after`"),
        ] {
            assert_eq!(help(written, &service), (meant, message.to_string()), "{written}");
        }
        assert_eq!(help("cmd", &["version", "service"]).0, Some("service"));
        assert_eq!(help("value", &["default", "file", "required", "unset"]), (None, DEFAULT.to_string()));
    }

    #[test]
    fn words_are_bare() {
        for (word, _, _) in WORDS {
            assert!(word.bytes().all(|byte| byte.is_ascii_lowercase()), "{word}");
        }
    }
}
