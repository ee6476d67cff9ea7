//! What compiler and host of plugins must agree about: the engine, its settings, and the interface.

#[cfg(feature = "wasmtime")]
pub mod interface;
mod platform;
#[cfg(feature = "wasmtime")]
mod settings;

pub use platform::Platform;
#[cfg(feature = "wasmtime")]
pub use settings::{FEATURES, config};

/// The engine, with its whole version, and that of the settings: code that was compiled by another one is refused.
pub const ENGINE: &str = "wasmtime-48.0.8-1";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engine_is_the_one_that_is_built() {
        let lock = include_str!("../../../Cargo.lock");
        let mut lines = lock.lines().skip_while(|line| *line != "name = \"wasmtime\"").skip(1);
        let version = lines.next().and_then(|line| line.strip_prefix("version = \"")?.strip_suffix('"'));
        let (name, _) = ENGINE.rsplit_once('-').unwrap_or_default();
        assert_eq!(version.map(|version| format!("wasmtime-{version}")).as_deref(), Some(name));
    }
}
