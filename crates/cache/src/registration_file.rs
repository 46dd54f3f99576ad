//! The client registration file: wire form <-> `ClientRegistration`.

use crate::json::ObjectText;
use crate::token_file::first_object;
use serde_json::{Map, Value};
use sso_core::{ClientRegistration, ClientSecret, GrantKind, format_timestamp, parse_timestamp};

/// Reads the file's bytes. The error is the reason, without any content of the file.
pub(crate) fn parse(bytes: &[u8]) -> Result<ClientRegistration, String> {
    let fields = first_object(bytes)?;
    let text = |name: &str| fields.get(name).and_then(Value::as_str).ok_or(format!("{name} is missing"));
    let expires_at =
        parse_timestamp(text("expiresAt")?).map_err(|_| "expiresAt is not a timestamp".to_owned())?;
    let authorization_code = strings(&fields, "grantTypes").iter().any(|grant| grant == "authorization_code");
    Ok(ClientRegistration {
        client_id: text("clientId")?.to_owned(),
        client_secret: ClientSecret::new(text("clientSecret")?.to_owned()),
        expires_at,
        scopes: strings(&fields, "scopes"),
        kind: if authorization_code { GrantKind::AuthorizationCode } else { GrantKind::DeviceCode },
    })
}

/// The text of the file, byte for byte as the AWS CLI writes it.
pub(crate) fn render(registration: &ClientRegistration) -> String {
    let grants = registration.kind.grant_types();
    ObjectText::default()
        .field("clientId", &registration.client_id)
        .field("clientSecret", registration.client_secret.expose())
        .field("expiresAt", &format_timestamp(registration.expires_at))
        .maybe("scopes", (!registration.scopes.is_empty()).then_some(&registration.scopes))
        .maybe("grantTypes", (!grants.is_empty()).then_some(grants))
        .text()
}

fn strings(fields: &Map<String, Value>, name: &str) -> Vec<String> {
    let list = fields.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_come_back_byte_for_byte() {
        for (text, kind) in [
            (
                r#"{"clientId": "c", "clientSecret": "s", "expiresAt": "2027-02-18T22:43:48Z", "scopes": ["sso:account:access"], "grantTypes": ["authorization_code", "refresh_token"]}"#,
                GrantKind::AuthorizationCode,
            ),
            (
                r#"{"clientId": "c", "clientSecret": "s", "expiresAt": "2027-02-18T22:43:48Z"}"#,
                GrantKind::DeviceCode,
            ),
        ] {
            let registration = parse(text.as_bytes()).expect("whole");
            assert_eq!((registration.kind, render(&registration).as_str()), (kind, text));
        }
    }

    #[test]
    fn a_torn_registration_is_a_reason_not_a_crash() {
        for text in [
            "",
            "{",
            "{}",
            r#"{"clientId": "c"}"#,
            r#"{"clientId": "c", "clientSecret": "s", "expiresAt": 7}"#,
        ] {
            assert!(parse(text.as_bytes()).is_err(), "{text}");
        }
    }
}
