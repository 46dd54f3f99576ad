//! How a test describes the world it wants: `SimBuilder` and the plain `Settings` it fills.

use crate::access::Access;
use crate::operation::Service;
use crate::organization::Organization;
use crate::{Fault, Sim, partition};
use std::time::Duration;

const DAY: i64 = 24 * 60 * 60;

/// What the sign-in page (`GET /authorize`) does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authorize {
    /// Redirects at once with a code, as a warm browser session does.
    Auto,
    /// Shows a page with Approve and Deny.
    Page,
    /// Redirects at once with `error=access_denied`.
    AutoDeny,
    /// Shows a page that leads nowhere: the person walked away.
    Hang,
}

/// Who answers a device authorization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device {
    /// Approved after this many polls were told `authorization_pending`.
    Auto(u32),
    /// Waits for `sim.human()` or the page `/device`.
    Manual,
    /// Denied at the first poll.
    AutoDeny,
    /// Stays pending until it expires, whatever anybody clicks.
    Never,
}

/// How refresh tokens behave.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RefreshPolicy {
    pub none: bool,
    pub rotate: bool,
    pub revoke_on_reuse: bool,
    pub omit_on_renewal: bool,
}

/// Everything about the world that is fixed at its start.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub start_urls: Vec<String>,
    pub region: String,
    pub sts_region: Option<String>,
    pub user: String,
    pub refresh: RefreshPolicy,
    pub token_lifetime: i64,
    pub session_lifetime: Option<i64>,
    pub role_lifetime: i64,
    pub registration_lifetime: i64,
    pub device_lifetime: i64,
    pub code_lifetime: i64,
    pub poll_interval: u64,
    pub enforce_pace: bool,
    pub page_size: usize,
    pub token_size: usize,
    pub latency: Duration,
    pub light_journal: bool,
}

impl Settings {
    pub(crate) fn partition(&self) -> &'static str {
        partition::of(&self.region)
    }
}

/// Describes a world; [`SimBuilder::start`] brings it to life.
#[derive(Clone, Debug)]
pub struct SimBuilder {
    pub(crate) settings: Settings,
    pub(crate) organization: Organization,
    pub(crate) authorize: Authorize,
    pub(crate) device: Device,
    pub(crate) faults: Vec<Fault>,
    pub(crate) access: Access,
    /// Service, requests a second, burst.
    pub(crate) limits: Vec<(Service, f64, f64)>,
    pub(crate) port: u16,
}

impl Default for SimBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl SimBuilder {
    /// A world with one user, no accounts, and a browser and a device that approve at once.
    pub fn new() -> Self {
        let settings = Settings {
            start_urls: vec!["https://corp.awsapps.com/start".into()],
            region: "us-east-1".into(),
            sts_region: None,
            user: "user@example.com".into(),
            refresh: RefreshPolicy::default(),
            token_lifetime: 28_800,
            session_lifetime: None,
            role_lifetime: 3_600,
            registration_lifetime: 90 * DAY,
            device_lifetime: 600,
            code_lifetime: 600,
            // The real service says 1.
            poll_interval: 1,
            enforce_pace: true,
            page_size: 100,
            token_size: 700,
            latency: Duration::ZERO,
            light_journal: false,
        };
        Self {
            settings,
            organization: Organization::new(),
            authorize: Authorize::Auto,
            device: Device::Auto(0),
            faults: Vec::new(),
            access: Access::default(),
            limits: Vec::new(),
            port: 0,
        }
    }

    /// The region of the instance (default `us-east-1`). It is part of the STS signature scope.
    pub fn region(mut self, region: &str) -> Self {
        self.settings.region = region.into();
        self
    }

    /// The region STS wants in the signature scope, where it differs from [`SimBuilder::region`].
    pub fn sts_region(mut self, region: &str) -> Self {
        self.settings.sts_region = Some(region.into());
        self
    }

    /// The start URL of the instance (default `https://corp.awsapps.com/start`).
    pub fn start_url(mut self, url: &str) -> Self {
        self.settings.start_urls[0] = url.into();
        self
    }

    /// One more URL that the instance answers to.
    pub fn start_url_alias(mut self, url: &str) -> Self {
        self.settings.start_urls.push(url.into());
        self
    }

    /// Who signs in (default `user@example.com`); the last part of the STS ARN.
    pub fn user(mut self, name: &str) -> Self {
        self.settings.user = name.into();
        self
    }

    /// An account with the roles the user may take in it; its email is derived from the name. To administrators the
    /// roles are permission sets, assigned to the user.
    pub fn account(self, id: &str, name: &str, roles: &[&str]) -> Self {
        let email = format!("aws+{}@example.com", name.to_lowercase().replace(' ', "-"));
        self.account_with_email(id, name, &email, roles)
    }

    /// As [`SimBuilder::account`], with the email given. Hostile names are welcome.
    pub fn account_with_email(mut self, id: &str, name: &str, email: &str, roles: &[&str]) -> Self {
        self.organization.add_account(id, name, email, roles);
        self
    }

    /// Refresh tokens are single use; using a spent one is `invalid_grant`.
    pub fn rotating_refresh(mut self) -> Self {
        self.settings.refresh.rotate = true;
        self
    }

    /// Using a spent refresh token ends the whole session (RFC 9700 §4.14.2). Implies rotation.
    pub fn revoke_on_reuse(mut self) -> Self {
        self.settings.refresh.revoke_on_reuse = true;
        self.rotating_refresh()
    }

    /// Replies to a refresh carry no `refreshToken`; the old one stays good.
    pub fn omit_refresh_on_renewal(mut self) -> Self {
        self.settings.refresh.omit_on_renewal = true;
        self
    }

    /// No refresh token is ever issued.
    pub fn no_refresh_tokens(mut self) -> Self {
        self.settings.refresh.none = true;
        self
    }

    /// Seconds an access token lives (default 28,800).
    pub fn token_lifetime(mut self, seconds: i64) -> Self {
        self.settings.token_lifetime = seconds;
        self
    }

    /// Seconds after sign-in when refreshing stops working (default: never).
    pub fn session_lifetime(mut self, seconds: i64) -> Self {
        self.settings.session_lifetime = Some(seconds);
        self
    }

    /// Seconds role credentials live (default 3,600).
    pub fn role_lifetime(mut self, seconds: i64) -> Self {
        self.settings.role_lifetime = seconds;
        self
    }

    /// Seconds a client registration lives (default 90 days).
    pub fn registration_lifetime(mut self, seconds: i64) -> Self {
        self.settings.registration_lifetime = seconds;
        self
    }

    /// Seconds a device code lives (default 600).
    pub fn device_lifetime(mut self, seconds: i64) -> Self {
        self.settings.device_lifetime = seconds;
        self
    }

    /// Seconds an authorization code lives (default 600).
    pub fn code_lifetime(mut self, seconds: i64) -> Self {
        self.settings.code_lifetime = seconds;
        self
    }

    /// Seconds to wait between two polls (default 1).
    pub fn poll_interval(mut self, seconds: u64) -> Self {
        self.settings.poll_interval = seconds;
        self
    }

    /// Never answers `slow_down` by itself: for clients under paused time.
    pub fn any_poll_pace(mut self) -> Self {
        self.settings.enforce_pace = false;
        self
    }

    /// Most items on one page of a list (default 100).
    pub fn page_size(mut self, items: usize) -> Self {
        self.settings.page_size = items.max(1);
        self
    }

    /// About how long an access token is, in characters (default 700).
    pub fn token_size(mut self, characters: usize) -> Self {
        self.settings.token_size = characters;
        self
    }

    /// How long every reply is held back.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.settings.latency = latency;
        self
    }

    /// What the sign-in page does (default [`Authorize::Auto`]).
    pub fn authorize(mut self, mode: Authorize) -> Self {
        self.authorize = mode;
        self
    }

    /// Who answers a device authorization (default [`Device::Auto`]`(0)`).
    pub fn device(mut self, mode: Device) -> Self {
        self.device = mode;
        self
    }

    /// A fault that is there from the start.
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// At most so many requests to a service, by its name in the journal: a token bucket of `burst`, full at the start,
    /// which gets `per_second` in real time. A request too many is refused as the service does it, and takes no token.
    ///
    /// # Panics
    /// If there is no such service: a misspelt limit would never bite, and the test would pass.
    pub fn rate_limit(mut self, service: &str, per_second: f64, burst: f64) -> Self {
        let known = Service::named(service);
        let service = known.unwrap_or_else(|| panic!("the simulated AWS has no service {service:?}"));
        self.limits.push((service, per_second, burst));
        self
    }

    /// The journal keeps counts only, no requests: for load tests.
    pub fn light_journal(mut self) -> Self {
        self.settings.light_journal = true;
        self
    }

    /// A fixed port (default: a free one).
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Starts the world. Blocking, and safe to call inside an async runtime too.
    ///
    /// # Panics
    /// If the port of [`SimBuilder::port`] is taken.
    pub fn start(self) -> Sim {
        self.try_start().expect("the port is free")
    }

    /// As [`SimBuilder::start`], for those who chose the port.
    ///
    /// # Errors
    /// If the port is taken.
    pub fn try_start(self) -> std::io::Result<Sim> {
        Sim::start(self)
    }
}
