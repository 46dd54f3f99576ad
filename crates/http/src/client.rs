//! The one HTTP client: explicit proxies, one TLS set-up, limits on everything that comes back, no redirects.

use crate::call::{Call, Retry};
use crate::error::{HttpError, classify};
use crate::proxy::ProxySettings;
use crate::reply::Reply;
use crate::retry::{self, Outcome};
use crate::skew::Skew;
use crate::tls;
use crate::witness::Witness;
use jiff::SignedDuration;
use sso_core::{Clock, Timestamp};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// No honest reply is larger (catalogue D7).
const MAX_BODY: usize = 1 << 20;
/// No honest header block is larger.
const MAX_HEADERS: usize = 32 * 1024;
const CONNECT_LIMIT: Duration = Duration::from_secs(5);

/// A deadline that is noticed so much too late was slept through: the process was stopped, or had no processor.
const SLEPT_THROUGH: Duration = Duration::from_secs(1);
/// What came meanwhile is read within this.
const CATCHING_UP: Duration = Duration::from_secs(2);

/// The work's result if it is done within the limit. Whoever slept through the end of it looks first whether the reply
/// has come meanwhile: it may hold the only refresh token that is good.
async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    let started = tokio::time::Instant::now();
    let mut work = std::pin::pin!(work);
    match tokio::time::timeout(limit, &mut work).await {
        Ok(done) => Some(done),
        Err(_) if started.elapsed() < limit + SLEPT_THROUGH => None,
        Err(_) => tokio::time::timeout(CATCHING_UP, work).await.ok(),
    }
}

/// What the client is made from. Nothing is read from the environment here.
#[derive(Clone, Debug)]
pub struct HttpSettings {
    /// Sent with every request, for example `sso/0.1.0`.
    pub user_agent: String,
    /// The proxy, if any.
    pub proxies: ProxySettings,
    /// A PEM file that replaces the system's roots (`AWS_CA_BUNDLE`, `ca_bundle`).
    pub ca_bundle: Option<PathBuf>,
}

impl HttpSettings {
    /// No proxy, the system's roots.
    #[must_use]
    pub fn new(user_agent: impl Into<String>) -> Self {
        Self { user_agent: user_agent.into(), proxies: ProxySettings::default(), ca_bundle: None }
    }
}

/// The client. Cloning it is cheap and shares connections; make one a process.
#[derive(Clone)]
pub struct HttpClient {
    inner: reqwest::Client,
    proxy: Option<String>,
    clock: Arc<dyn Clock>,
    skew: Arc<Skew>,
    /// Nothing is tried again.
    once: bool,
    /// Who answers in place of the network.
    #[cfg(feature = "canned")]
    canned: Option<crate::canned::Answers>,
}

impl std::fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpClient").field("proxy", &self.proxy).finish_non_exhaustive()
    }
}

impl HttpClient {
    /// Sets the client up. Reading the system's roots takes about 3 ms.
    ///
    /// # Errors
    /// [`HttpError::CaBundle`], [`HttpError::ProxySetting`]: a setting cannot be used. [`HttpError::Setup`]: this machine has no
    /// roots to trust, or no TLS.
    pub fn new(settings: &HttpSettings, clock: Arc<dyn Clock>) -> Result<Self, HttpError> {
        Self::build(settings, clock, None)
    }

    /// A client for looking at the network: it tries everything once, and notes the certificates that hosts present, also
    /// those that it refuses.
    ///
    /// # Errors
    /// As [`HttpClient::new`].
    pub fn watched(settings: &HttpSettings, clock: Arc<dyn Clock>) -> Result<(Self, Witness), HttpError> {
        let witness = Witness::default();
        Ok((Self { once: true, ..Self::build(settings, clock, Some(&witness))? }, witness))
    }

    fn build(
        settings: &HttpSettings,
        clock: Arc<dyn Clock>,
        witness: Option<&Witness>,
    ) -> Result<Self, HttpError> {
        let builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::config(settings.ca_bundle.as_deref(), witness)?)
            .user_agent(&settings.user_agent)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_LIMIT);
        let builder = settings.proxies.apply(builder)?;
        let inner = builder.build().map_err(|error| HttpError::Setup { reason: error.to_string() })?;
        let proxy = settings.proxies.proxy().map(|(host, _)| host);
        Ok(Self {
            inner,
            proxy,
            clock,
            skew: Arc::new(Skew::new()),
            once: false,
            #[cfg(feature = "canned")]
            canned: None,
        })
    }

    /// The same client with somebody who answers in place of the network, and a clock offset of its own. What becomes of a
    /// reply, and what is tried again, stays the same.
    #[cfg(feature = "canned")]
    #[must_use]
    pub fn answered_by(&self, answers: crate::canned::Answers) -> Self {
        Self { canned: Some(answers), skew: Arc::new(Skew::new()), ..self.clone() }
    }

    /// Sends the request, again where that is safe and of use ([`Retry`]), and gives the last reply, whatever its status. Needs a
    /// tokio runtime with time and I/O.
    ///
    /// # Errors
    /// No usable reply came: see [`HttpError`]. Of several tries it is the last one's.
    pub async fn send(&self, call: Call) -> Result<Reply, HttpError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let result = self.try_once(&call).await;
            let outcome = match &result {
                Ok(reply) => Outcome::Status(reply.status, reply.retry_after()),
                Err(error) => Outcome::Failed(error),
            };
            let retry = if self.once { Retry::Never } else { call.retry };
            let Some(pause) = retry::wait(retry, &outcome, tries, rand::random()) else { return result };
            tracing::debug!(host = %call.host(), tries, ?pause, "will try again");
            tokio::time::sleep(pause).await;
        }
    }

    /// The local clock's instant, by which ends that the service gives are judged.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Server clock minus local clock in whole seconds, by the `Date` of the last reply that had one (RFC 9110 §6.6.1).
    #[must_use]
    pub fn clock_offset(&self) -> Option<SignedDuration> {
        self.skew.get()
    }

    async fn try_once(&self, call: &Call) -> Result<Reply, HttpError> {
        let (host, path) = (call.host(), call.url.path().to_owned());
        let started = tokio::time::Instant::now();
        let result = within(call.limit, self.exchange(call, &host, &path)).await;
        let result =
            result.unwrap_or_else(|| Err(HttpError::Timeout { host: host.clone(), after: call.limit }));
        let took = started.elapsed();
        match &result {
            // By allow-list: no query, no header but the id, no body.
            Ok(reply) => {
                if let Some(date) = reply.header("date") {
                    self.skew.note(date, self.clock.now());
                }
                let id = reply.request_id();
                tracing::debug!(method = %call.method, host, path, status = reply.status, id, ?took, "answered");
            }
            Err(error) => tracing::debug!(method = %call.method, host, path, %error, ?took, "failed"),
        }
        result
    }

    async fn exchange(&self, call: &Call, host: &str, path: &str) -> Result<Reply, HttpError> {
        #[cfg(feature = "canned")]
        if let Some(answers) = &self.canned {
            return Ok(answers(call).reply(host, path));
        }
        let failed = |error: reqwest::Error| {
            classify(&error, host, self.proxy.as_deref(), CONNECT_LIMIT.min(call.limit))
        };
        let mut request =
            self.inner.request(call.method.clone(), call.url.clone()).headers(call.headers.clone());
        if let Some(body) = &call.body {
            request = request.body(body.clone());
        }
        let mut response = request.send().await.map_err(failed)?;
        let too_large = |limit| HttpError::TooLarge { host: host.to_owned(), limit };
        let headers = response.headers().clone();
        let header_bytes: usize =
            headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
        if header_bytes > MAX_HEADERS {
            return Err(too_large(MAX_HEADERS));
        }
        if response.content_length().is_some_and(|length| length > MAX_BODY as u64) {
            return Err(too_large(MAX_BODY));
        }
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > MAX_BODY {
                return Err(too_large(MAX_BODY));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Reply { status, body, headers, host: host.to_owned(), path: path.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::oneshot;

    const LIMIT: Duration = Duration::from_secs(10);

    /// A process that is stopped so long; when it goes on, the reply is there, and another task must hand it over first.
    async fn stopped(time: Duration) -> Option<u8> {
        let (sender, reply) = oneshot::channel();
        let _task = tokio::spawn(async move {
            tokio::time::advance(time).await;
            for _ in 0..20 {
                tokio::task::yield_now().await;
            }
            let _ = sender.send(7);
        });
        within(LIMIT, async { reply.await.ok() }).await.flatten()
    }

    #[tokio::test(start_paused = true)]
    async fn who_slept_through_the_deadline_takes_the_reply_that_came_meanwhile() {
        assert_eq!(stopped(Duration::from_secs(3)).await, Some(7));
        assert_eq!(stopped(LIMIT + Duration::from_secs(60)).await, Some(7));
        assert_eq!(stopped(LIMIT).await, None, "late by nothing");
    }

    #[tokio::test(start_paused = true)]
    async fn no_reply_is_no_reply_however_late_it_is_noticed() {
        let started = tokio::time::Instant::now();
        assert_eq!(within(LIMIT, std::future::pending::<()>()).await, None);
        assert_eq!(started.elapsed().as_secs(), LIMIT.as_secs());
        let _task = tokio::spawn(tokio::time::advance(LIMIT * 2));
        assert_eq!(within(LIMIT, std::future::pending::<()>()).await, None);
        assert!(started.elapsed() < LIMIT * 4);
    }
}
