//! `GetCallerIdentity`, `AssumeRole` and their signatures.

use crate::client::send;
use crate::signer::{FORM, Signer};
use sso_sim::{Sim, SimBuilder, TrustedRole};

fn world() -> (Sim, Signer) {
    let sim = SimBuilder::new().account("111122223333", "dev", &["Admin"]).start();
    let signer = Signer::for_role(&sim);
    (sim, signer)
}

#[test]
fn a_good_signature_tells_who_calls() {
    let (sim, signer) = world();
    let reply = signer.call(&sim);
    assert_eq!(reply.status, 200, "{reply:?}");
    let arn = "<Arn>arn:aws:sts::111122223333:assumed-role/\
               AWSReservedSSO_Admin_0123456789abcdef/user@example.com</Arn>";
    assert!(reply.body.contains(arn), "{}", reply.body);
    assert_eq!(reply.header("content-type"), Some("text/xml"));
    assert_eq!(sim.journal().count("GetCallerIdentity"), 1);
}

#[test]
fn a_bad_signature_is_refused_in_the_words_of_sts() {
    type Spoil = fn(&mut Signer);
    let rows: [(&str, Spoil, u16, &str); 11] = [
        ("secret", |it| it.secret.push('x'), 403, "SignatureDoesNotMatch"),
        (
            "body",
            |it| it.sent = Some("Action=GetCallerIdentity&Version=2011-06-16"),
            403,
            "SignatureDoesNotMatch",
        ),
        ("region", |it| it.region = "eu-west-1".into(), 403, "valid region, not &#39;eu-west-1&#39;"),
        ("service", |it| it.service = "iam".into(), 403, "correct service"),
        ("late", |it| it.skew = -301, 403, "Signature expired"),
        ("early", |it| it.skew = 310, 403, "Signature not yet current"),
        ("key", |it| it.key_id = "ASIAUNKNOWN".into(), 403, "InvalidClientTokenId"),
        ("token", |it| it.session_token = Some("x".into()), 403, "InvalidClientTokenId"),
        (
            "unsigned token",
            |it| it.signed.retain(|name| name != "x-amz-security-token"),
            403,
            "does not cover",
        ),
        ("absent header", |it| it.signed.push("x-other".into()), 403, "not in the request"),
        ("action", |it| it.body = "Action=Nonsense&Version=2011-06-15".into(), 400, "InvalidAction"),
    ];
    let (sim, good) = world();
    for (what, spoil, status, words) in rows {
        let mut signer = good.clone();
        spoil(&mut signer);
        let reply = signer.call(&sim);
        assert_eq!(reply.status, status, "{what}: {reply:?}");
        assert!(reply.body.contains("<ErrorResponse") && reply.body.contains(words), "{what}: {reply:?}");
    }
    assert_eq!(good.call(&sim).status, 200);
}

#[test]
fn a_small_skew_is_fine_and_expired_credentials_are_not() {
    let (sim, signer) = world();
    for skew in [-290, 290] {
        let signer = Signer { skew, ..signer.clone() };
        assert_eq!(signer.call(&sim).status, 200, "{skew}");
    }
    sim.clock().advance(3_600);
    let reply = signer.call(&sim);
    assert!(reply.status == 403 && reply.body.contains("<Code>ExpiredToken</Code>"), "{reply:?}");
}

#[test]
fn no_signature_is_no_answer() {
    let (sim, _) = world();
    let headers = [("user-agent", "it"), ("content-type", "application/x-www-form-urlencoded")];
    let reply = send(sim.address(), "POST", "/", &headers, FORM);
    assert!(reply.body.contains("MissingAuthenticationToken"), "{reply:?}");
    let headers = [("user-agent", "it"), ("authorization", "AWS4-HMAC-SHA256 Credential=x")];
    let reply = send(sim.address(), "POST", "/", &headers, FORM);
    assert!(reply.status == 400 && reply.body.contains("IncompleteSignature"), "{reply:?}");
}

#[test]
fn sts_may_live_in_another_region() {
    let sim = SimBuilder::new()
        .account("111122223333", "dev", &["Admin"])
        .region("cn-north-1")
        .sts_region("cn-northwest-1")
        .start();
    let mut signer = Signer::for_role(&sim);
    signer.region = "cn-northwest-1".into();
    let reply = signer.call(&sim);
    assert!(reply.body.contains("arn:aws-cn:sts::"), "{reply:?}");
}

const DEPLOY: &str = "arn:aws:iam::222233334444:role/team/Deploy";

/// The form of `AssumeRole` for `Deploy`, and more.
fn assume(more: &str) -> String {
    let arn = DEPLOY.replace(':', "%3A").replace('/', "%2F");
    format!("Action=AssumeRole&Version=2011-06-15&RoleArn={arn}{more}")
}

#[test]
fn a_trusted_caller_becomes_the_role() {
    let (sim, signer) = world();
    sim.trust(TrustedRole::new(DEPLOY).trusts("111122223333"));
    let reply = Signer { body: assume("&RoleSessionName=me"), ..signer.clone() }.call(&sim);
    assert_eq!(reply.status, 200, "{reply:?}");
    let text = |name: &str| {
        let rest = reply.body.split(&format!("<{name}>")).nth(1).expect("there");
        rest.split('<').next().expect("closed").to_owned()
    };
    assert_eq!(text("Arn"), "arn:aws:sts::222233334444:assumed-role/Deploy/me");
    let deploy = Signer {
        key_id: text("AccessKeyId"),
        secret: text("SecretAccessKey"),
        session_token: Some(text("SessionToken")),
        ..signer.clone()
    };
    assert!(deploy.call(&sim).body.contains("<Account>222233334444</Account>"));
    let spoiled = Signer { secret: signer.secret, ..deploy.clone() };
    assert!(spoiled.call(&sim).body.contains("SignatureDoesNotMatch"));
    sim.clock().advance(3_600);
    assert!(deploy.call(&sim).body.contains("ExpiredToken"));
}

#[test]
fn what_assume_role_refuses() {
    let (sim, signer) = world();
    let sso_role = "arn:aws:iam::111122223333:role/AWSReservedSSO_Admin_0123456789abcdef";
    let named = "&RoleSessionName=me";
    let row = |role: Option<TrustedRole>, more: &str, words: &str| {
        role.into_iter().for_each(|role| sim.trust(role));
        let reply = Signer { body: assume(more), ..signer.clone() }.call(&sim);
        assert!(reply.body.contains(words), "{more}: {reply:?}");
        assert_eq!(reply.status == 200, words == "AssumedRoleUser", "{reply:?}");
    };
    row(None, named, "user@example.com is not authorized to perform: sts:AssumeRole on resource: arn");
    row(Some(TrustedRole::new(DEPLOY).trusts("999999999999")), named, "AccessDenied");
    row(Some(TrustedRole::new(DEPLOY).trusts(sso_role)), named, "AssumedRoleUser");
    row(None, "", "ValidationError");
    row(None, "&RoleSessionName=a+b", "ValidationError");
    row(None, "&RoleSessionName=me&DurationSeconds=899", "ValidationError");
    row(None, "&RoleSessionName=me&DurationSeconds=3600", "AssumedRoleUser");
    row(None, "&RoleSessionName=me&DurationSeconds=3601", "1 hour session limit");
    let good = Signer { body: assume(named), ..signer.clone() };
    let other = assume("&RoleSessionName=you");
    for (what, spoiled) in [
        ("secret", Signer { secret: "x".into(), ..good.clone() }),
        ("body", Signer { sent: Some("Action=AssumeRole&Version=2011-06-15&RoleArn=x"), ..good.clone() }),
        ("body", Signer { sent: Some(Box::leak(other.into_boxed_str())), ..good }),
    ] {
        let reply = spoiled.call(&sim);
        assert!(reply.status == 403 && reply.body.contains("SignatureDoesNotMatch"), "{what}: {reply:?}");
    }
    let guarded = TrustedRole::new(DEPLOY).trusts(sso_role).external_id("blue").max_session(1_800);
    row(Some(guarded), named, "AccessDenied");
    row(None, "&RoleSessionName=me&ExternalId=red", "AccessDenied");
    row(None, "&RoleSessionName=me&ExternalId=blue", "AssumedRoleUser");
    row(None, "&RoleSessionName=me&ExternalId=blue&DurationSeconds=3600", "MaxSessionDuration");
}

#[test]
fn keys_of_a_user_stay_and_have_no_session_token() {
    let sim = SimBuilder::new().start();
    let keys = sim.long_lived_keys("111122223333", "ops");
    assert!(keys.0.starts_with("AKIA") && sim.canaries() == [keys.1.clone()]);
    let signer = Signer::for_keys(keys);
    sim.clock().advance(100 * 86_400);
    let reply = signer.call(&sim);
    assert!(reply.body.contains("<Arn>arn:aws:iam::111122223333:user/ops</Arn>"), "{reply:?}");
    let reply = signer.clone().with_token("x").call(&sim);
    assert!(reply.body.contains("InvalidClientTokenId"), "{reply:?}");
    let long = assume("&RoleSessionName=me&DurationSeconds=7200");
    let signer = Signer { body: long, ..signer };
    assert!(signer.call(&sim).body.contains("AccessDenied"));
    sim.trust(TrustedRole::new(DEPLOY).trusts("111122223333").max_session(7_200));
    assert_eq!(signer.call(&sim).status, 200, "longer than an hour: no role is chained");
    sim.trust(TrustedRole::new(DEPLOY).trusts("arn:aws:iam::111122223333:user/ops").max_session(7_200));
    assert_eq!(signer.call(&sim).status, 200);
}
