//! As whom and where a process runs.

use std::collections::BTreeMap;

use toml::Spanned;
use wigwag_core::{
    config,
    limit::{Amount, Limit, Resource},
};

use super::{path, value};
use crate::{
    diagnostic::Diagnostic,
    spec::{Bounds, Execution, Field, Problems, SoftAndHard, no_resource},
};

/// What is said of a process.
pub fn check(execution: &Execution, problems: &mut Problems) -> config::Execution {
    let user = execution.user.given();
    if let (Some(user), Some(group)) = (user.filter(|user| user.get_ref().group.is_some()), execution.group.given()) {
        problems.push(
            Diagnostic::new(group.span(), "the group is given twice")
                .related(user.span(), "the first time")
                .help("keep one of them"),
        );
    }
    let groups = &execution.supplementary_groups;
    config::Execution {
        user: user.map(|user| user.get_ref().clone()),
        group: execution.group.given().map(|group| group.get_ref().clone()),
        supplementary_groups: groups
            .given()
            .map(|groups| groups.get_ref().iter().map(|group| group.get_ref().clone()).collect()),
        working_dir: execution.working_dir.given().and_then(|directory| path(directory, problems)),
        umask: value(&execution.umask),
        no_new_privs: value(&execution.no_new_privs).unwrap_or_default(),
        parent_death_signal: value(&execution.parent_death_signal),
        session: value(&execution.session).unwrap_or_default(),
        limits: limits(execution, problems),
    }
}

fn limits(execution: &Execution, problems: &mut Problems) -> BTreeMap<Resource, Limit> {
    let mut limits = BTreeMap::new();
    for (name, bounds) in execution.limits.items() {
        let Ok(resource) = name.get_ref().parse::<Resource>() else {
            problems.push(no_resource(name.get_ref(), name.span()));
            continue;
        };
        let Field::Given(bounds) = bounds else { continue };
        limits.insert(resource, limit(name.get_ref(), bounds, problems));
    }
    limits
}

fn limit(resource: &str, bounds: &Spanned<Bounds>, problems: &mut Problems) -> Limit {
    let SoftAndHard { soft, hard } = &bounds.get_ref().0;
    match (soft.given(), hard.given()) {
        (None, None) => problems.push(
            Diagnostic::new(bounds.span(), "nothing is declared").help("`soft`, `hard`, or both: `{ soft = 1024 }`"),
        ),
        (Some(soft), Some(hard)) if soft.get_ref() > hard.get_ref() => problems.push(
            Diagnostic::new(soft.span(), "the soft limit is above the hard one")
                .related(hard.span(), "the hard limit")
                .help(format!("at most `{}`", hard.get_ref())),
        ),
        (Some(_), _) | (None, Some(_)) => {}
    }
    let unlimited =
        [soft, hard].into_iter().filter_map(Field::given).find(|amount| *amount.get_ref() == Amount::UNLIMITED);
    if let Some(amount) = unlimited.filter(|_| resource == "nofile") {
        problems.push(
            Diagnostic::new(amount.span(), "`nofile` cannot be unlimited: Linux takes numbers only")
                .help("at most what /proc/sys/fs/nr_open says, usually 1048576"),
        );
    }
    Limit { soft: value(soft), hard: value(hard) }
}
