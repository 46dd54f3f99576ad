//! What the vault keeps of a session and of a client, as JSON; and how it comes together with what the file has.

use crate::vault::VaultError;
use serde::{Deserialize, Serialize};
use sso_core::{
    ClientRegistration, ClientSecret, GrantKind, RefreshToken, StartUrl, StoredSecret, Timestamp,
    TokenClient, TokenSet, format_timestamp, parse_timestamp,
};

/// The long-lived part of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    refresh_token: Option<RefreshToken>,
    client: Option<TokenClient>,
    registration_expires_at: Option<Timestamp>,
    /// The end of the access token that it came with: tells whether it or the file is newer.
    expires_at: Timestamp,
    start_url: Option<StartUrl>,
    region: Option<String>,
}

/// Names as in the token's file, for whoever looks at it with a tool of the platform.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    refresh_token: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    registration_expires_at: Option<String>,
    expires_at: String,
    start_url: Option<String>,
    region: Option<String>,
}

impl Record {
    /// The long-lived part, if there is one.
    pub(crate) fn of(token: &TokenSet) -> Option<Self> {
        has_secrets(token).then(|| Self {
            refresh_token: token.refresh_token.clone(),
            client: token.client.clone(),
            registration_expires_at: token.registration_expires_at,
            expires_at: token.expires_at,
            start_url: token.start_url.clone(),
            region: token.region.clone(),
        })
    }

    pub(crate) fn parse(secret: &StoredSecret) -> Result<Self, VaultError> {
        let wire: Wire = from_json(secret)?;
        let at = |text: &str| parse_timestamp(text).map_err(|_| VaultError::Damaged("a time in it is none"));
        Ok(Self {
            refresh_token: wire.refresh_token.map(RefreshToken::new),
            client: wire
                .client_id
                .map(|id| TokenClient { id, secret: wire.client_secret.map(ClientSecret::new) }),
            registration_expires_at: wire.registration_expires_at.as_deref().map(at).transpose()?,
            expires_at: at(&wire.expires_at)?,
            start_url: wire.start_url.map(StartUrl::new),
            region: wire.region,
        })
    }

    pub(crate) fn render(&self) -> Result<StoredSecret, VaultError> {
        let client = self.client.as_ref();
        let secret = client.and_then(|client| client.secret.as_ref());
        to_json(&Wire {
            refresh_token: self.refresh_token.as_ref().map(|token| token.expose().to_owned()),
            client_id: client.map(|client| client.id.clone()),
            client_secret: secret.map(|secret| secret.expose().to_owned()),
            registration_expires_at: self.registration_expires_at.map(format_timestamp),
            expires_at: format_timestamp(self.expires_at),
            start_url: self.start_url.as_ref().map(|url| url.as_str().to_owned()),
            region: self.region.clone(),
        })
    }

    /// The whole token: the short-lived part of the file with this.
    ///
    /// A file that ends later was written by another tool's login or refresh, which knows nothing of the vault: then it
    /// stands as it is. One that ends no later is the one that this came with, or an older one where a process was killed
    /// between the two: the refresh token in the vault is always the one that was not spent yet.
    pub(crate) fn join(&self, file: TokenSet) -> TokenSet {
        let same_portal = file.start_url == self.start_url && file.region == self.region;
        let end = file.expires_at.as_second();
        let newer = if has_secrets(&file) {
            end >= self.expires_at.as_second()
        } else {
            end > self.expires_at.as_second()
        };
        if newer || !same_portal {
            return file;
        }
        TokenSet {
            refresh_token: self.refresh_token.clone(),
            client: self.client.clone(),
            registration_expires_at: self.registration_expires_at,
            ..file
        }
    }
}

/// Whether it has anything that belongs into the vault.
pub(crate) fn has_secrets(token: &TokenSet) -> bool {
    token.refresh_token.is_some() || token.client.as_ref().is_some_and(|client| client.secret.is_some())
}

/// What the file may have: no refresh token, no client secret. Without those nobody can renew it, so nobody tries.
pub(crate) fn stripped(token: &TokenSet) -> TokenSet {
    let client = token.client.clone().map(|client| TokenClient { secret: None, ..client });
    TokenSet { refresh_token: None, client, ..token.clone() }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireClient {
    client_id: String,
    client_secret: String,
    expires_at: String,
    scopes: Vec<String>,
    authorization_code: bool,
}

pub(crate) fn parse_registration(secret: &StoredSecret) -> Result<ClientRegistration, VaultError> {
    let wire: WireClient = from_json(secret)?;
    Ok(ClientRegistration {
        client_id: wire.client_id,
        client_secret: ClientSecret::new(wire.client_secret),
        expires_at: parse_timestamp(&wire.expires_at)
            .map_err(|_| VaultError::Damaged("a time in it is none"))?,
        scopes: wire.scopes,
        kind: if wire.authorization_code { GrantKind::AuthorizationCode } else { GrantKind::DeviceCode },
    })
}

pub(crate) fn render_registration(registration: &ClientRegistration) -> Result<StoredSecret, VaultError> {
    to_json(&WireClient {
        client_id: registration.client_id.clone(),
        client_secret: registration.client_secret.expose().to_owned(),
        expires_at: format_timestamp(registration.expires_at),
        scopes: registration.scopes.clone(),
        authorization_code: registration.kind == GrantKind::AuthorizationCode,
    })
}

/// The parser's own words could hold a piece of the secret.
fn from_json<T: serde::de::DeserializeOwned>(secret: &StoredSecret) -> Result<T, VaultError> {
    serde_json::from_str(secret.expose()).map_err(|_| VaultError::Damaged("it was not written by sso"))
}

fn to_json(wire: &impl Serialize) -> Result<StoredSecret, VaultError> {
    let text = serde_json::to_string(wire).map_err(|_| VaultError::Damaged("it has no JSON"))?;
    Ok(StoredSecret::new(text))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use sso_core::AccessToken;

    pub(crate) fn at(text: &str) -> Timestamp {
        parse_timestamp(text).expect("an instant")
    }

    pub(crate) fn token(access: &str, refresh: &str, ends: &str) -> TokenSet {
        TokenSet {
            access_token: AccessToken::new(access.into()),
            expires_at: at(ends),
            refresh_token: Some(RefreshToken::new(refresh.into())),
            client: Some(TokenClient { id: "c".into(), secret: Some(ClientSecret::new("s".into())) }),
            registration_expires_at: Some(at("2027-02-18T22:44:13Z")),
            region: Some("us-east-1".into()),
            start_url: Some(StartUrl::new("https://corp.awsapps.com/start")),
        }
    }

    #[test]
    fn both_halves_are_the_whole() {
        let whole = token("a", "r", "2026-11-21T07:00:00Z");
        let record = Record::of(&whole).expect("it has secrets");
        let back = Record::parse(&record.render().expect("JSON")).expect("whole");
        assert_eq!(back, record);
        let half = stripped(&whole);
        assert!(!has_secrets(&half) && Record::of(&half).is_none());
        assert_eq!(half.client.as_ref().map(|client| client.id.as_str()), Some("c"));
        assert_eq!(back.join(half), whole);
    }

    /// The file's end, what the file has, another portal: whose refresh token it is.
    #[test]
    fn the_newer_one_counts() {
        let record = Record::of(&token("a", "kept", "2026-11-21T07:00:00Z")).expect("it has secrets");
        for (ends, plain, region, expected) in [
            ("2026-11-21T07:00:00Z", false, "us-east-1", Some("kept")),
            // Killed after the vault was written, before the file.
            ("2026-11-21T06:00:00Z", false, "us-east-1", Some("kept")),
            ("2026-11-21T06:00:00Z", true, "us-east-1", Some("kept")),
            // Another tool has signed in.
            ("2026-11-21T08:00:00Z", true, "us-east-1", Some("plain")),
            ("2026-11-21T08:00:00Z", false, "us-east-1", None),
            // Killed between the two halves of a move.
            ("2026-11-21T07:00:00Z", true, "us-east-1", Some("plain")),
            ("2026-11-21T07:00:00Z", false, "eu-west-1", None),
        ] {
            let file = token("a", "plain", ends);
            let file = if plain { file } else { stripped(&file) };
            let file = TokenSet { region: Some(region.into()), ..file };
            let found = record.join(file).refresh_token;
            assert_eq!(found.as_ref().map(RefreshToken::expose), expected, "{ends} {plain} {region}");
        }
    }

    #[test]
    fn registrations_come_back() {
        for kind in [GrantKind::AuthorizationCode, GrantKind::DeviceCode] {
            let registration = ClientRegistration {
                client_id: "c".into(),
                client_secret: ClientSecret::new("s".into()),
                expires_at: at("2027-02-18T22:44:13Z"),
                scopes: vec!["sso:account:access".into()],
                kind,
            };
            let text = render_registration(&registration).expect("JSON");
            assert_eq!(parse_registration(&text), Ok(registration));
        }
    }

    #[test]
    fn rubbish_is_said_without_its_content() {
        for text in ["", "CANARY", "{\"refreshToken\": CANARY}", "{\"expiresAt\": \"CANARY\"}"] {
            let secret = StoredSecret::new(text.into());
            let told = Record::parse(&secret).expect_err("rubbish").to_string();
            assert!(!told.contains("CANARY"), "{told}");
            assert!(parse_registration(&secret).is_err());
        }
    }
}
