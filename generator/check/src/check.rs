//! What is found in a file.

mod container;
mod image;
pub mod process;

use crate::{
    context::Files,
    dockerfile,
    kind::Kind,
    manifest::{self, Manifest},
    pid1::Document,
    report::Report,
    rules::{stop_signal_without_os, unreadable},
    yaml::NotYaml,
};

/// Checks a file. A spec is not checked here.
pub fn check(kind: Kind, name: &str, text: &str, files: Files, report: &mut Report) {
    report.checked(name, text);
    let document = Document { name, text };
    match kind {
        Kind::Spec => (),
        Kind::Dockerfile => match dockerfile::images(text) {
            Ok(images) => images.iter().for_each(|image| image::check(image, document, files, report)),
            Err(error) => unreadable::find("Dockerfile", &error.message, (name, &error.span), report),
        },
        Kind::Script => process::alone(name, text, report),
        Kind::Compose => manifest("Compose file", document, manifest::compose(text, files), files, report),
        Kind::Kubernetes => manifest("Kubernetes manifest", document, manifest::kubernetes(text), files, report),
    }
}

fn manifest(what: &str, document: Document, manifest: Result<Manifest, NotYaml>, files: Files, report: &mut Report) {
    match manifest {
        Ok(manifest) => {
            stop_signal_without_os::check(&manifest, document.name, report);
            for container in &manifest.containers {
                container::check(container, document, files, report);
            }
        }
        Err(error) => unreadable::find(what, &error.message, (document.name, &error.span), report),
    }
}
