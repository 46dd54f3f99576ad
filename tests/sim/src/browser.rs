//! A stand-in for a person's browser: opens a URL, follows redirects, clicks Approve or Deny.
//!
//! It speaks plain HTTP to loopback only: no test may reach out by accident.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;
use url::Url;

const MAX_STEPS: usize = 10;
const TIMEOUT: Duration = Duration::from_secs(30);

/// Why the browser gave up.
#[derive(Debug)]
pub enum BrowserError {
    /// Not an http URL of this machine.
    NotLocal(String),
    /// No connection, or it broke.
    Io(std::io::Error),
    /// Something that is not an HTTP reply.
    NotHttp,
    /// More redirects and pages than any sign-in has.
    TooManySteps,
}

impl std::fmt::Display for BrowserError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotLocal(url) => write!(f, "not an http URL of this machine: {url}"),
            Self::Io(error) => write!(f, "the connection failed: {error}"),
            Self::NotHttp => write!(f, "the reply is not HTTP"),
            Self::TooManySteps => write!(f, "gave up after {MAX_STEPS} steps"),
        }
    }
}

impl std::error::Error for BrowserError {}

impl From<std::io::Error> for BrowserError {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

/// One request the browser made.
#[derive(Clone, Debug)]
pub struct Step {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The full URL.
    pub url: String,
    /// The status of the reply.
    pub status: u16,
    /// The body of the reply.
    pub page: String,
}

/// Everything that happened on the way.
#[derive(Clone, Debug, Default)]
pub struct Visit {
    /// The requests, in order.
    pub steps: Vec<Step>,
}

impl Visit {
    /// The status of the last reply.
    pub fn last_status(&self) -> u16 {
        self.steps.last().map_or(0, |step| step.status)
    }

    /// The URL of the last request: the client's callback, if the sign-in got that far.
    pub fn last_url(&self) -> &str {
        self.steps.last().map_or("", |step| &step.url)
    }

    /// The body of the last reply.
    pub fn last_page(&self) -> &str {
        self.steps.last().map_or("", |step| &step.page)
    }
}

/// The browser and the person at it.
#[derive(Clone, Debug)]
pub struct StandInBrowser {
    decision: &'static str,
}

impl StandInBrowser {
    /// Clicks Approve.
    pub fn approving() -> Self {
        Self { decision: "approve" }
    }

    /// Clicks Deny.
    pub fn denying() -> Self {
        Self { decision: "deny" }
    }

    /// Opens `url` and goes on until a page leads nowhere.
    ///
    /// # Errors
    /// When the URL is not local, or a reply does not come or is not HTTP.
    pub fn open(&self, url: &str) -> Result<Visit, BrowserError> {
        let url = Url::parse(url).map_err(|_| BrowserError::NotLocal(url.into()))?;
        let mut visit = Visit::default();
        let mut next = Some(Request::get(url));
        while let Some(request) = next {
            if visit.steps.len() == MAX_STEPS {
                return Err(BrowserError::TooManySteps);
            }
            let reply = request.send()?;
            next = self.follow(&request.url, &reply);
            visit.steps.push(Step {
                method: request.method,
                url: request.url.into(),
                status: reply.status,
                page: reply.body,
            });
        }
        Ok(visit)
    }

    fn follow(&self, here: &Url, reply: &Reply) -> Option<Request> {
        if let (300..=399, Some(location)) = (reply.status, &reply.location) {
            return here.join(location).ok().map(Request::get);
        }
        let ticket = attribute_after(&reply.body, "name=\"ticket\"", "value")?;
        let action = attribute_after(&reply.body, "<form method=\"post\"", "action")?;
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("ticket", ticket)
            .append_pair("decision", self.decision)
            .finish();
        let url = here.join(action).ok()?;
        Some(Request { method: "POST", url, form })
    }
}

/// The value of the first `attribute="..."` after `mark`. Our own pages are all it has to read.
fn attribute_after<'a>(page: &'a str, mark: &str, attribute: &str) -> Option<&'a str> {
    let (_, rest) = page.split_once(mark)?;
    let (_, rest) = rest.split_once(&format!("{attribute}=\""))?;
    rest.split_once('"').map(|(value, _)| value)
}

struct Request {
    method: &'static str,
    url: Url,
    form: String,
}

struct Reply {
    status: u16,
    location: Option<String>,
    body: String,
}

impl Request {
    fn get(url: Url) -> Self {
        Self { method: "GET", url, form: String::new() }
    }

    fn send(&self) -> Result<Reply, BrowserError> {
        let mut stream = TcpStream::connect_timeout(&self.address()?, TIMEOUT)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        stream.write_all(self.head().as_bytes())?;
        stream.write_all(self.form.as_bytes())?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes)?;
        parse(&String::from_utf8_lossy(&bytes)).ok_or(BrowserError::NotHttp)
    }

    fn address(&self) -> Result<SocketAddr, BrowserError> {
        let local = matches!(self.url.host_str(), Some("127.0.0.1" | "localhost"));
        match self.url.port_or_known_default() {
            Some(port) if local && self.url.scheme() == "http" => {
                Ok(SocketAddr::from(([127, 0, 0, 1], port)))
            }
            _ => Err(BrowserError::NotLocal(self.url.to_string())),
        }
    }

    fn head(&self) -> String {
        let target = &self.url[url::Position::BeforePath..url::Position::AfterQuery];
        let authority = &self.url[url::Position::BeforeHost..url::Position::AfterPort];
        let mut head = format!(
            "{} {target} HTTP/1.1\r\nHost: {authority}\r\nUser-Agent: sso-sim-browser\r\n\
             Accept: text/html\r\nConnection: close\r\n",
            self.method
        );
        if self.method == "POST" {
            head += &format!(
                "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n",
                self.form.len()
            );
        }
        head + "\r\n"
    }
}

fn parse(text: &str) -> Option<Reply> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let status = lines.next()?.strip_prefix("HTTP/1.")?.get(2..5)?.parse().ok()?;
    let headers = lines.filter_map(|line| line.split_once(':'));
    let mut locations = headers.filter(|(name, _)| name.eq_ignore_ascii_case("location"));
    let location = locations.next().map(|(_, value)| value.trim().to_owned());
    Some(Reply { status, location, body: body.to_owned() })
}
