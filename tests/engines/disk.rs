//! A directory for the file of a loop device. The device belongs to the whole machine: a container that leaves it open leaves it
//! to whoever comes next.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

use scenarios::{Result, until};
use tempfile::TempDir;

use crate::{
    base,
    case::Device,
    docker::{LABEL, docker, own_label},
};

/// Whether this machine has loop devices. In CI it must.
pub fn is_possible() -> bool {
    Path::new("/dev/loop-control").exists() || scenarios::is_ci()
}

/// What a container needs to use loop devices, and no other ones.
const OPTIONS: [&str; 5] = [
    "--volume=/dev:/dev",
    "--device-cgroup-rule=b 7:* rmw",
    "--device-cgroup-rule=c 10:237 rmw",
    "--cap-add=SYS_ADMIN",
    "--security-opt=apparmor=unconfined",
];

/// The directory, and in it the name of a file that nobody else has. What is attached to its file is detached when this is dropped.
pub struct Disk(TempDir);

impl Disk {
    /// A new one, with nothing in it.
    pub fn new() -> Result<Self> {
        Ok(Self(tempfile::Builder::new().prefix(LABEL).tempdir()?))
    }

    /// The options of `docker run` for a container that has it at `/disk`, and knows its file as `$DISK`.
    pub fn options(&self) -> Vec<String> {
        let volume = format!("--volume={}:/disk", self.0.path().display());
        let file = format!("--env=DISK=/disk/{}", self.name().display());
        OPTIONS.iter().map(ToString::to_string).chain([volume, file]).collect()
    }

    /// Waits until it is so.
    pub fn wait_for(&self, device: Device) -> Result<()> {
        let is_there = || (self.device().is_some() == (device == Device::Open)).then_some(());
        until(is_there).ok_or_else(|| format!("the device is not {device:?}, but {:?}", self.device()).into())
    }

    fn name(&self) -> &OsStr {
        self.0.path().file_name().unwrap_or_default()
    }

    /// The device on its file. The kernel tells the file's path as it was in the container, or what is left of that.
    fn device(&self) -> Option<PathBuf> {
        let blocks = fs::read_dir("/sys/block").ok()?;
        let mut names = blocks.filter_map(|entry| Some(entry.ok()?.file_name()));
        let name = names.find(|name| {
            let attached = fs::read_to_string(Path::new("/sys/block").join(name).join("loop/backing_file"));
            attached.is_ok_and(|attached| Path::new(attached.trim_end()).file_name() == Some(self.name()))
        })?;
        Some(Path::new("/dev").join(name))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let Some(device) = self.device() else { return };
        let (label, device) = (own_label(), device.display().to_string());
        // In a container: who may use the engine need not be root.
        let Ok(image) = base::image() else { return };
        let words = ["run", "--rm", "--label", &label].into_iter().chain(OPTIONS);
        let _ = docker(words.chain([image.as_str(), "busybox", "losetup", "-d", &device]));
    }
}
