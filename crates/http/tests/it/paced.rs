//! The limiter over real connections: what is sent again, and when it gives up.

use crate::support::{answer, client, ending, url};
use sso_http::{Call, HttpError, Limiter};
use sso_sim::{Behaviour, RawServer};
use std::time::Duration;
use tokio::time::Instant;

const THROTTLED: &str = r#"{"__type":"x#ThrottlingException"}"#;

#[tokio::test]
async fn throttling_is_sent_again_and_nothing_else_that_is_an_answer() {
    let throttled = |status| answer(status, "Retry-After: 0\r\n", THROTTLED);
    let good = || Behaviour::json(200, "{}");
    for (what, behaviours, expected, requests) in [
        ("an answer", vec![good()], "200", 1),
        (
            "429 and 400, then an answer",
            vec![throttled(429), throttled(400), throttled(400), throttled(429), good()],
            "200",
            5,
        ),
        ("a refusal", vec![Behaviour::json(400, r#"{"__type":"ValidationException"}"#), good()], "400", 1),
        ("a fault, then an answer", vec![answer(503, "Retry-After: 0\r\n", "{}"), good()], "200", 2),
    ] {
        let server = RawServer::http(behaviours);
        let mut made = 0;
        let make = || {
            made += 1;
            Ok::<_, HttpError>(Call::post(url(&server)).header("x-number", &made.to_string()))
        };
        let result = Limiter::new().send(&client(), make).await;
        assert_eq!((ending(&result).as_str(), server.requests().len()), (expected, requests), "{what}");
    }
}

#[tokio::test]
async fn a_call_is_made_anew_for_each_try() {
    let throttled = || answer(400, "Retry-After: 0\r\n", THROTTLED);
    let server = RawServer::http([throttled(), throttled(), Behaviour::json(200, "{}")]);
    let mut made = 0;
    let make = || {
        made += 1;
        Ok::<_, HttpError>(Call::get(url(&server)).header("x-number", &made.to_string()))
    };
    Limiter::new().send(&client(), make).await.expect("in the end");
    for (at, request) in server.requests().iter().enumerate() {
        assert!(request.head.contains(&format!("x-number: {}\r\n", at + 1)), "{}", request.head);
    }
}

/// Whoever has no time left gets the service's answer, which says that it throttles.
#[tokio::test]
async fn after_the_deadline_it_is_not_waited() {
    for (deadline, retry_after, requests) in [(0, 0, 1), (3_600, 9, 1)] {
        let server = RawServer::http([answer(429, &format!("Retry-After: {retry_after}\r\n"), "{}")]);
        let deadline = Instant::now() + Duration::from_millis(deadline);
        let limiter = Limiter::new().until(Some(deadline));
        let reply = limiter.send(&client(), || Ok::<_, HttpError>(Call::get(url(&server)))).await;
        assert!(reply.expect("the answer").is_throttled());
        assert_eq!(server.requests().len(), requests);
    }
}
