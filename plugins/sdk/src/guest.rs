//! The other side of the interface: what wit-bindgen makes of it, and the way there and back.
//!
//! Each world is bound by itself, so that a component says that it has a hook only when that is registered. What is public
//! here is so for [`register!`](crate::register), which expands in the plugin's crate.

mod convert;
mod exports;
pub(crate) mod host;
mod kept;

pub use kept::{Keep, Kept, Place};

macro_rules! worlds {
    ($($module:ident: $world:literal, $macro:literal, $bindings:literal;)+) => {$(
        #[expect(missing_docs, clippy::pedantic, reason = "generated")]
        pub mod $module {
            wit_bindgen::generate!({
                path: "../wit/since-v0.1",
                world: $world,
                with: { "wigwag:plugin/types@0.1.0": crate::guest::capabilities::wigwag::plugin::types },
                pub_export_macro: true,
                export_macro_name: $macro,
                default_bindings_module: $bindings,
            });
        }
    )+};
}

worlds! {
    on_signal: "decides-signals", "export_on_signal", "wigwag_plugin::guest::on_signal";
    pre_start: "runs-pre-start", "export_pre_start", "wigwag_plugin::guest::pre_start";
    post_start: "runs-post-start", "export_post_start", "wigwag_plugin::guest::post_start";
    pre_stop: "runs-pre-stop", "export_pre_stop", "wigwag_plugin::guest::pre_stop";
    post_stop: "runs-post-stop", "export_post_stop", "wigwag_plugin::guest::post_stop";
}

#[expect(missing_docs, clippy::pedantic, reason = "generated")]
pub mod lifecycle {
    wit_bindgen::generate!({
        path: "../wit/since-v0.1",
        world: "initializes",
        pub_export_macro: true,
        export_macro_name: "export_lifecycle",
        default_bindings_module: "wigwag_plugin::guest::lifecycle",
    });
}

mod capabilities {
    wit_bindgen::generate!({ path: "../wit/since-v0.1", world: "uses-capabilities" });
}
