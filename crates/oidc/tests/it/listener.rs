//! The callback port against strangers, slow ones and browsers in a hurry (catalogue A2 to A11).

use crate::support::{get, say};
use sso_core::State;
use sso_oidc::{Callback, CallbackListener, Expected};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

const RIGHT: &str = "/oauth/callback?code=the-code&state=the-state";
const PAGE_HEAD: &str = "content-type: text/html; charset=utf-8\r\ncache-control: no-store\r\n\
                         content-security-policy: default-src 'none'; style-src 'sha256-uCfrXmi+RDCeGPQuQqbgPIGaiaF8EiqfIVwNwcAmnP4='\r\n\
                         referrer-policy: no-referrer\r\n\
                         x-content-type-options: nosniff\r\nconnection: close\r\n";

/// A port that waits for `the-state`.
async fn waiting() -> (u16, JoinHandle<Callback>) {
    let listener = CallbackListener::bind(0).await.expect("loopback has a port");
    let port = listener.port();
    let (state, issuers) = (State::new("the-state".into()), vec!["https://oidc.example".into()]);
    (port, tokio::spawn(listener.wait(Expected { port, state, issuers })))
}

/// Does blocking work beside the listener.
async fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.expect("no panic")
}

fn code_of(verdict: Callback) -> String {
    let Callback::Code(code) = verdict else { panic!("no code: {verdict:?}") };
    code.expose().to_owned()
}

fn request(port: u16, method: &str, target: &str, headers: &str) -> String {
    say(&format!("127.0.0.1:{port}"), &format!("{method} {target} HTTP/1.1\r\n{headers}\r\n"))
}

fn status(reply: &str) -> &str {
    reply.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)).unwrap_or_default()
}

#[tokio::test]
async fn strangers_change_nothing() {
    let (port, verdict) = waiting().await;
    let started = Instant::now();
    beside(move || {
        for round in 0..100 {
            for (status_expected, reply) in strange_requests(port) {
                assert_eq!(status(&reply), status_expected, "round {round}: {reply}");
                assert!(!reply.contains("the-") && !reply.contains("evil"), "reflected: {reply}");
                assert!(!reply.to_lowercase().contains("access-control"), "{reply}");
            }
        }
    })
    .await;
    assert!(!verdict.is_finished());
    eprintln!("measured: 1,500 requests of strangers in {:?}", started.elapsed());
    let reply = beside(move || get(port, RIGHT)).await;
    assert_eq!(status(&reply), "200");
    assert_eq!(code_of(verdict.await.expect("a verdict")), "the-code");
}

/// 15 requests that are not the callback, each with the status that it deserves.
fn strange_requests(port: u16) -> Vec<(&'static str, String)> {
    let host = format!("Host: 127.0.0.1:{port}\r\n");
    let get = |target: &str| request(port, "GET", target, &host);
    let with = |method: &str, headers: &str| request(port, method, RIGHT, headers);
    vec![
        ("400", get("/oauth/callback?code=evil&state=wrong")),
        ("400", get("/oauth/callback?code=evil")),
        ("400", get("/oauth/callback?error=evil")),
        ("400", get("/oauth/callback?error=access_denied&state=wrong")),
        ("400", get("/oauth/callback?code=a&state=the-state&state=evil")),
        ("400", get("/oauth/callback?code=a&state=the-state&iss=https%3A%2F%2Fevil")),
        ("404", get("/favicon.ico")),
        ("404", get("//oauth/callback?code=a&state=the-state")),
        ("404", get("/oauth/%63allback?code=a&state=the-state")),
        ("405", with("POST", &format!("{host}Content-Length: 0\r\n"))),
        ("405", with("HEAD", &host)),
        ("403", with("GET", "Host: evil.example\r\n")),
        ("403", with("GET", "Host: localhost\r\n")),
        ("403", with("GET", &format!("{host}Host: evil\r\n"))),
        ("400", say(&format!("127.0.0.1:{port}"), "\u{1}\u{2} evil \u{0}\r\n\r\n")),
    ]
}

#[tokio::test]
async fn more_than_one_answers_length_of_request_is_refused() {
    let (port, verdict) = waiting().await;
    for target in [format!("{RIGHT}&x={}", "y".repeat(20_000)), format!("/{}", "y".repeat(20_000))] {
        let reply = beside(move || get(port, &target)).await;
        assert!(!reply.starts_with("HTTP/1.1 200"), "{reply}");
    }
    assert!(!verdict.is_finished());
    verdict.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn idle_sockets_do_not_delay_the_answer() {
    let (port, verdict) = waiting().await;
    let took = beside(move || {
        let idle: Vec<TcpStream> =
            (0..63).map(|_| TcpStream::connect(("127.0.0.1", port)).expect("connected")).collect();
        for mut half in idle.iter().take(32) {
            half.write_all(b"GET /oauth/callback?code=").expect("sent");
        }
        let started = Instant::now();
        let reply = get(port, RIGHT);
        let took = started.elapsed();
        assert_eq!(status(&reply), "200", "{reply}");
        drop(idle);
        took
    })
    .await;
    assert_eq!(code_of(verdict.await.expect("a verdict")), "the-code");
    eprintln!("measured: the right callback beside 63 idle sockets: {took:?} (target 100 ms)");
    assert!(took < Duration::from_secs(4), "{took:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_number_of_idle_sockets_leaves_room_for_the_right_one() {
    let (port, verdict) = waiting().await;
    let reply = beside(move || {
        let idle: Vec<_> = (0..300).map(|_| TcpStream::connect(("127.0.0.1", port))).collect();
        let reply = get(port, RIGHT);
        drop(idle);
        reply
    })
    .await;
    assert_eq!(status(&reply), "200");
    assert_eq!(code_of(verdict.await.expect("a verdict")), "the-code");
}

/// The clock runs as soon as nobody has anything to do, so the five seconds are over at once.
#[tokio::test(start_paused = true)]
async fn whoever_is_slow_is_hung_up_on() {
    let (port, verdict) = waiting().await;
    for start in ["", "GET /oauth/callback?code=the-code&sta", "GET /oauth/callback HTTP/1.1\r\nHost: 127"] {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("connected");
            stream.write_all(start.as_bytes()).expect("sent");
            let mut rest = Vec::new();
            let _ = stream.read_to_end(&mut rest);
            let _ = sender.send(String::from_utf8_lossy(&rest).into_owned());
        });
        let reply = receiver.await.expect("hung up on");
        assert!(reply.is_empty() || status(&reply) == "408", "{start}: {reply}");
    }
    assert!(!verdict.is_finished());
    verdict.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_byte_at_a_time_is_no_trouble_while_it_lasts() {
    let (port, verdict) = waiting().await;
    let reply = beside(move || {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("connected");
        stream.set_nodelay(true).expect("set");
        for byte in format!("GET {RIGHT} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n").bytes() {
            stream.write_all(&[byte]).expect("sent");
        }
        let mut reply = String::new();
        let _ = stream.read_to_string(&mut reply);
        reply
    })
    .await;
    assert_eq!(status(&reply), "200");
    assert_eq!(code_of(verdict.await.expect("a verdict")), "the-code");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_right_ones_one_counts_and_the_port_is_closed() {
    let (port, verdict) = waiting().await;
    let replies = beside(move || {
        let tabs = (0..8).map(|tab| {
            let target = format!("/oauth/callback?code=code-{tab}&state=the-state");
            std::thread::spawn(move || get(port, &target))
        });
        let tabs: Vec<_> = tabs.collect();
        tabs.into_iter().map(|tab| tab.join().expect("no panic")).collect::<Vec<_>>()
    })
    .await;
    assert!(code_of(verdict.await.expect("a verdict")).starts_with("code-"));
    assert!(replies.iter().any(|reply| status(reply) == "200"), "{replies:?}");
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err(), "the port is closed");
}

#[tokio::test]
async fn a_browser_that_does_not_hang_up_does_not_hold_us() {
    let (port, verdict) = waiting().await;
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("connected");
    let text = format!("GET {RIGHT} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: keep-alive\r\n\r\n");
    stream.write_all(text.as_bytes()).expect("sent");
    let started = Instant::now();
    assert_eq!(code_of(verdict.await.expect("a verdict")), "the-code");
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
    let mut reply = String::new();
    stream.read_to_string(&mut reply).expect("the answer had left");
    assert!(reply.ends_with("</html>\n"), "{reply}");
}

#[tokio::test]
async fn a_browser_that_comes_at_once_always_gets_its_page() {
    for round in 0..200 {
        let (port, verdict) = waiting().await;
        let reply = beside(move || get(port, RIGHT)).await;
        assert!(reply.ends_with("</html>\n"), "round {round}: {reply}");
        assert_eq!(code_of(verdict.await.expect("a verdict")), "the-code", "round {round}");
    }
}

#[tokio::test]
async fn the_answers_word_for_word() {
    let (port, verdict) = waiting().await;
    let right = beside(move || get(port, RIGHT)).await;
    let body = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Sign-in was approved.</title>\
                <meta name=\"viewport\" content=\"width=device-width\">\
                <meta name=\"color-scheme\" content=\"light dark\"><style>body{font:1.1rem/1.5 system-ui,sans-serif;\
                max-width:32rem;margin:18vh auto;padding:0 1.5rem;text-align:center;text-wrap:balance}\
                h1{font-size:1.5rem}</style></head><body><h1>Sign-in was approved.</h1>\
                <p>Go back to the terminal.<br>You can close this tab.</p></body></html>\n";
    let length = body.len();
    assert_eq!(
        undated(&right),
        format!("HTTP/1.1 200 OK\r\n{PAGE_HEAD}content-length: {length}\r\n\r\n{body}")
    );
    verdict.await.expect("a verdict");

    let (port, verdict) = waiting().await;
    let evil = "%3Cscript%3Eevil%28%29%3C%2Fscript%3E";
    let target =
        format!("/oauth/callback?error={evil}&error_description={evil}&error_uri={evil}&state=the-state");
    let denied = beside(move || get(port, &target)).await;
    assert!(denied.contains("Sign-in was refused.") && !denied.contains("approved"), "{denied}");
    assert!(undated(&denied).starts_with(&format!("HTTP/1.1 200 OK\r\n{PAGE_HEAD}")), "{denied}");
    assert!(!denied.contains("evil"), "reflected: {denied}");
    let script = "<script>evil()</script>".to_owned();
    let expected = Callback::Denied { error: script.clone(), description: Some(script) };
    assert_eq!(verdict.await.expect("a verdict"), expected);

    let (port, verdict) = waiting().await;
    let wrong = beside(move || get(port, "/oauth/callback?code=evil&state=%3Cscript%3E")).await;
    assert!(wrong.contains("Old or wrong address.") && !wrong.contains("evil"), "{wrong}");
    assert!(!wrong.contains("script"), "reflected: {wrong}");
    assert!(undated(&wrong).starts_with(&format!("HTTP/1.1 400 Bad Request\r\n{PAGE_HEAD}")), "{wrong}");
    let stray = beside(move || get(port, "/favicon.ico")).await;
    assert_eq!(undated(&stray), format!("HTTP/1.1 404 Not Found\r\n{PAGE_HEAD}content-length: 0\r\n\r\n"));
    verdict.abort();
}

/// The reply without its `date` line.
fn undated(reply: &str) -> String {
    reply.split_inclusive("\r\n").filter(|line| !line.starts_with("date: ")).collect()
}

#[tokio::test]
async fn only_one_address_of_this_machine_is_bound() {
    let (port, verdict) = waiting().await;
    assert!(TcpStream::connect(("127.0.0.1", port)).is_ok());
    for other in ["127.0.0.2", "127.1.2.3", "::1"] {
        assert!(TcpStream::connect((other, port)).is_err(), "{other}");
    }
    let bound = std::fs::read_to_string("/proc/net/tcp").unwrap_or_default();
    let ours: Vec<&str> = bound
        .lines()
        .filter_map(|line| {
            let mut fields = line.split_whitespace().skip(1);
            let local = fields.next()?;
            // 0A: listening.
            (fields.nth(1) == Some("0A")).then_some(local).filter(|it| it.ends_with(&format!(":{port:04X}")))
        })
        .collect();
    assert!(bound.is_empty() || ours == [format!("0100007F:{port:04X}")], "{ours:?}");
    verdict.abort();
}
