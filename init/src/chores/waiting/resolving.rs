//! From the name of a host to its addresses.

use alloc::{
    format,
    string::{String, ToString as _},
    vec,
    vec::Vec,
};
use core::{
    ffi::CStr,
    net::{IpAddr, SocketAddr},
};

use wigwag_core::{
    Millis,
    dns::{self, Answer, Kind, Resolver},
    remote::Remote,
};

use crate::sys::{clock, error::sentence, file, net};

/// What a server gets to answer, when it may be asked again.
const TIME: Millis = Millis(2_000);

/// No file of these is larger.
const MOST: usize = 1 << 20;

/// The longest answer: servers send no longer ones, unless they are asked to.
const LONGEST: usize = 512;

/// Where the host is. At least one address, or what is wrong.
pub fn addresses(remote: &Remote, deadline: Millis) -> Result<Vec<SocketAddr>, String> {
    let (name, port) = match remote {
        Remote::Address(address) => return Ok(vec![*address]),
        Remote::Name(name, port) => (name, *port),
    };
    let known = dns::hosts(&content(c"/etc/hosts"), name);
    let found = if known.is_empty() { look_up(name, deadline)? } else { known };
    Ok(found.into_iter().map(|address| SocketAddr::new(address, port)).collect())
}

/// What is there of the file: without one, there is nothing in it.
fn content(path: &CStr) -> String {
    let bytes = file::content_up_to(path, MOST).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn look_up(name: &str, deadline: Millis) -> Result<Vec<IpAddr>, String> {
    let resolver = Resolver::new(&content(c"/etc/resolv.conf"));
    let mut problem = None;
    for candidate in resolver.candidates(name) {
        match ask_all(&resolver.servers, &candidate, deadline) {
            Ok(found) if found.is_empty() => {}
            Ok(found) => return Ok(found),
            Err(why) => problem = Some(why),
        }
    }
    Err(problem.unwrap_or_else(|| "there is no such name".to_string()))
}

/// What the first server says that can say something: nothing, if there is no such name.
fn ask_all(servers: &[SocketAddr], name: &str, deadline: Millis) -> Result<Vec<IpAddr>, String> {
    let mut problem = String::new();
    for server in servers {
        match ask_both(server, name, deadline) {
            Ok(found) => return Ok(found),
            Err(why) => problem = format!("the nameserver {}: {why}", server.ip()),
        }
    }
    Err(problem)
}

/// Addresses of both kinds. One that cannot be had does not count if there are others.
fn ask_both(server: &SocketAddr, name: &str, deadline: Millis) -> Result<Vec<IpAddr>, String> {
    let first = ask(server, name, Kind::A, deadline);
    let second = ask(server, name, Kind::Aaaa, deadline);
    match (first, second) {
        (Ok(first), Ok(second)) => Ok([first, second].concat()),
        (Ok(found), Err(_)) | (Err(_), Ok(found)) if !found.is_empty() => Ok(found),
        (Err(why), _) | (_, Err(why)) => Err(why),
    }
}

fn ask(server: &SocketAddr, name: &str, kind: Kind, deadline: Millis) -> Result<Vec<IpAddr>, String> {
    let id = net::random();
    let until = deadline.min(clock::now().plus(TIME));
    let said = |errno| sentence(errno).to_string();
    let socket = net::connect_datagrams(server).map_err(said)?;
    net::send(&socket, &dns::query(id, name, kind), until).map_err(said)?;
    let mut buffer = [0; LONGEST];
    loop {
        let length = net::receive(&socket, &mut buffer, until).map_err(said)?;
        // What is no answer to this question is as if it had not come.
        if let Ok(answer) = dns::read(buffer.get(..length).unwrap_or_default(), id, name, kind) {
            return match answer {
                Answer::Found(found) => Ok(found),
                Answer::NoSuchName => Ok(Vec::new()),
                Answer::Failed(code) => Err(format!("it answers with code {code}")),
                Answer::Cut => Err("its answer was cut".to_string()),
            };
        }
    }
}
