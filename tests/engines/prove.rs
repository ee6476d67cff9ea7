//! A container that `wigwag prove` starts and stops.

use scenarios::{Result, built, with_default_signals};
use serde::Deserialize;

use crate::{case::Run, run::Outcome};

#[derive(Deserialize)]
struct Proof {
    reasons: Vec<Reason>,
    exit_code: Option<u8>,
    took: Option<f64>,
    grace: u64,
    record: Record,
}

#[derive(Deserialize)]
struct Reason {
    rule: String,
    wrong: bool,
}

#[derive(Deserialize)]
struct Record {
    output: Vec<String>,
}

impl Run {
    /// What it says must be what is expected of the container.
    pub fn prove(&self, options: &[String], image: &str) -> Result<Outcome> {
        let mut prove = with_default_signals(&built()?.wigwag);
        prove.args(["prove", "--output", "json", "--image", image]).args(options);
        prove.args(self.options.iter().map(|option| format!("--option={option}")));
        let output = prove.arg("--").args(&self.command).output()?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        let proof: Proof = serde_json::from_slice(&output.stdout).map_err(|error| format!("{error}: {said}"))?;
        let rules: Vec<_> = proof.reasons.iter().filter(|reason| reason.wrong).map(|reason| &reason.rule).collect();
        let grace = std::time::Duration::from_millis(proof.grace).as_secs_f64();
        let outcome = Outcome {
            exit: proof.exit_code.ok_or_else(|| format!("no exit code: {said}"))?,
            lines: proof.record.output,
            took: proof.took.unwrap_or_default() / grace,
        };
        let mut wrong = self.wrong(&outcome);
        if rules.iter().any(|rule| !self.expect.rules.contains(rule)) || rules.len() != self.expect.rules.len() {
            wrong.push(format!("rules {rules:?}, not {:?}", self.expect.rules));
        }
        let code = i32::from(!self.expect.rules.is_empty());
        if output.status.code() != Some(code) {
            wrong.push(format!("`wigwag prove` ended with {}", output.status));
        }
        if wrong.is_empty() { Ok(outcome) } else { Err(format!("{}\n{said}", wrong.join("\n")).into()) }
    }
}
