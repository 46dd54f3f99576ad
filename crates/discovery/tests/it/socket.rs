//! STS over a real socket: what is sent, and what a wrong clock leads to.

use sso_core::{EndpointUrl, FixedClock, Region, RoleCredentials, SecretAccessKey, SessionToken, Timestamp};
use sso_discovery::{CallerIdentity, Sts, StsError};
use sso_http::{HttpClient, HttpSettings};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::JoinHandle;

const NOW: &str = "2026-11-21T12:00:00Z";
/// The time at a server whose clock is right while ours is an hour slow.
const HOUR_LATER: &str = "Sat, 21 Nov 2026 13:00:00 GMT";
const IN_TIME: &str = "Sat, 21 Nov 2026 12:00:01 GMT";

/// Status, `Date`, body.
type Answer = (u16, &'static str, String);

fn identity() -> Answer {
    let result = "<Account>111122223333</Account><Arn>arn:x</Arn><UserId>AROA:me</UserId>";
    let result = format!("<GetCallerIdentityResult>{result}</GetCallerIdentityResult>");
    (200, IN_TIME, format!("<GetCallerIdentityResponse>{result}</GetCallerIdentityResponse>"))
}

fn refusal(code: &str, date: &'static str) -> Answer {
    let error = format!("<Error><Code>{code}</Code><Message>no</Message></Error><RequestId>r-1</RequestId>");
    (403, date, format!("<ErrorResponse>{error}</ErrorResponse>"))
}

/// Gives one answer a connection, then hands over the requests it saw.
fn server(answers: Vec<Answer>) -> (EndpointUrl, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let endpoint = EndpointUrl::parse(&format!("http://{address}")).expect("an endpoint");
    let answer = move |(status, date, body): Answer| {
        let (mut stream, _) = listener.accept().expect("a connection");
        let request = read_request(&mut stream);
        let length = body.len();
        let head = format!("HTTP/1.1 {status} X\r\nDate: {date}\r\nContent-Length: {length}\r\n");
        write!(stream, "{head}Connection: close\r\n\r\n{body}").expect("answered");
        request
    };
    (endpoint, std::thread::spawn(move || answers.into_iter().map(answer).collect()))
}

fn read_request(stream: &mut TcpStream) -> String {
    let mut seen = Vec::new();
    let mut chunk = [0; 4096];
    while !String::from_utf8_lossy(&seen).contains("Version=2011-06-15") {
        let count = stream.read(&mut chunk).expect("a request");
        assert!(count > 0, "the request ended early");
        seen.extend_from_slice(&chunk[..count]);
    }
    String::from_utf8(seen).expect("text")
}

fn ask(answers: Vec<Answer>, region: &str) -> (Result<CallerIdentity, StsError>, Vec<String>) {
    let now: Timestamp = NOW.parse().expect("an instant");
    let (endpoint, server) = server(answers);
    let http = HttpClient::new(&HttpSettings::new("sso/test"), Arc::new(FixedClock(now))).expect("a client");
    let keys = RoleCredentials {
        access_key_id: "ASIAEXAMPLE".to_owned(),
        secret_access_key: SecretAccessKey::new("CANARY-secret".to_owned()),
        session_token: SessionToken::new("CANARY-token".to_owned()),
        expires_at: now,
        account_id: None,
    };
    let sts = Sts::new(http, endpoint, Region::parse(region).expect("a region"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let result = runtime.block_on(sts.get_caller_identity(&keys, now));
    (result, server.join().expect("served"))
}

#[test]
fn the_request_is_the_documented_one() {
    for (region, scope) in [
        ("eu-central-1", "20261121/eu-central-1/sts/aws4_request"),
        ("aws-global", "20261121/us-east-1/sts/aws4_request"),
    ] {
        let (result, requests) = ask(vec![identity()], region);
        let who = result.expect(region);
        assert_eq!(
            (who.account.as_str(), who.arn.as_str(), who.user_id.as_str()),
            ("111122223333", "arn:x", "AROA:me")
        );
        let request = &requests[0];
        assert!(request.starts_with("POST / HTTP/1.1\r\n"), "{request}");
        for part in [
            scope,
            "content-type: application/x-www-form-urlencoded; charset=utf-8\r\n",
            "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token",
            "x-amz-date: 20261121T120000Z\r\n",
            "x-amz-security-token: CANARY-token\r\n",
            "\r\n\r\nAction=GetCallerIdentity&Version=2011-06-15",
        ] {
            assert!(request.contains(part), "{part} is not in {request}");
        }
    }
}

#[test]
fn a_wrong_clock_is_corrected_once() {
    for (code, date, tries) in [
        ("SignatureDoesNotMatch", HOUR_LATER, 2),
        ("RequestExpired", HOUR_LATER, 2),
        ("SignatureDoesNotMatch", IN_TIME, 1),
        ("ExpiredToken", HOUR_LATER, 1),
    ] {
        let answers = [refusal(code, date), identity()].into_iter().take(tries).collect();
        let (result, requests) = ask(answers, "eu-central-1");
        assert_eq!(result.is_ok(), tries == 2, "{code} at {date}: {result:?}");
        let corrected = requests.last().is_some_and(|last| last.contains("x-amz-date: 20261121T130000Z"));
        assert_eq!(corrected, tries == 2, "{code} at {date}");
    }
}

#[test]
fn a_second_refusal_ends_it() {
    let refused = || refusal("SignatureDoesNotMatch", HOUR_LATER);
    let (result, requests) = ask(vec![refused(), refused()], "eu-central-1");
    let Err(StsError::Service { status, code, message, request_id }) = result else { panic!("{result:?}") };
    assert_eq!((status, code.as_str(), message.as_str()), (403, "SignatureDoesNotMatch", "no"));
    assert_eq!((request_id.as_deref(), requests.len()), (Some("r-1"), 2));
}

#[test]
fn another_page_is_named_without_its_content() {
    let (result, _) = ask(vec![(200, IN_TIME, "<html>CANARY".to_owned())], "eu-central-1");
    let Err(StsError::Malformed(error)) = result else { panic!("{result:?}") };
    let told = error.to_string();
    assert!(
        told.starts_with("127.0.0.1:") && told.ends_with("/ answered 200 with HTML instead of XML"),
        "{told}"
    );
}
