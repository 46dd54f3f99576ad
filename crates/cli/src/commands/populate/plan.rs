//! What populate does to the configuration: a function of what was read from the service, the files, and the wishes.

use super::name::{Template, Word, Words};
use sso_config::{
    ConfigEdit, ConfigSet, Document, GENERATED_MARKER, Place, RecordKind, Section, SectionName,
};
use sso_core::{ProfileName, Region, SessionName};
use sso_portal::{Account, Inventory};
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

/// One profile that could be made.
#[derive(Debug)]
struct Target<'a> {
    session: &'a str,
    account: &'a Account,
    role: &'a str,
    region: Option<&'a str>,
    name: Option<String>,
    /// The filters let it pass.
    is_wanted: bool,
}

impl Target<'_> {
    fn words(&self) -> Words<'_> {
        Words {
            account_name: self.account.name.as_deref(),
            account_id: self.account.id.as_str(),
            account_email: self.account.email.as_deref(),
            role_name: self.role,
            session: self.session,
            region: self.region,
        }
    }

    fn values(&self) -> Vec<(&'static str, &str)> {
        let mut values = vec![
            ("sso_session", self.session),
            ("sso_account_id", self.account.id.as_str()),
            ("sso_role_name", self.role),
        ];
        values.extend(self.region.map(|region| ("region", region)));
        values
    }

    fn owner(&self) -> Owner {
        let text = str::to_owned;
        Owner { session: text(self.session), account: text(self.account.id.as_str()), role: text(self.role) }
    }

    fn assigned(&self) -> Assigned {
        Assigned {
            session: self.session.to_owned(),
            account_id: self.account.id.as_str().to_owned(),
            account_name: self.account.name.clone(),
            role: self.role.to_owned(),
            region: self.region.map(str::to_owned),
        }
    }
}

/// The keys of a profile that was generated. `region` is there only where one was asked for.
const OUR_KEYS: [&str; 4] = ["sso_session", "sso_account_id", "sso_role_name", "region"];

/// Whom a profile is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Owner {
    session: String,
    account: String,
    role: String,
}

fn owner(section: &Section<'_>) -> Option<Owner> {
    let value = |key| section.get(key).map(|found| found.value.into_owned());
    Some(Owner {
        session: value("sso_session")?,
        account: value("sso_account_id")?,
        role: value("sso_role_name")?,
    })
}

/// Everything that is assigned, filtered or not, in the order of the inventory.
fn targets<'a>(read: &'a [SessionRoles], wish: &'a Wish) -> Vec<Target<'a>> {
    let regions: Vec<Option<&str>> = match wish.regions.as_slice() {
        [] => vec![None],
        some => some.iter().map(|region| Some(region.as_str())).collect(),
    };
    let (mut targets, mut seen) = (Vec::new(), HashSet::new());
    for SessionRoles { session, inventory } in read {
        for (account, roles) in &inventory.complete {
            let is_account = is_account(wish, account);
            for role in roles.iter().map(|role| role.name.as_str()) {
                if !seen.insert((session.as_str(), account.id.as_str(), role)) {
                    continue;
                }
                let is_wanted = is_account && matches(wish.role.as_ref(), role);
                for region in regions.iter().copied() {
                    let session = session.as_str();
                    let target = Target { session, account, role, region, name: None, is_wanted };
                    let name = wish.template.name(&target.words());
                    targets.push(Target { name, ..target });
                }
            }
        }
    }
    targets
}

fn matches(pattern: Option<&WildMatch>, text: &str) -> bool {
    pattern.is_none_or(|pattern| pattern.matches(text))
}

fn is_account(wish: &Wish, account: &Account) -> bool {
    let pattern = wish.account.as_ref();
    matches(pattern, account.id.as_str()) || matches(pattern, account.name.as_deref().unwrap_or_default())
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

struct Planner<'a> {
    set: &'a ConfigSet,
    read: &'a [SessionRoles],
    by_hand: HashMap<Owner, Vec<Section<'a>>>,
    /// What single profiles are tried on.
    blank: Document,
    names: &'a HashMap<&'a str, Vec<&'a Target<'a>>>,
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

    /// Takes away, or counts, profiles of ours that nothing stands behind any more.
    fn prune(&self, wish: &Wish, plan: &mut Plan) {
        let changed: HashSet<&str> = plan.changed.iter().map(String::as_str).collect();
        let stale = self.set.profiles().filter(|section| {
            section.is_generated() && !changed.contains(section.name()) && self.is_stale(section, wish)
        });
        let (stale, kept): (Vec<Section<'_>>, Vec<_>) = stale.partition(|section| self.is_only_ours(section));
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

    /// Whether nothing would be lost with the section: no key and no comment of the user's, and no profile builds on it.
    fn is_only_ours(&self, section: &Section<'_>) -> bool {
        let keys = section.values();
        let ours = keys.keys().all(|key| OUR_KEYS.contains(&key.as_str()));
        let mut others = self.set.profiles().filter_map(|other| other.text("source_profile"));
        ours && !has_comment(self.set, section) && !others.any(|other| other.value == section.name())
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
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sso_config::GENERATED_MARKER;
    use sso_core::{AccountId, RoleName};
    use sso_portal::{PortalError, Role};
    use std::collections::BTreeMap;

    const SESSION: &str = "[sso-session corp]\nsso_start_url = https://x\n[sso-session other]\n";

    fn set(config: &str) -> ConfigSet {
        let config = Document::parse(config, Path::new("/c")).expect("a config");
        ConfigSet::from_documents(config, Document::absent(Path::new("/none")))
    }

    fn account(id: &str, name: &str) -> Account {
        Account {
            id: AccountId::new(id),
            name: Some(name.into()),
            email: Some(format!("{name}@example.com")),
        }
    }

    /// `1 dev Admin ReadOnly`: account 111111111111. `1 dev !`: its roles could not be read.
    fn corp(lines: &[&str]) -> SessionRoles {
        let mut inventory = Inventory::default();
        for line in lines {
            let mut words = line.split(' ');
            let (digit, name) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            let account = account(&digit.repeat(12), name);
            let roles: Vec<Role> = words.map(|name| Role { name: RoleName::new(name) }).collect();
            match roles.first() {
                Some(role) if role.name.as_str() == "!" => {
                    inventory.failed.push((account, PortalError::Throttled));
                }
                _ => inventory.complete.push((account, roles)),
            }
        }
        SessionRoles { session: SessionName::new("corp"), inventory }
    }

    fn wish(options: &str) -> Wish {
        let mut wish = Wish {
            template: Template::parse("{account_name}-{role_name}").expect("a template"),
            regions: Vec::new(),
            account: None,
            role: None,
            prune: false,
        };
        for option in options.split(' ').filter(|option| !option.is_empty()) {
            match option.split_once('=') {
                Some(("name", text)) => wish.template = Template::parse(text).expect("a template"),
                Some(("region", text)) => wish.regions.push(Region::parse(text).expect("a region")),
                Some(("account", text)) => wish.account = Some(WildMatch::new_case_insensitive(text)),
                Some(("role", text)) => wish.role = Some(WildMatch::new_case_insensitive(text)),
                _ => wish.prune = true,
            }
        }
        wish
    }

    /// A profile for `account role`, ours or not.
    fn profile(name: &str, generated: bool, account: &str, role: &str) -> String {
        let marker = if generated { format!("{GENERATED_MARKER}\n") } else { String::new() };
        let account = account.repeat(12);
        format!(
            "[profile {name}]\n{marker}sso_session = corp\nsso_account_id = {account}\nsso_role_name = {role}\n"
        )
    }

    fn told(plan: &Plan) -> String {
        let of = |sign: char, names: &[String]| {
            names.iter().map(|name| format!("{sign}{name}")).collect::<Vec<_>>()
        };
        let skipped = plan.skipped.iter().map(|one| format!("skip:{}:{}", one.profile, short(&one.reason)));
        let collisions = plan.collisions.iter().map(|one| {
            let apart: String = one.apart.iter().map(ToString::to_string).collect();
            let taken = match &one.taken {
                None => String::new(),
                Some(Taken::ByHand(_)) => ":by-hand".into(),
                Some(Taken::Session(name)) => format!(":{name}"),
            };
            format!("collision:{}:{}{taken}:{apart}", one.profile, one.roles.len())
        });
        let mut all = of('+', &plan.added);
        all.extend(of('~', &plan.changed));
        all.extend(of('-', &plan.removed));
        all.extend(of('?', &plan.stale));
        all.extend(skipped);
        all.extend(collisions);
        if plan.same > 0 {
            all.push(format!("={}", plan.same));
        }
        all.join(" ")
    }

    fn short(reason: &Reason) -> String {
        match reason {
            Reason::ByHand { profile, .. } => profile.clone(),
            Reason::Unwritable(_) => "unwritable".into(),
            Reason::Extended { .. } => "extended".into(),
            other => format!("{other:?}").to_lowercase(),
        }
    }

    #[test]
    fn plans() {
        let ours = |name, account, role| profile(name, true, account, role);
        let theirs = |name, account, role| profile(name, false, account, role);
        for (why, config, inventory, options, expected) in [
            ("nothing there", String::new(), &["1 dev A B"][..], "", "+dev-A +dev-B"),
            ("no account", String::new(), &[], "", ""),
            ("all there", ours("dev-A", "1", "A"), &["1 dev A"], "prune", "=1"),
            ("a key of the user stays", ours("dev-A", "1", "A") + "region = x\n", &["1 dev A"], "", "=1"),
            ("a key is wrong", ours("dev-A", "1", "OLD"), &["1 dev A"], "prune", "~dev-A"),
            ("the region is wrong", ours("dev-A", "1", "A"), &["1 dev A"], "region=eu-west-1", "~dev-A"),
            (
                "the session is gone",
                ours("dev-A", "1", "A").replace("corp", "gone"),
                &["1 dev A"],
                "",
                "~dev-A",
            ),
            (
                "another session's",
                ours("dev-A", "1", "A").replace("corp", "other"),
                &["1 dev A"],
                "prune",
                "collision:dev-A:1:other:{session}",
            ),
            ("by hand", theirs("dev-A", "1", "A"), &["1 dev A"], "prune", "skip:dev-A:dev-A"),
            (
                "by hand, for another role",
                theirs("dev-A", "1", "B"),
                &["1 dev A"],
                "",
                "collision:dev-A:1:by-hand:",
            ),
            ("by hand, no SSO", "[profile dev-A]\n".into(), &["1 dev A"], "", "collision:dev-A:1:by-hand:"),
            ("by hand, another name", theirs("mine", "1", "A"), &["1 dev A B"], "", "+dev-B skip:dev-A:mine"),
            ("by hand, another region", theirs("mine", "1", "A"), &["1 dev A"], "region=eu-west-1", "+dev-A"),
            (
                "by hand, that region",
                theirs("mine", "1", "A") + "region = eu-west-1\n",
                &["1 dev A"],
                "region=eu-west-1",
                "skip:dev-A:mine",
            ),
            (
                "ours though there is one by hand",
                theirs("mine", "1", "A") + &ours("dev-A", "1", "A"),
                &["1 dev A"],
                "prune",
                "=1",
            ),
            (
                "two accounts of a name",
                String::new(),
                &["1 dev A", "2 dev A B"],
                "",
                "+dev-B collision:dev-A:2:{account_id}",
            ),
            (
                "two roles of a name",
                String::new(),
                &["1 dev a,b a=b"],
                "name={account_id}.{role_name}",
                "collision:111111111111.a-b:2:",
            ),
            (
                "a template without the role",
                String::new(),
                &["1 dev A B"],
                "name={account_name}",
                "collision:dev:2:{role_name}",
            ),
            ("one of two wanted", String::new(), &["1 dev A", "2 dev A"], "account=1*", "+dev-A"),
            (
                "the other one has it",
                ours("dev-A", "1", "A"),
                &["1 dev A", "2 dev A"],
                "account=2* prune",
                "collision:dev-A:2:{account_id}",
            ),
            (
                "both want it, one has it",
                ours("dev-A", "1", "A"),
                &["1 dev A", "2 dev A"],
                "prune",
                "collision:dev-A:2:{account_id}",
            ),
            (
                "the name went on to another",
                ours("dev-A", "1", "A"),
                &["1 test A", "2 dev A"],
                "prune",
                "+test-A ~dev-A",
            ),
            ("told twice", String::new(), &["1 dev A A", "1 dev A"], "", "+dev-A"),
            (
                "regions",
                String::new(),
                &["1 dev A"],
                "name={role_name}.{region} region=eu-west-1 region=eu-west-2",
                "+A.eu-west-1 +A.eu-west-2",
            ),
            ("default", String::new(), &["1 Default A"], "name={account_name}", "skip:Default:default"),
            ("no name", String::new(), &["1 dev 漢"], "", "skip:111111111111-漢:noname"),
            ("no account id", String::new(), &["x dev A"], "", "skip:dev-A:accountid"),
            ("a value that cannot be", String::new(), &["1 dev #A"], "", "skip:dev-A:unwritable"),
            ("stale", ours("old-A", "2", "A"), &["1 dev A"], "", "+dev-A ?old-A"),
            ("pruned", ours("old-A", "2", "A"), &["1 dev A"], "prune", "+dev-A -old-A"),
            (
                "pruned: another template",
                ours("dev-A", "1", "A"),
                &["1 dev A"],
                "prune name={role_name}",
                "+A -dev-A",
            ),
            ("pruned: no account", ours("old-A", "2", "A"), &[], "prune", "-old-A"),
            (
                "pruned: a key is gone",
                ours("x", "1", "A").replace("sso_role_name = A\n", ""),
                &["1 dev A"],
                "prune",
                "+dev-A -x",
            ),
            ("not by hand", theirs("old-A", "2", "A"), &["1 dev A"], "prune", "+dev-A"),
            ("not of another session", ours("old-A", "2", "A").replace("corp", "other"), &[], "prune", ""),
            ("not unread", ours("old-A", "2", "A"), &["2 old !"], "prune", ""),
            ("not what may be unread", ours("x", "", "A"), &["2 old !"], "prune", ""),
            ("not outside: account", ours("old-A", "2", "A"), &["1 dev A"], "prune account=d*", "+dev-A"),
            ("not outside: role", ours("old-A", "2", "A"), &["1 dev B"], "prune role=B", "+dev-B"),
            ("inside", ours("old-A", "2", "A"), &["2 Old B"], "prune account=old role=a", "-old-A"),
        ] {
            let set = set(&format!("{SESSION}{config}"));
            let plan = plan(&[corp(inventory)], &set, &wish(options));
            assert_eq!(told(&plan), expected, "{why}");
            plan.edit.preview(set.config()).unwrap_or_else(|error| panic!("{why}: {error}"));
        }
    }

    #[test]
    fn several_sessions() {
        let other = SessionRoles { session: SessionName::new("other"), ..corp(&["1 dev A"]) };
        let read = [corp(&["1 dev A", "2 prod A"]), other];
        let set = set(SESSION);
        assert_eq!(told(&plan(&read, &set, &wish(""))), "+prod-A collision:dev-A:2:{session}");
        let named = plan(&read, &set, &wish("name={session}.{account_name}"));
        assert_eq!(told(&named), "+corp.dev +corp.prod +other.dev");
    }

    /// What each section says, by what kind and name it has.
    fn sections(set: &ConfigSet) -> BTreeMap<String, BTreeMap<String, String>> {
        let all = set.profiles().chain(set.sso_sessions()).chain(set.services("s"));
        all.map(|section| {
            let values = section.values().into_iter().map(|(key, value)| (key, value.into_owned()));
            (section.id().to_string(), values.collect())
        })
        .collect()
    }

    fn hostile() -> impl Strategy<Value = String> {
        let signs = prop::sample::select(vec![
            "\n",
            "\r",
            "\r\n",
            "]",
            "[",
            "[default]",
            "#",
            ";",
            " ",
            "=",
            "\"",
            "'",
            "\\",
            "\u{2028}",
            "\u{85}",
            "\0",
            "\t",
            "-",
            "mine",
            "a",
            "profile ",
            "region = x",
            GENERATED_MARKER,
            "é",
            "\u{feff}",
            "\u{202e}",
        ]);
        prop_oneof![prop::collection::vec(signs, 0..6).prop_map(|parts| parts.concat()), ".*"]
    }

    proptest! {
        #[test]
        fn hostile_texts_change_no_other_section(
            accounts in prop::collection::vec((hostile(), hostile(), prop::collection::vec(hostile(), 0..3)), 1..4),
            words in prop::sample::select(vec![
                "{account_name}-{role_name}", "{account_name}", "{account_email}", "{role_name}", "x{account_id}",
            ]),
            real_ids: bool,
        ) {
            let old = format!(
                "# top\n[default]\nregion = a\n{SESSION}[services s]\ns3 =\n  endpoint_url = x\n{}{}[profile é]\nx = y",
                profile("mine", false, "1", "A"), profile("a", true, "9", "Old")
            );
            let mut inventory = Inventory::default();
            for (number, (name, email, roles)) in accounts.into_iter().enumerate() {
                let id = if real_ids { number.to_string().repeat(12) } else { email.clone() };
                let roles = roles.into_iter().map(|name| Role { name: RoleName::new(name) }).collect();
                let account = Account { id: AccountId::new(id), name: Some(name), email: Some(email) };
                inventory.complete.push((account, roles));
            }
            let read = [SessionRoles { session: SessionName::new("corp"), inventory }];
            let before = set(&old);
            let plan = plan(&read, &before, &wish(&format!("prune name={words}")));
            let edited = plan.edit.preview(before.config()).expect("what is planned can be written");
            let after = set(&String::from_utf8(edited.bytes).expect("UTF-8"));
            let (was, is) = (sections(&before), sections(&after));
            prop_assert_eq!(was.len() + plan.added.len() - plan.removed.len(), is.len());
            let touched: HashSet<String> = plan.added.iter().chain(&plan.changed).chain(&plan.removed)
                .map(|name| format!("[profile {name}]")).collect();
            for (name, values) in was.iter().filter(|(name, _)| !touched.contains(*name)) {
                prop_assert_eq!(is.get(name), Some(values));
            }
            for name in &plan.added {
                let section = after.profile(&ProfileName::new(name.as_str())).expect("it was added");
                prop_assert!(section.is_generated() && section.is_portable());
                prop_assert_eq!(section.values().len(), 3);
            }
            // A second run has nothing to do.
            let again = super::plan(&read, &after, &wish(&format!("prune name={words}")));
            prop_assert!(again.edit.changes.is_empty(), "{again:?}");
        }
    }
}
