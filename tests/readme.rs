//! What is documented is run: the specs of the README and of `docs/spec-examples.md` are checked, the README's commands give the
//! output that stands below them; the first plugin of `docs/plugins.md` is made as it says there.

use std::{
    env, fs,
    io::Write,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use scenarios::{Result, built, component, skip};
use tempfile::TempDir;

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The blocks of a text, in their order: language and content.
fn all_blocks(text: &str) -> impl Iterator<Item = (&str, &str)> {
    // Between two fences is what begins with a language and ends with a line.
    text.split("```").skip(1).step_by(2).filter_map(|block| block.split_once('\n'))
}

/// A document's blocks of a language.
fn blocks(document: &str, language: &str) -> Result<Vec<String>> {
    let text = fs::read_to_string(Path::new(REPOSITORY).join(document))?;
    let blocks: Vec<_> =
        all_blocks(&text).filter(|block| block.0 == language).map(|block| block.1.to_string()).collect();
    assert!(!blocks.is_empty(), "{document} has no {language}");
    Ok(blocks)
}

#[test]
fn specs_are_right() -> Result<()> {
    let specs = [blocks("README.md", "toml")?, blocks("docs/spec-examples.md", "toml")?].concat();
    // Where the files of their plugins are.
    let directory = tempfile::tempdir()?;
    fs::create_dir(directory.path().join("plugins"))?;
    for (name, world) in [("rewrite", "decides-signals"), ("luks", "everything")] {
        let module = component::module(&format!("include wigwag:plugin/{world}@0.1.0;"))?;
        fs::write(directory.path().join(format!("plugins/{name}.wasm")), module)?;
    }
    for spec in specs {
        let mut check = Command::new(&built()?.wigwag);
        let mut check = check.args(["check", "-"]).current_dir(directory.path()).stdin(Stdio::piped()).spawn()?;
        check.stdin.take().expect("it is piped").write_all(spec.as_bytes())?;
        assert!(check.wait()?.success(), "{spec}");
    }
    Ok(())
}

#[test]
fn examples_are_right() -> Result<()> {
    for example in fs::read_dir(Path::new(REPOSITORY).join("examples"))? {
        let spec = example?.path().join("wigwag.toml");
        assert!(Command::new(&built()?.wigwag).arg("check").arg(&spec).status()?.success(), "{}", spec.display());
    }
    Ok(())
}

#[test]
fn commands_print_what_is_shown() -> Result<()> {
    for session in blocks("README.md", "console")? {
        let (command, shown) = session.split_once('\n').expect("a command and its output");
        let args = command.strip_prefix("$ cargo wigwag ").expect("a command of ours");
        let output = Command::new(&built()?.wigwag)
            .args(args.split(' '))
            .current_dir(REPOSITORY)
            .stdin(Stdio::null())
            .output()?;
        let printed = String::from_utf8([output.stdout, output.stderr].concat())?;
        assert_eq!(printed.trim_end(), shown.trim_end(), "{command}");
    }
    Ok(())
}

/// What a section of the document about plugins has, from its heading to the next.
fn section<'a>(document: &'a str, heading: &str) -> Result<&'a str> {
    let (_, section) = document.split_once(&format!("\n## {heading}\n")).ok_or("there is no such section")?;
    Ok(section.split_once("\n## ").map_or(section, |(section, _)| section))
}

#[test]
fn plugins_are_made_as_is_shown() -> Result<()> {
    let document = fs::read_to_string(Path::new(REPOSITORY).join("docs/plugins.md"))?;
    let first = section(&document, "The first one")?;
    let debian = all_blocks(section(&document, "Without rustup")?).last().ok_or("there is no command")?.1;
    let build = if has_rustup_target()? {
        None
    } else if has_debian_compiler() {
        Some(debian)
    } else {
        // Up to the code, it is a project as any other.
        Author::new(None)?.follows(first.split("```rust").next().unwrap_or_default())?;
        return skip(2, "no Rust for wasm32-unknown-unknown: docs/plugins.md says where it is had from");
    };

    let mut author = Author::new(build)?;
    author.follows(first)?;
    for said in ["  hooks      on-signal\n", "  asks for   nothing\n", "test result: ok. 1 passed"] {
        assert!(author.seen.contains(said), "{said}: {}", author.seen);
    }
    assert_eq!(author.seen.matches("  decision: rewrite to SIGQUIT\n").count(), 2, "{}", author.seen);
    for file in ["Dockerfile", "init.toml", "wigwag-init", "wigwag-host", "plugins"] {
        assert!(author.directory.join("out").join(file).exists(), "{file}");
    }
    let code = fs::read_to_string(author.directory.join("src/lib.rs"))?;
    let test = all_blocks(section(&document, "Tests")?).next().ok_or("there is no test")?.1;
    author.writes("src/lib.rs", &format!("{code}\n#[cfg(test)]\nmod tests {{\nuse super::MyPlugin;\n{test}}}\n"))?;
    author.types("cargo test")?;
    assert!(author.seen.contains("a_stop_is_rewritten ... ok"), "{}", author.seen);
    Ok(())
}

/// Somebody who follows a document.
struct Author<'a> {
    directory: PathBuf,
    /// What is typed in the place of `cargo build …`.
    build: Option<&'a str>,
    /// What was printed.
    seen: String,
    _home: TempDir,
}

impl<'a> Author<'a> {
    fn new(build: Option<&'a str>) -> Result<Self> {
        let home = tempfile::tempdir()?;
        Ok(Self { directory: home.path().to_path_buf(), build, seen: String::new(), _home: home })
    }

    /// Types the commands, and writes the code and the spec.
    fn follows(&mut self, section: &str) -> Result<()> {
        for (language, block) in all_blocks(section) {
            match language {
                "sh" => {
                    for line in block.lines() {
                        let build = self.build.filter(|_| line.starts_with("cargo build"));
                        self.types(build.unwrap_or(line))?;
                    }
                }
                "rust" => self.writes("src/lib.rs", block)?,
                "toml" => self.writes("wigwag.toml", block)?,
                other => return Err(format!("what is done with `{other}`?").into()),
            }
        }
        Ok(())
    }

    fn types(&mut self, line: &str) -> Result<()> {
        if let Some(directory) = line.strip_prefix("cd ") {
            self.directory.push(directory);
            return self.enters_project();
        }
        let own = built()?.wigwag.parent().map(Path::to_path_buf);
        let path = env::var_os("PATH").unwrap_or_default();
        let mut command = Command::new("/bin/sh");
        command.args(["-euc", line]).current_dir(&self.directory).stdin(Stdio::null());
        command.env("PATH", env::join_paths(own.into_iter().chain(env::split_paths(&path)))?);
        // Of the cargo that runs this test.
        for name in ["CARGO", "CARGO_TARGET_DIR", "LD_LIBRARY_PATH", "RUSTFLAGS"] {
            command.env_remove(name);
        }
        if line == "cargo test" {
            command.env("CARGO_NET_OFFLINE", "true");
        }
        let output = command.output()?;
        let printed = String::from_utf8([output.stdout, output.stderr].concat())?;
        if !output.status.success() {
            return Err(format!("`{line}` ends with {}:\n{printed}", output.status).into());
        }
        self.seen += &printed;
        Ok(())
    }

    fn writes(&self, file: &str, text: &str) -> Result<()> {
        Ok(fs::write(self.directory.join(file), text)?)
    }

    /// What it depends on is here already, in these versions; and is built once for all runs.
    fn enters_project(&self) -> Result<()> {
        fs::copy(Path::new(REPOSITORY).join("Cargo.lock"), self.directory.join("Cargo.lock"))?;
        let target = built()?.probe.ancestors().nth(3).ok_or("the probe is in no target directory")?.join("guest");
        fs::create_dir_all(&target)?;
        Ok(symlink(target, self.directory.join("target"))?)
    }
}

fn has_rustup_target() -> Result<bool> {
    let output =
        Command::new("rustc").args(["--print", "target-libdir", "--target", "wasm32-unknown-unknown"]).output()?;
    Ok(output.status.success() && Path::new(String::from_utf8(output.stdout)?.trim()).exists())
}

fn has_debian_compiler() -> bool {
    let sources = Command::new("/usr/bin/rustc").args(["--print", "sysroot"]).env_remove("LD_LIBRARY_PATH").output();
    let sysroot = sources.ok().and_then(|output| String::from_utf8(output.stdout).ok()).unwrap_or_default();
    Path::new("/usr/bin/cargo").exists() && Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library").exists()
}
