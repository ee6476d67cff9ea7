//! A preset as people read it.

use std::fmt::{self, Write as _};

use crate::{Does, Duty, Flight, Point, Preset, Rule};

impl Preset {
    /// All that is known, as Markdown: a heading, and a list in which every item ends with its sources.
    pub fn text(&self) -> String {
        let mut text = format!("## {}\n\n{}\n\n", self.name, self.title);
        // Writing to a string cannot fail.
        let _ = self.items(&mut text);
        text
    }

    fn items(&self, text: &mut String) -> fmt::Result {
        let mut item =
            |what: &str, says: String, sources: &[String]| writeln!(text, "- **{what}**: {says}. {}", cited(sources));
        if let Some(command) = &self.command {
            item("command", words(&command.words), &command.sources)?;
        }
        if let Some(daemon) = &self.daemon {
            let either =
                |options: &[String]| options.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(" or ");
            let unless = (!daemon.unless.is_empty()).then(|| format!("unless it has {}", either(&daemon.unless)));
            let asked = (!daemon.asked.is_empty()).then(|| format!("if it has {}", either(&daemon.asked)));
            let setting = daemon.setting.as_ref().map(|it| format!("its configuration may say `{it}`"));
            let says: Vec<String> = [unless, asked, setting].into_iter().flatten().collect();
            item("goes to the background", says.join("; "), &daemon.sources)?;
        }
        item("init", format!("{}: {}", self.init.is, self.init.reason), &self.init.sources)?;
        let stop = &self.stop;
        let says = format!("`{}`: {}; {}{}", stop.signal, stop.in_flight, stop.effect, rule(stop.rule));
        item("stop", says, &stop.sources)?;
        if let Some(reload) = &self.reload {
            let how = reload.signal.map_or_else(|| words(&reload.command), |signal| format!("`{signal}`"));
            item("reload", format!("{how}: {}", reload.effect), &reload.sources)?;
        }
        for other in &self.signals {
            let says = format!("{}: {}{}", other.does, other.effect, rule(other.rule));
            item(&format!("`{}`", other.signal), says, &other.sources)?;
        }
        if let Some(mode) = &self.kill_mode {
            let word = match mode.is {
                wigwag_core::config::KillMode::Mixed => "mixed",
                wigwag_core::config::KillMode::Process => "process",
                wigwag_core::config::KillMode::Group => "group",
            };
            item("kill-mode", format!("`{word}`: {}", mode.reason), &mode.sources)?;
        }
        if let Some(time) = &self.time {
            item("grace-period", format!("{}: {}", time.grace_period, time.reason), &time.sources)?;
        }
        for code in &self.exit_codes {
            item(&format!("exit code {}", code.code), format!("no failure: {}", code.reason), &code.sources)?;
        }
        for need in &self.needs {
            item("needs", format!("{} = {}: {}", need.setting, need.value, need.reason), &need.sources)?;
        }
        for hook in &self.hooks {
            item(&format!("a {} hook", hook.at), format!("{}: {}", words(&hook.command), hook.reason), &hook.sources)?;
        }
        if let Some(container) = &self.container {
            let env = container.env.iter().map(|(name, value)| format!("`{name}={value}` in its environment"));
            let tmpfs = container.tmpfs.iter().map(|directory| format!("`{directory}` in memory"));
            let mounts = container.mounts.iter().map(|directory| format!("the host's `{directory}`"));
            let needs: Vec<String> = env.chain(tmpfs).chain(mounts).collect();
            item("container", format!("{}: {}", needs.join(", "), container.reason), &container.sources)?;
        }
        for avoid in &self.avoid {
            item("avoid", format!("{}: {}", words(&avoid.command), avoid.reason), &avoid.sources)?;
        }
        Ok(())
    }

    /// What makes it read its configuration again, in a word.
    pub fn reload_text(&self) -> String {
        let Some(reload) = &self.reload else { return "-".to_string() };
        reload.signal.map_or_else(|| reload.command.join(" "), |signal| signal.to_string())
    }
}

/// `docs/presets.md`.
pub fn document() -> String {
    let mut text = String::from(
        "# Presets\n\n\
         What `preset = \"NAME\"` in a service stands for, made of [templates/presets](../templates/presets). What a spec says\n\
         itself always wins. `wigwag preset show NAME` prints one of them, with `--output json` for programs.\n\n\
         | preset | program | stop signal | in flight | reload | grace period |\n|---|---|---|---|---|---|\n",
    );
    for preset in crate::all() {
        let time = preset.time.as_ref().map_or("-".to_string(), |time| time.grace_period.to_string());
        let _ = writeln!(
            text,
            "| [{name}](#{name}) | {} | {} | {} | {} | {time} |",
            preset.title,
            preset.stop.signal,
            preset.stop.in_flight,
            preset.reload_text(),
            name = preset.name,
        );
    }
    for preset in crate::all() {
        let _ = write!(text, "\n{}", preset.text().trim_end());
        text.push('\n');
    }
    text
}

fn words(words: &[String]) -> String {
    format!("`{}`", words.join(" "))
}

fn cited(sources: &[String]) -> String {
    let cited =
        sources.iter().map(|source| if source.contains("://") { format!("<{source}>") } else { source.clone() });
    format!("({})", cited.collect::<Vec<_>>().join(", "))
}

fn rule(rule: Option<Rule>) -> &'static str {
    match rule {
        None => "",
        Some(Rule::Drop) => "; it gets it only if the platform stops with it",
    }
}

macro_rules! shown {
    ($($type:ident { $($value:ident => $text:literal),+ })+) => {
        $(impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$value => $text),+ })
            }
        })+
    };
}

shown! {
    Duty { Required => "required", Optional => "optional", Forbidden => "forbidden" }
    Flight { Completed => "completed", Cut => "cut", Depends => "depends", Nothing => "nothing in flight" }
    Point { PreStart => "pre-start", PreStop => "pre-stop", PostStop => "post-stop" }
    Does {
        Stop => "stops it", FastStop => "stops it fast", Reload => "reloads", Reopen => "opens logs again",
        Upgrade => "replaces itself", Quiet => "takes no new work", Dump => "tells of itself", Nothing => "does nothing",
        Harm => "does harm"
    }
}
