//! A script in a here-document of which the builder takes the parameters away.

use crate::{
    dockerfile::{Image, Source},
    report::Report,
};

rule!(Error, "here-document-expanded", "a script in a here-document of which the builder takes the parameters away");

/// Looks at what is copied from the Dockerfile itself.
pub fn check(image: &Image, file: &str, report: &mut Report) {
    for source in image.copied.iter().flat_map(|copied| &copied.sources) {
        if let Source::Text { value, lost: Some(lost), .. } = source
            && value.starts_with("#!")
        {
            report.find(
                &RULE,
                (file, lost),
                "the builder replaces this by nothing before the script is written",
                "put the word after `<<` into quotes, `<<'EOF'`; or write `\\$` where the script is to have `$`",
            );
        }
    }
}
