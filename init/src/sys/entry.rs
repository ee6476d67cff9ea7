//! The start: signals are blocked by the very first instructions. Until then a signal to PID 1 is dropped by the kernel; a
//! C library would need some hundred microseconds to come to `main`.

use alloc::vec::Vec;
use core::{
    ffi::{CStr, c_char},
    iter,
};

use crate::{
    sys::{process, signals::Mask},
    text::Text,
};

/// What the platform gave.
pub struct Given {
    /// The program's name, as far as there is one.
    pub name: Text,
    /// The arguments that follow it.
    pub args: Vec<Text>,
    /// `NAME=value`, as in environ(7).
    pub environment: Vec<Text>,
    /// The signals that were blocked.
    pub mask: Mask,
}

/// Without a C library: build.rs says when.
#[cfg(all(freestanding, not(test)))]
#[expect(unsafe_code, reason = "the first instructions")]
mod first {
    use core::{arch::global_asm, ffi::c_char, panic::PanicInfo};

    use syscalls::Sysno;

    use crate::{
        last_words,
        sys::{memory::Heap, process, raw, signals::Mask},
    };

    #[global_allocator]
    static HEAP: Heap = Heap::new(raw::brk);

    // rt_sigprocmask(SIG_SETMASK, every signal, the place for the old ones, 8), then `start` with the kernel's block, which
    // is where the stack begins, and the signals that were blocked. There is no frame above.
    #[cfg(target_arch = "x86_64")]
    global_asm!(
        ".globl wigwag_start",
        "wigwag_start:",
        "xor ebp, ebp",
        "mov rbx, rsp",
        "sub rsp, 16",
        "mov eax, {call}",
        "mov edi, {set}",
        "lea rsi, [rip + 2f]",
        "mov rdx, rsp",
        "mov r10d, {size}",
        "syscall",
        "mov rdi, rbx",
        "mov rsi, [rsp]",
        "call {start}",
        "ud2",
        ".balign 8",
        "2: .quad -1",
        call = const Sysno::rt_sigprocmask as i32,
        set = const raw::SIG_SETMASK,
        size = const raw::SET_SIZE,
        start = sym start,
    );

    #[cfg(target_arch = "aarch64")]
    global_asm!(
        ".globl wigwag_start",
        "wigwag_start:",
        "mov x29, #0",
        "mov x30, #0",
        "mov x19, sp",
        "sub sp, sp, #16",
        "mov x8, #{call}",
        "mov x0, #{set}",
        "adr x1, 2f",
        "mov x2, sp",
        "mov x3, #{size}",
        "svc #0",
        "mov x0, x19",
        "ldr x1, [sp]",
        "bl {start}",
        "brk #1",
        ".balign 8",
        "2: .quad -1",
        call = const Sysno::rt_sigprocmask as i32,
        set = const raw::SIG_SETMASK,
        size = const raw::SET_SIZE,
        start = sym start,
    );

    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    compile_error!("the start of wigwag-init is written for x86-64 and arm64");

    /// The block is the number of arguments, the arguments, a null pointer, the environment, a null pointer (execve(2)).
    extern "C" fn start(block: *const usize, mask: u64) -> ! {
        // SAFETY: the kernel put the number there.
        let count = unsafe { *block };
        // SAFETY: the arguments follow.
        let args: *const *const c_char = unsafe { block.add(1) }.cast();
        // SAFETY: the null pointer at their end is there.
        let end = unsafe { args.add(count) };
        // SAFETY: the environment follows.
        let environment = unsafe { end.add(1) };
        raw::exit(super::run(args, environment, Mask(mask)))
    }

    /// The library `alloc` comes compiled for unwinding, and asks for this and the next; but nothing unwinds here.
    #[unsafe(no_mangle)]
    extern "C" fn _Unwind_Resume() -> ! {
        process::give_up()
    }

    #[unsafe(no_mangle)]
    extern "C" fn rust_eh_personality() {}

    /// Nothing is known to lead here but memory that is not to be had.
    #[panic_handler]
    fn panicked(info: &PanicInfo) -> ! {
        last_words::say(info.message());
        process::give_up()
    }
}

/// With `std`, which is in the build anyway: the C library starts, and calls this.
#[cfg(not(any(freestanding, test)))]
mod first {
    use core::ffi::{c_char, c_int};

    use crate::sys::signals::Mask;

    extern crate std;

    #[unsafe(no_mangle)]
    #[expect(unsafe_code, reason = "the symbol that the C library calls")]
    extern "C" fn main(_count: c_int, args: *const *const c_char, environment: *const *const c_char) -> c_int {
        let mask = Mask(u64::MAX).set();
        c_int::from(super::run(args, environment, mask))
    }
}

#[cfg_attr(test, expect(dead_code, reason = "tests have a start of their own"))]
fn run(args: *const *const c_char, environment: *const *const c_char, mask: Mask) -> u8 {
    process::open_standard_streams();
    let mut args = texts(args);
    let name = args.next().unwrap_or_default();
    crate::main(Given { name, args: args.collect(), environment: texts(environment).collect(), mask })
}

/// The strings of a list that ends with a null pointer, as execve(2) passes it.
#[expect(unsafe_code, reason = "pointers from the kernel")]
fn texts(mut list: *const *const c_char) -> impl Iterator<Item = Text> {
    iter::from_fn(move || {
        // SAFETY: `list` points into the list, at the null pointer at its end at the latest.
        let string = unsafe { *list };
        if string.is_null() {
            return None;
        }
        // SAFETY: this was not the end of the list.
        list = unsafe { list.add(1) };
        // SAFETY: the kernel ends each string with a NUL, and nobody changes it.
        Some(Text::from(unsafe { CStr::from_ptr(string) }))
    })
}
