//! The container of a round, as an engine has it; and everybody in it, as seen from outside.

use std::{
    env,
    fs::{self, File, OpenOptions},
    io::{self, PipeReader},
    os::unix::fs::symlink,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
};

use nix::{
    errno::Errno,
    sys::signal::{self, kill},
    unistd,
};
use scenarios::{
    Built, Result, built,
    processes::{self, Pid},
    until, with_default_signals,
};
use wigwag_core::Signal;

use crate::{
    launcher::LAUNCHER,
    plan::{Output, Plan},
};

/// What the init says.
pub const JOURNAL: &str = "journal";
const CONFIG: &str = "init.toml";

/// A running container. Nothing of it is left when this is dropped.
pub struct Container {
    launcher: Child,
    /// PID 1 of the namespace.
    top: Pid,
    /// None if it had ended before it was seen.
    init: Option<Pid>,
    /// Never read.
    _output: PipeReader,
}

impl Container {
    /// Starts it, and returns when the init listens.
    pub fn start(plan: &Plan, directory: &Path) -> Result<Self> {
        let built = built()?;
        prepare(plan, directory)?;
        let mut launcher = with_default_signals(&built.wigwag);
        launcher.args(["pid1", "--"]);
        if !plan.is_pid_1 {
            launcher.arg(env::current_exe()?).arg(LAUNCHER);
        }
        launcher.arg(&built.init).args(["-v", "--log-format", "json", "--config", CONFIG]);
        let (output, writer) = io::pipe()?;
        launcher.stdin(Stdio::null()).stdout(writer.try_clone()?).current_dir(directory);
        match plan.output {
            Output::NotRead => launcher.stderr(writer),
            Output::Witness => {
                launcher.stderr(OpenOptions::new().append(true).create(true).open(directory.join(JOURNAL))?)
            }
        };
        let mut container = Self { launcher: launcher.spawn()?, top: 0, init: None, _output: output };
        // Nobody but the container holds its ends.
        drop(launcher);
        until(|| match container.find(built) {
            Ok(true) => Some(Ok(())),
            Ok(false) => None,
            Err(error) => Some(Err(error)),
        })
        .ok_or("the init never listened")??;
        Ok(container)
    }

    /// Whether the init listens, or has ended already.
    fn find(&mut self, built: &Built) -> Result<bool> {
        if self.launcher.try_wait()?.is_some() {
            return Ok(true);
        }
        let launcher = Pid::try_from(self.launcher.id())?;
        let Some(top) = processes::children(launcher).first().copied() else { return Ok(false) };
        self.top = top;
        let mut candidates = [top].into_iter().chain(processes::children(top));
        self.init = candidates.find(|pid| processes::program(*pid).is_some_and(|program| program == built.init));
        Ok(self.init.is_some_and(|init| processes::listens(init, Signal::TERM)))
    }

    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.launcher.try_wait()?)
    }

    /// Sends the init a signal, as an engine does.
    pub fn send(&self, signal: Signal, times: u32) -> Result<()> {
        let Some(init) = self.init.filter(|init| is_inside(*init)) else { return Ok(()) };
        if let Ok(named) = signal::Signal::try_from(i32::from(signal.number())) {
            for _ in 0..times {
                match kill(unistd::Pid::from_raw(init), named) {
                    Ok(()) | Err(Errno::ESRCH) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        } else {
            // nix has no real-time signals.
            let script = "i=0; while [ $i -lt $3 ] && kill -$1 $2; do i=$((i + 1)); done";
            let words = [u64::from(signal.number()), u64::try_from(init)?, u64::from(times)];
            let mut shell = Command::new("sh");
            shell.args(["-c", script, "-"]).args(words.map(|word| word.to_string())).stderr(Stdio::null()).status()?;
        }
        Ok(())
    }

    /// Sends it a signal with a value.
    pub fn queue(&self, signal: Signal, value: i32) -> Result<()> {
        let Some(init) = self.init.filter(|init| is_inside(*init)) else { return Ok(()) };
        // nix has no sigqueue(3).
        let [signal, value, init] = [i32::from(signal.number()), value, init].map(|number| number.to_string());
        let mut program = Command::new("kill");
        program.args(["--queue", &value, "--signal", &signal, "--", &init]).stderr(Stdio::null()).status()?;
        Ok(())
    }

    /// Everybody but PID 1 and the init, zombies too.
    pub fn others(&self) -> Vec<Member> {
        let family = if self.top == 0 { Vec::new() } else { processes::family(self.top) };
        let others = family.into_iter().filter(|pid| *pid != self.top && Some(*pid) != self.init);
        others.filter_map(|pid| Member::look(pid, self.init)).collect()
    }

    /// The memory of the init, in KiB.
    pub fn memory(&self) -> Option<u64> {
        processes::status(self.init?, "RssAnon")?.split_whitespace().next()?.parse().ok()
    }

    /// What the processes are, for a report.
    pub fn picture(&self) -> Vec<String> {
        let show = |member: Member| {
            let call = fs::read_to_string(format!("/proc/{}/wchan", member.pid)).unwrap_or_default();
            format!("{} {} {} {call}", member.inside, member.state, member.label)
        };
        self.others().into_iter().map(show).collect()
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        // PID 1 is killed with its launcher, and every process of the namespace with PID 1.
        let _ = self.launcher.kill();
        let _ = self.launcher.wait();
    }
}

/// A process of the container.
#[derive(Clone, Debug)]
pub struct Member {
    pub pid: Pid,
    /// Its number in the namespace.
    pub inside: Pid,
    /// As in ps(1).
    pub state: char,
    /// The name by which it is executed; none for a zombie.
    pub label: String,
    /// Whether it is the init that must reap it.
    pub is_child_of_init: bool,
}

impl Member {
    fn look(pid: Pid, init: Option<Pid>) -> Option<Self> {
        let inside = number_inside(pid)?;
        let command = fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let program = command.split('\0').next().unwrap_or_default();
        let parent: Option<Pid> = processes::status(pid, "PPid")?.parse().ok();
        Some(Self {
            pid,
            inside,
            state: processes::state(pid)?,
            label: program.rsplit('/').next().unwrap_or_default().to_string(),
            is_child_of_init: parent.is_some() && parent == init,
        })
    }

    /// Whether it is one of a hook's processes.
    pub fn is_hook(&self) -> bool {
        self.label.strip_prefix('h').is_some_and(|number| number.parse::<usize>().is_ok())
    }

    /// Sends it a signal, if it is still somebody in a PID namespace below ours: nobody else is ever hit.
    pub fn hit(&self, signal: Signal) {
        if let Ok(named) = signal::Signal::try_from(i32::from(signal.number()))
            && number_inside(self.pid) == Some(self.inside)
        {
            let _ = kill(unistd::Pid::from_raw(self.pid), named);
        }
    }
}

fn is_inside(pid: Pid) -> bool {
    number_inside(pid).is_some()
}

/// The number that a process has in a PID namespace below ours; none for one of ours, and none for one that is gone.
fn number_inside(pid: Pid) -> Option<Pid> {
    let numbers = |pid: &str| processes::numbers(pid);
    let ours = numbers("self")?.len();
    let its = numbers(&pid.to_string())?;
    if its.len() > ours { its.last().copied() } else { None }
}

fn prepare(plan: &Plan, directory: &Path) -> Result<()> {
    let program = env::current_exe()?;
    let services = 0..plan.config.services.len();
    let labels = services.flat_map(|at| [Plan::service_label(at), Plan::probe_label(at)]);
    for label in labels.chain((0..plan.config.hooks.len()).map(Plan::hook_label)) {
        symlink(&program, directory.join(label))?;
    }
    File::create(directory.join(crate::inside::STORY))?;
    Ok(fs::write(directory.join(CONFIG), wigwag_core::form::write(&plan.config))?)
}
