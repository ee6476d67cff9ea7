//! The init under test: ours, or a peer on which the same cases run.

use std::{env, ffi::OsString, path::PathBuf};

use crate::{Result, built};

/// An init that runs `INIT [OPTIONS] -- PROGRAM [ARGS]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Init {
    /// `wigwag-init`.
    Ours,
    /// A peer by its name, to be found in `PATH`: cases know what it does differently.
    Peer(&'static str),
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
        let path = PathBuf::from(name);
        if path.is_absolute() {
            return Ok(Self::Other(path));
        }
        let name = path.display();
        Err(format!("`INIT_UNDER_TEST={name}` is none of ours, {} or an absolute path", PEERS.join(", ")).into())
    }

    /// Its name in the cases; none for one that they do not know. One tini is like the other.
    pub fn name(&self) -> Option<&'static str> {
        match self {
            Self::Ours => Some("wigwag-init"),
            Self::Peer("tini-static") => Some("tini"),
            Self::Peer(name) => Some(name),
            Self::Other(_) => None,
        }
    }

    /// Whether it is one of others, which have neither our config nor our options.
    pub fn is_peer(&self) -> bool {
        matches!(self, Self::Peer(_))
    }

    /// The program to execute.
    pub fn program(&self) -> Result<OsString> {
        Ok(match self {
            Self::Ours => built()?.init.clone().into_os_string(),
            Self::Peer(name) => name.into(),
            Self::Other(path) => path.clone().into_os_string(),
        })
    }
}
