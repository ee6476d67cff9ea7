//! Waiting, and asking, with a deadline of our own: it is a little before the hook's, so that we can say what was wrong.

mod resolving;

use alloc::{
    format,
    string::{String, ToString as _},
};
use core::net::SocketAddr;

use rustix::{fd::OwnedFd, io::Errno};
use wigwag_core::{
    Millis,
    http::{self, Beginning},
    remote::{Remote, Url},
};

use self::resolving::addresses;
use super::Chore;
use crate::{
    sys::{clock, error::sentence, file, net},
    text::Text,
};

/// The first pause between two attempts, and the longest.
const PAUSE: Millis = Millis(200);
const LONGEST_PAUSE: Millis = Millis(1_000);

/// What one address gets to take a connection, when others may.
const ATTEMPT: Millis = Millis(5_000);

/// What is left for saying that there was not enough time.
const LAST_WORDS: Millis = Millis(100);

/// No answer is waited for longer, if no timeout is declared.
const LONGEST: Millis = Millis(3_600_000);

/// How much of an answer is read, and dropped.
const MOST_ANSWER: usize = 1 << 16;

impl Chore {
    fn time(&self) -> Millis {
        self.timeout.unwrap_or(LONGEST)
    }

    /// When we give up.
    fn deadline(&self) -> Millis {
        let time = self.time();
        clock::now().plus(time.minus(LAST_WORDS.min(Millis(time.0 / 10))))
    }

    pub(super) fn wait_for_port(&self, remote: &Remote) -> Result<(), String> {
        let attempt = |deadline| connect(remote, deadline).map(drop);
        let time = self.time();
        self.attempts(attempt).map_err(|why| format!("`{remote}` takes no connection within {time}: {why}"))
    }

    pub(super) fn wait_for_file(&self, path: &str) -> Result<(), String> {
        let file = Text::from(path);
        let attempt = |_| if file::is_there(file.as_c_str()) { Ok(()) } else { Err(String::new()) };
        let time = self.time();
        self.attempts(attempt).map_err(|_| format!("`{}` is not there within {time}", path.escape_debug()))
    }

    /// Tries until it succeeds; or what the last attempt said.
    fn attempts(&self, attempt: impl Fn(Millis) -> Result<(), String>) -> Result<(), String> {
        let deadline = self.deadline();
        let mut pause = PAUSE;
        loop {
            match attempt(deadline) {
                Ok(()) => return Ok(()),
                Err(why) if clock::now() >= deadline => return Err(why),
                Err(_) => {}
            }
            sleep(pause.min(deadline.minus(clock::now())));
            pause = pause.plus(Millis(pause.0 / 2)).min(LONGEST_PAUSE);
        }
    }

    pub(super) fn ask(&self, url: &Url) -> Result<(), String> {
        match get(url, self.deadline()) {
            Ok(200..=299) => Ok(()),
            Ok(status) => Err(format!("`{url}` answers {status}")),
            Err(why) => Err(format!("`{url}` does not answer: {why}")),
        }
    }
}

pub fn sleep(length: Millis) {
    let end = clock::now().plus(length);
    while clock::now() < end {
        net::pause(end.minus(clock::now()));
    }
}

/// A connection to the first address that takes one; or what the first one said.
fn connect(remote: &Remote, deadline: Millis) -> Result<OwnedFd, String> {
    let all = addresses(remote, deadline)?;
    let mut first = None;
    for (at, address) in all.iter().enumerate() {
        let is_last = at.saturating_add(1) == all.len();
        let until = if is_last { deadline } else { deadline.min(clock::now().plus(ATTEMPT)) };
        match net::connect(address, until) {
            Ok(socket) => return Ok(socket),
            Err(errno) => drop(first.get_or_insert_with(|| refusal(remote, address, errno))),
        }
    }
    Err(first.unwrap_or_default())
}

/// Which address it was, if that is not known.
fn refusal(remote: &Remote, address: &SocketAddr, errno: Errno) -> String {
    match remote {
        Remote::Address(_) => sentence(errno).to_string(),
        Remote::Name(..) => format!("{} ({})", sentence(errno), address.ip()),
    }
}

/// The status of the answer.
fn get(url: &Url, deadline: Millis) -> Result<u16, String> {
    let socket = connect(&url.remote, deadline)?;
    let said = |errno: Errno| sentence(errno).to_string();
    net::send(&socket, http::request(url).as_bytes(), deadline).map_err(said)?;
    let mut buffer = [0; http::LONGEST_LINE];
    let mut length = 0_usize;
    let status = loop {
        let room = buffer.get_mut(length..).unwrap_or_default();
        let more = net::receive(&socket, room, deadline).map_err(said)?;
        length = length.saturating_add(more);
        match http::beginning(buffer.get(..length).unwrap_or_default()) {
            Beginning::Status(status) => break status,
            Beginning::Incomplete if more > 0 => {}
            Beginning::Incomplete => return Err("the connection was closed".to_string()),
            Beginning::Senseless => return Err("this is not HTTP".to_string()),
        }
    };
    // Who is not listened to any more may stop half-way.
    let mut read = 0_usize;
    while read < MOST_ANSWER {
        match net::receive(&socket, &mut buffer, deadline) {
            Ok(more) if more > 0 => read = read.saturating_add(more),
            Ok(_) | Err(_) => break,
        }
    }
    Ok(status)
}
