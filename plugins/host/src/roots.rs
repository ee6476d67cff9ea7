//! The files and directories that a plugin was granted, opened before the sandbox, and what is done below them.

use std::{
    fs::File,
    io::{self, Read as _, Write as _},
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    path::Path,
};

use nix::{
    dir::{Dir, Type},
    errno::Errno,
    fcntl::{AtFlags, OFlag, OpenHow, ResolveFlag, openat2, renameat},
    sys::stat::{FileStat, Mode, SFlag, fstat, fstatat},
    unistd::{UnlinkatFlags, unlinkat},
};
use wigwag_core::{config::Allow, plugin::grants::Access};

/// The longest file, and the longest list of names, in bytes.
pub const LIMIT: usize = 1 << 20;

/// All of them.
#[derive(Default)]
pub struct Roots(Vec<Root>);

/// A granted path. One that is a directory when it is opened is that directory from then on. Any other is a name in its
/// directory, so that a file can be put in the place of another.
pub struct Root {
    path: String,
    directory: OwnedFd,
    name: String,
    /// The most that it is granted for.
    pub access: Access,
}

/// What went wrong.
#[derive(Debug, PartialEq, Eq)]
pub enum Failure {
    /// There is nothing of that name.
    NotFound,
    /// It is longer than [`LIMIT`].
    TooLarge,
    /// Anything else.
    Failed(String),
}

/// What an entry of a directory is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    File,
    /// A directory.
    Directory,
    /// A link, a socket, a device, …
    Other,
}

impl Roots {
    /// Opens what there is; what is not there, nor its directory, is not found later either.
    pub fn open(allow: &Allow) -> Self {
        let read = allow.read.iter().map(|path| (path, Access::Read));
        let write = allow.write.iter().map(|path| (path, Access::Write));
        Self(read.chain(write).filter_map(|(path, access)| Root::open(path, access)).collect())
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Root> {
        self.0.iter()
    }

    /// The content of a file below the granted path.
    ///
    /// # Errors
    /// What went wrong.
    pub fn read(&self, granted: &str, rest: &str) -> Result<Vec<u8>, Failure> {
        let (root, path) = self.find(granted, rest)?;
        let file = File::from(root.open_below(&path, OFlag::O_RDONLY | OFlag::O_NONBLOCK | OFlag::O_NOCTTY)?);
        if !is(&fstat(&file)?, SFlag::S_IFREG) {
            return Err(Failure::Failed("it is not a file".into()));
        }
        let mut content = Vec::new();
        file.take(LIMIT as u64 + 1).read_to_end(&mut content)?;
        if content.len() > LIMIT { Err(Failure::TooLarge) } else { Ok(content) }
    }

    /// Makes a file anew, and puts it in the place of one that is there.
    ///
    /// # Errors
    /// What went wrong; then everything is as before.
    pub fn write(&self, granted: &str, rest: &str, content: &[u8]) -> Result<(), Failure> {
        if content.len() > LIMIT {
            return Err(Failure::TooLarge);
        }
        let (root, path) = self.find(granted, rest)?;
        let (parent, name) = root.parent(&path)?;
        let new = format!(".{name}.wigwag");
        let create = || {
            let flags = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
            let how = how(flags).mode(Mode::from_bits_truncate(0o644));
            openat2(&parent, new.as_str(), how)
        };
        let mut file = create();
        if matches!(file, Err(Errno::EEXIST)) {
            // It was left behind when a host was killed.
            unlinkat(&parent, new.as_str(), UnlinkatFlags::NoRemoveDir)?;
            file = create();
        }
        let written = File::from(file?).write_all(content).map_err(Failure::from);
        let placed = written.and_then(|()| Ok(renameat(&parent, new.as_str(), &parent, name)?));
        if placed.is_err() {
            // Nothing more can be done about it.
            let _ = unlinkat(&parent, new.as_str(), UnlinkatFlags::NoRemoveDir);
        }
        placed
    }

    /// Removes a file.
    ///
    /// # Errors
    /// What went wrong.
    pub fn remove(&self, granted: &str, rest: &str) -> Result<(), Failure> {
        let (root, path) = self.find(granted, rest)?;
        let (parent, name) = root.parent(&path)?;
        Ok(unlinkat(&parent, name, UnlinkatFlags::NoRemoveDir)?)
    }

    /// The entries of a directory, in the order of their names.
    ///
    /// # Errors
    /// What went wrong.
    pub fn entries(&self, granted: &str, rest: &str) -> Result<Vec<(String, Kind)>, Failure> {
        let (root, path) = self.find(granted, rest)?;
        let mut directory = Dir::from_fd(root.open_below(&path, OFlag::O_RDONLY | OFlag::O_DIRECTORY)?)?;
        let mut entries = Vec::new();
        let mut length = 0;
        let mut unknown = Vec::new();
        for entry in directory.iter() {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name == "." || name == ".." {
                continue;
            }
            // A name alone is not all of an entry.
            length += name.len() + 16;
            if length > LIMIT {
                return Err(Failure::TooLarge);
            }
            let kind = match entry.file_type() {
                Some(Type::File) => Kind::File,
                Some(Type::Directory) => Kind::Directory,
                Some(_) => Kind::Other,
                None => {
                    unknown.push((entries.len(), entry.file_name().to_owned()));
                    Kind::Other
                }
            };
            entries.push((name, kind));
        }
        for (place, name) in unknown {
            let stat = fstatat(&directory, name.as_c_str(), AtFlags::AT_SYMLINK_NOFOLLOW);
            if let (Ok(stat), Some((_, kind))) = (stat, entries.get_mut(place)) {
                *kind = kind_of(&stat);
            }
        }
        entries.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(entries)
    }

    /// The root of a granted path, and the path below its directory.
    fn find(&self, granted: &str, rest: &str) -> Result<(&Root, String), Failure> {
        let root = self.0.iter().find(|root| root.path == granted).ok_or(Failure::NotFound)?;
        let parts = [root.name.as_str(), rest].into_iter().filter(|part| !part.is_empty());
        let path = parts.collect::<Vec<_>>().join("/");
        Ok((root, if path.is_empty() { ".".to_string() } else { path }))
    }
}

impl Root {
    fn open(path: &str, access: Access) -> Option<Self> {
        let directory = |path: &Path| {
            let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
            nix::fcntl::open(path, flags, Mode::empty()).ok()
        };
        let place = Path::new(path);
        let (directory, name) = match directory(place) {
            Some(directory) => (directory, ""),
            None => (directory(place.parent()?)?, place.file_name()?.to_str()?),
        };
        Some(Self { path: path.to_string(), directory, name: name.to_string(), access })
    }

    /// The directory that the kernel has to allow: the granted one, or the one that it is in.
    pub fn directory(&self) -> BorrowedFd<'_> {
        self.directory.as_fd()
    }

    /// Its name in that directory, if it is not the directory.
    pub fn name(&self) -> Option<&str> {
        Some(self.name.as_str()).filter(|name| !name.is_empty())
    }

    fn open_below(&self, path: &str, flags: OFlag) -> Result<OwnedFd, Failure> {
        Ok(openat2(&self.directory, path, how(flags | OFlag::O_CLOEXEC))?)
    }

    /// The directory that it is in, and its name there.
    fn parent<'p>(&self, path: &'p str) -> Result<(OwnedFd, &'p str), Failure> {
        let (parent, name) = path.rsplit_once('/').unwrap_or((".", path));
        if name == "." {
            return Err(Failure::Failed("it is a directory".into()));
        }
        Ok((self.open_below(parent, OFlag::O_PATH | OFlag::O_DIRECTORY)?, name))
    }
}

/// Nothing leads out of the directory that a path begins at: no `..`, no link, nothing of `/proc`.
fn how(flags: OFlag) -> OpenHow {
    OpenHow::new().flags(flags).resolve(ResolveFlag::RESOLVE_BENEATH | ResolveFlag::RESOLVE_NO_MAGICLINKS)
}

fn kind_of(stat: &FileStat) -> Kind {
    if is(stat, SFlag::S_IFREG) {
        Kind::File
    } else if is(stat, SFlag::S_IFDIR) {
        Kind::Directory
    } else {
        Kind::Other
    }
}

fn is(stat: &FileStat, kind: SFlag) -> bool {
    SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT == kind
}

impl From<Errno> for Failure {
    fn from(error: Errno) -> Self {
        if error == Errno::ENOENT {
            return Self::NotFound;
        }
        let is_outside = error == Errno::EXDEV;
        Self::Failed(if is_outside { "it leads out of what is granted" } else { error.desc() }.to_string())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        error.raw_os_error().map_or_else(|| Self::Failed(error.to_string()), |code| Errno::from_raw(code).into())
    }
}
