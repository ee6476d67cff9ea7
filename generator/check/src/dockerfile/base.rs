//! What the name of a base image tells: its `/bin/sh`, and what is inherited from it.

use wigwag_core::Signal;

use crate::pid1;

/// The `/bin/sh` of an image. What it does with a last command decides whether the shell form works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sh {
    /// Debian's and Ubuntu's: it forks, always.
    Dash,
    /// Fedora's and its relatives': it executes the last command in its place.
    Bash,
    /// Alpine's, as bash.
    Busybox,
    /// There is none.
    Missing,
    /// The name does not tell.
    Unknown,
}

impl Sh {
    /// For what must be told of an image without a shell too.
    pub const fn known(self) -> pid1::Sh {
        match self {
            Self::Dash => pid1::Sh::Dash,
            Self::Bash => pid1::Sh::Bash,
            Self::Busybox => pid1::Sh::Busybox,
            Self::Missing | Self::Unknown => pid1::Sh::Unknown,
        }
    }
}

/// What is known of the image that a Dockerfile begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Base {
    /// Its `/bin/sh`.
    pub sh: Sh,
    /// Its STOPSIGNAL, if that is known; `SIGTERM` if it says nothing.
    pub stop_signal: Option<Signal>,
    /// Whether its ENTRYPOINT only sets up and then executes CMD, as those of official images do, or there is none.
    pub entrypoint_execs: bool,
}

impl Base {
    /// Nothing but that there is an image.
    pub const UNKNOWN: Self = Self { sh: Sh::Unknown, stop_signal: None, entrypoint_execs: false };

    /// What this image is, by its name: `python:3.12-slim`, `docker.io/library/alpine`, `gcr.io/distroless/static`.
    pub fn of(image: &str) -> Self {
        let image = image.split('@').next().unwrap_or_default();
        let (repository, tag) = match image.rsplit_once(':') {
            // The colon of a registry's port is followed by a slash.
            Some((repository, tag)) if !tag.contains('/') => (repository, tag),
            _ => (image, ""),
        };
        let repository = repository.to_ascii_lowercase();
        if repository == "scratch" {
            return Self::plain(Sh::Missing);
        }
        if let Some(name) = official(&repository) {
            return Self::official(name, tag);
        }
        let last = repository.rsplit('/').next().unwrap_or_default();
        let plain = if repository.starts_with("gcr.io/distroless/") {
            if tag.contains("debug") { Sh::Busybox } else { Sh::Missing }
        } else if repository.starts_with("cgr.dev/chainguard/") {
            if tag.ends_with("-dev") || last == "wolfi-base" { Sh::Busybox } else { return Self::UNKNOWN }
        } else if repository.starts_with("mcr.microsoft.com/dotnet/") {
            if tag.contains("chiseled") || tag.contains("distroless") {
                Sh::Missing
            } else {
                by_tag(tag).unwrap_or(Sh::Dash)
            }
        } else if repository.contains("opensuse/") || is_red_hat(last) {
            Sh::Bash
        } else {
            return Self { sh: by_tag(tag).unwrap_or(Sh::Unknown), ..Self::UNKNOWN };
        };
        Self::plain(plain)
    }

    /// An image that starts nothing of its own.
    const fn plain(sh: Sh) -> Self {
        Self { sh, stop_signal: Some(Signal::TERM), entrypoint_execs: true }
    }

    fn official(name: &str, tag: &str) -> Self {
        let sh = by_tag(tag).unwrap_or(match name {
            "alpine" | "busybox" | "caddy" | "traefik" | "registry" | "docker" | "eclipse-mosquitto" => Sh::Busybox,
            "fedora" | "centos" | "rockylinux" | "almalinux" | "oraclelinux" | "amazonlinux" | "archlinux"
            | "photon" | "mageia" | "mysql" | "openjdk" | "bash" => Sh::Bash,
            _ if KNOWN.contains(&name) => Sh::Dash,
            _ => return Self::UNKNOWN,
        });
        let stop_signal = match name {
            "httpd" => Signal::WINCH,
            "php" if tag.contains("apache") => Signal::WINCH,
            "php" if tag.contains("fpm") => Signal::QUIT,
            "nginx" => Signal::QUIT,
            "haproxy" => Signal::USR1,
            "postgres" => Signal::INT,
            _ => Signal::TERM,
        };
        Self { stop_signal: Some(stop_signal), ..Self::plain(sh) }
    }
}

/// Official images whose `/bin/sh` is dash unless the tag says something else.
const KNOWN: [&str; 36] = [
    "debian",
    "ubuntu",
    "buildpack-deps",
    "python",
    "node",
    "golang",
    "rust",
    "ruby",
    "php",
    "perl",
    "gcc",
    "httpd",
    "nginx",
    "haproxy",
    "postgres",
    "mariadb",
    "mongo",
    "redis",
    "valkey",
    "memcached",
    "rabbitmq",
    "tomcat",
    "jetty",
    "eclipse-temurin",
    "maven",
    "gradle",
    "elixir",
    "erlang",
    "haskell",
    "pypy",
    "wordpress",
    "nextcloud",
    "ghost",
    "varnish",
    "solr",
    "julia",
];

/// The name of an official image, without the ways to write where it comes from.
fn official(repository: &str) -> Option<&str> {
    const FROM: [&str; 5] =
        ["docker.io/library/", "public.ecr.aws/docker/library/", "mirror.gcr.io/library/", "library/", "docker.io/"];
    let name = FROM.iter().find_map(|prefix| repository.strip_prefix(prefix)).unwrap_or(repository);
    (!name.contains('/')).then_some(name)
}

fn is_red_hat(name: &str) -> bool {
    const NAMES: [&str; 8] =
        ["fedora", "centos", "rockylinux", "almalinux", "oraclelinux", "amazonlinux", "fedora-minimal", "stream9"];
    NAMES.contains(&name)
        || name.strip_prefix("ubi").is_some_and(|rest| rest.starts_with(|c: char| c == '-' || c.is_ascii_digit()))
}

/// The distribution that a tag names.
fn by_tag(tag: &str) -> Option<Sh> {
    const DISTRIBUTIONS: [(Sh, &[&str]); 3] = [
        (Sh::Busybox, &["alpine", "busybox", "musl"]),
        (
            Sh::Dash,
            &[
                "slim", "buster", "bullseye", "bookworm", "trixie", "forky", "sid", "debian", "ubuntu", "focal",
                "jammy", "noble", "bionic",
            ],
        ),
        (Sh::Bash, &["ubi", "oracle", "oraclelinux", "fedora", "centos", "al"]),
    ];
    // `alpine3.20` and `ubi9-minimal` name one as well as `alpine` and `ubi9` do.
    let letters = |name: &str| name.trim_end_matches(|c: char| c.is_ascii_digit()).to_string();
    let parts: Vec<_> = tag.split(['-', '_', '.']).map(letters).collect();
    let named = |names: &[&str]| names.iter().any(|name| parts.iter().any(|part| *part == *name));
    DISTRIBUTIONS.iter().find_map(|(sh, names)| named(names).then_some(*sh))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_the_shell() {
        for (image, sh) in [
            ("debian:12", Sh::Dash),
            ("ubuntu", Sh::Dash),
            ("python:3.12-slim", Sh::Dash),
            ("python:3.12-alpine3.20", Sh::Busybox),
            ("docker.io/library/node:20", Sh::Dash),
            ("alpine", Sh::Busybox),
            ("fedora:41", Sh::Bash),
            ("registry.access.redhat.com/ubi9/ubi-minimal:9.4", Sh::Bash),
            ("registry.access.redhat.com/ubi9:latest", Sh::Bash),
            ("rockylinux/rockylinux:9", Sh::Bash),
            ("quay.io/centos/centos:stream9", Sh::Bash),
            ("scratch", Sh::Missing),
            ("gcr.io/distroless/static-debian12", Sh::Missing),
            ("gcr.io/distroless/base:debug", Sh::Busybox),
            ("mcr.microsoft.com/dotnet/aspnet:8.0", Sh::Dash),
            ("mcr.microsoft.com/dotnet/aspnet:8.0-jammy-chiseled", Sh::Missing),
            ("mcr.microsoft.com/dotnet/aspnet:8.0-alpine", Sh::Busybox),
            ("localhost:5000/team/app", Sh::Unknown),
            ("team/app:1.2-alpine@sha256:00", Sh::Busybox),
            ("eclipse-temurin:17-jre-ubi9-minimal", Sh::Bash),
        ] {
            assert_eq!(Base::of(image).sh, sh, "{image}");
        }
    }

    #[test]
    fn official_images_have_their_stop_signal() {
        assert_eq!(Base::of("nginx:1.27-alpine").stop_signal, Some(Signal::QUIT));
        assert_eq!(Base::of("php:8.3-fpm").stop_signal, Some(Signal::QUIT));
        assert_eq!(Base::of("debian").stop_signal, Some(Signal::TERM));
        assert_eq!(Base::of("team/nginx").stop_signal, None);
    }
}
