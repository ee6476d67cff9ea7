//! What a program does: words of [`crate::inside`].

use wigwag_core::{Signal, config::HookPoint};

use crate::random::Random;

/// Longer than any round.
const FOR_EVER: &str = "60000";

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(String::from).collect()
}

/// How many of a hundred programs do not end when they are asked to.
#[derive(Clone, Copy, Debug)]
pub struct Stubborn(u64);

impl Stubborn {
    /// Most containers are a mixture; in some, a stop needs all of its time.
    pub fn choose(random: &mut Random) -> Self {
        Self(random.pick(&[0, 0, 50, 97]))
    }
}

/// Of a service that is asked to end by this signal, and is ready when it has done these words.
pub fn service(random: &mut Random, Stubborn(stubborn): Stubborn, stop_signal: Signal, ready: &str) -> Vec<String> {
    let mut program = Vec::new();
    if random.percent(15) {
        program.extend(words(&format!("sleep {}", random.between(0, 300))));
    }
    let descendants = if random.percent(40) { random.between(1, 3) } else { 0 };
    for _ in 0..descendants {
        program.extend(descendant(random, stop_signal));
    }
    program.extend(words(ready));
    if random.percent(stubborn) {
        program.extend(words(&format!("deaf sleep {FOR_EVER}")));
        return program;
    }
    let end = match random.between(0, 99) {
        0..40 => serve(random, stop_signal),
        // Does what signals do by default.
        40..50 => format!("sleep {FOR_EVER}"),
        50..65 => format!("deaf sleep {FOR_EVER}"),
        65..72 => format!("stop {}", serve(random, stop_signal)),
        72..77 => format!("sleep {} die {}", random.between(0, 1500), random.pick(&["SIGSEGV", "SIGABRT", "SIGTERM"])),
        77..90 => format!("sleep {} exit {}", random.between(0, 2500), random.pick(&[0, 0, 1, 3, 255])),
        90..95 => format!("deaf flood sleep {FOR_EVER}"),
        _ => format!("flood {}", serve(random, stop_signal)),
    };
    if random.percent(15) {
        program.extend(words(&format!("ignoring {} [ {end} ]", random.pick(&["CHLD", "CHLD,TERM", "TERM,INT,HUP"]))));
    } else {
        program.extend(words(&end));
    }
    program
}

/// Friendly: it takes a while, then ends.
fn serve(random: &mut Random, stop_signal: Signal) -> String {
    let mut signals = vec!["SIGTERM".to_string(), stop_signal.to_string()];
    signals.dedup();
    let delay = if random.percent(50) { random.between(0, 20) } else { random.between(0, 900) };
    format!("serve {} {delay} {}", signals.join(","), random.pick(&[0, 0, 0, 1, 7, 143]))
}

/// Somebody who may be left behind.
fn descendant(random: &mut Random, stop_signal: Signal) -> Vec<String> {
    let how = random.pick(&["start", "start", "orphan", "orphan"]);
    let session = random.pick(&["", "session"]);
    let end = match random.between(0, 16) {
        // Hard to catch where it is looked up, process by process; for more generations than a round has time for.
        16 => format!("{} flee 3000", random.pick(&["", "deaf"])),
        0..3 => format!("deaf sleep {FOR_EVER}"),
        3..6 => format!("sleep {FOR_EVER}"),
        6..9 => serve(random, stop_signal),
        9..12 => format!("sleep {} exit 3", random.between(0, 1500)),
        12..14 => format!("stop sleep {FOR_EVER}"),
        // One that leaves orphans in turn, again and again.
        _ => format!("orphan [ sleep 30 exit 0 ] sleep 100 orphan [ deaf sleep {FOR_EVER} ] sleep 50 die SIGKILL"),
    };
    words(&format!("{how} [ {session} {end} ]"))
}

/// Of a hook.
pub fn hook(random: &mut Random, Stubborn(stubborn): Stubborn, point: HookPoint) -> Vec<String> {
    let start = if point == HookPoint::PostStop { "census" } else { "" };
    if point.is_at_stop() && random.percent(stubborn) {
        return words(&format!("{start} deaf sleep {FOR_EVER}"));
    }
    let end = match random.between(0, 99) {
        0..35 => "exit 0".to_string(),
        35..55 => format!("sleep {} exit 0", random.between(0, 400)),
        55..65 => format!("exit {}", random.pick(&[1, 2, 255])),
        65..72 => format!("deaf sleep {FOR_EVER}"),
        72..79 => format!("sleep {FOR_EVER}"),
        79..84 => format!("orphan [ deaf sleep {FOR_EVER} ] exit 0"),
        84..88 => format!("orphan [ session sleep {FOR_EVER} ] exit 0"),
        88..91 => format!("start [ deaf sleep {FOR_EVER} ] sleep {FOR_EVER}"),
        91..94 => format!("ignoring TERM [ sleep {} exit 0 ]", random.between(0, 1000)),
        94..97 => "die SIGSEGV".to_string(),
        _ => "stop exit 0".to_string(),
    };
    words(&format!("{start} {end}"))
}

/// Of a probe.
pub fn probe(random: &mut Random) -> Vec<String> {
    words(match random.between(0, 9) {
        0..5 => "exit 0",
        5..7 => "exit 1",
        7..8 => "deaf sleep 60000",
        8..9 => "orphan [ deaf sleep 60000 ] exit 0",
        _ => "die SIGKILL",
    })
}
