//! What we write, read by the AWS CLI's own reader. Where botocore is not installed, the test says so and passes.

use crate::edit_properties::hostile;
use crate::support::{Map, config, profiles, put, sessions};
use crate::vectors::map_of;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use sso_config::{ConfigEdit, Problem, ProblemKind, SectionName, write_config};
use std::process::Command;

const READER: &str = "
import json, sys
from botocore.configloader import load_config
for path in sys.argv[1:]:
    read = load_config(path)
    print(json.dumps({'profiles': read['profiles'], 'sessions': read.get('sso_sessions', {})}))
";

const BEFORE: [&str; 3] = [
    "",
    "[default]\nregion = x\n\n# c\n[sso-session corp]\nsso_region = y",
    "# c\r\n[profile a]\r\ns3 =\r\n  b = 1\r\nk=v\r\n\r\n[profile 'two words']\r\n",
];

fn any_edit() -> impl Strategy<Value = ConfigEdit> {
    let name =
        prop_oneof![1 => Just("default".to_owned()), 1 => Just("two words".to_owned()), 3 => hostile()];
    let key = prop_oneof![1 => Just("k".to_owned()), 1 => "[A-Za-z0-9_/.%@+-]{1,6}", 1 => hostile()];
    (name, key, hostile(), 0..5).prop_map(|(name, key, value, kind)| {
        let section = SectionName::profile(name.as_str());
        match kind {
            0 => ConfigEdit::new().set(section, key, value),
            1 => ConfigEdit::new().set_nested(section, "s3", key, value),
            2 => ConfigEdit::new().set(SectionName::sso_session(name), key, value),
            3 => ConfigEdit::new().add_section(
                section,
                true,
                [(key.as_str(), value.as_str()), ("region", "x")],
            ),
            _ => ConfigEdit::new().set(section.clone(), key, value).remove_section(SectionName::profile("a")),
        }
    })
}

#[test]
fn botocore_reads_what_was_written_as_we_do() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut runner = TestRunner::deterministic();
    let mut written = Vec::new();
    while written.len() < 200 {
        let edit = any_edit().new_tree(&mut runner).expect("an edit").current();
        let path = dir.path().join(format!("{}/config", written.len()));
        put(&path, BEFORE[written.len() % BEFORE.len()]);
        if write_config(&path, &edit, None).is_ok() {
            written.push(path);
        }
    }
    let output = Command::new("python3").arg("-c").arg(READER).args(&written).output();
    let Some(output) = output.ok().filter(|_| has_botocore()) else {
        return sso_vectors::announce("what we write, read by botocore", "it is not installed");
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    assert_eq!(text.lines().count(), written.len());
    for (line, path) in text.lines().zip(&written) {
        let theirs: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let file = std::fs::read_to_string(path).expect("readable");
        let ours = config(&file);
        assert_eq!(tidy(profiles(&ours)), tidy(map_of(&theirs["profiles"])), "{file:?}");
        assert_eq!(tidy(sessions(&ours)), tidy(map_of(&theirs["sessions"])), "{file:?}");
        // Names that the SDKs do not accept are the only remarkable thing that we write: people have such accounts.
        let of_name = |problem: &Problem| {
            matches!(problem.kind, ProblemKind::NotPortableName | ProblemKind::QuotedName)
        };
        assert!(ours.problems().iter().all(of_name), "{file:?} {:?}", ours.problems());
    }
}

/// Blocks as sets of lines: botocore gives them as dictionaries.
fn tidy(map: Map) -> Map {
    let tidied = |value: String| {
        let mut lines: Vec<&str> = value.split('\n').map(str::trim_end).collect();
        lines.sort_unstable();
        lines.join("\n")
    };
    let section = |(name, values): (String, std::collections::BTreeMap<String, String>)| {
        (name, values.into_iter().map(|(key, value)| (key, tidied(value))).collect())
    };
    map.into_iter().map(section).collect()
}

fn has_botocore() -> bool {
    let found = Command::new("python3").args(["-c", "import botocore"]).output();
    found.is_ok_and(|output| output.status.success())
}
