//! What inits cost, measured side by side in one run: `cargo bench-inits`. The README beside says what each row is.
//!
//! Nothing is asserted about the figures. It fails only if something cannot be measured.

mod bench;
mod container;
mod deaf;
mod growth;
mod idle;
mod inits;
mod machine;
mod memory;
mod options;
mod payload;
mod plugins;
mod proc;
mod reaping;
mod signals;
mod size;
mod start;
mod statistics;
mod sys;
mod table;
mod tracer;

use std::{
    env, fs,
    io::{Write, stderr, stdout},
    process::ExitCode,
};

use bench::Bench;
use machine::Machine;
use options::{Options, Section};
use plugins::example::Example;
use scenarios::Result;
use table::Table;

/// The exit code when there can be no PID namespace.
const NOT_POSSIBLE: u8 = 77;

fn main() -> Result<ExitCode> {
    let mut words = env::args().skip(1).peekable();
    if words.next_if(|word| word == payload::PAYLOAD).is_some() {
        payload::run(words)?;
        return Ok(ExitCode::SUCCESS);
    }
    let Some(options) = options::parse(words)? else {
        write!(stdout(), "{}", options::HELP)?;
        return Ok(ExitCode::SUCCESS);
    };
    if let Err(errno) = container::namespaces() {
        writeln!(stderr(), "PID namespaces are not possible here: {}", errno.desc())?;
        return Ok(ExitCode::from(NOT_POSSIBLE));
    }
    measure(&options)?;
    Ok(ExitCode::SUCCESS)
}

fn measure(options: &Options) -> Result<()> {
    let directory = tempfile::tempdir()?;
    let examples = Example::all(directory.path())?;
    let (inits, missing) = inits::all(directory.path(), &examples)?;
    let baseline = inits::baseline(&inits);
    let bench = Bench { inits, examples, machine: Machine::new()?, amount: options.amount };
    introduce(&bench, &missing, baseline)?;
    let columns = bench.inits.iter().map(|init| init.name.clone()).collect();
    let mut tables = vec![Table { columns, baseline, rows: Vec::new() }, plugins::table(&bench.examples)];
    for section in &options.sections {
        writeln!(stderr(), "measuring: {}", section.name())?;
        let figures = run(*section, &bench).map_err(|error| format!("{}: {error}", section.name()))?;
        if let Some(table) = tables.get_mut(usize::from(*section == Section::Plugins)) {
            table.rows.extend(figures);
        }
    }
    tables.retain(|table| !table.rows.is_empty());
    let texts: Vec<String> = tables.iter().map(table::markdown).collect();
    write!(stdout(), "{}", texts.join("\n"))?;
    if let Some(file) = &options.json {
        fs::write(file, table::json(&tables))?;
    }
    Ok(())
}

/// What the figures depend on.
fn introduce(bench: &Bench, missing: &[&str], baseline: Option<usize>) -> Result<()> {
    let mut stdout = stdout();
    writeln!(stdout, "- {}", bench.machine.describe())?;
    writeln!(stdout, "- {} rounds, the inits in turn in each", bench.amount.rounds)?;
    for init in bench.inits.iter().filter(|init| !init.version.is_empty()) {
        writeln!(stdout, "- {}: {}", init.name, init.version)?;
    }
    for name in missing {
        writeln!(stdout, "- {name}: not installed")?;
    }
    if let Some(init) = baseline.and_then(|column| bench.inits.get(column)) {
        writeln!(stdout, "- in parentheses: the ratio to {}", init.name)?;
    }
    Ok(writeln!(stdout)?)
}

fn run(section: Section, bench: &Bench) -> Result<Vec<table::Row>> {
    match section {
        Section::Size => size::measure(bench),
        Section::Start => start::measure(bench),
        Section::Memory => memory::measure(bench),
        Section::Signals => signals::measure(bench),
        Section::Reaping => reaping::measure(bench),
        Section::Idle => idle::measure(bench),
        Section::Deaf => deaf::measure(bench),
        Section::Plugins => plugins::measure(bench),
        Section::Growth => growth::measure(bench),
    }
}
