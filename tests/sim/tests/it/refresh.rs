//! Refresh tokens: plain, rotating, with reuse detection, omitted, absent.

use crate::client::{Client, portal, sign_in};
use sso_sim::{Sim, SimBuilder};

fn is_open(sim: &Sim, token: &str) -> bool {
    portal(sim, token, "/assignment/accounts").status == 200
}

#[test]
fn a_plain_refresh_token_works_again_and_again() {
    let sim = SimBuilder::new().token_lifetime(60).start();
    let (client, first) = sign_in(&sim);
    let token = first.text("refreshToken");
    for _ in 0..2 {
        sim.clock().advance(61);
        assert!(!is_open(&sim, &first.text("accessToken")));
        let next = client.refresh(&sim, &token);
        assert_eq!(next.text("refreshToken"), token);
        assert!(is_open(&sim, &next.text("accessToken")));
    }
    assert_eq!(sim.journal().count_grant("refresh_token"), 2);
}

#[test]
fn a_rotating_refresh_token_works_once() {
    let sim = SimBuilder::new().rotating_refresh().start();
    let (client, first) = sign_in(&sim);
    let old = first.text("refreshToken");
    let second = client.refresh(&sim, &old);
    let new = second.text("refreshToken");
    assert_ne!(new, old);
    assert_eq!(client.refresh(&sim, &old).exception(), "InvalidGrantException");
    assert_eq!(client.refresh(&sim, &new).status, 200);
}

#[test]
fn reuse_may_end_the_session() {
    let sim = SimBuilder::new().revoke_on_reuse().start();
    let (client, first) = sign_in(&sim);
    let old = first.text("refreshToken");
    let second = client.refresh(&sim, &old);
    assert!(is_open(&sim, &second.text("accessToken")));
    assert_eq!(client.refresh(&sim, &old).exception(), "InvalidGrantException");
    assert!(!is_open(&sim, &second.text("accessToken")));
    let refused = client.refresh(&sim, &second.text("refreshToken"));
    assert_eq!(refused.exception(), "InvalidGrantException");
}

#[test]
fn refresh_tokens_may_be_left_out() {
    let sim = SimBuilder::new().omit_refresh_on_renewal().start();
    let (client, first) = sign_in(&sim);
    let token = first.text("refreshToken");
    assert!(client.refresh(&sim, &token).json()["refreshToken"].is_null());
    assert_eq!(client.refresh(&sim, &token).status, 200);
    let sim = SimBuilder::new().no_refresh_tokens().start();
    assert!(sign_in(&sim).1.json()["refreshToken"].is_null());
}

#[test]
fn a_refresh_token_belongs_to_its_client_and_its_session() {
    let sim = SimBuilder::new().session_lifetime(1_000).start();
    let (client, first) = sign_in(&sim);
    let token = first.text("refreshToken");
    let stranger = Client::for_codes(&sim);
    assert_eq!(stranger.refresh(&sim, &token).exception(), "InvalidGrantException");
    assert_eq!(client.refresh(&sim, "unknown").exception(), "InvalidGrantException");
    assert_eq!(client.refresh(&sim, &token).status, 200);
    sim.clock().advance(1_000);
    assert_eq!(client.refresh(&sim, &token).exception(), "InvalidGrantException");
}

#[test]
fn the_service_may_forget() {
    let sim = SimBuilder::new().start();
    let (client, first) = sign_in(&sim);
    sim.revoke_refresh_tokens();
    let refused = client.refresh(&sim, &first.text("refreshToken"));
    assert_eq!(refused.exception(), "InvalidGrantException");
    assert!(is_open(&sim, &first.text("accessToken")));
    sim.kill_sessions();
    assert!(!is_open(&sim, &first.text("accessToken")));
}
