//! Ways to a host: through a proxy, around it, or none at all.

use crate::support::{all_words, bundle, client, client_behind, ending, url};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sso_http::{Call, HttpError, Retry, Url};
use sso_sim::{Behaviour, RawServer, TlsCertificate};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

const FAR: &str = "https://wrong.example/a/path?secret=CANARY";

/// What the proxy does when it has read a request.
#[derive(Clone)]
enum Answer {
    /// Says this and hangs up.
    Says(&'static [u8]),
    /// Says nothing and stays.
    Silent,
    /// Leads to this address, whatever was asked for.
    Tunnel(SocketAddr),
}

/// A proxy that notes what it is asked.
struct Proxy {
    address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("loopback has a port");
        let address = listener.local_addr().expect("an address");
        let heads: Arc<Mutex<Vec<String>>> = Arc::default();
        let log = Arc::clone(&heads);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answer, log) = (answer.clone(), Arc::clone(&log));
                thread::spawn(move || serve(stream, &answer, &log));
            }
        });
        Self { address, heads }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().expect("no panic").clone()
    }
}

fn serve(mut stream: TcpStream, answer: &Answer, log: &Mutex<Vec<String>>) {
    let mut bytes = [0; 4096];
    let read = stream.read(&mut bytes).unwrap_or(0);
    log.lock().expect("no panic").push(String::from_utf8_lossy(&bytes[..read]).into_owned());
    match answer {
        Answer::Says(words) => {
            let _ = stream.write_all(words);
        }
        Answer::Silent => {
            let _ = stream.read(&mut bytes);
        }
        Answer::Tunnel(address) => tunnel(stream, *address),
    }
}

fn tunnel(mut stream: TcpStream, address: SocketAddr) {
    let mut far = TcpStream::connect(address).expect("the far end is there");
    stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").expect("answered");
    let (mut from, mut to) = (stream.try_clone().expect("a copy"), far.try_clone().expect("a copy"));
    thread::spawn(move || std::io::copy(&mut from, &mut to));
    let _ = std::io::copy(&mut far, &mut stream);
}

fn call(text: &str) -> Call {
    let url: Url = text.parse().expect("a URL");
    Call::get(url).limit(Duration::from_secs(3)).retry(Retry::Never)
}

/// A port on which nobody listens.
fn closed_port() -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("loopback has a port");
    listener.local_addr().expect("an address")
}

#[tokio::test]
async fn a_name_without_address_and_a_port_without_listener() {
    let result = client().send(call("https://nope.invalid/")).await;
    assert_eq!(ending(&result), "resolve", "{result:?}");
    let result = client().send(call(&format!("http://{}/", closed_port()))).await;
    assert_eq!(ending(&result), "connect", "{result:?}");
    assert!(result.expect_err("refused").to_string().contains("refused"));
}

#[tokio::test]
async fn a_proxy_is_asked_for_a_tunnel_and_sees_no_more() {
    // The one certificate of the simulation that is for a host that is not this machine.
    let server = RawServer::https(TlsCertificate::WrongName, [Behaviour::json(200, "{}")]);
    let proxy = Proxy::start(Answer::Tunnel(server.address()));
    let client = client_behind(&proxy.url(), "", Some(&bundle(&server)));
    let result = client.send(call(FAR)).await;
    assert_eq!(ending(&result), "200", "{result:?}");
    let heads = proxy.heads();
    assert!(heads[0].starts_with("CONNECT wrong.example:443 HTTP/1.1\r\n"), "{heads:?}");
    assert!(!heads[0].contains("CANARY") && !heads[0].contains("path"), "{heads:?}");
    assert!(server.requests()[0].head.starts_with("GET /a/path?secret=CANARY HTTP/1.1\r\n"));
}

#[tokio::test]
async fn a_tls_problem_behind_a_proxy_is_the_hosts() {
    let server = RawServer::https(TlsCertificate::UnknownCa, [Behaviour::json(200, "{}")]);
    let proxy = Proxy::start(Answer::Tunnel(server.address()));
    let result = client_behind(&proxy.url(), "", Some(&bundle(&server))).send(call(FAR)).await;
    assert_eq!(ending(&result), "tls UnknownIssuer", "{result:?}");
}

#[tokio::test]
async fn a_proxy_that_fails_is_named() {
    let chatter = format!("HTTP/1.1 200 OK\r\n{}", "X-Pad: CANARY\r\n".repeat(10_000));
    for (name, words, expected) in [
        (
            "wants a password",
            &b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"[..],
            "proxy authentication",
        ),
        ("refuses", b"HTTP/1.1 403 CANARY\r\nContent-Length: 0\r\n\r\n", "proxy"),
        ("fails", b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 6\r\n\r\nCANARY", "proxy"),
        ("is no proxy", b"CANARY CANARY\r\n\r\n", "proxy"),
        ("hangs up", b"", "proxy"),
        ("talks without end", Box::leak(chatter.into_bytes().into_boxed_slice()), "proxy"),
    ] {
        let proxy = Proxy::start(Answer::Says(words));
        let result = client_behind(&proxy.url(), "", None).send(call(FAR)).await;
        assert_eq!(ending(&result), expected, "{name}: {result:?}");
        let words = all_words(&result.expect_err(name));
        assert!(words.contains(&proxy.address.to_string()), "{name}: {words}");
        assert!(!words.contains("CANARY"), "{name}: {words}");
        assert_eq!(proxy.heads().len(), 1, "{name}");
    }
}

#[tokio::test]
async fn a_proxy_that_cannot_be_reached_or_found_is_named() {
    let closed = format!("http://{}", closed_port());
    for proxy in [closed.as_str(), "http://nope.invalid:3128"] {
        let result = client_behind(proxy, "", None).send(call(FAR)).await;
        let Err(HttpError::Proxy { proxy: named, .. }) = &result else { panic!("{proxy}: {result:?}") };
        assert_eq!(format!("http://{named}"), proxy);
    }
}

#[tokio::test]
async fn a_silent_proxy_does_not_hold_us() {
    let proxy = Proxy::start(Answer::Silent);
    let call = call(FAR).limit(Duration::from_millis(300));
    let result = client_behind(&proxy.url(), "", None).send(call).await;
    assert_eq!(ending(&result), "timeout", "{result:?}");
}

#[tokio::test]
async fn a_socks_proxy_that_refuses_is_named() {
    let proxy = Proxy::start(Answer::Says(&[5, 0xff]));
    let address = format!("socks5h://{}", proxy.address);
    let result = client_behind(&address, "", None).send(call(FAR)).await;
    assert_eq!(ending(&result), "proxy", "{result:?}");
}

#[tokio::test]
async fn a_password_for_the_proxy_goes_to_the_proxy_and_nowhere_else() {
    let proxy = Proxy::start(Answer::Says(b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"));
    let address = format!("http://us%40er:p%3Aw@{}", proxy.address);
    let client = client_behind(&address, "", None);
    let result = client.send(call(FAR)).await;
    let expected = format!("proxy-authorization: basic {}", STANDARD.encode("us@er:p:w")).to_lowercase();
    let heads = proxy.heads();
    assert!(heads[0].to_lowercase().contains(&expected), "{heads:?}");
    let words = all_words(&result.expect_err("refused"));
    assert!(!words.contains("p%3Aw") && !words.contains("p:w"), "{words}");
    assert!(!format!("{client:?}").contains("p%3Aw"), "{client:?}");
}

#[tokio::test]
async fn loopback_is_never_proxied() {
    let proxy = Proxy::start(Answer::Silent);
    let client = client_behind(&proxy.url(), "", None);
    let server = RawServer::http([Behaviour::json(200, "{}")]);
    let port = server.address().port();
    for host in ["127.0.0.1", "localhost"] {
        let result = client.send(call(&format!("http://{host}:{port}/"))).await;
        assert_eq!(ending(&result), "200", "{host}: {result:?}");
    }
    // Nobody listens on these, and the proxy is neither asked nor blamed, whatever the URL's words.
    for host in ["127.9.9.9", "[::1]"] {
        let result = client.send(call(&format!("https://{host}:{port}/tunnel/socks"))).await;
        assert_eq!(ending(&result), "connect", "{host}: {result:?}");
    }
    assert!(proxy.heads().is_empty(), "{:?}", proxy.heads());
    assert_eq!(url(&server).host_str(), Some("127.0.0.1"));
}

#[tokio::test]
async fn exceptions_go_around_the_proxy() {
    for (no_proxy, direct) in [
        ("nope.invalid", true),
        (".invalid", true),
        ("*.invalid", true),
        ("other.example, nope.invalid:443", true),
        ("*", true),
        ("other.invalid", false),
        ("", false),
    ] {
        let proxy = Proxy::start(Answer::Says(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"));
        let result = client_behind(&proxy.url(), no_proxy, None).send(call("https://nope.invalid/")).await;
        let expected = if direct { "resolve" } else { "proxy" };
        assert_eq!(ending(&result), expected, "{no_proxy}: {result:?}");
        assert_eq!(proxy.heads().is_empty(), direct, "{no_proxy}");
    }
}
