//! What a file is: by its name, then by what is in it.

/// A kind of file that can be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A wigwag spec. It is checked by who builds from it, not here.
    Spec,
    /// A Dockerfile or Containerfile.
    Dockerfile,
    /// A shell script that a container starts.
    Script,
    /// A Compose file.
    Compose,
    /// A Kubernetes manifest.
    Kubernetes,
}

impl Kind {
    /// What a file is, if it is something that can be checked.
    pub fn of(name: &str, text: &str) -> Option<Self> {
        let name = base_name(name);
        match Self::of_name(&name) {
            Some(kind) => Some(kind),
            None if is_yaml(&name) => Self::of_yaml(text),
            None => Self::of_text(text),
        }
    }

    /// What a file in a directory is, if its name alone says that it wants to be checked, or may.
    pub fn may_be(name: &str) -> bool {
        let name = base_name(name);
        // Not every TOML file beside a Dockerfile is a spec.
        let is_other_toml = has_end(&name, &[".toml"]) && name != "wigwag.toml" && !name.ends_with(".wigwag.toml");
        (Self::of_name(&name).is_some() && !is_other_toml) || is_yaml(&name)
    }

    fn of_name(name: &str) -> Option<Self> {
        let begins = |starts: &[&str]| starts.iter().any(|start| name.starts_with(start));
        if has_end(name, &[".toml"]) {
            Some(Self::Spec)
        } else if has_end(name, &[".dockerfile", ".containerfile"])
            || ["dockerfile", "containerfile"].contains(&name)
            || (begins(&["dockerfile.", "containerfile."]) && !name.ends_with(".dockerignore"))
        {
            Some(Self::Dockerfile)
        } else if is_yaml(name) && begins(&["compose.", "compose-", "docker-compose"]) {
            Some(Self::Compose)
        } else if has_end(name, &[".sh", ".bash"]) || begins(&["docker-entrypoint", "entrypoint"]) {
            (!is_yaml(name)).then_some(Self::Script)
        } else {
            None
        }
    }

    fn of_yaml(text: &str) -> Option<Self> {
        let has_key =
            |key: &str| text.lines().any(|line| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':')));
        if has_key("apiVersion") && has_key("kind") {
            Some(Self::Kubernetes)
        } else if has_key("services") {
            Some(Self::Compose)
        } else {
            None
        }
    }

    fn of_text(text: &str) -> Option<Self> {
        if let Some(interpreter) = text.lines().next().and_then(|line| line.strip_prefix("#!")) {
            let words = interpreter.split(['/', ' ']);
            let shells = ["sh", "bash", "dash", "ash", "busybox", "ksh", "mksh", "yash", "zsh"];
            return words.into_iter().any(|word| shells.contains(&word.trim())).then_some(Self::Script);
        }
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let first = lines.next()?;
        let word = first.split_ascii_whitespace().next().unwrap_or_default();
        if ["FROM", "ARG"].iter().any(|instruction| word.eq_ignore_ascii_case(instruction)) {
            return Some(Self::Dockerfile);
        }
        Self::of_yaml(text).or_else(|| {
            let is_key = |line: &str| {
                line.starts_with('[') || line.split_once('=').is_some_and(|(key, _)| key.trim() == "version")
            };
            is_key(first).then_some(Self::Spec)
        })
    }
}

fn base_name(name: &str) -> String {
    name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase()
}

fn is_yaml(name: &str) -> bool {
    has_end(name, &[".yml", ".yaml"])
}

fn has_end(name: &str, ends: &[&str]) -> bool {
    ends.iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_name_says_or_its_text() {
        for (name, text, kind) in [
            ("wigwag.toml", "", Some(Kind::Spec)),
            ("a/Dockerfile", "", Some(Kind::Dockerfile)),
            ("Dockerfile.dev", "", Some(Kind::Dockerfile)),
            ("app.dockerfile", "", Some(Kind::Dockerfile)),
            ("Containerfile", "", Some(Kind::Dockerfile)),
            ("Dockerfile.dockerignore", "node_modules", None),
            ("compose.yaml", "", Some(Kind::Compose)),
            ("docker-compose.prod.yml", "", Some(Kind::Compose)),
            ("stack.yml", "version: '3'\nservices:\n", Some(Kind::Compose)),
            ("deploy.yaml", "apiVersion: v1\nkind: Pod\n", Some(Kind::Kubernetes)),
            ("values.yaml", "replicas: 1\n", None),
            ("docker-entrypoint.sh", "", Some(Kind::Script)),
            ("docker-entrypoint", "", Some(Kind::Script)),
            ("start", "#!/usr/bin/env bash\n", Some(Kind::Script)),
            ("start", "#!/usr/bin/python3\n", None),
            ("<stdin>", "# syntax=docker/dockerfile:1\nFROM debian\n", Some(Kind::Dockerfile)),
            ("<stdin>", "version = 1\n", Some(Kind::Spec)),
            ("<stdin>", "hello", None),
            ("<stdin>", "", None),
        ] {
            assert_eq!(Kind::of(name, text), kind, "{name}");
        }
        assert!(!Kind::may_be("Cargo.toml") && Kind::may_be("wigwag.toml") && Kind::may_be("x.yaml"));
    }
}
