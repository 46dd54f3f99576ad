//! Where a value comes from: a place in a file, or an environment variable.

use crate::section::SectionId;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// A place in a file. Lines and columns count from 1, columns count characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub path: Arc<Path>,
    /// The line, from 1.
    pub line: u32,
    /// The column, in characters from 1.
    pub column: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.path.display(), self.line, self.column)
    }
}

/// Where a value was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In a file: the place of the key, and the section it stands in.
    File {
        /// The place of the key.
        place: Place,
        /// The section.
        section: SectionId,
    },
    /// In this environment variable.
    Variable(&'static str),
}

impl Origin {
    /// The place in a file, if it is one.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::File { place, .. } => Some(place),
            Self::Variable(_) => None,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { place, .. } => write!(f, "{}:{}", place.path.display(), place.line),
            Self::Variable(name) => f.write_str(name),
        }
    }
}

/// A value and where it was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Where it was set.
    pub origin: Origin,
}

impl<T> Sourced<T> {
    /// The same origin with the value changed.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Sourced<U> {
        Sourced { value: change(self.value), origin: self.origin }
    }
}
