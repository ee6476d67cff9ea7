//! The store.

use wasmtime::Result;
use wigwag_engine::interface::wigwag::plugin::state::Host;

use super::Outside;

impl Host for Outside {
    fn get(&mut self, key: String) -> Result<Option<Vec<u8>>> {
        Ok(self.surroundings.store.get(&key).map(<[u8]>::to_vec))
    }

    fn set(&mut self, key: String, value: Option<Vec<u8>>) -> Result<Result<(), String>> {
        Ok(self.surroundings.store.set(&key, value))
    }
}
