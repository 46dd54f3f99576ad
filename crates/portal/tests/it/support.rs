//! The world of a test: the simulated AWS with somebody signed in.

use sso_core::{AccessToken, AccountId, Clock, EndpointUrl, RoleName, Timestamp};
use sso_http::{HttpClient, HttpSettings};
use sso_portal::{PortalClient, PortalError};
use sso_sim::{Sim, SimBuilder, SimClock};
use std::sync::Arc;

pub(crate) const DEV: &str = "111122223333";

/// The clock of the simulated world.
pub(crate) struct WorldClock(pub(crate) SimClock);

impl Clock for WorldClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.now()).expect("an instant")
    }
}

/// The simulated AWS, a client of its portal, and a token.
pub(crate) struct World {
    pub(crate) sim: Sim,
    pub(crate) portal: PortalClient,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) token: AccessToken,
}

impl World {
    pub(crate) async fn of(builder: SimBuilder) -> Self {
        let sim = builder.start();
        let clock: Arc<dyn Clock> = Arc::new(WorldClock(sim.clock().clone()));
        let http = HttpClient::new(&HttpSettings::new("it/1.0"), Arc::clone(&clock)).expect("a client");
        let token = AccessToken::new(sim.human().signed_in_elsewhere());
        let portal = PortalClient::new(http, EndpointUrl::parse(sim.url()).expect("an endpoint"));
        Self { sim, portal, clock, token }
    }

    /// A world with one account and one role.
    pub(crate) async fn small() -> Self {
        Self::of(SimBuilder::new().account(DEV, "dev", &["Admin"])).await
    }

    pub(crate) async fn credentials(&self) -> Result<sso_core::RoleCredentials, PortalError> {
        self.portal.get_role_credentials(&self.token, &AccountId::new(DEV), &RoleName::new("Admin")).await
    }
}

/// The error in one word, for tables.
pub(crate) fn kind(error: &PortalError) -> String {
    match error {
        PortalError::Http(_) => "http".into(),
        PortalError::Malformed(error) => format!("malformed: {}", error.reason),
        PortalError::SessionRejected { .. } => "session rejected".into(),
        PortalError::NoAccess { .. } => "no access".into(),
        PortalError::AlreadyExpired { .. } => "already expired".into(),
        PortalError::Throttled => "throttled".into(),
        PortalError::Service { status, code, .. } => format!("{status} {code}"),
    }
}
