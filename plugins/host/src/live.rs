//! An instance of a plugin.

use wasmtime::{Result, Store};
use wigwag_core::{
    Millis,
    config::HookPoint,
    plugin::message::{Call, Fault, Invocation, Reply},
};

use crate::{fault, hooks::Views, outside::Outside, plugin::Template, words};

/// How many bytes a plugin may hand over at once, texts and lists: more than a file has, and less than would hurt.
const HANDED_OVER: usize = 4 << 20;

/// An instance that was initialized.
pub struct Live {
    store: Store<Outside>,
    views: Views,
    is_broken: bool,
}

/// What a hook returned, unless its code broke off.
type Returned = Result<Result<Reply, String>>;

impl Live {
    /// Makes an instance, and initializes it.
    ///
    /// # Errors
    /// What went wrong.
    pub fn start(template: &Template, mut outside: Outside, end: Millis) -> Result<Self, Box<(Outside, Fault)>> {
        outside.limits.reset();
        let mut store = Store::new(template.instance.component().engine(), outside);
        store.limiter(|outside| &mut outside.limits);
        store.set_hostcall_fuel(HANDED_OVER);
        store.epoch_deadline_trap();
        let started = begin(&mut store, end, false, |store| {
            let instance = template.instance.instantiate(&mut *store)?;
            let views = template.hooks.load(store, &instance)?;
            let initialized = match &views.lifecycle {
                Some(lifecycle) => lifecycle.call_init(&mut *store, &template.settings)?,
                None => Ok(()),
            };
            Ok(initialized.map(|()| views))
        });
        match started {
            Ok(Ok(views)) => Ok(Self { store, views, is_broken: false }),
            Ok(Err(text)) => Err(Box::new((store.into_data(), fault::error(text)))),
            Err(error) => {
                let fault = fault::trap(&error, store.data().limits.was_reached());
                Err(Box::new((store.into_data(), fault)))
            }
        }
    }

    /// Calls a hook.
    ///
    /// # Errors
    /// What went wrong.
    pub fn call(&mut self, call: &Call, end: Millis) -> Result<Reply, Fault> {
        let returned = begin(&mut self.store, end, true, |store| invoke(&self.views, store, call));
        returned
            .map_err(|error| {
                self.is_broken = true;
                fault::trap(&error, self.store.data().limits.was_reached())
            })?
            .map_err(fault::error)
    }

    /// What it is surrounded by.
    pub fn outside(&mut self) -> &mut Outside {
        self.store.data_mut()
    }

    /// Whether its code broke off.
    pub fn is_broken(&self) -> bool {
        self.is_broken
    }

    /// How much memory it has, in bytes.
    pub fn memory(&self) -> u32 {
        self.store.data().limits.used()
    }

    /// Ends it, and leaves what it was surrounded by.
    pub fn end(self) -> Outside {
        self.store.into_data()
    }
}

/// Runs code of the plugin, no longer than until `end`.
fn begin<R>(
    store: &mut Store<Outside>,
    end: Millis,
    is_called: bool,
    code: impl FnOnce(&mut Store<Outside>) -> Result<R>,
) -> Result<R> {
    // In this order: an alarm that has gone off already counts.
    store.set_epoch_deadline(1);
    store.data_mut().begin(end, is_called);
    let result = code(store);
    store.data_mut().end();
    result
}

fn invoke(views: &Views, store: &mut Store<Outside>, call: &Call) -> Returned {
    let context = words::context(&call.context);
    let done = |result: Result<(), String>| result.map(|()| Reply::Done);
    let missing = |point: HookPoint| Ok(Err(format!("it does not implement `{}`", point.name())));
    match &call.hook {
        Invocation::OnSignal(incoming) => match &views.on_signal {
            Some(hook) => {
                let decision = hook.call_decide(store, &context, words::incoming(incoming))?;
                Ok(decision.and_then(words::proposal).map(Reply::Decided))
            }
            None => missing(HookPoint::OnSignal),
        },
        Invocation::PreStart => match &views.pre_start {
            Some(hook) => hook.call_run(store, &context).map(done),
            None => missing(HookPoint::PreStart),
        },
        Invocation::PostStart => match &views.post_start {
            Some(hook) => hook.call_run(store, &context).map(done),
            None => missing(HookPoint::PostStart),
        },
        Invocation::PreStop(cause) => match &views.pre_stop {
            Some(hook) => hook.call_run(store, &context, &words::cause(cause)).map(done),
            None => missing(HookPoint::PreStop),
        },
        Invocation::PostStop(summary) => match &views.post_stop {
            Some(hook) => hook.call_run(store, &context, words::summary(summary)).map(done),
            None => missing(HookPoint::PostStop),
        },
    }
}
