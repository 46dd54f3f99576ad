//! When to ask again whether the user has approved: the pure part of the device flow (RFC 8628 §3.5).

use crate::client::TokenReply;
use crate::error::{ErrorCode, OidcError};
use sso_http::HttpError;
use std::time::Duration;

const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Polling in progress.
#[derive(Clone, Copy, Debug)]
pub struct DevicePoll {
    interval: Duration,
    life: Duration,
    slow_downs: u32,
    faults: u32,
}

/// What to do after a poll.
#[derive(Debug)]
pub enum Next {
    /// Ask again after this pause.
    Wait(Duration),
    /// The user approved.
    Done(TokenReply),
    /// The code has expired.
    Expired,
    /// It is over.
    Failed(OidcError),
}

impl DevicePoll {
    /// Begins with the service's interval and the code's life (RFC 8628 §3.2).
    #[must_use]
    pub fn new(interval: Duration, life: Duration) -> Self {
        Self { interval, life, slow_downs: 0, faults: 0 }
    }

    /// How often the service has asked for slower polling.
    #[must_use]
    pub fn slow_downs(&self) -> u32 {
        self.slow_downs
    }

    /// Decides by the answer to one poll; `elapsed` is monotonic time since the code was issued.
    pub fn step(&mut self, answer: Result<TokenReply, OidcError>, elapsed: Duration) -> Next {
        match answer {
            Ok(reply) => return Next::Done(reply),
            Err(error) => match error.code() {
                Some(ErrorCode::AuthorizationPending) => self.faults = 0,
                Some(ErrorCode::SlowDown) => {
                    self.slow_downs += 1;
                    self.interval += Duration::from_secs(5);
                }
                Some(ErrorCode::ExpiredToken) => return Next::Expired,
                Some(ErrorCode::Throttled | ErrorCode::ServerError) => self.faults += 1,
                Some(_) => return Next::Failed(error),
                None if is_passing(&error) => self.faults += 1,
                None => return Next::Failed(error),
            },
        }
        // The last poll comes when the code ends, not a whole pause before.
        let left = self.life.saturating_sub(elapsed);
        if left.is_zero() { Next::Expired } else { Next::Wait(self.pause().min(left)) }
    }

    /// After a slow_down 20 % longer than asked, because clocks in virtual machines run fast (GitHub CLI #9370); doubled
    /// with each fault in a row.
    fn pause(&self) -> Duration {
        let base = if self.slow_downs > 0 { self.interval.mul_f64(1.2) } else { self.interval };
        let doubled = base.saturating_mul(1 << self.faults.min(6));
        // Faults are bounded; what the service itself asks for is not.
        if self.faults > 0 { doubled.min(LONGEST_PAUSE.max(base)) } else { base }
    }
}

/// A fault of the network that may be gone at the next poll.
fn is_passing(error: &OidcError) -> bool {
    use HttpError::{Broken, Connect, Proxy, Resolve, Timeout};
    matches!(
        error,
        OidcError::Http(Resolve { .. } | Connect { .. } | Proxy { .. } | Timeout { .. } | Broken { .. })
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ServiceFault;

    fn fault(code: ErrorCode) -> Result<TokenReply, OidcError> {
        let fault = ServiceFault {
            host: "h".into(),
            status: 400,
            code,
            name: "x".into(),
            description: None,
            request_id: None,
        };
        Err(OidcError::Service(fault))
    }

    fn broken() -> Result<TokenReply, OidcError> {
        Err(HttpError::Broken { host: "h".into(), reason: "reset".into() }.into())
    }

    fn waited(next: Next) -> u64 {
        match next {
            Next::Wait(pause) => pause.as_secs(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn slow_down_is_obeyed_for_good_and_the_login_goes_on() {
        let mut poll = DevicePoll::new(Duration::from_secs(5), Duration::from_secs(600));
        assert_eq!(waited(poll.step(fault(ErrorCode::AuthorizationPending), Duration::ZERO)), 5);
        assert_eq!(waited(poll.step(fault(ErrorCode::SlowDown), Duration::ZERO)), 12);
        assert_eq!(waited(poll.step(fault(ErrorCode::AuthorizationPending), Duration::ZERO)), 12);
        assert_eq!(waited(poll.step(fault(ErrorCode::SlowDown), Duration::ZERO)), 18);
        assert_eq!(waited(poll.step(fault(ErrorCode::SlowDown), Duration::ZERO)), 24);
        assert_eq!(poll.slow_downs(), 3);
    }

    #[test]
    fn faults_double_the_pause_and_do_not_end_the_login() {
        let mut poll = DevicePoll::new(Duration::from_secs(5), Duration::from_secs(600));
        for (answer, pause) in [
            (broken(), 10),
            (fault(ErrorCode::Throttled), 20),
            (fault(ErrorCode::ServerError), 40),
            (broken(), 60),
            (broken(), 60),
            (fault(ErrorCode::AuthorizationPending), 5),
        ] {
            assert_eq!(waited(poll.step(answer, Duration::ZERO)), pause);
        }
    }

    #[test]
    fn it_ends() {
        let new = || DevicePoll::new(Duration::from_secs(5), Duration::from_secs(60));
        let (late, over) = (Duration::from_secs(56), Duration::from_secs(60));
        assert_eq!(waited(new().step(fault(ErrorCode::AuthorizationPending), late)), 4);
        assert!(matches!(new().step(fault(ErrorCode::AuthorizationPending), over), Next::Expired));
        assert!(matches!(new().step(fault(ErrorCode::ExpiredToken), Duration::ZERO), Next::Expired));
        assert!(matches!(new().step(fault(ErrorCode::AccessDenied), Duration::ZERO), Next::Failed(_)));
        assert!(matches!(new().step(fault(ErrorCode::InvalidClient), Duration::ZERO), Next::Failed(_)));
    }
}
