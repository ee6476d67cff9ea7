//! What a plugin may do.

use std::collections::BTreeMap;

use toml::Spanned;
use wigwag_core::{config, environment};

use super::{items, path, twice, value};
use crate::{
    diagnostic::Diagnostic,
    spec::{self, Allow, Field, List, Problems, Spec},
    suggest::{nearest, quoted},
};

/// What is granted, and everything that is wrong with it.
pub fn check(spec: &Spec, allow: &Allow, problems: &mut Problems) -> config::Allow {
    for list in [&allow.env, &allow.signals, &allow.read, &allow.write] {
        twice(list.items().as_slice(), Clone::clone, problems);
    }
    twice(allow.http.items().as_slice(), |address| address.0.to_string(), problems);
    for name in allow.env.items().filter(|name| !environment::is_name(name.get_ref())) {
        problems.push(
            Diagnostic::new(name.span(), format!("{} cannot be a variable's name", quoted(name.get_ref())))
                .help("letters `A-Z a-z`, digits and `_`, no digit first"),
        );
    }
    for name in allow.signals.items() {
        problems.extend(no_service(spec, name));
    }
    for (name, command) in allow.commands.items() {
        check_command(name, command, problems);
    }
    for list in [&allow.read, &allow.write] {
        for file in list.items() {
            check_file(file, problems);
        }
    }
    granted(allow)
}

/// What is granted.
pub fn granted(allow: &Allow) -> config::Allow {
    let commands = allow.commands.items().filter_map(|(name, command)| {
        let command = &command.given()?.get_ref().0;
        let arguments = value(&command.arguments).unwrap_or_default();
        Some((name.get_ref().clone(), config::Command { command: items(&command.command), arguments }))
    });
    config::Allow {
        log: value(&allow.log).unwrap_or_default(),
        clock: value(&allow.clock).unwrap_or_default(),
        state: value(&allow.state).unwrap_or_default(),
        env: items(&allow.env),
        signals: items(&allow.signals),
        commands: commands.collect::<BTreeMap<_, _>>(),
        read: items(&allow.read),
        write: items(&allow.write),
        http: allow.http.items().map(|address| address.get_ref().0.to_string()).collect(),
    }
}

fn no_service(spec: &Spec, name: &Spanned<String>) -> Option<Diagnostic> {
    let services = || spec.service.items().map(|(service, _)| service.get_ref().as_str());
    if spec.service.is_wrong() || services().any(|service| service == name.get_ref()) {
        return None;
    }
    let help = match nearest(name.get_ref(), services()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`signals` names services of this spec, to which the plugin may send signals".to_string(),
    };
    Some(Diagnostic::new(name.span(), format!("there is no service {}", quoted(name.get_ref()))).help(help))
}

fn check_command(name: &Spanned<String>, command: &Field<spec::Allowed>, problems: &mut Problems) {
    if name.get_ref().is_empty() {
        problems.push(
            Diagnostic::new(name.span(), "the command's name is empty").help("the one by which the plugin asks for it"),
        );
    }
    let Field::Given(written) = command else { return };
    let words: &Field<List<String>> = &written.get_ref().0.command;
    super::command(words, None, written.span(), problems);
}

/// A path that a plugin's own can be below: absolute, and without a detour.
fn check_file(file: &Spanned<String>, problems: &mut Problems) {
    let Some(path) = path(file, problems) else { return };
    let names = path.split('/').filter(|name| !name.is_empty() && *name != ".");
    let mut straight: Vec<&str> = Vec::new();
    for name in names {
        if name == ".." {
            straight.pop();
        } else {
            straight.push(name);
        }
    }
    let straight = format!("/{}", straight.join("/"));
    if path != straight && path.strip_suffix('/') != Some(&straight) {
        problems.push(
            Diagnostic::new(file.span(), format!("{} is not the straight way", quoted(&path)))
                .help(format!("without `.`, `..` and doubled `/`: {}", quoted(&straight))),
        );
    }
}
