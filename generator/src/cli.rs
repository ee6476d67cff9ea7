//! The command line.

use std::{
    ffi::OsString,
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, Parser, Subcommand, ValueEnum};
use wigwag::{
    artifacts, diagnostic, image,
    model::{Model, Modules},
    render::{self, Dockerfile},
    source::Source,
    spec::Entrypoint,
};

use crate::{
    exit::{Exit, Failure},
    input::{self, Programs},
    namespace, output,
    plugin::Plugin,
    run,
    supplies::{Pretended, Real},
};

/// Makes containers stop correctly: from one spec to an entrypoint that starts, listens and stops as it should.
#[derive(Parser)]
#[command(version, after_help = Exit::help())]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Say everything that is wrong with a spec.
    Check(Spec),
    /// Print one of the files that a spec makes.
    Render {
        target: Target,
        #[command(flatten)]
        spec: Spec,
    },
    /// Write everything that an image build needs.
    ///
    /// The Dockerfile gives an existing image a correct entrypoint:
    /// docker build --build-arg BASE=myimage --tag myimage-that-stops DIR
    Build {
        #[command(flatten)]
        spec: Spec,
        /// The directory to write to; it is made when it is missing.
        #[arg(short, long, value_name = "DIR")]
        output: PathBuf,
        /// Write nothing; compare with what is there, and end with 1 if it differs.
        #[arg(long)]
        check: bool,
        #[command(flatten)]
        programs: Programs,
    },
    /// Run a spec here as its container would, as PID 1 of a new namespace; SIGTERM to this program is the stop.
    Run {
        #[command(flatten)]
        spec: Spec,
        #[command(flatten)]
        programs: Programs,
        /// The container's arguments.
        #[arg(last = true)]
        args: Vec<OsString>,
    },
    /// Write, look at, compile and try a plugin.
    #[command(subcommand)]
    Plugin(Plugin),
    /// Run a command as PID 1 of a new PID namespace, and end as it ends.
    #[command(hide = true)]
    Pid1 {
        #[arg(last = true, required = true)]
        command: Vec<OsString>,
    },
    #[command(hide = true, name = namespace::INSIDE)]
    Inside(namespace::Inside),
}

#[derive(Args)]
struct Spec {
    /// The spec; `-` is standard input.
    #[arg(default_value = "wigwag.toml")]
    spec: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum Target {
    /// The entrypoint as a plain sh script.
    Script,
    /// The config of wigwag-init.
    Init,
    /// What belongs into a Dockerfile.
    Dockerfile,
}

/// Does what the command line says.
pub fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Check(spec) => check(&spec.spec),
        Command::Render { target, spec } => render(target, &spec.spec),
        Command::Build { spec, output, check, programs } => build(&spec.spec, &output, check, &programs),
        Command::Run { spec, programs, args } => return run::run(model(&spec.spec, None), &programs, args),
        Command::Plugin(plugin) => plugin.run(),
        Command::Pid1 { command } => return namespace::run(&command),
        Command::Inside(inside) => return inside.exec(),
    };
    done.unwrap_or_else(|failure| {
        report(&failure);
        failure.exit
    })
    .into()
}

/// Reads a spec and checks it.
fn model(spec: &Path, target: Option<Entrypoint>) -> Result<Model, Failure> {
    model_of(&input::spec(spec)?, target, &|path| input::module(spec, path))
}

/// Checks a spec.
pub fn model_of(source: &Source, target: Option<Entrypoint>, modules: Modules) -> Result<Model, Failure> {
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    Model::new(source, target, modules)
        .map_err(|diagnostics| Failure::spec(&diagnostic::render(&diagnostics, source, colour)))
}

fn check(spec: &Path) -> Result<Exit, Failure> {
    let model = model(spec, None)?;
    // What no Dockerfile can say is wrong, too.
    image::files(&model, &Pretended).map(|_| Exit::Ok)
}

fn render(target: Target, spec: &Path) -> Result<Exit, Failure> {
    let text = match target {
        Target::Script => render::script(&model(spec, Some(Entrypoint::Script))?),
        Target::Init => {
            let model = model(spec, Some(Entrypoint::Init))?;
            let artifacts = artifacts::compile(&model, &Real(&Programs::default()))?;
            render::init(&model, &artifacts)
        }
        Target::Dockerfile => render::dockerfile(&model(spec, None)?, Dockerfile::Snippet),
    };
    output::print(&text?).map(|()| Exit::Ok)
}

fn build(spec: &Path, directory: &Path, check: bool, programs: &Programs) -> Result<Exit, Failure> {
    let files = image::files(&model(spec, None)?, &Real(programs))?;
    if !check {
        return output::write(directory, &files).map(|()| Exit::Ok);
    }
    let differences = output::differences(directory, &files)?;
    for line in &differences {
        output::print(&format!("{line}\n"))?;
    }
    Ok(if differences.is_empty() { Exit::Ok } else { Exit::Differs })
}

/// Says why it failed.
pub fn report(failure: &Failure) {
    say(&failure.message);
}

/// Says something on the standard error of a program that runs.
pub fn tell(message: &str) {
    say(&format!("wigwag: {message}"));
}

/// The exit code says it to whoever has no standard error that can be written to.
fn say(message: &str) {
    let _ = writeln!(std::io::stderr(), "{message}");
}
