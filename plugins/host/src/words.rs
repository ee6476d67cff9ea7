//! The words of the messages in those of the interface, and back.

use wigwag_core::{
    Millis, Outcome, Signal, Source,
    plugin::{
        message::{Cause, Context, Incoming, Level, Phase, ServiceInfo, ServiceStatus, Summary},
        proposal::{Proposal, Urgency, Wanted},
    },
};
use wigwag_engine::interface::{
    exports::wigwag::plugin::{on_signal, post_stop, pre_stop},
    wigwag::plugin::{log, types},
};

/// How things are.
pub fn context(context: &Context) -> types::Context {
    types::Context {
        now: context.now.0,
        deadline: context.deadline.0,
        uptime: context.uptime.0,
        phase: match context.phase {
            Phase::Starting => types::Phase::Starting,
            Phase::Running => types::Phase::Running,
            Phase::Stopping => types::Phase::Stopping,
        },
        budget: context.budget.map(|budget| budget.0),
        services: context.services.iter().map(service).collect(),
    }
}

fn service(service: &ServiceInfo) -> types::Service {
    types::Service {
        name: service.name.clone(),
        main: service.main,
        state: match service.state {
            ServiceStatus::Waiting => types::State::Waiting,
            ServiceStatus::Starting => types::State::Starting,
            ServiceStatus::Ready => types::State::Ready,
            ServiceStatus::Stopping => types::State::Stopping,
            ServiceStatus::Ended => types::State::Ended,
        },
        pid: service.pid,
        outcome: service.outcome.map(outcome),
    }
}

/// How a process ended.
pub fn outcome(outcome: Outcome) -> types::Outcome {
    match outcome {
        Outcome::Exited(status) => types::Outcome::Exited(status),
        Outcome::Killed(signal) => types::Outcome::Killed(signal.number()),
        Outcome::NotStarted(_) => types::Outcome::NotStarted,
    }
}

/// A signal that has come.
pub fn incoming(incoming: &Incoming) -> on_signal::Incoming {
    on_signal::Incoming {
        signal: incoming.signal.number(),
        source: match incoming.source {
            Source::Terminal => on_signal::Source::Terminal,
            Source::Process => on_signal::Source::Process,
        },
        sender: incoming.sender.map(|(pid, uid)| on_signal::Sender { pid, uid }),
        asks_for_stop: incoming.asks_for_stop,
    }
}

/// Why a stop has begun.
pub fn cause(cause: &Cause) -> pre_stop::Cause {
    match cause {
        Cause::Asked(signal) => pre_stop::Cause::Asked(signal.number()),
        Cause::Aborted => pre_stop::Cause::Aborted,
        Cause::Ended(service, how) => pre_stop::Cause::Ended((service.clone(), outcome(*how))),
    }
}

/// How a stop went.
pub fn summary(summary: &Summary) -> post_stop::Summary {
    post_stop::Summary {
        outcome: summary.outcome.map(outcome),
        ran: summary.ran.0,
        stopped_for: summary.stopped_for.0,
        forced: summary.forced,
    }
}

/// What a plugin decided.
///
/// # Errors
/// One sentence: it has a number that is no signal.
pub fn proposal(decision: on_signal::Decision) -> Result<Proposal, String> {
    Ok(match decision {
        on_signal::Decision::Pass => Proposal::Pass,
        on_signal::Decision::Drop => Proposal::Drop,
        on_signal::Decision::Rewrite(number) => Proposal::Rewrite(signal(number)?),
        on_signal::Decision::Deliver(list) => {
            let wanted = |delivery: on_signal::Delivery| {
                let after = Millis(delivery.after);
                Ok::<_, String>(Wanted { signal: signal(delivery.signal)?, service: delivery.service, after })
            };
            Proposal::Deliver(list.into_iter().map(wanted).collect::<Result<_, _>>()?)
        }
        on_signal::Decision::Stop(on_signal::Urgency::Orderly) => Proposal::Stop(Urgency::Orderly),
        on_signal::Decision::Stop(on_signal::Urgency::Now) => Proposal::Stop(Urgency::Now),
    })
}

/// The signal of this number.
///
/// # Errors
/// One sentence: it is none.
pub fn signal(number: u8) -> Result<Signal, String> {
    Signal::new(number).ok_or_else(|| format!("{number} is not the number of a signal, 1 to 64"))
}

/// How much a line matters.
pub fn level(level: log::Level) -> Level {
    match level {
        log::Level::Debug => Level::Debug,
        log::Level::Info => Level::Info,
        log::Level::Warn => Level::Warn,
        log::Level::Error => Level::Error,
    }
}
