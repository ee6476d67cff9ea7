//! Plugins that do nothing.

use wit_component::{StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{ManglingAndAbi, Resolve};

use crate::Result;

/// The interface of plugins.
const INTERFACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../plugins/wit/since-v0.1");

/// A plugin of a world in which this stands, as a compiler makes it: a module with its interface in it. Every call traps.
pub fn module(world: &str) -> Result<Vec<u8>> {
    let mut resolve = Resolve::default();
    resolve.push_dir(INTERFACE)?;
    let package = resolve.push_source("plugin.wit", &format!("package test:plugin;\nworld plugin {{\n{world}}}\n"))?;
    let world = resolve.select_world(&[package], Some("plugin"))?;
    let mut module = dummy_module(&resolve, world, ManglingAndAbi::Standard32);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)?;
    Ok(module)
}
