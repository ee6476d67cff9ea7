//! `docs/before-after.txt` and `.svg`: what was measured, in words that are the same every time. The test fails when
//! they say something else; `UPDATE=1` rewrites them.

use std::{
    fmt::Write,
    sync::{Arc, Mutex, PoisonError},
};

use scenarios::{Result, document};

use crate::{
    case::{Case, Run, Takes},
    run::Outcome,
};

/// The line that says that the program's cleanup was done.
const DONE: &str = "Cleaning up resources. End of the program";

/// The rows, in the order of the cases.
pub struct Picture(Mutex<Vec<Row>>);

struct Row {
    title: String,
    /// So many containers belong to it.
    expected: u32,
    seen: u32,
    done: u32,
    exit: u8,
    takes: Option<Takes>,
}

impl Picture {
    /// With every row that the cases have, nothing seen yet.
    pub fn new(cases: &[Arc<Case>]) -> Self {
        let row = |run: &Run| {
            let title = run.row.clone()?;
            Some(Row { title, expected: run.repeat, seen: 0, done: 0, exit: 0, takes: None })
        };
        Self(Mutex::new(cases.iter().flat_map(|case| &case.runs).filter_map(row).collect()))
    }

    /// Something was seen.
    pub fn add(&self, run: &Run, outcome: &Outcome) {
        let mut rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(row) = rows.iter_mut().find(|row| run.row.as_ref() == Some(&row.title)) {
            row.seen += 1;
            row.done += u32::from(outcome.lines.iter().any(|line| line == DONE));
            row.exit = outcome.exit;
            row.takes = Takes::new(outcome.took);
        }
    }

    /// Whether the committed files say what was seen; nothing, when not everything was run.
    pub fn compare(&self) -> Result<()> {
        let rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if rows.iter().any(|row| row.seen != row.expected) {
            return Ok(());
        }
        document::compare("before-after.txt", &text(&rows)?)?;
        document::compare("before-after.svg", &svg(&rows)?)?;
        Ok(())
    }
}

impl Row {
    fn is_good(&self) -> bool {
        self.done == self.seen
    }

    fn takes(&self) -> &'static str {
        match self.takes {
            Some(Takes::AtOnce) => "well within it",
            Some(Takes::FullGracePeriod) => "full grace period",
            None => "in between",
        }
    }

    fn cells(&self) -> [String; 4] {
        let done = format!("{} of {}", self.done, self.seen);
        [self.title.clone(), self.takes().to_string(), self.exit.to_string(), done]
    }
}

const HEAD: [&str; 4] =
    ["docker stop of a Python program that cleans up for 1 s", "container gone", "exit code", "cleanup done"];

fn text(rows: &[Row]) -> Result<String> {
    let mut text = String::new();
    for [title, takes, exit, done] in [HEAD.map(str::to_string)].into_iter().chain(rows.iter().map(Row::cells)) {
        writeln!(text, "{title:56}{takes:20}{exit:12}{done}")?;
    }
    Ok(text)
}

fn svg(rows: &[Row]) -> Result<String> {
    const LINE: usize = 24;
    let height = LINE * (rows.len() + 2);
    let mut svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 880 {height}" width="880" font-family="monospace" font-size="13">
<rect width="880" height="{height}" rx="8" fill="#161b22"/>
"##
    );
    let mut line = |number: usize, colour: &str, cells: &[String; 4]| {
        let y = LINE * (number + 1) + 4;
        write!(svg, r#"<text y="{y}" fill="{colour}">"#)?;
        for (x, cell) in [20, 480, 650, 760].into_iter().zip(cells) {
            write!(svg, r#"<tspan x="{x}">{}</tspan>"#, escaped(cell))?;
        }
        writeln!(svg, "</text>")
    };
    line(0, "#8b949e", &HEAD.map(str::to_string))?;
    for (number, row) in rows.iter().enumerate() {
        line(number + 1, if row.is_good() { "#3fb950" } else { "#f85149" }, &row.cells())?;
    }
    svg.push_str("</svg>\n");
    Ok(svg)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
