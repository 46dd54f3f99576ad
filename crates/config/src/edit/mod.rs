//! Edits of the config file: a plan as data, tried on a document, then written. Only touched lines change.

mod change;
mod check;
mod diff;
mod error;
mod reading;
mod row;
mod sections;
mod sheet;
mod write;

pub use change::{Change, SectionName};
pub use diff::{Diff, DiffLine, Hunk, Sign};
pub use error::{EditError, ValueFault, WriteStep};
pub use write::{Written, replace_config, write_config};

use crate::document::Document;
use crate::error::ConfigError;
use crate::lexer::{Dialect, Eol};
use crate::place::Place;
use sheet::Sheet;
use std::fmt;

/// What to change in the config file: a plan that can be looked at, tried and written.
///
/// ```
/// use sso_config::{ConfigEdit, Document, SectionName};
/// let config = Document::parse("# mine\n[default]\nregion=eu-west-1 # near\n", std::path::Path::new("/c"))?;
/// let edit = ConfigEdit::new().set(SectionName::profile("default"), "region", "eu-north-1");
/// let edited = edit.preview(&config)?;
/// assert_eq!(edited.bytes, b"# mine\n[default]\nregion = eu-north-1 # near\n");
/// # Ok::<(), sso_config::EditError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfigEdit {
    /// The changes, in order.
    pub changes: Vec<Change>,
}

/// What an edit makes of a document.
///
/// `Debug` shows no content but the diff's.
#[derive(Clone, PartialEq, Eq)]
pub struct Edited {
    /// The new file. May hold secrets.
    pub bytes: Vec<u8>,
    /// What is different; nothing when the file says all that already.
    pub diff: Diff,
    /// What is worth knowing about the places that were edited.
    pub notes: Vec<EditNote>,
}

impl fmt::Debug for Edited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bytes, diff, notes } = self;
        f.debug_struct("Edited")
            .field("bytes", &bytes.len())
            .field("diff", diff)
            .field("notes", notes)
            .finish()
    }
}

/// A fact about a place that was edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditNote {
    /// The key stands here, too, and does not hold. The AWS CLI refuses such a file.
    Duplicate {
        /// The key.
        key: String,
        /// The place that does not hold.
        place: Place,
    },
    /// The comment after the value was kept; the AWS CLI takes it into the value.
    CommentKept {
        /// The key.
        key: String,
        /// Where, in the old file.
        place: Place,
    },
    /// The byte order mark was left out, because the AWS tools refuse it.
    ByteOrderMarkDropped,
}

impl ConfigEdit {
    /// No change yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn and(mut self, change: Change) -> Self {
        self.changes.push(change);
        self
    }

    /// With a [`Change::Set`].
    #[must_use]
    pub fn set(
        self,
        section: impl Into<SectionName>,
        key: impl Into<String>,
        value: impl Into<String>,
    ) -> Self {
        self.and(Change::Set { section: section.into(), key: key.into(), value: value.into() })
    }

    /// With a [`Change::SetNested`].
    #[must_use]
    pub fn set_nested(
        self,
        section: impl Into<SectionName>,
        key: impl Into<String>,
        name: impl Into<String>,
        value: impl Into<String>,
    ) -> Self {
        let (section, key) = (section.into(), key.into());
        self.and(Change::SetNested { section, key, name: name.into(), value: value.into() })
    }

    /// With a [`Change::Unset`].
    #[must_use]
    pub fn unset(self, section: impl Into<SectionName>, key: impl Into<String>) -> Self {
        self.and(Change::Unset { section: section.into(), key: key.into() })
    }

    /// With a [`Change::AddSection`].
    #[must_use]
    pub fn add_section<K: Into<String>, V: Into<String>>(
        self,
        section: impl Into<SectionName>,
        generated: bool,
        values: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let values = values.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
        self.and(Change::AddSection { section: section.into(), generated, values })
    }

    /// With a [`Change::RemoveSection`].
    #[must_use]
    pub fn remove_section(self, section: impl Into<SectionName>) -> Self {
        self.and(Change::RemoveSection { section: section.into() })
    }

    /// What the document becomes. The result is read again: it differs in nothing but what was asked for.
    ///
    /// # Errors
    /// A name, key or value cannot be written ([`EditError::Name`], `Key`, `Value`), a change does not fit what is there
    /// (`SectionExists`, `NotABlock`), or the result says something else than was asked for (`Unintended`, `NotForSdks`). No part of
    /// the edit is then made.
    pub fn preview(&self, document: &Document) -> Result<Edited, EditError> {
        let mut sheet = Sheet::of(document);
        for change in &self.changes {
            check::check(change)?;
            apply(&mut sheet, document, change)?;
        }
        sheet.close_gaps();
        let diff = diff::diff(&sheet.blocks);
        if diff.is_empty() {
            let bytes = document.text().as_bytes().to_vec();
            return Ok(Edited { bytes, diff, notes: sheet.notes });
        }
        if document.text().starts_with('\u{feff}') {
            sheet.notes.push(EditNote::ByteOrderMarkDropped);
        }
        let text = render(&sheet);
        let notes = std::mem::take(&mut sheet.notes);
        // The proof needs as much again.
        drop(sheet);
        self.prove(document, &text)?;
        Ok(Edited { bytes: text.into_bytes(), diff, notes })
    }

    /// Reads the result as if somebody else had written it.
    fn prove(&self, document: &Document, text: &str) -> Result<(), EditError> {
        // Of what was read only what it says is kept: there may be ten thousand sections of it.
        let read = Document::parse(text, document.path().clone()).map(|new| reading::of(&new));
        let found = match (read, self.changes.last()) {
            (Ok(found), _) => found,
            (Err(ConfigError::Syntax { .. }), Some(change)) => {
                return Err(EditError::Unintended { section: change.section().clone() });
            }
            (Err(error), _) => return Err(error.into()),
        };
        if let Some(section) = reading::unlike(&reading::expected(document, &self.changes), &found) {
            return Err(EditError::Unintended { section });
        }
        drop(found);
        self.prove_for_sdks(document, text)
    }

    /// Reads the result as the SDKs do, if they read the file before.
    fn prove_for_sdks(&self, document: &Document, text: &str) -> Result<(), EditError> {
        let by_sdks = |text: &str| Document::parse_as(text, document.path().clone(), Dialect::Sdk).ok();
        let Some(old) = by_sdks(document.text()) else { return Ok(()) };
        let mut found = by_sdks(text).map(|new| reading::of(&new)).ok_or(EditError::NotForSdks)?;
        let expected = reading::expected(&old, &self.changes);
        reading::pass_over_comments(&reading::of(&old), &expected, &mut found);
        reading::unlike(&expected, &found).map_or(Ok(()), |section| Err(EditError::Unintended { section }))
    }
}

fn apply(sheet: &mut Sheet<'_>, document: &Document, change: &Change) -> Result<(), EditError> {
    match change {
        Change::Set { section, key, value } => sheet.set(section, key, value),
        Change::SetNested { section, key, name, value } => sheet.set_nested(section, key, name, value),
        Change::Unset { section, key } => {
            sheet.unset(section, key);
            Ok(())
        }
        Change::AddSection { section, generated, values } => {
            if sheet.has(section) {
                let place = document.place(sheet.first_record(section));
                return Err(EditError::SectionExists { section: section.clone(), place });
            }
            sheet.append(section, check::new_header(section)?, *generated, true);
            values.iter().try_for_each(|(key, value)| sheet.set(section, key, value))
        }
        Change::RemoveSection { section } => {
            sheet.remove(section);
            Ok(())
        }
    }
}

fn render(sheet: &Sheet<'_>) -> String {
    let mut text = String::new();
    for row in sheet.blocks.iter().flat_map(|block| &block.rows).filter(|row| !row.gone) {
        text.push_str(&row.body);
        text.push_str(match row.eol {
            Eol::Lf => "\n",
            Eol::CrLf => "\r\n",
            Eol::None => "",
        });
    }
    text
}
