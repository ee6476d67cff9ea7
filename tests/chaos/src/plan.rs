//! What a round does, chosen from the seed and nothing else. Acting is elsewhere, so the same seed is the same round.

mod config;
mod faults;
mod program;

use wigwag_core::{Config, Signal};

pub use self::faults::{Fault, Timed, Victim};
use crate::random::Random;

/// A round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub config: Config,
    /// Where what the init says goes.
    pub output: Output,
    /// Whether the init is PID 1, rather than a subreaper below a PID 1.
    pub is_pid_1: bool,
    /// What happens, by the milliseconds since the init listened.
    pub faults: Vec<Timed>,
    /// When the stop is asked for: once, and perhaps again.
    pub stops: Vec<u64>,
}

/// Where the container's output goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// What the init says, into a file; what the programs say, into a pipe that nobody reads.
    Witness,
    /// Everything into a pipe that nobody reads, so that nothing is known of what the init said.
    NotRead,
}

impl Plan {
    pub fn new(seed: u64, round: u64) -> Self {
        let mut random = Random::of_round(seed, round);
        let config = config::choose(&mut random);
        let stop = if random.percent(30) { random.between(0, 150) } else { random.between(0, 2500) };
        let grace = config.grace_period.0;
        let mut stops = vec![stop];
        if random.percent(40) {
            for _ in 0..random.between(1, 4) {
                stops.push(stop + if random.percent(30) { random.between(0, 3) } else { random.between(0, grace) });
            }
        }
        stops.sort_unstable();
        let output = if random.percent(15) { Output::NotRead } else { Output::Witness };
        let is_pid_1 = !random.percent(33);
        let faults = faults::choose(&mut random, &config, stop + grace);
        Self { config, output, is_pid_1, faults, stops }
    }

    /// The platform's stop signal.
    pub fn stop_signal(&self) -> Signal {
        self.config.stop_signal.unwrap_or(Signal::TERM)
    }

    /// The name by which a service is executed, and tells.
    pub fn service_label(at: usize) -> String {
        format!("s{at}")
    }

    /// That of a hook.
    pub fn hook_label(at: usize) -> String {
        format!("h{at}")
    }

    /// That of a service's probe.
    pub fn probe_label(at: usize) -> String {
        format!("p{at}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_config_is_one_that_the_init_takes() {
        for round in 0..3000 {
            let plan = Plan::new(1, round);
            assert_eq!(plan.config.problems(), Vec::<String>::new(), "round {round}");
            assert!((2000..=6000).contains(&plan.config.grace_period.0), "round {round}");
        }
    }

    #[test]
    fn a_seed_is_a_round() {
        assert_eq!(Plan::new(5, 6), Plan::new(5, 6));
        assert_ne!(Plan::new(5, 6), Plan::new(5, 7));
        assert_ne!(Plan::new(5, 6), Plan::new(6, 6));
    }
}
