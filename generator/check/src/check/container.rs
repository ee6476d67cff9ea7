//! What is found in a manifest.

use wigwag_presets::{Preset, by_command, by_image};

use super::process;
use crate::{
    context::Files,
    dockerfile::{Form, Image, Start, Word},
    manifest::Container,
    report::Report,
    rules::{
        grace_period_too_short, grace_period_zero, init_forbidden, needs_init, pre_stop_too_long,
        shell_syntax_without_shell, stop_signal_cuts, stop_signal_invalid, stop_signal_wrong, two_inits,
        variable_not_expanded,
    },
};

/// Checks a container.
pub fn check(container: &Container, name: &str, files: Files, report: &mut Report) {
    let _ = files;
    let words: Vec<_> = [&container.entrypoint, &container.command]
        .into_iter()
        .flatten()
        .flat_map(|words| words.words.iter().cloned())
        .collect();
    // Without an entrypoint of its own, the first word may be an argument.
    variable_not_expanded::check(&words, name, report);
    shell_syntax_without_shell::check(&words, name, report);

    let image = Facts::of(container);
    let process = (container.entrypoint.is_some() || image.entrypoint_execs)
        .then(|| process::follow(&words, None, name, files, report));
    let service = process.as_ref().and_then(|process| process.service.as_ref());
    let own = service.filter(|_| container.is_pid_1).and_then(|service| Some((service, by_command(&service.words)?)));
    let preset = own.map(|(_, preset)| preset).or(image.preset);

    let own_init = process.as_ref().and_then(|process| process.init.clone());
    let image_init = if container.entrypoint.is_some() { None } else { image.init };
    let init = own_init.or(image_init);
    if let Some(span) = &container.init {
        if let Some(init) = &init {
            two_inits::find(init, (name, span), report);
        } else if let Some(preset) = preset {
            init_forbidden::check(preset, (name, span), report);
        }
    } else if let Some((service, preset)) = own.filter(|_| init.is_none()) {
        needs_init::check(preset, &service.words, (name, &service.span), report);
    }

    if let Some(word) = &container.stop_signal
        && let Some(signal) = stop_signal_invalid::check(word, name, report)
        && let Some(preset) = preset
    {
        stop_signal_wrong::check(preset, signal, (name, &word.span), report);
        stop_signal_cuts::check(preset, signal, (name, &word.span), report);
    }

    if grace_period_zero::check(container, name, report) || pre_stop_too_long::check(container, preset, name, report) {
        return;
    }
    if let Some(preset) = preset {
        grace_period_too_short::check(container, preset, name, report);
    }
}

/// What is known of a container's image.
struct Facts {
    /// The init that its ENTRYPOINT begins with.
    init: Option<String>,
    /// What is known of its program.
    preset: Option<&'static Preset>,
    /// Whether an ENTRYPOINT executes what follows it.
    entrypoint_execs: bool,
}

impl Facts {
    fn of(container: &Container) -> Self {
        if let Some(built) = &container.built {
            let mut unread = Report::default();
            let words = words(built);
            let process = process::follow(&words, Some(built), "", &|_| None, &mut unread);
            let program = process.service.as_ref().and_then(|service| by_command(&service.words));
            let from = built.from.as_deref().filter(|_| words.is_empty()).and_then(by_image);
            return Self {
                init: process.init,
                preset: program.or(from),
                entrypoint_execs: built.entrypoint.is_none() && built.base.entrypoint_execs,
            };
        }
        let image = container.image.as_ref().map(|image| image.value.as_str());
        Self {
            init: None,
            preset: image.and_then(by_image),
            entrypoint_execs: image.is_some_and(|image| crate::dockerfile::Base::of(image).entrypoint_execs),
        }
    }
}

/// The command line of an image in exec form.
fn words(image: &Image) -> Vec<Word> {
    let of = |start: &Option<Start>| match start.as_ref().map(|start| &start.form) {
        Some(Form::Exec(words)) => words.clone(),
        Some(Form::Shell(_)) | None => Vec::new(),
    };
    [of(&image.entrypoint), of(&image.cmd)].concat()
}
