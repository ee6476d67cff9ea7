//! `wigwag plugin inspect`: what a plugin implements and asks for, before it is trusted.

use std::{fmt::Write as _, path::PathBuf};

use clap::{Args, ValueEnum};
use serde::Serialize;
use wigwag_compiler::{Component, PACKAGE, digest};
use wigwag_core::config::{DEFAULT_MEMORY, HookPoint};
use wigwag_engine::{ENGINE, Platform};

use super::grants;
use crate::{
    exit::{Exit, Failure},
    output,
};

/// Say which hooks a plugin has, what it asks for, and which lines of a spec grant it that.
///
/// Nothing of it is run.
#[derive(Args)]
pub struct Inspect {
    /// A WebAssembly component, or a core module that has an interface in it.
    file: PathBuf,
    /// How it is said.
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    output: Format,
    /// Compile it for this platform too, and say how large that is; may be repeated.
    #[arg(short, long, value_name = "PLATFORM")]
    platform: Vec<Platform>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs: one object.
    Json,
}

impl Inspect {
    pub fn run(&self) -> Result<Exit, Failure> {
        let component = super::component(&self.file)?;
        let mut report = Report::new(self.file.display().to_string(), &component);
        for platform in &self.platform {
            let compiled = component.compile(*platform).map_err(|sentence| Failure::module(&self.file, &sentence))?;
            let (platform, size) = (platform.name(), compiled.bytes.len());
            report.compiled.push(Code { platform, engine: ENGINE, size, sha256: compiled.sha256 });
        }
        let text = match self.output {
            Format::Text => report.text(&component, &self.file),
            Format::Json => report.json()?,
        };
        output::print(&text).map(|()| Exit::Ok)
    }
}

/// What there is to say about a plugin.
#[derive(Serialize)]
struct Report {
    file: String,
    interface: String,
    hooks: Vec<&'static str>,
    lifecycle: bool,
    imports: Vec<&'static str>,
    /// The lines of `allow`, with examples where they take something.
    allow: Vec<&'static str>,
    /// In bytes, of the component.
    size: usize,
    sha256: String,
    /// In bytes, from the start.
    memory: u64,
    tools: Vec<Made>,
    compiled: Vec<Code>,
}

#[derive(Serialize)]
struct Made {
    role: String,
    name: String,
    version: String,
}

#[derive(Serialize)]
struct Code {
    platform: &'static str,
    engine: &'static str,
    size: usize,
    sha256: String,
}

impl Report {
    fn new(file: String, component: &Component) -> Self {
        let imports = component.imports();
        Self {
            file,
            interface: format!("{PACKAGE}@{}", component.version()),
            hooks: component.hooks().iter().map(|hook| HookPoint::name(*hook)).collect(),
            lifecycle: component.has_lifecycle(),
            imports: imports.iter().map(|capability| capability.name()).collect(),
            allow: imports.iter().map(|capability| capability.line()).collect(),
            size: component.bytes().len(),
            sha256: digest(&[component.bytes()]),
            memory: component.memory(),
            tools: component
                .tools()
                .iter()
                .map(|tool| Made { role: tool.role.clone(), name: tool.name.clone(), version: tool.version.clone() })
                .collect(),
            compiled: Vec::new(),
        }
    }

    fn json(&self) -> Result<String, Failure> {
        let json = serde_json::to_string_pretty(self);
        json.map(|text| text + "\n").map_err(|error| Failure::io(format!("a bug of wigwag: {error}")))
    }

    fn text(&self, component: &Component, file: &std::path::Path) -> String {
        let list = |words: &[&str]| if words.is_empty() { "nothing".into() } else { words.join(", ") };
        let settings = if self.lifecycle { "it takes settings (`lifecycle`)" } else { "it takes none" };
        let mut text = format!("{}\n", self.file);
        let mut line = |key: &str, value: &str| {
            let _ = writeln!(text, "  {key:<10} {value}");
        };
        line("interface", &self.interface);
        line("hooks", &list(&self.hooks));
        line("settings", settings);
        line("asks for", &list(&self.imports));
        line("size", &kilobytes(self.size));
        for code in &self.compiled {
            line("", &format!("{} compiled for {}", kilobytes(code.size), code.platform));
        }
        line("memory", &memory(self.memory));
        for (at, tool) in self.tools.iter().enumerate() {
            // Names and versions are whatever somebody wrote into the file.
            let made = format!("{} {}", tool.name, tool.version).escape_debug().to_string();
            line(if at == 0 { "made with" } else { "" }, &format!("{} ({})", made.trim_end(), tool.role));
        }
        let name = grants::name(file);
        let _ = write!(
            text,
            "\nTo be pasted into a spec:\n\n{}\n{}",
            grants::block(&name, file, component.imports()),
            grants::hooks(&name, component.hooks())
        );
        text
    }
}

fn memory(bytes: u64) -> String {
    let limit = u64::from(DEFAULT_MEMORY);
    let start = format!("{} KiB from the start", bytes >> 10);
    if bytes > limit {
        return format!("{start}: more than the {} MiB that a plugin has unless the spec says `memory`", limit >> 20);
    }
    start
}

fn kilobytes(bytes: usize) -> String {
    format!("{}.{} kB", bytes / 1_000, bytes % 1_000 / 100)
}
