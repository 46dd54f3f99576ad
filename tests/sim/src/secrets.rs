//! Minting of ids and of secrets that a leak scan can find: every secret holds the word `CANARY`.

use rand::RngExt as _;

/// The word to search for in anything that must not hold a secret.
const MARK: &str = "CANARY";
/// Changes under percent-encoding, so that a scan for encoded secrets has something to find.
const AWKWARD: &str = "+/=";

const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const PLAIN: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const KEY_ID: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const HEX: &[u8] = b"0123456789abcdef";
/// No vowels (no words), no letters that look like digits.
const USER_CODE: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ";

/// A secret of about `length` characters that starts with `prefix`.
pub(crate) fn secret(prefix: &str, length: usize) -> String {
    let head = format!("{prefix}{MARK}{}{AWKWARD}", random(BASE64, 8));
    let rest = length.saturating_sub(head.len()).max(24);
    format!("{head}{}", random(BASE64, rest))
}

/// 40 characters of the base64 alphabet without padding, like the real ones.
pub(crate) fn secret_access_key() -> String {
    format!("{MARK}{}/+{}", random(BASE64, 16), random(BASE64, 16))
}

/// A page token full of characters that must be percent-encoded in a query.
pub(crate) fn page_token() -> String {
    format!("pt+/=&{}==", random(BASE64, 24))
}

/// A page token of a service that documents which characters its tokens have.
pub(crate) fn plain_page_token() -> String {
    format!("pt+/_{}==", random(PLAIN, 24))
}

/// `ASIA` starts the id of temporary credentials, `AKIA` that of keys that stay.
pub(crate) fn access_key_id(prefix: &str) -> String {
    format!("{prefix}{}", random(KEY_ID, 16))
}

pub(crate) fn client_id() -> String {
    random(PLAIN, 22)
}

pub(crate) fn ticket() -> String {
    random(PLAIN, 32)
}

pub(crate) fn user_code() -> String {
    format!("{}-{}", random(USER_CODE, 4), random(USER_CODE, 4))
}

/// Looks like a UUID, which is all a request id has to do.
pub(crate) fn request_id() -> String {
    let groups = [8, 4, 4, 4, 12].map(|length| random(HEX, length));
    groups.join("-")
}

fn random(alphabet: &[u8], length: usize) -> String {
    let mut rng = rand::rng();
    (0..length).map(|_| char::from(alphabet[rng.random_range(0..alphabet.len())])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_secret_holds_the_mark_and_awkward_characters() {
        for text in [secret("aoa", 700), secret("", 10), secret_access_key()] {
            assert!(text.contains("CANARY"), "{text}");
            assert!(text.contains('+') && text.contains('/'), "{text}");
        }
        assert_eq!(secret("aoa", 700).len(), 700);
        assert_eq!(secret_access_key().len(), 40);
    }
}
