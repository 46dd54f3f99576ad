//! The world of a test: the simulated AWS with somebody signed in.

use sso_core::{AccessToken, AccountId, Clock, EndpointUrl, RoleName, Timestamp};
use sso_http::{Call, HttpClient, HttpSettings, Reply};
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
        let token = sign_in(&sim, &http).await;
        sim.clear_journal();
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

/// Signs in by device code, in raw JSON: the login is another crate's.
async fn sign_in(sim: &Sim, http: &HttpClient) -> AccessToken {
    let post = async |path: &str, body: serde_json::Value| -> serde_json::Value {
        let url = format!("{}{path}", sim.url()).parse().expect("a URL");
        let reply: Reply = http.send(Call::post(url).json(&body)).await.expect("a reply");
        reply.json().expect("JSON")
    };
    let client = serde_json::json!({
        "clientName": "it", "clientType": "public", "scopes": ["sso:account:access"],
    });
    let client = post("/client/register", client).await;
    let (id, secret) = (&client["clientId"], &client["clientSecret"]);
    let body = serde_json::json!({"clientId": id, "clientSecret": secret, "startUrl": sim.start_url()});
    let device = post("/device_authorization", body).await;
    let body = serde_json::json!({
        "clientId": id, "clientSecret": secret, "deviceCode": device["deviceCode"],
        "grantType": "urn:ietf:params:oauth:grant-type:device_code",
    });
    let token = post("/token", body).await;
    AccessToken::new(token["accessToken"].as_str().expect("a token").to_owned())
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
