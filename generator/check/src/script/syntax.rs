//! A script, as far as it matters here: which process runs what, and in which order.

use std::ops::Range;

/// Where something stands, in bytes of the document.
pub type Span = Range<usize>;

/// Commands in a row.
#[derive(Debug, Default)]
pub struct List(pub Vec<Item>);

/// Pipelines with `&&` and `||` between them.
#[derive(Debug)]
pub struct Item {
    pub first: Pipeline,
    pub rest: Vec<(Joint, Pipeline)>,
    /// Whether a `&` ends it.
    pub is_background: bool,
}

/// What stands between two pipelines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joint {
    And,
    Or,
}

/// Commands with `|` between them; mostly one.
#[derive(Debug)]
pub struct Pipeline {
    pub commands: Vec<Command>,
    pub is_negated: bool,
}

#[derive(Debug)]
pub enum Command {
    Simple(Simple),
    /// `{ …; }`
    Group(List),
    /// `( … )`
    Subshell(List),
    If {
        arms: Vec<(List, List)>,
        otherwise: Option<List>,
    },
    /// `while` and `until`.
    Loop {
        condition: List,
        body: List,
    },
    /// `for` and `select`: perhaps not once.
    For {
        body: List,
    },
    Case {
        word: Word,
        arms: Vec<Arm>,
    },
    Function {
        name: String,
        body: Box<Command>,
    },
    /// `[[ … ]]` and `(( … ))`: what it says.
    Test(String),
    /// `coproc`: it runs beside the script.
    Coprocess(Box<Command>),
}

/// A branch of a `case`.
#[derive(Debug)]
pub struct Arm {
    pub patterns: Vec<Word>,
    pub body: List,
    /// Whether it ends in `;&`.
    pub falls_through: bool,
}

/// A program, a builtin or a function, with its arguments; or only assignments and redirections.
#[derive(Debug)]
pub struct Simple {
    pub words: Vec<Word>,
    /// What is in its `$( … )`, also where it assigns and redirects.
    pub substitutions: Vec<List>,
    pub span: Span,
}

/// A word, as it is written and, if nothing in it depends on the environment, as it is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    pub raw: String,
    pub literal: Option<String>,
    pub span: Span,
}

impl Word {
    /// A word that is known.
    pub fn literal(text: &str, span: &Span) -> Self {
        Self { raw: text.to_string(), literal: Some(text.to_string()), span: span.clone() }
    }

    /// What it means, or nothing if that is not known.
    pub fn known(&self) -> &str {
        self.literal.as_deref().unwrap_or_default()
    }

    /// Whether it is all arguments of the script or function: `"$@"`.
    pub fn is_arguments(&self) -> bool {
        matches!(self.raw.trim_matches('"'), "$@" | "$*" | "${@}" | "${*}")
    }

    /// What it says without its quotes: a known beginning is enough to know what a `$NAME` in it is for.
    pub fn unquoted(&self) -> String {
        self.raw.replace(['"', '\''], "")
    }
}

impl Pipeline {
    /// Where it stands.
    pub fn span(&self) -> Span {
        let spans: Vec<_> = self.commands.iter().filter_map(Command::span).collect();
        match (spans.first(), spans.last()) {
            (Some(first), Some(last)) => first.start..last.end.max(first.end),
            _ => 0..0,
        }
    }
}

impl Item {
    /// Where it stands.
    pub fn span(&self) -> Span {
        let first = self.first.span();
        let end = self.rest.last().map_or(first.end, |(_, last)| last.span().end);
        first.start..end.max(first.end)
    }

    /// Its pipelines.
    pub fn pipelines(&self) -> impl Iterator<Item = &Pipeline> {
        std::iter::once(&self.first).chain(self.rest.iter().map(|(_, pipeline)| pipeline))
    }
}

impl List {
    /// Where it stands.
    pub fn span(&self) -> Option<Span> {
        Some(self.0.first()?.span().start..self.0.last()?.span().end)
    }

    /// Its commands, but not those that are in them.
    pub fn commands(&self) -> impl Iterator<Item = &Command> {
        self.0.iter().flat_map(Item::pipelines).flat_map(|pipeline| &pipeline.commands)
    }

    /// Whether any simple command in it is so; also in what it contains, but not in functions that it only defines.
    pub fn any(&self, is_so: &mut dyn FnMut(&Simple) -> bool) -> bool {
        self.commands().any(|command| command.any(is_so))
    }
}

impl Command {
    /// Where it begins, and about where it ends.
    pub fn span(&self) -> Option<Span> {
        match self {
            Self::Simple(simple) => Some(simple.span.clone()),
            Self::Group(list) | Self::Subshell(list) | Self::For { body: list } => list.span(),
            Self::If { arms, .. } => Some(arms.first()?.0.span()?.start..arms.last()?.1.span()?.end),
            Self::Loop { condition, body } => {
                let condition = condition.span()?;
                Some(condition.start..body.span().map_or(condition.end, |body| body.end))
            }
            Self::Case { word, .. } => Some(word.span.clone()),
            Self::Function { body, .. } | Self::Coprocess(body) => body.span(),
            Self::Test(_) => None,
        }
    }

    /// Whether any simple command in it is so; but for functions that it only defines.
    pub fn any(&self, is_so: &mut dyn FnMut(&Simple) -> bool) -> bool {
        match self {
            Self::Simple(simple) => is_so(simple),
            Self::Group(list) | Self::Subshell(list) | Self::For { body: list } => list.any(is_so),
            Self::If { arms, otherwise } => {
                arms.iter().any(|(condition, body)| condition.any(is_so) || body.any(is_so))
                    || otherwise.as_ref().is_some_and(|list| list.any(is_so))
            }
            Self::Loop { condition, body } => condition.any(is_so) || body.any(is_so),
            Self::Case { arms, .. } => arms.iter().any(|arm| arm.body.any(is_so)),
            Self::Coprocess(command) => command.any(is_so),
            Self::Function { .. } | Self::Test(_) => false,
        }
    }
}
