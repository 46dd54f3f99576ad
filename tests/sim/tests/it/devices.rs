//! The device flow.

use crate::client::{Client, post};
use serde_json::json;
use sso_sim::{Device, SimBuilder};

fn manual() -> SimBuilder {
    SimBuilder::new().device(Device::Manual).any_poll_pace()
}

#[test]
fn pending_until_the_human_approves_and_then_once() {
    let sim = manual().start();
    let client = Client::for_devices(&sim);
    let start = client.start_device(&sim);
    let (device_code, user_code) = (start.text("deviceCode"), start.text("userCode"));
    assert_eq!(start.text("verificationUri"), format!("{}/device", sim.url()));
    assert!(start.text("verificationUriComplete").ends_with(&format!("?user_code={user_code}")));
    let pending = client.poll(&sim, &device_code).refusal();
    assert_eq!((pending.0, pending.2.as_str()), (400, "authorization_pending"));
    assert_eq!(sim.human().pending(), [user_code.as_str()]);
    sim.human().approve(&user_code);
    let reply = client.poll(&sim, &device_code);
    assert!(reply.text("accessToken").contains("CANARY"));
    assert!(reply.text("refreshToken").contains("CANARY"));
    assert_eq!(client.poll(&sim, &device_code).exception(), "InvalidGrantException");
}

#[test]
fn the_answers_other_than_yes() {
    let sim = manual().device_lifetime(600).start();
    let client = Client::for_devices(&sim);
    let start = || {
        let reply = client.start_device(&sim);
        (reply.text("deviceCode"), reply.text("userCode"))
    };
    let (denied, user_code) = start();
    sim.human().deny(&user_code);
    assert_eq!(client.poll(&sim, &denied).refusal().2, "access_denied");
    let (expired, user_code) = start();
    sim.human().expire(&user_code);
    assert_eq!(client.poll(&sim, &expired).refusal().2, "expired_token");
    let (late, _) = start();
    sim.clock().advance(600);
    assert_eq!(client.poll(&sim, &late).refusal().2, "expired_token");
    let (other, _) = start();
    assert_eq!(Client::for_devices(&sim).poll(&sim, &other).refusal().2, "invalid_grant");
}

#[test]
fn modes_answer_by_themselves() {
    let rows: [(Device, &[&str]); 4] = [
        (Device::Auto(0), &["ok"]),
        (Device::Auto(2), &["authorization_pending", "authorization_pending", "ok"]),
        (Device::AutoDeny, &["access_denied"]),
        (Device::Never, &["authorization_pending"; 4]),
    ];
    for (mode, expected) in rows {
        let sim = SimBuilder::new().device(mode).any_poll_pace().start();
        let client = Client::for_devices(&sim);
        let code = client.start_device(&sim).text("deviceCode");
        for answer in expected {
            let reply = client.poll(&sim, &code);
            let word = if reply.status == 200 { "ok".to_owned() } else { reply.refusal().2 };
            assert_eq!(word, *answer, "{mode:?}");
        }
    }
}

#[test]
fn polling_too_fast_is_slowed_down() {
    let sim = SimBuilder::new().device(Device::Manual).poll_interval(1).start();
    let client = Client::for_devices(&sim);
    let code = client.start_device(&sim).text("deviceCode");
    let words: Vec<String> = (0..3).map(|_| client.poll(&sim, &code).refusal().2).collect();
    assert_eq!(words, ["authorization_pending", "slow_down", "slow_down"]);
}

#[test]
fn a_poll_at_the_interval_is_in_time() {
    let sim = SimBuilder::new().device(Device::Manual).poll_interval(1).start();
    let client = Client::for_devices(&sim);
    let code = client.start_device(&sim).text("deviceCode");
    client.poll(&sim, &code);
    std::thread::sleep(std::time::Duration::from_millis(950));
    assert_eq!(client.poll(&sim, &code).refusal().2, "authorization_pending");
}

#[test]
fn only_the_instance_s_own_start_url_will_do() {
    let sim = manual().start();
    let client = Client::for_devices(&sim);
    let body = json!({
        "clientId": client.id, "clientSecret": client.secret,
        "startUrl": "https://other.awsapps.com/start",
    });
    let reply = post(&sim, "/device_authorization", &body);
    assert_eq!((reply.status, reply.exception()), (400, "InvalidRequestException"));
}

#[test]
fn a_client_without_scopes_gets_no_refresh_token() {
    let sim = SimBuilder::new().account("111122223333", "dev", &["Admin"]).start();
    let body = json!({"clientName": "legacy", "clientType": "public"});
    let reply = post(&sim, "/client/register", &body);
    let client = Client { id: reply.text("clientId"), secret: reply.text("clientSecret") };
    let code = client.start_device(&sim).text("deviceCode");
    let token = client.poll(&sim, &code);
    assert!(token.json()["refreshToken"].is_null());
    let accounts = crate::client::portal(&sim, &token.text("accessToken"), "/assignment/accounts");
    assert_eq!(accounts.status, 200);
}
