//! What an edit changed, line by line and section by section, for whoever shows it.

use crate::document::count;
use crate::edit::row::Row;
use crate::edit::sheet::Block;
use crate::lexer::RecordKind;

/// How many unchanged lines are shown around a change.
const CONTEXT: usize = 2;

/// The differences between two texts of the config file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    /// The sections that changed, in the order of the file.
    pub hunks: Vec<Hunk>,
}

/// A section that changed. May hold secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// What stands between the brackets of its header; `None` above the first one.
    pub section: Option<String>,
    /// The header, the lines that changed, and some around them.
    pub lines: Vec<DiffLine>,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffLine {
    /// What became of it.
    pub sign: Sign,
    /// Its text, without its end.
    pub text: String,
    /// Its number in the old file.
    pub old: Option<u32>,
    /// Its number in the new file.
    pub new: Option<u32>,
}

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// It stays.
    Context,
    /// It goes.
    Removed,
    /// It is new.
    Added,
}

impl Diff {
    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hunks.is_empty()
    }

    /// All lines of all sections.
    pub fn lines(&self) -> impl Iterator<Item = &DiffLine> {
        self.hunks.iter().flat_map(|hunk| &hunk.lines)
    }
}

/// Collects what is gone and what is new.
pub(super) fn diff(blocks: &[Block<'_>]) -> Diff {
    let (mut hunks, mut written) = (Vec::new(), 0);
    for block in blocks {
        let mut lines = Vec::new();
        for row in &block.rows {
            written += usize::from(!row.gone);
            lines.extend(line(row, written).map(|line| (line, row.kind)));
        }
        if lines.iter().any(|(line, _)| line.sign != Sign::Context) {
            hunks.push(Hunk { section: header(block), lines: near_changes(lines) });
        }
    }
    Diff { hunks }
}

/// A line that came and went within one edit was never there.
fn line(row: &Row<'_>, written: usize) -> Option<DiffLine> {
    let sign = match (row.old, row.gone) {
        (Some(_), false) => Sign::Context,
        (Some(_), true) => Sign::Removed,
        (None, false) => Sign::Added,
        (None, true) => return None,
    };
    let old = row.old.map(|record| count(record + 1));
    let new = (!row.gone).then(|| count(written));
    Some(DiffLine { sign, text: row.body.clone().into_owned(), old, new })
}

fn near_changes(lines: Vec<(DiffLine, RecordKind)>) -> Vec<DiffLine> {
    let changed: Vec<usize> = lines
        .iter()
        .enumerate()
        .filter(|(_, (line, _))| line.sign != Sign::Context)
        .map(|(number, _)| number)
        .collect();
    let is_near = |number: usize| {
        let next = changed.partition_point(|at| *at < number);
        let above = next.checked_sub(1).and_then(|before| changed.get(before));
        [above, changed.get(next)].into_iter().flatten().any(|at| at.abs_diff(number) <= CONTEXT)
    };
    let shown = |number: usize, kind: RecordKind| kind == RecordKind::Header || is_near(number);
    lines
        .into_iter()
        .enumerate()
        .filter(|(number, (_, kind))| shown(*number, *kind))
        .map(|(_, (line, _))| line)
        .collect()
}

fn header(block: &Block<'_>) -> Option<String> {
    let row = block.rows.iter().find(|row| row.kind == RecordKind::Header)?;
    let text = row.body.split_once('[')?.1;
    Some(text.rsplit_once(']')?.0.to_owned())
}
