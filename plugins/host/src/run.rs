//! The program: what a host does from its start to its end.

use std::collections::BTreeMap;

use wasmtime::Engine;
use wigwag_core::{
    Config,
    config::Plugin as Declared,
    form,
    plugin::message::{FromHost, Level, ToHost},
};

use crate::{
    Code, Interrupted, Plugin, Roots, Store, Surroundings,
    alarm::Timer,
    channel::Channel,
    clock::NEVER,
    code, fault,
    sandbox::{self, descriptors},
};

/// Loads the plugin of that name from that config, and answers calls until the init closes the socket.
///
/// # Errors
/// One sentence, for who starts it by hand: there is no init to tell.
pub fn run(config: &str, name: &str) -> Result<(), String> {
    let given = descriptors::take()?;
    let mut channel = Channel::new(given.socket);
    let store = given.store.map_or_else(Store::in_memory, Store::open);
    let ended = match load(&channel, store, config, name) {
        Ok(plugin) => serve(&mut channel, plugin),
        Err(text) => channel.send(&FromHost::Refused(fault::cut(text))),
    };
    ended.or_else(|interrupted| match interrupted {
        // Nobody is there to be told.
        Interrupted::Lost(_) | Interrupted::Timeout => Ok(()),
    })
}

/// Up to the lock-down, nothing of the plugin is looked at but its digest.
fn load(channel: &Channel, store: Store, config: &str, name: &str) -> Result<Plugin, String> {
    let config = read(config)?;
    let place = config.plugins.iter().position(|plugin| plugin.name == name);
    let place = place.ok_or_else(|| format!("there is no plugin `{}` in the config", name.escape_debug()))?;
    let declared = config.plugins.get(place).ok_or("there is no such plugin")?;
    let code = Code::read(declared)?;
    let engine = code::engine()?;
    let files = Roots::open(&declared.allow);
    let env = environment(declared);
    let alarm = Timer::new(&engine)?;
    let notes = sandbox::enter(declared, place, &code, &files)?;
    let component = sealed(code, &engine)?;
    let mut supervisor = channel.clone();
    for note in notes {
        drop(supervisor.send(&FromHost::Log(Level::Debug, note)));
    }
    let surroundings = Surroundings { supervisor: Box::new(supervisor), alarm: Box::new(alarm), env, files, store };
    Plugin::new(&component, declared, surroundings)
}

fn sealed(code: Code, engine: &Engine) -> Result<wasmtime::component::Component, String> {
    let component = code.component(engine)?;
    sandbox::seal()?;
    Ok(component)
}

fn read(path: &str) -> Result<Config, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read `{path}`: {error}"))?;
    form::read(&text).map_err(|_| format!("`{path}` is not a config that this version reads"))
}

/// What the plugin was granted of the environment, as far as it is text.
fn environment(declared: &Declared) -> BTreeMap<String, String> {
    let granted = declared.allow.env.iter();
    granted.filter_map(|name| Some((name.clone(), std::env::var(name).ok()?))).collect()
}

fn serve(channel: &mut Channel, mut plugin: Plugin) -> Result<(), Interrupted> {
    channel.send(&FromHost::Loaded)?;
    while let Some(received) = channel.receive(NEVER)? {
        match received.message {
            ToHost::Call(call) => channel.send(&FromHost::Answer(plugin.call(&call)))?,
            // They were for a call that did not wait for them.
            ToHost::Sent(_) | ToHost::Running | ToHost::NotRunning(_) | ToHost::Ended(_) => {}
        }
    }
    Ok(())
}
