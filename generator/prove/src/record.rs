//! What was seen of one run: facts, without an opinion.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use wigwag_core::{Signal, exit_code};

use crate::{sys::Pid, text::Text};

/// A time after the entrypoint was started; in JSON seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub Duration);

impl Moment {
    /// How long after the other one.
    pub fn since(self, other: Self) -> Duration {
        self.0.saturating_sub(other.0)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0.as_secs_f64())
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seconds = f64::deserialize(deserializer)?;
        Duration::try_from_secs_f64(seconds).map(Self).map_err(serde::de::Error::custom)
    }
}

/// Everything that was seen.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Record {
    /// In the order in which they began; the first is PID 1.
    pub processes: Vec<Process>,
    /// Signals, in the order in which they were taken.
    pub deliveries: Vec<Delivery>,
    /// When everything had been started, and how that was seen.
    pub up: Option<Up>,
    /// When the platform asked for the stop.
    pub stopped: Option<Moment>,
    /// When PID 1 began to end; whoever lived then was killed by the kernel.
    pub ending: Option<Moment>,
    /// When the grace period was over and PID 1 was killed.
    pub killed: Option<Moment>,
    /// When PID 1 was gone.
    pub ended: Option<Moment>,
    /// How PID 1 ended, for the platform.
    pub status: Option<End>,
    /// The last lines that were printed.
    pub output: Vec<Text>,
    /// Whether every process and every signal was seen.
    pub is_traced: bool,
    /// What could not be seen, in sentences.
    pub unknown: Vec<String>,
    /// Somebody wanted to trace, and was traced already: nothing of this record counts.
    pub interfered: Option<Text>,
}

/// A process.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Process {
    /// As it is called in the container.
    pub pid: Pid,
    /// Who made it.
    pub parent: Pid,
    /// When.
    pub born: Moment,
    /// What it executed, one after the other; if nothing, it is a copy of its parent.
    pub images: Vec<Image>,
    /// When it was over, and how.
    pub ended: Option<(Moment, End)>,
    /// What it was when the stop was asked for.
    pub at_stop: Option<State>,
    /// What it was when PID 1 began to end, or the grace period was over.
    pub at_end: Option<State>,
    /// As it is called out here.
    #[serde(skip)]
    pub outer: Pid,
}

/// A program, as a process began to run it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Image {
    /// When.
    pub at: Moment,
    /// Its arguments, its name first.
    pub arguments: Vec<Text>,
    /// Its environment, in its order.
    pub environment: Vec<Text>,
    /// Signals that were blocked.
    pub blocked: Vec<String>,
    /// Signals that were ignored.
    pub ignored: Vec<String>,
    /// What was open, 0 to 2 too.
    pub descriptors: Vec<Descriptor>,
    /// Its user.
    pub uid: u32,
}

/// An open descriptor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Descriptor {
    /// Its number.
    pub number: u32,
    /// What it leads to.
    pub target: Text,
}

/// What a process is at some moment.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct State {
    /// `R`, `S`, `Z`, …
    pub state: char,
    /// Its parent, as it is called out here.
    #[serde(skip)]
    pub parent: Pid,
    /// Whether PID 1 is its parent.
    pub is_child_of_first: bool,
    /// Signals that are blocked.
    pub blocked: Vec<String>,
    /// Signals that are ignored.
    pub ignored: Vec<String>,
    /// Signals that have a handler.
    pub caught: Vec<String>,
    /// Signals that wait to be taken.
    pub pending: Vec<String>,
}

impl State {
    /// Whether job control or a tracer holds it.
    pub fn is_stopped(&self) -> bool {
        matches!(self.state, 'T' | 't')
    }

    /// Whether it is over, and nobody has asked for its status.
    pub fn is_zombie(&self) -> bool {
        self.state == 'Z'
    }
}

/// How everything was seen to be up.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Up {
    /// When.
    pub at: Moment,
    /// How, as the end of a sentence.
    pub how: String,
}

/// A signal that a process took.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Delivery {
    /// When.
    pub at: Moment,
    /// Who took it.
    pub to: Pid,
    /// Which.
    #[serde(with = "name")]
    pub signal: Signal,
    /// Who sent it.
    pub from: Sender,
    /// What it does.
    pub effect: Effect,
}

/// Who sent a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sender {
    /// Somebody outside of the container.
    Platform,
    /// A process.
    Process(Pid),
    /// The kernel: a terminal, a child's end, a timer, a fault.
    Kernel,
}

/// What a signal does to who takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// A handler runs.
    Caught,
    /// It is ignored, by choice or by default.
    Ignored,
    /// Its default action ends or stops the process.
    Default,
    /// Its default action would do so, but PID 1 has none.
    Dropped,
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// It exited with this code.
    Exited(u8),
    /// This signal ended it.
    Killed(#[serde(with = "name")] Signal),
    /// Nobody saw how.
    Unseen,
}

impl End {
    /// The exit code of a container whose PID 1 ends so.
    pub fn code(self) -> Option<u8> {
        match self {
            Self::Exited(code) => Some(code),
            Self::Killed(signal) => Some(exit_code::of_signal(signal)),
            Self::Unseen => None,
        }
    }

    /// Whether it was killed, and could do nothing about it.
    pub fn is_cut(self) -> bool {
        self == Self::Killed(Signal::KILL)
    }
}

impl std::fmt::Display for End {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exited(code) => write!(f, "exit code {code}"),
            Self::Killed(signal) => write!(f, "{signal}"),
            Self::Unseen => f.write_str("it is not known how"),
        }
    }
}

impl Process {
    /// What it ran last, if it executed anything itself.
    pub fn image(&self) -> Option<&Image> {
        self.images.last()
    }

    /// Whether it lived at this moment.
    pub fn lives(&self, at: Moment) -> bool {
        self.born <= at && self.ended.is_none_or(|(ended, _)| ended > at)
    }
}

impl Record {
    /// PID 1.
    pub fn first(&self) -> Option<&Process> {
        self.processes.first()
    }

    /// The process of this number, the last one if there were several.
    pub fn process(&self, pid: Pid) -> Option<&Process> {
        self.processes.iter().rev().find(|process| process.pid == pid)
    }

    /// What the process ran: itself, or whoever it is a copy of.
    pub fn image_of<'a>(&'a self, process: &'a Process) -> Option<&'a Image> {
        if let Some(image) = process.image() {
            return Some(image);
        }
        let is_parent = |other: &&Process| other.pid == process.parent && other.born <= process.born;
        let parent = self.processes.iter().rev().filter(|other| other.pid != process.pid).find(is_parent)?;
        let image = parent.images.iter().rev().find(|image| image.at <= process.born);
        image.or_else(|| self.image_of(parent))
    }

    /// Who took signals after the stop was asked for.
    pub fn deliveries_of_stop(&self) -> impl Iterator<Item = &Delivery> {
        self.deliveries.iter().filter(|delivery| self.stopped.is_some_and(|stopped| delivery.at >= stopped))
    }
}

/// A signal by its name.
pub mod name {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use wigwag_core::Signal;

    /// Writes it.
    pub fn serialize<S: Serializer>(signal: &Signal, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(signal)
    }

    /// Reads it.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Signal, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|_| D::Error::custom("no signal"))
    }
}
