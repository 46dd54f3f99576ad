//! What the tests share: two texts to a `ConfigSet`, and a section to plain maps.

use sso_config::{ConfigError, ConfigSet, Dialect, Document, Section};
use std::collections::BTreeMap;
use std::path::Path;

pub(crate) type Map = BTreeMap<String, BTreeMap<String, String>>;

/// Where the tests say that the config file is.
pub(crate) const CONFIG: &str = "/h/.aws/config";

pub(crate) fn set_of(config: &str, credentials: &str, dialect: Dialect) -> Result<ConfigSet, ConfigError> {
    let config = Document::parse_as(config, Path::new(CONFIG), dialect)?;
    let credentials = Document::parse_as(credentials, Path::new("/h/.aws/credentials"), dialect)?;
    Ok(ConfigSet::from_documents(config, credentials))
}

pub(crate) fn config(text: &str) -> ConfigSet {
    set_of(text, "", Dialect::Effective).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

pub(crate) fn profiles(set: &ConfigSet) -> Map {
    set.profiles().map(map_of).collect()
}

pub(crate) fn sessions(set: &ConfigSet) -> Map {
    set.sso_sessions().map(map_of).collect()
}

fn map_of(section: Section<'_>) -> (String, BTreeMap<String, String>) {
    let values = section.values().into_iter().map(|(key, value)| (key, value.into_owned())).collect();
    (section.name().to_owned(), values)
}

/// `a: k=v k2=v2; b:` as maps, to write expectations in one line. `\n` stands for a line end.
pub(crate) fn map(text: &str) -> Map {
    let sections =
        text.split(';').map(|section| section.trim_matches(' ')).filter(|section| !section.is_empty());
    sections
        .map(|section| {
            let (name, rest) = section.split_once(": ").unwrap_or((section.trim_end_matches(':'), ""));
            let pairs = rest.split('|').map(|pair| pair.trim_matches(' ')).filter(|pair| !pair.is_empty());
            let pair = |pair: &str| {
                let (key, value) = pair.split_once('=').expect("a pair");
                (key.to_owned(), value.replace("\\n", "\n"))
            };
            (name.to_owned(), pairs.map(pair).collect())
        })
        .collect()
}

/// Makes a file with its directories.
pub(crate) fn put(path: &Path, content: impl AsRef<[u8]>) {
    use std::io::Write as _;
    std::fs::create_dir_all(path.parent().expect("a directory")).expect("made");
    let mut file = std::fs::File::create(path).expect("created");
    file.write_all(content.as_ref()).expect("written");
}
