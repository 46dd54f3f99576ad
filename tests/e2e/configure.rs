//! `sso configure` by options: no terminal, no questions.

use crate::harness::{CORP, World, on_path};
use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt as _;

const CONFIG: &str = ".aws/config";

/// Every answer.
const ALL: [&str; 19] = [
    "configure",
    "--sso-session",
    "corp",
    "--sso-start-url",
    "https://corp.awsapps.com/start/#/?tab=accounts",
    "--sso-region",
    "us-east-1",
    "--sso-registration-scopes",
    "sso:account:access",
    "--account-id",
    "111122223333",
    "--role-name",
    "Admin",
    "--region",
    "eu-west-1",
    "--output",
    "json",
    "--profile-name",
    "dev",
];

/// Every answer about the session.
const SESSION_ALONE: [&str; 10] =
    ["configure", "session", ALL[1], ALL[2], ALL[3], ALL[4], ALL[5], ALL[6], ALL[7], ALL[8]];

const SESSION: &str = "\
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access
";

const PROFILE: &str = "\
[profile dev]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Admin
region = eu-west-1
output = json
";

fn config(world: &World) -> String {
    std::fs::read_to_string(world.home().join(CONFIG)).unwrap_or_default()
}

/// The words, with others after them.
fn and<'a>(words: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [words, more].concat()
}

/// The words with another value of an option.
fn but<'a>(words: &[&'a str], option: &str, value: &'a str) -> Vec<&'a str> {
    let mut words = words.to_vec();
    let at = words.iter().position(|word| *word == option).expect("an option");
    words[at + 1] = value;
    words
}

/// All answers are given: no question, no request; the file exactly; the second run changes nothing.
#[test]
fn all_answers_given() {
    for sso in [false, true] {
        let world =
            World::with(&format!("configure: all answers given, `configure sso`: {sso}"), World::sim());
        let mut words = and(&ALL, &["--yes"]);
        if sso {
            words.insert(1, "sso");
        }
        let run = world.sso(&words).run();
        run.exits(0).says("+ [profile dev]").says("Written.").says("Next: sso whoami --profile dev");
        run.prints_nothing();
        assert_eq!(config(&world), format!("{SESSION}\n{PROFILE}"));
        let mode = std::fs::metadata(world.home().join(CONFIG)).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let before = world.snapshot();
        world.sso(&words).run().exits(0).says("Nothing to change").does_not_say("+ ");
        // Without anything to confirm, --yes is not missed.
        words.retain(|word| *word != "--yes");
        world.sso(&words).run().exits(0).says("Nothing to change");
        assert!(before == world.snapshot(), "not even a time stamp's worth of bytes");
        world.made_requests(0);
    }
}

/// One answer is missing, and there is nobody to ask: the option is named, nothing is written.
#[test]
fn an_answer_is_missing() {
    let rows: [(&str, &str, &[&str], &str); 13] = [
        ("no session, none there", "", &["configure"], "--sso-session"),
        ("no session, one there", CORP, &["configure"], "--sso-session"),
        ("no session at `session`", "", &["configure", "session"], "--sso-session"),
        ("no start URL", "", &["configure", "--sso-session", "corp"], "--sso-start-url"),
        (
            "no start URL at `session`",
            "",
            &["configure", "session", "--sso-session", "corp"],
            "--sso-start-url",
        ),
        ("an empty session name", CORP, &["configure", "--sso-session", ""], "--sso-session"),
        ("no region", "", &ALL[..5], "--sso-region"),
        ("no account", CORP, &["configure", "--sso-session", "corp"], "--account-id"),
        (
            "no role",
            CORP,
            &["configure", "--sso-session", "corp", "--account-id", "111122223333"],
            "--role-name",
        ),
        (
            "an empty role",
            CORP,
            &["configure", "--sso-session", "corp", "--account-id", "111122223333", "--role-name", ""],
            "--role-name",
        ),
        ("no profile name", "", &ALL[..17], "--profile-name"),
        ("no yes", "", &ALL, "--yes"),
        ("no yes at `session`", "", &SESSION_ALONE, "--yes"),
    ];
    for (what, text, words, option) in rows {
        let sim = World::sim().account("222233334444", "prod", &["Admin"]);
        let world = World::with(&format!("configure: {what}"), sim);
        if !text.is_empty() {
            world.config(text);
            world.sign_in();
        }
        let run = world.sso(words).browser(&world.noting_browser()).run();
        run.exits(2)
            .says(&format!("{option} is missing, and there is no terminal to ask at."))
            .prints_nothing();
        let part = if words.get(1) == Some(&"session") { " session" } else { "" };
        run.says(&match option {
            "--yes" => "fix: the same command with --yes behind it".to_owned(),
            _ => format!("fix: sso configure{part} {option} ..."),
        });
        assert_eq!((config(&world).as_str(), world.has(CONFIG)), (text, !text.is_empty()), "{what}");
        assert!(!world.outside("opened").exists(), "{what}");
        let json = world.sso(&and(words, &["--json"])).plain().run().exits(2).json();
        assert_eq!(json["error"]["code"], "R01", "{what}: {json}");
    }
}

/// What is not given is asked of the service. Without a terminal nobody is led to a browser for that.
#[test]
fn what_the_service_answers_need_not_be_given() {
    let world = World::with(
        "configure: one account and one role need no answer",
        sso_sim::SimBuilder::new().account("111122223333", "dev", &["Admin"]),
    );
    let mut words = ALL.to_vec();
    words.drain(9..13);
    words.push("--yes");
    let run = world.sso(&words).browser(&world.noting_browser()).run();
    run.exits(4)
        .says("fix: sso configure session --sso-session corp ... --yes, then: sso login --sso-session corp");
    assert!(!world.outside("opened").exists() && !world.has(CONFIG));
    world.config(SESSION);
    world.sign_in();
    let run = world.sso(&words).run();
    run.exits(0).says("The only account you have: dev").says("The only role you have there");
    assert_eq!(config(&world), format!("{SESSION}\n{PROFILE}"));
}

/// The session alone.
#[test]
fn the_session_alone() {
    let world = World::with("configure: the session alone", World::sim());
    let words = and(&SESSION_ALONE, &["-y"]);
    world.sso(&words).run().exits(0).says("Next: sso login --sso-session corp");
    assert_eq!(config(&world), SESSION);
    world.sso(&words).run().exits(0).says("Nothing to change");
    // One of its values: the other lines stay as they are.
    let moved = ["configure", "session", "--sso-session", "corp", "--sso-region", "eu-west-1", "--yes"];
    world.sso(&moved).run().exits(0).says("- sso_region = us-east-1").says("+ sso_region = eu-west-1");
    assert_eq!(config(&world), SESSION.replace("us-east-1", "eu-west-1"));
    world.made_requests(0);
}

/// A second profile for tools that read no sso-session.
#[test]
fn a_helper_profile() {
    let world = World::with("configure: --helper-profile", World::sim());
    let words = and(&ALL, &["--helper-profile", "tool", "--yes"]);
    world.sso(&words).run().exits(0);
    let helper =
        "\n[profile tool]\ncredential_process = sso credential-process --profile dev\nregion = eu-west-1\n";
    assert_eq!(config(&world), format!("{SESSION}\n{PROFILE}{helper}"));
    world.sso(&words).run().exits(0).says("Nothing to change");
    // It would run itself for ever.
    let run = world.sso(&and(&ALL, &["--helper-profile", "dev", "--yes"])).run();
    run.exits(2).says("--helper-profile");
    assert_eq!(config(&world), format!("{SESSION}\n{PROFILE}{helper}"));
    // A name with a blank is one word for whoever runs it.
    let words = and(&but(&ALL, "--profile-name", "my dev"), &["--helper-profile", "default", "--yes"]);
    world.sso(&words).run().exits(0);
    let text = config(&world);
    assert!(text.contains("[profile 'my dev']\n"), "{text}");
    assert!(
        text.ends_with(
            "[default]\ncredential_process = sso credential-process --profile 'my dev'\nregion = eu-west-1\n"
        ),
        "{text}"
    );
    assert!(text.starts_with(&format!("{SESSION}\n{PROFILE}{helper}")), "{text}");
}

/// Names that other AWS tools could not read back, and values that cannot be: nothing is written, nothing asked.
#[test]
fn what_cannot_be() {
    let rows: [(&str, &str, i32, &str); 27] = [
        ("--sso-session", "a]b", 2, "A session cannot be called"),
        ("--sso-session", "a\nb", 2, "A session cannot be called"),
        ("--sso-session", " a", 2, "A session cannot be called"),
        ("--sso-session", "a#b", 2, "A session cannot be called"),
        ("--profile-name", "a]\n[profile b", 2, "A profile cannot be called"),
        ("--profile-name", "it's", 2, "A profile cannot be called"),
        ("--profile-name", "a\\b", 2, "A profile cannot be called"),
        ("--profile-name", "a;b", 2, "A profile cannot be called"),
        ("--profile-name", "a\u{1b}b", 2, "A profile cannot be called"),
        ("--helper-profile", "a]b", 2, "A profile cannot be called"),
        ("--sso-start-url", "http://corp.awsapps.com/start", 2, "https"),
        ("--sso-start-url", "corp", 2, "sso_start_url"),
        ("--sso-start-url", "https://corp.awsapps.com@evil.example/", 2, "user name"),
        ("--sso-region", "N. Virginia", 2, "N. Virginia"),
        ("--sso-region", "evil.example/#", 2, "evil.example"),
        ("--sso-region", "us-east-1\nsso_start_url = x", 2, "sso_region"),
        ("--sso-registration-scopes", "a b", 2, "scopes"),
        ("--sso-registration-scopes", "a\nb = c", 2, "scopes"),
        ("--account-id", "12", 2, "not an account id"),
        ("--account-id", "111122223333\n", 2, "not an account id"),
        ("--role-name", "Admin\ncredential_process = x", 2, "sso_role_name"),
        ("--role-name", "Admin # x", 2, "sso_role_name"),
        ("--role-name", " Admin", 2, "sso_role_name"),
        ("--region", "moon/1", 2, "moon/1"),
        ("--region", "eu-west-1\nx = y", 2, "cannot be used"),
        ("--output", "xml", 2, "xml"),
        ("--output", "JSON", 2, "JSON"),
    ];
    for there in [false, true] {
        let world = World::with(&format!("configure: what cannot be, config there: {there}"), World::sim());
        if there {
            world.config("# mine\n");
        }
        let before = world.files();
        for (option, value, code, said) in rows {
            let words = and(&ALL, &["--helper-profile", "tool", "--yes"]);
            let run = world.sso(&but(&words, option, value)).run();
            run.exits(code).says(said).prints_nothing().does_not_say("Written");
            assert!(!run.err().contains('\u{1b}'), "{option} {value:?}");
            assert!(before == world.files(), "{option} {value:?}: {}", config(&world));
        }
        world.made_requests(0);
    }
}

/// A profile that named its portal itself: the two keys go, the rest and its comments stay.
#[test]
fn an_inline_start_url_goes() {
    let world = World::with("configure: a legacy profile", World::sim());
    world.config(
        "[profile dev]\n# the portal\nsso_start_url = https://old.awsapps.com/start\nsso_region = eu-west-1\n\
         # who\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\ncli_pager =\n\n[profile other]\nregion = us-east-1\n",
    );
    world.sso(&and(&ALL, &["--yes"])).run().exits(0).says("- sso_start_url = https://old.awsapps.com/start");
    assert_eq!(
        config(&world),
        format!(
            "[profile dev]\n# the portal\n# who\nsso_account_id = 111122223333\nsso_role_name = Admin\ncli_pager =\n\
             sso_session = corp\nregion = eu-west-1\noutput = json\n\n[profile other]\nregion = us-east-1\n\n{SESSION}"
        )
    );
    world.sso(&and(&ALL, &["--yes"])).run().exits(0).says("Nothing to change");
}

/// A link stays a link; the file behind it is edited, and keeps its mode.
#[test]
fn a_linked_config() {
    let world = World::with("configure: the config is a link to a link", World::sim());
    world.write("dotfiles/aws-config", "# mine\n");
    let target = world.home().join("dotfiles/aws-config");
    set_permissions(&target, Permissions::from_mode(0o640)).expect("a mode can be set");
    std::fs::create_dir(world.home().join(".aws")).expect("a folder can be made");
    let link = world.home().join(CONFIG);
    let middle = world.home().join("middle");
    std::os::unix::fs::symlink("dotfiles/aws-config", &middle).expect("a link can be made");
    std::os::unix::fs::symlink("../middle", &link).expect("a link can be made");
    world.sso(&and(&ALL, &["--yes"])).run().exits(0);
    for (link, to) in [(&link, "../middle"), (&middle, "dotfiles/aws-config")] {
        assert_eq!(std::fs::read_link(link).expect("it is a link").to_string_lossy(), to);
    }
    assert_eq!(
        std::fs::read_to_string(&target).expect("it is there"),
        format!("# mine\n\n{SESSION}\n{PROFILE}")
    );
    let mode = std::fs::metadata(&target).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    assert_eq!(world.names("dotfiles").iter().filter(|name| !name.starts_with(".sso-locks")).count(), 1);
}

/// A config that its owner made read-only is not replaced.
#[test]
fn a_config_that_must_not_be_written() {
    let world = World::with("configure: a read-only config", World::sim());
    world.config("# mine\n");
    let mode = |path: std::path::PathBuf, mode| {
        set_permissions(path, Permissions::from_mode(mode)).expect("a mode can be set");
    };
    let words = and(&ALL, &["--yes"]);
    let run = world.sso(&words);
    // Root may write everything.
    let run = match rustix::process::geteuid().is_root() {
        false => run,
        true if on_path("setpriv") => {
            mode(world.outside(""), 0o755);
            mode(world.home().join(".aws"), 0o777);
            run.through(&["setpriv", "--reuid", "65534", "--clear-groups"])
        }
        true => return sso_vectors::announce("a read-only config", "this is root, and there is no setpriv"),
    };
    mode(world.home().join(CONFIG), 0o444);
    run.run().exits(7).says("~/.aws/config cannot be changed").says("it is as it was");
    assert_eq!(config(&world), "# mine\n");
    assert_eq!(world.names(".aws").iter().filter(|name| *name != ".sso-locks").count(), 1);
}

/// One JSON document on stdout, in each case.
#[test]
fn json() {
    let world = World::with("configure: --json", World::sim());
    let words = and(&ALL, &["--yes", "--json"]);
    let json = world.sso(&words).plain().run().exits(0).json();
    assert_eq!(
        json,
        serde_json::json!({
            "changed": true, "session": "corp", "profile": "dev", "next": "sso whoami --profile dev",
        })
    );
    assert_eq!(world.sso(&words).plain().run().exits(0).json()["changed"], false);
    let json = world.sso(&but(&words, "--account-id", "1")).plain().run().exits(2).json();
    assert_eq!(json["error"]["code"], "C19");
    let quiet = world.sso(&and(&ALL, &["--yes", "--quiet"])).plain().run();
    quiet.exits(0).prints_nothing();
    assert_eq!(quiet.err(), "");
}

/// The AWS CLI's order of files and names: AWS_CONFIG_FILE, and `default` without `profile`.
#[test]
fn another_file_and_the_default_profile() {
    let world = World::with("configure: AWS_CONFIG_FILE, the default profile", World::sim());
    let words = and(&but(&ALL, "--profile-name", "default"), &["--yes"]);
    let other = world.home().join("elsewhere/config");
    world.sso(&words).env("AWS_CONFIG_FILE", &other).run().exits(0);
    let text = std::fs::read_to_string(&other).expect("it is there");
    assert_eq!(text, format!("{SESSION}\n{}", PROFILE.replace("profile dev", "default")));
    assert!(!world.has(CONFIG));
}

/// What the AWS CLI makes of the places that are edited, and of names that the SDKs do not know, is said.
#[test]
fn what_is_worth_knowing() {
    let rows: [(&str, &str, &str, &str); 5] = [
        (
            "a key twice",
            "[profile dev]\nsso_role_name = Old\nsso_role_name = Older\n",
            "dev",
            "warning: sso_role_name stands at ~/.aws/config:2 too",
        ),
        (
            "a comment behind a value",
            "[profile dev]\nregion = us-east-1 # the usual\n",
            "dev",
            "warning: The comment behind region (~/.aws/config:2) stays",
        ),
        (
            "a byte order mark",
            "\u{feff}[profile other]\n",
            "dev",
            "warning: The file began with a byte order mark",
        ),
        ("a blank in the name", "", "my dev", "warning: The AWS SDKs overlook a profile called \"my dev\""),
        ("nothing", "", "dev", "Written."),
    ];
    for (what, text, name, said) in rows {
        let world = World::with(&format!("configure: said: {what}"), World::sim());
        world.config(text);
        let run = world.sso(&and(&but(&ALL, "--profile-name", name), &["--yes"])).run();
        run.exits(0).says(said);
        assert_eq!(run.err().contains("warning:"), what != "nothing", "{}", run.err());
        let again = world.sso(&and(&but(&ALL, "--profile-name", name), &["--yes"])).run();
        again.exits(0).says("Nothing to change").does_not_say("warning:");
    }
}

/// Keys that would win over the role go from the profile, and it is used through the portal afterwards.
#[test]
fn another_source_of_credentials_goes() {
    let world = World::with("configure: a profile that assumed a role", World::sim());
    let before = "[profile dev]\nrole_arn = arn:aws:iam::1:role/x # theirs\nsource_profile = base\noutput = json\n\n[profile base]\nregion = x\n";
    world.config(before);
    let run = world.sso(&and(&ALL, &["--yes"])).run();
    run.exits(0).says("- role_arn").says("- source_profile");
    assert!(!config(&world).contains("role_arn"), "{}", config(&world));
    world.sign_in();
    world.sso(&["credential-process", "--profile", "dev"]).run().exits(0);
}

/// A profile that `populate` generated is its business: that is said.
#[test]
fn a_generated_profile_is_populates_business() {
    let world = World::with("configure: a generated profile", World::sim());
    world.config(&format!(
        "{SESSION}\n[profile dev]\n# generated by sso; delete this line to keep the profile\nsso_session = corp\n\
         sso_account_id = 111122223333\nsso_role_name = Other\n"
    ));
    let run = world.sso(&and(&ALL, &["--yes"])).run();
    run.exits(0).says("`sso configure populate` will undo changes of its role.");
}

/// The portal's own host says where it is.
#[test]
fn a_region_that_the_portal_contradicts() {
    let world = World::with("configure: a region that the portal contradicts", World::sim());
    let words = but(&ALL, "--sso-start-url", "https://ssoins-1.portal.eu-west-3.app.aws");
    let run = world.sso(&and(&words, &["--yes"])).run();
    run.exits(2).says("The portal is in eu-west-3, not in us-east-1.").says("--sso-region eu-west-3");
    assert!(!world.has(CONFIG));
}
