//! The time that signatures carry: the local clock's until the service refuses it, then the service's own.

use jiff::SignedDuration;
use sso_core::Timestamp;
use sso_http::HttpClient;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// A clock that is this far off can be why a signature was refused; the AWS SDK for Java uses the same limit.
const SKEW: Duration = Duration::from_secs(4 * 60);

/// The signing time of one process. Clones share what was learnt.
#[derive(Clone, Debug)]
pub(crate) struct SigningTime {
    http: HttpClient,
    applied: Arc<RwLock<Option<SignedDuration>>>,
}

impl SigningTime {
    pub(crate) fn new(http: HttpClient) -> Self {
        Self { http, applied: Arc::default() }
    }

    /// The time to sign with when the local clock says `now`.
    pub(crate) fn at(&self, now: Timestamp) -> Timestamp {
        let offset = self.applied().unwrap_or_default();
        now.checked_add(offset).unwrap_or(now)
    }

    /// Whether a wrong clock explains the refusal of a signature that was made with the offset `applied`, and signing again
    /// will do; from then on all is signed by the service's time.
    pub(crate) fn corrects(&self, code: &str, applied: Option<SignedDuration>) -> bool {
        let Some(offset) = self.http.clock_offset() else { return false };
        let wrong = offset.saturating_sub(applied.unwrap_or_default());
        let corrects = is_about_time(code) && wrong.unsigned_abs() >= SKEW;
        if corrects {
            *self.applied.write().unwrap_or_else(PoisonError::into_inner) = Some(offset);
        }
        corrects
    }

    /// Service's time minus local time, once that had to be reckoned with.
    pub(crate) fn applied(&self) -> Option<SignedDuration> {
        *self.applied.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The codes that a wrong clock can cause. Those of a wrong signature can have other causes too, hence [`SKEW`].
fn is_about_time(code: &str) -> bool {
    matches!(
        code,
        "RequestExpired"
            | "RequestInTheFuture"
            | "RequestTimeTooSkewed"
            | "SignatureDoesNotMatch"
            | "InvalidSignatureException"
            | "AuthFailure"
    )
}
