//! From text to [`syntax`](super::syntax), by a parser for bash and sh.

use brush_parser::ast::{self, SourceLocation as _};
use brush_parser::{ParseError, ParserOptions, SourceSpan, Token, parse_tokens, uncached_tokenize_str};

use super::effort;
use super::syntax::{Arm, Command, Item, Joint, List, Pipeline, Simple, Span, Word};
use super::word::{literal, substitutions};

/// How deep scripts may be in scripts.
const DEPTH: u32 = 8;

/// Why a script cannot be read, and where.
#[derive(Debug)]
pub struct NotUnderstood {
    pub message: String,
    pub span: Span,
}

/// Where a text stands in its document.
#[derive(Clone, Debug)]
pub enum Place {
    /// As it is, from there on.
    From(usize),
    /// As something else, so that the whole of it has one place.
    Within(Span),
}

/// Reads a script.
pub fn read(text: &str, place: &Place) -> Result<List, NotUnderstood> {
    Reader::read(text, place, 0)
}

/// Where the number of a file descriptor is too large: the parser (brush-parser 0.4) would panic.
fn too_large_descriptor(tokens: &[Token]) -> Option<&SourceSpan> {
    match tokens {
        [Token::Word(word, place), Token::Operator(operator, next)]
            if place.end.index == next.start.index
                && operator.starts_with(['<', '>'])
                && word.bytes().all(|byte| byte.is_ascii_digit())
                && word.parse::<i32>().is_err() =>
        {
            Some(place)
        }
        _ => None,
    }
}

struct Reader<'t> {
    place: &'t Place,
    /// Where each character begins, in bytes.
    bytes: Vec<usize>,
    text: &'t str,
    depth: u32,
}

impl<'t> Reader<'t> {
    fn read(text: &'t str, place: &'t Place, depth: u32) -> Result<List, NotUnderstood> {
        let bytes = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let reader = Reader { place, bytes, text, depth };
        let whole = || reader.at(0, reader.bytes.len());
        let too_large =
            || NotUnderstood { message: "the script is too large to be looked at".to_string(), span: whole() };
        if !effort::is_bearable(text) {
            return Err(too_large());
        }
        let options = ParserOptions::default();
        let tokens = uncached_tokenize_str(text, &options.tokenizer_options())
            .map_err(|error| NotUnderstood { message: error.to_string(), span: reader.first_line() })?;
        if !effort::is_affordable(&tokens) {
            return Err(too_large());
        }
        if let Some(number) = tokens.windows(2).find_map(too_large_descriptor) {
            let span = reader.at(number.start.index, number.end.index);
            return Err(NotUnderstood { message: "no file descriptor has this number".to_string(), span });
        }
        let program = parse_tokens(&tokens, &options).map_err(|error| reader.unparsed(&error, &tokens))?;
        let items = program.complete_commands.iter().flat_map(|list| reader.list(list).0).collect();
        Ok(List(items))
    }

    fn unparsed(&self, error: &ParseError, tokens: &[Token]) -> NotUnderstood {
        let index = match error {
            ParseError::ParsingNear(position) => position.index,
            ParseError::Tokenizing { position: Some(position), .. } => position.index,
            ParseError::ParsingAtEndOfInput | ParseError::Tokenizing { position: None, .. } => {
                tokens.last().map_or(0, |token| token.location().start.index)
            }
        };
        NotUnderstood { message: "this is no syntax of sh or bash".to_string(), span: self.at(index, index + 1) }
    }

    fn first_line(&self) -> Span {
        self.at(0, self.text.lines().next().unwrap_or_default().chars().count())
    }

    /// Where these characters are.
    fn at(&self, start: usize, end: usize) -> Span {
        match self.place {
            Place::From(offset) => {
                let last = self.text.len();
                let of = |index: usize| self.bytes.get(index).copied().unwrap_or(last);
                offset + of(start)..offset + of(end).max(of(start))
            }
            Place::Within(span) => span.clone(),
        }
    }

    fn span(&self, span: Option<&SourceSpan>) -> Span {
        span.map_or_else(|| self.at(0, 0), |span| self.at(span.start.index, span.end.index))
    }

    fn list(&self, list: &ast::CompoundList) -> List {
        let item = |ast::CompoundListItem(list, separator): &ast::CompoundListItem| Item {
            first: self.pipeline(&list.first),
            rest: list
                .additional
                .iter()
                .map(|next| match next {
                    ast::AndOr::And(pipeline) => (Joint::And, self.pipeline(pipeline)),
                    ast::AndOr::Or(pipeline) => (Joint::Or, self.pipeline(pipeline)),
                })
                .collect(),
            is_background: matches!(separator, ast::SeparatorOperator::Async),
        };
        List(list.0.iter().map(item).collect())
    }

    fn pipeline(&self, pipeline: &ast::Pipeline) -> Pipeline {
        Pipeline {
            commands: pipeline.seq.iter().map(|command| self.command(command)).collect(),
            is_negated: pipeline.bang,
        }
    }

    fn command(&self, command: &ast::Command) -> Command {
        match command {
            ast::Command::Simple(simple) => self.simple(simple),
            ast::Command::Compound(compound, _) => self.compound(compound),
            ast::Command::Function(function) => Command::Function {
                name: function.fname.value.clone(),
                body: Box::new(self.compound(&function.body.0)),
            },
            ast::Command::ExtendedTest(test, _) => Command::Test(test.to_string()),
        }
    }

    fn compound(&self, compound: &ast::CompoundCommand) -> Command {
        match compound {
            ast::CompoundCommand::Arithmetic(arithmetic) => Command::Test(arithmetic.expr.value.clone()),
            ast::CompoundCommand::BraceGroup(group) => Command::Group(self.list(&group.list)),
            ast::CompoundCommand::Subshell(subshell) => Command::Subshell(self.list(&subshell.list)),
            ast::CompoundCommand::ArithmeticForClause(clause) => Command::For { body: self.list(&clause.body.list) },
            ast::CompoundCommand::ForClause(clause) => Command::For { body: self.list(&clause.body.list) },
            ast::CompoundCommand::CaseClause(case) => Command::Case {
                word: self.word(&case.value),
                arms: case.cases.iter().map(|arm| self.arm(arm)).collect(),
            },
            ast::CompoundCommand::IfClause(clause) => self.branches(clause),
            ast::CompoundCommand::WhileClause(clause) | ast::CompoundCommand::UntilClause(clause) => {
                Command::Loop { condition: self.list(&clause.0), body: self.list(&clause.1.list) }
            }
            ast::CompoundCommand::Coprocess(process) => Command::Coprocess(Box::new(self.command(&process.body))),
        }
    }

    fn branches(&self, clause: &ast::IfClauseCommand) -> Command {
        let mut arms = vec![(self.list(&clause.condition), self.list(&clause.then))];
        let mut otherwise = None;
        for branch in clause.elses.iter().flatten() {
            match &branch.condition {
                Some(condition) => arms.push((self.list(condition), self.list(&branch.body))),
                None => otherwise = Some(self.list(&branch.body)),
            }
        }
        Command::If { arms, otherwise }
    }

    fn arm(&self, arm: &ast::CaseItem) -> Arm {
        Arm {
            patterns: arm.patterns.iter().map(|pattern| self.word(pattern)).collect(),
            body: arm.cmd.as_ref().map(|body| self.list(body)).unwrap_or_default(),
            falls_through: !matches!(arm.post_action, ast::CaseItemPostAction::ExitCase),
        }
    }

    fn simple(&self, simple: &ast::SimpleCommand) -> Command {
        let mut words: Vec<Word> = simple.word_or_name.iter().map(|word| self.word(word)).collect();
        let mut hidden = Vec::new();
        let prefix = simple.prefix.iter().flat_map(|prefix| &prefix.0).map(|item| (item, false));
        let suffix = simple.suffix.iter().flat_map(|suffix| &suffix.0).map(|item| (item, true));
        for (item, is_argument) in prefix.chain(suffix) {
            match item {
                ast::CommandPrefixOrSuffixItem::Word(word)
                | ast::CommandPrefixOrSuffixItem::AssignmentWord(_, word) => {
                    let word = self.word(word);
                    if is_argument { words.push(word) } else { hidden.push(word) }
                }
                ast::CommandPrefixOrSuffixItem::IoRedirect(
                    ast::IoRedirect::File(_, _, ast::IoFileRedirectTarget::Filename(word))
                    | ast::IoRedirect::HereString(_, word),
                ) => hidden.push(self.word(word)),
                ast::CommandPrefixOrSuffixItem::IoRedirect(_)
                | ast::CommandPrefixOrSuffixItem::ProcessSubstitution(..) => {}
            }
        }
        let places = || words.iter().chain(&hidden).map(|word| &word.span).filter(|span| !span.is_empty());
        let span = match (places().map(|span| span.start).min(), places().map(|span| span.end).max()) {
            (Some(start), Some(end)) => start..end,
            _ => self.span(simple.location().as_ref()),
        };
        let substitutions = words.iter().chain(&hidden).flat_map(|word| self.substitutions(word)).collect();
        Command::Simple(Simple { words, substitutions, span })
    }

    fn word(&self, word: &ast::Word) -> Word {
        Word { raw: word.value.clone(), literal: literal(&word.value), span: self.span(word.loc.as_ref()) }
    }

    /// What is substituted in a word; what cannot be read there says nothing about the script.
    fn substitutions(&self, word: &Word) -> Vec<List> {
        if self.depth >= DEPTH {
            return Vec::new();
        }
        let read = |(at, text): (usize, &str)| {
            let place = match self.place {
                Place::From(_) => Place::From(word.span.start + at),
                Place::Within(span) => Place::Within(span.clone()),
            };
            Reader::read(text, &place, self.depth + 1).ok()
        };
        substitutions(&word.raw).into_iter().filter_map(read).collect()
    }
}
