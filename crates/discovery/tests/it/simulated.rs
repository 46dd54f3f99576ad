//! STS of the simulated AWS, which checks every signature with code of its own.

use serde_json::Value;
use sso_core::{
    Clock, EndpointUrl, FixedClock, Region, RoleCredentials, SecretAccessKey, SessionToken, Timestamp,
};
use sso_discovery::{CallerIdentity, Sts, StsError};
use sso_http::{Call, HttpClient, HttpSettings};
use sso_sim::{Sim, SimBuilder};
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
