//! S01 and S06: the keyring, for sessions that are kept in two halves; and for other tools, which may need one.

use crate::catalogue::Code;
use crate::doctor::engine::Check;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::probe::Probe;
use crate::exit::Exit;
use crate::kept::encryption;
use crate::settings::StoreSetting;

pub(super) const CHECKS: &[Check] = &[Check::disk(Code::S01, unusable), Check::disk(Code::S06, astray)];

/// The session's own keyring; where it has none, that other tools' cannot be reached.
fn unusable(probe: &Probe) -> Vec<Finding> {
    let session = probe.cache.session.as_ref();
    match session.filter(|session| session.kept.store == StoreSetting::Split) {
        Some(session) => {
            let told = session.kept.trouble.as_ref().filter(|told| told.code == Code::S01);
            let lives = session.need.is_none() && session.token().is_some();
            // An access token that lives is used until its end, but a build without a secret store uses nothing.
            let severity = match told {
                Some(told) if lives && told.exit != Exit::Configuration => Severity::Warning,
                _ => session.severity,
            };
            told.map(|told| Finding::of(told.clone(), severity)).into_iter().collect()
        }
        None => bus(probe),
    }
}

fn bus(probe: &Probe) -> Vec<Finding> {
    let Some(path) = &probe.host.dead_bus else { return Vec::new() };
    let headline = "The session bus that the environment names is not there, so no keyring can be reached.";
    vec![
        Finding::new(Code::S01, Severity::Info, headline)
            .at("DBUS_SESSION_BUS_ADDRESS")
            .seen(format!("{} does not exist", path.display()))
            .seen("sso keeps its tokens in the files of the AWS tools; tools that use a keyring may hang")
            .remedy("unset DBUS_SESSION_BUS_ADDRESS"),
    ]
}

/// The setting says the one, the disk shows the other.
fn astray(probe: &Probe) -> Vec<Finding> {
    let Some(session) = probe.cache.session.as_ref().filter(|session| session.kept.astray()) else {
        return Vec::new();
    };
    let path = probe.voice.path(&session.token_path);
    let cache = probe.voice.path(session.token_path.parent().unwrap_or(&session.token_path));
    let headline = format!("The secrets of \"{}\" {}.", session.label, session.kept.words(&cache));
    let found = match session.kept.store {
        StoreSetting::Split => Finding::new(Code::S06, Severity::Warning, headline)
            .at(path)
            .seen("another tool has signed in since, such as aws sso login; or the setting is new")
            .seen(encryption::words(probe.files.encrypted)),
        StoreSetting::Shared => Finding::new(Code::S06, Severity::Info, headline)
            .at(path)
            .seen("other tools cannot renew the session; sso can, once they are back in the file"),
    };
    vec![found.remedy(probe.voice.command("refresh"))]
}
