//! The socket as a client sees it: what is answered, what is refused, and that idle peers block nobody.

use super::*;
use crate::door::token_of;
use crate::keeper::{Answer, Keeper, Source};
use sso_core::{AccountId, Clock, FixedClock, RoleCredentials, SecretAccessKey, SessionToken};
use std::sync::Mutex;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::Instant;

struct Fixed(Answer);

impl Source for Fixed {
    async fn renew(&self, _: Option<&RoleCredentials>) -> Answer {
        self.0.clone()
    }
}

fn given() -> RoleCredentials {
    RoleCredentials {
        access_key_id: "ASIAEXAMPLE".into(),
        secret_access_key: SecretAccessKey::new("secret".into()),
        session_token: SessionToken::new("session".into()),
        expires_at: "2026-11-20T13:00:00Z".parse().expect("an instant"),
        account_id: Some(AccountId::new("111122223333")),
    }
}

fn refused() -> Refusal {
    Refusal { status: 401, code: "T01".into(), message: "Run: sso login".into(), temporary: false }
}

type Events = Arc<Mutex<Vec<String>>>;

/// Runs a story with an endpoint: `/` has credentials, `/none` has not.
fn with_endpoint<F: Future<Output = ()>>(story: impl FnOnce(u16, Events) -> F) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let clock: Arc<dyn Clock> = Arc::new(FixedClock("2026-11-20T12:00:00Z".parse().expect("an instant")));
        let (good, ask_good) = Keeper::new(Fixed(Ok(given())), None, Arc::clone(&clock));
        let (bad, ask_bad) = Keeper::new(Fixed(Err(refused())), None, clock);
        let doors = vec![
            Door { path: "/".into(), token: token_of([1; 32]), asker: ask_good },
            Door { path: "/none".into(), token: token_of([2; 32]), asker: ask_bad },
        ];
        let events = Events::default();
        let told = Arc::clone(&events);
        let endpoint = Endpoint::bind(0).await.expect("a port");
        let port = endpoint.port();
        let observer = Arc::new(move |event: Event| {
            told.lock().expect("a list").push(format!("{event:?}"));
        });
        tokio::select! {
            _ = endpoint.serve(doors, observer) => {}
            () = good.run() => {}
            () = bad.run() => {}
            () = story(port, events) => {}
        }
    });
}

async fn send(port: u16, text: &str) -> String {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.expect("it listens");
    // Who is refused early may not have read all.
    let _ = stream.write_all(text.as_bytes()).await;
    let mut reply = Vec::new();
    let _ = stream.read_to_end(&mut reply).await;
    String::from_utf8_lossy(&reply).into_owned()
}

async fn get(port: u16, path: &str, seed: &str, more: &str) -> String {
    let token = seed.repeat(32);
    send(
        port,
        &format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: {token}\r\n{more}\r\n"),
    )
    .await
}

#[test]
fn the_answers() {
    with_endpoint(|port, events| async move {
        let reply = get(port, "/", "01", "").await;
        let (head, body) = reply.split_once("\r\n\r\n").expect("a reply");
        assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
        for header in [
            "content-type: application/json",
            "cache-control: no-store",
            "connection: close",
            "x-content-type-options: nosniff",
        ] {
            assert!(head.contains(header), "{header} in {head}");
        }
        let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
        let expected = serde_json::json!({
            "AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "secret", "Token": "session",
            "Expiration": "2026-11-20T13:00:00Z", "AccountId": "111122223333",
        });
        assert_eq!(body, expected);

        let reply = get(port, "/none", "02", "").await;
        assert!(reply.starts_with("HTTP/1.1 401"), "{reply}");
        assert!(reply.ends_with("{\"Code\":\"T01\",\"Message\":\"Run: sso login\"}"), "{reply}");

        for (path, seed, more, status) in [
            ("/", "02", "", "403"),
            ("/", "01", "Origin: http://localhost\r\n", "403"),
            ("/", "01", "Sec-Fetch-Site: same-origin\r\n", "403"),
            ("/", "01", "Host: evil.example\r\n", "403"),
            ("/x", "01", "", "404"),
        ] {
            let reply = get(port, path, seed, more).await;
            assert!(reply.starts_with(&format!("HTTP/1.1 {status}")), "{path} {more}: {reply}");
            assert!(
                !reply.to_lowercase().contains("access-control") && !reply.contains("secret\""),
                "{reply}"
            );
        }
        let token = "01".repeat(32);
        let post = format!(
            "POST / HTTP/1.1\r\nHost: localhost\r\nAuthorization: {token}\r\nContent-Length: 0\r\n\r\n"
        );
        let reply = send(port, &post).await;
        assert!(reply.starts_with("HTTP/1.1 405") && reply.contains("allow: GET"), "{reply}");

        let events = events.lock().expect("a list").join("\n");
        assert_eq!(events.matches("Given { door: 0").count(), 1, "{events}");
        assert!(events.contains("Failed { door: 1") && events.contains("Denied(Token)"), "{events}");
        assert!(!events.contains(&token) && !events.contains("\"secret\""), "{events}");
    });
}

#[test]
fn a_request_that_is_too_big_is_refused() {
    with_endpoint(|port, _| async move {
        let reply = get(port, "/", "01", &format!("X: {}\r\n", "x".repeat(2 * HEADER_BYTES))).await;
        assert!(!reply.starts_with("HTTP/1.1 2"), "{reply}");
        let reply = get(port, &format!("/{}", "x".repeat(1 << 20)), "01", "").await;
        assert!(!reply.starts_with("HTTP/1.1 2"), "{reply}");
        assert!(get(port, "/", "01", "").await.starts_with("HTTP/1.1 200"));
    });
}

/// Catalogue A7: neither silent peers nor slow ones keep the right one from its answer, however many they are.
#[test]
fn idle_peers_block_nobody() {
    with_endpoint(|port, _| async move {
        let mut idle = Vec::new();
        for number in 0..200_u32 {
            let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.expect("it listens");
            if number % 2 == 0 {
                let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: 127").await;
            }
            idle.push(stream);
            if number == 62 || number == 199 {
                let asked = Instant::now();
                assert!(get(port, "/", "01", "").await.starts_with("HTTP/1.1 200"), "{number}");
                // A generous limit: it means that nobody was waited for.
                assert!(asked.elapsed() < PROOF_LIMIT, "{:?}", asked.elapsed());
            }
        }
        // The oldest were dropped long before their time.
        let mut buffer = [0; 16];
        let ended = tokio::time::timeout(PROOF_LIMIT / 2, idle[0].read(&mut buffer)).await;
        assert!(matches!(ended, Ok(Ok(0) | Err(_))), "{ended:?}");
    });
}
