//! Plugins in the text format of WebAssembly: core modules, of which components are made.

use sha2::{Digest as _, Sha256};
use wasmtime::Engine;
use wigwag_engine::{Platform, config};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// What most of them begin with. Texts are at 0, what the host returns at 1024, lists of the host from 4096 on; `$say`
/// returns an error with a text, `$text` one from what the host returned.
const PRELUDE: &str = r#"
  (memory (export "memory") 2)
  (global $free (mut i32) (i32.const 4096))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
    (global.set $free (i32.add (local.get $at) (local.get 3)))
    (if (i32.gt_u (global.get $free) (i32.mul (memory.size) (i32.const 65536)))
      (then (drop (memory.grow (i32.const 20)))))
    (local.get $at))
  (func $say (param $at i32) (param $length i32) (result i32)
    (i32.store8 (i32.const 2000) (i32.const 1))
    (i32.store (i32.const 2004) (local.get $at))
    (i32.store (i32.const 2008) (local.get $length))
    (global.set $free (i32.const 4096))
    (i32.const 2000))
  (func $text (param $at i32) (result i32)
    (call $say (i32.load (local.get $at)) (i32.load offset=4 (local.get $at))))
  (func $done (result i32)
    (i32.store8 (i32.const 2000) (i32.const 0))
    (i32.const 2000))
"#;

/// The hook `pre-start`, with this for its body. It begins with the end of the module's other parts, if there is `|`.
pub fn pre_start(imports: &str, body: &str) -> String {
    format!(
        r#"(module {imports} {PRELUDE}
  (func (export "wigwag:plugin/pre-start@0.1.0#run") (param i64 i64 i64 i32 i32 i64 i32 i32) (result i32) (local $i i32)
    {body}))"#
    )
}

/// The hook `on-signal`. What it decides is at 3000.
pub fn on_signal(body: &str) -> String {
    format!(
        r#"(module {PRELUDE}
  (func (export "wigwag:plugin/on-signal@0.1.0#decide")
    (param i64 i64 i64 i32 i32 i64 i32 i32) (param $signal i32) (param i32 i32 i32 i32 i32) (result i32) (local $i i32)
    {body}))"#
    )
}

/// Data at 0.
pub fn data(text: &str) -> String {
    format!("(data (i32.const 0) \"{}\")", text.escape_default().to_string().replace("\\'", "'"))
}

/// The component that a module is, with the world that it needs.
pub fn component(wat: &str) -> Vec<u8> {
    let hooks = [
        ("initializes", "lifecycle"),
        ("decides-signals", "on-signal"),
        ("runs-pre-start", "pre-start"),
        ("runs-post-stop", "post-stop"),
    ];
    let exported = hooks.iter().filter(|(_, hook)| wat.contains(&format!("/{hook}@")));
    let worlds: Vec<String> = exported.map(|(world, _)| format!("include wigwag:plugin/{world}@0.1.0;")).collect();
    let includes = worlds.concat();
    let other = if wat.contains("other:place/thing") { "import other:place/thing@1.0.0;" } else { "" };
    let world =
        format!("package test:test; world it {{ include wigwag:plugin/uses-capabilities@0.1.0; {includes} {other} }}");
    let mut resolve = Resolve::default();
    resolve.push_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../wit/since-v0.1")).unwrap();
    resolve.push_str("other.wit", "package other:place@1.0.0; interface thing { use-it: func(); }").unwrap();
    let package = resolve.push_str("test.wit", &world).unwrap();
    let world = resolve.select_world(&[package], Some("it")).unwrap();
    let mut module = wat::parse_str(wat).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().module(&module).unwrap().validate(true).encode().unwrap()
}

/// Its native code for this machine.
pub fn compile(component: &[u8]) -> Vec<u8> {
    let config = config(Platform::native().unwrap()).unwrap();
    Engine::new(&config).unwrap().precompile_component(component).unwrap()
}

pub fn digest(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}
