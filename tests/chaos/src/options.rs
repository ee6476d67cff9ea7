//! The command line.

use std::time::Duration;

use scenarios::Result;

pub const HELP: &str = "\
cargo chaos [OPTIONS]: random containers under random faults, and what must hold of each

options:
  --minutes N   go on for so long (1)
  --seconds N   the same, in seconds
  --rounds N    and for no more than so many rounds
  --seed N      the same rounds as another time; without it, a new seed
  --round N     this round of the seed, and no other
  --jobs N      so many rounds side by side (4)
  --show        print what each round does
  --help        print this

A round that fails is printed whole, and ends the run with 1. Replay it with its `--seed` and `--round`: the schedule is the
same, the processes' timing is not.
";

/// What the command line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    pub time: Duration,
    pub rounds: Option<u64>,
    pub seed: Option<u64>,
    pub round: Option<u64>,
    pub jobs: u64,
    pub show: bool,
}

/// Reads the arguments, without the program's name; none if only help is wanted.
pub fn parse(words: impl IntoIterator<Item = String>) -> Result<Option<Options>> {
    let mut words = words.into_iter();
    let mut options =
        Options { time: Duration::from_mins(1), rounds: None, seed: None, round: None, jobs: 4, show: false };
    while let Some(word) = words.next() {
        let mut number = || -> Result<u64> {
            let number = words.next().and_then(|number| number.parse().ok());
            number.ok_or_else(|| format!("`{word}` needs a number").into())
        };
        match word.as_str() {
            "--help" | "-h" => return Ok(None),
            "--minutes" => options.time = Duration::from_mins(number()?),
            "--seconds" => options.time = Duration::from_secs(number()?),
            "--rounds" => options.rounds = Some(number()?),
            "--seed" => options.seed = Some(number()?),
            "--round" => options.round = Some(number()?),
            "--jobs" => options.jobs = number()?,
            "--show" => options.show = true,
            _ => return Err(format!("`{word}` is no option (see `--help`)").into()),
        }
    }
    if options.round.is_some() && options.seed.is_none() {
        return Err("`--round` needs its `--seed`".into());
    }
    Ok(Some(options))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Option<Options>> {
        parse(text.split_whitespace().map(String::from))
    }

    #[test]
    fn options_are_read() {
        let expected = Options {
            time: Duration::from_mins(10),
            rounds: Some(5),
            seed: Some(7),
            round: Some(2),
            jobs: 4,
            show: false,
        };
        assert_eq!(read("--minutes 10 --rounds 5 --seed 7 --round 2").unwrap(), Some(expected));
        assert_eq!(read("--help").unwrap(), None);
    }

    #[test]
    fn what_is_wrong_is_refused() {
        for line in ["--minutes", "--seed x", "--round 1", "fast"] {
            assert!(read(line).is_err(), "{line}");
        }
    }
}
