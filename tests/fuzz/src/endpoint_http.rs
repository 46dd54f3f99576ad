//! Target: the port of the credential endpoint. Input: the bytes that somebody sends there; `TOKEN` in them stands for the
//! token of the first door, `OTHER` for that of the second.
//!
//! Credentials leave only for a GET with the token of the door and a host that is this machine's, and never for a browser.
//! Every answer is one of ours, and the next one who is right gets through.

use crate::callback_http::replaced;
use crate::replies::now;
use crate::sockets::{ask, run, status};
use sso_core::{EndpointToken, FixedClock, RoleCredentials, SecretAccessKey, SessionToken, Timestamp};
use sso_endpoint::{Answer, Door, Endpoint, Keeper, Refusal, Source, token_of};
use std::cell::OnceCell;
use std::sync::Arc;

/// What leaves with the credentials, and with nothing else.
const SECRET: &str = "the-secret-of-the-role";

thread_local! {
    static PORT: OnceCell<u16> = const { OnceCell::new() };
}

/// Nobody to renew from.
struct Nobody;

impl Source for Nobody {
    async fn renew(&self, _: Option<&RoleCredentials>) -> Answer {
        let (code, message) = ("None".to_owned(), "There are none.".to_owned());
        Err(Refusal { status: 503, code, message, temporary: false })
    }
}

/// Runs the target.
pub fn endpoint_http(data: &[u8]) {
    let port = PORT.with(|port| *port.get_or_init(|| run(begin())));
    let (token, other) = (token_of([1; 32]), token_of([2; 32]));
    let bytes = replaced(data, b"TOKEN", token.expose().as_bytes());
    let bytes = replaced(&bytes, b"OTHER", other.expose().as_bytes());
    let answer = run(ask(port, &bytes));
    judge(&answer, &bytes, [&token, &other]);
    if data.len().is_multiple_of(8) {
        let request =
            format!("GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: {}\r\n\r\n", token.expose());
        let answer = run(ask(port, request.as_bytes()));
        assert!(String::from_utf8_lossy(&answer).contains(SECRET), "the way is not free");
    }
}

async fn begin() -> u16 {
    let endpoint = Endpoint::bind(0).await.expect("a port");
    let port = endpoint.port();
    let door = |path: &str, seed: u8| {
        let credentials = RoleCredentials {
            access_key_id: "ASIAEXAMPLE".to_owned(),
            secret_access_key: SecretAccessKey::new(SECRET.to_owned()),
            session_token: SessionToken::new("t".to_owned()),
            expires_at: Timestamp::MAX,
            account_id: None,
        };
        let (keeper, asker) = Keeper::new(Nobody, Some(credentials), Arc::new(FixedClock(now())));
        tokio::spawn(keeper.run());
        Door { path: path.to_owned(), token: token_of([seed; 32]), asker }
    };
    let doors = vec![door("/", 1), door("/profile/other", 2)];
    tokio::spawn(endpoint.serve(doors, Arc::new(|_| ())));
    port
}

fn judge(answer: &[u8], bytes: &[u8], tokens: [&EndpointToken; 2]) {
    let (said, sent) = (String::from_utf8_lossy(answer), String::from_utf8_lossy(bytes));
    for token in tokens {
        assert!(!said.contains(token.expose()), "the token comes back: {said}");
    }
    let status = status(answer);
    // 100 is for who asks whether to go on.
    let known =
        [None, Some(100), Some(200), Some(400), Some(403), Some(404), Some(405), Some(414), Some(431)];
    assert!(known.contains(&status), "{said}");
    if !said.contains(SECRET) {
        return assert!(status != Some(200), "{said}");
    }
    // A second look at the head of the request, as coarse as can be.
    let head = sent.split("\r\n\r\n").next().unwrap_or_default().to_ascii_lowercase();
    assert!(
        sent.starts_with("GET /") || sent.trim_start_matches(['\r', '\n']).starts_with("GET /"),
        "{sent}"
    );
    assert!(tokens.iter().any(|token| sent.contains(token.expose())), "without the token: {sent}");
    assert!(head.contains("127.0.0.1") || head.contains("localhost"), "for another host: {sent}");
    let of_browser = |line: &str| line.starts_with("origin:") || line.starts_with("sec-fetch-");
    let lines = sent.split("\n\r\n").next().unwrap_or_default().split('\n');
    let mut lines = lines.take_while(|line| !line.trim_end_matches('\r').is_empty());
    assert!(!lines.any(|line| of_browser(&line.to_ascii_lowercase())), "to a browser: {sent}");
}
