//! What the world remembers: clients, grants under way, sessions, tokens, access keys.

use crate::access::Access;
use crate::assume::TrustedRole;
use crate::builder::{Authorize, Device, Settings, SimBuilder};
use crate::credentials::Credentials;
use crate::limits::{Bucket, Limits};
use crate::organization::{Account, Organization, USER_ID};
use crate::paging::Marks;
use std::collections::HashMap;
use std::time::Instant;

/// A registered client.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub secret: String,
    pub name: String,
    pub scopes: Vec<String>,
    pub grant_types: Vec<String>,
    pub redirect_uris: Vec<String>,
    pub expires_at: i64,
}

impl Client {
    pub(crate) fn may(&self, grant_type: &str) -> bool {
        self.grant_types.iter().any(|allowed| allowed == grant_type)
    }
}

/// What the person said to a request for access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    Pending,
    Approved,
    Denied,
}

/// A device authorization under way, filed under its device code.
#[derive(Clone, Debug)]
pub(crate) struct DeviceGrant {
    pub user_code: String,
    pub client_id: String,
    pub expires_at: i64,
    pub decision: Decision,
    /// Polls that were told `authorization_pending`.
    pub patient_polls: u32,
    /// Seconds the client has to leave between two polls by now.
    pub interval: u64,
    pub last_poll: Option<Instant>,
}

/// What an authorization request asked for; kept behind a page's ticket, then behind the code.
#[derive(Clone, Debug)]
pub(crate) struct AuthorizationRequest {
    pub client_id: String,
    pub redirect_uri: String,
    pub state: String,
    pub challenge: String,
    pub scopes: Vec<String>,
}

/// An authorization code.
#[derive(Clone, Debug)]
pub(crate) struct AuthCode {
    pub request: AuthorizationRequest,
    pub expires_at: i64,
    /// The session the code was exchanged for: a second use ends it.
    pub spent_for: Option<usize>,
}

/// One sign-in: what all its tokens hang on.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub client_id: String,
    pub scopes: Vec<String>,
    pub started_at: i64,
    pub ended: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct AccessToken {
    pub session: usize,
    pub expires_at: i64,
}

#[derive(Clone, Debug)]
pub(crate) struct RefreshToken {
    pub session: usize,
    pub spent: bool,
}

/// A sign-in token of the console.
#[derive(Clone, Debug)]
pub(crate) struct SigninToken {
    pub account_id: String,
    pub role_name: String,
    pub expires_at: i64,
}

/// Somebody at the console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleVisit {
    /// The account.
    pub account_id: String,
    /// The permission set.
    pub role_name: String,
    /// The page they were led to.
    pub destination: String,
    /// Where they go when the session has ended.
    pub issuer: String,
    /// What the browser said where it came from.
    pub referer: Option<String>,
}

#[derive(Debug)]
pub(crate) struct State {
    pub authorize: Authorize,
    pub device: Device,
    pub organization: Organization,
    pub access: Access,
    pub limits: Limits,
    pub clients: HashMap<String, Client>,
    pub devices: HashMap<String, DeviceGrant>,
    /// Pages that wait for a click, by their one-time ticket.
    pub sign_in_tickets: HashMap<String, AuthorizationRequest>,
    /// Device pages that wait for a click: ticket to user code.
    pub device_tickets: HashMap<String, String>,
    pub codes: HashMap<String, AuthCode>,
    pub sessions: Vec<Session>,
    pub access_tokens: HashMap<String, AccessToken>,
    pub refresh_tokens: HashMap<String, RefreshToken>,
    /// Access keys, by their id.
    pub credentials: HashMap<String, Credentials>,
    pub trusted_roles: Vec<TrustedRole>,
    pub page_marks: Marks,
    pub signin_tokens: HashMap<String, SigninToken>,
    /// Browsers on their way from the sign-in to the console.
    pub console_tickets: HashMap<String, ConsoleVisit>,
    pub console_visits: Vec<ConsoleVisit>,
    pub issued_secrets: Vec<String>,
    pub seen_secrets: Vec<String>,
}

impl State {
    /// The world as it is described, before anything has happened in it.
    pub(crate) fn new(builder: &SimBuilder) -> Self {
        let mut organization = builder.organization.clone();
        organization.users.insert(USER_ID.into(), builder.settings.user.clone());
        let mut limits = Limits::default();
        for (service, per_second, burst) in &builder.limits {
            limits.set(*service, Bucket::full(*per_second, *burst, Instant::now()));
        }
        Self {
            authorize: builder.authorize,
            device: builder.device,
            organization,
            access: builder.access.clone(),
            limits,
            clients: HashMap::new(),
            devices: HashMap::new(),
            sign_in_tickets: HashMap::new(),
            device_tickets: HashMap::new(),
            codes: HashMap::new(),
            sessions: Vec::new(),
            access_tokens: HashMap::new(),
            refresh_tokens: HashMap::new(),
            credentials: HashMap::new(),
            trusted_roles: Vec::new(),
            page_marks: Marks::default(),
            signin_tokens: HashMap::new(),
            console_tickets: HashMap::new(),
            console_visits: Vec::new(),
            issued_secrets: Vec::new(),
            seen_secrets: Vec::new(),
        }
    }

    /// Notes a fresh secret, so that leak scans can look for it.
    pub(crate) fn issue(&mut self, secret: String) -> String {
        self.issued_secrets.push(secret.clone());
        secret
    }

    /// An account that the user's portal lists.
    pub(crate) fn listed_account(&self, id: &str) -> Option<&Account> {
        self.organization.accounts.get(id).filter(|account| account.listed)
    }

    pub(crate) fn device_by_user_code(&mut self, user_code: &str) -> Option<&mut DeviceGrant> {
        let wanted = user_code.trim().to_ascii_uppercase();
        let mut grants = self.devices.values_mut();
        grants.find(|grant| grant.user_code == wanted)
    }
}

/// All that a handler works with: the rules, the memory, the time.
pub(crate) struct Scene<'a> {
    pub settings: &'a Settings,
    pub state: &'a mut State,
    pub now: i64,
    pub base_url: &'a str,
}
