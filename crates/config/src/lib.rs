//! AWS's config and credentials files: read without losing a byte, every value with the line it comes from.
//!
//! [`ConfigSet::load`] reads both files, [`select_profile`] says which profile is meant, [`ConfigSet::resolve_login`]
//! and [`ConfigSet::resolve`] what it says, [`ConfigSet::problems`] what other AWS tools would read otherwise.
//! A [`ConfigEdit`] is a plan for the config file; [`ConfigEdit::preview`] tries it, [`write_config`] makes it, whole or not
//! at all. Nothing here prints, or reads the environment or the clock: variables come in as an [`Env`].
//!
//! ```
//! use sso_config::{ConfigSet, Env, select_profile};
//! let env = Env::new([("AWS_PROFILE".into(), "prod".into())], Some("/nonexistent/home".into()));
//! let set = ConfigSet::load(&env)?;
//! let selected = select_profile(None, &env);
//! assert!(set.resolve(&selected.name).is_err(), "there is no such file, so no such profile");
//! # Ok::<(), sso_config::ConfigError>(())
//! ```
#![forbid(unsafe_code)]

mod assume;
mod compare;
mod document;
mod edit;
mod endpoints;
pub mod env;
mod error;
mod explain;
mod glance;
mod header;
mod index;
mod keys;
mod lexer;
mod line;
mod paths;
mod place;
mod problem;
mod read;
mod resolve;
mod section;
mod select;
mod session;
mod set;
mod skim;
mod sources;
mod view;

pub use assume::{AssumeRole, AssumeRoleWith, RoleChain};
pub use document::{Document, MAX_FILE_BYTES};
pub use edit::{
    Change, ConfigEdit, Diff, DiffLine, EditError, EditNote, Edited, Hunk, SectionName, Sign, ValueFault,
    WriteStep, Written, replace_config, write_config,
};
pub use endpoints::EndpointSettings;
pub use env::{Env, Platform};
pub use error::{
    ConfigError, HomeError, Inconsistent, MissingKey, MissingKeys, NearHeader, NearName, NoSso, NotAFile,
    SyntaxErrorKind, UnknownProfile, UnknownSession,
};
pub use explain::{
    ExplainedSession, ExplainedText, ExplainedValue, Explanation, OtherReading, Overridden, OverriddenBy,
};
pub use glance::{glance, glance_login};
pub use header::{NameFault, check_name, header_text, is_portable_name};
pub use keys::is_secret;
pub use lexer::{Dialect, Eol, Record, RecordKind, Span};
pub use place::{Origin, Place, Sourced};
pub use problem::{Effect, Ignored, Problem, ProblemKind, Reader};
pub use resolve::{CredentialSource, ResolvedProfile, SsoRole, StaticKeys};
pub use section::{FileRole, GENERATED_MARKER, SectionId, SectionKind};
pub use select::{ProfileSource, SelectedProfile, select_profile};
pub use session::{CheckedSession, SsoBinding, SsoSession};
pub use set::ConfigSet;
pub use sources::{SourceCandidate, SourceKind};
pub use view::Section;

/// What the README shows is compiled and run with the doc tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
