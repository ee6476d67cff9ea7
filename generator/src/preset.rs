//! `wigwag preset`: what is known of programs.

use clap::{Args, Subcommand, ValueEnum};
use wigwag_presets as presets;

use crate::{
    exit::{Exit, Failure},
    output,
};

/// What is known of programs, for `preset` in a spec.
#[derive(Subcommand)]
pub enum Preset {
    /// Print the presets, one a line below a head: name, stop signal, what makes it reload, program.
    List {
        #[command(flatten)]
        form: Form,
    },
    /// Print what is known of a program, and where that is from.
    Show {
        /// The preset's name, or that of its program or image: nginx, apache2, php:8.3-fpm.
        name: String,
        #[command(flatten)]
        form: Form,
    },
}

#[derive(Args)]
pub struct Form {
    /// For people, or for programs.
    #[arg(long, visible_alias = "format", value_enum, default_value_t = Output::Text)]
    output: Output,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    Text,
    Json,
}

impl Preset {
    /// Does what the command line says.
    pub fn run(&self) -> Result<Exit, Failure> {
        let text = match self {
            Self::List { form: Form { output: Output::Text } } => list(),
            Self::List { form: Form { output: Output::Json } } => json(&presets::all())?,
            Self::Show { name, form } => {
                let preset = find(name)?;
                match form.output {
                    Output::Text => preset.text(),
                    Output::Json => json(preset)?,
                }
            }
        };
        output::print(&text).map(|()| Exit::Ok)
    }
}

fn list() -> String {
    let head = ["NAME", "STOP", "RELOAD", "PROGRAM"].map(str::to_string);
    let row = |preset: &presets::Preset| {
        [preset.name.clone(), preset.stop.signal.to_string(), preset.reload_text(), preset.title.clone()]
    };
    let rows: Vec<[String; 4]> = std::iter::once(head).chain(presets::all().iter().map(row)).collect();
    let width = |column: usize| rows.iter().filter_map(|row| Some(row.get(column)?.len())).max().unwrap_or(0);
    let (name, stop, reload) = (width(0), width(1), width(2));
    rows.iter()
        .fold(String::new(), |list, [a, b, c, title]| list + &format!("{a:name$}  {b:stop$}  {c:reload$}  {title}\n"))
}

/// The preset of this name, or of what the program or the image of this name is.
pub fn find(name: &str) -> Result<&'static presets::Preset, Failure> {
    let found = presets::by_name(name).or_else(|| presets::by_program(name)).or_else(|| presets::by_image(name));
    found.ok_or_else(|| {
        let known = presets::all().iter().map(|preset| preset.name.as_str());
        let help = wigwag::suggest::nearest(name, known)
            .map_or("`wigwag preset list` prints those that there are".to_string(), |near| {
                format!("did you mean `{near}`?")
            });
        Failure::usage(format!("there is no preset {}; {help}", wigwag::suggest::quoted(name)))
    })
}

fn json<T: serde::Serialize + ?Sized>(value: &T) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(value);
    text.map(|text| text + "\n").map_err(|error| Failure::io(format!("cannot write it as JSON: {error}")))
}
