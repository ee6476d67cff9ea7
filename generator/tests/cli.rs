//! The command line: what is printed and written, and the exit codes.

#![cfg(test)]

use std::{
    fs,
    io::Write,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;
use wigwag::render::MARK;

const INIT: &str = "version = 1\n[service.web]\ncommand = [\"httpd\"]\nargs = [\"-D\", \"it's $HOME\"]\n";
const SCRIPT: &str = "version = 1\n[container]\nentrypoint = \"script\"\n[service.web]\ncommand = [\"httpd\"]\n";

/// A directory with this `wigwag.toml`.
fn directory(spec: &str) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("wigwag.toml"), spec).unwrap();
    directory
}

fn wigwag(directory: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_wigwag")).args(args).current_dir(directory).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// As much of a program as says that it needs a dynamic linker: elf(5).
fn dynamic() -> Vec<u8> {
    let mut bytes = b"\x7fELF\x02\x01".to_vec();
    bytes.resize(64 + 56, 0);
    (bytes[32], bytes[54], bytes[56], bytes[64]) = (64, 56, 1, 3);
    bytes
}

fn mode(path: impl AsRef<Path>) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn a_spec_is_checked() {
    let right = directory(INIT);
    let output = wigwag(right.path(), &["check"]);
    assert_eq!(
        (output.status.code(), text(&output.stdout), text(&output.stderr)),
        (Some(0), String::new(), String::new())
    );
    let wrong = directory("version = 1\n");
    let output = wigwag(wrong.path(), &["check"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).starts_with("error: there is no service\n --> wigwag.toml:1:1\n"));
    assert_eq!(wigwag(right.path(), &["check", "no such file"]).status.code(), Some(4));
    assert_eq!(wigwag(right.path(), &["check", "."]).status.code(), Some(0));
    assert_eq!(wigwag(right.path(), &["chekc"]).status.code(), Some(2));
}

#[test]
fn a_spec_is_read_from_standard_input() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_wigwag"))
        .args(["render", "dockerfile", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(INIT.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        text(&output.stdout),
        r#"COPY ["wigwag-init", "/sbin/wigwag-init"]
COPY ["init.toml", "/etc/wigwag/init.toml"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/sbin/wigwag-init", "--config", "/etc/wigwag/init.toml", "--"]
CMD ["httpd", "-D", "it's $HOME"]
"#
    );
}

#[test]
fn a_large_file_is_not_read() {
    let directory = directory(&"#".repeat(10 << 20));
    let output = wigwag(directory.path(), &["check"]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(
        text(&output.stderr),
        "error: 10485760 bytes, the limit is 1048576\n --> wigwag.toml\n  = help: a spec has a few kilobytes: name another file\n"
    );
    let endless = wigwag(directory.path(), &["check", "/dev/zero"]);
    assert_eq!(endless.status.code(), Some(3));
    assert!(text(&endless.stderr).starts_with("error: 1048577 bytes, the limit is 1048576\n"), "{endless:?}");
}

#[test]
fn the_init_reads_what_is_rendered_for_it() {
    let directory = directory(INIT);
    let output = wigwag(directory.path(), &["render", "init"]);
    let config: wigwag_core::Config = wigwag_core::form::read(&text(&output.stdout)).unwrap();
    assert_eq!(config.problems(), Vec::<String>::new());
    assert_eq!(config.main().unwrap().args, ["-D", "it's $HOME"]);
}

#[test]
fn what_a_script_cannot_do_is_refused_when_one_is_asked_for() {
    let directory = directory(&format!("{INIT}[signals]\nHUP = \"drop\"\n"));
    assert_eq!(wigwag(directory.path(), &["check"]).status.code(), Some(0));
    let output = wigwag(directory.path(), &["render", "script"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).starts_with("error: a script cannot do this: the service gets every signal"));
    assert!(output.stdout.is_empty());
}

#[test]
fn a_build_writes_what_an_image_needs_and_a_check_compares() {
    let directory = directory(INIT);
    let at = |name: &str| directory.path().join("out").join(name);
    // This very program is static, as the init is.
    let build = ["build", "-o", "out", "--init", env!("CARGO_BIN_EXE_wigwag")];
    let check = || wigwag(directory.path(), &[build.as_slice(), &["--check"]].concat());

    let output = check();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        text(&output.stdout),
        "out/init.toml is missing\nout/Dockerfile is missing\nout/wigwag-init is missing\n"
    );
    assert!(!at("").exists());

    assert_eq!(wigwag(directory.path(), &build).status.code(), Some(0));
    assert_eq!((mode(at("wigwag-init")), mode(at("init.toml")), mode(at("Dockerfile"))), (0o755, 0o644, 0o644));
    assert_eq!(fs::read(at("wigwag-init")).unwrap(), fs::read(env!("CARGO_BIN_EXE_wigwag")).unwrap());
    assert!(fs::read_to_string(at("Dockerfile")).unwrap().contains("ARG BASE\nFROM ${BASE}\nCOPY "));
    assert_eq!(fs::read_dir(at("")).unwrap().count(), 3);
    assert_eq!(check().status.code(), Some(0));

    fs::write(at("init.toml"), format!("{MARK}\n")).unwrap();
    fs::set_permissions(at("wigwag-init"), fs::Permissions::from_mode(0o700)).unwrap();
    let output = check();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stdout), "out/init.toml differs\nout/wigwag-init has mode 0700 instead of 0755\n");
    assert_eq!(wigwag(directory.path(), &build).status.code(), Some(0));
    assert_eq!(check().status.code(), Some(0));
}

#[test]
fn a_script_needs_no_init() {
    let directory = directory(SCRIPT);
    assert_eq!(wigwag(directory.path(), &["build", "-o", "a/b"]).status.code(), Some(0));
    assert_eq!(mode(directory.path().join("a/b/entrypoint.sh")), 0o755);
    assert_eq!(fs::read_dir(directory.path().join("a/b")).unwrap().count(), 2);
}

#[test]
fn a_build_that_fails_writes_nothing() {
    let directory = directory(INIT);
    let out = directory.path().join("out");
    fs::write(directory.path().join("dynamic"), dynamic()).unwrap();
    for (init, why) in [
        ("/no/such/init", "cannot read"),
        ("wigwag.toml", "is not an executable for Linux"),
        ("dynamic", "is not static"),
    ] {
        let output = wigwag(directory.path(), &["build", "-o", "out", "--init", init]);
        assert_eq!(output.status.code(), Some(4), "{init}");
        assert!(text(&output.stderr).contains(why), "{output:?}");
        assert!(!out.exists());
    }
    // One file that cannot be written keeps the others from being written.
    fs::create_dir_all(out.join("Dockerfile")).unwrap();
    let output = wigwag(directory.path(), &["build", "-o", "out", "--init", env!("CARGO_BIN_EXE_wigwag")]);
    assert_eq!(text(&output.stderr), "error: cannot write `out/Dockerfile`: is a directory\n");
    assert_eq!(output.status.code(), Some(4));
    assert_eq!(fs::read_dir(&out).unwrap().count(), 1);
    let output = wigwag(directory.path(), &["build", "-o", "wigwag.toml/x"]);
    assert_eq!(output.status.code(), Some(4));
}

#[test]
fn a_build_that_cannot_finish_leaves_not_even_a_directory() {
    let directory = directory(INIT);
    // A limit on the size of files is a full disk for whoever ignores the signal.
    let script =
        format!("trap '' XFSZ; ulimit -f 1; exec '{0}' build -o new/out --init '{0}'", env!("CARGO_BIN_EXE_wigwag"));
    let output = Command::new("sh").args(["-c", &script]).current_dir(directory.path()).output().unwrap();
    assert_eq!(text(&output.stderr), "error: cannot write `new/out/wigwag-init`: file too large\n");
    assert_eq!(output.status.code(), Some(4));
    assert!(!directory.path().join("new").exists());

    let output = wigwag(directory.path(), &["build", "-o", "wigwag.toml", "--init", env!("CARGO_BIN_EXE_wigwag")]);
    assert_eq!(text(&output.stderr), "error: cannot write `wigwag.toml`: not a directory\n");
    assert_eq!(output.status.code(), Some(4));
}

#[test]
fn what_stands_in_the_way_of_a_check_is_said() {
    let directory = directory(SCRIPT);
    fs::create_dir_all(directory.path().join("out/Dockerfile")).unwrap();
    let output = wigwag(directory.path(), &["build", "-o", "out", "--check"]);
    assert_eq!(output.status.code(), Some(4));
    assert!(text(&output.stderr).starts_with("error: cannot read `out/Dockerfile`: "), "{output:?}");
    assert_eq!(fs::read_dir(directory.path().join("out")).unwrap().count(), 1);
}

#[test]
fn an_output_that_cannot_be_written_to_is_no_panic() {
    let (right, wrong) = (directory(INIT), directory("version = 2\n"));
    let full = || fs::File::options().write(true).open("/dev/full").unwrap();
    let run = |directory: &TempDir, args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wigwag"));
        command.args(args).current_dir(directory.path()).stdout(full()).stderr(full()).status().unwrap().code()
    };
    assert_eq!(run(&wrong, &["check"]), Some(3));
    assert_eq!(run(&wrong, &["run"]), Some(125));
    assert_eq!(run(&right, &["check", "no such file"]), Some(4));
    assert_eq!(run(&right, &["render", "init"]), Some(4));
    assert_eq!(run(&right, &["chekc"]), Some(2));
}

#[test]
fn a_build_replaces_a_link_and_not_what_it_points_to() {
    let directory = directory(SCRIPT);
    let (out, precious) = (directory.path().join("out"), directory.path().join("precious"));
    fs::create_dir(&out).unwrap();
    fs::write(&precious, MARK).unwrap();
    symlink(&precious, out.join("Dockerfile")).unwrap();
    assert_eq!(wigwag(directory.path(), &["build", "-o", "out"]).status.code(), Some(0));
    assert_eq!(fs::read_to_string(&precious).unwrap(), MARK);
}

#[test]
fn a_command_that_no_dockerfile_can_hold_is_refused() {
    let directory = directory(&format!("version = 1\n[service.x]\ncommand = [\"x\", \"{}\"]\n", "z".repeat(70_000)));
    let output = wigwag(directory.path(), &["check"]);
    assert_eq!(output.status.code(), Some(3));
    let says = "error: the command is too long for a Dockerfile: a line of 70013 bytes, the limit is 65535\n --> wigwag.toml:3:11\n";
    assert!(text(&output.stderr).starts_with(says), "{}", text(&output.stderr));
}

#[test]
fn generated_scripts_pass_shellcheck() {
    let spec = "[env]\nA = \"it's a \\\\\"\nb = { file = \"/run/a b\" }\nC = { required = true }\nD = { unset = true }\n\
                [[hook.pre-start]]\ncommand = [\"migrate\", \"$x\", \"~/y\"]\n\
                [[hook.pre-start]]\ncommand = [\"warm\"]\non-failure = \"continue\"\n";
    for spec in [SCRIPT.to_string(), format!("{SCRIPT}{spec}")] {
        let directory = directory(&spec);
        fs::write(directory.path().join("x.sh"), wigwag(directory.path(), &["render", "script"]).stdout).unwrap();
        match Command::new("shellcheck").arg("x.sh").current_dir(directory.path()).output() {
            Ok(output) => assert!(output.status.success(), "{}", text(&output.stdout)),
            Err(error) => {
                assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "shellcheck: {error}");
                eprintln!("skipped: shellcheck: {error}");
            }
        }
    }
}

#[test]
fn what_a_person_wrote_is_kept() {
    let directory = directory(INIT);
    fs::create_dir(directory.path().join("out")).unwrap();
    fs::write(directory.path().join("out/Dockerfile"), "FROM mine\n").unwrap();
    let init = env!("CARGO_BIN_EXE_wigwag");
    let output = wigwag(directory.path(), &["build", "-o", "out", "--init", init]);
    assert_eq!(output.status.code(), Some(4));
    assert!(text(&output.stderr).starts_with("error: `out/Dockerfile` was not written by wigwag"), "{output:?}");
    assert_eq!(fs::read(directory.path().join("out/Dockerfile")).unwrap(), b"FROM mine\n");
    assert_eq!(fs::read_dir(directory.path().join("out")).unwrap().count(), 1);
    fs::remove_file(directory.path().join("out/Dockerfile")).unwrap();
    for _ in 0..2 {
        let output = wigwag(directory.path(), &["build", "-o", "out", "--init", init]);
        assert_eq!(output.status.code(), Some(0), "what wigwag wrote, wigwag replaces: {output:?}");
    }
}

#[test]
fn a_rendered_file_is_compared() {
    let directory = directory(INIT);
    let at = |name: &str| directory.path().join(name);
    let output = wigwag(directory.path(), &["render", "compose", "--check", "compose.yaml"]);
    let says = "compose.yaml is not what `wigwag render compose wigwag.toml` prints\n";
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), says.to_string()));
    fs::write(at("compose.yaml"), wigwag(directory.path(), &["render", "compose"]).stdout).unwrap();
    let output = wigwag(directory.path(), &["render", "compose", "--check", "compose.yaml"]);
    assert_eq!((output.status.code(), output.stdout), (Some(0), Vec::new()));
    assert_eq!(wigwag(directory.path(), &["render", "compose", "--check", "."]).status.code(), Some(4));
}

#[test]
fn platforms_are_told_of_an_image() {
    let directory = directory(INIT);
    for target in ["compose", "kubernetes"] {
        let rendered = text(&wigwag(directory.path(), &["render", target, "--image", "registry:5000/a$b"]).stdout);
        let expected = if target == "compose" { "registry:5000/a$$b" } else { "registry:5000/a$b" };
        assert!(rendered.contains(&format!("image: \"{expected}\"\n")), "{rendered}");
        assert!(!rendered.contains("build:"), "{rendered}");
    }
    let output = wigwag(directory.path(), &["render", "timeline", "--image", "x"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn what_platforms_are_told_is_written_when_it_is_asked_for() {
    let directory = directory(SCRIPT);
    let build = ["build", "--output", "out", "--with", "timeline-svg,compose,compose", "--with", "kubernetes,timeline"];
    assert_eq!(wigwag(directory.path(), &build).status.code(), Some(0));
    for (target, file) in [
        ("compose", "compose.yaml"),
        ("kubernetes", "kubernetes.yaml"),
        ("timeline", "timeline.txt"),
        ("timeline-svg", "timeline.svg"),
    ] {
        let rendered = wigwag(directory.path(), &["render", target]).stdout;
        assert_eq!(text(&fs::read(directory.path().join("out").join(file)).unwrap()), text(&rendered));
    }
    assert_eq!(wigwag(directory.path(), &[&build[..], &["--check"]].concat()).status.code(), Some(0));
    fs::remove_file(directory.path().join("out/timeline.txt")).unwrap();
    let output = wigwag(directory.path(), &[&build[..], &["--check"]].concat());
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), "out/timeline.txt is missing\n".to_string()));
    assert_eq!(wigwag(directory.path(), &["build", "--output", "out", "--image", "x"]).status.code(), Some(2));
}

#[test]
fn what_a_target_cannot_hold_is_refused_with_its_place() {
    let name = "N".repeat(254);
    let long = directory(&format!("{SCRIPT}[env]\n{name} = {{ required = true }}\n"));
    let output = wigwag(long.path(), &["render", "kubernetes"]);
    let says = "error: a name of 254 bytes, `NNNNNNNNNNNNNNNN…`, is no key of a secret\n --> wigwag.toml:7:1\n";
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).starts_with(says), "{}", text(&output.stderr));
    assert_eq!(wigwag(long.path(), &["render", "compose"]).status.code(), Some(0));

    fs::rename(long.path().join("wigwag.toml"), long.path().join("w*.toml")).unwrap();
    let output = wigwag(long.path(), &["render", "multi-stage", "w*.toml"]);
    assert_eq!((output.status.code(), output.stdout), (Some(3), Vec::new()));
    assert!(text(&output.stderr).starts_with("error: `w*.toml` cannot be named in a Dockerfile\n"));
}
