//! Lists, credentials and logout, as they go well.

use crate::support::{DEV, World, kind};
use sso_core::{AccessToken, AccountId, EndpointUrl, FixedClock, RoleName};
use sso_http::{HttpClient, HttpSettings};
use sso_portal::{PortalClient, PortalError};
use sso_sim::{Behaviour, RawServer, SimBuilder};
use std::sync::Arc;

/// Names that an organisation may have, or that somebody hostile may give.
const NAMES: [&str; 5] = [
    "dev",
    "a \"quoted\" + name & more=?#/%20",
    "ünïcödé 名前",
    "\u{1b}]0;evil\u{7}",
    "<script>\n[profile x]",
];

#[tokio::test]
async fn all_pages_of_accounts_in_order_and_word_for_word() {
    let numbered = |n: usize| format!("{:012}", n + 1);
    let builder = NAMES.iter().enumerate().fold(SimBuilder::new().page_size(2), |builder, (n, name)| {
        builder.account_with_email(&numbered(n), name, &format!("root+{n}@example.com"), &["Admin"])
    });
    let world = World::of(builder).await;
    let found = world.portal.list_accounts(&world.token).await.expect("accounts");
    assert_eq!(world.sim.journal().count("ListAccounts"), 3);
    let names: Vec<_> = found.iter().map(|account| account.name.as_deref().unwrap_or_default()).collect();
    assert_eq!(names, NAMES);
    for (n, account) in found.iter().enumerate() {
        assert_eq!(account.id.as_str(), numbered(n));
        assert_eq!(account.email, Some(format!("root+{n}@example.com")));
    }
    let journal = world.sim.journal();
    assert!(journal.entries().iter().all(|entry| entry.target.contains("max_result=100")));
}

#[tokio::test]
async fn all_pages_of_roles_and_credentials_for_each_of_them() {
    let world = World::of(SimBuilder::new().page_size(2).account(DEV, "dev", &NAMES)).await;
    let account = AccountId::new(DEV);
    let roles = world.portal.list_account_roles(&world.token, &account).await.expect("roles");
    let names: Vec<_> = roles.iter().map(|role| role.name.as_str()).collect();
    assert_eq!(names, NAMES);
    for role in &roles {
        let found = world.portal.get_role_credentials(&world.token, &account, &role.name).await;
        let found = found.unwrap_or_else(|error| panic!("{:?}: {error}", role.name));
        assert!(found.access_key_id.starts_with("ASIA"), "{}", found.access_key_id);
        assert_eq!(found.account_id.as_ref(), Some(&account));
        assert!((3_595..=3_600).contains(&found.remaining(world.clock.now()).as_secs()));
    }
    // A blank is %20: `+` could be a plus.
    let journal = world.sim.journal();
    assert!(journal.entries().iter().all(|entry| !entry.target.contains('+')), "{}", journal.summary());
}

#[tokio::test]
async fn nothing_assigned_is_an_empty_list() {
    let world = World::of(SimBuilder::new().account(DEV, "dev", &[])).await;
    let roles = world.portal.list_account_roles(&world.token, &AccountId::new(DEV)).await;
    assert!(roles.expect("a list").is_empty());
    let world = World::of(SimBuilder::new()).await;
    assert!(world.portal.list_accounts(&world.token).await.expect("a list").is_empty());
}

#[tokio::test]
async fn the_token_is_in_one_header_and_nowhere_else() {
    let world = World::small().await;
    world.portal.list_accounts(&world.token).await.expect("accounts");
    world.credentials().await.expect("credentials");
    for entry in world.sim.journal().entries() {
        assert_eq!(entry.headers["x-amz-sso_bearer_token"], world.token.expose());
        assert!(!entry.headers.contains_key("authorization"));
        assert!(!entry.target.contains(world.token.expose()), "{}", entry.target);
    }
}

#[tokio::test]
async fn a_logout_ends_the_session_once() {
    let world = World::small().await;
    world.portal.logout(&world.token).await.expect("signed out");
    let error = world.credentials().await.expect_err("signed out");
    assert_eq!(kind(&error), "session rejected");
    let again = world.portal.logout(&world.token).await.expect_err("signed out before");
    assert!(matches!(again, PortalError::SessionRejected { .. }), "{again:?}");
    let journal = world.sim.journal();
    let entry = journal.of("Logout");
    assert_eq!((entry.len(), &entry[0].body), (2, &sso_sim::Body::Empty));
}

/// A portal that always answers the same.
fn portal_that_says(body: &str) -> (RawServer, PortalClient) {
    let server = RawServer::http([Behaviour::json(200, body)]);
    let clock = Arc::new(FixedClock("2026-11-21T12:00:00Z".parse().expect("an instant")));
    let http = HttpClient::new(&HttpSettings::new("it/1.0"), clock).expect("a client");
    let portal = PortalClient::new(http, EndpointUrl::parse(&server.url()).expect("an endpoint"));
    (server, portal)
}

#[tokio::test]
async fn replies_that_leave_things_out() {
    let token = AccessToken::new("t".into());
    for (body, expected) in [
        (r#"{}"#, Ok(0)),
        (r#"{"accountList":[],"nextToken":null}"#, Ok(0)),
        (r#"{"accountList":[{"accountId":"111122223333"}],"nextToken":""}"#, Ok(1)),
        (r#"{"accountList":[{"accountId":"1","accountName":null,"emailAddress":null,"new":[]}]}"#, Ok(1)),
        (r#"{"accountList":null}"#, Ok(0)),
        (r#"{"accountList":[{}]}"#, Err("malformed: no accountId")),
        (r#"{"accountList":[{"accountId":1}]}"#, Err("malformed: a field of the wrong type")),
        ("<html>", Err("malformed: HTML instead of JSON")),
        ("", Err("malformed: an empty body")),
    ] {
        let (_server, portal) = portal_that_says(body);
        let found = portal.list_accounts(&token).await.map(|accounts| accounts.len());
        assert_eq!(found.map_err(|error| kind(&error)), expected.map_err(str::to_owned), "{body}");
    }
}

#[tokio::test]
async fn credentials_without_end_or_secret_are_none() {
    let credentials = |expiration: &str| {
        format!(
            r#"{{"roleCredentials":{{"accessKeyId":"ASIA","secretAccessKey":"CANARY","sessionToken":"CANARY","expiration":{expiration}}}}}"#
        )
    };
    let (token, account, role) = (AccessToken::new("t".into()), AccountId::new(DEV), RoleName::new("Admin"));
    for (body, expected) in [
        (credentials("9223372036854775807"), "malformed: an expiration that is no instant"),
        (credentials("\"soon\""), "malformed: a field of the wrong type"),
        (
            r#"{"roleCredentials":{"accessKeyId":"ASIA","sessionToken":"CANARY"}}"#.into(),
            "malformed: no secretAccessKey",
        ),
        (
            r#"{"roleCredentials":{"accessKeyId":"","secretAccessKey":"CANARY","sessionToken":"CANARY","expiration":1795262400000}}"#.into(),
            "malformed: an empty credential",
        ),
        (
            r#"{"roleCredentials":{"accessKeyId":"ASIA","secretAccessKey":"","sessionToken":"CANARY","expiration":1795262400000}}"#.into(),
            "malformed: an empty credential",
        ),
        (
            r#"{"roleCredentials":{"accessKeyId":"ASIA","secretAccessKey":"CANARY","sessionToken":"","expiration":1795262400000}}"#.into(),
            "malformed: an empty credential",
        ),
        (
            credentials("1795262500000").replacen("CANARY", &"CANARY".repeat(3_000), 1),
            "malformed: a secretAccessKey of impossible length",
        ),
        (credentials("1795262400000"), "already expired"),
        (credentials("1795262400999"), "already expired"),
        (credentials("0"), "already expired"),
        (r#"{"roleCredentials":null}"#.into(), "malformed: a field of the wrong type"),
        ("{}".into(), "malformed: no roleCredentials"),
    ] {
        let (_server, portal) = portal_that_says(&body);
        let error = portal.get_role_credentials(&token, &account, &role).await.expect_err("no credentials");
        assert_eq!(kind(&error), expected);
        assert!(!format!("{error:?} {error}").contains("CANARY"));
    }
    let (_server, portal) = portal_that_says(&credentials("1795262401999"));
    let found = portal.get_role_credentials(&token, &account, &role).await.expect("credentials");
    assert_eq!(found.expires_at.as_second(), 1_795_262_401, "milliseconds are cut, not rounded up");
    assert!(!format!("{found:?}").contains("CANARY"));
    let (_server, portal) = portal_that_says(&credentials("253402207200000"));
    let found = portal.get_role_credentials(&token, &account, &role).await.expect("credentials");
    assert_eq!(found.expires_at.as_second(), 1_795_262_400 + 12 * 3_600, "no session lasts till 9999");
}

#[tokio::test]
async fn a_list_without_end_ends() {
    let (server, portal) = portal_that_says(r#"{"accountList":[],"nextToken":"again"}"#);
    let error = portal.list_accounts(&AccessToken::new("t".into())).await.expect_err("no end");
    assert_eq!(kind(&error), "malformed: a list without end");
    assert!(server.connections() <= 1_000, "{}", server.connections());
    // Nor may it fill the memory: neither with much a page nor with many.
    let one = |text: &str| format!(r#"{{"accountId":"{text}"}}"#);
    for (items, most) in [(vec![one(&"x".repeat(1_000)); 1_000], 9), (vec![one(""); 50_000], 1)] {
        let page = format!(r#"{{"accountList":[{}],"nextToken":"again"}}"#, items.join(","));
        let (server, portal) = portal_that_says(&page);
        let error = portal.list_accounts(&AccessToken::new("t".into())).await.expect_err("no end");
        assert_eq!(kind(&error), "malformed: a list without end");
        assert!(server.connections() <= most, "{}", server.connections());
    }
}
