//! What the portal answers instead, and what each answer means.

use crate::support::{DEV, World, kind};
use sso_core::{AccessToken, AccountId, RoleName};
use sso_portal::PortalError;
use sso_sim::{Fault, SimBuilder};

#[tokio::test]
async fn a_session_that_has_ended_is_told_from_a_role_that_is_not_ours() {
    let world = World::small().await;
    world.credentials().await.expect("credentials");
    world.sim.unassign(DEV, "Admin");
    let error = world.credentials().await.expect_err("not assigned");
    let PortalError::NoAccess { message } = &error else { panic!("{error:?}") };
    assert_eq!(message.as_deref(), Some("No access"));
    world.sim.kill_sessions();
    let error = world.credentials().await.expect_err("ended");
    let PortalError::SessionRejected { message } = &error else { panic!("{error:?}") };
    assert_eq!(message.as_deref(), Some("Session token not found or invalid"));
    let error = world.portal.list_accounts(&world.token).await.expect_err("ended");
    assert_eq!(kind(&error), "session rejected");
    assert_eq!(world.sim.journal().total(), 4, "a refusal is not asked for twice");
}

#[tokio::test]
async fn a_token_that_is_none_is_rejected() {
    let world = World::small().await;
    for token in ["", "nonsense", "line\nbreak"] {
        let error = world.portal.list_accounts(&AccessToken::new(token.into())).await.expect_err(token);
        assert_eq!(kind(&error), "session rejected", "{token:?}");
    }
}

#[tokio::test]
async fn the_table_of_refusals() {
    let on = || Fault::on("GetRoleCredentials").retry_after(0);
    for (name, fault, expected, requests) in [
        ("throttled", on().status(429), "throttled", 3),
        ("throttled for a moment", on().times(1).status(429), "credentials", 2),
        ("failing", on().status(500), "500 InternalServerException", 3),
        ("failing for a moment", on().times(2).status(503), "credentials", 3),
        ("unauthorized", on().status(401), "session rejected", 1),
        ("forbidden", on().status(403), "no access", 1),
        ("missing", on().status(404), "404 ResourceNotFoundException", 1),
        ("bad", on().status(400), "400 InvalidRequestException", 1),
        // A captive portal or a filter says nothing about the session or the role.
        ("a page of 401", on().html().status(401), "malformed: no error code", 1),
        ("a page of 403", on().html().status(403), "malformed: no error code", 1),
        ("a page of 302", on().html().status(302), "malformed: no error code", 1),
        ("a page of 200", on().html(), "malformed: HTML instead of JSON", 1),
        ("a page of 503", on().html().status(503), "503 HTTP 503", 3),
    ] {
        let world = World::of(SimBuilder::new().account(DEV, "dev", &["Admin"]).fault(fault)).await;
        let found = world.credentials().await.map_or_else(|error| kind(&error), |_| "credentials".into());
        assert_eq!(found, expected, "{name}");
        assert_eq!(world.sim.journal().count("GetRoleCredentials"), requests, "{name}");
    }
}

#[tokio::test]
async fn a_list_that_breaks_in_the_middle_is_no_list() {
    let builder = SimBuilder::new().page_size(1).account(DEV, "dev", &["A", "B", "C"]);
    let world = World::of(builder.fault(Fault::on("ListAccountRoles").nth(2..).status(403))).await;
    let error =
        world.portal.list_account_roles(&world.token, &AccountId::new(DEV)).await.expect_err("broken");
    assert_eq!(kind(&error), "no access");
    world.sim.clear_faults();
    world.sim.fault(Fault::on("ListAccountRoles").nth(2..=2).status(429).retry_after(0));
    let roles = world.portal.list_account_roles(&world.token, &AccountId::new(DEV)).await.expect("roles");
    assert_eq!(roles.len(), 3, "a page is asked for again, and none is counted twice");
}

#[tokio::test]
async fn an_account_that_is_none_is_a_refusal() {
    let world = World::small().await;
    for (account, expected) in
        [("999999999999", "404 ResourceNotFoundException"), ("12&x=y", "400 InvalidRequestException")]
    {
        let error = world.portal.list_account_roles(&world.token, &AccountId::new(account)).await;
        assert_eq!(kind(&error.expect_err("refused")), expected, "{account}");
    }
    let (account, role) = (AccountId::new(DEV), RoleName::new("a&role_name=Admin"));
    let error = world.portal.get_role_credentials(&world.token, &account, &role).await;
    assert_eq!(kind(&error.expect_err("no such role")), "no access");
}

#[tokio::test]
async fn a_logout_is_sent_once() {
    let world = World::of(SimBuilder::new().fault(Fault::on("Logout").status(500))).await;
    let error = world.portal.logout(&world.token).await.expect_err("failing");
    assert_eq!(kind(&error), "500 InternalServerException");
    assert_eq!(world.sim.journal().count("Logout"), 1);
}
