//! Makes `wigwag_start` (src/sys/entry.rs) the first code that runs.

fn main() {
    println!("cargo::rustc-link-arg-bins=-Wl,--entry=wigwag_start");
    println!("cargo::rerun-if-changed=build.rs");
}
