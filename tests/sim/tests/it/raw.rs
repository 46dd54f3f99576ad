//! The raw listener: plain behaviours over a socket, certificates over rustls.

use crate::client::{send, try_send};
use sso_sim::{Behaviour, Front, RawServer, SimBuilder, TlsCertificate};
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{self, ClientConfig, ClientConnection, RootCertStore};

/// Asks once and reads to the end; the body's bytes.
fn body_of(behaviour: Behaviour) -> String {
    let server = RawServer::http([behaviour]);
    send(server.address(), "GET", "/", &[], "").body
}

#[test]
fn replies_are_scripted_by_connection() {
    let server = RawServer::http([
        Behaviour::json(200, "{\"a\":1}"),
        Behaviour::RedirectTo { status: 307, location: "https://elsewhere.example/".into() },
    ]);
    let first = send(server.address(), "POST", "/token", &[("X-A", "b")], "hello");
    assert_eq!((first.status, first.json()["a"].as_i64()), (200, Some(1)));
    for _ in 0..2 {
        let next = send(server.address(), "GET", "/next", &[], "");
        assert_eq!(next.status, 307);
        assert_eq!(next.header("location"), Some("https://elsewhere.example/"));
    }
    let requests = server.requests();
    assert_eq!((requests.len(), server.connections()), (3, 3));
    assert!(requests[0].head.starts_with("POST /token") && requests[0].head.contains("X-A: b"));
    assert_eq!(requests[0].body, b"hello");
}

#[test]
fn sizes_are_what_they_say() {
    assert_eq!(body_of(Behaviour::CutAfter(100)).len(), 100);
    assert_eq!(body_of(Behaviour::Huge { total: 3_000_001 }).len(), 3_000_001);
    assert_eq!(body_of(Behaviour::Deep(3)), "[[[]]]");
    let server = RawServer::http([Behaviour::HugeHeaders(70_000)]);
    let reply = send(server.address(), "GET", "/", &[], "");
    assert!(reply.head.len() >= 70_000 && reply.body == "{}");
    assert!(body_of(Behaviour::GzipBomb { decompressed: 1 << 30 }).len() < 4 << 20);
}

/// Whoever reads on reads for ever, so this one looks at the beginning only.
#[test]
fn chunks_without_end_begin_like_a_token() {
    let server = RawServer::http([Behaviour::EndlessChunks]);
    let mut stream = TcpStream::connect(server.address()).expect("it listens");
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").expect("it reads");
    let mut start = vec![0; 3 << 20];
    stream.read_exact(&mut start).expect("it goes on");
    let text = String::from_utf8_lossy(&start);
    assert!(text.contains("Transfer-Encoding: chunked\r\n\r\n"), "{text:.200}");
    assert!(text.contains("\"accessToken\":\"\r\n10000\r\naaaa") && text.ends_with("aaaa"), "{text:.400}");
}

#[test]
fn one_call_is_hostile_and_all_others_reach_the_world() {
    let sim = SimBuilder::new().start();
    let front = Front::before(sim.address(), "GET /assignment/accounts", Behaviour::json(200, "[7]"));
    let address = front.address();
    let body = r#"{"clientName":"it","clientType":"public"}"#;
    let json = [("Content-Type", "application/json"), ("User-Agent", "it")];
    let registered = send(address, "POST", "/client/register", &json, body);
    assert_eq!((registered.status, registered.json()["clientId"].is_string()), (200, true));
    assert_eq!(front.struck().len(), 0);
    assert_eq!(send(address, "GET", "/assignment/accounts?max_result=1", &[], "").body, "[7]");
    assert_eq!((front.struck().len(), sim.journal().total()), (1, 1));
    // The mark may be in the body, too.
    let front = Front::before(sim.address(), "\"public\"", Behaviour::Reset);
    let address = front.address();
    assert!(try_send(address, "POST", "/client/register", &json, body).is_none());
    assert_eq!((front.struck()[0].body.as_slice(), sim.journal().total()), (body.as_bytes(), 1));
}

#[test]
fn a_drip_takes_its_time() {
    let reply = b"HTTP/1.1 200 OK\r\n\r\nabc".to_vec();
    let every = Duration::from_millis(5);
    let least = every * u32::try_from(reply.len()).expect("it is short");
    let started = Instant::now();
    assert_eq!(body_of(Behaviour::Drip { bytes: reply, every }), "abc");
    assert!(started.elapsed() >= least);
}

#[test]
fn reset_and_silence() {
    let server = RawServer::http([Behaviour::Reset, Behaviour::Silent]);
    assert!(try_send(server.address(), "GET", "/", &[], "").is_none());
    let mut stream = TcpStream::connect(server.address()).expect("it listens");
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").expect("it reads");
    let limit = Some(Duration::from_millis(100));
    stream.set_read_timeout(limit).expect("a limit can be set");
    let error = stream.read(&mut [0]).expect_err("nothing comes");
    assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut));
}

#[test]
fn certificates_are_as_ordered() {
    let rows = [
        (TlsCertificate::Good, "ok"),
        (TlsCertificate::UnknownCa, "UnknownIssuer"),
        (TlsCertificate::WrongName, "not valid for name"),
        (TlsCertificate::Expired, "expired"),
    ];
    for (certificate, expected) in rows {
        let server = RawServer::https(
            certificate,
            [Behaviour::RedirectTo { status: 302, location: "https://corp.awsapps.com/start".into() }],
        );
        assert!(server.url().starts_with("https://localhost:"));
        let outcome = fetch_over_tls(&server);
        assert!(outcome.contains(expected), "{certificate:?}: {outcome}");
    }
}

/// Asks for `/start`; `ok` and the reply, or the error.
fn fetch_over_tls(server: &RawServer) -> String {
    let mut roots = RootCertStore::empty();
    let ca = CertificateDer::from_pem_slice(server.ca_pem().as_bytes()).expect("it is PEM");
    roots.add(ca).expect("it is a CA");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring supports the default versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").expect("it is a name");
    let connection = ClientConnection::new(Arc::new(config), name).expect("the config is good");
    let socket = TcpStream::connect(server.address()).expect("it listens");
    let mut tls = rustls::StreamOwned::new(connection, socket);
    if let Err(error) = tls.write_all(b"GET /start HTTP/1.1\r\nHost: localhost\r\n\r\n") {
        return error.to_string();
    }
    let mut reply = String::new();
    tls.read_to_string(&mut reply).expect("the reply is text");
    assert!(reply.contains("Location: https://corp.awsapps.com/start\r\n"), "{reply}");
    format!("ok {reply}")
}
