//! The stop budget: what a stop may take must fit into the time that the platform gives.

use crate::Millis;

/// Kept free at the end of every grace period, so that the init is gone before the platform's SIGKILL: for killing and
/// reaping ([`REAP_TIME`], twice at the most), the exit, and a busy machine.
pub const MARGIN: Millis = Millis(500);

/// How long a killed process may take at least to be reaped, before the stop goes on without it; leftovers have what time
/// there is until the post-stop hooks must begin. A process with gigabytes of memory, one on a machine that is overloaded, or
/// one stuck in a system call (a dead network file system) takes longer, and nobody can hurry that.
pub const REAP_TIME: Millis = Millis(100);

/// The grace period that a platform gives when it is not told otherwise: docker-stop(1).
pub const DEFAULT_GRACE_PERIOD: Millis = Millis(10_000);

/// What leftovers get at least, when the main service needed its whole stop timeout.
pub const DEFAULT_LEFTOVER_TIMEOUT: Millis = Millis(500);

/// The longest that each step of a stop may take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// All pre-stop hooks, one after the other.
    pub pre_stop: Millis,
    /// From the service's stop signal to its final signal.
    pub stop: Millis,
    /// Leftover descendants, after a service that needed all of its time.
    pub leftovers: Millis,
    /// All post-stop hooks, one after the other.
    pub post_stop: Millis,
}

impl Budget {
    /// All steps and [`MARGIN`]: what the grace period must be at least.
    pub fn total(&self) -> Millis {
        [self.pre_stop, self.stop, self.leftovers, self.post_stop, MARGIN].into_iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_counts_every_step() {
        let budget = Budget { pre_stop: Millis(1), stop: Millis(20), leftovers: Millis(300), post_stop: Millis(4_000) };
        assert_eq!(budget.total(), Millis(4_821));
    }

    #[test]
    fn the_margin_covers_two_killings() {
        assert!(REAP_TIME.plus(REAP_TIME) < MARGIN);
    }
}
