//! Secrets: one type a protocol word, erased when dropped, and none can be printed or serialised.

use std::fmt;
use zeroize::Zeroizing;

macro_rules! secret {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        ///
        /// Has no `Display` and no `Serialize`; `Debug` says `REDACTED`. [`Self::expose`] is the one way out.
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(Zeroizing<String>);

        impl $name {
            /// Takes the text over.
            #[must_use]
            pub fn new(text: String) -> Self {
                Self(Zeroizing::new(text))
            }

            /// The secret itself, for a request or a file that is made for it. Never for a message.
            #[must_use]
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(REDACTED)"))
            }
        }
    )+};
}

secret! {
    /// The bearer token of an IAM Identity Center session (`accessToken`).
    AccessToken;
    /// The refresh token (RFC 6749 §1.5), possibly valid for a single use.
    RefreshToken;
    /// The secret of a dynamically registered client (`clientSecret`).
    ClientSecret;
    /// The device code (RFC 8628 §3.2); the user code beside it is not secret.
    DeviceCode;
    /// The authorization code (RFC 6749 §4.1.2).
    AuthorizationCode;
    /// The PKCE code verifier (RFC 7636 §4.1).
    PkceVerifier;
    /// The `state` of an authorization request (RFC 6749 §10.12): whoever knows it can steer a login.
    State;
    /// The secret access key of role credentials.
    SecretAccessKey;
    /// The session token of role credentials.
    SessionToken;
    /// The `Authorization` header that our own loopback credential endpoint wants.
    EndpointToken;
    /// The token that signs a browser in at the AWS console (`SigninToken`).
    SigninToken;
    /// The address with that token in it: whoever opens it has the role.
    ConsoleUrl;
    /// What a platform's secret store keeps under one name.
    StoredSecret;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_holds_the_secret() {
        let shown = [
            format!("{:?}", AccessToken::new("CANARY".into())),
            format!("{:#?}", RefreshToken::new("CANARY".into())),
            format!("{:?}", Some(ClientSecret::new("CANARY".into()))),
            format!("{:?}", SecretAccessKey::new("CANARY".into())),
        ];
        assert!(shown.iter().all(|text| !text.contains("CANARY")), "{shown:?}");
    }
}
