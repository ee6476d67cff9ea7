//! Signals by number and by name: the one table of the project.

use alloc::string::String;
use core::{fmt, str::FromStr};

use crate::form;

/// A Linux signal, 1 to 64.
///
/// Numbers are those of signal(7) for x86-64 and arm64. Real-time signals are named from [`Signal::RTMIN`], as glibc and
/// Docker do, so 32 and 33, which the C library keeps for itself, have a number but no name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signal(u8);

const NAMES: [(&str, u8); 34] = [
    ("HUP", 1),
    ("INT", 2),
    ("QUIT", 3),
    ("ILL", 4),
    ("TRAP", 5),
    ("ABRT", 6),
    ("BUS", 7),
    ("FPE", 8),
    ("KILL", 9),
    ("USR1", 10),
    ("SEGV", 11),
    ("USR2", 12),
    ("PIPE", 13),
    ("ALRM", 14),
    ("TERM", 15),
    ("STKFLT", 16),
    ("CHLD", 17),
    ("CONT", 18),
    ("STOP", 19),
    ("TSTP", 20),
    ("TTIN", 21),
    ("TTOU", 22),
    ("URG", 23),
    ("XCPU", 24),
    ("XFSZ", 25),
    ("VTALRM", 26),
    ("PROF", 27),
    ("WINCH", 28),
    ("IO", 29),
    ("PWR", 30),
    ("SYS", 31),
    // Second names, after the first ones so that a number is shown by its usual name.
    ("IOT", 6),
    ("CLD", 17),
    ("POLL", 29),
];

impl Signal {
    /// `SIGHUP`, 1.
    pub const HUP: Self = Self(1);
    /// `SIGINT`, 2.
    pub const INT: Self = Self(2);
    /// `SIGQUIT`, 3.
    pub const QUIT: Self = Self(3);
    /// `SIGTRAP`, 5.
    pub const TRAP: Self = Self(5);
    /// `SIGKILL`, 9.
    pub const KILL: Self = Self(9);
    /// `SIGUSR1`, 10.
    pub const USR1: Self = Self(10);
    /// `SIGUSR2`, 12.
    pub const USR2: Self = Self(12);
    /// `SIGPIPE`, 13.
    pub const PIPE: Self = Self(13);
    /// `SIGTERM`, 15.
    pub const TERM: Self = Self(15);
    /// `SIGCHLD`, 17.
    pub const CHLD: Self = Self(17);
    /// `SIGCONT`, 18.
    pub const CONT: Self = Self(18);
    /// `SIGSTOP`, 19.
    pub const STOP: Self = Self(19);
    /// `SIGTSTP`, 20.
    pub const TSTP: Self = Self(20);
    /// `SIGTTIN`, 21.
    pub const TTIN: Self = Self(21);
    /// `SIGTTOU`, 22.
    pub const TTOU: Self = Self(22);
    /// `SIGWINCH`, 28.
    pub const WINCH: Self = Self(28);
    /// The first real-time signal, 34.
    pub const RTMIN: Self = Self(34);
    /// The last real-time signal, 64.
    pub const RTMAX: Self = Self(64);

    /// The signal with this number, if there is one.
    pub const fn new(number: u8) -> Option<Self> {
        if number >= 1 && number <= Self::RTMAX.0 { Some(Self(number)) } else { None }
    }

    /// The number, 1 to 64.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Whether the init can receive it: all but `SIGKILL` and `SIGSTOP` (signal(7)), and `SIGCHLD`, which is its own.
    pub fn can_be_forwarded(self) -> bool {
        ![Self::KILL, Self::STOP, Self::CHLD].contains(&self)
    }

    /// Every signal.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=Self::RTMAX.0).filter_map(Self::new)
    }

    /// Whether its default action is to end the process (signal(7)); that of the others is to stop, to continue, or
    /// nothing at all.
    pub const fn ends_by_default(self) -> bool {
        // CHLD, CONT, STOP, TSTP, TTIN, TTOU, URG, WINCH
        !matches!(self.0, 17..=23 | 28)
    }

    const fn bit(self) -> u64 {
        1_u64.rotate_left((self.0 as u32).wrapping_sub(1))
    }

    /// Every name a signal can be written by, without `SIG`; for suggestions.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(name, _)| *name)
    }
}

/// Some signals: bit n-1 is signal n, as the kernel counts them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SignalSet(u64);

impl SignalSet {
    /// Every signal.
    pub const ALL: Self = Self(u64::MAX);

    /// Puts it in.
    pub const fn insert(&mut self, signal: Signal) {
        self.0 |= signal.bit();
    }

    /// Takes it out.
    pub const fn remove(&mut self, signal: Signal) {
        self.0 &= !signal.bit();
    }

    /// Whether it is in.
    pub const fn contains(self, signal: Signal) -> bool {
        self.0 & signal.bit() != 0
    }

    /// Those that are not in the other one.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether none is in.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Takes the one with the lowest number out, if there is one.
    pub fn pop(&mut self) -> Option<Signal> {
        let number = self.0.trailing_zeros().checked_add(1)?;
        let lowest = Signal::new(u8::try_from(number).ok()?)?;
        self.remove(lowest);
        Some(lowest)
    }

    /// As the kernel takes it.
    pub const fn bits(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Signal {
    /// The name of signal(7), `SIGRTMIN+n` for real-time signals, else the number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((name, _)) = NAMES.iter().find(|(_, number)| *number == self.0) {
            return write!(f, "SIG{name}");
        }
        match self.0.checked_sub(Self::RTMIN.0) {
            None => write!(f, "{}", self.0),
            Some(0) => f.write_str("SIGRTMIN"),
            Some(_) if *self == Self::RTMAX => f.write_str("SIGRTMAX"),
            Some(above) => write!(f, "SIGRTMIN+{above}"),
        }
    }
}

impl fmt::Debug for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is no signal's name or number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseSignalError(String);

impl ParseSignalError {
    pub(crate) fn of(text: &str) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for ParseSignalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a signal", self.0.escape_debug())
    }
}

impl core::error::Error for ParseSignalError {}

/// What kill(1) sends when it is not told what.
impl Default for Signal {
    fn default() -> Self {
        Self::TERM
    }
}

impl FromStr for Signal {
    type Err = ParseSignalError;

    /// Takes what kill(1) takes: `SIGTERM`, `TERM`, `term`, `15`, `SIGRTMIN+3`, `RTMAX-1`.
    fn from_str(text: &str) -> Result<Self, ParseSignalError> {
        parse(text).ok_or_else(|| ParseSignalError::of(text))
    }
}

fn parse(text: &str) -> Option<Signal> {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return text.parse().ok().and_then(Signal::new);
    }
    let upper = text.to_ascii_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    if let Some((_, number)) = NAMES.iter().find(|(known, _)| *known == name) {
        return Some(Signal(*number));
    }
    let number = if let Some(offset) = name.strip_prefix("RTMIN") {
        Signal::RTMIN.0.checked_add(real_time_offset(offset, '+')?)?
    } else {
        Signal::RTMAX.0.checked_sub(real_time_offset(name.strip_prefix("RTMAX")?, '-')?)?
    };
    Signal::new(number).filter(|signal| *signal >= Signal::RTMIN)
}

/// `""` is 0, `"+3"` is 3 when `sign` is `+`.
fn real_time_offset(text: &str, sign: char) -> Option<u8> {
    if text.is_empty() {
        return Some(0);
    }
    let digits = text.strip_prefix(sign)?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

form::text!(Signal, "a signal, such as \"SIGTERM\"");

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn every_signal_is_read_back_from_its_own_name() {
        for number in 1..=64 {
            let signal = Signal::new(number).unwrap();
            assert_eq!(signal.to_string().parse(), Ok(signal), "{signal}");
            assert_eq!(signal.number().to_string().parse(), Ok(signal), "{signal}");
        }
    }

    #[test]
    fn signals_are_shown_as_signal_7_names_them() {
        for (number, name) in
            [(1, "SIGHUP"), (6, "SIGABRT"), (33, "33"), (34, "SIGRTMIN"), (37, "SIGRTMIN+3"), (64, "SIGRTMAX")]
        {
            assert_eq!(Signal(number).to_string(), name);
            assert_eq!(alloc::format!("{:?}", Signal(number)), name);
        }
    }

    #[test]
    fn names_are_taken_as_kill_takes_them() {
        for (text, number) in [
            ("SIGTERM", 15),
            ("TERM", 15),
            ("sigterm", 15),
            ("15", 15),
            ("SIGIOT", 6),
            ("SIGRTMIN", 34),
            ("SIGRTMIN+3", 37),
            ("RTMAX-1", 63),
            ("SIGRTMAX", 64),
            ("SIGRTMIN+30", 64),
            ("33", 33),
        ] {
            assert_eq!(text.parse(), Ok(Signal(number)), "{text}");
        }
    }

    #[test]
    fn what_is_no_signal_is_refused() {
        for text in [
            "",
            "0",
            "65",
            "256",
            "-1",
            "+15",
            "SIG",
            "SIGFOO",
            "SIGSIGTERM",
            "SIGRTMIN+31",
            "SIGRTMIN-1",
            "SIGRTMAX-31",
            "SIGRTMIN+",
            "SIGRTMIN++1",
            "SIGRTMAX+1",
            " TERM",
            "TERM ",
            "15x",
        ] {
            assert!(text.parse::<Signal>().is_err(), "{text}");
        }
    }

    #[test]
    fn three_signals_cannot_be_forwarded() {
        let not: alloc::vec::Vec<u8> = (1..=64).filter(|n| !Signal::new(*n).unwrap().can_be_forwarded()).collect();
        assert_eq!(not, [9, 17, 19]);
    }

    #[test]
    fn a_set_gives_the_lowest_first() {
        let mut set = SignalSet::default();
        assert_eq!(set.pop(), None);
        for signal in [Signal::RTMAX, Signal::HUP, Signal::TERM, Signal::TERM] {
            set.insert(signal);
        }
        assert!(set.contains(Signal::RTMAX) && !set.contains(Signal::INT));
        assert_eq!(
            [set.pop(), set.pop(), set.pop(), set.pop()],
            [Some(Signal::HUP), Some(Signal::TERM), Some(Signal::RTMAX), None]
        );
        let mut every = SignalSet::ALL;
        every.remove(Signal::RTMAX);
        assert_eq!(every.bits(), u64::MAX >> 1);
    }

    #[test]
    fn eight_signals_do_not_end_a_process() {
        let not: alloc::vec::Vec<u8> = Signal::all().filter(|s| !s.ends_by_default()).map(Signal::number).collect();
        assert_eq!(not, [17, 18, 19, 20, 21, 22, 23, 28]);
    }

    #[test]
    fn suggestions_know_every_name() {
        assert_eq!(Signal::names().count(), NAMES.len());
        assert!(Signal::names().any(|name| name == "WINCH"));
    }

    #[test]
    fn the_error_names_the_text() {
        assert_eq!("SIG\u{7}".parse::<Signal>().unwrap_err().to_string(), "`SIG\\u{7}` is not a signal");
    }
}
