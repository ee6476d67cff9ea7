//! A HEALTHCHECK as a service's readiness.

use parse_dockerfile::{Command, HealthcheckArguments, Instruction};

use super::{
    array,
    line::{Line, read},
    quoted,
};

/// How it is known to be ready, if the last stage has a HEALTHCHECK; as an inline table.
pub fn ready(text: &str) -> Option<String> {
    let dockerfile = parse_dockerfile::parse(text).ok()?;
    let stage = dockerfile.stages().last()?;
    let check =
        stage.instructions.iter().rev().find_map(|instruction| {
            if let Instruction::Healthcheck(check) = instruction { Some(check) } else { None }
        })?;
    let HealthcheckArguments::Cmd { arguments, .. } = &check.arguments else { return None };
    let words = match arguments {
        Command::Exec(words) => words.value.iter().map(|word| word.value.to_string()).collect(),
        Command::Shell(text) => shell(text.value),
        _ => return None,
    };
    let attempt = check.options.iter().find(|option| option.name.value == "timeout");
    let attempt = attempt.and_then(|option| option.value.as_ref());
    let attempt = attempt.filter(|value| value.value.parse::<wigwag_core::Millis>().is_ok());
    let attempt = attempt.map(|value| format!(", attempt = {}", quoted(&value.value))).unwrap_or_default();
    Some(format!("{{ exec = {}{attempt} }}", array(&words)))
}

/// `|| exit 1` says of a failure that it is one.
fn shell(text: &str) -> Vec<String> {
    let bare = text.trim();
    let bare = bare
        .rsplit_once("||")
        .filter(|(_, end)| ["exit 1", "false"].contains(&end.trim()))
        .map_or(bare, |(start, _)| start);
    match read(bare) {
        Line::Words(words) => words,
        Line::Command | Line::Program => vec!["sh".into(), "-c".into(), text.trim().into()],
    }
}
