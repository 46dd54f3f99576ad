//! The exit codes. Public: scripts depend on them, docs/interface.md lists them.

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

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
