//! Tells services to reload, each by its own signal. Which gets which is in a file, which is read each time:
//!
//! ```text
//! # service  signal
//! web        SIGHUP
//! worker     SIGUSR1
//! ```

use wigwag_plugin::{Context, Decision, Delivery, Incoming, Plugin, Result, Settings, files};

struct Reload {
    file: String,
}

impl Plugin for Reload {
    fn init(settings: &mut Settings) -> Result<Self> {
        Ok(Self { file: settings.required("file")? })
    }

    fn on_signal(&mut self, context: &Context, _: &Incoming) -> Result<Decision> {
        let file = &self.file;
        let text = files::read_to_string(file).map_err(|failure| format!("{file}: {failure}"))?;
        let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
        let entries = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let deliveries = entries.map(|(number, line)| delivery(line).map_err(|error| at(file, number, error.text())));
        let mut deliveries = deliveries.collect::<Result<Vec<_>>>()?;
        deliveries.retain(|delivery| context.service(&delivery.service).is_some_and(|service| service.pid.is_some()));
        Ok(Decision::Deliver(deliveries))
    }
}

fn delivery(line: &str) -> Result<Delivery> {
    let (service, signal) = line.split_once(char::is_whitespace).ok_or("it is no service and signal")?;
    Ok(Delivery::now(service, signal.trim_start().parse()?))
}

fn at(file: &str, number: usize, error: &str) -> wigwag_plugin::Error {
    format!("{file}:{number}: {error}").into()
}

wigwag_plugin::register!(Reload: on_signal);

#[cfg(test)]
mod tests {
    use wigwag_plugin::{
        Service, Signal, State,
        testing::{Host, signal},
    };

    use super::*;

    const FILE: &str = "/etc/app/reload";

    fn reload(host: &Host) -> Result<Decision> {
        let service =
            |name: &str, pid| Service { name: name.into(), main: false, state: State::Ready, pid, outcome: None };
        let services = vec![service("web", Some(7)), service("worker", Some(8)), service("once", None)];
        let context = Context { services, ..host.context() };
        Settings::from([("file", FILE)]).make::<Reload>().unwrap().on_signal(&context, &signal(Signal::HUP))
    }

    #[test]
    fn each_service_that_runs_gets_its_own() {
        let host = Host::new().read("/etc/app").file(FILE, "# who\nweb SIGHUP\n\n  worker\tUSR1\nonce HUP\n");
        let expected = vec![Delivery::now("web", Signal::HUP), Delivery::now("worker", Signal::USR1)];
        assert_eq!(reload(&host), Ok(Decision::Deliver(expected)));
    }

    #[test]
    fn a_mistake_has_a_place() {
        for (text, expected) in [
            ("web\n", "/etc/app/reload:1: it is no service and signal"),
            ("web HUP\nworker SIGHUB\n", "/etc/app/reload:2: `SIGHUB` is not a signal"),
        ] {
            let host = Host::new().read("/etc/app").file(FILE, text);
            assert_eq!(reload(&host).unwrap_err().text(), expected);
        }
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let host = Host::new().read("/etc/app");
        assert_eq!(reload(&host).unwrap_err().text(), "/etc/app/reload: there is no such file");
    }
}
