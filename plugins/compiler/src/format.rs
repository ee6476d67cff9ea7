//! What a file is, from its first bytes.

use wasmparser::Parser;

/// What a plugin's file can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A component.
    Component,
    /// A core module: what compilers make, before it is made a component.
    Module,
}

/// What else people take for a plugin, by its first bytes, and what to do.
const OTHERS: [(&[u8], &str); 9] = [
    (b"\x7fELF", "an ELF file: a program, or a plugin that is compiled already"),
    (b"MZ", "a program for Windows"),
    (b"\xcf\xfa\xed\xfe", "a program for macOS"),
    (b"\x1f\x8b", "compressed by gzip: unpack it first"),
    (b"\x28\xb5\x2f\xfd", "compressed by zstd: unpack it first"),
    (b"PK\x03\x04", "a zip archive: unpack it first"),
    (b"!<arch>", "a static library: link it to a program, `crate-type = [\"cdylib\"]` for Rust"),
    (b"BC\xc0\xde", "LLVM bitcode: link it first"),
    (b"#!", "a script"),
];

/// What the file is.
///
/// # Errors
/// It is neither: what it is instead.
pub fn of(bytes: &[u8]) -> Result<Format, String> {
    if Parser::is_component(bytes) {
        return Ok(Format::Component);
    }
    if Parser::is_core_wasm(bytes) {
        return Ok(Format::Module);
    }
    Err(format!("{}; a plugin is a WebAssembly component", otherwise(bytes)))
}

fn otherwise(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "empty".into();
    }
    if let Some((_, what)) = OTHERS.iter().find(|(start, _)| bytes.starts_with(start)) {
        return (*what).into();
    }
    if bytes.starts_with(b"\0asm") {
        return "WebAssembly of another version, or cut off".into();
    }
    match std::str::from_utf8(bytes).map(str::trim_start) {
        Ok(text) if text.starts_with("(component") || text.starts_with("(module") => {
            "WebAssembly as text: make it binary by `wasm-tools parse`".into()
        }
        Ok(_) => "text".into(),
        Err(_) => "no WebAssembly".into(),
    }
}
