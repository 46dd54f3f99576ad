//! STS of the simulated AWS, which checks every signature with code of its own.

use serde_json::Value;
use sso_core::{
    AssumeRoleKey, AssumedRole, Clock, EndpointUrl, FixedClock, MayRefuse as _, Region, RoleArn,
    RoleCredentials, SecretAccessKey, SessionToken, Timestamp,
};
use sso_discovery::{AssumeRole, CallerIdentity, Sts, StsError};
use sso_http::{Call, HttpClient, HttpSettings};
use sso_sim::{Sim, SimBuilder, TrustedRole};
use std::sync::Arc;

const DAY: i64 = 86_400;

pub(crate) fn world() -> SimBuilder {
    SimBuilder::new().account("111122223333", "dev", &["Admin"])
}

pub(crate) fn client(clock: impl Clock + 'static) -> HttpClient {
    HttpClient::new(&HttpSettings::new("sso/test"), Arc::new(clock)).expect("a client")
}

/// The world's time.
pub(crate) fn now(sim: &Sim) -> Timestamp {
    Timestamp::from_second(sim.clock().now()).expect("an instant")
}

/// The role of somebody who is signed in.
pub(crate) async fn take_role(sim: &Sim) -> RoleCredentials {
    let http = client(FixedClock(now(sim)));
    let bearer = sim.human().signed_in_elsewhere();
    let role = "/federation/credentials?role_name=Admin&account_id=111122223333";
    let role = Call::get(format!("{}{role}", sim.url()).parse().expect("a URL"));
    let reply = http.send(role.secret_header("x-amz-sso_bearer_token", &bearer)).await.expect("a reply");
    let keys: Value = reply.json().expect("JSON");
    let text = |name: &str| keys["roleCredentials"][name].as_str().expect(name).to_owned();
    RoleCredentials {
        access_key_id: text("accessKeyId"),
        secret_access_key: SecretAccessKey::new(text("secretAccessKey")),
        session_token: SessionToken::new(text("sessionToken")),
        expires_at: now(sim),
        account_id: None,
    }
}

/// Takes the role, spoils something, and asks who that is, by a clock that is `slow` seconds behind the world's.
fn ask(
    sim: &Sim,
    region: &str,
    slow: i64,
    spoil: impl FnOnce(&mut RoleCredentials),
) -> Result<CallerIdentity, StsError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut keys = take_role(sim).await;
        spoil(&mut keys);
        let local = Timestamp::from_second(sim.clock().now() - slow).expect("an instant");
        let endpoint = EndpointUrl::parse(sim.url()).expect("an endpoint");
        let sts = Sts::new(client(FixedClock(local)), endpoint, Region::parse(region).expect("a region"));
        sts.get_caller_identity(&keys, local).await
    })
}

#[test]
fn the_signature_is_accepted() {
    for (region, signed_for) in
        [("us-east-1", "us-east-1"), ("eu-central-1", "eu-central-1"), ("aws-global", "us-east-1")]
    {
        let sim = world().sts_region(signed_for).start();
        let who = ask(&sim, region, 0, |_| {}).expect(region);
        assert_eq!(who.account.as_str(), "111122223333");
        assert!(who.arn.contains(":assumed-role/AWSReservedSSO_Admin_"), "{}", who.arn);
        assert_eq!(sim.journal().count("GetCallerIdentity"), 1, "{region}");
    }
}

#[test]
fn a_clock_that_is_wrong_costs_one_more_request() {
    for (slow, requests) in [(0, 1), (60, 1), (600, 2), (-600, 2), (DAY, 2), (-400 * DAY, 2)] {
        let sim = world().start();
        let result = ask(&sim, sim.region(), slow, |_| {});
        assert!(result.is_ok(), "{slow}: {result:?}");
        assert_eq!(sim.journal().count("GetCallerIdentity"), requests, "{slow}");
    }
}

#[test]
fn a_refusal_has_its_code_and_no_secret() {
    for (expected, wrong_secret) in [("SignatureDoesNotMatch", true), ("InvalidClientTokenId", false)] {
        let spoil = |keys: &mut RoleCredentials| match wrong_secret {
            true => keys.secret_access_key = SecretAccessKey::new("x".to_owned()),
            false => keys.session_token = SessionToken::new("x".to_owned()),
        };
        let sim = world().start();
        let error = ask(&sim, sim.region(), 0, spoil).expect_err(expected);
        let StsError::Service { status: 403, code, .. } = &error else { panic!("{error:?}") };
        assert_eq!(code, expected);
        let shown = format!("{error} {error:?}");
        assert!(sim.canaries().iter().all(|canary| !shown.contains(canary.as_str())), "{shown}");
        assert_eq!(sim.journal().count("GetCallerIdentity"), 1, "a right clock is not corrected");
    }
}

const DEPLOY: &str = "arn:aws:iam::222233334444:role/team/Deploy";
const AUDIT: &str = "arn:aws:iam::333344445555:role/Audit";

fn key(arn: &str) -> AssumeRoleKey {
    AssumeRoleKey {
        role_arn: RoleArn::parse(arn).expect("an ARN"),
        role_session_name: None,
        external_id: None,
        duration_seconds: None,
        mfa_serial: None,
    }
}

/// Takes the role, then assumes others with it, one with the other; `slow` seconds behind the world.
fn assume(sim: &Sim, slow: i64, keys: &[AssumeRoleKey]) -> Result<AssumedRole, StsError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut credentials = take_role(sim).await;
        let local = Timestamp::from_second(sim.clock().now() - slow).expect("an instant");
        let endpoint = EndpointUrl::parse(sim.url()).expect("an endpoint");
        let region = Region::parse("us-east-1").expect("a region");
        let sts = Sts::new(client(FixedClock(local)), endpoint, region);
        let mut last = None;
        for key in keys {
            let role = AssumeRole { key, default_session_name: "sso-1" };
            let assumed = sts.assume_role(role, &credentials, local).await?;
            credentials = assumed.credentials.clone();
            last = Some(assumed);
        }
        Ok(last.expect("at least one"))
    })
}

#[test]
fn a_role_after_the_other_is_assumed() {
    let sim = world().start();
    sim.trust(TrustedRole::new(DEPLOY).trusts("111122223333").external_id("a&b=c d"));
    sim.trust(TrustedRole::new(AUDIT).trusts("arn:aws:iam::222233334444:role/Deploy"));
    let deploy = AssumeRoleKey {
        role_session_name: Some("me@example.com".to_owned()),
        external_id: Some("a&b=c d".to_owned()),
        duration_seconds: Some(900),
        ..key(DEPLOY)
    };
    let found = assume(&sim, 0, std::slice::from_ref(&deploy)).expect("assumed");
    assert_eq!(found.arn, "arn:aws:sts::222233334444:assumed-role/Deploy/me@example.com");
    assert_eq!(found.credentials.account_id.as_ref().map(|id| id.as_str()), Some("222233334444"));
    let lives = found.credentials.remaining(now(&sim)).as_secs();
    assert!((895..=900).contains(&lives), "{lives}");
    let names: Vec<&str> = found.headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        (names, found.status),
        (vec!["x-amzn-requestid", "content-type", "content-length", "date"], 200)
    );
    let found = assume(&sim, 0, &[deploy, key(AUDIT)]).expect("assumed");
    assert_eq!(found.arn, "arn:aws:sts::333344445555:assumed-role/Audit/sso-1");
}

#[test]
fn a_role_that_does_not_trust_us_says_who_we_are() {
    let sim = world().start();
    sim.trust(TrustedRole::new(DEPLOY).trusts("111122223333").external_id("blue"));
    let red = AssumeRoleKey { external_id: Some("red".to_owned()), ..key(DEPLOY) };
    for key in [key(AUDIT), key(DEPLOY), red] {
        let error = assume(&sim, 0, std::slice::from_ref(&key)).expect_err("denied");
        let StsError::Denied(denied) = &error else { panic!("{error:?}") };
        assert!(denied.caller.as_deref().is_some_and(|arn| arn.ends_with("/user@example.com")), "{denied:?}");
        assert_eq!(denied.action.as_deref(), Some("sts:AssumeRole"));
        assert_eq!(denied.resource.as_deref(), Some(key.role_arn.as_str()));
        assert!(error.refuses());
    }
    assert_eq!(sim.journal().count("AssumeRole"), 3, "a refusal is not asked for again");
}

#[test]
fn what_else_assume_role_can_end_with() {
    let sim = world().start();
    sim.trust(TrustedRole::new(DEPLOY).trusts("111122223333"));
    let long = AssumeRoleKey { duration_seconds: Some(7_200), ..key(DEPLOY) };
    let error = assume(&sim, 0, &[long]).expect_err("too long");
    let StsError::Service { code, message, .. } = &error else { panic!("{error:?}") };
    assert!(code == "ValidationError" && message.contains("1 hour") && !error.refuses(), "{error}");
    // A clock that is behind costs one more request; one that is a day ahead leaves nothing of the hour.
    assert!(assume(&sim, 1_800, &[key(DEPLOY)]).is_ok());
    let error = assume(&sim, -DAY, &[key(DEPLOY)]).expect_err("over already");
    assert!(matches!(error, StsError::AlreadyExpired { .. }), "{error:?}");
    // Credentials that ended at AWS.
    let sim = world().role_lifetime(-1).start();
    sim.trust(TrustedRole::new(DEPLOY).trusts("111122223333"));
    let error = assume(&sim, 0, &[key(DEPLOY)]).expect_err("ended");
    assert!(matches!(error, StsError::Expired { status: 403, .. }) && error.refuses(), "{error:?}");
}
