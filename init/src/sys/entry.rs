//! The start: signals are blocked by the very first instructions, before the C library's own start. Until then a signal
//! to PID 1 is dropped by the kernel; the C library would need some hundred microseconds to come to `main`.

use std::{
    ffi::{CStr, c_char, c_int},
    sync::atomic::{AtomicU64, Ordering},
};

use crate::sys::{process, signals::Mask};

/// What the platform gave.
pub struct Given {
    /// Without the program's name.
    pub args: Vec<Vec<u8>>,
    /// `NAME=value`, as in environ(7).
    pub environment: Vec<Vec<u8>>,
    /// The signals that were blocked.
    pub mask: Mask,
}

/// The mask that `wigwag_start` found.
static GIVEN_MASK: AtomicU64 = AtomicU64::new(0);

#[expect(unsafe_code, reason = "the first instructions")]
mod first {
    use std::arch::global_asm;

    #[cfg(not(test))]
    use super::GIVEN_MASK;
    #[cfg(not(test))]
    use nix::libc;

    // rt_sigprocmask(SIG_SETMASK, every signal, &GIVEN_MASK, 8), then the C library's start, with the one register that it
    // looks at (rdx, x0) and the stack as the kernel set them up.
    #[cfg(all(not(test), target_arch = "x86_64"))]
    global_asm!(
        ".globl wigwag_start",
        "wigwag_start:",
        "mov r8, rdx",
        "mov eax, {call}",
        "mov edi, {set}",
        "lea rsi, [rip + 2f]",
        "lea rdx, [rip + {given}]",
        "mov r10d, 8",
        "syscall",
        "mov rdx, r8",
        "jmp _start",
        ".balign 8",
        "2: .quad -1",
        call = const libc::SYS_rt_sigprocmask,
        set = const libc::SIG_SETMASK,
        given = sym GIVEN_MASK,
    );

    #[cfg(all(not(test), target_arch = "aarch64"))]
    global_asm!(
        ".globl wigwag_start",
        "wigwag_start:",
        "mov x9, x0",
        "mov x8, #{call}",
        "mov x0, #{set}",
        "adr x1, 2f",
        "adrp x2, {given}",
        "add x2, x2, :lo12:{given}",
        "mov x3, #8",
        "svc #0",
        "mov x0, x9",
        "b _start",
        ".balign 8",
        "2: .quad -1",
        call = const libc::SYS_rt_sigprocmask,
        set = const libc::SIG_SETMASK,
        given = sym GIVEN_MASK,
    );

    // Unit tests have a start of their own.
    #[cfg(all(test, target_arch = "x86_64"))]
    global_asm!(".globl wigwag_start", "wigwag_start: jmp _start");
    #[cfg(all(test, target_arch = "aarch64"))]
    global_asm!(".globl wigwag_start", "wigwag_start: b _start");

    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    compile_error!("the start of wigwag-init is written for x86-64 and arm64");
}

/// The C library's entry point.
#[cfg_attr(not(test), unsafe(no_mangle), expect(unsafe_code, reason = "the symbol that the C library calls"))]
#[cfg_attr(test, expect(dead_code, reason = "tests have a start of their own"))]
extern "C" fn main(_count: c_int, args: *const *const c_char, environment: *const *const c_char) -> c_int {
    process::open_standard_streams();
    let given = Given {
        args: copy(args).into_iter().skip(1).collect(),
        environment: copy(environment),
        mask: Mask(GIVEN_MASK.load(Ordering::Relaxed)),
    };
    c_int::from(crate::main(given))
}

/// Copies a list of strings that ends with a null pointer, as execve(2) passes it.
#[expect(unsafe_code, reason = "pointers from the kernel")]
fn copy(mut list: *const *const c_char) -> Vec<Vec<u8>> {
    let mut strings = Vec::new();
    if list.is_null() {
        return strings;
    }
    loop {
        // SAFETY: `list` points into the array, at the null pointer at its end at the latest.
        let string = unsafe { *list };
        if string.is_null() {
            return strings;
        }
        // SAFETY: the kernel ends each string with a NUL, and nobody changes it.
        strings.push(unsafe { CStr::from_ptr(string) }.to_bytes().to_vec());
        // SAFETY: this was not the end of the array.
        list = unsafe { list.add(1) };
    }
}
