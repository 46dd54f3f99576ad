//! One change of the config file, as data.

use crate::section::{SectionId, SectionKind};
use std::fmt;

/// The section that a change is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SectionName {
    /// A profile, an sso-session or a services section.
    Known(SectionId),
    /// `[WORD]`: a section of the config file that none of the readers knows (`[plugins]`, `[preview]`).
    Word(String),
}

impl SectionName {
    /// `[profile NAME]`, or `[default]`.
    #[must_use]
    pub fn profile(name: impl Into<String>) -> Self {
        Self::Known(SectionId { kind: SectionKind::Profile, name: name.into() })
    }

    /// `[sso-session NAME]`.
    #[must_use]
    pub fn sso_session(name: impl Into<String>) -> Self {
        Self::Known(SectionId { kind: SectionKind::SsoSession, name: name.into() })
    }
}

impl From<SectionId> for SectionName {
    fn from(id: SectionId) -> Self {
        Self::Known(id)
    }
}

impl fmt::Display for SectionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(id) => id.fmt(f),
            Self::Word(word) => write!(f, "[{word}]"),
        }
    }
}

/// One change of the config file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    /// Gives a key its value. The section is made if it is missing. Of duplicates the last one is changed, since it holds.
    Set {
        /// Where.
        section: SectionName,
        /// The key.
        key: String,
        /// Its value.
        value: String,
    },
    /// Gives a name in the indented block of a key its value.
    SetNested {
        /// Where.
        section: SectionName,
        /// The key of the block (`s3`).
        key: String,
        /// The name in the block.
        name: String,
        /// Its value.
        value: String,
    },
    /// Takes a key out, with all lines of its value; of duplicates all. What is not there stays away.
    Unset {
        /// Where.
        section: SectionName,
        /// The key.
        key: String,
    },
    /// Makes a section at the end of the file.
    AddSection {
        /// Which.
        section: SectionName,
        /// Whether [`crate::GENERATED_MARKER`] is its first line.
        generated: bool,
        /// Its keys and values, in order.
        values: Vec<(String, String)>,
    },
    /// Takes a section out with all its keys. What is not there stays away.
    RemoveSection {
        /// Which.
        section: SectionName,
    },
}

impl Change {
    /// The section that it is about.
    #[must_use]
    pub fn section(&self) -> &SectionName {
        match self {
            Self::Set { section, .. }
            | Self::SetNested { section, .. }
            | Self::Unset { section, .. }
            | Self::AddSection { section, .. }
            | Self::RemoveSection { section } => section,
        }
    }
}
