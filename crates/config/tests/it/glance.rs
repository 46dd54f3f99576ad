//! The quick answer is the slow one's: whatever the files hold, a glance finds the same role or none.

use crate::support::put;
use proptest::prelude::*;
use sso_config::{ConfigSet, CredentialSource, Env, SsoSession, glance, glance_login};
use sso_core::{RoleKey, TokenKey};
use std::fmt::Write as _;
use std::path::Path;

/// The wanted profile, whole, and the session it names.
const DEV: &str = "[profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Admin\n";
const CORP: &str =
    "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n";

fn env(home: &Path, config: &[u8], credentials: &[u8]) -> Env {
    for (name, bytes) in [("config", config), ("credentials", credentials)] {
        let path = home.join(".aws").join(name);
        put(&path, bytes);
    }
    Env::new([("HOME".into(), home.into())], None)
}

/// What the whole configuration says, and nothing if anything is wrong with it.
fn slowly(env: &Env, profile: &str) -> Option<RoleKey> {
    let resolved = ConfigSet::load(env).ok()?.resolve(&profile.into()).ok()?;
    let CredentialSource::Sso(role) = resolved.source else { return None };
    role.account_id.check().ok()?;
    let token = role.session.token_key();
    Some(RoleKey { token, account_id: role.account_id.value, role_name: role.role_name.value })
}

#[test]
fn one_of_thousands_is_found() {
    let home = tempfile::tempdir().expect("a directory");
    let mut text = CORP.to_owned();
    for number in 0..3000 {
        write!(
            text,
            "\n[profile p{number}]\nsso_session = corp\nsso_account_id = {number:012}\nsso_role_name = R\n"
        )
        .expect("a string");
    }
    for end in ["\n", "\r\n"] {
        let env = env(home.path(), text.replace('\n', end).as_bytes(), b"");
        for (profile, account) in
            [("p0", "000000000000"), ("p1234", "000000001234"), ("p2999", "000000002999")]
        {
            let found = glance(&env, &profile.into());
            assert_eq!(found, slowly(&env, profile), "{profile} {end:?}");
            assert_eq!(found.expect("a role").account_id.as_str(), account);
        }
        assert_eq!(glance(&env, &"p3000".into()), None);
    }
}

#[test]
fn what_spoils_the_file_for_all_spoils_it_for_one() {
    let home = tempfile::tempdir().expect("a directory");
    for (tail, credentials, good) in [
        ("[profile b]\nk = v\n", "", true),
        ("[profile b]\nk = v\n", "[b]\nk = v\n", true),
        ("[profile b]\nno equals\n", "", false),
        ("[profile b]\nk = v\n  continues it\n", "", true),
        ("[profile b]\n  continues nothing\n", "", false),
        ("[profile b\n", "", false),
        ("[profile b]\nk = v\n", "[b]\nno equals\n", false),
        ("[profile b]\nk = v\n", "k = v\n[b]\n", false),
        ("[profile b]\nk = \u{e4}\n", "", true),
        ("[profile \"dev\"]\nsso_role_name = Other\n", "", true),
        ("[profile b]\nk = v\n", "[dev]\nsso_account_id = 999999999999\n", true),
        ("[sso-session corp]\nsso_region = us-east-1\n", "", true),
        ("[profile b]\n[profile dev]\nrole_arn = arn\nsource_profile = b\n", "", false),
    ] {
        let env = env(home.path(), format!("{DEV}{CORP}{tail}").as_bytes(), credentials.as_bytes());
        let found = glance(&env, &"dev".into());
        assert_eq!(found.is_some(), good, "{tail:?} {credentials:?}");
        assert_eq!(found, slowly(&env, "dev"), "{tail:?} {credentials:?}");
    }
    let bytes = [DEV.as_bytes(), CORP.as_bytes(), b"[profile b]\nk = \xff\n"].concat();
    assert_eq!(glance(&env(home.path(), &bytes, b""), &"dev".into()), None);
}

#[test]
fn what_is_no_file_gives_no_answer_and_does_not_wait() {
    let home = tempfile::tempdir().expect("a directory");
    let of = |config: &Path, credentials: &Path| {
        let variable = |name: &str, path: &Path| (name.into(), path.into());
        let variables = [
            variable("HOME", home.path()),
            variable("AWS_CONFIG_FILE", config),
            variable("AWS_SHARED_CREDENTIALS_FILE", credentials),
        ];
        glance(&Env::new(variables, None), &"dev".into()).is_some()
    };
    let config = home.path().join("config");
    put(&config, format!("{DEV}{CORP}"));
    let absent = home.path().join("absent");
    for (first, second, good) in [
        (config.as_path(), absent.as_path(), true),
        (&config, home.path(), false),
        (home.path(), &absent, false),
        (&absent, &absent, false),
    ] {
        assert_eq!(of(first, second), good, "{first:?} {second:?}");
    }
    #[cfg(unix)]
    {
        assert!(of(&config, Path::new("/dev/null")));
        assert!(!of(Path::new("/dev/null"), &config));
        assert!(!of(Path::new("/dev/zero"), &absent));
    }
}

proptest! {
    #[test]
    fn a_glance_says_what_the_whole_configuration_says(
        lines in proptest::collection::vec((any_line(), end()), 0..16),
        credentials in proptest::collection::vec((any_line(), end()), 0..3),
        whole: bool,
    ) {
        let text = |lines: &[(&str, &str)]| lines.iter().map(|(line, end)| format!("{line}{end}")).collect();
        let (config, credentials): (String, String) = (text(&lines), text(&credentials));
        let config = if whole { format!("{CORP}{DEV}{config}") } else { config };
        let returns = config.contains('\r') || credentials.contains('\r');
        let home = tempfile::tempdir().expect("a directory");
        let env = env(home.path(), config.as_bytes(), credentials.as_bytes());
        for profile in ["dev", "b", "default"] {
            let found = glance(&env, &profile.into());
            // What is kept may end lines otherwise than the file, and then there is no answer.
            if found.is_some() || !returns {
                prop_assert_eq!(found, slowly(&env, profile), "{} {:?} {:?}", profile, config, credentials);
            }
            let found = glance_login(&env, &profile.into()).map(values);
            if found.is_some() || !returns {
                let whole = ConfigSet::load(&env).ok().and_then(|set| set.resolve_login(&profile.into()).ok());
                prop_assert_eq!(found, whole.map(values), "{} {:?} {:?}", profile, config, credentials);
            }
        }
    }
}

/// A session without the lines that its values are on.
fn values(session: SsoSession) -> (TokenKey, String, String) {
    let key = session.token_key();
    (key, session.start_url.value.as_str().to_owned(), session.region.value)
}

fn end() -> impl Strategy<Value = &'static str> {
    prop_oneof![9 => Just("\n"), 1 => Just("\r\n"), 1 => Just(""), 1 => Just("\r")]
}

fn any_line() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(&[
        "[profile dev]",
        "[profile \"dev\"]",
        "[profile  dev]",
        "[profile dev",
        "[dev]",
        "[profile b]",
        "[profile 'b']",
        "[b]",
        "[b] # c",
        "[default]",
        "[profile default]",
        "[sso-session corp]",
        " [profile b]",
        "sso_session = corp",
        "sso_account_id = 444455556666",
        "sso_role_name = Other",
        "sso_start_url = https://other.awsapps.com/start",
        "sso_region = us-east-1",
        "role_arn = arn",
        "source_profile = b",
        "aws_access_key_id = AKIA",
        "  sso_region = nested",
        "s3 =",
        "  text",
        "text",
        "= v",
        "k # = v",
        "k = v # [profile dev]",
        "\u{e4} = \u{e4}",
        "# [profile dev]",
        "",
        " ",
        "\u{feff}",
    ])
}
