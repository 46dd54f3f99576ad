//! What libFuzzer says of a run, and the table of several.

use std::path::PathBuf;

/// The figures of one target.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Figures {
    pub(super) target: String,
    executions: u64,
    a_second: u64,
    /// Edges of the program that were reached.
    edges: u64,
    /// Edges with how often, and comparisons: what libFuzzer calls features.
    features: u64,
    /// How long the slowest of the large inputs took, by size, in ms.
    large: [u64; 2],
    peak_mib: u64,
    pub(super) died: u64,
}

impl Figures {
    pub(super) fn new(target: &str) -> Self {
        Self { target: target.to_owned(), ..Self::default() }
    }

    /// Reads the log of a run with large inputs.
    pub(super) fn of_large(&mut self, number: usize, log: &str, died: bool) {
        let took = |line: &str| {
            line.strip_prefix("Executed ")?.rsplit_once(" in ")?.1.strip_suffix(" ms")?.parse().ok()
        };
        let slowest: Option<u64> = log.lines().filter_map(took).max();
        if let Some(large) = self.large.get_mut(number) {
            *large = slowest.unwrap_or_default();
        }
        self.peak_mib = self.peak_mib.max(stat(log, "peak_rss_mb"));
        self.died += u64::from(died);
    }

    /// Reads the log of a run of its own.
    pub(super) fn of_fuzzing(&mut self, log: &str, died: bool) {
        let reached = |name: &str| {
            let line = log.lines().rev().find(|line| line.starts_with('#') && line.contains(" cov: "));
            let after = line.and_then(|line| line.split_once(name)).map_or("", |(_, rest)| rest);
            after.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or_default()
        };
        self.executions = stat(log, "number_of_executed_units");
        self.a_second = stat(log, "average_exec_per_sec");
        (self.edges, self.features) = (reached(" cov: "), reached(" ft: "));
        self.peak_mib = self.peak_mib.max(stat(log, "peak_rss_mb"));
        self.died += u64::from(died);
    }

    fn cells(&self) -> [String; 9] {
        let [small, big] = self.large;
        let numbers = [self.executions, self.a_second, self.edges, self.features];
        let numbers = numbers.into_iter().chain([small, big, self.peak_mib, self.died]);
        let mut cells = std::iter::once(self.target.clone()).chain(numbers.map(|number| number.to_string()));
        std::array::from_fn(|_| cells.next().unwrap_or_default())
    }
}

/// `stat::NAME: 7`.
fn stat(log: &str, name: &str) -> u64 {
    let line = log.lines().rev().find_map(|line| line.strip_prefix("stat::")?.strip_prefix(name));
    line.and_then(|rest| rest.strip_prefix(':')?.trim().parse().ok()).unwrap_or_default()
}

/// The file that was being tried last.
pub(super) fn last_input(log: &str) -> Option<PathBuf> {
    log.lines().rev().find_map(|line| line.strip_prefix("Running: ")).map(PathBuf::from)
}

/// What stands above the columns.
const HEADER: [&str; 9] =
    ["target", "executions", "a second", "edges", "features", "64 KiB ms", "1 MiB ms", "peak MiB", "died"];

/// A table in Markdown, which is a table at a terminal, too.
pub(super) fn table(figures: &[Figures]) -> String {
    let mut rows = vec![HEADER.map(str::to_owned)];
    rows.extend(figures.iter().map(Figures::cells));
    let width =
        |column: usize| rows.iter().filter_map(|row| row.get(column)).map(String::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..HEADER.len()).map(width).collect();
    let line = |cells: &[String], fill: &str| {
        let cell = |(number, cell): (usize, &String)| {
            let pad = fill.repeat(widths.get(number).unwrap_or(&0).saturating_sub(cell.len()));
            if number == 0 { format!("{cell}{pad}") } else { format!("{pad}{cell}") }
        };
        format!("| {} |", cells.iter().enumerate().map(cell).collect::<Vec<_>>().join(" | "))
    };
    // The colon of Markdown puts numbers to the right.
    let rule: Vec<String> =
        (0..HEADER.len()).map(|column| if column == 0 { "-" } else { "-:" }.to_owned()).collect();
    let mut lines: Vec<String> = rows.iter().map(|row| line(row, " ")).collect();
    lines.insert(1, line(&rule, "-"));
    let total: u64 = figures.iter().map(|figures| figures.executions).sum();
    format!("{}\n\n{total} executions of {} targets.", lines.join("\n"), figures.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FUZZED: &str = "\
INFO: Seed: 1
#2\tINITED cov: 200 ft: 300 corp: 3/75b exec/s: 0 rss: 40Mb
#235481\tDONE   cov: 1453 ft: 4112 corp: 812/120Kb lim: 4096 exec/s: 47096 rss: 29Mb
Done 235481 runs in 5 second(s)
stat::number_of_executed_units: 235481
stat::average_exec_per_sec:     47096
stat::new_units_added:          1453
stat::slowest_unit_time_sec:    0
stat::peak_rss_mb:              29
";
    const LARGE: &str = "\
Running: /t/a b-line
Executed /t/a b-line in 7 ms
Running: /t/c in 9 ms
Executed /t/c in 9 ms in 12 ms
Running: /t/d
stat::peak_rss_mb:              31
";

    #[test]
    fn the_end_of_a_log_is_read() {
        let mut found = Figures::new("urls");
        found.of_large(1, LARGE, false);
        found.of_fuzzing(FUZZED, false);
        let expected = Figures {
            target: "urls".to_owned(),
            executions: 235_481,
            a_second: 47_096,
            edges: 1453,
            features: 4112,
            large: [0, 12],
            peak_mib: 31,
            died: 0,
        };
        assert_eq!(found, expected);
        assert_eq!(last_input(LARGE), Some(PathBuf::from("/t/d")));
        let mut torn = Figures::new("urls");
        torn.of_fuzzing("==1== ERROR: libFuzzer: deadly signal\n", true);
        assert_eq!(torn, Figures { died: 1, ..Figures::new("urls") });
    }

    #[test]
    fn the_table_lines_up_and_adds_up() {
        let (mut one, mut two) = (Figures::new("urls"), Figures::new("callback_http"));
        one.of_fuzzing(FUZZED, false);
        two.executions = 7;
        let expected = "\
| target        | executions | a second | edges | features | 64 KiB ms | 1 MiB ms | peak MiB | died |
| ------------- | ---------: | -------: | ----: | -------: | --------: | -------: | -------: | ---: |
| urls          |     235481 |    47096 |  1453 |     4112 |         0 |        0 |       29 |    0 |
| callback_http |          7 |        0 |     0 |        0 |         0 |        0 |        0 |    0 |

235488 executions of 2 targets.";
        assert_eq!(table(&[one, two]), expected);
    }
}
