//! The hooks of a component, each by itself.

use wasmtime::{
    Result, Store,
    component::{Instance, InstancePre},
};
use wigwag_engine::interface::{
    self,
    exports::wigwag::plugin::{lifecycle, on_signal, post_start, post_stop, pre_start, pre_stop},
};

use crate::outside::Outside;

/// Where a component has them, known before there is an instance.
pub struct Hooks {
    lifecycle: Option<lifecycle::GuestIndices>,
    on_signal: Option<on_signal::GuestIndices>,
    pre_start: Option<pre_start::GuestIndices>,
    post_start: Option<post_start::GuestIndices>,
    pre_stop: Option<pre_stop::GuestIndices>,
    post_stop: Option<post_stop::GuestIndices>,
}

/// Those of an instance.
pub struct Views {
    /// What is called first.
    pub lifecycle: Option<lifecycle::Guest>,
    /// `on-signal`.
    pub on_signal: Option<on_signal::Guest>,
    /// `pre-start`.
    pub pre_start: Option<pre_start::Guest>,
    /// `post-start`.
    pub post_start: Option<post_start::Guest>,
    /// `pre-stop`.
    pub pre_stop: Option<pre_stop::Guest>,
    /// `post-stop`.
    pub post_stop: Option<post_stop::Guest>,
}

impl Hooks {
    /// Looks for them.
    ///
    /// # Errors
    /// An interface is there, and lacks a function.
    pub fn find(instance: &InstancePre<Outside>) -> Result<Self> {
        Ok(Self {
            lifecycle: find(instance, "lifecycle", lifecycle::GuestIndices::new)?,
            on_signal: find(instance, "on-signal", on_signal::GuestIndices::new)?,
            pre_start: find(instance, "pre-start", pre_start::GuestIndices::new)?,
            post_start: find(instance, "post-start", post_start::GuestIndices::new)?,
            pre_stop: find(instance, "pre-stop", pre_stop::GuestIndices::new)?,
            post_stop: find(instance, "post-stop", post_stop::GuestIndices::new)?,
        })
    }

    /// Those of this instance.
    ///
    /// # Errors
    /// A function has another type.
    pub fn load(&self, store: &mut Store<Outside>, instance: &Instance) -> Result<Views> {
        Ok(Views {
            lifecycle: self.lifecycle.as_ref().map(|found| found.load(&mut *store, instance)).transpose()?,
            on_signal: self.on_signal.as_ref().map(|found| found.load(&mut *store, instance)).transpose()?,
            pre_start: self.pre_start.as_ref().map(|found| found.load(&mut *store, instance)).transpose()?,
            post_start: self.post_start.as_ref().map(|found| found.load(&mut *store, instance)).transpose()?,
            pre_stop: self.pre_stop.as_ref().map(|found| found.load(&mut *store, instance)).transpose()?,
            post_stop: self.post_stop.as_ref().map(|found| found.load(&mut *store, instance)).transpose()?,
        })
    }
}

fn find<I>(
    instance: &InstancePre<Outside>,
    interface: &str,
    new: impl FnOnce(&InstancePre<Outside>) -> Result<I>,
) -> Result<Option<I>> {
    let export = instance.component().get_export_index(None, &*interface::name(interface));
    export.map(|_| new(instance)).transpose()
}
