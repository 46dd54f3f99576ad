//! Target: the port of a login. Input: the bytes that somebody sends there; `PORT` in them stands for the port.
//!
//! Whatever comes, nothing is reflected, every answer is one of ours, and the right callback gets through afterwards. What
//! ends the wait is a request with the state.

use crate::callback::{STATE, expected, judged};
use crate::sockets::{ask, run, status};
use sso_oidc::{Callback, CallbackListener};
use std::cell::RefCell;
use tokio::task::JoinHandle;

/// A word of the dictionary that no page of ours has.
const ECHO: &str = "R3FLECT";

/// A login that waits.
struct Waiting {
    port: u16,
    end: JoinHandle<Callback>,
}

thread_local! {
    static WAITING: RefCell<Option<Waiting>> = const { RefCell::new(None) };
}

/// Runs the target.
pub fn callback_http(data: &[u8]) {
    // One login after the other is enough: a wait goes on until somebody brings the state.
    let waiting = WAITING.with(|kept| kept.borrow_mut().take());
    let left = run(async {
        let waiting = match waiting {
            Some(waiting) => waiting,
            None => begin().await,
        };
        let bytes = replaced(data, b"PORT", waiting.port.to_string().as_bytes());
        let answer = ask(waiting.port, &bytes).await;
        judge(&answer, &bytes);
        match waiting.end.is_finished() || status(&answer) == Some(200) {
            true => ended(waiting, &bytes).await,
            // Every so often: is the way still free?
            false if data.len().is_multiple_of(8) => right(waiting).await,
            false => Some(waiting),
        }
    });
    WAITING.with(|kept| *kept.borrow_mut() = left);
}

async fn begin() -> Waiting {
    let listener = CallbackListener::bind(0).await.expect("a port");
    let port = listener.port();
    Waiting { port, end: tokio::spawn(listener.wait(expected(port))) }
}

fn judge(answer: &[u8], bytes: &[u8]) {
    let text = String::from_utf8_lossy(answer);
    let known = [None, Some(200), Some(400), Some(403), Some(404), Some(405), Some(431), Some(414)];
    // 100 is for who asks whether to go on.
    let asked = status(answer) == Some(100) && String::from_utf8_lossy(bytes).contains("100-");
    assert!(asked || known.contains(&status(answer)), "{text}");
    assert!(!text.contains(ECHO) && !text.contains(STATE), "{text}");
}

/// The wait is over: the request line was the right one.
async fn ended(waiting: Waiting, bytes: &[u8]) -> Option<Waiting> {
    let verdict = waiting.end.await.expect("no panic");
    let text = String::from_utf8_lossy(bytes);
    let target = text.lines().find_map(|line| line.strip_prefix("GET ")?.split(' ').next());
    assert_eq!(judged(target.expect("a GET")), verdict);
    assert!(!matches!(verdict, Callback::Stray(_)));
    None
}

/// The right callback gets through.
async fn right(waiting: Waiting) -> Option<Waiting> {
    let Waiting { port, end } = waiting;
    let request =
        format!("GET /oauth/callback?code=c&state={STATE} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n");
    let answer = ask(port, request.as_bytes()).await;
    assert_eq!(status(&answer), Some(200), "{}", String::from_utf8_lossy(&answer));
    assert!(matches!(end.await, Ok(Callback::Code(_))));
    None
}

/// The bytes with every `what` replaced.
pub(crate) fn replaced(bytes: &[u8], what: &[u8], with: &[u8]) -> Vec<u8> {
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(byte) = bytes.get(at) {
        if bytes[at..].starts_with(what) {
            out.extend_from_slice(with);
            at += what.len();
        } else {
            out.push(*byte);
            at += 1;
        }
    }
    out
}
