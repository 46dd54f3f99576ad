//! Profiles and sessions: what resolves for a login, what for credentials, and what each failure names.

use crate::support::{config, set_of};
use sso_config::{AssumeRoleWith, ConfigError, ConfigSet, CredentialSource, Dialect, NearName};

const SESSION: &str =
    "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n";

fn names(near: &[NearName]) -> Vec<&str> {
    near.iter().map(|near| near.name.as_str()).collect()
}

/// The answer in one word and its data, to compare in a table.
fn shown<T>(result: Result<T, ConfigError>, ok: impl FnOnce(T) -> String) -> String {
    let lines = |error: &ConfigError| match error {
        ConfigError::UnknownProfile(error) => format!("unknown-profile {:?}", names(&error.nearest)),
        ConfigError::UnknownSession(error) => {
            let line = error.origin.as_ref().and_then(|origin| origin.place()).map_or(0, |place| place.line);
            format!("unknown-session:{line} {:?}", names(&error.nearest))
        }
        ConfigError::MissingKeys(error) => {
            let one = error.missing.iter().map(|one| format!("{}:{}", one.key, one.place.line));
            format!("missing {}", one.collect::<Vec<_>>().join(" "))
        }
        ConfigError::NoSso(error) => {
            format!("no-sso:{}", error.place.as_ref().map_or(0, |place| place.line))
        }
        ConfigError::Inconsistent(error) => format!(
            "inconsistent {} {}/{} {}/{}",
            error.key, error.profile.value, error.profile.origin, error.session.value, error.session.origin
        ),
        other => match std::error::Error::source(other) {
            Some(source) => format!("{other}: {source}"),
            None => other.to_string(),
        },
    };
    result.map_or_else(|error| lines(&error), ok)
}

fn login(set: &ConfigSet, profile: &str) -> String {
    shown(set.resolve_login(&profile.into()), |session| session.token_key().text().to_owned())
}

fn credentials(set: &ConfigSet, profile: &str) -> String {
    shown(set.resolve(&profile.into()), |profile| match profile.source {
        CredentialSource::Sso(role) => format!("sso {}/{}", role.account_id.value, role.role_name.value),
        CredentialSource::Static(keys) => format!("static {}", keys.access_key_id.value),
        CredentialSource::Process(command) => format!("process {}", command.value),
        CredentialSource::AssumeRole(role) => format!("assume {}", role.role_arn.value),
        CredentialSource::WebIdentity { token_file, .. } => format!("web {}", token_file.value),
        CredentialSource::Login(session) => format!("login {}", session.value),
        CredentialSource::None => "nothing".to_owned(),
    })
}

#[test]
fn login_and_credentials_ask_for_different_things() {
    let url = "sso_start_url = https://o.awsapps.com/start";
    for (keys, wanted_login, wanted_credentials) in [
        ("sso_session = corp\nsso_account_id = 1\nsso_role_name = R", "corp", "sso 1/R"),
        ("sso_session = corp", "corp", "nothing"),
        ("sso_session = corp\nsso_account_id = 1", "corp", "missing sso_role_name:5"),
        ("sso_session = corp\nsso_role_name = R", "corp", "missing sso_account_id:5"),
        (
            "sso_account_id = 1",
            "missing sso_start_url:5 sso_region:5",
            "missing sso_role_name:5 sso_start_url:5 sso_region:5",
        ),
        (
            &format!("{url}\nsso_region = r\nsso_account_id = 1\nsso_role_name = R"),
            "https://o.awsapps.com/start",
            "sso 1/R",
        ),
        (&format!("{url}\nsso_region = r"), "https://o.awsapps.com/start", "nothing"),
        (
            &format!("{url}\nsso_account_id = 1\nsso_role_name = R"),
            "missing sso_region:5",
            "missing sso_region:5",
        ),
        (
            &format!("{url}\naws_access_key_id = A\naws_secret_access_key = S"),
            "missing sso_region:5",
            "static A",
        ),
        (
            "sso_session = cor\nsso_account_id = 1",
            "unknown-session:6 [\"corp\"]",
            "unknown-session:6 [\"corp\"]",
        ),
        ("sso_session = cor", "unknown-session:6 [\"corp\"]", "unknown-session:6 [\"corp\"]"),
        ("sso_session = cor\ncredential_process = /x", "unknown-session:6 [\"corp\"]", "process /x"),
        ("sso_session =", "unknown-session:6 []", "unknown-session:6 []"),
        (
            "sso_session = corp\nsso_region = eu-west-1\nsso_account_id = 1\nsso_role_name = R",
            "corp",
            "sso 1/R",
        ),
        (
            "sso_session = corp\nsso_region = x\nsso_account_id = 1\nsso_role_name = R",
            "corp",
            "inconsistent sso_region x//h/.aws/config:7 eu-west-1//h/.aws/config:3",
        ),
        ("sso_session = corp\nsso_region = x", "corp", "nothing"),
        ("sso_region =\nsso_start_url =", "", "nothing"),
        ("region = r", "no-sso:5", "nothing"),
        (
            "credential_process = /bin/x\naws_access_key_id = A\naws_secret_access_key = S",
            "no-sso:5",
            "process /bin/x",
        ),
        ("aws_access_key_id = A", "no-sso:5", "missing aws_secret_access_key:5"),
        ("login_session = arn", "no-sso:5", "login arn"),
        ("role_arn = arn", "no-sso:5", "/h/.aws/config:6: role_arn without a source of credentials"),
        ("role_arn = arn\nweb_identity_token_file = /t", "no-sso:5", "web /t"),
        ("role_arn = arn\ncredential_source = Environment", "no-sso:5", "assume arn"),
        (
            "role_arn = arn\ncredential_source = Environment\nsource_profile = q",
            "no-sso:5",
            "/h/.aws/config:8: both source_profile and credential_source are set",
        ),
        ("role_arn = arn\nsource_profile = q", "no-sso:5", "/h/.aws/config:7: no profile q"),
    ] {
        let set = config(&format!("{SESSION}\n[profile p]\n{keys}\n"));
        assert_eq!(login(&set, "p"), wanted_login, "login: {keys}");
        assert_eq!(credentials(&set, "p"), wanted_credentials, "credentials: {keys}");
    }
}

#[test]
fn a_session_lacks_keys() {
    let set =
        config("[profile p]\nsso_session = s\nsso_account_id = 1\n[sso-session s]\nsso_start_url = u\n");
    assert_eq!(login(&set, "p"), "missing sso_region:4");
    assert_eq!(credentials(&set, "p"), "missing sso_role_name:1 sso_region:4");
    let set = config("[profile p]\nsso_session = s\nsso_account_id = 1\n[sso-session s]\n");
    assert!(
        matches!(set.resolve_session(&"s".into()), Err(ConfigError::MissingKeys(error)) if error.profile.is_none())
    );
}

#[test]
fn names_that_do_not_exist_find_what_was_meant() {
    for (text, wanted, headers) in [
        ("[prod]\nsso_session = s", "prod", "prod:1"),
        ("[Profile prod]", "prod", "Profile prod:1"),
        ("[profiles prod]", "prod", "profiles prod:1"),
        ("[other]", "prod", ""),
    ] {
        let Err(ConfigError::UnknownProfile(error)) = config(text).resolve(&wanted.into()) else {
            panic!("{text} must not resolve");
        };
        let found: Vec<String> =
            error.near_headers.iter().map(|near| format!("{}:{}", near.text, near.place.line)).collect();
        assert_eq!(found.join(" "), headers, "{text}");
        assert_eq!(error.searched.len(), 2);
    }
    let set = config("[profile p]\nsso_session = corp\n\n[sso-sesion corp]\nsso_region = r\n");
    let Err(ConfigError::UnknownSession(error)) = set.resolve_login(&"p".into()) else { panic!("dangling") };
    assert_eq!(
        (error.near_headers[0].text.as_str(), error.near_headers[0].place.line),
        ("sso-sesion corp", 4)
    );
    let set = config("[profile Default]\nregion = r\n[Default]\n");
    let Err(ConfigError::NoSso(error)) = set.resolve_login(&"default".into()) else { panic!("no default") };
    assert_eq!((error.nearest[0].name.as_str(), error.near_headers[0].text.as_str()), ("Default", "Default"));
    assert_eq!(
        shown(config("[default]\n").resolve(&"Default".into()), |_| String::new()),
        "unknown-profile [\"default\"]"
    );
}

#[test]
fn a_default_profile_need_not_be_written() {
    let set = config(SESSION);
    assert_eq!(login(&set, "default"), "no-sso:0");
    assert_eq!(credentials(&set, "default"), "nothing");
    assert_eq!(login(&set, "other"), "unknown-profile []");
}

#[test]
fn chains_are_followed_and_loops_found() {
    let text = format!(
        "{SESSION}[profile base]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = R\n\
         [profile mid]\nrole_arn = m\nsource_profile = base\n[profile top]\nrole_arn = t\nsource_profile = mid\n\
         [profile keys]\nrole_arn = k\nsource_profile = keys\naws_access_key_id = A\naws_secret_access_key = S\n\
         [profile a]\nrole_arn = a\nsource_profile = b\n[profile b]\nrole_arn = b\nsource_profile = a\n\
         [profile self]\nrole_arn = s\nsource_profile = self\n[profile into]\nrole_arn = i\nsource_profile = a\n"
    );
    let set = config(&text);
    let mut names = Vec::new();
    let mut next = set.resolve(&"top".into()).expect("a chain");
    while let CredentialSource::AssumeRole(role) = next.source {
        names.push(role.role_arn.value);
        let AssumeRoleWith::Profile(source) = role.with else { panic!("a profile") };
        next = *source;
    }
    assert_eq!(names, ["t", "m"]);
    assert!(matches!(next.source, CredentialSource::Sso(_)));
    let keys = set.resolve(&"keys".into()).expect("keys of its own");
    assert!(matches!(keys.source, CredentialSource::AssumeRole(role)
        if matches!(&role.with, AssumeRoleWith::Profile(source) if matches!(source.source, CredentialSource::Static(_)))));
    for (name, expected, lines) in
        [("a", "a b a", vec![21, 24]), ("self", "self self", vec![27]), ("into", "a b a", vec![])]
    {
        let Err(ConfigError::SourceProfileLoop { chain, links, origin }) = set.resolve(&name.into()) else {
            panic!("{name} is a loop");
        };
        let names = chain.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(" ");
        let at: Vec<u32> = links.iter().filter_map(|link| Some(link.place()?.line)).collect();
        assert_eq!(links.last(), Some(&origin));
        match name {
            "into" => assert_eq!((names.as_str(), at.as_slice()), ("into a b a", [30, 21, 24].as_slice())),
            _ => assert_eq!((names.as_str(), at), (expected, lines)),
        }
    }
}

/// What a profile's way to credentials is: the first role, then `profile>role`.
fn way(set: &ConfigSet, name: &str) -> String {
    let resolved = set.resolve(&name.into()).expect("it resolves");
    let Some(chain) = resolved.chain() else {
        let beginning = resolved.beginning();
        return format!("from {}: {}", beginning.name, credentials(set, beginning.name.as_str()));
    };
    let steps = chain.assumed.iter().map(|(profile, role)| format!(" {profile}>{}", role.role_arn.value));
    format!("{}{}", chain.first.role_name.value, steps.collect::<String>())
}

/// The order that botocore 1.44.5 has in `AssumeRoleProvider` (read there).
#[test]
fn where_chains_begin() {
    let base = "[profile base]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = R\n";
    let set = config(&format!(
        "{SESSION}{base}[profile mid]\nrole_arn = m\nsource_profile = base\n\
         [profile top]\nrole_arn = t\nsource_profile = mid\n\
         [profile both]\nrole_arn = b\nsource_profile = base\nsso_session = corp\nsso_account_id = 2\nsso_role_name = Q\n\
         [profile on-both]\nrole_arn = o\nsource_profile = both\n\
         [profile keyed]\nrole_arn = k\nsource_profile = base\naws_access_key_id = A\naws_secret_access_key = S\n\
         [profile on-keyed]\nrole_arn = o\nsource_profile = keyed\n\
         [profile process]\ncredential_process = /x\n[profile on-process]\nrole_arn = p\nsource_profile = process\n\
         [profile token]\nrole_arn = w\nweb_identity_token_file = /t\nsource_profile = base\n\
         [profile on-token]\nrole_arn = o\nsource_profile = token\n\
         [profile ec2]\nrole_arn = e\ncredential_source = Ec2InstanceMetadata\n\
         [profile on-ec2]\nrole_arn = o\nsource_profile = ec2\n\
         [profile nothing]\nregion = r\n[profile on-nothing]\nrole_arn = o\nsource_profile = nothing\n"
    ));
    for (name, expected) in [
        ("base", "R"),
        ("mid", "R mid>m"),
        ("top", "R mid>m top>t"),
        // role_arn goes before sso_*, also in a source.
        ("both", "R both>b"),
        ("on-both", "R both>b on-both>o"),
        // Keys go before role_arn in a source, and only there.
        ("keyed", "R keyed>k"),
        ("on-keyed", "from keyed: assume k"),
        ("on-process", "from process: process /x"),
        ("token", "from token: web /t"),
        ("on-token", "from token: web /t"),
        ("ec2", "from ec2: assume e"),
        ("on-ec2", "from ec2: assume e"),
        ("on-nothing", "from nothing: nothing"),
    ] {
        assert_eq!(way(&set, name), expected, "{name}");
    }
    // The login of a chain is that of its beginning.
    for name in ["mid", "top", "both", "on-both", "keyed"] {
        assert_eq!(login(&set, name), "corp", "{name}");
    }
    assert!(login(&set, "on-process").starts_with("no-sso:"));
    assert!(login(&set, "on-nothing").starts_with("no-sso:"));
}

#[test]
fn what_a_role_is_assumed_with_is_checked_when_it_is_used() {
    let key = |lines: &str| {
        let base = "[profile base]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = R\n";
        let set = config(&format!("{SESSION}{base}[profile p]\nsource_profile = base\n{lines}\n"));
        let chain = set.resolve(&"p".into()).expect("it resolves").chain().expect("a chain");
        chain.assumed.first().expect("one").1.check().map_err(|error| error.to_string())
    };
    let arn = "role_arn = arn:aws:iam::222233334444:role/Deploy";
    let full = key(&format!(
        "{arn}\nrole_session_name = me\nexternal_id = x\nduration_seconds = 900\nmfa_serial = d"
    ))
    .expect("good");
    assert_eq!((full.role_session_name.as_deref(), full.external_id.as_deref()), (Some("me"), Some("x")));
    assert_eq!((full.duration_seconds, full.mfa_serial.as_deref()), (Some(900), Some("d")));
    let empty = key(&format!("{arn}\nrole_session_name =\nexternal_id =")).expect("good");
    assert_eq!((empty.role_session_name, empty.external_id.as_deref()), (None, Some("")));
    assert_eq!(key("role_arn = Deploy"), Err("/h/.aws/config:10: role_arn cannot be used".to_owned()));
    for wrong in ["soon", "-1", "1h", "", "99999999999"] {
        let error = key(&format!("{arn}\nduration_seconds = {wrong}")).expect_err(wrong);
        assert!(error.contains(":11: duration_seconds"), "{error}");
    }
}

/// A hostile file makes no stack overflow.
#[test]
fn a_chain_without_end_is_an_error() {
    let text: String =
        (0..5_000).map(|n| format!("[profile p{n}]\nrole_arn = r\nsource_profile = p{}\n", n + 1)).collect();
    let error = config(&text).resolve(&"p0".into()).expect_err("too long");
    assert!(matches!(error, ConfigError::SourceProfileTooFar { most: 20, .. }), "{error:?}");
}

#[test]
fn keys_may_stand_in_either_file() {
    let set = set_of(
        &format!("{SESSION}[profile p]\nsso_session = corp\nsso_role_name = R\ncredential_process = /x\n"),
        "[p]\nsso_account_id = 2\n[q]\naws_access_key_id = A\naws_secret_access_key = S\n",
        Dialect::Effective,
    )
    .expect("valid");
    assert_eq!(credentials(&set, "p"), "sso 2/R");
    assert_eq!(credentials(&set, "q"), "static A");
    let role = set.resolve(&"p".into()).expect("resolves").sso.expect("sso").account_id.expect("account");
    assert_eq!(role.origin.to_string(), "/h/.aws/credentials:2");
    let shown = format!("{set:?} {:?}", set.resolve(&"q".into()));
    assert!(!shown.contains("\"S\""), "{shown}");
}

#[test]
fn how_tokens_are_refreshed_is_the_profiles_to_say_before_the_session() {
    let both = "sso_auto_refresh = true\nsso_refresh_window = 3600\n";
    let role = "sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = R\n";
    let set = config(&format!(
        "{SESSION}{both}[profile own]\n{role}sso_auto_refresh = FALSE\nsso_refresh_window = 60\n\
         [profile half]\n{role}sso_refresh_window = 60\n[profile none]\n{role}"
    ));
    for (profile, auto, window) in [("own", false, 60), ("half", true, 60), ("none", true, 3600)] {
        let expected = (Some(auto), Some(std::time::Duration::from_secs(window)));
        let found = |session: &sso_config::SsoSession| {
            let checked = session.check().expect("valid");
            (checked.auto_refresh, checked.refresh_window)
        };
        let CredentialSource::Sso(role) = set.resolve(&profile.into()).expect("no contradiction").source
        else {
            panic!("sso");
        };
        assert_eq!(found(&role.session), expected, "{profile}");
        assert_eq!(found(&set.resolve_login(&profile.into()).expect("resolves")), expected, "{profile}");
    }
    let session = set.resolve_session(&"corp".into()).expect("resolves");
    assert_eq!(session.check().expect("valid").auto_refresh, Some(true));
}

#[test]
fn values_are_checked_before_use_with_their_line() {
    for (url, region, more, expected) in [
        ("https://c.awsapps.com/start", "eu-west-1", "", "ok"),
        ("https://c.awsapps.com/start", "eu-west-1", "sso_refresh_window = 600", "ok"),
        (
            "http://c.awsapps.com",
            "eu-west-1",
            "",
            "/h/.aws/config:2: sso_start_url cannot be used: it must use the https scheme",
        ),
        (
            "https://c.awsapps.com",
            "evil/#",
            "",
            "/h/.aws/config:3: sso_region cannot be used: not a region name such as us-east-1",
        ),
        (
            "https://c.awsapps.com",
            "eu-west-1",
            "sso_refresh_window = soon",
            "/h/.aws/config:4: sso_refresh_window is not a number of seconds",
        ),
    ] {
        let set = config(&format!("[sso-session s]\nsso_start_url = {url}\nsso_region = {region}\n{more}\n"));
        let session = set.resolve_session(&"s".into()).expect("any text resolves");
        assert_eq!(shown(session.check(), |_| "ok".to_owned()), expected);
    }
    let set =
        config(&format!("{SESSION}[profile p]\nsso_session=corp\nsso_account_id=123\nsso_role_name=R\n"));
    let CredentialSource::Sso(role) = set.resolve(&"p".into()).expect("any text resolves").source else {
        panic!("sso");
    };
    let error = role.account_id.check().expect_err("3 digits");
    assert_eq!(
        shown(Err::<(), _>(error), |()| String::new()),
        "/h/.aws/config:6: sso_account_id cannot be used: an account id has 12 digits, this has 3"
    );
}

#[test]
fn scopes_absent_and_empty_differ() {
    for (line, expected) in [
        ("", None),
        ("sso_registration_scopes =", Some(vec![])),
        ("sso_registration_scopes = b, a,,b ,", Some(vec!["b", "a", "b"])),
    ] {
        let set = config(&format!("{SESSION}{line}\n"));
        let session = set.resolve_session(&"corp".into()).expect("resolves");
        let expected = expected.map(|scopes| scopes.into_iter().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(session.registration_scopes, expected);
    }
}
