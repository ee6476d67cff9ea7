//! `wigwag plugin test`: one hook of a plugin, called by the real host.

use std::{fs, path::PathBuf};

use clap::Args;
use wigwag_core::{
    Config, Millis, Signal,
    config::{self, Allow, Artifact, HookPoint},
    form,
    plugin::message::{Call, ServiceInfo},
};
use wigwag_engine::{ENGINE, Platform};
use wigwag_host::{Code, clock};

use super::{
    situation::{Asked, Moment, Situation},
    spec::{Declared, Place},
    trial::Trial,
};
use crate::exit::{Exit, Failure};

/// What a plugin has for its answer, unless something else is said.
const TIMEOUT: Millis = Millis(5_000);
/// The same, of one that decides about a signal: the spec's default.
const TIMEOUT_ON_SIGNAL: Millis = Millis(100);

/// Call a hook of a plugin here, and say what it answers and asks for.
///
/// It is called by the real host, in this process and without its sandbox. What it asks for is real if it is granted:
/// files, HTTP, environment, commands; only signals are not sent. Nothing is granted unless `--allow` or the spec of
/// `--against` does. It ends with 6 if the plugin cannot be called, fails, or decides what it may not.
#[derive(Args)]
#[command(after_help = CONTEXT)]
pub struct Test {
    /// A WebAssembly component, or a core module that has an interface in it.
    file: PathBuf,
    #[command(flatten)]
    hook: Hook,
    /// How things are: a TOML file, see below.
    #[arg(long, value_name = "FILE")]
    context: Option<PathBuf>,
    /// The spec that has the plugin, its grants and its settings; the file is taken in the place of its `module`.
    #[arg(long, value_name = "SPEC")]
    against: Option<PathBuf>,
    /// The plugin's name in the spec; without it, the one whose `module` is the file.
    #[arg(long, requires = "against")]
    name: Option<String>,
    /// A line of `allow` as in a config: `log = true`, `signals = ["web"]`; may be repeated.
    #[arg(long, value_name = "LINE", conflicts_with = "against")]
    allow: Vec<String>,
    /// A setting for `lifecycle.init`; may be repeated. It wins over the spec's.
    #[arg(long, value_name = "NAME=VALUE", value_parser = setting)]
    setting: Vec<(String, String)>,
    /// How much time the plugin has. Default: the spec's for this hook, or 100ms for a signal and 5s otherwise.
    #[arg(long, value_name = "TIME")]
    timeout: Option<Millis>,
    /// How often it is called; what it asks for is said of the first call.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    times: u32,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct Hook {
    /// Call `on-signal` with this signal.
    #[arg(long)]
    signal: Option<Signal>,
    /// Call this hook: `pre-start`, `post-start`, `pre-stop` or `post-stop`.
    #[arg(long, value_parser = phase)]
    phase: Option<Moment>,
}

const CONTEXT: &str = r#"A file for --context, with every key that there is; each may be left out:

  uptime = "1m"                  # how long the init has been running
  phase  = "running"             # "starting", "running", "stopping"; else what fits the hook
  budget = "8s"                  # what is left of a stop; else the timeout, in a stop
  cause  = { asked = "SIGTERM" } # for --phase pre-stop; or { ended = "web" }, or "aborted"

  [[service]]                    # else those of the spec, or one that is called `main`
  name    = "web"
  main    = true
  state   = "ready"              # "waiting", "starting", "ready", "stopping", "ended"; else what fits the hook
  pid     = 7                    # of those that live
  outcome = { exited = 0 }       # or { killed = "SIGKILL" }, or "not-started"

  [signal]                       # for --signal
  terminal      = false          # whether the terminal sent it
  pid           = 0              # else who did: a process, 0 for one outside of the container
  uid           = 0
  asks-for-stop = true           # else whether it is the stop signal

  [summary]                      # for --phase post-stop
  outcome     = { exited = 0 }   # of the main service
  ran         = "1m"
  stopped-for = "1s"
  forced      = false"#;

fn setting(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected `NAME=VALUE`")?;
    Ok((name.into(), value.into()))
}

fn phase(text: &str) -> Result<Moment, String> {
    Ok(match text {
        "pre-start" => Moment::PreStart,
        "post-start" => Moment::PostStart,
        "pre-stop" => Moment::PreStop,
        "post-stop" => Moment::PostStop,
        "on-signal" => return Err("that hook needs a signal: `--signal TERM`".into()),
        _ => return Err("expected `pre-start`, `post-start`, `pre-stop` or `post-stop`".into()),
    })
}

impl Test {
    pub fn run(&self) -> Result<Exit, Failure> {
        let asked = match (self.hook.signal, self.hook.phase) {
            (Some(signal), _) => Asked::OnSignal(signal),
            (None, Some(moment)) => Asked::At(moment),
            (None, None) => return Err(Failure::usage("`--signal` or `--phase` is missing")),
        };
        let component = super::component(&self.file)?;
        if !component.hooks().contains(&asked.point()) {
            let has = component.hooks().iter().map(|hook| format!("`{}`", hook.name())).collect::<Vec<_>>().join(", ");
            let sentence = format!("it has no hook `{}`, only {has}", asked.point().name());
            return Err(Failure::module(&self.file, &sentence));
        }
        let mut declared = self.declared()?;
        let call = self.call(asked, &declared)?;
        if declared.config.services.is_empty() {
            declared.config.services = call.context.services.iter().map(service).collect();
        }
        let native = Platform::native().ok_or_else(|| Failure::io("plugins cannot be run on this processor"))?;
        let compiled = component.compile(native).map_err(|sentence| Failure::module(&self.file, &sentence))?;
        let artifact = Artifact {
            platform: native.name().into(),
            engine: ENGINE.into(),
            file: self.file.display().to_string(),
            sha256: compiled.sha256,
        };
        let code = Code::checked(compiled.bytes, &artifact).map_err(Failure::io)?;
        Trial { declared, call, times: self.times }.run(code)
    }

    /// The plugin with its grants: the spec's, or those of the command line.
    fn declared(&self) -> Result<Declared, Failure> {
        let mut declared = match &self.against {
            Some(against) => Place { against, name: self.name.as_deref() }.find(&self.file)?,
            None => Declared { config: Config::default(), plugin: config::Plugin::default() },
        };
        if !self.allow.is_empty() {
            declared.plugin.allow = allow(&self.allow)?;
        }
        declared.plugin.settings.extend(self.setting.iter().cloned());
        Ok(declared)
    }

    fn call(&self, asked: Asked, declared: &Declared) -> Result<Call, Failure> {
        let situation = match &self.context {
            None => Situation::default(),
            Some(path) => {
                let name = path.display();
                let text = fs::read_to_string(path);
                let text = text.map_err(|error| Failure::io(format!("cannot read `{name}`: {error}")))?;
                Situation::read(&text).map_err(|error| Failure::usage(format!("`{name}`: {error}")))?
            }
        };
        let default = if asked.point() == HookPoint::OnSignal { TIMEOUT_ON_SIGNAL } else { TIMEOUT };
        let timeout = self.timeout.or_else(|| declared.timeout(asked)).unwrap_or(default);
        let stop_signal = declared.config.stop_signal.unwrap_or(Signal::TERM);
        let situation = situation.with_services(&declared.config);
        Ok(situation.call(1, asked, stop_signal, clock::now(), timeout))
    }
}

impl Declared {
    /// What the spec gives the plugin for this hook.
    fn timeout(&self, asked: Asked) -> Option<Millis> {
        let is_meant = |hook: &&config::Hook| {
            let is_signal = !matches!(asked, Asked::OnSignal(signal) if hook.signal != Some(signal));
            hook.point == asked.point() && is_signal && hook.plugin() == Some(&self.plugin.name)
        };
        self.config.hooks.iter().find(is_meant)?.timeout
    }
}

/// A service that is known by its name.
fn service(known: &ServiceInfo) -> config::Service {
    config::Service { name: known.name.clone(), main: known.main, ..config::Service::default() }
}

fn allow(lines: &[String]) -> Result<Allow, Failure> {
    form::read(&lines.join("\n")).map_err(|problems| {
        let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
        Failure::usage(format!("`--allow`: {}", problems.join("\n")))
    })
}
