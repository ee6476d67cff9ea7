//! What must come of a case, and how a peer is known to differ.

use std::{
    collections::{BTreeMap, BTreeSet},
    os::unix::process::ExitStatusExt,
    process::ExitStatus,
};

use scenarios::{Init, Numbers, Result, matches};
use serde::Deserialize;
use wigwag_core::Signal;

/// For ours, and by peer what is different.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Expectations {
    #[serde(flatten)]
    ours: Expectation,
    peers: Option<Peer>,
    tini: Option<Peer>,
    dumb_init: Option<Peer>,
    catatonit: Option<Peer>,
}

/// How a peer, or every peer, differs.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Peer {
    /// Why it does.
    #[serde(rename = "why")]
    _why: String,
    /// Nothing can be said about it, because it is a race.
    #[serde(default)]
    skip: bool,
    #[serde(flatten)]
    expectation: Expectation,
}

/// What must come of a case; what is not written is not asked for, or for a peer, is as for ours.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Expectation {
    /// The exit code, in which `{}` is the number of `each` and `128+{}` that of the signal.
    exit: Option<Exit>,
    /// The signal that PID 1 died of.
    signal: Option<Signal>,
    /// These lines, in this order, perhaps others between them; `*` stands for any text.
    output: Option<Vec<String>>,
    /// No line like these.
    absent: Option<Vec<String>>,
    /// How often each of these lines comes.
    count: Option<BTreeMap<String, usize>>,
    /// Exactly these signals are told by `got …`.
    received: Option<Numbers>,
    /// How much of the grace period the stop may take, at most; 1 is all of it.
    at_most: Option<f64>,
    /// How much of it the stop must take, at least.
    at_least: Option<f64>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Exit {
    Code(u8),
    Each(String),
}

/// What came of a case.
pub struct Outcome {
    pub status: ExitStatus,
    pub lines: Vec<String>,
    /// From the engine's stop signal to the end, in grace periods.
    pub stop: Option<f64>,
}

impl Expectations {
    /// Whether the case says nothing about this peer.
    pub fn skips(&self, peer: &str) -> bool {
        self.of(peer).any(|peer| peer.skip)
    }

    /// What is expected of this init, for this number of `each`.
    pub fn for_init(&self, init: &Init) -> Expectation {
        let peers = init.peer().into_iter().flat_map(|peer| self.of(peer));
        peers.fold(self.ours.clone(), |expected, peer| peer.expectation.clone().or(expected))
    }

    /// What is said about all peers, then about this one.
    fn of(&self, peer: &str) -> impl Iterator<Item = &Peer> {
        let own = match peer {
            "tini" => &self.tini,
            "dumb-init" => &self.dumb_init,
            "catatonit" => &self.catatonit,
            _ => &None,
        };
        [&self.peers, own].into_iter().flatten()
    }
}

impl Expectation {
    fn or(self, other: Self) -> Self {
        // One of them says how it ends, so the other's word for it is void.
        let ends = self.exit.is_some() || self.signal.is_some();
        Self {
            exit: if ends { self.exit } else { other.exit },
            signal: if ends { self.signal } else { other.signal },
            output: self.output.or(other.output),
            absent: self.absent.or(other.absent),
            count: self.count.or(other.count),
            received: self.received.or(other.received),
            at_most: self.at_most.or(other.at_most),
            at_least: self.at_least.or(other.at_least),
        }
    }

    /// Everything that is not as expected.
    pub fn check(&self, outcome: &Outcome, each: Option<u8>) -> Result<Vec<String>> {
        let mut wrong = Vec::new();
        let expected = self.end(each)?;
        let ended = end(outcome.status);
        if ended != expected {
            wrong.push(format!("ended with {ended}, not with {expected}"));
        }
        let mut lines = outcome.lines.iter();
        for pattern in self.output.iter().flatten() {
            if !lines.any(|line| matches(pattern, line)) {
                wrong.push(format!("no line `{pattern}`, or not in this order"));
            }
        }
        let count = |pattern: &str| outcome.lines.iter().filter(|line| matches(pattern, line)).count();
        for pattern in self.absent.iter().flatten().filter(|pattern| count(pattern) > 0) {
            wrong.push(format!("there is a line `{pattern}`"));
        }
        for (pattern, times) in self.count.iter().flatten().filter(|(pattern, times)| count(pattern) != **times) {
            wrong.push(format!("`{pattern}` comes {} times, not {times}", count(pattern)));
        }
        if let Some(expected) = &self.received {
            let received = received(&outcome.lines);
            if received != expected.set() {
                wrong.push(format!("received {received:?}, not {:?}", expected.set()));
            }
        }
        let took = outcome.stop.unwrap_or_default();
        if self.at_most.is_some_and(|most| took > most) || self.at_least.is_some_and(|least| took < least) {
            wrong.push(format!("the stop took {took:.2} grace periods"));
        }
        Ok(wrong)
    }

    fn end(&self, each: Option<u8>) -> Result<String> {
        match (&self.exit, self.signal) {
            (Some(Exit::Code(code)), None) => Ok(code.to_string()),
            (Some(Exit::Each(text)), None) => {
                let number = u16::from(each.ok_or("`exit` names a number and there is no `each`")?);
                match text.as_str() {
                    "{}" => Ok(number.to_string()),
                    "128+{}" => Ok((128 + number).to_string()),
                    _ => Err(format!("`exit` cannot be `{text}`").into()),
                }
            }
            (None, Some(signal)) => Ok(signal.to_string()),
            (None, None) | (Some(_), Some(_)) => Err("either `exit` or `signal` must be expected".into()),
        }
    }
}

fn end(status: ExitStatus) -> String {
    let signal = status.signal().and_then(|number| Signal::new(u8::try_from(number).ok()?));
    signal.map(|signal| signal.to_string()).or(status.code().map(|code| code.to_string())).unwrap_or_default()
}

fn received(lines: &[String]) -> BTreeSet<u8> {
    let names = lines.iter().filter_map(|line| line.strip_prefix("got "));
    names.filter_map(|name| name.parse::<Signal>().ok()).map(Signal::number).collect()
}
