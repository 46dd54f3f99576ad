//! The user's own names, as far as the configuration and the caches know them: profiles, sessions, accounts, roles.

use crate::context::store_at_hand;
use crate::output::escape::escape;
use clap_complete::engine::CompletionCandidate;
use sso_cache::{CacheEntry, EntryKind};
use sso_config::{ConfigSet, Env, Section};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;
use std::sync::OnceLock;

/// Browsers that people have.
const BROWSERS: [&str; 12] = [
    "firefox",
    "google-chrome",
    "chromium",
    "chromium-browser",
    "microsoft-edge",
    "brave-browser",
    "vivaldi",
    "opera",
    "epiphany",
    "falkon",
    "wslview",
    "xdg-open",
];

/// What an option's value names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Profile,
    Session,
    Account,
    Role,
    Browser,
    Region,
    SsoRegion,
    StartUrl,
}

/// Reads the files when the first name is asked for: most completions are of commands and options.
pub(super) struct Names {
    env: Env,
    set: OnceLock<Option<ConfigSet>>,
    /// The account that stands in the line, for the roles of that account.
    account: Option<String>,
}

impl Names {
    pub(super) fn new(env: Env, words: &[String]) -> Self {
        Self { env, set: OnceLock::new(), account: value_of(words, "--account-id") }
    }

    /// The names of a kind that begin with what is typed. Letters count in either case: some shells are set up to take them
    /// so, and the others look again.
    pub(super) fn like(&self, kind: Kind, typed: &OsStr) -> Vec<CompletionCandidate> {
        let Some(typed) = typed.to_str() else { return Vec::new() };
        let found = match kind {
            Kind::Profile => self.profiles(typed),
            Kind::Session => self.sessions(typed),
            Kind::Account => self.accounts(),
            Kind::Role => self.roles(),
            Kind::Browser => self.browsers(),
            Kind::Region => self.values(&["region"]),
            Kind::SsoRegion => self.values(&["sso_region"]),
            Kind::StartUrl => self.values(&["sso_start_url"]),
        };
        let like = found.into_iter().filter(|(value, _)| begins(value, typed));
        like.map(|(value, about)| CompletionCandidate::new(value).help(Some(escape(&about).into()))).collect()
    }

    /// The configuration; a broken one has no names.
    fn set(&self) -> Option<&ConfigSet> {
        self.set.get_or_init(|| ConfigSet::load(&self.env).ok()).as_ref()
    }

    fn sections(&self) -> impl Iterator<Item = Section<'_>> {
        self.set().into_iter().flat_map(|set| set.profiles().chain(set.sso_sessions()))
    }

    fn profiles(&self, typed: &str) -> BTreeMap<String, String> {
        let profiles = self.set().into_iter().flat_map(ConfigSet::profiles);
        let like = profiles.filter(|section| begins(section.name(), typed));
        like.map(|section| (section.name().to_owned(), about_profile(&section))).collect()
    }

    fn sessions(&self, typed: &str) -> BTreeMap<String, String> {
        let sessions = self.set().into_iter().flat_map(ConfigSet::sso_sessions);
        let like = sessions.filter(|section| begins(section.name(), typed));
        like.map(|section| (section.name().to_owned(), text(&section, "sso_start_url"))).collect()
    }

    /// Account ids with the profiles that name them; of cached credentials, without.
    fn accounts(&self) -> BTreeMap<String, String> {
        let mut found: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for section in self.set().into_iter().flat_map(ConfigSet::profiles) {
            found.entry(text(&section, "sso_account_id")).or_default().push(section.name());
        }
        found.remove("");
        let mut accounts: BTreeMap<String, String> =
            found.into_iter().map(|(id, profiles)| (id, few(&profiles))).collect();
        for entry in self.cached() {
            if let EntryKind::Role { account_id: Some(id), .. } = entry.kind {
                accounts.entry(id.as_str().to_owned()).or_default();
            }
        }
        accounts
    }

    fn cached(&self) -> Vec<CacheEntry> {
        store_at_hand(&self.env).ok().and_then(|store| store.entries().ok()).unwrap_or_default()
    }

    fn roles(&self) -> BTreeMap<String, String> {
        let mut found: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for section in self.set().into_iter().flat_map(ConfigSet::profiles) {
            let account = text(&section, "sso_account_id");
            if self.account.as_ref().is_none_or(|wanted| *wanted == account) {
                found.entry(text(&section, "sso_role_name")).or_default().push(section.name());
            }
        }
        found.remove("");
        found.into_iter().map(|(role, profiles)| (role, few(&profiles))).collect()
    }

    /// The values that keys have anywhere.
    fn values(&self, keys: &[&str]) -> BTreeMap<String, String> {
        let values = self.sections().flat_map(|section| keys.iter().map(move |key| text(&section, key)));
        values.filter(|value| !value.is_empty()).map(|value| (value, String::new())).collect()
    }

    fn browsers(&self) -> BTreeMap<String, String> {
        let path = self.env.get("PATH").unwrap_or_default();
        let folders: Vec<_> = std::env::split_paths(path).filter(|folder| folder.is_absolute()).collect();
        let is_there = |name: &&str| folders.iter().any(|folder: &_| Path::new(folder).join(name).is_file());
        BROWSERS.into_iter().filter(is_there).map(|name| (name.to_owned(), String::new())).collect()
    }
}

fn text(section: &Section<'_>, key: &str) -> String {
    section.get(key).map(|found| found.value.into_owned()).unwrap_or_default()
}

/// `111122223333 AdministratorAccess, corp`.
fn about_profile(section: &Section<'_>) -> String {
    let role = [text(section, "sso_account_id"), text(section, "sso_role_name")].join(" ");
    let parts = [role.trim().to_owned(), text(section, "sso_session")];
    parts.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// The first names, and how many more there are.
fn few(names: &[&str]) -> String {
    match names {
        [first, second, rest @ ..] if !rest.is_empty() => {
            format!("{first}, {second} and {} more", rest.len())
        }
        _ => names.join(", "),
    }
}

fn begins(value: &str, typed: &str) -> bool {
    let mut value = value.chars();
    typed.chars().all(|c| value.next().is_some_and(|v| v == c || v.to_lowercase().eq(c.to_lowercase())))
}

/// The value that an option has in the line.
fn value_of(words: &[String], option: &str) -> Option<String> {
    let mut words = words.iter().peekable();
    let mut found = None;
    while let Some(word) = words.next() {
        match word.strip_prefix(option) {
            Some("") => found = words.peek().map(|next| next.to_string()),
            Some(rest) => found = rest.strip_prefix('=').map(str::to_owned).or(found),
            None => {}
        }
    }
    found.filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_count_in_either_case() {
        for (value, typed, expected) in [
            ("Prod", "", true),
            ("Prod", "pr", true),
            ("prod", "PR", true),
            ("Äpfel", "äp", true),
            ("prod", "prod-", false),
            ("a b", "a b", true),
            ("dev", "x", false),
        ] {
            assert_eq!(begins(value, typed), expected, "{value} {typed}");
        }
    }

    #[test]
    fn the_account_of_the_line() {
        for (line, expected) in [
            ("sso roles --account-id 1", Some("1")),
            ("sso roles --account-id=1", Some("1")),
            ("sso roles --account-id", None),
            ("sso roles --account-id=", None),
            ("sso roles --account-idx 1", None),
            ("sso roles", None),
        ] {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            assert_eq!(value_of(&words, "--account-id").as_deref(), expected, "{line}");
        }
    }

    #[test]
    fn many_profiles_are_told_in_few_words() {
        for (names, expected) in
            [(&["a"][..], "a"), (&["a", "b"], "a, b"), (&["a", "b", "c", "d"], "a, b and 2 more"), (&[], "")]
        {
            assert_eq!(few(names), expected);
        }
    }
}
