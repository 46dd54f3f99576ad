//! Rate limits: a token bucket a service, which fills in real time. A request without a token is refused, for free.

use crate::operation::Service;
use crate::reply::Refusal;
use std::collections::HashMap;
use std::time::Instant;

/// A token bucket.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bucket {
    per_second: f64,
    burst: f64,
    tokens: f64,
    at: Instant,
}

impl Bucket {
    pub(crate) fn full(per_second: f64, burst: f64, at: Instant) -> Self {
        Self { per_second, burst, tokens: burst, at }
    }

    /// What becomes of the bucket when somebody wants a token, and whether there was one.
    fn take(self, now: Instant) -> (Self, bool) {
        let gained = now.saturating_duration_since(self.at).as_secs_f64() * self.per_second;
        let filled = (self.tokens + gained).min(self.burst);
        let there = filled >= 1.0;
        let tokens = if there { filled - 1.0 } else { filled };
        (Self { tokens, at: now, ..self }, there)
    }
}

/// The buckets in force. A service without one is not limited.
#[derive(Debug, Default)]
pub(crate) struct Limits(HashMap<Service, Bucket>);

impl Limits {
    pub(crate) fn set(&mut self, service: Service, bucket: Bucket) {
        self.0.insert(service, bucket);
    }

    pub(crate) fn admit(&mut self, service: Service, now: Instant) -> Result<(), Refusal> {
        let Some(bucket) = self.0.get_mut(&service) else { return Ok(()) };
        let (after, there) = bucket.take(now);
        *bucket = after;
        if there { Ok(()) } else { Err(throttled(service)) }
    }
}

/// Each service has its own status and code for this.
fn throttled(service: Service) -> Refusal {
    let (status, code, word, message) = match service {
        Service::SsoAdmin | Service::IdentityStore => (400, "ThrottlingException", "", "Rate exceeded"),
        Service::Organizations => {
            (400, "TooManyRequestsException", "", "Too many requests at once. Wait, then send fewer.")
        }
        Service::Sts => (400, "Throttling", "", "Rate exceeded"),
        Service::Oidc | Service::Portal | Service::Signin | Service::Browser | Service::Unknown => {
            (429, "TooManyRequestsException", "too_many_requests", "Rate exceeded")
        }
    };
    Refusal::new(status, code, word, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_bucket_fills_with_time_up_to_its_burst_and_a_refusal_costs_nothing() {
        let start = Instant::now();
        // Two a second, three at once; each row is a moment in milliseconds, and whether there is a token then.
        let rows = [
            (0, true),
            (0, true),
            (0, true),
            (0, false),
            (250, false),
            (500, true),
            (500, false),
            (1_250, true),
            (1_500, true),
            (1_500, false),
            (61_500, true),
            (61_500, true),
            (61_500, true),
            (61_500, false),
            // Time that goes back fills nothing, and breaks nothing.
            (61_000, false),
        ];
        let mut bucket = Bucket::full(2.0, 3.0, start);
        for (row, (at, expected)) in rows.into_iter().enumerate() {
            let (after, there) = bucket.take(start + Duration::from_millis(at));
            assert_eq!(there, expected, "row {row}: {bucket:?}");
            bucket = after;
        }
    }

    #[test]
    fn a_bucket_that_never_fills_gives_its_burst_and_no_more() {
        let start = Instant::now();
        let (once, first) = Bucket::full(0.0, 1.0, start).take(start);
        let (_, second) = once.take(start + Duration::from_secs(86_400));
        assert!(first && !second);
    }
}
