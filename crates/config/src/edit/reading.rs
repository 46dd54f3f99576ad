//! What a config file says, apart from how it is written: the judge of every edit. Shares no code with the editor but the
//! reading of headers.

use crate::document::Document;
use crate::edit::sheet::section_of;
use crate::edit::{Change, SectionName};
use crate::lexer::RecordKind;
use crate::line::{BLANKS, is_comment};
use std::collections::BTreeMap;

/// Sections by name (and whether they are a hidden `[default]`).
pub(super) type Reading = BTreeMap<(SectionName, bool), Values>;

/// Keys in lower case, values with their lines. There may be ten thousand sections of a few keys each, twice: a list in order is
/// a third of a map.
#[derive(Default, PartialEq)]
pub(super) struct Values(Vec<(String, String)>);

impl Values {
    fn at(&self, key: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.as_str().cmp(key))
    }

    fn get(&self, key: &str) -> Option<&String> {
        let at = self.at(key).ok()?;
        self.0.get(at).map(|(_, value)| value)
    }

    fn iter(&self) -> impl Iterator<Item = (&String, &String)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    fn get_mut(&mut self, key: &str) -> Option<&mut String> {
        let at = self.at(key).ok()?;
        self.0.get_mut(at).map(|(_, value)| value)
    }

    fn insert(&mut self, key: String, value: String) {
        match self.at(&key) {
            Ok(at) => self.0.get_mut(at).into_iter().for_each(|known| known.1.clone_from(&value)),
            Err(at) => self.0.insert(at, (key, value)),
        }
    }

    fn remove(&mut self, key: &str) {
        if let Ok(at) = self.at(key) {
            self.0.remove(at);
        }
    }
}

/// What the document says.
pub(super) fn of(document: &Document) -> Reading {
    let text = document.text();
    let hides = document.headers().any(|(_, header)| section_of(header).1);
    let mut reading = Reading::new();
    let (mut section, mut key) = (None, String::new());
    for record in document.records() {
        match record.kind {
            RecordKind::Header => {
                let (name, prefixed) = section_of(record.name.of(text));
                let hidden = hides && !prefixed && name == SectionName::profile("default");
                reading.entry((name.clone(), hidden)).or_default();
                section = Some((name, hidden));
            }
            RecordKind::Property => {
                key = record.name.of(text).to_ascii_lowercase();
                let values = section.as_ref().and_then(|id| reading.get_mut(id));
                if let Some(values) = values {
                    values.insert(key.clone(), record.value.of(text).to_owned());
                }
            }
            RecordKind::Continuation => {
                let values = section.as_ref().and_then(|id| reading.get_mut(id));
                if let Some(value) = values.and_then(|values| values.get_mut(&key)) {
                    value.push('\n');
                    value.push_str(record.value.of(text));
                }
            }
            RecordKind::Blank | RecordKind::Comment | RecordKind::Bad => {}
        }
    }
    reading
}

/// What the document should say after the changes.
pub(super) fn expected(document: &Document, changes: &[Change]) -> Reading {
    let mut reading = of(document);
    for change in changes {
        match change {
            Change::Set { section, key, value } => {
                let values = reading.entry((section.clone(), false)).or_default();
                values.insert(key.to_ascii_lowercase(), value.clone());
            }
            Change::SetNested { section, key, name, value } => {
                let values = reading.entry((section.clone(), false)).or_default();
                let key = key.to_ascii_lowercase();
                let block = values.get_mut(&key).cloned().unwrap_or_default();
                values.insert(key, with_nested(&block, name, value));
            }
            Change::Unset { section, key } => {
                let values = reading.get_mut(&(section.clone(), false));
                if let Some(values) = values {
                    values.remove(&key.to_ascii_lowercase());
                }
            }
            Change::AddSection { section, values, .. } => {
                let found = reading.entry((section.clone(), false)).or_default();
                for (key, value) in values {
                    found.insert(key.to_ascii_lowercase(), value.clone());
                }
            }
            Change::RemoveSection { section } => {
                reading.remove(&(section.clone(), false));
                reading.remove(&(section.clone(), true));
            }
        }
    }
    reading
}

fn with_nested(block: &str, name: &str, value: &str) -> String {
    let mut lines: Vec<String> = block.split('\n').map(str::to_owned).collect();
    let parts = |line: &str| {
        let (name, value) = line.split_once('=').unwrap_or((line, ""));
        (name.trim_matches(BLANKS).to_owned(), value.trim_matches(BLANKS).to_owned())
    };
    let new = format!("{name} = {value}").trim_end_matches(BLANKS).to_owned();
    match lines.iter_mut().skip(1).rev().find(|line| parts(line).0 == name) {
        Some(line) if parts(line).1 == value => {}
        Some(line) => *line = new,
        None => lines.push(new),
    }
    lines.join("\n")
}

/// An indented comment below a value that is changed stays there. The SDKs take it into the value, as they did before.
pub(super) fn pass_over_comments(old: &Reading, expected: &Reading, found: &mut Reading) {
    for (id, values) in expected {
        for (key, value) in values.iter() {
            let was = old.get(id).and_then(|values| values.get(key));
            let Some(is) = found.get_mut(id).and_then(|values| values.get_mut(key)) else { continue };
            let below = is.strip_prefix(value.as_str()).and_then(|rest| rest.strip_prefix('\n'));
            let stayed = |line: &str| is_comment(line) && was.is_some_and(|was| was.contains(line));
            if below.is_some_and(|below| below.split('\n').all(stayed)) {
                is.truncate(value.len());
            }
        }
    }
}

/// The first section that is not as it should be.
pub(super) fn unlike(expected: &Reading, found: &Reading) -> Option<SectionName> {
    let missing = expected.iter().find(|(id, values)| found.get(*id) != Some(*values));
    let odd = missing.or_else(|| found.iter().find(|(id, _)| !expected.contains_key(*id)));
    odd.map(|((section, _), _)| section.clone())
}
