//! The image that the cases of presets begin with: Debian, with the programs of the presets as Debian packages them.
//!
//! `mmdebstrap` makes it of packages that it fetches, which takes minutes and most of a gigabyte, so it is made once, beside
//! the other cases, and kept.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    process::{Command, Stdio},
    sync::OnceLock,
    thread,
};

use scenarios::Result;

use crate::docker::{LABEL, docker};

/// What has the programs, and what the cases ask them with.
const PACKAGES: &[&str] = &[
    "apache2",
    "bind9",
    "busybox-static",
    "caddy",
    "celery",
    "cron",
    "dnsmasq-base",
    "gunicorn",
    "haproxy",
    "lighttpd",
    "mariadb-server",
    "memcached",
    "nginx-light",
    "nodejs",
    "openssh-server",
    "pgbouncer",
    "php-fpm",
    "postfix",
    "postgresql",
    "procps",
    "puma",
    "python3",
    "redis-server",
    "ruby-sidekiq",
    "squid",
    "systemd-sysv",
    "unicorn",
    "uvicorn",
    "uwsgi",
    "uwsgi-plugin-python3",
    "varnish",
];

/// What no program here needs; a fifth of all.
const NOT_NEEDED: &[&str] = &[
    "/usr/share/doc/*",
    "/usr/share/javascript/*",
    "/usr/share/locale/*",
    "/usr/share/man/*",
    "/usr/share/nodejs/moment-timezone/*",
];

const TOOL: &str = "mmdebstrap";

/// Whether it can be made here, or is there.
pub fn is_possible() -> bool {
    Command::new(TOOL).arg("--version").stdout(Stdio::null()).status().is_ok_and(|status| status.success())
        || name().is_ok_and(|name| is_there(&name))
}

/// Makes it in the background, so that it is there when it is asked for.
pub fn begin() {
    thread::spawn(image);
}

/// The image's name. It is made if it is not there, and kept: its tag says what is in it.
pub fn image() -> Result<String> {
    static IMAGE: OnceLock<std::result::Result<String, String>> = OnceLock::new();
    Ok(IMAGE.get_or_init(|| make().map_err(|error| error.to_string())).clone()?)
}

fn make() -> Result<String> {
    let name = name()?;
    if !is_there(&name) {
        // Servers of packages fail now and then, for longer than apt tries again.
        import(&name).or_else(|_| import(&name))?;
    }
    Ok(name)
}

fn is_there(name: &str) -> bool {
    docker(["image", "inspect", name]).is_ok()
}

fn name() -> Result<String> {
    let mut hash = DefaultHasher::new();
    (PACKAGES, NOT_NEEDED, suite()?).hash(&mut hash);
    Ok(format!("wigwag-test-presets:{:016x}", hash.finish()))
}

/// That of this machine.
fn suite() -> Result<String> {
    let text = std::fs::read_to_string("/etc/os-release")?;
    let suite = text.lines().find_map(|line| line.strip_prefix("VERSION_CODENAME="));
    Ok(suite.ok_or("/etc/os-release has no VERSION_CODENAME")?.to_string())
}

fn import(name: &str) -> Result<()> {
    let mut tool = Command::new(TOOL)
        .args(["--quiet", "--variant=apt", "--aptopt=Apt::Install-Recommends \"false\""])
        .arg("--aptopt=Acquire::Retries \"5\"")
        .args(NOT_NEEDED.iter().map(|pattern| format!("--dpkgopt=path-exclude={pattern}")))
        .arg(format!("--include={}", PACKAGES.join(",")))
        .args([&suite()?, "-"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{TOOL}: {error}"))?;
    let archive = tool.stdout.take().ok_or("no archive")?;
    let import = Command::new("docker")
        .args(["import", "--change", &format!("LABEL {LABEL}=base"), "-", name])
        .stdin(archive)
        .output()?;
    let made = tool.wait_with_output()?;
    if made.status.success() && import.status.success() {
        return Ok(());
    }
    // An archive that was cut is an image, too.
    let _ = docker(["image", "rm", name]);
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_string();
    Err(format!(
        "the image of the presets: {}: {}, docker import: {}",
        made.status,
        said(&made.stderr),
        said(&import.stderr)
    )
    .into())
}
