//! Plugins that do nothing, or something bad.

use wit_component::{StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{ManglingAndAbi, Resolve, WorldId};

use crate::Result;

/// What stands behind the text of every plugin: what they all need, and what they may use.
const PRELUDE: &str = include_str!("component/prelude.wat");

/// What follows in a plugin that has an `$attack`: it does that in every hook.
const ATTACK: &str = include_str!("component/attack.wat");

/// The interface of plugins.
const INTERFACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../plugins/wit/since-v0.1");

/// A plugin of a world in which this stands, as a compiler makes it: a module with its interface in it. Every call traps.
pub fn module(world: &str) -> Result<Vec<u8>> {
    let (resolve, world) = resolve(world)?;
    let module = dummy_module(&resolve, world, ManglingAndAbi::Standard32);
    with_interface(module, &resolve, world)
}

/// A plugin of which the module has these fields, in the text format of WebAssembly: imports first, then what it exports.
pub fn of_text(fields: &str) -> Result<Vec<u8>> {
    let attack = if fields.contains("(func $attack") { ATTACK } else { "" };
    let text = format!("(module\n{fields}\n{attack}{PRELUDE})\n");
    let exported = HOOKS.iter().filter(|(_, hook)| text.contains(&format!("(export \"wigwag:plugin/{hook}@")));
    let exported = exported.map(|(world, _)| format!("include wigwag:plugin/{world}@0.1.0;\n"));
    let world: String = [CAPABILITIES.to_string()].into_iter().chain(exported).collect();
    let (resolve, world) = resolve(&world)?;
    with_interface(wat::parse_str(&text)?, &resolve, world)
}

/// Those that are not used leave no trace.
const CAPABILITIES: &str = "include wigwag:plugin/uses-capabilities@0.1.0;\n";

/// The worlds, and what each of them exports.
const HOOKS: [(&str, &str); 6] = [
    ("initializes", "lifecycle"),
    ("decides-signals", "on-signal"),
    ("runs-pre-start", "pre-start"),
    ("runs-post-start", "post-start"),
    ("runs-pre-stop", "pre-stop"),
    ("runs-post-stop", "post-stop"),
];

fn resolve(world: &str) -> Result<(Resolve, WorldId)> {
    let mut resolve = Resolve::default();
    resolve.push_dir(INTERFACE)?;
    let package = resolve.push_source("plugin.wit", &format!("package test:plugin;\nworld plugin {{\n{world}}}\n"))?;
    let world = resolve.select_world(&[package], Some("plugin"))?;
    Ok((resolve, world))
}

fn with_interface(mut module: Vec<u8>, resolve: &Resolve, world: WorldId) -> Result<Vec<u8>> {
    embed_component_metadata(&mut module, resolve, world, StringEncoding::UTF8)?;
    Ok(module)
}
