//! What came of it all: for machines as JSON, for people as text that is read in a minute.

use std::fmt::Write as _;

use serde::Serialize;
use wigwag_core::{Millis, Signal};

use crate::{
    launchers,
    record::{Descriptor, Effect, End, Moment, Process, Record, name},
    subject::{self, Subject, title},
    text::Text,
    verdict::{Expected, Reason, seconds, sender},
};

/// Everything.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Whether it stops as it should.
    pub verdict: Verdict,
    /// Why, and what is good to know besides.
    pub reasons: Vec<Reason>,
    /// What asked for the stop.
    #[serde(with = "name")]
    pub signal: Signal,
    /// Milliseconds from there to SIGKILL.
    pub grace: u64,
    /// Seconds from there to the end.
    pub took: Option<f64>,
    /// How the program ended.
    pub program_ended: Option<End>,
    /// The exit code of the container.
    pub exit_code: Option<u8>,
    /// What the program was given.
    pub program: Option<Program>,
    /// Starts that were stopped at once.
    pub early: Option<Early>,
    /// Ctrl-C at a terminal.
    pub ctrl_c: Option<CtrlC>,
    /// Hooks and services in the order in which wigwag-init started them.
    pub order: Vec<Started>,
    /// What was seen.
    pub record: Record,
}

/// Whether it stops as it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It does.
    Right,
    /// It does not.
    Wrong,
}

/// What the program was given.
#[derive(Debug, Serialize)]
pub struct Program {
    /// What it is called.
    pub name: String,
    /// Its pid in the container.
    pub pid: i32,
    /// How it was chosen.
    pub how: String,
    /// Its arguments, its name first.
    pub arguments: Vec<Text>,
    /// Its environment.
    pub environment: Vec<Text>,
    /// Signals that were blocked when it began.
    pub blocked: Vec<String>,
    /// Signals that were ignored when it began.
    pub ignored: Vec<String>,
    /// Signals that it had a handler for when the stop came.
    pub caught: Vec<String>,
    /// Its standard input.
    pub stdin: Option<Text>,
    /// What was open besides the standard streams.
    pub descriptors: Vec<Descriptor>,
}

/// Starts that were stopped at once.
#[derive(Debug, Serialize)]
pub struct Early {
    /// How many there were.
    pub starts: usize,
    /// How many ended before the grace period was over.
    pub in_time: usize,
    /// How many milliseconds after the start the signal came, where the container did not end.
    pub lost_at: Vec<u64>,
}

/// Ctrl-C at a terminal.
#[derive(Debug, Serialize)]
pub struct CtrlC {
    /// How many SIGINT the program got.
    pub signals: usize,
    /// From whom.
    pub from: Vec<String>,
    /// Whether the container ended within the grace period.
    pub ended: bool,
    /// Its exit code.
    pub exit_code: Option<u8>,
}

/// Somebody that wigwag-init started.
#[derive(Debug, Serialize)]
pub struct Started {
    /// When.
    pub at: Moment,
    /// What.
    pub what: String,
    /// Whether the program was there.
    pub program: &'static str,
}

impl Program {
    /// Of the process that was chosen.
    pub fn new(subject: &Subject<'_>) -> Self {
        let image = subject.image;
        let state = subject.process.at_stop.as_ref();
        let open = |number: u32| image.descriptors.iter().find(move |descriptor| descriptor.number == number);
        Self {
            name: subject.name(),
            pid: subject.process.pid,
            how: subject.how.clone(),
            arguments: subject::arguments(image).to_vec(),
            environment: image.environment.clone(),
            blocked: image.blocked.clone(),
            ignored: image.ignored.clone(),
            caught: state.map(|state| state.caught.clone()).unwrap_or_default(),
            stdin: open(0).map(|descriptor| descriptor.target.clone()),
            descriptors: image.descriptors.iter().filter(|descriptor| descriptor.number > 2).cloned().collect(),
        }
    }
}

/// Whom wigwag-init started, if it is PID 1.
fn order(record: &Record, subject: Option<&Subject<'_>>) -> Vec<Started> {
    let is_ours = |process: &Process| process.images.iter().any(launchers::is_ours);
    let Some(first) = record.first().filter(|first| is_ours(first)) else { return Vec::new() };
    let started = record.processes.iter().filter(|process| process.parent == first.pid);
    started
        .filter_map(|process| {
            let image = process.images.first()?;
            let program = subject.map_or("not known", |subject| match subject.process.ended {
                _ if subject.process.pid == process.pid => "this is it",
                _ if image.at < subject.since() => "not started",
                Some((ended, _)) if ended <= image.at => "gone",
                _ => "running",
            });
            Some(Started { at: image.at, what: line(image), program })
        })
        .collect()
}

fn line(image: &crate::record::Image) -> String {
    let words = subject::arguments(image).iter().map(word);
    words.collect::<Vec<_>>().join(" ")
}

/// As a shell would have it, where that matters to a reader.
fn word(text: &Text) -> String {
    let shown = text.to_string();
    let is_plain = !shown.is_empty() && !shown.contains([' ', '\'', '"', '\\']);
    if is_plain { shown } else { format!("'{}'", shown.replace('\'', r"'\''")) }
}

impl Report {
    /// Of what was seen and what was found.
    pub fn new(
        record: Record,
        expected: &Expected,
        mut reasons: Vec<Reason>,
        early: Option<Early>,
        ctrl_c: Option<CtrlC>,
    ) -> Self {
        let subject = Subject::choose(&record, expected.program.as_deref());
        reasons.sort_by_key(|reason| !reason.wrong);
        let is_wrong = reasons.iter().any(|reason| reason.wrong);
        let (stopped, ended) = (record.stopped, record.ended);
        Self {
            verdict: if is_wrong { Verdict::Wrong } else { Verdict::Right },
            reasons,
            signal: expected.signal,
            grace: expected.grace.0,
            took: stopped.zip(ended).map(|(stopped, ended)| ended.since(stopped).as_secs_f64()),
            program_ended: subject.as_ref().and_then(|subject| subject.process.ended).map(|(_, end)| end),
            exit_code: record.status.and_then(End::code),
            program: subject.as_ref().map(Program::new),
            early,
            ctrl_c,
            order: order(&record, subject.as_ref()),
            record,
        }
    }

    /// For people.
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.write(&mut text).unwrap_or_default();
        text
    }

    fn write(&self, f: &mut String) -> std::fmt::Result {
        match self.verdict {
            Verdict::Right => writeln!(f, "right: {}", self.summary())?,
            Verdict::Wrong => writeln!(f, "wrong: {}", self.summary())?,
        }
        for reason in &self.reasons {
            let kind = if reason.wrong { "wrong" } else { "note" };
            writeln!(f, "\n{kind}[{}]: {}", reason.rule, reason.what)?;
            writeln!(f, "  = help: {}", reason.mend)?;
        }
        self.write_processes(f)?;
        self.write_signals(f)?;
        self.write_program(f)?;
        self.write_rest(f)
    }

    fn summary(&self) -> String {
        let code = self.exit_code.map(|code| format!("exit code {code}")).unwrap_or_default();
        match (self.took, &self.program) {
            (Some(took), Some(program)) => {
                let ended = match self.program_ended {
                    Some(end) if end.is_cut() => "was killed".to_string(),
                    Some(End::Unseen) | None => "ended".to_string(),
                    Some(end) => format!("ended with {end}"),
                };
                format!(
                    "{} to `{}`, which {ended}; the container was over after {took:.3} s of {}, {code}",
                    self.signal,
                    program.name,
                    Millis(self.grace)
                )
            }
            (Some(took), None) => {
                format!("{}; the container was over after {took:.3} s of {}, {code}", self.signal, Millis(self.grace))
            }
            (None, _) => format!("it was never stopped; {code}"),
        }
    }

    fn write_processes(&self, f: &mut String) -> std::fmt::Result {
        let stopped = self.record.stopped.unwrap_or_default();
        let is_of_interest = |process: &&Process| {
            let is_started_by_init = !self.order.is_empty() && process.parent == 1;
            process.pid == 1 || process.ended.is_none_or(|(ended, _)| ended >= stopped) || is_started_by_init
        };
        let shown: Vec<&Process> = self.record.processes.iter().filter(is_of_interest).collect();
        let rows: Vec<[String; 5]> = shown.iter().flat_map(|process| self.rows(process)).collect();
        writeln!(f, "\nprocesses, in seconds after the start")?;
        let head = ["pid", "parent", "from", "to", "what"].map(str::to_string);
        let width = |column: usize| {
            std::iter::once(&head).chain(&rows).filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max()
        };
        let widths: Vec<usize> = (0..4).map(|column| width(column).unwrap_or_default()).collect();
        for [pid, parent, from, to, what] in std::iter::once(&head).chain(&rows) {
            let [one, two, three, four] = widths.as_slice() else { continue };
            writeln!(f, "  {pid:>one$}  {parent:>two$}  {from:>three$}  {to:>four$}  {what}")?;
        }
        match self.record.processes.len().saturating_sub(shown.len()) {
            0 => Ok(()),
            others => writeln!(f, "  and {others} that had ended before the stop (in `--output json`)"),
        }
    }

    fn rows(&self, process: &Process) -> Vec<[String; 5]> {
        let at = |moment: Moment| format!("{:.3}", moment.0.as_secs_f64());
        let is_program = self.program.as_ref().is_some_and(|program| program.pid == process.pid);
        let mut end = process.ended.map(|(_, end)| format!("  → {end}")).unwrap_or_default();
        if is_program {
            end += "  ← the program";
        }
        if process.at_stop.as_ref().is_some_and(crate::record::State::is_zombie) {
            end += "  (zombie)";
        }
        let pid = process.pid.to_string();
        let parent = if process.parent == 0 { "-".to_string() } else { process.parent.to_string() };
        let over = process.ended.map(|(ended, _)| at(ended)).unwrap_or_default();
        if process.images.is_empty() {
            let copy = self.record.image_of(process).map(title).unwrap_or_default();
            let what = if copy.is_empty() { "(nothing was executed)".to_string() } else { format!("(copy of {copy})") };
            return vec![[pid, parent, at(process.born), over, what + &end]];
        }
        let last = process.images.len() - 1;
        let row = |(index, image): (usize, &crate::record::Image)| {
            let (pid, parent) = if index == 0 { (pid.clone(), parent.clone()) } else { (String::new(), String::new()) };
            let (to, end) = if index == last { (over.clone(), end.as_str()) } else { (String::new(), "") };
            [pid, parent, at(image.at), to, format!("{}{end}", shorten(&line(image)))]
        };
        process.images.iter().enumerate().map(row).collect()
    }

    fn write_signals(&self, f: &mut String) -> std::fmt::Result {
        let Some(stopped) = self.record.stopped else { return Ok(()) };
        writeln!(f, "\nsignals, in seconds after the stop was asked for")?;
        let mut count = 0;
        for delivery in self.record.deliveries_of_stop().filter(|delivery| delivery.signal != Signal::CHLD) {
            let who = self.record.process(delivery.to).and_then(|process| self.record.image_of(process)).map(title);
            let effect = match delivery.effect {
                Effect::Caught => "a handler runs",
                Effect::Ignored => "ignored",
                Effect::Default => "its default action",
                Effect::Dropped => "dropped: PID 1 has no default actions",
            };
            let (to, who) = (delivery.to, who.unwrap_or_default());
            let after = seconds(delivery.at.since(stopped));
            writeln!(f, "  +{after}  {} from {} to {to} `{who}`: {effect}", delivery.signal, sender(delivery.from))?;
            count += 1;
        }
        if count == 0 {
            writeln!(f, "  none was seen to be taken (signals that are read from a descriptor are not seen)")?;
        }
        if let Some(killed) = self.record.killed {
            writeln!(f, "  +{}  SIGKILL from the platform: the grace period is over", seconds(killed.since(stopped)))?;
        }
        Ok(())
    }

    fn write_program(&self, f: &mut String) -> std::fmt::Result {
        let Some(program) = &self.program else { return Ok(()) };
        writeln!(f, "\nprogram `{}` (pid {}), which {}", program.name, program.pid, program.how)?;
        let words: Vec<String> = program.arguments.iter().map(word).collect();
        writeln!(f, "  arguments    {}", words.join(" "))?;
        let names: Vec<String> = program
            .environment
            .iter()
            .map(|variable| {
                Text::from(variable.bytes().split(|byte| *byte == b'=').next().unwrap_or_default()).to_string()
            })
            .collect();
        if !names.is_empty() {
            writeln!(f, "  environment  {} (with their values in `--output json`)", shorten(&names.join(" ")))?;
        }
        let list = |names: &[String]| if names.is_empty() { "none".to_string() } else { names.join(" ") };
        writeln!(f, "  at its start blocked: {}; ignored: {}", list(&program.blocked), list(&program.ignored))?;
        writeln!(f, "  at the stop caught: {}", list(&program.caught))?;
        let stdin = program.stdin.as_ref().map_or("closed".to_string(), ToString::to_string);
        write!(f, "  stdin        {stdin}; open besides 0 to 2:")?;
        if program.descriptors.is_empty() {
            return writeln!(f, " none");
        }
        for descriptor in &program.descriptors {
            write!(f, " {} → {}", descriptor.number, descriptor.target)?;
        }
        writeln!(f)
    }

    fn write_rest(&self, f: &mut String) -> std::fmt::Result {
        if !self.order.is_empty() {
            writeln!(f, "\nstarted by wigwag-init, in this order")?;
        }
        for started in &self.order {
            let at = started.at.0.as_secs_f64();
            writeln!(f, "  {at:.3}  {}  (the program: {})", shorten(&started.what), started.program)?;
        }
        if let Some(early) = &self.early {
            writeln!(f, "\nearly stops: {} of {} ended in time", early.in_time, early.starts)?;
        }
        if let Some(ctrl_c) = &self.ctrl_c {
            let s = if ctrl_c.signals == 1 { "" } else { "s" };
            let ended = match ctrl_c.exit_code {
                Some(code) if ctrl_c.ended => format!("it ended with exit code {code}"),
                _ => "it did not end".to_string(),
            };
            writeln!(f, "\nCtrl-C: {} SIGINT{s} to the program; {ended}", ctrl_c.signals)?;
        }
        let up = self.record.up.as_ref().map(|up| format!("{} s, {}", fixed(up.at), up.how));
        if let Some(up) = up {
            writeln!(f, "\nup after {up}")?;
        }
        for sentence in &self.record.unknown {
            writeln!(f, "not known: {sentence}")?;
        }
        let mut asked = Vec::new();
        if self.early.is_none() {
            asked.push("early stops (`--early`)");
        }
        if self.ctrl_c.is_none() {
            asked.push("Ctrl-C (`--ctrl-c`)");
        }
        if !asked.is_empty() {
            writeln!(f, "not looked at: {}", asked.join(", "))?;
        }
        if self.verdict == Verdict::Wrong && !self.record.output.is_empty() {
            writeln!(f, "\nit printed, at last")?;
            for line in self.record.output.iter().rev().take(10).rev() {
                writeln!(f, "  {line}")?;
            }
        }
        Ok(())
    }
}

fn fixed(moment: Moment) -> String {
    format!("{:.3}", moment.0.as_secs_f64())
}

fn shorten(text: &str) -> String {
    const LONGEST: usize = 100;
    if text.chars().count() <= LONGEST {
        text.to_string()
    } else {
        format!("{}…", text.chars().take(LONGEST).collect::<String>())
    }
}
