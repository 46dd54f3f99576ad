//! A document as a sheet that is written on: sections of lines, where lines come and go and all others stay.

use crate::document::Document;
use crate::edit::row::Row;
use crate::edit::{EditError, EditNote, SectionName};
use crate::lexer::{Dialect, Eol, RecordKind};
use crate::line::BLANKS;
use crate::section::{FileRole, SectionId, SectionKind, is_marker, read_header};
use std::borrow::Cow;
use std::collections::HashMap;

/// A header with the lines below it; the first block has no header.
#[derive(Debug, Default)]
pub(super) struct Block<'a> {
    /// Which row is the header.
    pub(super) header: Option<usize>,
    /// `[profile default]`, which hides `[default]`.
    pub(super) prefixed: bool,
    pub(super) rows: Vec<Row<'a>>,
}

/// A property: its block and row.
#[derive(Clone, Copy)]
struct Spot {
    block: usize,
    row: usize,
}

pub(super) struct Sheet<'a> {
    document: &'a Document,
    pub(super) blocks: Vec<Block<'a>>,
    pub(super) index: HashMap<SectionName, Vec<usize>>,
    pub(super) eol: Eol,
    pub(super) notes: Vec<EditNote>,
}

impl<'a> Sheet<'a> {
    pub(super) fn of(document: &'a Document) -> Self {
        let (text, records) = (document.text(), document.records());
        let eol = records.iter().rev().map(|record| record.eol).find(|eol| *eol != Eol::None);
        let mut sheet = Self {
            document,
            blocks: vec![Block::default()],
            index: HashMap::new(),
            eol: eol.unwrap_or(Eol::Lf),
            notes: Vec::new(),
        };
        for (number, record) in records.iter().enumerate() {
            if record.kind == RecordKind::Header {
                let (section, prefixed) = section_of(record.name.of(text));
                sheet.index.entry(section).or_default().push(sheet.blocks.len());
                sheet.blocks.push(Block { header: Some(0), prefixed, rows: Vec::new() });
            }
            let row = Row::of(record, number, text);
            // A byte order mark alone is no line.
            let is_line = row.eol != Eol::None || !row.body.is_empty();
            if let Some(block) = sheet.blocks.last_mut().filter(|_| is_line) {
                block.rows.push(row);
            }
        }
        sheet
    }

    pub(super) fn has(&self, section: &SectionName) -> bool {
        self.index.contains_key(section)
    }

    /// The first header of a section.
    pub(super) fn first_record(&self, section: &SectionName) -> usize {
        let block = self.parts(section).first().and_then(|block| self.blocks.get(*block));
        block.and_then(|block| block.rows.get(block.header?)?.old).unwrap_or_default()
    }

    /// The blocks of a section that count: `[profile default]` hides `[default]`.
    fn parts(&self, section: &SectionName) -> Vec<usize> {
        let all = self.index.get(section).map(Vec::as_slice).unwrap_or_default();
        let prefixed = |block: &usize| self.blocks.get(*block).is_some_and(|block| block.prefixed);
        let hides = *section == SectionName::profile("default") && all.iter().any(prefixed);
        all.iter().copied().filter(|block| !hides || prefixed(block)).collect()
    }

    /// Every place of a key, in order.
    fn spots(&self, section: &SectionName, key: &str) -> Vec<Spot> {
        let is_key =
            |row: &Row<'_>| row.is_live(RecordKind::Property) && row.name().eq_ignore_ascii_case(key);
        let in_block = |block: usize| {
            let rows = self.blocks.get(block).map(|block| block.rows.as_slice()).unwrap_or_default();
            let found = rows.iter().enumerate().filter(|(_, row)| is_key(row));
            found.map(|(row, _)| Spot { block, row }).collect::<Vec<_>>()
        };
        self.parts(section).into_iter().flat_map(in_block).collect()
    }

    /// The last place of a key, which holds; the others are remarked.
    fn last_spot(&mut self, section: &SectionName, key: &str) -> Option<Spot> {
        let spots = self.spots(section, key);
        let (last, others) = spots.split_last()?;
        for other in others {
            if let Some(record) = self.row(*other).and_then(|row| row.old) {
                let place = self.document.place(record);
                self.note(EditNote::Duplicate { key: key.to_owned(), place });
            }
        }
        Some(*last)
    }

    fn row(&self, spot: Spot) -> Option<&Row<'a>> {
        self.row_at(spot.block, spot.row)
    }

    pub(super) fn row_at(&self, block: usize, row: usize) -> Option<&Row<'a>> {
        self.blocks.get(block)?.rows.get(row)
    }

    fn note(&mut self, note: EditNote) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// The continuation lines of a property.
    fn continuations(&self, spot: Spot) -> Vec<usize> {
        let rows = self.blocks.get(spot.block).map(|block| block.rows.as_slice()).unwrap_or_default();
        let below = rows.iter().enumerate().skip(spot.row + 1);
        below
            .take_while(|(_, row)| !row.is_live(RecordKind::Property))
            .filter(|(_, row)| row.is_live(RecordKind::Continuation))
            .map(|(number, _)| number)
            .collect()
    }

    pub(super) fn remove_row(&mut self, block: usize, row: usize) {
        if let Some(row) = self.blocks.get_mut(block).and_then(|block| block.rows.get_mut(row)) {
            row.gone = true;
        }
    }

    fn insert(&mut self, block: usize, at: usize, row: Row<'a>) {
        if let Some(block) = self.blocks.get_mut(block) {
            block.rows.insert(at.min(block.rows.len()), row);
        }
    }

    /// Gives the key its value: in its line, or in a new one, or in a new section.
    pub(super) fn set(&mut self, section: &SectionName, key: &str, value: &str) -> Result<(), EditError> {
        let Some(spot) = self.last_spot(section, key) else {
            let (block, at, indent, eol) = self.place_for_new(section)?;
            self.insert(block, at, Row::property(&indent, key, value, "", eol));
            return Ok(());
        };
        let more = self.continuations(spot);
        let Some(row) = self.row(spot) else { return Ok(()) };
        if more.is_empty() && row.value() == value {
            return Ok(());
        }
        let new = Row::property(row.indent(), row.name(), value, &row.tail(), row.eol);
        let commented = row.old.filter(|_| !row.tail().is_empty());
        if let Some(record) = commented {
            let place = self.document.place(record);
            self.note(EditNote::CommentKept { key: key.to_owned(), place });
        }
        more.into_iter().for_each(|row| self.remove_row(spot.block, row));
        self.remove_row(spot.block, spot.row);
        self.insert(spot.block, spot.row + 1, new);
        Ok(())
    }

    /// Gives a name in the indented block of the key its value.
    pub(super) fn set_nested(
        &mut self,
        section: &SectionName,
        key: &str,
        name: &str,
        value: &str,
    ) -> Result<(), EditError> {
        let Some(spot) = self.last_spot(section, key) else {
            let (block, at, indent, eol) = self.place_for_new(section)?;
            self.insert(block, at, Row::property(&indent, key, "", "", eol));
            self.insert(block, at + 1, Row::nested(&format!("{indent}    "), name, value, eol));
            return Ok(());
        };
        let lines = self.continuations(spot);
        let Some(row) = self.row(spot) else { return Ok(()) };
        if !row.value().is_empty() {
            let place = self.document.place(row.old.unwrap_or_default());
            return Err(EditError::NotABlock { key: key.to_owned(), place });
        }
        let at = |number: &usize| self.row(Spot { row: *number, ..spot });
        let same = |number: &&usize| at(number).is_some_and(|row| pair(row).0 == name);
        let (after, new) = match lines.iter().rev().find(same) {
            Some(number) => {
                let Some(old) = at(number).filter(|old| pair(old).1 != value) else { return Ok(()) };
                let new = Row::nested(old.indent(), name, value, old.eol);
                self.remove_row(spot.block, *number);
                (*number, new)
            }
            None => {
                let indent = lines.last().and_then(at).map(|row| row.indent().to_owned());
                let indent = indent.unwrap_or_else(|| format!("{}    ", row.indent()));
                let last = lines.last().copied().unwrap_or(spot.row);
                let eol = self.eol_after(spot.block, last);
                (last, Row::nested(&indent, name, value, eol))
            }
        };
        self.insert(spot.block, after + 1, new);
        Ok(())
    }

    /// Takes the key out, wherever it stands in the section, with all that anybody takes for its value.
    pub(super) fn unset(&mut self, section: &SectionName, key: &str) {
        for spot in self.spots(section, key) {
            let Some(indent) = self.row(spot).map(|row| row.indent().len()) else { continue };
            let rows = self.blocks.get(spot.block).map(|block| block.rows.as_slice()).unwrap_or_default();
            let below = rows.iter().enumerate().skip(spot.row + 1);
            let below = below.take_while(|(_, row)| !row.is_live(RecordKind::Property));
            let value = below.filter(|(_, row)| !row.gone && row.goes_on(indent)).map(|(number, _)| number);
            let value: Vec<usize> = value.collect();
            value.into_iter().for_each(|row| self.remove_row(spot.block, row));
            self.remove_row(spot.block, spot.row);
        }
    }

    /// Where a new key of the section goes: below its last key. With its indent and the end of its line.
    fn place_for_new(&mut self, section: &SectionName) -> Result<(usize, usize, String, Eol), EditError> {
        if !self.has(section) {
            let header = crate::edit::check::new_header(section)?;
            self.append(section, header, false, false);
        }
        let number = self.parts(section).last().copied().unwrap_or_default();
        let rows = self.blocks.get(number).map(|block| block.rows.as_slice()).unwrap_or_default();
        let header = self.blocks.get(number).and_then(|block| block.header).unwrap_or_default();
        let last = rows.iter().rposition(|row| row.is_live(RecordKind::Property));
        // Deeper than the header below, and that header would become a part of the value.
        let indent = match last.and_then(|last| rows.get(last)) {
            Some(property) => property.indent().to_owned(),
            None => self.indent_below(number),
        };
        let end = last_option(rows, indent.len()).map_or_else(|| after_marker(rows, header), |last| last + 1);
        let removed = rows.iter().skip(end).take_while(|row| row.gone).count();
        let eol = self.eol_after(number, end.saturating_sub(1));
        Ok((number, end + removed, indent, eol))
    }

    fn indent_below(&self, block: usize) -> String {
        let mut below = self.blocks.iter().skip(block + 1).flat_map(|block| &block.rows);
        let next = below.find(|row| row.is_live(RecordKind::Header));
        next.map(|row| row.indent().to_owned()).unwrap_or_default()
    }

    /// The end of a line that goes below this one, which gets an end if it has none.
    fn eol_after(&mut self, block: usize, row: usize) -> Eol {
        let fallback = self.eol;
        match self.blocks.get_mut(block).and_then(|block| block.rows.get_mut(row)) {
            Some(row) if row.eol == Eol::None => {
                row.eol = fallback;
                fallback
            }
            Some(row) => row.eol,
            None => fallback,
        }
    }
}

/// The last row that is a property or more of one. `indent` is that of the first property, if there were one.
pub(super) fn last_option(rows: &[Row<'_>], mut indent: usize) -> Option<usize> {
    let mut last = None;
    for (number, row) in rows.iter().enumerate().filter(|(_, row)| !row.gone) {
        match row.kind {
            RecordKind::Property => (last, indent) = (Some(number), row.indent().len()),
            _ if row.goes_on(indent) => last = Some(number),
            _ => {}
        }
    }
    last
}

/// The row below the header and, where it is there, the marker of a generated section.
pub(super) fn after_marker(rows: &[Row<'_>], header: usize) -> usize {
    let marked = rows.get(header + 1).is_some_and(|row| !row.gone && is_marker(&row.body));
    header + 1 + usize::from(marked)
}

/// Name and value of a line of a block.
fn pair<'r>(row: &'r Row<'_>) -> (&'r str, &'r str) {
    let (name, value) = row.value().split_once('=').unwrap_or((row.value(), ""));
    (name.trim_matches(BLANKS), value.trim_matches(BLANKS))
}

/// The section that a header of the config file names, and whether it is `[profile default]`.
pub(super) fn section_of(text: &str) -> (SectionName, bool) {
    match read_header(text, FileRole::Config, Dialect::Effective) {
        Ok(header) => {
            let default = header.kind == SectionKind::Profile && header.name == "default" && header.prefixed;
            let name = Cow::into_owned(header.name);
            (SectionName::Known(SectionId { kind: header.kind, name }), default)
        }
        Err(_) => (SectionName::Word(text.to_owned()), false),
    }
}
