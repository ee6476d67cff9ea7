//! As much of elf(5) as it takes to see whether a program stands alone.

const PT_INTERP: u64 = 3;

/// Whether the program needs no dynamic linker; `None` when these bytes are no ELF program.
pub fn is_static(bytes: &[u8]) -> Option<bool> {
    let header = bytes.strip_prefix(b"\x7fELF")?;
    let is_64 = *header.first()? == 2;
    let is_little = *header.get(1)? == 1;
    let number = |at: usize, length: usize| -> Option<u64> {
        let field = bytes.get(at..at.checked_add(length)?)?;
        let shift = |number: u64, byte: &u8| (number << 8) | u64::from(*byte);
        Some(if is_little { field.iter().rev().fold(0, shift) } else { field.iter().fold(0, shift) })
    };
    let offset = if is_64 { number(32, 8) } else { number(28, 4) }?;
    let (size, count) = if is_64 { (number(54, 2)?, number(56, 2)?) } else { (number(42, 2)?, number(44, 2)?) };
    if count == 0 {
        return None;
    }
    for index in 0..count {
        let at = index.checked_mul(size)?.checked_add(offset)?;
        if number(usize::try_from(at).ok()?, 4)? == PT_INTERP {
            return Some(false);
        }
    }
    Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A program header table of these types, as a 64-bit little-endian file.
    fn program(types: &[u8]) -> Vec<u8> {
        let mut bytes = b"\x7fELF\x02\x01".to_vec();
        bytes.resize(64, 0);
        bytes[32] = 64;
        bytes[54] = 56;
        bytes[56] = u8::try_from(types.len()).unwrap();
        for kind in types {
            bytes.push(*kind);
            bytes.extend([0; 55]);
        }
        bytes
    }

    #[test]
    fn a_program_with_an_interpreter_is_not_static() {
        assert_eq!(is_static(&program(&[1, 1])), Some(true));
        assert_eq!(is_static(&program(&[6, 3, 1])), Some(false));
    }

    #[test]
    fn what_is_no_program_is_none() {
        let whole = program(&[1, 1]);
        for length in 0..whole.len() - 56 {
            assert_eq!(is_static(&whole[..length]), None, "{length}");
        }
        assert_eq!(is_static(b"#!/bin/sh\n"), None);
        assert_eq!(is_static(&program(&[])), None);
    }
}
