//! The plugins, as the shell knows them: whom their hosts can be reached by, what was said, and what runs for them.

pub mod call;
pub mod conversation;

use alloc::vec::Vec;

use rustix::{
    fd::{AsFd as _, BorrowedFd, OwnedFd},
    io::{Errno, Result},
    process::Pid,
};
use wigwag_core::{
    Config, HookId, Millis, PluginId, Signal,
    plugin::{
        SOCKET, STORE,
        message::{Call, ToHost},
    },
};

use self::conversation::{Conversation, Said, Senseless};
use crate::sys::{
    clock,
    host::{self, Link, Packet},
    process,
    signals::Received,
    spawn::{self, Given, Inheritance, Program, Spawned},
};

/// All of them, in the order of the config.
pub struct Plugins {
    list: Vec<Plugin>,
    /// When the init was started, as far as plugins are told.
    pub start: Millis,
    /// The signal that was decided about last, and when it came. What follows from a decision comes later.
    asked: Option<(Received, Millis)>,
    /// The platform's stop signal, which may have to wait for a decision about another one.
    stop: Option<(Received, Millis)>,
    /// The number of the last call.
    calls: u32,
    /// For one message; kept for its room.
    buffer: Vec<u8>,
}

#[derive(Default)]
struct Plugin {
    /// To the host, as long as there is one that is heard.
    link: Option<Link>,
    /// What it stores, since it was first started.
    store: Option<OwnedFd>,
    conversation: Conversation,
    /// What runs for it, until that is reaped.
    command: Option<Command>,
    /// When its host was started, or it was called.
    since: Millis,
    /// The host's end is no news: it was killed, or was said to be lost.
    is_given_up: bool,
}

/// A command that a plugin has run.
pub struct Command {
    pub pid: Pid,
    pub program: Program,
}

/// What comes of listening to a host.
pub enum Heard {
    Said(Said),
    Senseless(Senseless),
    Closed,
}

impl Plugins {
    pub fn new(config: &Config) -> Self {
        let start = if config.plugins.is_empty() { Millis::ZERO } else { clock::now() };
        let list = config.plugins.iter().map(|_| Plugin::default()).collect();
        Self { list, start, asked: None, stop: None, calls: 0, buffer: Vec::new() }
    }

    pub fn ids(&self) -> impl Iterator<Item = PluginId> + use<> {
        (0..self.list.len()).map(PluginId)
    }

    /// The platform's stop signal has come.
    pub fn stop_asked(&mut self, now: Millis, received: Received) {
        self.stop = Some((received, now));
    }

    /// A plugin is to decide about a signal: the one that came just now, or else the one that has waited.
    pub fn ask(&mut self, now: Millis, received: Option<Received>) -> Option<Received> {
        self.asked = received.map(|received| (received, now)).or(self.stop);
        self.decided()
    }

    /// The signal that was decided about last.
    pub fn decided(&self) -> Option<Received> {
        self.asked.map(|(received, _)| received)
    }

    /// When that came, if it is this one.
    pub fn asked_at(&self, signal: Signal) -> Option<Millis> {
        self.asked.filter(|(received, _)| received.signal == signal).map(|(_, when)| when)
    }

    /// Where hosts are to be heard.
    pub fn sockets(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.list.iter().filter_map(|plugin| plugin.link.as_ref()).map(Link::as_fd)
    }

    /// Starts a host, with what it shares with us.
    pub fn spawn(
        &mut self,
        id: PluginId,
        program: &Program,
        inheritance: Inheritance,
        stores: bool,
    ) -> Result<Spawned> {
        let plugin = self.list.get_mut(id.0).ok_or(Errno::INVAL)?;
        let (link, end) = Link::open()?;
        if stores && plugin.store.is_none() {
            plugin.store = Some(host::store()?);
        }
        let null = host::null()?;
        let streams = (0..=2).map(|number| Given(null.as_fd(), number));
        let store = plugin.store.as_ref().map(|store| Given(store.as_fd(), STORE));
        let given: Vec<Given> = streams.chain([Given(end.as_fd(), SOCKET)]).chain(store).collect();
        let spawned = spawn::spawn(program, inheritance, &given)?;
        plugin.link = Some(link);
        plugin.conversation = Conversation::default();
        plugin.since = clock::now();
        plugin.is_given_up = false;
        Ok(spawned)
    }

    /// Calls a hook. One that nobody hears any more is not answered; its host's end will be.
    pub fn call(
        &mut self,
        id: PluginId,
        hook: HookId,
        decides: bool,
        call: impl FnOnce(u32) -> Option<Call>,
    ) -> Result<()> {
        self.calls = self.calls.wrapping_add(1);
        let call = call(self.calls).ok_or(Errno::INVAL)?;
        if let Some(plugin) = self.list.get_mut(id.0) {
            plugin.conversation.ask(call.id, hook, decides);
            plugin.since = call.context.now;
        }
        self.send(id, &ToHost::Call(call), &[])
    }

    /// Says something to a host, if there is one.
    pub fn send(&mut self, id: PluginId, message: &ToHost, descriptors: &[BorrowedFd]) -> Result<()> {
        let Some(link) = self.list.get(id.0).and_then(|plugin| plugin.link.as_ref()) else { return Ok(()) };
        message.encode(&mut self.buffer);
        link.send(&self.buffer, descriptors)
    }

    /// What a host says next, if it has something to say.
    pub fn hear(&mut self, id: PluginId) -> Option<Heard> {
        let plugin = self.list.get_mut(id.0)?;
        let heard = match plugin.link.as_ref()?.receive(&mut self.buffer) {
            Packet::Nothing => return None,
            Packet::Closed => return Some(Heard::Closed),
            Packet::TooLong => Err(Senseless::TooLong),
            Packet::Message => plugin.conversation.hear(&self.buffer),
        };
        Some(heard.map_or_else(Heard::Senseless, Heard::Said))
    }

    /// Counts what is said in the log about what a host asks for, as if it were a line of the plugin's: neither is without end.
    pub fn counts_line(&mut self, id: PluginId) -> bool {
        self.list.get_mut(id.0).is_some_and(|plugin| plugin.conversation.counts_line())
    }

    /// How long ago its host was started, or it was called.
    pub fn took(&self, id: PluginId) -> Millis {
        clock::now().minus(self.list.get(id.0).map_or(Millis::ZERO, |plugin| plugin.since))
    }

    /// Nothing that its host says is heard any more.
    pub fn hang_up(&mut self, id: PluginId) {
        self.end_command(id);
        if let Some(plugin) = self.list.get_mut(id.0) {
            plugin.link = None;
        }
    }

    /// From now on its host's end is no news.
    pub fn give_up(&mut self, id: PluginId) {
        self.hang_up(id);
        if let Some(plugin) = self.list.get_mut(id.0) {
            plugin.is_given_up = true;
        }
    }

    pub fn is_given_up(&self, id: PluginId) -> bool {
        self.list.get(id.0).is_some_and(|plugin| plugin.is_given_up)
    }

    /// The call is over, and so is its command: the next one must not hear of it.
    pub fn end_command(&mut self, id: PluginId) {
        self.kill_command(id);
        if let Some(plugin) = self.list.get_mut(id.0) {
            plugin.command = None;
        }
    }

    /// Whether a command runs for it.
    pub fn has_command(&self, id: PluginId) -> bool {
        self.list.get(id.0).is_some_and(|plugin| plugin.command.is_some())
    }

    /// This one does from now on.
    pub fn set_command(&mut self, id: PluginId, command: Command) {
        if let Some(plugin) = self.list.get_mut(id.0) {
            plugin.command = Some(command);
        }
    }

    /// Kills the command with all that it has started, if there is one.
    pub fn kill_command(&self, id: PluginId) {
        if let Some(command) = self.list.get(id.0).and_then(|plugin| plugin.command.as_ref()) {
            let _ = process::signal_group_of(command.pid, Signal::KILL);
        }
    }

    /// A command was reaped: who waits for its end, and what it was.
    pub fn command_ended(&mut self, pid: Pid) -> Option<(PluginId, Program)> {
        self.list.iter_mut().enumerate().find_map(|(at, plugin)| {
            let command = plugin.command.take_if(|command| command.pid == pid)?;
            Some((PluginId(at), command.program))
        })
    }
}
