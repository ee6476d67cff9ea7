use super::*;
use crate::context::File;

fn last(text: &str) -> Image {
    images(text).unwrap().pop().unwrap()
}

fn exec(start: Option<&Start>) -> Vec<&str> {
    match start.map(|start| &start.form) {
        Some(Form::Exec(words)) => words.iter().map(|word| word.value.as_str()).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn a_stage_inherits_from_its_stage() {
    let text = "ARG V=12\nFROM debian:$V AS base\nSTOPSIGNAL SIGQUIT\nCMD [\"a\"]\nFROM base\nENTRYPOINT [\"b\"]\n";
    let image = last(text);
    assert_eq!(image.base.sh, Sh::Dash);
    assert_eq!(image.stop_signal.unwrap().value, "SIGQUIT");
    assert_eq!(exec(image.entrypoint.as_ref()), ["b"]);
    assert!(image.cmd.is_none(), "an ENTRYPOINT takes the base's CMD away");
    assert_eq!(images(text).unwrap().len(), 1);
}

#[test]
fn stages_that_can_be_started_are_images() {
    let text = "FROM alpine AS base\nFROM base AS dev\nCMD dev\nFROM golang AS build\nRUN go build\nFROM base\nCOPY --from=build /x /x\nCMD [\"/x\"]\n";
    let images = images(text).unwrap();
    let names: Vec<_> = images.iter().map(|image| image.stage.as_deref()).collect();
    assert_eq!(names, [Some("dev"), None]);
}

#[test]
fn triggers_are_the_first_instructions_of_who_builds_on_it() {
    let images = images("FROM debian AS base\nONBUILD CMD later\nFROM base\n").unwrap();
    assert!(images.iter().all(|image| image.cmd.is_some()), "{images:?}");
}

#[test]
fn an_empty_entrypoint_takes_the_bases_away() {
    let image = last("FROM debian AS a\nENTRYPOINT [\"x\"]\nFROM a\nentrypoint  [ ]\nCMD [\"y\"]\n");
    assert!(image.entrypoint.is_none() && image.has_own_entrypoint);
    assert_eq!(exec(image.cmd.as_ref()), ["y"]);
}

#[test]
fn a_shell_form_keeps_its_places() {
    let text = "FROM debian\nCMD first \\\n  # why\n  second\n";
    let Some(Start { form: Form::Shell(word), .. }) = last(text).cmd else { panic!() };
    assert_eq!(word.value, "first \\\n      \\\n  second");
    assert_eq!(word.value.len(), text[word.span].len());
}

#[test]
fn what_cannot_be_read_has_a_place() {
    let unreadable = images("FROM debian\nENTRYPONT x\n").unwrap_err();
    assert_eq!(unreadable.span, 12..23);
    assert!(images("").is_err());
}

#[test]
fn a_script_is_found_where_it_is_copied_from() {
    let files = |name: &str| {
        ["docker/entrypoint.sh", "run.sh", "bin/start"].contains(&name).then(|| File {
            name: name.to_string(),
            text: "exec x".into(),
            is_executable: Some(false),
        })
    };
    let found = |dockerfile: &str, program: &str| {
        locate(&last(&format!("FROM debian\n{dockerfile}\n")), program, &files).map(|located| {
            let origin = match located.origin {
                Origin::File(name) => name,
                Origin::Here(span) => format!("{span:?}"),
            };
            (origin, located.is_executable)
        })
    };
    let file = |name: &str, executable| Some((name.to_string(), executable));
    assert_eq!(found("COPY docker/entrypoint.sh /", "/entrypoint.sh"), file("docker/entrypoint.sh", Some(false)));
    assert_eq!(found("COPY docker /app", "/app/entrypoint.sh"), file("docker/entrypoint.sh", Some(false)));
    assert_eq!(found("WORKDIR /app\nCOPY . .", "./run.sh"), file("run.sh", Some(false)));
    assert_eq!(found("WORKDIR /app\nCOPY . .\nRUN chmod +x run.sh", "./run.sh"), file("run.sh", Some(true)));
    assert_eq!(found("WORKDIR /app\nCOPY . .\nRUN chmod -R a+rX .", "./run.sh"), file("run.sh", None));
    assert_eq!(
        found("COPY --chmod=755 docker/*.sh /usr/bin/", "entrypoint.sh"),
        file("docker/entrypoint.sh", Some(true))
    );
    assert_eq!(
        found("ENV PATH=/opt/bin:$PATH\nCOPY bin/start run.sh /opt/bin/", "start"),
        file("bin/start", Some(false))
    );
    assert_eq!(found("COPY --from=other run.sh /run.sh", "/run.sh"), None);
    assert_eq!(found("COPY <<EOF /run.sh\nexec x\nEOF", "/run.sh"), file("31..38", Some(false)));
}
