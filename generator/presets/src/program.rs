//! How programs and images are called.

/// The last part of a path.
pub fn name(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}

/// Without a version at the end: `php-fpm` of `php-fpm8.2`.
pub fn without_version(name: &str) -> &str {
    name.trim_end_matches(|end: char| end.is_ascii_digit() || end == '.').trim_end_matches('-')
}

/// What the program of a command line runs, if it is there to run another.
pub fn launched<'a>(words: &[&'a str]) -> Option<&'a str> {
    match words {
        [program, "-m", module, ..] if without_version(name(program)) == "python" => module.split('.').next(),
        [program, "exec", launched, ..] if name(program) == "bundle" => Some(launched),
        [program, script, ..] if ["python", "ruby"].contains(&without_version(name(program))) => Some(script),
        _ => None,
    }
}

/// An image's name, without its registry, and its tag.
pub struct Image<'a> {
    repository: &'a str,
    tag: &'a str,
}

impl<'a> Image<'a> {
    pub fn new(image: &'a str) -> Self {
        let image = image.split('@').next().unwrap_or(image);
        let image = match image.split_once('/') {
            Some((registry, rest)) if registry.contains(['.', ':']) || registry == "localhost" => rest,
            _ => image,
        };
        let (repository, tag) = image.split_once(':').unwrap_or((image, "latest"));
        Self { repository: repository.strip_prefix("library/").unwrap_or(repository), tag }
    }

    /// Whether the pattern is for it: `nginx`, or with a part of the tag, `php:fpm`.
    pub fn is(&self, pattern: &str) -> bool {
        let (repository, part) = pattern.split_once(':').map_or((pattern, None), |(name, part)| (name, Some(part)));
        self.repository == repository && part.is_none_or(|part| self.tag.split('-').any(|word| word == part))
    }
}
