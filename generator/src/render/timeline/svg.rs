//! The timeline as a picture.

use minijinja::context;
use serde::Serialize;
use wigwag_core::Millis;

use super::{
    Class, Lane, Timeline,
    width::{shortened, width},
};
use crate::render::{plan, render};

/// The picture's measures, in units of which a monospaced character of its size takes [`CHARACTER`].
const WIDTH: u64 = 900;
const LEFT: u64 = 300;
const RIGHT: u64 = 868;
const TOP: u64 = 96;
const ROW: u64 = 34;
const BAR: u64 = 22;
const CHARACTER: u64 = 8;
/// How many characters go into the column on the left.
const NAME: usize = 33;

/// The lengths between two marks of the axis, the longest first.
const TICKS: [u64; 21] = [
    720_000_000,
    360_000_000,
    180_000_000,
    86_400_000,
    43_200_000,
    21_600_000,
    7_200_000,
    3_600_000,
    1_800_000,
    600_000,
    300_000,
    120_000,
    60_000,
    30_000,
    10_000,
    5_000,
    2_000,
    1_000,
    500,
    200,
    100,
];
/// How many marks there are at the least, if the grace period is not too short for them.
const FEWEST: u64 = 4;

#[derive(Serialize)]
struct Row {
    class: &'static str,
    name: String,
    detail: String,
    sentence: String,
    length: String,
    /// Where the names stand, and the bar.
    line: u64,
    top: u64,
    left: u64,
    width: u64,
    /// Where what it may take stands: in the bar, behind it, or before it.
    label: u64,
    anchor: &'static str,
    place: &'static str,
}

#[derive(Serialize)]
struct Tick {
    at: u64,
    text: String,
}

/// From the end of what is waited for to the beginning of who waits.
#[derive(Serialize)]
struct Wait {
    from: u64,
    to: u64,
    top: u64,
    bottom: u64,
}

/// The whole of it.
pub fn draw(timeline: &Timeline) -> Result<String, String> {
    let axis = Axis(timeline.grace);
    let rows: Vec<Row> = timeline.lanes.iter().zip(0..).map(|(lane, at)| row(lane, at, &axis)).collect();
    let bottom = top(rows.len() as u64) + 2;
    render(
        "timeline.svg.j2",
        context! {
            title => timeline.title.clone(),
            sum => timeline.sum.clone(),
            description => description(timeline),
            width => WIDTH,
            height => bottom + 40,
            left => LEFT,
            right => RIGHT,
            top => TOP - 12,
            bottom => bottom,
            bar => BAR,
            grace => timeline.grace.to_string(),
            ticks => plan(axis.ticks()),
            waits => plan(waits(timeline, &axis)),
            rows => plan(rows),
        },
    )
}

/// For who does not see the picture.
fn description(timeline: &Timeline) -> String {
    let step = |lane: &Lane| format!("{}, from {} for {} at the most", lane.sentence, lane.begins, lane.length());
    let steps: Vec<String> = timeline.lanes.iter().map(step).collect();
    format!("{}; after {} the platform's SIGKILL", steps.join("; "), timeline.grace)
}

fn top(row: u64) -> u64 {
    TOP + row * ROW
}

fn row(lane: &Lane, at: u64, axis: &Axis) -> Row {
    let top = top(at);
    let left = axis.x(lane.begins);
    let right = axis.x(lane.ends).max(left + 3);
    let length = lane.length().to_string();
    let room = (width(&length) as u64 + 2) * CHARACTER;
    let (label, anchor, place) = if right - left >= room {
        (u64::midpoint(left, right), "middle", "inside")
    } else if right + room <= RIGHT {
        (right + 6, "start", "outside")
    } else {
        (left - 6, "end", "outside")
    };
    let name = shortened(&lane.name, NAME - 10);
    let detail = shortened(&lane.detail, NAME.saturating_sub(width(&name) + 2));
    Row {
        class: match lane.class {
            Class::Hook => "hook",
            Class::Service => "service",
            Class::Leftovers => "leftovers",
            Class::Margin => "margin",
        },
        name,
        detail,
        sentence: lane.sentence.clone(),
        length,
        line: top + BAR / 2 + 5,
        top,
        left,
        width: right - left,
        label,
        anchor,
        place,
    }
}

fn waits(timeline: &Timeline, axis: &Axis) -> Vec<Wait> {
    let mut waits = Vec::new();
    for (lane, at) in timeline.lanes.iter().zip(0..) {
        for other in &lane.after {
            if let Some(first) = timeline.lanes.get(*other) {
                waits.push(Wait {
                    from: axis.x(first.ends),
                    to: axis.x(lane.begins),
                    top: top(*other as u64) + BAR / 2,
                    bottom: top(at),
                });
            }
        }
    }
    waits
}

/// From nothing to the grace period.
struct Axis(Millis);

impl Axis {
    fn x(&self, at: Millis) -> u64 {
        let whole = u128::from(self.0.0.max(1));
        let part = (u128::from(at.0) * u128::from(RIGHT - LEFT) + whole / 2) / whole;
        LEFT + u64::try_from(part).unwrap_or_default().min(RIGHT - LEFT)
    }

    /// Round numbers, none too near to the end, which has a mark of its own.
    fn ticks(&self) -> Vec<Tick> {
        let whole = self.0.0;
        let step = TICKS.iter().find(|step| whole / **step >= FEWEST).copied().unwrap_or(whole.max(1));
        (0..=whole / step)
            .map(|times| Millis(times * step))
            .take_while(|at| at.plus(Millis(step / 2)).0 <= whole)
            .map(|at| Tick { at: self.x(at), text: at.to_string() })
            .collect()
    }
}
