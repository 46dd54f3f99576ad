//! The token of a session, refreshed when it is due. Never opens a browser.
//!
//! One refresh whatever the load: the refresh is done under the store's lock, by whoever gets it, after reading again.
//! A refresh token may be good for one use only, so nothing is sent before the reply can be saved.

use crate::client::{Grant, OidcClient, TokenReply};
use crate::error::{ErrorCode, OidcError};
use crate::need_login::NeedLogin;
use crate::save::{LOCK_LIMIT, begin, busy, late, pause};
use crate::unbroken::unbroken;
use sso_core::{
    Clock, FailedRefresh, Freshness, FreshnessPolicy, Lookup, RefreshGrant, Region, StartUrl, StoreError,
    Timestamp, TokenKey, TokenSet, TokenStore, TokenTxn,
};
use sso_http::HttpError;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use thiserror::Error;
use tokio::time::Instant;

/// A session whose token is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsoSession {
    /// What the token is kept under.
    pub key: TokenKey,
    /// The portal it must be for.
    pub start_url: StartUrl,
    /// The region it must be from.
    pub region: Region,
}

/// A token, and what went wrong beside it.
#[derive(Debug)]
pub struct Brokered {
    /// The token: it works.
    pub token: TokenSet,
    /// Something that the user should know although the token works.
    pub warning: Option<BrokerError>,
}

/// Why there is no token.
#[derive(Debug, Error)]
pub enum BrokerError {
    /// The user must sign in.
    #[error("sign-in is needed")]
    NeedLogin(NeedLogin),
    /// The token ended and the refresh failed for now.
    #[error("the token could not be refreshed")]
    Refresh(#[source] OidcError),
    /// The store cannot be read, or a refreshed token could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Gives tokens.
#[derive(Clone)]
pub struct TokenBroker {
    oidc: OidcClient,
    store: Arc<dyn TokenStore>,
    clock: Arc<dyn Clock>,
    policy: FreshnessPolicy,
    deadline: Option<Instant>,
    turns: Turns,
}

/// One turn a key: the tasks of one process do not crowd at the store's lock.
type Turns = Arc<std::sync::Mutex<HashMap<TokenKey, Arc<tokio::sync::Mutex<()>>>>>;

/// A living token with more than this left is used while another process refreshes it.
const ENOUGH_WHILE_BUSY: Duration = Duration::from_secs(5 * 60);

/// A refresh is sent, answered and tried again within this.
const REFRESH_LIMIT: Duration = Duration::from_secs(10);

/// How long another tool that was faster may take to save its token.
const ADOPTION_LIMIT: Duration = Duration::from_secs(2);

/// After a failed refresh nobody with a living token tries again for as long.
const JUST_FAILED: Duration = Duration::from_secs(30);

/// A living token that was written less than this ago is not refreshed: the window may be longer than its life.
const JUST_WRITTEN: Duration = Duration::from_secs(15 * 60);

impl TokenBroker {
    /// A broker over a store.
    #[must_use]
    pub fn new(
        oidc: OidcClient,
        store: Arc<dyn TokenStore>,
        clock: Arc<dyn Clock>,
        policy: FreshnessPolicy,
    ) -> Self {
        Self { oidc, store, clock, policy, deadline: None, turns: Turns::default() }
    }

    /// Whoever asks is gone by then: nothing is waited for any longer, and no refresh is sent in the last ten seconds.
    #[must_use]
    pub fn until(self, deadline: Option<Instant>) -> Self {
        Self { deadline, ..self }
    }

    /// The session's token; refreshed if it is due and can be. A refresh that fails while the token lives does no harm.
    ///
    /// # Errors
    /// There is no token, or it ended and could not be refreshed.
    pub async fn token(&self, session: &SsoSession) -> Result<Brokered, BrokerError> {
        let token = stored(self.store.load(&session.key), session)?;
        match self.judge(session, &token) {
            Due::No => Ok(fine(token)),
            Due::Never(need) => Err(BrokerError::NeedLogin(need)),
            Due::Refresh => self.refresh(session, token).await,
        }
    }

    /// Refreshes the token whatever is left of it, unless it is not the one that was seen: then somebody else has, and
    /// theirs is given. Waits for the lock, because whoever holds it is probably doing just that.
    ///
    /// # Errors
    /// There is no token, or it cannot be refreshed and does not live any more. While it lives the trouble is a warning.
    pub async fn refresh_now(&self, session: &SsoSession, seen: TokenSet) -> Result<Brokered, BrokerError> {
        let change = match begin(self.store.as_ref(), &session.key).await {
            Ok(change) => change,
            Err(error) => return self.keep(seen, error.into()),
        };
        self.refresh_unbroken(session, seen, change, true).await
    }

    /// Once it is sent the reply is saved, even if whoever waits for it goes away.
    async fn refresh_unbroken(
        &self,
        session: &SsoSession,
        seen: TokenSet,
        change: Box<dyn TokenTxn>,
        forced: bool,
    ) -> Result<Brokered, BrokerError> {
        let (broker, session) = (self.clone(), session.clone());
        unbroken(async move { broker.refresh_locked(&session, seen, change, forced).await }).await
    }

    fn judge(&self, session: &SsoSession, token: &TokenSet) -> Due {
        let now = self.clock.now();
        match token.freshness(now, &self.policy) {
            Freshness::Fresh => Due::No,
            Freshness::RefreshSoon if self.just_written(session, now) || self.just_failed(session, now) => {
                Due::No
            }
            Freshness::RefreshSoon | Freshness::Stale { refreshable: true } => Due::Refresh,
            Freshness::Stale { refreshable: false } if token.refresh_grant(now).is_some() => {
                Due::Never(NeedLogin::AutoRefreshOff { expired_at: token.expires_at })
            }
            Freshness::Stale { refreshable: false } => Due::Never(NeedLogin::without_grant(token)),
        }
    }

    /// Whoever tried said so; the next try is not ours to make while the token lives.
    fn just_failed(&self, session: &SsoSession, now: Timestamp) -> bool {
        let failed = self.store.failed_refresh(&session.key);
        let age = failed.map(|failed| Duration::try_from(now.duration_since(failed.at)));
        matches!(age, Some(Ok(age)) if age < JUST_FAILED)
    }

    /// An entry from the future was written by another clock and says nothing.
    fn just_written(&self, session: &SsoSession, now: Timestamp) -> bool {
        let age = self.store.written_at(&session.key).map(|at| Duration::try_from(now.duration_since(at)));
        matches!(age, Some(Ok(age)) if age < JUST_WRITTEN)
    }

    fn judge_forced(&self, seen: &TokenSet, token: &TokenSet) -> Due {
        match token.refresh_grant(self.clock.now()) {
            _ if token.access_token != seen.access_token && self.lives(token) => Due::No,
            Some(_) => Due::Refresh,
            None => Due::Never(NeedLogin::without_grant(token)),
        }
    }

    /// Gets the lock, or waits for whoever has it to be done.
    async fn refresh(&self, session: &SsoSession, mut token: TokenSet) -> Result<Brokered, BrokerError> {
        let limit = Instant::now() + LOCK_LIMIT;
        let deadline = self.deadline.map_or(limit, |deadline| deadline.min(limit));
        let turn = self.turn(&session.key);
        let _turn = match turn.try_lock() {
            Ok(turn) => turn,
            Err(_) if self.left(&token) > ENOUGH_WHILE_BUSY => return Ok(fine(token)),
            Err(_) => {
                let Ok(turn) = tokio::time::timeout_at(deadline, turn.lock()).await else {
                    return self.keep(token, busy(self.store.as_ref(), &session.key).into());
                };
                // Whoever was before us has probably done it.
                match stored(self.store.load(&session.key), session) {
                    Ok(current) if matches!(self.judge(session, &current), Due::No) => {
                        return Ok(fine(current));
                    }
                    Ok(current) => token = current,
                    Err(trouble) => return self.unreadable(token, trouble),
                }
                turn
            }
        };
        loop {
            match self.store.try_begin(&session.key) {
                Ok(Some(change)) => return self.refresh_unbroken(session, token, change, false).await,
                Ok(None) if self.left(&token) > ENOUGH_WHILE_BUSY => return Ok(fine(token)),
                Ok(None) if Instant::now() >= deadline => {
                    return self.keep(token, busy(self.store.as_ref(), &session.key).into());
                }
                Ok(None) => tokio::time::sleep(pause()).await,
                // No lock, no refresh: two of them could end the session at the service.
                Err(error) => return self.keep(token, error.into()),
            }
            token = match stored(self.store.load(&session.key), session) {
                Ok(token) => token,
                Err(trouble) => return self.unreadable(token, trouble),
            };
            if matches!(self.judge(session, &token), Due::No) {
                return Ok(fine(token));
            }
        }
    }

    fn turn(&self, key: &TokenKey) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(turns.entry(key.clone()).or_default())
    }

    async fn refresh_locked(
        &self,
        session: &SsoSession,
        seen: TokenSet,
        mut change: Box<dyn TokenTxn>,
        forced: bool,
    ) -> Result<Brokered, BrokerError> {
        match self.attempt(session, seen, change.as_mut(), forced).await {
            Attempt::Done(result) => *result,
            // Somebody who takes no lock was faster, but with a token that is due as well: once more with theirs.
            Attempt::Again(token) => match self.attempt(session, token, change.as_mut(), forced).await {
                Attempt::Done(result) => *result,
                Attempt::Again(token) => {
                    let (expired_at, code) = (token.expires_at, ErrorCode::InvalidGrant);
                    self.keep(token, BrokerError::NeedLogin(NeedLogin::Refused { expired_at, code }))
                }
                Attempt::Refreshed(token, reply) => Ok(self.adopt(token, *reply, session, change)),
            },
            Attempt::Refreshed(token, reply) => Ok(self.adopt(token, *reply, session, change)),
        }
    }

    async fn attempt(
        &self,
        session: &SsoSession,
        seen: TokenSet,
        change: &mut dyn TokenTxn,
        forced: bool,
    ) -> Attempt {
        let done = |result| Attempt::Done(Box::new(result));
        // Somebody may have been faster.
        let token = match stored(change.reload(), session) {
            Ok(token) => token,
            Err(trouble) => return done(self.unreadable(seen.clone(), trouble)),
        };
        let due = if forced { self.judge_forced(&seen, &token) } else { self.judge(session, &token) };
        let grant = match (due, token.refresh_grant(self.clock.now())) {
            (Due::No, _) => return done(Ok(fine(token))),
            (Due::Refresh, Some(grant)) => grant,
            (Due::Never(need), _) => return done(self.keep(token, BrokerError::NeedLogin(need))),
            // The registration ended between two looks at the clock.
            (Due::Refresh, None) => {
                let need = BrokerError::NeedLogin(NeedLogin::without_grant(&token));
                return done(self.keep(token, need));
            }
        };
        if self.deadline.is_some_and(|deadline| deadline < Instant::now() + REFRESH_LIMIT) {
            return done(self.keep(token, late(&session.key).into()));
        }
        if let Err(error) = change.reserve() {
            return done(self.keep(token, error.into()));
        }
        let error = match self.send(&grant, self.lives(&token)).await {
            Ok(reply) => {
                tracing::info!("the token was refreshed");
                return Attempt::Refreshed(token, Box::new(reply));
            }
            Err(error) => error,
        };
        let code = error.code().map_or_else(|| "no_answer".to_owned(), |code| code.to_string());
        change.note_failure(&FailedRefresh { at: self.clock.now(), code });
        match error.code() {
            Some(code) if refused(code) => self.refused(session, token, change, code).await,
            _ => done(self.keep(token, BrokerError::Refresh(error))),
        }
    }

    /// Sends the refresh. When the connection breaks the reply may be lost: with a token that lives nothing is sent
    /// again, because the service may take a second use for theft. One that has ended has nothing more to lose.
    async fn send(&self, grant: &RefreshGrant, lives: bool) -> Result<TokenReply, OidcError> {
        let limit = Instant::now() + REFRESH_LIMIT;
        let lost = match self.send_once(grant).await {
            Err(error @ OidcError::Http(HttpError::Broken { .. })) if !lives => error,
            other => return other,
        };
        tracing::info!("the reply was lost; once more");
        tokio::time::timeout_at(limit, self.send_once(grant)).await.unwrap_or(Err(lost))
    }

    async fn send_once(&self, grant: &RefreshGrant) -> Result<TokenReply, OidcError> {
        let RefreshGrant { refresh_token, client_id, client_secret } = grant;
        self.oidc.create_token(client_id, client_secret, &Grant::RefreshToken(refresh_token.clone())).await
    }

    /// Saves the new token; if that fails it is used all the same, for this call.
    fn adopt(
        &self,
        old: TokenSet,
        reply: TokenReply,
        session: &SsoSession,
        mut change: Box<dyn TokenTxn>,
    ) -> Brokered {
        let now = self.clock.now();
        let sent = old.refresh_token.clone();
        let token = TokenSet {
            access_token: reply.access_token,
            expires_at: now.saturating_add(reply.expires_in).unwrap_or(now),
            // RFC 6749 §6: a reply without one means that the old one stays good.
            refresh_token: reply.refresh_token.or(old.refresh_token),
            region: Some(session.region.as_str().to_owned()),
            start_url: Some(session.start_url.clone()),
            ..old
        };
        match stored(change.reload(), session) {
            // A login of a tool that takes no lock came in between, and it lasts longer: it stays.
            Ok(current) if current.refresh_token != sent && current.expires_at > token.expires_at => {
                return fine(current);
            }
            // Somebody logged out while we asked, with a tool that takes no lock (ours would have waited). Saving would
            // undo that. Whoever asked before it gets what was asked for, once; it is kept nowhere.
            Err(BrokerError::NeedLogin(NeedLogin::Never)) => return fine(token),
            _ => {}
        }
        let warning = change.commit(&token).err().map(BrokerError::from);
        Brokered { token, warning }
    }

    /// The refresh token is no good. A tool that takes no lock may have changed it and be about to say so: the store is
    /// read again for a while.
    async fn refused(
        &self,
        session: &SsoSession,
        token: TokenSet,
        change: &mut dyn TokenTxn,
        code: ErrorCode,
    ) -> Attempt {
        let done = |result| Attempt::Done(Box::new(result));
        let limit = if code == ErrorCode::InvalidGrant { ADOPTION_LIMIT } else { Duration::ZERO };
        let until = Instant::now() + limit;
        loop {
            let torn = match stored(change.reload(), session) {
                Ok(current) if current.refresh_token != token.refresh_token && !self.lives(&current) => {
                    return Attempt::Again(current);
                }
                Ok(current)
                    if self.lives(&current)
                        && (current.refresh_token != token.refresh_token
                            || current.access_token != token.access_token) =>
                {
                    return done(Ok(fine(current)));
                }
                Ok(_) => None,
                Err(trouble @ BrokerError::NeedLogin(NeedLogin::Never | NeedLogin::OtherPortal)) => {
                    return done(Err(trouble));
                }
                Err(trouble) => Some(trouble),
            };
            if Instant::now() >= until {
                let expired_at = token.expires_at;
                let refused = || BrokerError::NeedLogin(NeedLogin::Refused { expired_at, code });
                return done(self.keep(token, torn.unwrap_or_else(refused)));
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    fn lives(&self, token: &TokenSet) -> bool {
        self.left(token) > self.minimum()
    }

    /// The old token while it lives; then the trouble is a warning.
    fn keep(&self, token: TokenSet, trouble: BrokerError) -> Result<Brokered, BrokerError> {
        if self.lives(&token) { Ok(Brokered { token, warning: Some(trouble) }) } else { Err(trouble) }
    }

    /// It could be read and now it cannot. Removed or replaced means gone; a torn file or a failing disk is a failed refresh.
    fn unreadable(&self, seen: TokenSet, trouble: BrokerError) -> Result<Brokered, BrokerError> {
        match trouble {
            BrokerError::NeedLogin(NeedLogin::Never | NeedLogin::OtherPortal) => Err(trouble),
            trouble => self.keep(seen, trouble),
        }
    }

    fn left(&self, token: &TokenSet) -> Duration {
        token.remaining(self.clock.now()).try_into().unwrap_or(Duration::ZERO)
    }

    fn minimum(&self) -> Duration {
        self.policy.minimum.try_into().unwrap_or(Duration::ZERO)
    }
}

/// What came of one try under the lock.
enum Attempt {
    Done(Box<Result<Brokered, BrokerError>>),
    /// The service gave a new token for this one.
    Refreshed(TokenSet, Box<TokenReply>),
    /// The store holds another token that is due by now.
    Again(TokenSet),
}

enum Due {
    No,
    Refresh,
    Never(NeedLogin),
}

/// The session's token as it is kept: whole and of this session, however old.
///
/// # Errors
/// There is none that can be used, or the store cannot be read.
pub fn stored_token(store: &dyn TokenStore, session: &SsoSession) -> Result<TokenSet, BrokerError> {
    stored(store.load(&session.key), session)
}

/// The token that was found, if it is whole and of this session.
fn stored(
    found: Result<Lookup<TokenSet>, StoreError>,
    session: &SsoSession,
) -> Result<TokenSet, BrokerError> {
    let need = match found? {
        Lookup::Found(token) if token.belongs_to(&session.start_url, &session.region) => return Ok(token),
        Lookup::Found(_) => NeedLogin::OtherPortal,
        Lookup::Absent => NeedLogin::Never,
        Lookup::Damaged(damage) => NeedLogin::Damaged(damage),
    };
    Err(BrokerError::NeedLogin(need))
}

fn fine(token: TokenSet) -> Brokered {
    Brokered { token, warning: None }
}

/// Answers that another try with the same token would get again.
fn refused(code: ErrorCode) -> bool {
    use ErrorCode::{AccessDenied, ExpiredToken, InvalidClient, InvalidGrant, UnauthorizedClient};
    matches!(code, InvalidGrant | InvalidClient | UnauthorizedClient | ExpiredToken | AccessDenied)
}
