//! The program of every service, probe and hook: this one again, by a name that says whose it is (`./s0`, `./h3`), with the
//! word [`INSIDE`] and some of these, done one after the other.
//!
//! | word | |
//! |---|---|
//! | `census` | tells who else is in the namespace |
//! | `sleep MS` | works, and does not look up |
//! | `deaf` | blocks every signal |
//! | `ignoring S,… [ … ]` | becomes this program with these words, in which the signals are ignored |
//! | `stop` | stops itself, as by Ctrl-Z |
//! | `die S` | ends by this signal |
//! | `exit N` | ends |
//! | `serve S,… MS N` | waits for one of these signals, whatever else comes; works so long, then ends with this |
//! | `start [ … ]` | starts a child |
//! | `orphan [ … ]` | the same, of a parent that ends at once |
//! | `flee N` | is never there for long: starts its next of N generations, and ends |
//! | `session` | makes a session of its own |
//! | `flood` | writes more to its output than a pipe takes |
//! | `touch FILE`, `look FILE` | makes a file; ends with 1 if it is not there |
//! | `notify` | says that it is ready, by `sd_notify(3)` |
//!
//! All tell into the file [`STORY`] of the working directory: a line in one write each, so that none is torn.

use std::{
    env,
    fs::{self, File, OpenOptions},
    io::{Write, stdout},
    os::{
        linux::net::SocketAddrExt,
        unix::{
            net::{SocketAddr, UnixDatagram},
            process::{CommandExt, parent_id},
        },
    },
    path::Path,
    process::{Command, exit},
    thread,
    time::Duration,
};

use nix::{
    sys::{
        signal::{SigSet, Signal, raise},
        signalfd::{SfdFlags, SignalFd},
    },
    time::{ClockId, clock_gettime},
    unistd::{getpid, setsid},
};
use scenarios::{Result, processes};

/// The first argument of this program when it is inside.
pub const INSIDE: &str = "inside";
/// The file in which all tell.
pub const STORY: &str = "story";
/// What a process tells first.
pub const START: &str = "start";
/// What a descendant of such a process tells first.
pub const CHILD: &str = "child";

/// Milliseconds by the clock that all processes share.
pub fn now() -> Result<u64> {
    let time = clock_gettime(ClockId::CLOCK_MONOTONIC)?;
    Ok(u64::try_from(time.tv_sec())? * 1000 + u64::try_from(time.tv_nsec())? / 1_000_000)
}

/// Adds a line to the story.
pub fn tell(story: &File, label: &str, text: &str) -> Result<()> {
    let line = format!("{} {label} {} {text}\n", now()?, getpid());
    let mut story = story;
    Ok(story.write_all(line.as_bytes())?)
}

pub fn open_story() -> Result<File> {
    Ok(OpenOptions::new().append(true).create(true).open(STORY)?)
}

pub fn run(name: &str, words: impl Iterator<Item = String>) -> Result<()> {
    let label = Path::new(name).file_name().and_then(|name| name.to_str()).unwrap_or("?").to_string();
    let actor = Actor { name: name.to_string(), label, story: open_story()? };
    let mut words = words.peekable();
    // What executes itself anew has told already.
    if words.next_if(|word| word == "again").is_none() {
        let is_child = words.next_if(|word| word == CHILD).is_some();
        actor.tell(if is_child { CHILD } else { START })?;
    }
    actor.act(words)
}

struct Actor {
    /// The path by which it is executed.
    name: String,
    label: String,
    story: File,
}

impl Actor {
    fn tell(&self, text: &str) -> Result<()> {
        tell(&self.story, &self.label, text)
    }

    fn act(&self, mut words: impl Iterator<Item = String>) -> Result<()> {
        while let Some(word) = words.next() {
            let mut next = || words.next().ok_or_else(|| format!("something must follow `{word}`"));
            match word.as_str() {
                "census" => self.tell(&format!("sees {}", census()?.join(" ")))?,
                "sleep" => work(&next()?)?,
                "deaf" => SigSet::all().thread_block()?,
                "ignoring" => {
                    let signals = next()?.replace(',', " ");
                    return Err(self.ignoring(&signals, &group(&mut words)?));
                }
                "stop" => raise(Signal::SIGSTOP)?,
                "die" => raise(next()?.parse()?)?,
                "exit" => {
                    let status = next()?;
                    self.tell(&format!("exit {status}"))?;
                    exit(status.parse()?);
                }
                "serve" => {
                    serve(&next()?)?;
                    self.tell("was asked")?;
                    work(&next()?)?;
                    let status = next()?;
                    self.tell(&format!("exit {status}"))?;
                    exit(status.parse()?);
                }
                "start" => drop(self.command(&group(&mut words)?).spawn()?),
                "orphan" => {
                    let child = group(&mut words)?;
                    let parent = [&["start", "["].map(String::from), child.as_slice(), &["]".to_string()]].concat();
                    self.command(&parent).status()?;
                }
                "flee" => {
                    let left: u64 = next()?.parse()?;
                    if let Some(left) = left.checked_sub(1) {
                        work("4")?;
                        let mut heir = Command::new(&self.name);
                        heir.args([INSIDE, "again", "flee", &left.to_string()]).spawn()?;
                    }
                    exit(0);
                }
                "session" => drop(setsid()?),
                "flood" => flood(),
                "touch" => drop(File::create(next()?)?),
                "look" => {
                    if !Path::new(&next()?).exists() {
                        exit(1);
                    }
                }
                "notify" => notify()?,
                _ => return Err(format!("`{word}` is not a word of those inside").into()),
            }
        }
        Ok(())
    }

    fn command(&self, words: &[String]) -> Command {
        let mut command = Command::new(&self.name);
        command.args([INSIDE, CHILD]).args(words);
        command
    }

    /// Safe Rust cannot ignore a signal; a shell can.
    fn ignoring(&self, signals: &str, words: &[String]) -> scenarios::Error {
        let script = format!("trap '' {signals}; exec \"$@\"");
        let mut shell = Command::new("sh");
        shell.args(["-c", &script, &self.name, &self.name, INSIDE, "again"]).args(words);
        shell.exec().into()
    }
}

fn work(milliseconds: &str) -> Result<()> {
    thread::sleep(Duration::from_millis(milliseconds.parse()?));
    Ok(())
}

/// Returns when one of the signals came.
fn serve(wanted: &str) -> Result<()> {
    let wanted = wanted.split(',').map(str::parse).collect::<std::result::Result<Vec<wigwag_core::Signal>, _>>()?;
    SigSet::all().thread_block()?;
    let signals = SignalFd::with_flags(&SigSet::all(), SfdFlags::SFD_CLOEXEC)?;
    loop {
        if let Some(info) = signals.read_signal()?
            && wanted.iter().any(|signal| u32::from(signal.number()) == info.ssi_signo)
        {
            return Ok(());
        }
    }
}

/// Blocks for ever when nobody reads it, and then only SIGKILL helps.
fn flood() {
    for _ in 0..64 {
        if stdout().write_all(&[b'.'; 4096]).is_err() {
            return;
        }
    }
}

fn notify() -> Result<()> {
    let Some(address) = env::var("NOTIFY_SOCKET").ok() else { return Ok(()) };
    let name = address.strip_prefix('@').ok_or("a socket in the file system?")?;
    UnixDatagram::unbound()?.send_to_addr(b"READY=1", &SocketAddr::from_abstract_name(name)?)?;
    Ok(())
}

/// The state of what was sent SIGKILL and did not yet have the time to notice.
pub const KILLED: &str = "K";

/// Everybody in this PID namespace but PID 1, the init and this process: `PID:STATE:NAME`.
pub fn census() -> Result<Vec<String>> {
    let known = [1, parent_id(), std::process::id()];
    let mut others = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        if known.contains(&pid) {
            continue;
        }
        // One that is gone meanwhile was there.
        let state = processes::state(i32::try_from(pid)?).unwrap_or('-').to_string();
        let state = if is_killed(i32::try_from(pid)?) { KILLED.to_string() } else { state };
        let command = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let program = command.split(|byte| *byte == 0).next().unwrap_or_default();
        let program = String::from_utf8_lossy(program).replace(' ', "_");
        others.push(format!("{pid}:{state}:{program}"));
    }
    Ok(others)
}

/// Whether SIGKILL waits for the process to run.
fn is_killed(pid: i32) -> bool {
    let pending = |key| {
        let mask = processes::status(pid, key).and_then(|mask| u64::from_str_radix(&mask, 16).ok());
        mask.unwrap_or_default() >> (wigwag_core::Signal::KILL.number() - 1) & 1 == 1
    };
    pending("SigPnd") || pending("ShdPnd")
}

/// The words between `[` and its `]`.
fn group(words: &mut impl Iterator<Item = String>) -> Result<Vec<String>> {
    if words.next().is_none_or(|word| word != "[") {
        return Err("`[` must follow".into());
    }
    let mut depth = 1;
    let mut group = Vec::new();
    for word in words {
        match word.as_str() {
            "[" => depth += 1,
            "]" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Ok(group);
        }
        group.push(word);
    }
    Err("a `]` is missing".into())
}
