//! A door: one path of the endpoint, the token that opens it, and who gives the credentials behind it.

use crate::keeper::Asker;
use sso_core::EndpointToken;
use std::fmt::Write as _;
use subtle::ConstantTimeEq as _;

/// One path of the endpoint. Each has a token of its own: whoever was given one role cannot ask for another.
#[derive(Clone, Debug)]
pub struct Door {
    /// The path as SDKs send it, without a query: `/`, `/profile/prod`.
    pub path: String,
    /// What the `Authorization` header must be.
    pub token: EndpointToken,
    /// Who gives the credentials.
    pub asker: Asker,
}

impl Door {
    /// Whether the header opens it; takes as long for a wrong token as for the right one.
    pub(crate) fn opens(&self, authorization: &[u8]) -> bool {
        authorization.ct_eq(self.token.expose().as_bytes()).into()
    }
}

/// A token of 256 random bits, as text that every header and shell takes as it is: 64 hex digits.
#[must_use]
pub fn token_of(random: [u8; 32]) -> EndpointToken {
    let text = random.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing into a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    });
    EndpointToken::new(text)
}
