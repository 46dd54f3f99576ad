//! N04, N05, N10, N13: proxy variables and endpoint variants, by what is written.

use crate::catalogue::Code;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::fix::Fix;
use crate::doctor::probe::Probe;
use sso_config::{AssumeRoleWith, ResolvedProfile};
use sso_config::{ConfigEdit, CredentialSource, Origin, SectionName, env};
use sso_core::{Partition, Region, Service};
use sso_http::{ProxySettings, Url};
use sso_oidc::is_dual_stack_portal;

/// Addresses of this machine and of the metadata services, which no proxy should see.
const LOCAL: [&str; 4] =
    ["http://127.0.0.1/", "http://localhost/", "http://169.254.169.254/", "http://169.254.170.2/"];

/// N04.
pub(super) fn caught(probe: &Probe) -> Vec<Finding> {
    let value = |name: &str| probe.env.text(name);
    let proxies = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "https_proxy", "HTTPS_PROXY"];
    let Some(variable) = proxies.into_iter().find(|name| value(name).is_some()) else { return Vec::new() };
    let except = value("no_proxy").or_else(|| value("NO_PROXY")).unwrap_or_default();
    let caught: Vec<String> = LOCAL
        .iter()
        .filter_map(|url| Url::parse(url).ok()?.host_str().map(str::to_owned))
        .filter(|host| !excepted(&except, host))
        .collect();
    // Metadata addresses matter only to those who get credentials there.
    let affected = probe.config.subject.resolved().is_some_and(asks_metadata);
    let here = caught.iter().any(|host| !host.starts_with("169.254."));
    if !(here || affected && !caught.is_empty()) {
        return Vec::new();
    }
    let severity = if affected { Severity::Warning } else { Severity::Info };
    let headline = format!("{variable} is set, and NO_PROXY does not except {}.", caught.join(", "));
    let finding = Finding::new(Code::N04, severity, headline)
        .at("NO_PROXY")
        .seen("sso itself never uses a proxy for this machine; other tools would");
    vec![finding.remedy("export NO_PROXY=127.0.0.1,localhost,169.254.169.254,169.254.170.2,$NO_PROXY")]
}

/// Credentials from the metadata service of a machine or container.
fn asks_metadata(resolved: &ResolvedProfile) -> bool {
    match &resolved.source {
        CredentialSource::AssumeRole(role) => match &role.with {
            AssumeRoleWith::Surroundings(from) => from.value != "Environment",
            AssumeRoleWith::Profile(other) => asks_metadata(other),
        },
        CredentialSource::None => false,
        _ => false,
    }
}

/// Whether a NO_PROXY covers the host, by the widest reading that tools have.
fn excepted(except: &str, host: &str) -> bool {
    let link_local = host.starts_with("169.254.");
    let loopback = host == "127.0.0.1";
    except.split([',', ' ']).map(str::trim).any(|entry| {
        entry == host
            || entry == "*"
            || loopback && (entry.starts_with("127.0.0.0/") || entry.starts_with("127."))
            || link_local && entry.starts_with("169.254")
    })
}

/// N05.
pub(super) fn contradicting(probe: &Probe) -> Vec<Finding> {
    let pairs = [
        ("https_proxy", "HTTPS_PROXY"),
        ("http_proxy", "HTTP_PROXY"),
        ("all_proxy", "ALL_PROXY"),
        ("no_proxy", "NO_PROXY"),
    ];
    let differ = |(small, large): &(&str, &str)| {
        let both = probe.env.text(small).zip(probe.env.text(large));
        both.is_some_and(|(small, large)| small.trim() != large.trim())
    };
    let found: Vec<(&str, &str)> = pairs.into_iter().filter(differ).collect();
    let Some((small, large)) = found.first() else { return Vec::new() };
    // Would a tool that takes the other one reach the hosts in question another way?
    let by = |prefer_small: bool| {
        ProxySettings::from_variables(|name| {
            let other = found.iter().find(|(small, large)| [*small, *large].contains(&name));
            match other {
                Some((small, large)) => probe.env.text(if prefer_small { small } else { large }),
                None => probe.env.text(name),
            }
        })
    };
    let (one, other) = (by(true), by(false));
    let another_way = |url: &Url| match (&one, &other) {
        (Ok(one), Ok(other)) => one.proxy_of(url) != other.proxy_of(url),
        (one, other) => one.is_ok() != other.is_ok(),
    };
    let affected = probe.local.hosts.iter().find(|(url, _)| another_way(url));
    let severity = if affected.is_some() { Severity::Warning } else { Severity::Info };
    let headline = format!("{small} and {large} have different values.");
    let mut finding = Finding::new(Code::N05, severity, headline).at(*large);
    if let Some((url, _)) = affected {
        let host = url.host_str().unwrap_or_default();
        finding = finding.seen(format!("it changes how {host} is reached: tools disagree which goes first"));
    }
    // The values may hold passwords.
    for (small, large) in found.iter().skip(1) {
        finding = finding.seen(format!("{small} and {large} differ too"));
    }
    vec![finding.remedy(format!("export {large}=\"${small}\", or unset one of the two"))]
}

/// N10.
pub(super) fn dual_stack(probe: &Probe) -> Vec<Finding> {
    let (Some(settings), Some(session)) = (&probe.local.settings, probe.config.subject.session()) else {
        return Vec::new();
    };
    let portal = session.start_url.value.host().unwrap_or_default();
    let configured = settings.endpoint(Service::SsoOidc);
    if !is_dual_stack_portal(&portal) || settings.options().dual_stack || configured.is_some() {
        return Vec::new();
    }
    let headline = format!("{portal} is a dual-stack portal, and the endpoint to sign in at is not.");
    // `sso login` takes the right endpoint by itself, and then other tools use its token.
    let finding = Finding::new(Code::N10, Severity::Warning, headline)
        .at(probe.voice.origin(&session.start_url.origin))
        .seen("sso takes the right one by itself; the AWS CLI's own login fails in the browser");
    vec![match &probe.config.subject.profile {
        Some(profile) if probe.in_config(profile) => {
            let section = SectionName::profile(profile.as_str());
            let edit = ConfigEdit::new().set(section, "use_dualstack_endpoint", "true");
            finding
                .remedy(format!("set use_dualstack_endpoint = true in the profile {profile}"))
                .fix(Fix::Config(edit))
        }
        _ => finding.remedy(format!("export {}=true", env::AWS_USE_DUALSTACK_ENDPOINT)),
    }]
}

/// N13. No list of AWS names a FIPS endpoint of IAM Identity Center outside GovCloud; where the resolver was asked, it knows.
pub(super) fn fips(probe: &Probe) -> Vec<Finding> {
    let (Some(settings), Some(session)) = (&probe.local.settings, probe.config.subject.session()) else {
        return Vec::new();
    };
    let (Some(asked), Ok(region)) = (settings.fips.as_ref(), Region::parse(&session.region.value)) else {
        return Vec::new();
    };
    let configured =
        settings.endpoint(Service::SsoOidc).is_some() && settings.endpoint(Service::Sso).is_some();
    let doubtful = matches!(region.partition(), Partition::Aws | Partition::AwsCn | Partition::AwsEusc);
    if !asked.value || configured || !doubtful {
        return Vec::new();
    }
    let names =
        probe.net.facts().map(|facts| facts.hosts.iter().filter(|host| host.url.as_str().contains("-fips.")));
    let (severity, seen) = match names.map(|mut hosts| hosts.all(|host| host.answered())) {
        Some(true) => return Vec::new(),
        Some(false) => (Severity::Error, "its name cannot be resolved, or nobody answers there"),
        None => (Severity::Warning, "AWS's lists name none outside GovCloud"),
    };
    let headline = format!("FIPS endpoints are asked for, and IAM Identity Center has none in {region}.");
    let finding =
        Finding::new(Code::N13, severity, headline).at(probe.voice.origin(&asked.origin)).seen(seen);
    vec![match &asked.origin {
        Origin::File { section, place } if probe.is_config(place) => {
            let edit = ConfigEdit::new().unset(section.clone(), "use_fips_endpoint");
            finding.remedy("take use_fips_endpoint out of the profile").fix(Fix::Config(edit))
        }
        origin => finding.remedy(probe.voice.mend(origin)),
    }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::probe::Wanted;
    use crate::doctor::probe::tests::of;

    const CONFIG: &str = "[sso-session corp]\nsso_start_url = https://c.awsapps.com/start\nsso_region = us-east-1\n\
        [profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = A\n";

    fn severity(check: fn(&Probe) -> Vec<Finding>, variables: &[(&str, &str)]) -> Option<Severity> {
        let home = tempfile::tempdir().expect("a home");
        std::fs::create_dir(home.path().join(".aws")).expect("made");
        sso_fs::replace(&home.path().join(".aws/config"), CONFIG.as_bytes(), None).expect("written");
        check(&of(home.path(), variables, &Wanted::default())).first().map(|found| found.severity)
    }

    #[test]
    fn proxies_that_catch_this_machine() {
        for (variables, expected) in [
            (&[][..], None),
            (&[("HTTPS_PROXY", "p:1")], Some(Severity::Info)),
            (&[("HTTPS_PROXY", "p:1"), ("NO_PROXY", "127.0.0.1,localhost,169.254.0.0/16")], None),
            (&[("HTTPS_PROXY", "p:1"), ("no_proxy", "*")], None),
            (&[("http_proxy", "p:1"), ("NO_PROXY", "localhost")], Some(Severity::Info)),
            (&[("NO_PROXY", "localhost")], None),
        ] {
            assert_eq!(severity(caught, variables), expected, "{variables:?}");
        }
    }

    #[test]
    fn variables_that_contradict_each_other() {
        for (variables, expected) in [
            (&[("https_proxy", "p:1"), ("HTTPS_PROXY", "p:1")][..], None),
            (&[("https_proxy", "p:1"), ("HTTPS_PROXY", "q:1")], Some(Severity::Warning)),
            (&[("http_proxy", "p:1"), ("HTTP_PROXY", "q:1")], Some(Severity::Info)),
            (&[("no_proxy", "a"), ("NO_PROXY", "b")], Some(Severity::Info)),
            (
                &[("HTTPS_PROXY", "p:1"), ("no_proxy", "amazonaws.com"), ("NO_PROXY", "b")],
                Some(Severity::Warning),
            ),
        ] {
            assert_eq!(severity(contradicting, variables), expected, "{variables:?}");
        }
    }
}
