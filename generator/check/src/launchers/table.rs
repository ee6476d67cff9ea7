//! The launchers. What is marked as measured was: it was PID 1, SIGTERM came, the program drained for 300 ms.

use super::{Effect, Launcher, Program};
use Effect::{Forwards, Keeps, Kills, Leaves, Swallows, TellsShell};

const fn row(names: &'static [&'static str], effect: Effect, program: Program, source: &'static str) -> Launcher {
    Launcher { names, effect, when: &[], valued: &[], program, source }
}

impl Launcher {
    const fn valued(self, valued: &'static [&'static str]) -> Self {
        Self { valued, ..self }
    }

    const fn when(self, when: &'static [(&'static [&'static str], Effect)]) -> Self {
        Self { when, ..self }
    }
}

pub static ROWS: &[Launcher] = &[
    // They execute the program in their own place.
    row(&["env"], Keeps, Program::AfterAssignments, "measured, coreutils 9.1")
        .valued(&["-u", "--unset", "-C", "--chdir", "-S"]),
    row(&["nice"], Keeps, Program::After(0), "measured, coreutils 9.1").valued(&["-n", "--adjustment"]),
    row(&["nohup"], Keeps, Program::After(0), "measured, coreutils 9.1"),
    row(&["stdbuf"], Keeps, Program::After(0), "measured, coreutils 9.1").valued(&["-i", "-o", "-e"]),
    row(&["chroot"], Keeps, Program::After(1), "measured, coreutils 9.1"),
    row(&["gosu"], Keeps, Program::After(1), "measured, gosu 1.14"),
    row(&["su-exec"], Keeps, Program::After(1), "its source: execvp at the end of main"),
    row(&["setpriv"], Keeps, Program::After(0), "measured, util-linux 2.38").valued(&[
        "--reuid",
        "--regid",
        "--ruid",
        "--euid",
        "--rgid",
        "--egid",
        "--groups",
        "--inh-caps",
        "--ambient-caps",
        "--bounding-set",
        "--securebits",
        "--pdeathsig",
        "--selinux-label",
        "--apparmor-profile",
    ]),
    row(&["chpst", "softlimit", "setlock"], Keeps, Program::After(0), "measured, runit 2.1 (chpst)")
        .valued(&["-u", "-U", "-e", "-/", "-n", "-l", "-L", "-m", "-d", "-o", "-p", "-f", "-c", "-t", "-r", "-b"]),
    row(
        &["setuidgid", "envuidgid", "s6-setuidgid", "envdir", "s6-envdir"],
        Keeps,
        Program::After(1),
        "documented: daemontools, s6",
    ),
    row(&["with-contenv"], Keeps, Program::After(0), "documented: s6-overlay"),
    row(&["ionice"], Keeps, Program::After(0), "documented: util-linux").valued(&[
        "-c",
        "-n",
        "--class",
        "--classdata",
    ]),
    row(&["chrt"], Keeps, Program::After(1), "documented: util-linux"),
    row(&["taskset"], Keeps, Program::After(1), "documented: util-linux"),
    row(&["prlimit"], Keeps, Program::After(0), "documented: util-linux"),
    row(&["numactl"], Keeps, Program::After(0), "documented: numactl").valued(&[
        "-N",
        "-m",
        "-i",
        "-C",
        "-p",
        "--membind",
        "--cpunodebind",
    ]),
    row(&["setarch"], Keeps, Program::After(1), "documented: util-linux"),
    row(&["linux32", "linux64"], Keeps, Program::After(0), "documented: util-linux"),
    row(&["authbind", "eatmydata"], Keeps, Program::AfterDashes, "their source: they end in exec"),
    row(&["ddtrace-run", "opentelemetry-instrument"], Keeps, Program::After(0), "their source: os.execl"),
    row(&["newrelic-admin"], Keeps, Program::After(1), "its source: os.execl"),
    row(&["bundle", "bundler"], Keeps, Program::After(1), "its source: Kernel.exec"),
    row(&["poetry", "pipenv"], Keeps, Program::After(1), "their source: os.execve"),
    row(&["chamber", "aws-vault"], Keeps, Program::AfterDashes, "their source: syscall.Exec"),
    row(
        &["wait-for-it", "wait-for-it.sh", "wait-for", "wait-for.sh"],
        Keeps,
        Program::OnlyAfterDashes,
        "their scripts end in exec",
    ),
    row(
        &["su"],
        Kills,
        Program::Text(&["-c", "--command", "--session-command"], 2),
        "measured, util-linux 2.38: SIGKILL after 2 s",
    )
    .valued(&["-s", "--shell", "-g", "-G", "-w"]),
    row(
        &["runuser"],
        Kills,
        Program::Text(&["-c", "--command", "--session-command"], 0),
        "measured, util-linux 2.38: SIGKILL after 2 s",
    )
    .valued(&["-u", "--user", "-g", "-G", "-s", "--shell"]),
    row(&["script"], Kills, Program::Text(&["-c", "--command"], 9), "measured, util-linux 2.38: SIGKILL after 2 s"),
    // They stay, and pass signals on.
    row(&["timeout"], Forwards, Program::After(1), "measured, coreutils 9.1").valued(&[
        "-k",
        "-s",
        "--kill-after",
        "--signal",
    ]),
    row(&["sudo"], Forwards, Program::AfterAssignments, "measured, sudo 1.9.13")
        .valued(&["-u", "-g", "-C", "-h", "-p", "-r", "-t", "-D", "-R", "-T", "--user", "--group"])
        .when(&[(&["-b", "--background"], Leaves)]),
    row(&["tini", "tini-static", "docker-init"], Forwards, Program::After(0), "measured, tini 0.19")
        .valued(&["-p", "-e"]),
    row(&["dumb-init"], Forwards, Program::After(0), "measured, dumb-init 1.2.5").valued(&["-r", "--rewrite"]),
    row(&["catatonit", "podman-init", "wigwag-init"], Forwards, Program::After(0), "measured, catatonit 0.1.7"),
    row(&["dockerize"], Forwards, Program::After(0), "its source: the first SIGTERM, and SIGKILL after 10 s").valued(
        &["-template", "-wait", "-timeout", "-stdout", "-stderr", "-env", "-wait-http-header", "-wait-retry-interval"],
    ),
    row(&["envconsul"], Forwards, Program::AfterDashes, "documented"),
    row(&["uv"], Forwards, Program::After(1), "its source: it passes SIGTERM on and waits"),
    // They stay, and keep signals to themselves.
    row(&["setsid"], Leaves, Program::After(0), "measured, util-linux 2.38: PID 1 leads its session, so it forks")
        .when(&[(&["-w", "--wait"], Swallows)]),
    row(&["flock"], Swallows, Program::After(1), "measured, util-linux 2.38")
        .valued(&["-w", "--timeout", "-E", "--conflict-exit-code"])
        .when(&[(&["-F", "--no-fork"], Keeps)]),
    row(&["strace", "ltrace"], Swallows, Program::After(0), "measured, strace 6.1")
        .valued(&["-o", "-e", "-p", "-s", "-u", "-E", "-a", "-P"]),
    row(&["xargs"], Swallows, Program::After(0), "measured, findutils 4.9")
        .valued(&["-n", "-I", "-P", "-L", "-d", "-a", "-s", "-E"]),
    row(&["find"], Swallows, Program::Option(&["-exec", "-execdir", "-ok"]), "measured, findutils 4.9"),
    row(&["unshare"], Keeps, Program::After(0), "documented: util-linux").when(&[(&["-f", "--fork"], Swallows)]),
    row(&["time", "watch", "unbuffer"], Swallows, Program::After(0), "they wait, and have no handler"),
    row(&["xvfb-run", "dbus-run-session"], Swallows, Program::AfterDashes, "they wait, and have no handler"),
    row(&["conda"], Swallows, Program::After(1), "its source: subprocess, without a handler")
        .valued(&["-n", "--name", "-p"]),
    // They start a shell, and tell that one.
    row(&["npm", "npx"], TellsShell, Program::Elsewhere, "measured, npm 10.8"),
    row(&["yarn", "yarnpkg", "pnpm", "pnpx"], TellsShell, Program::Elsewhere, "as npm: a shell for a script's text"),
    // They end at once.
    row(
        &["apachectl", "apache2ctl"],
        Leaves,
        Program::Elsewhere,
        "its source: a script that starts httpd as its child",
    )
    .valued(&["-D", "-f", "-d", "-e", "-E"])
    .when(&[(&["FOREGROUND", "-DFOREGROUND", "NO_DETACH", "-X"], Swallows)]),
    row(&["start-stop-daemon"], Keeps, Program::Option(&["-x", "--exec", "-a", "--startas"]), "measured, dpkg 1.21")
        .when(&[(&["-b", "--background"], Leaves)]),
    row(
        &["service", "invoke-rc.d", "systemctl", "rc-service", "daemonize"],
        Leaves,
        Program::Elsewhere,
        "what it starts is a daemon",
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::ROWS;

    #[test]
    fn each_launcher_has_one_row_and_a_source() {
        let mut names = BTreeSet::new();
        for row in ROWS {
            assert!(row.names.iter().all(|name| names.insert(*name)), "{:?} stands there twice", row.names);
            assert!(!row.source.is_empty(), "{:?}", row.names);
        }
    }
}
