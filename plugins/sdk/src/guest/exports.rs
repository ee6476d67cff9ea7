//! The hooks, as the host calls them.

use alloc::{string::String, vec::Vec};

use super::{
    capabilities::wigwag::plugin::types::Context,
    kept::{Keep, Kept},
    lifecycle::exports::wigwag::plugin::lifecycle,
    on_signal::exports::wigwag::plugin::on_signal,
    post_start::exports::wigwag::plugin::post_start,
    post_stop::exports::wigwag::plugin::post_stop,
    pre_start::exports::wigwag::plugin::pre_start,
    pre_stop::exports::wigwag::plugin::pre_stop,
};
use crate::Error;

impl<P: Keep> lifecycle::Guest for Kept<P> {
    fn init(settings: Vec<(String, String)>) -> Result<(), String> {
        P::place().init(settings.into_iter().collect()).map_err(Error::into_text)
    }
}

impl<P: Keep> on_signal::Guest for Kept<P> {
    fn decide(context: Context, incoming: on_signal::Incoming) -> Result<on_signal::Decision, String> {
        let decided = P::place().call(|plugin| plugin.on_signal(&context.into(), &incoming.into()));
        decided.map(Into::into).map_err(Error::into_text)
    }
}

impl<P: Keep> pre_start::Guest for Kept<P> {
    fn run(context: Context) -> Result<(), String> {
        P::place().call(|plugin| plugin.pre_start(&context.into())).map_err(Error::into_text)
    }
}

impl<P: Keep> post_start::Guest for Kept<P> {
    fn run(context: Context) -> Result<(), String> {
        P::place().call(|plugin| plugin.post_start(&context.into())).map_err(Error::into_text)
    }
}

impl<P: Keep> pre_stop::Guest for Kept<P> {
    fn run(context: Context, cause: pre_stop::Cause) -> Result<(), String> {
        P::place().call(|plugin| plugin.pre_stop(&context.into(), &cause.into())).map_err(Error::into_text)
    }
}

impl<P: Keep> post_stop::Guest for Kept<P> {
    fn run(context: Context, summary: post_stop::Summary) -> Result<(), String> {
        P::place().call(|plugin| plugin.post_stop(&context.into(), &summary.into())).map_err(Error::into_text)
    }
}
