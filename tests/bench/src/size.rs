//! What an image grows by.

use std::fs;

use scenarios::Result;

use crate::{
    bench::Bench,
    table::{Cell, Row},
};

pub fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let files = bench.inits.iter().map(|init| init.program().map(fs::read).transpose());
    let files = files.collect::<std::io::Result<Vec<_>>>()?;
    let size = |file: &Vec<u8>| u32::try_from(file.len()).map(f64::from);
    let sizes = files.iter().map(|file| file.as_ref().map(size).transpose()).collect::<std::result::Result<_, _>>()?;
    let word = |file: &Vec<u8>| Cell::Word(if needs_interpreter(file) { "no" } else { "yes" });
    let is_static = files.iter().map(|file| file.as_ref().map(word)).collect();
    Ok(vec![Row::numbers("file, bytes", sizes), Row { what: "static".to_string(), cells: is_static }])
}

/// Whether an ELF file has a program header `PT_INTERP`: the dynamic loader starts it.
fn needs_interpreter(file: &[u8]) -> bool {
    const PT_INTERP: [u8; 4] = 3_u32.to_ne_bytes();
    let at = |offset: usize| file.get(offset..)?.first_chunk::<8>().copied().map(u64::from_ne_bytes);
    let short = |offset: usize| file.get(offset..)?.first_chunk::<2>().copied().map(u16::from_ne_bytes);
    let headers = || {
        let first = usize::try_from(at(32)?).ok()?;
        let (size, count) = (usize::from(short(54)?), usize::from(short(56)?));
        Some((0..count).map(move |number| first + number * size))
    };
    headers().into_iter().flatten().any(|header| file.get(header..).is_some_and(|bytes| bytes.starts_with(&PT_INTERP)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_elf_needs_no_interpreter() {
        assert!(!needs_interpreter(b""));
        assert!(!needs_interpreter(b"#!/bin/sh"));
    }

    #[test]
    fn an_interpreter_is_seen() {
        let mut file = vec![0; 64 + 2 * 56];
        file[32] = 64;
        file[54] = 56;
        file[56] = 2;
        assert!(!needs_interpreter(&file));
        file[64 + 56] = 3;
        assert!(needs_interpreter(&file));
    }
}
