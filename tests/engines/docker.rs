//! The docker command: the same client that people use.

use std::{
    ffi::OsStr,
    io::{self, PipeReader},
    process::{self, Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use scenarios::{DEADLINE, Output, Result, Terminal, built, terminal, until};

/// What everything that the tests make is labelled with; the value says by whom it was made.
pub const LABEL: &str = "wigwag-test";

/// Whether an engine answers; `DOCKER_HOST` is respected by the client.
pub fn answers() -> bool {
    let info = Command::new("docker").args(["info", "--format", "{{.ServerVersion}}"]).output();
    info.is_ok_and(|output| output.status.success())
}

/// Runs a docker command; what it prints.
pub fn docker<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(args: I) -> Result<String> {
    let mut command = Command::new("docker");
    let output = command.args(args).output()?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{command:?}: {}: {why}", output.status).into());
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_string())
}

/// The label of everything that this process makes and removes again.
pub fn own_label() -> String {
    format!("{LABEL}={}", process::id())
}

/// Removes the images that this process made.
pub fn remove_images() -> Result<()> {
    let images = docker(["images", "--quiet", "--filter", &format!("label={}", own_label())])?;
    for image in images.lines() {
        // One with several names is there once, and goes with the first of them.
        let _ = docker(["image", "rm", "--force", image]);
    }
    Ok(())
}

/// A name that nothing has yet.
pub fn new_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("wigwag-test-{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// A container, which is removed when this is dropped.
pub struct Container {
    name: String,
    client: Child,
    terminal: Option<Terminal>,
    /// What it prints.
    pub output: Output,
}

impl Container {
    /// Starts it; `args` are those of `docker run`.
    pub fn run(args: &[String]) -> Result<Self> {
        let name = new_name();
        let (reader, writer): (PipeReader, _) = io::pipe()?;
        let client = Command::new("docker")
            .args(["run", "--name", &name, "--label", &own_label()])
            .args(args)
            .stdin(Stdio::null())
            .stdout(writer.try_clone()?)
            .stderr(writer)
            .spawn()?;
        Ok(Self { name, client, terminal: None, output: Output::read(|| Ok(reader)) })
    }

    /// The same with `-it`, at a terminal.
    pub fn run_at_terminal(args: &[String]) -> Result<Self> {
        let name = new_name();
        let (terminal, other) = Terminal::open()?;
        let [probe, take @ ..] = terminal::TAKE;
        // The terminal must be the client's: without, nobody tells it that the window has another size.
        let client = Command::new(built()?.probe.with_file_name(probe))
            .args(take)
            .args(["docker", "run", "-it", "--name", &name, "--label", &own_label()])
            .args(args)
            .stdin(other.try_clone()?)
            .stdout(other.try_clone()?)
            .stderr(other)
            .spawn()?;
        let text = terminal.output()?;
        Ok(Self { name, client, terminal: Some(terminal), output: Output::read(|| Ok(text)) })
    }

    /// The engine's name for its network.
    pub fn network(&self) -> String {
        format!("container:{}", self.name)
    }

    /// The terminal that it was started at.
    pub fn terminal(&self) -> Result<&Terminal> {
        Ok(self.terminal.as_ref().ok_or("there is no terminal")?)
    }

    /// Runs a docker command on it: `stop`, `kill`, ...
    pub fn docker(&self, args: &[&str]) -> Result<String> {
        docker(args.iter().copied().chain([self.name.as_str()]))
    }

    /// Runs a command in it.
    pub fn exec(&self, words: &[String]) -> Result<()> {
        docker(["exec", &self.name].into_iter().chain(words.iter().map(String::as_str))).map(drop)
    }

    /// How many processes it has, and how many of them are zombies. Asked inside: `docker top` does not show zombies.
    pub fn processes(&self) -> Result<(usize, usize)> {
        let processes = docker(["exec", &self.name, "busybox", "ps", "-o", "stat,args"])?;
        let states: Vec<&str> = processes.lines().skip(1).filter(|line| !line.contains("busybox ps")).collect();
        Ok((states.len(), states.iter().filter(|state| state.starts_with('Z')).count()))
    }

    /// Waits for its end; the exit code, as the engine knows it.
    pub fn exit_code(&mut self) -> Result<u8> {
        until(|| self.client.try_wait().transpose()).ok_or_else(|| format!("no end within {DEADLINE:?}"))??;
        Ok(self.docker(&["inspect", "--format", "{{.State.ExitCode}}"])?.parse()?)
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        let _ = self.docker(&["rm", "--force"]);
        let _ = self.client.kill();
        let _ = self.client.wait();
    }
}
