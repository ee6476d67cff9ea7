//! One service, with every kind of hook and of stop.

use super::{configs::*, *};

const MAIN: ServiceId = ServiceId(0);
const ALL: [Nature; 3] = [Friendly, Stubborn, Undead];

/// USR1 is rewritten, QUIT dropped, INT asks for a stop.
fn one(hooks: Vec<Hook>) -> Case {
    let rules = [(INT, Reaction::Stop), (QUIT, Reaction::Drop), (USR1, Reaction::Forward(USR2))];
    Case::of(vec![service("main")])
        .hooks(hooks)
        .signals(&[TERM, HUP, INT, QUIT, USR1])
        .config(|config| config.signals.extend(rules.map(|(signal, reaction)| (signal, SignalRule::always(reaction)))))
        .with_descendants()
}

#[test]
fn friendly_children() {
    let seen = explore(&one(every_hook(OnFailure::Abort)).signals(&[TERM, HUP, QUIT]), Friendly);
    assert_seen(&seen, &[0, 3, 125, 127, 130, 137, 143].map(Seen::Exit));
    assert_seen(
        &seen,
        &[Seen::Forward(MAIN, HUP), Seen::Queued(HUP), Seen::AskedAgain(MAIN), Seen::LeftoversAsked(INT)],
    );
    assert_seen(&seen, &[0, 1, 2, 3, 4, 5, 6].map(|at| Seen::Start(Process::Hook(HookId(at)))));
}

#[test]
fn stubborn_children() {
    let seen = explore(&one(every_hook(OnFailure::Continue)), Stubborn);
    let notes = [Note::FinalSignal(MAIN), Note::LeftoversKilled, Note::HookTimedOut(HookId(1))];
    assert_seen(&seen, &notes.map(Seen::Note));
    assert_seen(&seen, &[Seen::Exit(137)]);
}

#[test]
fn undead_children() {
    let seen = explore(&one(every_hook(OnFailure::Continue)), Undead);
    let unkillable = [Target::Process(Process::Service(MAIN)), Target::Leftovers].map(Note::Unkillable);
    assert_seen(&seen, &unkillable.map(Seen::Note));
    assert_seen(&seen, &[Seen::Exit(137)]);
}

#[test]
fn without_hooks() {
    for nature in ALL {
        let seen = explore(&one(vec![]), nature);
        let forwards = [HUP, USR2].map(|signal| Seen::Forward(MAIN, signal));
        assert_seen(&seen, &[Seen::Start(Process::Service(MAIN)), forwards[0], forwards[1]]);
        assert!(seen.iter().any(|seen| matches!(seen, Seen::Exit(_))));
    }
}

#[test]
fn a_hook_without_a_timeout() {
    for point in [HookPoint::PreStart, HookPoint::PostStart] {
        let case = one(vec![hook(point, None, OnFailure::Continue)]);
        assert_seen(&explore(&case, Friendly), &[Seen::Exit(0)]);
        let seen = explore(&case, Stubborn);
        let timed_out = Seen::Note(Note::HookTimedOut(HookId(0)));
        assert_eq!(seen.contains(&timed_out), point == HookPoint::PreStart, "a stop hurries it");
    }
}

#[test]
fn without_a_config() {
    let ends = [Outcome::Exited(0), Outcome::Exited(3), Outcome::Killed(Signal::KILL)];
    let mut case = Case::of(vec![service("main")]).signals(&[TERM, HUP, USR1]).with_descendants().outcomes(&ends);
    case.config = Config::plain();
    case.config.services[0].command = vec!["serve".into()];
    let seen = explore(&case, Friendly);
    assert_seen(&seen, &[Seen::Exit(0), Seen::Exit(137), Seen::Forward(MAIN, HUP), Seen::Forward(MAIN, USR1)]);
    assert_seen(&seen, &[Seen::Note(Note::LeftoversKilled)]);
    let seen = explore(&case, Stubborn);
    let forced = Seen::Note(Note::FinalSignal(MAIN));
    assert!(!seen.contains(&forced), "without a config nobody knows how long the platform waits");
}

/// As the inits that do not wait: every signal is forwarded, and nobody else is told.
#[test]
fn whoever_forwards_everything_leaves_the_rest_alone() {
    let mut case = Case::of(vec![service("main")]).signals(&[TERM, INT, HUP]).with_descendants();
    case.config.stop_signal = None;
    case.config.wait = Wait::Leave;
    case.config.services[0].stop_timeout = None;
    let mut checker = Checker { case: &case, config: &case.config, nature: Friendly, seen: HashSet::new() };
    checker.run().unwrap_or_else(|broken| panic!("{broken}"));
    assert_seen(&checker.seen, &[TERM, INT, HUP].map(|signal| Seen::Forward(MAIN, signal)));
    assert!(!checker.seen.iter().any(|seen| matches!(seen, Seen::LeftoversAsked(_) | Seen::Note(_))));
}

#[test]
fn hooks_for_one_end_or_another() {
    let hooks = || {
        let when = |when| Hook { when, ..hook(HookPoint::PostStop, Some(100), OnFailure::Continue) };
        let start = hook(HookPoint::PreStart, Some(100), OnFailure::Abort);
        let occasions = [Occasion::Failure, Occasion::Stop, Occasion::Always, Occasion::Exit].map(when);
        [start].into_iter().chain(occasions).collect()
    };
    for nature in ALL {
        let case = one(hooks()).signals(&[TERM]).config(|config| config.exit_codes = vec![(3, 0)]);
        let seen = explore(&case, nature);
        assert_seen(&seen, &[1, 2, 3].map(|at| Seen::Start(Process::Hook(HookId(at)))));
        let exits = Seen::Start(Process::Hook(HookId(4)));
        assert_eq!(seen.contains(&exits), nature == Friendly, "who never ends by itself");
    }
}

#[test]
fn a_repeated_stop() {
    let hooks = || {
        vec![
            hook(HookPoint::PreStart, Some(100), OnFailure::Continue),
            hook(HookPoint::PreStop, Some(100), OnFailure::Continue),
            hook(HookPoint::PreStop, Some(100), OnFailure::Continue),
            hook(HookPoint::PostStop, Some(100), OnFailure::Continue),
        ]
    };
    for repeat_stop in [RepeatStop::Forward, RepeatStop::Escalate, RepeatStop::Ignore] {
        for nature in ALL {
            let case = one(hooks()).signals(&[TERM]).config(|config| {
                config.repeat_stop = repeat_stop;
                config.services[0].stop_timeout = Some(Millis(200));
            });
            let seen = explore(&case, nature);
            assert_eq!(seen.contains(&Seen::AskedAgain(MAIN)), repeat_stop == RepeatStop::Forward);
        }
    }
}

#[test]
fn each_way_to_wait() {
    for wait in [Wait::All, Wait::Main, Wait::Leave] {
        for kill_mode in [KillMode::Mixed, KillMode::Process, KillMode::Group] {
            for nature in ALL {
                let case = one(vec![hook(HookPoint::PostStart, Some(200), OnFailure::Continue)]).signals(&[TERM]);
                let case = case.config(|config| {
                    config.wait = wait;
                    config.services[0].kill_mode = kill_mode;
                    config.services[0].stop_signal = Signal::WINCH;
                });
                let seen = explore(&case, nature);
                let asks = wait != Wait::Leave && kill_mode != KillMode::Process;
                assert_eq!(seen.contains(&Seen::LeftoversAsked(TERM)), asks);
            }
        }
    }
}

#[test]
fn hooks_for_signals() {
    let hooks = || {
        let second = Hook { timeout: None, ..on_signal(USR1) };
        let post_start = hook(HookPoint::PostStart, Some(100), OnFailure::Abort);
        let pre_start = hook(HookPoint::PreStart, Some(100), OnFailure::Continue);
        vec![on_signal(USR1), post_start, pre_start, second, on_signal(USR2)]
    };
    for nature in ALL {
        let case = one(hooks()).signals(&[TERM, HUP, USR1, USR2]).config(|config| {
            config.signals.extend([USR1, USR2].map(|signal| (signal, SignalRule::always(Reaction::Hook))));
        });
        let seen = explore(&Case { descendants: false, ..case }, nature);
        assert_seen(&seen, &[0, 1, 2, 4].map(|at| Seen::Start(Process::Hook(HookId(at)))));
        assert_seen(&seen, &[USR1, USR2, HUP].map(Seen::Queued));
    }
}

/// A window's size is not for httpd, whose stop signal is SIGWINCH.
#[test]
fn signals_by_source() {
    let mut case = one(vec![hook(HookPoint::PreStart, Some(200), OnFailure::Abort)]).config(|config| {
        config.stop_signal = Some(Signal::WINCH);
        let rule = SignalRule { tty: Some(Reaction::Drop), other: None };
        config.signals.insert(Signal::WINCH, rule);
        config.signals.remove(&INT);
        config.signals.insert(QUIT, SignalRule { tty: None, other: Some(Reaction::Drop) });
    });
    let both = |signal| [(signal, Source::Terminal), (signal, Source::Process)];
    case.signals = [Signal::WINCH, INT, QUIT].into_iter().flat_map(both).collect();
    let seen = explore(&case, Friendly);
    assert_seen(&seen, &[Seen::Forward(MAIN, INT), Seen::Forward(MAIN, QUIT), Seen::Exit(128 + 28), Seen::Exit(130)]);
}

#[test]
fn exit_codes_are_mapped() {
    let case = one(vec![hook(HookPoint::PostStart, Some(100), OnFailure::Abort)])
        .signals(&[TERM])
        .config(|config| config.exit_codes = vec![(130, 0), (3, 4), (4, 5), (125, 70)]);
    let seen = explore(&case, Friendly);
    assert_seen(&seen, &[0, 4, 70, 127].map(Seen::Exit));
    assert!(!seen.contains(&Seen::Exit(130)) && !seen.contains(&Seen::Exit(5)));
}

#[test]
fn restarts() {
    for when in [RestartWhen::OnFailure, RestartWhen::Always] {
        for burst in [0, 1, 2] {
            let pre_stop = hook(HookPoint::PreStop, Some(300), OnFailure::Continue);
            let mut case = one(vec![pre_stop]).signals(&[TERM, HUP]);
            case.config.services[0] = service("main").restart(when, burst);
            case.config.services[0].main = true;
            let seen = explore(&case, Friendly);
            let failed = Outcome::Exited(3);
            assert_seen(&seen, &[Seen::Note(Note::GivenUp(MAIN, failed)), Seen::Exit(3), Seen::Exit(0)]);
            assert_eq!(seen.contains(&Seen::Note(Note::Restarts(MAIN, failed))), burst > 0);
            let well = Note::GivenUp(MAIN, Outcome::Exited(0));
            assert_eq!(seen.contains(&Seen::Note(well)), when == RestartWhen::Always);
        }
    }
}

/// Longer than a [`Step::Freeze`]: nothing is left but what is owed to the post-stop hooks.
#[test]
fn after_a_long_freeze_leftovers_have_no_time() {
    let case = one(every_hook(OnFailure::Continue));
    let mut machine = Machine::new(&case.config);
    machine.state.phase = Phase::Stopping;
    machine.state.services[0].life = Life::Stopping { until: Some(Millis(300)) };
    machine.begin_stop(machine.stop_end(Millis::ZERO), Cause::Asked(TERM), Word::Own);
    let late = case.config.grace_period;
    machine.handle(late, Event::Exited(Process::Service(MAIN), Outcome::Exited(0)), &mut vec![]);
    assert_eq!(machine.state.phase, Phase::Leftovers);
    assert!(machine.deadline().is_some_and(|deadline| deadline < late));
}

#[test]
fn a_stop_gives_a_pre_start_hook_no_more_time_than_it_had() {
    for (own, until) in [(Some(100), Millis(100)), (Some(60_000), Millis(300)), (None, Millis(300))] {
        let case = one(vec![hook(HookPoint::PreStart, own, OnFailure::Continue)]);
        let mut machine = Machine::new(&case.config);
        machine.start(Millis::ZERO, &mut vec![]);
        assert_eq!(machine.deadline(), own.map(Millis));
        machine.handle(Millis::ZERO, Event::Signal(TERM, Source::Process), &mut vec![]);
        assert_eq!(machine.deadline(), Some(until), "{own:?}");
    }
}
