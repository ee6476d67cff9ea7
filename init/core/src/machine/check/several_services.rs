//! Several services: their order, their readiness, their restarts.

use super::{configs::*, *};

const FIRST: ServiceId = ServiceId(0);
const ALL: [Nature; 3] = [Friendly, Stubborn, Undead];

#[test]
fn one_after_the_other() {
    for essential in [true, false] {
        for nature in ALL {
            let first = Service { essential, ..service("first").stop_timeout(200) };
            let case = Case::of(vec![first, service("main").after(&["first"])]);
            let seen = explore(&case, nature);
            assert_seen(&seen, &[Seen::Start(Process::Service(ServiceId(1))), Seen::Queued(HUP)]);
            if nature == Friendly {
                let ended = Seen::Note(Note::Ended(FIRST, Outcome::Exited(0)));
                assert_eq!(seen.contains(&ended), essential);
            }
        }
    }
}

/// The main service is stopped last.
#[test]
fn another_after_the_main_service() {
    for wait in [Wait::All, Wait::Main] {
        let main = service("main").stop_timeout(200);
        let mut case = Case::of(vec![service("side").not_essential().after(&["main"]), main])
            .config(|config| config.wait = wait)
            .with_descendants();
        case.outcomes = vec![Outcome::Exited(0)];
        for nature in ALL {
            explore(&case, nature);
        }
    }
}

#[test]
fn one_when_the_other_is_ready() {
    for check in [probed(), Check::Notify] {
        for essential in [true, false] {
            for nature in ALL {
                let first = Service { essential, ..service("first").stop_timeout(100).ready(check.clone(), Some(300)) };
                let main = service("main").after(&["first"]).stop_timeout(100);
                let hooks = vec![hook(HookPoint::PostStart, Some(100), OnFailure::Continue)];
                let case = Case::of(vec![first, main]).hooks(hooks).outcomes(&[Outcome::Exited(0)]);
                let seen = explore(&case, nature);
                let events = [Seen::Note(Note::NotReady(FIRST)), Seen::Start(Process::Hook(HookId(0)))];
                assert_seen(&seen, &events);
                assert_eq!(seen.contains(&Seen::Start(Process::Probe(FIRST))), check.is_probed());
            }
        }
    }
}

/// One that does its work before the others start.
#[test]
fn work_before_the_others() {
    let migrate = service("migrate").not_essential().ready(Check::Notify, None);
    let hooks = vec![
        hook(HookPoint::PostStart, Some(100), OnFailure::Abort),
        hook(HookPoint::PreStop, Some(100), OnFailure::Continue),
    ];
    let seen = explore(&Case::of(vec![migrate, service("main").after(&["migrate"])]).hooks(hooks), Friendly);
    assert_seen(&seen, &[Seen::Start(Process::Service(ServiceId(1))), Seen::Start(Process::Hook(HookId(0)))]);
    assert_seen(&seen, &[Seen::Note(Note::Ended(FIRST, Outcome::Exited(3))), Seen::Exit(3), Seen::Exit(125)]);
}

#[test]
fn a_chain_and_a_diamond() {
    let small = |name: &str| service(name).stop_timeout(100);
    let chain = || vec![small("a").not_essential(), small("b").after(&["a"]), small("c").after(&["b"])];
    let diamond = || {
        let middle = |name: &str| small(name).not_essential().after(&["a"]);
        vec![small("a"), middle("b"), middle("c"), small("d").after(&["b", "c"])]
    };
    for services in [chain(), diamond()] {
        for nature in ALL {
            let last = ServiceId(services.len() - 1);
            let case = Case::of(services.clone()).signals(&[TERM]).outcomes(&[Outcome::Exited(3)]);
            let seen = explore(&case, nature);
            assert_seen(&seen, &[Seen::Start(Process::Service(last))]);
        }
    }
}

#[test]
fn independent_services_stop_at_the_same_time() {
    for repeat_stop in [RepeatStop::Forward, RepeatStop::Escalate] {
        for nature in ALL {
            let case = Case::of(vec![service("a").stop_timeout(200), service("b").after(&["a"]), service("c")])
                .signals(&[TERM])
                .outcomes(&[Outcome::Exited(0)])
                .config(|config| config.repeat_stop = repeat_stop);
            explore(&case, nature);
        }
    }
}

#[test]
fn signals_go_to_those_that_they_are_for() {
    let mut side = service("side").not_essential();
    side.signals.extend([(HUP, Delivery::As(USR2)), (USR1, Delivery::As(USR1))]);
    let mut main = service("main");
    main.signals.extend([(USR1, Delivery::Drop)]);
    let seen = explore(&Case::of(vec![side, main]).signals(&[TERM, HUP, USR1]), Friendly);
    let main = ServiceId(1);
    assert_seen(&seen, &[Seen::Forward(FIRST, USR2), Seen::Forward(FIRST, USR1), Seen::Forward(main, HUP)]);
    assert!(!seen.contains(&Seen::Forward(main, USR1)));
}

/// The probe of the earlier start may be there still.
#[test]
fn restarts_of_one_that_is_probed() {
    for nature in ALL {
        let first = service("first").stop_timeout(100).ready(probed(), Some(300)).restart(RestartWhen::Always, 1);
        let main = service("main").stop_timeout(100).after(&["first"]);
        let hooks = vec![hook(HookPoint::PreStop, Some(300), OnFailure::Continue)];
        let case = Case::of(vec![first, main]).hooks(hooks).signals(&[TERM]).outcomes(&[Outcome::Exited(0)]);
        let seen = explore(&case, nature);
        if nature != Undead {
            assert!(seen.iter().any(|seen| matches!(seen, Seen::Note(Note::Restarts(..)))));
            assert!(seen.iter().any(|seen| matches!(seen, Seen::Note(Note::GivenUp(..)))));
        }
    }
}

#[test]
fn a_main_service_that_is_started_again() {
    for hold_until in [HoldUntil::Start, HoldUntil::Ready] {
        let main = service("main").stop_timeout(400).ready(Check::Notify, Some(200)).restart(RestartWhen::OnFailure, 2);
        let mut case = Case::of(vec![main]).config(|config| config.hold_until = hold_until).with_descendants();
        // With more time than is needed, nobody's is cut by what the others are owed.
        case.config.grace_period = case.config.grace_period.plus(Millis(300));
        for nature in ALL {
            let seen = explore(&case, nature);
            assert_seen(&seen, &[Seen::Note(Note::NotReady(FIRST))]);
        }
    }
}

#[test]
fn held_until_ready() {
    for (check, repeat_stop) in [(probed(), RepeatStop::Escalate), (Check::Notify, RepeatStop::Forward)] {
        for nature in ALL {
            let first = service("first").stop_timeout(200).ready(check.clone(), None);
            let main = service("main").stop_timeout(400).after(&["first"]).ready(check.clone(), Some(200));
            let case = Case::of(vec![first, main]).outcomes(&[Outcome::Exited(3)]).config(|config| {
                config.hold_until = HoldUntil::Ready;
                config.repeat_stop = repeat_stop;
            });
            let seen = explore(&case, nature);
            assert_seen(&seen, &[Seen::Held(ServiceId(1)), Seen::Queued(HUP)]);
        }
    }
}

/// One that comes after it runs on while it is started again, and is stopped first.
#[test]
fn a_stop_while_one_is_started_again() {
    for nature in ALL {
        let first = service("first").stop_timeout(100).ready(Check::Notify, Some(200)).restart(RestartWhen::Always, 1);
        let main = service("main").stop_timeout(300).after(&["first"]);
        let hooks = vec![hook(HookPoint::PreStop, Some(200), OnFailure::Continue)];
        let case = Case::of(vec![first, main]).hooks(hooks).signals(&[TERM, HUP]).outcomes(&[Outcome::Exited(0)]);
        explore(&case, nature);
    }
}

/// Whatever its exit status is, its work is not done.
#[test]
fn one_that_is_started_again_has_not_ended() {
    let first = service("first").ready(Check::Notify, None).restart(RestartWhen::Always, 1);
    let services = vec![first, service("side").not_essential(), service("main").after(&["first"])];
    let case = Case::of(services).signals(&[]).outcomes(&[Outcome::Exited(0)]);
    let seen = explore(&case, Friendly);
    let again = Note::Restarts(FIRST, Outcome::Exited(0));
    assert_seen(&seen, &[Seen::Note(again), Seen::Start(Process::Service(ServiceId(2)))]);
}
