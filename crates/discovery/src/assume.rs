//! STS AssumeRole: credentials of another role.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>

use crate::error::StsError;
use crate::sts::{Answer, Sts, VERSION};
use crate::xml::Document;
use sso_core::{
    AssumeRoleKey, AssumedRole, RoleCredentials, SecretAccessKey, SessionToken, Timestamp, parse_timestamp,
};

/// What AssumeRole is asked with.
#[derive(Clone, Copy, Debug)]
pub struct AssumeRole<'a> {
    /// The role, and all that was chosen. A role that asks for an MFA code cannot be assumed this way.
    pub key: &'a AssumeRoleKey,
    /// The session's name where none was chosen: 2 to 64 characters of `A-Za-z0-9_+=,.@-`.
    pub default_session_name: &'a str,
}

/// Headers of the reply that are kept, as botocore does.
const KEPT: [&str; 4] = ["x-amzn-requestid", "content-type", "content-length", "date"];

impl Sts {
    /// Credentials of the role. `now` is the local time; if it is wrong, the service's own is used.
    ///
    /// # Errors
    /// See [`StsError`]; `Denied`: the role does not trust the caller, or the caller may not assume roles.
    pub async fn assume_role(
        &self,
        role: AssumeRole<'_>,
        credentials: &RoleCredentials,
        now: Timestamp,
    ) -> Result<AssumedRole, StsError> {
        let key = role.key;
        let chosen = key.role_session_name.as_deref().filter(|name| !name.is_empty());
        let duration = key.duration_seconds.map(|seconds| seconds.to_string());
        let session_name = chosen.unwrap_or(role.default_session_name);
        let always = [
            ("Action", "AssumeRole"),
            ("Version", VERSION),
            ("RoleArn", key.role_arn.as_str()),
            ("RoleSessionName", session_name),
        ];
        let chosen = [("DurationSeconds", duration.as_deref()), ("ExternalId", key.external_id.as_deref())];
        let chosen = chosen.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let form: Vec<(&str, &str)> = always.into_iter().chain(chosen).collect();
        let answer = self.ask(&form, credentials, now).await?;
        assumed(answer, key, now)
    }
}

fn assumed(answer: Answer, key: &AssumeRoleKey, now: Timestamp) -> Result<AssumedRole, StsError> {
    let Answer { document, http } = answer;
    let Document::Assumed { result, metadata } = document else {
        return Err(http.malformed("another answer than credentials").into());
    };
    let (found, user) = (result.credentials, result.assumed_role_user);
    // AWS's own example has line ends around the token.
    let [access_key_id, secret, token] =
        [&found.access_key_id, &found.secret_access_key, &found.session_token]
            .map(|text| text.trim().to_owned());
    if [&access_key_id, &secret, &token].iter().any(|text| text.is_empty()) {
        return Err(http.malformed("an empty credential").into());
    }
    http.issued("AccessKeyId", &access_key_id)?;
    http.issued("SecretAccessKey", &secret)?;
    http.issued("SessionToken", &token)?;
    if !key.role_arn.is_role_of(&user.arn) {
        return Err(http.malformed("credentials of another role").into());
    }
    let expires_at =
        parse_timestamp(&found.expiration).map_err(|_| http.malformed("an expiration that is no instant"))?;
    if expires_at <= now {
        return Err(StsError::AlreadyExpired { expires_at, now });
    }
    let header = |name: &str| Some((name.to_owned(), http.header(name)?.to_owned()));
    let request_id = metadata.and_then(|metadata| metadata.request_id);
    Ok(AssumedRole {
        credentials: RoleCredentials {
            access_key_id,
            secret_access_key: SecretAccessKey::new(secret),
            session_token: SessionToken::new(token),
            expires_at: RoleCredentials::end(expires_at, now),
            account_id: Some(key.role_arn.account_id()),
        },
        assumed_role_id: user.assumed_role_id,
        arn: user.arn,
        request_id: request_id.or_else(|| http.request_id().map(str::to_owned)).unwrap_or_default(),
        status: http.status,
        headers: KEPT.into_iter().filter_map(header).collect(),
    })
}
