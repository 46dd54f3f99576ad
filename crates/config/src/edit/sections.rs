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
            let end = last_option(&block.rows).unwrap_or_else(|| after_marker(&block.rows, header) - 1);
            block.rows.iter_mut().take(end + 1).skip(header).for_each(|row| row.gone = true);
            self.close_gap(number, header);
        }
    }

    /// One blank line goes with a section that stood between two, or at the end of the file.
    fn close_gap(&mut self, block: usize, header: usize) {
        let above = self.live_above(block, header);
        let is_blank = |sheet: &Self, (block, row): (usize, usize)| {
            sheet.row_at(block, row).is_some_and(|row| row.kind == RecordKind::Blank)
        };
        let blank_above = above.is_none_or(|at| is_blank(self, at));
        match (self.live_below(block, header), above) {
            (Some(below), _) if blank_above && is_blank(self, below) => self.remove_row(below.0, below.1),
            (None, Some(above)) if blank_above => self.remove_row(above.0, above.1),
            _ => {}
        }
    }

    fn live_above(&self, block: usize, row: usize) -> Option<(usize, usize)> {
        let blocks = self.blocks.iter().enumerate().take(block + 1).rev();
        blocks.into_iter().find_map(|(number, rows)| {
            let limit = if number == block { row } else { rows.rows.len() };
            let live = rows.rows.iter().take(limit).rposition(|row| !row.gone)?;
            Some((number, live))
        })
    }

    fn live_below(&self, block: usize, row: usize) -> Option<(usize, usize)> {
        self.blocks.iter().enumerate().skip(block).find_map(|(number, rows)| {
            let from = if number == block { row } else { 0 };
            let live = rows.rows.iter().skip(from).position(|row| !row.gone)?;
            Some((number, from + live))
        })
    }

    fn end_last_line(&mut self) {
        let mut rows = self.blocks.iter_mut().rev().flat_map(|block| block.rows.iter_mut().rev());
        if let Some(row) = rows.find(|row| !row.gone && row.eol == Eol::None) {
            row.eol = self.eol;
        }
    }
}
