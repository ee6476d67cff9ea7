//! A host with a plugin in it, and the init's part of the conversation.
#![allow(dead_code, clippy::allow_attributes, reason = "each test file uses a part of it")]

pub mod guest;

use std::{
    io::{IoSlice, IoSliceMut},
    os::fd::{AsFd as _, AsRawFd as _, OwnedFd},
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
};

use nix::{
    poll::{PollFd, PollFlags, poll},
    sys::socket::{AddressFamily, ControlMessage, MsgFlags, SockFlag, SockType, recvmsg, sendmsg, socketpair},
};
use tempfile::TempDir;
use wigwag_core::{
    Config, Millis,
    config::{Artifact, Plugin},
    form,
    plugin::{
        MAX_MESSAGE, STORE_LENGTH,
        message::{Answer, Call, Context, Fault, FaultKind, FromHost, Invocation, Level, Phase, Reply, ToHost},
    },
};
use wigwag_engine::{ENGINE, Platform};
use wigwag_host::clock;

/// How long anything is waited for before a test fails.
const PATIENCE: Millis = Millis(20_000);

/// A plugin to be loaded.
pub struct Loading {
    pub plugin: Plugin,
    pub directory: TempDir,
    pub store: Option<OwnedFd>,
    pub env: Vec<(String, String)>,
}

impl Loading {
    /// A component with this code.
    pub fn of(code: &[u8]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("plugin.cwasm");
        std::fs::write(&file, code).unwrap();
        let platform = Platform::native().unwrap().to_string();
        let sha256 = guest::digest(code);
        let artifact = Artifact { platform, engine: ENGINE.into(), file: file.to_str().unwrap().into(), sha256 };
        let plugin = Plugin { name: "test".into(), artifacts: vec![artifact], ..Plugin::default() };
        Self { plugin, directory, store: None, env: Vec::new() }
    }

    /// A component of this WAT.
    pub fn wat(text: &str) -> Self {
        Self::of(&guest::compile(&guest::component(text)))
    }

    pub fn with(mut self, change: impl FnOnce(&mut Plugin)) -> Self {
        change(&mut self.plugin);
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub fn start(self) -> Host {
        let config = Config { plugins: vec![self.plugin.clone()], ..Config::plain() };
        let file = self.path("init.toml");
        std::fs::write(&file, form::write(&config)).unwrap();
        let (ours, theirs) =
            socketpair(AddressFamily::Unix, SockType::SeqPacket, None, SockFlag::SOCK_CLOEXEC).unwrap();
        // The shell puts them where the init does.
        let (store, script) = match &self.store {
            Some(store) => {
                (Stdio::from(store.try_clone().unwrap()), "exec 3<&0 4<&1 0</dev/null 1>/dev/null; exec \"$@\"")
            }
            None => (Stdio::null(), "exec 3<&0 0</dev/null; exec \"$@\""),
        };
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script, "sh", env!("CARGO_BIN_EXE_wigwag-host")]).arg(&file).arg("test");
        command.env_clear().envs(self.env.iter().cloned()).stdin(Stdio::from(theirs)).stdout(store);
        let child = command.spawn().unwrap();
        Host { child, socket: ours, notes: Vec::new(), calls: 0, loading: self }
    }

    /// Starts it, and waits until it is loaded.
    pub fn loaded(self) -> Host {
        let mut host = self.start();
        host.is_loaded();
        host
    }

    /// Starts it, and hears why it cannot be loaded.
    pub fn refused(self) -> String {
        let mut host = self.start();
        let first = host.after_notes();
        let FromHost::Refused(text) = first else { panic!("it is not refused: {first:?}") };
        assert!(host.end().success());
        text
    }
}

/// The running program.
pub struct Host {
    pub child: Child,
    pub socket: OwnedFd,
    pub loading: Loading,
    pub notes: Vec<String>,
    calls: u32,
}

impl Host {
    pub fn is_loaded(&mut self) {
        assert_eq!(self.after_notes(), FromHost::Loaded);
    }

    /// What it says after it has said what this kernel, or this container, does not have.
    fn after_notes(&mut self) -> FromHost {
        loop {
            let message = self.receive();
            let FromHost::Log(Level::Debug, note) = message else { return message };
            self.notes.push(note);
        }
    }

    pub fn receive(&mut self) -> FromHost {
        self.try_receive().unwrap_or_else(|| panic!("it says nothing any more"))
    }

    /// None when it is gone.
    pub fn try_receive(&mut self) -> Option<FromHost> {
        let mut sockets = [PollFd::new(self.socket.as_fd(), PollFlags::POLLIN)];
        let timeout = clock::timeout(clock::now().plus(PATIENCE));
        assert!(poll(&mut sockets, timeout).unwrap() > 0, "it says nothing");
        let mut buffer = vec![0; MAX_MESSAGE + 1];
        let mut bytes = [IoSliceMut::new(&mut buffer)];
        let length = recvmsg::<()>(self.socket.as_raw_fd(), &mut bytes, None, MsgFlags::empty()).ok()?.bytes;
        (length > 0).then(|| FromHost::decode(&buffer[..length]).unwrap())
    }

    pub fn send(&self, message: &ToHost) {
        self.send_with(message, &[]);
    }

    pub fn send_with(&self, message: &ToHost, descriptors: &[i32]) {
        let mut bytes = Vec::new();
        message.encode(&mut bytes);
        let rights = [ControlMessage::ScmRights(descriptors)];
        let rights = if descriptors.is_empty() { &[][..] } else { &rights[..] };
        sendmsg::<()>(self.socket.as_raw_fd(), &[IoSlice::new(&bytes)], rights, MsgFlags::MSG_NOSIGNAL, None).unwrap();
    }

    /// Calls the hook, with so much time.
    pub fn ask(&mut self, hook: Invocation, timeout: u64) {
        self.calls += 1;
        let now = clock::now();
        let deadline = now.plus(Millis(timeout));
        let context =
            Context { now, deadline, uptime: Millis(5), phase: Phase::Starting, budget: None, services: vec![] };
        self.send(&ToHost::Call(Call { id: self.calls, context, hook }));
    }

    /// What came of it, if that is all it says.
    pub fn answer(&mut self) -> Answer {
        let FromHost::Answer(answer) = self.receive() else { panic!("it says something else first") };
        assert_eq!(answer.id, self.calls);
        answer
    }

    pub fn call(&mut self, hook: Invocation) -> Result<Reply, Fault> {
        self.ask(hook, PATIENCE.0);
        self.answer().result
    }

    /// What `pre-start` has to say: its error.
    pub fn says(&mut self) -> String {
        let Err(Fault { kind: FaultKind::Error, text }) = self.call(Invocation::PreStart) else { panic!("no text") };
        text
    }

    /// Closes the socket, which ends it.
    pub fn end(self) -> ExitStatus {
        let Self { mut child, socket, .. } = self;
        drop(socket);
        child.wait().unwrap()
    }

    /// Kills it, as the init does.
    pub fn kill(mut self) -> Loading {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.loading
    }

    /// How it ends by itself.
    pub fn dies(mut self) -> ExitStatus {
        assert_eq!(self.try_receive(), None);
        self.child.wait().unwrap()
    }
}

/// A store, as the init makes it.
pub fn store() -> OwnedFd {
    let file = tempfile::tempfile().unwrap();
    file.set_len(STORE_LENGTH as u64).unwrap();
    file.into()
}
