//! A call of the administrators' services: AWS JSON 1.1, signed, paced, read.

use crate::admin_error::AdminError;
use crate::operation::Operation;
use crate::page;
use crate::sign::sign;
use crate::time::SigningTime;
use jiff::SignedDuration;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sso_core::{EndpointUrl, Region, RoleCredentials, Service, Timestamp};
use sso_http::{Call, HttpClient, Limiter, Pages, Reply};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::time::Instant;

/// How long one try may take.
const LIMIT: Duration = Duration::from_secs(30);

/// Who asks, and by which clock. Clones share both, so new credentials and a corrected clock hold for all services.
#[derive(Clone, Debug)]
pub struct Signer {
    http: HttpClient,
    credentials: Arc<RwLock<RoleCredentials>>,
    time: SigningTime,
    deadline: Option<Instant>,
}

impl Signer {
    /// Signs with these credentials. Long-lived keys have an empty session token.
    #[must_use]
    pub fn new(http: HttpClient, credentials: RoleCredentials) -> Self {
        let time = SigningTime::new(http.clone());
        Self { http, credentials: Arc::new(RwLock::new(credentials)), time, deadline: None }
    }

    /// Nothing is begun after that, and whoever is throttled is not waited for any longer.
    #[must_use]
    pub fn until(self, deadline: Option<Instant>) -> Self {
        Self { deadline, ..self }
    }

    /// Signs with these from now on: the others are about to end.
    pub fn renew(&self, credentials: RoleCredentials) {
        *self.credentials.write().unwrap_or_else(PoisonError::into_inner) = credentials;
    }

    /// Service's time minus local time, if signatures had to be made by the service's.
    #[must_use]
    pub fn clock_offset(&self) -> Option<SignedDuration> {
        self.time.applied()
    }

    fn credentials(&self) -> RoleCredentials {
        self.credentials.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// When nothing more is begun.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }
}

/// The client of one service.
#[derive(Clone, Debug)]
pub(crate) struct Admin {
    signer: Signer,
    endpoint: EndpointUrl,
    region: Region,
    limiter: Limiter,
}

impl Admin {
    /// A client of `endpoint`, signing for the region that answers for `region`.
    pub(crate) fn new(signer: &Signer, service: Service, endpoint: EndpointUrl, region: &Region) -> Self {
        let limiter = Limiter::new().until(signer.deadline);
        Self { signer: signer.clone(), endpoint, region: service.region_for(region), limiter }
    }

    /// Asks for one document.
    pub(crate) async fn ask<T: DeserializeOwned>(
        &self,
        operation: Operation,
        input: &Value,
    ) -> Result<T, AdminError> {
        Ok(self.reply(operation, input).await?.json()?)
    }

    /// Every page of a list. `field` holds the items.
    pub(crate) async fn pages<T: DeserializeOwned>(
        &self,
        operation: Operation,
        mut input: Value,
        page_size: usize,
        field: &str,
    ) -> Result<Vec<T>, AdminError> {
        let mut items = Vec::new();
        let mut pages = Pages::default();
        set(&mut input, "MaxResults", page_size.into());
        loop {
            let reply = self.reply(operation, &input).await?;
            let page = page::read(&reply, field)?;
            pages.count(&reply, page.items.len(), page.next.is_some())?;
            items.extend(page.items);
            match page.next {
                Some(next) => set(&mut input, "NextToken", next.into()),
                None => return Ok(items),
            }
        }
    }

    /// Asks, again while the service throttles, and once more by its own time where a wrong clock was the fault.
    async fn reply(&self, operation: Operation, input: &Value) -> Result<Reply, AdminError> {
        let applied = self.signer.time.applied();
        match self.reply_once(operation, input).await {
            Err(AdminError::Service { code, .. }) if self.signer.time.corrects(&code, applied) => {
                self.reply_once(operation, input).await
            }
            done => done,
        }
    }

    /// When nothing more is begun.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.signer.deadline
    }

    fn now(&self) -> Timestamp {
        self.signer.time.at(self.signer.http.now())
    }

    async fn reply_once(&self, operation: Operation, input: &Value) -> Result<Reply, AdminError> {
        let body = input.to_string().into_bytes();
        let make = || -> Result<Call, AdminError> {
            let call = Call::post(self.endpoint.join("/"))
                .body("application/x-amz-json-1.1", body.clone())
                .header("x-amz-target", &operation.target())
                .limit(LIMIT);
            let credentials = self.signer.credentials();
            Ok(sign(call, &credentials, &self.region, operation.signing_name(), self.now())?)
        };
        let reply = self.limiter.send(&self.signer.http, make).await?;
        if reply.is_success() {
            Ok(reply)
        } else {
            Err(AdminError::of(operation, &reply, &self.signer.credentials()))
        }
    }
}

fn set(input: &mut Value, name: &str, value: Value) {
    if let Some(members) = input.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}
