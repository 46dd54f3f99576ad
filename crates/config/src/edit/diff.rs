//! What an edit changed, line by line and section by section, for whoever shows it.

use crate::document::count;
use crate::edit::row::Row;
use crate::edit::sheet::Block;
use crate::keys::is_secret;
use crate::lexer::RecordKind;

/// How many unchanged lines are shown around a change.
const CONTEXT: usize = 2;

/// The differences between two texts of the config file. Holds no secret, so that it may be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    /// The sections that changed, in the order of the file.
    pub hunks: Vec<Hunk>,
}

/// A section that changed.
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
    /// Its text, without its end; of a line with a secret value the part before the value.
    pub text: String,
    /// Whether a secret value was left out.
    pub secret: bool,
    /// Its number in the old file, counted from 1.
    pub old: Option<u32>,
    /// Its number in the new file, counted from 1.
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
        // The lines below a secret key are more of its value, whatever comments stand between.
        let (mut lines, mut open) = (Vec::new(), false);
        for row in &block.rows {
            written += usize::from(!row.gone);
            let own = is_secret(&key_of(row));
            open = if row.kind == RecordKind::Property { own } else { open };
            let secret = if row.kind == RecordKind::Continuation { open } else { own };
            lines.extend(line(row, written, secret).map(|line| (line, row.kind)));
        }
        if lines.iter().any(|(line, _)| line.sign != Sign::Context) {
            hunks.push(Hunk { section: header(block), lines: near_changes(lines) });
        }
    }
    Diff { hunks }
}

/// A line that came and went within one edit was never there.
fn line(row: &Row<'_>, written: usize, secret: bool) -> Option<DiffLine> {
    let sign = match (row.old, row.gone) {
        (Some(_), false) => Sign::Context,
        (Some(_), true) => Sign::Removed,
        (None, false) => Sign::Added,
        (None, true) => return None,
    };
    let old = row.old.map(|record| count(record + 1));
    let new = (!row.gone).then(|| count(written));
    let text = match (secret, row.body.split_once('=')) {
        (false, _) => row.body.clone().into_owned(),
        (true, Some((key, _))) if row.kind != RecordKind::Continuation => format!("{key}="),
        (true, _) => row.indent().to_owned(),
    };
    Some(DiffLine { sign, text, secret, old, new })
}

/// The key of a line, in lower case; also of one that is commented out.
fn key_of(row: &Row<'_>) -> String {
    let text = row.body.trim_start_matches(['#', ';', ' ', '\t']);
    let key = text.split_once('=').map_or("", |(key, _)| key);
    key.trim_end().to_ascii_lowercase()
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
