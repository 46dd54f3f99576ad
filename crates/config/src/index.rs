//! Which sections there are in the two files, by kind and name (rules R9 to R13 of the dialect).

use crate::document::Document;
use crate::lexer::Dialect;
use crate::section::{FileRole, Header, SectionKind, read_header};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::num::NonZeroU32;
use std::sync::Arc;

/// The number of an entry, plus one: small, because there is a table of them with a row a section.
type Number = Option<NonZeroU32>;

/// FNV-1a. The names are the user's own, so nobody has a reason to make them collide, and a file of 10,000 profiles is hashed
/// at every call.
#[derive(Clone)]
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 =
            bytes.iter().fold(self.0, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    }
}

/// One section: all headers that name it, those of the config file first.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) kind: SectionKind,
    pub(crate) name: Arc<str>,
    pub(crate) parts: Parts,
}

/// The headers of a section: nearly always one, and then nothing is allocated.
#[derive(Clone, Debug)]
pub(crate) struct Parts {
    first: Option<Part>,
    more: Vec<Part>,
}

impl Parts {
    fn of(part: Part) -> Self {
        Self { first: Some(part), more: Vec::new() }
    }

    fn push(&mut self, part: Part) {
        self.more.push(part);
    }

    fn retain(&mut self, keep: impl Fn(&Part) -> bool) {
        self.first = self.first.filter(&keep);
        self.more.retain(keep);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Part> {
        self.first.iter().chain(&self.more)
    }
}

/// A header with the lines below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) role: FileRole,
    pub(crate) record: usize,
    pub(crate) prefixed: bool,
    pub(crate) portable: bool,
}

/// Where the entry of a number is.
fn place(number: NonZeroU32) -> usize {
    usize::try_from(number.get() - 1).unwrap_or(usize::MAX)
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    entries: Vec<Entry>,
    numbers: HashMap<Arc<str>, [Number; 3], BuildHasherDefault<Fnv>>,
    dialect: Dialect,
}

impl Index {
    pub(crate) fn build(config: &Document, credentials: &Document) -> Self {
        let strict = [config, credentials].iter().any(|document| document.dialect() == Dialect::Sdk);
        let dialect = if strict { Dialect::Sdk } else { Dialect::Effective };
        let sections = config.headers().count() + credentials.headers().count();
        let (entries, numbers) =
            (Vec::with_capacity(sections), HashMap::with_capacity_and_hasher(sections, <_>::default()));
        let mut index = Self { dialect, entries, numbers };
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
        let next = u32::try_from(self.entries.len() + 1).ok().and_then(NonZeroU32::new);
        let shared: Arc<str> = Arc::from(name.as_ref());
        let numbers = self.numbers.entry(Arc::clone(&shared)).or_default();
        let Some(slot) = numbers.get_mut(kind as usize) else { return };
        match slot.and_then(|number| self.entries.get_mut(place(number))) {
            Some(entry) => entry.parts.push(part),
            None => {
                *slot = next;
                self.entries.push(Entry { kind, name: shared, parts: Parts::of(part) });
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
        self.numbers.get(name)?.get(kind as usize).copied().flatten().map(place)
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
