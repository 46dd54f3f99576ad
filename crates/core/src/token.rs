//! Tokens and client registrations, and how fresh they are.

use crate::{AccessToken, ClientSecret, RefreshToken, Region, StartUrl};
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// What a client was registered for. The service refuses a registration that is used for the other kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantKind {
    /// Authorization code with PKCE (and refresh).
    AuthorizationCode,
    /// Device authorization (RFC 8628).
    DeviceCode,
}

/// A dynamically registered client (RegisterClient).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientRegistration {
    /// The public id.
    pub client_id: String,
    /// The secret that goes with it.
    pub client_secret: ClientSecret,
    /// When the service forgets the client (about 90 days after registering), in whole seconds.
    pub expires_at: Timestamp,
    /// The scopes it was registered with (`sso:account:access`).
    pub scopes: Vec<String>,
    /// What it was registered for.
    pub kind: GrantKind,
}

impl ClientRegistration {
    /// Whether it may still be used: the AWS CLI's rule is 15 minutes or more before its end.
    ///
    /// Source: `_EXPIRY_WINDOW` in `botocore/utils.py`.
    #[must_use]
    pub fn usable(&self, now: Timestamp) -> bool {
        self.expires_at.duration_since(now) >= SignedDuration::from_mins(15)
    }
}

/// What a refresh needs: the refresh token together with the client it was issued to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshGrant {
    /// The refresh token.
    pub refresh_token: RefreshToken,
    /// Id of the client it was issued to.
    pub client_id: String,
    /// Secret of that client.
    pub client_secret: ClientSecret,
}

/// The client that a token was issued to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenClient {
    /// Its public id.
    pub id: String,
    /// Its secret. An entry without it names the client all the same: the secret is kept elsewhere, or nowhere.
    pub secret: Option<ClientSecret>,
}

/// A session's tokens as the AWS CLI and SDKs keep them in `~/.aws/sso/cache`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenSet {
    /// The bearer token of the portal.
    pub access_token: AccessToken,
    /// When the access token ends, by the local clock at the time it was received. Files have it in whole seconds.
    pub expires_at: Timestamp,
    /// The refresh token, if the service gave one.
    pub refresh_token: Option<RefreshToken>,
    /// The client that the token was issued to.
    pub client: Option<TokenClient>,
    /// When that client's registration ends, if known.
    pub registration_expires_at: Option<Timestamp>,
    /// The region it was issued in, as the entry says it. Absent in files of some other tools.
    pub region: Option<String>,
    /// The start URL as configured at login. Absent in files of some other tools.
    pub start_url: Option<StartUrl>,
}

/// How a token is looked upon at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Use it as it is.
    Fresh,
    /// It works, but a refresh is due.
    RefreshSoon,
    /// It has ended, or ends too soon to be useful.
    Stale {
        /// Whether a refresh can be tried without the user.
        refreshable: bool,
    },
}

/// From when on a token is refreshed, and whether.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FreshnessPolicy {
    /// Refresh when this or less is left.
    pub refresh_window: SignedDuration,
    /// With this or less left a token is of no use.
    pub minimum: SignedDuration,
    /// Whether it may be refreshed without the user asking for it.
    pub auto_refresh: bool,
}

impl Default for FreshnessPolicy {
    /// A window of 20 minutes (before botocore's 15 of `SSOTokenProvider`, so that we rarely race it: catalogue F10), and a
    /// minimum of 60 seconds.
    fn default() -> Self {
        Self {
            refresh_window: SignedDuration::from_mins(20),
            minimum: SignedDuration::from_secs(60),
            auto_refresh: true,
        }
    }
}

impl FreshnessPolicy {
    /// The policy of a configuration. The jitter moves the default window only: processes that start together do not
    /// all find the token due at the same moment. A window that somebody wrote is taken as written.
    #[must_use]
    pub fn configured(
        auto_refresh: Option<bool>,
        refresh_window: Option<Duration>,
        jitter: SignedDuration,
    ) -> Self {
        let default = Self::default();
        let refresh_window = match refresh_window {
            Some(window) => SignedDuration::try_from(window).unwrap_or(SignedDuration::MAX),
            None => default.refresh_window.saturating_add(jitter),
        };
        Self { refresh_window, auto_refresh: auto_refresh.unwrap_or(default.auto_refresh), ..default }
    }
}

impl TokenSet {
    /// What a refresh would be sent with; `None` when it cannot be done without the user.
    ///
    /// A token that does not say its portal and region is never refreshed: see [`TokenSet::belongs_to`].
    #[must_use]
    pub fn refresh_grant(&self, now: Timestamp) -> Option<RefreshGrant> {
        if !self.is_bound() {
            return None;
        }
        let client = self.client.clone()?;
        let (client_id, client_secret) = (client.id, client.secret?);
        let refresh_token = self.refresh_token.clone()?;
        let registered = self.registration_expires_at.is_some_and(|end| end > now);
        registered.then_some(RefreshGrant { refresh_token, client_id, client_secret })
    }

    /// How long it still lives (negative when it has ended).
    #[must_use]
    pub fn remaining(&self, now: Timestamp) -> SignedDuration {
        self.expires_at.duration_since(now)
    }

    /// Whether to use it, refresh it, or give it up.
    #[must_use]
    pub fn freshness(&self, now: Timestamp, policy: &FreshnessPolicy) -> Freshness {
        let left = self.remaining(now);
        let refreshable = policy.auto_refresh && self.refresh_grant(now).is_some();
        match () {
            () if left <= policy.minimum => Freshness::Stale { refreshable },
            () if left <= policy.refresh_window && refreshable => Freshness::RefreshSoon,
            () => Freshness::Fresh,
        }
    }

    /// Whether it says both its portal and its region, as all that the AWS CLI and we write do.
    #[must_use]
    pub fn is_bound(&self) -> bool {
        self.start_url.is_some() && self.region.is_some()
    }

    /// Whether it was issued for this portal and region (catalogue D3). A start URL or region that differs is refused.
    ///
    /// One that is absent is accepted: botocore reads files of an access token and its end alone (its test "Minimal valid
    /// cached token"), and other tools write such. The risk is kept small: only that short-lived access token is used, and
    /// only under the key of its own session; the refresh token and the client's secret of such a file are never sent
    /// ([`TokenSet::refresh_grant`]), because they would live on at whatever portal the configuration names by now.
    #[must_use]
    pub fn belongs_to(&self, start_url: &StartUrl, region: &Region) -> bool {
        self.start_url.as_ref().is_none_or(|own| own.same_portal(start_url))
            && self.region.as_ref().is_none_or(|own| own == region.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(seconds: i64, refreshable: bool) -> TokenSet {
        TokenSet {
            access_token: AccessToken::new("a".into()),
            expires_at: Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds),
            refresh_token: refreshable.then(|| RefreshToken::new("r".into())),
            client: Some(TokenClient { id: "c".into(), secret: Some(ClientSecret::new("s".into())) }),
            registration_expires_at: Some(Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24)),
            region: Some("us-east-1".into()),
            start_url: Some(StartUrl::new("https://corp.awsapps.com/start")),
        }
    }

    #[test]
    fn freshness_by_what_is_left() {
        let now = Timestamp::UNIX_EPOCH;
        for (left, refreshable, expected) in [
            (3600, true, Freshness::Fresh),
            (1201, true, Freshness::Fresh),
            (1200, true, Freshness::RefreshSoon),
            (1200, false, Freshness::Fresh),
            (61, true, Freshness::RefreshSoon),
            (60, true, Freshness::Stale { refreshable: true }),
            (60, false, Freshness::Stale { refreshable: false }),
            (-5, true, Freshness::Stale { refreshable: true }),
        ] {
            let found = token(left, refreshable).freshness(now, &FreshnessPolicy::default());
            assert_eq!(found, expected, "{left} {refreshable}");
        }
    }

    #[test]
    fn what_is_configured_holds_and_only_the_default_window_has_a_jitter() {
        let (jitter, hour) = (SignedDuration::from_secs(-120), Duration::from_secs(3600));
        for (window, expected) in [(None, 1080), (Some(hour), 3600), (Some(Duration::ZERO), 0)] {
            let policy = FreshnessPolicy::configured(None, window, jitter);
            assert_eq!((policy.refresh_window.as_secs(), policy.auto_refresh), (expected, true));
        }
        let most = FreshnessPolicy::configured(None, Some(Duration::MAX), jitter);
        assert_eq!(most.refresh_window, SignedDuration::MAX);
        let off = FreshnessPolicy::configured(Some(false), None, SignedDuration::ZERO);
        for (left, expected) in
            [(600, Freshness::Fresh), (61, Freshness::Fresh), (60, Freshness::Stale { refreshable: false })]
        {
            assert_eq!(token(left, true).freshness(Timestamp::UNIX_EPOCH, &off), expected, "{left}");
        }
    }

    #[test]
    fn no_refresh_without_a_living_registration() {
        let late = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(25);
        assert!(token(0, true).refresh_grant(Timestamp::UNIX_EPOCH).is_some());
        assert!(token(0, true).refresh_grant(late).is_none());
    }

    #[test]
    fn a_token_that_does_not_say_its_portal_and_region_is_used_but_never_refreshed() {
        let (url, region) =
            (StartUrl::new("https://corp.awsapps.com/start"), Region::parse("us-east-1").expect("valid"));
        let (now, policy) = (Timestamp::UNIX_EPOCH, FreshnessPolicy::default());
        let unbound = |left, start_url: bool, region: bool| {
            let whole = token(left, true);
            let start_url = whole.start_url.clone().filter(|_| start_url);
            TokenSet { start_url, region: whole.region.clone().filter(|_| region), ..whole }
        };
        for (start_url, says_region) in [(false, false), (true, false), (false, true)] {
            let found = unbound(600, start_url, says_region);
            assert!(found.belongs_to(&url, &region) && !found.is_bound());
            assert_eq!(found.refresh_grant(now), None);
            assert_eq!(found.freshness(now, &policy), Freshness::Fresh);
            let over = unbound(-1, start_url, says_region).freshness(now, &policy);
            assert_eq!(over, Freshness::Stale { refreshable: false });
        }
        assert!(unbound(600, true, true).is_bound());
        let other = StartUrl::new("https://evil.awsapps.com/start");
        assert!(!unbound(600, true, false).belongs_to(&other, &region), "what it does say counts");
    }

    #[test]
    fn a_token_belongs_to_one_portal_and_region() {
        let (url, region) =
            (StartUrl::new("https://corp.awsapps.com/start/"), Region::parse("us-east-1").expect("valid"));
        assert!(token(1, true).belongs_to(&url, &region));
        assert!(!token(1, true).belongs_to(&StartUrl::new("https://evil.awsapps.com/start"), &region));
        assert!(!token(1, true).belongs_to(&url, &Region::parse("eu-west-1").expect("valid")));
    }
}
