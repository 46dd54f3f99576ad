//! Properties that hold for every text: nothing is lost, nothing panics, and rust-ini agrees where it is right.

use crate::support::{Map, profiles, sessions, set_of};
use proptest::prelude::*;
use sso_config::{ConfigSet, Dialect, Document};
use std::fmt::Write as _;
use std::path::Path;

/// Lines as they occur in config files, mixed with ends and bytes that do not.
pub(crate) fn any_config() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        "[ \t]{0,3}",
        "[ \t]{0,2}[#;][a-z =#\\]]{0,6}",
        "[ \t]{0,2}\\[ ?(profile|sso-session|services|default|profiles)?[ \t]{0,2}['\"]?[a-c!é\\\\]{0,3}['\"]?\\]?[ #x]{0,3}",
        "[ \t]{0,4}[a-cA-Cé :]{0,3} ?[=:]?[ \t]{0,2}[a-c\"'=%;# \\\\]{0,8}",
        ".{0,10}",
    ];
    let end = prop_oneof![8 => Just("\n"), 2 => Just("\r\n"), 1 => Just("\r"), 1 => Just("")];
    let lines = proptest::collection::vec((line, end), 0..12);
    (prop_oneof![9 => Just(""), 1 => Just("\u{feff}")], lines)
        .prop_map(|(bom, lines)| lines.iter().fold(bom.to_owned(), |text, (line, end)| text + line + end))
}

fn exercise(set: &ConfigSet) {
    let _ = set.problems();
    for section in set.profiles().collect::<Vec<_>>() {
        let _ = (section.values(), section.place(), section.is_portable());
        let _ = (set.resolve(&section.name().into()), set.resolve_login(&section.name().into()));
    }
}

proptest! {
    #[test]
    fn spans_make_the_file_again(text in any_config()) {
        for dialect in [Dialect::Effective, Dialect::Sdk] {
            if let Ok(document) = Document::parse_as(text.as_str(), Path::new("/c"), dialect) {
                let whole: String = document.records().iter().map(|record| record.span.of(&text)).collect();
                prop_assert_eq!(&whole, &text);
                for record in document.records() {
                    let inside = |start: u32, end: u32| {
                        start == end || (record.span.start <= start && end <= record.span.end)
                    };
                    prop_assert!(inside(record.name.start, record.name.end));
                    prop_assert!(inside(record.value.start, record.value.end));
                }
            }
        }
    }

    #[test]
    fn nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in any_config()) {
        let _ = Document::parse(bytes, Path::new("/c"));
        for dialect in [Dialect::Effective, Dialect::Sdk] {
            if let Ok(set) = set_of(&text, &text, dialect) {
                exercise(&set);
            }
        }
    }

    #[test]
    fn what_the_sdks_read_is_read(text in any_config()) {
        let carriage_returns = text.contains('\r') && !text.contains('\n');
        if !carriage_returns && set_of(&text, "", Dialect::Sdk).is_ok() {
            let ours = set_of(&text, "", Dialect::Effective);
            prop_assert!(ours.is_ok(), "{:?} {:?}", text, ours);
        }
    }

    #[test]
    fn without_remarks_both_readings_are_one(text in any_config()) {
        if let Ok(ours) = set_of(&text, "", Dialect::Effective) && ours.problems().is_empty() {
            let sdk = set_of(&text, "", Dialect::Sdk);
            let sdk = sdk.map_err(|error| TestCaseError::fail(format!("{text:?} {error}")))?;
            prop_assert_eq!(profiles(&ours), profiles(&sdk));
            prop_assert_eq!(sessions(&ours), sessions(&sdk));
        }
    }

    /// rust-ini is right about files of headers, plain values and whole-line comments.
    #[test]
    fn rust_ini_agrees_on_plain_files(sections in plain_sections(), crlf: bool) {
        let end = if crlf { "\r\n" } else { "\n" };
        let mut text = format!("# comment{end}");
        for (header, keys) in &sections {
            write!(text, "[{header}]{end}{end}; comment{end}").expect("a string");
            for (key, value) in keys {
                write!(text, "{key} = {value}{end}").expect("a string");
            }
        }
        for dialect in [Dialect::Sdk, Dialect::Effective] {
            let set = set_of(&text, "", dialect);
            let set = set.map_err(|error| TestCaseError::fail(format!("{text:?} {error}")))?;
            prop_assert_eq!(profiles(&set), by_rust_ini(&text, "profile"));
            prop_assert_eq!(sessions(&set), by_rust_ini(&text, "sso-session"));
        }
    }
}

fn plain_sections() -> impl Strategy<Value = Vec<(String, Vec<(String, String)>)>> {
    let header = prop_oneof![
        Just("default".to_owned()),
        "profile [a-c]{1,2}",
        "sso-session [a-c]{1,2}",
        "[a-c]{1,2}",
        "services [a-c]"
    ];
    let key = ("[a-cA-C_]{1,3}", "([!-~&&[^\\\\\"'#;=]][ -~&&[^\\\\\"'#;=]]{0,10}[!-~&&[^\\\\\"'#;=]])?");
    proptest::collection::vec((header, proptest::collection::vec(key, 0..4)), 0..5)
}

/// R9 to R11 over what rust-ini iterates. Its own look-ups take the first of duplicates, so they are not used.
fn by_rust_ini(text: &str, prefix: &str) -> Map {
    let options = ini::ParseOption { enabled_quote: false, enabled_escape: false, ..Default::default() };
    let file = ini::Ini::load_from_str_opt(text, options).expect("a plain file");
    let mut map = Map::new();
    for (section, keys) in &file {
        let name = section.and_then(|section| match section {
            "default" if prefix == "profile" => Some("default"),
            other => other.strip_prefix(prefix)?.strip_prefix(' '),
        });
        if let Some(name) = name {
            let values = map.entry(name.to_owned()).or_default();
            values.extend(keys.iter().map(|(key, value)| (key.to_ascii_lowercase(), value.to_owned())));
        }
    }
    map
}
