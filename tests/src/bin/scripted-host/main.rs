//! A host of plugins that does what the settings of its plugin say, for good or ill.
//!
//! `start` is done before anything else, without it `load`. `calls` is a list, separated by `;`: the first is done
//! for the first call, and so on, the last for all that follow. Who has a store counts calls in it, so that those of an
//! earlier host count too. What it finds out it writes in the log.
//!
//! | word | |
//! |---|---|
//! | `load`, `refuse` | says that the plugin is loaded, that it cannot be |
//! | `log:L:T` | a line; `_` stands for a space, `~` for a newline |
//! | `lines:N` | as many lines |
//! | `told` | tells what it was called with |
//! | `env`, `files` | tells its environment, its descriptors |
//! | `pid` | writes its number to `host.pid` beside the config |
//! | `work:MS` | takes this long |
//! | `pass`, `drop`, `rewrite:S`, `deliver:SERVICE:S:MS`, `orderly`, `now` | answers about a signal |
//! | `done`, `error:T`, `trap:T`, `timeout:T` | answers |
//! | `another` | answers another call |
//! | `signal:SERVICE:S` | sends a signal, and tells what became of it |
//! | `run:NAME:ARG` | runs a command, and tells what became of it |
//! | `start:NAME`, `kill` | runs a command without waiting, kills it |
//! | `noise`, `cut`, `long`, `empty`, `old` | sends what is no message |
//! | `flood` | sends lines for ever |
//! | `exit:N`, `die`, `stop`, `hang`, `close` | ends, is killed, stops, does nothing for ever, closes the socket |

mod link;

use std::{
    env,
    fs::{self, File},
    io::Read,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    process, thread,
    time::Duration,
};

use link::Link;
use nix::sys::signal::{self, Signal as Sent};
use scenarios::Result;
use wigwag_core::{
    Config, Millis, Signal,
    config::Plugin,
    form,
    plugin::{
        MAX_MESSAGE, PROTOCOL, STORE,
        message::{Answer, Call, Fault, FaultKind, FromHost, Invocation, Level, Reply, ToHost},
        proposal::{Proposal, Urgency, Wanted},
    },
};

fn main() -> Result<()> {
    let mut args = env::args().skip(1);
    let (Some(file), Some(name), None) = (args.next(), args.next(), args.next()) else {
        return Err("usage: scripted-host CONFIG NAME".into());
    };
    let config: Config = form::read(&fs::read_to_string(&file)?).map_err(|problems| format!("{problems:?}"))?;
    let folder = Path::new(&file).parent().ok_or("the config is in no directory")?.to_path_buf();
    let plugin = config.plugins.into_iter().find(|plugin| plugin.name == name).ok_or("no such plugin")?;
    let mut host = Host { link: Link::open()?, store: store(&plugin)?, folder, calls: 0, call: None };
    host.live(&plugin)
}

/// The memory that outlives this process.
fn store(plugin: &Plugin) -> Result<Option<File>> {
    let path = format!("/proc/self/fd/{STORE}");
    Ok(if plugin.allow.state { Some(File::options().read(true).write(true).open(path)?) } else { None })
}

struct Host {
    link: Link,
    store: Option<File>,
    /// Where the config is.
    folder: PathBuf,
    calls: u8,
    call: Option<Call>,
}

impl Host {
    fn live(&mut self, plugin: &Plugin) -> Result<()> {
        let setting = |name: &str, default: &'static str| plugin.settings.get(name).map_or(default, String::as_str);
        self.script(setting("start", "load"))?;
        let calls: Vec<&str> = setting("calls", "").split(';').collect();
        while let Some(message) = self.link.next()? {
            // What comes late is of an earlier call.
            let ToHost::Call(call) = message else { continue };
            self.call = Some(call);
            let at = usize::from(self.count()?).min(calls.len() - 1);
            self.script(calls.get(at).copied().unwrap_or_default())?;
        }
        Ok(())
    }

    /// How many calls there were before this one.
    fn count(&mut self) -> Result<u8> {
        let mut count = [self.calls];
        if let Some(store) = &self.store {
            store.read_exact_at(&mut count, 0)?;
        }
        self.calls = count[0] + 1;
        if let Some(store) = &self.store {
            store.write_all_at(&[self.calls], 0)?;
        }
        Ok(count[0])
    }

    fn script(&mut self, script: &str) -> Result<()> {
        script.split_whitespace().try_for_each(|word| self.act(word))
    }

    fn act(&mut self, word: &str) -> Result<()> {
        let (verb, rest) = word.split_once(':').unwrap_or((word, ""));
        let parts: Vec<&str> = rest.split(':').collect();
        let part = |at: usize| parts.get(at).copied().ok_or_else(|| format!("`{word}` says too little"));
        match verb {
            "load" => self.link.say(&FromHost::Loaded)?,
            "refuse" => self.link.say(&FromHost::Refused("it is scripted so".into()))?,
            "log" => self.log(level(part(0)?)?, &part(1)?.replace('_', " ").replace('~', "\n"))?,
            "lines" => (0..rest.parse::<u32>()?).try_for_each(|at| self.log(Level::Info, &format!("line {at}")))?,
            "told" => self.tell_call()?,
            "env" => {
                let variables: Vec<String> = env::vars().map(|(name, value)| format!("{name}={value}")).collect();
                self.tell(&format!("env {variables:?}"))?;
            }
            "files" => self.tell_files()?,
            "pid" => {
                // Whoever reads it reads the old one or the new one.
                let file = self.folder.join("host.pid");
                fs::write(file.with_extension("new"), process::id().to_string())?;
                fs::rename(file.with_extension("new"), file)?;
            }
            "work" => thread::sleep(Duration::from_millis(rest.parse()?)),
            "pass" => self.decide(Proposal::Pass)?,
            "drop" => self.decide(Proposal::Drop)?,
            "rewrite" => self.decide(Proposal::Rewrite(rest.parse()?))?,
            "deliver" => {
                let after = Millis(part(2)?.parse()?);
                let wanted = Wanted { service: part(0)?.into(), signal: part(1)?.parse()?, after };
                self.decide(Proposal::Deliver(vec![wanted]))?;
            }
            "orderly" => self.decide(Proposal::Stop(Urgency::Orderly))?,
            "now" => self.decide(Proposal::Stop(Urgency::Now))?,
            "done" => self.answer(Ok(Reply::Done), 0)?,
            "another" => self.answer(Ok(Reply::Done), 1)?,
            "error" => self.fail(FaultKind::Error, rest)?,
            "trap" => self.fail(FaultKind::Trap, rest)?,
            "timeout" => self.fail(FaultKind::Timeout, rest)?,
            "signal" => {
                self.link.say(&FromHost::Signal(part(0)?.into(), part(1)?.parse::<Signal>()?))?;
                let answer = self.link.next()?;
                self.tell(&format!("{answer:?}"))?;
            }
            "run" => self.run(part(0)?, parts.get(1..).unwrap_or_default())?,
            "start" => self.link.say(&FromHost::Run(rest.into(), Vec::new()))?,
            "kill" => {
                self.link.say(&FromHost::Kill)?;
                let answers = [self.link.next()?, self.link.next()?];
                self.tell(&format!("{answers:?}"))?;
            }
            "noise" => self.link.send(&[PROTOCOL, 200, 7, 7, 7])?,
            "cut" => self.link.send(&[PROTOCOL, 3, 1, 200, 0, 0, 0, b'x'])?,
            "long" => self.link.send(&vec![PROTOCOL; MAX_MESSAGE + 1])?,
            "empty" => self.link.send(&[])?,
            "old" => self.link.send(&[PROTOCOL + 1, 0])?,
            "flood" => loop {
                self.log(Level::Info, "more")?;
            },
            "exit" => process::exit(rest.parse()?),
            "die" => signal::raise(Sent::SIGKILL)?,
            "stop" => signal::raise(Sent::SIGSTOP)?,
            "hang" => loop {
                thread::park();
            },
            "close" => {
                self.link.close();
                loop {
                    thread::park();
                }
            }
            _ => return Err(format!("`{word}` is no word of a script").into()),
        }
        Ok(())
    }

    fn log(&self, level: Level, text: &str) -> Result<()> {
        self.link.say(&FromHost::Log(level, text.into()))
    }

    fn tell(&self, text: &str) -> Result<()> {
        self.log(Level::Info, text)
    }

    fn tell_call(&self) -> Result<()> {
        let Some(Call { context, hook, .. }) = &self.call else { return self.tell("told nothing") };
        let (phase, has_budget) = (context.phase, context.budget.is_some());
        let has_time = context.deadline > context.now && context.deadline.0 < u64::MAX;
        let services: Vec<String> = context
            .services
            .iter()
            .map(|service| {
                let place = if service.main { "main " } else { "" };
                format!("{place}{} {:?} {}", service.name, service.state, service.pid.map_or("gone", |_| "there"))
            })
            .collect();
        let hook = match hook {
            Invocation::OnSignal(incoming) => {
                format!("{} from {:?}, stop {}", incoming.signal, incoming.source, incoming.asks_for_stop)
            }
            Invocation::PostStop(summary) => format!("post-stop {:?} forced {}", summary.outcome, summary.forced),
            Invocation::PreStart | Invocation::PostStart | Invocation::PreStop(_) => format!("{hook:?}"),
        };
        self.tell(&format!("told {hook} {phase:?} budget {has_budget} deadline {has_time} {}", services.join(", ")))
    }

    fn tell_files(&self) -> Result<()> {
        let mut files = Vec::new();
        for entry in fs::read_dir("/proc/self/fd")? {
            let entry = entry?;
            let (name, target) = (entry.file_name(), fs::read_link(entry.path())?);
            let target = target.display().to_string();
            // Not the one that is read.
            if !target.starts_with("/proc/") {
                let target = target.split(':').find(|part| !part.is_empty()).unwrap_or_default();
                files.push(format!("{} {target}", name.display()));
            }
        }
        files.sort();
        self.tell(&format!("files {}", files.join(", ")))
    }

    fn decide(&self, proposal: Proposal) -> Result<()> {
        self.answer(Ok(Reply::Decided(proposal)), 0)
    }

    fn fail(&self, kind: FaultKind, text: &str) -> Result<()> {
        self.answer(Err(Fault { kind, text: text.replace('_', " ") }), 0)
    }

    fn answer(&self, result: std::result::Result<Reply, Fault>, off: u32) -> Result<()> {
        let id = self.call.as_ref().map_or(0, |call| call.id) + off;
        self.link.say(&FromHost::Answer(Answer { id, result, memory: 65536 }))
    }

    fn run(&self, name: &str, arguments: &[&str]) -> Result<()> {
        let arguments = arguments.iter().map(ToString::to_string).collect();
        self.link.say(&FromHost::Run(name.into(), arguments))?;
        let (message, files) = self.link.next_with_files()?;
        if message != Some(ToHost::Running) {
            return self.tell(&format!("{message:?}"));
        }
        let mut texts = Vec::new();
        for mut file in files {
            let mut text = String::new();
            file.read_to_string(&mut text)?;
            texts.push(text);
        }
        let ended = self.link.next()?;
        self.tell(&format!("wrote {texts:?} {ended:?}"))
    }
}

fn level(name: &str) -> Result<Level> {
    Ok(match name {
        "debug" => Level::Debug,
        "info" => Level::Info,
        "warn" => Level::Warn,
        "error" => Level::Error,
        _ => return Err(format!("`{name}` is no level").into()),
    })
}
