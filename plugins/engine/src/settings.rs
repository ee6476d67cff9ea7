//! The settings of the engine.

use wasmtime::{Config, ModuleVersionStrategy, Result, WasmFeatures};

use crate::{ENGINE, Platform};

/// What of WebAssembly a plugin may be made of: what compilers of today make without being asked. The rest is off, also where
/// a build has it, or the compiler would accept what the host cannot run.
pub const FEATURES: WasmFeatures = WasmFeatures::WASM2
    .union(WasmFeatures::TAIL_CALL)
    .union(WasmFeatures::EXTENDED_CONST)
    .union(WasmFeatures::MULTI_MEMORY)
    .union(WasmFeatures::COMPONENT_MODEL)
    .difference(WasmFeatures::GC_TYPES);

/// The settings of the engine, for code for this platform. Both sides have them from here: what was compiled with others
/// could not be loaded.
///
/// # Errors
/// The engine does not know the platform.
pub fn config(platform: Platform) -> Result<Config> {
    let mut config = Config::new();
    // Said, so that nothing of the machine that compiles gets into the code.
    config.target(platform.target())?;
    // wasmtime's own check would only look at the first number.
    config.module_version(ModuleVersionStrategy::Custom(ENGINE.into()))?;
    config.wasm_features(WasmFeatures::all(), false);
    config.wasm_features(FEATURES, true);
    // References, but nothing that would have to be collected.
    config.gc_support(false);
    config.concurrency_support(false);
    config.epoch_interruption(true);
    // Memory is small here, and grows seldom: no address space is set aside for it (`ulimit -v`).
    config.memory_reservation(0);
    config.memory_guard_size(0);
    // But for a little: a memory that grows without is copied, and what it never used is written to.
    config.memory_reservation_for_growth(1 << 20);
    config.guard_before_linear_memory(false);
    // It is copied at the start: that is less than to make a file of it, to map that, and to be allowed to.
    config.memory_init_cow(false);
    config.max_wasm_stack(512 << 10);
    // Nobody unwinds through a plugin's code, and nobody debugs it in a container.
    config.native_unwind_info(false);
    config.debug_symbols(false);
    config.generate_address_map(false);
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_make_an_engine_for_this_machine() {
        let platform = Platform::native().into_iter().next();
        let engine = platform.map(|platform| config(platform).and_then(|config| wasmtime::Engine::new(&config)));
        assert!(matches!(engine, None | Some(Ok(_))), "{:?}", engine.map(Result::err));
    }
}
