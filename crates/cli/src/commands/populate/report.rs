//! What populate did, told: the diff, the roles that got no profile, the numbers.

use super::plan::{Assigned, Collision, Plan, Reason, SessionRoles, Skipped, Taken};
use crate::args::PopulateArgs;
use crate::context::Context;
use crate::error::CliError;
use crate::explain::Voice;
use crate::output::document::document;
use crate::output::escape::escape;
use crate::output::{CARE, Look, Report, diff};
use serde::Serialize;
use serde_json::Value;
use sso_config::{Diff, SectionKind, header_text};
use sso_core::SessionName;
use std::collections::HashMap;

/// More sections, or lines of one kind, are counted only; `--json` has all.
const MOST: usize = 20;

/// The outcome of the command.
pub(super) struct Populated {
    plan: Plan,
    diff: Diff,
    read: Vec<SessionRoles>,
    /// Sessions that could not be read.
    unread: Vec<(SessionName, CliError)>,
    dry_run: bool,
    prune: bool,
    filtered: bool,
    path: String,
    voice: Voice,
}

impl Populated {
    pub(super) fn new(
        context: &Context,
        plan: Plan,
        diff: Diff,
        (read, unread): (Vec<SessionRoles>, Vec<(SessionName, CliError)>),
        args: &PopulateArgs,
    ) -> Self {
        let voice = context.voice();
        let path = context.env.config_file().map(|path| voice.path(&path)).unwrap_or_default();
        let (dry_run, prune) = (args.dry_run, args.prune);
        let filtered = args.account.is_some() || args.role.is_some();
        Self { plan, diff, read, unread, dry_run, prune, filtered, path, voice }
    }

    fn written(&self) -> bool {
        !self.dry_run && !self.diff.is_empty()
    }

    /// One line: how many were, or would be, added, changed and removed.
    fn summary(&self) -> String {
        let Plan { added, changed, removed, same, stale, .. } = &self.plan;
        let numbers = (added.len(), changed.len(), removed.len() + stale.len());
        if self.diff.is_empty() && (!self.dry_run || stale.is_empty()) {
            return format!("{}{}", self.nothing(*same), self.left());
        }
        match self.dry_run {
            true => {
                let how = if self.prune || stale.is_empty() { "" } else { " (with --prune)" };
                let (added, changed, removed) = numbers;
                format!("Would add {added}, change {changed}, remove {removed}{how}. Nothing was written.")
            }
            false => format!(
                "Added {}, changed {}, removed {}.{}",
                numbers.0,
                numbers.1,
                removed.len(),
                self.left()
            ),
        }
    }

    fn nothing(&self, same: usize) -> String {
        match same {
            0 if self.no_accounts() => {
                let names: Vec<&str> = self.read.iter().map(|read| read.session.as_str()).collect();
                format!("No account is assigned to you in {}. Nothing was written.", names.join(", "))
            }
            0 if self.plan.skipped.is_empty() && self.plan.collisions.is_empty() && self.filtered => {
                "No account and role is like that. Nothing was written.".to_owned()
            }
            0 => "Nothing was written.".to_owned(),
            same => {
                format!("Nothing to change: {} there already.", number(same, "profile is", "profiles are"))
            }
        }
    }

    fn no_accounts(&self) -> bool {
        self.read.iter().all(|read| read.inventory.complete.is_empty() && read.inventory.failed.is_empty())
    }

    /// What `--prune` would have removed.
    fn left(&self) -> String {
        match self.plan.stale.len() {
            0 => String::new(),
            left => format!(
                " {} no longer needed; --prune removes {}.",
                number(left, "generated profile is", "generated profiles are"),
                if left == 1 { "it" } else { "them" }
            ),
        }
    }

    fn reason(&self, reason: &Reason) -> String {
        match reason {
            Reason::ByHand { profile, place } => {
                format!(
                    "the profile {profile} ({}) is for this role and was written by hand",
                    self.voice.place(place)
                )
            }
            Reason::NoName => {
                "the role's name has no character that can stand in the name of a profile".into()
            }
            Reason::Default => "the profile \"default\" is what tools use when none is named".into(),
            Reason::AccountId => "the service gave an account id that has not 12 digits".into(),
            Reason::Unwritable(why) => why.clone(),
            Reason::Extended { place } => format!(
                "it is not needed any more, but {} holds more than was generated, or another profile builds on it",
                self.voice.place(place)
            ),
        }
    }

    fn taken(&self, taken: &Taken) -> String {
        match taken {
            Taken::ByHand(place) => {
                format!(
                    "there is a profile of this name that was written by hand ({})",
                    self.voice.place(place)
                )
            }
            Taken::Session(session) => format!("the profile of this name is one of the session {session}"),
        }
    }

    /// Which roles collide, and what helps.
    fn collision(&self, collision: &Collision) -> String {
        let roles: Vec<String> = collision.roles.iter().map(one).collect();
        let why = match &collision.taken {
            Some(taken) => self.taken(taken),
            None => "the template gives all of them this name".to_owned(),
        };
        let words: Vec<String> = collision.apart.iter().map(ToString::to_string).collect();
        let help = match words.as_slice() {
            [] => String::new(),
            words => format!("; {} in --name-template tells them apart", words.join(" or ")),
        };
        format!("{} is not written for {}: {why}{help}.", collision.profile, roles.join(" and "))
    }

    fn skipped(&self, skipped: &Skipped) -> String {
        format!("Skipped {}: {}.", skipped.profile, self.reason(&skipped.reason))
    }

    fn notes(&self) -> HashMap<String, &'static str> {
        let header = |name: &String| header_text(SectionKind::Profile, name);
        self.plan.removed.iter().map(|name| (header(name), self.end_of(name))).collect()
    }

    /// Why a profile of ours is not needed.
    fn end_of(&self, name: &str) -> &'static str {
        if self.plan.renamed.contains(name) { "another name by the template" } else { "no longer assigned" }
    }
}

/// `Admin in dev (111122223333)`.
fn one(role: &Assigned) -> String {
    let account = match &role.account_name {
        Some(name) if !name.is_empty() => format!("{name} ({})", role.account_id),
        _ => role.account_id.clone(),
    };
    let region = role.region.as_ref().map(|region| format!(", {region}")).unwrap_or_default();
    format!("{} in {account}{region}", role.role)
}

fn number(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// At most [`MOST`] of the lines.
fn cut(lines: impl ExactSizeIterator<Item = String>) -> String {
    let more = lines.len().saturating_sub(MOST);
    let mut text: String = lines.take(MOST).map(|line| format!("{line}\n")).collect();
    if more > 0 {
        text.push_str(&format!("  ... {more} more\n"));
    }
    text
}

/// The profiles that were generated. With `--dry-run` the lists say what would be.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
pub(crate) struct Document<'a> {
    /// The names of new profiles.
    added: &'a [String],
    /// The names of profiles that were generated before and have changed.
    changed: &'a [String],
    /// With `--prune`: the names of generated profiles that are no longer needed and were removed.
    removed: &'a [String],
    /// The names of generated profiles that are no longer needed, and that `--prune` would remove.
    stale: &'a [String],
    skipped: Vec<SkippedRole<'a>>,
    collisions: Vec<Contested<'a>>,
    failed: Vec<Unread<'a>>,
    /// Whether the config file was changed.
    written: bool,
    /// The change of the config file, a line each: a blank, `+` or `-`, and its text. Stars stand for a value that may be secret.
    diff: String,
}

/// A role that got no profile, or a profile that stays although it is no longer needed.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[cfg_attr(any(test, feature = "manual"), schemars(rename = "Skipped"))]
struct SkippedRole<'a> {
    /// The name of the profile, or the account and the role where there is none.
    profile: &'a str,
    /// Why, for people.
    reason: String,
}

/// A name that several roles would have, or that is taken. None of them is written.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[cfg_attr(any(test, feature = "manual"), schemars(rename = "Collision"))]
struct Contested<'a> {
    /// The name.
    profile: &'a str,
    roles: Vec<Role<'a>>,
    /// What has the name already, for people; null: the roles have it from the template alone.
    taken: Option<String>,
    /// Words for `--name-template` that tell the roles apart.
    apart: Vec<String>,
}

/// A role that is assigned.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
struct Role<'a> {
    session: &'a str,
    account_id: &'a str,
    account_name: Option<&'a str>,
    role_name: &'a str,
    /// The region of the profile, if it gets one.
    region: Option<&'a str>,
}

/// What could not be read.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
struct Unread<'a> {
    session: &'a str,
    /// The account whose roles could not be read; null: the session itself.
    account_id: Option<&'a str>,
    /// Why, for people.
    error: String,
}

fn assigned(role: &Assigned) -> Role<'_> {
    Role {
        session: &role.session,
        account_id: &role.account_id,
        account_name: role.account_name.as_deref(),
        role_name: &role.role,
        region: role.region.as_deref(),
    }
}

impl Report for Populated {
    fn json(&self) -> Value {
        let skipped = self
            .plan
            .skipped
            .iter()
            .map(|skipped| SkippedRole { profile: &skipped.profile, reason: self.reason(&skipped.reason) });
        let collisions = self.plan.collisions.iter().map(|collision| Contested {
            profile: &collision.profile,
            roles: collision.roles.iter().map(assigned).collect(),
            taken: collision.taken.as_ref().map(|taken| self.taken(taken)),
            apart: collision.apart.iter().map(ToString::to_string).collect(),
        });
        let failed = self.read.iter().flat_map(|read| {
            read.inventory.failed.iter().map(move |(account, error)| Unread {
                session: read.session.as_str(),
                account_id: Some(account.id.as_str()),
                error: error.to_string(),
            })
        });
        let unread = self.unread.iter().map(|(session, error)| Unread {
            session: session.as_str(),
            account_id: None,
            error: error.headline.clone(),
        });
        document(&Document {
            added: &self.plan.added,
            changed: &self.plan.changed,
            removed: &self.plan.removed,
            stale: &self.plan.stale,
            skipped: skipped.collect(),
            collisions: collisions.collect(),
            failed: failed.chain(unread).collect(),
            written: self.written(),
            diff: diff::plain(&self.diff),
        })
    }

    fn talk(&self, look: &Look) -> String {
        let warning = look.paint(CARE, "warning:");
        let collisions = self.plan.collisions.iter();
        let collisions = cut(
            collisions.map(|one| format!("{warning} {}", look.hanging(9, &escape(&self.collision(one)))))
        );
        let skipped =
            cut(self.plan.skipped.iter().map(|skipped| look.hanging(2, &escape(&self.skipped(skipped)))));
        format!("{collisions}{skipped}")
    }

    fn data(&self, look: &Look) -> String {
        let notes = self.notes();
        let mut text = String::new();
        if !self.diff.is_empty() {
            text.push_str(&format!("{}\n", escape(&self.path)));
            let note = |header: &str| notes.get(header).copied();
            text.push_str(&diff::annotated(&self.diff, look.color, Some(MOST), note));
        }
        if self.dry_run {
            let line = |name: &String| {
                let header = escape(&header_text(SectionKind::Profile, name));
                format!("- [{header}]  # {}, --prune removes it", self.end_of(name))
            };
            text.push_str(&cut(self.plan.stale.iter().map(line)));
        }
        format!("{text}{}\n", escape(&self.summary()))
    }
}
