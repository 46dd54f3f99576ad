//! What populate does to the configuration: a function of what was read from the service, the files, and the wishes.

use super::name::{Template, Word};
use super::target::{Owner, Target, owner, targets};
use sso_config::{ConfigEdit, ConfigSet, Document, Place, Section, SectionName};
use sso_core::{ProfileName, Region, SessionName};
use sso_portal::Inventory;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use wildmatch::WildMatch;

/// What the user wants.
#[derive(Debug)]
pub(crate) struct Wish {
    pub(crate) template: Template,
    /// A profile for each of them; none: profiles without a region.
    pub(crate) regions: Vec<Region>,
    /// Only accounts whose name or id is like this.
    pub(crate) account: Option<WildMatch>,
    /// Only roles whose name is like this.
    pub(crate) role: Option<WildMatch>,
    /// Take away what we made and is not assigned any more.
    pub(crate) prune: bool,
}

/// A session, and what it may use.
#[derive(Debug)]
pub(crate) struct SessionRoles {
    pub(crate) session: SessionName,
    pub(crate) inventory: Inventory,
}

/// What is to be done, and what is not and why.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) edit: ConfigEdit,
    pub(crate) added: Vec<String>,
    pub(crate) changed: Vec<String>,
    pub(crate) removed: Vec<String>,
    /// Profiles that are as they should be.
    pub(crate) same: usize,
    /// Profiles that `--prune` would remove.
    pub(crate) stale: Vec<String>,
    /// Those of the removed and the stale ones whose role is still assigned: the template gives another name.
    pub(crate) renamed: HashSet<String>,
    pub(crate) skipped: Vec<Skipped>,
    pub(crate) collisions: Vec<Collision>,
}

/// A role that gets no profile from us.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Skipped {
    /// The name that it would have had, or the role where there is none.
    pub(crate) profile: String,
    pub(crate) reason: Reason,
}

/// Why.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// There is a profile for it that we did not make.
    ByHand { profile: String, place: Place },
    /// A word of the template is empty for it.
    NoName,
    /// The name `default`: the profile of whoever names none.
    Default,
    /// The account id is none.
    AccountId,
    /// A name or value that not every AWS tool could read back.
    Unwritable(String),
    /// It is not needed any more, but holds keys or comments of the user's, or another profile builds on it.
    Extended { place: Place },
}

/// A name that means two things.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Collision {
    pub(crate) profile: String,
    /// The roles that the template gives this name.
    pub(crate) roles: Vec<Assigned>,
    /// What has the name already.
    pub(crate) taken: Option<Taken>,
    /// Words that would tell them apart.
    pub(crate) apart: Vec<Word>,
}

/// The section that has a name already.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// Somebody wrote it.
    ByHand(Place),
    /// We made it, for this session.
    Session(String),
}

/// A role, for those who show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Assigned {
    pub(crate) session: String,
    pub(crate) account_id: String,
    pub(crate) account_name: Option<String>,
    pub(crate) role: String,
    pub(crate) region: Option<String>,
}

/// Plans.
pub(crate) fn plan(read: &[SessionRoles], set: &ConfigSet, wish: &Wish) -> Plan {
    let targets = targets(read, wish);
    let mut groups: HashMap<&str, Vec<&Target<'_>>> = HashMap::new();
    for target in &targets {
        if let Some(name) = &target.name {
            groups.entry(name).or_default().push(target);
        }
    }
    let planner =
        Planner { set, read, by_hand: by_hand(set), blank: Document::absent(Path::new("")), names: &groups };
    let mut plan = Plan::default();
    for target in targets.iter().filter(|target| target.is_wanted) {
        planner.decide(target, &mut plan);
    }
    planner.prune(wish, &mut plan);
    plan
}

/// The profiles that we did not make, by whom they are for.
fn by_hand(set: &ConfigSet) -> HashMap<Owner, Vec<Section<'_>>> {
    let mut found: HashMap<Owner, Vec<Section<'_>>> = HashMap::new();
    for section in set.profiles().filter(|section| !section.is_generated()) {
        if let Some(owner) = owner(&section) {
            found.entry(owner).or_default().push(section);
        }
    }
    found
}

/// What is decided from.
pub(super) struct Planner<'a> {
    pub(super) set: &'a ConfigSet,
    pub(super) read: &'a [SessionRoles],
    by_hand: HashMap<Owner, Vec<Section<'a>>>,
    /// What single profiles are tried on.
    blank: Document,
    /// The profiles that could be made, by their names.
    pub(super) names: &'a HashMap<&'a str, Vec<&'a Target<'a>>>,
}

impl Planner<'_> {
    fn decide(&self, target: &Target<'_>, plan: &mut Plan) {
        let Some(name) = target.name.as_deref() else {
            let profile = format!("{}-{}", target.account.id, target.role);
            return plan.skipped.push(Skipped { profile, reason: Reason::NoName });
        };
        let mut skip = |reason| plan.skipped.push(Skipped { profile: name.to_owned(), reason });
        if name.eq_ignore_ascii_case("default") {
            return skip(Reason::Default);
        }
        if target.account.id.check().is_err() {
            return skip(Reason::AccountId);
        }
        let group = self.names.get(name).map(Vec::as_slice).unwrap_or_default();
        let there = self.set.profile(&ProfileName::new(name));
        if self.is_contested(group, there.as_ref()) {
            // Told once, by the first of them.
            let first = group.iter().find(|other| other.is_wanted);
            if first.is_some_and(|first| std::ptr::eq(*first, target)) {
                plan.collisions.push(collision(name, group, None));
            }
            return;
        }
        match there {
            Some(section) if section.is_generated() => self.renew(target, name, &section, plan),
            Some(section) if owner(&section) == Some(target.owner()) => {
                skip(Reason::ByHand { profile: name.to_owned(), place: section.place() });
            }
            Some(section) => {
                let taken = Taken::ByHand(section.place());
                plan.collisions.push(collision(name, &[target], Some(taken)));
            }
            None => match self.substitute(target) {
                Some(section) => {
                    skip(Reason::ByHand { profile: section.name().to_owned(), place: section.place() });
                }
                None => self.add(target, name, plan),
            },
        }
    }

    /// Whether the name means two roles: two that are wanted, or one that is not wanted but has the profile.
    fn is_contested(&self, group: &[&Target<'_>], there: Option<&Section<'_>>) -> bool {
        let has = there.and_then(owner);
        let wanted = group.iter().filter(|target| target.is_wanted).count();
        let other = group.iter().any(|target| !target.is_wanted && Some(target.owner()) == has);
        wanted > 1 || other
    }

    /// A profile under another name, written by hand, that does what this one would do.
    fn substitute(&self, target: &Target<'_>) -> Option<&Section<'_>> {
        let same_region = |section: &&Section<'_>| {
            let found = section.get("region");
            target.region.is_none_or(|region| found.is_some_and(|found| found.value == region))
        };
        self.by_hand.get(&target.owner())?.iter().find(same_region)
    }

    fn add(&self, target: &Target<'_>, name: &str, plan: &mut Plan) {
        let edit = std::mem::take(&mut plan.edit);
        let section = || SectionName::profile(name);
        // The library's own rules, for this profile alone: one that cannot be written does not stop the others.
        let alone = ConfigEdit::new().add_section(section(), true, target.values());
        plan.edit = match alone.preview(&self.blank) {
            Ok(_) => {
                plan.added.push(name.to_owned());
                edit.add_section(section(), true, target.values())
            }
            Err(error) => {
                let reason = Reason::Unwritable(error.to_string());
                plan.skipped.push(Skipped { profile: name.to_owned(), reason });
                edit
            }
        };
    }

    /// Sets what differs in a profile that we made.
    fn renew(&self, target: &Target<'_>, name: &str, section: &Section<'_>, plan: &mut Plan) {
        let session = section.get("sso_session").map(|found| found.value.into_owned());
        if let Some(other) = session.filter(|other| other != target.session)
            && self.set.sso_session(&SessionName::new(other.as_str())).is_some()
        {
            let collision = collision(name, &[target], Some(Taken::Session(other)));
            return plan.collisions.push(Collision { apart: vec![Word::Session], ..collision });
        }
        let differs =
            |(key, value): &(&str, &str)| section.get(key).is_none_or(|found| found.value != *value);
        let values: Vec<_> = target.values().into_iter().filter(differs).collect();
        if values.is_empty() {
            plan.same += 1;
            return;
        }
        let set = |edit: ConfigEdit, (key, value)| edit.set(SectionName::profile(name), key, value);
        let alone = values.iter().copied().fold(ConfigEdit::new(), set);
        if let Err(error) = alone.preview(&self.blank) {
            let reason = Reason::Unwritable(error.to_string());
            return plan.skipped.push(Skipped { profile: name.to_owned(), reason });
        }
        plan.changed.push(name.to_owned());
        plan.edit = values.into_iter().fold(std::mem::take(&mut plan.edit), set);
    }
}

fn collision(name: &str, group: &[&Target<'_>], taken: Option<Taken>) -> Collision {
    let values =
        |word: Word| -> HashSet<String> { group.iter().map(|target| target.words().get(word)).collect() };
    let words = || Word::ALL.into_iter().filter(|word| *word != Word::Region);
    let mut apart: Vec<Word> = words().filter(|word| values(*word).len() == group.len()).collect();
    if apart.is_empty() {
        // No word alone does it.
        apart = words().filter(|word| values(*word).len() > 1).collect();
    }
    if group.len() < 2 {
        apart.clear();
    }
    let roles = group.iter().map(|target| target.assigned()).collect();
    Collision { profile: name.to_owned(), roles, taken, apart }
}

#[cfg(test)]
mod tests;
