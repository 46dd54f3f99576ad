//! Scenarios of the AWS SDK for Rust (environment, files, recorded traffic, expected result), played with the real program and
//! with its libraries: the requests and the results agree.
//!
//! The recorded credentials ended years ago, and a program has no clock but the machine's. So the libraries are asked at an
//! instant before that end; and the program is asked twice: as recorded, and with an end that is still to come.

mod libraries;
mod scenario;

use crate::harness::{Run, World};
use libraries::Libraries;
use scenario::Scenario;
use serde_json::Value;
use sso_config::CredentialSource;
use sso_core::Timestamp;

/// As in the token file, and in the answer.
const AS_RECORDED: fn(&str) -> String = str::to_owned;

fn number(value: &Value, name: &str) -> Option<i64> {
    value[name].as_i64()
}

/// What a scenario is about, by its profile and by what it gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum About {
    /// Credentials of a session's role.
    Role,
    /// A session's role, for which there are no credentials.
    NoRole,
    /// A token.
    Token,
    /// Credentials of another program, or their failure.
    Process,
    /// Anything that has nothing to do with IAM Identity Center.
    Other,
}

#[test]
fn all_scenarios() {
    for folder in sso_vectors::scenarios() {
        let scenario = Scenario::read(folder);
        let about = about(&scenario);
        eprintln!("upstream vectors: {}: {about:?}", scenario.name);
        match about {
            About::Role => role(&scenario),
            About::NoRole => no_role(&scenario),
            About::Token => token(&scenario),
            About::Process => process(&scenario),
            About::Other => {
                sso_vectors::announce(&scenario.name, "its credentials are not of IAM Identity Center")
            }
        }
    }
}

fn about(scenario: &Scenario) -> About {
    let world = scenario.world(&format!("upstream: a look at {}", scenario.name));
    let Some(profile) = libraries::profile(scenario, &world) else { return About::Other };
    let gives = |member: &str| scenario.gives().is_some_and(|given| given[member].is_string());
    match profile.source {
        CredentialSource::Process(_) => About::Process,
        CredentialSource::Sso(_) if gives("access_key_id") => About::Role,
        CredentialSource::Sso(_) if scenario.gives().is_none() => About::NoRole,
        _ if profile.sso.is_some() && gives("token") => About::Token,
        _ => About::Other,
    }
}

fn wait<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(work)
}

/// The program in the scenario.
fn run(scenario: &Scenario, world: &World, aws: &scenario::Aws, args: &[&str]) -> Run {
    let sso = world.sso(args).env("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
    let sso = sso.env("HTTPS_PROXY", aws.proxy()).env("AWS_CA_BUNDLE", aws.bundle(world));
    let variables = scenario.environment(world);
    variables.iter().fold(sso, |sso, (name, value)| sso.env(name, value)).run()
}

fn role(scenario: &Scenario) {
    let given = scenario.gives().expect("credentials");
    let ends = Timestamp::from_second(number(given, "expiry").expect("an end")).expect("an instant");
    // An hour before.
    let now = ends - jiff::SignedDuration::from_hours(1);
    let world = scenario.world(&format!("upstream: {}: the libraries", scenario.name));
    let aws = scenario.aws(AS_RECORDED);
    let (found, cached) = wait(async { Libraries::at(now, scenario, &world, &aws).role().await });
    assert_eq!(aws.was_asked(), scenario.asks(), "{}", scenario.name);
    assert_eq!(found.access_key_id, given["access_key_id"], "{}", scenario.name);
    assert_eq!(found.secret_access_key.expose(), given["secret_access_key"], "{}", scenario.name);
    assert_eq!(found.session_token.expose(), given["session_token"], "{}", scenario.name);
    assert_eq!(
        found.account_id.as_ref().map(|id| id.as_str()),
        given["account_id"].as_str(),
        "{}",
        scenario.name
    );
    assert_eq!((found.expires_at, Some(&found)), (ends, cached.as_ref()), "{}", scenario.name);

    let world = scenario.world(&format!("upstream: {}: the program", scenario.name));
    let before = world.files();
    let aws = scenario.aws(AS_RECORDED);
    let ran = run(scenario, &world, &aws, &["credential-process"]);
    ran.prints_nothing();
    assert!(before == world.files(), "{}: a file has changed", scenario.name);
    if given["account_id"].as_str().is_none_or(|id| id.len() != 12) {
        // Upstream's configurations are odd on purpose; the program checks a value where it is used.
        sso_vectors::announce(
            &scenario.name,
            "the program refuses an account id that has not 12 digits; the libraries were asked",
        );
        ran.exits(3).says("error[C19]").says("~/.aws/config:");
        assert_eq!(aws.was_asked(), []);
        return;
    }
    ran.exits(1).says("error[N14]").says("have expired already");
    assert_eq!(aws.was_asked(), scenario.asks(), "{}", scenario.name);

    let later = jiff::Timestamp::now().as_second() + 3_600;
    let recorded = format!("{}", ends.as_millisecond());
    let aws = scenario.aws(|body| {
        assert!(body.contains(&recorded), "{body}");
        body.replace(&recorded, &format!("{later}000"))
    });
    let json = run(scenario, &world, &aws, &["credential-process"]).exits(0).json();
    assert_eq!(aws.was_asked(), scenario.asks(), "{}", scenario.name);
    for (printed, expected) in [
        ("AccessKeyId", "access_key_id"),
        ("SecretAccessKey", "secret_access_key"),
        ("SessionToken", "session_token"),
        ("AccountId", "account_id"),
    ] {
        assert_eq!(json[printed], given[expected], "{}: {printed}", scenario.name);
    }
    let printed: Timestamp =
        json["Expiration"].as_str().and_then(|end| end.parse().ok()).expect("an instant");
    assert_eq!(printed.as_second(), later);
    // The next one is answered from the cache.
    let again = scenario.aws(AS_RECORDED);
    assert_eq!(run(scenario, &world, &again, &["credential-process"]).exits(0).json(), json);
    assert_eq!(again.was_asked(), []);
}

/// What upstream cannot get, the program cannot get either, by the same requests.
fn no_role(scenario: &Scenario) {
    let world = scenario.world(&format!("upstream: {}", scenario.name));
    let before = world.files();
    let aws = scenario.aws(AS_RECORDED);
    let ran = run(scenario, &world, &aws, &["credential-process"]);
    assert_ne!(ran.code(), Some(0), "{}", scenario.name);
    ran.prints_nothing().says("error[");
    // How often something is tried again is everybody's own matter.
    let once = |mut asked: Vec<scenario::Asked>| {
        asked.dedup();
        asked
    };
    assert_eq!(once(aws.was_asked()), once(scenario.asks()), "{}", scenario.name);
    assert!(before == world.files(), "{}: a file has changed", scenario.name);
}

fn token(scenario: &Scenario) {
    let given = scenario.gives().expect("a token");
    let expiration = given["expiration"].as_str().expect("an end");
    let ends: Timestamp = expiration.parse().expect("an instant");
    let world = scenario.world(&format!("upstream: {}", scenario.name));
    let before = world.files();
    let aws = scenario.aws(AS_RECORDED);
    let found = wait(async {
        let libraries = Libraries::at(ends - jiff::SignedDuration::from_hours(1), scenario, &world, &aws);
        let session = libraries.profile.sso.as_ref().expect("a session").session.clone();
        libraries.token(&session).await
    });
    assert_eq!(found.access_token.expose(), given["token"], "{}", scenario.name);
    assert_eq!(found.expires_at, ends, "{}", scenario.name);
    // The program never prints a token; it says how long there is one.
    let json = run(scenario, &world, &aws, &["status", "--json"]).exits(0).json();
    let session = &json["sessions"][0];
    assert_eq!(
        (&session["signedIn"], &session["expiresAt"]),
        (&true.into(), &given["expiration"]),
        "{json:#}"
    );
    let ran = run(scenario, &world, &aws, &["status"]);
    let secret = given["token"].as_str().expect("a text");
    assert!(!format!("{}{}", ran.out(), ran.err()).contains(secret));
    assert_eq!(aws.was_asked(), scenario.asks(), "{}", scenario.name);
    assert!(before == world.files(), "{}: a file has changed", scenario.name);
}

/// A profile whose credentials another program makes: that is said, and the program is not run. Upstream runs it.
fn process(scenario: &Scenario) {
    sso_vectors::announce(
        &scenario.name,
        "credential_process of a profile is named and never run (exit 3, C17)",
    );
    let world = scenario.world(&format!("upstream: {}", scenario.name));
    let before = world.files();
    let aws = scenario.aws(AS_RECORDED);
    for args in [&["credential-process"][..], &["whoami"], &["env"]] {
        let ran = run(scenario, &world, &aws, args);
        ran.exits(3).prints_nothing().says("error[C17]").says("gets its credentials from credential_process");
        ran.says("~/.aws/config:");
        if let Some(given) = scenario.gives() {
            let secret = given["secret_access_key"].as_str().expect("a text");
            assert!(!ran.err().contains(secret), "{}", ran.err());
        }
    }
    assert_eq!(aws.was_asked(), scenario.asks(), "{}", scenario.name);
    assert!(before == world.files(), "{}: a file has changed", scenario.name);
}
