//! Errors of the network and of the services, told.

use super::sign_in::refused;
use super::{Explain, Voice};
use crate::catalogue::Code;
use crate::error::CliError;
use crate::exit::Exit;
use sso_core::{Timestamp, format_timestamp};
use sso_discovery::StsError;
use sso_http::{HttpError, MalformedReply, TlsProblem};
use sso_oidc::{ErrorCode, OidcError, ResolveError, ServiceFault};
use sso_portal::{CredentialError, PortalError};

/// Trying again may help, and seeing each request tells where it ends.
fn network(voice: &Voice, code: Code, headline: String) -> CliError {
    CliError::new(code, Exit::Network, headline).fix(format!("try again, watching: {}", voice.again("-vv")))
}

pub(super) fn throttled(voice: &Voice) -> CliError {
    network(voice, Code::N12, "The service is throttling requests.".into())
}

pub(super) fn at_fault(voice: &Voice) -> CliError {
    network(voice, Code::R05, "The service is at fault.".into())
}

/// As the rest of a cause: who reads the service's logs looks for it.
fn request(id: Option<&String>) -> String {
    id.map(|id| format!(", request {id}")).unwrap_or_default()
}

impl Explain for HttpError {
    fn explain(&self, voice: &Voice) -> CliError {
        match self {
            Self::Resolve { host } => {
                network(voice, Code::N01, format!("The name {host} cannot be resolved."))
                    .cause("no network, no DNS, a VPN that is down, or a region that does not exist")
            }
            Self::Connect { host, reason } => {
                network(voice, Code::N08, format!("Cannot connect to {host}.")).cause(reason.clone())
            }
            Self::Proxy { proxy, reason } => {
                network(voice, Code::N02, format!("The proxy {proxy} cannot be used."))
                    .cause(reason.clone())
                    .fix("check the variables https_proxy, HTTPS_PROXY and ALL_PROXY")
            }
            Self::ProxyAuthentication { proxy } => {
                network(voice, Code::N03, format!("The proxy {proxy} asks for a user name and password."))
                    .fix("export HTTPS_PROXY=http://<user>:<password>@<proxy>")
            }
            Self::Tls { host, problem: TlsProblem::UnknownIssuer } => network(
                voice,
                Code::N06,
                format!("TLS to {host} is intercepted, or its issuer is not trusted here."),
            )
            .cause(
                "the certificate was issued by somebody this machine does not trust, often a corporate proxy",
            )
            .fix("export AWS_CA_BUNDLE=<a PEM file with your company's root certificate>"),
            Self::Tls { host, problem } => {
                network(voice, Code::N06, format!("TLS to {host} failed.")).cause(problem.to_string())
            }
            Self::Timeout { host, after } => {
                network(voice, Code::N08, format!("{host} did not answer within {} s.", after.as_secs()))
                    .cause("a firewall, a proxy or a slow network")
            }
            Self::TooLarge { host, limit } => {
                network(voice, Code::R03, format!("The reply of {host} is too large to be real."))
                    .cause(format!("it passed the limit of {limit} bytes"))
            }
            Self::Broken { host, reason } => {
                network(voice, Code::N08, format!("The connection to {host} broke.")).cause(reason.clone())
            }
            Self::CaBundle { path, reason } => CliError::new(
                Code::N07,
                Exit::Configuration,
                format!("The CA bundle {} cannot be used.", path.display()),
            )
            .cause(reason.clone())
            .fix("check AWS_CA_BUNDLE and ca_bundle"),
            Self::ProxySetting(setting) => CliError::new(
                Code::N02,
                Exit::Configuration,
                format!("The variable {} is not a proxy.", setting.variable),
            )
            .cause(setting.reason)
            .fix(format!("unset {}", setting.variable)),
            Self::Setup { reason } => {
                network(voice, Code::N06, "TLS cannot be set up on this machine.".into())
                    .cause(reason.clone())
            }
        }
    }
}

impl Explain for MalformedReply {
    fn explain(&self, voice: &Voice) -> CliError {
        let id = request(self.request_id.as_ref());
        network(voice, Code::R03, format!("{} gave a reply that cannot be understood.", self.host))
            .cause(format!("{} answered {} with {}{id}", self.path, self.status, self.reason))
            .maybe(
                "note",
                self.reason.contains("HTML").then(|| "a proxy or a captive portal may be answering".into()),
            )
    }
}

impl Explain for ServiceFault {
    fn explain(&self, voice: &Voice) -> CliError {
        let cause = format!("{self}{}", request(self.request_id.as_ref()));
        let told = match self.code {
            ErrorCode::InvalidRequest => CliError::new(
                Code::I01,
                Exit::Configuration,
                "The service does not know this start URL in this region.",
            )
            .fix("compare sso_start_url and sso_region with what your administrator gave you"),
            ErrorCode::ExpiredToken => {
                CliError::new(Code::I07, Exit::TimedOut, "The sign-in took too long: its code has expired.")
                    .fix(voice.command("login"))
            }
            ErrorCode::AccessDenied => refused(voice),
            ErrorCode::UnauthorizedClient if voice.legacy => CliError::new(
                Code::I06,
                Exit::Denied,
                "Your organisation does not allow to sign in with a code.",
            )
            .fix("give the profile an sso_session: then it signs in with the browser"),
            ErrorCode::UnauthorizedClient => CliError::new(
                Code::I06,
                Exit::Denied,
                "Your organisation does not allow this way to sign in.",
            )
            .fix(format!("{} --use-pkce", voice.command("login"))),
            ErrorCode::InvalidClient => CliError::new(
                Code::T03,
                Exit::LoginNeeded,
                "The service has forgotten this client's registration.",
            )
            .fix(voice.command("login")),
            ErrorCode::InvalidGrant => {
                CliError::new(Code::T06, Exit::LoginNeeded, "The service does not accept the code.")
                    .fix(voice.command("login"))
            }
            ErrorCode::InvalidScope => CliError::new(
                Code::R04,
                Exit::Configuration,
                "The service does not allow the scopes that are asked for.",
            )
            .fix("check sso_registration_scopes"),
            ErrorCode::Throttled | ErrorCode::SlowDown => throttled(voice),
            ErrorCode::ServerError => at_fault(voice),
            _ => CliError::new(Code::R04, Exit::Failure, "The service refused.").fix(in_detail(voice)),
        };
        told.cause(cause)
    }
}

impl Explain for OidcError {
    fn explain(&self, voice: &Voice) -> CliError {
        match self {
            Self::Http(error) => error.explain(voice),
            Self::Malformed(reply) => reply.explain(voice),
            Self::Service(fault) => fault.explain(voice),
        }
    }
}

impl Explain for PortalError {
    fn explain(&self, voice: &Voice) -> CliError {
        match self {
            Self::Http(error) => error.explain(voice),
            Self::Malformed(reply) => reply.explain(voice),
            Self::SessionRejected { .. } => CliError::new(
                Code::T07,
                Exit::LoginNeeded,
                format!("{} has ended at the service.", voice.sentence_subject()),
            )
            .cause(self.to_string())
            .fix(format!("{} --force", voice.command("login"))),
            Self::NoAccess { .. } => {
                CliError::new(Code::I02, Exit::NotAssigned, "This account or role is not assigned to you.")
                    .cause(self.to_string())
                    .fix(voice.command("roles"))
            }
            Self::AlreadyExpired { expires_at, now } => already_expired(*expires_at, *now),
            Self::Throttled => throttled(voice).cause(self.to_string()),
            Self::Service { status, request_id, .. } => {
                let told = if *status >= 500 {
                    at_fault(voice)
                } else {
                    CliError::new(Code::R04, Exit::Failure, "The service refused.").fix(in_detail(voice))
                };
                told.cause(self.to_string()).maybe("request", request_id.clone())
            }
        }
    }
}

/// Nobody knows what helps: the same once more, with what was asked and answered.
fn in_detail(voice: &Voice) -> String {
    voice.again("-vv")
}

fn already_expired(expires_at: Timestamp, now: Timestamp) -> CliError {
    CliError::new(Code::N14, Exit::Failure, "The service gave credentials that have expired already.")
        .cause(format!(
            "they end at {}, and the clock of this machine says {}",
            format_timestamp(expires_at),
            format_timestamp(now)
        ))
        .fix("set the clock of this machine right")
}

impl<E: Explain> Explain for CredentialError<E> {
    fn explain(&self, voice: &Voice) -> CliError {
        match self {
            Self::Service(error) => error.explain(voice),
            Self::Store(error) => error.explain(voice),
        }
    }
}

impl Explain for ResolveError {
    fn explain(&self, voice: &Voice) -> CliError {
        match self {
            Self::Http(error) => {
                let told = error.explain(voice);
                CliError {
                    code: Code::N11,
                    headline: format!("The start URL leads nowhere: {}", told.headline),
                    ..told
                }
            }
            other => CliError::new(
                Code::N11,
                Exit::Configuration,
                "The start URL does not lead to an access portal.",
            )
            .cause(other.to_string())
            .fix("set sso_start_url to the portal's own address (https://....awsapps.com/start)"),
        }
    }
}

/// Signatures carry the time; AWS refuses those that are more than 5 minutes off.
pub(super) fn is_about_time(code: &str, message: &str) -> bool {
    code == "RequestExpired"
        || message.contains("Signature expired")
        || message.contains("Signature not yet current")
}

impl Explain for StsError {
    fn explain(&self, voice: &Voice) -> CliError {
        match self {
            Self::Http(error) => error.explain(voice),
            Self::Malformed(reply) => reply.explain(voice),
            Self::Sign(error) => CliError::new(Code::R04, Exit::Failure, "The request could not be signed.")
                .cause(error.to_string()),
            Self::Expired { .. } => {
                CliError::new(Code::T07, Exit::LoginNeeded, "AWS says that the credentials have expired.")
                    .cause(self.to_string())
                    .fix(format!("{} --force", voice.command("login")))
            }
            Self::Denied(denied) => CliError::new(Code::I08, Exit::NotAssigned, "AWS does not allow that.")
                .cause(self.to_string())
                .maybe("request", denied.request_id.clone()),
            Self::AlreadyExpired { expires_at, now } => already_expired(*expires_at, *now),
            Self::Service { code, message, .. } if is_about_time(code, message) => {
                CliError::new(Code::N14, Exit::Failure, "AWS does not accept the signature.")
                    .cause(self.to_string())
                    .fix("set the clock of this machine right")
            }
            Self::Service { status, request_id, .. } => {
                let exit = if *status >= 500 || *status == 429 { Exit::Network } else { Exit::Failure };
                CliError::new(Code::R04, exit, "STS refused.")
                    .fix(in_detail(voice))
                    .cause(self.to_string())
                    .maybe("request", request_id.clone())
            }
        }
    }
}
