//! `PortalClient`: the calls of the portal. Unsigned; the bearer token goes into one header.

use crate::error::PortalError;
use crate::wire::{Accounts, Credentials, Page, Roles, WireAccount};
use sso_core::{
    AccessToken, AccountId, EndpointUrl, RoleCredentials, RoleName, SecretAccessKey, SessionToken, Timestamp,
};
use sso_http::{Call, HttpClient, HttpError, Limiter, Pages, Reply, Retry, Url};
use std::time::Duration;
use tokio::time::Instant;

/// The largest page the service gives.
const PAGE_SIZE: &str = "100";
const LIST_LIMIT: Duration = Duration::from_secs(30);

/// Talks to one endpoint of the portal.
#[derive(Clone, Debug)]
pub struct PortalClient {
    http: HttpClient,
    endpoint: EndpointUrl,
    /// Paces the lists.
    limiter: Limiter,
    deadline: Option<Instant>,
}

/// An account that the user is assigned to. Name and address are foreign text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// 12 digits.
    pub id: AccountId,
    /// The account's name.
    pub name: Option<String>,
    /// The address of its root user.
    pub email: Option<String>,
}

impl Account {
    /// The order in which people look for accounts: those with a name first, by name; then the others, by id.
    #[must_use]
    pub fn sort_key(&self) -> (bool, String, String) {
        let name = self.name.as_deref().unwrap_or_default().to_lowercase();
        (name.is_empty(), name, self.id.as_str().to_owned())
    }
}

/// A role of an account, which is a permission set. The name is foreign text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// The permission set's name.
    pub name: RoleName,
}

impl PortalClient {
    /// A client of the endpoint.
    #[must_use]
    pub fn new(http: HttpClient, endpoint: EndpointUrl) -> Self {
        Self { http, endpoint, limiter: Limiter::new(), deadline: None }
    }

    /// Lists begin nothing after that, and do not wait any longer for a service that throttles.
    #[must_use]
    pub fn until(self, deadline: Option<Instant>) -> Self {
        Self { limiter: self.limiter.until(deadline), deadline, ..self }
    }

    /// When lists begin nothing more.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// The endpoint it talks to.
    #[must_use]
    pub fn endpoint(&self) -> &EndpointUrl {
        &self.endpoint
    }

    /// ListAccounts, all pages, in the service's order.
    ///
    /// Source: <https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_ListAccounts.html>
    ///
    /// # Errors
    /// As [`PortalError`].
    pub async fn list_accounts(&self, token: &AccessToken) -> Result<Vec<Account>, PortalError> {
        let pages: Vec<Accounts> = self.pages("/assignment/accounts", &[], token).await?;
        let accounts = pages.into_iter().flat_map(|page| page.account_list.unwrap_or_default());
        let account = |found: WireAccount| Account {
            id: AccountId::new(found.account_id),
            name: found.account_name,
            email: found.email_address,
        };
        Ok(accounts.map(account).collect())
    }

    /// ListAccountRoles, all pages, in the service's order.
    ///
    /// Source: <https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_ListAccountRoles.html>
    ///
    /// # Errors
    /// As [`PortalError`].
    pub async fn list_account_roles(
        &self,
        token: &AccessToken,
        account: &AccountId,
    ) -> Result<Vec<Role>, PortalError> {
        let pages: Vec<Roles> =
            self.pages("/assignment/roles", &[("account_id", account.as_str())], token).await?;
        let roles = pages.into_iter().flat_map(|page| page.role_list.unwrap_or_default());
        Ok(roles.map(|found| Role { name: RoleName::new(found.role_name) }).collect())
    }

    /// Every page of a list.
    async fn pages<P: Page>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        token: &AccessToken,
    ) -> Result<Vec<P>, PortalError> {
        let mut pages: Vec<P> = Vec::new();
        let mut counted = Pages::default();
        loop {
            let next = pages.last().and_then(P::next_token);
            let paging = next.map(|next| ("next_token", next)).into_iter().chain([("max_result", PAGE_SIZE)]);
            let url = self.url(path, query.iter().copied().chain(paging));
            let call = bearer(Call::get(url).limit(LIST_LIMIT), token);
            let reply = self.limiter.send(&self.http, || Ok::<_, HttpError>(call.clone())).await?;
            let reply = successful(reply)?;
            let page: P = reply.json()?;
            let more = page.next_token().is_some();
            counted.count(&reply, page.items(), more)?;
            pages.push(page);
            if !more {
                return Ok(pages);
            }
        }
    }

    /// GetRoleCredentials. Their end is in whole seconds, and at most 12 hours away ([`RoleCredentials::end`]).
    ///
    /// Source: <https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html>
    ///
    /// # Errors
    /// As [`PortalError`]; `NoAccess`: the role is not assigned; `AlreadyExpired`: they are of no use by the local clock.
    pub async fn get_role_credentials(
        &self,
        token: &AccessToken,
        account: &AccountId,
        role: &RoleName,
    ) -> Result<RoleCredentials, PortalError> {
        let url = self
            .url("/federation/credentials", [("role_name", role.as_str()), ("account_id", account.as_str())]);
        let call = bearer(Call::get(url).limit(Duration::from_secs(10)), token);
        let reply = successful(self.http.send(call).await?)?;
        let found = reply.json::<Credentials>()?.role_credentials;
        if [&found.access_key_id, &found.secret_access_key, &found.session_token]
            .iter()
            .any(|text| text.is_empty())
        {
            return Err(reply.malformed("an empty credential").into());
        }
        reply.issued("accessKeyId", &found.access_key_id)?;
        reply.issued("secretAccessKey", &found.secret_access_key)?;
        reply.issued("sessionToken", &found.session_token)?;
        let expires_at = Timestamp::from_second(found.expiration.div_euclid(1000))
            .map_err(|_| reply.malformed("an expiration that is no instant"))?;
        let now = self.http.now();
        if expires_at <= now {
            return Err(PortalError::AlreadyExpired { expires_at, now });
        }
        Ok(RoleCredentials {
            access_key_id: found.access_key_id,
            secret_access_key: SecretAccessKey::new(found.secret_access_key),
            session_token: SessionToken::new(found.session_token),
            expires_at: RoleCredentials::end(expires_at, now),
            account_id: Some(account.clone()),
        })
    }

    /// Logout: the access token and its session end at the service. Role credentials live on until they expire.
    ///
    /// Source: <https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_Logout.html>
    ///
    /// # Errors
    /// As [`PortalError`]; `SessionRejected`: it had ended already.
    pub async fn logout(&self, token: &AccessToken) -> Result<(), PortalError> {
        let call = bearer(Call::post(self.endpoint.join("/logout")).retry(Retry::UnlessSent), token);
        successful(self.http.send(call.limit(Duration::from_secs(5))).await?).map(drop)
    }

    fn url<'a>(&self, path: &str, query: impl IntoIterator<Item = (&'a str, &'a str)>) -> Url {
        let mut url = self.endpoint.join(path);
        url.query_pairs_mut().extend_pairs(query);
        // A blank is `%20` for the service; `+` could be a plus.
        let query = url.query().map(|query| query.replace('+', "%20"));
        url.set_query(query.as_deref());
        url
    }
}

fn successful(reply: Reply) -> Result<Reply, PortalError> {
    if reply.is_success() { Ok(reply) } else { Err(PortalError::of(&reply)) }
}

fn bearer(call: Call, token: &AccessToken) -> Call {
    call.secret_header("x-amz-sso_bearer_token", token.expose())
}
