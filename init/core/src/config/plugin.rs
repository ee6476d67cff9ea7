//! A plugin: what it is, what it may do, how it is kept in bounds.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use crate::form::{self, Fields, Record};

/// A WebAssembly component, compiled ahead of time, in a host process of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plugin {
    /// Its name, for messages and for the hooks that call it.
    pub name: String,
    /// Its native code, for each platform that the image is for.
    pub artifacts: Vec<Artifact>,
    /// How long an instance lives.
    pub instance: Instance,
    /// How much memory an instance may have, in bytes: all its memories and tables together.
    pub memory: u32,
    /// What it is told at its start.
    pub settings: BTreeMap<String, String>,
    /// What it may do.
    pub allow: Allow,
}

/// What a plugin gets that says nothing else: 16 MiB.
pub const DEFAULT_MEMORY: u32 = 16 << 20;

impl Default for Plugin {
    fn default() -> Self {
        Self {
            name: String::new(),
            artifacts: Vec::new(),
            instance: Instance::default(),
            memory: DEFAULT_MEMORY,
            settings: BTreeMap::new(),
            allow: Allow::default(),
        }
    }
}

impl Record for Plugin {
    fn fields(&mut self, fields: &mut impl Fields) {
        fields.required("name", &mut self.name);
        fields.required("artifact", &mut self.artifacts);
        fields.optional("instance", &mut self.instance);
        fields.optional("memory", &mut self.memory);
        fields.optional("settings", &mut self.settings);
        fields.optional("allow", &mut self.allow);
    }
}

/// The native code of a plugin for one platform. The host loads what has this digest, and nothing else: native code has no
/// other check of its integrity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Artifact {
    /// The platform, as Docker writes it: `linux/amd64`, `linux/arm64`.
    pub platform: String,
    /// The engine that it was compiled by, and for: name and whole version.
    pub engine: String,
    /// The file, an absolute path in the container.
    pub file: String,
    /// Its SHA-256, in lower-case hexadecimal digits.
    pub sha256: String,
}

impl Record for Artifact {
    fn fields(&mut self, fields: &mut impl Fields) {
        fields.required("platform", &mut self.platform);
        fields.required("engine", &mut self.engine);
        fields.required("file", &mut self.file);
        fields.required("sha256", &mut self.sha256);
    }
}

/// How long an instance of a plugin lives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Instance {
    /// Until it traps, its host ends, or the services are gone: what it keeps in its memory it has at the next call.
    #[default]
    Kept,
    /// For one call.
    PerCall,
}

form::words!(Instance { Kept = "kept", PerCall = "per-call" });

/// What a plugin may do: nothing that does not stand here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allow {
    /// Whether it may write lines in the log.
    pub log: bool,
    /// Whether it may look at the clock, and sleep.
    pub clock: bool,
    /// Whether it has a store.
    pub state: bool,
    /// The environment variables that it may read.
    pub env: Vec<String>,
    /// The services that it may send signals to.
    pub signals: Vec<String>,
    /// The commands that it may have run, by name.
    pub commands: BTreeMap<String, Command>,
    /// The directories, or files, that it may read: absolute paths.
    pub read: Vec<String>,
    /// Those that it may write, and read.
    pub write: Vec<String>,
    /// The ports that it may ask by HTTP; see [`address::parse`](crate::address::parse).
    pub http: Vec<String>,
}

impl Record for Allow {
    fn fields(&mut self, fields: &mut impl Fields) {
        fields.optional("log", &mut self.log);
        fields.optional("clock", &mut self.clock);
        fields.optional("state", &mut self.state);
        fields.optional("env", &mut self.env);
        fields.optional("signals", &mut self.signals);
        fields.optional("commands", &mut self.commands);
        fields.optional("read", &mut self.read);
        fields.optional("write", &mut self.write);
        fields.optional("http", &mut self.http);
    }
}

/// A command that a plugin may have run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Command {
    /// Program and arguments.
    pub command: Vec<String>,
    /// Whether the plugin may add arguments.
    pub arguments: bool,
}

impl Record for Command {
    fn fields(&mut self, fields: &mut impl Fields) {
        fields.required("command", &mut self.command);
        fields.optional("arguments", &mut self.arguments);
    }
}
