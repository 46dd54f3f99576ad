//! Profiles of ours that nothing stands behind any more.

use super::plan::{Plan, Planner, Reason, Skipped, Wish};
use super::target::{Owner, is_account, matches, owner};
use sso_config::{ConfigEdit, ConfigSet, GENERATED_MARKER, RecordKind, Section, SectionName};
use std::collections::HashSet;

/// The keys of a profile that was generated. `region` is there only where one was asked for.
const OUR_KEYS: [&str; 4] = ["sso_session", "sso_account_id", "sso_role_name", "region"];

impl Planner<'_> {
    /// Takes away, or counts, profiles of ours that nothing stands behind any more.
    pub(super) fn prune(&self, wish: &Wish, plan: &mut Plan) {
        let changed: HashSet<&str> = plan.changed.iter().map(String::as_str).collect();
        let stale = self.set.profiles().filter(|section| {
            section.is_generated() && !changed.contains(section.name()) && self.is_stale(section, wish)
        });
        let sources: HashSet<String> = self
            .set
            .profiles()
            .filter_map(|section| section.text("source_profile"))
            .map(|found| found.value)
            .collect();
        let (stale, kept): (Vec<Section<'_>>, Vec<_>) =
            stale.partition(|section| self.is_only_ours(section) && !sources.contains(section.name()));
        plan.skipped.extend(kept.iter().map(|section| Skipped {
            profile: section.name().to_owned(),
            reason: Reason::Extended { place: section.place() },
        }));
        let name = |section: &Section<'_>| section.name().to_owned();
        let assigned: HashSet<Owner> = self.names.values().flatten().map(|target| target.owner()).collect();
        let renamed = |section: &&Section<'_>| owner(section).is_some_and(|owner| assigned.contains(&owner));
        plan.renamed = stale.iter().filter(renamed).map(name).collect();
        let stale: Vec<String> = stale.iter().map(name).collect();
        if wish.prune {
            let remove = |edit: ConfigEdit, name: &String| edit.remove_section(SectionName::profile(name));
            plan.edit = stale.iter().fold(std::mem::take(&mut plan.edit), remove);
            plan.removed = stale;
        } else {
            plan.stale = stale;
        }
    }

    /// Whether nothing would be lost with the section: no key and no comment of the user's.
    fn is_only_ours(&self, section: &Section<'_>) -> bool {
        let keys = section.values();
        let ours = keys.keys().all(|key| OUR_KEYS.contains(&key.as_str()));
        ours && !has_comment(self.set, section)
    }

    fn is_stale(&self, section: &Section<'_>, wish: &Wish) -> bool {
        let value = |key| section.get(key).map(|found| found.value);
        let Some(session) = value("sso_session") else { return false };
        let Some(read) = self.read.iter().find(|read| read.session.as_str() == session) else { return false };
        let (account, role) =
            (value("sso_account_id").unwrap_or_default(), value("sso_role_name").unwrap_or_default());
        let failed = &read.inventory.failed;
        let unread = failed.iter().any(|(failed, _)| account.is_empty() || failed.id.as_str() == account);
        let known = read.inventory.complete.iter().map(|(known, _)| known);
        let is_wanted = match known.into_iter().find(|known| known.id.as_str() == account) {
            Some(known) => is_account(wish, known),
            None => matches(wish.account.as_ref(), &account),
        };
        let named = self.names.get(section.name()).map(Vec::as_slice).unwrap_or_default();
        let is_given = named.iter().any(|target| {
            target.session == session && target.account.id.as_str() == account && target.role == role
        });
        is_wanted && matches(wish.role.as_ref(), &role) && !unread && !is_given
    }
}

/// Whether a comment other than the marker stands among the section's keys. One below the last key is the next header's.
fn has_comment(set: &ConfigSet, section: &Section<'_>) -> bool {
    let document = set.config();
    let header = usize::try_from(section.place().line).unwrap_or_default();
    let below = document.records().iter().skip(header).take_while(|record| record.kind != RecordKind::Header);
    let below: Vec<_> = below.collect();
    let end = below.iter().rposition(|record| record.kind == RecordKind::Property).unwrap_or_default();
    below.iter().take(end).any(|record| {
        record.kind == RecordKind::Comment && record.span.of(document.text()).trim_end() != GENERATED_MARKER
    })
}
