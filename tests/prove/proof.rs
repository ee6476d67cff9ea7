//! What `wigwag prove` says.

use std::process::Command;

use scenarios::{Result, built, with_default_signals};
use serde::Deserialize;

/// The part of its report that the tests look at.
#[derive(Debug, Deserialize)]
pub struct Proof {
    pub verdict: String,
    pub reasons: Vec<Reason>,
    pub exit_code: Option<u8>,
    pub early: Option<Early>,
    pub ctrl_c: Option<CtrlC>,
    pub order: Vec<Started>,
    pub program: Option<Program>,
}

#[derive(Debug, Deserialize)]
pub struct Reason {
    pub rule: String,
    pub wrong: bool,
}

#[derive(Debug, Deserialize)]
pub struct Early {
    pub starts: usize,
    pub in_time: usize,
}

#[derive(Debug, Deserialize)]
pub struct CtrlC {
    pub signals: usize,
}

#[derive(Debug, Deserialize)]
pub struct Started {
    pub what: String,
    pub program: String,
}

#[derive(Debug, Deserialize)]
pub struct Program {
    pub arguments: Vec<String>,
    pub environment: Vec<String>,
    pub blocked: Vec<String>,
    pub ignored: Vec<String>,
    pub stdin: String,
}

/// The command, with no signal ignored.
pub fn command() -> Result<Command> {
    let mut command = with_default_signals(&built()?.wigwag);
    command.args(["prove", "--output", "json"]);
    Ok(command)
}

impl Proof {
    /// Runs it; also everything that it said, for whom the test fails.
    pub fn of(command: &mut Command) -> Result<(Self, String)> {
        let output = command.output()?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        let proof: Self = serde_json::from_slice(&output.stdout).map_err(|error| format!("{error}: {said}"))?;
        let code = i32::from(proof.verdict != "right");
        if output.status.code() != Some(code) {
            return Err(format!("{}, and the verdict is {}", output.status, proof.verdict).into());
        }
        Ok((proof, said))
    }

    /// The rules that make it wrong.
    pub fn rules(&self) -> Vec<&str> {
        self.reasons.iter().filter(|reason| reason.wrong).map(|reason| reason.rule.as_str()).collect()
    }
}
