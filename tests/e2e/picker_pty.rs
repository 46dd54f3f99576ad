//! The picker, at a terminal.

use crate::harness::pty::{CTRL_C, DOWN, ENTER, ESC, Terminal, UP};
use crate::harness::{ACME, CORP, World};
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};
use unicode_width::UnicodeWidthStr as _;

const RECENT: &str = ".local/state/sso/recent.json";

/// Two accounts, two roles each, one legacy profile, and two that give no credentials of IAM Identity Center.
fn config() -> String {
    let profile = |name: &str, account: &str, role: &str| {
        format!(
            "\n[profile {name}]\nsso_session = corp\nsso_account_id = {account}\nsso_role_name = {role}\n"
        )
    };
    [
        CORP,
        &profile("data-admin", "222233334444", "Admin"),
        &profile("data-reader", "222233334444", "ReadOnly"),
        "\n[profile old]\nsso_start_url = https://old.awsapps.com/start\nsso_region = eu-west-1\n\
         sso_account_id = 333344445555\nsso_role_name = Admin\n",
        "\n[profile keys]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = x\n",
        "\n[profile half]\nsso_session = corp\n",
    ]
    .concat()
}

fn world(story: &str) -> World {
    let world = World::corp(story);
    world.config(&config());
    world
}

fn picking<'w>(world: &'w World) -> Terminal<'w> {
    world.sso(&["profiles", "--pick"]).on_terminal()
}

/// The name that was printed: the last line.
fn printed(screen: &str) -> String {
    screen.trim_end().lines().last().unwrap_or_default().to_owned()
}

#[test]
fn typing_arrows_and_return() {
    let world = world("picker_pty: typing, arrows, Return");
    for (keys, picked) in [
        (String::new(), "dev"),
        (format!("{DOWN}{DOWN}"), "data-reader"),
        (format!("{DOWN}{DOWN}{UP}"), "data-admin"),
        (UP.to_owned(), "old"),
        ("reader".to_owned(), "data-reader"),
        // Words in any order, of any column.
        ("2222 admin".to_owned(), "data-admin"),
        ("admin 2222".to_owned(), "data-admin"),
        ("old.aws".to_owned(), "old"),
    ] {
        let _ = std::fs::remove_file(world.home().join(RECENT));
        let mut at = picking(&world);
        at.sees("Profile:").sees("type to search");
        at.types(&format!("{keys}{ENTER}"));
        assert_eq!(printed(&at.exits(0)), picked, "{keys:?}");
    }
}

/// Account, role, session and region stand below each other; what gives no credentials is not offered.
#[test]
fn what_is_shown() {
    let world = world("picker_pty: what is shown");
    let mut at = picking(&world);
    at.sees("type to search");
    at.types(ESC);
    let screen = at.exits(130);
    for row in [
        "dev          111122223333  Admin     corp             us-east-1",
        "data-admin   222233334444  Admin     corp",
        "data-reader  222233334444  ReadOnly  corp",
        "old          333344445555  Admin     old.awsapps.com",
    ] {
        assert!(
            screen.lines().any(|line| line.trim_start_matches(['>', ' ']).trim_end() == row),
            "{row}\n{screen}"
        );
    }
    assert!(!screen.contains("keys") && !screen.contains("half"), "{screen}");
}

/// Esc and Ctrl-C: exit 130, the terminal as it was (`exits` asserts it), nothing printed, nothing remembered.
#[test]
fn stopped() {
    let world = world("picker_pty: Esc and Ctrl-C");
    for key in [ESC, CTRL_C] {
        for typed in ["", "data"] {
            let mut at = picking(&world);
            at.sees("type to search");
            at.types(typed);
            at.types(key);
            let screen = at.exits(130);
            assert!(screen.contains("Stopped. Nothing was chosen."), "{screen}");
            assert!(!world.has(RECENT));
        }
    }
}

/// What was used last is first; the file is the owner's, and a broken one does no harm.
#[test]
fn recent_first() {
    let world = world("picker_pty: recent first");
    let mut at = picking(&world);
    at.sees("type to search");
    at.types(&format!("reader{ENTER}"));
    at.exits(0);
    let meta = std::fs::metadata(world.home().join(RECENT)).expect("it is there");
    assert_eq!(meta.permissions().mode() & 0o777, 0o600);
    // Naming one counts, too.
    world.sso(&["profiles", "--pick", "--profile", "old"]).plain().run().exits(0).prints("old\n");
    for expected in ["old", "old"] {
        let mut at = picking(&world);
        at.sees("type to search");
        at.types(ENTER);
        assert_eq!(printed(&at.exits(0)), expected);
    }
    let mut at = picking(&world);
    at.sees("type to search");
    at.types(&format!("{DOWN}{ENTER}"));
    assert_eq!(printed(&at.exits(0)), "data-reader");
    world.write(RECENT, "{ broken");
    let mut at = picking(&world);
    at.sees("type to search");
    at.types(ENTER);
    assert_eq!(printed(&at.exits(0)), "dev");
}

/// A shell takes the name from stdout while the picker is on the terminal.
#[test]
fn for_a_shell() {
    let world = world("picker_pty: the name goes to stdout");
    let run = world.sso(&["profiles", "--pick"]);
    let mut at = run.through(&["/bin/sh", "-c", "name=$(\"$@\") && echo \"<$name>\"", "sh"]).on_terminal();
    at.sees("type to search");
    at.types(&format!("reader{ENTER}"));
    at.sees("<data-reader>");
    at.exits(0);
}

/// 10,000 entries: each key is answered.
#[test]
fn ten_thousand() {
    let world = World::corp("picker_pty: 10,000 profiles");
    let profiles = (0..10_000_u32).map(|number| {
        let account = 100_000_000_000 + u64::from(number / 4) * 7_919;
        let role = ["AdministratorAccess", "ReadOnlyAccess", "Billing", "PowerUser"][number as usize % 4];
        format!(
            "\n[profile team-{number:05}-{role}]\nsso_session = corp\nsso_account_id = {account}\nsso_role_name = {role}\nregion = eu-west-1\n"
        )
    });
    world.config(&format!("{CORP}{}", profiles.collect::<String>()));
    let mut at = picking(&world);
    at.sees("type to search");
    let (mut typed, mut slowest) = (String::new(), Duration::ZERO);
    for key in "07321".chars() {
        let pressed = Instant::now();
        typed.push(key);
        at.types(&key.to_string());
        at.sees(&format!("Profile: {typed}"));
        slowest = slowest.max(pressed.elapsed());
    }
    at.sees("team-07321-ReadOnlyAccess");
    world.measured(format!(
        "slowest key {} ms ({})",
        slowest.as_millis(),
        if cfg!(debug_assertions) { "debug" } else { "release" }
    ));
    at.types(ENTER);
    assert_eq!(printed(&at.exits(0)), "team-07321-ReadOnlyAccess");
}

/// No row wraps, whatever the names and the width.
#[test]
fn narrow_terminals_and_odd_names() {
    let world = World::corp("picker_pty: 60 columns, wide and hostile names");
    let odd = [
        "東京の本番アカウントの読み取り専用プロファイル",
        "x\u{1b}[31mowned\u{7}\u{202e}y",
        &"long-".repeat(30),
    ];
    let profile = |name: &&str| {
        format!(
            "\n[profile {name}]\nsso_session = corp\nsso_account_id = 222233334444\nsso_role_name = AdministratorAccess\nregion = ap-northeast-1\n"
        )
    };
    world.config(&format!("{CORP}{}", odd.iter().map(profile).collect::<String>()));
    for columns in [100, 80, 60, 40, 24] {
        let mut at = world.sso(&["profiles", "--pick"]).on_terminal_of(columns);
        at.sees("Profile:").sees("long-").sees("Esc");
        at.types(CTRL_C);
        let screen = at.exits(130);
        assert!(!screen.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{screen:?}");
        // Every row was drawn once at least, none of them wider than the terminal.
        let is_row =
            |line: &&str| ["dev ", "東京", "x\\u{1b}", "long-"].iter().any(|name| line.contains(name));
        let rows: Vec<&str> = screen.lines().filter(is_row).collect();
        assert!(rows.len() >= 4, "{columns}: {screen}");
        for row in rows {
            assert!(row.width() <= usize::from(columns), "{columns}: {row:?}");
        }
    }
    let mut at = picking(&world);
    at.sees("type to search");
    at.types(&format!("owned{ENTER}"));
    assert_eq!(printed(&at.exits(0)), "x\\u{1b}[31mowned\\u{7}\\u{202e}y");
}

/// Without a terminal: exit 2, naming what there is. Without a profile: what to do.
#[test]
fn nobody_to_ask_and_nothing_to_pick() {
    let world = world("picker_pty: no terminal, no profile");
    let run = world.sso(&["profiles", "--pick"]).plain().run();
    run.exits(2)
        .says("there is no terminal")
        .says("dev, data-admin, data-reader, old")
        .says("--profile <name>");
    run.prints_nothing();
    // A terminal that cannot draw is asked in lines.
    let run = world.sso(&["profiles", "--pick"]).through(&["/usr/bin/env", "TERM=dumb"]);
    let mut at = run.on_terminal();
    at.answers("A number", "2");
    assert_eq!(printed(&at.exits(0)), "data-admin");
    world.sso(&["profiles", "--pick", "--profile", "dve"]).plain().run().exits(3).says("dev");
    world.config("[profile keys]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = x\n");
    world.sso(&["profiles", "--pick"]).plain().run().exits(3).says("fix:").says("sso configure");
    let screen = picking(&world).exits(3);
    assert!(screen.contains("sso configure"), "{screen}");
}

/// Several sessions and none selected: login offers them, with who is signed in; the one taken is first next time.
#[test]
fn login_offers_the_sessions() {
    let world = World::corp("picker_pty: login offers the sessions");
    let Some(browser) = world.curl_browser() else { return };
    world.config(&format!("{CORP}{ACME}"));
    world.sso(&["login"]).run().exits(2).says("corp, acme");
    let mut at = world.sso(&["login"]).browser(&browser).on_terminal();
    at.sees("Session:").sees("corp  corp.awsapps.com  us-east-1").sees("acme  corp.awsapps.com  us-east-1");
    at.types(&format!("acme{ENTER}"));
    at.sees("Signed in to acme");
    at.exits(0);
    let mut at = world.sso(&["login"]).on_terminal();
    at.sees("acme  corp.awsapps.com  us-east-1  until ");
    at.types(ENTER);
    at.sees("Already signed in to acme");
    at.exits(0);
    let mut at = world.sso(&["login"]).on_terminal();
    at.sees("Session:");
    at.types(CTRL_C);
    at.exits(130);
}

/// A command that acts on a profile asks, unless one is selected, or `default` gives credentials of IAM Identity Center.
#[test]
fn commands_that_act_on_a_profile() {
    let world = World::corp("picker_pty: whoami without a profile");
    world.sign_in_to("corp");
    let mut at = world.sso(&["whoami"]).on_terminal();
    at.sees("type to search");
    at.types(ENTER);
    at.sees("dev");
    at.exits(0);
    world.sso(&["whoami"]).env("AWS_PROFILE", "dev").on_terminal().exits(0);
    // A default that gives none is no answer; one that does is.
    world.config(&format!("{CORP}\n[default]\nregion = eu-west-1\n"));
    let mut at = world.sso(&["whoami"]).on_terminal();
    at.sees("type to search");
    at.types(ESC);
    at.exits(130);
    world.config(&CORP.replace("[profile dev]", "[default]"));
    let screen = world.sso(&["whoami"]).on_terminal().exits(0);
    assert!(!screen.contains("Profile:"), "{screen}");
}
