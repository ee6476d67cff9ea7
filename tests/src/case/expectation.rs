//! What must come of a case, and how an init is known to differ.

use std::{
    collections::{BTreeMap, BTreeSet},
    os::unix::process::ExitStatusExt,
    process::ExitStatus,
};

use serde::Deserialize;
use wigwag_core::Signal;

use crate::{Init, Numbers, Result, matches};

/// For every init, and what an init does differently; `peers` is all but ours.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Expectations {
    #[serde(flatten)]
    every: Expectation,
    peers: Option<Difference>,
    wigwag_init: Option<Difference>,
    tini: Option<Difference>,
    dumb_init: Option<Difference>,
    catatonit: Option<Difference>,
}

/// How an init differs.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Difference {
    /// Why it does.
    pub why: String,
    /// Nothing can be said about it, because it is a race.
    #[serde(default)]
    pub skip: bool,
    /// It is a fault of the peer's, which ours does not have when it is called by the peer's name.
    #[serde(default)]
    fault: bool,
    #[serde(flatten)]
    expectation: Expectation,
}

/// What must come of a case; what is not written is not asked for, or for a difference, is as for every init.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Expectation {
    /// The exit code, in which `{}` is the number of `each` and `128+{}` that of the signal.
    exit: Option<Exit>,
    /// The signal that PID 1 died of.
    #[serde(default, deserialize_with = "crate::optional_text")]
    signal: Option<Signal>,
    /// These lines, in this order, perhaps others between them; `*` stands for any text.
    output: Option<Vec<String>>,
    /// No line like these.
    absent: Option<Vec<String>>,
    /// How often each of these lines comes.
    count: Option<BTreeMap<String, usize>>,
    /// How often each of these lines comes, at most.
    no_more: Option<BTreeMap<String, usize>>,
    /// Exactly these signals are told by `got …`.
    received: Option<Numbers>,
    /// How much of the grace period the stop may take, at most; 1 is all of it.
    at_most: Option<f64>,
    /// How much of it the stop must take, at least.
    at_least: Option<f64>,
    /// The line that is waited for in vain, as long as the grace period is. Then the container is killed.
    stuck: Option<String>,
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
    /// The line that was waited for in vain.
    pub stuck: Option<String>,
}

impl Expectations {
    /// What is expected of every init.
    pub fn of_every_init(&self) -> &Expectation {
        &self.every
    }

    /// What is expected of this one.
    pub fn of(&self, init: &Init) -> Expectation {
        self.deviations(init)
            .fold(self.every.clone(), |expected, difference| difference.expectation.clone().or(expected))
    }

    /// Whether nothing can be said about this one.
    pub fn is_race(&self, init: &Init) -> bool {
        self.deviations(init).any(|difference| difference.skip)
    }

    /// Whether this one is known to differ.
    pub fn is_different(&self, init: &Init) -> bool {
        self.deviations(init).next().is_some()
    }

    /// What this one does differently. Ours by the name of a peer does what that does, but for its faults.
    fn deviations(&self, init: &Init) -> impl Iterator<Item = &Difference> {
        let is_original = init.is_original();
        let differences = init.name().into_iter().flat_map(|name| self.differences(name));
        differences.filter(move |difference| is_original || !difference.fault)
    }

    /// What the init of this name does differently: what all peers do, then itself.
    pub fn differences(&self, name: &str) -> impl Iterator<Item = &Difference> {
        let (all, own) = match name {
            "wigwag-init" => (&None, &self.wigwag_init),
            "tini" => (&self.peers, &self.tini),
            "dumb-init" => (&self.peers, &self.dumb_init),
            "catatonit" => (&self.peers, &self.catatonit),
            _ => (&None, &None),
        };
        [all, own].into_iter().flatten()
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
            no_more: self.no_more.or(other.no_more),
            received: self.received.or(other.received),
            at_most: self.at_most.or(other.at_most),
            at_least: self.at_least.or(other.at_least),
            stuck: self.stuck.or(other.stuck),
        }
    }

    /// Whether this line is known not to come.
    pub fn is_stuck_at(&self, pattern: &str) -> bool {
        self.stuck.as_deref() == Some(pattern)
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
        for (pattern, most) in self.no_more.iter().flatten().filter(|(pattern, most)| count(pattern) > **most) {
            wrong.push(format!("`{pattern}` comes {} times, {most} at most", count(pattern)));
        }
        if let Some(expected) = &self.received {
            let received = received(&outcome.lines);
            if received != expected.set() {
                wrong.push(format!("received {received:?}, not {:?}", expected.set()));
            }
        }
        if outcome.stuck != self.stuck {
            wrong.push(format!("waited in vain for {:?}, not for {:?}", outcome.stuck, self.stuck));
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
