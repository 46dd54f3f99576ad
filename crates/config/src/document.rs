//! One file: its text, the records of its lines, and what is remarkable in them.

use crate::error::ConfigError;
use crate::lexer::{Dialect, Lexed, Mark, Record, RecordKind, lex};
use crate::place::Place;
use crate::problem::{Problem, ProblemKind};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// The largest file that is read, in bytes: 64 MiB. 10,000 profiles are 1.5 MiB.
pub const MAX_FILE_BYTES: usize = 64 << 20;

/// A file that was read whole. Its records, put together, are its bytes again.
///
/// `Debug` shows no content: a credentials file holds secrets.
#[derive(Clone)]
pub struct Document {
    path: Arc<Path>,
    text: String,
    records: Vec<Record>,
    remarks: Vec<Mark<ProblemKind>>,
    dialect: Dialect,
    exists: bool,
}

impl Document {
    /// Reads the bytes of a file by our rules. The path is only for messages.
    ///
    /// # Errors
    /// [`ConfigError::NotUtf8`], [`ConfigError::TooLarge`], [`ConfigError::CarriageReturns`], or [`ConfigError::Syntax`] for the
    /// first line that cannot be understood.
    pub fn parse(bytes: impl Into<Vec<u8>>, path: impl Into<Arc<Path>>) -> Result<Self, ConfigError> {
        Self::parse_as(bytes, path, Dialect::Effective)
    }

    /// Reads the bytes of a file by the rules of the dialect.
    ///
    /// # Errors
    /// As [`Document::parse`].
    pub fn parse_as(
        bytes: impl Into<Vec<u8>>,
        path: impl Into<Arc<Path>>,
        dialect: Dialect,
    ) -> Result<Self, ConfigError> {
        let path = path.into();
        let bytes = bytes.into();
        if bytes.len() > MAX_FILE_BYTES {
            return Err(ConfigError::TooLarge { path: path.to_path_buf() });
        }
        let text = String::from_utf8(bytes).map_err(|error| not_utf8(&path, &error))?;
        if dialect == Dialect::Effective && !text.contains('\n') {
            refuse_carriage_returns(&path, &text)?;
        }
        let Lexed { records, faults, remarks } = lex(&text, dialect);
        let document = Self { path, text, records, remarks, dialect, exists: true };
        match faults.first() {
            None => Ok(document),
            Some(fault) => Err(ConfigError::Syntax {
                place: document.place_of(fault.record, fault.at),
                kind: fault.kind,
            }),
        }
    }

    /// A file that is not there: no content.
    #[must_use]
    pub fn absent(path: impl Into<Arc<Path>>) -> Self {
        Self {
            path: path.into(),
            text: String::new(),
            records: Vec::new(),
            remarks: Vec::new(),
            dialect: Dialect::Effective,
            exists: false,
        }
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> &Arc<Path> {
        &self.path
    }

    /// Whether there is such a file.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.exists
    }

    /// The text, byte for byte. May hold secrets.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The lines. The index of a record plus one is its line number.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// What single lines of this file hold that some tool reads otherwise.
    ///
    /// What only shows when sections are compared is in [`crate::ConfigSet::problems`].
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let place = |mark: &Mark<ProblemKind>| self.place_of(mark.record, mark.at);
        self.remarks.iter().map(|mark| Problem { place: place(mark), kind: mark.kind }).collect()
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The headers with their record numbers.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (usize, &str)> {
        self.records
            .iter()
            .enumerate()
            .filter(|(_, record)| record.kind == RecordKind::Header)
            .map(|(index, record)| (index, record.name.of(&self.text)))
    }

    /// The place of a record's name (or of its text, when it has none).
    pub(crate) fn place(&self, record: usize) -> Place {
        let at = self.records.get(record).map_or(0, |record| match record.kind {
            RecordKind::Header | RecordKind::Property => record.name.start,
            _ => record.value.start,
        });
        self.place_of(record, at)
    }

    fn place_of(&self, record: usize, at: u32) -> Place {
        let start = self.records.get(record).map_or(0, |record| record.span.start);
        let before = self.text.get(start as usize..at as usize).unwrap_or_default();
        let column = before.trim_start_matches('\u{feff}').chars().count() + 1;
        Place { path: Arc::clone(&self.path), line: count(record + 1), column: count(column) }
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document").field("path", &self.path).field("lines", &self.records.len()).finish()
    }
}

/// Lines and columns of a document fit, because the document does.
pub(crate) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn not_utf8(path: &Arc<Path>, error: &std::string::FromUtf8Error) -> ConfigError {
    let bytes = error.as_bytes();
    let good = bytes.get(..error.utf8_error().valid_up_to()).unwrap_or_default();
    let good = String::from_utf8_lossy(good);
    let (before, last) = good.rsplit_once('\n').map_or((None, good.as_ref()), |(a, b)| (Some(a), b));
    let line = before.map_or(1, |before| before.matches('\n').count() + 2);
    let column = last.trim_start_matches('\u{feff}').chars().count() + 1;
    ConfigError::NotUtf8 {
        place: Place { path: Arc::clone(path), line: count(line), column: count(column) },
        utf16: bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]),
    }
}

fn refuse_carriage_returns(path: &Arc<Path>, text: &str) -> Result<(), ConfigError> {
    let Some((before, _)) = text.split_once('\r') else { return Ok(()) };
    let column = before.trim_start_matches('\u{feff}').chars().count() + 1;
    Err(ConfigError::CarriageReturns {
        place: Place { path: Arc::clone(path), line: 1, column: count(column) },
    })
}
