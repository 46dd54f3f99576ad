//! Aligned columns, remarks below the value they are about, nothing beyond the width.

use crate::output::fit::{cut, wrap};
use crate::output::{CARE, Look, STRONG};
use unicode_width::UnicodeWidthStr as _;

/// One line of the table. All texts are escaped.
pub(super) struct Row {
    pub(super) key: String,
    pub(super) value: String,
    pub(super) place: String,
    /// What follows the place where there is room, else stands below.
    pub(super) aside: Option<String>,
    pub(super) below: Vec<Note>,
}

/// A remark on a line of its own.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Note {
    /// `! ...`
    Care(String),
    /// Text alone.
    Plain(String),
}

/// Columns and colours.
pub(super) struct Layout<'a> {
    look: &'a Look,
    width: usize,
    key: usize,
    value: usize,
    place: usize,
}

impl<'a> Layout<'a> {
    pub(super) fn new(head: &Row, rows: &[Row], width: usize, look: &'a Look) -> Self {
        let widest = |of: fn(&Row) -> &str, most: usize| {
            rows.iter().map(|row| of(row).width()).max().unwrap_or(0).min(most)
        };
        let key = widest(|row| &row.key, 28);
        let places = widest(|row| &row.place, 24).max(head.place.width().min(24));
        let with_aside = || rows.iter().filter(|row| row.key != "credentials" && row.aside.is_some());
        let widest_of = |of: fn(&Row) -> usize| with_aside().map(of).max().unwrap_or(0);
        let place = widest_of(|row| row.place.width());
        let aside = place + 2 + widest_of(|row| row.aside.as_ref().map_or(0, |aside| aside.width()));
        // Room for the places, and for what follows them unless values would be cut too short.
        let room = width.saturating_sub(2 + key + 2 + 2);
        let beside = room.saturating_sub(places.max(aside));
        let room = if beside >= 20 { beside } else { room.saturating_sub(places) };
        let value = widest(|row| &row.value, room.max(16));
        Self { look, width, key, value, place }
    }

    /// The first line: the name over the columns of keys and values.
    pub(super) fn head(&self, row: &Row) -> String {
        let columns = 2 + self.key + 2 + self.value;
        let name = pad(&row.key, columns);
        let before = name.width() + 2 + row.place.width();
        self.finish(row, format!("{}  {}", self.look.paint(STRONG, &name), row.place), before, 2)
    }

    pub(super) fn row(&self, row: &Row) -> String {
        let key = pad(&cut(&row.key, self.key), self.key);
        let value = pad(&cut(&row.value, self.value), self.value);
        let place = if row.aside.is_some() { pad(&row.place, self.place) } else { row.place.clone() };
        let line = format!("  {key}  {value}  {place}");
        let before = line.width();
        self.finish(row, line, before, 4)
    }

    /// What follows a line, and what stands below it.
    fn finish(&self, row: &Row, mut line: String, before: usize, indent: usize) -> String {
        let mut below = String::new();
        if let Some(aside) = &row.aside {
            if before + 2 + aside.width() <= self.width {
                line.push_str(&format!("  {aside}"));
            } else {
                below = self.note_text("", aside, indent);
            }
        }
        below.extend(row.below.iter().map(|note| self.note(note, indent)));
        format!("{}\n{below}", line.trim_end())
    }

    pub(super) fn note(&self, note: &Note, indent: usize) -> String {
        match note {
            Note::Care(text) => self.note_text("! ", text, indent),
            Note::Plain(text) => {
                let inner = text.trim_start();
                self.note_text("", inner, indent + text.len() - inner.len())
            }
        }
    }

    /// The text in lines of at most the width, those after the first a little further in.
    fn note_text(&self, mark: &str, text: &str, indent: usize) -> String {
        let lines = wrap(text, self.width.saturating_sub(indent + 2));
        let mut out = String::new();
        for (number, line) in lines.iter().enumerate() {
            let first = number == 0;
            let start = if first { mark } else { "  " };
            let pad = " ".repeat(indent);
            let text = match mark {
                "" => format!("{pad}{start}{line}"),
                _ if first => format!("{pad}{}{line}", self.look.paint(CARE, start)),
                _ => format!("{pad}{start}{line}"),
            };
            out.push_str(&text);
            out.push('\n');
        }
        out
    }
}

fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}
