//! C06, C19 and C20: account and role of a profile.

use super::hit::{Hit, concerned, set_in_profiles, set_where, severity, told, troubles};
use crate::catalogue::Code;
use crate::doctor::finding::Finding;
use crate::doctor::probe::Probe;

/// C06.
pub(super) fn missing(probe: &Probe) -> Vec<Finding> {
    let hits = troubles(probe, Code::C06).map(|trouble| {
        let hit = Hit::of(trouble, probe);
        let add = hit.finding.remedy.clone().unwrap_or_default();
        Hit {
            finding: hit
                .finding
                .remedy(format!("see what you may use: {}; then {add}", roles(probe, trouble.of.as_deref()))),
            ..hit
        }
    });
    told(probe, hits.collect(), |count| format!("{count} profiles lack their account or role."))
}

fn roles(probe: &Probe, profile: Option<&str>) -> String {
    let own = probe.config.subject.profile.as_ref().map(|name| name.as_str());
    match profile.filter(|name| own != Some(name)) {
        Some(name) => format!("sso roles{}", crate::explain::option("--profile", name)),
        None => probe.voice.command("roles"),
    }
}

/// C19.
pub(super) fn account_ids(probe: &Probe) -> Vec<Finding> {
    let hits = troubles(probe, Code::C19).map(|trouble| {
        let hit = Hit::of(trouble, probe);
        hit.edit(set_in_profiles(probe, concerned(trouble), "sso_account_id", |found| {
            account_id(&found.value).filter(|id| *id != found.value)
        }))
    });
    told(probe, hits.collect(), |count| format!("{count} account ids have not 12 digits."))
}

/// The id that was meant: without dashes, blanks and quotes, with the zeros that a spreadsheet dropped.
fn account_id(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|c| !matches!(c, '-' | ' ' | '"' | '\'')).collect();
    let digits_only = digits.bytes().all(|byte| byte.is_ascii_digit());
    // More zeros than three at the start are hardly ever dropped: rather a digit was lost.
    (digits_only && (9..=12).contains(&digits.len())).then(|| format!("{digits:0>12}"))
}

/// C20.
pub(super) fn role_names(probe: &Probe) -> Vec<Finding> {
    let Ok(set) = &probe.config.set else { return Vec::new() };
    let mut hits = Vec::new();
    for section in set.profiles() {
        let Some(found) = section.text("sso_role_name").filter(|found| !is_permission_set(&found.value))
        else {
            continue;
        };
        let at = probe.voice.origin(&found.origin);
        let headline = format!("The sso_role_name \"{}\" is not the name of a permission set.", found.value);
        let finding = Finding::new(Code::C20, severity(probe, &section), headline).at(at.clone());
        hits.push(match permission_set(&found.value) {
            Some(name) => Hit::from(finding.remedy(format!("set sso_role_name = {name} ({at})")))
                .edit(set_where(probe, &found.origin, "sso_role_name", &name)),
            None => Hit::from(
                finding
                    .remedy(format!("see the names: {}; then edit {at}", roles(probe, Some(section.name())))),
            ),
        });
    }
    told(probe, hits, |count| {
        format!("{count} profiles have an sso_role_name that is no permission set's name.")
    })
}

const RESERVED: &str = "AWSReservedSSO_";

/// Whether the portal can know it: the names of permission sets are made of `A-Za-z0-9_+=,.@-`.
fn is_permission_set(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte);
    !name.is_empty() && name.bytes().all(fits) && !name.starts_with(RESERVED)
}

/// `Admin` of `AWSReservedSSO_Admin_0123456789abcdef`, also within an ARN, or in quotes.
fn permission_set(text: &str) -> Option<String> {
    let bare = text.trim_matches(['"', '\'', ' ']);
    let role = bare.split('/').find(|part| part.starts_with(RESERVED));
    let name = match role {
        Some(role) => {
            let (name, hash) = role.strip_prefix(RESERVED)?.rsplit_once('_')?;
            let is_hash = hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
            is_hash.then_some(name)?
        }
        None => bare,
    };
    (is_permission_set(name) && name != text).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_ids_that_were_meant() {
        for (text, expected) in [
            ("12345678901", Some("012345678901")),
            ("1234-5678-9012", Some("123456789012")),
            ("\"111122223333\"", Some("111122223333")),
            ("123456789", Some("000123456789")),
            ("12345678", None),
            ("1111222233334", None),
            ("1.11122E+11", None),
            ("prod", None),
            ("", None),
        ] {
            assert_eq!(account_id(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn names_of_permission_sets() {
        const HASH: &str = "0123456789abcdef";
        for (text, expected) in [
            ("AWSReservedSSO_Admin_0123456789abcdef", Some("Admin")),
            ("AWSReservedSSO_Read_Only_0123456789abcdef", Some("Read_Only")),
            (
                &format!(
                    "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_{HASH}"
                ),
                Some("Admin"),
            ),
            (
                &format!("arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_{HASH}/ann"),
                Some("Admin"),
            ),
            ("\"Admin\"", Some("Admin")),
            ("AWSReservedSSO_Admin", None),
            ("AWSReservedSSO_Admin_zz23456789abcdef", None),
            ("arn:aws:iam::111122223333:role/Admin", None),
            ("arn:aws:sso:::permissionSet/ssoins-1/ps-2", None),
            ("", None),
        ] {
            assert!(!is_permission_set(text), "{text}");
            assert_eq!(permission_set(text).as_deref(), expected, "{text}");
        }
        for fine in ["AdministratorAccess", "Read_Only", "team.dev+x=y,z@a-b"] {
            assert!(is_permission_set(fine), "{fine}");
        }
    }
}
