//! What was measured: a table for people, JSON for programs, a page for the documentation, bars for the picture.

use super::Programs;
use super::spawn::{Times, ms};
use serde_json::{Value, json};
use std::process::Command;
use std::time::Duration;

/// One figure.
pub(super) struct Row {
    case: String,
    /// What it came to, for people.
    figure: String,
    /// What was promised, and whether it holds; nothing: no promise, a figure to know.
    promise: Option<(String, bool)>,
    json: Value,
}

/// A bar of the picture.
pub(super) struct Bar {
    pub(super) name: String,
    pub(super) ms: f64,
}

/// All figures of a run.
pub(super) struct Report {
    rows: Vec<Row>,
    bars: Vec<Bar>,
    machine: String,
}

impl Report {
    pub(super) fn new(programs: &Programs) -> Result<Self, String> {
        let mut report = Self { rows: Vec::new(), bars: Vec::new(), machine: machine() };
        let size = std::fs::metadata(&programs.sso).map_err(|error| error.to_string())?.len();
        let mb = size as f64 / 1e6;
        report.figure(
            "size of the binary",
            format!("{mb:.2} MB"),
            Some(("at most 7 MB", mb <= 7.0)),
            json!({ "bytes": size }),
        );
        Ok(report)
    }

    /// A figure of any kind.
    pub(super) fn figure(&mut self, case: &str, figure: String, promise: Option<(&str, bool)>, json: Value) {
        let promise = promise.map(|(promise, holds)| (promise.to_owned(), holds));
        self.rows.push(Row { case: case.to_owned(), figure, promise, json });
    }

    /// A time, beside that of the empty program of the same rounds.
    pub(super) fn beside(&mut self, case: &str, times: &Times, empty: &Times, promise: Option<(&str, bool)>) {
        let ratio = times.median().as_secs_f64() / empty.median().as_secs_f64();
        let figure = format!(
            "{:.2} ms, p95 {:.2} ms, {ratio:.2} x the empty process ({:.2} ms) in {} rounds",
            ms(times.median()),
            ms(times.p95()),
            ms(empty.median()),
            times.count()
        );
        let json = json!({
            "medianMs": ms(times.median()),
            "p95Ms": ms(times.p95()),
            "emptyMs": ms(empty.median()),
            "ratio": ratio,
            "rounds": times.count(),
        });
        self.figure(case, figure, promise, json);
    }

    /// A time that is long enough to stand alone.
    pub(super) fn time(&mut self, case: &str, time: Duration, more: &str, promise: Option<(&str, bool)>) {
        let shown = if time < Duration::from_secs(1) {
            format!("{:.1} ms", ms(time))
        } else {
            format!("{:.2} s", time.as_secs_f64())
        };
        self.figure(case, format!("{shown}{more}"), promise, json!({ "ms": ms(time) }));
    }

    pub(super) fn bar(&mut self, name: &str, times: &Times) {
        self.bars.push(Bar { name: name.to_owned(), ms: ms(times.median()) });
    }

    pub(super) fn bars(&self) -> &[Bar] {
        &self.bars
    }

    /// What does not hold.
    pub(super) fn missed(&self) -> Vec<String> {
        let missed = self.rows.iter().filter(|row| row.promise.as_ref().is_some_and(|(_, holds)| !holds));
        missed.map(|row| row.case.clone()).collect()
    }

    pub(super) fn table(&self) -> String {
        let lines = self.rows.iter().map(|row| {
            let promise = match &row.promise {
                Some((promise, true)) => format!("  (promised: {promise})"),
                Some((promise, false)) => format!("  (NOT as promised: {promise})"),
                None => String::new(),
            };
            format!("{}\n    {}{promise}\n", row.case, row.figure)
        });
        format!("{}\n{}", lines.collect::<String>(), self.machine)
    }

    pub(super) fn json(&self) -> String {
        let rows = self.rows.iter().map(|row| {
            json!({
                "case": row.case,
                "promise": row.promise.as_ref().map(|(promise, _)| promise),
                "holds": row.promise.as_ref().map(|(_, holds)| holds),
                "measured": row.json,
            })
        });
        format!("{:#}", json!({ "machine": self.machine, "cases": rows.collect::<Vec<_>>() }))
    }

    /// The page of the documentation.
    pub(super) fn page(&self) -> String {
        let rows = self.rows.iter().map(|row| {
            let (promise, holds) = match &row.promise {
                Some((promise, holds)) => (promise.as_str(), if *holds { "yes" } else { "no" }),
                None => ("", ""),
            };
            format!("| {} | {} | {promise} | {holds} |\n", row.case, row.figure)
        });
        format!(
            "# How fast it is\n\nWritten by `cargo xtask bench --write`: a release build against a simulated AWS on the same machine. Short commands are run in turn with an\n\
             empty program (`fn main() {{}}`, built alike), so their ratio says more than their time.\n\n\
             ![time until a profile's credentials are there](../pictures/bench.svg)\n\n\
             | Case | Measured | Promised | Holds |\n|---|---|---|---|\n{}\n{}\n",
            rows.collect::<String>(),
            self.machine
        )
    }
}

/// Where it was measured.
fn machine() -> String {
    let told = |program: &str, words: &[&str]| {
        let output = Command::new(program).args(words).output().ok()?;
        Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let system = told("uname", &["-srm"]).unwrap_or_default();
    let date = told("date", &["-u", "+%Y-%m-%d %H:%M UTC"]).unwrap_or_default();
    format!("{date}, {cores} cores, {system}.")
}
