//! The services: which there are, and which of them the container is for.

use toml::Spanned;
use wigwag_core::{Signal, config};

use super::{order, service};
use crate::{
    diagnostic::Diagnostic,
    render,
    spec::{Entrypoint, Field, Problems, Service, Spec},
    suggest::quoted,
};

const EXAMPLE: &str = "a service is a table with a name: `[service.web]` and `command = [\"httpd\"]`";

/// How many services a container may have: it is no machine.
const MOST: usize = 64;

/// A service and its name.
pub type Entry = (Spanned<String>, Field<Service>);

/// Every service, in the order of the file.
pub fn all(spec: &Spec, entrypoint: Entrypoint, stop_signal: Signal, problems: &mut Problems) -> Vec<config::Service> {
    let services = spec.service.items().as_slice();
    match (services, &spec.service) {
        (_, Field::Absent) => problems.push(Diagnostic::new(0..0, "there is no service").help(EXAMPLE)),
        ([], Field::Given(table)) => {
            problems.push(Diagnostic::new(table.span(), "there is no service").help(EXAMPLE));
        }
        _ => {}
    }
    if let Some((one_too_many, _)) = services.get(MOST) {
        problems.push(
            Diagnostic::new(one_too_many.span(), format!("{} services, the limit is {MOST}", services.len()))
                .help("give those that belong together a container of their own"),
        );
        return Vec::new();
    }
    order::check(services, problems);
    check_main(services, problems);

    let main = main(spec);
    let mut checked = Vec::new();
    for entry in services {
        check_name(&entry.0, problems);
        let is_main = main.is_some_and(|main| std::ptr::eq(main, entry));
        if let Field::Given(written) = &entry.1 {
            // Without a main service nobody knows which of them it is.
            if main.is_some() {
                service::check_role(written.get_ref(), is_main, problems);
            }
            let service = service::check(&entry.0, written.get_ref(), is_main, entrypoint, stop_signal, problems);
            if is_main {
                fits_into_an_image(written.get_ref(), &service, problems);
            }
            checked.push(service);
        }
    }
    checked
}

/// The main service: the one that says so, or the only one.
pub fn main(spec: &Spec) -> Option<&Entry> {
    match spec.service.items().as_slice() {
        [only] => Some(only),
        services => services.iter().find(|(_, service)| is_declared_main(service)),
    }
}

/// The main service's table.
pub fn main_table(spec: &Spec) -> Option<&Service> {
    main(spec)?.1.given().map(Spanned::get_ref)
}

fn is_declared_main(service: &Field<Service>) -> bool {
    service.given().and_then(|service| service.get_ref().main.given()).is_some_and(|main| *main.get_ref())
}

fn check_main(services: &[Entry], problems: &mut Problems) {
    let fields = || services.iter().filter_map(|(_, service)| Some(&service.given()?.get_ref().main));
    let mut declared = fields().filter_map(Field::given).filter(|main| *main.get_ref());
    let first = declared.next();
    for second in declared {
        problems.push(
            Diagnostic::new(second.span(), "a container has one main service")
                .related(first.map(Spanned::span).unwrap_or_default(), "the first one")
                .help("keep the one whose end is the container's, and which gets its arguments and signals"),
        );
    }
    // What could not be read may have been the one.
    if first.is_some() || services.iter().any(|(_, service)| service.is_wrong()) || fields().any(Field::is_wrong) {
        return;
    }
    match services {
        [] => {}
        [_] => {
            if let Some(main) = fields().find_map(Field::given) {
                problems
                    .push(Diagnostic::new(main.span(), "the only service is the main one").help("leave `main` out"));
            }
        }
        [(name, _), others @ ..] => {
            let mut problem = Diagnostic::new(name.span(), "none of the services is the main one").help(format!(
                "write `main = true` below the one whose end is the container's, and which gets its arguments and \
                 signals: `[service.{}]`, or another",
                name.get_ref()
            ));
            problem.related =
                others.iter().map(|(name, _)| (name.span(), format!("or {}", quoted(name.get_ref())))).collect();
            problems.push(problem);
        }
    }
}

/// Says that no image can have the main service's command.
fn fits_into_an_image(written: &Service, meant: &config::Service, problems: &mut Problems) {
    let words = [meant.command.as_slice(), meant.args.as_slice()].concat();
    if let (Some(place), Some(problem)) = (written.command.place(), render::too_long(&words)) {
        problems.push(Diagnostic::new(place, problem).help("put what is long into a file, and name that"));
    }
}

fn check_name(name: &Spanned<String>, problems: &mut Problems) {
    let text = name.get_ref();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if text.is_empty() || !text.bytes().all(is_plain) {
        problems.push(
            Diagnostic::new(name.span(), format!("{} cannot be a service's name", quoted(text)))
                .help("letters `A-Z a-z`, digits, `.`, `_` and `-`"),
        );
    }
}
