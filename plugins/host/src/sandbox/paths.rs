//! What the kernel lets the process open and connect to (landlock(7)).

use std::os::fd::AsFd;

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, BitFlags, NetPort, PathBeneath, Ruleset, RulesetAttr as _, RulesetCreated,
    RulesetCreatedAttr as _, RulesetError, RulesetStatus, Scope,
};
use nix::{
    fcntl::{OFlag, openat},
    sys::stat::Mode,
};
use wigwag_core::plugin::grants::Access;

use crate::{Roots, roots::Root};

/// Leaves only what is granted, as far as this kernel can; says when it cannot.
///
/// # Errors
/// One sentence.
pub fn restrict(files: &Roots, ports: impl Iterator<Item = u16>) -> Result<Option<String>, String> {
    let status = apply(files, ports).map_err(|error| format!("cannot lock itself down: {error}"))?;
    Ok(match status {
        RulesetStatus::FullyEnforced => None,
        RulesetStatus::PartiallyEnforced => Some("this kernel knows landlock only in part".to_string()),
        RulesetStatus::NotEnforced => Some("this kernel has no landlock".to_string()),
    })
}

fn apply(files: &Roots, ports: impl Iterator<Item = u16>) -> Result<RulesetStatus, RulesetError> {
    let abi = ABI::V6;
    let ruleset = Ruleset::default()
        .handle_access(AccessFs::from_all(abi))?
        .handle_access(AccessNet::from_all(abi))?
        .scope(Scope::from_all(abi))?
        .create()?;
    let ruleset = files.iter().try_fold(ruleset, allow)?;
    let ruleset =
        ruleset.add_rules(ports.map(|port| Ok::<_, RulesetError>(NetPort::new(port, AccessNet::ConnectTcp))))?;
    Ok(ruleset.restrict_self()?.ruleset)
}

/// What is written is made anew in its directory, so that a file that may be written needs that: the kernel lets its
/// neighbours be written too, and only the host does not.
fn allow(ruleset: RulesetCreated, root: &Root) -> Result<RulesetCreated, RulesetError> {
    let read = BitFlags::from(AccessFs::ReadFile);
    let write = AccessFs::WriteFile | AccessFs::Truncate | AccessFs::MakeReg | AccessFs::RemoveFile;
    match (root.access, root.name()) {
        (Access::Read, None) => add(ruleset, root.directory(), read | AccessFs::ReadDir),
        (Access::Write, None) => add(ruleset, root.directory(), read | AccessFs::ReadDir | write),
        (Access::Write, Some(_)) => add(ruleset, root.directory(), read | write),
        (Access::Read, Some(name)) => {
            match openat(root.directory(), name, OFlag::O_PATH | OFlag::O_CLOEXEC, Mode::empty()) {
                Ok(file) => add(ruleset, file, read),
                // What is not there cannot be read.
                Err(_) => Ok(ruleset),
            }
        }
    }
}

fn add(ruleset: RulesetCreated, place: impl AsFd, access: BitFlags<AccessFs>) -> Result<RulesetCreated, RulesetError> {
    ruleset.add_rule(PathBeneath::new(place, access))
}
