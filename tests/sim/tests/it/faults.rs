//! Scripted faults.

use crate::client::{Client, code_registration, portal, post, sign_in, try_send};
use sso_sim::{Fault, SimBuilder};
use std::time::{Duration, Instant};

#[test]
fn a_fault_strikes_when_it_should() {
    let sim = SimBuilder::new()
        .fault(Fault::on("CreateToken").grant("refresh_token").nth(2..=3).status(429).retry_after(1))
        .start();
    let (client, first) = sign_in(&sim);
    let token = first.text("refreshToken");
    let replies: Vec<_> = (0..4).map(|_| client.refresh(&sim, &token)).collect();
    let statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
    assert_eq!(statuses, [200, 429, 429, 200]);
    assert_eq!(replies[1].header("retry-after"), Some("1"));
    assert_eq!(replies[1].exception(), "TooManyRequestsException");
    let journal = sim.journal();
    assert_eq!(journal.of("CreateToken").iter().filter(|it| it.fault).count(), 2);
}

#[test]
fn the_kinds_of_reply() {
    let on = || Fault::on("RegisterClient");
    let rows = [
        (on().status(503), 503, "server_error"),
        (on().error("SlowDownException", "slow_down"), 400, "slow_down"),
        (on().html(), 200, "sign in to the network"),
        (on().html().status(502), 502, "Gateway"),
        (on().body("{\"clientId\":", "application/json"), 200, "{\"clientId\":"),
        (Fault::on("*").status(418), 418, "invalid_request"),
        (on().containing("no such text").status(500), 200, "clientSecret"),
        (on().header("x-extra", "1"), 200, "clientSecret"),
    ];
    for (fault, status, text) in rows {
        let shown = format!("{fault:?}");
        let sim = SimBuilder::new().fault(fault).start();
        let reply = post(&sim, "/client/register", &code_registration(&sim));
        assert_eq!(reply.status, status, "{shown}");
        assert!(reply.body.contains(text), "{shown}: {reply:?}");
    }
}

#[test]
fn a_fault_can_pick_one_account() {
    let sim = SimBuilder::new()
        .account("111122223333", "a", &["A"])
        .account("444455556666", "b", &["A"])
        .fault(Fault::on("ListAccountRoles").containing("444455556666").status(429))
        .start();
    let token = sign_in(&sim).1.text("accessToken");
    assert_eq!(portal(&sim, &token, "/assignment/roles?account_id=111122223333").status, 200);
    let reply = portal(&sim, &token, "/assignment/roles?account_id=444455556666");
    assert_eq!((reply.status, reply.exception()), (429, "TooManyRequestsException"));
}

#[test]
fn a_lost_reply_spent_the_token() {
    for lose in [Fault::after_processing as fn(Fault) -> Fault, |it| it.after_processing().drop_connection()]
    {
        let sim = SimBuilder::new().rotating_refresh().start();
        let (client, first) = sign_in(&sim);
        let old = first.text("refreshToken");
        sim.fault(lose(Fault::on("CreateToken").times(1)));
        let body = serde_json::json!({
            "clientId": client.id, "clientSecret": client.secret,
            "grantType": "refresh_token", "refreshToken": old,
        });
        let headers = [("User-Agent", "it"), ("Content-Type", "application/json")];
        let reply = try_send(sim.address(), "POST", "/token", &headers, &body.to_string());
        assert!(reply.is_none_or(|reply| reply.status == 500));
        assert_eq!(client.refresh(&sim, &old).exception(), "InvalidGrantException");
    }
}

#[test]
fn a_dropped_connection_did_nothing_unless_asked() {
    let sim = SimBuilder::new().rotating_refresh().start();
    let (client, first) = sign_in(&sim);
    let old = first.text("refreshToken");
    sim.fault(Fault::on("CreateToken").times(1).drop_connection());
    let headers = [("User-Agent", "it"), ("Content-Type", "application/json")];
    assert!(try_send(sim.address(), "POST", "/token", &headers, "{}").is_none());
    assert_eq!(sim.journal().last("CreateToken").map(|it| it.status), Some(0));
    assert_eq!(client.refresh(&sim, &old).status, 200);
}

#[test]
fn faults_come_and_go_at_run_time() {
    let sim = SimBuilder::new().start();
    sim.fault(Fault::on("RegisterClient").status(500));
    assert_eq!(post(&sim, "/client/register", &code_registration(&sim)).status, 500);
    sim.clear_faults();
    assert_eq!(post(&sim, "/client/register", &code_registration(&sim)).status, 200);
}

#[test]
fn delays_hold_a_reply_back_without_changing_it() {
    let delay = Duration::from_millis(150);
    let sim = SimBuilder::new().fault(Fault::on("RegisterClient").delay(delay)).start();
    let started = Instant::now();
    Client::for_codes(&sim);
    assert!(started.elapsed() >= delay);
}

#[test]
#[should_panic(expected = "no operation")]
fn a_misspelt_operation_is_loud() {
    let _ = Fault::on("CreateTokens");
}
