//! Acting: a plan is carried out, and what was seen is noted. Nothing is decided here.

use std::{
    collections::BTreeMap, fs, os::unix::process::ExitStatusExt, path::Path, process::ExitStatus, thread,
    time::Duration,
};

use scenarios::Result;
use wigwag_core::Signal;

use crate::{
    container::{Container, JOURNAL, Member},
    inside::{self, now},
    journal::{self, Event},
    plan::{Fault, Output, Plan, Victim},
    sentinel,
    story::{self, Line},
};

const PAUSE: Duration = Duration::from_millis(4);
/// Between two looks at everybody.
const LOOK: u64 = 30;
/// How much longer than the grace period it is watched, to say how late it is.
const OVERTIME: u64 = 3_000;
/// If it never ends, although no grace period is running.
const LONGEST: u64 = 30_000;

/// Everything that was seen of a round. Times are [`now`]'s.
#[derive(Debug, Default)]
pub struct Seen {
    pub listened: u64,
    /// When the stop signal was first sent, and when the container ended, if it did before it was killed.
    pub stop: Option<u64>,
    pub ended: Option<u64>,
    pub code: Option<u8>,
    /// That PID 1, or the init, died of.
    pub killed_by: Option<i32>,
    pub hits: Vec<Hit>,
    /// Zombies that the init did not reap, by their number inside: how long they were seen.
    pub zombies: BTreeMap<i32, u64>,
    /// The init's memory in KiB, at first and at most.
    pub memory: Option<(u64, u64)>,
    pub story: Vec<Line>,
    /// None if it could not be kept.
    pub journal: Option<Vec<Event>>,
    /// What stands among it and is none of the init's.
    pub others: Vec<String>,
    /// What was there when it was killed.
    pub picture: Vec<String>,
    /// How long the machine kept the sentinel waiting, in all and since the stop began.
    pub delay: u64,
    /// For how many percent of the time somebody on it waited for a processor.
    pub pressure: u64,
    pub delay_of_stop: u64,
}

/// A process that was killed, stopped or continued.
#[derive(Debug)]
pub struct Hit {
    pub at: u64,
    /// Its number inside.
    pub pid: i32,
    pub label: String,
    pub signal: Signal,
}

pub fn run(plan: &Plan) -> Result<Seen> {
    let directory = tempfile::tempdir()?;
    let (begin, pressure) = (now()?, sentinel::pressure());
    let mut container = Container::start(plan, directory.path())?;
    let mut seen = Seen { listened: now()?, ..Seen::default() };
    let status = watch(plan, &mut container, &mut seen)?;
    if status.is_none() {
        seen.picture = container.picture();
        container.send(Signal::KILL, 1)?;
    }
    drop(container);
    let waited = sentinel::pressure().zip(pressure).map(|(after, before)| after.saturating_sub(before) / 10);
    seen.pressure = waited.unwrap_or_default() / (now()? - begin).max(1);
    seen.delay = sentinel::delay_since(begin);
    seen.delay_of_stop = sentinel::delay_since(seen.stop.unwrap_or(u64::MAX));
    seen.read(plan, directory.path(), status)?;
    Ok(seen)
}

/// Until it has ended, or nobody would wait any longer.
fn watch(plan: &Plan, container: &mut Container, seen: &mut Seen) -> Result<Option<ExitStatus>> {
    let (mut faults, mut stops) = (plan.faults.iter().peekable(), plan.stops.iter().peekable());
    let mut zombies = BTreeMap::new();
    let mut look = 0;
    loop {
        if let Some(status) = container.ended()? {
            seen.ended = Some(now()?);
            return Ok(Some(status));
        }
        let time = now()? - seen.listened;
        if stops.next_if(|stop| **stop <= time).is_some() {
            seen.stop.get_or_insert(now()?);
            container.send(plan.stop_signal(), 1)?;
        }
        if let Some(timed) = faults.next_if(|timed| timed.at <= time) {
            act(timed.fault, container, seen)?;
        }
        let limit = seen.stop.map_or(seen.listened + LONGEST, |stop| stop + plan.config.grace_period.0 + OVERTIME);
        if now()? > limit {
            return Ok(None);
        }
        if time >= look {
            look = time + LOOK;
            observe(container, seen, &mut zombies)?;
        }
        thread::sleep(PAUSE);
    }
}

fn act(fault: Fault, container: &Container, seen: &mut Seen) -> Result<()> {
    match fault {
        Fault::Signal(signal, times) => container.send(signal, times),
        Fault::Queue(signal, value) => container.queue(signal, value),
        Fault::Hit(victim, signal) => {
            let mut candidates = container.others();
            let number = match victim {
                Victim::Any(number) => number,
                Victim::Hook(number) => {
                    candidates.retain(Member::is_hook);
                    number
                }
            };
            if let Some(member) = candidates.get(number % candidates.len().max(1)) {
                member.hit(signal);
                let Member { inside, label, .. } = member.clone();
                seen.hits.push(Hit { at: now()?, pid: inside, label, signal });
            }
            Ok(())
        }
    }
}

fn observe(container: &Container, seen: &mut Seen, zombies: &mut BTreeMap<i32, u64>) -> Result<()> {
    let time = now()?;
    let there = container.others();
    let is_zombie = |member: &&Member| member.is_child_of_init && member.state == 'Z';
    let there: Vec<i32> = there.iter().filter(is_zombie).map(|member| member.inside).collect();
    zombies.retain(|pid, _| there.contains(pid));
    for pid in there {
        let since = *zombies.entry(pid).or_insert(time);
        let longest = seen.zombies.entry(pid).or_default();
        *longest = (*longest).max(time - since);
    }
    if let Some(memory) = container.memory() {
        let (_, most) = seen.memory.get_or_insert((memory, memory));
        *most = (*most).max(memory);
    }
    Ok(())
}

impl Seen {
    fn read(&mut self, plan: &Plan, directory: &Path, status: Option<ExitStatus>) -> Result<()> {
        self.code = status.and_then(|status| status.code()).and_then(|code| u8::try_from(code).ok());
        self.killed_by = status.and_then(|status| status.signal());
        self.story = story::parse(&fs::read_to_string(directory.join(inside::STORY))?);
        if plan.output == Output::Witness {
            let text = String::from_utf8_lossy(&fs::read(directory.join(JOURNAL))?).into_owned();
            let (events, others) = journal::parse(&text);
            self.journal = Some(events);
            self.others = others;
        }
        Ok(())
    }
}
