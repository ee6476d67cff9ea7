//! Tells wigwag-init's build whether `std` is in this build anyway; see `[features]` in Cargo.toml.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_FEATURE_STD").is_some() {
        println!("cargo::metadata=std=yes");
    }
}
