//! Every preset, as every target; and what of a preset counts beside what is written.

#![cfg(test)]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use wigwag_presets::{Duty, Preset};

fn wigwag(directory: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_wigwag")).args(args).current_dir(directory).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The targets that there are, as the program names them.
fn targets() -> Vec<String> {
    let help = text(&wigwag(Path::new("/"), &["render", "--help"]).stdout);
    let values = help.split("Possible values:").nth(1).unwrap().lines().skip(1);
    values.map_while(|line| Some(line.trim().strip_prefix("- ")?.split(':').next()?.to_string())).collect()
}

/// What a spec with this preset needs at least.
fn spec(preset: &Preset) -> String {
    let command = if preset.command.is_some() { "" } else { "command = [\"app\"]\n" };
    format!("version = 1\n[service.app]\npreset = \"{}\"\n{command}", preset.name)
}

/// Renders a spec as a target; the errors are the exit code and what it says.
fn render(target: &str, spec: &str) -> Result<String, (Option<i32>, String)> {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("wigwag.toml"), spec).unwrap();
    let output = wigwag(directory.path(), &["render", target]);
    if output.status.success() { Ok(text(&output.stdout)) } else { Err((output.status.code(), text(&output.stderr))) }
}

#[test]
fn every_preset_is_rendered_as_every_target_or_refused_with_its_reason() {
    let targets = targets();
    assert!(
        ["script", "init", "dockerfile"].iter().all(|target| targets.iter().any(|known| known == target)),
        "{targets:?}"
    );
    for preset in wigwag_presets::all() {
        for target in &targets {
            let rendered = render(target, &spec(preset));
            let is_refused = match target.as_str() {
                "script" => preset.init.is == Duty::Required,
                "init" => preset.init.is == Duty::Forbidden,
                _ => false,
            };
            match rendered {
                Ok(text) => assert!(!is_refused && !text.is_empty(), "{} as {target}", preset.name),
                Err((code, stderr)) => {
                    assert!(is_refused, "{} as {target}: {stderr}", preset.name);
                    assert_eq!(code, Some(3), "{stderr}");
                    assert!(stderr.contains(&preset.init.reason) && stderr.contains("= help: "), "{stderr}");
                }
            }
        }
    }
}

#[test]
fn what_is_written_wins() {
    let spec = "version = 1\n[container]\ngrace-period = \"2s\"\nexit-codes = { 143 = 7 }\n[service.app]\npreset = \"puma\"\n\
                command = [\"mine\"]\nstop-signal = \"SIGUSR2\"\nkill-mode = \"group\"\n[signals]\nSIGTERM = { tty = \"drop\" }\n";
    let init = render("init", spec).unwrap();
    for line in [
        "command = [\"mine\"]",
        "stop-signal = \"SIGUSR2\"",
        "kill-mode = \"group\"",
        "grace-period = \"2s\"",
        "exit-codes = [[143, 7]]",
    ] {
        assert!(init.contains(line), "no `{line}`:\n{init}");
    }
}

#[test]
fn a_rule_of_a_preset_never_makes_a_spec_wrong() {
    for more in [
        "[signals]\nSIGWINCH = \"SIGUSR1\"\n",
        "[signals]\nSIGWINCH = { tty = \"stop\" }\n",
        "[[hook.on-signal]]\nsignal = \"SIGWINCH\"\ncommand = [\"resized\"]\n",
        "[service.app.signals]\nSIGWINCH = \"drop\"\n",
        "[service.other]\ncommand = [\"other\"]\n[service.other.signals]\nSIGWINCH = \"SIGWINCH\"\n",
        "[[hook.pre-stop]]\ncommand = [\"true\"]\ntimeout = \"8s\"\n",
        "[container]\nstop-signal = \"SIGWINCH\"\n",
        "[container]\nstop-signal = \"SIGWINCH\"\n[signals]\nSIGWINCH = { tty = \"drop\" }\n",
    ] {
        let main = if more.contains("service.other") { "main = true\n" } else { "" };
        let spec = format!("version = 1\n[service.app]\n{main}preset = \"httpd\"\n{more}");
        let init = render("init", &spec).unwrap_or_else(|(_, stderr)| panic!("{spec}\n{stderr}"));
        assert!(init.contains("stop-signal = \"SIGWINCH\""), "{init}");
    }
}

#[test]
fn a_grace_period_of_a_preset_is_named_when_it_is_too_short() {
    let spec = "version = 1\n[service.app]\npreset = \"gunicorn\"\ncommand = [\"gunicorn\"]\n\
                [[hook.post-stop]]\ncommand = [\"true\"]\ntimeout = \"40s\"\n";
    let (_, stderr) = render("init", spec).unwrap_err();
    assert!(stderr.contains("the grace-period of the preset `gunicorn` is 35s"), "{stderr}");
}

#[test]
fn a_script_has_the_platform_send_what_the_program_understands() {
    let spec = "version = 1\n[container]\nentrypoint = \"script\"\n[service.app]\npreset = \"nginx\"\n";
    assert!(render("dockerfile", spec).unwrap().contains("\nSTOPSIGNAL SIGQUIT\n"));
    let spec = "version = 1\n[service.app]\npreset = \"nginx\"\n";
    assert!(render("dockerfile", spec).unwrap().contains("\nSTOPSIGNAL SIGTERM\n"));
}

#[test]
fn presets_are_listed_and_shown() {
    let list = text(&wigwag(Path::new("/"), &["preset", "list"]).stdout);
    let json = wigwag(Path::new("/"), &["preset", "list", "--output", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(list.lines().count(), 1 + wigwag_presets::all().len());
    assert_eq!(json.as_array().unwrap().len(), wigwag_presets::all().len());
    for (preset, line) in wigwag_presets::all().iter().zip(list.lines().skip(1)) {
        assert!(line.starts_with(&format!("{} ", preset.name)), "{line}");
        let shown = wigwag(Path::new("/"), &["preset", "show", &preset.name]);
        assert_eq!(text(&shown.stdout), preset.text());
    }
    let shown = wigwag(Path::new("/"), &["preset", "show", "php:8.3-fpm", "--output", "json"]);
    let shown: serde_json::Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!(shown["name"], "php-fpm");
    assert_eq!(shown["stop"]["signal"], "SIGQUIT");
    let unknown = wigwag(Path::new("/"), &["preset", "show", "ngimx"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("did you mean `nginx`?"), "{}", text(&unknown.stderr));
}
