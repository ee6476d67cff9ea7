//! Messages between init and host: every one is read as it was written, and nothing else is read.

use proptest::{collection, option, prelude::*, result};

use wigwag_core::{
    Failure, Millis, Outcome, Signal, Source,
    plugin::{
        MAX_MESSAGE, PROTOCOL,
        message::{
            Answer, Call, Cause, Context, Fault, FaultKind, FromHost, Incoming, Invocation, Level, Phase, Reply,
            ServiceInfo, ServiceStatus, Summary, ToHost,
        },
        proposal::{Proposal, Urgency, Wanted},
        wire::Malformed,
    },
};

fn text() -> impl Strategy<Value = String> {
    "\\PC{0,20}"
}

fn signal() -> impl Strategy<Value = Signal> {
    (1..=64_u8).prop_filter_map("a signal", Signal::new)
}

fn millis() -> impl Strategy<Value = Millis> {
    any::<u64>().prop_map(Millis)
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        any::<u8>().prop_map(Outcome::Exited),
        signal().prop_map(Outcome::Killed),
        prop_oneof![Just(Failure::NotFound), Just(Failure::NotExecutable), Just(Failure::NoProcess)]
            .prop_map(Outcome::NotStarted),
    ]
}

fn service() -> impl Strategy<Value = ServiceInfo> {
    let state = prop_oneof![
        Just(ServiceStatus::Waiting),
        Just(ServiceStatus::Starting),
        Just(ServiceStatus::Ready),
        Just(ServiceStatus::Stopping),
        Just(ServiceStatus::Ended),
    ];
    let fields = (text(), any::<bool>(), state, any::<Option<u32>>(), option::of(outcome()));
    fields.prop_map(|(name, main, state, pid, outcome)| ServiceInfo { name, main, state, pid, outcome })
}

fn context() -> impl Strategy<Value = Context> {
    let phase = prop_oneof![Just(Phase::Starting), Just(Phase::Running), Just(Phase::Stopping)];
    let services = collection::vec(service(), 0..4);
    let fields = (millis(), millis(), millis(), phase, option::of(millis()), services);
    fields.prop_map(|(now, deadline, uptime, phase, budget, services)| Context {
        now,
        deadline,
        uptime,
        phase,
        budget,
        services,
    })
}

fn invocation() -> impl Strategy<Value = Invocation> {
    let source = prop_oneof![Just(Source::Terminal), Just(Source::Process)];
    let incoming = (signal(), source, any::<Option<(u32, u32)>>(), any::<bool>());
    let summary = (option::of(outcome()), millis(), millis(), any::<bool>());
    let cause = prop_oneof![
        signal().prop_map(Cause::Asked),
        Just(Cause::Aborted),
        (text(), outcome()).prop_map(|(service, outcome)| Cause::Ended(service, outcome)),
    ];
    prop_oneof![
        incoming.prop_map(|(signal, source, sender, asks_for_stop)| {
            Invocation::OnSignal(Incoming { signal, source, sender, asks_for_stop })
        }),
        Just(Invocation::PreStart),
        Just(Invocation::PostStart),
        cause.prop_map(Invocation::PreStop),
        summary.prop_map(|(outcome, ran, stopped_for, forced)| {
            Invocation::PostStop(Summary { outcome, ran, stopped_for, forced })
        }),
    ]
}

fn proposal() -> impl Strategy<Value = Proposal> {
    let wanted = (text(), signal(), millis());
    let wanted = wanted.prop_map(|(service, signal, after)| Wanted { service, signal, after });
    prop_oneof![
        Just(Proposal::Pass),
        Just(Proposal::Drop),
        signal().prop_map(Proposal::Rewrite),
        collection::vec(wanted, 0..10).prop_map(Proposal::Deliver),
        prop_oneof![Just(Urgency::Orderly), Just(Urgency::Now)].prop_map(Proposal::Stop),
    ]
}

fn answer() -> impl Strategy<Value = Answer> {
    let reply = prop_oneof![Just(Reply::Done), proposal().prop_map(Reply::Decided)];
    let kind = prop_oneof![Just(FaultKind::Error), Just(FaultKind::Trap), Just(FaultKind::Timeout)];
    let fault = (kind, text()).prop_map(|(kind, text)| Fault { kind, text });
    let fields = (any::<u32>(), result::maybe_ok(reply, fault), any::<u32>());
    fields.prop_map(|(id, result, memory)| Answer { id, result, memory })
}

fn to_host() -> impl Strategy<Value = ToHost> {
    let call = (any::<u32>(), context(), invocation()).prop_map(|(id, context, hook)| Call { id, context, hook });
    prop_oneof![
        call.prop_map(ToHost::Call),
        result::maybe_ok(Just(()), text()).prop_map(ToHost::Sent),
        Just(ToHost::Running),
        text().prop_map(ToHost::NotRunning),
        outcome().prop_map(ToHost::Ended),
    ]
}

fn from_host() -> impl Strategy<Value = FromHost> {
    let level = prop_oneof![Just(Level::Debug), Just(Level::Info), Just(Level::Warn), Just(Level::Error)];
    prop_oneof![
        Just(FromHost::Loaded),
        text().prop_map(FromHost::Refused),
        answer().prop_map(FromHost::Answer),
        (level, text()).prop_map(|(level, text)| FromHost::Log(level, text)),
        (text(), signal()).prop_map(|(service, signal)| FromHost::Signal(service, signal)),
        (text(), collection::vec(text(), 0..5)).prop_map(|(command, arguments)| FromHost::Run(command, arguments)),
        Just(FromHost::Kill),
    ]
}

/// A change of a message's bytes.
fn mutation() -> impl Strategy<Value = (prop::sample::Index, u8)> {
    (any::<prop::sample::Index>(), any::<u8>())
}

macro_rules! laws {
    ($($name:ident: $type:ty = $messages:expr;)*) => {$(
        mod $name {
            use super::*;

            proptest! {
                #[test]
                fn what_is_written_is_read_again(message in $messages) {
                    let mut bytes = vec![7; 3];
                    message.encode(&mut bytes);
                    prop_assert_eq!(<$type>::decode(&bytes), Ok(message));
                }

                #[test]
                fn no_message_is_the_beginning_of_another(message in $messages, more in any::<u8>()) {
                    let mut bytes = Vec::new();
                    message.encode(&mut bytes);
                    for length in 0..bytes.len() {
                        prop_assert_eq!(<$type>::decode(&bytes[..length]), Err(Malformed::Short));
                    }
                    bytes.push(more);
                    prop_assert_eq!(<$type>::decode(&bytes), Err(Malformed::Long));
                }

                /// A message has one form: whatever is read is written as it was.
                #[test]
                fn changed_bytes_are_another_message_or_none(message in $messages, changes in collection::vec(mutation(), 1..6)) {
                    let mut bytes = Vec::new();
                    message.encode(&mut bytes);
                    for (place, byte) in changes {
                        let place = place.index(bytes.len());
                        bytes[place] = byte;
                    }
                    if let Ok(read) = <$type>::decode(&bytes) {
                        let mut again = Vec::new();
                        read.encode(&mut again);
                        prop_assert_eq!(again, bytes);
                    }
                }

                #[test]
                fn random_bytes_are_a_message_or_none(mut bytes in collection::vec(any::<u8>(), 0..200), kind in 0..8_u8) {
                    bytes.splice(0..0, [PROTOCOL, kind]);
                    if let Ok(read) = <$type>::decode(&bytes) {
                        let mut again = Vec::new();
                        read.encode(&mut again);
                        prop_assert_eq!(again, bytes);
                    }
                }
            }
        }
    )*};
}

laws! {
    from_init: ToHost = to_host();
    from_the_host: FromHost = from_host();
}

#[test]
fn a_length_that_is_only_said_takes_no_memory() {
    // The items of the list would have 24 bytes each, and there are none.
    let lengths = [u32::MAX, 1 << 31, 60_000];
    for length in lengths {
        let mut bytes = vec![PROTOCOL, 5, 0, 0, 0, 0];
        bytes.extend(length.to_le_bytes());
        assert_eq!(FromHost::decode(&bytes), Err(Malformed::Short));
        // As many bytes as items are said to be, of which the first is a text that is longer than they are.
        bytes.resize(MAX_MESSAGE, 0xff);
        assert_eq!(FromHost::decode(&bytes), Err(Malformed::Short));
    }
}

#[test]
fn another_version_is_told_from_nonsense() {
    assert_eq!(FromHost::decode(&[2, 0]), Err(Malformed::Version(2)));
    assert_eq!(FromHost::decode(&[1, 7]), Err(Malformed::Unknown));
    assert_eq!(FromHost::decode(&[]), Err(Malformed::Short));
    assert_eq!(ToHost::decode(&[1, 3, 1, 0, 0, 0, 0xff]), Err(Malformed::Text));
}
