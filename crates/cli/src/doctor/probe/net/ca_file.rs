//! The file of roots that makes a connection through somebody who opens the encryption work: the system's, those in force,
//! and what was presented. It is only offered: nothing is trusted before the user names it to the tools.

use super::NetFacts;
use crate::doctor::probe::Probe;
use sso_http::{Certificate, TlsProblem, pem, system_roots};
use std::path::{Path, PathBuf};

/// The file.
pub(crate) struct CaFile {
    /// Where it would be.
    pub(crate) path: PathBuf,
    /// What would be in it.
    pub(crate) text: String,
    /// What is there.
    pub(crate) there: There,
    /// How many roots the system has.
    pub(crate) of_system: usize,
    /// Makers at the top of what was presented that are not part of it: the roots are missing.
    pub(crate) missing: Vec<String>,
    /// Whether a root of the name that the chain ends with is trusted: then it has another key.
    pub(crate) namesake: bool,
}

/// What is at the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum There {
    Nothing,
    /// Just what would be written.
    TheSame,
    /// Something else, that is not to be replaced.
    Other,
}

impl CaFile {
    /// The file, if somebody presents certificates that neither the roots in force nor the system's accept, and there is
    /// an issuer among them.
    pub(super) fn of(facts: &NetFacts, probe: &Probe, chosen: Option<&Path>) -> Option<Self> {
        let presented = facts.hosts.iter().filter_map(|host| host.presented.as_ref());
        let unknown = presented
            .filter(|found| found.problem == Some(TlsProblem::UnknownIssuer) && !found.system_accepts);
        let chains: Vec<&[Certificate]> = unknown.map(|found| found.chain.as_slice()).collect();
        let issuers: Vec<&Certificate> = chains
            .iter()
            .flat_map(|chain| chain.iter().enumerate())
            // A server's own certificate is no issuer, unless it made itself.
            .filter(|(at, found)| found.is_ca && (*at > 0 || found.is_root()))
            .map(|(_, found)| found)
            .collect();
        if issuers.is_empty() {
            return None;
        }
        let system = system_roots();
        let tops = chains.iter().filter_map(|chain| chain.last()).filter(|top| !top.is_root());
        let mut missing: Vec<String> = tops.clone().map(|top| top.issuer.clone()).collect();
        missing.dedup();
        let bundle = probe.local.bundle.as_ref().and_then(|bundle| bundle.certificates.as_deref().ok());
        let in_force = bundle.unwrap_or(&system);
        let tops = chains.iter().filter_map(|chain| chain.last());
        let namesake = tops.clone().any(|top| in_force.iter().any(|root| top.names_as_issuer(root)));
        let text = pem(system.iter().chain(bundle.unwrap_or_default()).chain(issuers));
        let path = match chosen {
            Some(path) => std::path::absolute(path).ok()?,
            None => probe.env.home_dir().ok()?.join(".aws/sso-ca-bundle.pem"),
        };
        let there = there(&path, &text);
        Some(Self { path, text, there, of_system: system.len(), missing, namesake })
    }
}

fn there(path: &Path, text: &str) -> There {
    match std::fs::symlink_metadata(path) {
        Err(_) => There::Nothing,
        Ok(found) if found.is_file() && found.len() == text.len() as u64 => match std::fs::read(path) {
            Ok(bytes) if bytes == text.as_bytes() => There::TheSame,
            _ => There::Other,
        },
        Ok(_) => There::Other,
    }
}
