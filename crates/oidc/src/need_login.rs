//! Why a person must sign in.

use crate::error::ErrorCode;
use sso_core::{Damage, Timestamp, TokenSet};

/// Why there is no token without the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NeedLogin {
    /// Never signed in.
    Never,
    /// The token's file cannot be used.
    Damaged(Damage),
    /// The token is for another portal or region than the configuration says.
    OtherPortal,
    /// It ended, and there is no refresh token.
    NoRefreshToken {
        /// When it ended.
        expired_at: Timestamp,
    },
    /// It ended, and its file does not say which portal and region its refresh token is for.
    Unbound {
        /// When it ended.
        expired_at: Timestamp,
    },
    /// It ended, and the configuration forbids to refresh it without being asked.
    AutoRefreshOff {
        /// When it ended.
        expired_at: Timestamp,
    },
    /// It ended, and so did the client registration.
    RegistrationExpired {
        /// When the token ended.
        expired_at: Timestamp,
    },
    /// The service refused to refresh it.
    Refused {
        /// When the token ended.
        expired_at: Timestamp,
        /// What the service said.
        code: ErrorCode,
    },
}

impl NeedLogin {
    /// Why a token without a [`RefreshGrant`](sso_core::RefreshGrant) cannot be refreshed.
    #[must_use]
    pub fn without_grant(token: &TokenSet) -> Self {
        let expired_at = token.expires_at;
        match &token.refresh_token {
            None => Self::NoRefreshToken { expired_at },
            Some(_) if !token.is_bound() => Self::Unbound { expired_at },
            Some(_) => Self::RegistrationExpired { expired_at },
        }
    }
}
