//! The system calls that the process may still make (seccomp(2)); any other one ends it.

use std::collections::BTreeMap;

use nix::libc::{self, c_long};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule, TargetArch,
};
use wigwag_core::{
    config::Allow,
    plugin::{SOCKET, capability::Capability},
};

/// What each host needs: its socket, its memory, its timer, its end. It has no sendmsg(2): a descriptor that is handed to
/// the init is closed by the init, and closing can take as long as the descriptor likes (`SO_LINGER` of socket(7)).
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

const HTTP: &[c_long] = &[libc::SYS_connect, libc::SYS_getsockopt, libc::SYS_recvfrom, libc::SYS_write];

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
        rules.insert(libc::SYS_socket, vec![tcp(libc::AF_INET)?, tcp(libc::AF_INET6)?]);
        rules.insert(libc::SYS_ioctl, one_of(1, &[FIONBIO])?);
        rules.insert(libc::SYS_setsockopt, vec![timeout(libc::SO_RCVTIMEO)?, timeout(libc::SO_SNDTIMEO)?]);
        rules.insert(libc::SYS_sendto, vec![all(&[to_nobody_else()])?]);
    } else {
        rules.insert(libc::SYS_sendto, vec![all(&[to_nobody_else(), (0, SeccompCmpOp::Eq, SOCKET)])?]);
    }
    apply(rules, SeccompAction::KillProcess, SeccompAction::Allow)
}

/// Takes away what only loading needs: memory that can be executed, and to change this.
///
/// # Errors
/// One sentence.
pub fn seal() -> Result<(), String> {
    let executable = || all(&[(2, masked(libc::PROT_EXEC), libc::PROT_EXEC)]);
    let rules = Rules::from([
        (libc::SYS_mmap, vec![executable()?]),
        (libc::SYS_mprotect, vec![executable()?]),
        (libc::SYS_prctl, Vec::new()),
        (libc::SYS_seccomp, Vec::new()),
    ]);
    apply(rules, SeccompAction::Allow, SeccompAction::KillProcess)
}

type Rules = BTreeMap<c_long, Vec<SeccompRule>>;

/// An argument, and what it must be.
type Condition = (u8, SeccompCmpOp, i32);

/// Only TCP: landlock says which of its ports may be connected to, and nothing of any other protocol.
fn tcp(family: i32) -> Result<SeccompRule, String> {
    let kind = masked(!(libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK));
    all(&[(0, SeccompCmpOp::Eq, family), (1, kind, libc::SOCK_STREAM), (2, SeccompCmpOp::Eq, 0)])
}

fn timeout(option: i32) -> Result<SeccompRule, String> {
    all(&[(1, SeccompCmpOp::Eq, libc::SOL_SOCKET), (2, SeccompCmpOp::Eq, option)])
}

/// The length of an address is 0: with one, sending would connect (`MSG_FASTOPEN` of tcp(7)), and landlock not hear of it.
fn to_nobody_else() -> Condition {
    (5, SeccompCmpOp::Eq, 0)
}

/// The argument is one of these.
fn one_of(argument: u8, values: &[i32]) -> Result<Vec<SeccompRule>, String> {
    values.iter().map(|value| all(&[(argument, SeccompCmpOp::Eq, *value)])).collect()
}

fn all(conditions: &[Condition]) -> Result<SeccompRule, String> {
    let conditions = conditions.iter().map(|(argument, operator, value)| {
        let value = u64::from(value.cast_unsigned());
        SeccompCondition::new(*argument, SeccompCmpArgLen::Dword, operator.clone(), value)
    });
    let conditions = conditions.collect::<Result<Vec<_>, _>>().map_err(|error| failed(&error))?;
    SeccompRule::new(conditions).map_err(|error| failed(&error))
}

/// Looks at these bits only.
fn masked(bits: i32) -> SeccompCmpOp {
    SeccompCmpOp::MaskedEq(bits.cast_unsigned().into())
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
