//! A host that is killed while its plugin thinks: how long until the signal does what is said for that, and until the plugin
//! decides again.

use std::{
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use scenarios::Result;

use crate::{
    bench::{SOON, microseconds, ready_container},
    container::{Container, Program},
    payload::now,
    proc,
    signals::arrival,
};

/// Between two looks at a process, and until one that has something to do has done it.
const PAUSE: Duration = Duration::from_millis(1);

/// From the kill on, in microseconds.
pub struct Lost {
    pub until_fallback: f64,
    pub until_decided: f64,
}

/// Kills the host of the init's only plugin.
pub fn once(program: &Program) -> Result<Lost> {
    let mut container = ready_container(program)?;
    send(&mut container)?;
    expect(&mut container, Signal::SIGUSR2)?;
    let host = host(container.init)?;
    // One that is stopped has not answered when it is killed.
    kill(host, Signal::SIGSTOP)?;
    until(|| Ok(proc::is_stopped(host)))?;
    thread::sleep(PAUSE);
    let sleeps = proc::sleeps(container.init)?;
    send(&mut container)?;
    until(|| Ok(proc::sleeps(container.init)? > sleeps))?;
    let killed = now()?;
    kill(host, Signal::SIGKILL)?;
    let fallback = expect(&mut container, Signal::SIGUSR1)?;
    send(&mut container)?;
    let decided = expect(&mut container, Signal::SIGUSR2)?;
    let since = |time: u64| microseconds(Duration::from_nanos(time.saturating_sub(killed)));
    Ok(Lost { until_fallback: since(fallback), until_decided: since(decided) })
}

/// The host of a plugin of this init.
pub fn host(init: Pid) -> Result<Pid> {
    let is_host = |pid: &Pid| proc::name(*pid).is_some_and(|name| name == "wigwag-host");
    Ok(proc::children(init).into_iter().find(is_host).ok_or("the plugin has no host")?)
}

fn send(container: &mut Container) -> Result<()> {
    container.signal(Signal::SIGUSR1)
}

/// When the program got this signal, which must be the next one.
fn expect(container: &mut Container, signal: Signal) -> Result<u64> {
    let arrival = arrival(container)?;
    if arrival.signal == signal {
        return Ok(arrival.time);
    }
    Err(format!("{} instead of {signal}", arrival.signal).into())
}

fn until(mut is_so: impl FnMut() -> Result<bool>) -> Result<()> {
    let end = Instant::now() + SOON;
    while !is_so()? {
        if Instant::now() >= end {
            return Err("what must happen soon does not happen".into());
        }
        thread::sleep(PAUSE);
    }
    Ok(())
}
