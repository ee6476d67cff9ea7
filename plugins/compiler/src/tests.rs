//! Components of all kinds, most of them made from an interface: their functions trap, and nobody calls them.

use wigwag_core::{config::HookPoint, plugin::capability::Capability};
use wit_component::{StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{ManglingAndAbi, Resolve};

use crate::{Component, interface::SOURCES};

/// A core module for this world, with the interface in it.
fn module(world: &str) -> Vec<u8> {
    module_of(&[&package("0.1.0"), &format!("package test:test; world test {{ {world} }}")])
}

/// Our package as one nested one, by another number perhaps.
fn package(version: &str) -> String {
    let text: String = SOURCES.iter().map(|(_, text)| *text).collect();
    let text = text.replace("package wigwag:plugin@0.1.0;", "");
    format!("package wigwag:plugin@{version} {{ {text} }}")
}

/// A core module for the world `test` of the last of these texts.
fn module_of(texts: &[&str]) -> Vec<u8> {
    let mut resolve = Resolve::default();
    let mut nested: Vec<&str> = texts.to_vec();
    nested.rotate_right(1);
    let main = resolve.push_source("test.wit", &nested.join("\n")).unwrap();
    let world = resolve.select_world(&[main], Some("test")).unwrap();
    let mut module = dummy_module(&resolve, world, ManglingAndAbi::Standard32);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    module
}

fn component(world: &str) -> Component {
    Component::new(&module(world)).unwrap()
}

#[test]
fn a_core_module_with_an_interface_becomes_a_component() {
    let module = module("include wigwag:plugin/decides-signals@0.1.0; import wigwag:plugin/log@0.1.0;");
    let component = Component::new(&module).unwrap();
    assert_eq!(component.hooks(), [HookPoint::OnSignal]);
    assert_eq!(component.imports(), [Capability::Log]);
    assert_eq!(component.version(), "0.1.0");
    assert!(!component.has_lifecycle());
    let again = Component::new(component.bytes()).unwrap();
    assert_eq!(again.bytes(), component.bytes(), "a component stays as it is");
}

#[test]
fn everything_there_is() {
    let component = component("include wigwag:plugin/everything@0.1.0;");
    assert_eq!(component.hooks(), HookPoint::ALL);
    assert_eq!(component.imports(), Capability::ALL);
    assert!(component.has_lifecycle());
}
