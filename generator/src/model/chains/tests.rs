use wigwag_core::{Config, Millis, ServiceId};

use crate::{model::Model, source::Source};

const COUNT: usize = 4;

/// A spec of services: who each is after, and its stop timeout in seconds, if it has one.
fn spec(grace_period: &str, services: &[(Vec<usize>, Option<usize>)]) -> String {
    let tables = services.iter().enumerate().map(|(at, (after, timeout))| {
        let after: Vec<String> = after.iter().map(|other| format!("'s{other}'")).collect();
        let timeout = timeout.map(|seconds| format!("stop-timeout = '{seconds}s'\n")).unwrap_or_default();
        format!("[service.s{at}]\ncommand = ['x']\nmain = {}\nafter = [{}]\n{timeout}", at == 0, after.join(", "))
    });
    let container = format!("version = 1\n[container]\ngrace-period = '{grace_period}'\n");
    [container].into_iter().chain(tables).collect()
}

/// One bit for each pair of which the first is after the second, and one for each that has a stop timeout.
fn of_bits(edges: u32, timeouts: u32) -> String {
    let pairs: Vec<_> = (0..COUNT).flat_map(|at| (at + 1..COUNT).map(move |other| (at, other))).collect();
    let is_after =
        |at, other| pairs.iter().position(|pair| *pair == (at, other)).is_some_and(|bit| edges & (1 << bit) != 0);
    let service = |at| {
        let after = (0..COUNT).filter(|other| is_after(at, *other)).collect();
        (after, (timeouts & (1 << at) != 0).then_some(at + 1))
    };
    // Enough for the longest chain, and not for much more.
    spec("11s1ms", &(0..COUNT).map(service).collect::<Vec<_>>())
}

fn read(spec: &str) -> Config {
    let source = Source::new("wigwag.toml", spec.as_bytes()).unwrap();
    let model = Model::new(&source, None, &|_| Err("there are no files here".into()));
    model.unwrap_or_else(|problems| panic!("{spec}\n{}", crate::diagnostic::render(&problems, &source, false))).config
}

/// The longest chain through a service, as the core counts it.
fn longest_through(config: &Config, id: ServiceId) -> Millis {
    let own = config.service(id).and_then(|service| service.stop_timeout).unwrap();
    own.plus(config.chain_below(id)).plus(above(config, id))
}

fn above(config: &Config, id: ServiceId) -> Millis {
    let longer =
        |other| config.service(other).and_then(|service| service.stop_timeout).unwrap().plus(above(config, other));
    config.successors(id).map(longer).max().unwrap_or_default()
}

#[test]
fn every_chain_fits_and_who_is_alone_in_it_gets_all() {
    for edges in 0..1 << 6 {
        for timeouts in 0..1 << COUNT {
            let spec = of_bits(edges, timeouts);
            let config = read(&spec);
            assert_eq!(config.problems(), Vec::<String>::new(), "{spec}");
            let available = config.grace_period.minus(Millis(1_000));
            for (id, service) in config.services() {
                assert!(service.stop_timeout.unwrap() > Millis::ZERO);
                let is_given = timeouts & (1 << id.0) != 0;
                let others = (0..COUNT).filter(|at| *at != id.0).all(|at| timeouts & (1 << at) != 0);
                if !is_given && others {
                    assert_eq!(longest_through(&config, id), available, "{spec}");
                }
            }
        }
    }
}

#[test]
fn a_chain_is_divided_evenly_and_the_one_that_leaves_least_counts() {
    let of = |edges, timeouts| {
        let config = read(&of_bits(edges, timeouts));
        let times: Vec<String> =
            config.services.iter().map(|service| service.stop_timeout.unwrap().to_string()).collect();
        times.join(" ")
    };
    assert_eq!(of(0, 0), "10s1ms 10s1ms 10s1ms 10s1ms", "nobody waits");
    // s0 after s1 after s2, and s3 alone.
    assert_eq!(of(0b00_1001, 0), "3s333ms 3s333ms 3s333ms 10s1ms");
    // s1 has 2s of it.
    assert_eq!(of(0b00_1001, 0b0010), "4s 2s 4s 10s1ms");
    // s0 after s1 and s2, s1 after s3, which has 4s: s2 does not suffer from that.
    assert_eq!(of(0b01_0011, 0b1000), "3s 3s 5s 4s");
}

#[test]
fn many_chains_take_no_longer_than_few() {
    // In layers of four, each after everybody in the layer before: 4^16 chains.
    let below = |at: usize| (at - at % 4).checked_sub(4).map(|first| (first..first + 4).collect()).unwrap_or_default();
    let services: Vec<_> = (0..64).map(|at| (below(at), None)).collect();
    let config = read(&spec("10s", &services));
    assert!(config.services.iter().all(|service| service.stop_timeout == Some(Millis(9_000 / 16))));
}
