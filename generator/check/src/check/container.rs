//! What is found in a manifest.

use wigwag_presets::{Preset, by_command, by_image};

use super::{
    image,
    process::{Place, Service, follow},
};
use crate::{
    context::Files,
    dockerfile::{Base, Sh},
    manifest::Container,
    pid1::Document,
    report::Report,
    rules::{
        grace_period_too_short, grace_period_zero, init_forbidden, needs_init, pre_stop_too_long,
        shell_syntax_without_shell, stop_signal_cuts, stop_signal_invalid, stop_signal_wrong, two_inits,
        variable_not_expanded,
    },
};

/// Checks a container.
pub fn check(container: &Container, document: Document, files: Files, report: &mut Report) {
    let name = document.name;
    let image = Facts::of(container, files);
    let own = own(container, &image, document, files, report);
    let is_its_own = own.is_some();
    let service = own.or(image.service);
    let preset = service.as_ref().map_or(image.preset, |service| by_command(&service.words));
    let init = service.as_ref().and_then(|service| service.init.as_deref());

    if let Some(span) = &container.init {
        if let Some(init) = init {
            two_inits::find(init, (name, span), report);
        } else if let Some(preset) = preset {
            init_forbidden::check(preset, (name, span), report);
        }
    } else if is_its_own
        && init.is_none()
        && container.is_pid_1
        && let (Some(service), Some(preset)) = (&service, preset)
    {
        needs_init::check(preset, &service.words, service.is_whole, (name, &service.span), report);
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

/// What the manifest's own command line becomes, if it has one that is known from its first word on.
fn own(container: &Container, image: &Facts, document: Document, files: Files, report: &mut Report) -> Option<Service> {
    let lines = [&container.entrypoint, &container.command];
    let span = lines.into_iter().flatten().next()?.span.clone();
    let words: Vec<_> = lines.into_iter().flatten().flat_map(|words| words.words.iter().cloned()).collect();
    variable_not_expanded::check(&words, document.name, report);
    if container.entrypoint.is_none() && !image.executes_its_arguments {
        return None;
    }
    shell_syntax_without_shell::check(&words, document.name, report);
    let argv: Vec<_> = words.into_iter().map(|word| word.value).collect();
    let in_context = |name: &str| files(&format!("{}/{name}", container.built.as_ref()?.context));
    let built = container.built.as_ref().map(|built| &built.image);
    let place = Place { document, image: built, sh: image.sh, arguments: None, files: &in_context };
    follow(&argv, &span, &place, report).into_iter().next()
}

/// What is known of a container's image.
struct Facts {
    /// Its `/bin/sh`.
    sh: Sh,
    /// What it starts.
    service: Option<Service>,
    /// What is known of the program that it is for.
    preset: Option<&'static Preset>,
    /// Whether arguments for it are a command line, which its ENTRYPOINT executes if it has one.
    executes_its_arguments: bool,
}

impl Facts {
    fn of(container: &Container, files: Files) -> Self {
        let Some(built) = &container.built else {
            let name = container.image.as_ref().map(|image| image.value.as_str());
            let base = name.map_or(Base::UNKNOWN, Base::of);
            let preset = name.and_then(by_image);
            return Self { sh: base.sh, service: None, preset, executes_its_arguments: base.entrypoint_execs };
        };
        let image = &built.image;
        let in_context = |name: &str| files(&format!("{}/{name}", built.context));
        // What is wrong with it is said where it stands.
        let mut unsaid = Report::default();
        let document = Document { name: &built.name, text: &built.text };
        let service = image::services(image, document, &in_context, &mut unsaid).into_iter().next();
        let is_silent = image.entrypoint.is_none() && image.cmd.is_none();
        Self {
            sh: image.bin_sh(),
            service,
            preset: image.from.as_deref().filter(|_| is_silent).and_then(by_image),
            executes_its_arguments: image.entrypoint.is_none()
                && (image.base.entrypoint_execs || image.has_own_entrypoint),
        }
    }
}
