//! Refusals of the administrators' services, told.

use super::network::{at_fault, is_about_time, throttled};
use super::{Explain, Voice};
use crate::catalogue::Code;
use crate::error::CliError;
use crate::exit::Exit;
use sso_core::Service;
use sso_discovery::{AdminError, Denied, Operation};

impl Explain for AdminError {
    fn explain(&self, voice: &Voice) -> CliError {
        let profile = voice.subject.as_deref().unwrap_or_default();
        match self {
            Self::Http(error) => error.explain(voice),
            Self::Malformed(reply) => reply.explain(voice),
            Self::Sign(error) => CliError::new(Code::R04, Exit::Failure, "The request could not be signed.")
                .cause(error.to_string()),
            Self::Denied { operation, denied } => missing(*operation, denied, profile, voice),
            Self::Expired { .. } => {
                let headline = format!("AWS says that the credentials of \"{profile}\" have expired.");
                CliError::new(Code::T07, Exit::LoginNeeded, headline)
                    .cause(self.to_string())
                    .fix(format!("{} --force, or new keys for the profile", voice.command("login")))
            }
            Self::Throttled { .. } => throttled(voice).cause(self.to_string()),
            Self::Service { code, message, status, request_id, .. } => {
                let told = match code.as_str() {
                    _ if is_about_time(code, message) => {
                        CliError::new(Code::N14, Exit::Failure, "AWS does not accept the signature.")
                            .fix("set the clock of this machine right")
                    }
                    // "Credential should be scoped to a valid region."
                    _ if message.contains("valid region") => CliError::new(
                        Code::I01,
                        Exit::Configuration,
                        "The endpoint is one of another region than the requests are signed for.",
                    )
                    .fix(format!(
                        "{} --region <region of IAM Identity Center>",
                        voice.command(voice.running)
                    )),
                    "UnrecognizedClientException" | "InvalidClientTokenId" => CliError::new(
                        Code::R04,
                        Exit::Failure,
                        format!("AWS does not know the keys of the profile \"{profile}\"."),
                    )
                    .note("note", "the keys were deleted, or the region is not enabled for their account")
                    .fix("give the profile new keys, or --region one that is enabled"),
                    "AWSOrganizationsNotInUseException" => CliError::new(
                        Code::I09,
                        Exit::Failure,
                        format!("The account of the profile \"{profile}\" is in no organization."),
                    )
                    .fix(format!("sso {} --profile <one of the management account>", voice.running)),
                    _ if *status >= 500 => at_fault(voice),
                    _ => CliError::new(Code::R04, Exit::Failure, "The service refused."),
                };
                told.cause(self.to_string()).maybe("request", request_id.clone())
            }
        }
    }
}

/// Which action is missing, and who is asked in vain.
fn missing(operation: Operation, denied: &Denied, profile: &str, voice: &Voice) -> CliError {
    let who = match operation.service() {
        Service::Organizations => "or a delegated administrator of any service",
        _ => "or a delegated administrator of IAM Identity Center",
    };
    let headline = format!("The credentials of the profile \"{profile}\" may not call {operation}.");
    CliError::new(Code::I09, Exit::Failure, headline)
        .cause(denied.to_string())
        .maybe("you are", denied.caller.clone())
        .note("note", format!("only the management account of the organization may, {who}"))
        .maybe("request", denied.request_id.clone())
        .fix(format!("sso {} --profile <one of that account whose policy allows it>", voice.running))
}
