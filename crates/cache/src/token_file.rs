//! The token file: wire form <-> `TokenSet`. Unknown fields are kept.

use crate::json::ObjectText;
use serde_json::{Map, Value};
use sso_core::{
    AccessToken, ClientSecret, RefreshToken, StartUrl, Timestamp, TokenClient, TokenSet, format_timestamp,
    parse_timestamp,
};

/// What this project knows of the file, in the order in which the AWS CLI writes it.
const KNOWN: [&str; 8] = [
    "startUrl",
    "region",
    "accessToken",
    "expiresAt",
    "clientId",
    "clientSecret",
    "registrationExpiresAt",
    "refreshToken",
];

/// A token file: what we understand of it, and the rest.
pub(crate) struct TokenFile {
    pub(crate) token: TokenSet,
    pub(crate) unknown: Map<String, Value>,
}

/// Reads the file's bytes. The error is the reason, without any content of the file.
///
/// `accessToken` and `expiresAt` are required, as botocore requires them. Text behind the object is ignored: two
/// writers of different length leave such a tail (botocore#3213).
pub(crate) fn parse(bytes: &[u8]) -> Result<TokenFile, String> {
    let mut fields = first_object(bytes)?;
    let access_token = string(&mut fields, "accessToken")?.ok_or("accessToken is missing")?;
    let expires_at = timestamp(&mut fields, "expiresAt")?.ok_or("expiresAt is missing")?;
    let id = string(&mut fields, "clientId")?;
    let secret = string(&mut fields, "clientSecret")?.map(ClientSecret::new);
    let token = TokenSet {
        access_token: AccessToken::new(access_token),
        expires_at,
        refresh_token: string(&mut fields, "refreshToken")?.map(RefreshToken::new),
        client: id.map(|id| TokenClient { id, secret }),
        registration_expires_at: timestamp(&mut fields, "registrationExpiresAt").unwrap_or_default(),
        region: string(&mut fields, "region")?,
        start_url: string(&mut fields, "startUrl")?.map(StartUrl::new),
    };
    Ok(TokenFile { token, unknown: fields })
}

/// The text of the file, byte for byte as the AWS CLI writes it, unknown fields behind.
pub(crate) fn render(token: &TokenSet, unknown: &Map<String, Value>) -> String {
    let at = token.registration_expires_at.map(format_timestamp);
    let client = token.client.as_ref();
    ObjectText::default()
        .maybe("startUrl", token.start_url.as_ref().map(StartUrl::as_str))
        .maybe("region", token.region.as_deref())
        .field("accessToken", token.access_token.expose())
        .field("expiresAt", &format_timestamp(token.expires_at))
        .maybe("clientId", client.map(|client| client.id.as_str()))
        .maybe("clientSecret", client.and_then(|client| client.secret.as_ref()).map(ClientSecret::expose))
        .maybe("registrationExpiresAt", at.as_deref())
        .maybe("refreshToken", token.refresh_token.as_ref().map(RefreshToken::expose))
        .rest(unknown.iter().filter(|(name, _)| !KNOWN.contains(&name.as_str())))
        .text()
}

/// Whether the bytes are empty or a part of an object, as of a file that somebody is writing.
pub(crate) fn is_torn(bytes: &[u8]) -> bool {
    first_object(bytes).is_err()
}

/// Whether there is an object and more behind it than white space.
pub(crate) fn has_tail(bytes: &[u8]) -> bool {
    let mut values = serde_json::Deserializer::from_slice(bytes).into_iter::<serde::de::IgnoredAny>();
    let whole = matches!(values.next(), Some(Ok(_)));
    let rest = bytes.get(values.byte_offset()..).unwrap_or_default();
    whole && !rest.iter().all(u8::is_ascii_whitespace)
}

/// The JSON object at the start of the bytes.
pub(crate) fn first_object(bytes: &[u8]) -> Result<Map<String, Value>, String> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err("it is empty".into());
    }
    match serde_json::Deserializer::from_slice(bytes).into_iter::<Value>().next() {
        Some(Ok(Value::Object(fields))) => Ok(fields),
        Some(Ok(_)) => Err("it is JSON, but not an object".into()),
        Some(Err(error)) if error.is_eof() => {
            Err(format!("it ends in the middle, at line {} column {}", error.line(), error.column()))
        }
        Some(Err(error)) => {
            Err(format!("it is not JSON from line {} column {}", error.line(), error.column()))
        }
        None => Err("it is empty".into()),
    }
}

/// Takes a string out; null counts as absent. Its name stays, with null: `remove` would put the last field in its place, and
/// the unknown ones would change their order with each save.
fn string(fields: &mut Map<String, Value>, name: &str) -> Result<Option<String>, String> {
    match fields.get_mut(name).map(Value::take) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("{name} is not a string")),
    }
}

fn timestamp(fields: &mut Map<String, Value>, name: &str) -> Result<Option<Timestamp>, String> {
    let text = string(fields, name)?;
    text.map(|text| parse_timestamp(&text).map_err(|_| format!("{name} is not a timestamp"))).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WHOLE: &str = r#"{"startUrl": "https://corp.awsapps.com/start", "region": "us-east-1", "accessToken": "at", "expiresAt": "2026-11-21T06:44:14Z", "clientId": "cid", "clientSecret": "cs", "registrationExpiresAt": "2027-02-18T22:44:13Z", "refreshToken": "rt"}"#;

    #[test]
    fn what_the_aws_cli_writes_comes_back_byte_for_byte() {
        let file = parse(WHOLE.as_bytes()).expect("whole");
        assert_eq!(render(&file.token, &file.unknown), WHOLE);
    }

    #[test]
    fn what_stands_behind_the_object_is_seen() {
        for (text, tail) in
            [("{}", false), ("{} \n", false), ("{}\"}", true), ("{}{}", true), ("{", false), ("", false)]
        {
            assert_eq!(has_tail(text.as_bytes()), tail, "{text}");
        }
    }

    #[test]
    fn unknown_fields_survive() {
        let text = WHOLE.replace(r#""rt"}"#, r#""rt", "issuer": {"deep": [1, null]}, "x": "é"}"#);
        let file = parse(text.as_bytes()).expect("whole");
        let again = render(&file.token, &file.unknown);
        assert!(
            again.contains(r#""issuer": {"deep": [1, null]}"#) && again.contains(r#""x": "\u00e9""#),
            "{again}"
        );
    }

    #[test]
    fn unknown_fields_keep_their_order() {
        let text = WHOLE.replace(r#""rt"}"#, r#""rt", "u": 1, "v": 2, "w": 3, "x": 4, "y": 5, "z": 6}"#);
        let file = parse(text.as_bytes()).expect("whole");
        assert_eq!(render(&file.token, &file.unknown), text);
    }

    #[test]
    fn a_file_that_cannot_be_used_says_why_and_shows_nothing() {
        for (text, reason) in [
            ("", "it is empty"),
            (" \n", "it is empty"),
            ("{\"accessToken\": \"CAN", "it ends in the middle, at line 1 column 20"),
            ("{not-json", "it is not JSON from line 1 column 2"),
            ("[]", "it is JSON, but not an object"),
            ("{}", "accessToken is missing"),
            (r#"{"accessToken": "CANARY"}"#, "expiresAt is missing"),
            (r#"{"accessToken": 7, "expiresAt": "2026-11-21T06:44:14Z"}"#, "accessToken is not a string"),
            (r#"{"accessToken": "CANARY", "expiresAt": "notatimestamp"}"#, "expiresAt is not a timestamp"),
        ] {
            let found = parse(text.as_bytes()).err();
            assert_eq!(found.as_deref(), Some(reason), "{text}");
        }
        assert!(parse(b"\xff\xfe{}").is_err());
        assert!(
            parse("[".repeat(200_000).as_bytes()).is_err(),
            "deep nesting is an error, not a stack overflow"
        );
    }

    #[test]
    fn garbage_behind_the_object_is_ignored() {
        assert!(parse(format!("{WHOLE}\"}}\"}}").as_bytes()).is_ok());
    }

    proptest! {
        #[test]
        fn no_input_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = parse(&bytes);
        }

        #[test]
        fn every_cut_of_a_file_is_refused(cut in 0..WHOLE.len()) {
            prop_assert!(parse(WHOLE.get(..cut).unwrap_or_default().as_bytes()).is_err());
        }
    }
}
