//! Where each value of a profile comes from, what it goes over, and who reads it otherwise.

use crate::properties::any_config;
use crate::support::set_of;
use proptest::prelude::*;
use sso_config::{
    ConfigSet, CredentialSource, Dialect, Effect, ExplainedText, Explanation, Origin, ProblemKind, Reader,
    SourceKind,
};

fn explain(config: &str, credentials: &str, profile: &str) -> Explanation {
    let set = set_of(config, credentials, Dialect::Effective).expect("readable");
    set.explain(&profile.into()).expect("there")
}

fn text(text: &ExplainedText) -> &str {
    match text {
        ExplainedText::Text(text) => text,
        ExplainedText::Secret => "(secret)",
    }
}

fn at(origin: &Origin) -> String {
    let Origin::File { place, section } = origin else { panic!("no file") };
    let file = place.path.file_name().expect("a name").to_string_lossy();
    format!("{file}:{} {section}", place.line)
}

/// `key = value @ place; over value @ place (why)`, one a line.
fn shown(explanation: &Explanation) -> Vec<String> {
    let line = |value: &sso_config::ExplainedValue| {
        let over = value.overrides.iter().map(|over| {
            let same = if over.same { ", same" } else { "" };
            format!("; over {} @ {} ({:?}{same})", text(&over.value), at(&over.origin), over.by)
        });
        format!("{} = {} @ {}{}", value.key, text(&value.value), at(&value.origin), over.collect::<String>())
    };
    explanation.lines.iter().map(line).collect()
}

#[test]
fn values_of_profile_session_and_credentials_file() {
    let config = "\
[profile a]
sso_session = corp
sso_region = eu-west-1
sso_account_id = 111122223333
region = one
Region = two
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
region = nobody's
";
    let credentials = "[a]\nregion = three\naws_secret_access_key = hunter2\n";
    let found = explain(config, credentials, "a");
    assert_eq!(
        shown(&found),
        [
            "sso_session = corp @ config:2 [profile a]",
            "sso_region = eu-west-1 @ config:9 [sso-session corp]; over eu-west-1 @ config:3 [profile a] (Session, same)",
            "sso_account_id = 111122223333 @ config:4 [profile a]",
            "region = three @ credentials:2 [profile a]; over two @ config:6 [profile a] (CredentialsFile); over one @ config:5 [profile a] (CredentialsFile)",
            "aws_secret_access_key = (secret) @ credentials:3 [profile a]",
            "sso_start_url = https://corp.awsapps.com/start @ config:8 [sso-session corp]",
        ]
    );
    let session = found.session.as_ref().expect("named");
    assert_eq!((session.name.value.as_str(), session.places[0].line), ("corp", 7));
    assert_eq!(found.places.iter().map(|place| place.line).collect::<Vec<_>>(), [1, 1]);
    assert!(!format!("{found:?}").contains("hunter2"));
}

#[test]
fn how_tokens_are_refreshed_is_the_profiles_to_say() {
    let config = "[profile a]\nsso_session = corp\nsso_refresh_window = 60\n[profile b]\nsso_session = corp\n\
                  [sso-session corp]\nsso_refresh_window = 3600\n";
    assert_eq!(
        shown(&explain(config, "", "a"))[1],
        "sso_refresh_window = 60 @ config:3 [profile a]; over 3600 @ config:7 [sso-session corp] (Profile)"
    );
    assert_eq!(
        shown(&explain(config, "", "b"))[1],
        "sso_refresh_window = 3600 @ config:7 [sso-session corp]"
    );
}

#[test]
fn a_hidden_default_and_a_session_that_is_not_there() {
    let found = explain(
        "[default]\nregion = one\n[profile default]\nregion = two\nsso_session = gone\n",
        "",
        "default",
    );
    assert_eq!(
        shown(&found),
        [
            "region = two @ config:4 [default]; over one @ config:2 [default] (ProfileDefault)",
            "sso_session = gone @ config:5 [default]",
        ]
    );
    assert_eq!(found.session.expect("named").places, []);
    assert_eq!(explain("", "", "default").lines, []);
    assert!(set_of("", "", Dialect::Effective).expect("readable").explain(&"a".into()).is_err());
}

#[test]
fn other_readings() {
    let found = explain("[profile \"a\"]\nk = v # c\nj = 1\n  # d\nk = w # e\n", "", "a");
    let readings: Vec<_> = found
        .lines
        .iter()
        .flat_map(|line| &line.readings)
        .map(|reading| {
            let value = reading.value.as_ref().map(|value| text(value).to_owned());
            (reading.problem.place.line, reading.reader, reading.effect, value)
        })
        .collect();
    assert_eq!(
        readings,
        [
            (5, Reader::AwsCli, Effect::RefusesFile, None),
            (5, Reader::AwsCli, Effect::OtherValue, Some("w # e".into())),
        ]
    );
    assert!(matches!(found.problems[0].kind, ProblemKind::QuotedName));
    let found = explain("[profile a]\nj = 1\n  # d\n", "", "a");
    let reading = &found.lines[0].readings;
    assert_eq!(reading.len(), 0, "a comment below a value is none of its lines: {reading:?}");
    let found = explain("[profile a]\nj = 1\n  # d\n  2\n", "", "a");
    let reading = &found.lines[0].readings[0];
    assert_eq!((reading.reader, reading.effect), (Reader::AwsSdks, Effect::OtherValue));
    assert_eq!(reading.value, Some(ExplainedText::Text("1\n# d\n2".into())));
}

#[test]
fn sources_of_credentials_in_their_order() {
    let config = "\
[profile a]
aws_access_key_id = k
credential_process = p
login_session = l
sso_account_id = 1
role_arn = r
";
    let kinds = |config: &str, credentials: &str| {
        let found = explain(config, credentials, "a").sources;
        found
            .iter()
            .map(|source| (source.kind, source.origin.place().expect("a file").line))
            .collect::<Vec<_>>()
    };
    use SourceKind::{AssumeRole, ConfigFile, CredentialsFile, Login, Process, Sso, WebIdentity};
    let below = [(CredentialsFile, 2), (Login, 4), (Process, 3), (ConfigFile, 2)];
    let all = kinds(config, "[a]\naws_access_key_id = k\n");
    assert_eq!(all, [vec![(AssumeRole, 6), (Sso, 5)], below.to_vec()].concat());
    assert_eq!(kinds(&format!("{config}web_identity_token_file = t\n"), "")[0], (WebIdentity, 6));
    assert_eq!(kinds("[profile a]\nregion = x\n", ""), []);
}

/// Every source of which the plan may be made, in any combination.
fn any_sources() -> impl Strategy<Value = String> {
    let keys = proptest::sample::subsequence(
        vec![
            "aws_access_key_id = a\naws_secret_access_key = b",
            "credential_process = p",
            "login_session = l",
            "sso_account_id = 1\nsso_role_name = r\nsso_start_url = u\nsso_region = r",
            "role_arn = r\ncredential_source = Environment",
            "web_identity_token_file = t",
        ],
        0..6,
    );
    keys.prop_map(|keys| keys.join("\n"))
}

proptest! {
    #[test]
    fn the_first_source_is_the_one_that_is_planned(config in any_sources(), credentials: bool) {
        let credentials = if credentials { "[a]\naws_access_key_id = a\naws_secret_access_key = b\n" } else { "" };
        let set = set_of(&format!("[profile a]\n{config}\n"), credentials, Dialect::Effective).expect("readable");
        let first = set.explain(&"a".into()).expect("there").sources.first().map(|source| source.kind);
        let planned = match set.resolve(&"a".into()).expect("complete").source {
            CredentialSource::Sso(_) => Some(SourceKind::Sso),
            CredentialSource::Static(_) if credentials.is_empty() => Some(SourceKind::ConfigFile),
            CredentialSource::Static(_) => Some(SourceKind::CredentialsFile),
            CredentialSource::Process(_) => Some(SourceKind::Process),
            CredentialSource::AssumeRole(_) => Some(SourceKind::AssumeRole),
            CredentialSource::WebIdentity { .. } => Some(SourceKind::WebIdentity),
            CredentialSource::Login(_) => Some(SourceKind::Login),
            CredentialSource::None => None,
        };
        // A key in both files stands behind the other sources only with its copy in the config file.
        prop_assert_eq!(first, planned);
    }

    #[test]
    fn what_is_explained_is_what_is_read(text in any_config()) {
        if let Ok(set) = set_of(&text, &text, Dialect::Effective) {
            for section in ConfigSet::profiles(&set) {
                let found = set.explain(&section.name().into()).expect("there");
                for line in &found.lines {
                    let read = section.get(&line.key).expect("there");
                    prop_assert_eq!(self::text(&line.value), read.value.as_ref());
                    prop_assert_eq!(&line.origin, &read.origin);
                }
            }
        }
    }
}

#[test]
fn a_secret_in_the_wrong_place_is_one_still() {
    let found = explain(
        "[profile a]\noutput = json\n  AWS_Secret_Access_Key = hunter2\naws_session_token : hunter2=hunter2\n",
        "",
        "a",
    );
    assert_eq!(
        shown(&found),
        [
            "output = json\nAWS_Secret_Access_Key = (secret) @ config:2 [profile a]",
            "aws_session_token: = (secret) @ config:4 [profile a]",
        ]
    );
    assert!(!format!("{found:?}").contains("hunter2"));
    let swallowed = &found.lines[0].readings[0];
    assert_eq!((swallowed.reader, swallowed.effect), (Reader::Nobody, Effect::Same));
}
