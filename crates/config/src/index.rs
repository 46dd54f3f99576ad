//! Which sections there are in the two files, by kind and name (rules R9 to R13 of the dialect).

use crate::document::Document;
use crate::lexer::Dialect;
use crate::section::{FileRole, Header, SectionKind, read_header};
use std::collections::HashMap;

/// One section: all headers that name it, those of the config file first.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) kind: SectionKind,
    pub(crate) name: String,
    pub(crate) parts: Vec<Part>,
}

/// A header with the lines below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) role: FileRole,
    pub(crate) record: usize,
    pub(crate) prefixed: bool,
    pub(crate) portable: bool,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    entries: Vec<Entry>,
    numbers: HashMap<String, [Option<usize>; 3]>,
    dialect: Dialect,
}

impl Index {
    pub(crate) fn build(config: &Document, credentials: &Document) -> Self {
        let strict = [config, credentials].iter().any(|document| document.dialect() == Dialect::Sdk);
        let dialect = if strict { Dialect::Sdk } else { Dialect::Effective };
        let mut index = Self { dialect, ..Self::default() };
        for (document, role) in [(config, FileRole::Config), (credentials, FileRole::Credentials)] {
            for (record, text) in document.headers() {
                if let Ok(header) = read_header(text, role, index.dialect) {
                    index.add(header, role, record);
                }
            }
        }
        index.hide_bare_default();
        index
    }

    fn add(&mut self, header: Header<'_>, role: FileRole, record: usize) {
        let portable = header.portable && !header.quoted;
        let part = Part { role, record, prefixed: header.prefixed, portable };
        let (kind, name) = (header.kind, header.name);
        let next = self.entries.len();
        let numbers = match self.numbers.get_mut(name.as_ref()) {
            Some(numbers) => numbers,
            None => self.numbers.entry(name.clone().into_owned()).or_default(),
        };
        let Some(slot) = numbers.get_mut(kind as usize) else { return };
        match slot.and_then(|number| self.entries.get_mut(number)) {
            Some(entry) => entry.parts.push(part),
            None => {
                *slot = Some(next);
                self.entries.push(Entry { kind, name: name.into_owned(), parts: vec![part] });
            }
        }
    }

    /// `[profile default]` anywhere in the config file hides every `[default]` there.
    fn hide_bare_default(&mut self) {
        let number = self.number(SectionKind::Profile, "default");
        let Some(entry) = number.and_then(|number| self.entries.get_mut(number)) else { return };
        let in_config = |part: &Part| part.role == FileRole::Config;
        if entry.parts.iter().any(|part| in_config(part) && part.prefixed) {
            entry.parts.retain(|part| !in_config(part) || part.prefixed);
        }
    }

    fn number(&self, kind: SectionKind, name: &str) -> Option<usize> {
        self.numbers.get(name)?.get(kind as usize).copied().flatten()
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    pub(crate) fn find(&self, kind: SectionKind, name: &str) -> Option<&Entry> {
        self.entries.get(self.number(kind, name)?)
    }

    /// Whether a header of the config file names no section.
    pub(crate) fn is_ignored(&self, text: &str) -> bool {
        read_header(text, FileRole::Config, self.dialect).is_err()
    }
}
