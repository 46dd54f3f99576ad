//! Names as people and AWS write them. Each keeps the text it was given; checks happen before use.

use thiserror::Error;

macro_rules! name {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Keeps the text exactly as it was written.
            #[must_use]
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text as it was written.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }
    )+};
}

pub(crate) use name;

name! {
    /// The name of a profile, without the `profile ` of its section header.
    ProfileName;
    /// The name of an `[sso-session NAME]` section.
    SessionName;
    /// The name of a permission set as the portal knows it (`sso_role_name`).
    RoleName;
    /// An AWS account id: an opaque string of 12 digits, leading zeros included. See [`AccountId::check`].
    AccountId;
}

/// Why a text is no account id.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("an account id has 12 digits, this has {found}")]
pub struct AccountIdError {
    /// How many digits there are, or a word on what is wrong ("other characters").
    pub found: String,
}

impl AccountId {
    /// Checks the form just before the id goes into a request: exactly 12 ASCII digits.
    ///
    /// # Errors
    /// [`AccountIdError`]: the form is wrong; says how many digits there are.
    pub fn check(&self) -> Result<(), AccountIdError> {
        if !self.0.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(AccountIdError { found: "other characters".to_owned() });
        }
        if self.0.len() == 12 { Ok(()) } else { Err(AccountIdError { found: self.0.len().to_string() }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_ids_are_checked_not_changed() {
        for (text, found) in [
            ("012345678901", None),
            ("12345678901", Some("11")),
            ("", Some("0")),
            ("1234-5678-9012", Some("other characters")),
            ("１２３４５６７８９０１２", Some("other characters")),
        ] {
            let id = AccountId::new(text);
            assert_eq!(id.check().err().map(|error| error.found).as_deref(), found, "{text}");
            assert_eq!(id.as_str(), text);
        }
    }
}
