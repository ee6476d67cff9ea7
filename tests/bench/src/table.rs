//! What is printed: one Markdown table, a row for each thing that was measured and a column for each init.

use std::fmt::Write;

/// One thing that was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What it is, with its unit.
    pub what: String,
    /// One for each column; none where it was not measured or has no meaning.
    pub cells: Vec<Option<Cell>>,
}

/// What stands in a row, in a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Shown with its ratio to the baseline's.
    Number(f64),
    Word(&'static str),
}

impl Row {
    pub fn numbers(what: impl Into<String>, numbers: Vec<Option<f64>>) -> Self {
        Self { what: what.into(), cells: numbers.into_iter().map(|number| number.map(Cell::Number)).collect() }
    }
}

/// What is compared, and what was measured of it.
pub struct Table {
    pub columns: Vec<String>,
    /// The column that the others are compared with.
    pub baseline: Option<usize>,
    pub rows: Vec<Row>,
}

/// Rows and columns as Markdown, each number with its ratio to that of the baseline.
pub fn markdown(table: &Table) -> String {
    let Table { columns, baseline, rows } = table;
    let mut lines = vec![[vec![String::new()], columns.clone()].concat()];
    lines.extend(rows.iter().map(|row| {
        let baseline = baseline.and_then(|column| row.cells.get(column)).and_then(Option::as_ref);
        let cells = row.cells.iter().map(|cell| cell.as_ref().map(|cell| show(cell, baseline)).unwrap_or_default());
        [row.what.clone()].into_iter().chain(cells).collect()
    }));
    let widths: Vec<usize> = (0..=columns.len())
        .map(|column| lines.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max())
        .map(|width| width.unwrap_or_default().max(2))
        .collect();
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate() {
        let cells = line.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
            if column == 0 { format!("| {cell:width$} ") } else { format!("| {cell:>width$} ") }
        });
        let _ = writeln!(text, "{}|", cells.collect::<String>());
        if number == 0 {
            let rules = widths.iter().enumerate().map(|(column, width)| {
                let rule = "-".repeat(width + 1);
                if column == 0 { format!("|{rule}-") } else { format!("|{rule}:") }
            });
            let _ = writeln!(text, "{}|", rules.collect::<String>());
        }
    }
    text
}

fn show(cell: &Cell, baseline: Option<&Cell>) -> String {
    match (cell, baseline) {
        (Cell::Word(word), _) => (*word).to_string(),
        (Cell::Number(number), Some(Cell::Number(baseline))) if *baseline != 0.0 => {
            format!("{} ({:.2})", short(*number), number / baseline)
        }
        (Cell::Number(number), _) => short(*number),
    }
}

/// No more digits than mean something.
fn short(number: f64) -> String {
    let decimals = match number.abs() {
        _ if number.fract() == 0.0 => 0,
        size if size < 10.0 => 2,
        size if size < 100.0 => 1,
        _ => 0,
    };
    format!("{number:.decimals$}")
}

/// All tables as JSON: `{"rows": [{"what": …, "figures": {"tini": 1.5, …}}, …]}`.
pub fn json(tables: &[Table]) -> String {
    let rows = tables.iter().flat_map(|table| table.rows.iter().map(|row| (&table.columns, row)));
    let rows = rows.map(|(columns, row)| {
        let figures = columns.iter().zip(&row.cells).filter_map(|(column, cell)| {
            let value = match cell.as_ref()? {
                Cell::Number(number) => number.to_string(),
                Cell::Word(word) => quoted(word),
            };
            Some(format!("{}: {value}", quoted(column)))
        });
        let figures = figures.collect::<Vec<_>>().join(", ");
        format!("  {{\"what\": {}, \"figures\": {{{figures}}}}}", quoted(&row.what))
    });
    format!("{{\"rows\": [\n{}\n]}}\n", rows.collect::<Vec<_>>().join(",\n"))
}

/// Our names have no character that would have to be hidden but these two.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(baseline: Option<usize>) -> Table {
        let columns = ["ours", "tini"].map(str::to_string).to_vec();
        let rows = vec![
            Row::numbers("time, µs", vec![Some(12.34), Some(24.68)]),
            Row::numbers("zombies", vec![Some(0.0), Some(0.0)]),
            Row { what: "static".to_string(), cells: vec![Some(Cell::Word("yes")), None] },
        ];
        Table { columns, baseline, rows }
    }

    #[test]
    fn a_table_has_figures_and_ratios() {
        let expected = "\
|          |        ours |        tini |
|----------|------------:|------------:|
| time, µs | 12.3 (0.50) | 24.7 (1.00) |
| zombies  |           0 |           0 |
| static   |         yes |             |
";
        assert_eq!(markdown(&table(Some(1))), expected);
    }

    #[test]
    fn without_a_baseline_there_are_no_ratios() {
        let table = markdown(&table(None));
        assert!(table.contains("| 12.3 | 24.7 |"), "{table}");
    }

    #[test]
    fn a_number_has_the_digits_that_mean_something() {
        for (number, shown) in [(0.0, "0"), (0.126, "0.13"), (9.994, "9.99"), (12.34, "12.3"), (123.4, "123")] {
            assert_eq!(short(number), shown);
        }
        assert_eq!(short(-12.34), "-12.3");
        assert_eq!(short(708_080.0), "708080");
    }

    #[test]
    fn json_has_what_is_known() {
        let expected = concat!(
            "{\"rows\": [\n",
            "  {\"what\": \"time, µs\", \"figures\": {\"ours\": 12.34, \"tini\": 24.68}},\n",
            "  {\"what\": \"zombies\", \"figures\": {\"ours\": 0, \"tini\": 0}},\n",
            "  {\"what\": \"static\", \"figures\": {\"ours\": \"yes\"}}\n",
            "]}\n"
        );
        assert_eq!(json(&[table(None)]), expected);
    }
}
