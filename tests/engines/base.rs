//! The image that the cases begin with, made without a registry: the files of Debian packages that are installed on
//! this machine, and of what these need. `.ci/run` installs them; nothing is fetched here.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use scenarios::Result;

use crate::docker::{LABEL, docker};

/// Three shells, the peers, a web server, a program with its runtime, and the commands that scripts use.
const PACKAGES: [&str; 9] =
    ["apache2-bin", "bash", "busybox-static", "catatonit", "coreutils", "dash", "dumb-init", "python3", "tini"];

/// Needed only by the scripts that install a package.
const LEFT_OUT: [&str; 4] = ["debconf", "dpkg", "media-types", "perl-base"];

const NOT_NEEDED: [&str; 6] =
    ["/usr/share/doc", "/usr/share/info", "/usr/share/lintian", "/usr/share/locale", "/usr/share/man", "/var/lib/dpkg"];

/// The image's name. It is made if it is not there, and kept: its tag says what is in it.
pub fn image() -> Result<String> {
    let installed = installed()?;
    let packages = with_dependencies(&installed)?;
    let mut hash = DefaultHasher::new();
    packages.hash(&mut hash);
    let image = format!("wigwag-test-base:{:016x}", hash.finish());
    if docker(["image", "inspect", &image]).is_err() {
        import(&files(&packages)?, &image)?;
    }
    Ok(image)
}

struct Package {
    version: String,
    depends: Vec<Vec<String>>,
}

/// What is installed, by name and by what it provides.
fn installed() -> Result<BTreeMap<String, Package>> {
    let format = "${Package}\t${Version}\t${Pre-Depends}, ${Depends}\t${Provides}\n";
    let output = Command::new("dpkg-query").args(["--show", "--showformat", format]).output();
    let output = output.map_err(|error| format!("dpkg-query: {error}"))?;
    let mut packages = BTreeMap::new();
    for line in String::from_utf8(output.stdout)?.lines() {
        let [name, version, depends, provides] = line.split('\t').collect::<Vec<_>>()[..] else { continue };
        let package = || Package { version: format!("{name} {version}"), depends: relations(depends) };
        for provided in relations(provides).into_iter().flatten() {
            packages.entry(provided).or_insert_with(package);
        }
        packages.insert(name.to_string(), package());
    }
    Ok(packages)
}

/// `a (>= 1), b:any | c` is a, and one of b and c.
fn relations(text: &str) -> Vec<Vec<String>> {
    let name = |alternative: &str| {
        alternative.trim().split([' ', '(', ':']).next().map(str::to_string).filter(|name| !name.is_empty())
    };
    text.split(',').map(|group| group.split('|').filter_map(name).collect()).collect()
}

/// Each package and its version, as `name version`.
fn with_dependencies(installed: &BTreeMap<String, Package>) -> Result<BTreeSet<String>> {
    let mut versions = BTreeSet::new();
    let mut wanted: Vec<&str> = PACKAGES.to_vec();
    while let Some(name) = wanted.pop() {
        let package = installed.get(name).ok_or_else(|| format!("the package `{name}` is not installed"))?;
        if versions.insert(package.version.clone()) {
            let there = |name: &&String| installed.contains_key(*name) && !LEFT_OUT.contains(&name.as_str());
            let groups = package.depends.iter();
            wanted.extend(groups.filter_map(|group| group.iter().find(there)).map(String::as_str));
        }
    }
    Ok(versions)
}

fn files(packages: &BTreeSet<String>) -> Result<BTreeSet<PathBuf>> {
    let names = packages.iter().filter_map(|package| package.split(' ').next());
    let output = Command::new("dpkg-query").arg("--listfiles").args(names).output()?;
    let text = String::from_utf8(output.stdout)?;
    let needed = text.lines().filter(|line| line.starts_with('/') && *line != "/.");
    let needed = needed.filter(|line| !NOT_NEEDED.iter().any(|folder| line.starts_with(folder)));
    Ok(needed.filter_map(|line| real(Path::new(line))).collect())
}

/// Where the file is: `/bin/sh` is in `/usr/bin`. None for one that was removed.
fn real(path: &Path) -> Option<PathBuf> {
    let real = fs::canonicalize(path.parent()?).ok()?.join(path.file_name()?);
    fs::symlink_metadata(&real).ok().map(|_| real)
}

fn import(files: &BTreeSet<PathBuf>, image: &str) -> Result<()> {
    let mut list = tempfile::NamedTempFile::new()?;
    for file in files {
        let relative = file.strip_prefix("/")?;
        std::io::Write::write_all(&mut list, &[relative.as_os_str().as_bytes(), b"\0"].concat())?;
    }
    let mut tar = Command::new("tar")
        .args(["--create", "--directory=/", "--no-recursion", "--null", "--files-from"])
        .arg(list.path())
        .stdout(Stdio::piped())
        .spawn()?;
    let archive = tar.stdout.take().ok_or("no archive")?;
    let import = Command::new("docker")
        .args(["import", "--change", &format!("LABEL {LABEL}=base"), "-", image])
        .stdin(archive)
        .output()?;
    let packed = tar.wait()?;
    if packed.success() && import.status.success() {
        return Ok(());
    }
    Err(format!("the base image: tar: {packed}, docker import: {}", String::from_utf8_lossy(&import.stderr)).into())
}
