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
