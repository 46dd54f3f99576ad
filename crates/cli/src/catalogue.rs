//! The stable codes of what can go wrong, shared by run-time errors, the doctor and the documentation.

use serde::{Serialize, Serializer};

macro_rules! catalogue {
    ($($(#[$meta:meta])* $code:ident $title:literal;)+) => {
        /// A stable code. One root cause has one code, wherever it shows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum Code {
            $($(#[$meta])* $code,)+
        }

        impl Code {
            /// Every code.
            pub(crate) const ALL: &[Self] = &[$(Self::$code,)+];

            /// The code that is written so, in either case.
            pub(crate) fn named(id: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|code| code.id().eq_ignore_ascii_case(id.trim()))
            }

            /// As it is printed: `T02`.
            pub(crate) fn id(self) -> &'static str {
                match self { $(Self::$code => stringify!($code),)+ }
            }

            /// What it is about, in a few words.
            pub(crate) fn title(self) -> &'static str {
                match self { $(Self::$code => $title,)+ }
            }
        }
    };
}

catalogue! {
    C01 "No IAM Identity Center configuration";
    C02 "Profile not found";
    C03 "Section lacks the profile prefix";
    C04 "sso-session not found";
    C05 "A session lacks a key";
    C06 "A profile lacks its account or role";
    C07 "Profile and session contradict each other";
    C08 "A section or key stands twice";
    C09 "A line that cannot be read";
    C10 "The file's encoding";
    C11 "The start URL cannot be used";
    C12 "A legacy profile";
    C13 "The scope sso:account:access is missing";
    C14 "The region is not one";
    C15 "Two default profiles";
    C16 "Static keys beside the SSO profile";
    C17 "The profile uses another source of credentials";
    C18 "source_profile loops or leads nowhere";
    C19 "The account id has not 12 digits";
    C20 "The role is no permission set's name";
    C21 "A role cannot be assumed as it is configured";
    T01 "Never signed in";
    T02 "Session expired, not to be renewed without you";
    T03 "Client registration expired";
    T04 "Token file damaged";
    T05 "The token's end cannot be read";
    T06 "Refresh token refused";
    T07 "Session ended at the service";
    T08 "Client registration made for another flow";
    T09 "Token for another portal or region";
    T10 "A tool looks for the token elsewhere";
    T11 "Role credentials older than the sign-in";
    T12 "Cache cannot be written";
    T13 "Files that others can read";
    T14 "Two tools fight over one token";
    T15 "The cache lies on a share or a synchronised folder";
    E01 "Keys in the environment go before the profile";
    E02 "Credentials in the environment have expired";
    E03 "A variable selects another profile, or none";
    E04 "The files are looked for elsewhere";
    E05 "A configured endpoint cannot be used";
    E06 "AWS_REGION confused with sso_region";
    E07 "The home directory";
    E08 "BROWSER cannot be used";
    N01 "A name cannot be resolved";
    N02 "The proxy fails";
    N03 "The proxy asks for authentication";
    N04 "The proxy catches local addresses";
    N05 "Proxy variables contradict each other";
    N06 "TLS is intercepted or not trusted";
    N07 "The CA bundle cannot be used";
    N08 "A host cannot be reached";
    N09 "IPv6 does not work";
    N10 "A dual-stack portal with an IPv4 endpoint";
    N11 "The start URL leads nowhere";
    N12 "Throttled";
    N13 "FIPS where there is no endpoint";
    N14 "The clock is wrong";
    I01 "Region or start URL are not the instance's";
    I02 "The role is not assigned";
    I03 "Nothing is assigned";
    I04 "Sign-in was refused";
    I05 "Region and start URL are of different partitions";
    I06 "The flow is not allowed";
    I07 "Nobody approved in time";
    I08 "A role does not let you in";
    I09 "An administrator's permission is missing";
    B01 "No browser on this host";
    B02 "Inside a container";
    B03 "Windows Subsystem for Linux";
    B04 "An editor's remote session opens the browser";
    B05 "The loopback port cannot be used";
    B06 "No terminal to ask at";
    B07 "The browser was signed in as somebody else";
    V01 "An AWS CLI that is too old";
    V02 "Several programs of the same name";
    V03 "An SDK that is too old for sso-session";
    V04 "A sandbox hides the files";
    S01 "The keyring cannot be used";
    S02 "Secrets lie about";
    S03 "A stopped process holds the lock";
    S04 "Disk full";
    S05 "Windows paths and line ends";
    S06 "Secrets lie otherwise than the settings say";
    R01 "Wrong usage";
    R02 "Another process holds the lock";
    R03 "A reply that cannot be understood";
    R04 "The service refused";
    R05 "The service is at fault";
    R06 "Interrupted";
    R07 "Out of time";
    R08 "The operating system refused";
    X01 "Inside another sso exec";
    X02 "The command cannot be run";
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

#[cfg(any(test, feature = "manual"))]
impl schemars::JsonSchema for Code {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Code".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let ids: Vec<&str> = Self::ALL.iter().map(|code| code.id()).collect();
        schemars::json_schema!({
            "description": "What can go wrong: one root cause has one code, wherever it shows. docs/doctor has a page for each.",
            "type": "string",
            "enum": ids,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_a_letter_and_two_digits_and_have_a_title() {
        for code in Code::ALL {
            let id = code.id();
            let (letter, digits) = id.split_at(1);
            assert!(
                letter.chars().all(|c| c.is_ascii_uppercase())
                    && digits.len() == 2
                    && digits.parse::<u8>().is_ok()
            );
            assert!(!code.title().is_empty() && !code.title().ends_with('.'), "{id}");
        }
    }
}
