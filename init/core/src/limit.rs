//! Resource limits: the names and numbers of getrlimit(2), and what becomes of the limits that a process has.

mod form;
mod resource;

use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;

pub use self::resource::{ParseResourceError, Resource};

/// How much: bytes, seconds, descriptors, …, as getrlimit(2) counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount(pub u64);

impl Amount {
    /// `RLIM_INFINITY`.
    pub const UNLIMITED: Self = Self(u64::MAX);
}

/// What is said about a resource. One number is both limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// What holds; without it, as it is, or the hard limit if that is lower.
    pub soft: Option<Amount>,
    /// How far the process may raise it; without it, as it is.
    pub hard: Option<Amount>,
}

/// Both limits that a process has, as prlimit(2) takes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// What holds.
    pub soft: Amount,
    /// How far the process may raise it.
    pub hard: Amount,
}

impl Limit {
    /// What is wrong with it, whatever the process has.
    pub(crate) fn problem(self, resource: Resource) -> Option<String> {
        let problem = match (self.soft, self.hard) {
            (None, None) => "has neither `soft` nor `hard`".to_string(),
            (Some(soft), Some(hard)) if soft > hard => {
                format!("has a `soft` of {soft}, more than its `hard` of {hard}")
            }
            (soft, hard) if resource == Resource::NOFILE && soft.max(hard) == Some(Amount::UNLIMITED) => {
                "is unlimited, and Linux takes numbers only, up to that of /proc/sys/fs/nr_open".to_string()
            }
            (Some(_), _) | (None, Some(_)) => return None,
        };
        Some(format!("`limits.{resource}` {problem}"))
    }

    fn over(self, now: Limits) -> Limits {
        let hard = self.hard.unwrap_or(now.hard);
        Limits { soft: self.soft.unwrap_or(now.soft.min(hard)), hard }
    }
}

/// Limits that cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The soft limit would be above the hard one, which is as it is.
    AboveHard {
        /// Whose limit.
        resource: Resource,
        /// Both limits.
        limits: Limits,
    },
    /// The hard limit would be raised, without `CAP_SYS_RESOURCE`.
    Raised {
        /// Whose limit.
        resource: Resource,
        /// The hard limit that the init has.
        from: Amount,
        /// The hard limit that is asked for.
        to: Amount,
    },
}

/// What has to be set; `now` is asked for what the init has (prlimit(2)), `may_raise` is whether it has
/// `CAP_SYS_RESOURCE`. What is as it should be is left alone.
///
/// # Errors
/// Every limit that cannot be had.
pub fn changes(
    limits: &BTreeMap<Resource, Limit>,
    may_raise: bool,
    now: impl Fn(Resource) -> Limits,
) -> Result<Vec<(Resource, Limits)>, Vec<Problem>> {
    let mut changes = Vec::new();
    let mut problems = Vec::new();
    for (resource, limit) in limits {
        let (resource, now) = (*resource, now(*resource));
        let limits = limit.over(now);
        if limits.soft > limits.hard {
            problems.push(Problem::AboveHard { resource, limits });
        } else if limits.hard > now.hard && !may_raise {
            problems.push(Problem::Raised { resource, from: now.hard, to: limits.hard });
        } else if limits != now {
            changes.push((resource, limits));
        }
    }
    if problems.is_empty() { Ok(changes) } else { Err(problems) }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AboveHard { resource, limits: Limits { soft, hard } } => {
                write!(f, "cannot set `limits.{resource}` to {soft}: the hard limit is {hard}")
            }
            Self::Raised { resource, from, to } => {
                write!(f, "cannot raise the hard limit `limits.{resource}` from {from} to {to} without ")?;
                write!(f, "CAP_SYS_RESOURCE: let the platform set it")
            }
        }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::UNLIMITED { f.write_str("unlimited") } else { self.0.fmt(f) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<BTreeMap<Resource, Limit>, Vec<crate::form::Problem>> {
        crate::form::read(text)
    }

    fn limits(soft: u64, hard: u64) -> Limits {
        Limits { soft: Amount(soft), hard: Amount(hard) }
    }

    #[test]
    fn some_limits_make_no_sense() {
        for (text, problem) in [
            ("core = {}", Some("`limits.core` has neither `soft` nor `hard`")),
            ("core = { soft = 2, hard = 1 }", Some("`limits.core` has a `soft` of 2, more than its `hard` of 1")),
            (
                "core = { soft = 'unlimited', hard = 1 }",
                Some("`limits.core` has a `soft` of unlimited, more than its `hard` of 1"),
            ),
            (
                "nofile = 'unlimited'",
                Some("`limits.nofile` is unlimited, and Linux takes numbers only, up to that of /proc/sys/fs/nr_open"),
            ),
            ("core = 'unlimited'", None),
            ("core = { soft = 1, hard = 'unlimited' }", None),
            ("nofile = { soft = 1 }", None),
            ("nofile = 1", None),
        ] {
            let limits = read(text).unwrap();
            let problems: Vec<_> = limits.iter().filter_map(|(resource, limit)| limit.problem(*resource)).collect();
            assert_eq!(problems.first().map(String::as_str), problem, "{text}");
        }
    }

    #[test]
    fn what_is_not_said_stays() {
        let unlimited = u64::MAX;
        for (text, now, expected) in [
            ("nofile = 1024", limits(64, 4096), Some(limits(1024, 1024))),
            ("nofile = 1024", limits(1024, 1024), None),
            ("nofile = { soft = 1024 }", limits(64, 4096), Some(limits(1024, 4096))),
            ("nofile = { soft = 64 }", limits(64, 4096), None),
            ("nofile = { hard = 2048 }", limits(64, 4096), Some(limits(64, 2048))),
            ("nofile = { hard = 32 }", limits(64, 4096), Some(limits(32, 32))),
            ("core = 0", limits(unlimited, unlimited), Some(limits(0, 0))),
            ("core = { soft = 'unlimited' }", limits(0, unlimited), Some(limits(unlimited, unlimited))),
        ] {
            let wanted = read(text).unwrap();
            let resource = *wanted.keys().next().unwrap();
            let expected = expected.map(|limits| (resource, limits)).into_iter().collect();
            assert_eq!(changes(&wanted, false, |_| now), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_limit_that_cannot_be_had_is_named() {
        let wanted = read("core = { soft = 'unlimited' }\nnofile = 8192").unwrap();
        let problems = |may_raise| changes(&wanted, may_raise, |_| limits(64, 4096)).unwrap_err();
        let above = "cannot set `limits.core` to unlimited: the hard limit is 4096";
        let raised = "cannot raise the hard limit `limits.nofile` from 4096 to 8192 without CAP_SYS_RESOURCE: let the platform set it";
        assert_eq!(problems(false).iter().map(ToString::to_string).collect::<Vec<_>>(), [above, raised]);
        assert_eq!(problems(true).iter().map(ToString::to_string).collect::<Vec<_>>(), [above]);
        let raised = read("nofile = 8192").unwrap();
        assert_eq!(changes(&raised, true, |_| limits(64, 4096)), Ok([(Resource::NOFILE, limits(8192, 8192))].into()));
    }
}
