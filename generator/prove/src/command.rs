//! `wigwag prove`: its words, and what they make it do.

use std::{
    env,
    ffi::OsString,
    fs::{self, Permissions},
    io::{self, Read, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitCode, Stdio},
    thread,
    time::Duration,
};

use clap::{Args, Subcommand, ValueEnum};
use wigwag_core::{Millis, Signal, exit_code::OWN_FAILURE};

use crate::{
    Error,
    engine::{self, Container},
    guard::{GUARD, Guard, Guarded},
    namespace,
    probe::{self, Orders, PROBE},
    record::{Effect, Record},
    report::{CtrlC, Early, Report, Verdict},
    run,
    settings::{Act, Place, Ready, Settings},
    subject::Subject,
    text::Text,
    verdict::{Expected, Reason, judge, sender},
};

/// The subcommand by which this program does one run.
const RUN: &str = "prove-run";
/// An early stop comes within this time after the start.
const EARLY: Duration = Duration::from_millis(30);

/// Start a command or an image, stop it, and say whether it stops as it should, and why not.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 right, 1 wrong, 2 the command line is wrong, 4 it could not be done.")]
pub struct Prove {
    /// The image that is run, in Docker; without it the command is PID 1 of a new PID namespace here.
    #[arg(long)]
    image: Option<String>,
    /// Options of `docker create`, one word each: --option=--env=A=B.
    #[arg(long, value_name = "OPTION", requires = "image", allow_hyphen_values = true)]
    option: Vec<String>,
    /// What asks for the stop [default: the image's STOPSIGNAL, or SIGTERM].
    #[arg(long)]
    signal: Option<Signal>,
    /// The platform's grace period: from the stop signal to SIGKILL.
    #[arg(long, default_value = "10s", value_name = "TIME")]
    grace: Millis,
    /// What the program is called that the container is there for [default: the last one that is no shell or launcher].
    #[arg(long, value_name = "NAME")]
    program: Option<String>,
    /// What stands in for a program that is not there, or is not to run: it takes its time to end, and exits with 0.
    #[arg(long, value_name = "PROGRAM", conflicts_with = "image")]
    probe: Option<String>,
    /// How long the probe takes to end.
    #[arg(long, default_value = "300ms", value_name = "TIME", requires = "probe")]
    drain: Millis,
    /// It is up when it has printed a line with this in it.
    #[arg(long, value_name = "TEXT", conflicts_with = "ready_tcp")]
    ready: Option<String>,
    /// It is up when it takes connections at HOST:PORT; of an image, at this port of the container.
    #[arg(long, value_name = "HOST:PORT")]
    ready_tcp: Option<String>,
    /// It is up when nobody was started, ended or at work for this long.
    #[arg(long, default_value = "300ms", value_name = "TIME")]
    quiet_for: Millis,
    /// The stop comes when it is not up by then, too.
    #[arg(long, default_value = "30s", value_name = "TIME")]
    start_timeout: Millis,
    /// Start it so many times more, and stop it within 30 ms after each start.
    #[arg(long, value_name = "STARTS", default_missing_value = "20", num_args = 0..=1, conflicts_with = "image")]
    early: Option<u16>,
    /// Start it at a terminal, too, and press Ctrl-C.
    #[arg(long, conflicts_with = "image")]
    ctrl_c: bool,
    /// An exit code that is a success, besides 0 and 128 + the stop signal.
    #[arg(long, value_name = "CODE")]
    success: Vec<u8>,
    /// Do not trace: read /proc over and over.
    #[arg(long)]
    no_trace: bool,
    /// In which form it is told.
    #[arg(long, visible_alias = "format", default_value = "text", value_name = "FORM")]
    output: Form,
    /// The command, or the arguments of the image.
    #[arg(last = true, required_unless_present = "image")]
    command: Vec<OsString>,
}

/// In which form it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// What this program does of it in processes of its own.
#[derive(Debug, Subcommand)]
pub enum Part {
    /// Prepares the inside of a PID namespace, and executes a command there.
    #[command(hide = true, name = namespace::INSIDE)]
    Inside(namespace::Inside),
    /// One run.
    #[command(hide = true, name = RUN)]
    Run,
    /// The program that stands in for another one.
    #[command(hide = true, name = PROBE)]
    Probe {
        /// What the kernel makes of a script.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<OsString>,
    },
    /// Takes away what must not stay.
    #[command(hide = true, name = GUARD)]
    Guard(Guarded),
}

impl Part {
    /// Does it.
    pub fn run(self) -> ExitCode {
        match self {
            Self::Inside(inside) => inside.exec(),
            Self::Run => one_run().unwrap_or_else(|error| {
                let _ = writeln!(io::stderr(), "{error}");
                ExitCode::from(OWN_FAILURE)
            }),
            Self::Probe { words } => probe::run(&words),
            Self::Guard(guarded) => guarded.wait(),
        }
    }
}

fn one_run() -> io::Result<ExitCode> {
    let mut settings = String::new();
    io::stdin().read_to_string(&mut settings)?;
    let record = run::run(&serde_json::from_str(&settings)?)?;
    io::stdout().write_all(&serde_json::to_vec(&record)?)?;
    Ok(ExitCode::SUCCESS)
}

/// A run that has been started.
struct Running(Child);

impl Running {
    fn start(settings: &Settings) -> Result<Self, Error> {
        let mut command = Command::new(namespace::THIS_PROGRAM);
        command.arg(RUN).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let json = serde_json::to_vec(settings).map_err(io::Error::from)?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(&json)?;
        }
        Ok(Self(child))
    }

    fn end(self) -> Result<Record, Error> {
        let output = self.0.wait_with_output()?;
        if !output.status.success() {
            let why = String::from_utf8_lossy(&output.stderr);
            return Err(Error::Io(format!("it cannot be run: {}", why.trim())));
        }
        Ok(serde_json::from_slice(&output.stdout).map_err(io::Error::from)?)
    }
}

/// The probe, in the place of a program.
struct Shim {
    binds: Vec<(PathBuf, PathBuf)>,
    overlay: Option<(PathBuf, PathBuf)>,
    path: PathBuf,
    log: PathBuf,
    _guard: Guard,
}

impl Shim {
    fn new(program: &str, drain: Millis, signal: Signal) -> Result<Self, Error> {
        let folder = tempfile::Builder::new().prefix("wigwag-").tempdir()?.keep();
        let guard = Guard::folder(&folder)?;
        let (own, bin, log) = (folder.join("wigwag"), folder.join("bin"), folder.join("log"));
        fs::create_dir(&bin)?;
        let mode = |path: &Path, mode| fs::set_permissions(path, Permissions::from_mode(mode));
        fs::write(&own, "")?;
        fs::write(&log, "")?;
        let name = Path::new(program).file_name().ok_or_else(|| Error::Usage(format!("`{program}` is no program")))?;
        let script = bin.join(name);
        fs::write(&script, Orders { drain: drain.0, signal, log: log.clone() }.script(&own)?)?;
        // For every user that it may be run as.
        for (path, bits) in [(&folder, 0o755), (&bin, 0o755), (&own, 0o755), (&script, 0o755), (&log, 0o666)] {
            mode(path, bits)?;
        }
        let mut binds = vec![(fs::canonicalize(namespace::THIS_PROGRAM)?, own)];
        let mut overlay = None;
        if program.contains('/') {
            let path = fs::canonicalize(program);
            let path =
                path.map_err(|error| Error::Io(format!("`{program}` cannot be replaced by the probe: {error}")))?;
            binds.push((script, path));
        } else {
            let places: Vec<PathBuf> = env::split_paths(&env::var_os("PATH").unwrap_or_default())
                .map(|folder| folder.join(program))
                .filter_map(|path| fs::canonicalize(path).ok())
                .filter(|path| path.is_file())
                .collect();
            let local = PathBuf::from("/usr/local/bin");
            if places.is_empty() && local.is_dir() {
                overlay = Some((bin.clone(), local));
            }
            binds.extend(places.into_iter().map(|path| (script.clone(), path)));
        }
        Ok(Self { binds, overlay, path: bin, log, _guard: guard })
    }
}

impl Prove {
    /// Does it, and returns what is to be printed and whether all is right.
    pub fn run(self) -> Result<(String, bool), Error> {
        let form = self.output;
        self.usage()?;
        let report = if self.image.is_some() { self.image() } else { self.command() }?;
        let text = match form {
            Form::Text => report.text(),
            Form::Json => serde_json::to_string_pretty(&report).map_err(io::Error::from)? + "\n",
        };
        Ok((text, report.verdict == Verdict::Right))
    }

    /// What clap cannot know.
    fn usage(&self) -> Result<(), Error> {
        if let Some(signal @ (Signal::KILL | Signal::STOP)) = self.signal {
            let why = "nobody can handle it, so that there is no stop to look at";
            return Err(Error::Usage(format!("`{signal}` is no stop signal: {why}")));
        }
        let port = |address: &str| address.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
        if let Some(address) = self.ready_tcp.as_ref().filter(|address| port(address).is_none()) {
            return Err(Error::Usage(format!("`{address}` is no HOST:PORT for `--ready-tcp`, as in `127.0.0.1:8080`")));
        }
        Ok(())
    }

    fn expected(&self, signal: Signal) -> Expected {
        let program = self.program.clone().or_else(|| self.probe.clone());
        Expected { signal, grace: self.grace, success: self.success.clone(), program }
    }

    fn settings(&self, place: Place, signal: Signal, address: Option<&str>) -> Settings {
        let ready = match (&self.ready, &self.ready_tcp) {
            (Some(line), _) => Ready::Line(line.clone()),
            (None, Some(tcp)) => {
                let port = tcp.rsplit(':').next().unwrap_or_default();
                Ready::Tcp(address.map_or_else(|| tcp.clone(), |address| format!("{address}:{port}")))
            }
            (None, None) => Ready::Quiet(self.quiet_for.0),
        };
        Settings {
            place,
            act: Act::Stop,
            signal,
            grace: self.grace.0,
            ready,
            start_timeout: self.start_timeout.0,
            trace: !self.no_trace,
            probe_log: None,
        }
    }

    fn command(&self) -> Result<Report, Error> {
        let signal = self.signal.unwrap_or(Signal::TERM);
        let expected = self.expected(signal);
        let shim = || self.probe.as_deref().map(|program| Shim::new(program, self.drain, signal)).transpose();
        let settings = |shim: Option<&Shim>| {
            let place = Place::Namespace {
                command: self.command.iter().map(|word| Text::from(word.as_os_str())).collect(),
                binds: shim.map(|shim| shim.binds.clone()).unwrap_or_default(),
                overlay: shim.and_then(|shim| shim.overlay.clone()),
                path: shim.map(|shim| shim.path.clone()),
            };
            Settings { probe_log: shim.map(|shim| shim.log.clone()), ..self.settings(place, signal, None) }
        };
        let observe = |act: Act| -> Result<Record, Error> {
            let first = shim()?;
            let asked = Settings { act, ..settings(first.as_ref()) };
            let record = Running::start(&asked)?.end()?;
            if record.interfered.is_none() {
                return Ok(record);
            }
            let again = shim()?;
            Running::start(&Settings { act, trace: false, ..settings(again.as_ref()) })?.end()
        };
        let record = observe(Act::Stop)?;
        let subject = Subject::choose(&record, expected.program.as_deref());
        let mut reasons = judge(&record, subject.as_ref(), &expected);
        let early = match self.early {
            Some(starts) if starts > 0 => {
                let shim = shim()?;
                Some(early(&settings(shim.as_ref()), starts, &mut reasons)?)
            }
            _ => None,
        };
        let ctrl_c = if self.ctrl_c { Some(ctrl_c(&observe(Act::CtrlC)?, &expected, &mut reasons)) } else { None };
        Ok(Report::new(record, &expected, reasons, early, ctrl_c))
    }

    fn image(&self) -> Result<Report, Error> {
        let image = self.image.as_deref().unwrap_or_default();
        let words: Option<Vec<String>> = self.command.iter().map(|word| word.to_str().map(str::to_string)).collect();
        let words = words.ok_or_else(|| Error::Usage("the arguments of an image must be UTF-8".to_string()))?;
        let name = engine::new_name();
        let _guard = Guard::container(&name)?;
        let container = Container::start(&name, image, &self.option, &words, self.signal)?;
        let expected = self.expected(container.signal);
        let time = |time: Millis| Duration::from_millis(time.0);
        let record = match container.first.filter(|_| !self.no_trace) {
            Some(first) => {
                let address = self.ready_tcp.is_some().then(|| container.address()).transpose()?;
                let place = Place::Container { name: container.name.clone(), first };
                let mut record = Running::start(&self.settings(place, container.signal, address.as_deref()))?.end()?;
                // Of a signal the engine makes a code; and it is the one that people see.
                if record.ended.is_some() {
                    record.status = container.status()?.or(record.status);
                }
                record
            }
            None => container.stop_unseen(time(self.quiet_for), time(self.start_timeout), time(self.grace))?,
        };
        let subject = Subject::choose(&record, expected.program.as_deref());
        let reasons = judge(&record, subject.as_ref(), &expected);
        Ok(Report::new(record, &expected, reasons, None, None))
    }
}

/// Starts that are stopped at once: one after the other, so that none makes another one slower, but waited for together.
fn early(settings: &Settings, starts: u16, reasons: &mut Vec<Reason>) -> Result<Early, Error> {
    let mut runs = Vec::new();
    for index in 0..starts {
        let after = EARLY * u32::from(index) / u32::from(starts.max(2) - 1);
        let micros = u64::try_from(after.as_micros()).unwrap_or_default();
        runs.push((after, Running::start(&Settings { act: Act::Early(micros), ..settings.clone() })?));
        thread::sleep(EARLY * 2);
    }
    let mut early = Early { starts: usize::from(starts), in_time: 0, lost_at: Vec::new() };
    for (after, run) in runs {
        if run.end()?.killed.is_some() {
            early.lost_at.push(u64::try_from(after.as_millis()).unwrap_or_default());
        } else {
            early.in_time += 1;
        }
    }
    if !early.lost_at.is_empty() {
        let what = format!(
            "{} of {starts} starts did not end when {} came within {} ms after the start: it was lost",
            early.lost_at.len(),
            settings.signal,
            EARLY.as_millis()
        );
        let mend =
            "before a handler is set, PID 1 loses what it gets: wigwag-init holds signals until the program is there";
        reasons.push(Reason::wrong("early", what, mend));
    }
    Ok(early)
}

fn ctrl_c(record: &Record, expected: &Expected, reasons: &mut Vec<Reason>) -> CtrlC {
    let subject = Subject::choose(record, expected.program.as_deref());
    let pid = subject.as_ref().map(|subject| subject.process.pid);
    let got: Vec<_> = record
        .deliveries_of_stop()
        .filter(|delivery| Some(delivery.to) == pid && delivery.signal == Signal::INT)
        .collect();
    let from: Vec<String> = got.iter().map(|delivery| sender(delivery.from)).collect();
    let ended = record.killed.is_none() && record.stopped.is_some();
    let name = subject.as_ref().map(Subject::name).unwrap_or_default();
    if got.len() > 1 {
        let what = format!("`{name}` got SIGINT {} times for one Ctrl-C, from {}", got.len(), from.join(" and from "));
        let mend = "the terminal tells its whole group already: do not pass SIGINT on from there, or start it in a group of its own";
        reasons.push(Reason::wrong("signal-twice", what, mend));
    }
    if !ended {
        let is_dropped = got.iter().any(|delivery| delivery.effect == Effect::Dropped);
        let why = if is_dropped { ": PID 1 has no default actions" } else { "" };
        let what = format!("Ctrl-C at a terminal did not end it within {}{why}", expected.grace);
        reasons.push(Reason::wrong("ctrl-c", what, "handle SIGINT as the stop signal, or put wigwag-init before it"));
    }
    CtrlC { signals: got.len(), from, ended, exit_code: record.status.and_then(crate::record::End::code) }
}
