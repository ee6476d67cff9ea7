//! How much memory an instance may have.

use wasmtime::{Error, ResourceLimiter, Result};

/// Counts all memories and tables of an instance together.
pub struct Limits {
    most: usize,
    used: usize,
    refused: bool,
}

/// What a table's element takes.
const ELEMENT: usize = size_of::<usize>();

/// How many core instances, memories and tables a component may be made of, each.
const PARTS: usize = 256;

impl Limits {
    /// So many bytes.
    pub fn new(most: u32) -> Self {
        Self { most: usize::try_from(most).unwrap_or(usize::MAX), used: 0, refused: false }
    }

    /// As if there was no instance.
    pub fn reset(&mut self) {
        (self.used, self.refused) = (0, false);
    }

    /// As if never more had been asked for than there is.
    pub fn forget(&mut self) {
        self.refused = false;
    }

    /// How much there is in use, in bytes.
    pub fn used(&self) -> u32 {
        u32::try_from(self.used).unwrap_or(u32::MAX)
    }

    /// Whether more was asked for than there is.
    pub fn was_reached(&self) -> bool {
        self.refused
    }

    fn grow(&mut self, current: usize, desired: usize) -> bool {
        let more = desired.saturating_sub(current);
        let used = self.used.saturating_add(more);
        let fits = used <= self.most;
        if fits {
            self.used = used;
        } else {
            self.refused = true;
        }
        fits
    }
}

impl ResourceLimiter for Limits {
    fn memory_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> Result<bool> {
        Ok(maximum.is_none_or(|maximum| desired <= maximum) && self.grow(current, desired))
    }

    fn table_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> Result<bool> {
        let bytes = |elements: usize| elements.saturating_mul(ELEMENT);
        Ok(maximum.is_none_or(|maximum| desired <= maximum) && self.grow(bytes(current), bytes(desired)))
    }

    /// The kernel did not give what was allowed.
    fn memory_grow_failed(&mut self, _error: Error) -> Result<()> {
        self.refused = true;
        Ok(())
    }

    fn instances(&self) -> usize {
        PARTS
    }

    fn tables(&self) -> usize {
        PARTS
    }

    fn memories(&self) -> usize {
        PARTS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memories_and_tables_have_one_limit_together() {
        let mut limits = Limits::new(1_000);
        assert!(limits.memory_growing(0, 500, None).is_ok_and(|grows| grows));
        assert!(limits.table_growing(0, 50, None).is_ok_and(|grows| grows));
        assert_eq!((limits.used(), limits.was_reached()), (900, false));
        assert!(limits.memory_growing(500, 601, None).is_ok_and(|grows| !grows));
        assert_eq!((limits.used(), limits.was_reached()), (900, true));
        assert!(limits.memory_growing(500, 600, None).is_ok_and(|grows| grows));
        assert!(limits.table_growing(50, usize::MAX, None).is_ok_and(|grows| !grows));
    }

    #[test]
    fn what_a_memory_cannot_have_anyway_is_not_counted() {
        let mut limits = Limits::new(1_000);
        assert!(limits.memory_growing(0, 500, Some(400)).is_ok_and(|grows| !grows));
        assert_eq!((limits.used(), limits.was_reached()), (0, false));
    }
}
