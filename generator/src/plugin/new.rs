//! `wigwag plugin new`: a project to begin with.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use clap::Args;
use minijinja::{Environment, UndefinedBehavior, context};
use wigwag::render;
use wigwag_core::config::HookPoint;

use super::grants;
use crate::{
    exit::{Exit, Failure},
    output,
};

/// Begin a plugin in Rust: a project that builds, with a test that runs natively.
///
/// In C there is `plugins/examples/rewrite-c` in wigwag's repository, to be copied. Its README says what to change.
#[derive(Args)]
pub struct New {
    /// Its name: `a-z`, digits and `-`. The project is written to a directory of that name.
    #[arg(value_parser = name)]
    name: String,
    /// A hook that it has: `on-signal`, `pre-start`, `post-start`, `pre-stop` or `post-stop`; may be repeated.
    #[arg(long = "hook", value_name = "HOOK", default_value = "on-signal", value_parser = hook)]
    hooks: Vec<HookPoint>,
    /// Write to this directory instead; it is made when it is missing.
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// The directory of the crate `wigwag-plugin`. Default: that of the checkout that this wigwag was built
    /// from, if it is still there.
    #[arg(long, value_name = "DIR")]
    sdk: Option<PathBuf>,
}

/// Where the crate for plugins was when this program was built.
const SDK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../plugins/sdk");

/// The files, and what they are made of.
const FILES: [(&str, &str); 5] = [
    ("Cargo.toml", include_str!("../../../templates/plugin/Cargo.toml.j2")),
    ("src/lib.rs", include_str!("../../../templates/plugin/lib.rs.j2")),
    ("wigwag.toml", include_str!("../../../templates/plugin/wigwag.toml.j2")),
    ("README.md", include_str!("../../../templates/plugin/README.md.j2")),
    (".gitignore", include_str!("../../../templates/plugin/gitignore.j2")),
];

/// What cargo or the compiler take for something else.
const TAKEN: [&str; 18] = [
    "alloc",
    "build",
    "core",
    "deps",
    "examples",
    "incremental",
    "proc-macro",
    "std",
    "test",
    "wigwag-core",
    "wigwag-plugin",
    "wit-bindgen",
    "self",
    "super",
    "crate",
    "dyn",
    "async",
    "gen",
];

/// Longer ones are no names of files in an image.
const LONGEST: usize = 64;

fn name(text: &str) -> Result<String, String> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    let begins = text.starts_with(|first: char| first.is_ascii_lowercase());
    if !is_plain || !begins || text.ends_with('-') || text.len() > LONGEST {
        return Err(format!("expected `a-z`, digits and `-`, a letter first, {LONGEST} at most"));
    }
    if TAKEN.contains(&text) {
        return Err("that name means something else to cargo: add a word, such as `my-`".into());
    }
    Ok(text.into())
}

fn hook(text: &str) -> Result<HookPoint, String> {
    let names = || HookPoint::ALL.map(|point| format!("`{}`", point.name())).join(", ");
    HookPoint::ALL.into_iter().find(|point| point.name() == text).ok_or_else(|| format!("expected one of {}", names()))
}

impl New {
    pub fn run(&self) -> Result<Exit, Failure> {
        let directory = self.output.clone().unwrap_or_else(|| PathBuf::from(&self.name));
        let files = self.files(&self.sdk()?)?;
        let shown = directory.display().to_string();
        let cannot = |error: io::Error| Failure::io(format!("cannot write to `{shown}`: {error}"));
        match fs::read_dir(&directory).map(|mut entries| entries.next().is_some()) {
            Ok(true) => {
                return Err(Failure::io(format!("`{shown}` is not empty: write to another directory, `--output DIR`")));
            }
            Ok(false) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(cannot(error)),
        }
        fs::create_dir_all(directory.join("src")).map_err(cannot)?;
        for (name, text) in files {
            write(&directory.join(name), &text).map_err(cannot)?;
        }
        output::print(&format!("{shown}: begun; `README.md` says how it is tried and built\n")).map(|()| Exit::Ok)
    }

    /// How the project depends on the crate.
    fn sdk(&self) -> Result<String, Failure> {
        let here = match &self.sdk {
            Some(path) => {
                let absolute = path.canonicalize();
                absolute.map_err(|error| Failure::io(format!("cannot read `{}`: {error}", path.display())))?
            }
            None => Path::new(SDK).canonicalize().map_err(|_| {
                Failure::io(
                    "the crate `wigwag-plugin` is in no registry yet, nor where this wigwag was built: name its directory \
                     in a checkout, `--sdk plugins/sdk`",
                )
            })?,
        };
        if !here.join("Cargo.toml").is_file() {
            let here = here.display();
            return Err(Failure::io(format!("`{here}` is not the crate `wigwag-plugin`: it has no `Cargo.toml`")));
        }
        let path = here.to_str().ok_or_else(|| Failure::io(format!("`{}` is not UTF-8", here.display())))?;
        Ok(format!("wigwag-plugin = {{ path = {} }}", toml::Value::from(path)))
    }

    fn files(&self, dependency: &str) -> Result<Vec<(&'static str, String)>, Failure> {
        let hooks: Vec<_> = HookPoint::ALL.into_iter().filter(|point| self.hooks.contains(point)).collect();
        let functions: Vec<_> = hooks.iter().map(|hook| hook.name().replace('-', "_")).collect();
        let bug = |error: minijinja::Error| Failure::io(format!("a bug of wigwag, in its template: {error:#}"));
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_syntax(render::syntax().map_err(bug)?);
        let module = Path::new("plugin.wasm");
        let values = context! {
            name => self.name.as_str(),
            file => self.name.replace('-', "_"),
            uses => uses(&hooks, &["Context", "Plugin", "Result", "Settings", "log"], |hook| match hook {
                HookPoint::OnSignal => &["Decision", "Incoming"],
                HookPoint::PreStop => &["Cause"],
                HookPoint::PostStop => &["Summary"],
                HookPoint::PreStart | HookPoint::PostStart => &[],
            }),
            test_uses => uses(&hooks, &["testing"], |hook| match hook {
                HookPoint::OnSignal | HookPoint::PreStop => &["Signal"],
                HookPoint::PostStop => &["Millis", "Outcome"],
                HookPoint::PreStart | HookPoint::PostStart => &[],
            }),
            dependency => dependency,
            functions => functions,
            calls => grants::hooks(&self.name, &hooks),
            block => grants::block(&self.name, module, &[wigwag_core::plugin::capability::Capability::Log]),
            try => hooks.first().copied().map(attempt),
        };
        let files =
            FILES.into_iter().map(|(name, text)| environment.render_str(text, &values).map(|text| (name, text)));
        files
            .collect::<Result<_, _>>()
            .map_err(|error| Failure::io(format!("a bug of wigwag, in its template: {error:#}")))
    }
}

/// How `wigwag plugin test` calls it.
fn attempt(point: HookPoint) -> String {
    if point == HookPoint::OnSignal { "--signal TERM".into() } else { format!("--phase {}", point.name()) }
}

/// What is used of the crate: always, and for these hooks.
fn uses(hooks: &[HookPoint], always: &[&str], of: impl Fn(HookPoint) -> &'static [&'static str]) -> String {
    let mut names: BTreeSet<&str> = hooks.iter().flat_map(|hook| of(*hook)).copied().collect();
    names.extend(always);
    // As rustfmt has it: what begins with a small letter comes last.
    let (types, modules): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| name.starts_with(char::is_uppercase));
    match [types, modules].concat().as_slice() {
        [one] => (*one).into(),
        several => format!("{{{}}}", several.join(", ")),
    }
}

/// Nothing that is there is ever replaced.
fn write(path: &Path, text: &str) -> io::Result<()> {
    fs::File::create_new(path)?.write_all(text.as_bytes())
}
