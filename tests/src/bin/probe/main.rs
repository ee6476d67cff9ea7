//! The program inside the container: it tells what it got, and does what its words say, one after the other.
//!
//! | word | |
//! |---|---|
//! | `name N` | `N: ` stands before every line from here on |
//! | `log` | lines go to the named pipe `log` in the working directory, not to stdout |
//! | `say TEXT` | tells it |
//! | `args …` | tells its own arguments, all of them, byte for byte; nothing follows |
//! | `env` | tells the environment byte for byte in its order, without `PATH` |
//! | `group` | tells whether it leads its process group |
//! | `session` | makes a session of its own |
//! | `terminal` | makes the terminal of its input that of its session |
//! | `foreground` | tells whether its process group is the one in front of the terminal |
//! | `uid N` | becomes another user |
//! | `traceme` | makes its parent its tracer |
//! | `block S` | blocks a signal |
//! | `raise S` | sends itself a signal |
//! | `exec …` | becomes another program; nothing follows |
//! | `work MS` | takes this long |
//! | `listen A:P` | takes connections there from now on |
//! | `touch F` | makes a file |
//! | `notify T` | says this to whoever is to be notified (sd_notify(3)) |
//! | `start [ … ]` | starts a child with these words |
//! | `orphan [ … ]` | the same, of a parent that ends at once |
//! | `on S A,…` | what [`serve`] does when it gets the signal, after telling so; `on EOF` at the end of its input |
//! | `serve` | tells `ready`, then every signal it gets |
//! | `exit N` | ends |

mod reaction;
mod readiness;
mod serve;
mod tell;

use std::{
    collections::BTreeMap,
    env,
    ffi::{OsStr, OsString},
    fs::File,
    io,
    os::unix::{ffi::OsStrExt, process::CommandExt},
    process::{self, Command},
    thread,
    time::Duration,
};

use nix::{
    sys::{
        ptrace,
        signal::{self, SigSet, Signal},
    },
    unistd::{Uid, getpgrp, getpid, setsid, setuid, tcgetpgrp},
};
use reaction::Reaction;
use scenarios::{Result, printable};
use tell::Teller;

fn main() -> Result<()> {
    let args: Vec<OsString> = env::args_os().collect();
    let mut probe = Probe { teller: Teller::default(), reactions: BTreeMap::new() };
    probe.run(args.iter().skip(1).map(OsString::as_os_str).collect())
}

struct Probe {
    teller: Teller,
    reactions: BTreeMap<String, Vec<Reaction>>,
}

impl Probe {
    fn run(&mut self, words: Vec<&OsStr>) -> Result<()> {
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let word = text(word)?;
            let mut next = || words.next().ok_or_else(|| format!("something must follow `{word}`"));
            match word {
                "name" => self.teller.name(text(next()?)?),
                "log" => self.teller.log()?,
                "say" => self.teller.tell(text(next()?)?)?,
                "args" => return self.tell_args(),
                "env" => self.tell_env()?,
                "group" => self.tell_group()?,
                "session" => drop(setsid()?),
                // Opened by the leader of a session that has none, it is the session's.
                "terminal" => drop(File::open("/proc/self/fd/0")?),
                "foreground" => self.tell_foreground()?,
                "traceme" => ptrace::traceme()?,
                "uid" => setuid(Uid::from_raw(text(next()?)?.parse()?))?,
                "block" => SigSet::from(text(next()?)?.parse::<Signal>()?).thread_block()?,
                "raise" => signal::raise(text(next()?)?.parse::<Signal>()?)?,
                "exec" => {
                    let program = next()?;
                    return Err(Command::new(program).args(words).exec().into());
                }
                "work" => thread::sleep(Duration::from_millis(text(next()?)?.parse()?)),
                "listen" => readiness::listen(text(next()?)?)?,
                "touch" => drop(File::create(next()?)?),
                "notify" => readiness::notify(text(next()?)?)?,
                "start" => self.start(&group(&mut words)?)?,
                "orphan" => {
                    let child = group(&mut words)?;
                    let parent = [&["start", "["].map(OsStr::new), child.as_slice(), &[OsStr::new("]")]].concat();
                    self.command(&parent)?.status()?;
                }
                "on" => {
                    let signal = text(next()?)?.to_string();
                    self.reactions.insert(signal, reaction::parse(text(next()?)?)?);
                }
                "serve" => self.serve()?,
                "exit" => process::exit(text(next()?)?.parse()?),
                _ => return Err(format!("`{word}` is not a word of the probe's").into()),
            }
        }
        Ok(())
    }

    fn start(&self, words: &[&OsStr]) -> Result<()> {
        self.command(words)?.spawn()?;
        Ok(())
    }

    /// This program again; it tells where this one tells.
    fn command(&self, words: &[&OsStr]) -> io::Result<Command> {
        let mut command = Command::new(env::current_exe()?);
        if self.teller.is_log() {
            command.arg("log");
        }
        command.args(words);
        Ok(command)
    }

    fn tell_args(&self) -> Result<()> {
        for arg in env::args_os() {
            self.teller.tell(&format!("arg {}", printable(arg.as_bytes())))?;
        }
        Ok(())
    }

    fn tell_env(&self) -> Result<()> {
        for (name, value) in env::vars_os().filter(|(name, _)| name != "PATH") {
            self.teller.tell(&format!("env {}={}", printable(name.as_bytes()), printable(value.as_bytes())))?;
        }
        Ok(())
    }

    fn tell_group(&self) -> Result<()> {
        let leads = getpgrp() == getpid();
        self.teller.tell(if leads { "leads its process group" } else { "is in another's process group" })
    }

    fn tell_foreground(&self) -> Result<()> {
        let is_in_front = tcgetpgrp(File::open("/dev/tty")?)? == getpgrp();
        self.teller.tell(if is_in_front { "is in front" } else { "is in the background" })
    }
}

fn text(word: &OsStr) -> Result<&str> {
    word.to_str().ok_or_else(|| format!("{} is not UTF-8", word.display()).into())
}

/// The words between `[` and its `]`.
fn group<'a>(words: &mut impl Iterator<Item = &'a OsStr>) -> Result<Vec<&'a OsStr>> {
    if words.next().is_none_or(|word| word != "[") {
        return Err("`[` must follow".into());
    }
    let mut depth = 1;
    let mut group = Vec::new();
    for word in words {
        if word == "[" {
            depth += 1;
        } else if word == "]" {
            depth -= 1;
            if depth == 0 {
                return Ok(group);
            }
        }
        group.push(word);
    }
    Err("a `]` is missing".into())
}
