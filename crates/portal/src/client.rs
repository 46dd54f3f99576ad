//! `PortalClient`: the calls of the portal. Unsigned; the bearer token goes into one header.

use crate::error::PortalError;
use crate::wire::{Accounts, Credentials, Roles};
use sso_core::{
    AccessToken, AccountId, EndpointUrl, RoleCredentials, RoleName, SecretAccessKey, SessionToken, Timestamp,
};
use sso_http::{Call, HttpClient, Reply, Retry, Url};
use std::time::Duration;

/// The largest page the service gives.
const PAGE_SIZE: &str = "100";
/// More pages than any organisation has: a server that never stops is not believed.
const MOST_PAGES: usize = 1000;
const LIST_LIMIT: Duration = Duration::from_secs(30);

/// Talks to one endpoint of the portal.
#[derive(Clone, Debug)]
pub struct PortalClient {
    http: HttpClient,
    endpoint: EndpointUrl,
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

/// A role of an account. The name is foreign text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// The permission set's name.
    pub name: RoleName,
}

impl PortalClient {
    /// A client of the endpoint.
    #[must_use]
    pub fn new(http: HttpClient, endpoint: EndpointUrl) -> Self {
        Self { http, endpoint }
    }

    /// The endpoint it talks to.
    #[must_use]
    pub fn endpoint(&self) -> &EndpointUrl {
        &self.endpoint
    }

    /// ListAccounts, all pages.
    ///
    /// # Errors
    /// As [`PortalError`].
    pub async fn list_accounts(&self, token: &AccessToken) -> Result<Vec<Account>, PortalError> {
        let mut all = Vec::new();
        let mut next: Option<String> = None;
        let mut pages = 0;
        loop {
            let url = self.url(
                "/assignment/accounts",
                &[("next_token", next.as_deref()), ("max_result", Some(PAGE_SIZE))],
            );
            let reply = self.get(url, token, LIST_LIMIT).await?;
            let page: Accounts = reply.json()?;
            all.extend(page.account_list.unwrap_or_default().into_iter().map(|account| Account {
                id: AccountId::new(account.account_id),
                name: account.account_name,
                email: account.email_address,
            }));
            next = page.next_token.filter(|token| !token.is_empty());
            pages += 1;
            match next {
                None => return Ok(all),
                Some(_) if pages == MOST_PAGES => return Err(reply.malformed("a list without end").into()),
                Some(_) => {}
            }
        }
    }

    /// ListAccountRoles, all pages.
    ///
    /// # Errors
    /// As [`PortalError`].
    pub async fn list_account_roles(
        &self,
        token: &AccessToken,
        account: &AccountId,
    ) -> Result<Vec<Role>, PortalError> {
        let mut all = Vec::new();
        let mut next: Option<String> = None;
        let mut pages = 0;
        loop {
            let url = self.url(
                "/assignment/roles",
                &[
                    ("account_id", Some(account.as_str())),
                    ("next_token", next.as_deref()),
                    ("max_result", Some(PAGE_SIZE)),
                ],
            );
            let reply = self.get(url, token, LIST_LIMIT).await?;
            let page: Roles = reply.json()?;
            all.extend(
                page.role_list
                    .unwrap_or_default()
                    .into_iter()
                    .map(|role| Role { name: RoleName::new(role.role_name) }),
            );
            next = page.next_token.filter(|token| !token.is_empty());
            pages += 1;
            match next {
                None => return Ok(all),
                Some(_) if pages == MOST_PAGES => return Err(reply.malformed("a list without end").into()),
                Some(_) => {}
            }
        }
    }

    /// GetRoleCredentials.
    ///
    /// # Errors
    /// As [`PortalError`]; `NoAccess`: the role is not assigned.
    pub async fn get_role_credentials(
        &self,
        token: &AccessToken,
        account: &AccountId,
        role: &RoleName,
    ) -> Result<RoleCredentials, PortalError> {
        let url = self.url(
            "/federation/credentials",
            &[("role_name", Some(role.as_str())), ("account_id", Some(account.as_str()))],
        );
        let reply = self.get(url, token, Duration::from_secs(10)).await?;
        let found = reply.json::<Credentials>()?.role_credentials;
        let expires_at = Timestamp::from_second(found.expiration.div_euclid(1000))
            .map_err(|_| reply.malformed("an expiration that is no instant"))?;
        Ok(RoleCredentials {
            access_key_id: found.access_key_id,
            secret_access_key: SecretAccessKey::new(found.secret_access_key),
            session_token: SessionToken::new(found.session_token),
            expires_at,
            account_id: Some(account.clone()),
        })
    }

    /// Logout: the access token and its session end at the service. Role credentials live on until they expire.
    ///
    /// # Errors
    /// As [`PortalError`]; `SessionRejected`: it had ended already.
    pub async fn logout(&self, token: &AccessToken) -> Result<(), PortalError> {
        let call = bearer(Call::post(self.endpoint.join("/logout")).retry(Retry::UnlessSent), token);
        let reply = self.http.send(call.limit(Duration::from_secs(5))).await?;
        if reply.is_success() { Ok(()) } else { Err(PortalError::of(&reply)) }
    }

    fn url(&self, path: &str, query: &[(&str, Option<&str>)]) -> Url {
        let mut url = self.endpoint.join(path);
        let pairs = query.iter().filter_map(|(name, value)| Some((*name, (*value)?)));
        url.query_pairs_mut().extend_pairs(pairs);
        // A blank is `%20` for the service; `+` could be a plus.
        let query = url.query().map(|query| query.replace('+', "%20"));
        url.set_query(query.as_deref());
        url
    }

    async fn get(&self, url: Url, token: &AccessToken, limit: Duration) -> Result<Reply, PortalError> {
        let reply = self.http.send(bearer(Call::get(url).limit(limit), token)).await?;
        if reply.is_success() { Ok(reply) } else { Err(PortalError::of(&reply)) }
    }
}

fn bearer(call: Call, token: &AccessToken) -> Call {
    call.secret_header("x-amz-sso_bearer_token", token.expose())
}
