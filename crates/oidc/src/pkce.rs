//! PKCE (RFC 7636): a verifier from the operating system's randomness, and its S256 challenge.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRng as _;
use sha2::{Digest, Sha256};
use sso_core::{PkceVerifier, State};

/// Where 256 bits of randomness come from. Handed in, so that tests can know them.
pub type Entropy = fn() -> std::io::Result<[u8; 32]>;

/// 256 bits from the operating system.
///
/// # Errors
/// The operating system gives none.
pub fn os_entropy() -> std::io::Result<[u8; 32]> {
    let mut bytes = [0; 32];
    rand::rngs::SysRng.try_fill_bytes(&mut bytes).map_err(std::io::Error::other)?;
    Ok(bytes)
}

/// A verifier and its challenge.
#[derive(Clone, Debug)]
pub struct Pkce {
    /// Sent with the code, over TLS, to the token endpoint only.
    pub verifier: PkceVerifier,
    /// Sent through the browser: `base64url(SHA-256(verifier))`, unpadded. The method is always S256.
    pub challenge: String,
}

impl Pkce {
    /// A fresh pair.
    ///
    /// # Errors
    /// There is no randomness: the error of `entropy`.
    pub fn generate(entropy: Entropy) -> std::io::Result<Self> {
        Ok(Self::from_verifier(URL_SAFE_NO_PAD.encode(entropy()?)))
    }

    /// The pair of a known verifier (43 to 128 unreserved characters, RFC 7636 §4.1; not checked).
    #[must_use]
    pub fn from_verifier(verifier: String) -> Self {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        Self { verifier: PkceVerifier::new(verifier), challenge }
    }
}

/// A fresh `state` for an authorization request.
pub(crate) fn state(entropy: Entropy) -> std::io::Result<State> {
    Ok(State::new(URL_SAFE_NO_PAD.encode(entropy()?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn verifiers_are_long_enough_unreserved_and_never_the_same() {
        let mut seen = HashSet::new();
        for _ in 0..10_000 {
            let pkce = Pkce::generate(os_entropy).expect("randomness");
            let text = pkce.verifier.expose().to_owned();
            assert!((43..=128).contains(&text.len()));
            assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b)));
            assert!(!pkce.challenge.contains('='));
            assert!(seen.insert(text));
        }
    }
}
