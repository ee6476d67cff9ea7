//! Before a stop: tells the application by HTTP to take no more work, and waits until nothing is in flight.

use wigwag_plugin::{Cause, Context, Millis, Plugin, Result, Settings, clock, http::Request, log};

struct Drain {
    /// The application's admin port.
    admin: String,
    /// Asked by POST to take no more work.
    refuse: String,
    /// Asked by GET for the number of requests in flight.
    in_flight: String,
    /// How often.
    every: Millis,
}

/// An answer that comes at the very deadline comes too late.
const MARGIN: Millis = Millis(100);

impl Plugin for Drain {
    fn init(settings: &mut Settings) -> Result<Self> {
        Ok(Self {
            admin: settings.required("admin")?,
            refuse: settings.optional("drain")?.unwrap_or("/drain".into()),
            in_flight: settings.optional("in-flight")?.unwrap_or("/in-flight".into()),
            every: settings.optional("every")?.unwrap_or(Millis(100)),
        })
    }

    fn pre_stop(&mut self, context: &Context, cause: &Cause) -> Result {
        if let Cause::Ended(service, _) = cause
            && context.main().is_some_and(|main| main.name == *service)
        {
            return Ok(());
        }
        let end = context.deadline.minus(MARGIN);
        self.ask("POST", &self.refuse, end)?;
        loop {
            let count: u64 = self.ask("GET", &self.in_flight, end)?.trim().parse()?;
            let now = clock::now();
            if count == 0 {
                log::info(format!("nothing is in flight after {}", now.minus(context.now)));
                return Ok(());
            }
            if now.plus(self.every) >= end {
                Err(format!("{count} requests are still in flight after {}", now.minus(context.now)))?;
            }
            clock::sleep(self.every);
        }
    }
}

impl Drain {
    fn ask(&self, method: &str, path: &str, end: Millis) -> Result<String> {
        let shown = format!("{method} {}{path}", self.admin);
        let request = Request::new(method, &self.admin, path).timeout(end.minus(clock::now()));
        let response = request.send().map_err(|failure| format!("{shown}: {failure}"))?;
        if !response.is_success() {
            Err(format!("{shown}: status {}", response.status))?;
        }
        Ok(String::from_utf8(response.body)?)
    }
}

wigwag_plugin::register!(Drain: pre_stop);

#[cfg(test)]
mod tests {
    use wigwag_plugin::{
        Outcome, Signal,
        http::{Failure, Response},
        testing::Host,
    };

    use super::*;

    const ADMIN: &str = "127.0.0.1:8080";

    /// An application with that many requests in flight, of which it ends one each time that it is asked.
    fn application(mut in_flight: u64) -> impl FnMut(&Request) -> Result<Response, Failure> {
        let mut is_draining = false;
        move |request| match (request.method.as_str(), request.path.as_str()) {
            ("POST", "/drain") => {
                is_draining = true;
                Ok(Response::new(204, ""))
            }
            ("GET", "/in-flight") if is_draining => {
                in_flight = in_flight.saturating_sub(1);
                Ok(Response::new(200, format!("{in_flight}\n")))
            }
            _ => Ok(Response::new(404, "")),
        }
    }

    fn stop(host: &Host, time: Millis, cause: &Cause) -> Result {
        let context = Context { deadline: host.now().plus(time), ..host.context() };
        Settings::from([("admin", ADMIN)]).make::<Drain>().unwrap().pre_stop(&context, cause)
    }

    #[test]
    fn it_waits_until_nothing_is_in_flight() {
        let host = Host::new().log().clock().http(ADMIN, application(3));
        assert_eq!(stop(&host, Millis(5_000), &Cause::Asked(Signal::TERM)), Ok(()));
        assert_eq!(host.lines(), ["nothing is in flight after 200ms"]);
    }

    #[test]
    fn it_gives_up_in_time() {
        let host = Host::new().log().clock().http(ADMIN, application(1_000));
        let failed = stop(&host, Millis(1_000), &Cause::Asked(Signal::TERM));
        assert_eq!(failed.unwrap_err().text(), "991 requests are still in flight after 800ms");
        assert!(host.now() < Millis(1_000));
    }

    #[test]
    fn who_does_not_answer_is_named() {
        let host = Host::new().log().clock().http(ADMIN, |_| Err(Failure::Refused));
        let failed = stop(&host, Millis(1_000), &Cause::Asked(Signal::TERM));
        assert_eq!(failed.unwrap_err().text(), "POST 127.0.0.1:8080/drain: nobody listens there");
    }

    #[test]
    fn an_application_that_has_ended_is_not_asked() {
        let host = Host::new().log().clock().http(ADMIN, |_| Err(Failure::Refused));
        assert_eq!(stop(&host, Millis(1_000), &Cause::Ended("main".into(), Outcome::Exited(1))), Ok(()));
    }
}
