//! What is found in a file.

mod container;
mod image;
mod process;

use crate::{
    context::Files,
    dockerfile, manifest,
    report::Report,
    rules::{stop_signal_without_os, unreadable},
    yaml::NotYaml,
};
use crate::{kind::Kind, manifest::Manifest};

/// Checks a file. A spec is not checked here.
pub fn check(kind: Kind, name: &str, text: &str, files: Files, report: &mut Report) {
    report.checked(name, text);
    match kind {
        Kind::Spec => {}
        Kind::Dockerfile => match dockerfile::images(text) {
            Ok(images) => images.iter().for_each(|image| image::check(image, name, files, report)),
            Err(error) => unreadable::find("Dockerfile", &error.message, (name, &error.span), report),
        },
        Kind::Script => process::script(name, text, report),
        Kind::Compose => manifest("Compose file", name, manifest::compose(text, files), files, report),
        Kind::Kubernetes => manifest("Kubernetes manifest", name, manifest::kubernetes(text), files, report),
    }
}

fn manifest(what: &str, name: &str, manifest: Result<Manifest, NotYaml>, files: Files, report: &mut Report) {
    match manifest {
        Ok(manifest) => {
            stop_signal_without_os::check(&manifest, name, report);
            for container in &manifest.containers {
                container::check(container, name, files, report);
            }
        }
        Err(error) => unreadable::find(what, &error.message, (name, &error.span), report),
    }
}
