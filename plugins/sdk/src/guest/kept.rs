//! The plugin between two calls.

use core::{cell::RefCell, marker::PhantomData};

use crate::{Plugin, Result, Settings};

/// Where a plugin is kept.
pub struct Place<P>(RefCell<Option<P>>);

// SAFETY: a component has one thread, and nobody can give it more.
#[expect(unsafe_code, reason = "a `static` asks for it")]
unsafe impl<P> Sync for Place<P> {}

impl<P: Plugin> Place<P> {
    /// Without a plugin.
    pub const fn new() -> Self {
        Self(RefCell::new(None))
    }

    pub(super) fn init(&self, settings: Settings) -> Result {
        self.0.replace(Some(settings.make()?));
        Ok(())
    }

    pub(super) fn call<T>(&self, hook: impl FnOnce(&mut P) -> Result<T>) -> Result<T> {
        hook(self.0.borrow_mut().as_mut().ok_or("it was called before its `init`")?)
    }
}

/// A plugin that has a place.
pub trait Keep: Plugin {
    /// That place.
    fn place() -> &'static Place<Self>;
}

/// What exports a plugin's hooks.
pub struct Kept<P>(PhantomData<P>);
