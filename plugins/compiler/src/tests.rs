//! Components of all kinds, most of them made from an interface: their functions trap, and nobody calls them.

use wigwag_core::{config::HookPoint, plugin::capability::Capability};
use wigwag_engine::Platform;
use wit_component::{StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{ManglingAndAbi, Resolve};

use crate::{Cache, Component, MAX_LENGTH, Tool, digest, interface::SOURCES};

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

fn refused(bytes: &[u8]) -> String {
    Component::new(bytes).unwrap_err()
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

#[test]
fn what_is_no_webassembly_is_told_by_its_name() {
    let cases: [(&[u8], &str); 10] = [
        (b"", "empty; "),
        (b"version = 1\n", "text; "),
        (b"#!/bin/sh\n", "a script; "),
        (b"\x7fELF\x02\x01\x01\0", "an ELF file: "),
        (b"MZ\x90\0\x03\xff", "a program for Windows; "),
        (b"\x1f\x8b\x08\0\xff", "compressed by gzip: "),
        (b"(component)", "WebAssembly as text: "),
        (b"\0asm", "WebAssembly of another version, or cut off; "),
        (b"\0asm\x02\0\0\0", "WebAssembly of another version, or cut off; "),
        (b"\xff\xfe\x80", "no WebAssembly; "),
    ];
    for (bytes, start) in cases {
        let sentence = refused(bytes);
        assert!(sentence.starts_with(start), "{sentence}");
        assert!(sentence.ends_with("; a plugin is a WebAssembly component"), "{sentence}");
    }
}

#[test]
fn a_file_without_end_is_not_looked_at() {
    let long = vec![0; usize::try_from(MAX_LENGTH).unwrap() + 1];
    assert_eq!(refused(&long), "longer than 64 MiB, the most that a plugin may be");
}

#[test]
fn a_file_that_is_cut_off_is_damaged() {
    let module = module("include wigwag:plugin/everything@0.1.0;");
    let component = Component::new(&module).unwrap();
    for whole in [&module[..], component.bytes()] {
        let half = refused(&whole[..whole.len() / 2]);
        assert!(half.contains("unexpected end"), "{half}");
        for length in (0..whole.len()).step_by(97) {
            // Cut between two sections, it may still be a component, with less in it.
            let sentence = Component::new(&whole[..length]).err().unwrap_or_default();
            assert!(!sentence.contains(char::is_control), "{length}: {sentence}");
        }
    }
}

#[test]
fn a_component_with_a_bit_turned_round_is_refused_or_still_one() {
    let whole = component("include wigwag:plugin/runs-pre-stop@0.1.0; import wigwag:plugin/run@0.1.0;");
    for place in (0..whole.bytes().len()).step_by(11) {
        let mut bytes = whole.bytes().to_vec();
        bytes[place] ^= 0x10;
        if let Err(sentence) = Component::new(&bytes) {
            assert!(!sentence.contains(char::is_control), "{place}: {sentence}");
        }
    }
}

#[test]
fn a_core_module_without_an_interface_says_how_to_get_one() {
    let sentence = refused(&wat::parse_str("(module (func (export \"f\")))").unwrap());
    assert!(sentence.starts_with("a core module without an interface: "), "{sentence}");
    assert!(sentence.contains("`wigwag plugin new`"), "{sentence}");
}

#[test]
fn there_is_no_wasi() {
    let core = wat::parse_str("(module (import \"wasi_snapshot_preview1\" \"fd_write\" (func)))").unwrap();
    let package = "package wasi:cli@0.2.0 { interface environment { get: func() -> u8; } }";
    let component = module_of(&[
        package,
        &self::package("0.1.0"),
        "package test:test; world test {
            include wigwag:plugin/runs-post-stop@0.1.0; import wasi:cli/environment@0.2.0; }",
    ]);
    for (bytes, import) in [(core, "wasi_snapshot_preview1"), (component, "wasi:cli/environment@0.2.0")] {
        let sentence = refused(&bytes);
        assert!(
            sentence.starts_with(&format!("a plugin has no WASI, and this one imports `{import}`: ")),
            "{sentence}"
        );
        assert!(sentence.contains("wasm32-unknown-unknown"), "{sentence}");
    }
}

#[test]
fn another_interface_is_told_by_its_name() {
    let other = "package a:b { interface c { d: func(); } }";
    let with = |world: &str| {
        let world = format!("package test:test; world test {{ {world} }}");
        refused(&module_of(&[other, &package("0.1.0"), &world]))
    };
    assert_eq!(
        with("include wigwag:plugin/runs-post-stop@0.1.0; import a:b/c;"),
        "it imports `a:b/c`: only capabilities of `wigwag:plugin` can be imported"
    );
    assert_eq!(
        with("include wigwag:plugin/runs-post-stop@0.1.0; import f: func();"),
        "it imports `f`, which wigwag does not have"
    );
    assert_eq!(with("export a:b/c;"), "it exports `a:b/c`: a plugin exports hooks of `wigwag:plugin` and nothing else");
    assert_eq!(
        with("include wigwag:plugin/runs-post-stop@0.1.0; export f: func();"),
        "it exports `f`: a plugin exports hooks of `wigwag:plugin` and nothing else"
    );
    assert_eq!(
        with("export wigwag:plugin/log@0.1.0;"),
        "it exports `log` of `wigwag:plugin`, which is no hook that this wigwag has"
    );
    assert_eq!(
        with("import wigwag:plugin/post-stop@0.1.0;"),
        "it imports `post-stop` of `wigwag:plugin`, which is no capability that this wigwag has"
    );
    let nothing = "a component without a hook: export one of `pre-start`, `post-start`, `on-signal`, `pre-stop`, \
                   `post-stop` of `wigwag:plugin`";
    assert_eq!(with("import wigwag:plugin/log@0.1.0;"), nothing);
    assert_eq!(with("export wigwag:plugin/lifecycle@0.1.0;"), nothing);
}

#[test]
fn a_version_that_ours_can_stand_for_is_taken() {
    let of = |version: &str| {
        let world = format!("package test:test; world test {{ include wigwag:plugin/everything@{version}; }}");
        Component::new(&module_of(&[&package(version), &world]))
    };
    assert_eq!(of("0.1.0").unwrap().version(), "0.1.0");
    assert_eq!(of("0.1.7").unwrap().version(), "0.1.7");
    for other in ["0.2.0", "0.10.0", "1.1.0", "0.1.0-rc.1"] {
        assert_eq!(
            of(other).unwrap_err(),
            format!(
                "it was built for version `{other}` of `wigwag:plugin`, and this wigwag knows `0.1.0`: build it for that one"
            )
        );
    }
}

#[test]
fn functions_are_compared_by_what_they_take_and_return() {
    let cases = [
        ("phase: phase,", "phase: u8,", "`decide` takes something else"),
        ("budget: option<millis>,", "budget: millis,", "`decide` takes something else"),
        ("not-started,", "failed-to-start,", "`decide` takes something else"),
        ("stop(urgency),", "stop,", "`decide` returns something else"),
        (
            "decide: func(context: context, incoming: incoming)",
            "decide: func(context: context)",
            "`decide` takes something else",
        ),
        ("decide: func", "judge: func", "there is no function `judge`"),
    ];
    for (ours, theirs, what) in cases {
        let package = package("0.1.0");
        assert!(package.contains(ours), "{ours}");
        let world = "package test:test; world test { include wigwag:plugin/decides-signals@0.1.0; }";
        let sentence = refused(&module_of(&[&package.replace(ours, theirs), world]));
        assert_eq!(sentence, format!("its `on-signal` is not that of `wigwag:plugin@0.1.0`: {what}"), "{theirs}");
    }
    let world =
        "package test:test; world test { include wigwag:plugin/runs-post-stop@0.1.0; import wigwag:plugin/log@0.1.0; }";
    let later = package("0.1.3").replace("log: func(", "shout: func(message: string); log: func(");
    assert_eq!(
        refused(&module_of(&[&later, &world.replace("0.1.0", "0.1.3")])),
        "its `log` is not that of `wigwag:plugin@0.1.0`: there is no function `shout`"
    );
    let renamed = package("0.1.0").replace("decision", "verdict");
    let world = "package test:test; world test { include wigwag:plugin/decides-signals@0.1.0; }";
    assert!(Component::new(&module_of(&[&renamed, world])).is_ok(), "names of types do not matter");
}

#[test]
fn what_the_engine_does_not_have_is_refused_before_it_is_compiled() {
    let shared = "(component (core module (memory 1 1 shared)))";
    let sentence = refused(&wat::parse_str(shared).unwrap());
    assert!(sentence.starts_with("not valid WebAssembly for this engine: threads must be enabled"), "{sentence}");
}

#[test]
fn memory_and_tools_are_read_from_all_modules_within() {
    let plain = component("include wigwag:plugin/runs-post-stop@0.1.0;");
    let mut bytes = plain.bytes().to_vec();
    // A core module with two pages: one more section of the component.
    let inner = wat::parse_str("(module (memory 2) (@producers (language \"Rust\" \"1.95\")))").unwrap();
    bytes.extend([1, u8::try_from(inner.len()).unwrap()]);
    bytes.extend(inner);
    let component = Component::new(&bytes).unwrap();
    assert_eq!(component.memory() - plain.memory(), 2 * 65_536);
    let tool = |tool: &Tool| format!("{} {} {}", tool.role, tool.name, tool.version);
    assert!(component.tools().iter().map(tool).any(|tool| tool == "language Rust 1.95"), "{:?}", component.tools());
}

/// The machine of an ELF file: `e_machine`, elf(5).
fn machine(elf: &[u8]) -> u16 {
    assert_eq!(&elf[..4], b"\x7fELF");
    u16::from_le_bytes([elf[18], elf[19]])
}

#[test]
fn native_code_is_for_its_platform_and_always_the_same() {
    const X86_64: u16 = 62;
    const AARCH64: u16 = 183;
    let component = component("include wigwag:plugin/everything@0.1.0;");
    for (platform, expected) in [(Platform::Amd64, X86_64), (Platform::Arm64, AARCH64)] {
        let compiled = component.compile(platform).unwrap();
        assert_eq!(machine(&compiled.bytes), expected);
        assert_eq!(compiled.sha256, digest(&[&compiled.bytes]));
        assert_eq!(component.compile(platform).unwrap(), compiled);
    }
}

#[test]
fn a_digest_is_what_sha256sum_says() {
    assert_eq!(digest(&[b"a", b"bc"]), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

#[test]
fn the_cache_keeps_what_was_compiled_and_believes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let cache = Cache::new(directory.path().join("below"));
    let component = component("include wigwag:plugin/runs-post-stop@0.1.0;");
    let fresh = component.compile(Platform::Amd64).unwrap();
    assert_eq!(cache.compile(&component, Platform::Amd64).unwrap(), fresh);
    let entries = || -> Vec<_> {
        std::fs::read_dir(directory.path().join("below")).unwrap().map(|entry| entry.unwrap().path()).collect()
    };
    let [entry] = &entries()[..] else { panic!("{:?}", entries()) };
    let whole = std::fs::read(entry).unwrap();

    // What is there is used, and not made again: here with another content that has the right digest.
    let other = b"not what a compiler makes".to_vec();
    std::fs::write(entry, [digest(&[&other]).into_bytes(), other.clone()].concat()).unwrap();
    assert_eq!(cache.compile(&component, Platform::Amd64).unwrap().bytes, other);

    let mut turned = whole.clone();
    *turned.last_mut().unwrap() ^= 1;
    for damaged in [&whole[..whole.len() - 1], &whole[..10], b"", &turned] {
        std::fs::write(entry, damaged).unwrap();
        assert_eq!(cache.compile(&component, Platform::Amd64).unwrap(), fresh);
        assert_eq!(std::fs::read(entry).unwrap(), whole, "it is mended");
    }
    assert_ne!(cache.compile(&component, Platform::Arm64).unwrap(), fresh);
    assert_eq!(entries().len(), 2);
}

#[test]
fn a_cache_that_cannot_be_written_is_none() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let component = component("include wigwag:plugin/runs-post-stop@0.1.0;");
    let compiled = Cache::new(file.path()).compile(&component, Platform::Amd64).unwrap();
    assert_eq!(compiled, component.compile(Platform::Amd64).unwrap());
}
