//! What the host of a plugin may say, and when. It is not believed: who says something else is lost.

use alloc::{string::String, vec::Vec};
use core::fmt;

use wigwag_core::{
    HookId, Signal,
    plugin::{
        MAX_LINES, MAX_MESSAGES,
        message::{Answer, Fault, FromHost, Level, Reply},
        wire::Malformed,
    },
};

/// How many lines are logged: those that a plugin may write, and one that says that there were more.
const LINES: u16 = MAX_LINES + 1;

/// What was said since a host was started.
#[derive(Debug, Default)]
pub struct Conversation {
    call: Option<Question>,
    is_loaded: bool,
    /// How many messages came since it was asked something.
    messages: u16,
    /// How many of them were lines.
    lines: u16,
}

/// The call that is out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Question {
    id: u32,
    hook: HookId,
    /// Whether it is about a signal.
    decides: bool,
}

/// What a host says, and may say.
#[derive(Debug, PartialEq, Eq)]
pub enum Said {
    /// The plugin can be called.
    Loaded,
    /// It cannot, and why.
    Refused(String),
    /// A line for the log.
    Line(Level, String),
    /// A line that is one too many.
    LeftOut,
    /// What came of the call of this hook, and how much memory the plugin has.
    Answer(HookId, Result<Reply, Fault>, u32),
    /// A signal for a service.
    Signal(String, Signal),
    /// A command, in the call of this hook.
    Run(HookId, String, Vec<String>),
    /// That command is to be killed.
    Kill,
}

/// What no host says that is what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Senseless {
    Malformed(Malformed),
    TooLong,
    TooMuch,
    NotCalled,
    AnotherCall,
    AnotherKind,
    LoadedTwice,
}

impl fmt::Display for Senseless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed(malformed) => return write!(f, "{malformed}"),
            Self::TooLong => "a message that is too long",
            Self::TooMuch => "more messages than a call may have",
            Self::NotCalled => "what only a call may ask for, without one",
            Self::AnotherCall => "an answer to another call",
            Self::AnotherKind => "an answer that this hook does not have",
            Self::LoadedTwice => "twice that it is loaded",
        })
    }
}

impl Conversation {
    /// It is called.
    pub fn ask(&mut self, id: u32, hook: HookId, decides: bool) {
        self.call = Some(Question { id, hook, decides });
        (self.messages, self.lines) = (0, 0);
    }

    /// Hears a message.
    ///
    /// # Errors
    /// It should not have said that.
    pub fn hear(&mut self, bytes: &[u8]) -> Result<Said, Senseless> {
        self.messages = self.messages.saturating_add(1);
        if self.messages > MAX_MESSAGES {
            return Err(Senseless::TooMuch);
        }
        let hook = self.call.map(|call| call.hook).ok_or(Senseless::NotCalled);
        match FromHost::decode(bytes).map_err(Senseless::Malformed)? {
            FromHost::Loaded if self.is_loaded => Err(Senseless::LoadedTwice),
            FromHost::Loaded => {
                self.is_loaded = true;
                Ok(Said::Loaded)
            }
            FromHost::Refused(why) => Ok(Said::Refused(why)),
            FromHost::Log(level, text) => Ok(if self.counts_line() { Said::Line(level, text) } else { Said::LeftOut }),
            FromHost::Signal(service, signal) => hook.map(|_| Said::Signal(service, signal)),
            FromHost::Run(name, arguments) => hook.map(|hook| Said::Run(hook, name, arguments)),
            // It may have ended just now, with the call that it was for.
            FromHost::Kill => hook.map(|_| Said::Kill),
            FromHost::Answer(answer) => self.answer(answer),
        }
    }

    /// Counts a line for the log, and says whether it is still one of those that are written.
    pub fn counts_line(&mut self) -> bool {
        self.lines = self.lines.saturating_add(1);
        self.lines <= LINES
    }

    fn answer(&mut self, Answer { id, result, memory }: Answer) -> Result<Said, Senseless> {
        let call = self.call.ok_or(Senseless::NotCalled)?;
        if id != call.id {
            return Err(Senseless::AnotherCall);
        }
        let fits = match &result {
            Ok(Reply::Done) => !call.decides,
            Ok(Reply::Decided(_)) => call.decides,
            Err(_) => true,
        };
        if !fits {
            return Err(Senseless::AnotherKind);
        }
        self.call = None;
        Ok(Said::Answer(call.hook, result, memory))
    }
}

#[cfg(test)]
mod tests {
    use wigwag_core::plugin::proposal::Proposal;

    use super::*;

    const HOOK: HookId = HookId(3);

    fn hear(talk: &mut Conversation, message: &FromHost) -> Result<Said, Senseless> {
        let mut bytes = Vec::new();
        message.encode(&mut bytes);
        talk.hear(&bytes)
    }

    fn answer(id: u32, reply: Reply) -> FromHost {
        FromHost::Answer(Answer { id, result: Ok(reply), memory: 9 })
    }

    fn line() -> FromHost {
        FromHost::Log(Level::Info, "x".into())
    }

    #[test]
    fn a_call_is_answered_once() {
        let mut talk = Conversation::default();
        assert_eq!(hear(&mut talk, &FromHost::Loaded), Ok(Said::Loaded));
        assert_eq!(hear(&mut talk, &answer(7, Reply::Done)), Err(Senseless::NotCalled));
        talk.ask(7, HOOK, false);
        assert_eq!(hear(&mut talk, &answer(7, Reply::Done)), Ok(Said::Answer(HOOK, Ok(Reply::Done), 9)));
        assert_eq!(hear(&mut talk, &answer(7, Reply::Done)), Err(Senseless::NotCalled));
        assert_eq!(hear(&mut talk, &FromHost::Loaded), Err(Senseless::LoadedTwice));
    }

    #[test]
    fn an_answer_is_to_the_call_that_is_out_and_of_its_kind() {
        let decided = || Reply::Decided(Proposal::Pass);
        for (decides, message, expected) in [
            (true, answer(1, decided()), Ok(Said::Answer(HOOK, Ok(decided()), 9))),
            (true, answer(2, decided()), Err(Senseless::AnotherCall)),
            (true, answer(1, Reply::Done), Err(Senseless::AnotherKind)),
            (false, answer(1, decided()), Err(Senseless::AnotherKind)),
        ] {
            let mut talk = Conversation::default();
            talk.ask(1, HOOK, decides);
            assert_eq!(hear(&mut talk, &message), expected, "{message:?}");
        }
    }

    #[test]
    fn lines_are_counted_whoever_writes_them() {
        let mut talk = Conversation::default();
        talk.ask(1, HOOK, false);
        let written = (0..500)
            .filter(|at| if at % 2 == 0 { talk.counts_line() } else { hear(&mut talk, &line()) != Ok(Said::LeftOut) });
        assert_eq!(written.count(), usize::from(LINES));
        talk.ask(2, HOOK, false);
        assert!(talk.counts_line());
    }

    #[test]
    fn only_who_is_called_has_something_done() {
        let signal = || FromHost::Signal("web".into(), Signal::HUP);
        let run = || FromHost::Run("close".into(), Vec::new());
        let mut talk = Conversation::default();
        for message in [signal(), run(), FromHost::Kill] {
            assert_eq!(hear(&mut talk, &message), Err(Senseless::NotCalled), "{message:?}");
        }
        assert_eq!(hear(&mut talk, &line()), Ok(Said::Line(Level::Info, "x".into())));
        talk.ask(1, HOOK, false);
        assert_eq!(hear(&mut talk, &signal()), Ok(Said::Signal("web".into(), Signal::HUP)));
        assert_eq!(hear(&mut talk, &run()), Ok(Said::Run(HOOK, "close".into(), Vec::new())));
        assert_eq!(hear(&mut talk, &FromHost::Kill), Ok(Said::Kill));
    }

    #[test]
    fn nobody_goes_on_for_ever() {
        let mut talk = Conversation::default();
        for round in 0..3 {
            talk.ask(round, HOOK, false);
            for number in 1..=MAX_MESSAGES {
                let expected = if number <= LINES { Said::Line(Level::Info, "x".into()) } else { Said::LeftOut };
                assert_eq!(hear(&mut talk, &line()), Ok(expected), "{number}");
            }
        }
        assert_eq!(hear(&mut talk, &line()), Err(Senseless::TooMuch));
    }

    #[test]
    fn what_is_no_message_is_senseless() {
        let mut talk = Conversation::default();
        for bytes in [&b""[..], b"\x02\x00", b"\x01\x09", b"\x01\x00\x00"] {
            assert!(matches!(talk.hear(bytes), Err(Senseless::Malformed(_))), "{bytes:?}");
        }
    }
}
