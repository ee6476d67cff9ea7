//! A script in exec form that says not who reads it.

use std::ops::Range;

use crate::report::Report;

rule!(Error, "no-shebang", "a script in exec form that says not who reads it");

/// A script that the kernel is to start.
pub fn check(text: &str, path: &str, place: (&str, &Range<usize>), report: &mut Report) {
    if !text.starts_with("#!") {
        report.find(
            &RULE,
            place,
            format!("`{path}` does not begin with `#!`: the kernel cannot start it"),
            "`#!/bin/sh` as its first line",
        );
    }
}
