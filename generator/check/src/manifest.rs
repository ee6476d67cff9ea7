//! Compose files and Kubernetes manifests: the containers in them, and how they are stopped.

mod compose;
mod hook;
mod kubernetes;

use std::ops::Range;

use wigwag_core::Millis;

use crate::{
    context::Files,
    dockerfile::{Image, Word},
    yaml::{Node, NotYaml, documents},
};

/// A container, as a manifest wants it.
#[derive(Debug)]
pub struct Container {
    /// What it is called.
    pub name: Word,
    /// The name of its image.
    pub image: Option<Word>,
    /// The Dockerfile that it is built of, if that is beside the manifest.
    pub built: Option<Built>,
    /// What replaces the image's ENTRYPOINT.
    pub entrypoint: Option<Words>,
    /// What replaces the image's CMD.
    pub command: Option<Words>,
    /// The stop signal, if the manifest says one.
    pub stop_signal: Option<Word>,
    /// How long the platform waits.
    pub grace: Grace,
    /// What the platform does before it sends the stop signal, in the grace period.
    pub pre_stop: Vec<Hook>,
    /// Where an init is asked for.
    pub init: Option<Range<usize>>,
    /// Whether its first process is PID 1.
    pub is_pid_1: bool,
}

/// An image that is built of a Dockerfile.
#[derive(Debug)]
pub struct Built {
    /// What that says.
    pub image: Image,
    /// The Dockerfile's name.
    pub name: String,
    /// What is in it.
    pub text: String,
    /// Its build context.
    pub context: String,
}

/// A command line in a manifest.
#[derive(Debug)]
pub struct Words {
    /// The words.
    pub words: Vec<Word>,
    /// Where they stand.
    pub span: Range<usize>,
}

/// How long a platform waits before it kills.
#[derive(Debug)]
pub struct Grace {
    /// This long.
    pub period: Millis,
    /// Where that is said, if it is.
    pub span: Option<Range<usize>>,
    /// The key that says it.
    pub key: &'static str,
}

impl Grace {
    /// A time as this key takes it.
    pub fn written(&self, time: Millis) -> String {
        if self.key == "stop_grace_period" { time.to_string() } else { time.0.div_ceil(1_000).to_string() }
    }
}

/// What is done before the stop signal is sent.
#[derive(Debug)]
pub struct Hook {
    /// What it takes at least, as far as it can be read.
    pub takes: Millis,
    /// Where it stands.
    pub span: Range<usize>,
}

/// What a manifest says.
#[derive(Debug, Default)]
pub struct Manifest {
    /// Its containers.
    pub containers: Vec<Container>,
    /// Stop signals that Kubernetes does not take, since the operating system is not named.
    pub stop_signals_without_os: Vec<Range<usize>>,
}

/// The containers of a Compose file.
pub fn compose(text: &str, files: Files) -> Result<Manifest, NotYaml> {
    Ok(Manifest { containers: compose::containers(&documents(text)?, files), ..Manifest::default() })
}

/// The containers of a Kubernetes manifest.
pub fn kubernetes(text: &str) -> Result<Manifest, NotYaml> {
    let mut manifest = Manifest::default();
    for document in documents(text)? {
        kubernetes::resource(&document, &mut manifest);
    }
    Ok(manifest)
}

/// A text, and where it stands.
fn word(node: &Node) -> Option<Word> {
    node.text().map(|text| Word { value: text.to_string(), span: node.span.clone() })
}

/// A list of texts.
fn words(node: &Node) -> Words {
    Words { words: node.items().iter().filter_map(|item| word(item)).collect(), span: node.span.clone() }
}

#[cfg(test)]
mod tests;
