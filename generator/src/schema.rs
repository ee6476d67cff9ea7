//! `wigwag schema`: what a spec can say, for an editor and for people.

use clap::{Args, ValueEnum};
use wigwag::described::{reference, schema};

use crate::{
    exit::{Exit, Failure},
    output,
};

/// Print the JSON Schema of a spec, by which editors complete and check one.
///
/// `wigwag schema > wigwag.schema.json`; and `#:schema ./wigwag.schema.json` as the first line of a spec, for editors with taplo
/// (Even Better TOML).
#[derive(Args)]
pub struct Schema {
    /// How it is said.
    #[arg(long, value_name = "FORMAT", default_value = "json")]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// A JSON Schema, draft 7.
    Json,
    /// The reference, in Markdown.
    Markdown,
}

impl Schema {
    pub fn run(&self) -> Result<Exit, Failure> {
        let text = match self.format {
            Format::Json => schema::text(),
            Format::Markdown => reference::text(),
        };
        output::print(&text).map(|()| Exit::Ok)
    }
}
