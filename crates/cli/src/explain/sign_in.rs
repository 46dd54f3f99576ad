//! Why somebody must sign in, and why signing in failed, told.

use super::{Explain, Voice};
use crate::catalogue::Code;
use crate::error::CliError;
use crate::exit::Exit;
use crate::output::time::span;
use jiff::SignedDuration;
use sso_oidc::{BrokerError, FlowError, NeedLogin, Reason};

/// The decision was no, wherever it was told: to the browser or to whoever asked with a code.
pub(super) fn refused(voice: &Voice) -> CliError {
    CliError::new(Code::I04, Exit::Denied, "Sign-in was refused, by you or by the identity provider.")
        .fix(voice.command("login"))
}

impl Explain for BrokerError {
    fn explain(&self, voice: &Voice) -> CliError {
        match self {
            Self::NeedLogin(need) => need.explain(voice),
            Self::Refresh(error) => {
                let told = match error.explain(voice) {
                    // The start URL was good enough for the login: this is no matter of configuration.
                    told if told.code == Code::I01 => CliError {
                        code: Code::R04,
                        exit: Exit::Failure,
                        headline: "the service refused.".to_owned(),
                        fix: Some(format!("{} --force", voice.command("login"))),
                        ..told
                    },
                    told => told,
                };
                CliError {
                    headline: format!("{} could not be renewed: {}", voice.sentence_subject(), told.headline),
                    ..told
                }
            }
            Self::Store(error) => error.explain(voice),
        }
    }
}

impl Explain for NeedLogin {
    fn explain(&self, voice: &Voice) -> CliError {
        let subject = voice.sentence_subject();
        let told = |code, headline| CliError::new(code, Exit::LoginNeeded, headline);
        let told = match self {
            Self::Never => told(Code::T01, format!("You are not signed in to {}.", voice.session_name())),
            Self::Damaged(damage) => {
                told(Code::T04, format!("The token of {} cannot be read.", voice.session_name()))
                    .cause(format!("{}: {}", voice.path(&damage.path), damage.reason))
            }
            Self::OtherPortal => {
                told(Code::T09, format!("You are not signed in to {}.", voice.session_name()))
                    .cause("the token on disk is for another start URL or region than the configuration says")
            }
            Self::NoRefreshToken { .. } => {
                told(Code::T02, format!("{subject} has expired and cannot be renewed."))
                    .cause("it has no refresh token (legacy profile, or the scopes do not allow one)")
            }
            Self::Unbound { .. } => told(Code::T09, format!("{subject} has expired and cannot be renewed."))
                .cause("the token on disk does not say which start URL and region it is for"),
            Self::AutoRefreshOff { .. } => {
                told(Code::T02, format!("{subject} has expired and is not renewed by itself."))
                    .cause("sso_auto_refresh is off for this session")
            }
            Self::RegistrationExpired { .. } => {
                told(Code::T03, format!("{subject} has expired and cannot be renewed."))
                    .cause("the client registration has ended; it lives about 90 days")
            }
            Self::Refused { code, .. } => {
                told(Code::T06, format!("{subject} has expired and the service refused to renew it.")).cause(
                    format!(
                        "{code}: the refresh token was used elsewhere, revoked, or the session has ended"
                    ),
                )
            }
        };
        told.fix(voice.command("login"))
    }
}

impl Explain for FlowError {
    fn explain(&self, voice: &Voice) -> CliError {
        match self {
            Self::Oidc(error) => error.explain(voice),
            Self::Store(error) => error.explain(voice),
            Self::Denied { error, description } => refused(voice)
                .cause(description.as_ref().map_or_else(|| error.clone(), |text| format!("{error}: {text}"))),
            Self::TimedOut { after } => {
                let after = span(SignedDuration::try_from(*after).unwrap_or_default());
                CliError::new(
                    Code::I07,
                    Exit::TimedOut,
                    format!("Nobody approved the sign-in within {after}."),
                )
                .fix(voice.command("login"))
            }
            Self::Unanswered { after } => CliError::new(
                Code::R07,
                Exit::TimedOut,
                format!("The sign-in service did not answer within {} s.", after.as_secs()),
            )
            .fix(voice.command("login")),
            Self::Listen(error) => CliError::new(
                Code::B05,
                Exit::Failure,
                format!("The port {} on 127.0.0.1 cannot be used.", error.port),
            )
            .cause(error.source.to_string())
            .fix(format!("{} without --redirect-port", voice.command("login"))),
            Self::NoFlow(reason) => no_flow(*reason, voice),
            Self::Unsupported(reason) => no_flow(Some(*reason), voice),
            Self::Entropy(error) => {
                CliError::new(Code::R08, Exit::Failure, "The operating system gives no randomness.")
                    .cause(error.to_string())
            }
        }
    }
}

fn no_flow(reason: Option<Reason>, voice: &Voice) -> CliError {
    let told = CliError::new(Code::I06, Exit::Failure, "No way to sign in can work here.");
    told.maybe("cause", reason.map(|reason| because(reason).to_owned()))
        .fix(format!("{} --use-device-code", voice.command("login")))
}

/// Why PKCE was passed over, as the rest of "..., so".
pub(crate) fn because(reason: Reason) -> &'static str {
    match reason {
        Reason::Ssh => "This is an SSH session",
        Reason::Container => "This is a container",
        Reason::CloudShell => "This is a cloud shell",
        Reason::NoDisplay => "There is no display here",
        Reason::LegacyProfile => "This profile has no sso-session",
        Reason::NoPort => "No port on 127.0.0.1 could be opened",
    }
}

impl Voice {
    /// `The session "corp"`.
    pub(crate) fn sentence_subject(&self) -> String {
        format!("The session {}", self.session_name())
    }

    /// `"corp"`.
    pub(crate) fn session_name(&self) -> String {
        self.subject.as_ref().map_or_else(|| "of this profile".to_owned(), |name| format!("\"{name}\""))
    }
}
