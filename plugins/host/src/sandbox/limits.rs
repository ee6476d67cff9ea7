//! Limits of the process.

use nix::sys::{
    prctl,
    resource::{Resource, setrlimit},
};

use crate::roots;

/// What the host itself needs of memory, in bytes: a few times what a plugin can hand over at once.
const OWN: u64 = 64 << 20;

/// Lowers them: memory for code and for two instances' worth, since a memory moves when it grows.
///
/// # Errors
/// One sentence.
pub fn lower(memory: u32, code: usize) -> Result<(), String> {
    // When memory is short, a plugin goes before a service does. It is not there without /proc.
    drop(std::fs::write("/proc/self/oom_score_adj", "500"));
    let code = u64::try_from(code).unwrap_or(u64::MAX);
    let space = OWN.saturating_add(code.saturating_mul(3)).saturating_add(u64::from(memory) * 2);
    let limits = [
        (Resource::RLIMIT_AS, space),
        (Resource::RLIMIT_CORE, 0),
        (Resource::RLIMIT_FSIZE, roots::LIMIT as u64),
        (Resource::RLIMIT_NOFILE, 256),
        (Resource::RLIMIT_NPROC, 0),
    ];
    for (resource, most) in limits {
        // One that is lower already stays.
        let (_, hard) =
            nix::sys::resource::getrlimit(resource).map_err(|error| format!("cannot limit itself: {error}"))?;
        let most = most.min(hard);
        setrlimit(resource, most, most).map_err(|error| format!("cannot limit itself: {error}"))?;
    }
    prctl::set_dumpable(false).map_err(|error| format!("cannot limit itself: {error}"))
}
