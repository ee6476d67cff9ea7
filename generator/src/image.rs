//! The files that an image build needs.

use crate::{
    model::Model,
    render::{self, CONFIG_FILE, Dockerfile, INIT_FILE, SCRIPT_FILE},
    spec::Entrypoint,
};

/// A file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name in the directory.
    pub name: &'static str,
    /// Its permissions.
    pub mode: u32,
    /// What is in it.
    pub content: Vec<u8>,
}

/// All of them. `init` gives the executable `wigwag-init`, if one is needed.
pub fn files<E: From<String>>(model: &Model, init: impl FnOnce() -> Result<Vec<u8>, E>) -> Result<Vec<File>, E> {
    let text = |name, content: String| File { name, mode: 0o644, content: content.into_bytes() };
    let program = |name, content| File { name, mode: 0o755, content };
    let dockerfile = text("Dockerfile", render::dockerfile(model, Dockerfile::Complete)?);
    Ok(match model.entrypoint {
        Entrypoint::Init => {
            vec![text(CONFIG_FILE, render::init(model)?), dockerfile, program(INIT_FILE, init()?)]
        }
        Entrypoint::Script => vec![program(SCRIPT_FILE, render::script(model)?.into_bytes()), dockerfile],
    })
}
