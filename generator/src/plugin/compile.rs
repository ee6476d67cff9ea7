//! `wigwag plugin compile`: native code, for a config that is written by hand.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use clap::Args;
use wigwag_core::{config::Artifact, form};
use wigwag_engine::{ENGINE, Platform};

use super::grants;
use crate::{
    exit::{Exit, Failure},
    output,
};

/// Compile a plugin ahead of time, and print what a config says about the result.
///
/// `wigwag build` does this by itself; this is for configs that are written by hand. The code is for wigwag-host of the
/// same version.
#[derive(Args)]
pub struct Compile {
    /// A WebAssembly component, or a core module that has an interface in it.
    file: PathBuf,
    /// `linux/amd64` or `linux/arm64`; may be repeated. Without it, both.
    #[arg(short, long, value_name = "PLATFORM")]
    platform: Vec<Platform>,
    /// The directory to write to; it is made when it is missing.
    #[arg(short, long, value_name = "DIR", default_value = ".")]
    output: PathBuf,
}

impl Compile {
    pub fn run(&self) -> Result<Exit, Failure> {
        let component = super::component(&self.file)?;
        let mut platforms = self.platform.clone();
        platforms.sort();
        platforms.dedup();
        if platforms.is_empty() {
            platforms = Platform::ALL.to_vec();
        }
        for platform in platforms {
            let compiled = component.compile(platform).map_err(|sentence| Failure::module(&self.file, &sentence))?;
            let path = self.output.join(file_name(&self.file, platform));
            let cannot = |error: io::Error| Failure::io(format!("cannot write `{}`: {}", path.display(), error.kind()));
            write(&path, &compiled.bytes).map_err(cannot)?;
            let artifact = Artifact {
                platform: platform.name().into(),
                engine: ENGINE.into(),
                file: path.display().to_string(),
                sha256: compiled.sha256,
            };
            output::print(&format!("[[plugin.artifact]]\n{}", form::write(&artifact)))?;
        }
        Ok(Exit::Ok)
    }
}

/// `luks.linux-arm64.cwasm`
fn file_name(module: &Path, platform: Platform) -> String {
    format!("{}.{}.cwasm", grants::name(module), platform.name().replace('/', "-"))
}

/// All of it or nothing.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(directory)?;
    let mut file = tempfile::Builder::new().prefix(".wigwag-").tempfile_in(directory)?;
    file.write_all(bytes)?;
    file.as_file().set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))?;
    file.persist(path).map(drop).map_err(|error| error.error)
}
