//! The capabilities, as the host has them.

use alloc::{string::String, vec::Vec};

use super::capabilities::wigwag::plugin as wit;
use crate::{
    Error, Millis, Result, Signal, files,
    http::{self, Request, Response},
    log::Level,
    run::Output,
};

pub fn log(level: Level, message: &str) {
    let level = match level {
        Level::Debug => wit::log::Level::Debug,
        Level::Info => wit::log::Level::Info,
        Level::Warn => wit::log::Level::Warn,
        Level::Error => wit::log::Level::Error,
    };
    wit::log::log(level, message);
}

pub fn now() -> Millis {
    Millis(wit::clock::now())
}

pub fn sleep(duration: Millis) {
    wit::clock::sleep(duration.0);
}

pub fn env(name: &str) -> Result<Option<String>> {
    wit::env::get(name).map_err(Error::from)
}

pub fn signal(service: &str, signal: Signal) -> Result {
    wit::signals::send(service, signal.number()).map_err(Error::from)
}

pub fn run(command: &str, arguments: &[&str], timeout: Option<Millis>) -> Result<Output> {
    let arguments: Vec<String> = arguments.iter().copied().map(String::from).collect();
    let output = wit::run::run(command, &arguments, timeout.map(|timeout| timeout.0))?;
    Ok(Output {
        outcome: output.outcome.into(),
        stdout: output.stdout,
        stderr: output.stderr,
        truncated: output.truncated,
    })
}

pub fn state(key: &str) -> Option<Vec<u8>> {
    wit::state::get(key)
}

pub fn set_state(key: &str, value: Option<&[u8]>) -> Result {
    wit::state::set(key, value).map_err(Error::from)
}

pub fn read(path: &str) -> Result<Vec<u8>, files::Failure> {
    wit::files::read(path).map_err(Into::into)
}

pub fn write(path: &str, content: &[u8]) -> Result<(), files::Failure> {
    wit::files::write(path, content).map_err(Into::into)
}

pub fn remove(path: &str) -> Result<(), files::Failure> {
    wit::files::remove(path).map_err(Into::into)
}

pub fn entries(path: &str) -> Result<Vec<files::Entry>, files::Failure> {
    let entries = wit::files::entries(path)?;
    Ok(entries.into_iter().map(|entry| files::Entry { name: entry.name, kind: entry.kind.into() }).collect())
}

pub fn http(request: &Request) -> Result<Response, http::Failure> {
    let answer = wit::http::send(&wit::http::Request {
        method: request.method.clone(),
        authority: request.authority.clone(),
        path: request.path.clone(),
        headers: request.headers.clone(),
        body: request.body.clone(),
        timeout: request.timeout.map(|timeout| timeout.0),
    })?;
    Ok(Response { status: answer.status, headers: answer.headers, body: answer.body })
}

impl From<wit::files::Kind> for files::Kind {
    fn from(kind: wit::files::Kind) -> Self {
        match kind {
            wit::files::Kind::File => Self::File,
            wit::files::Kind::Directory => Self::Directory,
            wit::files::Kind::Other => Self::Other,
        }
    }
}

impl From<wit::files::Failure> for files::Failure {
    fn from(failure: wit::files::Failure) -> Self {
        match failure {
            wit::files::Failure::Denied(text) => Self::Denied(text),
            wit::files::Failure::NotFound => Self::NotFound,
            wit::files::Failure::TooLarge => Self::TooLarge,
            wit::files::Failure::Failed(text) => Self::Failed(text),
        }
    }
}

impl From<wit::http::Failure> for http::Failure {
    fn from(failure: wit::http::Failure) -> Self {
        match failure {
            wit::http::Failure::Denied(text) => Self::Denied(text),
            wit::http::Failure::Invalid(text) => Self::Invalid(text),
            wit::http::Failure::Refused => Self::Refused,
            wit::http::Failure::Timeout => Self::Timeout,
            wit::http::Failure::Failed(text) => Self::Failed(text),
        }
    }
}
