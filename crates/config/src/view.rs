//! One merged section: its keys, their values, and where each comes from.

use crate::document::Document;
use crate::index::{Entry, Part};
use crate::lexer::{Record, RecordKind};
use crate::line::{BLANKS, is_portable};
use crate::place::{Origin, Place, Sourced};
use crate::section::{FileRole, SectionId, SectionKind, is_marker};
use crate::set::ConfigSet;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A section of all its parts. The last value of a key holds; the credentials file goes over the config file.
#[derive(Clone, Copy)]
pub struct Section<'a> {
    set: &'a ConfigSet,
    entry: &'a Entry,
}

/// One `name = value` as it stands in a file.
#[derive(Clone, Copy)]
pub(crate) struct Property<'a> {
    document: &'a Document,
    pub(crate) role: FileRole,
    pub(crate) record: usize,
    /// The name as written.
    pub(crate) name: &'a str,
}

impl<'a> Section<'a> {
    pub(crate) fn new(set: &'a ConfigSet, entry: &'a Entry) -> Self {
        Self { set, entry }
    }

    /// The kind.
    #[must_use]
    pub fn kind(&self) -> SectionKind {
        self.entry.kind
    }

    /// The name, without quotes.
    #[must_use]
    pub fn name(&self) -> &'a str {
        &self.entry.name
    }

    /// The kind and the name.
    #[must_use]
    pub fn id(&self) -> SectionId {
        SectionId { kind: self.entry.kind, name: self.entry.name.to_string() }
    }

    /// The first header.
    #[must_use]
    pub fn place(&self) -> Place {
        self.places().next().unwrap_or_else(|| self.set.place(FileRole::Config, 0))
    }

    /// All headers.
    pub fn places(&self) -> impl Iterator<Item = Place> + use<'a> {
        let set = self.set;
        self.entry.parts.iter().map(move |part| set.place(part.role, part.record))
    }

    /// Whether the AWS SDKs see the section: its name has no quotes and only characters they accept.
    #[must_use]
    pub fn is_portable(&self) -> bool {
        self.entry.parts.iter().any(|part| part.portable)
    }

    /// Whether we made it and may take it away: below each of its headers in the config file stands
    /// [`crate::GENERATED_MARKER`], and it has a header there.
    #[must_use]
    pub fn is_generated(&self) -> bool {
        let mut parts = self.entry.parts.iter().filter(|part| part.role == FileRole::Config).peekable();
        let document = self.set.document(FileRole::Config);
        let below = |part: &Part| document.records().get(part.record + 1);
        let marked = |part| below(part).is_some_and(|line| is_marker(line.span.of(document.text())));
        parts.peek().is_some() && parts.all(marked)
    }

    /// Whether the key is there, empty or not.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.last(key).is_some()
    }

    /// The value of the key (in lower case). Lines of one value are joined by LF.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Sourced<Cow<'a, str>>> {
        let property = self.last(key)?;
        Some(Sourced { value: property.value(), origin: self.origin(&property) })
    }

    /// The value alone, for those who have 10,000 sections to look through and tell no place.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<Cow<'a, str>> {
        self.last(key).map(|property| property.value())
    }

    /// The value of the key as an owned text.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<Sourced<String>> {
        self.get(key).map(|found| found.map(Cow::into_owned))
    }

    /// The value of `name` in the indented block of the key.
    #[must_use]
    pub fn nested(&self, key: &str, name: &str) -> Option<Sourced<Cow<'a, str>>> {
        let property = self.last(key)?;
        let (record, value) =
            property.block().filter(|(_, found, _)| *found == name).last().map(|f| (f.0, f.2))?;
        let place = self.set.place(property.role, record);
        Some(Sourced { value: Cow::Borrowed(value), origin: Origin::File { place, section: self.id() } })
    }

    /// All keys in lower case with their values, sorted. Names that the SDKs do not accept are left out.
    #[must_use]
    pub fn values(&self) -> BTreeMap<String, Cow<'a, str>> {
        let valid = self.properties().filter(|property| is_portable(property.name));
        valid.map(|property| (property.name.to_ascii_lowercase(), property.value())).collect()
    }

    pub(crate) fn properties(&self) -> impl Iterator<Item = Property<'a>> + use<'a> {
        let set = self.set;
        self.entry.parts.iter().flat_map(move |part| properties_of(set.document(part.role), part))
    }

    /// The part of the properties that stands in one file.
    pub(crate) fn in_file(&self, role: FileRole, key: &str) -> Option<Property<'a>> {
        self.matching(key).filter(|property| property.role == role).last()
    }

    pub(crate) fn origin(&self, property: &Property<'a>) -> Origin {
        Origin::File { place: self.set.place(property.role, property.record), section: self.id() }
    }

    fn last(&self, key: &str) -> Option<Property<'a>> {
        self.matching(key).last()
    }

    pub(crate) fn matching<'k>(&self, key: &'k str) -> impl Iterator<Item = Property<'a>> + use<'a, 'k> {
        self.properties().filter(move |property| property.name.eq_ignore_ascii_case(key))
    }
}

impl<'a> Property<'a> {
    pub(crate) fn value(&self) -> Cow<'a, str> {
        let text = self.document.text();
        let own = self.document.records().get(self.record).map_or("", |record| record.value.of(text));
        let mut more = self.continuations().peekable();
        if more.peek().is_none() {
            return Cow::Borrowed(own);
        }
        let mut whole = own.to_owned();
        for (_, record) in more {
            whole.push('\n');
            whole.push_str(record.value.of(text));
        }
        Cow::Owned(whole)
    }

    /// The record of the last line of its value.
    pub(crate) fn last_record(&self) -> usize {
        self.continuations().last().map_or(self.record, |(record, _)| record)
    }

    /// What stands between the `=` and the end of its line, the comment with it: what the AWS CLI takes for the value.
    pub(crate) fn with_comment(&self) -> Option<&'a str> {
        let line = self.document.records().get(self.record)?.span.of(self.document.text());
        Some(line.split_once('=')?.1.trim())
    }

    /// The continuation lines: up to the next property or header.
    fn continuations(&self) -> impl Iterator<Item = (usize, &'a Record)> + use<'a> {
        let rest = self.document.records().iter().enumerate().skip(self.record + 1);
        rest.take_while(|(_, record)| !matches!(record.kind, RecordKind::Header | RecordKind::Property))
            .filter(|(_, record)| record.kind == RecordKind::Continuation)
    }

    /// The lines of an indented block: record, name, value (comments included, as all tools read them).
    fn block(&self) -> impl Iterator<Item = (usize, &'a str, &'a str)> + use<'a> {
        let text = self.document.text();
        let own = self.document.records().get(self.record).map_or(1, |record| record.value.of(text).len());
        self.continuations().take_while(move |_| own == 0).filter_map(move |(index, record)| {
            let (name, value) = record.value.of(text).split_once('=')?;
            Some((index, name.trim_matches(BLANKS), value.trim_matches(BLANKS)))
        })
    }
}

/// The properties below one header.
pub(crate) fn properties_of<'a>(
    document: &'a Document,
    part: &Part,
) -> impl Iterator<Item = Property<'a>> + use<'a> {
    let role = part.role;
    let rest = document.records().iter().enumerate().skip(part.record + 1);
    rest.take_while(|(_, record)| record.kind != RecordKind::Header)
        .filter(|(_, record)| record.kind == RecordKind::Property)
        .map(move |(index, record)| Property {
            document,
            role,
            record: index,
            name: record.name.of(document.text()),
        })
}
