//! The files that an image build needs.

use wigwag_engine::Platform;

use crate::{
    artifacts,
    component::{Compiled, Component},
    model::Model,
    render::{self, CONFIG_FILE, Dockerfile, HOST_FILE, INIT_FILE, PLUGINS_DIRECTORY, SCRIPT_FILE},
    spec::Entrypoint,
};

/// A file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its path from the directory on.
    pub name: String,
    /// Its permissions.
    pub mode: u32,
    /// What is in it.
    pub content: Vec<u8>,
}

/// What the files are made of besides the spec.
pub trait Supplies {
    /// Why something cannot be had.
    type Error: From<String>;

    /// The executable of this name: [`INIT_FILE`], and with plugins [`HOST_FILE`].
    fn program(&self, name: &str) -> Result<Vec<u8>, Self::Error>;

    /// The native code of a component.
    fn compile(&self, component: &Component, platform: Platform) -> Result<Compiled, Self::Error>;
}

/// All of them.
pub fn files<S: Supplies>(model: &Model, supplies: &S) -> Result<Vec<File>, S::Error> {
    let text = |name: &str, content: String| File { name: name.into(), mode: 0o644, content: content.into_bytes() };
    let program = |name: &str, content| File { name: name.into(), mode: 0o755, content };
    let dockerfile = text("Dockerfile", render::dockerfile(model, Dockerfile::Complete)?);
    if model.entrypoint == Entrypoint::Script {
        return Ok(vec![program(SCRIPT_FILE, render::script(model)?.into_bytes()), dockerfile]);
    }
    let artifacts = artifacts::compile(model, supplies)?;
    let mut files = vec![
        text(CONFIG_FILE, render::init(model, &artifacts)?),
        dockerfile,
        program(INIT_FILE, supplies.program(INIT_FILE)?),
    ];
    if !artifacts.is_empty() {
        files.push(program(HOST_FILE, supplies.program(HOST_FILE)?));
    }
    files.extend(artifacts.into_iter().map(|artifact| File {
        name: format!("{PLUGINS_DIRECTORY}/{}", artifact.file()),
        mode: 0o644,
        content: artifact.compiled.bytes,
    }));
    Ok(files)
}
