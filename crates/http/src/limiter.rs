//! Many requests to one service, as fast as it takes them: bounded in number, paced once it throttles, tried again until it answers.

mod pace;

use crate::call::{Call, Retry};
use crate::client::HttpClient;
use crate::error::HttpError;
use crate::reply::Reply;
use pace::Pace;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Mutex as Turnstile, Semaphore};
use tokio::time::{Instant, sleep_until};

/// Requests under way at once to one service, at most.
pub const IN_FLIGHT: usize = 32;

/// One pace for all requests to one service. Clones share it.
#[derive(Clone, Debug)]
pub struct Limiter {
    shared: Arc<Shared>,
    deadline: Option<Instant>,
}

#[derive(Debug)]
struct Shared {
    pace: Mutex<Pace>,
    gate: Semaphore,
    /// Whoever has it is the next to send: so a change of the pace holds for all who wait.
    turnstile: Turnstile<()>,
}

impl Default for Limiter {
    fn default() -> Self {
        Self::new()
    }
}

impl Limiter {
    /// No pace until the service throttles.
    #[must_use]
    pub fn new() -> Self {
        let pace = Mutex::new(Pace::new(Instant::now()));
        let shared = Shared { pace, gate: Semaphore::new(IN_FLIGHT), turnstile: Turnstile::new(()) };
        Self { shared: Arc::new(shared), deadline: None }
    }

    /// Nobody waits beyond this instant: whose turn is later asks then, once, and whoever is throttled then gives up.
    #[must_use]
    pub fn until(self, deadline: Option<Instant>) -> Self {
        Self { deadline, ..self }
    }

    /// Sends the request when it is its turn, and again while the service throttles; `call` makes it anew for each try, for a
    /// signature ages. The reply of a service that throttles for ever (two minutes without one answer, or until the deadline)
    /// is the throttled one: [`Reply::is_throttled`].
    ///
    /// # Errors
    /// The call cannot be made (`call`'s own error), or no usable reply came ([`HttpError`]). A reply that throttles is none.
    pub async fn send<E: From<HttpError>>(
        &self,
        http: &HttpClient,
        mut call: impl FnMut() -> Result<Call, E>,
    ) -> Result<Reply, E> {
        // The semaphore is never closed; were it, the request would only be early.
        let _permit = self.shared.gate.acquire().await;
        loop {
            let sent_at = self.turn().await;
            let reply = http.send(call()?.retry(Retry::Paced)).await?;
            let now = Instant::now();
            if !reply.is_throttled() {
                self.pace().answered(now);
                return Ok(reply);
            }
            let next = self.pace().throttled(sent_at, now, reply.retry_after());
            match next {
                Some(next) if self.deadline.is_none_or(|deadline| next < deadline) => {}
                _ => return Ok(reply),
            }
        }
    }

    /// Waits for the turn of one request.
    async fn turn(&self) -> Instant {
        let _first = self.shared.turnstile.lock().await;
        loop {
            let now = Instant::now();
            let Err(at) = self.pace().take(now) else { return now };
            match self.deadline {
                Some(deadline) if now >= deadline => return now,
                Some(deadline) => sleep_until(at.min(deadline)).await,
                None => sleep_until(at).await,
            }
        }
    }

    /// Nobody panics while holding it; were it so, the pace is good all the same.
    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.shared.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
