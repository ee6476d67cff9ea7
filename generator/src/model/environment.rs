//! What is declared for environment variables.

use std::collections::BTreeMap;

use wigwag_core::environment::{Rule, is_name};

use super::path;
use crate::{
    diagnostic::Diagnostic,
    spec::{Declaration, Problems, Spec, Variable},
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
    rules
}

fn declared(declaration: &Declaration, span: std::ops::Range<usize>, problems: &mut Problems) -> Option<Rule> {
    let one_of = "exactly one of `file = \"/path\"`, `required = true` and `unset = true`";
    let Declaration { file, required, unset } = declaration;
    for (key, flag) in [("required", required), ("unset", unset)] {
        if let Some(flag) = flag.given().filter(|flag| !flag.get_ref()) {
            problems.push(Diagnostic::new(flag.span(), format!("`{key} = false` declares nothing")).help(one_of));
            return None;
        }
    }
    match (file.given(), required.given(), unset.given()) {
        (Some(file), None, None) => path(file, problems).map(Rule::File),
        (None, Some(_), None) => Some(Rule::Required),
        (None, None, Some(_)) => Some(Rule::Unset),
        (None, None, None) => {
            problems.push(Diagnostic::new(span, "nothing is declared").help(one_of));
            None
        }
        _ => {
            let keys = [("file", file.is_absent()), ("required", required.is_absent()), ("unset", unset.is_absent())];
            let written: Vec<String> =
                keys.into_iter().filter(|(_, is_absent)| !is_absent).map(|(key, _)| quoted(key)).collect();
            let help = if unset.is_absent() {
                "leave out `required`: a variable that is not set and whose file cannot be read ends the start anyway"
            } else {
                one_of
            };
            problems.push(Diagnostic::new(span, format!("{} contradict each other", written.join(" and "))).help(help));
            None
        }
    }
}
