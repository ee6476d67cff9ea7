//! Environment variables.

use wasmtime::Result;
use wigwag_engine::interface::wigwag::plugin::env::Host;

use super::Outside;

impl Host for Outside {
    fn get(&mut self, name: String) -> Result<Result<Option<String>, String>> {
        let granted = self.allow.env(&name).map_err(|denial| denial.to_string());
        Ok(granted.map(|()| self.surroundings.env.get(&name).cloned()))
    }
}
