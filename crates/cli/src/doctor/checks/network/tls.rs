//! N06 and N07: who opens the encryption, and the file of roots that is configured.

use crate::catalogue::Code;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::fix::Fix;
use crate::doctor::probe::Probe;
use crate::doctor::probe::net::{Bundle, CaFile, HostFacts, NetFacts, There};
use crate::explain::quote;
use sso_config::{ConfigEdit, Origin, env};
use sso_core::{Timestamp, format_timestamp};
use sso_http::{HttpError, Presented, TlsProblem};

/// Every host whose certificate is refused; those of one issuer are told together.
pub(super) fn refused(probe: &Probe) -> Vec<Finding> {
    let Some(facts) = probe.net.facts() else { return Vec::new() };
    let mut told: Vec<(String, &HostFacts, &TlsProblem)> = Vec::new();
    let mut others: Vec<String> = Vec::new();
    for host in &facts.hosts {
        let Some(Err(HttpError::Tls { problem, .. })) = &host.reply else { continue };
        let issuer = host.presented.as_ref().and_then(top_issuer).unwrap_or_default();
        if told.iter().any(|(known, _, same)| *known == issuer && *same == problem) {
            others.push(host.name());
        } else {
            told.push((issuer, host, problem));
        }
    }
    let also = (!others.is_empty()).then(|| format!("The same with {}.", others.join(", ")));
    let findings = told.into_iter().map(|(_, host, problem)| {
        let finding = one(probe, facts, host, problem);
        also.iter().fold(finding, |finding, also| finding.seen(also.clone()))
    });
    findings.collect()
}

/// A page that only the browser needs is no error of ours.
fn severity(host: &HostFacts) -> Severity {
    if host.is_needed() { Severity::Error } else { Severity::Warning }
}

fn top_issuer(presented: &Presented) -> Option<String> {
    presented.chain.last().map(|top| top.issuer.clone())
}

fn one(probe: &Probe, facts: &NetFacts, host: &HostFacts, problem: &TlsProblem) -> Finding {
    let error = |headline: String| Finding::new(Code::N06, severity(host), headline).at(host.name());
    let Some(presented) = &host.presented else {
        return error(format!("TLS to {} fails.", host.name()))
            .seen(problem.to_string())
            .remedy("ask your IT desk what stands between this machine and that host");
    };
    match problem {
        TlsProblem::UnknownIssuer if presented.system_accepts => by_bundle(probe, host, error),
        TlsProblem::UnknownIssuer => intercepted(probe, facts, host, presented),
        _ => {
            let finding = error(format!("TLS to {} fails: {problem}.", host.name()));
            let finding = presented.chain.first().into_iter().fold(finding, |finding, own| {
                let end = own.expires_at.map(format_timestamp).unwrap_or_default();
                let (whose, by) = (&own.subject, &own.issuer);
                finding.seen(format!("It is for \"{whose}\", issued by \"{by}\", and ends at {end}."))
            });
            finding.remedy(match problem {
                TlsProblem::Dates => {
                    "set this machine's clock right if it is wrong; else ask whose proxy that is"
                }
                _ => "ask your IT desk which proxy answers for this host",
            })
        }
    }
}

/// The certificate is good; the file of roots that is in force lacks its root.
fn by_bundle(probe: &Probe, host: &HostFacts, error: impl Fn(String) -> Finding) -> Finding {
    let headline = format!("TLS to {} is refused because of your CA bundle.", host.name());
    let finding = error(headline).seen("The system's own roots accept the certificate.");
    match &probe.local.bundle {
        Some(bundle) => {
            let (origin, path) = (probe.voice.origin(&bundle.origin), probe.voice.path(&bundle.path));
            finding
                .seen(format!("{origin} names {path}, which replaces them."))
                .remedy(probe.voice.mend(&bundle.origin))
        }
        None => finding,
    }
}

fn intercepted(probe: &Probe, facts: &NetFacts, host: &HostFacts, presented: &Presented) -> Finding {
    let headline = format!("TLS to {} is intercepted, or its issuer is not trusted here.", host.name());
    let mut finding = Finding::new(Code::N06, severity(host), headline).at(host.name());
    if let Some(top) = presented.chain.last() {
        finding = finding
            .seen(format!(
                "The certificate was issued by \"{}\", which this machine does not trust.",
                top.issuer
            ))
            .seen(format!("Top of what was presented: \"{}\", SHA-256 {}", top.subject, top.fingerprint()));
    }
    finding = finding.seen(surroundings(probe, facts));
    let doctor = probe.voice.command("doctor");
    let Some(file) = &facts.ca_file else {
        return finding
            .seen("No certificate of an issuer was presented: there is nothing to write to a file.")
            .remedy("ask your IT desk for that root certificate, and put it into a file with the system's");
    };
    if file.namesake {
        finding = finding
            .seen("A root of that name is trusted, and it did not make this: it was renewed, or forged.");
    }
    if !file.missing.is_empty() {
        finding = finding.seen(format!(
            "The root \"{}\" was not presented: sso and Go take the chain without it; tools built on OpenSSL (AWS CLI, \
             Python, curl) will refuse the file until you add it.",
            file.missing.join("\", \"")
        ));
    }
    offer(finding, file, probe, &doctor)
}

fn offer(finding: Finding, file: &CaFile, probe: &Probe, doctor: &str) -> Finding {
    let shown = probe.voice.path(&file.path);
    let export = format!("export AWS_CA_BUNDLE={}", quote(&file.path.display().to_string()));
    match file.there {
        There::TheSame => finding
            .seen(format!("{shown} is written. Nothing trusts it yet."))
            .remedy(format!("have your IT desk confirm the fingerprint, then: {export}")),
        There::Other => finding
            .seen(format!("{shown} is there and is something else; it is not replaced."))
            .remedy(format!("{doctor} --fix --only N06 --ca-file <a new file>")),
        There::Nothing => {
            let what = format!(
                "the system's {} roots and what was presented; nothing trusts it before: {export}",
                file.of_system
            );
            let bytes = file.text.clone().into_bytes();
            finding
                .remedy(format!(
                    "{doctor} --fix --only N06 writes the system's roots and this chain to {shown}; \
                     have your IT desk confirm the fingerprint, then: {export}"
                ))
                .fix(Fix::Create { path: file.path.clone(), bytes, what })
        }
    }
}

/// `AWS_CA_BUNDLE is not set; HTTPS_PROXY is proxy.acme.example:3128.`
fn surroundings(probe: &Probe, facts: &NetFacts) -> String {
    let bundle = match &probe.local.bundle {
        None => format!("{} is not set", env::AWS_CA_BUNDLE),
        Some(bundle) => {
            let origin = probe.voice.origin(&bundle.origin);
            format!("{origin} names {}, whose roots did not make it", probe.voice.path(&bundle.path))
        }
    };
    match &facts.proxy {
        Some((proxy, variable)) => format!("{bundle}; {variable} is {proxy}."),
        None => format!("{bundle}; no proxy is set."),
    }
}

/// N07: the file itself.
pub(super) fn bundle(probe: &Probe) -> Vec<Finding> {
    let empty = probe.local.wrong.iter().filter(|error| error.code == Code::N07);
    let mut findings: Vec<Finding> = empty.map(|error| Finding::of(error.clone(), Severity::Error)).collect();
    findings.extend(probe.local.bundle.as_ref().and_then(|bundle| unusable(probe, bundle)));
    findings.extend(other_than_python(probe));
    findings
}

fn unusable(probe: &Probe, bundle: &Bundle) -> Option<Finding> {
    let why = match &bundle.certificates {
        Err(why) => why.clone(),
        Ok(certificates) => useless(certificates, probe.now)?.to_owned(),
    };
    let shown = probe.voice.path(&bundle.path);
    let finding = Finding::new(Code::N07, Severity::Error, format!("The CA bundle {shown} cannot be used."))
        .at(probe.voice.origin(&bundle.origin))
        .seen(why);
    Some(match &bundle.origin {
        Origin::File { section, place } if probe.is_config(place) => {
            let edit = ConfigEdit::new().unset(section.clone(), "ca_bundle");
            finding.remedy("take ca_bundle out, or correct the path").fix(Fix::Config(edit))
        }
        origin => finding.remedy(format!("correct the path, or: {}", probe.voice.mend(origin))),
    })
}

/// Why no connection can succeed with these roots.
fn useless(certificates: &[sso_http::Certificate], now: Timestamp) -> Option<&'static str> {
    let expired = |found: &sso_http::Certificate| found.expires_at.is_some_and(|end| end <= now);
    if certificates.iter().all(|found| !found.is_ca && !found.is_root()) {
        return Some("it holds only a server's own certificate, and no root");
    }
    certificates.iter().all(expired).then_some("all of its certificates have expired")
}

/// AWS tools and other Python programs would trust different roots.
fn other_than_python(probe: &Probe) -> Option<Finding> {
    let (ours, theirs) = (probe.local.bundle.as_ref()?, probe.local.python_bundle.as_ref()?);
    let differ = ours.path != theirs.path && ours.certificates != theirs.certificates;
    let origin = probe.voice.origin(&ours.origin);
    differ.then(|| {
        let headline = format!("{origin} and {} name different roots.", env::REQUESTS_CA_BUNDLE);
        Finding::new(Code::N07, Severity::Info, headline)
            .at(env::REQUESTS_CA_BUNDLE)
            .seen(format!("AWS tools take {}", probe.voice.path(&ours.path)))
            .seen(format!("other Python programs take {}", probe.voice.path(&theirs.path)))
            .remedy(format!("give both the same file, or unset {}", env::REQUESTS_CA_BUNDLE))
    })
}
