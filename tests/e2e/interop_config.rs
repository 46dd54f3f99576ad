//! Two readers that nobody here wrote read what `sso configure` writes: botocore from PyPI, and the AWS SDK for Rust.

use crate::harness::{Made, World, made, reaches_out};
use crate::interop_botocore::python;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The keys that are compared: ours, and those that decide about them.
const KEYS: [&str; 9] = [
    "sso_session",
    "sso_account_id",
    "sso_role_name",
    "sso_start_url",
    "sso_region",
    "sso_registration_scopes",
    "region",
    "output",
    "credential_process",
];

/// Profiles, sessions and regions, by botocore.
const BOTOCORE: &str = "
import botocore.session, json, sys
keys = sys.argv[1:]
def chosen(section): return {key: section[key] for key in keys if key in section}
full = botocore.session.Session().full_config
print(json.dumps({
    'profiles': {name: chosen(keys) for name, keys in full['profiles'].items()},
    'sessions': {name: chosen(keys) for name, keys in full.get('sso_sessions', {}).items()},
    'regions': {name: botocore.session.Session(profile=name).get_config_variable('region') for name in full['profiles']},
}))
";

/// The program of tests/interop/sdk-rust, built once below target/; nothing where its crates cannot be had.
pub(crate) fn sdk(story: &str) -> Option<PathBuf> {
    static PROGRAM: Made = Made::new();
    made(&PROGRAM, build, story)
}

fn build() -> Result<PathBuf, String> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/interop/sdk-rust/Cargo.toml");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("interop-rust");
    let cargo = |words: &[&str]| {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(words).arg("--locked").arg("--manifest-path").arg(&manifest);
        // Its own flags and its own place: it shares nothing with the workspace.
        for name in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "RUSTC_WRAPPER", "CARGO_NET_OFFLINE"] {
            command.env_remove(name);
        }
        command.env("CARGO_TARGET_DIR", &target);
        command
    };
    // Cargo's own lock lets one process build and the others wait. The crates are there, as a rule.
    if run(cargo(&["build", "--offline"])).is_err() {
        let mut fetch = cargo(&["fetch"]);
        reaches_out(&mut fetch);
        run(fetch)?;
        run(cargo(&["build", "--offline"]))?;
    }
    Ok(target.join("debug/sdk-rust"))
}

fn run(mut command: Command) -> Result<(), String> {
    let output = command.output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr);
    let first = || said.lines().find(|line| line.starts_with("error")).unwrap_or_default().to_owned();
    if output.status.success() { Ok(()) } else { Err(format!("the AWS SDK for Rust: {}", first())) }
}

/// What both read; it has to be the same, sections and keys.
struct Readers {
    python: PathBuf,
    sdk: PathBuf,
}

impl Readers {
    fn of(story: &str) -> Option<Self> {
        Some(Self { python: python(story)?, sdk: sdk(story)? })
    }

    #[track_caller]
    fn agree(&self, world: &World) -> Value {
        let botocore = world.python(&self.python, BOTOCORE, &KEYS);
        let mut command = Command::new(&self.sdk);
        command.arg("read").args(KEYS);
        let sdk = world.json_of(command);
        assert_eq!(botocore, sdk, "botocore left, the AWS SDK for Rust right");
        sdk
    }
}

/// One answer after the other by options: each profile, session and key is read by both as it was answered.
#[test]
fn a_config_of_ours() {
    let story = "interop_config: botocore and the AWS SDK for Rust read what configure writes";
    let Some(readers) = Readers::of(story) else { return };
    let world = World::with(story, World::sim());
    let mut expected = json!({ "profiles": {}, "sessions": {}, "regions": {} });
    for (session, profile, role, region, helper) in [
        ("corp", "dev", "Admin", "eu-west-1", Some("tool")),
        ("corp", "default", "Admin", "us-east-1", None),
        ("corp", "Data-Platform-Owner", "a ] = [b", "ap-southeast-2", None),
        ("lab_2", "team.a/b@c+d%e", "100%=Access;x", "us-gov-west-1", Some("team-tool")),
        ("lab_2", "111122223333", "'Quoted' \"Role\"", "cn-north-1", None),
        // Once more, with another region: one line changes.
        ("corp", "dev", "ReadOnly", "eu-central-1", Some("tool")),
    ] {
        let mut words = vec!["configure", "--yes", "--sso-session", session, "--profile-name", profile];
        words.extend(["--sso-start-url", "https://corp.awsapps.com/start", "--sso-region", "us-east-1"]);
        words.extend(["--account-id", "111122223333", "--role-name", role]);
        words.extend(["--region", region, "--output", "yaml-stream"]);
        words.extend(helper.iter().flat_map(|name| ["--helper-profile", *name]));
        world.sso(&words).run().exits(0);
        expected["sessions"][session] = json!({
            "sso_start_url": "https://corp.awsapps.com/start",
            "sso_region": "us-east-1",
            "sso_registration_scopes": "sso:account:access",
        });
        expected["profiles"][profile] = json!({
            "sso_session": session,
            "sso_account_id": "111122223333",
            "sso_role_name": role,
            "region": region,
            "output": "yaml-stream",
        });
        expected["regions"][profile] = region.into();
        if let Some(helper) = helper {
            let word = if profile.contains('%') { format!("'{profile}'") } else { profile.to_owned() };
            let command = format!("sso credential-process --profile {word}");
            expected["profiles"][helper] = json!({ "credential_process": command, "region": region });
            expected["regions"][helper] = region.into();
        }
        assert_eq!(readers.agree(&world), expected);
    }
    // And we read it as they do.
    let listed = world.sso(&["profiles", "--json"]).plain().run().exits(0).json();
    let ours: Map<String, Value> = listed["profiles"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|profile| (profile["profile"].as_str().expect("a name").to_owned(), profile["region"].clone()))
        .collect();
    assert_eq!(Value::Object(ours), expected["regions"]);
}

/// A file of somebody's, with comments in every place: after our edit both still read all of it, and our answers.
#[test]
fn a_config_with_comments() {
    let story = "interop_config: both read a commented config that configure has edited";
    let Some(readers) = Readers::of(story) else { return };
    let before = "# top\n; of the file\n[default]\n# in default\nregion = us-west-2\n\n[sso-session corp]\n\
                  # above\nsso_start_url = https://old.awsapps.com/start\n; between\nsso_region=us-east-1\n\n\
                  [profile dev]\n# above\nsso_start_url = https://old.awsapps.com/start\nsso_region = us-east-1\n\
                  sso_account_id = 999988887777\nsso_role_name = Old\ns3 =\n  max_concurrent_requests = 20\n# below\n\n\
                  [profile other]\nregion = eu-west-1\noutput = text\n# the end";
    for (what, before) in [("LF", before.to_owned()), ("CRLF", before.replace('\n', "\r\n"))] {
        let world = World::with(&format!("{story}, {what}"), World::sim());
        world.config(&before);
        let mut words = vec!["configure", "--yes", "--sso-session", "corp", "--profile-name", "dev"];
        words.extend(["--role-name", "Admin", "--account-id", "111122223333"]);
        words.extend(["--sso-start-url", "https://corp.awsapps.com/start"]);
        world.sso(&words).run().exits(0);
        let session = json!({ "sso_start_url": "https://corp.awsapps.com/start", "sso_region": "us-east-1" });
        assert_eq!(
            readers.agree(&world),
            json!({
                "profiles": {
                    "default": { "region": "us-west-2" },
                    "dev": { "sso_session": "corp", "sso_account_id": "111122223333", "sso_role_name": "Admin" },
                    "other": { "region": "eu-west-1", "output": "text" },
                },
                "sessions": { "corp": session },
                "regions": { "default": "us-west-2", "dev": null, "other": "eu-west-1" },
            })
        );
    }
}

/// A profile for every account and role, in a file that has others.
#[test]
fn a_populated_config() {
    let story = "interop_config: both read what populate writes";
    let Some(readers) = Readers::of(story) else { return };
    let sim = World::sim().account("222233334444", "Data Platform (EU) # 1", &["Owner", "a ] = [b"]).account(
        "333344445555",
        "x]\n[profile evil]",
        &["100%=Access"],
    );
    let world = World::with(story, sim);
    world.config("# top\n[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-east-1\n# end");
    world.sign_in();
    let told = world.sso(&["configure", "populate", "--sso-session", "corp", "--region", "eu-west-1"]).run();
    told.exits(0);
    let read = readers.agree(&world);
    let profiles = read["profiles"].as_object().expect("a map");
    let listed = |profile: &Value| {
        let text = |key: &str| profile[key].as_str().unwrap_or_default().to_owned();
        (text("sso_session"), text("sso_account_id"), text("sso_role_name"), text("region"))
    };
    let mut found: Vec<_> = profiles.values().map(listed).collect();
    found.sort();
    let expected = [
        ("111122223333", "Admin"),
        ("111122223333", "ReadOnly"),
        ("222233334444", "Owner"),
        ("222233334444", "a ] = [b"),
        ("333344445555", "100%=Access"),
    ];
    let expected =
        expected.map(|(account, role)| ("corp".into(), account.into(), role.into(), "eu-west-1".into()));
    assert_eq!(found, expected, "{read:#}\n{}", told.err());
    assert_eq!(read["sessions"].as_object().map(Map::len), Some(1), "{read:#}");
}
