//! Whether an init grows with its work: its memory after many orphans and signals, and after many more.
//!
//! All work at the same time. Signals are sent as fast as they can be; the kernel makes one of several that wait.

use std::time::Duration;

use nix::sys::signal::Signal;
use scenarios::Result;

use crate::{bench::Bench, container::Container, proc, reaping::zombies_left, table::Row};

/// What is counted as the beginning.
const FEW: u32 = 1000;

/// Far longer than it takes.
const LONG: Duration = Duration::from_hours(1);

pub fn measure(bench: &Bench) -> Result<Vec<Row>> {
    bench.machine.real_time(false)?;
    bench.machine.run_everywhere()?;
    // Parents of many, because the forks of the parents themselves would be most of the time.
    let mut containers = bench.ready_containers(&["orphans", "100"])?;
    let mut after = |count: u32| -> Result<Vec<Option<f64>>> {
        for container in containers.iter_mut().flatten() {
            container.tell(&count.to_le_bytes())?;
        }
        for _ in 0..count {
            containers.iter().flatten().try_for_each(|container| container.signal(Signal::SIGUSR1))?;
        }
        for container in containers.iter_mut().flatten() {
            container.hear::<1>(LONG)?;
            // The program, and the host of a plugin.
            zombies_left(container, 2);
        }
        let resident = |container: &Container| -> Result<f64> { Ok(proc::memory(container.init)?.resident) };
        containers.iter().map(|container| container.as_ref().map(resident).transpose()).collect()
    };
    Ok(vec![
        Row::numbers(format!("RSS after {FEW} orphans and signals, kB"), after(FEW)?),
        Row::numbers(format!("RSS after {}, kB", bench.amount.growth), after(bench.amount.growth - FEW)?),
    ])
}
