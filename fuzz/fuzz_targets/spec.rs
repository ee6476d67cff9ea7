//! Bytes as a spec, and every target of one that is right.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wigwag::{source::Source, spec::Entrypoint};
use wigwag_fuzz::rendered;

fuzz_target!(|bytes: &[u8]| {
    let Ok(source) = Source::new("wigwag.toml", bytes) else { return };
    if let Some(model) = rendered::model(&source, None) {
        rendered::all(&model, &source);
    }
    if let Some(model) = rendered::model(&source, Some(Entrypoint::Script)) {
        rendered::script(&model);
        rendered::all(&model, &source);
    }
});
