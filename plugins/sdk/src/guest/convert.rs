//! The words of the interface, as those of this crate and back.

use super::{
    capabilities::wigwag::plugin::types, on_signal::exports::wigwag::plugin::on_signal as wit,
    post_stop::exports::wigwag::plugin::post_stop, pre_stop::exports::wigwag::plugin::pre_stop,
};
use crate::{
    Cause, Context, Decision, Delivery, Incoming, Millis, Outcome, Phase, Sender, Service, Signal, Source, State,
    Summary, Urgency,
};

/// The host sends signals from 1 to 64 only.
fn signal(number: types::Signal) -> Signal {
    Signal::new(number).unwrap_or_default()
}

impl From<types::Context> for Context {
    fn from(context: types::Context) -> Self {
        Self {
            now: Millis(context.now),
            deadline: Millis(context.deadline),
            uptime: Millis(context.uptime),
            phase: match context.phase {
                types::Phase::Starting => Phase::Starting,
                types::Phase::Running => Phase::Running,
                types::Phase::Stopping => Phase::Stopping,
            },
            budget: context.budget.map(Millis),
            services: context.services.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<types::Service> for Service {
    fn from(service: types::Service) -> Self {
        Self {
            name: service.name,
            main: service.main,
            state: match service.state {
                types::State::Waiting => State::Waiting,
                types::State::Starting => State::Starting,
                types::State::Ready => State::Ready,
                types::State::Stopping => State::Stopping,
                types::State::Ended => State::Ended,
            },
            pid: service.pid,
            outcome: service.outcome.map(Into::into),
        }
    }
}

impl From<types::Outcome> for Outcome {
    fn from(outcome: types::Outcome) -> Self {
        match outcome {
            types::Outcome::Exited(status) => Self::Exited(status),
            types::Outcome::Killed(number) => Self::Killed(signal(number)),
            types::Outcome::NotStarted => Self::NotStarted,
        }
    }
}

impl From<wit::Incoming> for Incoming {
    fn from(incoming: wit::Incoming) -> Self {
        Self {
            signal: signal(incoming.signal),
            source: match incoming.source {
                wit::Source::Terminal => Source::Terminal,
                wit::Source::Process => Source::Process,
            },
            sender: incoming.sender.map(|sender| Sender { pid: sender.pid, uid: sender.uid }),
            asks_for_stop: incoming.asks_for_stop,
        }
    }
}

impl From<Decision> for wit::Decision {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::Pass => Self::Pass,
            Decision::Drop => Self::Drop,
            Decision::Rewrite(signal) => Self::Rewrite(signal.number()),
            Decision::Deliver(list) => Self::Deliver(list.into_iter().map(Into::into).collect()),
            Decision::Stop(Urgency::Orderly) => Self::Stop(wit::Urgency::Orderly),
            Decision::Stop(Urgency::Now) => Self::Stop(wit::Urgency::Now),
        }
    }
}

impl From<Delivery> for wit::Delivery {
    fn from(delivery: Delivery) -> Self {
        Self { service: delivery.service, signal: delivery.signal.number(), after: delivery.after.0 }
    }
}

impl From<pre_stop::Cause> for Cause {
    fn from(cause: pre_stop::Cause) -> Self {
        match cause {
            pre_stop::Cause::Asked(number) => Self::Asked(signal(number)),
            pre_stop::Cause::Aborted => Self::Aborted,
            pre_stop::Cause::Ended((service, outcome)) => Self::Ended(service, outcome.into()),
        }
    }
}

impl From<post_stop::Summary> for Summary {
    fn from(summary: post_stop::Summary) -> Self {
        Self {
            outcome: summary.outcome.map(Into::into),
            ran: Millis(summary.ran),
            stopped_for: Millis(summary.stopped_for),
            forced: summary.forced,
        }
    }
}
