//! The command line, and how much is measured.

use std::{path::PathBuf, time::Duration};

use scenarios::Result;

pub const HELP: &str = "\
cargo bench-inits [OPTIONS] [SECTION...]: what inits cost, measured side by side

sections: size start memory signals reaping idle deaf plugins growth; all but growth, which is long, if none is named

options:
  --quick      little of everything: it shows that the bench works, not what inits cost
  --rounds N   interleaved rounds of each section (5; 1 with --quick)
  --growth     growth too
  --json FILE  write the figures there as well
  --help       print this
";

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    Size,
    Start,
    Memory,
    Signals,
    Reaping,
    Idle,
    Deaf,
    Plugins,
    Growth,
}

impl Section {
    /// In the order of the table.
    pub const ALL: [Self; 9] = [
        Self::Size,
        Self::Start,
        Self::Memory,
        Self::Signals,
        Self::Reaping,
        Self::Idle,
        Self::Deaf,
        Self::Plugins,
        Self::Growth,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Size => "size",
            Self::Start => "start",
            Self::Memory => "memory",
            Self::Signals => "signals",
            Self::Reaping => "reaping",
            Self::Idle => "idle",
            Self::Deaf => "deaf",
            Self::Plugins => "plugins",
            Self::Growth => "growth",
        }
    }
}

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    pub sections: Vec<Section>,
    pub amount: Amount,
    pub json: Option<PathBuf>,
}

/// How much is measured: so many rounds, and in each round, for each init, so many of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount {
    pub rounds: u32,
    pub starts: u32,
    pub signals: u32,
    pub orphans: u32,
    /// Signals sent shortly after a start.
    pub early_signals: u32,
    /// Decisions of plugins, one right after the other.
    pub decisions: u32,
    /// Decisions of plugins with a pause before each.
    pub seldom: u32,
    /// Hosts of plugins that are started, and as many that are killed.
    pub hosts: u32,
    /// In all, not in each round.
    pub idle: Duration,
    /// Orphans and signals in all, not in each round.
    pub growth: u32,
}

const FULL: Amount = Amount {
    rounds: 5,
    starts: 200,
    signals: 1000,
    orphans: 10_000,
    early_signals: 200,
    decisions: 2000,
    seldom: 200,
    hosts: 40,
    idle: Duration::from_secs(10),
    growth: 1_000_000,
};

const QUICK: Amount = Amount {
    rounds: 1,
    starts: 10,
    signals: 100,
    orphans: 1000,
    early_signals: 10,
    decisions: 100,
    seldom: 10,
    hosts: 2,
    idle: Duration::from_secs(1),
    growth: 10_000,
};

/// Reads the arguments, without the program's name; none if only help is wanted.
pub fn parse(words: impl IntoIterator<Item = String>) -> Result<Option<Options>> {
    let mut words = words.into_iter();
    let (mut amount, mut rounds, mut growth, mut json, mut named) = (FULL, None, false, None, Vec::new());
    while let Some(word) = words.next() {
        match word.as_str() {
            "--help" | "-h" => return Ok(None),
            "--quick" => amount = QUICK,
            "--rounds" => {
                let count = words.next().and_then(|count| count.parse().ok()).filter(|count| *count > 0);
                rounds = Some(count.ok_or("`--rounds` needs a number")?);
            }
            "--growth" => growth = true,
            "--json" => json = Some(PathBuf::from(words.next().ok_or("`--json` needs a file")?)),
            name => {
                let section = Section::ALL.into_iter().find(|section| section.name() == name);
                named.push(section.ok_or_else(|| format!("`{name}` is neither an option nor a section"))?);
            }
        }
    }
    amount.rounds = rounds.unwrap_or(amount.rounds);
    let wanted = |section: &Section| match section {
        Section::Growth if growth => true,
        Section::Growth => named.contains(section),
        Section::Size
        | Section::Start
        | Section::Memory
        | Section::Signals
        | Section::Reaping
        | Section::Idle
        | Section::Deaf
        | Section::Plugins => named.is_empty() || named.contains(section),
    };
    Ok(Some(Options { sections: Section::ALL.into_iter().filter(wanted).collect(), amount, json }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Option<Options>> {
        parse(line.split_whitespace().map(str::to_string))
    }

    #[test]
    fn sections_are_chosen() {
        for (line, expected) in [
            ("", "size start memory signals reaping idle deaf plugins"),
            ("--growth", "size start memory signals reaping idle deaf plugins growth"),
            ("idle size", "size idle"),
            ("growth", "growth"),
            ("start --growth", "start growth"),
        ] {
            let options = parsed(line).expect(line).expect(line);
            assert_eq!(options.sections.iter().map(|section| section.name()).collect::<Vec<_>>().join(" "), expected);
        }
    }

    #[test]
    fn the_amount_is_chosen() {
        let amount = |line| parsed(line).expect(line).expect(line).amount;
        assert_eq!(amount(""), FULL);
        assert_eq!(amount("--quick"), QUICK);
        assert_eq!(amount("--rounds 3 --quick"), Amount { rounds: 3, ..QUICK });
        assert_eq!(amount("--rounds 3"), Amount { rounds: 3, ..FULL });
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (line, says) in [
            ("--rounds", "needs a number"),
            ("--rounds 0", "needs a number"),
            ("--json", "needs a file"),
            ("speed", "`speed` is neither"),
            ("--speed", "`--speed` is neither"),
        ] {
            assert!(parsed(line).is_err_and(|error| error.to_string().contains(says)), "{line}");
        }
        assert!(parsed("--help").is_ok_and(|options| options.is_none()));
    }

    #[test]
    fn help_names_every_section() {
        let names = Section::ALL.map(Section::name);
        assert!(names.iter().all(|name| HELP.contains(name)));
        assert!(HELP.contains(&format!("({}; {} with --quick)", FULL.rounds, QUICK.rounds)));
    }
}
