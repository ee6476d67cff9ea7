//! Code that is not what the config says, and code that would do harm.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]

mod support;

use std::os::unix::process::ExitStatusExt as _;

use support::{
    Loading,
    guest::{compile, component, digest, pre_start},
};
use wigwag_core::{
    config::Artifact,
    plugin::message::{Answer, FaultKind, FromHost, Invocation},
};

fn artifact(change: impl FnOnce(&mut Artifact)) -> String {
    Loading::wat(&pre_start("", "(call $done)")).with(|plugin| change(&mut plugin.artifacts[0])).refused()
}

#[test]
fn what_the_config_does_not_say_is_not_loaded() {
    let text = artifact(|artifact| artifact.sha256 = digest(b"something else"));
    assert!(
        text.ends_with("plugin.cwasm` is not the file that the config was made with: its SHA-256 is another"),
        "{text}"
    );
    let text = artifact(|artifact| artifact.engine = "wasmtime-48.0.7-1".into());
    assert!(text.contains("was compiled for `wasmtime-48.0.7-1`, and this is `wasmtime-"), "{text}");
    let text = artifact(|artifact| artifact.platform = "linux/riscv64".into());
    assert!(text.starts_with("it is not compiled for linux/"), "{text}");
    let text = artifact(|artifact| artifact.file += ".gone");
    assert!(text.ends_with("plugin.cwasm.gone`: No such file or directory (os error 2)"), "{text}");
    let text = artifact(|artifact| artifact.file = "/dev/zero".into());
    assert_eq!(text, "`/dev/zero` is not the native code of a plugin");
    let text = Loading::wat(&pre_start("", "(call $done)")).with(|plugin| plugin.name = "other".into()).refused();
    assert_eq!(text, "there is no plugin `test` in the config");
}

#[test]
fn code_of_another_version_or_kind_is_not_loaded() {
    let component = component(&pre_start("", "(call $done)"));
    let with = |change: &dyn Fn(&mut wasmtime::Config)| {
        let mut config = wigwag_engine::config(wigwag_engine::Platform::native().unwrap()).unwrap();
        change(&mut config);
        let engine = wasmtime::Engine::new(&config).unwrap();
        Loading::of(&engine.precompile_component(&component).unwrap()).refused()
    };
    let version = |config: &mut wasmtime::Config| {
        let other = wasmtime::ModuleVersionStrategy::Custom("wasmtime-48.0.7-1".into());
        config.module_version(other).unwrap();
    };
    assert!(with(&version).contains("incompatible version 'wasmtime-48.0.7-1'"));
    let setting = |config: &mut wasmtime::Config| {
        config.epoch_interruption(false);
    };
    assert!(with(&setting).contains("epoch interruption"));
    assert!(Loading::of(&component).refused().starts_with("its code cannot be loaded: "));
    assert!(Loading::of(b"").refused().starts_with("its code cannot be loaded: "));
}

#[test]
fn code_that_is_cut_or_mixed_up_does_no_harm() {
    let code = compile(&component(&pre_start("", "(call $done)")));
    let mut damaged: Vec<Vec<u8>> = (1..8).map(|part| code[..code.len() * part / 8].to_vec()).collect();
    // One byte here and there: in headers, tables and code.
    damaged.extend((0..40).map(|number| {
        let mut code = code.clone();
        let at = code.len() * number / 40 + number;
        code[at] ^= 0x55;
        code
    }));
    for code in damaged {
        let mut host = Loading::of(&code).start();
        // It is refused, or it dies, or the damage is where nobody looks.
        if host.try_receive() == Some(FromHost::Loaded) {
            host.ask(Invocation::PreStart, 500);
            let _ = host.try_receive();
        }
        host.kill();
    }
}

/// What the body of the function is full of, to be found again in the native code.
const MARK: u64 = 0x1122_3344_5566_7788;

/// A plugin of which the hook is native code of ours: as if the compiler, or the plugin's code itself, had made it.
#[cfg(target_arch = "x86_64")]
fn native(shell: &[u8]) -> Loading {
    let stores: Vec<String> =
        (0..40).map(|at| format!("(i64.store (i32.const {}) (i64.const {}))", at * 8, MARK + at)).collect();
    let stores = stores.concat();
    let mut code = compile(&component(&pre_start("", &format!("{stores} (call $done)"))));
    let mark = MARK.to_le_bytes();
    let at = code.windows(8).position(|bytes| bytes == mark).expect("the constant is in the code");
    // `movabs` has two bytes before the number.
    code[at - 2..at - 2 + shell.len()].copy_from_slice(shell);
    Loading::of(&code)
}

/// Native code for a system call with these arguments, and then for the end of the process, with 42.
#[cfg(target_arch = "x86_64")]
fn system_call(number: i64, arguments: [u32; 4]) -> Vec<u8> {
    let mut code = vec![0xb8];
    code.extend(u32::try_from(number).unwrap().to_le_bytes());
    // edi, esi, edx, r10d
    for (register, argument) in [&[0xbf][..], &[0xbe], &[0xba], &[0x41, 0xba]].into_iter().zip(arguments) {
        code.extend(register);
        code.extend(argument.to_le_bytes());
    }
    code.extend([0x0f, 0x05, 0xb8, 231, 0, 0, 0, 0xbf, 42, 0, 0, 0, 0x0f, 0x05]);
    code
}

/// How a host ends whose plugin makes this call.
#[cfg(target_arch = "x86_64")]
fn ends(loading: impl Fn(&[u8]) -> Loading, number: i64, arguments: [u32; 4]) -> End {
    let mut host = loading(&system_call(number, arguments)).loaded();
    host.ask(Invocation::PreStart, 10_000);
    let status = host.dies();
    match (status.code(), status.signal()) {
        (Some(42), None) => End::Allowed,
        (None, Some(nix::libc::SIGSYS)) => End::Stopped,
        other => panic!("it ends otherwise: {other:?}"),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum End {
    Allowed,
    Stopped,
}

#[test]
#[cfg(target_arch = "x86_64")]
fn native_code_in_a_plugin_cannot_do_anything() {
    use nix::libc;
    // It is really our code that runs.
    assert_eq!(ends(native, libc::SYS_clock_gettime, [1, 0, 0, 0]), End::Allowed);
    let parent = std::process::id();
    for (what, number, arguments) in [
        ("open", libc::SYS_open, [0, 0, 0, 0]),
        ("openat", libc::SYS_openat, [0, 0, 0, 0]),
        ("openat2", libc::SYS_openat2, [0, 0, 0, 24]),
        ("execve", libc::SYS_execve, [0, 0, 0, 0]),
        ("execveat", libc::SYS_execveat, [0, 0, 0, 0]),
        ("fork", libc::SYS_fork, [0, 0, 0, 0]),
        ("clone", libc::SYS_clone, [17, 0, 0, 0]),
        ("clone3", libc::SYS_clone3, [0, 64, 0, 0]),
        ("kill", libc::SYS_kill, [parent, 0, 0, 0]),
        ("tgkill", libc::SYS_tgkill, [parent, parent, 0, 0]),
        ("pidfd_open", libc::SYS_pidfd_open, [parent, 0, 0, 0]),
        ("rt_sigqueueinfo", libc::SYS_rt_sigqueueinfo, [parent, 0, 0, 0]),
        ("ptrace", libc::SYS_ptrace, [16, parent, 0, 0]),
        ("process_vm_readv", libc::SYS_process_vm_readv, [parent, 0, 0, 0]),
        ("socket", libc::SYS_socket, [2, 1, 0, 0]),
        ("unix socket", libc::SYS_socket, [1, 1, 0, 0]),
        ("connect", libc::SYS_connect, [3, 0, 0, 0]),
        ("sendto", libc::SYS_sendto, [4, 0, 0, 0]),
        ("descriptors for the init", libc::SYS_sendmsg, [3, 0, 0, 0]),
        ("descriptors for the init", libc::SYS_sendmmsg, [3, 0, 0, 0]),
        ("write", libc::SYS_write, [3, 0, 0, 0]),
        ("mount", libc::SYS_mount, [0, 0, 0, 0]),
        ("setuid", libc::SYS_setuid, [0, 0, 0, 0]),
        ("prctl", libc::SYS_prctl, [4, 1, 0, 0]),
        ("seccomp", libc::SYS_seccomp, [0, 0, 0, 0]),
        ("unlink", libc::SYS_unlink, [0, 0, 0, 0]),
        ("bpf", libc::SYS_bpf, [0, 0, 0, 0]),
        ("io_uring", libc::SYS_io_uring_setup, [1, 0, 0, 0]),
        ("memfd", libc::SYS_memfd_create, [0, 0, 0, 0]),
        ("fcntl that names a process for signals", libc::SYS_fcntl, [3, 8, parent, 0]),
        ("memory that can be executed", libc::SYS_mmap, [0, 4096, 7, 0x22]),
        ("memory that is made executable", libc::SYS_mprotect, [0x1000, 4096, 5, 0]),
        ("a call of x32", 0x4000_0000 + libc::SYS_read, [0, 0, 0, 0]),
    ] {
        assert_eq!(ends(native, number, arguments), End::Stopped, "{what}");
    }
}

#[test]
#[cfg(target_arch = "x86_64")]
fn native_code_does_not_get_beyond_what_is_granted() {
    use nix::libc;
    // With a grant for HTTP, sockets are those of the internet, and nothing else.
    let granted = |code: &[u8]| native(code).with(|plugin| plugin.allow.http = vec!["127.0.0.1:1".into()]);
    assert_eq!(ends(granted, libc::SYS_socket, [2, 1, 0, 0]), End::Allowed);
    for (what, number, arguments) in [
        ("unix socket", libc::SYS_socket, [1, 1, 0, 0]),
        ("netlink", libc::SYS_socket, [16, 3, 0, 0]),
        ("UDP", libc::SYS_socket, [2, 2, 0, 0]),
        ("raw socket", libc::SYS_socket, [10, 3, 0, 0]),
        ("MPTCP", libc::SYS_socket, [2, 1, 262, 0]),
        ("SO_LINGER", libc::SYS_setsockopt, [3, 1, 13, 0]),
        ("an option of TCP", libc::SYS_setsockopt, [3, 6, 20, 0]),
        ("descriptors for the init", libc::SYS_sendmsg, [3, 0, 0, 0]),
        ("openat2", libc::SYS_openat2, [0, 0, 0, 24]),
    ] {
        assert_eq!(ends(granted, number, arguments), End::Stopped, "{what}");
    }
}

/// The kernel itself refuses what is not granted, when the host does not: opens `/etc/passwd` with openat2(2), and ends the
/// process with the number of the error.
#[test]
#[cfg(target_arch = "x86_64")]
fn native_code_does_not_open_what_is_not_granted() {
    let mut code = vec![];
    // "/etc/passwd" and its end on the stack, and above it an `open_how` of zeros, which is O_RDONLY.
    for part in [0, 0, 0, u64::from_le_bytes(*b"swd\0\0\0\0\0"), u64::from_le_bytes(*b"/etc/pas")] {
        code.extend([0x48, 0xb8]);
        code.extend(part.to_le_bytes());
        code.push(0x50);
    }
    code.extend([0x48, 0xc7, 0xc7, 0x9c, 0xff, 0xff, 0xff]); // mov rdi, AT_FDCWD
    code.extend([0x48, 0x89, 0xe6]); // mov rsi, rsp
    code.extend([0x48, 0x8d, 0x54, 0x24, 16]); // lea rdx, [rsp + 16]
    code.extend([0x41, 0xba, 24, 0, 0, 0]); // mov r10d, 24
    code.extend([0xb8, 0xb5, 1, 0, 0, 0x0f, 0x05]); // openat2
    code.extend([0x89, 0xc7, 0xf7, 0xdf, 0xb8, 231, 0, 0, 0, 0x0f, 0x05]); // exit_group(-eax)
    let opens = |granted: &str| {
        let mut host = native(&code).with(|plugin| plugin.allow.read = vec![granted.into()]).loaded();
        host.ask(Invocation::PreStart, 10_000);
        let has_landlock = !host.notes.iter().any(|note| note == "this kernel has no landlock");
        (has_landlock, host.dies().code())
    };
    // With the grant it gets a descriptor, so that it is not the code which is wrong.
    let (_, code) = opens("/etc");
    assert!(code.is_some_and(|code| code > 200), "{code:?}");
    let (has_landlock, code) = opens("/usr");
    assert_eq!(code == Some(nix::libc::EACCES), has_landlock, "{code:?}");
}

#[test]
fn the_process_has_nothing_to_lose() {
    let mut host = Loading::wat(&pre_start("", "(call $done)")).loaded();
    let pid = host.child.id();
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = |name: &str| {
        status
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .unwrap()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    };
    for set in ["CapInh:", "CapPrm:", "CapEff:", "CapAmb:"] {
        assert_eq!(line(set), "0000000000000000", "{set}");
    }
    assert_eq!([line("NoNewPrivs:"), line("Seccomp:"), line("Threads:")], ["1", "2", "1"]);
    if nix::unistd::geteuid().is_root() {
        assert_eq!(
            [line("Uid:"), line("Gid:"), line("Groups:")],
            ["61184 61184 61184 61184", "61184 61184 61184 61184", ""]
        );
        assert_eq!(line("CapBnd:"), "0000000000000000");
        let mut open: Vec<i32> = std::fs::read_dir(format!("/proc/{pid}/fd"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_str().unwrap().parse().unwrap())
            .collect();
        open.sort_unstable();
        assert_eq!(open, [0, 1, 2, 3]);
        assert_eq!(std::fs::read_to_string(format!("/proc/{pid}/oom_score_adj")).unwrap(), "500\n");
    }
    host.ask(Invocation::PreStart, 10_000);
    assert!(matches!(host.receive(), FromHost::Answer(Answer { result: Ok(_), .. })));
}

#[test]
fn a_start_that_breaks_off_is_refused_and_one_that_is_late_can_be_called() {
    let code = r#"(module
      (memory (export "memory") 1)
      (func $start unreachable)
      (start $start)
      (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
      (func (export "wigwag:plugin/pre-start@0.1.0#run") (param i64 i64 i64 i32 i32 i64 i32 i32) (result i32) (i32.const 0)))"#;
    assert_eq!(Loading::wat(code).refused(), "it does not start: wasm `unreachable` instruction executed");
    // A call that is sent before the plugin is loaded waits for it.
    let mut host = Loading::wat(&pre_start("", "(loop $l (br $l)) (call $done)")).start();
    host.ask(Invocation::PreStart, 2_000);
    host.is_loaded();
    assert_eq!(host.answer().result.unwrap_err().kind, FaultKind::Timeout);
}
