//! Target: one request at the port of a login, judged, and an address that a person pastes. Input: method, target as sent,
//! `Host` between record separators. The target is tried as an address, too.
//!
//! Nothing passes but GET of the exact path with the exact host, the state once, and one code or an error; by a second
//! reader of the query, which shares no code with the first.

use crate::fields::{fields, text};
use crate::secrets::silent;
use sso_core::State;
use sso_oidc::{Callback, Expected, parse_pasted};

/// The state that was sent. The dictionary knows it, else no input would ever come through.
pub(crate) const STATE: &str = "right-state";
const PORT: u16 = 4000;
const ISSUERS: [&str; 2] = ["https://oidc.eu-west-1.amazonaws.com", "https://corp.awsapps.com/start"];

/// What a callback must carry at a port.
pub(crate) fn expected(port: u16) -> Expected {
    Expected { port, state: State::new(STATE.to_owned()), issuers: ISSUERS.map(str::to_owned).into() }
}

/// Runs the target.
pub fn callback(data: &[u8]) {
    let mut fields = fields(data).map(text);
    let mut field = || fields.next().unwrap_or_default();
    let (method, target, host) = (field(), field(), field());
    let expected = expected(PORT);
    for host in [None, Some(host.as_str()), Some("127.0.0.1:4000")] {
        let verdict = Callback::parse(&method, &target, host, &expected);
        let may = method == "GET" && host == Some("127.0.0.1:4000");
        assert_eq!(
            verdict,
            if may { judged(&target) } else { strayed(&verdict) },
            "{method} {target} {host:?}"
        );
    }
    silent(&expected);
    pasted(&target, &expected);
}

/// The same verdict, if it lets nobody in.
fn strayed(verdict: &Callback) -> Callback {
    match verdict {
        Callback::Stray(status @ (400 | 403 | 404 | 405)) => Callback::Stray(*status),
        other => panic!("let in: {other:?}"),
    }
}

/// What should come of a GET at the right host.
pub(crate) fn judged(target: &str) -> Callback {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if path != "/oauth/callback" {
        return Callback::Stray(404);
    }
    let pairs: Vec<(String, String)> = query.split('&').filter(|pair| !pair.is_empty()).map(pair).collect();
    let of = |name: &str| -> Vec<&str> {
        pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
    };
    let right_issuer = match of("iss").as_slice() {
        [] => true,
        [issuer] => ISSUERS.contains(issuer),
        _ => false,
    };
    match (of("state").as_slice(), of("error").as_slice(), of("code").as_slice()) {
        ([state], ..) if *state != STATE || !right_issuer => Callback::Stray(400),
        ([_], [error], _) if !error.is_empty() => {
            let description = match of("error_description").as_slice() {
                [one] if !one.is_empty() => Some((*one).to_owned()),
                _ => None,
            };
            Callback::Denied { error: (*error).to_owned(), description }
        }
        ([_], [], [code]) if !code.is_empty() => {
            Callback::Code(sso_core::AuthorizationCode::new((*code).to_owned()))
        }
        _ => Callback::Stray(400),
    }
}

/// `a+b=%63`, by the rules of HTML's forms, written a second time.
fn pair(text: &str) -> (String, String) {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    (decoded(name), decoded(value))
}

fn decoded(text: &str) -> String {
    let (bytes, mut out, mut at) = (text.as_bytes(), Vec::new(), 0);
    let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match (byte, digit(at), digit(at + 1)) {
            (b'%', Some(high), Some(low)) => {
                out.push(u8::try_from(high * 16 + low).expect("two digits"));
                at += 2;
            }
            (b'+', ..) => out.push(b' '),
            (byte, ..) => out.push(*byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// An address that is taken is one of this machine, of our port and path, and of this login.
fn pasted(text: &str, expected: &Expected) {
    let Ok(verdict) = parse_pasted(text, expected) else { return };
    let url = url::Url::parse(text.trim()).expect("an address");
    assert_eq!((url.scheme(), url.host_str(), url.port()), ("http", Some("127.0.0.1"), Some(PORT)));
    assert_eq!(verdict, judged(&format!("{}?{}", url.path(), url.query().unwrap_or_default())));
    assert!(!matches!(verdict, Callback::Stray(_)), "{verdict:?}");
}
