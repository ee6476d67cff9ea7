//! The capabilities, as a host for tests has them. What is granted is decided as a real one decides it.

use std::{
    format,
    rc::Rc,
    string::{String, ToString as _},
    vec::Vec,
};

use wigwag_core::plugin::{capability::Capability, grants::Access};

use super::{CURRENT, World};
use crate::{
    Millis, Result, Signal, files,
    http::{self, Request, Response},
    log::Level,
    run::Output,
    state::CAPACITY,
};

/// As much as a file, or an answer, may have.
const LARGEST: usize = 1 << 20;

/// The host of this thread, which must have the capability: a real one would not have loaded the plugin.
#[expect(clippy::panic, clippy::expect_used, reason = "that ends the test")]
fn world(capability: Capability) -> Rc<World> {
    let world = CURRENT.with_borrow(Clone::clone).expect("a plugin needs a `testing::Host` in its thread");
    let denied = world.allow.borrow().missing([capability].into_iter()).next();
    if let Some(denied) = denied {
        panic!("the plugin {denied}");
    }
    world
}

pub fn log(level: Level, message: &str) {
    let line = match level {
        Level::Debug | Level::Info => message.to_string(),
        Level::Warn => format!("warning: {message}"),
        Level::Error => format!("error: {message}"),
    };
    world(Capability::Log).lines.borrow_mut().push(line);
}

pub fn now() -> Millis {
    world(Capability::Clock).now.get()
}

pub fn sleep(duration: Millis) {
    world(Capability::Clock).advance(duration);
}

pub fn env(name: &str) -> Result<Option<String>> {
    let world = world(Capability::Env);
    world.allow.borrow().env(name)?;
    Ok(world.env.borrow().get(name).cloned())
}

pub fn signal(service: &str, signal: Signal) -> Result {
    let world = world(Capability::Signals);
    world.allow.borrow().signals(service)?;
    world.sent.borrow_mut().push((service.to_string(), signal));
    Ok(())
}

pub fn run(command: &str, arguments: &[&str], _: Option<Millis>) -> Result<Output> {
    let world = world(Capability::Run);
    world.allow.borrow().command(command, !arguments.is_empty())?;
    let mut commands = world.commands.borrow_mut();
    let run = commands.get_mut(command).ok_or("nobody has said what it does")?;
    Ok(run(arguments))
}

pub fn http(request: &Request) -> Result<Response, http::Failure> {
    let world = world(Capability::Http);
    let denied = world.allow.borrow().http(&request.authority).err();
    if let Some(denied) = denied {
        return Err(http::Failure::Denied(denied.to_string()));
    }
    let mut ports = world.ports.borrow_mut();
    let port = ports.iter_mut().find(|(authority, _)| *authority == request.authority);
    let (_, answer) = port.ok_or(http::Failure::Refused)?;
    answer(request)
}

pub fn state(key: &str) -> Option<Vec<u8>> {
    world(Capability::State).state.borrow().get(key).cloned()
}

pub fn set_state(key: &str, value: Option<&[u8]>) -> Result {
    let world = world(Capability::State);
    let mut state = world.state.borrow_mut();
    let others = state.iter().filter(|(other, _)| *other != key);
    let used: usize = others.map(|(key, value)| key.len() + value.len()).sum();
    match value {
        Some(value) if used + key.len() + value.len() > CAPACITY => {
            Err(format!("the store has {CAPACITY} bytes, for all keys and values together"))?;
        }
        Some(value) => drop(state.insert(key.to_string(), value.to_vec())),
        None => drop(state.remove(key)),
    }
    Ok(())
}

pub fn read(path: &str) -> Result<Vec<u8>, files::Failure> {
    let world = granted(path, Access::Read)?;
    let content = world.files.borrow().get(path).cloned().ok_or(files::Failure::NotFound)?;
    if content.len() > LARGEST { Err(files::Failure::TooLarge) } else { Ok(content) }
}

pub fn write(path: &str, content: &[u8]) -> Result<(), files::Failure> {
    let world = granted(path, Access::Write)?;
    if content.len() > LARGEST {
        return Err(files::Failure::TooLarge);
    }
    world.files.borrow_mut().insert(path.to_string(), content.to_vec());
    Ok(())
}

pub fn remove(path: &str) -> Result<(), files::Failure> {
    let removed = granted(path, Access::Write)?.files.borrow_mut().remove(path);
    removed.map(drop).ok_or(files::Failure::NotFound)
}

pub fn entries(path: &str) -> Result<Vec<files::Entry>, files::Failure> {
    let world = granted(path, Access::Read)?;
    let directory = format!("{}/", path.trim_end_matches('/'));
    let files = world.files.borrow();
    let below = files.keys().filter_map(|file| file.strip_prefix(&directory));
    // Sorted by path, the files of one directory stand together, but `a-b` stands between `a` and `a/b`.
    let mut entries: Vec<_> = below.map(entry).collect();
    entries.sort_by(|one, other| one.name.cmp(&other.name));
    entries.dedup();
    if entries.is_empty() { Err(files::Failure::NotFound) } else { Ok(entries) }
}

fn entry(path: &str) -> files::Entry {
    let (name, kind) = match path.split_once('/') {
        Some((directory, _)) => (directory, files::Kind::Directory),
        None => (path, files::Kind::File),
    };
    files::Entry { name: name.to_string(), kind }
}

fn granted(path: &str, access: Access) -> Result<Rc<World>, files::Failure> {
    let world = world(Capability::Files);
    let denied = world.allow.borrow().file(path, access).err();
    denied.map_or(Ok(world), |denied| Err(files::Failure::Denied(denied.to_string())))
}
