//! What the shell does that no config says: of our own accord, and as the tool whose place we take.

use wigwag_core::{Signal, SignalSet, config::Reaction};

use crate::personality::Tool;

/// By default, nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quirks {
    /// Signals to the init that are left to their default action: nothing for PID 1, elsewhere its death.
    pub not_taken: SignalSet,
    /// Signals that are for the program alone when the kernel sends them: it gets its own.
    pub not_told: SignalSet,
    /// The signals that are blocked in the program.
    pub mask: ChildMask,
    /// Signals that are not ignored in the program, although the init was started with them ignored.
    pub reset: SignalSet,
    /// When the init was its session's leader and has let go of the terminal (`TIOCNOTTY`), for the program's session to
    /// have it, the first of each of these is not passed on: it is the kernel's, and says just that.
    pub hand_off: SignalSet,
    /// After these signals the init stops itself as well, so that job control works; without any, when the program stops.
    pub suspended_by: SignalSet,
    /// What becomes of a SIGTERM that the init sends when the program has ended, just before it ends itself. Only a
    /// process group gets it, because a process that was reaped may be another by now. A PID namespace is killed faster
    /// than it can be handled; elsewhere it counts. It is told as any signal that is handled.
    pub farewell: Option<Reaction>,
    /// The signal that the init itself gets when its parent ends (`PR_SET_PDEATHSIG`).
    pub parent_death: Option<Signal>,
    /// Whether orphans come to the init when it is not PID 1.
    pub subreaper: Subreaper,
    /// `LISTEN_PID`, if it names the init, is to name the program (`sd_listen_fds(3)`).
    pub hands_on_listen_pid: bool,
    /// Inherited descriptors but the standard streams are closed when the program has them.
    pub closes_descriptors: bool,
    /// Whose exit codes count when the program cannot be started.
    pub tool: Option<Tool>,
}

impl Quirks {
    /// Our own.
    pub fn ours() -> Self {
        let hand_off = [Signal::HUP, Signal::CONT].map(Signal::number);
        Self {
            not_told: signals(STOPPERS),
            hand_off: signals(hand_off),
            subreaper: Subreaper::IfPossible,
            ..Self::default()
        }
    }
}

/// Whether orphans come to the init when it is not PID 1 (`PR_SET_CHILD_SUBREAPER`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Subreaper {
    #[default]
    No,
    IfPossible,
    /// To fail at that is to fail.
    Must,
}

/// The signals that are blocked in the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChildMask {
    /// Those that were blocked when the init was started.
    #[default]
    Inherited,
    Empty,
    /// And these.
    InheritedAnd(SignalSet),
}

impl ChildMask {
    /// What it makes of the inherited mask, as the kernel takes it.
    pub fn apply(self, inherited: u64) -> u64 {
        match self {
            Self::Inherited => inherited,
            Self::Empty => 0,
            Self::InheritedAnd(more) => inherited | more.bits(),
        }
    }
}

/// What stops a job: SIGTSTP, SIGTTIN, SIGTTOU.
pub const STOPPERS: [u8; 3] = [20, 21, 22];

/// Those of these numbers.
pub fn signals(numbers: impl IntoIterator<Item = u8>) -> SignalSet {
    let mut set = SignalSet::default();
    numbers.into_iter().filter_map(Signal::new).for_each(|signal| set.insert(signal));
    set
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_childs_mask_is_made_of_the_inherited_one() {
        assert_eq!(ChildMask::Inherited.apply(5), 5);
        assert_eq!(ChildMask::Empty.apply(5), 0);
        assert_eq!(ChildMask::InheritedAnd(signals([2])).apply(5), 7);
    }
}
