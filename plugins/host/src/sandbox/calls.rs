//! The system calls that the process may still make (seccomp(2)); any other one ends it.

use std::collections::BTreeMap;

use nix::libc::{self, c_long};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule, TargetArch,
};
use wigwag_core::{config::Allow, plugin::capability::Capability};

/// What each host needs: its socket, its memory, its timer, its end.
const BASE: &[c_long] = &[
    libc::SYS_brk,
    libc::SYS_clock_gettime,
    libc::SYS_close,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_futex,
    libc::SYS_getrandom,
    libc::SYS_madvise,
    libc::SYS_mmap,
    libc::SYS_mprotect,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_ppoll,
    libc::SYS_read,
    libc::SYS_recvmsg,
    libc::SYS_restart_syscall,
    libc::SYS_rt_sigreturn,
    libc::SYS_sendmsg,
    libc::SYS_sigaltstack,
    libc::SYS_timer_delete,
    libc::SYS_timer_settime,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_poll,
    // To seal it.
    libc::SYS_prctl,
    libc::SYS_seccomp,
];

const STATE: &[c_long] = &[libc::SYS_pwrite64];

const FILES: &[c_long] = &[
    libc::SYS_fstat,
    libc::SYS_getdents64,
    libc::SYS_lseek,
    libc::SYS_newfstatat,
    libc::SYS_openat2,
    libc::SYS_renameat,
    libc::SYS_statx,
    libc::SYS_unlinkat,
    libc::SYS_write,
];

const HTTP: &[c_long] = &[
    libc::SYS_connect,
    libc::SYS_getsockopt,
    libc::SYS_recvfrom,
    libc::SYS_sendto,
    libc::SYS_setsockopt,
    libc::SYS_write,
];

/// Not to wait for a connection. It is the same for both processors.
const FIONBIO: i32 = 0x5421;

/// Leaves only the calls that loading and the granted capabilities need.
///
/// # Errors
/// One sentence.
pub fn restrict(allow: &Allow) -> Result<(), String> {
    let granted = [(Capability::State, STATE), (Capability::Files, FILES), (Capability::Http, HTTP)];
    let granted = granted.into_iter().filter(|(capability, _)| allow.has(*capability)).flat_map(|(_, calls)| calls);
    let mut rules: Rules = BASE.iter().chain(granted).map(|call| (*call, Vec::new())).collect();
    // Of these, some: a descriptor can be looked at, and not be made to send signals.
    rules.insert(libc::SYS_fcntl, one_of(1, &[libc::F_GETFD, libc::F_SETFD, libc::F_GETFL])?);
    if allow.has(Capability::Http) {
        rules.insert(libc::SYS_socket, one_of(0, &[libc::AF_INET, libc::AF_INET6])?);
        rules.insert(libc::SYS_ioctl, one_of(1, &[FIONBIO])?);
    }
    apply(rules, SeccompAction::KillProcess, SeccompAction::Allow)
}

/// Takes away what only loading needs: memory that can be executed, and to change this.
///
/// # Errors
/// One sentence.
pub fn seal() -> Result<(), String> {
    let executable = || rule(2, SeccompCmpOp::MaskedEq(libc::PROT_EXEC.unsigned_abs().into()), libc::PROT_EXEC);
    let rules = Rules::from([
        (libc::SYS_mmap, vec![executable()?]),
        (libc::SYS_mprotect, vec![executable()?]),
        (libc::SYS_prctl, Vec::new()),
        (libc::SYS_seccomp, Vec::new()),
    ]);
    apply(rules, SeccompAction::Allow, SeccompAction::KillProcess)
}

type Rules = BTreeMap<c_long, Vec<SeccompRule>>;

/// The argument is one of these.
fn one_of(argument: u8, values: &[i32]) -> Result<Vec<SeccompRule>, String> {
    values.iter().map(|value| rule(argument, SeccompCmpOp::Eq, *value)).collect()
}

fn rule(argument: u8, operator: SeccompCmpOp, value: i32) -> Result<SeccompRule, String> {
    let value = u64::from(value.unsigned_abs());
    let condition = SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value);
    condition.and_then(|condition| SeccompRule::new(vec![condition])).map_err(|error| failed(&error))
}

fn apply(rules: Rules, otherwise: SeccompAction, matched: SeccompAction) -> Result<(), String> {
    let architecture = TargetArch::try_from(std::env::consts::ARCH).map_err(|error| failed(&error))?;
    let filter = SeccompFilter::new(rules, otherwise, matched, architecture).map_err(|error| failed(&error))?;
    let program = BpfProgram::try_from(filter).map_err(|error| failed(&error))?;
    seccompiler::apply_filter(&program).map_err(|error| failed(&error))
}

fn failed(error: &impl std::fmt::Display) -> String {
    format!("cannot lock itself down: {error}")
}
