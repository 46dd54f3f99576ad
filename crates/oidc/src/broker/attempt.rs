//! One refresh under the lock: sent at most twice, saved before anybody may interrupt, and what to do when it is refused.

use super::judge::{Due, Wish};
use super::{BrokerError, Brokered, SsoSession, TokenBroker, fine, stored};
use crate::client::{Grant, TokenReply};
use crate::error::{ErrorCode, OidcError};
use crate::need_login::NeedLogin;
use crate::save::late;
use jiff::SignedDuration;
use sso_core::{FailedRefresh, RefreshGrant, TokenSet, TokenTxn};
use sso_http::HttpError;
use std::time::Duration;
use tokio::time::Instant;

/// A refresh is sent, answered and tried again within this.
const REFRESH_LIMIT: Duration = Duration::from_secs(10);

/// How long another tool that was faster may take to save its token.
const ADOPTION_LIMIT: Duration = Duration::from_secs(2);

/// The same for a token that has ended just now or is about to: then everybody refreshes, and on a machine that has other
/// things to do botocore takes seconds from the reply to the file (seen by the soak).
const ADOPTION_LIMIT_AT_ITS_END: Duration = Duration::from_secs(6);

/// A token that ended longer ago than this is most likely one of a session that is over.
const AT_ITS_END: SignedDuration = SignedDuration::from_mins(15);

/// Somebody who takes no lock was faster, but with a token that is due as well: so many tokens are tried in all. Where tokens end
/// at once every run of botocore refreshes, and several of them may be between one try of ours and the next.
const TRIES: usize = 5;

/// What came of one try under the lock.
enum Attempt {
    Done(Box<Result<Brokered, BrokerError>>),
    /// The service gave a new token for this one.
    Refreshed(TokenSet, Box<TokenReply>),
    /// The store holds another token that is due by now.
    Again(TokenSet),
}

impl TokenBroker {
    pub(super) async fn refresh_locked(
        &self,
        session: &SsoSession,
        seen: TokenSet,
        mut change: Box<dyn TokenTxn>,
        wish: Wish,
    ) -> Result<Brokered, BrokerError> {
        let mut seen = seen;
        for _ in 0..TRIES {
            match self.attempt(session, seen, change.as_mut(), wish).await {
                Attempt::Done(result) => return *result,
                Attempt::Refreshed(token, reply) => return Ok(self.adopt(token, *reply, session, change)),
                Attempt::Again(theirs) => seen = theirs,
            }
        }
        let (expired_at, code) = (seen.expires_at, ErrorCode::InvalidGrant);
        self.keep(seen, BrokerError::NeedLogin(NeedLogin::Refused { expired_at, code }))
    }

    async fn attempt(
        &self,
        session: &SsoSession,
        seen: TokenSet,
        change: &mut dyn TokenTxn,
        wish: Wish,
    ) -> Attempt {
        let done = |result| Attempt::Done(Box::new(result));
        // Somebody may have been faster.
        let token = match stored(change.reload(), session) {
            Ok(token) => token,
            Err(trouble) => return done(self.unreadable(seen.clone(), trouble)),
        };
        let due = match wish {
            Wish::Living => self.judge(session, &token),
            Wish::Anew | Wish::Another => self.judge_other(session, &seen, &token, wish),
        };
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
            Some(code) if code.is_final() => self.refused(session, token, change, code).await,
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
        let over_for = self.clock.now().duration_since(token.expires_at);
        let limit = match code {
            ErrorCode::InvalidGrant if over_for <= AT_ITS_END => ADOPTION_LIMIT_AT_ITS_END,
            ErrorCode::InvalidGrant => ADOPTION_LIMIT,
            _ => Duration::ZERO,
        };
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
}
