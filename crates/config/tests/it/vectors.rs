//! Upstream's test data, read where it lies. Where it is not, the test says so and passes.

use crate::support::{Map, profiles, sessions, set_of};
use serde_json::Value;
use sso_config::{
    ConfigError, ConfigSet, CredentialSource, Dialect, Env, Platform, SsoSession, select_profile,
};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

type Outcome = Result<(), String>;

/// The name of a document, and what to do with one of its cases.
type Runner = (&'static str, fn(&Value) -> Outcome);

const RUNNERS: [Runner; 8] = [
    ("profile-parser-tests", parser_case),
    ("file-location-tests", location_case),
    ("config-two-readers", two_readers_case),
    ("sso-profile-resolution", resolution_case),
    ("registration-scopes", scopes_case),
    ("config-writer", crate::edit_vectors::writer_case),
    ("section-headers", crate::edit_vectors::header_case),
    ("config-generated-agree", agree_case),
];

#[test]
fn upstream_vectors() {
    let mut failures = String::new();
    for (name, run) in RUNNERS {
        for (path, case) in sso_vectors::cases(name) {
            if let Err(why) = run(&case) {
                writeln!(failures, "{path} {} {}: {why}", case["id"], case["name"]).expect("a string");
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

fn text<'a>(case: &'a Value, member: &str) -> &'a str {
    case[member].as_str().unwrap_or_default()
}

fn same(what: &str, found: impl std::fmt::Debug + PartialEq<Map>, wanted: &Map) -> Outcome {
    if found == *wanted { Ok(()) } else { Err(format!("{what}: found {found:?}, wanted {wanted:?}")) }
}

/// Sections as JSON to maps. botocore gives an indented block as an object.
pub(crate) fn map_of(json: &Value) -> Map {
    let members = |value: &Value| value.as_object().cloned().unwrap_or_default();
    let values = |section: &Value| -> BTreeMap<String, String> {
        members(section).iter().map(|(key, value)| (key.clone(), value_of(value))).collect()
    };
    members(json).iter().map(|(name, section)| (name.clone(), values(section))).collect()
}

fn value_of(json: &Value) -> String {
    match json {
        Value::Object(block) => {
            block.iter().map(|(key, value)| format!("\n{key} = {}", value_of(value))).collect()
        }
        other => other.as_str().unwrap_or_default().to_owned(),
    }
}

fn parser_case(case: &Value) -> Outcome {
    let (input, output) = (&case["input"], &case["output"]);
    let found = set_of(text(input, "configFile"), text(input, "credentialsFile"), Dialect::Sdk);
    if let Some(wanted) = output["errorContaining"].as_str() {
        return match found {
            Err(ConfigError::Syntax { kind, .. }) if upstream_words(kind).contains(wanted) => Ok(()),
            other => Err(format!("wanted {wanted:?}, found {other:?}")),
        };
    }
    let set = found.map_err(|error| error.to_string())?;
    same("profiles", profiles(&set), &map_of(&output["config"]["profiles"]))?;
    same("sessions", sessions(&set), &map_of(&output["config"]["sso_sessions"]))
}

/// The sentences that the SDKs share, for the facts that we report.
fn upstream_words(kind: sso_config::SyntaxErrorKind) -> &'static str {
    use sso_config::SyntaxErrorKind as Kind;
    match kind {
        Kind::UnclosedHeader => "Profile definition must end with ']'",
        Kind::OutsideSection => "Expected a profile definition",
        Kind::ContinuesNothing => "Expected a property definition, found continuation",
        Kind::NoEquals { .. } => "Expected an '=' sign defining a property",
        Kind::NoName => "Property did not have a name",
        Kind::NoEqualsInBlock => "Expected an '=' sign defining a sub-property",
        Kind::NoNameInBlock => "Sub-property did not have a name",
    }
}

fn location_case(case: &Value) -> Outcome {
    let platform = match text(case, "platform") {
        "windows" => Platform::Windows,
        _ => Platform::Unix,
    };
    let variables = case["environment"].as_object().expect("an environment").iter();
    let variables = variables.map(|(name, value)| (name.into(), value.as_str().unwrap_or_default().into()));
    let env = Env::new(variables, None).on(platform);
    let shown = |path: Result<PathBuf, _>| path.map(|path| path.display().to_string());
    for (member, found) in [
        ("configLocation", shown(env.config_file())),
        ("credentialsLocation", shown(env.credentials_file())),
        ("profile", Ok(select_profile(None, &env).name.to_string())),
    ] {
        if let Some(wanted) = case[member].as_str()
            && found.as_deref() != Ok(wanted)
        {
            return Err(format!("{member}: {found:?}, wanted {wanted}"));
        }
    }
    Ok(())
}

/// What our own reading is, for texts that the two AWS readers see differently.
enum Decision {
    LikeSdk,
    LikeCli,
    Refused,
    Profiles(&'static str),
}

/// The table of the dialect's decisions (docs/decisions), by the identifiers of its evidence.
fn decision(id: &str) -> Decision {
    match id {
        "D05" | "D06" | "D07" | "D08" | "D11" | "D12" | "D15" | "D16" | "D31" | "D32" | "D33" | "D36"
        | "D37" | "D45" => Decision::LikeCli,
        "D60" => Decision::Refused,
        "D58" => Decision::Profiles("a: region=x"),
        "D71" => Decision::Profiles("a: region=x|output=json"),
        _ => Decision::LikeSdk,
    }
}

fn two_readers_case(case: &Value) -> Outcome {
    let config = text(case, "config");
    let (sdk, cli) = (&case["aws_sdk_rust"], &case["aws_cli"]);
    expect_reading("sdk view", set_of(config, "", Dialect::Sdk), sdk)?;
    let effective = set_of(config, "", Dialect::Effective);
    if case["agree"] == true {
        return expect_reading("both", effective, sdk);
    }
    let id = text(case, "id");
    if let Ok(set) = &effective
        && set.problems().is_empty()
        && id != "D62"
    {
        return Err("no problem is reported".to_owned());
    }
    match decision(id) {
        Decision::LikeSdk => expect_reading("like the SDK", effective, sdk),
        Decision::LikeCli => expect_reading("like the CLI", effective, cli),
        Decision::Refused if effective.is_err() => Ok(()),
        Decision::Refused => Err("not refused".to_owned()),
        Decision::Profiles(wanted) => {
            let set = effective.map_err(|error| error.to_string())?;
            same("profiles", profiles(&set), &crate::support::map(wanted))
        }
    }
}

fn expect_reading(what: &str, found: Result<ConfigSet, ConfigError>, wanted: &Value) -> Outcome {
    match (found, wanted.get("error").is_some_and(|error| !error.is_null())) {
        (Err(_), true) => Ok(()),
        (Err(error), false) => Err(format!("{what}: {error}")),
        (Ok(set), true) => Err(format!("{what}: not refused, {:?}", profiles(&set))),
        (Ok(set), false) => {
            same(what, profiles(&set), &map_of(&wanted["profiles"]))?;
            same(what, sessions(&set), &map_of(&wanted["sso_sessions"]))
        }
    }
}

fn agree_case(case: &Value) -> Outcome {
    let config = text(case, "config");
    expect_reading("sdk view", set_of(config, "", Dialect::Sdk), &case["expect"])?;
    expect_reading("effective", set_of(config, "", Dialect::Effective), &case["expect"])
}

fn resolution_case(case: &Value) -> Outcome {
    let expect = &case["expect"];
    let written = case["config_file"].as_str().map(str::to_owned);
    let config = written.unwrap_or_else(|| {
        file_of("profile", &case["profiles"]) + &file_of("sso-session", &case["sso_sessions"])
    });
    let set = set_of(&config, text(case, "credentials_file"), Dialect::Effective);
    let set = set.map_err(|error| error.to_string())?;
    let profile = case["profile"].as_str().unwrap_or("default").into();
    let named = text(case, "command").split_once("--sso-session ").map(|(_, name)| name.trim());
    let found: Result<Option<SsoSession>, ConfigError> = match (named, text(case, "wanted")) {
        (Some(name), _) => set.resolve_session(&name.into()).map(Some),
        (None, "credentials") => set.resolve(&profile).map(|profile| match profile.source {
            CredentialSource::Sso(role) => Some(role.session.clone()),
            _ => None,
        }),
        (None, _) => set.resolve_login(&profile).map(Some),
    };
    match (found, expect["error"].as_str()) {
        (Err(error), Some(wanted)) => expect_error(&error, wanted, expect),
        (Err(ConfigError::NoSso(_)), None) if expect["resolves"] == false => Ok(()),
        (Err(error), None) => Err(error.to_string()),
        (Ok(found), Some(wanted)) => Err(format!("wanted {wanted}, found {found:?}")),
        (Ok(found), None) => expect_session(found.as_ref(), expect),
    }
}

fn file_of(prefix: &str, sections: &Value) -> String {
    let mut file = String::new();
    for (name, values) in map_of(sections) {
        let header = match (prefix, name.as_str()) {
            ("profile", "default") => name,
            _ if name.contains(' ') => format!("{prefix} '{name}'"),
            _ => format!("{prefix} {name}"),
        };
        writeln!(file, "[{header}]").expect("a string");
        for (key, value) in values {
            writeln!(file, "{key} = {value}").expect("a string");
        }
    }
    file
}

fn expect_error(error: &ConfigError, wanted: &str, expect: &Value) -> Outcome {
    let (names, missing): (&[&str], Vec<&str>) = match error {
        ConfigError::UnknownProfile(_) => (&["unknown-profile"], vec![]),
        ConfigError::NoSso(_) => (&["missing-config"], vec!["sso_start_url", "sso_region"]),
        ConfigError::UnknownSession(_) => (&["missing-session", "invalid-config"], vec![]),
        ConfigError::Inconsistent(_) => (&["invalid-config"], vec![]),
        ConfigError::MissingKeys(missing) => (
            &["missing-key", "missing-config", "invalid-config"],
            missing.missing.iter().map(|one| one.key).collect(),
        ),
        _ => (&[], vec![]),
    };
    if !names.contains(&wanted) {
        return Err(format!("wanted {wanted}, found {error}"));
    }
    let keys = expect["missing"].as_array().into_iter().flatten().filter_map(Value::as_str);
    match keys.into_iter().find(|key| !missing.contains(key)) {
        Some(key) => Err(format!("{key} is not named in {error}")),
        None => Ok(()),
    }
}

fn expect_session(found: Option<&SsoSession>, expect: &Value) -> Outcome {
    let wanted = expect["login"] == "ok" || expect["resolves"] == true;
    let Some(session) = found else {
        return if wanted { Err("nothing found".to_owned()) } else { Ok(()) };
    };
    if !wanted {
        return Err(format!("found {session:?}"));
    }
    let key = session.token_key();
    let region = Some(session.region.value.as_str());
    let unlike = |member: &str, found| expect[member].as_str().is_some_and(|wanted| Some(wanted) != found);
    if unlike("cache_key_input", Some(key.text())) || unlike("region", region) {
        return Err(format!("found {session:?}"));
    }
    match (&expect["scopes"], &session.registration_scopes) {
        (Value::Array(wanted), Some(scopes)) if wanted != scopes => Err(format!("found {scopes:?}")),
        _ => Ok(()),
    }
}

fn scopes_case(case: &Value) -> Outcome {
    let config = format!(
        "[sso-session s]\nsso_start_url = u\nsso_region = r\nsso_registration_scopes ={}\n",
        text(case, "text")
    );
    let set = set_of(&config, "", Dialect::Effective).map_err(|error| error.to_string())?;
    let session = set.resolve_session(&"s".into()).map_err(|error| error.to_string())?;
    let found = serde_json::json!(session.registration_scopes);
    if found == case["scopes"] { Ok(()) } else { Err(format!("found {found}")) }
}
