//! What a service says of itself, by `sd_notify(3)`.

/// The longest datagram that counts, as for systemd. Longer ones are not cut but ignored: recvmsg(2) with a buffer of this
/// size says `MSG_TRUNC`.
pub const MAX_LENGTH: usize = 4096;

/// Whether the datagram says that the service is ready: a line `READY=1`. Other lines are other people's business. As for
/// systemd, one NUL byte at the end does not count, and a datagram with another one says nothing.
pub fn is_ready(datagram: &[u8]) -> bool {
    let text = datagram.strip_suffix(b"\0").unwrap_or(datagram);
    text.len() <= MAX_LENGTH && !text.contains(&0) && text.split(|byte| *byte == b'\n').any(|line| line == b"READY=1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ready_is_a_line() {
        for (datagram, ready) in [
            (&b"READY=1"[..], true),
            (b"READY=1\n", true),
            (b"READY=1\0", true),
            (b"READY=1\n\0", true),
            (b"STATUS=Serving\nREADY=1\nMAINPID=7", true),
            (b"STATUS=\xff\xfe\nREADY=1", true),
            (b"\n\nREADY=1", true),
            (b"RELOADING=1\nREADY=0\nREADY=1", true),
            (b"READY=0", false),
            (b"READY=10", false),
            (b"READY=1 ", false),
            (b"READY=1\r\n", false),
            (b"READY", false),
            (b"READY=", false),
            (b" READY=1", false),
            (b"ready=1", false),
            (b"XREADY=1", false),
            (b"STATUS=READY=1", false),
            (b"STOPPING=1", false),
            (b"WATCHDOG=1\nSTATUS=ok", false),
            (b"READY=1\0\0", false),
            (b"READY=1\0STATUS=", false),
            (b"\0READY=1", false),
            (b"\n", false),
            (b"\0", false),
            (b"", false),
        ] {
            assert_eq!(is_ready(datagram), ready, "{}", datagram.escape_ascii());
        }
    }

    #[test]
    fn what_is_too_long_says_nothing() {
        let mut datagram = [b'\n'; MAX_LENGTH + 1];
        datagram[..7].copy_from_slice(b"READY=1");
        assert!(is_ready(&datagram[..MAX_LENGTH]));
        assert!(!is_ready(&datagram));
    }
}
