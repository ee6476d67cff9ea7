//! A plugin that can be called.

use wasmtime::{
    Engine,
    component::{Component, InstancePre, Linker},
};
use wigwag_core::{
    Millis,
    config::{self, Instance},
    plugin::{
        MAX_MESSAGE,
        message::{Answer, Call, Fault, FromHost},
    },
};

use crate::{
    clock, fault,
    hooks::Hooks,
    live::Live,
    outside::{self, Outside, Surroundings},
};

/// How long a plugin may take until it can be called: its `lifecycle.init`, above all.
const START: Millis = Millis(10_000);

/// The longest time before its deadline at which a call is ended here: then the init hears why, and the host lives on.
const MARGIN: Millis = Millis(10);

/// A plugin: code, what surrounds it, and an instance if there is one.
pub struct Plugin {
    template: Template,
    life: Instance,
    /// None only while it is called.
    seat: Option<Seat>,
}

/// What instances are made of.
pub struct Template {
    /// What is known of every instance before it is made.
    pub instance: InstancePre<Outside>,
    /// The hooks that there are.
    pub hooks: Hooks,
    /// What `lifecycle.init` is told.
    pub settings: Vec<(String, String)>,
}

enum Seat {
    Empty(Outside),
    Taken(Live),
}

impl Plugin {
    /// A plugin of this component, with an instance that is ready.
    ///
    /// # Errors
    /// One sentence: it wants what it was not granted, or does not start.
    pub fn new(component: &Component, config: &config::Plugin, surroundings: Surroundings) -> Result<Self, String> {
        let outside = Outside::new(config, surroundings);
        let instance = link(component, &config.allow)?;
        let hooks =
            Hooks::find(&instance).map_err(|error| format!("its code cannot be used: {}", error.root_cause()))?;
        let settings = config.settings.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        let mut plugin = Self { template: Template { instance, hooks, settings }, life: config.instance, seat: None };
        let (seat, result) = plugin.sit(Seat::Empty(outside), clock::now().plus(START));
        plugin.seat = seat.into();
        result.map_err(|fault| format!("it does not start: {}", fault.text))?;
        Ok(plugin)
    }

    /// Calls a hook. An instance that breaks off is not called again: the next call has a new one.
    pub fn call(&mut self, call: &Call) -> Answer {
        let end = end(call.context.deadline, clock::now());
        let Some(mut seat) = self.seat.take() else {
            let result = Err(fault::error("it is being called"));
            return Answer { id: call.id, result, memory: 0 };
        };
        match &mut seat {
            Seat::Empty(outside) => outside.called(),
            Seat::Taken(live) => live.outside().called(),
        }
        let (seat, started) = self.sit(seat, end);
        let (seat, result, memory) = match (seat, started) {
            (Seat::Taken(mut live), Ok(())) => {
                let result = live.call(call, end);
                let memory = live.memory();
                let is_kept = self.life == Instance::Kept && !live.is_broken();
                (if is_kept { Seat::Taken(live) } else { Seat::Empty(live.end()) }, result, memory)
            }
            (seat, Err(fault)) => (seat, Err(fault), 0),
            (seat, Ok(())) => (seat, Err(fault::error("it has no instance")), 0),
        };
        self.seat = Some(seat);
        sendable(Answer { id: call.id, result, memory })
    }

    /// Sees that there is an instance.
    fn sit(&self, seat: Seat, end: Millis) -> (Seat, Result<(), Fault>) {
        match seat {
            Seat::Empty(outside) => match Live::start(&self.template, outside, end) {
                Ok(live) => (Seat::Taken(live), Ok(())),
                Err(failed) => {
                    let (outside, fault) = *failed;
                    (Seat::Empty(outside), Err(fault))
                }
            },
            taken @ Seat::Taken(_) => (taken, Ok(())),
        }
    }
}

/// When a call ends here: a little before the init stops waiting.
fn end(deadline: Millis, now: Millis) -> Millis {
    let tenth = Millis(deadline.minus(now).0 / 10);
    if deadline == clock::NEVER { deadline } else { deadline.minus(tenth.min(MARGIN)) }
}

/// The answer, or what there is to say about one that is too long to be sent.
fn sendable(answer: Answer) -> Answer {
    let mut bytes = Vec::new();
    FromHost::Answer(answer.clone()).encode(&mut bytes);
    if bytes.len() <= MAX_MESSAGE {
        return answer;
    }
    let text = format!("its answer has {} bytes, {MAX_MESSAGE} at most", bytes.len());
    Answer { result: Err(fault::error(text)), ..answer }
}

/// Gives the component what it imports, as far as that is granted.
fn link(component: &Component, allow: &config::Allow) -> Result<InstancePre<Outside>, String> {
    let engine: &Engine = component.engine();
    let mut linker = Linker::new(engine);
    outside::link(&mut linker, component, allow)?;
    linker.instantiate_pre(component).map_err(|error| format!("its code cannot be used: {}", error.root_cause()))
}

#[cfg(test)]
mod tests {
    use wigwag_core::plugin::{
        message::{FaultKind, Reply},
        proposal::{Proposal, Wanted},
    };

    use super::*;

    #[test]
    fn a_call_ends_here_before_it_does_elsewhere() {
        assert_eq!(end(Millis(1_050), Millis(1_000)), Millis(1_045));
        assert_eq!(end(Millis(9_000), Millis(1_000)), Millis(8_990));
        assert_eq!(end(Millis(900), Millis(1_000)), Millis(900));
        assert_eq!(end(clock::NEVER, Millis(1_000)), clock::NEVER);
    }

    #[test]
    fn an_answer_that_is_too_long_is_a_fault() {
        let wanted = Wanted { service: "x".repeat(10_000), signal: wigwag_core::Signal::TERM, after: Millis(0) };
        let answer = |count| {
            let proposal = Proposal::Deliver(vec![wanted.clone(); count]);
            sendable(Answer { id: 7, result: Ok(Reply::Decided(proposal)), memory: 5 })
        };
        assert!(answer(6).result.is_ok());
        let fault = Fault { kind: FaultKind::Error, text: "its answer has 70108 bytes, 65536 at most".into() };
        assert_eq!(answer(7), Answer { id: 7, result: Err(fault), memory: 5 });
    }
}
