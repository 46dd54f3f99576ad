//! Sections that come and go.

use crate::edit::SectionName;
use crate::edit::row::Row;
use crate::edit::sheet::{Block, Sheet, after_marker, last_option};
use crate::lexer::{Eol, RecordKind};
use crate::section::GENERATED_MARKER;

impl Sheet<'_> {
    /// Makes a section at the end of the file.
    pub(super) fn append(
        &mut self,
        section: &SectionName,
        header: String,
        generated: bool,
        blank_before: bool,
    ) {
        let last = self.blocks.iter().rev().find_map(|block| block.rows.iter().rev().find(|row| !row.gone));
        let gap = blank_before && last.is_some_and(|row| row.kind != RecordKind::Blank);
        self.end_last_line();
        let eol = self.eol;
        let mut rows = Vec::new();
        if gap {
            rows.push(Row::new(RecordKind::Blank, String::new(), eol));
        }
        let number = rows.len();
        rows.push(Row::new(RecordKind::Header, header, eol));
        if generated {
            rows.push(Row::new(RecordKind::Comment, GENERATED_MARKER.to_owned(), eol));
        }
        self.index.entry(section.clone()).or_default().push(self.blocks.len());
        self.blocks.push(Block { header: Some(number), prefixed: false, rows });
    }

    /// Takes a section out, with all its headers; comments and blank lines below its last key stay.
    pub(super) fn remove(&mut self, section: &SectionName) {
        for number in self.index.remove(section).unwrap_or_default() {
            let Some(block) = self.blocks.get_mut(number) else { continue };
            let Some(header) = block.header.take() else { continue };
            let indent = block.rows.get(header).map_or(0, |row| row.indent().len());
            let end =
                last_option(&block.rows, indent).unwrap_or_else(|| after_marker(&block.rows, header) - 1);
            block.rows.iter_mut().take(end + 1).skip(header).for_each(|row| row.gone = true);
        }
    }

    /// One blank line goes with each section that stood between two, or at the end of the file. At the end of an edit.
    pub(super) fn close_gaps(&mut self) {
        let mut above: Option<&mut Row<'_>> = None;
        let mut at_seam = false;
        for row in self.blocks.iter_mut().flat_map(|block| &mut block.rows) {
            if row.gone {
                at_seam |= row.kind == RecordKind::Header;
                continue;
            }
            let blank_above = above.as_ref().is_none_or(|above| above.kind == RecordKind::Blank);
            let closes = std::mem::take(&mut at_seam) && blank_above && row.kind == RecordKind::Blank;
            match closes {
                true => row.gone = true,
                false => above = Some(row),
            }
        }
        if let Some(last) = above.filter(|last| at_seam && last.kind == RecordKind::Blank) {
            last.gone = true;
        }
    }

    fn end_last_line(&mut self) {
        let mut rows = self.blocks.iter_mut().rev().flat_map(|block| block.rows.iter_mut().rev());
        if let Some(row) = rows.find(|row| !row.gone).filter(|row| row.eol == Eol::None) {
            row.eol = self.eol;
        }
    }
}
