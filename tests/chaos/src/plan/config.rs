//! A random config, of which nothing is wrong.

use std::collections::BTreeMap;

use wigwag_core::{
    Config, Millis, Signal,
    arguments::Mode,
    config::{
        Check, Delivery, Execution, HoldUntil, Hook, HookPoint, KillMode, OnFailure, Reaction, Readiness, RepeatStop,
        Restart, RestartWhen, Service, Session, SignalRule, Task, VERSION, Wait,
    },
};

use super::{
    Plan,
    program::{self, Stubborn},
};
use crate::{inside::INSIDE, random::Random};

/// A command that is not there.
pub const MISSING: &str = "./missing";

/// The longest grace period; a round is not much longer.
const LONGEST: Millis = Millis(6_000);
const SHORTEST: Millis = Millis(2_000);

pub fn choose(random: &mut Random) -> Config {
    // One that does not fit is chosen anew.
    loop {
        let mut config = draw(random);
        let needed = config.budget().total();
        if needed <= LONGEST {
            // Often there is not a millisecond to spare.
            let spare = if random.percent(60) { 0 } else { random.between(0, 1500) };
            config.grace_period = Millis(needed.0 + spare).clamp(SHORTEST, LONGEST);
            return config;
        }
    }
}

fn draw(random: &mut Random) -> Config {
    let stop_signal = random.pick(&["TERM", "TERM", "TERM", "INT", "QUIT", "USR1", "HUP", "RTMIN+3"]);
    let stop_signal = stop_signal.parse().unwrap_or(Signal::TERM);
    let services = usize::try_from(random.between(1, 4)).unwrap_or(1);
    let main = random.below(services);
    let stubborn = Stubborn::choose(random);
    let mut config = Config {
        version: VERSION,
        stop_signal: Some(stop_signal),
        grace_period: Millis::ZERO,
        leftover_timeout: Millis(random.between(0, 700)),
        leftover_signal: random.percent(20).then(|| random.pick(&[Signal::TERM, Signal::INT, Signal::HUP])),
        wait: random.pick(&[Wait::All, Wait::All, Wait::Main]),
        repeat_stop: random.pick(&[RepeatStop::Forward, RepeatStop::Escalate, RepeatStop::Ignore]),
        hold_until: random.pick(&[HoldUntil::Start, HoldUntil::Start, HoldUntil::Ready]),
        exit_codes: if random.percent(30) { vec![(143, 0), (137, 99), (125, 124)] } else { Vec::new() },
        services: (0..services).map(|at| service(random, stubborn, at, at == main)).collect(),
        ..Config::default()
    };
    if random.percent(30) {
        config.signals.insert(Signal::USR2, SignalRule::always(Reaction::Hook));
    }
    for signal in [Signal::HUP, Signal::WINCH, Signal::PIPE] {
        if signal != stop_signal && random.percent(20) {
            let reaction = random.pick(&[Reaction::Drop, Reaction::Stop, Reaction::Forward(Signal::USR1)]);
            config.signals.insert(signal, SignalRule::always(reaction));
        }
    }
    for point in HookPoint::ALL {
        let count = random.pick(&[0, 0, 0, 1, 1, 2]);
        for _ in 0..count {
            let at = config.hooks.len();
            config.hooks.push(hook(random, stubborn, at, point));
        }
    }
    config
}

fn command(label: &str, words: Vec<String>) -> Vec<String> {
    [format!("./{label}"), INSIDE.to_string()].into_iter().chain(words).collect()
}

fn service(random: &mut Random, stubborn: Stubborn, at: usize, main: bool) -> Service {
    let stop_signal = random.pick(&["TERM", "TERM", "TERM", "INT", "QUIT", "HUP", "WINCH", "RTMIN+4"]);
    let stop_signal = stop_signal.parse().unwrap_or(Signal::TERM);
    let check = random.percent(45).then(|| {
        let file = format!("ready-{at}");
        match random.between(0, 2) {
            0 => (Check::File(file.clone()), format!("sleep {} touch {file}", random.between(0, 300))),
            1 => (Check::Notify, format!("sleep {} notify", random.between(0, 300))),
            _ => (Check::Exec(command(&Plan::probe_label(at), program::probe(random))), String::new()),
        }
    });
    let (check, says) = check.unzip();
    // Some never say that they are ready.
    let says = says.filter(|_| random.percent(90)).unwrap_or_default();
    let words = program::service(random, stubborn, stop_signal, &says);
    let command = if random.percent(3) { vec![MISSING.to_string()] } else { command(&Plan::service_label(at), words) };
    let after = (0..at).filter(|_| random.percent(40)).map(Plan::service_label).collect();
    Service {
        name: Plan::service_label(at),
        main,
        command,
        args: Vec::new(),
        args_mode: Mode::default(),
        after,
        essential: main || random.percent(40),
        stop_signal,
        stop_timeout: Some(Millis(random.between(50, 1000))),
        kill_mode: random.pick(&[KillMode::Mixed, KillMode::Process, KillMode::Group]),
        restart: random.percent(45).then(|| restart(random)),
        ready: check.map(|check| readiness(random, check)),
        signals: signals(random),
        execution: execution(random),
    }
}

fn restart(random: &mut Random) -> Restart {
    Restart {
        when: random.pick(&[RestartWhen::OnFailure, RestartWhen::Always]),
        delay: Millis(random.between(0, 300)),
        max_delay: Millis(random.between(300, 800)),
        burst: u8::try_from(random.between(0, 5)).unwrap_or(1),
        reset_after: Millis(random.between(0, 1000)),
    }
}

fn readiness(random: &mut Random, check: Check) -> Readiness {
    let timeout = random.percent(70).then(|| Millis(random.between(100, 2000)));
    Readiness { check, interval: Millis(random.between(10, 200)), attempt: Millis(random.between(50, 300)), timeout }
}

fn signals(random: &mut Random) -> BTreeMap<Signal, Delivery> {
    let mut signals = BTreeMap::new();
    if random.percent(20) {
        signals.insert(
            Signal::USR1,
            random.pick(&[Delivery::Drop, Delivery::As(Signal::HUP), Delivery::As(Signal::USR1)]),
        );
    }
    signals
}

fn execution(random: &mut Random) -> Execution {
    let session = random.pick(&[Session::Group, Session::Group, Session::Session, Session::Inherit]);
    Execution { session, ..Execution::default() }
}

fn hook(random: &mut Random, stubborn: Stubborn, at: usize, point: HookPoint) -> Hook {
    let timeout = Millis(random.between(50, 600));
    let at_start = matches!(point, HookPoint::PreStart | HookPoint::PostStart);
    Hook {
        point,
        signal: (point == HookPoint::OnSignal).then_some(Signal::USR2),
        task: Task::Command(command(&Plan::hook_label(at), program::hook(random, stubborn, point))),
        timeout: (point.is_at_stop() || random.percent(70)).then_some(timeout),
        on_failure: if at_start && random.percent(40) { OnFailure::Abort } else { OnFailure::Continue },
        execution: execution(random),
        ..Hook::default()
    }
}
