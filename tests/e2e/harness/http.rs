//! HTTP by hand, for callbacks and for junk.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;
use url::Url;

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Reply {
    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let headers = self.head.lines().filter_map(|line| line.split_once(':'));
        let mut values = headers.filter(|(known, _)| known.eq_ignore_ascii_case(name));
        values.next().map(|(_, value)| value.trim())
    }
}

/// GETs an address of this machine, following nothing.
pub(crate) fn get(url: &str) -> Reply {
    let url = Url::parse(url).expect("an address");
    let authority = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let text =
        format!("GET {target} HTTP/1.1\r\nHost: {authority}\r\nUser-Agent: e2e\r\nConnection: close\r\n\r\n");
    send(authority, text.as_bytes())
}

/// Sends these bytes to `127.0.0.1:PORT` and reads to the end.
pub(crate) fn send(authority: &str, bytes: &[u8]) -> Reply {
    let mut stream = TcpStream::connect(authority).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a limit can be set");
    let _ = stream.set_nodelay(true);
    // Who is refused early may not have read all.
    let _ = stream.write_all(bytes);
    let mut reply = Vec::new();
    let _ = stream.read_to_end(&mut reply);
    let text = String::from_utf8_lossy(&reply).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.get(9..12).and_then(|digits| digits.parse().ok()).unwrap_or(0);
    Reply { status, head: head.to_owned(), body: body.to_owned() }
}

/// A parameter of an address.
pub(crate) fn parameter(url: &str, name: &str) -> String {
    let url = Url::parse(url).expect("an address");
    let mut pairs = url.query_pairs().filter(|(known, _)| known == name);
    pairs.next().map(|(_, value)| value.into_owned()).unwrap_or_else(|| panic!("{name} in {url}"))
}
