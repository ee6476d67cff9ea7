//! The program that stands in for another one: it takes its time to end, and says what it got.
//!
//! It is executed as a script, whose first line names this program and whose second one says what to do: so it has its
//! arguments and its environment as the other one would, and none of them is needed for this.

use std::{
    ffi::OsString,
    fs::{self, OpenOptions},
    io::{self, Read, Write},
    os::fd::{AsFd, OwnedFd},
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

use nix::{
    poll::{PollFd, PollFlags, PollTimeout, poll},
    unistd::getpid,
};
use serde::{Deserialize, Serialize};
use wigwag_core::{Signal, exit_code::OWN_FAILURE};

use crate::{record::name, sys};

/// The subcommand by which this program is the probe.
pub const PROBE: &str = "prove-probe";

/// What it is to do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Orders {
    /// Milliseconds that it takes to end.
    pub drain: u64,
    /// What asks it to end, besides SIGTERM and SIGINT.
    #[serde(with = "name")]
    pub signal: Signal,
    /// Where it says what it got.
    pub log: PathBuf,
}

/// What it says.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Told {
    /// It got a signal.
    Signal {
        /// Its pid.
        pid: sys::Pid,
        /// Which.
        number: i32,
        /// From whom.
        from: sys::Pid,
    },
    /// It has done its work and exits.
    Exit {
        /// Its pid.
        pid: sys::Pid,
        /// With what.
        code: u8,
    },
}

impl Orders {
    /// The script that is the probe.
    pub fn script(&self, program: &Path) -> io::Result<Vec<u8>> {
        let mut script = format!("#!{} {PROBE}\n", program.display()).into_bytes();
        script.extend(serde_json::to_vec(self)?);
        script.push(b'\n');
        Ok(script)
    }

    fn read(script: &Path) -> io::Result<Self> {
        let text = fs::read_to_string(script)?;
        Ok(serde_json::from_str(text.lines().nth(1).unwrap_or_default())?)
    }
}

/// The words are those that the kernel makes of a script: its path, and the arguments.
pub fn run(words: &[OsString]) -> ExitCode {
    match words.first().map(Path::new).ok_or_else(|| io::ErrorKind::InvalidInput.into()).and_then(drain) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            let _ = writeln!(io::stderr(), "wigwag: the probe cannot work: {error}");
            ExitCode::from(OWN_FAILURE)
        }
    }
}

fn drain(script: &Path) -> io::Result<u8> {
    let orders = Orders::read(script)?;
    let (mut heard, pipe) = io::pipe()?;
    sys::hear(&[Signal::TERM, Signal::INT, orders.signal], OwnedFd::from(pipe))?;
    let pid = getpid().as_raw();
    // Whoever it is run as may write there, but perhaps not in the container of somebody else.
    let mut log = OpenOptions::new().append(true).open(&orders.log).ok();
    let mut tell = |told: Told| {
        if let Some(log) = &mut log
            && let Ok(mut line) = serde_json::to_vec(&told)
        {
            line.push(b'\n');
            let _ = log.write_all(&line);
        }
    };
    say(&format!("ready, pid {pid}"));
    let mut end: Option<Instant> = None;
    loop {
        let left = end.map(|end| end.saturating_duration_since(Instant::now()));
        if left.is_some_and(|left| left.is_zero()) {
            break;
        }
        let millis = left.map(|left| u16::try_from(left.as_millis()).unwrap_or(u16::MAX).saturating_add(1));
        let timeout = millis.map_or(PollTimeout::NONE, PollTimeout::from);
        // A poll that a signal interrupts finds the next time what there is to read.
        let is_heard = poll(&mut [PollFd::new(heard.as_fd(), PollFlags::POLLIN)], timeout);
        if is_heard.is_ok_and(|count| count > 0) {
            let mut read = || {
                let mut number = [0; 4];
                heard.read_exact(&mut number).map(|()| i32::from_ne_bytes(number))
            };
            let (number, from) = (read()?, read()?);
            tell(Told::Signal { pid, number, from });
            let signal = u8::try_from(number).ok().and_then(Signal::new).map(|signal| signal.to_string());
            say(&format!("{} from pid {from}", signal.unwrap_or_default()));
            end = end.or_else(|| Instant::now().checked_add(Duration::from_millis(orders.drain)));
        }
    }
    tell(Told::Exit { pid, code: 0 });
    say("done");
    Ok(0)
}

/// Nobody may be there to read it.
fn say(text: &str) {
    let _ = writeln!(io::stdout(), "probe: {text}");
}
