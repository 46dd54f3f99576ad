//! Properties of edits that hold for every file and every text, and the time that large edits take.

use crate::properties::any_config;
use crate::support::{Map, profiles, sessions, set_of};
use proptest::prelude::*;
use sso_config::{Change, ConfigEdit, Dialect, Document, EditError, SectionName, check_name};
use std::fmt::Write as _;
use std::path::Path;

fn parse(text: &str) -> Option<Document> {
    Document::parse(text, Path::new("/c")).ok()
}

fn readings(text: &str) -> (Map, Map) {
    let set = set_of(text, "", Dialect::Effective).expect("readable");
    (profiles(&set), sessions(&set))
}

fn text_of(edit: &ConfigEdit, before: &str) -> Result<String, EditError> {
    let document = Document::parse(before, Path::new("/c"))?;
    Ok(String::from_utf8(edit.preview(&document)?.bytes).expect("text"))
}

/// What a server may call an account or a role.
pub(crate) fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,12}",
        "[a-z]{1,4}(\n|\r\n|\r|\u{85}|\u{2028})credential_process ?= ?x",
        "[a-z]{1,3}\\]\n\\[default",
        "[ -~]{0,10}",
        "[a-z\\]\\['\"#;=: \t\\\\]{1,8}",
        Just("\n[profile default]\ncredential_process = touch /tmp/x".to_owned()),
        Just("a # \u{0}".to_owned()),
    ]
}

proptest! {
    #[test]
    fn set_then_unset_gives_the_bytes_back(text in any_config(), crlf: bool) {
        let end = if crlf { "\r\n" } else { "\n" };
        for text in [text.clone(), format!("{}{end}[profile zz]{end}", text.trim_end_matches(['\r', '\n']))] {
            // A missing last line end is added for good, and a byte order mark is dropped for good.
            let reversible = text.ends_with('\n') && !text.starts_with('\u{feff}');
            if let Some(document) = parse(&text).filter(|_| reversible) {
                for (section, _) in document_sections(&document) {
                    let section = SectionName::profile(section);
                    let Ok(set) = text_of(&ConfigEdit::new().set(section.clone(), "zz", "v"), &text) else { continue };
                    prop_assert_ne!(&set, &text);
                    let back = text_of(&ConfigEdit::new().unset(section, "zz"), &set);
                    prop_assert_eq!(&back.expect("unset"), &text);
                }
            }
        }
    }

    #[test]
    fn only_the_key_that_was_meant_differs(text in any_config(), key in "[a-c]{1,2}", value in "[a-c=%]{0,4}") {
        if parse(&text).is_some() {
            let edit = ConfigEdit::new().set(SectionName::profile("a"), key.as_str(), value.as_str());
            if let Ok(after) = text_of(&edit, &text) {
                let (mut expected, sessions) = readings(&text);
                expected.entry("a".into()).or_default().insert(key, value);
                prop_assert_eq!(readings(&after), (expected, sessions));
            }
        }
    }

    #[test]
    fn touched_lines_only(text in any_config()) {
        let edit = ConfigEdit::new().set(SectionName::profile("a"), "a", "new").unset(SectionName::profile("b"), "b");
        if let Some(edited) = parse(&text).and_then(|document| edit.preview(&document).ok()) {
            let after = String::from_utf8(edited.bytes).expect("text");
            let strip = |line: &str| line.trim_end_matches(['\r', '\n']).to_owned();
            let mut lines: Vec<String> = text.trim_start_matches('\u{feff}').split_inclusive('\n').map(strip).collect();
            // The diff, applied to the old text, is the new one.
            let mut removed: Vec<u32> = edited.diff.lines().filter(|line| line.new.is_none()).filter_map(|line| line.old).collect();
            removed.sort_unstable();
            for old in removed.into_iter().rev() {
                lines.remove(old as usize - 1);
            }
            let added = edited.diff.lines().filter(|line| line.old.is_none());
            for line in added {
                lines.insert(line.new.expect("a number") as usize - 1, line.text.clone());
            }
            let found: Vec<String> = after.split_inclusive('\n').map(|line| line.trim_end_matches(['\r', '\n']).to_owned()).collect();
            let lines: Vec<String> = lines.into_iter().map(|line| line.trim_end_matches('\r').to_owned()).collect();
            prop_assert_eq!(found, lines);
        }
    }

    #[test]
    fn names_from_a_server_create_nothing_else(profile in hostile(), key in hostile(), value in hostile(), generated: bool) {
        let before = "[default]\nregion = x\n\n[sso-session corp]\nsso_region = y\n";
        let section = SectionName::profile(profile.as_str());
        for edit in [
            ConfigEdit::new().set(section.clone(), "region", value.as_str()),
            ConfigEdit::new().set(section.clone(), key.as_str(), "v"),
            ConfigEdit::new().set_nested(section.clone(), "s3", key.as_str(), value.as_str()),
            ConfigEdit::new().add_section(section.clone(), generated, [("region", value.as_str()), ("output", "json")]),
            ConfigEdit::new().set(SectionName::sso_session(profile.as_str()), "sso_region", value.as_str()),
        ] {
            let Ok(after) = text_of(&edit, before) else { continue };
            let (mut found, mut found_sessions) = readings(&after);
            let (mut was, mut were) = readings(before);
            // In the one section that was meant, the one key that was meant.
            for map in [&mut found, &mut was, &mut found_sessions, &mut were] {
                if let Some(values) = map.get_mut(&profile) {
                    values.retain(|name, _| !["region", "output", "s3", "sso_region"].contains(&name.as_str()));
                    values.remove(&key.to_ascii_lowercase());
                    let empty = values.is_empty();
                    prop_assert!(empty || before.contains(&profile));
                }
                map.remove(&profile);
            }
            prop_assert_eq!((found, found_sessions), (was, were));
            let process = after.lines().any(|line| line.trim_start().starts_with("credential_process"));
            prop_assert!(!process || key.eq_ignore_ascii_case("credential_process"));
        }
    }

    #[test]
    fn what_is_written_is_read_by_name(name in hostile(), value in hostile()) {
        let edit = ConfigEdit::new().set(SectionName::profile(name.as_str()), "k", value.as_str());
        match text_of(&edit, "") {
            Ok(after) => {
                let (found, _) = readings(&after);
                prop_assert_eq!(&found[&name]["k"], &value);
                prop_assert!(check_name(&name).is_ok());
            }
            Err(error) => {
                let said = format!("{error} {error:?}");
                let typed = matches!(error, EditError::Name(_) | EditError::Value { .. });
                prop_assert!(typed);
                prop_assert!(!said.contains("credential_process"));
            }
        }
    }
}

/// Names and header counts of the profiles.
fn document_sections(document: &Document) -> Vec<(String, usize)> {
    let none = Document::absent(Path::new("/none"));
    let set = sso_config::ConfigSet::from_documents(document.clone(), none);
    set.profiles().map(|section| (section.name().to_owned(), section.places().count())).collect()
}

#[test]
fn ten_thousand_profiles_are_edited() {
    let mut text = String::new();
    for number in 0..10_000 {
        write!(text, "[profile p{number}]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Admin\nregion = eu-west-1\n\n").expect("a string");
    }
    let document = parse(&text).expect("readable");
    let one = ConfigEdit::new().set(SectionName::profile("p5000"), "region", "eu-north-1");
    let values = |number: usize| {
        vec![
            ("sso_session".to_owned(), "corp".to_owned()),
            ("sso_role_name".to_owned(), format!("R{number}")),
        ]
    };
    let changes = (0..10_000).flat_map(|number| {
        let section = SectionName::profile(format!("p{number}"));
        let new = SectionName::profile(format!("q{number}"));
        [
            Change::RemoveSection { section },
            Change::AddSection { section: new, generated: true, values: values(number) },
        ]
    });
    let all = ConfigEdit { changes: changes.collect() };
    // The test ends at all: edits are about linear. How fast they are is the benchmark's to say.
    for (edit, lines) in [(one, 2), (all, 100_000)] {
        let edited = edit.preview(&document).expect("edited");
        assert!(edited.diff.lines().count() >= lines);
    }
}
