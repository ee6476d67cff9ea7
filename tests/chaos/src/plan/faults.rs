//! What goes wrong, and when.

use wigwag_core::{Config, Signal};

use crate::random::Random;

/// A fault at its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timed {
    /// Milliseconds since the init listened.
    pub at: u64,
    pub fault: Fault,
}

/// Something that an init must live with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// PID 1 gets this signal, so many times.
    Signal(Signal, u32),
    /// It gets it with a value.
    Queue(Signal, i32),
    /// A process gets this signal: SIGKILL, SIGSTOP or SIGCONT.
    Hit(Victim, Signal),
}

/// Somebody in the container, but never the init.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Victim {
    /// One of all; the number chooses among those that are there.
    Any(usize),
    /// One of a hook's processes, if one runs.
    Hook(usize),
}

pub fn choose(random: &mut Random, config: &Config, until: u64) -> Vec<Timed> {
    // From nearly nothing to a storm.
    let pause = random.pick(&[20, 60, 150, 400, 1500]);
    let kinds = random.pick(&[[60, 5, 20], [20, 5, 60], [5, 40, 40], [90, 5, 5]]);
    let mut signals: Vec<Signal> = Signal::all()
        .filter(|signal| signal.can_be_forwarded() && Some(*signal) != config.stop_signal)
        // The C library keeps these two.
        .filter(|signal| ![32, 33].contains(&signal.number()))
        .collect();
    if config.signals.contains_key(&Signal::USR2) {
        // What hooks wait for comes more often than once in a while.
        signals.extend([Signal::USR2; 20]);
    }
    let mut faults = Vec::new();
    let mut at = random.between(0, pause);
    while at < until {
        let kind = random.between(0, 99);
        let fault = if kind < kinds[0] {
            Fault::Signal(random.pick(&signals), if random.percent(10) { 200 } else { 1 })
        } else if kind < kinds[0] + kinds[1] {
            let signal = random.pick(&[Signal::RTMIN, Signal::RTMAX, Signal::USR1, Signal::USR2]);
            let signal = if config.stop_signal == Some(signal) { Signal::RTMAX } else { signal };
            Fault::Queue(signal, i32::try_from(random.between(0, 1000)).unwrap_or_default())
        } else {
            let number = random.below(1000);
            let victim = if random.percent(25) { Victim::Hook(number) } else { Victim::Any(number) };
            Fault::Hit(victim, random.pick(&[Signal::KILL, Signal::STOP, Signal::STOP, Signal::CONT]))
        };
        faults.push(Timed { at, fault });
        at += random.between(0, pause * 2);
    }
    faults
}
