//! E01 to E08: what the environment says.

use crate::catalogue::Code;
use crate::doctor::engine::Check;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::fix::Fix;
use crate::doctor::probe::{Kind, Probe};
use crate::explain::Explain as _;
use sso_config::{ConfigEdit, Origin, Place, Sourced};
use sso_core::{EndpointUrl, Service, parse_timestamp};

pub(super) const CHECKS: &[Check] = &[
    Check::disk(Code::E01, keys),
    Check::disk(Code::E02, expired_keys),
    Check::disk(Code::E03, profiles),
    Check::disk(Code::E04, files),
    Check::disk(Code::E05, endpoints),
    Check::disk(Code::E06, region),
    Check::disk(Code::E07, home),
    Check::disk(Code::E08, browser),
];

/// Keys that go before every profile.
fn keys(probe: &Probe) -> Vec<Finding> {
    let env = &probe.env;
    let both = env.get("AWS_ACCESS_KEY_ID").is_some() && env.get("AWS_SECRET_ACCESS_KEY").is_some();
    if !both {
        return Vec::new();
    }
    let key = env.text("AWS_ACCESS_KEY_ID").unwrap_or_default();
    let finding =
        Finding::new(Code::E01, Severity::Warning, "Keys in the environment go before every profile.")
            .at("AWS_ACCESS_KEY_ID")
            .seen(format!("AWS_ACCESS_KEY_ID is {key}; AWS tools act as whoever that is"));
    let finding = match &probe.config.subject.profile {
        Some(profile) => {
            finding.seen(format!("the profile {profile} is used by sso, which asks for it by name"))
        }
        None => finding,
    };
    vec![finding.remedy("unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN")]
}

fn expired_keys(probe: &Probe) -> Vec<Finding> {
    let Some(text) = probe.env.text("AWS_CREDENTIAL_EXPIRATION") else { return Vec::new() };
    if probe.env.get("AWS_ACCESS_KEY_ID").is_none() {
        return Vec::new();
    }
    match parse_timestamp(&text) {
        Ok(at) if at > probe.now => Vec::new(),
        Ok(_) => {
            let headline = "The credentials in the environment have expired.";
            let finding = Finding::new(Code::E02, Severity::Error, headline).at("AWS_CREDENTIAL_EXPIRATION");
            vec![
                finding
                    .seen(format!("AWS_CREDENTIAL_EXPIRATION is {text}"))
                    .remedy("eval \"$(sso env --unset)\""),
            ]
        }
        Err(_) => {
            let headline = "When the credentials in the environment expire cannot be read.";
            let finding = Finding::new(Code::E02, Severity::Info, headline).at("AWS_CREDENTIAL_EXPIRATION");
            vec![
                finding
                    .seen(format!("AWS_CREDENTIAL_EXPIRATION is \"{text}\""))
                    .remedy("eval \"$(sso env --unset)\""),
            ]
        }
    }
}

fn profiles(probe: &Probe) -> Vec<Finding> {
    let (one, two) = (probe.env.text("AWS_PROFILE"), probe.env.text("AWS_DEFAULT_PROFILE"));
    let mut found = Vec::new();
    if let (Some(one), Some(two)) = (&one, &two)
        && one != two
    {
        let finding = Finding::new(Code::E03, Severity::Warning, "Two variables select different profiles.");
        found.push(
            finding
                .at("AWS_PROFILE")
                .seen(format!("AWS_PROFILE is \"{one}\", AWS_DEFAULT_PROFILE is \"{two}\""))
                .seen("SDKs look at the first only, the AWS CLI and boto at both")
                .remedy("unset AWS_DEFAULT_PROFILE"),
        );
    }
    // The one in question is C02's to tell.
    let subject = probe.config.subject.profile.as_ref().map(|name| name.as_str());
    let Ok(set) = &probe.config.set else { return found };
    for (variable, name) in [("AWS_PROFILE", one), ("AWS_DEFAULT_PROFILE", two)] {
        let Some(name) = name.filter(|name| subject != Some(name)) else { continue };
        if set.profile(&name.as_str().into()).is_none() {
            let headline = format!("{variable} selects a profile that does not exist.");
            let near = set.nearest(sso_config::SectionKind::Profile, &name).into_iter().next();
            let remedy = match near {
                Some(near) => format!("export {variable}={}", crate::explain::quote(&near.name)),
                None => format!("unset {variable}"),
            };
            let finding = Finding::new(Code::E03, Severity::Warning, headline).at(variable);
            found.push(finding.seen(format!("{variable} is \"{name}\"")).remedy(remedy));
        }
    }
    found
}

fn files(probe: &Probe) -> Vec<Finding> {
    let variables = [
        ("AWS_CONFIG_FILE", &probe.config.config, Severity::Error),
        ("AWS_SHARED_CREDENTIALS_FILE", &probe.config.credentials, Severity::Warning),
    ];
    let mut found = Vec::new();
    for (variable, file, severity) in variables {
        let (Some(text), Ok(file)) = (probe.env.text(variable), file) else { continue };
        let missing = file.bytes.is_none() && !file.path.exists();
        let headline = match (missing, text.starts_with('~') || text.contains('$')) {
            (true, _) => format!("{variable} leads to a file that does not exist."),
            (false, true) => format!("{variable} has a '~' or '$' that not every tool expands."),
            (false, false) => continue,
        };
        let severity = if missing { severity } else { Severity::Info };
        let whole = crate::explain::quote(&file.path.to_string_lossy());
        let remedy = if missing { format!("unset {variable}") } else { format!("export {variable}={whole}") };
        let finding = Finding::new(Code::E04, severity, headline).at(variable);
        found.push(finding.seen(format!("{variable} is \"{text}\"")).remedy(remedy));
    }
    found
}

fn endpoints(probe: &Probe) -> Vec<Finding> {
    let mut found = super::of_errors(probe, Code::E05);
    let settings = match &probe.config.endpoints {
        Some(Ok(settings)) => settings,
        Some(Err(error)) => {
            let told = Some(error.explain(&probe.voice)).filter(|told| told.code == Code::E05);
            found.extend(told.map(|told| Finding::of(told, Severity::Error)));
            return found;
        }
        None => return found,
    };
    // One address is one finding, however many settings name it.
    let mut named: Vec<Vec<&Sourced<String>>> = Vec::new();
    for service in [Service::SsoOidc, Service::Sso, Service::Sts] {
        let Some(endpoint) = settings.endpoint(service) else { continue };
        match named.iter_mut().find(|known| known.iter().any(|known| known.value == endpoint.value)) {
            Some(known) if known.contains(&endpoint) => {}
            Some(known) => known.push(endpoint),
            None => named.push(vec![endpoint]),
        }
    }
    found.extend(named.iter().filter_map(|places| endpoint_finding(probe, places)));
    found
}

fn endpoint_finding(probe: &Probe, places: &[&Sourced<String>]) -> Option<Finding> {
    let (endpoint, others) = places.split_first()?;
    let place = probe.voice.origin(&endpoint.origin);
    let mut remedy = probe.voice.mend(&endpoint.origin);
    for other in others {
        match (&endpoint.origin, &other.origin) {
            (Origin::Variable(_), Origin::Variable(name)) => remedy.push_str(&format!(" {name}")),
            _ => remedy.push_str(&format!("; {}", probe.voice.mend(&other.origin))),
        }
    }
    let also: Vec<String> = others.iter().map(|other| probe.voice.origin(&other.origin)).collect();
    let finding = match EndpointUrl::parse(&endpoint.value) {
        Err(error) => {
            let headline = format!("The endpoint \"{}\" cannot be used.", endpoint.value);
            let finding = Finding::new(Code::E05, Severity::Error, headline)
                .at(place)
                .seen(error.to_string())
                .remedy(remedy);
            match key_of_profile(probe, &endpoint.origin) {
                Some(edit) => finding.fix(Fix::Config(edit)),
                None => finding,
            }
        }
        Ok(url) => {
            let severity = if url.is_loopback() { Severity::Info } else { Severity::Warning };
            let headline = format!("Requests go to {}, not to AWS.", endpoint.value);
            Finding::new(Code::E05, severity, headline)
                .at(place)
                .seen("tokens and client secrets are sent there")
                .remedy(remedy)
        }
    };
    Some(if also.is_empty() { finding } else { finding.seen(format!("so say {}, too", also.join(", "))) })
}

/// The edit that takes an `endpoint_url` out of its profile.
fn key_of_profile(probe: &Probe, origin: &Origin) -> Option<ConfigEdit> {
    let Origin::File { place: Place { path, .. }, section } = origin else { return None };
    let set = probe.config.set.as_ref().ok()?;
    let own = section.kind == sso_config::SectionKind::Profile && path == set.config().path();
    own.then(|| ConfigEdit::new().unset(section.clone(), "endpoint_url"))
}

fn region(probe: &Probe) -> Vec<Finding> {
    let lacks = probe.troubles.iter().any(|trouble| {
        trouble.severity == Severity::Error
            && trouble.error.code == Code::C05
            && trouble.error.headline.contains("sso_region")
    });
    let variable =
        ["AWS_REGION", "AWS_DEFAULT_REGION"].into_iter().find_map(|name| Some((name, probe.env.text(name)?)));
    match variable {
        Some((name, value)) if lacks => {
            let headline = format!("{name} is not taken for the sso_region that is missing.");
            let finding = Finding::new(Code::E06, Severity::Info, headline).at(name);
            vec![finding
                .seen(format!("{name} is \"{value}\": where your resources are, which may be elsewhere than IAM Identity Center"))
                .remedy("set sso_region in the session")]
        }
        _ => Vec::new(),
    }
}

fn home(probe: &Probe) -> Vec<Finding> {
    let mut found = super::of_errors(probe, Code::E07);
    let home = probe.files.home.as_ref().filter(|home| home.kind == Kind::Dir);
    let (Some(owner), Some(user)) = (home.map(|home| home.uid), probe.files.user) else { return found };
    if owner != user {
        let home = probe.env.home_dir().map(|home| home.display().to_string()).unwrap_or_default();
        let finding =
            Finding::new(Code::E07, Severity::Warning, "The home directory is somebody else's.").at(home);
        found.push(
            finding
                .seen(format!("it belongs to user {owner}, and this runs as user {user}"))
                .seen("tokens in it are theirs, and what is written there may be lost to them")
                .remedy("run it as the owner, or set HOME"),
        );
    }
    found
}

fn browser(probe: &Probe) -> Vec<Finding> {
    let Some(program) = &probe.host.browser else { return Vec::new() };
    let value = probe.env.text("BROWSER").unwrap_or_default();
    let headline = match crate::ui::browser::is_text_browser(std::slice::from_ref(&program.word)) {
        Some(name) => format!("BROWSER names {name}, which cannot show the sign-in page."),
        None if program.word.to_ascii_lowercase().contains("explorer.exe") => {
            "BROWSER names explorer.exe, which cuts addresses off.".to_owned()
        }
        None if program.path.is_none()
            && !crate::ui::browser::opens_nothing(std::slice::from_ref(&program.word)) =>
        {
            "BROWSER names a program that is not there.".to_owned()
        }
        None => return Vec::new(),
    };
    let finding = Finding::new(Code::E08, Severity::Warning, headline).at("BROWSER");
    vec![finding.seen(format!("BROWSER is \"{value}\"")).remedy("unset BROWSER")]
}
