//! Chains of services that stop one after the other, because each is `after` the next.

use std::collections::BTreeMap;

use toml::Spanned;
use wigwag_core::Millis;

use super::services::Entry;

/// The services and who waits for whom, by their places in the spec.
pub struct Chains {
    /// The stop timeout of each, if it has one.
    timeouts: Vec<Option<Millis>>,
    /// Who stops after each.
    below: Vec<Vec<usize>>,
    /// Who stops before each.
    above: Vec<Vec<usize>>,
    /// In an order in which services start.
    order: Vec<usize>,
}

/// Services that stop one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// Their places in the spec, in the order in which they stop.
    pub links: Vec<usize>,
    /// What those that have a stop timeout may take.
    pub given: Millis,
    /// How many have none.
    pub open: usize,
}

impl Chain {
    /// What of this time each that has no stop timeout gets.
    pub fn share(&self, available: Millis) -> Millis {
        let parts = u64::try_from(self.open).unwrap_or(u64::MAX).max(1);
        Millis(available.minus(self.given).0 / parts)
    }
}

/// The longest way from a service on, of those with the same number of services without a stop timeout.
struct Way {
    given: Millis,
    next: Option<usize>,
}

/// By the number of services without a stop timeout.
type Ways = BTreeMap<usize, Way>;

impl Chains {
    /// The chains of a spec's services, unless they wait for each other in a circle.
    pub fn new(services: &[Entry]) -> Option<Self> {
        let tables: Vec<_> = services.iter().map(|(_, service)| service.given().map(Spanned::get_ref)).collect();
        let place = |name: &str| services.iter().position(|(other, _)| other.get_ref() == name);
        let after = |at: usize| tables[at].into_iter().flat_map(|service| service.after.items());
        let all = 0..services.len();
        let below: Vec<Vec<usize>> =
            all.clone().map(|at| after(at).filter_map(|name| place(name.get_ref())).collect()).collect();
        let above = all.clone().map(|at| all.clone().filter(|other| below[*other].contains(&at)).collect()).collect();
        let timeout = |at: usize| tables[at]?.stop_timeout.given().map(|timeout| *timeout.get_ref());
        let timeouts = all.map(timeout).collect();
        Some(Self { timeouts, order: start_order(&below)?, below, above })
    }

    /// Every chain that could be the one that counts.
    pub fn all(&self) -> impl Iterator<Item = Chain> {
        let below = self.ways(self.order.iter(), &self.below);
        let above = self.ways(self.order.iter().rev(), &self.above);
        (0..self.timeouts.len()).flat_map(move |at| {
            let open = usize::from(self.timeouts[at].is_none());
            let mut chains = Vec::new();
            for (open_above, before) in &above[at] {
                for (open_below, after) in &below[at] {
                    let mut links = self.links(at, *open_above, &above);
                    links.reverse();
                    links.extend(self.links(at, *open_below, &below).into_iter().skip(1));
                    let given = before.given.plus(after.given).minus(self.timeouts[at].unwrap_or_default());
                    chains.push(Chain { links, given, open: open_above + open_below - open });
                }
            }
            chains
        })
    }

    /// The longest ways from every service on; in this order, all that follow it come before it.
    fn ways<'a>(&self, order: impl Iterator<Item = &'a usize>, next: &[Vec<usize>]) -> Vec<Ways> {
        let mut ways: Vec<Ways> = self.timeouts.iter().map(|_| Ways::new()).collect();
        for &at in order {
            let open = usize::from(self.timeouts[at].is_none());
            let own = self.timeouts[at].unwrap_or_default();
            let mut longest = Ways::from([(open, Way { given: own, next: None })]);
            for &next in &next[at] {
                for (more, way) in &ways[next] {
                    let given = own.plus(way.given);
                    if longest.get(&(open + more)).is_none_or(|other| other.next.is_none() || other.given < given) {
                        longest.insert(open + more, Way { given, next: Some(next) });
                    }
                }
            }
            ways[at] = longest;
        }
        ways
    }

    /// The services of a way.
    fn links(&self, from: usize, open: usize, ways: &[Ways]) -> Vec<usize> {
        let (mut at, mut open) = (from, open);
        let mut links = vec![at];
        while let Some(next) = ways[at].get(&open).and_then(|way| way.next) {
            open -= usize::from(self.timeouts[at].is_none());
            at = next;
            links.push(at);
        }
        links
    }
}

/// An order in which everybody comes after those it waits for.
fn start_order(below: &[Vec<usize>]) -> Option<Vec<usize>> {
    let mut order: Vec<usize> = Vec::new();
    while order.len() < below.len() {
        let next =
            (0..below.len()).find(|at| !order.contains(at) && below[*at].iter().all(|other| order.contains(other)))?;
        order.push(next);
    }
    Some(order)
}

#[cfg(test)]
mod tests;
