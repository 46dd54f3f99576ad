//! Whether a token is due: a decision of what is stored, the rules and the clock.

use super::{SsoSession, TokenBroker};
use crate::error::ErrorCode;
use crate::need_login::NeedLogin;
use jiff::SignedDuration;
use sso_core::{Freshness, Timestamp, TokenKey, TokenSet, TokenStore};
use std::time::Duration;

/// After a failed refresh nobody with a living token tries again for as long.
const JUST_FAILED: Duration = Duration::from_secs(30);

/// A living token that was written less than this ago is not refreshed: the window may be longer than its life.
const JUST_WRITTEN: SignedDuration = SignedDuration::from_mins(15);

/// Between a look at the clock and a look at the file somebody may have written it.
const THIS_MOMENT: SignedDuration = SignedDuration::from_secs(1);

/// What a token is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// One that lives; refreshed if it is due.
    Living,
    /// A new one, because somebody asks for that.
    Anew,
    /// Another one, because the service does not take this.
    Another,
}

/// What is to be done with a token.
pub(super) enum Due {
    No,
    Refresh,
    Never(NeedLogin),
}

/// The service's last word about the token that is stored: the code with which it refused for good to renew it, and when. None
/// if it never did, or somebody has written the token since.
#[must_use]
pub fn last_refusal(store: &dyn TokenStore, key: &TokenKey) -> Option<(ErrorCode, Timestamp)> {
    let failed = store.failed_refresh(key)?;
    let unchanged = store.written_at(key).is_some_and(|at| at <= failed.at);
    let code = ErrorCode::named(&failed.code).filter(|code| code.is_final() && unchanged)?;
    Some((code, failed.at))
}

impl TokenBroker {
    pub(super) fn judge(&self, session: &SsoSession, token: &TokenSet) -> Due {
        let now = self.clock.now();
        match token.freshness(now, &self.policy) {
            Freshness::Fresh => Due::No,
            Freshness::RefreshSoon if self.just_written(session, now) || self.just_failed(session, now) => {
                Due::No
            }
            Freshness::RefreshSoon => Due::Refresh,
            Freshness::Stale { refreshable: true } => match self.just_refused(session, now) {
                Some(code) => Due::Never(NeedLogin::Refused { expired_at: token.expires_at, code }),
                None => Due::Refresh,
            },
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

    /// An entry from the future was written by another clock and says nothing; unless it was written this very moment.
    fn just_written(&self, session: &SsoSession, now: Timestamp) -> bool {
        let age = self.store.written_at(&session.key).map(|at| now.duration_since(at));
        age.is_some_and(|age| age > -THIS_MOMENT && age < JUST_WRITTEN)
    }

    /// The code with which the service has just refused to refresh this very token: it would say the same again.
    fn just_refused(&self, session: &SsoSession, now: Timestamp) -> Option<ErrorCode> {
        let (code, at) = last_refusal(self.store.as_ref(), &session.key)?;
        let age = Duration::try_from(now.duration_since(at)).ok()?;
        (age < JUST_FAILED).then_some(code)
    }

    /// Whether another token than the one that was seen is to be had.
    pub(super) fn judge_other(
        &self,
        session: &SsoSession,
        seen: &TokenSet,
        token: &TokenSet,
        wish: Wish,
    ) -> Due {
        let (now, expired_at) = (self.clock.now(), token.expires_at);
        if token.access_token != seen.access_token && self.lives(token) {
            return Due::No;
        }
        if wish == Wish::Another {
            if !self.policy.auto_refresh {
                return Due::Never(NeedLogin::AutoRefreshOff { expired_at });
            }
            if let Some(code) = self.just_refused(session, now) {
                return Due::Never(NeedLogin::Refused { expired_at, code });
            }
        }
        match token.refresh_grant(now) {
            Some(_) => Due::Refresh,
            None => Due::Never(NeedLogin::without_grant(token)),
        }
    }

    pub(super) fn lives(&self, token: &TokenSet) -> bool {
        self.left(token) > self.minimum()
    }

    pub(super) fn left(&self, token: &TokenSet) -> Duration {
        token.remaining(self.clock.now()).try_into().unwrap_or(Duration::ZERO)
    }

    fn minimum(&self) -> Duration {
        self.policy.minimum.try_into().unwrap_or(Duration::ZERO)
    }
}
