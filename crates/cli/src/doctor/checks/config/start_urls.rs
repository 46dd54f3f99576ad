//! C11: start URLs that cannot be used, and those that say more than they should.

use super::hit::{Hit, set_where, told, troubles};
use crate::catalogue::Code;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::probe::Probe;
use sso_config::{ConfigEdit, ConfigError, ConfigSet, Section, Sourced};
use sso_core::StartUrl;
use std::collections::BTreeMap;

/// Ends of hosts of the AWS console and its sign-in: never a portal.
const CONSOLES: [&str; 6] = [
    "console.aws.amazon.com",
    "console.aws",
    "signin.aws.amazon.com",
    "signin.aws",
    "console.amazonaws-us-gov.com",
    "console.amazonaws.cn",
];

/// `#/`, a tab's query and a slash at the end are not part of a start URL.
pub(super) fn tidy(text: &str) -> String {
    let text = text.trim();
    let text = text.split(['#', '?']).next().unwrap_or(text);
    text.trim_end_matches('/').to_owned()
}

/// The URL that was meant, if that is plain: a portal of AWS without https, in quotes, or with what a browser adds.
fn meant(text: &str) -> Option<String> {
    let bare = text.trim().trim_matches(['"', '\'', '<', '>']);
    let rest = bare.split_once("://").map_or(bare, |(_, rest)| rest);
    let url = tidy(&format!("https://{rest}"));
    let known = |host: String| sso_oidc::is_aws_owned(&host);
    let start = StartUrl::new(url.as_str());
    let http = bare.split_once("://").is_none_or(|(scheme, _)| scheme.eq_ignore_ascii_case("http"));
    let quoted = bare != text.trim();
    (start.check().is_ok() && (http || quoted) && start.host().is_some_and(known)).then_some(url)
}

/// C11.
pub(super) fn unusable(probe: &Probe) -> Vec<Finding> {
    let Ok(set) = &probe.config.set else { return Vec::new() };
    let texts = start_urls(set);
    let mut hits: Vec<Hit> = Vec::new();
    for trouble in troubles(probe, Code::C11) {
        let hit = Hit::of(trouble, probe);
        let Some(ConfigError::StartUrl { value, .. }) = &trouble.cause else {
            hits.push(hit);
            continue;
        };
        let Some(url) = meant(value.value.as_str()) else {
            hits.push(hit);
            continue;
        };
        let mut edit = ConfigEdit::new();
        for (_, found) in texts.get(value.value.as_str()).into_iter().flatten() {
            edit.changes.extend(set_where(probe, &found.origin, "sso_start_url", &url).changes);
        }
        let finding =
            hit.finding.remedy(format!("set sso_start_url = {url} ({})", probe.voice.origin(&value.origin)));
        hits.push(Hit::from(finding).edit(edit));
    }
    hits.extend(usable(probe, &texts));
    told(probe, hits, |count| format!("{count} start URLs cannot be used as they are."))
}

/// The sections that hold a start URL, by its text: thousands of legacy profiles have the same.
type Texts<'a> = BTreeMap<String, Vec<(Section<'a>, Sourced<String>)>>;

fn start_urls(set: &ConfigSet) -> Texts<'_> {
    let mut texts = Texts::new();
    for section in set.sso_sessions().chain(set.profiles()) {
        if let Some(found) = section.text("sso_start_url") {
            texts.entry(found.value.clone()).or_default().push((section, found));
        }
    }
    texts
}

/// URLs that can be asked and lead to the wrong place, or are longer than they need be.
fn usable(probe: &Probe, texts: &Texts<'_>) -> Vec<Hit> {
    let own = probe.config.subject.session().map(|session| session.start_url.value.as_str());
    let mut hits = Vec::new();
    for (text, places) in texts {
        let (Ok(url), Some((_, first))) = (StartUrl::new(text.as_str()).check(), places.first()) else {
            continue;
        };
        let at = probe.voice.origin(&first.origin);
        let host = url.host_str().unwrap_or_default();
        let is_console = CONSOLES
            .iter()
            .any(|end| host == *end || host.strip_suffix(end).is_some_and(|rest| rest.ends_with('.')));
        if is_console {
            let severity = if own == Some(text.as_str()) { Severity::Error } else { Severity::Warning };
            let headline = format!(
                "The sso_start_url is the address of the AWS console ({host}), not of an access portal."
            );
            let finding = Finding::new(Code::C11, severity, headline).at(at.clone());
            hits.push(finding.remedy(format!("set the address of your portal, such as https://d-1234567890.awsapps.com/start: edit {at}")).into());
        } else if tidy(text) != *text {
            let headline = "A start URL ends in what a browser shows, not what is needed.";
            let finding = Finding::new(Code::C11, Severity::Info, headline).at(at);
            let finding = finding.remedy(format!("set sso_start_url = {}", tidy(text)));
            // Tokens of legacy profiles are kept under the very text: they would be lost.
            let sessions =
                places.iter().filter(|(section, _)| section.kind() == sso_config::SectionKind::SsoSession);
            let mut edit = ConfigEdit::new();
            for (_, found) in sessions {
                edit.changes.extend(set_where(probe, &found.origin, "sso_start_url", &tidy(text)).changes);
            }
            hits.push(Hit::from(finding).edit(edit));
        }
    }
    hits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant() {
        for (text, expected) in [
            ("http://corp.awsapps.com/start/#/", Some("https://corp.awsapps.com/start")),
            ("corp.awsapps.com/start", Some("https://corp.awsapps.com/start")),
            ("\"https://corp.awsapps.com/start\"", Some("https://corp.awsapps.com/start")),
            ("HTTP://d-1.awsapps.com/start?x=1", Some("https://d-1.awsapps.com/start")),
            // Another host may not know https; another scheme is no slip.
            ("http://sso.corp.example/start", None),
            ("ftp://corp.awsapps.com/start", None),
            ("https://user@corp.awsapps.com/start", None),
            ("", None),
            ("start", None),
        ] {
            assert_eq!(meant(text).as_deref(), expected, "{text}");
        }
    }
}
