//! What is right or wrong about a run, why, and what would mend it.

use std::{collections::BTreeSet, time::Duration};

use serde::Serialize;
use wigwag_core::{Millis, Signal, exit_code};
use wigwag_presets::Does;

use crate::{
    launchers,
    record::{Delivery, Effect, End, Process, Record, Sender, State},
    subject::{Subject, arguments, title},
};

/// So long a container may go on when its program has ended.
const LINGER: Duration = Duration::from_secs(1);
/// So old a zombie is not just on its way to be asked for.
const OLD_ZOMBIE: Duration = Duration::from_millis(100);

/// Something about a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// What kind of thing it is.
    pub rule: &'static str,
    /// Whether the stop is wrong because of it.
    pub wrong: bool,
    /// What was seen.
    pub what: String,
    /// What would mend it.
    pub mend: String,
}

impl Reason {
    /// Why it is wrong.
    pub fn wrong(rule: &'static str, what: String, mend: impl Into<String>) -> Self {
        Self { rule, wrong: true, what, mend: mend.into() }
    }

    /// What is good to know.
    pub fn note(rule: &'static str, what: String, mend: impl Into<String>) -> Self {
        Self { rule, wrong: false, what, mend: mend.into() }
    }
}

/// What is expected.
#[derive(Clone, Debug)]
pub struct Expected {
    /// What asks for a stop.
    pub signal: Signal,
    /// From there to SIGKILL.
    pub grace: Millis,
    /// Exit codes that are a success, besides 0 and that of the stop signal.
    pub success: Vec<u8>,
    /// What the program is called, if somebody said so.
    pub program: Option<String>,
}

/// A time for people.
pub fn seconds(time: Duration) -> String {
    format!("{:.3} s", time.as_secs_f64())
}

/// Everything that is to be said about the run, the worst first.
pub fn judge(record: &Record, subject: Option<&Subject<'_>>, expected: &Expected) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let Some(first) = record.first() else { return reasons };
    if first.images.is_empty() {
        reasons.push(not_started(record));
        return reasons;
    }
    let Some(stopped) = record.stopped else {
        reasons.push(ended_by_itself(record, subject));
        return reasons;
    };
    let Some(subject) = subject.filter(|subject| subject.process.lives(stopped)) else {
        let name = expected.program.as_deref().unwrap_or("the program");
        let what = match subject {
            Some(subject) => format!("{} had ended before the stop{}", quoted(subject), how(subject.process)),
            None => format!("`{name}` was not started"),
        };
        let mend = if subject.is_none() && expected.program.is_some() {
            let images = record.processes.iter().filter_map(Process::image);
            let names: BTreeSet<String> = images.map(|image| format!("`{}`", title(image))).collect();
            format!("these were: {}", names.into_iter().collect::<Vec<_>>().join(", "))
        } else {
            "look at what was started instead, and name the program with `--program` if it is another one".to_string()
        };
        reasons.push(Reason::wrong("never-run", what, mend));
        return reasons;
    };
    let case = Case { record, subject, expected, first };
    case.program(&mut reasons);
    case.graceful(&mut reasons);
    case.others(&mut reasons);
    case.zombies(&mut reasons);
    case.twice(&mut reasons);
    reasons
}

fn quoted(subject: &Subject<'_>) -> String {
    format!("`{}` (pid {})", subject.name(), subject.process.pid)
}

fn how(process: &Process) -> String {
    process.ended.map(|(_, end)| format!(", with {end}")).unwrap_or_default()
}

fn not_started(record: &Record) -> Reason {
    let status = record.status.map(|end| end.to_string()).unwrap_or_default();
    let said = record.output.last().map(|line| format!(": {line}")).unwrap_or_default();
    let mend = "the first word must be a program in the image that can be executed, with its interpreter";
    Reason::wrong("never-run", format!("the entrypoint could not be executed, {status}{said}"), mend)
}

fn ended_by_itself(record: &Record, subject: Option<&Subject<'_>>) -> Reason {
    let after = seconds(record.ended.unwrap_or_default().0);
    let status = record.status.map(|end| format!(" with {end}")).unwrap_or_default();
    let what = format!("the container ended by itself after {after}{status}, before it was asked to stop");
    let cut = subject.filter(|subject| subject.process.ended.is_some_and(|(_, end)| end.is_cut()));
    let Some(subject) = cut else {
        return Reason::wrong("never-run", what, "an entrypoint must go on as long as its program does");
    };
    let what = format!("{what}; {} was killed by the kernel with it", quoted(subject));
    let mend = "PID 1 must not end before its program: end the script with `exec` and the program, in the foreground";
    Reason::wrong("never-run", what, mend)
}

struct Case<'a> {
    record: &'a Record,
    subject: &'a Subject<'a>,
    expected: &'a Expected,
    first: &'a Process,
}

impl Case<'_> {
    fn program(&self, reasons: &mut Vec<Reason>) {
        let program = self.subject.process;
        match program.ended {
            Some((_, End::Killed(Signal::KILL))) | None => self.cut(reasons),
            Some((_, End::Unseen)) if self.record.killed.is_some() && self.ended_with_first() => self.cut(reasons),
            Some((_, End::Unseen)) if self.ended_with_first() && program.pid != self.first.pid => {
                let what =
                    format!("{} and PID 1 ended at the same time, and it was not seen which was first", self.name());
                let mend = "let `wigwag prove` trace the container, or use `--probe`";
                reasons.push(Reason::note("unknown", what, mend));
            }
            Some((_, end)) => self.ended(end, reasons),
        }
    }

    /// Nobody saw how the program ended: whether it did when everything else did.
    fn ended_with_first(&self) -> bool {
        let last = self.record.ending.or(self.record.killed).or(self.record.ended).unwrap_or_default();
        let ended = self.subject.process.ended.map(|(ended, _)| ended).unwrap_or_default();
        ended.0 + Duration::from_millis(30) >= last.0
    }

    fn name(&self) -> String {
        quoted(self.subject)
    }

    fn first_name(&self) -> String {
        self.first.image().map(title).unwrap_or_default()
    }

    /// Signals that asked the program to end, after the stop.
    fn told(&self) -> impl Iterator<Item = &Delivery> {
        let (pid, signal) = (self.subject.process.pid, self.expected.signal);
        self.record.deliveries_of_stop().filter(move |delivery| {
            delivery.to == pid && (delivery.signal.ends_by_default() || delivery.signal == signal)
        })
    }

    fn after_stop(&self, moment: Option<crate::record::Moment>) -> String {
        seconds(moment.unwrap_or_default().since(self.record.stopped.unwrap_or_default()))
    }

    fn cut(&self, reasons: &mut Vec<Reason>) {
        let name = self.name();
        let told: Vec<&Delivery> = self.told().collect();
        let is_caught = told.iter().any(|delivery| delivery.effect == Effect::Caught);
        if self.record.killed.is_some() && self.is_killed_by_platform() {
            reasons.push(if is_caught { self.too_slow() } else { self.not_reached() });
            return;
        }
        let signal = told.first().map(|delivery| delivery.signal);
        let state = match signal {
            Some(signal) if is_caught => format!("it had got {signal} and was not done"),
            _ => "it had not got any signal that asks it to end".to_string(),
        };
        let is_with_first = self
            .record
            .ending
            .is_some_and(|ending| self.subject.process.ended.is_none_or(|(ended, _)| ended >= ending));
        if is_with_first {
            let what = format!(
                "PID 1 `{}` ended {} after the stop, and the kernel killed {name} with it: {state}",
                self.first_name(),
                self.after_stop(self.record.ending)
            );
            let mend = "let PID 1 become the program (`exec`), or use wigwag-init, which waits for what is left behind";
            reasons.push(Reason::wrong("cut", what, mend));
        } else {
            let ended = self.subject.process.ended.map(|(ended, _)| ended);
            let what = format!(
                "{name} was killed by SIGKILL {} after the stop, before the grace period was over, by somebody in the \
                 container: {state}",
                self.after_stop(ended)
            );
            let mend = "a launcher that kills cannot be told to wait: `setpriv`, `gosu` or `su-exec` become the program \
                        instead of standing before it";
            reasons.push(Reason::wrong("cut", what, mend));
        }
    }

    /// Not by somebody inside, before.
    fn is_killed_by_platform(&self) -> bool {
        let killed = self.record.killed.unwrap_or_default();
        let slack = Duration::from_millis(50);
        self.subject.process.ended.is_none_or(|(ended, _)| ended.0 + slack >= killed.0)
    }

    fn too_slow(&self) -> Reason {
        let what = format!(
            "{} got {} and was not done when the grace period of {} was over: SIGKILL",
            self.name(),
            self.expected.signal,
            self.expected.grace
        );
        Reason::wrong("late", what, "give the platform a longer grace period, or the program less to do")
    }

    fn not_reached(&self) -> Reason {
        let (name, signal, grace) = (self.name(), self.expected.signal, self.expected.grace);
        let is_first = self.subject.process.pid == self.first.pid;
        let rest = format!("everybody was killed when the grace period of {grace} was over");
        let waits = |process: &Process| {
            process.at_end.as_ref().is_some_and(|state| state.pending.contains(&signal.to_string()))
        };
        let is_stopped = |process: &Process| process.at_end.as_ref().is_some_and(State::is_stopped);
        if waits(self.subject.process) && is_stopped(self.subject.process) {
            let what =
                format!("{name} was stopped by SIGSTOP or the like, and takes no {signal} until SIGCONT; {rest}");
            return Reason::wrong("not-reached", what, "find out who stops it: `kill -STOP`, or a debugger");
        }
        if waits(self.subject.process) {
            let what = format!("{name} has {signal} blocked, so that it waits and is never taken; {rest}");
            let from = self.subject.image.blocked.contains(&signal.to_string());
            let mend = if from {
                "it is blocked since its start: whatever started it must unblock it first"
            } else {
                "the program blocks it itself, and must take it or unblock it"
            };
            return Reason::wrong("blocked-mask", what, mend);
        }
        for delivery in self.told() {
            if delivery.effect == Effect::Dropped {
                let what = format!(
                    "{name} is PID 1 and has no handler for {signal}: the kernel drops it, because PID 1 has no default \
                     actions; {rest}"
                );
                let mend =
                    "put wigwag-init before it, or set a handler, or use a stop signal that it handles (STOPSIGNAL)";
                return Reason::wrong("no-handler", what, mend);
            }
            if delivery.effect == Effect::Ignored {
                let what = format!("{name} got {signal} and ignores it; {rest}");
                let mend = if self.subject.image.ignored.contains(&signal.to_string()) {
                    "it is ignored since its start: take `trap ''` or nohup away"
                } else {
                    "use a stop signal that it handles (STOPSIGNAL)"
                };
                return Reason::wrong("ignored", what, mend);
            }
        }
        if is_first {
            let what = format!("{name} is PID 1 and did not end on {signal}; {rest}");
            return Reason::wrong("not-reached", what, "use a stop signal that it handles (STOPSIGNAL)");
        }
        let first = self.first_name();
        let to_first = self
            .record
            .deliveries_of_stop()
            .find(|delivery| delivery.to == self.first.pid && delivery.signal == signal);
        let why = match to_first.map(|delivery| delivery.effect) {
            Some(Effect::Dropped) => format!("PID 1 `{first}` has no handler for it, and the kernel drops it"),
            Some(Effect::Ignored) => format!("PID 1 `{first}` ignores it"),
            Some(Effect::Caught) => format!("PID 1 `{first}` has a handler, which told {name} nothing"),
            Some(Effect::Default) | None if waits(self.first) => format!("PID 1 `{first}` has it blocked"),
            Some(Effect::Default) | None if self.record.is_traced => format!("PID 1 `{first}` told it nothing"),
            Some(Effect::Default) | None => format!("it is not known what PID 1 `{first}` did"),
        };
        let told = if self.record.is_traced { "was never told to end" } else { "did not end" };
        let what = format!("{name} {told}: {why}; {rest}");
        let mend = if launchers_is_shell(self.first) {
            "let the script end with `exec` and the program, so that it is PID 1; or use wigwag-init"
        } else {
            "start the program by something that becomes it or passes signals on; or use wigwag-init"
        };
        Reason::wrong("not-reached", what, mend)
    }

    fn ended(&self, end: End, reasons: &mut Vec<Reason>) {
        let (record, name) = (self.record, self.name());
        let ended = self.subject.process.ended.map(|(ended, _)| ended).unwrap_or_default();
        if let End::Killed(signal) = end
            && ![self.expected.signal, Signal::TERM].contains(&signal)
        {
            let what = format!(
                "{} after the stop {name} was ended by {signal}, not by {}",
                self.after_stop(Some(ended)),
                self.expected.signal
            );
            let mend = self.between().unwrap_or_else(|| {
                "what stands between PID 1 and the program must pass the stop signal on, or go away: `exec`".into()
            });
            reasons.push(Reason::wrong("cut", what, mend));
            return;
        }
        let is_first = self.subject.process.pid == self.first.pid;
        let lingered = record.ending.or(record.ended).unwrap_or_default().since(ended);
        if record.killed.is_some() && !is_first {
            let what = format!(
                "{name} ended {} after the stop, but PID 1 `{}` did not until it was killed at the end of the grace period",
                self.after_stop(Some(ended)),
                self.first_name()
            );
            reasons.push(Reason::wrong("late", what, "PID 1 must end with the program: `exec`, or wigwag-init"));
            return;
        }
        let container = record.status.and_then(End::code);
        if let (Some(code), Some(status)) = (end.code(), container)
            && code != status
        {
            let what = format!("{name} ended with {end}, but the container with exit code {status}");
            let mend = self.between().unwrap_or_else(|| {
                "PID 1 must end as the program does: `exec`; or wigwag-init directly before the program".into()
            });
            reasons.push(Reason::wrong("wrong-code", what, mend));
        } else if let Some(code) = end.code().or(container)
            && !self.is_success(code)
        {
            let what = format!("{name} was asked to stop and ended with {end}, which platforms take for a failure");
            let mend = format!("if {code} is how it says that all went well, say so: `--success {code}`");
            reasons.push(Reason::wrong("failed", what, mend));
        }
        if lingered > LINGER {
            let what = format!("the container went on for {} when {name} had ended", seconds(lingered));
            reasons.push(Reason::wrong("late", what, "PID 1 must end with the program: `exec`, or wigwag-init"));
        }
        if let End::Killed(signal) = end {
            let what = format!("{name} has no handler for {signal}, which ended it at once");
            reasons.push(Reason::note("no-cleanup", what, "if it has something to clean up, it needs a handler"));
        }
    }

    /// What would mend it, if a script stands between PID 1 and the program.
    fn between(&self) -> Option<String> {
        let script = self.record.process(self.subject.process.parent)?;
        let is_between = script.pid != self.first.pid && launchers_is_shell(script);
        is_between.then(|| {
            let name = script.image().map(title).unwrap_or_default();
            format!(
                "`{name}` (pid {}) stands between PID 1 and the program: let it end with `exec` and the program",
                script.pid
            )
        })
    }

    /// What is known of the program besides what was seen: another signal may be the one that lets it complete its work.
    fn graceful(&self, reasons: &mut Vec<Reason>) {
        let signal = self.expected.signal;
        let words: Vec<String> = arguments(self.subject.image).iter().map(ToString::to_string).collect();
        let Some(preset) = wigwag_presets::by_command(&words) else { return };
        let Some(other) = preset.signal(signal).filter(|other| matches!(other.does, Does::FastStop | Does::Harm))
        else {
            return;
        };
        let what = format!("{signal} is not the graceful stop of {}: {}", preset.title, other.effect);
        let mend = format!("stop it by {}: {}", preset.stop.signal, preset.stop.effect);
        reasons.push(Reason::note("not-graceful", what, mend));
    }

    fn is_success(&self, code: u8) -> bool {
        let signals = [self.expected.signal, Signal::TERM].map(exit_code::of_signal);
        code == 0 || signals.contains(&code) || self.expected.success.contains(&code)
    }

    /// Whoever else was killed with PID 1.
    fn others(&self, reasons: &mut Vec<Reason>) {
        let Some(ending) = self.record.ending.filter(|_| self.record.killed.is_none()) else { return };
        let mut told = BTreeSet::new();
        let mut not_told = BTreeSet::new();
        for process in &self.record.processes {
            let is_cut = process.ended.is_some_and(|(ended, end)| ended >= ending && end.is_cut());
            let is_other = process.pid != self.subject.process.pid && process.pid != self.first.pid;
            let Some(image) = self.record.image_of(process).filter(|_| is_cut && is_other) else { continue };
            if launchers::is_launcher(image) {
                continue;
            }
            let is_told = self.record.deliveries_of_stop().any(|delivery| {
                delivery.to == process.pid && delivery.effect == Effect::Caught && delivery.signal.ends_by_default()
            });
            let name = format!("`{}` (pid {})", title(image), process.pid);
            if is_told {
                told.insert(name)
            } else {
                not_told.insert(name)
            };
        }
        let mend = "PID 1 must wait for all its descendants: wigwag-init does";
        for (names, state) in [(told, "while it was ending"), (not_told, "without having been asked to end")] {
            if !names.is_empty() {
                let names = names.into_iter().collect::<Vec<_>>().join(", ");
                let what = format!("PID 1 ended, and the kernel killed {names} {state}");
                reasons.push(Reason::wrong("lost", what, mend));
            }
        }
    }

    fn zombies(&self, reasons: &mut Vec<Reason>) {
        let stopped = self.record.stopped.unwrap_or_default();
        let is_old = |process: &&Process| {
            let is_left = process.at_stop.as_ref().is_some_and(|state| state.is_zombie() && state.is_child_of_first);
            is_left && process.ended.is_none_or(|(ended, _)| stopped.since(ended) >= OLD_ZOMBIE)
        };
        let count = self.record.processes.iter().filter(is_old).count();
        if count > 0 {
            let s = if count == 1 { "" } else { "s" };
            let what = format!("PID 1 `{}` had left {count} zombie{s} when the stop came", self.first_name());
            let mend = "PID 1 must wait for orphans: wigwag-init does, or `docker run --init`";
            reasons.push(Reason::wrong("zombies", what, mend));
        }
    }

    fn twice(&self, reasons: &mut Vec<Reason>) {
        let got: Vec<&Delivery> = self.told().filter(|delivery| delivery.signal == self.expected.signal).collect();
        if got.len() > 1 {
            let mut senders: Vec<String> = got.iter().map(|delivery| sender(delivery.from)).collect();
            senders.dedup();
            let what = format!(
                "{} got {} {} times, from {}",
                self.name(),
                self.expected.signal,
                got.len(),
                senders.join(" and from ")
            );
            let mend = "some programs take the second one for \"now\": signal the process, or its group, not both";
            reasons.push(Reason::note("signal-twice", what, mend));
        }
    }
}

fn launchers_is_shell(process: &Process) -> bool {
    process.image().is_some_and(launchers::is_shell)
}

/// Who sent it, in words.
pub fn sender(sender: Sender) -> String {
    match sender {
        Sender::Platform => "the platform".to_string(),
        Sender::Process(pid) => format!("pid {pid}"),
        Sender::Kernel => "the kernel".to_string(),
    }
}
