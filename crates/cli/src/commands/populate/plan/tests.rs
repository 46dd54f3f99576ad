use super::*;
use proptest::prelude::*;
use sso_config::GENERATED_MARKER;
use sso_core::{AccountId, RoleName};
use sso_http::Missing;
use sso_portal::{Account, PortalError, Role};
use std::collections::BTreeMap;

const SESSION: &str = "[sso-session corp]\nsso_start_url = https://x\n[sso-session other]\n";

fn set(config: &str) -> ConfigSet {
    let config = Document::parse(config, Path::new("/c")).expect("a config");
    ConfigSet::from_documents(config, Document::absent(Path::new("/none")))
}

fn account(id: &str, name: &str) -> Account {
    Account { id: AccountId::new(id), name: Some(name.into()), email: Some(format!("{name}@example.com")) }
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
                inventory.failed.push((account, Missing::Failed(PortalError::Throttled)));
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
    let of =
        |sign: char, names: &[String]| names.iter().map(|name| format!("{sign}{name}")).collect::<Vec<_>>();
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
        ("the session is gone", ours("dev-A", "1", "A").replace("corp", "gone"), &["1 dev A"], "", "~dev-A"),
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
