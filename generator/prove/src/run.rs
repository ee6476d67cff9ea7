//! One run, in a process of its own: it starts the container, or attaches to it, waits until it is up, stops it, and
//! says what it saw. The container is killed with this process, and this process with whoever started it.

use std::{
    fs::{File, OpenOptions},
    io,
    os::{
        fd::{AsFd, OwnedFd},
        unix::fs::OpenOptionsExt,
    },
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use nix::{
    fcntl::{FcntlArg, OFlag, fcntl},
    poll::{PollFd, PollFlags, PollTimeout, poll},
    pty::{PtyMaster, grantpt, posix_openpt, ptsname_r, unlockpt},
    sys::{
        prctl,
        signal::{SigSet, Signal as Signals},
        signalfd::{SfdFlags, SignalFd},
    },
};
use tempfile::NamedTempFile;
use wigwag_core::Signal;

use crate::{
    book::Book,
    namespace,
    output::Output,
    procfs,
    record::{End, Record, Up},
    settings::{Act, Place, Ready, Settings},
    sys::{self, Pid},
    tracer::Tracer,
    watcher::Watcher,
};

/// So often is looked, when nothing says that there is something to see.
const LOOK: Duration = Duration::from_millis(10);
/// After SIGKILL, or when the engine should have killed.
const LAST: Duration = Duration::from_secs(10);
/// What the kernel does to execute a program, and its first instructions.
const MOMENT: Duration = Duration::from_micros(500);
/// So much earlier than a SIGKILL that somebody else sends is the last look.
const BEFORE_KILL: Duration = Duration::from_millis(150);

/// Whoever sees what happens.
enum Observer {
    Tracer(Tracer),
    Watcher(Watcher),
}

impl Observer {
    fn book(&mut self) -> &mut Book {
        match self {
            Self::Tracer(tracer) => &mut tracer.book,
            Self::Watcher(watcher) => &mut watcher.book,
        }
    }

    fn see(&mut self) -> nix::Result<()> {
        match self {
            Self::Tracer(tracer) => tracer.see(),
            Self::Watcher(watcher) => watcher.see(),
        }
    }
}

struct Run<'a> {
    settings: &'a Settings,
    observer: Observer,
    children: SignalFd,
    output: Option<Output>,
    terminal: Option<PtyMaster>,
}

/// Does it.
pub fn run(settings: &Settings) -> io::Result<Record> {
    sys::reset_signals();
    sys::close_inherited();
    prctl::set_pdeathsig(Signals::SIGKILL)?;
    if let Act::Early(after) = settings.act {
        return early(settings, Duration::from_micros(after));
    }
    match &settings.place {
        Place::Namespace { .. } => Run::start(settings)?.go(),
        Place::Container { first, .. } => Run::attach(settings, *first)?.go(),
    }
}

fn children() -> io::Result<SignalFd> {
    let children = SigSet::from(Signals::SIGCHLD);
    children.thread_block()?;
    Ok(SignalFd::with_flags(&children, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK)?)
}

impl<'a> Run<'a> {
    fn start(settings: &'a Settings) -> io::Result<Self> {
        let hold = NamedTempFile::new()?;
        hold.as_file().lock()?;
        let (child, output, terminal) = spawn(settings, &hold)?;
        let first = Pid::try_from(child.id()).map_err(io::Error::other)?;
        let children = children()?;
        let log = settings.probe_log.as_deref();
        let observer = match settings.trace.then(|| Tracer::before_start(first)) {
            Some(Ok(tracer)) => Observer::Tracer(tracer),
            Some(Err(error)) => {
                Observer::Watcher(Watcher::new(first, &format!("ptrace(2) is not permitted ({error})"), log))
            }
            None => Observer::Watcher(Watcher::new(first, "the container traces itself", log)),
        };
        // The container begins here.
        drop(hold);
        Ok(Self { settings, observer, children, output: Some(output), terminal })
    }

    fn attach(settings: &'a Settings, first: Pid) -> io::Result<Self> {
        let children = children()?;
        let observer = match Tracer::attach(first) {
            Ok(tracer) => Observer::Tracer(tracer),
            Err(error) => {
                let why = format!("the container's processes cannot be traced ({error})");
                Observer::Watcher(Watcher::new(first, &why, None))
            }
        };
        // What it prints is for people, and for `--ready`: without it there is still all the rest.
        let output = match &settings.place {
            Place::Container { name, .. } => logs(name, settings).ok(),
            Place::Namespace { .. } => None,
        };
        Ok(Self { settings, observer, children, output, terminal: None })
    }

    fn go(mut self) -> io::Result<Record> {
        self.wait_until_up()?;
        if !self.is_over() {
            self.stop()?;
        }
        // What was printed last.
        let end = Instant::now() + Duration::from_millis(200);
        while self.output.as_ref().is_some_and(|output| !output.is_closed) && Instant::now() < end {
            self.turn(LOOK)?;
        }
        let mut record = std::mem::take(&mut self.observer.book().record);
        record.output = self.output.map(Output::lines).unwrap_or_default();
        Ok(record)
    }

    fn is_over(&mut self) -> bool {
        let record = &self.observer.book().record;
        record.ended.is_some() || record.interfered.is_some()
    }

    /// Waits for something to happen, this long at most, and sees it.
    fn turn(&mut self, at_most: Duration) -> io::Result<()> {
        let is_watcher = matches!(self.observer, Observer::Watcher(_));
        let millis = at_most.min(if is_watcher { Duration::from_millis(3) } else { LOOK }).as_millis();
        let timeout = PollTimeout::from(u8::try_from(millis).unwrap_or(u8::MAX));
        let mut fds = vec![PollFd::new(self.children.as_fd(), PollFlags::POLLIN)];
        if let Some(output) = self.output.as_ref().filter(|output| !output.is_closed) {
            fds.push(PollFd::new(output.file.as_fd(), PollFlags::POLLIN));
        }
        let _ = poll(&mut fds, timeout);
        while let Ok(Some(_)) = self.children.read_signal() {}
        if let Some(output) = &mut self.output {
            output.read();
        }
        Ok(self.observer.see()?)
    }

    fn wait_until_up(&mut self) -> io::Result<()> {
        let deadline = Instant::now() + Duration::from_millis(self.settings.start_timeout);
        let mut quiet = (self.observer.book().changed, 0);
        let mut how = match &self.settings.ready {
            Ready::Quiet(millis) => format!("nobody was started, ended or at work for {millis} ms"),
            Ready::Line(line) => format!("it printed a line with `{line}`"),
            Ready::Tcp(address) => format!("it took a connection at {address}"),
        };
        loop {
            self.turn(LOOK)?;
            if self.is_over() {
                return Ok(());
            }
            let is_up = match &self.settings.ready {
                Ready::Quiet(millis) => self.is_quiet(Duration::from_millis(*millis), &mut quiet),
                Ready::Line(_) => self.output.as_ref().is_some_and(|output| output.is_ready),
                Ready::Tcp(address) => takes_connections(address),
            };
            if !is_up && Instant::now() < deadline {
                continue;
            }
            if !is_up {
                how = format!("never: the stop came anyway after {} ms", self.settings.start_timeout);
            }
            let book = self.observer.book();
            let at = book.now();
            book.record.up = Some(Up { at, how });
            return Ok(());
        }
    }

    /// Whether for this long nobody was started, ended, or had work to do. `since` is from when on, and how much work had
    /// been done by then.
    fn is_quiet(&mut self, length: Duration, since: &mut (Instant, u64)) -> bool {
        let book = self.observer.book();
        // Before it has begun there is nothing to be quiet.
        let has_begun = book.record.first().is_some_and(|first| !first.images.is_empty());
        let (work, is_busy) = book.work();
        // A tick may be the end of what was done before.
        if !has_begun || is_busy || book.changed > since.0 || work > since.1 + 1 {
            *since = (Instant::now(), work);
        }
        since.0.elapsed() >= length
    }

    fn stop(&mut self) -> io::Result<()> {
        let book = self.observer.book();
        book.look(|process, state| process.at_stop = Some(state));
        let stopped = book.now();
        book.record.stopped = Some(stopped);
        let (first, signal) = (book.first, self.settings.signal);
        let grace = Duration::from_millis(self.settings.grace);
        let is_ours_to_kill = match (&self.settings.place, self.settings.act) {
            (Place::Container { name, .. }, _) => {
                let seconds = self.settings.grace.div_ceil(1000).to_string();
                let mut docker = Command::new("docker");
                docker.args(["stop", "-t", &seconds, name]).stdin(Stdio::null()).stdout(Stdio::null());
                docker.spawn()?;
                false
            }
            (_, Act::CtrlC) => {
                if let Some(terminal) = &self.terminal {
                    nix::unistd::write(terminal, b"\x03")?;
                }
                true
            }
            _ => {
                // Gone at this very moment: that is seen.
                let _ = sys::kill(first, signal);
                true
            }
        };
        let deadline = Instant::now() + grace;
        let look = deadline.checked_sub(if is_ours_to_kill { Duration::ZERO } else { BEFORE_KILL }).unwrap_or(deadline);
        self.turn_until(look)?;
        if self.is_over() {
            return Ok(());
        }
        let book = self.observer.book();
        book.last_look();
        if is_ours_to_kill {
            book.record.killed = Some(book.now());
            let _ = sys::kill(first, Signal::KILL);
        }
        self.turn_until(deadline + LAST)?;
        let record = &mut self.observer.book().record;
        if !is_ours_to_kill && record.status.is_some_and(End::is_cut) {
            record.killed = record.ended;
        }
        if record.ended.is_none() {
            record.unknown.push("PID 1 was not gone 10 s after SIGKILL".to_string());
        }
        Ok(())
    }

    fn turn_until(&mut self, end: Instant) -> io::Result<()> {
        while !self.is_over() && Instant::now() < end {
            self.turn(end.saturating_duration_since(Instant::now()))?;
        }
        Ok(())
    }
}

/// What the engine's container has printed, and prints.
fn logs(name: &str, settings: &Settings) -> io::Result<Output> {
    let (reader, writer) = io::pipe()?;
    let mut docker = Command::new("docker");
    docker.args(["logs", "--follow", name]).stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    docker.spawn()?;
    output(reader.into(), settings)
}

fn output(reader: OwnedFd, settings: &Settings) -> io::Result<Output> {
    fcntl(&reader, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
    let awaited = match &settings.ready {
        Ready::Line(line) => Some(line.clone()),
        Ready::Quiet(_) | Ready::Tcp(_) => None,
    };
    Ok(Output::new(File::from(reader), awaited))
}

fn takes_connections(address: &str) -> bool {
    use std::net::{TcpStream, ToSocketAddrs};
    let mut addresses = address.to_socket_addrs().into_iter().flatten();
    addresses.any(|address| TcpStream::connect_timeout(&address, Duration::from_millis(100)).is_ok())
}

/// The process that becomes PID 1 as soon as nobody holds the file any more, what it prints, and its terminal.
fn spawn(settings: &Settings, hold: &NamedTempFile) -> io::Result<(Child, Output, Option<PtyMaster>)> {
    let Place::Namespace { command, binds, overlay, path } = &settings.place else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    let refused = |error: io::Error| {
        let way = "be root, allow user namespaces, or prove an image by `--image`";
        io::Error::new(error.kind(), format!("a new PID namespace is refused here ({error}): {way}"))
    };
    let mut inside = namespace::enter().map_err(refused)?;
    inside.hold = Some(hold.path().to_path_buf());
    inside.unblock = true;
    inside.bind = binds.iter().flat_map(|(from, to)| [from.clone(), to.clone()]).collect();
    inside.overlay = overlay.iter().flat_map(|(from, to)| [from.clone(), to.clone()]).collect();
    let (output, terminal, streams) = if settings.act == Act::CtrlC {
        let master = posix_openpt(OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC)?;
        grantpt(&master)?;
        unlockpt(&master)?;
        inside.terminal = Some(ptsname_r(&master)?.into());
        let output = master.as_fd().try_clone_to_owned()?;
        // Kept open until the container has it, or reading would say that it is closed.
        let other =
            OpenOptions::new().read(true).write(true).custom_flags(OFlag::O_NOCTTY.bits()).open(ptsname_r(&master)?)?;
        (output, Some(master), (Stdio::from(other.try_clone()?), Stdio::from(other)))
    } else {
        let (reader, writer) = io::pipe()?;
        (reader.into(), None, (Stdio::from(writer.try_clone()?), Stdio::from(writer)))
    };
    let words: Vec<_> = command.iter().map(crate::text::Text::to_os_string).collect();
    let mut command = inside.command(&words);
    command.stdin(Stdio::null()).stdout(streams.0).stderr(streams.1);
    if let Some(path) = path {
        let mut folders = vec![path.clone()];
        folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
        command.env("PATH", std::env::join_paths(folders).map_err(io::Error::other)?);
    }
    let child = command.spawn()?;
    Ok((child, self::output(output, settings)?, terminal))
}

/// Until it has run for a moment, or waits for something: nobody can hear before his first instruction, and on a busy machine
/// that comes late.
fn wait_for_first_instructions(pid: Pid) {
    let before = procfs::run_time(pid);
    let end = Instant::now() + MOMENT * 100;
    while Instant::now() < end {
        let has_run =
            procfs::run_time(pid).zip(before).is_none_or(|(now, before)| now.saturating_sub(before) >= MOMENT);
        if has_run || procfs::status(pid).is_none_or(|status| !matches!(status.state, 'R' | 'D')) {
            return;
        }
        std::thread::sleep(Duration::from_micros(50));
    }
}

/// A start that is stopped right away. Nobody looks on, because that would make it slower.
fn early(settings: &Settings, after: Duration) -> io::Result<Record> {
    let hold = NamedTempFile::new()?;
    hold.as_file().lock()?;
    let (mut child, mut output, _terminal) = spawn(settings, &hold)?;
    let first = Pid::try_from(child.id()).map_err(io::Error::other)?;
    drop(hold);
    let mut book = Book::new(first);
    while namespace::is_inside(first) && child.try_wait()?.is_none() {
        std::thread::sleep(Duration::from_micros(100));
    }
    wait_for_first_instructions(first);
    book.start();
    let start = Instant::now();
    std::thread::sleep(after);
    book.record.stopped = Some(book.now());
    let _ = sys::kill(first, settings.signal);
    let deadline = start + after + Duration::from_millis(settings.grace);
    let status = loop {
        output.read();
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if Instant::now() >= deadline && book.record.killed.is_none() {
            book.record.killed = Some(book.now());
            child.kill()?;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let code = namespace::code(status);
    book.ends(
        first,
        std::os::unix::process::ExitStatusExt::signal(&status)
            .map_or(End::Exited(code), |_| Signal::new(code.wrapping_sub(128)).map_or(End::Unseen, End::Killed)),
    );
    output.read();
    book.record.output = output.lines();
    Ok(book.record)
}
