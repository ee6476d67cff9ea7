//! Forwards signals as others, as its settings say: `SIGTERM = "SIGWINCH"`.

use wigwag_plugin::{Context, Decision, Incoming, Plugin, Result, Settings, Signal};

struct Rewrite(Vec<(Signal, Signal)>);

impl Plugin for Rewrite {
    fn init(settings: &mut Settings) -> Result<Self> {
        let pair = |(from, to): (String, String)| Ok((from.parse()?, to.parse()?));
        settings.rest().into_iter().map(pair).collect::<Result<_>>().map(Self)
    }

    fn on_signal(&mut self, _: &Context, incoming: &Incoming) -> Result<Decision> {
        let to = self.0.iter().find(|(from, _)| *from == incoming.signal).map(|(_, to)| *to);
        Ok(to.map_or(Decision::Pass, Decision::Rewrite))
    }
}

wigwag_plugin::register!(Rewrite: on_signal);

#[cfg(test)]
mod tests {
    use wigwag_plugin::testing::{Host, signal};

    use super::*;

    #[test]
    fn only_what_the_settings_name_becomes_another_signal() {
        let host = Host::new();
        let mut plugin = Settings::from([("SIGTERM", "SIGWINCH")]).make::<Rewrite>().unwrap();
        let mut decide = |incoming| plugin.on_signal(&host.context(), &signal(incoming)).unwrap();
        assert_eq!(decide(Signal::TERM), Decision::Rewrite(Signal::WINCH));
        assert_eq!(decide(Signal::HUP), Decision::Pass);
    }

    #[test]
    fn what_is_no_signal_is_refused() {
        let refused = Settings::from([("SIGTERM", "SIGWICH")]).make::<Rewrite>();
        assert_eq!(refused.err().unwrap().text(), "`SIGWICH` is not a signal");
    }
}
