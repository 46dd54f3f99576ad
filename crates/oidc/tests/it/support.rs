//! The world of a test: the simulated AWS, a store in memory, and a user.

use crate::memory::Memory;
use sso_core::{Clock, EndpointUrl, Region, SessionName, StartUrl, Timestamp, TokenKey, TokenSet};
use sso_http::{HttpClient, HttpSettings, Url};
use sso_oidc::{
    BoxFuture, Engine, FlowError, FlowEvent, FlowId, FlowUi, HostFacts, LoginRequest, OidcClient, Preference,
    Services, SsoSession, os_entropy,
};
use sso_sim::{BrowserError, Sim, SimBuilder, SimClock, StandInBrowser, Visit};
use std::collections::VecDeque;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

/// A host with a browser.
pub(crate) const DESKTOP: HostFacts =
    HostFacts { ssh: false, container: false, cloud_shell: false, display: true, browser_named: false };

/// The clock of the simulated world: what a test advances is seen on both sides.
pub(crate) struct WorldClock(pub(crate) SimClock);

impl Clock for WorldClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.now()).expect("an instant")
    }
}

pub(crate) fn http(clock: Arc<dyn Clock>) -> HttpClient {
    HttpClient::new(&HttpSettings::new("it/1.0"), clock).expect("a client")
}

pub(crate) fn oidc(url: &str, clock: Arc<dyn Clock>) -> OidcClient {
    OidcClient::new(http(clock), EndpointUrl::parse(url).expect("an endpoint"))
}

/// The simulated AWS and everything that a login needs.
pub(crate) struct World {
    pub(crate) sim: Sim,
    pub(crate) store: Memory,
    pub(crate) services: Services,
    pub(crate) request: LoginRequest,
}

impl World {
    pub(crate) fn of(builder: SimBuilder) -> Self {
        let sim = builder.start();
        let store = Memory::default();
        let clock: Arc<dyn Clock> = Arc::new(WorldClock(sim.clock().clone()));
        let services = Services {
            oidc: oidc(sim.url(), Arc::clone(&clock)),
            tokens: Arc::new(store.clone()),
            registrations: Arc::new(store.clone()),
            clock,
            entropy: os_entropy,
        };
        let request = LoginRequest {
            key: TokenKey::Session(SessionName::new("corp")),
            start_url: StartUrl::new(sim.start_url()),
            portal: sim.start_url().to_owned(),
            region: Region::parse(sim.region()).expect("a region"),
            scopes: Some(vec!["sso:account:access".to_owned()]),
            preference: Preference::Auto,
            redirect_port: 0,
            timeout: Duration::from_secs(20),
        };
        Self { sim, store, services, request }
    }

    pub(crate) fn new() -> Self {
        Self::of(SimBuilder::new())
    }

    /// The same world and a user who wants this flow.
    pub(crate) fn by(mut self, flow: FlowId) -> Self {
        self.request.preference = Preference::Only(flow);
        self
    }

    pub(crate) fn within(mut self, timeout: Duration) -> Self {
        self.request.timeout = timeout;
        self
    }

    pub(crate) async fn login(&self, user: &mut User) -> Result<TokenSet, FlowError> {
        Engine::standard().login(&self.request, &DESKTOP, &self.services, user).await
    }

    /// Signs in and forgets how, to count from here.
    pub(crate) async fn signed_in(&self) -> TokenSet {
        let token = self.login(&mut User::approving()).await.expect("signed in");
        self.sim.clear_journal();
        token
    }

    pub(crate) fn session(&self) -> SsoSession {
        SsoSession {
            key: self.request.key.clone(),
            start_url: self.request.start_url.clone(),
            region: self.request.region.clone(),
        }
    }
}

/// What the user does when a page opens.
#[derive(Clone, Copy)]
pub(crate) enum Does {
    Approves,
    Denies,
    /// Opens the page on another machine and pastes where it ends.
    Pastes,
    /// Leaves everything to the test.
    Nothing,
}

/// The user: notes what is shown, and acts in a browser of their own.
pub(crate) struct User {
    does: Does,
    pub(crate) events: Vec<String>,
    pub(crate) url: Option<Url>,
    pub(crate) lines: VecDeque<String>,
    /// Whether the callback port was still open when the code was exchanged.
    pub(crate) port_open_at_exchange: Option<bool>,
    browser: Option<JoinHandle<Result<Visit, BrowserError>>>,
}

impl User {
    pub(crate) fn who(does: Does) -> Self {
        let (events, lines) = (Vec::new(), VecDeque::new());
        Self { does, events, url: None, lines, port_open_at_exchange: None, browser: None }
    }

    pub(crate) fn approving() -> Self {
        Self::who(Does::Approves)
    }

    /// What the browser saw.
    pub(crate) fn visit(&mut self) -> Visit {
        let browser = self.browser.take().expect("a page was opened");
        browser.join().expect("no panic").expect("the browser got an answer from every page")
    }

    fn opens(&mut self, url: &Url) {
        self.url = Some(url.clone());
        let browser = match self.does {
            Does::Approves => StandInBrowser::approving(),
            Does::Denies => StandInBrowser::denying(),
            Does::Pastes => return self.lines.push_back(end_of_the_way(url)),
            Does::Nothing => return,
        };
        let url = url.to_string();
        self.browser = Some(std::thread::spawn(move || browser.open(&url)));
    }
}

impl FlowUi for User {
    fn event(&mut self, event: FlowEvent<'_>) {
        let line = match event {
            FlowEvent::Chosen { flow, because: None } => format!("chosen {flow}"),
            FlowEvent::Chosen { flow, because: Some(reason) } => format!("chosen {flow}, {reason:?}"),
            FlowEvent::OpenUrl { url } => {
                self.opens(url);
                "open".into()
            }
            FlowEvent::ShowCode { verification_uri_complete, .. } => {
                let page = verification_uri_complete.expect("a page with the code in it");
                if matches!(self.does, Does::Approves | Does::Denies) {
                    self.opens(&page.parse().expect("a URL"));
                }
                "code".into()
            }
            FlowEvent::Waiting { limit } => format!("waiting {} s", limit.as_secs()),
            FlowEvent::SlowDown { times } => format!("slow down {times}"),
            FlowEvent::PasteRejected(reason) => format!("rejected {reason:?}"),
            FlowEvent::Exchanging => {
                let port = self.url.as_ref().map(callback_port);
                self.port_open_at_exchange = port.map(|port| TcpStream::connect(("127.0.0.1", port)).is_ok());
                "exchanging".into()
            }
            FlowEvent::RegistrationNotSaved(_) => "registration not saved".into(),
        };
        self.events.push(line);
    }

    fn pasted_line(&mut self) -> BoxFuture<'_, String> {
        Box::pin(async {
            match self.lines.pop_front() {
                Some(line) => line,
                None => std::future::pending().await,
            }
        })
    }
}

fn redirect_uri(authorize: &Url) -> Url {
    let value = authorize.query_pairs().find(|(name, _)| name == "redirect_uri").expect("a redirect URI").1;
    value.parse().expect("a URL")
}

/// The loopback port that an authorization request names.
pub(crate) fn callback_port(authorize: &Url) -> u16 {
    redirect_uri(authorize).port().expect("a port")
}

/// Where the sign-in page leads, without going there.
pub(crate) fn end_of_the_way(authorize: &Url) -> String {
    let address = format!("127.0.0.1:{}", authorize.port().expect("the sim's port"));
    let target = &authorize[url::Position::BeforePath..];
    let reply = say(
        &address,
        &format!("GET {target} HTTP/1.1\r\nHost: {address}\r\nUser-Agent: it\r\nConnection: close\r\n\r\n"),
    );
    let location = reply.lines().find_map(|line| line.strip_prefix("location: "));
    location.unwrap_or_else(|| panic!("the sign-in page leads nowhere: {reply}")).to_owned()
}

/// Says something to a port and gives all that it answers; nothing if it hangs up or refuses.
pub(crate) fn say(address: &str, text: &str) -> String {
    let mut bytes = Vec::new();
    if let Ok(mut stream) = TcpStream::connect(address) {
        let _ = stream.set_read_timeout(Some(Duration::from_secs(20)));
        let _ = stream.write_all(text.as_bytes());
        let _ = stream.read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A browser's request to the callback port.
pub(crate) fn get(port: u16, target: &str) -> String {
    say(
        &format!("127.0.0.1:{port}"),
        &format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: it\r\n\r\n"),
    )
}
