//! Certificates: what is wrong is named, and a CA bundle of one's own makes it right.

use crate::support::{USER_AGENT, all_words, bundle, client, clock, ending, url};
use sso_http::{Call, HttpClient, HttpSettings, Retry, TlsProblem};
use sso_sim::{Behaviour, RawServer, TlsCertificate};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;

#[tokio::test]
async fn certificates() {
    for (certificate, trusted, expected) in [
        (TlsCertificate::Good, true, "200"),
        (TlsCertificate::Good, false, "tls UnknownIssuer"),
        (TlsCertificate::UnknownCa, true, "tls UnknownIssuer"),
        (TlsCertificate::WrongName, true, "tls WrongName"),
        (TlsCertificate::Expired, true, "tls Dates"),
    ] {
        let server = RawServer::https(certificate, [Behaviour::json(200, "{}")]);
        let file = bundle(&server);
        let ca_bundle = trusted.then(|| file.path().to_owned());
        let settings = HttpSettings { ca_bundle, ..HttpSettings::new(USER_AGENT) };
        let client = HttpClient::new(&settings, clock()).expect("a client");
        // Retry::Safe: a certificate does not get better by asking again.
        let result = client.send(Call::get(url(&server))).await;
        assert_eq!(ending(&result), expected, "{certificate:?}, trusted: {trusted}: {result:?}");
        let (connections, requests) = (server.connections(), server.requests().len());
        assert_eq!((connections, requests), (1, usize::from(expected == "200")), "{certificate:?}");
    }
}

#[tokio::test]
async fn a_server_without_tls_is_no_https_server() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("loopback has a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\nCANARY");
    });
    let url = format!("https://{address}/").parse().expect("a URL");
    let result = client().send(Call::get(url).retry(Retry::Never)).await;
    assert!(ending(&result).starts_with("tls Other"), "{result:?}");
    assert!(!all_words(&result.expect_err("no TLS")).contains("CANARY"));
}

/// The one that looks at the network knows who presented what, accepts no more than the others, and asks once.
#[tokio::test]
async fn what_was_presented_is_noted() {
    for (certificate, trusted, problem) in [
        (TlsCertificate::Good, true, None),
        (TlsCertificate::Good, false, Some(TlsProblem::UnknownIssuer)),
        (TlsCertificate::Expired, true, Some(TlsProblem::Dates)),
    ] {
        let server = RawServer::https(certificate, [Behaviour::json(503, "{}")]);
        let file = bundle(&server);
        let ca_bundle = trusted.then(|| file.path().to_owned());
        let settings = HttpSettings { ca_bundle, ..HttpSettings::new(USER_AGENT) };
        let (client, witness) = HttpClient::watched(&settings, clock()).expect("a client");
        assert_eq!(witness.of("localhost"), None);
        let result = client.send(Call::get(url(&server))).await;
        assert_eq!(result.is_ok(), problem.is_none(), "{certificate:?}, trusted: {trusted}: {result:?}");
        let seen = witness.of("localhost").expect("a certificate was presented");
        assert_eq!((seen.problem, seen.system_accepts), (problem, result.is_ok()));
        assert_eq!(seen.chain[0].subject, "sso-sim test server");
        assert_eq!(seen.chain[0].issuer, "sso-sim test CA");
        assert_eq!(server.connections(), 1);
    }
}
