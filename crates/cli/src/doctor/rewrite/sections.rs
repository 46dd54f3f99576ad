//! Headers in other words, and what stands twice brought together.

use super::{Rewritten, commented, read};
use sso_config::{Document, GENERATED_MARKER, RecordKind};
use std::collections::{BTreeMap, HashMap};

/// A line with what it is.
struct Row {
    text: String,
    kind: RecordKind,
    /// The name of a header or key.
    name: String,
    number: usize,
}

/// A header with the lines below it; the first block has no header.
#[derive(Default)]
struct Block {
    rows: Vec<Row>,
}

impl Block {
    /// What stands between the brackets.
    fn header(&self) -> Option<&str> {
        self.rows.first().filter(|row| row.kind == RecordKind::Header).map(|row| row.name.as_str())
    }

    fn line(&self) -> usize {
        self.rows.first().map_or(0, |row| row.number)
    }

    fn marked(&self) -> bool {
        self.rows.get(1).is_some_and(is_marker)
    }

    /// One after the last line that says something.
    fn end(&self) -> usize {
        let says = |row: &Row| !matches!(row.kind, RecordKind::Blank | RecordKind::Comment);
        let last = self.rows.iter().rposition(says).map_or(0, |last| last + 1);
        if last == 1 && self.marked() { 2 } else { last }
    }
}

fn is_marker(row: &Row) -> bool {
    row.text.trim_end() == GENERATED_MARKER
}

fn blocks(document: &Document) -> Vec<Block> {
    let text = document.text();
    let mut blocks = vec![Block::default()];
    for (index, record) in document.records().iter().enumerate() {
        if record.kind == RecordKind::Header {
            blocks.push(Block::default());
        }
        let (text, name) = (record.span.of(text).to_owned(), record.name.of(text).to_owned());
        let row = Row { text, kind: record.kind, name, number: index + 1 };
        if let Some(block) = blocks.last_mut() {
            block.rows.push(row);
        }
    }
    blocks
}

fn written(blocks: Vec<Block>, changes: Vec<String>) -> Option<Rewritten> {
    let text: String = blocks.into_iter().flat_map(|block| block.rows).map(|row| row.text).collect();
    (!changes.is_empty() && read(&text).is_some()).then(|| Rewritten { bytes: text.into_bytes(), changes })
}

/// Every header that is a key becomes what is said there.
pub(super) fn renamed(text: &str, headers: &BTreeMap<&str, &str>) -> Option<Rewritten> {
    let mut blocks = blocks(&read(text)?);
    let mut changes = Vec::new();
    for block in &mut blocks {
        let Some(to) = block.header().and_then(|header| headers.get(header).copied()) else { continue };
        if let Some(row) = block.rows.first_mut() {
            changes.push(format!("line {}: [{}] becomes [{to}]", row.number, row.name));
            rename(row, to);
        }
    }
    written(blocks, changes)
}

fn rename(row: &mut Row, to: &str) {
    row.text = row.text.replacen(&row.name, to, 1);
    to.clone_into(&mut row.name);
}

/// The `[default]` that `[profile default]` hides becomes a comment, and the other is called `[default]`: that is the one
/// which `aws configure` writes to.
pub(super) fn one_default(text: &str) -> Option<Rewritten> {
    let mut blocks = blocks(&read(text)?);
    let prefixed = |block: &Block| {
        let words: Vec<&str> = block.header().unwrap_or_default().split([' ', '\t']).collect();
        matches!(words.as_slice(), ["profile", .., "default"])
    };
    if !blocks.iter().any(prefixed) || !blocks.iter().any(|block| block.header() == Some("default")) {
        return None;
    }
    let mut changes = Vec::new();
    for block in &mut blocks {
        let number = block.line();
        if block.header() == Some("default") {
            changes.push(format!("line {number}: [default] and its keys become comments"));
            for row in block
                .rows
                .iter_mut()
                .filter(|row| !matches!(row.kind, RecordKind::Blank | RecordKind::Comment))
            {
                row.text = commented(&row.text);
            }
        } else if prefixed(block) {
            changes.push(format!("line {number}: [profile default] becomes [default]"));
            block.rows.first_mut().into_iter().for_each(|row| rename(row, "default"));
        }
    }
    written(blocks, changes)
}

/// Sections of one name become one, where the first stands; of keys that stand twice all but the last become comments.
pub(super) fn merged(text: &str) -> Option<Rewritten> {
    let document = read(text)?;
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut changes = Vec::new();
    let mut whole: Vec<Block> = Vec::new();
    let mut firsts: HashMap<String, usize> = HashMap::new();
    for block in blocks(&document) {
        let Some(name) = block.header().map(str::to_owned) else {
            whole.push(block);
            continue;
        };
        match firsts.get(&name).and_then(|first| whole.get_mut(*first)) {
            None => {
                firsts.insert(name, whole.len());
                whole.push(block);
            }
            Some(first) => {
                changes.push(format!(
                    "[{name}] in line {} goes to the one in line {}",
                    block.line(),
                    first.line()
                ));
                join(first, block, line_end);
            }
        }
    }
    let close = !changes.is_empty();
    whole.iter_mut().for_each(|block| changes.extend(only_last_keys(block)));
    let mut rewritten = written(whole, changes)?;
    // Where the last section went away, the blank line above it does, too.
    if close
        && let Some(text) =
            String::from_utf8(rewritten.bytes.clone()).ok().filter(|text| text.ends_with(&line_end.repeat(2)))
    {
        let kept = text.trim_end_matches(['\r', '\n']);
        rewritten.bytes = format!("{kept}{line_end}").into_bytes();
    }
    let same = |one: &Document, other: &str| Some(meaning(one) == meaning(&read(other)?));
    let text = std::str::from_utf8(&rewritten.bytes).ok()?;
    same(&document, text)?.then_some(rewritten)
}

/// Appends the lines below a header to the section of the same name. Keys lose their indent: deeper than the key above
/// they would continue its value.
fn join(first: &mut Block, second: Block, line_end: &str) {
    let (end, says) = (first.end(), second.end());
    if first.marked() && !second.marked() {
        first.rows.remove(1);
    }
    let end = end.min(first.rows.len());
    if let Some(last) = end.checked_sub(1).and_then(|last| first.rows.get_mut(last))
        && !last.text.ends_with('\n')
    {
        last.text.push_str(line_end);
    }
    let mut moved: Vec<Row> =
        second.rows.into_iter().take(says).skip(1).filter(|row| !is_marker(row)).collect();
    for row in &mut moved {
        if row.kind == RecordKind::Property {
            row.text = row.text.trim_start_matches([' ', '\t']).to_owned();
        }
        if !row.text.ends_with('\n') {
            row.text.push_str(line_end);
        }
    }
    first.rows.splice(end..end, moved);
}

fn only_last_keys(block: &mut Block) -> Vec<String> {
    let mut last: HashMap<String, usize> = HashMap::new();
    for (index, row) in block.rows.iter().enumerate().filter(|(_, row)| row.kind == RecordKind::Property) {
        last.insert(row.name.to_lowercase(), index);
    }
    let mut changes = Vec::new();
    let mut dead: Option<(usize, usize, String)> = None;
    let mut tell = |dead: &mut Option<(usize, usize, String)>| {
        if let Some((from, to, key)) = dead.take() {
            changes.push(match from == to {
                true => format!("line {from} becomes a comment: {key} is set again below"),
                false => format!("lines {from} to {to} become comments: {key} is set again below"),
            });
        }
    };
    for (index, row) in block.rows.iter_mut().enumerate() {
        match row.kind {
            RecordKind::Property => {
                tell(&mut dead);
                if last.get(&row.name.to_lowercase()).is_some_and(|last| *last != index) {
                    dead = Some((row.number, row.number, row.name.clone()));
                    row.text = commented(&row.text);
                }
            }
            RecordKind::Continuation => {
                if let Some((_, to, _)) = &mut dead {
                    *to = row.number;
                    row.text = commented(&row.text);
                }
            }
            _ => {}
        }
    }
    tell(&mut dead);
    changes
}

/// What a file says: the values of each header's keys, the last of each.
fn meaning(document: &Document) -> HashMap<String, HashMap<String, String>> {
    let mut all: HashMap<String, HashMap<String, String>> = HashMap::new();
    for block in blocks(document) {
        let Some(header) = block.header() else { continue };
        let section = all.entry(header.to_owned()).or_default();
        let mut key = String::new();
        for row in &block.rows {
            match row.kind {
                RecordKind::Property => {
                    key = row.name.to_lowercase();
                    let value = row.text.split_once('=').map_or("", |(_, value)| value);
                    section.insert(key.clone(), value.trim().to_owned());
                }
                RecordKind::Continuation => {
                    if let Some(value) = section.get_mut(&key) {
                        value.push('\n');
                        value.push_str(row.text.trim());
                    }
                }
                _ => {}
            }
        }
    }
    all
}
