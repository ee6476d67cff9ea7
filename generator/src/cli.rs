//! The command line: what commands there are.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::{
    build::Build,
    check::Check,
    exit::Exit,
    namespace::{INSIDE, Inside, Pid1},
    plugin::Plugin,
    preset::Preset,
    run::Run,
    schema::Schema,
    target::Render,
    terminal,
};

/// Makes containers stop correctly: from one spec to an entrypoint that starts, listens and stops as it should.
#[derive(Parser)]
#[command(version, after_help = Exit::help())]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// What there is to do; each is described where it is done.
#[derive(Subcommand)]
enum Command {
    Check(Check),
    Render(Render),
    Build(Build),
    Run(Run),
    Schema(Schema),
    #[command(subcommand)]
    Preset(Preset),
    #[command(subcommand)]
    Plugin(Plugin),
    #[command(hide = true)]
    Pid1(Pid1),
    #[command(hide = true, name = INSIDE)]
    Inside(Inside),
}

/// Does what the command line says.
pub fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Check(check) => check.run(),
        Command::Render(render) => render.run(),
        Command::Build(build) => build.run(),
        Command::Run(run) => return run.run(),
        Command::Schema(schema) => schema.run(),
        Command::Preset(preset) => preset.run(),
        Command::Plugin(plugin) => plugin.run(),
        Command::Pid1(command) => return command.run(),
        Command::Inside(inside) => return inside.exec(),
    };
    done.unwrap_or_else(|failure| {
        terminal::report(&failure);
        failure.exit
    })
    .into()
}
