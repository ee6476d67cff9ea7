//! The machine: its processors, how they are shared, and what it says about itself.

use std::fs;

use nix::{
    sched::{CpuSet, sched_getaffinity, sched_setaffinity},
    unistd::Pid,
};
use scenarios::Result;

use crate::sys;

/// What may be used of the machine.
pub struct Machine {
    cpus: Vec<usize>,
    everywhere: CpuSet,
    may_real_time: bool,
}

impl Machine {
    pub fn new() -> Result<Self> {
        let everywhere = sched_getaffinity(Pid::from_raw(0))?;
        let cpus = (0..CpuSet::count()).filter(|cpu| everywhere.is_set(*cpu).unwrap_or_default()).collect();
        let may_real_time = sys::real_time(true).and_then(|()| sys::real_time(false)).is_ok();
        Ok(Self { cpus, everywhere, may_real_time })
    }

    pub fn has_two_cpus(&self) -> bool {
        self.cpus.len() > 1
    }

    /// Real-time scheduling of this process, and of what it starts from here on, where it is permitted.
    pub fn real_time(&self, on: bool) -> Result<()> {
        if self.may_real_time {
            sys::real_time(on)?;
        }
        Ok(())
    }

    /// This process, and what it starts from here on, on any processor.
    pub fn run_everywhere(&self) -> Result<()> {
        Ok(sched_setaffinity(Pid::from_raw(0), &self.everywhere)?)
    }

    /// This process, and what it starts from here on, on one processor.
    pub fn run_on_one(&self) -> Result<()> {
        Ok(sched_setaffinity(Pid::from_raw(0), &self.other()?)?)
    }

    /// This process on one processor; the other one is for those that are started for it.
    pub fn run_beside(&self) -> Result<CpuSet> {
        let mut own = CpuSet::new();
        own.set(*self.cpus.first().ok_or("no processor")?)?;
        sched_setaffinity(Pid::from_raw(0), &own)?;
        self.other()
    }

    fn other(&self) -> Result<CpuSet> {
        let mut other = CpuSet::new();
        other.set(*self.cpus.last().ok_or("no processor")?)?;
        Ok(other)
    }

    /// One line.
    pub fn describe(&self) -> String {
        let read = |path| fs::read_to_string(path).unwrap_or_default();
        let (kernel, info, load) = (read("/proc/sys/kernel/osrelease"), read("/proc/cpuinfo"), read("/proc/loadavg"));
        let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        let model = model.map(|(_, name)| format!(" ({name})")).unwrap_or_default();
        let scheduling = if self.may_real_time { "SCHED_FIFO" } else { "no real-time scheduling permitted" };
        let load = load.split(' ').next().unwrap_or_default();
        format!("Linux {}, processors: {}{model}, {scheduling}, load {load}", kernel.trim(), self.cpus.len())
    }
}
