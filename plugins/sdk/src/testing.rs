//! A host for tests: plugins run natively, and their capabilities are a [`Host`]'s.
//!
//! ```
//! use wigwag_plugin::{Signal, signals, testing::Host};
//!
//! let host = Host::new().service("web");
//! signals::send("web", Signal::HUP).unwrap();
//! let denied = signals::send("db", Signal::HUP).unwrap_err();
//! assert_eq!(denied.text(), "may not send signals to `db`: it needs `signals = [\"db\"]` in its `allow`");
//! assert_eq!(host.sent(), [("web".to_string(), Signal::HUP)]);
//! ```

pub(crate) mod host;
mod situation;
mod world;

use std::{
    cell::RefCell,
    rc::Rc,
    string::{String, ToString as _},
    vec::Vec,
};

pub use situation::signal;
use world::World;

use crate::{
    Context, Millis, Phase, Service, Signal, State,
    http::{Failure, Request, Response},
    run::Output,
};

/// A host that grants nothing, until it is told to. It is that of its thread until it is dropped.
///
/// What a real host would not load panics here: a plugin that uses a capability of which nothing is granted.
#[derive(Debug)]
pub struct Host {
    world: Rc<World>,
}

std::thread_local! {
    static CURRENT: RefCell<Option<Rc<World>>> = const { RefCell::new(None) };
}

impl Default for Host {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        CURRENT.take();
    }
}

impl Host {
    /// A host that grants nothing, for this thread.
    ///
    /// # Panics
    /// The thread has one.
    pub fn new() -> Self {
        let world = Rc::new(World::default());
        let previous = CURRENT.replace(Some(Rc::clone(&world)));
        assert!(previous.is_none(), "there is a `testing::Host` in this thread already");
        Self { world }
    }

    /// Grants `log = true`.
    #[must_use]
    pub fn log(self) -> Self {
        self.world.allow.borrow_mut().log = true;
        self
    }

    /// Grants `clock = true`. Its time only goes on when somebody sleeps, or by [`Host::advance`].
    #[must_use]
    pub fn clock(self) -> Self {
        self.world.allow.borrow_mut().clock = true;
        self
    }

    /// Grants `state = true`.
    #[must_use]
    pub fn state(self) -> Self {
        self.world.allow.borrow_mut().state = true;
        self
    }

    /// Grants an environment variable, which has this value or is not set.
    #[must_use]
    pub fn env(self, name: &str, value: Option<&str>) -> Self {
        self.world.allow.borrow_mut().env.push(name.into());
        self.world.env.borrow_mut().extend(value.map(|value| (name.into(), value.into())));
        self
    }

    /// Grants signals to a service, which is there and gets them.
    #[must_use]
    pub fn service(self, name: &str) -> Self {
        self.world.allow.borrow_mut().signals.push(name.into());
        self
    }

    /// Grants a command, with arguments of the plugin's own, and does this for it.
    #[must_use]
    pub fn command(self, name: &str, run: impl FnMut(&[&str]) -> Output + 'static) -> Self {
        let command = wigwag_core::config::Command { arguments: true, ..wigwag_core::config::Command::default() };
        self.world.allow.borrow_mut().commands.insert(name.into(), command);
        self.world.commands.borrow_mut().insert(name.into(), std::boxed::Box::new(run));
        self
    }

    /// Grants a port, and answers like this.
    #[must_use]
    pub fn http(self, authority: &str, answer: impl FnMut(&Request) -> Result<Response, Failure> + 'static) -> Self {
        self.world.allow.borrow_mut().http.push(authority.into());
        self.world.ports.borrow_mut().push((authority.into(), std::boxed::Box::new(answer)));
        self
    }

    /// Grants a directory, or a file, to read.
    #[must_use]
    pub fn read(self, path: &str) -> Self {
        self.world.allow.borrow_mut().read.push(path.into());
        self
    }

    /// Grants a directory, or a file, to write and read.
    #[must_use]
    pub fn write(self, path: &str) -> Self {
        self.world.allow.borrow_mut().write.push(path.into());
        self
    }

    /// Puts a file there. This grants nothing.
    #[must_use]
    pub fn file(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.world.files.borrow_mut().insert(path.into(), content.as_ref().into());
        self
    }

    /// Lets time pass.
    pub fn advance(&self, time: Millis) {
        self.world.advance(time);
    }

    /// The time now.
    pub fn now(&self) -> Millis {
        self.world.now.get()
    }

    /// The lines that were logged.
    pub fn lines(&self) -> Vec<String> {
        self.world.lines.borrow().clone()
    }

    /// The signals that were sent, and to whom.
    pub fn sent(&self) -> Vec<(String, Signal)> {
        self.world.sent.borrow().clone()
    }

    /// What is in a file, if it is there.
    pub fn content(&self, path: &str) -> Option<Vec<u8>> {
        self.world.files.borrow().get(path).cloned()
    }

    /// How things are when a hook is called now: a container that runs one service, `main`, and no deadline.
    pub fn context(&self) -> Context {
        let main = Service { name: "main".to_string(), main: true, state: State::Ready, pid: Some(7), outcome: None };
        Context {
            now: self.now(),
            deadline: Millis(u64::MAX),
            uptime: self.now(),
            phase: Phase::Running,
            budget: None,
            services: [main].into(),
        }
    }
}
