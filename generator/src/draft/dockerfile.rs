//! A spec for the image that a Dockerfile makes.

use wigwag_check::dockerfile::{Form, Image, Start, Unreadable, images};
use wigwag_core::{Signal, account::User};
use wigwag_presets::{self as presets, Preset};

use super::{
    Draft, YOURS, health,
    line::{Line, one, read},
};

/// Inits, and the option that makes each signal all of its child's group.
const INITS: [(&str, Option<&str>); 4] =
    [("tini", Some("-g")), ("docker-init", Some("-g")), ("dumb-init", None), ("catatonit", None)];

/// Programs that change the user and then execute another: the first word is the user.
const SWITCHES: [&str; 2] = ["gosu", "su-exec"];

/// What the last stage of a Dockerfile says.
///
/// Of a script that somebody has read, it need not be said what it must do.
///
/// # Errors
/// The text is no Dockerfile.
pub fn of_dockerfile(text: &str, is_script_read: bool) -> Result<Draft, Unreadable> {
    let mut draft = Draft { is_script_read, ..Draft::default() };
    let Some(image) = images(text)?.into_iter().next_back() else { return Ok(Draft::of_nothing()) };
    draft.starts(&image);
    draft.recognises(&image);
    draft.stops(&image);
    draft.runs_as(&image);
    draft.ready = health::ready(text);
    if draft.ready.is_some() {
        draft.say("HEALTHCHECK became `ready`; keep it in the Dockerfile, too, if the platform shall go on asking");
    }
    draft.variables = variables(text);
    Ok(draft)
}

impl Draft {
    fn say(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    fn starts(&mut self, image: &Image) {
        match (&image.entrypoint, &image.cmd) {
            (Some(entrypoint), cmd) => {
                self.command = self.words("ENTRYPOINT", entrypoint);
                match (cmd, &entrypoint.form) {
                    (Some(_), Form::Shell(_)) => self.say("CMD is left out: an ENTRYPOINT in shell form never gets it"),
                    (Some(cmd), Form::Exec(_)) => self.args = self.words("CMD", cmd),
                    (None, _) => {}
                }
            }
            (None, Some(cmd)) => self.command = self.words("CMD", cmd),
            (None, None) => {}
        }
        self.without_init();
        self.without_switch();
    }

    /// The words of an exec form; a shell form becomes one where that is certain.
    fn words(&mut self, keyword: &str, start: &Start) -> Vec<String> {
        let text = match &start.form {
            Form::Exec(words) => return words.iter().map(|word| word.value.clone()).collect(),
            Form::Shell(text) => one(&text.value.replace("\\\n", " ")),
        };
        match read(&text) {
            Line::Words(words) => {
                self.say(format!("{keyword} was in shell form: its words are passed without a shell now"));
                words
            }
            Line::Command => {
                self.say(format!("{keyword} needs a shell for its line, which executes it now in its own place"));
                let exec = if text.starts_with("exec ") { "" } else { "exec " };
                shell(&format!("{exec}{text}"))
            }
            Line::Program => {
                self.say(format!(
                    "{keyword} is a shell's program: put `exec` before the last command of it, or the shell stays"
                ));
                shell(&text)
            }
        }
    }

    /// `wigwag-init` is one.
    fn without_init(&mut self) {
        let Some((program, rest)) = self.command.split_first() else { return };
        let name = program.rsplit('/').next().unwrap_or_default().to_string();
        let Some((_, group)) = INITS.into_iter().find(|(init, _)| *init == name) else { return };
        let options = rest.iter().take_while(|word| word.starts_with('-') && *word != "--").count();
        let to_group = match group {
            Some(option) => rest.iter().take(options).any(|word| word == option),
            // It does so unless it is told not to.
            None => {
                name == "dumb-init" && !rest.iter().take(options).any(|word| word == "-c" || word == "--single-child")
            }
        };
        let after = rest.iter().skip(options).skip_while(|word| *word == "--").cloned().collect();
        self.command = after;
        self.kill_mode = to_group.then_some("group");
        self.say(format!("`{name}` is left out: wigwag-init is the init"));
        if self.command.is_empty() {
            self.command = std::mem::take(&mut self.args);
        }
    }

    fn without_switch(&mut self) {
        let Some((program, [user, rest @ ..])) = self.command.split_first() else { return };
        let name = program.rsplit('/').next().unwrap_or_default().to_string();
        if SWITCHES.contains(&name.as_str()) && user.parse::<User>().is_ok() && !rest.is_empty() {
            self.user = Some(user.clone());
            self.command = rest.to_vec();
            self.say(format!("`{name}` is left out: `user` says as whom it runs"));
        }
    }

    fn recognises(&mut self, image: &Image) {
        let from = image.from.as_deref();
        let by_command = match self.behind_shell() {
            Some(words) => presets::by_command(&words),
            None => presets::by_command(&self.command).or_else(|| presets::by_command(&self.args)),
        };
        let preset: Option<&'static Preset> = by_command.or_else(|| {
            let starts_nothing = self.command.is_empty() && self.args.is_empty();
            from.filter(|_| starts_nothing || self.is_entrypoint_script()).and_then(presets::by_image)
        });
        self.preset = preset;
        if self.command.is_empty() {
            let whose = from.map_or("its base image".to_string(), |from| format!("`{}`", from.escape_debug()));
            if preset.is_some_and(|preset| preset.command.is_some()) {
                self.say(format!(
                    "what is started is said by {whose}: the preset's command is taken; `docker inspect` has the image's own"
                ));
            } else {
                self.command = vec![YOURS.into()];
                self.say(format!(
                    "what is started is said by {whose}: write the ENTRYPOINT and CMD of `docker inspect` in the place of `{YOURS}`"
                ));
            }
        }
        if self.is_entrypoint_script() && !self.is_script_read {
            self.say(format!(
                "`{}` must end in `exec \"$@\"`, or signals do not reach what it starts",
                self.command.concat()
            ));
        }
    }

    /// The words of the program that a shell executes in its place.
    fn behind_shell(&self) -> Option<Vec<String>> {
        let [_, option, text] = self.command.as_slice() else { return None };
        let program = text.strip_prefix("exec ").filter(|_| option == "-c")?;
        (read(text) == Line::Command).then(|| program.split_whitespace().map(str::to_string).collect())
    }

    /// Whether it begins with a script that sets up and then executes its arguments.
    pub(super) fn is_entrypoint_script(&self) -> bool {
        matches!(self.command.as_slice(), [script] if ["sh", "entrypoint"].iter().any(|end| script.rsplit(['.', '-', '/']).next() == Some(end)))
    }

    fn stops(&mut self, image: &Image) {
        let Some(word) = &image.stop_signal else { return };
        let Some(signal) = word.value.parse::<Signal>().ok().filter(|signal| signal.can_be_forwarded()) else {
            self.say(format!("STOPSIGNAL {} is left out: no program can handle it", word.value.escape_debug()));
            return;
        };
        self.stop_signal = Some(signal);
        if let Some(preset) = self.preset.filter(|preset| preset.stop.signal != signal) {
            let (own, title) = (preset.stop.signal, &preset.title);
            self.say(format!("STOPSIGNAL {signal} was not what {title} stops by, which is {own}: it gets that now"));
        }
    }

    fn runs_as(&mut self, image: &Image) {
        let is_root = |user: &str| ["root", "0", "root:root", "0:0"].contains(&user);
        if self.user.is_none()
            && let Some(user) = image.user.as_deref().filter(|user| !is_root(user))
        {
            match user.parse::<User>() {
                Ok(_) => self.user = Some(user.into()),
                Err(_) => self.say(format!("USER {} is left out: it is no user", user.escape_debug())),
            }
        }
        self.working_dir = image.workdir.clone().filter(|directory| directory.starts_with('/') && directory != "/");
    }
}

fn shell(text: &str) -> Vec<String> {
    vec!["sh".into(), "-c".into(), text.into()]
}

/// The names that the last stage's ENV has.
fn variables(text: &str) -> Vec<String> {
    let Ok(dockerfile) = parse_dockerfile::parse(text) else { return Vec::new() };
    let Some(stage) = dockerfile.stages().last() else { return Vec::new() };
    let mut names: Vec<String> = Vec::new();
    for instruction in stage.instructions {
        let parse_dockerfile::Instruction::Env(env) = instruction else { continue };
        let Line::Words(words) = read(&format!("env {}", one(&env.arguments.value.replace("\\\n", " ")))) else {
            continue;
        };
        let is_old_form = words.get(1).is_some_and(|word| !word.contains('='));
        let assigned = words.iter().skip(1).take(if is_old_form { 1 } else { words.len() });
        for name in assigned.filter_map(|word| word.split('=').next()) {
            if wigwag_core::environment::is_name(name) && !names.iter().any(|known| known == name) {
                names.push(name.into());
            }
        }
    }
    names
}
