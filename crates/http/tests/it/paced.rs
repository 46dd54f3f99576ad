//! The limiter over real connections: what is sent again, and when it gives up.

use crate::support::{answer, client, ending, url};
use sso_http::{Call, HttpError, IN_FLIGHT, Limiter};
use sso_sim::{Behaviour, RawServer};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
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

/// However many wait: the service has so many requests before it at once, and no more.
#[tokio::test]
async fn only_so_many_are_under_way() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url: sso_http::Url =
        format!("http://{}/", listener.local_addr().expect("bound")).parse().expect("a URL");
    let (open, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counts = (Arc::clone(&open), Arc::clone(&most));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (open, most) = counts.clone();
            tokio::spawn(async move {
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).await;
                most.fetch_max(open.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                // Until all that could come have come.
                tokio::time::sleep(Duration::from_millis(100)).await;
                open.fetch_sub(1, Ordering::SeqCst);
                let reply = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
                let _ = stream.write_all(reply).await;
            });
        }
    });
    let (limiter, client) = (Limiter::new(), client());
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..3 * IN_FLIGHT {
        let (limiter, client, url) = (limiter.clone(), client.clone(), url.clone());
        all.spawn(async move { limiter.send(&client, || Ok::<_, HttpError>(Call::get(url.clone()))).await });
    }
    for result in all.join_all().await {
        assert_eq!(ending(&result), "200");
    }
    assert_eq!(most.load(Ordering::SeqCst), IN_FLIGHT);
}
