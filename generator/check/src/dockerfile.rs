//! Dockerfiles: what each of their images starts.

mod base;
mod expand;
mod image;
mod locate;

use std::{collections::BTreeMap, ops::Range};

use parse_dockerfile::{Command, Flag, Instruction, UnescapedString};

pub use self::{
    base::{Base, Sh},
    image::{Copied, Form, Image, Source, Start, Word},
    locate::{Located, Origin, locate},
};
use self::{expand::Variables, image::clean};

/// What stands for the empty array of `ENTRYPOINT []`, which takes the base image's away: the parser refuses it.
const TAKEN_AWAY: char = '\u{1}';

/// A Dockerfile that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Why.
    pub message: String,
    /// Where.
    pub span: Range<usize>,
}

/// The images that somebody may start: the last one, and each stage that nothing else is made of and that says what it
/// starts.
pub fn images(text: &str) -> Result<Vec<Image>, Unreadable> {
    let text = &with_empty_entrypoints(text);
    let dockerfile = parse_dockerfile::parse(text).map_err(|error| unreadable(text, &error))?;
    let escape = dockerfile.parser_directives.escape.as_ref().map_or('\\', |directive| directive.value.value);
    let mut global = Variables::default();
    for arg in dockerfile.global_args() {
        global.arg(&arg.arguments.value, None);
    }
    let mut reader = Reader { escape, global, stages: Vec::new(), names: BTreeMap::new() };
    for stage in dockerfile.stages() {
        reader.stage(stage.from, stage.instructions);
    }
    Ok(reader.images())
}

/// What is done with `ENTRYPOINT []`.
fn with_empty_entrypoints(text: &str) -> String {
    let line = |line: &str| {
        let trimmed = line.trim();
        let is_empty = trimmed.get(.."ENTRYPOINT".len()).is_some_and(|word| word.eq_ignore_ascii_case("ENTRYPOINT"))
            && trimmed.get("ENTRYPOINT".len()..).is_some_and(|rest| {
                rest.starts_with([' ', '\t']) && rest.split_ascii_whitespace().collect::<String>() == "[]"
            });
        if is_empty { line.replace(['[', ']'], &TAKEN_AWAY.to_string()) } else { line.to_string() }
    };
    text.split_inclusive('\n').map(line).collect()
}

fn unreadable(text: &str, error: &parse_dockerfile::Error) -> Unreadable {
    let start = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
    let end = text.get(start..).and_then(|rest| rest.find('\n')).map_or(text.len(), |length| start + length);
    Unreadable { message: format!("{error:#}"), span: start..end }
}

/// A stage while its instructions are read.
struct Stage {
    image: Image,
    /// What its ONBUILD instructions add.
    triggers: Option<Image>,
    /// Whether another stage is made of it, or takes from it.
    is_used: bool,
    says_what_it_starts: bool,
}

struct Reader {
    escape: char,
    global: Variables,
    stages: Vec<Stage>,
    names: BTreeMap<String, usize>,
}

impl Reader {
    fn stage(&mut self, from: &parse_dockerfile::FromInstruction, instructions: &[Instruction]) {
        let parent = self.used(&from.image.value);
        let mut image = match parent {
            // Its ONBUILD instructions are the first ones of this stage.
            Some(parent) => parent.triggers.clone().unwrap_or_else(|| parent.image.clone()),
            None => Image::new(self.global.expand(&from.image.value)),
        };
        image.stage = from.as_.as_ref().map(|(_, name)| name.value.to_string());
        image.repeated.clear();
        if let Some(name) = &image.stage {
            self.names.insert(name.to_ascii_lowercase(), self.stages.len());
        }
        let mut own = Own::default();
        let mut triggers: Option<(Image, Own)> = None;
        for instruction in instructions {
            if let Instruction::Onbuild(onbuild) = instruction {
                let (image, own) = triggers.get_or_insert_with(|| (image.clone(), Own::default()));
                self.instruction(&onbuild.instruction, image, own);
            } else {
                self.instruction(instruction, &mut image, &mut own);
            }
        }
        let says_what_it_starts = own.entrypoint.is_some() || own.cmd.is_some();
        let triggers = triggers.map(|(image, _)| image);
        self.stages.push(Stage { image, triggers, is_used: false, says_what_it_starts });
    }

    /// The stage of that name or number, which is used by that.
    fn used(&mut self, name: &str) -> Option<&Stage> {
        let at = self.names.get(&name.to_ascii_lowercase()).copied()?;
        let stage = self.stages.get_mut(at)?;
        stage.is_used = true;
        Some(stage)
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the others say nothing of what is started")]
    fn instruction(&mut self, instruction: &Instruction, image: &mut Image, own: &mut Own) {
        match instruction {
            Instruction::Arg(arg) => image.variables.arg(&arg.arguments.value, Some(&self.global)),
            Instruction::Env(env) => image.variables.env(&env.arguments.value),
            Instruction::Workdir(workdir) => {
                let path = image.variables.expand(&workdir.arguments.value);
                image.workdir = path.and_then(|path| image.absolute(&path));
            }
            Instruction::User(user) => image.user = image.variables.expand(&user.arguments.value),
            Instruction::Shell(shell) => {
                image.shell = Some(shell.arguments.iter().map(|word| word.value.to_string()).collect());
            }
            Instruction::Stopsignal(stop) => {
                let value = image.variables.expand(&stop.arguments.value);
                image.stop_signal = value.map(|value| Word { value, span: stop.arguments.span.clone() });
            }
            Instruction::Entrypoint(entrypoint) => {
                let Some(start) = self.start(entrypoint.entrypoint.span.start, &entrypoint.arguments) else { return };
                Own::set(&mut own.entrypoint, &start, image);
                // As the builder does: a base image's CMD was meant for its own ENTRYPOINT.
                if own.cmd.is_none() {
                    image.cmd = None;
                }
                image.has_own_entrypoint = true;
                let is_taken_away = matches!(&start.form, Form::Shell(text) if text.value.starts_with(TAKEN_AWAY));
                image.entrypoint = (!is_taken_away).then_some(start);
            }
            Instruction::Cmd(cmd) => {
                let Some(start) = self.start(cmd.cmd.span.start, &cmd.arguments) else { return };
                Own::set(&mut own.cmd, &start, image);
                let is_empty = matches!(&start.form, Form::Exec(words) if words.is_empty());
                image.cmd = (!is_empty).then_some(start);
            }
            Instruction::Copy(copy) => self.copy(&copy.options, &copy.src, &copy.dest, image),
            Instruction::Add(add) => self.copy(&add.options, &add.src, &add.dest, image),
            Instruction::Run(run) => {
                let command = match &run.arguments {
                    Command::Exec(array) => {
                        array.value.iter().map(|word| word.value.as_ref()).collect::<Vec<_>>().join(" ")
                    }
                    Command::Shell(text) => text.value.to_string(),
                    _ => String::new(),
                };
                let here_docs = run.here_docs.iter().map(|doc| doc.value.as_ref());
                image.run.push(std::iter::once(command.as_str()).chain(here_docs).collect::<Vec<_>>().join("\n"));
            }
            _ => {}
        }
    }

    fn start(&self, start: usize, command: &Command) -> Option<Start> {
        match command {
            Command::Exec(array) => {
                Some(Start { span: start..array.span.end, form: Form::Exec(array.value.iter().map(word).collect()) })
            }
            Command::Shell(text) => {
                let value = as_shell(text.value, self.escape);
                Some(Start { span: start..text.span.end, form: Form::Shell(Word { value, span: text.span.clone() }) })
            }
            _ => None,
        }
    }

    fn copy(&mut self, flags: &[Flag], sources: &[parse_dockerfile::Source], to: &UnescapedString, image: &mut Image) {
        let flag = |name: &str| flags.iter().find(|flag| flag.name.value == name).and_then(|flag| flag.value.as_ref());
        if let Some(from) = flag("from") {
            self.used(&from.value);
        }
        let Some(to) = image.variables.expand(&to.value).and_then(|to| image.absolute(&to)) else { return };
        let source = |source: &parse_dockerfile::Source| match source {
            parse_dockerfile::Source::Path(path) => image.variables.expand(&path.value).map(Source::Path),
            parse_dockerfile::Source::HereDoc(doc) => {
                let (value, span) = (&doc.value, doc.span.clone());
                let value = if doc.expand { image.variables.here_document(value) } else { value.to_string() };
                let lost = expand::parameter(&doc.value).filter(|_| doc.expand);
                let lost = lost.map(|lost| span.start + lost.start..span.start + lost.end);
                Some(Source::Text { value, span, lost })
            }
            _ => None,
        };
        let sources: Vec<_> = sources.iter().filter_map(source).collect();
        let to = if sources.len() > 1 { clean(&format!("{to}/")) } else { to };
        let mode = flag("chmod").and_then(|mode| image.variables.expand(&mode.value));
        image.copied.push(Copied { sources, to, mode, is_foreign: flag("from").is_some() });
    }

    fn images(self) -> Vec<Image> {
        let last = self.stages.len().saturating_sub(1);
        let mut images = Vec::new();
        for (at, stage) in self.stages.into_iter().enumerate() {
            // Who builds on it starts what both say.
            images.extend(stage.triggers);
            if at == last || (!stage.is_used && stage.says_what_it_starts && stage.image.stage.is_some()) {
                images.push(stage.image);
            }
        }
        images
    }
}

/// What a stage says itself, and where.
#[derive(Default)]
struct Own {
    entrypoint: Option<Range<usize>>,
    cmd: Option<Range<usize>>,
}

impl Own {
    fn set(own: &mut Option<Range<usize>>, start: &Start, image: &mut Image) {
        if let Some(before) = own.replace(start.span.clone()) {
            image.repeated.push((before, start.span.clone()));
        }
    }
}

fn word(string: &UnescapedString) -> Word {
    Word { value: string.value.to_string(), span: string.span.clone() }
}

/// The text of a shell form as a shell can read it, each byte at its place: a continued line ends with a backslash, and a
/// comment between continued lines is none.
fn as_shell(text: &str, escape: char) -> String {
    let mut lines = text.split_inclusive('\n');
    let mut shell = lines.next().unwrap_or_default().to_string();
    for line in lines {
        if line.trim_start().starts_with('#') {
            let content = line.trim_end_matches(['\n', '\r']);
            shell.push_str(&" ".repeat(content.len().saturating_sub(1)));
            shell.push('\\');
            shell.push_str(line.get(content.len()..).unwrap_or_default());
        } else {
            shell.push_str(line);
        }
    }
    if escape == '\\' { shell } else { shell.replace(&format!("{escape}\n"), "\\\n") }
}

#[cfg(test)]
mod tests;
