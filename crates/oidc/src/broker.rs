//! The token of a session, refreshed when it is due. Never opens a browser.
//!
//! One refresh whatever the load: the refresh is done under the store's lock, by whoever gets it, after reading again.
//! A refresh token may be good for one use only, so nothing is sent before the reply can be saved.

mod attempt;
mod judge;

use crate::client::OidcClient;
use crate::error::{ErrorCode, OidcError};
use crate::need_login::NeedLogin;
use crate::save::{begin, busy, lock_deadline, pause};
use crate::unbroken::unbroken;
pub use judge::last_refusal;
use judge::{Due, Wish};
use sso_core::{
    Clock, FreshnessPolicy, Lookup, Region, StartUrl, StoreError, TokenKey, TokenSet, TokenStore, TokenTxn,
};
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

/// A living token with more than this left is used while another process refreshes it.
const ENOUGH_WHILE_BUSY: Duration = Duration::from_secs(5 * 60);

/// One turn a key: the tasks of one process do not crowd at the store's lock.
type Turns = Arc<std::sync::Mutex<HashMap<TokenKey, Arc<tokio::sync::Mutex<()>>>>>;

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
    /// [`BrokerError::NeedLogin`]: there is no token, or none that can be refreshed. [`BrokerError::Refresh`]: it ended, and the
    /// service could not renew it for now. [`BrokerError::Store`]: it cannot be read, or its lock is not to be had.
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
    /// As [`TokenBroker::token`], where the token does not live any more. While it lives the trouble is a warning.
    pub async fn refresh_now(&self, session: &SsoSession, seen: TokenSet) -> Result<Brokered, BrokerError> {
        let change = match begin(self.store.as_ref(), &session.key, self.deadline).await {
            Ok(change) => change,
            Err(error) => return self.keep(seen, error.into()),
        };
        self.refresh_unbroken(session, seen, change, Wish::Anew).await
    }

    /// Another token than the one that was seen, because the service does not take it although it lives: that of somebody
    /// who has noticed before us, else a new one if the session's rules allow to refresh.
    ///
    /// # Errors
    /// There is no other token to be had; as [`TokenBroker::token`].
    pub async fn instead_of(&self, session: &SsoSession, seen: TokenSet) -> Result<Brokered, BrokerError> {
        let expired_at = seen.expires_at;
        let rejected = seen.access_token.clone();
        let change = begin(self.store.as_ref(), &session.key, self.deadline).await?;
        let brokered = self.refresh_unbroken(session, seen, change, Wish::Another).await?;
        if brokered.token.access_token != rejected {
            return Ok(brokered);
        }
        let need = NeedLogin::Refused { expired_at, code: ErrorCode::AccessDenied };
        Err(brokered.warning.unwrap_or(BrokerError::NeedLogin(need)))
    }

    /// Once it is sent the reply is saved, even if whoever waits for it goes away.
    async fn refresh_unbroken(
        &self,
        session: &SsoSession,
        seen: TokenSet,
        change: Box<dyn TokenTxn>,
        wish: Wish,
    ) -> Result<Brokered, BrokerError> {
        let (broker, session) = (self.clone(), session.clone());
        unbroken(async move { broker.refresh_locked(&session, seen, change, wish).await }).await
    }

    /// Gets the lock, or waits for whoever has it to be done.
    async fn refresh(&self, session: &SsoSession, mut token: TokenSet) -> Result<Brokered, BrokerError> {
        let deadline = lock_deadline(self.deadline);
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
                Ok(Some(change)) => return self.refresh_unbroken(session, token, change, Wish::Living).await,
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
}

/// The session's token as it is kept: whole and of this session, however old.
///
/// # Errors
/// [`BrokerError::NeedLogin`]: there is none that can be used. [`BrokerError::Store`]: the store cannot be read.
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
