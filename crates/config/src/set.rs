//! The two files together: which sections there are, merged, and how to ask for them.

use crate::document::Document;
use crate::env::Env;
use crate::error::{ConfigError, NearHeader, NearName};
use crate::index::{Entry, Index};
use crate::line::BLANKS;
use crate::place::Place;
use crate::read::read_document;
use crate::section::{FileRole, SectionKind};
use crate::view::Section;
use sso_core::{ProfileName, SessionName};
use std::path::Path;
use std::sync::Arc;

/// The config file and the credentials file, read once.
///
/// ```
/// use sso_config::{ConfigSet, Document};
/// let text = "[profile dev]\nsso_session = corp\n\n[sso-session corp]\nsso_region = eu-west-1\n\
///             sso_start_url = https://corp.awsapps.com/start\n";
/// let config = Document::parse(text, std::path::Path::new("/home/ann/.aws/config"))?;
/// let set = ConfigSet::from_documents(config, Document::absent(std::path::Path::new("/none")));
/// let session = set.resolve_login(&"dev".into())?;
/// assert_eq!(session.start_url.value.as_str(), "https://corp.awsapps.com/start");
/// assert_eq!(session.start_url.origin.to_string(), "/home/ann/.aws/config:6");
/// # Ok::<(), sso_config::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ConfigSet {
    config: Document,
    credentials: Document,
    index: Index,
}

impl ConfigSet {
    /// Reads both files. A file that is not there counts as empty.
    ///
    /// # Errors
    /// A file cannot be read or understood (as [`Document::parse`]; [`ConfigError::Read`], [`ConfigError::NotAFile`]), or the home
    /// directory is needed and cannot be used ([`ConfigError::Home`]).
    pub fn load(env: &Env) -> Result<Self, ConfigError> {
        let config = read_document(env.config_file()?)?;
        let credentials = read_document(env.credentials_file()?)?;
        Ok(Self::from_documents(config, credentials))
    }

    /// Puts two documents together.
    #[must_use]
    pub fn from_documents(config: Document, credentials: Document) -> Self {
        let index = Index::build(&config, &credentials);
        Self { config, credentials, index }
    }

    /// The config file.
    #[must_use]
    pub fn config(&self) -> &Document {
        &self.config
    }

    /// The credentials file.
    #[must_use]
    pub fn credentials(&self) -> &Document {
        &self.credentials
    }

    pub(crate) fn document(&self, role: FileRole) -> &Document {
        match role {
            FileRole::Config => &self.config,
            FileRole::Credentials => &self.credentials,
        }
    }

    /// All profiles, in the order of the files.
    pub fn profiles(&self) -> impl Iterator<Item = Section<'_>> {
        self.sections(SectionKind::Profile)
    }

    /// All sso-sessions, in the order of the file.
    pub fn sso_sessions(&self) -> impl Iterator<Item = Section<'_>> {
        self.sections(SectionKind::SsoSession)
    }

    fn sections(&self, kind: SectionKind) -> impl Iterator<Item = Section<'_>> {
        self.index.entries().filter(move |entry| entry.kind == kind).map(|entry| self.section(entry))
    }

    fn section<'a>(&'a self, entry: &'a Entry) -> Section<'a> {
        Section::new(self, entry)
    }

    /// The profile of this name.
    #[must_use]
    pub fn profile(&self, name: &ProfileName) -> Option<Section<'_>> {
        self.find(SectionKind::Profile, name.as_str())
    }

    /// The sso-session of this name.
    #[must_use]
    pub fn sso_session(&self, name: &SessionName) -> Option<Section<'_>> {
        self.find(SectionKind::SsoSession, name.as_str())
    }

    /// The section `[services NAME]`.
    #[must_use]
    pub fn services(&self, name: &str) -> Option<Section<'_>> {
        self.find(SectionKind::Services, name)
    }

    pub(crate) fn find(&self, kind: SectionKind, name: &str) -> Option<Section<'_>> {
        self.index.find(kind, name).map(|entry| self.section(entry))
    }

    /// Up to three names of that kind that a person may have meant, best first.
    #[must_use]
    pub fn nearest(&self, kind: SectionKind, wanted: &str) -> Vec<NearName> {
        let names = self.index.entries().filter(|entry| entry.kind == kind).map(|entry| entry.name.as_ref());
        let with_place = |name: &str| {
            let place = self.find(kind, name)?.place();
            Some(NearName { name: name.to_owned(), place })
        };
        sso_core::nearest(wanted, names, 3).into_iter().filter_map(with_place).collect()
    }

    /// Both paths, each with whether there is such a file.
    #[must_use]
    pub fn searched(&self) -> Vec<(Arc<Path>, bool)> {
        let one = |document: &Document| (Arc::clone(document.path()), document.exists());
        vec![one(&self.config), one(&self.credentials)]
    }

    /// Headers of the config file that are not read and whose name is the wanted one.
    pub(crate) fn near_headers(&self, kind: SectionKind, wanted: &str) -> Vec<NearHeader> {
        let headers = self.config.headers().filter(|(_, text)| self.index.is_ignored(text));
        headers
            .filter(|(_, text)| is_near(kind, text, wanted))
            .map(|(record, text)| NearHeader { text: text.to_owned(), place: self.config.place(record) })
            .collect()
    }

    pub(crate) fn place(&self, role: FileRole, record: usize) -> Place {
        self.document(role).place(record)
    }
}

/// `[x]`, or `[word x]` where the word is like the right one.
fn is_near(kind: SectionKind, text: &str, wanted: &str) -> bool {
    let (word, name) = text.split_once(BLANKS).unwrap_or(("", text));
    let word_fits = word.is_empty() || !sso_core::nearest(word, [kind.prefix()], 1).is_empty();
    word_fits && name.trim().eq_ignore_ascii_case(wanted)
}
