//! The portal's replies as they stand on the wire. As in AWS's SDKs a member that is null is one that is absent.

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// One page of a list.
pub(crate) trait Page: DeserializeOwned {
    /// `nextToken` as it was sent.
    fn sent(&self) -> Option<&str>;
    /// How many items are on it.
    fn items(&self) -> usize;

    /// What the next page is asked with; `None` on the last one.
    fn next_token(&self) -> Option<&str> {
        self.sent().filter(|token| !token.is_empty())
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Accounts {
    pub(crate) next_token: Option<String>,
    pub(crate) account_list: Option<Vec<WireAccount>>,
}

impl Page for Accounts {
    fn sent(&self) -> Option<&str> {
        self.next_token.as_deref()
    }

    fn items(&self) -> usize {
        self.account_list.as_ref().map_or(0, Vec::len)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WireAccount {
    pub(crate) account_id: String,
    pub(crate) account_name: Option<String>,
    pub(crate) email_address: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Roles {
    pub(crate) next_token: Option<String>,
    pub(crate) role_list: Option<Vec<WireRole>>,
}

impl Page for Roles {
    fn sent(&self) -> Option<&str> {
        self.next_token.as_deref()
    }

    fn items(&self) -> usize {
        self.role_list.as_ref().map_or(0, Vec::len)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WireRole {
    pub(crate) role_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Credentials {
    pub(crate) role_credentials: WireCredentials,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WireCredentials {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
    pub(crate) session_token: String,
    /// Epoch milliseconds.
    pub(crate) expiration: i64,
}
