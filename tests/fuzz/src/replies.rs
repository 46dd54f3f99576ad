//! Replies of services that an input makes up, and the clients that get them: no socket, and waiting takes no time.
//!
//! A reply is a letter for its status, a line (the `x-amzn-ErrorType`, or the `Location` of a redirect), and the body.

use crate::fields::{fields, lead, text};
use crate::secrets::CANARY;
use sso_core::{
    AccessToken, EndpointUrl, FixedClock, RoleCredentials, SecretAccessKey, SessionToken, Timestamp,
};
use sso_http::{Call, Canned, HttpClient, HttpSettings};
use std::cell::OnceCell;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::runtime::{Builder, Runtime};

/// The statuses, by the letter: `a` to `p`.
const STATUS: [u16; 16] = [200, 400, 401, 403, 404, 405, 429, 500, 501, 503, 204, 301, 302, 303, 307, 599];
/// Replies that one input may hold.
const MOST: usize = 16;
/// What the local clock says.
pub(crate) const NOW: &str = "2026-11-21T12:00:00Z";

thread_local! {
    static RUNTIME: OnceCell<(Runtime, HttpClient)> = const { OnceCell::new() };
}

/// The instant of [`NOW`].
pub(crate) fn now() -> Timestamp {
    NOW.parse().expect("an instant")
}

/// The reply that a field describes.
pub(crate) fn reply(field: &[u8]) -> Canned {
    let (letter, rest) = lead(field);
    let status = STATUS[usize::from(letter.wrapping_sub(b'a')) % STATUS.len()];
    let (line, body) = match rest.iter().position(|byte| *byte == b'\n') {
        Some(at) => (&rest[..at], &rest[at + 1..]),
        None => (rest, &[][..]),
    };
    let name = if (300..400).contains(&status) { "location" } else { "x-amzn-errortype" };
    let headers = if line.is_empty() { Vec::new() } else { vec![(name.to_owned(), text(line))] };
    Canned { status, headers, body: body.to_vec() }
}

/// The replies of an input.
pub(crate) fn replies(data: &[u8]) -> Vec<Canned> {
    fields(data).take(MOST).map(reply).collect()
}

/// A client that gets these replies one after the other, and then the last one as often as it asks. With `ends` it gets an
/// empty object instead.
pub(crate) fn client(replies: &[Canned], ends: bool) -> HttpClient {
    let last = replies.last().cloned().filter(|_| !ends);
    let last = last.unwrap_or_else(|| Canned { status: 200, body: b"{}".to_vec(), ..Canned::default() });
    let left = Mutex::new(VecDeque::from(replies.to_vec()));
    let answer = move |_: &Call| left.lock().expect("one thread").pop_front().unwrap_or_else(|| last.clone());
    with(|_, client| client.answered_by(Arc::new(answer)))
}

/// Runs a call to its end. Time is simulated: who waits is at the end of the wait at once.
pub(crate) fn run<T>(work: impl Future<Output = T>) -> T {
    with(|runtime, _| runtime.block_on(work))
}

fn with<T>(work: impl FnOnce(&Runtime, &HttpClient) -> T) -> T {
    RUNTIME.with(|cell| {
        let (runtime, client) = cell.get_or_init(|| {
            let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
            let clock = Arc::new(FixedClock(now()));
            let client = HttpClient::new(&HttpSettings::new("fuzz/1.0"), clock);
            (runtime.expect("a runtime"), client.expect("a client"))
        });
        work(runtime, client)
    })
}

/// Where the services are said to be.
pub(crate) fn endpoint() -> EndpointUrl {
    EndpointUrl::parse("https://service.example/base").expect("an endpoint")
}

/// A token that must not come out.
pub(crate) fn token() -> AccessToken {
    AccessToken::new(format!("token-{CANARY}"))
}

/// Credentials that must not come out. A service that refuses a signature repeats them.
pub(crate) fn credentials() -> RoleCredentials {
    RoleCredentials {
        access_key_id: "ASIAEXAMPLE".to_owned(),
        secret_access_key: SecretAccessKey::new(format!("secret/{CANARY}+")),
        session_token: SessionToken::new(format!("session-{CANARY}==")),
        expires_at: Timestamp::MAX,
        account_id: None,
    }
}
