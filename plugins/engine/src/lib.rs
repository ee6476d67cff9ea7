//! What compiler and host of plugins must agree about: the engine, its settings, and the interface.

mod platform;

use wasmtime::{Config, ModuleVersionStrategy, Result};

pub use platform::Platform;

/// The interface, as the host calls it and is called.
pub mod interface {
    wasmtime::component::bindgen!({ path: "../wit/since-v0.1", world: "everything" });
}

/// The engine, with its whole version, and that of the settings below: code that was compiled by another one is refused.
pub const ENGINE: &str = "wasmtime-48.0.8-1";

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
    config.epoch_interruption(true);
    // Memory is small here, and grows seldom: no address space is set aside for it (`ulimit -v`).
    config.memory_reservation(0);
    config.memory_guard_size(0);
    config.memory_reservation_for_growth(0);
    config.max_wasm_stack(512 << 10);
    Ok(config)
}
