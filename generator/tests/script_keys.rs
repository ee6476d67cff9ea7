//! Every key of the spec is one that a script does, or one that is refused for it: a new key cannot be forgotten.

#![cfg(test)]

use wigwag::{
    diagnostic,
    model::Model,
    source::Source,
    spec::{Entrypoint, TABLES},
};

const REFUSAL: &str = "error: a script cannot do this: ";

/// What becomes of a key.
enum Fate {
    /// The script does it.
    Done(&'static str),
    /// It is refused.
    Refused(&'static str),
}

use Fate::{Done, Refused};

/// Where the keys of a table stand, and for each a part of a spec that has it.
const FATES: [(&str, &[(&str, Fate)]); 7] = [
    (
        "the top of the spec, above all tables",
        &[
            ("version", Done("")),
            ("container", Done("[container]")),
            ("service", Done("")),
            ("env", Done("[env]\nA = 'b'")),
            ("signals", Refused("[signals]\nSIGHUP = 'drop'")),
            ("hook", Done("[[hook.pre-start]]\ncommand = ['a']")),
            ("plugin", Refused("[plugin.x]\nmodule = 'x.wasm'")),
        ],
    ),
    (
        "`[container]`",
        &[
            ("entrypoint", Done("[container]\nentrypoint = 'script'")),
            ("stop-signal", Done("[container]\nstop-signal = 'SIGINT'")),
            ("grace-period", Done("[container]\ngrace-period = '20s'")),
            ("leftover-timeout", Refused("[container]\nleftover-timeout = '1s'")),
            ("leftover-signal", Refused("[container]\nleftover-signal = 'SIGHUP'")),
            ("wait", Refused("[container]\nwait = 'main'")),
            ("repeat-stop", Refused("[container]\nrepeat-stop = 'ignore'")),
            ("hold-until", Refused("[container]\nhold-until = 'ready'")),
            ("exit-codes", Refused("[container]\nexit-codes = { 143 = 0 }")),
            ("platforms", Refused("[container]\nplatforms = ['linux/amd64']\n[plugin.x]\nmodule = 'x.wasm'")),
        ],
    ),
    (
        "`[service.NAME]`",
        &[
            ("preset", Done("[service.x]\npreset = 'nginx'")),
            ("command", Done("")),
            ("args", Done("[service.x]\nargs = ['b']")),
            ("args-mode", Done("[service.x]\nargs-mode = 'fixed'")),
            ("main", Refused("[service.x]\nmain = true\n[service.y]\ncommand = ['b']")),
            ("essential", Done("[service.x]\nessential = true")),
            ("after", Refused("[service.x]\nmain = true\nafter = ['y']\n[service.y]\ncommand = ['b']")),
            ("stop-signal", Refused("[service.x]\nstop-signal = 'SIGINT'")),
            ("stop-timeout", Refused("[service.x]\nstop-timeout = '1s'")),
            ("kill-mode", Refused("[service.x]\nkill-mode = 'group'")),
            ("restart", Refused("[service.x]\nrestart = 'always'")),
            ("ready", Refused("[service.x]\nready = 'notify'")),
            ("signals", Refused("[service.x]\nsignals = { SIGHUP = 'drop' }")),
            ("user", Done("[service.x]\nuser = 'u'")),
            ("group", Done("[service.x]\ngroup = 'g'")),
            ("supplementary-groups", Done("[service.x]\nsupplementary-groups = ['g']")),
            ("working-dir", Refused("[service.x]\nworking-dir = '/'")),
            ("umask", Done("[service.x]\numask = '0077'")),
            ("limits", Refused("[service.x]\nlimits = { nofile = 5 }")),
            ("no-new-privs", Refused("[service.x]\nno-new-privs = true")),
            ("parent-death-signal", Refused("[service.x]\nparent-death-signal = 'SIGKILL'")),
            ("session", Refused("[service.x]\nsession = 'session'")),
        ],
    ),
    (
        "`hook`, such as `[[hook.pre-stop]]`",
        &[
            ("pre-start", Done("[[hook.pre-start]]\ncommand = ['a']")),
            ("post-start", Refused("[[hook.post-start]]\ncommand = ['a']")),
            ("on-signal", Refused("[[hook.on-signal]]\nsignal = 'SIGHUP'\ncommand = ['a']")),
            ("pre-stop", Refused("[[hook.pre-stop]]\ntimeout = '1s'\ncommand = ['a']")),
            ("post-stop", Refused("[[hook.post-stop]]\ntimeout = '1s'\ncommand = ['a']")),
        ],
    ),
    (
        "`[[hook.POINT]]`",
        &[
            ("command", Done("[[hook.pre-start]]\ncommand = ['a']")),
            ("plugin", Refused("[[hook.pre-start]]\nplugin = 'x'\n[plugin.x]\nmodule = 'x.wasm'")),
            ("directory", Done("[[hook.pre-start]]\ndirectory = '/a'")),
            ("template", Done(TEMPLATE)),
            ("to", Done(TEMPLATE)),
            ("mode", Done(TEMPLATE)),
            ("variables", Done(TEMPLATE)),
            ("wait-for", Done("[[hook.pre-start]]\nwait-for = { file = '/a' }\ntimeout = '1s'")),
            ("sleep", Refused("[[hook.pre-start]]\nsleep = '1s'")),
            ("http-get", Refused("[[hook.pre-start]]\nhttp-get = 'http://127.0.0.1/'")),
            ("once", Done("[[hook.pre-start]]\ncommand = ['a']\nonce = '/a'")),
            ("when", Refused("[[hook.post-stop]]\nwhen = 'exit'\ntimeout = '1s'\ncommand = ['a']")),
            ("signal", Refused("[[hook.on-signal]]\nsignal = 'SIGHUP'\ncommand = ['a']")),
            ("timeout", Refused("[[hook.pre-start]]\ncommand = ['a']\ntimeout = '1s'")),
            ("on-failure", Done("[[hook.pre-start]]\ncommand = ['a']\non-failure = 'continue'")),
            ("user", Done("[[hook.pre-start]]\ncommand = ['a']\nuser = 'u'")),
            ("user", Refused("[[hook.pre-start]]\nwait-for = { file = '/a' }\nuser = 'u'")),
            ("group", Done("[[hook.pre-start]]\ndirectory = '/a'\ngroup = 'u'")),
            ("supplementary-groups", Done("[[hook.pre-start]]\ncommand = ['a']\nsupplementary-groups = ['u']")),
            ("working-dir", Refused("[[hook.pre-start]]\ncommand = ['a']\nworking-dir = '/'")),
            ("umask", Done("[[hook.pre-start]]\ncommand = ['a']\numask = '0077'")),
            ("limits", Refused("[[hook.pre-start]]\ncommand = ['a']\nlimits = { nofile = 5 }")),
            ("no-new-privs", Refused("[[hook.pre-start]]\ncommand = ['a']\nno-new-privs = true")),
            ("parent-death-signal", Refused("[[hook.pre-start]]\ncommand = ['a']\nparent-death-signal = 'SIGKILL'")),
            ("session", Refused("[[hook.pre-start]]\ncommand = ['a']\nsession = 'session'")),
        ],
    ),
    (
        "a hook's `wait-for`",
        &[
            ("tcp", Done("[[hook.pre-start]]\nwait-for = { tcp = 'db:1' }")),
            ("file", Done("[[hook.pre-start]]\nwait-for = { file = '/a' }")),
        ],
    ),
    (
        "a variable in `[env]`",
        &[
            ("default", Done("[env]\nA = { default = 'b' }")),
            ("file", Done("[env]\nA = { file = '/b' }")),
            ("file-env", Done("[env]\nA = { file-env = true }")),
            ("required", Done("[env]\nA = { required = 'b' }")),
            ("unset", Done("[env]\nA = { unset = true }")),
        ],
    ),
];

const TEMPLATE: &str = "[[hook.pre-start]]\ntemplate = '/a'\nto = '/b'\nmode = '0600'\nvariables = ['A']";

/// Tables that can only stand where something is refused: the value of `restart`, for one.
const BELOW_REFUSED: [&str; 5] =
    ["a service's `restart`", "a service's `ready`", "one of `limits`", "a signal in `[signals]`", "`[plugin.NAME]`"];

/// What is said of a spec.
fn said(part: &str) -> String {
    let service = "[service.x]\n";
    let rest = part.strip_prefix(service).map_or_else(|| format!("\n{part}"), str::to_string);
    let text = format!("version = 1\n{service}command = ['a']\n{rest}\n");
    let source = Source::new("spec", text.as_bytes()).unwrap();
    match Model::new(&source, Some(Entrypoint::Script), &|_| Err("there is none".into())) {
        Ok(model) => wigwag::render::script(&model).map(|_| String::new()).unwrap(),
        Err(problems) => diagnostic::render(&problems, &source, false),
    }
}

#[test]
fn every_key_is_done_or_refused() {
    for (keys, place) in TABLES {
        if BELOW_REFUSED.contains(&place) {
            continue;
        }
        let (_, fates) = FATES.iter().find(|(table, _)| *table == place).unwrap_or_else(|| panic!("{place} is new"));
        for key in keys() {
            let mut fates = fates.iter().filter(|(name, _)| *name == key.name).peekable();
            assert!(fates.peek().is_some(), "does a script do `{}` of {place}, or is it refused?", key.name);
            for (_, fate) in fates {
                match fate {
                    Done(part) => assert_eq!(said(part), "", "{part}"),
                    Refused(part) => assert!(said(part).contains(REFUSAL), "{part}\n{}", said(part)),
                }
            }
        }
    }
}
