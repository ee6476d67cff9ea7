//! What hooks are told, for tests.

use crate::{Incoming, Sender, Signal, Source};

/// A signal that the platform sends; `SIGTERM` asks for a stop.
pub fn signal(signal: Signal) -> Incoming {
    Incoming {
        signal,
        source: Source::Process,
        sender: Some(Sender { pid: 0, uid: 0 }),
        asks_for_stop: signal == Signal::TERM,
    }
}
