//! A program that puts itself into the background.

use std::ops::Range;

use wigwag_presets::Preset;

use crate::{check::process::Service, report::Report};

rule!(Error, "daemonises", "a program that puts itself into the background");

/// Whether a program that is PID 1 leaves for the background; `may_say` tells whether a setting may be in its configuration.
pub fn check(
    preset: &Preset,
    service: &Service,
    may_say: impl Fn(&str) -> bool,
    place: (&str, &Range<usize>),
    report: &mut Report,
) -> bool {
    let Some(daemon) = preset.daemon.as_ref().filter(|_| service.is_whole) else { return false };
    let by = daemon.asked_by(&service.words);
    let leaves =
        by.is_some() || daemon.leaves_unless_told(&service.words) && !daemon.setting.as_deref().is_some_and(may_say);
    if leaves {
        let program = service.words.first().map_or("", |word| word.rsplit('/').next().unwrap_or_default());
        let why = by.map_or_else(String::new, |by| format!(", as `{by}` asks it to"));
        let help = preset.command.as_ref().map_or_else(
            || "start it in the foreground".to_string(),
            |command| {
                let words: Vec<String> = command.words.iter().map(|word| format!("\"{word}\"")).collect();
                format!("start it in the foreground, as in `[{}]`", words.join(", "))
            },
        );
        let message =
            format!("`{program}` goes to the background{why}: what was PID 1 ends, and with it the container");
        report.find(&RULE, place, message, help);
    }
    leaves
}
