//! The binaries under test, built as they are shipped.

use std::{
    env,
    ffi::OsString,
    fs::{self, File},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::{self, Command, Stdio},
    sync::OnceLock,
};

use crate::Result;

/// Where the binaries are.
#[derive(Clone, Debug)]
pub struct Built {
    /// The generator.
    pub wigwag: PathBuf,
    /// The init.
    pub init: PathBuf,
    /// The host of plugins.
    pub host: PathBuf,
    /// The program that tells what it got.
    pub probe: PathBuf,
    /// The host of plugins that does what it is told.
    pub scripted_host: PathBuf,
}

/// Builds the binaries, once per process; cargo's lock keeps processes apart. What is in a container is built as it is shipped;
/// `wigwag` has a compiler in it, which takes minutes to build that way, and is not.
pub fn built() -> Result<&'static Built> {
    static BUILT: OnceLock<std::result::Result<Built, String>> = OnceLock::new();
    BUILT.get_or_init(|| build().map_err(|error| error.to_string())).as_ref().map_err(|error| error.as_str().into())
}

fn build() -> Result<Built> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let profile = profile_directory()?;
    let triple = profile.parent().ok_or("the test binary is not in a target directory")?;
    let target = triple.parent().ok_or("the test binary is not in a target directory")?;
    // What is in a container is built by itself: in one build, wigwag-init would be given the `std` of the other's dependencies.
    // `wigwag` has the dependencies of all, as in `cargo test`: others would be another compiler, and minutes.
    let builds: [(&[&str], _); 3] = [
        (&["--workspace", "--bin", "wigwag"], "dev"),
        (&["-p", "wigwag-init"], "release"),
        (&["-p", "wigwag-host"], "release"),
    ];
    for (package, profile) in builds {
        let status = Command::new(&cargo)
            .args(["build", "--profile", profile])
            .args(package)
            .arg("--target-dir")
            .arg(target)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            // A case in which nothing may be opened must not hang on a cargo that asks.
            .stdin(Stdio::from(File::open("/dev/null")?))
            .status()?;
        if !status.success() {
            return Err(format!("`cargo build --profile {profile} {}`: {status}", package.join(" ")).into());
        }
    }
    // Each looks for the others beside itself.
    let together = profile.join("together");
    fs::create_dir_all(&together)?;
    let release = triple.join("release");
    Ok(Built {
        wigwag: link(&triple.join("debug").join("wigwag"), &together)?,
        init: link(&release.join("wigwag-init"), &together)?,
        host: link(&release.join("wigwag-host"), &together)?,
        probe: profile.join("probe"),
        scripted_host: profile.join("scripted-host"),
    })
}

/// The same file in the directory, in the place of what may be there. Other processes do this too, at the same time.
fn link(file: &Path, directory: &Path) -> Result<PathBuf> {
    let path = directory.join(file.file_name().unwrap_or_default());
    let is_same = |other: fs::Metadata| fs::metadata(file).is_ok_and(|file| file.ino() == other.ino());
    if !fs::metadata(&path).is_ok_and(is_same) {
        let staged = path.with_extension(process::id().to_string());
        fs::hard_link(file, &staged)?;
        fs::rename(&staged, &path)?;
    }
    Ok(path)
}

/// `target/<triple>/<profile>`, in which cargo put this program, or in `deps` below.
fn profile_directory() -> Result<PathBuf> {
    let program = env::current_exe()?;
    let directory = program.parent().ok_or("this program is in no directory")?;
    Ok(if directory.ends_with("deps") { directory.parent().unwrap_or(directory) } else { directory }.to_path_buf())
}

impl Built {
    /// `PATH` with the probe's directory first.
    pub fn path(&self) -> Result<OsString> {
        let own = self.probe.parent().map(Path::to_path_buf);
        let inherited = env::var_os("PATH").unwrap_or_default();
        Ok(env::join_paths(own.into_iter().chain(env::split_paths(&inherited)))?)
    }
}
