//! What a config file says, as plain maps: the yardstick of the edits.

use sso_config::{ConfigSet, Dialect, Document, Section};
use std::collections::BTreeMap;
use std::path::Path;

/// Sections by kind and name, each with its values.
pub(crate) type Reading = BTreeMap<(char, String), BTreeMap<String, String>>;

/// Where the config file is said to be.
pub(crate) const CONFIG: &str = "/h/.aws/config";

/// The config file alone; `None`: it cannot be understood.
pub(crate) fn set_of(config: &[u8], dialect: Dialect) -> Option<ConfigSet> {
    let config = Document::parse_as(config, Path::new(CONFIG), dialect).ok()?;
    Some(ConfigSet::from_documents(config, Document::absent(Path::new("/none"))))
}

/// All profiles and sessions.
pub(crate) fn reading(set: &ConfigSet) -> Reading {
    let of = |kind: char, section: Section<'_>| {
        let values = section.values().into_iter().map(|(key, value)| (key, value.into_owned()));
        ((kind, section.name().to_owned()), values.collect())
    };
    let profiles = set.profiles().map(|section| of('p', section));
    profiles.chain(set.sso_sessions().map(|section| of('s', section))).collect()
}
