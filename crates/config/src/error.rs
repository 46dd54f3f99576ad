//! What can go wrong: facts with the places they were found at. What to do about them is the caller's to say.

use crate::keys::is_secret;
use crate::place::{Origin, Place, Sourced};
use crate::section::SectionId;
use sso_core::{
    AccountId, AccountIdError, ProfileName, RegionError, RoleArnError, SessionName, StartUrl, StartUrlError,
};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use thiserror::Error;

/// Everything this crate can fail with.
///
/// The first group makes a whole file useless, the second says what the configuration lacks, the third what is wrong
/// with a value that was about to be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// A line that no reader understands. The whole file counts as invalid, as it does for the AWS tools.
    #[error("{place}: {kind}")]
    Syntax {
        /// Where.
        place: Place,
        /// What is wrong.
        kind: SyntaxErrorKind,
    },
    /// The bytes are not UTF-8.
    #[error("{place}: not UTF-8 text")]
    NotUtf8 {
        /// The first byte that does not fit.
        place: Place,
        /// Whether the file starts like UTF-16, as some Windows editors write it.
        utf16: bool,
    },
    /// All lines end in a carriage return alone, so no tool sees more than one line.
    #[error("{place}: lines end in CR alone")]
    CarriageReturns {
        /// The first of them.
        place: Place,
    },
    /// The file is there and cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: io::Error,
    },
    /// Something else than a file is there.
    #[error("{} is {kind}, not a file", path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
        /// What it is.
        kind: NotAFile,
    },
    /// The file is larger than [`crate::MAX_FILE_BYTES`].
    #[error("{} is larger than {} MiB", path.display(), crate::MAX_FILE_BYTES >> 20)]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// The home directory cannot be used.
    #[error(transparent)]
    Home(#[from] HomeError),

    /// There is no such profile.
    #[error("no profile {}", .0.name)]
    UnknownProfile(Box<UnknownProfile>),
    /// There is no such `[sso-session]`.
    #[error("no sso-session {}", .0.name)]
    UnknownSession(Box<UnknownSession>),
    /// Keys that are needed are not there.
    #[error(transparent)]
    MissingKeys(Box<MissingKeys>),
    /// The profile has nothing to do with IAM Identity Center.
    #[error("profile {} has no sso_* keys", .0.profile)]
    NoSso(Box<NoSso>),
    /// A profile repeats a key of its session with another value.
    #[error("{} differs between {} and {}", .0.key, .0.profile.origin, .0.session.origin)]
    Inconsistent(Box<Inconsistent>),
    /// `source_profile` leads back to a profile that was passed already.
    #[error("{origin}: source_profile leads back to {}", chain.last().map_or("", |name| name.as_str()))]
    SourceProfileLoop {
        /// The profiles in order; the last one occurs before.
        chain: Vec<ProfileName>,
        /// The `source_profile` that leads from each of them to the next.
        links: Vec<Origin>,
        /// The `source_profile` that closes the loop.
        origin: Origin,
    },
    /// `source_profile` leads on and on.
    #[error("{origin}: source_profile has led through {most} profiles")]
    SourceProfileTooFar {
        /// Through how many profiles it was followed.
        most: usize,
        /// The `source_profile` that was not followed any more.
        origin: Origin,
    },
    /// `source_profile` names a profile that does not exist.
    #[error("{origin}: no profile {name}")]
    UnknownSourceProfile {
        /// The name.
        name: ProfileName,
        /// The `source_profile` key.
        origin: Origin,
        /// Names that are like it.
        nearest: Vec<NearName>,
    },
    /// A `role_arn` with neither `source_profile`, `credential_source` nor `web_identity_token_file`.
    #[error("{origin}: role_arn without a source of credentials")]
    RoleWithoutSource {
        /// The `role_arn` key.
        origin: Origin,
    },
    /// A `role_arn` with both `source_profile` and `credential_source`.
    #[error("{source_profile}: both source_profile and credential_source are set")]
    RoleWithTwoSources {
        /// The `source_profile` key.
        source_profile: Origin,
        /// The `credential_source` key.
        credential_source: Origin,
    },
    /// `services` names a section that does not exist.
    #[error("{origin}: no services section {name}")]
    UnknownServices {
        /// The name.
        name: String,
        /// The `services` key.
        origin: Origin,
    },

    /// A start URL that cannot be used.
    #[error("{}: sso_start_url cannot be used", .value.origin)]
    StartUrl {
        /// The text and where it is.
        value: Box<Sourced<StartUrl>>,
        /// What is wrong.
        #[source]
        source: StartUrlError,
    },
    /// A region that has not the form of one.
    #[error("{}: {key} cannot be used", .value.origin)]
    Region {
        /// The key.
        key: &'static str,
        /// The text and where it is.
        value: Box<Sourced<String>>,
        /// What is wrong.
        #[source]
        source: RegionError,
    },
    /// An account id that has not the form of one.
    #[error("{}: sso_account_id cannot be used", .value.origin)]
    AccountId {
        /// The text and where it is.
        value: Box<Sourced<AccountId>>,
        /// What is wrong.
        #[source]
        source: AccountIdError,
    },
    /// A `role_arn` that is not the ARN of a role.
    #[error("{}: role_arn cannot be used", .value.origin)]
    RoleArn {
        /// The text and where it is.
        value: Box<Sourced<String>>,
        /// What is wrong.
        #[source]
        source: RoleArnError,
    },
    /// A value that has to be a number of seconds.
    #[error("{}: {key} is not a number of seconds", .value.origin)]
    Seconds {
        /// The key.
        key: &'static str,
        /// The text and where it is.
        value: Box<Sourced<String>>,
    },
    /// A CA bundle setting that is there and empty: the AWS CLI refuses it, and falling back would hide the mistake.
    #[error("{origin}: the CA bundle is empty")]
    EmptyCaBundle {
        /// Where it is set.
        origin: Origin,
    },
}

/// What is wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SyntaxErrorKind {
    /// A header without its `]`.
    #[error("the section header has no ']'")]
    UnclosedHeader,
    /// A property or continuation before the first header.
    #[error("text before the first section header")]
    OutsideSection,
    /// An indented line that continues nothing and is no property.
    #[error("an indented line that continues no property")]
    ContinuesNothing,
    /// A line without `=`.
    #[error("no '=' after the name")]
    NoEquals {
        /// Whether there is a `:` instead, which only the AWS CLI accepts.
        colon: bool,
    },
    /// Nothing before the `=`.
    #[error("no name before '='")]
    NoName,
    /// A line without `=` in an indented block.
    #[error("no '=' in a line of an indented block")]
    NoEqualsInBlock,
    /// Nothing before the `=` in an indented block.
    #[error("no name before '=' in a line of an indented block")]
    NoNameInBlock,
}

/// What is there instead of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAFile {
    /// A directory.
    Directory,
    /// A pipe, socket or device: reading it could wait for ever.
    Special,
}

impl fmt::Display for NotAFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Directory => "a directory",
            Self::Special => "a pipe, socket or device",
        })
    }
}

/// Why the home directory cannot be used. Neither `/.aws` nor the working directory is ever taken for it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HomeError {
    /// No variable names it and the system knows none.
    #[error("the home directory is not known")]
    Unknown,
    /// The variable is there and empty.
    #[error("{variable} is empty")]
    Empty {
        /// The variable.
        variable: &'static str,
    },
    /// It does not start at the root.
    #[error("the home directory {} is relative", path.display())]
    Relative {
        /// What it says.
        path: PathBuf,
        /// The variable; `None` when the system said it.
        variable: Option<&'static str>,
    },
}

/// A profile that does not exist, and what could have been meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownProfile {
    /// The name.
    pub name: ProfileName,
    /// The files that were searched, with whether they exist.
    pub searched: Vec<(Arc<Path>, bool)>,
    /// Names that are like it, best first.
    pub nearest: Vec<NearName>,
    /// Headers of sections that are not read and look like it: `[prod]`, `[Profile prod]`, `[profiles prod]`.
    pub near_headers: Vec<NearHeader>,
}

/// A session that does not exist, and what could have been meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownSession {
    /// The name.
    pub name: SessionName,
    /// The `sso_session` key that names it; `None` when the caller did.
    pub origin: Option<Origin>,
    /// The files that were searched, with whether they exist.
    pub searched: Vec<(Arc<Path>, bool)>,
    /// Names that are like it, best first.
    pub nearest: Vec<NearName>,
    /// Headers of sections that are not read and look like it: `[sso-sesion corp]`.
    pub near_headers: Vec<NearHeader>,
}

/// A name that there is, like one that there is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearName {
    /// The name.
    pub name: String,
    /// The header of its section.
    pub place: Place,
}

/// The header of a section that is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearHeader {
    /// What stands between the brackets.
    pub text: String,
    /// Where.
    pub place: Place,
}

/// A profile without any `sso_*` key, and what could have been meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoSso {
    /// The profile.
    pub profile: ProfileName,
    /// Its header; `None` for a default profile that is not written anywhere.
    pub place: Option<Place>,
    /// Where the default profile is not written: names that are like it (`Default`), best first.
    pub nearest: Vec<NearName>,
    /// Where the default profile is not written: headers that are not read and look like it (`[Default]`).
    pub near_headers: Vec<NearHeader>,
}

/// Keys that are needed and not there, in the order in which the AWS CLI names them.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("missing {}", .missing.iter().map(|one| format!("{} in {}", one.key, one.section)).collect::<Vec<_>>().join(", "))]
pub struct MissingKeys {
    /// The profile that was to be used; `None` when a session was named directly.
    pub profile: Option<ProfileName>,
    /// The keys; never empty.
    pub missing: Vec<MissingKey>,
}

/// A key that is needed and not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingKey {
    /// The key.
    pub key: &'static str,
    /// The section where it belongs.
    pub section: SectionId,
    /// The header of that section.
    pub place: Place,
}

/// A key with two values. They may be secret: [`is_secret`] of the key says so, and then its debug output leaves them out.
#[derive(Clone, PartialEq, Eq)]
pub struct Inconsistent {
    /// The key.
    pub key: String,
    /// The value of the profile.
    pub profile: Sourced<String>,
    /// The value of the session.
    pub session: Sourced<String>,
}

impl fmt::Debug for Inconsistent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |found: &Sourced<String>| match is_secret(&self.key) {
            true => Sourced { value: "REDACTED".to_owned(), origin: found.origin.clone() },
            false => found.clone(),
        };
        let [profile, session] = [&self.profile, &self.session].map(shown);
        let mut inconsistent = f.debug_struct("Inconsistent");
        inconsistent.field("key", &self.key).field("profile", &profile).field("session", &session).finish()
    }
}
