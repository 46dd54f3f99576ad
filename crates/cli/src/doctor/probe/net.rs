//! What the network answered, as plain values: how far the way to each host goes, what the portal says.

mod ask;
mod ca_file;
mod host;
mod local;

pub(crate) use ask::{Asking, ask};
pub(crate) use ca_file::{CaFile, There};
#[cfg(test)]
pub(crate) use host::HostReply;
pub(crate) use host::{HostFacts, Stop, Use};
pub(crate) use local::{Bundle, LocalFacts, place_of_use};

use crate::catalogue::Code;
use sso_http::ProxyError;
use sso_oidc::{ResolveError, Resolved};
use sso_portal::{Account, PortalError, Role};

/// What the network answered, if it was asked.
pub(crate) enum Net {
    /// It was not, and why.
    NotRun(String),
    /// It was.
    Ran(Box<NetFacts>),
}

/// What the network answered.
#[derive(Default)]
pub(crate) struct NetFacts {
    /// Why no host was asked at all.
    pub(crate) blocked: Option<String>,
    /// A proxy variable that cannot be used: then nothing was asked.
    pub(crate) proxy_error: Option<ProxyError>,
    /// Host and port of the proxy, and the variable that names it.
    pub(crate) proxy: Option<(String, &'static str)>,
    /// Every host that is needed, each once.
    pub(crate) hosts: Vec<HostFacts>,
    /// What a start URL of the customer's own domain leads to; `None`: it is AWS's, or was not asked.
    pub(crate) vanity: Option<Result<Resolved, ResolveError>>,
    /// The region that the portal says it is in.
    pub(crate) portal_region: Option<String>,
    /// What the portal answered to the cached token.
    pub(crate) session: SessionFacts,
    /// The file of roots that would help, where somebody opens the encryption.
    pub(crate) ca_file: Option<CaFile>,
}

/// What the portal answered to the cached token.
#[derive(Default)]
pub(crate) struct SessionFacts {
    /// Why it was not asked.
    pub(crate) not_asked: Option<&'static str>,
    /// ListAccounts; `None`: no answer in time.
    pub(crate) accounts: Option<Result<Vec<Account>, PortalError>>,
    /// ListAccountRoles of the profile's account; `None`: not asked, or no answer in time.
    pub(crate) roles: Option<Result<Vec<Role>, PortalError>>,
    /// GetRoleCredentials, of which only this is kept; `None`: not asked, or no answer in time.
    pub(crate) credentials: Option<Result<(), PortalError>>,
}

impl Net {
    /// The facts, if there are any.
    pub(crate) fn facts(&self) -> Option<&NetFacts> {
        match self {
            Self::NotRun(_) => None,
            Self::Ran(facts) => Some(facts),
        }
    }

    /// Why the check for a code cannot be run.
    pub(crate) fn not_run(&self, code: Code) -> Option<String> {
        match self {
            Self::NotRun(why) => Some(why.clone()),
            Self::Ran(facts) => facts.not_run(code),
        }
    }
}

impl NetFacts {
    /// A failure is told once: what builds on it is not run.
    fn not_run(&self, code: Code) -> Option<String> {
        if let Some(why) = &self.blocked {
            let of_hosts = code.id().starts_with(['N', 'I', 'T']);
            let says_so = self.proxy_error.is_some() && code == Code::N02;
            return (of_hosts && !says_so).then(|| why.clone());
        }
        match code {
            Code::N06 => self.hosts.iter().all(|host| host.presented.is_none()).then(|| {
                let first = self.hosts.iter().find_map(HostFacts::stop).map(|stop| stop.code);
                first.filter(|first| *first != Code::N06).map(stopped)
            })?,
            Code::N11 => {
                let vanity = self.host_for(Use::Vanity)?.stop()?;
                (vanity.code != Code::N11).then(|| stopped(vanity.code))
            }
            Code::N12 => self.hosts.iter().all(|host| !host.answered()).then(|| self.first_stop()),
            Code::N14 => self.clock_offset().is_none().then(|| self.first_stop()),
            Code::I01 => self.no_region(),
            Code::T07 | Code::I02 | Code::I03 => self.no_answer(code),
            _ => None,
        }
    }

    fn first_stop(&self) -> String {
        let first = self.hosts.iter().find_map(HostFacts::stop);
        first.map_or_else(|| "no host told".to_owned(), |stop| stopped(stop.code))
    }

    /// Why the portal's region is not known.
    fn no_region(&self) -> Option<String> {
        if self.portal_region.is_some() {
            return None;
        }
        let host = self.host_for(Use::Vanity).or_else(|| self.host_for(Use::StartPage));
        Some(match host {
            None => "the start page was not asked: the sign-in service is configured".to_owned(),
            Some(host) => match host.stop() {
                Some(stop) => stopped(stop.code),
                None if matches!(self.vanity, Some(Err(_))) => stopped(Code::N11),
                None => "the portal does not say its region".to_owned(),
            },
        })
    }

    /// Why it is not known what the portal says to the session.
    fn no_answer(&self, code: Code) -> Option<String> {
        if let Some(stop) = self.host_for(Use::Portal).and_then(HostFacts::stop) {
            return Some(stopped(stop.code));
        }
        if let Some(why) = self.session.not_asked {
            return Some(why.to_owned());
        }
        if let Some(trouble) = self.session_trouble() {
            return (trouble != code).then(|| stopped(trouble));
        }
        match code {
            Code::T07 => self.session.accounts.is_none().then(|| "out of time".to_owned()),
            Code::I03 if self.session.accounts.is_none() => Some("out of time".to_owned()),
            Code::I02 if !matches!(self.session.roles, Some(Ok(_) | Err(PortalError::NoAccess { .. }))) => {
                Some("no role to ask about, or out of time".to_owned())
            }
            _ => None,
        }
    }

    /// What keeps the portal from saying anything about accounts and roles.
    pub(crate) fn session_trouble(&self) -> Option<Code> {
        self.session.errors().find_map(|error| match error {
            PortalError::SessionRejected { .. } => Some(Code::T07),
            PortalError::Throttled => Some(Code::N12),
            PortalError::Http(_) | PortalError::Malformed(_) | PortalError::Service { status: 500.., .. } => {
                Some(Code::N08)
            }
            PortalError::AlreadyExpired { .. } => Some(Code::N14),
            // What it says to an account that is not assigned.
            PortalError::NoAccess { .. } | PortalError::Service { .. } => None,
        })
    }

    /// The host that is needed for this.
    pub(crate) fn host_for(&self, wanted: Use) -> Option<&HostFacts> {
        self.hosts.iter().find(|host| host.uses.contains(&wanted))
    }

    /// Seconds that AWS's clock is ahead of ours. One host may be wrong; the one that agrees best is believed.
    pub(crate) fn clock_offset(&self) -> Option<i64> {
        let of_hosts = self.hosts.iter().filter_map(|host| host.reply.as_ref()?.as_ref().ok()?.ahead);
        of_hosts.min_by_key(|ahead| ahead.abs())
    }

    /// What is worth a word when all is well.
    pub(crate) fn words(&self) -> Vec<String> {
        if self.hosts.is_empty() {
            return Vec::new();
        }
        let clock = self.clock_offset().map(|ahead| match ahead.abs() {
            0..=1 => "clock within 1 s of AWS".to_owned(),
            more => format!("clock within {more} s of AWS"),
        });
        let used = self.hosts.iter().any(|host| host.through.is_some());
        let proxy = match &self.proxy {
            Some((proxy, _)) if used => format!("through the proxy {proxy}"),
            Some(_) => "past the proxy".to_owned(),
            None => "no proxy".to_owned(),
        };
        clock.into_iter().chain([proxy]).collect()
    }
}

impl SessionFacts {
    /// Everything that was not an answer.
    pub(crate) fn errors(&self) -> impl Iterator<Item = &PortalError> {
        let accounts = self.accounts.as_ref().and_then(|found| found.as_ref().err());
        let roles = self.roles.as_ref().and_then(|found| found.as_ref().err());
        let credentials = self.credentials.as_ref().and_then(|found| found.as_ref().err());
        [accounts, roles, credentials].into_iter().flatten()
    }
}

fn stopped(code: Code) -> String {
    format!("stopped at {}", code.id())
}
