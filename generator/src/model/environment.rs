//! What is declared for environment variables.

use std::{collections::BTreeMap, ops::Range};

use toml::Spanned;
use wigwag_core::environment::{Otherwise, Rule, file_variable, is_name};

use super::path;
use crate::{
    diagnostic::Diagnostic,
    spec::{Declaration, Demand, Field, Problems, Spec, Variable},
    suggest::quoted,
};

/// The rules of `[env]`.
pub fn rules(spec: &Spec, problems: &mut Problems) -> BTreeMap<String, Rule> {
    let mut rules = BTreeMap::new();
    for (name, variable) in spec.env.items() {
        if !is_name(name.get_ref()) {
            problems.push(
                Diagnostic::new(name.span(), format!("{} cannot be a variable's name", quoted(name.get_ref())))
                    .help("letters `A-Z a-z`, digits and `_`, no digit first"),
            );
        }
        let rule = variable.given().and_then(|variable| match variable.get_ref() {
            Variable::Default(value) => Some(Rule::Default(value.clone())),
            Variable::Declared(declaration) => declared(declaration, variable.span(), problems),
        });
        rules.extend(rule.map(|rule| (name.get_ref().clone(), rule)));
    }
    names_of_files(spec, &rules, problems);
    rules
}

/// Says so if something is declared of a variable that is taken away for another one's sake.
fn names_of_files(spec: &Spec, rules: &BTreeMap<String, Rule>, problems: &mut Problems) {
    for (name, rule) in rules {
        let file = file_variable(name);
        let key = |name: &str| spec.env.items().map(|(key, _)| key).find(|key| key.get_ref() == name);
        if matches!(rule, Rule::FileEnv(_))
            && let (Some(file), Some(name)) = (key(&file), key(name))
        {
            problems.push(
                Diagnostic::new(
                    file.span(),
                    format!("{} only says where {} is", quoted(file.get_ref()), quoted(name.get_ref())),
                )
                .related(name.span(), "`file-env` takes it away")
                .help("leave one of them out; a file that is always there is `file = \"/path\"`, without `file-env`"),
            );
        }
    }
}

const ONE_OF: &str = "one of `default = \"value\"`, `file = \"/path\"`, `required = true` and `unset = true`; \
                      or `file-env = true`, by itself or with `default` or `required`";

fn declared(declaration: &Declaration, span: Range<usize>, problems: &mut Problems) -> Option<Rule> {
    let Declaration { default, file, file_env, required, unset } = declaration;
    let nothing = |flag: &Field<bool>| flag.given().filter(|flag| !flag.get_ref()).map(Spanned::span);
    let not_required = required.given().filter(|demand| matches!(demand.get_ref(), Demand::Flag(false)));
    let flags =
        [("file-env", nothing(file_env)), ("required", not_required.map(Spanned::span)), ("unset", nothing(unset))];
    for (key, place) in flags {
        if let Some(place) = place {
            problems.push(Diagnostic::new(place, format!("`{key} = false` declares nothing")).help(ONE_OF));
            return None;
        }
    }
    let message = |demand: &Spanned<Demand>| match demand.get_ref() {
        Demand::Flag(_) => String::new(),
        Demand::Message(message) => message.clone(),
    };
    match (default.given(), file.given(), file_env.given(), required.given(), unset.given()) {
        (Some(default), None, None, None, None) => Some(Rule::Default(default.get_ref().clone())),
        (None, Some(file), None, None, None) => path(file, problems).map(Rule::File),
        (None, None, None, Some(demand), None) => Some(Rule::Required(message(demand))),
        (None, None, None, None, Some(_)) => Some(Rule::Unset),
        (None, None, Some(_), None, None) => Some(Rule::FileEnv(Otherwise::AsItIs)),
        (Some(default), None, Some(_), None, None) => {
            Some(Rule::FileEnv(Otherwise::Default(default.get_ref().clone())))
        }
        (None, None, Some(_), Some(demand), None) => Some(Rule::FileEnv(Otherwise::Required(message(demand)))),
        (None, None, None, None, None) => {
            let is_wrong =
                [default.is_wrong(), file.is_wrong(), file_env.is_wrong(), required.is_wrong(), unset.is_wrong()];
            if !is_wrong.contains(&true) {
                problems.push(Diagnostic::new(span, "nothing is declared").help(ONE_OF));
            }
            None
        }
        _ => {
            problems.push(contradiction(declaration, span));
            None
        }
    }
}

/// Keys that do not go together.
fn contradiction(declaration: &Declaration, span: Range<usize>) -> Diagnostic {
    let Declaration { default, file, file_env, required, unset } = declaration;
    let keys = [
        ("file", file.is_absent()),
        ("file-env", file_env.is_absent() || unset.is_absent() && file.is_absent()),
        ("required", required.is_absent()),
        ("default", default.is_absent()),
        ("unset", unset.is_absent()),
    ];
    let written: Vec<String> =
        keys.into_iter().filter(|(_, is_absent)| !is_absent).map(|(key, _)| quoted(key)).collect();
    let help = if !unset.is_absent() {
        ONE_OF
    } else if !file_env.is_absent() && !file.is_absent() {
        "with `file-env` the container is told which file it is; one that is always there is `file` alone"
    } else if !default.is_absent() && !file.is_absent() {
        ONE_OF
    } else if !default.is_absent() {
        "leave out `required`: a variable with a default is never missing"
    } else {
        "leave out `required`: a variable that is not set and whose file cannot be read ends the start anyway"
    };
    Diagnostic::new(span, format!("{} contradict each other", written.join(" and "))).help(help)
}
