//! What a plugin may do: asked, and granted.

use alloc::{
    format,
    string::{String, ToString as _},
};
use core::fmt;

use super::{
    capability::Capability,
    proposal::{Proposal, Wanted},
};
use crate::{
    Config, Decision, Delivered, Deliveries, ServiceId, address,
    config::{Allow, Command},
};

/// A capability that is not granted, or not for this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// Which one.
    pub capability: Capability,
    /// What is not allowed, as part of a sentence: may not send signals to `db`.
    pub what: String,
    /// The line that would grant it.
    pub line: String,
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: it needs `{}` in its `allow`", self.what, self.line)
    }
}

impl Allow {
    /// Whether it has this capability at all, so that what imports it can be loaded.
    pub fn has(&self, capability: Capability) -> bool {
        match capability {
            Capability::Log => self.log,
            Capability::Clock => self.clock,
            Capability::Env => !self.env.is_empty(),
            Capability::Signals => !self.signals.is_empty(),
            Capability::Run => !self.commands.is_empty(),
            Capability::Files => !self.read.is_empty() || !self.write.is_empty(),
            Capability::Http => !self.http.is_empty(),
            Capability::State => self.state,
        }
    }

    /// What of it is imported and not granted at all.
    pub fn missing(&self, imports: impl Iterator<Item = Capability>) -> impl Iterator<Item = Denial> {
        imports.filter(|capability| !self.has(*capability)).map(|capability| Denial {
            capability,
            what: format!("may not use `{capability}`"),
            line: capability.line().to_string(),
        })
    }

    /// Whether it may read this environment variable.
    ///
    /// # Errors
    /// It may not.
    pub fn env(&self, name: &str) -> Result<(), Denial> {
        let is_granted = self.env.iter().any(|granted| granted == name);
        let shown = name.escape_debug();
        grant(is_granted, Capability::Env, || {
            (format!("may not read the variable `{shown}`"), format!("env = [\"{shown}\"]"))
        })
    }

    /// Whether it may send signals to this service.
    ///
    /// # Errors
    /// It may not.
    pub fn signals(&self, service: &str) -> Result<(), Denial> {
        let is_granted = self.signals.iter().any(|granted| granted == service);
        let shown = service.escape_debug();
        grant(is_granted, Capability::Signals, || {
            (format!("may not send signals to `{shown}`"), format!("signals = [\"{shown}\"]"))
        })
    }

    /// The command of this name, with arguments of the plugin's own or without.
    ///
    /// # Errors
    /// It may not have that run.
    pub fn command(&self, name: &str, has_arguments: bool) -> Result<&Command, Denial> {
        let command = self.commands.get(name);
        let shown = name.escape_debug();
        match command {
            Some(command) if !has_arguments || command.arguments => Ok(command),
            Some(_) => Err(Denial {
                capability: Capability::Run,
                what: format!("may not add arguments to the command `{shown}`"),
                line: format!("commands = {{ {shown} = {{ command = […], arguments = true }} }}"),
            }),
            None => Err(Denial {
                capability: Capability::Run,
                what: format!("may not run the command `{shown}`"),
                line: format!("commands = {{ {shown} = [\"program\", \"argument\"] }}"),
            }),
        }
    }

    /// Whether it may ask this port. Two names of one address are the same.
    ///
    /// # Errors
    /// It may not.
    pub fn http(&self, authority: &str) -> Result<core::net::SocketAddr, Denial> {
        let wanted = address::parse(authority).ok();
        let granted = |granted: &&String| address::parse(granted).ok() == wanted;
        let shown = authority.escape_debug();
        wanted.filter(|_| self.http.iter().any(|entry| granted(&entry))).ok_or_else(|| Denial {
            capability: Capability::Http,
            what: format!("may not ask `{shown}`"),
            line: format!("http = [\"{shown}\"]"),
        })
    }

    /// The granted path that this one is, or is below, and the rest of it: the longest one.
    ///
    /// # Errors
    /// There is none, or it is no path to begin with: one that is relative, or has `.`, `..` or nothing between two `/`.
    pub fn file<'p>(&self, path: &'p str, access: Access) -> Result<(&str, &'p str), Denial> {
        let read = self.read.iter().filter(|_| access == Access::Read);
        let granted =
            self.write.iter().chain(read).filter_map(|granted| Some((granted.as_str(), below(granted, path)?)));
        granted.filter(|_| is_plain(path)).max_by_key(|(granted, _)| granted.len()).ok_or_else(|| {
            let shown = path.escape_debug();
            let (verb, key) = match access {
                Access::Read => ("read", "read"),
                Access::Write => ("write", "write"),
            };
            Denial {
                capability: Capability::Files,
                what: format!("may not {verb} `{shown}`"),
                line: format!("{key} = [\"{shown}\"]"),
            }
        })
    }
}

/// What is to be done with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Its content, or its entries.
    Read,
    /// It is written or removed.
    Write,
}

fn grant(is_granted: bool, capability: Capability, sentence: impl FnOnce() -> (String, String)) -> Result<(), Denial> {
    if is_granted {
        return Ok(());
    }
    let (what, line) = sentence();
    Err(Denial { capability, what, line })
}

/// Whether nothing in the path leads elsewhere, as far as one can see without a file system.
fn is_plain(path: &str) -> bool {
    let parts = |path: &str| path.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
    path.strip_prefix('/').is_some_and(|rest| rest.is_empty() || parts(rest)) && !path.contains('\0')
}

/// What the path has more than this one.
fn below<'p>(granted: &str, path: &'p str) -> Option<&'p str> {
    let granted = granted.strip_suffix('/').unwrap_or(granted);
    let rest = path.strip_prefix(granted)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}

/// What a plugin's wish about a signal comes to.
///
/// # Errors
/// One sentence, about the first thing that is not granted or not possible.
pub fn decision(config: &Config, allow: &Allow, proposal: &Proposal) -> Result<Decision, String> {
    match proposal {
        Proposal::Pass => Ok(Decision::Pass),
        Proposal::Drop => Ok(Decision::Drop),
        Proposal::Rewrite(signal) if signal.can_be_forwarded() => Ok(Decision::Rewrite(*signal)),
        Proposal::Rewrite(signal) => Err(format!("may not rewrite a signal to {signal}: nobody could receive it")),
        Proposal::Deliver(list) => deliveries(config, allow, list).map(Decision::Deliver),
        Proposal::Stop(urgency) => Ok(Decision::Stop(*urgency)),
    }
}

fn deliveries(config: &Config, allow: &Allow, list: &[Wanted]) -> Result<Deliveries, String> {
    let mut deliveries = Deliveries::default();
    for wanted in list {
        let id = service(config, allow, &wanted.service)?;
        let delivered = Delivered { service: id, signal: wanted.signal, after: wanted.after };
        if !deliveries.push(delivered) {
            return Err(format!("may not deliver {} signals at once, {} at most", list.len(), Deliveries::MAX));
        }
    }
    Ok(deliveries)
}

/// The service of that name, to which a plugin may send signals.
///
/// # Errors
/// One sentence: it is not granted, or there is none.
pub fn service(config: &Config, allow: &Allow, name: &str) -> Result<ServiceId, String> {
    allow.signals(name).map_err(|denial| denial.to_string())?;
    let found = config.services().find(|(_, service)| service.name == name).map(|(id, _)| id);
    found.ok_or_else(|| format!("may not send signals to `{}`: there is no such service", name.escape_debug()))
}

#[cfg(test)]
mod tests {
    use alloc::{vec, vec::Vec};

    use super::*;
    use crate::{Millis, Signal, config::Service, plugin::proposal::Urgency};

    fn allow() -> Allow {
        let fixed = Command { command: vec!["umount".into(), "/data".into()], arguments: false };
        let open = Command { command: vec!["ls".into()], arguments: true };
        Allow {
            env: vec!["OSD_ID".into()],
            signals: vec!["db".into(), "gone".into()],
            commands: [("close".into(), fixed), ("list".into(), open)].into(),
            read: vec!["/etc/app".into(), "/".into()],
            write: vec!["/run/app/".into(), "/etc/app/state".into()],
            http: vec!["localhost:80".into(), "[::1]:8080".into()],
            ..Allow::default()
        }
    }

    #[test]
    fn nothing_is_granted_that_is_not_said() {
        let none = Allow::default();
        let missing: Vec<_> = none.missing(Capability::ALL.into_iter()).map(|denial| denial.capability).collect();
        assert_eq!(missing, Capability::ALL);
        assert!(none.env("PATH").is_err() && none.signals("web").is_err() && none.command("ls", false).is_err());
        assert!(none.http("127.0.0.1:80").is_err());
        for access in [Access::Read, Access::Write] {
            assert!(none.file("/", access).is_err());
        }
        let all = Allow { log: true, clock: true, state: true, ..allow() };
        assert_eq!(all.missing(Capability::ALL.into_iter()).count(), 0);
        assert_eq!(
            none.missing([Capability::Http].into_iter()).next().unwrap().to_string(),
            "may not use `http`: it needs `http = [\"127.0.0.1:8080\"]` in its `allow`"
        );
    }

    #[test]
    fn a_denial_names_the_line_that_would_grant_it() {
        for (denial, line) in [
            (allow().env("A\n").unwrap_err(), "env = [\"A\\n\"]"),
            (allow().signals("web").unwrap_err(), "signals = [\"web\"]"),
            (allow().command("open", false).unwrap_err(), "commands = { open = [\"program\", \"argument\"] }"),
            (allow().command("close", true).unwrap_err(), "commands = { close = { command = […], arguments = true } }"),
            (allow().http("127.0.0.1:81").unwrap_err(), "http = [\"127.0.0.1:81\"]"),
            (allow().file("/srv/x", Access::Write).unwrap_err(), "write = [\"/srv/x\"]"),
        ] {
            assert_eq!(denial.line, line);
            assert!(denial.to_string().contains(line), "{denial}");
        }
    }

    #[test]
    fn commands_are_those_of_the_spec() {
        assert_eq!(allow().command("close", false).unwrap().command, ["umount", "/data"]);
        assert!(allow().command("list", true).is_ok() && allow().command("list", false).is_ok());
    }

    #[test]
    fn names_of_one_port_are_the_same() {
        assert_eq!(allow().http("127.0.0.1:80"), allow().http("localhost:80"));
        assert!(allow().http("[0::1]:8080").is_ok());
        for other in ["127.0.0.2:80", "localhost:8080", "db:80", "", "localhost:80/", "[::1]:80"] {
            assert!(allow().http(other).is_err(), "{other}");
        }
    }

    #[test]
    fn a_path_is_granted_by_what_is_above_it() {
        let allow = allow();
        for (path, access, granted) in [
            ("/etc/app", Access::Read, Some(("/etc/app", ""))),
            ("/etc/app/x/y", Access::Read, Some(("/etc/app", "x/y"))),
            ("/etc/app/state/y", Access::Read, Some(("/etc/app/state", "y"))),
            ("/etc/app/state/y", Access::Write, Some(("/etc/app/state", "y"))),
            ("/run/app/pid", Access::Write, Some(("/run/app/", "pid"))),
            ("/run/app", Access::Read, Some(("/run/app/", ""))),
            ("/etc/apple", Access::Read, Some(("/", "etc/apple"))),
            ("/", Access::Read, Some(("/", ""))),
            ("/etc/app/x", Access::Write, None),
            ("/run/apple", Access::Write, None),
            ("/run/app/../x", Access::Write, None),
            ("/run/app/./x", Access::Write, None),
            ("/run/app//x", Access::Write, None),
            ("/run/app/", Access::Write, None),
            ("/etc/app/..", Access::Read, None),
            ("etc/app", Access::Read, None),
            ("", Access::Read, None),
            ("/etc/app/\0", Access::Read, None),
        ] {
            assert_eq!(allow.file(path, access).ok(), granted, "{path} {access:?}");
        }
    }

    #[test]
    fn what_a_plugin_wants_is_looked_at() {
        let mut config = Config::plain();
        config.services.push(Service { name: "db".into(), ..Service::default() });
        let judge = |proposal| decision(&config, &allow(), &proposal);
        let wanted =
            |service: &str, after| Wanted { service: service.into(), signal: Signal::KILL, after: Millis(after) };
        assert_eq!(judge(Proposal::Pass), Ok(Decision::Pass));
        assert_eq!(judge(Proposal::Drop), Ok(Decision::Drop));
        assert_eq!(judge(Proposal::Rewrite(Signal::WINCH)), Ok(Decision::Rewrite(Signal::WINCH)));
        assert_eq!(judge(Proposal::Stop(Urgency::Now)), Ok(Decision::Stop(Urgency::Now)));
        for signal in [Signal::KILL, Signal::STOP, Signal::CHLD] {
            assert!(judge(Proposal::Rewrite(signal)).unwrap_err().contains(&signal.to_string()));
        }
        let Ok(Decision::Deliver(list)) = judge(Proposal::Deliver(vec![wanted("db", 0), wanted("db", u64::MAX)]))
        else {
            panic!("it is granted")
        };
        let after: Vec<_> = list.iter().map(|delivered| (delivered.service, delivered.after)).collect();
        assert_eq!(after, [(ServiceId(1), Millis(0)), (ServiceId(1), Millis(u32::MAX.into()))]);
        for (list, problem) in [
            (vec![wanted("main", 0)], "may not send signals to `main`: it needs `signals = [\"main\"]` in its `allow`"),
            (vec![wanted("gone", 0)], "may not send signals to `gone`: there is no such service"),
            (vec![wanted("db", 0); 9], "may not deliver 9 signals at once, 8 at most"),
        ] {
            assert_eq!(judge(Proposal::Deliver(list)), Err(problem.to_string()));
        }
    }
}
