//! The interface, as the host calls it and is called.
//!
//! No component is the whole of it. Each hook is a view of its own: `exports::wigwag::plugin::HOOK::GuestIndices` looks for the
//! hook's exports before there is an instance, by names of which the version only has to be a compatible one, and
//! `GuestIndices::load` makes of an instance what can be called. Each capability is an `add_to_linker` of its own.

#![allow(clippy::pedantic, clippy::allow_attributes, unused_qualifications, reason = "it is generated")]

wasmtime::component::bindgen!({
    path: "../wit/since-v0.1",
    world: "everything",
    // A capability can end the call: when its time is over, or the init is gone.
    imports: { default: trappable },
});

/// The package that the interface is, with its version.
pub const PACKAGE: &str = "wigwag:plugin";

/// The name that a component has for an interface of the package: `wigwag:plugin/log@0.1.0`.
pub fn name(interface: &str) -> String {
    format!("{PACKAGE}/{interface}@0.1.0")
}
