//! What a plugin is: the trait, and how one becomes a component.

use crate::{Cause, Context, Decision, Incoming, Result, Settings, Summary};

/// A plugin: made from its settings, then asked by the hooks that [`register!`](crate::register) names.
///
/// An instance is kept from call to call, unless the spec says `instance = "per-call"`. It is made anew after a trap (a
/// panic is one), after a call that took too long, and when the services are gone: what must survive that belongs into
/// [`state`](crate::state).
pub trait Plugin: Sized + 'static {
    /// Makes it from its settings.
    ///
    /// # Errors
    /// The settings are not right. No hook is called then.
    fn init(settings: &mut Settings) -> Result<Self>;

    /// Decides what a signal does.
    ///
    /// # Errors
    /// It is as if there was no answer: `on-failure` in the spec says what follows.
    fn on_signal(&mut self, context: &Context, incoming: &Incoming) -> Result<Decision> {
        let _ = (context, incoming);
        Err("`on_signal` is registered and not implemented".into())
    }

    /// Does something before the first service is started.
    ///
    /// # Errors
    /// The hook fails: `on-failure` in the spec says what follows.
    fn pre_start(&mut self, context: &Context) -> Result {
        let _ = context;
        Err("`pre_start` is registered and not implemented".into())
    }

    /// Does something when every service is ready.
    ///
    /// # Errors
    /// The hook fails: `on-failure` in the spec says what follows.
    fn post_start(&mut self, context: &Context) -> Result {
        let _ = context;
        Err("`post_start` is registered and not implemented".into())
    }

    /// Does something when a stop has begun, before the services' stop signals.
    ///
    /// # Errors
    /// The hook fails, which is logged; the stop goes on.
    fn pre_stop(&mut self, context: &Context, cause: &Cause) -> Result {
        let _ = (context, cause);
        Err("`pre_stop` is registered and not implemented".into())
    }

    /// Does something when every process is gone.
    ///
    /// # Errors
    /// The hook fails, which is logged.
    fn post_stop(&mut self, context: &Context, summary: &Summary) -> Result {
        let _ = (context, summary);
        Err("`post_stop` is registered and not implemented".into())
    }
}

/// Makes a component of a [`Plugin`]: exports the hooks that it names, and nothing else.
///
/// ```
/// use wigwag_plugin::{Context, Decision, Incoming, Plugin, Result, Settings, Signal};
///
/// struct Rewrite;
///
/// impl Plugin for Rewrite {
///     fn init(_: &mut Settings) -> Result<Self> {
///         Ok(Self)
///     }
///
///     fn on_signal(&mut self, _: &Context, _: &Incoming) -> Result<Decision> {
///         Ok(Decision::Rewrite(Signal::WINCH))
///     }
/// }
///
/// wigwag_plugin::register!(Rewrite: on_signal);
/// ```
///
/// A hook is one of `on_signal`, `pre_start`, `post_start`, `pre_stop` and `post_stop`; another name does not compile:
///
/// ```compile_fail
/// # struct Drain;
/// # impl wigwag_plugin::Plugin for Drain {
/// #     fn init(_: &mut wigwag_plugin::Settings) -> wigwag_plugin::Result<Self> { Ok(Self) }
/// # }
/// wigwag_plugin::register!(Drain: pre_shutdown);
/// ```
///
/// Natively, where tests run, nothing is exported.
#[macro_export]
macro_rules! register {
    ($plugin:ty: $($hook:ident),+ $(,)?) => {
        const _: () = {
            $crate::keep_plugin!($plugin);
            $($crate::export_hook!($hook);)+
        };
    };
}

/// Makes a place for the plugin, and exports how it gets there.
#[doc(hidden)]
#[macro_export]
#[cfg(target_family = "wasm")]
macro_rules! keep_plugin {
    ($plugin:ty) => {
        impl $crate::guest::Keep for $plugin {
            fn place() -> &'static $crate::guest::Place<Self> {
                static PLACE: $crate::guest::Place<$plugin> = $crate::guest::Place::new();
                &PLACE
            }
        }

        type Kept = $crate::guest::Kept<$plugin>;
        $crate::guest::lifecycle::export_lifecycle!(Kept with_types_in $crate::guest::lifecycle);
    };
}

/// Natively it only has to be a plugin.
#[doc(hidden)]
#[macro_export]
#[cfg(not(target_family = "wasm"))]
macro_rules! keep_plugin {
    ($plugin:ty) => {
        const fn is_plugin<P: $crate::Plugin>() {}
        is_plugin::<$plugin>();
    };
}

/// Exports one hook.
#[doc(hidden)]
#[macro_export]
#[cfg(target_family = "wasm")]
macro_rules! export_hook {
    (on_signal) => {
        $crate::guest::on_signal::export_on_signal!(Kept with_types_in $crate::guest::on_signal);
    };
    (pre_start) => {
        $crate::guest::pre_start::export_pre_start!(Kept with_types_in $crate::guest::pre_start);
    };
    (post_start) => {
        $crate::guest::post_start::export_post_start!(Kept with_types_in $crate::guest::post_start);
    };
    (pre_stop) => {
        $crate::guest::pre_stop::export_pre_stop!(Kept with_types_in $crate::guest::pre_stop);
    };
    (post_stop) => {
        $crate::guest::post_stop::export_post_stop!(Kept with_types_in $crate::guest::post_stop);
    };
}

/// Natively there is nobody to export to, but a hook must be one.
#[doc(hidden)]
#[macro_export]
#[cfg(not(target_family = "wasm"))]
macro_rules! export_hook {
    (on_signal) => {};
    (pre_start) => {};
    (post_start) => {};
    (pre_stop) => {};
    (post_stop) => {};
}
