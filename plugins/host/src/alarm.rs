//! Who ends a call that takes too long.

mod thread;
mod timer;

use wigwag_core::Millis;

pub use self::{thread::Watch, timer::Timer};

/// Bumps the engine's epoch when the time has come: the plugin's code looks at that in each loop and function.
pub trait Alarm {
    /// From now on it is for this moment, and no other; with [`NEVER`](crate::clock::NEVER) for none. One that has passed is now.
    fn set(&mut self, at: Millis);
}
