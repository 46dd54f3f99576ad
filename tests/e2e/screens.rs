//! Everything seen by a person, as a file each in `tests/e2e/screens`: help, errors, tables, the doctor, the wizard, the picker;
//! narrow and wide, in ASCII, as plain lines, and with colours. What one of them looks like is reviewed in its diff.

use crate::harness::pty::{CTRL_C, DOWN, ENTER, ESC, Terminal};
use crate::harness::screen::{anywhere, compare, is_writing, names, stands, steady};
use crate::harness::{CORP, Run, Sso, TOKEN_FILE, World, in_minutes};
use sso_sim::{Device, SimBuilder};

/// All commands, as they are typed.
const COMMANDS: [&str; 28] = [
    "",
    "login",
    "logout",
    "refresh",
    "status",
    "credential-process",
    "exec",
    "serve",
    "env",
    "console",
    "whoami",
    "accounts",
    "roles",
    "profiles",
    "config",
    "config explain",
    "configure",
    "configure sso",
    "configure session",
    "configure populate",
    "discover",
    "discover instances",
    "discover accounts",
    "discover permission-sets",
    "discover assignments",
    "completions",
    "shell-init",
    "doctor",
];

/// The tables, with what is a terminal of which width.
const TABLES: [(&str, &str); 7] = [
    ("accounts", "accounts"),
    ("roles", "roles"),
    ("profiles", "profiles"),
    ("status", "status"),
    ("permission-sets", "discover permission-sets --profile dev"),
    ("assignments", "discover assignments --profile dev"),
    ("explain", "config explain --profile dev"),
];
const WIDTHS: [u16; 2] = [80, 200];

/// Others, each with a story of its own below.
const OTHERS: [&str; 20] = [
    "errors",
    "usage",
    "newcomer",
    "login-browser",
    "login-code",
    "login-interrupted",
    "doctor-healthy",
    "doctor-fix",
    "doctor-page",
    "doctor-unhealthy",
    "doctor-ascii",
    "doctor-dumb",
    "doctor-colours",
    "wizard",
    "wizard-lines",
    "picker-20",
    "picker-80",
    "picker-200",
    "picker-lines",
    "populate",
];

fn help_name(command: &str) -> String {
    let words: Vec<&str> = std::iter::once("help").chain(command.split_whitespace()).collect();
    words.join("-")
}

fn table_name(name: &str, width: u16) -> String {
    format!("table-{name}-{width}")
}

/// A file without a story is one that nobody keeps true.
#[test]
fn no_file_is_left_over() {
    let helps = COMMANDS.iter().map(|command| help_name(command));
    let tables = TABLES.iter().flat_map(|(name, _)| WIDTHS.map(|width| table_name(name, width)));
    let mut expected: Vec<String> = helps.chain(tables).chain(OTHERS.map(str::to_owned)).collect();
    expected.sort();
    let there = names();
    let left: Vec<&String> = there.iter().filter(|name| !expected.contains(name)).collect();
    assert!(left.is_empty(), "no story has these screens: {left:?}");
    let missing: Vec<&String> = expected.iter().filter(|name| !there.contains(name)).collect();
    assert!(missing.is_empty() || is_writing(), "these screens have no file: {missing:?}");
}

/// Names of all widths: a long one, Chinese, a picture.
fn sim() -> SimBuilder {
    World::sim()
        .account("222233334444", "東京-本番", &["AdministratorAccess"])
        .account("333344445555", "data-platform-of-the-production-environment-in-europe", &["ReadOnly"])
        .account("444455556666", "prod-😀", &["ReadOnly"])
}

fn config() -> String {
    let profile = |name: &str, account: &str, role: &str| {
        format!(
            "\n[profile {name}]\nsso_session = corp\nsso_account_id = {account}\nsso_role_name = {role}\nregion = eu-central-1\n"
        )
    };
    [
        CORP,
        &profile("東京", "222233334444", "AdministratorAccess"),
        &profile("data-platform-of-the-production-environment", "333344445555", "ReadOnly"),
        "\n[profile old]\nsso_start_url = https://old.awsapps.com/start\nsso_region = eu-west-1\n\
         sso_account_id = 333344445555\nsso_role_name = Admin\n",
    ]
    .concat()
}

/// Signed in, until a time that is written as long every day.
fn world(story: &str) -> World {
    let world = World::with(story, sim());
    world.config(&config());
    world.sign_in();
    world.edit_token(|token| {
        token["expiresAt"] = "2098-11-20T12:00:00Z".into();
        token["registrationExpiresAt"] = "2099-02-18T12:00:00Z".into();
    });
    world
}

/// The line that is typed, what it gives, and how it ends.
fn told(args: &[&str], run: &Run) -> String {
    let line: String = args.iter().map(|arg| format!(" {arg}")).collect();
    let code = run.code().map_or_else(String::new, |code| format!("exit {code}\n"));
    format!("$ sso{line}\n{}{}{code}", run.out(), run.err())
}

fn words(command: &str) -> Vec<&str> {
    command.split_whitespace().collect()
}

impl Terminal<'_> {
    /// What stands there after it has ended.
    fn stands_at_the_end(mut self, columns: u16, code: i32) -> String {
        self.ends();
        let drawn = self.drawn();
        self.exits(code);
        stands(&drawn, columns.into())
    }
}

/// What a command leaves on a terminal.
fn on_terminal(sso: Sso<'_>, columns: u16, code: i32) -> String {
    sso.on_terminal_of(columns).stands_at_the_end(columns, code)
}

#[test]
fn help() {
    let world = World::with("screens: help", World::sim());
    for command in COMMANDS {
        let mut args = words(command);
        args.push("--help");
        let run = world.sso(&args).plain().run();
        run.exits(0);
        assert_eq!(run.err(), "", "{command}");
        compare(&help_name(command), &run.out());
    }
    // The page that a terminal shows is the same, in its own lines; both kinds of help are one.
    for command in ["login", "env", "configure"] {
        let (short, long) =
            (world.sso(&[command, "-h"]).plain().run(), world.sso(&[command, "--help"]).plain().run());
        assert_eq!(short.out(), long.out(), "{command}");
    }
}

/// The first commands of somebody who has nothing, and what is said.
#[test]
fn a_newcomer() {
    let world = World::with("screens: a newcomer", World::sim());
    let lines = [
        "status",
        "login",
        "logout",
        "profiles",
        "whoami",
        "accounts",
        "refresh",
        "configure",
        "configure populate",
        "config explain",
        "credential-process",
    ];
    let screens = lines.map(|line| {
        let args = words(line);
        told(&args, &world.sso(&args).plain().run())
    });
    compare("newcomer", &screens.join("\n"));
}

/// A mistake of each kind on the command line.
#[test]
fn usage() {
    let world = World::corp("screens: mistakes on the command line");
    let lines = [
        "logn",
        "login dev",
        "login --profle dev",
        "--profile",
        "login --timeout 0",
        "login --use-pkce --use-device-code",
        "env --format bsh",
        "completions",
        "config expain",
        "exec aws s3 ls",
        "exec dev -- env",
        "doctor --only X99",
        "doctor --yes",
        "help login",
        "version",
        "roles --account-id 12",
        "login --browser=",
        "configure --output xml",
        "login --json --xyzzy",
    ];
    let screens = lines.map(|line| {
        let args = words(line);
        told(&args, world.sso(&args).plain().run().exits(2))
    });
    compare("usage", &screens.join("\n"));
}

/// One failure of each family, each from a world of its own.
#[test]
fn errors() {
    let mut screens = Vec::new();
    let mut see = |what: &str, world: &World, args: &[&str], code: i32| {
        let run = world.sso(args).plain().run();
        run.exits(code);
        screens.push(format!("# {what}\n{}", steady(&told(args, &run))));
    };
    let credentials = &["credential-process", "--profile", "dev"][..];
    let whoami = &["whoami", "--profile", "dev"][..];

    let world = World::corp("screens: errors");
    see("no such profile", &world, &["whoami", "--profile", "dve"], 3);
    see("no such session", &world, &["login", "--sso-session", "crop"], 3);
    see("nobody has signed in", &world, credentials, 4);
    see("no profile is selected", &world, &["whoami"], 2);
    world.config(&format!("{CORP}[dev]\nsso_session = corp\n[profile x]\nregion\n"));
    see("a line that cannot be read", &world, whoami, 3);
    world.config(&CORP.replace("us-east-1\nsso_reg", "N. Virginia\nsso_reg"));
    see("a region that is none", &world, &["login"], 3);
    world.config(&CORP.replace("sso_role_name = Admin\n", ""));
    see("no role", &world, whoami, 3);
    world.config(&CORP.replace("role_name = Admin", "role_name = Administrator"));
    world.sign_in();
    see("a role that is not assigned", &world, whoami, 8);
    world.config(CORP);
    world.edit_token(|token| {
        token["expiresAt"] = in_minutes(-120).into();
        token.as_object_mut().expect("an object").remove("refreshToken");
    });
    see("a session that has ended", &world, credentials, 4);
    world.write(TOKEN_FILE, "{\"accessToken\": \"a");
    see("a torn token", &world, credentials, 4);
    compare("errors", &screens.join("\n"));
}

/// Nothing is wider than the terminal, whatever the names.
#[test]
fn tables() {
    let world = world("screens: tables");
    for (name, command) in TABLES {
        for width in WIDTHS {
            let shown = on_terminal(world.sso(&words(command)), width, 0);
            // When a list was read is another time in each run; all other times are far away and fixed.
            let shown = match shown.split_once('\n') {
                Some((first, rest)) if first.starts_with("As of") => format!("{}\n{rest}", steady(first)),
                _ => anywhere(&shown),
            };
            compare(&table_name(name, width), &shown);
        }
    }
}

#[test]
fn logging_in() {
    let world = World::with("screens: login", World::sim().device(Device::Auto(0)));
    world.config(CORP);
    // Over SSH, in a pipe: the code, and no picture of it.
    let sso = world.sso(&["login"]).env("SSH_TTY", "/dev/pts/1").plain();
    compare("login-code", &steady(&told(&["login"], &sso.run())));

    let mut at = world.sso(&["login", "--force", "--use-pkce", "--no-browser"]).on_terminal_of(900);
    at.sees("Waiting for the browser");
    at.types(CTRL_C);
    compare("login-browser", &steady(&at.stands_at_the_end(900, 130)));

    // Whoever is impatient and then stops it finds no trace of either.
    world.sim.set_device(Device::Never);
    let mut at = world.sso(&["login", "--force", "--use-device-code"]).env("LANG", "C").on_terminal();
    at.sees("Waiting for approval");
    assert!(!at.echoes(), "what is typed does not tear the line that turns");
    at.types(ENTER);
    at.types(CTRL_C);
    compare("login-interrupted", &steady(&at.stands_at_the_end(80, 130)));
}

/// Checks that depend on nothing but HOME.
const CHECKS: &str = "C01,C02,C04,C05,C06,C08,C12,C14,T01,T02,T03,T04,T13";

#[test]
fn the_doctor() {
    let world = world("screens: the doctor");
    world.write_private(".aws/config", config());
    let args = ["doctor", "--offline", "--profile", "dev", "--only", CHECKS];
    compare("doctor-page", &on_terminal(world.sso(&["doctor", "--explain", "S01"]), 80, 0));
    let healthy = world.sso(&args).plain().run();
    compare("doctor-healthy", &steady(&anywhere(&told(&args, healthy.exits(0)))));

    world.config(
        &config()
            .replace("role_name = Admin\n", "role_nam = Admin\n")
            .replace("us-east-1\nsso_reg", "us-esat-1\nsso_reg"),
    );
    world.edit_token(|token| {
        token["expiresAt"] = in_minutes(-120).into();
        token.as_object_mut().expect("an object").remove("refreshToken");
    });
    compare("doctor-unhealthy", &steady(&on_terminal(world.sso(&args), 80, 1)));
    compare("doctor-ascii", &steady(&on_terminal(world.sso(&args).env("LC_ALL", "C"), 80, 1)));
    let dumb = world.sso(&args).through(&["/usr/bin/env", "TERM=dumb"]);
    compare("doctor-dumb", &steady(&on_terminal(dumb, 80, 1)));

    // What is mended is shown before it is asked.
    let fix = ["doctor", "--offline", "--profile", "dev", "--only", "C12", "--fix"];
    let mut at = world.sso(&fix).on_terminal();
    at.answers("Do that?", "n");
    compare("doctor-fix", &at.stands_at_the_end(80, 130));

    let coloured = world.sso(&[&["--color", "always"], &args[..]].concat()).plain().run();
    let shown = coloured.exits(1).out();
    // Marks and labels: red, magenta, bold. Nothing that is lost on white or on black.
    let styles = ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[31m", "\u{1b}[32m", "\u{1b}[35m"];
    let plain = styles.iter().fold(shown.clone(), |text, style| text.replace(style, ""));
    assert!(!plain.contains('\u{1b}'), "{plain:?}");
    compare("doctor-colours", &steady(&shown.replace('\u{1b}', "\\e")));
}

/// What the wizard asks, in a terminal and in plain lines.
#[test]
fn the_wizard() {
    // Nothing is said of renewing, which would be broken elsewhere on another day.
    let many = || sim().no_refresh_tokens().device(Device::Auto(0));
    let world = World::with("screens: the wizard", many());
    let mut at = world.sso(&["configure", "--use-device-code"]).env("LANG", "C").on_terminal();
    at.answers("SSO session name:", "my corp]")
        .sees("Not accepted")
        .answers_instead("SSO session name:", "corp")
        .answers("SSO start URL:", "https://corp.awsapps.com/start")
        .answers("SSO region:", "us-east-1")
        .answers("SSO registration scopes:", "")
        .sees("Account (4):")
        .sees("Esc to stop]");
    at.types(&format!("{DOWN}{ENTER}"));
    at.answers("Role (2):", "")
        .answers("Default client region:", "eu-west-1")
        .answers("Default output format:", "")
        .answers("Profile name:", "")
        .answers("Write this?", "");
    compare("wizard", &steady(&at.stands_at_the_end(80, 0)));

    let world = World::with("screens: the wizard in plain lines", many());
    let dumb = ["/usr/bin/env", "TERM=dumb"];
    let mut at = world.sso(&["configure", "--use-device-code"]).through(&dumb).on_terminal();
    at.answers("SSO session name:", "my corp]")
        .answers("SSO session name:", "corp")
        .answers("SSO start URL:", "https://corp.awsapps.com/start")
        .answers("SSO region:", "us-east-1")
        .answers("SSO registration scopes: [sso:account:access]", "")
        .answers("A number", "nobody")
        .answers("A number", "prod")
        .answers("A number", "2")
        .answers("Default client region:", "eu-west-1")
        .answers("Default output format:", "")
        .answers("Profile name:", "")
        .answers("Write this?", "yes");
    let drawn = at.stands_at_the_end(80, 0);
    compare("wizard-lines", &steady(&drawn));
}

#[test]
fn the_picker() {
    let world = world("screens: the picker");
    for columns in [20, 80, 200] {
        let mut at = world.sso(&["profiles", "--pick"]).on_terminal_of(columns);
        at.sees("Esc to stop").sees("]");
        let drawn = stands(&at.drawn(), columns.into());
        at.types(ESC);
        at.exits(130);
        compare(&format!("picker-{columns}"), &drawn);
    }
    let mut at = world.sso(&["profiles", "--pick"]).through(&["/usr/bin/env", "TERM=dumb"]).on_terminal();
    at.answers("A number", "admin").answers("A number", "東京");
    compare("picker-lines", &at.stands_at_the_end(80, 0));
    // Whoever goes away has chosen nothing.
    let mut at = world.sso(&["profiles", "--pick"]).through(&["/usr/bin/env", "TERM=dumb"]).on_terminal();
    at.sees("A number");
    at.types("\u{4}");
    assert!(at.exits(130).contains("Stopped. Nothing was chosen."));
}

#[test]
fn populate() {
    let world = world("screens: populate");
    let shown = on_terminal(world.sso(&["configure", "populate", "--dry-run"]), 80, 0);
    compare("populate", &steady(&shown));
}
