//! Accounts, roles, role credentials, logout.

use crate::client::{portal, post, sign_in};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use sso_sim::{Sim, SimBuilder};

fn world() -> (Sim, String) {
    let sim = SimBuilder::new()
        .account("111122223333", "dev", &["Admin", "ReadOnly"])
        .account("012345678901", "prod", &["ReadOnly"])
        .start();
    let token = sign_in(&sim).1.text("accessToken");
    (sim, token)
}

#[test]
fn somebody_has_signed_in_elsewhere() {
    let (sim, _) = world();
    sim.clear_journal();
    let token = sim.human().signed_in_elsewhere();
    assert_eq!(sim.journal().total(), 0);
    assert_eq!(portal(&sim, &token, "/assignment/accounts").status, 200);
    assert!(sim.canaries().contains(&token), "it is a secret like the others");
    sim.kill_sessions();
    assert_eq!(portal(&sim, &token, "/assignment/accounts").status, 401);
}

/// All pages of a list, and how many there were.
fn collect(sim: &Sim, token: &str, target: &str, list: &str) -> (Vec<Value>, usize) {
    let (mut items, mut pages, mut next) = (Vec::new(), 0, String::new());
    loop {
        let reply = portal(sim, token, &format!("{target}{next}"));
        assert_eq!(reply.status, 200, "{reply:?}");
        let body = reply.json();
        items.extend(body[list].as_array().expect("a list").clone());
        pages += 1;
        let Some(page_token) = body["nextToken"].as_str() else {
            return (items, pages);
        };
        assert!(page_token.contains("+/=&"), "{page_token}");
        next = format!("&next_token={}", utf8_percent_encode(page_token, NON_ALPHANUMERIC));
    }
}

#[test]
fn lists_come_in_pages() {
    let ids: Vec<String> = (0..25).map(|n| format!("{:012}", 100_000_000_000_u64 + n)).collect();
    let builder = SimBuilder::new().page_size(10);
    let builder = ids.iter().fold(builder, |it, id| it.account(id, "n", &["A", "B", "C"]));
    let sim = builder.start();
    let token = sign_in(&sim).1.text("accessToken");
    let rows = [("max_result=100", 3), ("max_result=7", 4), ("max_result=10", 3)];
    for (query, expected) in rows {
        let target = format!("/assignment/accounts?{query}");
        let (accounts, pages) = collect(&sim, &token, &target, "accountList");
        let found: Vec<&str> = accounts.iter().filter_map(|it| it["accountId"].as_str()).collect();
        assert_eq!((found, pages), (ids.iter().map(String::as_str).collect(), expected));
    }
    let target = format!("/assignment/roles?account_id={}&max_result=2", ids[0]);
    let (roles, pages) = collect(&sim, &token, &target, "roleList");
    assert_eq!((roles.len(), pages), (3, 2));
    assert_eq!(roles[2], json!({"roleName": "C", "accountId": ids[0]}));
}

#[test]
fn a_page_token_belongs_to_one_list() {
    let sim = SimBuilder::new()
        .page_size(1)
        .account("111122223333", "a", &["A", "B"])
        .account("444455556666", "b", &["A", "B"])
        .start();
    let token = sign_in(&sim).1.text("accessToken");
    let page = portal(&sim, &token, "/assignment/roles?account_id=111122223333");
    let page_token = page.text("nextToken");
    let page_token = utf8_percent_encode(&page_token, NON_ALPHANUMERIC);
    let other = format!("/assignment/roles?account_id=444455556666&next_token={page_token}");
    assert_eq!(portal(&sim, &token, &other).exception(), "InvalidRequestException");
    let unencoded = "/assignment/accounts?next_token=made-up";
    assert_eq!(portal(&sim, &token, unencoded).status, 400);
}

#[test]
fn role_credentials_look_real() {
    let (sim, token) = world();
    let target = "/federation/credentials?role_name=Admin&account_id=111122223333";
    let body = portal(&sim, &token, target).json();
    let credentials = &body["roleCredentials"];
    let text = |name: &str| credentials[name].as_str().unwrap_or_default().to_owned();
    assert!(text("accessKeyId").starts_with("ASIA") && text("accessKeyId").len() == 20);
    let secret = text("secretAccessKey");
    assert!(secret.contains('/') && secret.contains('+') && secret.contains("CANARY"));
    assert!(text("sessionToken").len() > 500);
    let expiry = credentials["expiration"].as_i64().expect("milliseconds");
    let left = expiry / 1_000 - sim.clock().now();
    assert!((3_590..=3_600).contains(&left), "{left}");
    assert!(sim.canaries().contains(&secret) && sim.canaries().contains(&token));
}

#[test]
fn refusals_are_the_service_s() {
    let (sim, token) = world();
    let (roles, credentials) = ("/assignment/roles", "/federation/credentials");
    let rows = [
        (format!("{roles}?account_id=111122223333"), 200, ""),
        (format!("{roles}?account_id=999999999999"), 404, "ResourceNotFoundException"),
        (format!("{roles}?account_id=12345678901"), 400, "InvalidRequestException"),
        (roles.to_owned(), 400, "InvalidRequestException"),
        (format!("{roles}?account_id=111122223333&max_result=0"), 400, "InvalidRequestException"),
        (format!("{roles}?account_id=111122223333&maxResults=1"), 400, "InvalidRequestException"),
        (format!("{credentials}?role_name=Admin&account_id=012345678901"), 403, "ForbiddenException"),
        (format!("{credentials}?account_id=012345678901"), 400, "InvalidRequestException"),
        ("/assignment/unknown".to_owned(), 404, "UnknownOperationException"),
    ];
    for (target, status, exception) in rows {
        let reply = portal(&sim, &token, &target);
        assert_eq!((reply.status, reply.exception()), (status, exception), "{target}");
    }
    let reply = portal(&sim, "no such token", "/assignment/accounts");
    assert_eq!((reply.status, reply.exception()), (401, "UnauthorizedException"));
    assert_eq!(reply.text("message"), "Session token not found or invalid");
    assert_eq!(sim.journal().last("Unknown").map(|it| it.status), Some(404));
}

#[test]
fn an_unassigned_role_is_no_access() {
    let (sim, token) = world();
    let target = "/federation/credentials?role_name=Admin&account_id=111122223333";
    assert_eq!(portal(&sim, &token, target).status, 200);
    sim.unassign("111122223333", "Admin");
    let reply = portal(&sim, &token, target);
    assert_eq!((reply.status, reply.text("message").as_str()), (403, "No access"));
    sim.assign("111122223333", "Admin");
    assert_eq!(portal(&sim, &token, target).status, 200);
}

#[test]
fn a_token_needs_the_scope_and_its_life() {
    let sim = SimBuilder::new().token_lifetime(100).start();
    let body = json!({
        "clientName": "it", "clientType": "public", "scopes": ["codewhisperer:completions"],
    });
    let reply = post(&sim, "/client/register", &body);
    let client = crate::client::Client { id: reply.text("clientId"), secret: reply.text("clientSecret") };
    let code = client.start_device(&sim).text("deviceCode");
    let token = client.poll(&sim, &code).text("accessToken");
    assert_eq!(portal(&sim, &token, "/assignment/accounts").status, 401);
    let token = sign_in(&sim).1.text("accessToken");
    assert_eq!(portal(&sim, &token, "/assignment/accounts").status, 200);
    sim.clock().advance(100);
    assert_eq!(portal(&sim, &token, "/assignment/accounts").status, 401);
}

#[test]
fn logout_ends_the_session() {
    let (sim, _) = world();
    let (client, reply) = sign_in(&sim);
    let token = reply.text("accessToken");
    let gone = portal(&sim, &token, "/logout");
    assert_eq!((gone.status, gone.body.as_str()), (200, ""));
    assert_eq!(portal(&sim, &token, "/assignment/accounts").status, 401);
    assert_eq!(portal(&sim, &token, "/logout").status, 401);
    let refused = client.refresh(&sim, &reply.text("refreshToken"));
    assert_eq!(refused.exception(), "InvalidGrantException");
}
