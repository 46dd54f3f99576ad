//! What is sent again, what every request carries, and the server's clock.

use crate::support::{USER_AGENT, answer, client, clock, ending, url};
use jiff::SignedDuration;
use sso_http::{Call, HttpClient, HttpSettings, Retry};
use sso_sim::{Behaviour, RawServer};

const AT_ONCE: &str = "Retry-After: 0\r\n";

fn fault(status: u16) -> Behaviour {
    answer(status, AT_ONCE, "{}")
}

fn good() -> Behaviour {
    Behaviour::json(200, "{}")
}

#[tokio::test]
async fn how_often_a_request_is_sent() {
    for (name, retry, behaviours, expected, requests) in [
        ("throttled once", Retry::Safe, vec![fault(429), good()], "200", 2),
        ("503 twice", Retry::Safe, vec![fault(503), fault(503), good()], "200", 3),
        ("500, 502 and then 504", Retry::Safe, vec![fault(500), fault(502), fault(504), good()], "504", 3),
        ("throttled for ever", Retry::Safe, vec![fault(429)], "429", 3),
        ("a reset and then an answer", Retry::Safe, vec![Behaviour::Reset, good()], "200", 2),
        ("a refusal", Retry::Safe, vec![fault(400), good()], "400", 1),
        ("a redirect", Retry::Safe, vec![fault(302), good()], "302", 1),
        ("a code that was sent", Retry::UnlessSent, vec![fault(503), good()], "503", 1),
        ("a code whose reply was lost", Retry::UnlessSent, vec![Behaviour::Reset, good()], "broken", 1),
        ("a code that is throttled", Retry::UnlessSent, vec![fault(429), good()], "429", 1),
        ("never", Retry::Never, vec![fault(503), good()], "503", 1),
        ("never, and lost", Retry::Never, vec![Behaviour::Reset, good()], "broken", 1),
    ] {
        let server = RawServer::http(behaviours);
        let call = Call::post(url(&server)).json(&serde_json::json!({"code": "c"})).retry(retry);
        let result = client().send(call).await;
        assert_eq!((ending(&result).as_str(), server.requests().len()), (expected, requests), "{name}");
        for request in server.requests() {
            assert_eq!(request.body, br#"{"code":"c"}"#, "{name}: the body goes along each time");
        }
    }
}

#[tokio::test]
async fn every_request_says_who_we_are_and_asks_for_no_encoding() {
    let server = RawServer::http([fault(503), good()]);
    let url = url(&server);
    for call in [Call::get(url.clone()), Call::head(url.clone()), Call::post(url)] {
        client().send(call).await.expect("a reply");
    }
    let heads: Vec<String> = server.requests().iter().map(|request| request.head.to_lowercase()).collect();
    assert_eq!(heads.len(), 4);
    for head in heads {
        assert!(head.contains(&format!("user-agent: {USER_AGENT}\r\n")), "{head}");
        assert!(!head.contains("accept-encoding") && !head.contains("cookie"), "{head}");
    }
}

#[tokio::test]
async fn a_header_is_sent_and_one_that_cannot_be_is_left_out() {
    let server = RawServer::http([good()]);
    let call = Call::get(url(&server)).secret_header("x-token", "s3cret").header("x-other", "a\r\nx-evil: 1");
    assert!(!format!("{call:?}").contains("s3cret"), "{call:?}");
    client().send(call).await.expect("a reply");
    let head = server.requests()[0].head.to_lowercase();
    assert!(head.contains("x-token: s3cret\r\n"), "{head}");
    assert!(!head.contains("x-evil") && !head.contains("x-other"), "{head}");
}

#[tokio::test]
async fn the_servers_clock_is_noted_from_any_reply() {
    let client = HttpClient::new(&HttpSettings::new(USER_AGENT), clock()).expect("a client");
    assert_eq!(client.clock_offset(), None);
    for (date, status, minutes) in [
        ("Sat, 21 Nov 2026 12:10:00 GMT", 403, 10),
        ("yesterday", 200, 10),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 200, -60),
    ] {
        let server = RawServer::http([answer(status, &format!("Date: {date}\r\n"), "{}")]);
        client.clone().send(Call::get(url(&server))).await.expect("a reply");
        assert_eq!(client.clock_offset(), Some(SignedDuration::from_mins(minutes)), "{date}");
    }
}
