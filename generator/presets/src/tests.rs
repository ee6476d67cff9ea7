use super::*;

#[test]
fn every_file_is_a_preset() {
    let wrong: Vec<String> = FILES
        .iter()
        .filter_map(|(name, text)| Some(format!("{name}.toml: {}", Preset::read(name, text).err()?)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(!all().is_empty());
}

#[test]
fn a_program_or_an_image_has_one_preset() {
    let mut names: Vec<&String> =
        all().iter().flat_map(|preset| preset.programs.iter().chain(&preset.images)).collect();
    names.sort();
    let twice: Vec<_> = names.windows(2).filter(|pair| pair.first() == pair.get(1)).collect();
    // An image may be called as its program is, within one preset.
    let is_shared =
        |name: &str| all().iter().filter(|it| it.programs.iter().chain(&it.images).any(|own| own == name)).count() > 1;
    let shared: Vec<_> = twice.into_iter().flatten().filter(|name| is_shared(name)).collect();
    assert!(shared.is_empty(), "{shared:?}");
}

#[test]
fn programs_are_known_by_their_names() {
    for (command, name) in [
        (&["httpd", "-DFOREGROUND"][..], "httpd"),
        (&["/usr/sbin/apache2"], "httpd"),
        (&["apache2ctl", "-D", "FOREGROUND"], "httpd"),
        (&["mysqld"], "mysql"),
        (&["mariadbd"], "mysql"),
        (&["php-fpm8.2", "-F"], "php-fpm"),
        (&["python3", "-m", "gunicorn", "app:app"], "gunicorn"),
        (&["python3.11", "-m", "celery.bin.celery"], "celery"),
        (&["bundle", "exec", "puma"], "puma"),
        (&["/usr/bin/python3", "/usr/bin/gunicorn", "app:app"], "gunicorn"),
        (&["nodejs", "server.js"], "node"),
    ] {
        assert_eq!(by_command(command).map(|preset| preset.name.as_str()), Some(name), "{command:?}");
    }
    for command in [&["httpdx"][..], &[""], &["/"], &[], &["5"], &["python3", "-m"], &["bundle", "exec"]] {
        assert!(by_command(command).is_none(), "{command:?}");
    }
}

#[test]
fn images_are_known_by_their_names() {
    for (image, name) in [
        ("nginx", "nginx"),
        ("nginx:1.27", "nginx"),
        ("docker.io/library/nginx:1.27-alpine@sha256:00", "nginx"),
        ("localhost:5000/nginx", "nginx"),
        ("php:8.3-fpm", "php-fpm"),
        ("php:8.3-fpm-alpine", "php-fpm"),
        ("php:8.3-apache", "httpd"),
        ("postgres:17", "postgres"),
    ] {
        assert_eq!(by_image(image).map(|preset| preset.name.as_str()), Some(name), "{image}");
    }
    for image in ["php", "php:8.3-cli", "somebody/nginx", "nginx2", "", ":", "registry.example/nginx/x"] {
        assert!(by_image(image).is_none(), "{image}");
    }
}

#[test]
fn the_document_is_what_the_files_say() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/presets.md");
    if std::env::var_os("UPDATE").is_some_and(|update| update == "1") {
        std::fs::write(path, document()).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(written == document(), "docs/presets.md is not what `UPDATE=1 cargo test -p wigwag-presets` writes");
}
