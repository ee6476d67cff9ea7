//! What a command is for: to serve, or to be over soon. Where nobody can know, nothing is presumed.

use wigwag_presets::by_command;

use super::shells::{self, Started};
use crate::launchers::{Effect, Starts, launch, name};
use crate::pid1::Sh;
use crate::script::syntax::Word;

/// What a command is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Work {
    /// Something that is over soon: `mkdir`, `migrate`.
    Short,
    /// It may be either.
    Unknown,
    /// It serves: it is known for that, or it is what the container is told to run.
    Service,
}

/// What these words are for.
pub fn of(words: &[Word], sh: Sh) -> Work {
    let Some(first) = words.first() else { return Work::Short };
    if first.is_arguments() {
        return Work::Service;
    }
    if first.literal.is_none() {
        return if is_job(words) { Work::Short } else { Work::Unknown };
    }
    let program = name(first);
    if SHORT.contains(&program) || program.starts_with("update-") {
        return Work::Short;
    }
    match shells::started(words, sh) {
        Some(Started::Nothing) => return Work::Short,
        Some(Started::Script(script)) => return of(script, sh),
        Some(Started::Text { .. }) => return Work::Unknown,
        None => {}
    }
    if let Some(launch) = launch(words, sh) {
        return match (launch.effect, launch.starts) {
            (Effect::Leaves, _) => Work::Short,
            (Effect::TellsShell, _) if is_job(words) => Work::Short,
            (Effect::TellsShell, _) => Work::Service,
            (_, Starts::Words(inner)) => of(inner, sh),
            (_, Starts::Program(program)) => of(std::slice::from_ref(program), sh),
            (_, Starts::Text(_)) => Work::Unknown,
            (_, Starts::Elsewhere) => Work::Service,
            (_, Starts::Unknown) => Work::Short,
        };
    }
    if is_job(words) {
        return Work::Short;
    }
    let known: Vec<&str> = words.iter().map(Word::known).collect();
    match by_command(&known) {
        // What an interpreter runs may be anything.
        Some(preset) if !matches!(preset.name.as_str(), "node" | "java" | "dotnet" | "shell" | "cron") => Work::Service,
        _ if program.starts_with("supervisord") => Work::Service,
        _ => Work::Unknown,
    }
}

/// Whether it waits for nothing, so that the container goes on.
pub fn keeps_alive(words: &[Word]) -> bool {
    let Some((first, args)) = words.split_first() else { return false };
    let is_long = |word: &Word| {
        let number: String = word.known().chars().take_while(char::is_ascii_digit).collect();
        word.known().starts_with("inf") || number.len() >= 5 || word.known().ends_with('d') && !number.is_empty()
    };
    match name(first) {
        "tail" => args.iter().any(|word| {
            let word = word.known();
            word.starts_with("--follow")
                || word.starts_with('-') && !word.starts_with("--") && word.contains(['f', 'F'])
        }),
        "sleep" => args.iter().any(is_long),
        _ => false,
    }
}

/// Whether a word says that it is a job: `./migrate.sh`, `manage.py collectstatic`, `--version`.
fn is_job(words: &[Word]) -> bool {
    let Some((first, args)) = words.split_first() else { return false };
    // What an interpreter runs has a name as a program has one.
    let is_interpreter = ["python", "node", "php", "ruby", "perl"].iter().any(|known| name(first).starts_with(known));
    let script = args.iter().position(|word| is_interpreter && !word.known().starts_with('-'));
    let says = |(at, word): (usize, &Word)| match word.known() {
        "--version" | "--help" | "-V" | "-version" | "--configtest" => true,
        text if text.starts_with('-') || text.contains('=') => false,
        text => (Some(at) == script || !text.contains(['.', '/'])) && is_name_of_job(word),
    };
    is_name_of_job(first) || args.iter().take(4).enumerate().any(says)
}

fn is_name_of_job(word: &Word) -> bool {
    let text = word.unquoted();
    let file = text.rsplit('/').next().unwrap_or_default();
    let stem = file.split('.').next().unwrap_or_default();
    stem.split(['-', '_', ':']).any(|part| JOBS.contains(&part))
}

const JOBS: &[&str] = &[
    "add",
    "apply",
    "backup",
    "bootstrap",
    "build",
    "chown",
    "ci",
    "clean",
    "cleanup",
    "clone",
    "collectstatic",
    "compile",
    "config",
    "configtest",
    "configure",
    "create",
    "createcachetable",
    "createsuperuser",
    "dump",
    "ensure",
    "fixtures",
    "flush",
    "generate",
    "help",
    "init",
    "initdb",
    "initialise",
    "initialize",
    "install",
    "load",
    "loaddata",
    "makemigrations",
    "migrate",
    "migration",
    "migrations",
    "precompile",
    "prepare",
    "provision",
    "render",
    "restore",
    "rights",
    "permissions",
    "seed",
    "set",
    "setup",
    "sync",
    "test",
    "tests",
    "update",
    "upgrade",
    "validate",
    "wait",
    "warmup",
    "version",
];

const SHORT: &[&str] = &[
    ":",
    "[",
    "[[",
    "addgroup",
    "adduser",
    "alias",
    "apk",
    "apt",
    "apt-get",
    "awk",
    "base64",
    "basename",
    "bg",
    "break",
    "cat",
    "cd",
    "certbot",
    "chgrp",
    "chmod",
    "chown",
    "chpasswd",
    "clear",
    "cmp",
    "command",
    "comm",
    "composer",
    "confd",
    "continue",
    "cp",
    "createdb",
    "createuser",
    "crontab",
    "curl",
    "cut",
    "date",
    "dd",
    "declare",
    "df",
    "diff",
    "dig",
    "dirname",
    "disown",
    "dnf",
    "dpkg",
    "du",
    "echo",
    "egrep",
    "envsubst",
    "expr",
    "export",
    "false",
    "fg",
    "fgrep",
    "file",
    "fold",
    "free",
    "getent",
    "getopts",
    "git",
    "gomplate",
    "gpg",
    "grep",
    "groupadd",
    "groupmod",
    "gunzip",
    "gzip",
    "hash",
    "head",
    "hexdump",
    "host",
    "hostname",
    "iconv",
    "id",
    "ifconfig",
    "initdb",
    "ip",
    "ip6tables",
    "iptables",
    "j2",
    "jobs",
    "join",
    "jq",
    "kill",
    "killall",
    "ldconfig",
    "let",
    "ln",
    "local",
    "logger",
    "ls",
    "lsof",
    "md5sum",
    "mesg",
    "mkdir",
    "mkfifo",
    "mknod",
    "mktemp",
    "modprobe",
    "mongo",
    "mongosh",
    "more",
    "mount",
    "mountpoint",
    "mv",
    "mysql",
    "mysql_install_db",
    "mysqladmin",
    "nc",
    "ncat",
    "netstat",
    "nproc",
    "nslookup",
    "openssl",
    "paste",
    "patch",
    "pg_ctl",
    "pg_dump",
    "pg_isready",
    "pgrep",
    "pidof",
    "ping",
    "pip",
    "pip3",
    "pkill",
    "popd",
    "printenv",
    "printf",
    "ps",
    "psql",
    "pushd",
    "pwd",
    "rabbitmqctl",
    "rabbitmq-plugins",
    "read",
    "readarray",
    "readlink",
    "readonly",
    "realpath",
    "redis-cli",
    "rm",
    "rmdir",
    "rsync",
    "sed",
    "seq",
    "set",
    "sha256sum",
    "shift",
    "shopt",
    "shred",
    "sleep",
    "sort",
    "split",
    "ss",
    "ssh-keygen",
    "stat",
    "stty",
    "sync",
    "sysctl",
    "tac",
    "tail",
    "tar",
    "tee",
    "test",
    "touch",
    "tput",
    "tr",
    "trap",
    "true",
    "truncate",
    "tty",
    "type",
    "typeset",
    "ulimit",
    "umask",
    "umount",
    "unalias",
    "uname",
    "uniq",
    "unlink",
    "unset",
    "unxz",
    "unzip",
    "useradd",
    "usermod",
    "userdel",
    "visudo",
    "wait",
    "wc",
    "wget",
    "which",
    "who",
    "whoami",
    "xz",
    "yq",
    "yum",
    "zcat",
    "zip",
    "mapfile",
    "mysql_tzinfo_to_sql",
    "mysqld_safe_helper",
    "dpkg-reconfigure",
    "locale-gen",
    "ssh-add",
    "ssh-agent",
    "timedatectl",
    "jobs",
    "pg_controldata",
    "pg_upgrade",
    "mariadb",
    "mariadb-admin",
];
