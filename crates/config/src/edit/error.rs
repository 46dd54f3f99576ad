//! Why an edit is not made. Nothing was written then. No name, key or value that was refused is repeated.

use crate::edit::SectionName;
use crate::error::ConfigError;
use crate::header::NameFault;
use crate::place::Place;
use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// Everything that an edit can fail with. The file is then as it was, byte for byte (but see [`WriteStep`]).
#[derive(Debug, Error)]
pub enum EditError {
    /// The file that is there cannot be read or understood, so it is not touched.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A name that cannot stand in a header.
    #[error("a section of this name cannot be written: {0}")]
    Name(NameFault),
    /// A key that is none, for one of the readers.
    #[error("a key of this name cannot be written")]
    Key,
    /// A value that would not be read back as it is.
    #[error("the value of {key} cannot be written: {fault}")]
    Value {
        /// The key; it has passed its own check.
        key: String,
        /// What is wrong with the value.
        fault: ValueFault,
    },
    /// The section that should be new is there.
    #[error("{place}: {section} is there already")]
    SectionExists {
        /// The section.
        section: SectionName,
        /// Its header.
        place: Place,
    },
    /// The key has a value of its own, so there can be nothing nested in it.
    #[error("{place}: {key} has a value and is no block")]
    NotABlock {
        /// The key.
        key: String,
        /// Where it stands.
        place: Place,
    },
    /// The result would have changed something else, too: the text around the place has a form that cannot be edited.
    #[error("the edit would change more than was asked for, in {section}")]
    Unintended {
        /// Where.
        section: SectionName,
    },
    /// The AWS SDKs read the file and would no longer do so.
    #[error("the AWS SDKs would refuse the result")]
    NotForSdks,
    /// The file is not any more what the caller has seen.
    #[error("{} was changed by somebody else", path.display())]
    ChangedMeanwhile {
        /// The file.
        path: PathBuf,
    },
    /// The new file cannot be put in place.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file, links resolved.
        path: PathBuf,
        /// How far it got.
        step: WriteStep,
        /// The cause.
        #[source]
        source: io::Error,
    },
}

/// Why a value would not be read back as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ValueFault {
    /// A line break: what follows would be a key or a section of its own.
    #[error("it has a line break")]
    LineBreak,
    /// NUL or another control character.
    #[error("it has a control character")]
    Control,
    /// White space at the start or the end, which all readers drop.
    #[error("it starts or ends with white space")]
    OuterBlank,
    /// `#` or `;` at the start or after white space: the SDKs take the rest for a comment.
    #[error("it has a '#' or ';' that starts a comment")]
    CommentSign,
}

/// How far writing got. In each case the old file is as it was, or (only after [`WriteStep::Replace`]) the new one is there
/// whole and a power cut could bring the old one back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteStep {
    /// Following links to the file.
    Resolve,
    /// Making the directory, or taking the lock in it.
    Lock,
    /// Opening the old file for writing: it is read-only.
    Open,
    /// Making the new file beside the old one.
    Create,
    /// Filling the new file: there is no space.
    Fill,
    /// Putting it in the old one's place.
    Replace,
}
