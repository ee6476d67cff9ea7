//! All that was found in some files, and how it is told.

mod json;
mod place;
mod sarif;
mod text;

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use self::place::{Place, Places};
use crate::{
    Finding, Rule, Severity,
    rules::{self, unknown_suppression, unused_suppression},
    suppression::{self, Suppression},
};

/// What was found.
#[derive(Debug, Default)]
pub struct Report {
    findings: Vec<Finding>,
    /// The texts of the files that were checked, by their names.
    sources: BTreeMap<String, String>,
}

impl Report {
    /// Notes that a file was checked.
    pub fn checked(&mut self, name: &str, text: &str) {
        self.sources.entry(name.to_string()).or_insert_with(|| text.to_string());
    }

    /// How many files were checked.
    #[must_use]
    pub fn files(&self) -> usize {
        self.sources.len()
    }

    /// Adds what another one has.
    pub fn merge(&mut self, other: Self) {
        self.sources.extend(other.sources);
        other.findings.into_iter().for_each(|finding| self.add(finding));
    }

    /// Adds what was found in files that were checked.
    pub fn add(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Adds what was found at a place.
    pub(crate) fn find(
        &mut self,
        rule: &'static Rule,
        (file, span): (&str, &Range<usize>),
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let (message, help) = (message.into(), help.into());
        self.findings.push(Finding { rule, file: file.to_string(), span: span.clone(), message, help });
    }

    /// Takes away what is allowed, by these names of rules or by comments, and says which comments are wrong or in vain.
    #[must_use]
    pub fn allowing(mut self, allowed: &[&str]) -> Self {
        let mut used = BTreeSet::new();
        let suppressions: Vec<_> = self
            .sources
            .iter()
            .flat_map(|(file, text)| suppression::all(text).into_iter().map(move |it| (file.clone(), it)))
            .collect();
        // Those of a rule, in the order in which they begin and end.
        let mut known: BTreeMap<(&str, &str), Vec<(usize, &Suppression)>> = BTreeMap::new();
        for (at, (file, suppression)) in suppressions.iter().enumerate() {
            known.entry((file, &suppression.rule)).or_default().push((at, suppression));
        }
        self.findings.retain(|finding| {
            let mut is_suppressed = false;
            let of_rule = known.get(&(finding.file.as_str(), finding.rule.id)).map_or(&[][..], Vec::as_slice);
            let place = finding.span.start;
            let first = of_rule.partition_point(|(_, suppression)| suppression.covers.end <= place);
            for (at, suppression) in of_rule.get(first..).unwrap_or_default() {
                if suppression.covers.start > place {
                    break;
                }
                used.insert(*at);
                is_suppressed = true;
            }
            !is_suppressed
        });
        for (at, (file, suppression)) in suppressions.into_iter().enumerate() {
            let place = (file.as_str(), &suppression.span);
            if rules::by_id(&suppression.rule).is_none() {
                unknown_suppression::find(&suppression.rule, place, &mut self);
            } else if !used.contains(&at) {
                unused_suppression::find(&suppression.rule, place, &mut self);
            }
        }
        self.findings.retain(|finding| !allowed.contains(&finding.rule.id));
        self.in_order()
    }

    /// By file and place, each once: a script may be checked for several images.
    fn in_order(mut self) -> Self {
        let key = |it: &Finding| (it.file.clone(), it.span.start, it.span.end, it.rule.id, it.message.clone());
        self.findings.sort_by_key(key);
        self.findings.dedup_by_key(|finding| key(finding));
        self
    }

    /// What was found here and there. Nothing of the other one is allowed by a comment.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.merge(other);
        self.in_order()
    }

    /// Without what is only good to know.
    #[must_use]
    pub fn without_notes(mut self) -> Self {
        self.findings.retain(|finding| finding.rule.severity > Severity::Note);
        self
    }

    /// What was found, in the order of files and places.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// What was found, in the order in which it was.
    pub(crate) fn into_findings(self) -> Vec<Finding> {
        self.findings
    }

    /// Whether something is wrong: notes say only that something is right by luck.
    pub fn is_bad(&self) -> bool {
        self.findings.iter().any(|finding| finding.rule.severity > Severity::Note)
    }

    /// What was found, each with where it begins and ends.
    fn placed(&self) -> impl Iterator<Item = (&Finding, (Place, Place))> {
        let mut places: BTreeMap<&str, Places> = BTreeMap::new();
        self.findings.iter().map(move |finding| {
            let of_file = places.entry(&finding.file).or_insert_with(|| Places::new(self.source(finding)));
            (finding, of_file.span(&finding.span))
        })
    }

    fn source(&self, finding: &Finding) -> &str {
        self.sources.get(&finding.file).map_or("", String::as_str)
    }

    fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.rule.severity == severity).count()
    }
}

#[cfg(test)]
mod tests;
