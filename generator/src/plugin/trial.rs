//! A plugin in the real host, called some times.

use std::{
    collections::BTreeMap,
    env,
    fmt::Write as _,
    rc::Rc,
    time::{Duration, Instant},
};

use wigwag_core::plugin::{
    grants,
    message::{Answer, Call, FaultKind, Reply},
    proposal::{Proposal, Urgency, Wanted},
};
use wigwag_host::{Code, Plugin, Roots, Store, Surroundings, alarm::Watch, clock, code};

use super::{
    spec::Declared,
    stage::{Requests, Stage, shown},
};
use crate::{
    exit::{Exit, Failure},
    output,
};

/// A plugin that is called some times.
pub struct Trial {
    pub declared: Declared,
    pub call: Call,
    pub times: u32,
}

impl Trial {
    /// Calls it.
    pub fn run(&self, code: Code) -> Result<Exit, Failure> {
        let Declared { plugin: declared, .. } = &self.declared;
        let requests = Requests::default();
        let stage = Stage {
            allow: declared.allow.clone(),
            services: self.call.context.services.clone(),
            requests: Rc::clone(&requests),
        };
        let engine = code::engine().map_err(Failure::io)?;
        let granted = declared.allow.env.iter();
        let env: BTreeMap<_, _> = granted.filter_map(|name| Some((name.clone(), env::var(name).ok()?))).collect();
        let surroundings = Surroundings {
            supervisor: Box::new(stage),
            alarm: Box::new(Watch::new(&engine)),
            env,
            files: Roots::open(&declared.allow),
            store: Store::in_memory(),
        };
        let component = code.component(&engine).map_err(Failure::io)?;
        let started = Instant::now();
        let plugin = Plugin::new(&component, declared, surroundings);
        let loaded = started.elapsed();
        say("started", &requests, &format!("in {}", shown_time(loaded)))?;
        let mut plugin = plugin.map_err(|sentence| Failure::plugin(&shown(&sentence)))?;

        let mut times = Vec::new();
        for round in 1..=self.times {
            let call = self.again(round);
            let started = Instant::now();
            let answer = plugin.call(&call);
            times.push(started.elapsed());
            let (said, is_well) = self.judge(&answer);
            if round == 1 || !is_well {
                let memory = format!(
                    "{said}\n  in {}, with {} KiB of memory",
                    shown_time(started.elapsed()),
                    answer.memory >> 10
                );
                say(&format!("call {round}"), &requests, &memory)?;
            }
            requests.borrow_mut().clear();
            if !is_well {
                return Ok(Exit::Failed);
            }
        }
        if let [_, warm @ ..] = &mut times[..]
            && !warm.is_empty()
        {
            warm.sort();
            let (median, longest) = (warm.get(warm.len() / 2).copied(), warm.last().copied());
            let (median, longest) = (median.unwrap_or_default(), longest.unwrap_or_default());
            let count = warm.len();
            output::print(&format!(
                "{count} more calls\n  median {}, longest {}\n",
                shown_time(median),
                shown_time(longest)
            ))?;
        }
        Ok(Exit::Ok)
    }

    /// The call, now.
    fn again(&self, round: u32) -> Call {
        let now = clock::now();
        let mut call = self.call.clone();
        call.id = round;
        call.context.deadline = now.plus(call.context.deadline.minus(call.context.now));
        call.context.now = now;
        call
    }

    /// What there is to say about an answer, and whether it is a good one.
    fn judge(&self, answer: &Answer) -> (String, bool) {
        match &answer.result {
            Ok(Reply::Done) => ("done".into(), true),
            Ok(Reply::Decided(proposal)) => {
                let decision = format!("decision: {}", describe(proposal));
                match grants::decision(&self.declared.config, &self.declared.plugin.allow, proposal) {
                    Ok(_) => (decision, true),
                    Err(why) => (format!("{decision}\n  not allowed: {}", shown(&why)), false),
                }
            }
            Err(fault) => {
                let kind = match fault.kind {
                    FaultKind::Error => "error",
                    FaultKind::Trap => "trap",
                    FaultKind::Timeout => "timeout",
                };
                (format!("{kind}: {}", shown(&fault.text)), false)
            }
        }
    }
}

fn describe(proposal: &Proposal) -> String {
    match proposal {
        Proposal::Pass => "pass".into(),
        Proposal::Drop => "drop".into(),
        Proposal::Rewrite(signal) => format!("rewrite to {signal}"),
        Proposal::Deliver(list) => {
            let one =
                |wanted: &Wanted| format!("{} to `{}` after {}", wanted.signal, shown(&wanted.service), wanted.after);
            format!("deliver {}", list.iter().map(one).collect::<Vec<_>>().join(", "))
        }
        Proposal::Stop(Urgency::Orderly) => "stop, orderly".into(),
        Proposal::Stop(Urgency::Now) => "stop, now".into(),
    }
}

/// A heading, what was asked for meanwhile, and what came of it.
fn say(heading: &str, requests: &Requests, end: &str) -> Result<(), Failure> {
    let mut text = format!("{heading}\n");
    for line in requests.borrow_mut().drain(..).chain([end.to_string()]) {
        let _ = writeln!(text, "  {line}");
    }
    output::print(&text)
}

fn shown_time(time: Duration) -> String {
    format!("{}.{:03} ms", time.as_millis(), time.as_micros() % 1_000)
}
