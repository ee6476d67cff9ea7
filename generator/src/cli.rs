//! The command line: what commands there are.

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};
use wigwag_prove::{Part, Prove, namespace::Pid1};

use crate::{
    build::Build, check::Check, completions::Completions, exit::Exit, man::Man, new::New, plugin::Plugin,
    preset::Preset, prove, run::Run, schema::Schema, targets::Render, terminal,
};

/// Makes containers stop correctly: from one spec to an entrypoint that starts, listens and stops as it should.
#[derive(Parser)]
#[command(version, after_help = Exit::help())]
struct Cli {
    #[command(flatten)]
    terminal: terminal::Options,
    #[command(subcommand)]
    command: Command,
}

/// What there is to do; each is described where it is done.
#[derive(Subcommand)]
enum Command {
    New(New),
    Check(Check),
    Render(Render),
    Build(Build),
    Run(Run),
    Schema(Schema),
    #[command(subcommand)]
    Preset(Preset),
    #[command(subcommand)]
    Plugin(Plugin),
    Completions(Completions),
    Man(Man),
    #[command(hide = true)]
    Pid1(Pid1),
    Prove(Prove),
    #[command(flatten)]
    Part(Part),
}

/// All of it, for whoever describes it.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Does what the command line says.
pub fn main() -> ExitCode {
    let Cli { terminal: options, command } = Cli::parse();
    terminal::configure(options);
    let done = match command {
        Command::New(new) => new.run(),
        Command::Check(check) => check.run(),
        Command::Render(render) => render.run(),
        Command::Build(build) => build.run(),
        Command::Run(run) => return run.run(),
        Command::Schema(schema) => schema.run(),
        Command::Preset(preset) => preset.run(),
        Command::Plugin(plugin) => plugin.run(),
        Command::Completions(completions) => completions.run(),
        Command::Man(man) => man.run(),
        Command::Pid1(command) => return command.run(),
        Command::Prove(prove) => prove::run(prove),
        Command::Part(part) => return part.run(),
    };
    done.unwrap_or_else(|failure| {
        terminal::report(&failure);
        failure.exit
    })
    .into()
}
