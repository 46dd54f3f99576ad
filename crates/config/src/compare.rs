//! Problems that show only when headers and keys are compared: duplicates, hidden and ignored sections, odd names.

use crate::document::{Document, count};
use crate::index::Part;
use crate::line::is_portable;
use crate::problem::{Problem, ProblemKind};
use crate::section::{FileRole, Header, SectionKind, read_header};
use crate::set::ConfigSet;
use crate::view::properties_of;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

impl ConfigSet {
    /// Everything in both files that some tool reads otherwise or that is probably not meant, in the files' order.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut all = Vec::new();
        for role in [FileRole::Config, FileRole::Credentials] {
            let document = self.document(role);
            let mut found = document.problems();
            Comparison { document, role, found: &mut found }.run();
            found.sort_by_key(|problem| (problem.place.line, problem.place.column));
            all.append(&mut found);
        }
        all
    }
}

struct Comparison<'a> {
    document: &'a Document,
    role: FileRole,
    found: &'a mut Vec<Problem>,
}

impl Comparison<'_> {
    fn run(&mut self) {
        let document = self.document;
        let mut texts: HashMap<&str, usize> = HashMap::new();
        let mut names: HashMap<(SectionKind, String), usize> = HashMap::new();
        let mut keys: HashMap<(SectionKind, String), HashMap<String, usize>> = HashMap::new();
        for (record, text) in document.headers() {
            let repeated =
                self.seen(&mut texts, text, record, |first| ProblemKind::DuplicateSection { first });
            match read_header(text, self.role, document.dialect()) {
                Err(why) => {
                    self.say(record, ProblemKind::IgnoredSection(why));
                    self.keys(record, &mut HashMap::new());
                }
                Ok(header) => {
                    self.name_of(record, &header);
                    let id = (header.kind, header.name.into_owned());
                    if !repeated && id.1 != "default" {
                        self.seen(&mut names, id.clone(), record, |first| ProblemKind::OtherSpelling {
                            first,
                        });
                    }
                    self.keys(record, keys.entry(id).or_default());
                }
            }
        }
        self.defaults();
    }

    fn name_of(&mut self, record: usize, header: &Header<'_>) {
        if header.quoted {
            self.say(record, ProblemKind::QuotedName);
        } else if !header.portable {
            self.say(record, ProblemKind::NotPortableName);
        }
    }

    fn keys(&mut self, record: usize, seen: &mut HashMap<String, usize>) {
        let part = Part { role: self.role, record, prefixed: false, portable: true };
        for property in properties_of(self.document, &part) {
            if !is_portable(property.name) {
                self.say(property.record, ProblemKind::InvalidKey);
            }
            let key = property.name.to_lowercase();
            self.seen(seen, key, property.record, |first| ProblemKind::DuplicateKey { first });
        }
    }

    fn defaults(&mut self) {
        let document = self.document;
        let prefixed = |text: &str| match read_header(text, self.role, document.dialect()) {
            Ok(header) if header.kind == SectionKind::Profile && header.name == "default" => {
                Some(header.prefixed)
            }
            _ => None,
        };
        let all: Vec<(usize, bool)> =
            document.headers().filter_map(|(record, text)| Some((record, prefixed(text)?))).collect();
        let Some(by) = all.iter().find(|(_, prefixed)| *prefixed).map(|(record, _)| count(record + 1)) else {
            return;
        };
        for (record, _) in all.into_iter().filter(|(_, prefixed)| !prefixed) {
            self.say(record, ProblemKind::HiddenDefault { by });
        }
    }

    /// Remembers where something stands; says so when it stands somewhere already.
    fn seen<K: std::hash::Hash + Eq>(
        &mut self,
        map: &mut HashMap<K, usize>,
        key: K,
        record: usize,
        kind: impl FnOnce(u32) -> ProblemKind,
    ) -> bool {
        match map.entry(key) {
            Entry::Vacant(entry) => {
                entry.insert(record);
                false
            }
            Entry::Occupied(mut entry) => {
                let first = entry.insert(record);
                self.say(record, kind(count(first + 1)));
                true
            }
        }
    }

    fn say(&mut self, record: usize, kind: ProblemKind) {
        self.found.push(Problem { place: self.document.place(record), kind });
    }
}
