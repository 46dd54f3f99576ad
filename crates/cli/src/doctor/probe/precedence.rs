//! Whose credentials win: all sources for the profile in question, in the order in which the AWS CLI asks them.

use super::ConfigFacts;
use crate::explain::Voice;
use sso_config::{Env, ProfileSource, SourceKind};

/// One source of credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    /// `static keys`.
    pub(crate) what: &'static str,
    /// The variable or the place that names it.
    pub(crate) at: String,
    /// Whether tools take it.
    pub(crate) wins: bool,
    /// Why it wins, or does not.
    pub(crate) why: &'static str,
}

const FIRST: &str = "the first that is there";
const LATER: &str = "comes after it";

/// The sources, the first asked first.
pub(super) fn gather(env: &Env, facts: &ConfigFacts, voice: &Voice) -> Vec<Source> {
    // An option says whom to be; a variable does not keep keys of the environment from being used.
    let by_option = matches!(facts.selected.source, ProfileSource::Flag);
    let set = |name: &str| env.get(name).is_some_and(|value| !value.is_empty());
    let mut found: Vec<(u8, &'static str, String)> = Vec::new();
    if set("AWS_ACCESS_KEY_ID") {
        found.push((0, "static keys", "AWS_ACCESS_KEY_ID".to_owned()));
    }
    if set("AWS_WEB_IDENTITY_TOKEN_FILE") && set("AWS_ROLE_ARN") {
        found.push((2, "web identity", "AWS_WEB_IDENTITY_TOKEN_FILE".to_owned()));
    }
    let explained = match (&facts.set, &facts.subject.profile) {
        (Ok(set), Some(profile)) => set.explain(profile).ok(),
        _ => None,
    };
    for source in explained.into_iter().flat_map(|found| found.sources) {
        let (order, what) = kind(source.kind);
        found.push((order, what, voice.origin(&source.origin)));
    }
    let container = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];
    if let Some(name) = container.into_iter().find(|name| set(name)) {
        found.push((9, "container", name.to_owned()));
    }
    found.sort_by_key(|(order, ..)| *order);
    let mut taken = false;
    let told = found.into_iter().map(|(order, what, at)| {
        let skipped = by_option && at.starts_with("AWS_") && order < 9;
        let wins = !taken && !skipped;
        taken |= wins;
        let why = match (wins, skipped, order) {
            (_, true, _) => "not asked, because --profile says whom to be",
            (true, _, 0) => "the environment goes before every profile",
            (true, ..) => FIRST,
            (false, ..) => LATER,
        };
        Source { what, at, wins, why }
    });
    told.collect()
}

/// The place in the AWS CLI's order, and a name.
fn kind(kind: SourceKind) -> (u8, &'static str) {
    match kind {
        SourceKind::AssumeRole => (1, "assumed role"),
        SourceKind::WebIdentity => (3, "web identity"),
        SourceKind::Sso => (4, "IAM Identity Center"),
        SourceKind::CredentialsFile => (5, "static keys"),
        SourceKind::Login => (6, "aws login"),
        SourceKind::Process => (7, "credential_process"),
        SourceKind::ConfigFile => (8, "static keys"),
    }
}

#[cfg(test)]
mod tests {
    use crate::doctor::probe::Wanted;
    use crate::doctor::probe::tests::of_config;

    #[test]
    fn who_wins() {
        const ALL: &str = "[profile a]\nsso_start_url = https://c.awsapps.com/start\nsso_region = us-east-1\n\
            sso_account_id = 111122223333\nsso_role_name = A\ncredential_process = x\naws_access_key_id = k\n";
        const KEYS: (&str, &str) = ("AWS_ACCESS_KEY_ID", "x");
        let web = [("AWS_WEB_IDENTITY_TOKEN_FILE", "/t"), ("AWS_ROLE_ARN", "r")];
        let container = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://x");
        let role = "[profile a]\nrole_arn = r\nsource_profile = a\naws_access_key_id = k\n";
        for (config, variables, flag, expected) in [
            (ALL, vec![("AWS_PROFILE", "a")], None, "config:4* config:6 config:7"),
            (ALL, vec![KEYS, ("AWS_PROFILE", "a")], None, "AWS_ACCESS_KEY_ID* config:4 config:6 config:7"),
            (ALL, vec![KEYS], Some("a"), "AWS_ACCESS_KEY_ID config:4* config:6 config:7"),
            (role, web.to_vec(), None, "AWS_WEB_IDENTITY_TOKEN_FILE*"),
            (
                role,
                [web[0], web[1], ("AWS_PROFILE", "a")].to_vec(),
                None,
                "config:2* AWS_WEB_IDENTITY_TOKEN_FILE config:4",
            ),
            ("", vec![container], None, "AWS_CONTAINER_CREDENTIALS_FULL_URI*"),
            (
                ALL,
                vec![container, ("AWS_ACCESS_KEY_ID", "")],
                Some("a"),
                "config:4* config:6 config:7 AWS_CONTAINER_CREDENTIALS_FULL_URI",
            ),
            ("", vec![], None, ""),
        ] {
            let wanted = Wanted { profile: flag.map(str::to_owned), ..Wanted::default() };
            let probe = of_config(config, &variables, &wanted);
            let shown: Vec<String> = probe
                .precedence
                .iter()
                .map(|one| {
                    format!("{}{}", one.at.trim_start_matches("~/.aws/"), if one.wins { "*" } else { "" })
                })
                .collect();
            assert_eq!(shown.join(" "), expected, "{config} {variables:?} {flag:?}");
        }
    }
}
