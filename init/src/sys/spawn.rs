//! Starting a program, and knowing exactly whether it was executed.

mod explanation;
mod handover;

use alloc::{borrow::Cow, boxed::Box, ffi::CString, string::ToString as _, vec, vec::Vec};
use core::{
    ffi::{CStr, c_char},
    net::SocketAddr,
    ptr,
};

use rustix::{
    fd::{AsFd, BorrowedFd, OwnedFd},
    fs::{Mode, OFlags, open},
    io::{Errno, Result, read, write},
    net::{AddressFamily, SocketFlags, SocketType, connect, socket_with},
    pipe::{PipeFlags, pipe_with},
    process::{Pid, chdir, getpid, getppid, setpgid, setsid, umask},
    stdio::dup2_stdin,
};
use wigwag_core::{Failure, Preparation, SignalSet, Step, config::Session, environment, exit_code};

use self::handover::Handover;
pub use self::{explanation::explain, handover::Given};
use crate::{
    sys::{file, raw, signals::Mask, terminal::Terminal},
    text::Text,
};

/// What to start.
pub struct Program {
    pub work: Work,
    /// `NAME=value` entries; its PATH is the one that counts.
    pub environment: Vec<Text>,
    /// The terminal that it gets.
    pub terminal: Option<Terminal>,
    /// Whether it gets our standard input, rather than an empty one.
    pub stdin: bool,
    /// Where it is started, if its preparation says nothing else.
    pub directory: Text,
    pub session: Session,
    pub preparation: Preparation,
    /// Whether it gets the descriptors that we were started with.
    pub inherits: bool,
    /// Whether `LISTEN_PID`, if it names us, is to name the process (`sd_listen_fds(3)`).
    pub gets_listen_pid: bool,
}

impl Program {
    /// As it was called; nothing for a probe.
    pub fn name(&self) -> &[u8] {
        self.command().first().map_or(&[], Text::as_bytes)
    }

    fn command(&self) -> &[Text] {
        match &self.work {
            Work::Execute(command) => command,
            Work::Connect(_) | Work::Look(_) | Work::Do(_) => &[],
        }
    }
}

/// What a program finds of signals when it is executed, besides what we were started with.
#[derive(Clone, Copy)]
pub struct Inheritance {
    /// The signals that are blocked.
    pub mask: Mask,
    /// The signals that are not ignored.
    pub reset: SignalSet,
}

impl Inheritance {
    fn leave(self) {
        let mut reset = self.reset;
        while let Some(signal) = reset.pop() {
            let _ = raw::reset_action(signal);
        }
        self.mask.set();
    }
}

/// What the child does.
pub enum Work {
    /// It executes a program: this one with these arguments.
    Execute(Vec<Text>),
    /// It connects to this port, which may take its time; its exit status says whether it could.
    Connect(SocketAddr),
    /// It looks for this file; its exit status says whether it is there.
    Look(Text),
    /// It does this itself; its exit status is what that returns.
    Do(Box<dyn Fn(Inheritance) -> u8>),
}

/// A process that was forked.
pub struct Spawned {
    pid: Pid,
    /// Closed by the exec; before that, what kept the child from it comes through.
    result: OwnedFd,
}

pub enum ExecResult {
    Pending,
    Done,
    Failed(Obstacle),
}

/// Why a child could not execute its program.
#[derive(Clone, Copy)]
pub struct Obstacle {
    pub errno: Errno,
    /// The step of its preparation that failed; none if it came to the exec.
    step: Option<usize>,
}

impl Obstacle {
    /// What is written about one: the errno, and the number of the step or -1.
    const LENGTH: usize = 8;

    fn to_bytes(self) -> [u8; Self::LENGTH] {
        let step = self.step.map_or(-1, |step| i32::try_from(step).unwrap_or(i32::MAX));
        let (errno, step) = (i64::from(self.errno.raw_os_error()), i64::from(step));
        (errno << 32 | step & 0xffff_ffff).to_ne_bytes()
    }

    fn from_bytes(bytes: [u8; Self::LENGTH]) -> Self {
        let both = i64::from_ne_bytes(bytes);
        let [errno, step] = [both >> 32, both << 32 >> 32];
        Self {
            errno: Errno::from_raw_os_error(i32::try_from(errno).unwrap_or_default()),
            step: usize::try_from(step).ok(),
        }
    }

    /// As sh(1) tells them apart: what is not there, and what cannot be executed.
    pub fn failure(self) -> Failure {
        let is_missing = self.errno == Errno::NOENT || self.errno == Errno::NOTDIR;
        if is_missing && self.step.is_none() { Failure::NotFound } else { Failure::NotExecutable }
    }
}

impl Spawned {
    pub fn pid(&self) -> Pid {
        self.pid
    }

    /// What is known of the exec; ask once after it was not pending.
    pub fn result(&self) -> ExecResult {
        let mut bytes = [0; Obstacle::LENGTH];
        match read(&self.result, &mut bytes) {
            Err(Errno::AGAIN | Errno::INTR) => ExecResult::Pending,
            Ok(Obstacle::LENGTH) => ExecResult::Failed(Obstacle::from_bytes(bytes)),
            Ok(_) | Err(_) => ExecResult::Done,
        }
    }
}

impl AsFd for Spawned {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.result.as_fd()
    }
}

/// Forks, and executes the program in the child, which is given descriptors. Signals that are sent to it from now on wait
/// until then, so none is lost.
///
/// # Errors
/// When there is no process or no descriptor to be had.
pub fn spawn(program: &Program, inheritance: Inheritance, given: &[Given]) -> Result<Spawned> {
    let image = Image::new(program);
    let parent = getpid();
    let handover = Handover::new(given)?;
    let (result, report) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?;
    let report = handover.out_of_the_way(report)?;
    let Some(child) = raw::fork()? else {
        let arrived = handover.arrive();
        if !program.inherits {
            handover.close_others(&report);
        }
        let obstacle = match arrived {
            Ok(()) => image.execute(program, inheritance, parent),
            Err(errno) => Obstacle { errno, step: None },
        };
        let _ = write(&report, &obstacle.to_bytes());
        raw::exit(127)
    };
    if program.session == Session::Group {
        // The child does it too: whoever comes first, the group is there before anybody signals it.
        let _ = setpgid(Some(child), Some(child));
    }
    Ok(Spawned { pid: child, result })
}

/// Everything that execve(2) needs, made before the fork.
struct Image<'p> {
    candidates: Vec<Cow<'p, CStr>>,
    /// Whether it is not looked for in PATH.
    is_path: bool,
    argv: Vec<*const c_char>,
    envp: Vec<*const c_char>,
}

impl<'p> Image<'p> {
    fn new(program: &'p Program) -> Self {
        let command = program.command();
        Self {
            candidates: candidates(command, &program.environment),
            is_path: program.name().contains(&b'/'),
            argv: pointers(command),
            envp: pointers(&program.environment),
        }
    }

    /// In the child. Returns when it could not be executed.
    fn execute(mut self, program: &Program, inheritance: Inheritance, parent: Pid) -> Obstacle {
        match program.session {
            Session::Group => drop(setpgid(None, None)),
            Session::Session => drop(setsid()),
            Session::Inherit => {}
        }
        if let Some(terminal) = program.terminal {
            match program.session {
                Session::Group => terminal.take(),
                Session::Session => terminal.control(),
                Session::Inherit => {}
            }
        }
        if !program.stdin {
            empty_stdin();
        }
        let _ = chdir(program.directory.as_c_str());
        for (at, step) in program.preparation.steps.iter().enumerate() {
            if let Err(errno) = prepare(step, parent) {
                return Obstacle { errno, step: Some(at) };
            }
        }
        // It is pointed to by `envp`.
        let listen_pid = if program.gets_listen_pid { Some(listen_pid(getpid())) } else { None };
        if let Some(own) = &listen_pid {
            self.set_listen_pid(&program.environment, parent, own);
        }
        inheritance.leave();
        let errno = match &program.work {
            Work::Execute(_) => self.exec(),
            Work::Connect(address) => raw::exit(u8::from(!can_connect(address))),
            Work::Do(work) => raw::exit(work(inheritance)),
            Work::Look(path) => raw::exit(u8::from(!file::is_there(path.as_c_str()))),
        };
        Obstacle { errno, step: None }
    }

    fn set_listen_pid(&mut self, environment: &[Text], parent: Pid, own: &Text) {
        let of_parent = listen_pid(parent);
        for (entry, place) in environment.iter().zip(&mut self.envp) {
            if *entry == of_parent {
                *place = own.as_c_str().as_ptr();
            }
        }
    }

    /// As execvp(3): the first candidate that can be executed; a file without `#!` is a script of /bin/sh.
    fn exec(&self) -> Errno {
        let mut found = Errno::NOENT;
        for file in &self.candidates {
            let errno = execve(file, &self.argv, &self.envp);
            match errno {
                Errno::NOENT | Errno::NOTDIR | Errno::STALE | Errno::NODEV | Errno::TIMEDOUT => {
                    // There is no other place where it could be.
                    if self.is_path {
                        found = errno;
                    }
                }
                Errno::ACCESS => found = Errno::ACCESS,
                Errno::NOEXEC => {
                    let mut script = vec![c"sh".as_ptr(), file.as_ptr()];
                    script.extend(self.argv.iter().skip(1));
                    let errno = execve(c"/bin/sh", &script, &self.envp);
                    return if errno == Errno::NOENT { Errno::NOEXEC } else { errno };
                }
                _ => return errno,
            }
        }
        found
    }
}

/// The variable by which a program knows that descriptors were meant for it.
fn listen_pid(pid: Pid) -> Text {
    environment::entry("LISTEN_PID", pid.as_raw_pid().to_string().as_bytes()).into()
}

fn prepare(step: &Step, parent: Pid) -> Result<()> {
    match step {
        Step::Limit(resource, limits) => raw::limits(resource.number(), Some([limits.soft.0, limits.hard.0])).map(drop),
        Step::Umask(mask) => {
            umask(Mode::from_raw_mode(mask.bits()));
            Ok(())
        }
        Step::Groups(groups) => raw::set_groups(groups),
        Step::Gid(gid) => raw::set_gid(*gid),
        Step::Uid(uid) => raw::set_uid(*uid),
        Step::Directory(folder) => chdir(folder.as_str()),
        Step::ParentDeathSignal(signal) => {
            raw::prctl(raw::PR_SET_PDEATHSIG, signal.number().into())?;
            // One that ended before says nothing any more.
            if getppid() != Some(parent) {
                raw::exit(exit_code::of_signal(*signal));
            }
            Ok(())
        }
        Step::NoNewPrivs => raw::prctl(raw::PR_SET_NO_NEW_PRIVS, 1),
    }
}

/// Whether the port takes connections. It may never answer: then the probe is killed.
fn can_connect(address: &SocketAddr) -> bool {
    let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let socket = socket_with(family, SocketType::STREAM, SocketFlags::CLOEXEC, None);
    socket.and_then(|socket| connect(socket, address)).is_ok()
}

/// The files that `command` may mean, in the order of PATH.
fn candidates<'p>(command: &'p [Text], environment: &[Text]) -> Vec<Cow<'p, CStr>> {
    let Some(name) = command.first().filter(|name| !name.as_bytes().is_empty()) else { return Vec::new() };
    let bytes = name.as_bytes();
    if bytes.contains(&b'/') {
        return vec![Cow::Borrowed(name.as_c_str())];
    }
    let in_folder = |folder: &[u8]| match folder {
        b"" => Cow::Borrowed(name.as_c_str()),
        _ => Cow::Owned(CString::new([folder, b"/", bytes].concat()).unwrap_or_default()),
    };
    search_path(environment).split(|byte| *byte == b':').map(in_folder).collect()
}

fn search_path(environment: &[Text]) -> &[u8] {
    environment::get(environment, "PATH").unwrap_or(environment::DEFAULT_PATH.as_bytes())
}

fn pointers(texts: &[Text]) -> Vec<*const c_char> {
    texts.iter().map(|text| text.as_c_str().as_ptr()).chain([ptr::null()]).collect()
}

#[expect(unsafe_code, reason = "execve(2)")]
fn execve(file: &CStr, argv: &[*const c_char], envp: &[*const c_char]) -> Errno {
    // SAFETY: both lists are made of C strings that live as long as the program's texts, and end with a null pointer.
    unsafe { raw::execve(file, argv, envp) }
}

/// Without /dev/null it keeps ours.
fn empty_stdin() {
    if let Ok(null) = open(c"/dev/null", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()) {
        let _ = dup2_stdin(null);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_obstacle_comes_through_as_it_was() {
        for step in [None, Some(0), Some(7)] {
            let obstacle = Obstacle::from_bytes(Obstacle { errno: Errno::NOENT, step }.to_bytes());
            assert_eq!((obstacle.errno, obstacle.step), (Errno::NOENT, step));
        }
    }

    fn found(command: &str, environment: &[&str]) -> Vec<String> {
        let environment: Vec<Text> = environment.iter().copied().map(Text::from).collect();
        candidates(&[Text::from(command)], &environment)
            .into_iter()
            .map(|file| file.into_owned().into_string().unwrap())
            .collect()
    }

    #[test]
    fn programs_are_looked_for_as_execvp_does() {
        assert_eq!(found("a", &["PATH=/x:/y"]), ["/x/a", "/y/a"]);
        assert_eq!(found("a", &["PATH=/x::/y/"]), ["/x/a", "a", "/y//a"]);
        assert_eq!(found("./a", &["PATH=/x"]), ["./a"]);
        assert_eq!(found("", &["PATH=/x"]), Vec::<String>::new());
        assert_eq!(found("a", &[]).len(), 6);
    }
}
