//! One line of a file that is being edited.

use crate::lexer::{Eol, Record, RecordKind};
use crate::line::BLANKS;
use std::borrow::Cow;
use std::ops::Range;

/// A line: one of the file, or a new one.
#[derive(Debug)]
pub(super) struct Row<'a> {
    /// The text without its end and without a byte order mark.
    pub(super) body: Cow<'a, str>,
    pub(super) eol: Eol,
    pub(super) kind: RecordKind,
    name: Range<usize>,
    value: Range<usize>,
    /// Its record in the file; `None` for a new line.
    pub(super) old: Option<usize>,
    /// Removed. Kept here for the diff.
    pub(super) gone: bool,
}

impl<'a> Row<'a> {
    /// The line of a record.
    pub(super) fn of(record: &Record, number: usize, text: &'a str) -> Self {
        let whole = record.span.of(text);
        let body = match record.eol {
            Eol::None => whole,
            Eol::Lf => whole.strip_suffix('\n').unwrap_or(whole),
            Eol::CrLf => whole.strip_suffix("\r\n").unwrap_or(whole),
        };
        let bare = body.strip_prefix('\u{feff}').filter(|_| number == 0).unwrap_or(body);
        let start = record.span.start as usize + (body.len() - bare.len());
        let within = |at: u32| (at as usize).saturating_sub(start).min(bare.len());
        let range = |start: u32, end: u32| within(start)..within(end);
        Self {
            body: Cow::Borrowed(bare),
            eol: record.eol,
            kind: record.kind,
            name: range(record.name.start, record.name.end),
            value: range(record.value.start, record.value.end),
            old: Some(number),
            gone: false,
        }
    }

    /// A new line without a name: a blank one, a comment, a header.
    pub(super) fn new(kind: RecordKind, body: String, eol: Eol) -> Self {
        Self { body: Cow::Owned(body), eol, kind, name: 0..0, value: 0..0, old: None, gone: false }
    }

    /// `key = value`, with what stands before and after it.
    pub(super) fn property(indent: &str, key: &str, value: &str, tail: &str, eol: Eol) -> Self {
        let gap = if value.is_empty() { "" } else { " " };
        let body = format!("{indent}{key} ={gap}{value}{tail}");
        let (name_end, value_start) = (indent.len() + key.len(), indent.len() + key.len() + 2 + gap.len());
        let value_end = value_start + value.len();
        Self {
            name: indent.len()..name_end,
            value: value_start..value_end,
            ..Self::new(RecordKind::Property, body, eol)
        }
    }

    /// A line of an indented block.
    pub(super) fn nested(indent: &str, name: &str, value: &str, eol: Eol) -> Self {
        let gap = if value.is_empty() { "" } else { " " };
        let body = format!("{indent}{name} ={gap}{value}");
        let value = indent.len()..body.len();
        Self { value, ..Self::new(RecordKind::Continuation, body, eol) }
    }

    pub(super) fn name(&self) -> &str {
        self.body.get(self.name.clone()).unwrap_or_default()
    }

    pub(super) fn value(&self) -> &str {
        self.body.get(self.value.clone()).unwrap_or_default()
    }

    /// The blanks it starts with.
    pub(super) fn indent(&self) -> &str {
        let end = self.body.len() - self.body.trim_start_matches(BLANKS).len();
        self.body.get(..end).unwrap_or_default()
    }

    /// The comment after the value, with the blanks before it.
    pub(super) fn tail(&self) -> Cow<'_, str> {
        let tail = self.body.get(self.value.end..).unwrap_or_default();
        match tail.trim_matches(BLANKS) {
            "" => Cow::Borrowed(""),
            _ if tail.starts_with(BLANKS) => Cow::Borrowed(tail),
            _ => Cow::Owned(format!(" {tail}")),
        }
    }

    pub(super) fn is_live(&self, kind: RecordKind) -> bool {
        !self.gone && self.kind == kind
    }

    /// Whether it is more of a property with that indent above it. To the SDKs a comment that is indented is, too: moved below
    /// another key, or below none, it would change what they read.
    pub(super) fn goes_on(&self, indent: usize) -> bool {
        match self.kind {
            RecordKind::Continuation => true,
            RecordKind::Comment => self.indent().len() > indent,
            _ => false,
        }
    }
}
