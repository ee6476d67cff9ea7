//! Files below what is granted.

use wasmtime::Result;
use wigwag_core::plugin::grants::Access;
use wigwag_engine::interface::wigwag::plugin::files::{Entry, Failure, Host, Kind};

use super::Outside;
use crate::roots::{self, Roots};

impl Host for Outside {
    fn read(&mut self, path: String) -> Result<Result<Vec<u8>, Failure>> {
        Ok(self.file(&path, Access::Read, Roots::read))
    }

    fn write(&mut self, path: String, content: Vec<u8>) -> Result<Result<(), Failure>> {
        Ok(self.file(&path, Access::Write, |files, granted, rest| files.write(granted, rest, &content)))
    }

    fn remove(&mut self, path: String) -> Result<Result<(), Failure>> {
        Ok(self.file(&path, Access::Write, Roots::remove))
    }

    fn entries(&mut self, path: String) -> Result<Result<Vec<Entry>, Failure>> {
        let entries = self.file(&path, Access::Read, Roots::entries);
        Ok(entries.map(|entries| entries.into_iter().map(|(name, kind)| Entry { name, kind: kind.into() }).collect()))
    }
}

impl Outside {
    fn file<T>(
        &self,
        path: &str,
        access: Access,
        work: impl FnOnce(&Roots, &str, &str) -> Result<T, roots::Failure>,
    ) -> Result<T, Failure> {
        let (granted, rest) = self.allow.file(path, access).map_err(|denial| Failure::Denied(denial.to_string()))?;
        work(&self.surroundings.files, granted, rest).map_err(Failure::from)
    }
}

impl From<roots::Failure> for Failure {
    fn from(failure: roots::Failure) -> Self {
        match failure {
            roots::Failure::NotFound => Self::NotFound,
            roots::Failure::TooLarge => Self::TooLarge,
            roots::Failure::Failed(text) => Self::Failed(text),
        }
    }
}

impl From<roots::Kind> for Kind {
    fn from(kind: roots::Kind) -> Self {
        match kind {
            roots::Kind::File => Self::File,
            roots::Kind::Directory => Self::Directory,
            roots::Kind::Other => Self::Other,
        }
    }
}
