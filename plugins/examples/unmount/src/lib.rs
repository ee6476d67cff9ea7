//! After a stop, when every process is gone: closes a mapped device, by a command of the spec. The kernel may need a moment
//! until nobody holds the device any more, so a busy one is tried again.

use wigwag_plugin::{Context, Millis, Outcome, Plugin, Result, Settings, Summary, clock, log, run};

struct Unmount {
    /// The exit status of the command that says that the device is busy.
    busy: u8,
    /// How long until it is tried again.
    pause: Millis,
}

/// The name of the command in the spec.
const CLOSE: &str = "close";

impl Plugin for Unmount {
    fn init(settings: &mut Settings) -> Result<Self> {
        Ok(Self {
            busy: settings.optional("busy")?.unwrap_or(5),
            pause: settings.optional("pause")?.unwrap_or(Millis(200)),
        })
    }

    fn post_stop(&mut self, context: &Context, summary: &Summary) -> Result {
        if summary.forced {
            log::warn("somebody was killed: what was not written is lost");
        }
        for attempt in 1_u32.. {
            let output = run::run(CLOSE, &[], None)?;
            let is_last = clock::now().plus(self.pause) >= context.deadline;
            match output.outcome {
                Outcome::Exited(0) => {
                    log::info(format!("closed at attempt {attempt}"));
                    break;
                }
                Outcome::Exited(status) if status == self.busy && !is_last => clock::sleep(self.pause),
                outcome @ (Outcome::Exited(_) | Outcome::Killed(_) | Outcome::NotStarted) => {
                    let said = String::from_utf8_lossy(&output.stderr);
                    Err(format!("`{CLOSE}` {outcome} at attempt {attempt}: {}", said.trim()))?;
                }
            }
        }
        Ok(())
    }
}

wigwag_plugin::register!(Unmount: post_stop);

#[cfg(test)]
mod tests {
    use wigwag_plugin::{run::Output, testing::Host};

    use super::*;

    /// cryptsetup, with a device that is busy so many times.
    fn cryptsetup(mut times: u32) -> impl FnMut(&[&str]) -> Output {
        move |_| {
            if times == 0 {
                return Output::exited(0);
            }
            times -= 1;
            Output { stderr: b"Device osd is still in use.\n".into(), ..Output::exited(5) }
        }
    }

    fn stopped(host: &Host, forced: bool) -> Result {
        let context = Context { deadline: host.now().plus(Millis(1_000)), ..host.context() };
        let summary =
            Summary { outcome: Some(Outcome::Exited(0)), ran: Millis(60_000), stopped_for: Millis(100), forced };
        Settings::default().make::<Unmount>().unwrap().post_stop(&context, &summary)
    }

    #[test]
    fn a_busy_device_is_tried_again() {
        let host = Host::new().log().clock().command(CLOSE, cryptsetup(2));
        assert_eq!(stopped(&host, false), Ok(()));
        assert_eq!(host.lines(), ["closed at attempt 3"]);
        assert_eq!(host.now(), Millis(400));
    }

    #[test]
    fn what_stays_busy_is_said_in_time() {
        let host = Host::new().log().clock().command(CLOSE, cryptsetup(100));
        let failed = stopped(&host, false).unwrap_err();
        assert_eq!(failed.text(), "`close` ended with status 5 at attempt 5: Device osd is still in use.");
        assert!(host.now() < Millis(1_000));
    }

    #[test]
    fn another_failure_is_not_tried_again() {
        let host = Host::new().log().clock().command(CLOSE, |_| Output::exited(4));
        assert_eq!(stopped(&host, false).unwrap_err().text(), "`close` ended with status 4 at attempt 1: ");
    }

    #[test]
    fn a_loss_is_said() {
        let host = Host::new().log().clock().command(CLOSE, cryptsetup(0));
        assert_eq!(stopped(&host, true), Ok(()));
        assert_eq!(host.lines(), ["warning: somebody was killed: what was not written is lost", "closed at attempt 1"]);
    }
}
