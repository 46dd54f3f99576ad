//! The stable codes of what can go wrong, shared by run-time errors, the doctor and the documentation.

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

            /// As it is printed: `T02`.
            pub(crate) fn id(self) -> &'static str {
                match self { $(Self::$code => stringify!($code),)+ }
            }

            /// What it is about, in a few words.
            #[cfg(test)]
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
    C09 "A line that cannot be read";
    C10 "The file's encoding";
    C11 "The start URL cannot be used";
    C14 "The region is not one";
    C17 "The profile uses another source of credentials";
    C18 "source_profile loops or leads nowhere";
    C19 "The account id has not 12 digits";
    C21 "A role cannot be assumed as it is configured";
    T01 "Never signed in";
    T02 "Session expired, not to be renewed without you";
    T03 "Client registration expired";
    T04 "Token file damaged";
    T06 "Refresh token refused";
    T07 "Session ended at the service";
    T09 "Token for another portal or region";
    T12 "Cache cannot be written";
    E05 "A configured endpoint cannot be used";
    E07 "The home directory";
    N01 "A name cannot be resolved";
    N02 "The proxy fails";
    N03 "The proxy asks for authentication";
    N06 "TLS is intercepted or not trusted";
    N07 "The CA bundle cannot be used";
    N08 "A host cannot be reached";
    N11 "The start URL leads nowhere";
    N12 "Throttled";
    N14 "The clock is wrong";
    I01 "Region or start URL are not the instance's";
    I02 "The role is not assigned";
    I03 "Nothing is assigned";
    I04 "Sign-in was refused";
    I06 "The flow is not allowed";
    I07 "Nobody approved in time";
    I08 "A role does not let you in";
    B05 "The loopback port cannot be used";
    S04 "Disk full";
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
