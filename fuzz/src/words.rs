//! What readers that are not ours read.

use brush_parser::{ParserOptions, Token, uncached_tokenize_str, word, word::WordPiece};
use parse_dockerfile::{Command, Instruction};
use saphyr::{LoadableYamlNode, Yaml};

/// The commands of a script, each with its words as written. Keywords and brackets divide commands, too.
///
/// # Panics
/// When it is none.
pub fn commands(script: &str) -> Vec<Vec<String>> {
    let options = ParserOptions::default();
    let tokens = uncached_tokenize_str(script, &options.tokenizer_options()).expect("a script has tokens");
    brush_parser::parse_tokens(&tokens, &options).expect("a script is one");
    let mut commands = vec![Vec::new()];
    for token in tokens {
        match token {
            Token::Word(word, _) => commands.last_mut().expect("there is one").push(word),
            Token::Operator(..) => commands.push(Vec::new()),
        }
    }
    commands
}

/// What a word of sh means, in which nothing is expanded.
///
/// # Panics
/// When something would be.
pub fn unquoted(word: &str) -> String {
    let pieces = word::parse(word, &ParserOptions::default()).expect("a word is one");
    let mut text = String::new();
    for piece in pieces {
        match piece.piece {
            WordPiece::Text(piece) | WordPiece::SingleQuotedText(piece) => text.push_str(&piece),
            WordPiece::EscapeSequence(piece) => text.push_str(piece.strip_prefix('\\').unwrap_or(&piece)),
            other => panic!("{other:?} in {word:?}"),
        }
    }
    text
}

/// The words of the last `CMD`.
///
/// # Panics
/// When it is a shell's.
pub fn dockerfile_command(dockerfile: &str) -> Vec<String> {
    let parsed = parse_dockerfile::parse(dockerfile).expect("a Dockerfile is one");
    let commands = parsed.instructions.iter().filter_map(|instruction| match instruction {
        Instruction::Cmd(command) => Some(&command.arguments),
        _ => None,
    });
    match commands.last() {
        Some(Command::Exec(words)) => words.value.iter().map(|word| word.value.to_string()).collect(),
        other => panic!("{other:?}"),
    }
}

/// What stands at this place in YAML.
///
/// # Panics
/// When it is none, or nothing does.
pub fn yaml(text: &str, path: &[&str]) -> Vec<String> {
    let documents = Yaml::load_from_str(text).expect("YAML is some");
    let mut value = documents.first().expect("there is a document");
    for key in path {
        value = match value {
            Yaml::Sequence(items) => items.first().expect("there is one"),
            _ => value.as_mapping_get(key).unwrap_or_else(|| panic!("there is no `{key}` in {text}")),
        };
    }
    let items = value.as_sequence().unwrap_or_else(|| panic!("{path:?} is no list in {text}"));
    items.iter().map(|item| item.as_str().expect("a word is a text").to_string()).collect()
}
