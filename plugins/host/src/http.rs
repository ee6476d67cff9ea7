//! A client for plain HTTP/1.1: one request, one answer, one connection.

mod request;
mod response;

use std::{
    io::{self, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use wigwag_core::Millis;

pub use self::{request::Request, response::Response};
use crate::clock;

/// The longest body of an answer, and the longest request, in bytes.
pub const LIMIT: usize = 1 << 20;

/// What went wrong.
#[derive(Debug, PartialEq, Eq)]
pub enum Failure {
    /// The request cannot be sent like this.
    Invalid(String),
    /// Nobody listens there.
    Refused,
    /// The time was over.
    Timeout,
    /// Anything else.
    Failed(String),
}

/// Asks, and waits for the whole answer.
///
/// # Errors
/// What went wrong.
pub fn send(address: SocketAddr, request: &Request, until: Millis) -> Result<Response, Failure> {
    let bytes = request.encode()?;
    let mut connection = Connection::open(address, until)?;
    // One that answers before it has read everything has answered; if it has not, reading says so.
    let sent = connection.write_all(&bytes);
    match response::read(&mut BufReader::new(connection), request.method) {
        Err(Failure::Failed(_)) if sent.is_err() => Err(sent.err().map_or(Failure::Timeout, Failure::from)),
        other => other,
    }
}

/// A connection with an end in time.
struct Connection {
    stream: TcpStream,
    until: Millis,
}

impl Connection {
    fn open(address: SocketAddr, until: Millis) -> Result<Self, Failure> {
        let stream = TcpStream::connect_timeout(&address, left(until)?)?;
        Ok(Self { stream, until })
    }
}

impl Read for Connection {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(left(self.until)?))?;
        self.stream.read(buffer)
    }
}

impl Write for Connection {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(left(self.until)?))?;
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// How long there is.
fn left(until: Millis) -> io::Result<Duration> {
    match until.minus(clock::now()).0 {
        0 => Err(io::ErrorKind::TimedOut.into()),
        // No connection is for ever, and not every length is a time for the kernel.
        left => Ok(Duration::from_millis(left.min(3_600_000))),
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        let is = |kind| error.kind() == kind;
        if is(io::ErrorKind::ConnectionRefused) {
            Self::Refused
        } else if is(io::ErrorKind::TimedOut) || is(io::ErrorKind::WouldBlock) {
            Self::Timeout
        } else if is(io::ErrorKind::UnexpectedEof) {
            Self::Failed("the answer ends too early".to_string())
        } else {
            Self::Failed(error.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{net::TcpListener, thread};

    use super::*;

    fn server(answer: &'static [u8]) -> (SocketAddr, thread::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                head.extend_from_slice(&byte);
            }
            stream.write_all(answer).unwrap();
            String::from_utf8(head).unwrap()
        });
        (address, asked)
    }

    fn get(authority: &str) -> Request<'_> {
        Request { method: "GET", authority, path: "/drain?now=1", headers: &[], body: &[] }
    }

    #[test]
    fn who_is_asked_hears_it_and_answers() {
        let (address, asked) = server(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Y: z\r\n\r\nok");
        let authority = address.to_string();
        let response = send(address, &get(&authority), clock::now().plus(Millis(10_000))).unwrap();
        assert_eq!((response.status, &*response.body), (200, &b"ok"[..]));
        assert_eq!(response.headers, [("content-length".into(), "2".into()), ("x-y".into(), "z".to_string())]);
        let head = format!("GET /drain?now=1 HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n\r\n");
        assert_eq!(asked.join().unwrap(), head);
    }

    #[test]
    fn nobody_there_and_nobody_who_answers_are_told() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let authority = address.to_string();
        let until = clock::now().plus(Millis(50));
        assert_eq!(send(address, &get(&authority), until), Err(Failure::Timeout));
        assert!(clock::now() >= until);
        drop(listener);
        assert_eq!(send(address, &get(&authority), clock::now().plus(Millis(10_000))), Err(Failure::Refused));
    }
}
