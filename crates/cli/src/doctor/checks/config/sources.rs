//! C16, C17, C18 and C21: other sources of credentials than IAM Identity Center, beside it or on the way to it.

use super::hit::{Hit, concerned, in_config, set_in_profiles, set_where, told, troubles};
use crate::catalogue::Code;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::probe::{Helper, Probe, Program};
use crate::explain::{helper_command, quote};
use sso_config::{ConfigEdit, ConfigError, ConfigSet, CredentialSource, Section, SectionName, Sourced};
use sso_core::ProfileName;

fn uses_sso(section: &Section<'_>) -> bool {
    section.has("sso_account_id") || section.has("sso_role_name")
}

/// C16. The keys are never shown, and the credentials file is never edited.
pub(super) fn static_keys(probe: &Probe) -> Vec<Finding> {
    let Ok(set) = &probe.config.set else { return Vec::new() };
    let both = |section: &Section<'_>| uses_sso(section) && !section.has("role_arn");
    let hits = set.profiles().filter(both).filter_map(|section| {
        let keys = section.get("aws_access_key_id")?;
        let headline =
            format!("The profile \"{}\" has keys beside its IAM Identity Center settings.", section.name());
        let at = probe.voice.origin(&keys.origin);
        let finding = Finding::new(Code::C16, Severity::Warning, headline).at(at.clone());
        let finding =
            finding.seen("AWS CLI and sso sign in; other tools may take the keys and be somebody else");
        Some(Hit::from(finding.remedy(format!("take the keys out or rename their section: edit {at}"))))
    });
    told(probe, hits.collect(), |count| {
        format!("{count} profiles have keys beside their IAM Identity Center settings.")
    })
}

/// C17.
pub(super) fn helpers(probe: &Probe) -> Vec<Finding> {
    let Ok(set) = &probe.config.set else { return Vec::new() };
    let hits = set.profiles().filter_map(|section| {
        let command = section.text("credential_process")?;
        let helper = probe.helpers.get(&command.value)?;
        helper_of(probe, set, &section, &command, helper)
    });
    told(probe, hits.collect(), |count| {
        format!("{count} profiles have a credential_process that cannot work, or is in the way.")
    })
}

fn helper_of(
    probe: &Probe,
    set: &ConfigSet,
    section: &Section<'_>,
    command: &Sourced<String>,
    helper: &Helper,
) -> Option<Hit> {
    let at = probe.voice.origin(&command.origin);
    let mixed = uses_sso(section);
    let found = |headline: String| {
        let finding = Finding::new(Code::C17, how_bad(probe, section), headline).at(at.clone());
        Hit::from(finding.remedy(format!("choose one source of credentials: edit {at}")))
    };
    let without = || match in_config(probe, &command.origin) {
        true => ConfigEdit::new().unset(SectionName::from(section.id()), "credential_process"),
        false => ConfigEdit::new(),
    };
    let name = section.name();
    let asks = helper.asks();
    let itself = asks.as_deref() == Some(name) || asks.as_deref() == Some("") && name == "default";
    if helper.is_get_credentials() {
        let hit = found(format!(
            "The credential_process of \"{name}\" runs \"aws sso get-credentials\", which does not exist."
        ));
        return Some(match helper.profile() {
            // Its own settings are enough.
            _ if mixed => hit.edit(without()),
            Some(other) if other != name && uses_sso_by_name(set, other) => {
                let right = helper_command(other);
                let finding = hit.finding.remedy(format!("set credential_process = {right} ({at})"));
                Hit::from(finding).edit(set_where(probe, &command.origin, "credential_process", &right))
            }
            _ => hit,
        });
    }
    if itself {
        let hit = found(format!(
            "The credential_process of \"{name}\" asks for the credentials of that very profile."
        ));
        return Some(if mixed { hit.edit(without()) } else { hit });
    }
    let program = helper.words.first().map_or("", String::as_str);
    let hit = match &helper.program {
        Program::Unreadable => found(format!(
            "The credential_process of \"{name}\" cannot be split into words: a quote is open."
        )),
        Program::Missing => {
            found(format!("The program of the credential_process of \"{name}\" is not there: {program}."))
        }
        Program::Relative(absolute) => {
            let headline = format!(
                "The credential_process of \"{name}\" names its program by a relative path: {program}."
            );
            match absolute {
                None => found(headline),
                Some(path) => {
                    let rest = helper.words.iter().skip(1).map(|word| quote(word));
                    let words: Vec<String> =
                        std::iter::once(quote(&path.to_string_lossy())).chain(rest).collect();
                    let right = words.join(" ");
                    // Arguments may be secret.
                    let whole = path.to_string_lossy();
                    let finding =
                        found(headline).finding.remedy(format!("write {whole} in its place ({at})"));
                    Hit::from(finding).edit(set_where(probe, &command.origin, "credential_process", &right))
                }
            }
        }
        Program::There if mixed => {
            let hit = found(format!(
                "The profile \"{name}\" has a credential_process beside its IAM Identity Center settings."
            ));
            let seen = "AWS CLI and sso sign in; other tools may run the program instead";
            return Some(Hit { finding: hit.finding.seen(seen), ..hit });
        }
        Program::There => return None,
    };
    Some(match &helper.program {
        Program::Missing | Program::Unreadable if mixed => hit.edit(without()),
        _ => hit,
    })
}

/// An error where the profile in question lives on it.
fn how_bad(probe: &Probe, section: &Section<'_>) -> Severity {
    let subject = &probe.config.subject;
    let own = subject.profile.as_ref().is_some_and(|name| name.as_str() == section.name());
    let runs = subject.resolved().is_some_and(|found| matches!(found.source, CredentialSource::Process(_)));
    if own && runs { Severity::Error } else { Severity::Warning }
}

fn uses_sso_by_name(set: &ConfigSet, name: &str) -> bool {
    set.profile(&ProfileName::new(name)).is_some_and(|section| uses_sso(&section))
}

/// C21.
pub(super) fn assumed(probe: &Probe) -> Vec<Finding> {
    let hits = troubles(probe, Code::C21).map(|trouble| Hit::of(trouble, probe)).collect();
    told(probe, hits, |count| format!("{count} profiles say of the role they assume what cannot be used."))
}

/// C18.
pub(super) fn chains(probe: &Probe) -> Vec<Finding> {
    let hits = troubles(probe, Code::C18).map(|trouble| {
        let hit = Hit::of(trouble, probe);
        let Some(ConfigError::UnknownSourceProfile { name, nearest, .. }) = &trouble.cause else {
            return hit;
        };
        let [near] = nearest.as_slice() else { return hit };
        let becomes = |found: &Sourced<String>| (found.value == name.as_str()).then(|| near.name.clone());
        hit.edit(set_in_profiles(probe, concerned(trouble), "source_profile", becomes))
    });
    told(probe, hits.collect(), |count| format!("{count} profiles with role_arn do not get at credentials."))
}
