//! Replies that no honest server sends (catalogue D7, R12): each ends soon, typed, in bounded memory, and unquoted.

use crate::support::{CANARY, all_words, answer, client, ending, url};
use sso_http::{Call, HttpError, MalformedReply, Reply, Retry};
use sso_sim::{Behaviour, RawServer};
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_millis(600);
/// What a loaded machine may need on top.
const GRACE: Duration = Duration::from_secs(5);

fn raw(head: &str, body: &str) -> Behaviour {
    Behaviour::Reply(format!("HTTP/1.1 200 OK\r\n{head}\r\n{body}").into_bytes())
}

fn drip(text: String, every: Duration) -> Behaviour {
    Behaviour::Drip { bytes: text.into_bytes(), every }
}

/// One call, sent once.
async fn send(server: &RawServer) -> Result<Reply, HttpError> {
    client().send(Call::get(url(server)).limit(LIMIT).retry(Retry::Never)).await
}

#[tokio::test]
async fn a_reply_without_end_is_refused_after_a_mebibyte() {
    let chunk = format!("10000\r\n{}\r\n", "a".repeat(0x10000));
    let flood = format!("{}{}", chunk.repeat(20), "0\r\n\r\n");
    for (name, behaviour) in [
        ("512 MB without a length", Behaviour::Huge { total: 512 << 20 }),
        ("512 MB with a length", raw("Content-Length: 536870912\r\n", "{\"a\":\"")),
        ("a flood of chunks", raw("Transfer-Encoding: chunked\r\n", &flood)),
        ("a gzip bomb of 4 GB", Behaviour::GzipBomb { decompressed: 4 << 30 }),
    ] {
        let server = RawServer::http([behaviour]);
        let started = Instant::now();
        let call = Call::get(url(&server)).limit(GRACE).retry(Retry::Never);
        let result = client().send(call).await;
        assert_eq!(ending(&result), "too large", "{name}");
        assert!(started.elapsed() < GRACE, "{name} took {:?}", started.elapsed());
    }
    assert!(peak_memory() < 200 << 20, "{} bytes at the peak", peak_memory());
}

#[tokio::test]
async fn compressed_bytes_are_never_unpacked() {
    // We ask for no encoding, so this is no JSON, and what it unpacks to is nobody's business.
    let server = RawServer::http([Behaviour::GzipBomb { decompressed: 256 << 20 }]);
    let reply = client().send(Call::get(url(&server)).limit(GRACE)).await.expect("a small reply");
    assert!(reply.body.len() < 1 << 20);
    let error = reply.json::<serde_json::Value>().expect_err("no JSON");
    assert_eq!(error.reason, "something that is not JSON");
    assert!(!server.requests()[0].head.to_lowercase().contains("accept-encoding"));
}

#[tokio::test]
async fn endings_of_connections() {
    let slow_body = format!("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{CANARY}");
    let chunked = |body: &str| raw("Transfer-Encoding: chunked\r\n", body);
    let interim = drip("HTTP/1.1 100 Continue\r\n\r\n".repeat(100), Duration::from_millis(1));
    for (name, behaviour, expected) in [
        ("the whole reply at 1 byte/s", drip(slow_body, Duration::from_secs(1)), "timeout"),
        ("silence", Behaviour::Silent, "timeout"),
        ("a cut body", Behaviour::CutAfter(100), "broken"),
        ("a cut chunk", raw("Transfer-Encoding: chunked\r\n", &format!("fff\r\n{CANARY}")), "broken"),
        (
            "a chunk of no size",
            raw("Transfer-Encoding: chunked\r\n", &format!("{CANARY}\r\n{CANARY}\r\n")),
            "broken",
        ),
        (
            "a chunk beyond all numbers",
            raw("Transfer-Encoding: chunked\r\n", &format!("fffffffffffffffff\r\n{CANARY}")),
            "broken",
        ),
        ("a flood of trailers", chunked(&format!("0\r\n{}", "X-Pad: CANARY\r\n".repeat(100_000))), "broken"),
        ("a flood of chunk extensions", chunked(&format!("1;{}\r\na\r\n", "e".repeat(2 << 20))), "broken"),
        ("nothing but interim answers", interim, "timeout"),
        ("two lengths", raw("Content-Length: 2\r\nContent-Length: 5\r\n", CANARY), "broken"),
        ("no HTTP at all", Behaviour::Reply(format!("{CANARY} {CANARY}\r\n\r\n").into_bytes()), "broken"),
        ("nothing", Behaviour::Reply(Vec::new()), "broken"),
        ("a reset", Behaviour::Reset, "broken"),
        ("40 KB of headers", Behaviour::HugeHeaders(40_000), "too large"),
        ("1 MB of headers", Behaviour::HugeHeaders(1 << 20), "broken"),
        ("30 KB of headers", Behaviour::HugeHeaders(30_000), "200"),
    ] {
        let server = RawServer::http([behaviour]);
        let started = Instant::now();
        let result = send(&server).await;
        assert_eq!(ending(&result), expected, "{name}: {result:?}");
        assert!(started.elapsed() < LIMIT + GRACE, "{name} took {:?}", started.elapsed());
        if let Err(error) = result {
            let words = all_words(&error);
            assert!(!words.contains(CANARY), "{name}: the body is quoted: {words}");
            assert!(!words.contains("111122223333"), "{name}: the query is quoted: {words}");
        }
    }
}

#[tokio::test]
async fn a_body_that_is_slow_after_fast_headers_ends_too() {
    // The limit is for the whole call, not for each read.
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n".to_owned();
    let body = "a".repeat(1_000);
    let every = Duration::from_millis(2);
    let server = RawServer::http([drip(head + &body, every)]);
    let started = Instant::now();
    assert_eq!(ending(&send(&server).await), "timeout");
    assert!(started.elapsed() >= LIMIT && started.elapsed() < LIMIT + GRACE, "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_no_way() {
    for status in [301, 302, 303, 307, 308] {
        let target = RawServer::http([Behaviour::json(200, "{}")]);
        let server = RawServer::http([Behaviour::RedirectTo { status, location: target.url() }]);
        let call = Call::post(url(&server)).json(&serde_json::json!({"refreshToken": CANARY}));
        let reply = client().send(call).await.expect("a reply");
        assert_eq!((reply.status, reply.header("location")), (status, Some(target.url().as_str())));
        assert_eq!(target.connections(), 0, "{status} was followed");
    }
}

#[tokio::test]
async fn bodies_that_are_not_what_was_asked_for() {
    let page = format!("<!doctype html><h1>{CANARY}</h1>");
    for (name, behaviour, reason) in [
        ("200,000 arrays", Behaviour::Deep(200_000), "a field of the wrong type"),
        ("a page", answer(200, "Content-Type: text/html\r\n", &page), "HTML instead of JSON"),
        ("a page in disguise", Behaviour::json(200, &page), "HTML instead of JSON"),
        ("nothing", Behaviour::json(200, ""), "an empty body"),
        (
            "another type",
            Behaviour::json(200, &format!("{{\"name\":[\"{CANARY}\"]}}")),
            "a field of the wrong type",
        ),
        ("less", Behaviour::json(200, &format!("{{\"{CANARY}\":1}}")), "no name"),
        ("half", Behaviour::json(200, &format!("{{\"name\":\"{CANARY}")), "something that is not JSON"),
    ] {
        let server = RawServer::http([behaviour]);
        let reply = client().send(Call::get(url(&server))).await.expect("a reply");
        let error: MalformedReply = reply.json::<Named>().expect_err(name);
        assert_eq!(
            (error.reason.as_str(), error.status, error.path.as_str()),
            (reason, 200, "/a/path"),
            "{name}"
        );
        assert!(!all_words(&error).contains(CANARY), "{name}: {error:?}");
        assert!(!format!("{reply:?}").contains(CANARY), "{name}");
        // The readers of errors meet the same bytes.
        assert_eq!((reply.error_code(), reply.text_field("message")), (None, None), "{name}");
    }
}

#[tokio::test]
async fn depth_does_not_exhaust_the_stack() {
    let server = RawServer::http([Behaviour::Deep(200_000)]);
    let reply = client().send(Call::get(url(&server))).await.expect("a reply");
    let error = reply.json::<serde_json::Value>().expect_err("too deep");
    assert_eq!(error.reason, "something that is not JSON");
}

#[tokio::test]
async fn the_answer_to_head_has_no_body_whatever_its_length_says() {
    let server = RawServer::http([raw("Content-Length: 99999999\r\n", "")]);
    let reply = client().send(Call::head(url(&server)).limit(GRACE)).await.expect("a reply");
    assert_eq!((reply.status, reply.body.len()), (200, 0));
}

#[derive(Debug, serde::Deserialize)]
struct Named {
    #[allow(dead_code, reason = "only its presence is asked for")]
    name: String,
}

/// The most memory that this process ever had, in bytes (0 where /proc is not there).
fn peak_memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|rest| rest.trim().trim_end_matches("kB").trim().parse::<usize>().ok());
    kib.unwrap_or(0) * 1024
}
