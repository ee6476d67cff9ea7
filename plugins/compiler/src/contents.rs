//! What is in a component or module besides its interface.

use std::collections::BTreeSet;

use wasmparser::{BinaryReaderError, CustomSectionReader, KnownCustom, Parser, Payload};

/// What is in a component.
#[derive(Clone, Debug, Default)]
pub struct Contents {
    /// How much memory its modules have from the start, in bytes.
    pub memory: u64,
    /// What it was made with, without repetition.
    pub tools: Vec<Tool>,
}

/// Something that a component was made with (the `producers` section).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tool {
    /// `language`, `processed-by` or `sdk`.
    pub role: String,
    /// Its name: `rustc`.
    pub name: String,
    /// Its version, if it says one.
    pub version: String,
}

/// Reads what is in a component.
pub fn of(component: &[u8]) -> Result<Contents, BinaryReaderError> {
    let mut memory = 0_u64;
    let mut tools = BTreeSet::new();
    for payload in Parser::new(0).parse_all(component) {
        let payload = payload?;
        if let Payload::MemorySection(memories) = payload {
            for declared in memories {
                let declared = declared?;
                let page = 1_u64 << declared.page_size_log2.unwrap_or(16).min(16);
                memory = memory.saturating_add(declared.initial.saturating_mul(page));
            }
        } else if let Payload::CustomSection(section) = payload {
            // A section that cannot be read is as if it was not there: nothing depends on what it says.
            tools.extend(producers(&section).unwrap_or_default());
        }
    }
    Ok(Contents { memory, tools: tools.into_iter().collect() })
}

fn producers(section: &CustomSectionReader<'_>) -> Result<Vec<Tool>, BinaryReaderError> {
    let KnownCustom::Producers(fields) = section.as_known() else { return Ok(Vec::new()) };
    let mut tools = Vec::new();
    for field in fields {
        let field = field?;
        for value in field.values {
            let value = value?;
            tools.push(Tool { role: field.name.into(), name: value.name.into(), version: value.version.into() });
        }
    }
    Ok(tools)
}

/// What must be known of a core module before it is made a component.
#[derive(Debug, Default)]
pub struct Outline {
    /// Whether there is an interface in it.
    pub has_interface: bool,
    /// The module of WASI that it imports first.
    pub wasi: Option<String>,
}

/// Reads what must be known of a core module.
pub fn outline(module: &[u8]) -> Result<Outline, BinaryReaderError> {
    let mut outline = Outline::default();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        if let Payload::CustomSection(section) = payload {
            outline.has_interface |= section.name().starts_with("component-type");
        } else if let Payload::ImportSection(imports) = payload {
            for import in imports.into_imports() {
                let module = import?.module;
                if module.starts_with("wasi") {
                    outline.wasi.get_or_insert_with(|| module.into());
                }
            }
        }
    }
    Ok(outline)
}
