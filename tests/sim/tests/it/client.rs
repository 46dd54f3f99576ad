//! The tests' HTTP client and the verbs of an honest AWS client, in raw JSON.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use sso_sim::Sim;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const REDIRECT: &str = "http://127.0.0.1:49152/oauth/callback";
pub(crate) const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// A reply as it came over the wire.
#[derive(Debug)]
pub(crate) struct Reply {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }

    pub(crate) fn text(&self, member: &str) -> String {
        let value = self.json()[member].as_str().map(str::to_owned);
        value.unwrap_or_else(|| panic!("{member} is not in {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let headers = self.head.lines().filter_map(|line| line.split_once(": "));
        let mut found = headers.filter(|(header, _)| header.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value)
    }

    /// The exception of `x-amzn-ErrorType`, cut as clients cut it.
    pub(crate) fn exception(&self) -> &str {
        let header = self.header("x-amzn-ErrorType").unwrap_or_default();
        header.split(':').next().unwrap_or_default()
    }

    /// The exception of `__type`, cut as clients cut it.
    pub(crate) fn kind(&self) -> String {
        let kind = self.json()["__type"].as_str().unwrap_or_default().to_owned();
        kind.rsplit('#').next().unwrap_or_default().to_owned()
    }

    /// Status, exception and OAuth word in one, for tables.
    pub(crate) fn refusal(&self) -> (u16, String, String) {
        let word = self.json()["error"].as_str().unwrap_or_default().to_owned();
        (self.status, self.exception().to_owned(), word)
    }
}

/// Sends one request on a connection of its own.
pub(crate) fn send(
    to: SocketAddr,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Reply {
    try_send(to, method, target, headers, body).expect("a reply comes")
}

pub(crate) fn try_send(
    to: SocketAddr,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Option<Reply> {
    let mut head = format!("{method} {target} HTTP/1.1\r\nHost: {to}\r\nConnection: close\r\n");
    head += &format!("Content-Length: {}\r\n", body.len());
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    let mut stream = TcpStream::connect(to).expect("the server listens");
    stream.write_all(format!("{head}\r\n{body}").as_bytes()).ok()?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n")?;
    Some(Reply { status: head.get(9..12)?.parse().ok()?, head: head.to_owned(), body: body.to_owned() })
}

pub(crate) fn get(sim: &Sim, target: &str) -> Reply {
    send(sim.address(), "GET", target, &[("User-Agent", "it")], "")
}

pub(crate) fn post(sim: &Sim, target: &str, body: &Value) -> Reply {
    let headers = [("User-Agent", "it"), ("Content-Type", "application/json")];
    send(sim.address(), "POST", target, &headers, &body.to_string())
}

pub(crate) fn portal(sim: &Sim, token: &str, target: &str) -> Reply {
    let headers = [("User-Agent", "it"), ("x-amz-sso_bearer_token", token)];
    let method = if target == "/logout" { "POST" } else { "GET" };
    send(sim.address(), method, target, &headers, "")
}

/// A registered client.
pub(crate) struct Client {
    pub id: String,
    pub secret: String,
}

impl Client {
    fn register(sim: &Sim, body: &Value) -> Self {
        let reply = post(sim, "/client/register", body);
        assert_eq!(reply.status, 200, "{reply:?}");
        Self { id: reply.text("clientId"), secret: reply.text("clientSecret") }
    }

    pub(crate) fn for_devices(sim: &Sim) -> Self {
        let scopes = ["sso:account:access"];
        let body = json!({"clientName": "it", "clientType": "public", "scopes": scopes});
        Self::register(sim, &body)
    }

    pub(crate) fn for_codes(sim: &Sim) -> Self {
        Self::register(sim, &code_registration(sim))
    }

    pub(crate) fn start_device(&self, sim: &Sim) -> Reply {
        let body = json!({
            "clientId": self.id, "clientSecret": self.secret, "startUrl": sim.start_url(),
        });
        post(sim, "/device_authorization", &body)
    }

    pub(crate) fn poll(&self, sim: &Sim, device_code: &str) -> Reply {
        self.token(sim, json!({"grantType": DEVICE_CODE, "deviceCode": device_code}))
    }

    pub(crate) fn redeem(&self, sim: &Sim, code: &str) -> Reply {
        self.token(
            sim,
            json!({
                "grantType": "authorization_code", "code": code,
                "codeVerifier": VERIFIER, "redirectUri": REDIRECT,
            }),
        )
    }

    pub(crate) fn refresh(&self, sim: &Sim, token: &str) -> Reply {
        self.token(sim, json!({"grantType": "refresh_token", "refreshToken": token}))
    }

    /// `CreateToken` with the client's id and secret, unless the members say otherwise.
    pub(crate) fn token(&self, sim: &Sim, members: Value) -> Reply {
        let mut body = json!({"clientId": self.id, "clientSecret": self.secret});
        let own = body.as_object_mut().expect("it is an object");
        own.extend(members.as_object().expect("members are an object").clone());
        post(sim, "/token", &body)
    }

    pub(crate) fn authorize_target(&self) -> String {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
        let id = &self.id;
        format!(
            "/authorize?response_type=code&client_id={id}\
             &redirect_uri=http%3A%2F%2F127.0.0.1%3A49152%2Foauth%2Fcallback&state=st-1%2B2\
             &code_challenge_method=S256&scopes=sso%3Aaccount%3Aaccess&code_challenge={challenge}"
        )
    }

    /// Goes through `/authorize` and returns the code of the redirect.
    pub(crate) fn obtain_code(&self, sim: &Sim) -> String {
        let reply = get(sim, &self.authorize_target());
        assert_eq!(reply.status, 302, "{reply:?}");
        query_of(reply.header("location").expect("there is a location"), "code").expect("there is a code")
    }
}

pub(crate) fn code_registration(sim: &Sim) -> Value {
    json!({
        "clientName": "it", "clientType": "public",
        "grantTypes": ["authorization_code", "refresh_token"],
        "redirectUris": ["http://127.0.0.1/oauth/callback"],
        "issuerUrl": sim.start_url(), "scopes": ["sso:account:access"],
    })
}

pub(crate) fn query_of(url: &str, name: &str) -> Option<String> {
    let url = url::Url::parse(url).expect("it is a URL");
    let mut pairs = url.query_pairs();
    pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// Signs in with a code; returns the client and the token reply.
pub(crate) fn sign_in(sim: &Sim) -> (Client, Reply) {
    let client = Client::for_codes(sim);
    let code = client.obtain_code(sim);
    let reply = client.redeem(sim, &code);
    assert_eq!(reply.status, 200, "{reply:?}");
    (client, reply)
}
