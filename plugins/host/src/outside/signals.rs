//! Signals to services.

use wasmtime::Result;
use wigwag_engine::interface::wigwag::plugin::signals::Host;

use super::Outside;
use crate::words;

impl Host for Outside {
    fn send(&mut self, service: String, number: u8) -> Result<Result<(), String>> {
        let granted = self.allow.signals(&service).map_err(|denial| denial.to_string());
        match granted.and_then(|()| words::signal(number)).and_then(|signal| self.count(1).map(|()| signal)) {
            Ok(signal) => Ok(self.surroundings.supervisor.signal(&service, signal, self.end)?),
            Err(text) => Ok(Err(text)),
        }
    }
}
