//! The running world as a test holds it: `Sim`, its addresses and its verbs.

use crate::assume::TrustedRole;
use crate::builder::{Authorize, Device, SimBuilder};
use crate::call::Call;
use crate::clock::SimClock;
use crate::faults::{Fault, FaultBook};
use crate::human::Human;
use crate::journal::{Journal, Recorder};
use crate::reply::Reply;
use crate::state::{ConsoleVisit, State};
use crate::world::{Outcome, World, lock};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::net::TcpSocket;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

const BACKLOG: u32 = 1_024;

/// A running world. Dropping it stops the server.
#[derive(Debug)]
pub struct Sim {
    pub(crate) world: Arc<World>,
    address: SocketAddr,
    server: Option<MockServer>,
}

impl Sim {
    pub(crate) fn start(builder: SimBuilder) -> std::io::Result<Self> {
        let listener = bind(builder.port)?;
        let address = listener.local_addr()?;
        let state = State::new(&builder);
        let mut faults = FaultBook::default();
        builder.faults.into_iter().for_each(|fault| faults.add(fault));
        let world = Arc::new(World {
            clock: SimClock::default(),
            base_url: format!("http://{address}"),
            state: Mutex::new(state),
            faults: Mutex::new(faults),
            journal: Mutex::new(Recorder::new(builder.settings.light_journal)),
            settings: builder.settings,
        });
        let server = serve(listener, Arc::clone(&world));
        Ok(Self { world, address, server: Some(server) })
    }

    /// Where the world listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The one base URL of all services, without a closing slash.
    pub fn url(&self) -> &str {
        &self.world.base_url
    }

    /// The start URL of the instance.
    pub fn start_url(&self) -> &str {
        &self.world.settings.start_urls[0]
    }

    /// The region of the instance.
    pub fn region(&self) -> &str {
        &self.world.settings.region
    }

    /// The environment that points a product at this world.
    pub fn env(&self) -> Vec<(String, String)> {
        let services = ["SSO_OIDC", "SSO", "STS", "SIGNIN", "SSO_ADMIN", "ORGANIZATIONS", "IDENTITYSTORE"];
        let variable = |service| (format!("AWS_ENDPOINT_URL_{service}"), self.url().to_owned());
        services.map(variable).into()
    }

    /// The person at the browser.
    pub fn human(&self) -> Human<'_> {
        Human::new(&self.world)
    }

    /// The world's clock.
    pub fn clock(&self) -> &SimClock {
        &self.world.clock
    }

    /// A snapshot of what was asked so far.
    pub fn journal(&self) -> Journal {
        lock(&self.world.journal).snapshot()
    }

    /// Forgets what was asked so far, to count from here.
    pub fn clear_journal(&self) {
        lock(&self.world.journal).clear();
    }

    /// Waits in real time until an operation was called `times` times; says whether it was.
    pub fn wait_for(&self, operation: &str, times: usize, limit: Duration) -> bool {
        let reached = || lock(&self.world.journal).count(operation) >= times;
        poll_until(limit, || reached().then_some(())).is_some()
    }

    /// Adds a fault; its count starts now.
    pub fn fault(&self, fault: Fault) {
        lock(&self.world.faults).add(fault);
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        lock(&self.world.faults).clear();
    }

    /// Changes what the sign-in page does from now on.
    pub fn set_authorize(&self, mode: Authorize) {
        lock(&self.world.state).authorize = mode;
    }

    /// Changes who answers device authorizations from now on.
    pub fn set_device(&self, mode: Device) {
        lock(&self.world.state).device = mode;
    }

    /// Forgets all client registrations: they are `invalid_client` from now on.
    pub fn forget_registrations(&self) {
        lock(&self.world.state).clients.clear();
    }

    /// Ends all sessions: bearer tokens are 401 before their expiry, refreshing is `invalid_grant`.
    pub fn kill_sessions(&self) {
        let mut state = lock(&self.world.state);
        state.sessions.iter_mut().for_each(|it| it.ended = true);
    }

    /// Makes all refresh tokens unknown; access tokens live on.
    pub fn revoke_refresh_tokens(&self) {
        lock(&self.world.state).refresh_tokens.clear();
    }

    /// Puts an IAM role there, or replaces it: another trust policy.
    pub fn trust(&self, role: TrustedRole) {
        let mut state = lock(&self.world.state);
        state.trusted_roles.retain(|known| known.arn != role.arn);
        state.trusted_roles.push(role);
    }

    /// Who has come to the console, in order.
    pub fn console_visits(&self) -> Vec<ConsoleVisit> {
        lock(&self.world.state).console_visits.clone()
    }

    /// All secrets issued so far. None of them belongs in a log, an argv or another file.
    pub fn canaries(&self) -> Vec<String> {
        lock(&self.world.state).issued_secrets.clone()
    }

    /// Secrets that clients made themselves and sent: PKCE verifiers and `state` values.
    pub fn seen_secrets(&self) -> Vec<String> {
        lock(&self.world.state).seen_secrets.clone()
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        // wiremock verifies on drop with an executor of its own, which would panic inside another.
        if let Some(server) = self.server.take() {
            let _ = std::thread::spawn(move || drop(server)).join();
        }
        // Tests that start after this line may count on the port being closed.
        poll_until(Duration::from_millis(500), || TcpStream::connect(self.address).is_err().then_some(()));
    }
}

/// Asks again and again, in real time, until there is an answer or `limit` is over.
pub(crate) fn poll_until<T>(limit: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return Some(answer);
        }
        if started.elapsed() >= limit {
            return None;
        }
        std::thread::sleep(Duration::from_millis(3));
    }
}

/// A listener with room for a storm: the standard library's backlog is 128, and a connection beyond
/// it is retried by the kernel only after a second, which would spoil every timing under load.
fn bind(port: u16) -> std::io::Result<TcpListener> {
    on_own_thread(move || async move {
        let socket = TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        socket.bind(SocketAddr::from(([127, 0, 0, 1], port)))?;
        socket.listen(BACKLOG)?.into_std()
    })
}

fn serve(listener: TcpListener, world: Arc<World>) -> MockServer {
    on_own_thread(move || async move {
        let builder = MockServer::builder().listener(listener);
        let server = builder.disable_request_recording().start().await;
        mount(&server, world).await;
        server
    })
}

/// Runs async work on a fresh thread, for the caller may itself be inside a runtime.
fn on_own_thread<T: Send + 'static, W: Future<Output = T>>(work: impl FnOnce() -> W + Send + 'static) -> T {
    let run = move || {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().build().expect("a runtime can be built");
        runtime.block_on(work())
    };
    std::thread::spawn(run).join().expect("the work does not panic")
}

/// wiremock's responders either always answer or never do. So the work is done in a matcher, which
/// says whether the connection has to be dropped; if not, the second mock hands out the answer.
/// Requests are handled one at a time (under wiremock's own lock), so one slot is enough.
async fn mount(server: &MockServer, world: Arc<World>) {
    let slot = Arc::new(Mutex::new(None));
    let filled = Arc::clone(&slot);
    let must_drop = move |request: &Request| match world.handle(&Call::from_wire(request)) {
        Outcome::Drop => true,
        Outcome::Answer { reply, delay } => {
            *lock(&filled) = Some(template(reply, delay));
            false
        }
    };
    let dropped = |_: &Request| std::io::Error::other("the connection is dropped by a fault");
    let drops = Mock::given(must_drop).respond_with_err(dropped);
    drops.with_priority(1).mount(server).await;
    let answer = move |_: &Request| {
        let prepared = lock(&slot).take();
        prepared.expect("the matcher ran before and did not ask to drop")
    };
    Mock::given(any()).respond_with(answer).mount(server).await;
}

fn template(reply: Reply, delay: Duration) -> ResponseTemplate {
    let mut template = ResponseTemplate::new(reply.status).set_body_raw(reply.body, &reply.content_type);
    for (name, value) in reply.headers {
        template = template.append_header(name.as_str(), value.as_str());
    }
    if delay.is_zero() { template } else { template.set_delay(delay) }
}
