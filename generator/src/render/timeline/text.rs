//! The timeline as text of 80 columns.

use wigwag_core::Millis;

use super::{
    Class, Lane, Timeline,
    width::{padded, shortened},
};

/// The columns: what, how long, when; and between them two spaces.
const WHAT: usize = 32;
const LENGTH: usize = 9;
const CHART: usize = 80 - WHAT - LENGTH - 4;

/// The whole of it.
pub fn draw(timeline: &Timeline) -> String {
    let mut lines = vec![
        format!("{}: {}", timeline.title, timeline.sum),
        String::new(),
        line("", "at most", &axis(timeline.grace)),
    ];
    for lane in &timeline.lanes {
        lines.push(line(&what(timeline, lane), &lane.length().to_string(), &bar(lane, timeline.grace)));
    }
    let end = format!("{}┘", " ".repeat(CHART - 1));
    lines.push(line("the platform's SIGKILL", "", &end));
    lines.iter().flat_map(|line| [line.trim_end(), "\n"]).collect()
}

fn line(what: &str, length: &str, chart: &str) -> String {
    format!("{}  {length:>LENGTH$}  {chart}", padded(what, WHAT))
}

fn what(timeline: &Timeline, lane: &Lane) -> String {
    let others: Vec<String> =
        lane.after.iter().filter_map(|at| timeline.lanes.get(*at)).map(|other| format!("`{}`", other.name)).collect();
    match (lane.class, others.as_slice()) {
        (Class::Service, []) => format!("`{}`: {}", lane.name, lane.detail),
        (Class::Service, others) => format!("`{}`: {}, after {}", lane.name, lane.detail, others.join(", ")),
        (Class::Hook | Class::Leftovers | Class::Margin, _) => format!("{}: {}", lane.name, lane.detail),
    }
}

/// The beginning and the end of the chart.
fn axis(grace: Millis) -> String {
    let end = grace.to_string();
    format!("0s{end:>width$}", width = CHART - 2)
}

/// A step that is too short for a cell has one nevertheless.
fn bar(lane: &Lane, grace: Millis) -> String {
    let cells = CHART - 1;
    let from = cell(lane.begins, grace, cells).min(cells - 1);
    let to = cell(lane.ends, grace, cells).clamp(from + 1, cells);
    let fill = match lane.class {
        Class::Hook => '▓',
        Class::Service => '█',
        Class::Leftovers => '▒',
        Class::Margin => '░',
    };
    let bar: String = std::iter::repeat_n(fill, to - from).collect();
    shortened(&format!("{}{bar}{}│", " ".repeat(from), " ".repeat(cells - to)), CHART)
}

/// The cell in which a point of time is, rounded.
fn cell(at: Millis, grace: Millis, cells: usize) -> usize {
    let (at, grace, cells) = (u128::from(at.0), u128::from(grace.0.max(1)), cells as u128);
    usize::try_from((at * cells + grace / 2) / grace).unwrap_or(usize::MAX)
}
