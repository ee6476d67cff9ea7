//! Plain HTTP/1.1 to certain ports, such as an application's admin port. Grant: `http = ["127.0.0.1:8080"]`.

use alloc::{string::String, vec::Vec};
use core::fmt;

use crate::{Millis, host};

/// What is asked.
///
/// ```no_run
/// use wigwag_plugin::{Millis, http::Request};
///
/// let response = Request::new("POST", "127.0.0.1:8080", "/drain").timeout(Millis(500)).send();
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `POST`, …
    pub method: String,
    /// `HOST:PORT`, as it is granted.
    pub authority: String,
    /// Path and query: `/drain?now=1`.
    pub path: String,
    /// Header fields; `host`, `content-length` and `connection` are set anyway.
    pub headers: Vec<(String, String)>,
    /// The body; none if it is empty.
    pub body: Vec<u8>,
    /// Until the answer is complete; no longer than the call.
    pub timeout: Option<Millis>,
}

impl Request {
    /// One without body, with as much time as the call.
    pub fn new(method: impl Into<String>, authority: impl Into<String>, path: impl Into<String>) -> Self {
        Self {
            method: method.into(),
            authority: authority.into(),
            path: path.into(),
            headers: Vec::new(),
            body: Vec::new(),
            timeout: None,
        }
    }

    /// With a header field.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// With a body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// With no more time than this, until the answer is complete.
    #[must_use]
    pub fn timeout(mut self, timeout: Millis) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Asks, and waits for the answer. Redirections are not followed.
    ///
    /// # Errors
    /// There is no answer.
    pub fn send(&self) -> Result<Response, Failure> {
        host::http(self)
    }
}

/// What is answered, if it is 1 MiB at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Header fields, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    /// One without header fields.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    /// Whether the status is one of success, 200 to 299.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The spec does not grant it.
    Denied(String),
    /// The request cannot be sent like this.
    Invalid(String),
    /// Nobody listens there.
    Refused,
    /// The time was over.
    Timeout,
    /// Anything else.
    Failed(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Denied(text) | Self::Invalid(text) | Self::Failed(text) => f.write_str(text),
            Self::Refused => f.write_str("nobody listens there"),
            Self::Timeout => f.write_str("there was no answer in time"),
        }
    }
}
