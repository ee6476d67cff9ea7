//! Everything that is known before anything is started: config, command, environment, and as whom processes run.

use alloc::{
    format,
    string::{String, ToString as _},
    vec,
    vec::Vec,
};
use core::net::SocketAddr;

use rustix::io::Errno;
use wigwag_core::{
    Config, Preparation, Process, ServiceId,
    account::{Database, Own},
    address, arguments,
    config::{Check, DEFAULT_HOST, Execution, Service},
    environment, form,
};

use crate::{
    sys::{error::sentence, file, own},
    text::Text,
};

pub struct Settings {
    pub config: Config,
    /// The file that it was read from.
    pub file: Text,
    /// Program and arguments of the main service.
    pub command: Vec<Text>,
    /// `NAME=value` entries, for services and hooks.
    pub environment: Vec<Text>,
    own: Option<Own>,
    prepared: Vec<(Process, Preparation)>,
    addresses: Vec<(ServiceId, SocketAddr)>,
}

impl Settings {
    /// Reads the config, if there is one, and applies it to what the platform gave.
    ///
    /// # Errors
    /// Every problem, one line or paragraph each.
    pub fn load(file: Option<&Text>, words: Vec<Text>, environment: Vec<Text>) -> Result<Self, Vec<String>> {
        let (config, command) = match file {
            None => (Config::plain(), Ok(words)),
            Some(file) => {
                let config = read_config(file)?;
                let main = config.main();
                let command = texts(main.map_or(&[], |service| &service.command));
                let default = texts(main.map_or(&[], |service| &service.args));
                let mode = main.map(|service| service.args_mode).unwrap_or_default();
                let command = arguments::resolve(mode, &command, &default, &words);
                (config, command.map(|words| words.into_iter().cloned().collect()))
            }
        };
        let file = file.cloned().unwrap_or_default();
        match (Self::new(config, command.clone().unwrap_or_default(), environment), command) {
            (settings, Ok(_)) => settings.map(|settings| Self { file, ..settings }),
            (settings, Err(error)) => {
                Err([error.to_string()].into_iter().chain(settings.err().into_iter().flatten()).collect())
            }
        }
    }

    /// Applies the config to what the platform gave.
    ///
    /// # Errors
    /// Every problem, one line or paragraph each.
    pub fn new(config: Config, command: Vec<Text>, mut environment: Vec<Text>) -> Result<Self, Vec<String>> {
        let read = |path: &[u8]| file::content(Text::from(path.to_vec()).as_c_str());
        let mut problems: Vec<String> =
            environment::apply(&config.env, &mut environment, read).iter().map(describe).collect();
        let mut settings = Self {
            config,
            file: Text::default(),
            command,
            environment,
            own: None,
            prepared: Vec::new(),
            addresses: Vec::new(),
        };
        settings.prepare(&mut problems);
        settings.find_addresses(&mut problems);
        settings.find_host(&mut problems);
        if problems.is_empty() { Ok(settings) } else { Err(problems) }
    }

    /// What the process does of itself before its exec.
    pub fn preparation(&self, process: Process) -> Preparation {
        let found = self.prepared.iter().find(|(prepared, _)| *prepared == process);
        found.map(|(_, preparation)| preparation.clone()).unwrap_or_default()
    }

    /// A probe runs as its service does.
    pub fn execution(&self, process: Process) -> Option<&Execution> {
        match process {
            Process::Service(id) | Process::Probe(id) => Some(&self.config.service(id)?.execution),
            Process::Hook(id) => Some(&self.config.hook(id)?.execution),
            Process::Host(_) => None,
        }
    }

    /// The port that is to take connections when the service is ready.
    pub fn address(&self, id: ServiceId) -> Option<SocketAddr> {
        self.addresses.iter().find(|(service, _)| *service == id).map(|(_, address)| *address)
    }

    /// Sets `HOME` for a process that runs as somebody.
    pub fn set_home(&self, process: Process, environment: &mut Vec<Text>) {
        let found = self.prepared.iter().find(|(prepared, _)| *prepared == process);
        if let (Some((_, preparation)), Some(own)) = (found, &self.own) {
            preparation.set_home(own, &self.config.env, environment);
        }
    }

    /// Looks everybody up now: an error of this kind must not come up in the middle of a stop.
    fn prepare(&mut self, problems: &mut Vec<String>) {
        let services = self.config.services().map(|(id, service)| (Process::Service(id), &service.execution));
        let probes = self.config.services().map(|(id, service)| (Process::Probe(id), &service.execution));
        let hooks = self.config.hooks().map(|(id, hook)| (Process::Hook(id), &hook.execution));
        let executions: Vec<_> =
            services.chain(probes).chain(hooks).filter(|(_, execution)| !execution.is_plain()).collect();
        if !executions.is_empty() {
            let own = own::own();
            self.prepared = self.preparations(&executions, &own, problems);
            self.own = Some(own);
        }
    }

    #[inline(never)] // link.ld
    fn preparations(
        &self,
        executions: &[(Process, &Execution)],
        own: &Own,
        problems: &mut Vec<String>,
    ) -> Vec<(Process, Preparation)> {
        let has_accounts = executions.iter().any(|(_, execution)| execution.has_accounts());
        let read = |path| if has_accounts { file::content(path).ok() } else { None };
        let (passwd, group) = (read(c"/etc/passwd"), read(c"/etc/group"));
        let database = Database { passwd: passwd.as_deref(), group: group.as_deref() };
        let mut prepared = Vec::new();
        for &(process, execution) in executions {
            match Preparation::new(execution, &database, own, own::limits) {
                Ok(preparation) => prepared.push((process, preparation)),
                // A probe's are those of its service.
                Err(_) if matches!(process, Process::Probe(_)) => {}
                Err(found) => {
                    let who = crate::report::process(&self.config, process);
                    problems.extend(found.into_iter().map(|problem| format!("{who}: {problem}")));
                }
            }
        }
        prepared
    }

    /// The program that plugins live in; an image that declares plugins and does not have it is broken.
    pub fn host(&self) -> &str {
        self.config.plugin_host.as_deref().unwrap_or(DEFAULT_HOST)
    }

    fn find_host(&self, problems: &mut Vec<String>) {
        if self.config.plugins.is_empty() {
            return;
        }
        let host = self.host();
        if let Err(errno) = file::is_executable(Text::from(host).as_c_str()) {
            let shown = host.escape_debug();
            problems.push(format!("the host of plugins, `{shown}`, cannot be executed: {}", sentence(errno)));
        }
    }

    fn find_addresses(&mut self, problems: &mut Vec<String>) {
        let port = |service: &Service| match service.ready.as_ref().map(|ready| &ready.check) {
            Some(Check::Tcp(text)) => Some(address::parse(text)),
            Some(Check::Exec(_) | Check::File(_) | Check::Notify) | None => None,
        };
        for (id, service) in self.config.services() {
            match port(service) {
                Some(Ok(address)) => self.addresses.push((id, address)),
                Some(Err(problem)) => problems.push(format!("service `{}`: {problem}", service.name)),
                None => {}
            }
        }
    }
}

/// Reads a config, and checks it.
///
/// # Errors
/// Every problem, one line or paragraph each.
pub fn read_config(path: &Text) -> Result<Config, Vec<String>> {
    let shown = String::from_utf8_lossy(path.as_bytes());
    let unreadable = |why: &str| vec![format!("cannot read the config `{shown}`: {why}")];
    let content = file::content(path.as_c_str()).map_err(|errno| unreadable(sentence(errno)))?;
    let text = str::from_utf8(&content).map_err(|error| unreadable(&error.to_string()))?;
    let problems: Vec<String> = match form::read::<Config>(text) {
        Ok(config) => match config.problems() {
            problems if problems.is_empty() => return Ok(config),
            problems => problems.iter().map(|problem| format!("{shown}: {problem}")).collect(),
        },
        // These begin with their place.
        Err(problems) => problems.iter().map(|problem| format!("{shown}{problem}")).collect(),
    };
    Err(problems)
}

fn texts(words: &[String]) -> Vec<Text> {
    words.iter().map(|word| Text::from(word.as_str())).collect()
}

fn describe(problem: &environment::Problem<Errno>) -> String {
    match problem {
        environment::Problem::Unreadable { error, .. } => format!("{problem}: {}", sentence(*error)),
        environment::Problem::Missing { .. } | environment::Problem::Both { .. } | environment::Problem::Nul { .. } => {
            problem.to_string()
        }
    }
}
