//! What the probe does about a signal: `cleanup:1000,exit:3`.

use std::{process, thread, time::Duration};

use nix::sys::signal::{self, SigSet, Signal};
use scenarios::Result;

use crate::tell::Teller;

#[derive(Clone, Debug)]
pub enum Reaction {
    /// `cleanup:MS`: works for this long, then tells `cleaned up`.
    Cleanup(Duration),
    /// `exit:N`.
    Exit(i32),
    /// `die:S`: ends by this signal.
    Die(Signal),
    /// `stop:SIGSTOP`: stops, as by Ctrl-Z, until it is continued.
    Stop(Signal),
}

pub fn parse(text: &str) -> Result<Vec<Reaction>> {
    text.split(',').map(one).collect()
}

fn one(text: &str) -> Result<Reaction> {
    let (word, value) = text.split_once(':').ok_or("a reaction is `word:value`")?;
    Ok(match word {
        "cleanup" => Reaction::Cleanup(Duration::from_millis(value.parse()?)),
        "exit" => Reaction::Exit(value.parse()?),
        "stop" => Reaction::Stop(value.parse()?),
        "die" => Reaction::Die(value.parse()?),
        _ => return Err(format!("`{text}` is not a reaction").into()),
    })
}

impl Reaction {
    pub fn carry_out(&self, teller: &Teller) -> Result<()> {
        match self {
            Self::Cleanup(time) => {
                // The work of the program under test, not the test's waiting.
                thread::sleep(*time);
                teller.tell("cleaned up")
            }
            Self::Stop(signal) => Ok(signal::raise(*signal)?),
            Self::Exit(code) => process::exit(*code),
            Self::Die(signal) => {
                SigSet::from(*signal).thread_unblock()?;
                Ok(signal::raise(*signal)?)
            }
        }
    }
}
