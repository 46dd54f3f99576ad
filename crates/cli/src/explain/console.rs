//! Errors of the way to the console, told.

use super::{Explain, Voice};
use crate::catalogue::Code;
use crate::error::CliError;
use crate::exit::Exit;
use sso_discovery::SigninError;
use sso_oidc::HandOffError;

impl Explain for SigninError {
    fn explain(&self, voice: &Voice) -> CliError {
        match self {
            Self::Refused { status, request_id } => {
                let id = request_id.as_ref().map(|id| format!(", request {id}")).unwrap_or_default();
                CliError::new(Code::R04, Exit::Failure, "The console does not take the role's credentials.")
                    .cause(format!("the sign-in service answered {status}{id}"))
                    .fix(format!("{}, which tells whether they work elsewhere", voice.command("whoami")))
            }
            Self::Unavailable { status } => {
                let code = if *status == 429 { Code::N12 } else { Code::R05 };
                CliError::new(code, Exit::Network, "The console's sign-in service is not available.")
                    .cause(format!("it answered {status}"))
                    .fix(format!("try again, watching: {} -vv", voice.command("console")))
            }
            Self::Malformed(reply) => reply.explain(voice),
            Self::Http(error) => error.explain(voice),
        }
    }
}

impl Explain for HandOffError {
    fn explain(&self, voice: &Voice) -> CliError {
        let print = format!("{} --print", voice.command("console"));
        match self {
            Self::Listen(error) => {
                CliError::new(Code::B05, Exit::Failure, "No port on 127.0.0.1 could be opened.")
                    .cause(error.source.to_string())
            }
            Self::Entropy(source) => {
                CliError::new(Code::R08, Exit::Failure, "The operating system gives no randomness.")
                    .cause(source.to_string())
            }
            Self::Address => {
                CliError::new(Code::R03, Exit::Network, "The sign-in token cannot be passed on.")
            }
        }
        .fix(print)
    }
}
