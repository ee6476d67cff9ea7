//! A file is written from a template.

use alloc::{
    format,
    string::{String, ToString as _},
    vec::Vec,
};

use rustix::io::Errno;
use wigwag_core::{
    config::Template,
    environment,
    template::{self, Problem},
};

use super::Chore;
use crate::{
    sys::{error::sentence, file},
    text::Text,
};

/// The largest template, and the largest file that is made of one.
const MOST_TEMPLATE: usize = 1 << 20;
const MOST_TEXT: usize = 4 << 20;

impl Chore {
    pub(super) fn fill(&self, template: &Template) -> Result<(), String> {
        let (from, to) = (&template.from, &template.to);
        let content = file::content_up_to(Text::from(from.as_str()).as_c_str(), MOST_TEMPLATE).map_err(|errno| {
            let why = if errno == Errno::FBIG { "it is larger than 1 MiB" } else { sentence(errno) };
            format!("cannot read the template `{}`: {why}", from.escape_debug())
        })?;
        let value = |name: &str| environment::get(&self.environment, name);
        let text =
            template::fill(&content, &template.variables, value, MOST_TEXT).map_err(|problem| match problem {
                Problem::Unset(names) => {
                    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
                    let (have, are) = if names.len() == 1 { ("a variable", "is") } else { ("variables", "are") };
                    format!(
                        "the template `{}` has {have} that {are} not set: {}",
                        from.escape_debug(),
                        names.join(", ")
                    )
                }
                Problem::TooLong(_) => "what the template would become is larger than 4 MiB".to_string(),
            })?;
        file::replace(&Text::from(to.as_str()), template.mode.bits(), &text)
            .map_err(|errno| format!("cannot write `{}`: {}", to.escape_debug(), sentence(errno)))
    }
}
