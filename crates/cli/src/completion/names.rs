//! The user's own names, as far as the configuration and the caches know them: profiles, sessions, accounts, roles.

use super::Candidate;
use crate::context::store_at_hand;
use crate::listed::{Kept, Known};
use crate::output::escape::{escape, is_needed};
use sso_cache::{CacheEntry, EntryKind};
use sso_config::{ConfigSet, Env, Section};
use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;

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

/// The configuration, if it can be read, and what of the line decides about names.
pub(super) struct Names {
    env: Env,
    set: Option<ConfigSet>,
    /// The account that stands in the line, for the roles of that account.
    account: Option<String>,
    /// Whether somebody sees what a name stands for.
    explained: bool,
}

impl Names {
    /// Reads the configuration; a broken one has no names.
    pub(super) fn new(env: Env, words: &[String], explained: bool) -> Self {
        let set = ConfigSet::load(&env).ok();
        Self { env, set, account: value_of(words, "--account-id"), explained }
    }

    /// The names of a kind that begin with what is typed, each behind what stands before it in its word. Letters count in
    /// either case: some shells are set up to take them so, and the others look again.
    pub(super) fn like(self, kind: Kind, before: &str, typed: &str) -> Vec<Candidate> {
        let mut found = match kind {
            Kind::Profile => self.profiles(typed),
            Kind::Session => self.sessions(),
            Kind::Account => self.accounts(),
            Kind::Role => self.roles(),
            Kind::Browser => self.browsers(),
            Kind::Region => self.values("region"),
            Kind::SsoRegion => self.values("sso_region"),
            Kind::StartUrl => self.values("sso_start_url"),
        };
        // The process ends: taking 10,000 profiles apart first would only cost time.
        std::mem::forget(self);
        if kind != Kind::Profile {
            found.retain(|(name, _)| begins(name, typed));
        }
        found.sort_unstable();
        let candidate = |(name, about): (String, String)| Candidate {
            value: if before.is_empty() { name } else { format!("{before}{name}") },
            about: if is_needed(&about) { escape(&about) } else { about },
        };
        found.into_iter().map(candidate).collect()
    }

    fn all_profiles(&self) -> impl Iterator<Item = Section<'_>> {
        self.set.iter().flat_map(ConfigSet::profiles)
    }

    fn all_sessions(&self) -> impl Iterator<Item = Section<'_>> {
        self.set.iter().flat_map(ConfigSet::sso_sessions)
    }

    fn about(&self, about: impl FnOnce() -> String) -> String {
        if self.explained { about() } else { String::new() }
    }

    fn profiles(&self, typed: &str) -> Vec<(String, String)> {
        // Who does not begin so need not be explained.
        let like = self.all_profiles().filter(|section| begins(section.name(), typed));
        like.map(|section| (section.name().to_owned(), self.about(|| about_profile(&section)))).collect()
    }

    fn sessions(&self) -> Vec<(String, String)> {
        let about = |section: &Section<'_>| self.about(|| text(section, "sso_start_url"));
        self.all_sessions().map(|section| (section.name().to_owned(), about(&section))).collect()
    }

    /// Account ids with the profiles that name them; those that were listed last with their names; of cached credentials,
    /// without.
    fn accounts(&self) -> Vec<(String, String)> {
        let mut found: HashMap<String, String> =
            told(by_value(self.all_profiles(), "sso_account_id")).into_iter().collect();
        for (account, _) in self.kept() {
            found.entry(account.id.as_str().to_owned()).or_insert(account.name.unwrap_or_default());
        }
        for entry in self.cached() {
            if let EntryKind::Role { account_id: Some(id), .. } = entry.kind {
                found.entry(id.as_str().to_owned()).or_default();
            }
        }
        found.into_iter().collect()
    }

    fn kept(&self) -> impl Iterator<Item = Known> {
        Kept::all(&self.env).into_iter().flat_map(|kept| kept.accounts)
    }

    fn cached(&self) -> Vec<CacheEntry> {
        store_at_hand(&self.env).ok().and_then(|store| store.entries().ok()).unwrap_or_default()
    }

    fn roles(&self) -> Vec<(String, String)> {
        let of_account = |section: &Section<'_>| {
            self.account.as_ref().is_none_or(|wanted| *wanted == text(section, "sso_account_id"))
        };
        let mut found: HashMap<String, String> =
            told(by_value(self.all_profiles().filter(of_account), "sso_role_name")).into_iter().collect();
        for (account, roles) in self.kept() {
            if self.account.as_ref().is_none_or(|wanted| wanted == account.id.as_str()) {
                for role in roles.unwrap_or_default() {
                    found.entry(role.name.as_str().to_owned()).or_default();
                }
            }
        }
        found.into_iter().collect()
    }

    /// The values that a key has anywhere.
    fn values(&self, key: &str) -> Vec<(String, String)> {
        let found = by_value(self.all_profiles().chain(self.all_sessions()), key);
        found.into_keys().map(|value| (value, String::new())).collect()
    }

    fn browsers(&self) -> Vec<(String, String)> {
        let path = self.env.get("PATH").unwrap_or_default();
        let folders: Vec<_> = std::env::split_paths(path).filter(|folder| folder.is_absolute()).collect();
        let is_there = |name: &&str| folders.iter().any(|folder: &_| Path::new(folder).join(name).is_file());
        BROWSERS.into_iter().filter(is_there).map(|name| (name.to_owned(), String::new())).collect()
    }
}

/// The values that a key has, each with the names of its sections.
fn by_value<'a>(sections: impl Iterator<Item = Section<'a>>, key: &str) -> HashMap<String, Vec<&'a str>> {
    let mut found: HashMap<String, Vec<&str>> = HashMap::new();
    for section in sections {
        let Some(value) = section.value(key).filter(|value| !value.is_empty()) else { continue };
        match found.get_mut(value.as_ref()) {
            Some(names) => names.push(section.name()),
            None => {
                found.insert(value.into_owned(), vec![section.name()]);
            }
        }
    }
    found
}

fn told(found: HashMap<String, Vec<&str>>) -> Vec<(String, String)> {
    found.into_iter().map(|(value, names)| (value, few(&names))).collect()
}

fn text(section: &Section<'_>, key: &str) -> String {
    section.value(key).map(Cow::into_owned).unwrap_or_default()
}

/// `111122223333 AdministratorAccess, corp`.
fn about_profile(section: &Section<'_>) -> String {
    let mut about = String::new();
    for (key, between) in [("sso_account_id", ""), ("sso_role_name", " "), ("sso_session", ", ")] {
        if let Some(value) = section.value(key).filter(|value| !value.is_empty()) {
            if !about.is_empty() {
                about.push_str(between);
            }
            about.push_str(&value);
        }
    }
    about
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
