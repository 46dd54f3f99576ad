//! N01 to N14: names, proxies, TLS, reachability, the clock.

mod settings;
mod tls;

use crate::catalogue::Code;
use crate::doctor::engine::Check;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::probe::Probe;
use crate::doctor::probe::net::{HostFacts, NetFacts, Stop, place_of_use};
use crate::explain::Explain as _;
use crate::output::time::span;
use jiff::SignedDuration;
use sso_http::HttpError;
use sso_portal::PortalError;

pub(super) const CHECKS: &[Check] = &[
    Check::network(Code::N01, |probe| of_net(probe, unresolved)),
    Check::network(Code::N02, proxy_fails),
    Check::network(Code::N03, |probe| of_net(probe, proxy_asks)),
    Check::disk(Code::N04, settings::caught),
    Check::disk(Code::N05, settings::contradicting),
    Check::network(Code::N06, tls::refused),
    Check::disk(Code::N07, tls::bundle),
    Check::network(Code::N08, unreachable),
    Check::network(Code::N09, |probe| of_net(probe, ipv6)),
    Check::disk(Code::N10, settings::dual_stack),
    Check::network(Code::N11, vanity),
    Check::network(Code::N12, |probe| of_net(probe, throttled)),
    Check::disk(Code::N13, settings::fips),
    Check::network(Code::N14, |probe| of_net(probe, clock)),
];

fn of_net(probe: &Probe, detect: fn(&NetFacts) -> Vec<Finding>) -> Vec<Finding> {
    probe.net.facts().map(detect).unwrap_or_default()
}

/// The hosts whose way ends for this reason.
fn ended(facts: &NetFacts, code: Code) -> Vec<(&HostFacts, Stop)> {
    let stops = facts.hosts.iter().filter_map(|host| Some((host, host.stop()?)));
    stops.filter(|(_, stop)| stop.code == code).collect()
}

/// One finding for all hosts whose way ends for this reason: the first in the headline, each in a line.
fn one(found: &[(&HostFacts, Stop)], code: Code, headline: impl Fn(&str) -> String) -> Option<Finding> {
    let (first, _) = found.first()?;
    // A page that only the browser needs is no error of ours: the browser may be elsewhere.
    let needed = found.iter().any(|(host, _)| host.is_needed());
    let severity = if needed { Severity::Error } else { Severity::Warning };
    let finding = Finding::new(code, severity, headline(&names(found))).at(first.name());
    Some(found.iter().fold(finding, |finding, (host, stop)| {
        finding.seen(format!("{} (for {}): {}", host.name(), place_of_use(&host.uses), stop.why))
    }))
}

/// `oidc.us-east-1.amazonaws.com and 2 others`
fn names(found: &[(&HostFacts, Stop)]) -> String {
    let first = found.first().map(|(host, _)| host.name()).unwrap_or_default();
    match found.len() {
        0 | 1 => first,
        2 => format!("{first} and 1 other"),
        more => format!("{first} and {} others", more - 1),
    }
}

fn unresolved(facts: &NetFacts) -> Vec<Finding> {
    let found = ended(facts, Code::N01);
    let finding = one(&found, Code::N01, |names| format!("The name of {names} cannot be resolved."));
    let remedy = "check the network, the VPN and the DNS server; behind a proxy: export HTTPS_PROXY=...";
    finding.map(|finding| finding.remedy(remedy)).into_iter().collect()
}

fn proxy_fails(probe: &Probe) -> Vec<Finding> {
    let Some(facts) = probe.net.facts() else { return Vec::new() };
    if let Some(error) = &facts.proxy_error {
        let error = HttpError::from(error.clone()).explain(&probe.voice);
        return vec![Finding::of(error, Severity::Error)];
    }
    let Some((proxy, variable)) = &facts.proxy else { return Vec::new() };
    let found = ended(facts, Code::N02);
    let finding = one(&found, Code::N02, |names| format!("The proxy {proxy} gives no way to {names}."));
    let remedy = format!("correct or unset {variable}");
    finding.map(|finding| finding.at(*variable).remedy(remedy)).into_iter().collect()
}

fn proxy_asks(facts: &NetFacts) -> Vec<Finding> {
    let Some((proxy, variable)) = &facts.proxy else { return Vec::new() };
    let found = ended(facts, Code::N03);
    let finding = one(&found, Code::N03, |_| format!("The proxy {proxy} asks for a user name and password."));
    let remedy = format!("export {variable}=http://<user>:<password>@{proxy}");
    finding.map(|finding| finding.at(*variable).remedy(remedy)).into_iter().collect()
}

fn unreachable(probe: &Probe) -> Vec<Finding> {
    let Some(facts) = probe.net.facts() else { return Vec::new() };
    let found = ended(facts, Code::N08);
    let headline = |names: &str| format!("{names} cannot be reached.");
    let mut findings: Vec<Finding> = one(&found, Code::N08, headline)
        .map(|finding| {
            let hosts: Vec<String> = found.iter().map(|(host, _)| host.name()).collect();
            finding.remedy(format!("have your firewall or VPN let through: {}", hosts.join(", ")))
        })
        .into_iter()
        .collect();
    findings.extend(answered_by_others(probe, facts));
    findings
}

/// A reply that the portal would never give.
fn answered_by_others(probe: &Probe, facts: &NetFacts) -> Option<Finding> {
    if facts.session_trouble() != Some(Code::N08) {
        return None;
    }
    let error = facts.session.errors().next()?;
    let headline = match error {
        PortalError::Malformed(reply) => {
            format!("Something that is not AWS answers in the place of {}.", reply.host)
        }
        _ => "The portal does not answer as it should.".to_owned(),
    };
    let told = error.explain(&probe.voice);
    let notes = told.notes.into_iter().map(|(_, text)| text);
    let finding = Finding::new(Code::N08, Severity::Error, headline);
    let finding = notes.fold(finding, Finding::seen);
    Some(finding.remedy("sign in to the network in the browser, or check the proxy"))
}

fn ipv6(facts: &NetFacts) -> Vec<Finding> {
    let only = one(&ended(facts, Code::N09), Code::N09, |names| {
        format!("{names} cannot be reached by IPv6, and there is no other way.")
    });
    let stalls = facts.hosts.iter().find(|host| host.stalls_on_ipv6()).map(|host| {
        let headline = format!("IPv6 goes nowhere: every connection to {} waits for it first.", host.name());
        let finding = Finding::new(Code::N09, Severity::Warning, headline).at(host.name());
        finding.remedy("repair IPv6, or turn it off for the interface")
    });
    let only = only.map(|finding| finding.remedy("export AWS_USE_DUALSTACK_ENDPOINT=true"));
    only.into_iter().chain(stalls).collect()
}

fn vanity(probe: &Probe) -> Vec<Finding> {
    let Some(facts) = probe.net.facts() else { return Vec::new() };
    let at = probe.config.subject.session().map(|session| probe.voice.origin(&session.start_url.origin));
    let remedy = "set sso_start_url to the portal's own address (https://....awsapps.com/start)";
    let unreachable = one(&ended(facts, Code::N11), Code::N11, |names| {
        format!("The start URL leads nowhere: {names} cannot be reached.")
    });
    let elsewhere = match &facts.vanity {
        Some(Err(error)) => Some(Finding::of(error.explain(&probe.voice), Severity::Error)),
        _ => None,
    };
    let found = unreachable.into_iter().chain(elsewhere).map(|finding| finding.remedy(remedy));
    found.map(|finding| Finding { at: at.clone().or(finding.at.clone()), ..finding }).collect()
}

fn throttled(facts: &NetFacts) -> Vec<Finding> {
    let by_host =
        facts.hosts.iter().find(|host| matches!(&host.reply, Some(Ok(reply)) if reply.status == 429));
    let by_portal = facts.session.errors().any(|error| matches!(error, PortalError::Throttled));
    let host = by_host.map(HostFacts::name);
    if host.is_none() && !by_portal {
        return Vec::new();
    }
    let place = host.unwrap_or_else(|| "the portal".to_owned());
    let finding =
        Finding::new(Code::N12, Severity::Warning, format!("AWS is throttling you: {place} answers 429."));
    vec![finding.remedy("wait a minute; run fewer AWS tools at the same time")]
}

/// Requests are signed with the time: five minutes off and services refuse them.
fn clock(facts: &NetFacts) -> Vec<Finding> {
    let Some(ahead) = facts.clock_offset().filter(|ahead| ahead.abs() > 60) else { return Vec::new() };
    let offset = SignedDuration::from_secs(ahead);
    let direction = if ahead > 0 { "behind" } else { "ahead of" };
    let severity = if ahead.abs() > 5 * 60 { Severity::Error } else { Severity::Warning };
    let headline = format!("This machine's clock is {} {direction} AWS's.", span(offset));
    let finding = Finding::new(Code::N14, severity, headline)
        .seen("signed requests are accepted within 5 minutes, and ends of sessions are judged by this clock");
    vec![finding.remedy("sudo timedatectl set-ntp true (in WSL: sudo hwclock -s)")]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::probe::net::{HostReply, Use};
    use sso_http::Url;

    fn answering(ahead: &[Option<i64>]) -> NetFacts {
        let host = |ahead: &Option<i64>| {
            let url = Url::parse("https://oidc.us-east-1.amazonaws.com/").expect("a URL");
            let mut host = HostFacts::new(url, vec![Use::SignIn]);
            host.reply = Some(Ok(HostReply { status: 200, ahead: *ahead }));
            host
        };
        NetFacts { hosts: ahead.iter().map(host).collect(), ..NetFacts::default() }
    }

    #[test]
    fn how_far_a_clock_may_be_off() {
        for (ahead, severity) in [
            (&[Some(0)][..], None),
            (&[Some(-60)], None),
            (&[Some(61)], Some(Severity::Warning)),
            (&[Some(-301)], Some(Severity::Error)),
            // One host alone may be wrong.
            (&[Some(4000), Some(1), None], None),
            (&[None], None),
        ] {
            let found = clock(&answering(ahead));
            assert_eq!(found.first().map(|found| found.severity), severity, "{ahead:?}");
        }
        let text = clock(&answering(&[Some(600)])).remove(0).headline;
        assert_eq!(text, "This machine's clock is 10 min behind AWS's.");
    }

    #[test]
    fn a_failure_is_told_once_and_what_builds_on_it_is_not_run() {
        let mut facts = answering(&[None, Some(0)]);
        for host in &mut facts.hosts {
            host.reply = None;
            host.addresses = Err("no such name".into());
        }
        facts.hosts[1].uses = vec![Use::Portal];
        let net = crate::doctor::probe::Net::Ran(Box::new(facts));
        for code in [Code::N06, Code::N12, Code::N14, Code::T07, Code::I02, Code::I03] {
            assert_eq!(net.not_run(code).as_deref(), Some("stopped at N01"), "{code:?}");
        }
        let found = unresolved(net.facts().expect("facts"));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].evidence.len(), 2);
        assert!(found[0].headline.contains("and 1 other"), "{}", found[0].headline);
    }
}
