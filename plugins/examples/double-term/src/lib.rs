//! Stops at once when a signal comes a second time within a few seconds; the first time it is as without the plugin.

use wigwag_plugin::{Context, Decision, Incoming, Millis, Plugin, Result, Settings, Signal, Urgency};

/// What it knows is in its memory. If that is lost, it takes one signal more, which is no reason to ask for a store.
struct DoubleTerm {
    within: Millis,
    last: Option<(Signal, Millis)>,
}

impl Plugin for DoubleTerm {
    fn init(settings: &mut Settings) -> Result<Self> {
        Ok(Self { within: settings.optional("within")?.unwrap_or(Millis(3_000)), last: None })
    }

    fn on_signal(&mut self, context: &Context, incoming: &Incoming) -> Result<Decision> {
        let last = self.last.replace((incoming.signal, context.now));
        let is_second =
            last.is_some_and(|(signal, at)| signal == incoming.signal && context.now.minus(at) <= self.within);
        Ok(if is_second { Decision::Stop(Urgency::Now) } else { Decision::Pass })
    }
}

wigwag_plugin::register!(DoubleTerm: on_signal);

#[cfg(test)]
mod tests {
    use wigwag_plugin::testing::{Host, signal};

    use super::*;

    #[test]
    fn the_second_one_in_time_stops_at_once() {
        let host = Host::new();
        let mut plugin = Settings::from([("within", "2s")]).make::<DoubleTerm>().unwrap();
        let mut decide = |incoming| plugin.on_signal(&host.context(), &signal(incoming)).unwrap();
        assert_eq!(decide(Signal::TERM), Decision::Pass);
        host.advance(Millis(2_001));
        assert_eq!(decide(Signal::TERM), Decision::Pass, "too late to be the second one");
        assert_eq!(decide(Signal::INT), Decision::Pass, "another signal");
        assert_eq!(decide(Signal::TERM), Decision::Pass, "not two of a kind");
        host.advance(Millis(2_000));
        assert_eq!(decide(Signal::TERM), Decision::Stop(Urgency::Now));
    }
}
