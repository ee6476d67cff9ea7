//! What an init has of the memory while its program sleeps.

use std::fs::File;

use scenarios::Result;

use crate::{
    bench::{Bench, ready_container},
    inits::Init,
    proc,
    statistics::median,
    table::Row,
};

pub fn measure(bench: &Bench) -> Result<Vec<Row>> {
    bench.machine.real_time(false)?;
    bench.machine.run_everywhere()?;
    // Pages of a file that was built just now count as dirty until they are on the disk.
    for program in bench.inits.iter().filter_map(Init::program) {
        File::open(program)?.sync_all()?;
    }
    let programs = bench.programs(&["sleep"])?;
    let (mut resident, mut proportional, mut dirty) = (bench.samples(), bench.samples(), bench.samples());
    for round in 0..bench.amount.rounds {
        for column in bench.init_columns(round) {
            let Some(program) = programs.get(column) else { continue };
            let container = ready_container(program)?;
            let memory = proc::memory(container.init)?;
            let values = [memory.resident, memory.proportional, memory.private_dirty];
            for (samples, value) in [&mut resident, &mut proportional, &mut dirty].into_iter().zip(values) {
                samples.get_mut(column).into_iter().for_each(|samples| samples.push(value));
            }
        }
    }
    let row = |what: &str, samples: &[Vec<f64>]| Row::numbers(what, samples.iter().map(|s| median(s)).collect());
    Ok(vec![
        row("memory, RSS, kB", &resident),
        row("memory, PSS, kB", &proportional),
        row("memory, private dirty, kB", &dirty),
    ])
}
