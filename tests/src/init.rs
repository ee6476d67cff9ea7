//! The init under test: ours, or a peer on which the same cases run.

use std::{
    env,
    ffi::OsString,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use crate::{Result, built};

/// An init that runs `INIT [OPTIONS] -- PROGRAM [ARGS]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Init {
    /// `wigwag-init`.
    Ours,
    /// A peer by its name, to be found in `PATH`: cases know what it does differently.
    Peer(&'static str),
    /// `wigwag-init`, called by the name of a peer: the same is expected as of that.
    As(&'static str),
    /// Another program, of which the same is expected as of ours.
    Other(PathBuf),
}

const PEERS: [&str; 4] = ["tini", "tini-static", "dumb-init", "catatonit"];

impl Init {
    /// What the environment variable `INIT_UNDER_TEST` names; ours without it.
    pub fn under_test() -> Result<Self> {
        let Some(name) = env::var_os("INIT_UNDER_TEST") else { return Ok(Self::Ours) };
        if name.is_empty() || name == "ours" {
            return Ok(Self::Ours);
        }
        if let Some(peer) = PEERS.into_iter().find(|peer| name == **peer) {
            return Ok(Self::Peer(peer));
        }
        let taken = name.to_str().and_then(|name| name.strip_prefix("as-"));
        if let Some(peer) = PEERS.into_iter().find(|peer| taken == Some(*peer)) {
            return Ok(Self::As(peer));
        }
        let path = PathBuf::from(name);
        if path.is_absolute() {
            return Ok(Self::Other(path));
        }
        let name = path.display();
        Err(format!(
            "`INIT_UNDER_TEST={name}` is none of ours, {0}, as-{1} or an absolute path",
            PEERS.join(", "),
            PEERS.join(", as-")
        )
        .into())
    }

    /// Its name in the cases; none for one that they do not know. One tini is like the other.
    pub fn name(&self) -> Option<&'static str> {
        match self {
            Self::Ours => Some("wigwag-init"),
            Self::Peer("tini-static") | Self::As("tini-static") => Some("tini"),
            Self::Peer(name) | Self::As(name) => Some(name),
            Self::Other(_) => None,
        }
    }

    /// Whether it has the faults that are known of its name.
    pub fn is_original(&self) -> bool {
        !matches!(self, Self::As(_))
    }

    /// Whether it is one of others, or in the place of one, and has neither our config nor our options.
    pub fn is_peer(&self) -> bool {
        matches!(self, Self::Peer(_) | Self::As(_))
    }

    /// The program to execute; where it needs another name, that is made in the directory.
    pub fn program(&self, directory: &Path) -> Result<OsString> {
        Ok(match self {
            Self::As(name) => {
                let link = directory.join(name);
                symlink(&built()?.init, &link)?;
                link.into_os_string()
            }
            Self::Ours => built()?.init.clone().into_os_string(),
            Self::Peer(name) => name.into(),
            Self::Other(path) => path.clone().into_os_string(),
        })
    }
}
