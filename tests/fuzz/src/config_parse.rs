//! Target: the two files, read by our rules and by the SDKs'. Input: the config file, and the credentials file behind a
//! record separator.
//!
//! No byte is lost; every place that is named is one of the file; what the SDKs read is read, and without remarks they read
//! the same; whatever is asked about profiles gets an answer, and none of the answers holds the value of a secret key.

use crate::fields::fields;
use crate::reading::{CONFIG, reading, set_of};
use crate::secrets::{CANARY, canaries, silent, silent_text, told};
use sso_config::{
    ConfigError, ConfigSet, Dialect, Document, EndpointSettings, Env, Place, RecordKind, is_secret,
};
use sso_core::{ProfileName, SessionName};
use std::path::Path;

const CREDENTIALS: &str = "/h/.aws/credentials";
/// So many profiles are resolved, so many explained: the cost of asking about each of thousands is nobody's.
const RESOLVED: usize = 12;
const EXPLAINED: usize = 3;

/// Runs the target.
pub fn config_parse(data: &[u8]) {
    let mut files = fields(data);
    let (config, credentials) = (files.next().unwrap_or_default(), files.next().unwrap_or_default());
    for dialect in [Dialect::Effective, Dialect::Sdk] {
        let config = document(config, CONFIG, dialect);
        let credentials = document(credentials, CREDENTIALS, dialect);
        if let (Some(config), Some(credentials)) = (config, credentials) {
            ask(&ConfigSet::from_documents(config, credentials));
        }
    }
    compare(config);
}

fn document(bytes: &[u8], path: &str, dialect: Dialect) -> Option<Document> {
    match Document::parse_as(bytes, Path::new(path), dialect) {
        Ok(document) => {
            whole(&document, bytes);
            Some(document)
        }
        Err(error) => {
            silent_text(&told(&error));
            match &error {
                ConfigError::Syntax { place, .. }
                | ConfigError::NotUtf8 { place, .. }
                | ConfigError::CarriageReturns { place } => within(place, &lengths(bytes)),
                other => panic!("not about the text: {other:?}"),
            }
            None
        }
    }
}

/// The records, put together, are the file; names and values are parts of their lines.
fn whole(document: &Document, bytes: &[u8]) {
    let mut at = 0;
    for record in document.records() {
        let (start, end) = (record.span.start, record.span.end);
        assert!(start == at && start < end, "{:?}", record.span);
        at = end;
        for part in [record.name, record.value] {
            assert!(part.start == part.end || (start <= part.start && part.end <= end), "{part:?}");
        }
        let is_named = matches!(record.kind, RecordKind::Property);
        assert!(!is_named || !record.name.of(document.text()).is_empty());
        assert!(record.kind != RecordKind::Bad, "a bad line, and no error");
    }
    assert_eq!(at as usize, bytes.len());
    assert_eq!(document.text().as_bytes(), bytes);
    let lengths = lengths(bytes);
    document.problems().iter().for_each(|problem| within(&problem.place, &lengths));
}

/// How long each line is.
fn lengths(bytes: &[u8]) -> Vec<usize> {
    bytes.split(|byte| *byte == b'\n').map(<[u8]>::len).collect()
}

fn within(place: &Place, lengths: &[usize]) {
    let length = lengths.get(place.line as usize - 1).unwrap_or_else(|| panic!("{place} is no line"));
    assert!((1..=length + 1).contains(&(place.column as usize)), "{place}");
}

/// Whatever a program can ask.
fn ask(set: &ConfigSet) {
    let said = Said { silent: only_in_secrets(set) };
    said.note(&set.problems());
    said.note(&set);
    let names = || set.profiles().map(|section| ProfileName::new(section.name()));
    for name in names().take(RESOLVED).chain(["default".into(), "nobody".into()]) {
        said.result(&set.resolve(&name).inspect(|resolved| {
            let chain = resolved.chain();
            said.note(&(resolved.beginning(), &chain));
            chain.iter().flat_map(|chain| &chain.assumed).for_each(|(_, role)| said.result(&role.check()));
        }));
        said.result(&set.resolve_login(&name).and_then(|session| session.check()));
        let env = Env::new([], Some("/h".into()));
        said.result(&EndpointSettings::resolve(&env, set, &name));
    }
    for name in names().take(EXPLAINED).chain(["default".into()]) {
        said.result(&set.explain(&name));
    }
    for session in set.sso_sessions().take(RESOLVED) {
        assert!(session.places().count() > 0);
        said.result(&set.resolve_session(&SessionName::new(session.name())).and_then(|found| found.check()));
    }
}

/// Whether every canary of both files stands in the value of a secret key, so that none may come out.
fn only_in_secrets(set: &ConfigSet) -> bool {
    let (mut all, mut kept) = (0, 0);
    for document in [set.config(), set.credentials()] {
        let text = document.text();
        all += canaries(text.as_bytes());
        let mut secret = false;
        for record in document.records() {
            match record.kind {
                RecordKind::Property => secret = is_secret(&record.name.of(text).to_ascii_lowercase()),
                RecordKind::Continuation => {}
                _ => continue,
            }
            kept += if secret { canaries(record.value.of(text).as_bytes()) } else { 0 };
        }
    }
    all > 0 && all == kept
}

struct Said {
    silent: bool,
}

impl Said {
    fn note(&self, said: &impl std::fmt::Debug) {
        if self.silent {
            silent(said);
        }
    }

    fn result<T: std::fmt::Debug>(&self, result: &Result<T, ConfigError>) {
        match result {
            Ok(found) => self.note(found),
            Err(error) => {
                let told = told(error);
                assert!(!self.silent || !told.contains(CANARY), "{told}");
            }
        }
    }
}

/// Our reading beside the SDKs'.
fn compare(config: &[u8]) {
    let (ours, sdk) = (set_of(config, Dialect::Effective), set_of(config, Dialect::Sdk));
    // Lines that end in a carriage return alone are one line to the SDKs, and we say so instead.
    let one_line = config.contains(&b'\r') && !config.contains(&b'\n');
    assert!(sdk.is_none() || ours.is_some() || one_line, "the SDKs read it, and we do not");
    if let Some(ours) = ours.filter(|ours| ours.problems().is_empty()) {
        let sdk = sdk.expect("nothing is remarkable, and the SDKs do not read it");
        assert_eq!(reading(&ours), reading(&sdk));
    }
}
