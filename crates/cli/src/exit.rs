//! The exit codes. Public: scripts depend on them, docs/interface.md lists them.

use serde::{Serialize, Serializer};
use std::process::ExitCode;

/// Why the process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Success = 0,
    Failure = 1,
    Usage = 2,
    Configuration = 3,
    LoginNeeded = 4,
    Denied = 5,
    Network = 6,
    Disk = 7,
    NotAssigned = 8,
    TimedOut = 9,
    Interrupted = 130,
}

impl Exit {
    /// Every code with what it means, for `--help` and the docs.
    pub(crate) const ALL: [(Self, &'static str); 11] = [
        (Self::Success, "success"),
        (Self::Failure, "any other failure"),
        (Self::Usage, "usage"),
        (Self::Configuration, "configuration"),
        (Self::LoginNeeded, "login needed"),
        (Self::Denied, "denied by the user or the identity provider"),
        (Self::Network, "network, TLS, throttling or service fault: try again"),
        (Self::Disk, "cache or disk"),
        (Self::NotAssigned, "the role is not assigned, or does not let you in"),
        (Self::TimedOut, "timed out"),
        (Self::Interrupted, "Ctrl-C"),
    ];

    /// The number.
    pub(crate) fn code(self) -> u8 {
        self as u8
    }
}

impl Serialize for Exit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.code())
    }
}

#[cfg(any(test, feature = "manual"))]
impl schemars::JsonSchema for Exit {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Exit".into()
    }

    /// That of a failure: success has no place in a document.
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let failures = Self::ALL.iter().filter(|(exit, _)| *exit != Self::Success);
        let each: Vec<_> = failures
            .map(|(exit, meaning)| schemars::json_schema!({ "const": exit.code(), "title": meaning }))
            .collect();
        schemars::json_schema!({ "description": "The exit code.", "type": "integer", "oneOf": each })
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
