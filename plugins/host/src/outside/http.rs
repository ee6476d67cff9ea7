//! HTTP to what is granted.

use wasmtime::Result;
use wigwag_engine::interface::wigwag::plugin::http::{Failure, Host, Request, Response};

use super::Outside;
use crate::{Interrupted, clock, http};

impl Host for Outside {
    fn send(&mut self, request: Request) -> Result<Result<Response, Failure>> {
        let address = match self.allow.http(&request.authority) {
            Ok(address) => address,
            Err(denial) => return Ok(Err(Failure::Denied(denial.to_string()))),
        };
        let until = self.until(request.timeout);
        let head = http::Request {
            method: &request.method,
            authority: &request.authority,
            path: &request.path,
            headers: &request.headers,
            body: &request.body,
        };
        Ok(match http::send(address, &head, until) {
            Ok(response) => Ok(Response { status: response.status, headers: response.headers, body: response.body }),
            Err(http::Failure::Timeout) if clock::now() >= self.end => return Err(Interrupted::Timeout.into()),
            Err(http::Failure::Timeout) => Err(Failure::Timeout),
            Err(http::Failure::Invalid(text)) => Err(Failure::Invalid(text)),
            Err(http::Failure::Refused) => Err(Failure::Refused),
            Err(http::Failure::Failed(text)) => Err(Failure::Failed(text)),
        })
    }
}
