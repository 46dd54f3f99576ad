//! The wizard, at a terminal.

use crate::harness::pty::{CTRL_C, DOWN, ENTER, ESC, Terminal};
use crate::harness::{CORP, World};
use sso_sim::{Behaviour, RawServer, SimBuilder, TlsCertificate};

const CONFIG: &str = ".aws/config";

/// What the questions about a new session lead to.
const SESSION: &str = "\
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access
";

/// The usual account and two more.
fn sim() -> SimBuilder {
    World::sim().account("222233334444", "Data Platform", &["Analyst", "Owner"]).account(
        "333344445555",
        "prod",
        &["ReadOnly"],
    )
}

/// One account with one role.
fn one() -> SimBuilder {
    SimBuilder::new().account("333344445555", "prod", &["ReadOnly"])
}

fn wizard<'w>(world: &'w World, browser: &str) -> Terminal<'w> {
    world.sso(&["configure"]).browser(browser).on_terminal()
}

fn config(world: &World) -> String {
    std::fs::read_to_string(world.home().join(CONFIG)).unwrap_or_default()
}

impl Terminal<'_> {
    /// The last questions before the diff, each answered with what is proposed.
    #[track_caller]
    fn takes_the_rest(&mut self) -> &mut Self {
        ["Default client region:", "Default output format:", "Profile name:"]
            .iter()
            .fold(self, |at, question| at.answers(question, ""))
    }
}

/// Nothing is there: every question is asked, in the AWS CLI's order.
#[test]
fn a_new_session() {
    let world = World::with("configure_pty: a new session, many accounts", sim());
    let Some(browser) = world.curl_browser() else { return };
    let mut at = wizard(&world, &browser);
    at.answers("SSO session name:", "corp")
        .answers("SSO start URL:", "https://corp.awsapps.com/start/#/")
        .answers("SSO region:", "us-east-1")
        .answers("SSO registration scopes:", "")
        .sees("Signed in to corp")
        .answers("Account (3):", "plat")
        .sees("type to search, arrows to move, Return to take, Esc to stop")
        .answers("Role (2):", "Own")
        .answers("Default client region:", "eu-central-1")
        .answers("Default output format:", "json")
        .answers("Profile name:", "")
        .sees("+ [sso-session corp]")
        .sees("+ [profile Data-Platform-Owner]")
        .answers("Write this?", "y")
        .sees("Written.")
        .sees("Next: sso whoami --profile Data-Platform-Owner");
    at.exits(0);
    assert_eq!(
        config(&world),
        format!(
            "{SESSION}\n[profile Data-Platform-Owner]\n\
             sso_session = corp\n\
             sso_account_id = 222233334444\n\
             sso_role_name = Owner\n\
             region = eu-central-1\n\
             output = json\n"
        )
    );
    world.sso(&["credential-process", "--profile", "Data-Platform-Owner"]).run().exits(0);
}

/// A session that is there is picked: nothing about it is asked again, and its lines stay.
#[test]
fn an_existing_session() {
    let world = World::corp("configure_pty: an existing session");
    let Some(browser) = world.curl_browser() else { return };
    let mut at = wizard(&world, &browser);
    at.sees("SSO session:").sees("corp (corp.awsapps.com)").sees("a new session");
    at.types(ENTER);
    at.sees("Signed in to corp")
        .sees("The only account you have: dev, aws+dev@example.com (111122223333)")
        .sees("Role (2):");
    at.types(&format!("{DOWN}{ENTER}"));
    at.answers("Default client region:", "")
        .answers("Default output format:", "")
        .sees("Profile name:")
        .sees("dev-ReadOnly")
        .answers_instead("", "reader")
        .answers("Write this?", "")
        .sees("Written.");
    let screen = at.exits(0);
    assert!(!screen.contains("SSO start URL") && !screen.contains("SSO region"), "{screen}");
    assert_eq!(
        config(&world),
        format!(
            "{CORP}\n[profile reader]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n"
        )
    );
}

/// A new one beside it: its name must be free. Both sessions are there afterwards.
#[test]
fn a_second_session() {
    let world = World::with("configure_pty: a second session", one());
    world.config(CORP);
    let Some(browser) = world.curl_browser() else { return };
    let mut at = wizard(&world, &browser);
    at.answers("SSO session:", "new")
        .answers("SSO session name:", "corp")
        .sees("there is one of that name")
        .answers_instead("SSO session name:", "lab")
        .answers("SSO start URL:", "https://corp.awsapps.com/start")
        .answers("SSO region:", "us-east-1")
        .answers_instead("SSO registration scopes:", "sso:account:access, codewhisperer:completions")
        .sees("Signed in to lab")
        .takes_the_rest()
        .answers("Write this?", "")
        .sees("Written.");
    at.exits(0);
    let lab = SESSION
        .replace("corp]", "lab]")
        .replace("sso:account:access", "sso:account:access, codewhisperer:completions");
    assert_eq!(
        config(&world),
        format!(
            "{CORP}\n{lab}\n[profile prod-ReadOnly]\nsso_session = lab\nsso_account_id = 333344445555\nsso_role_name = ReadOnly\n"
        )
    );
}

/// Where there is no choice, it is taken and said.
#[test]
fn one_account_and_one_role() {
    let world = World::with("configure_pty: one account and one role", one());
    world.config(CORP);
    let Some(browser) = world.curl_browser() else { return };
    let mut at = world.sso(&["configure", "sso", "--sso-session", "corp"]).browser(&browser).on_terminal();
    at.sees("Signed in to corp")
        .sees("The only account you have: prod, aws+prod@example.com (333344445555)")
        .sees("The only role you have there: ReadOnly")
        .takes_the_rest()
        .answers("Write this?", "")
        .sees("Next: sso whoami --profile prod-ReadOnly");
    let screen = at.exits(0);
    assert!(!screen.contains("Account (") && !screen.contains("Role ("), "{screen}");
    // It has no --force, so it names none.
    let mut at = world.sso(&["configure", "sso", "--sso-session", "corp"]).browser(&browser).on_terminal();
    at.sees("Already signed in to corp").sees("Default client region:");
    at.types(CTRL_C);
    let screen = at.exits(130);
    assert!(!screen.contains("--force"), "{screen}");
}

/// More accounts than rows: typing parts of a name finds it.
#[test]
fn many_accounts() {
    let sim = (1..=200_u32).fold(SimBuilder::new(), |sim, number| {
        sim.account(&format!("{number:012}"), &format!("team-{number:03}-{}", number * 7), &["Admin", "Dev"])
    });
    let world = World::with("configure_pty: 200 accounts", sim);
    world.config(CORP);
    let Some(browser) = world.curl_browser() else { return };
    let mut at = wizard(&world, &browser);
    at.answers("SSO session:", "").answers("Account (200):", "team-137").answers("Role (2):", "dev");
    at.takes_the_rest().answers("Write this?", "");
    at.exits(0);
    assert!(config(&world).contains("\n[profile team-137-959-Dev]\nsso_session = corp\nsso_account_id = 000000000137\nsso_role_name = Dev\n"));
}

/// The questions in order, and what is answered; nobody who is signed in is sent to a browser.
const STEPS: [(&str, &str); 10] = [
    ("SSO session name:", "corp"),
    ("SSO start URL:", "https://corp.awsapps.com/start"),
    ("SSO region:", "us-east-1"),
    ("SSO registration scopes:", ""),
    ("Account (3):", "plat"),
    ("Role (2):", "Own"),
    ("Default client region:", ""),
    ("Default output format:", ""),
    ("Profile name:", ""),
    ("Write this?", ""),
];

/// Ctrl-C at each question: exit 130, the terminal as it was (`exits` asserts it), not a byte written.
#[test]
fn stopped_at_each_question() {
    let before = "# mine\n[default]\nregion = eu-west-1 # the usual\n";
    for (number, (question, _)) in STEPS.iter().enumerate() {
        let world = World::with(&format!("configure_pty: Ctrl-C at \"{question}\""), sim());
        let Some(browser) = world.curl_browser() else { return };
        let there = number % 2 == 0;
        if there {
            world.config(before);
        }
        let mut at = wizard(&world, &browser);
        for (question, answer) in &STEPS[..number] {
            at.answers(question, answer);
        }
        at.sees(question);
        at.types(CTRL_C);
        let screen = at.exits(130);
        assert!(screen.contains("Nothing was written."), "{screen}");
        assert_eq!(world.has(CONFIG), there, "{question}");
        assert_eq!(config(&world), if there { before } else { "" }, "{question}");
    }
}

/// Ctrl-C while the browser is awaited.
#[test]
fn stopped_during_the_login() {
    for there in [true, false] {
        let world =
            World::with(&format!("configure_pty: Ctrl-C during the login, config there: {there}"), sim());
        if there {
            world.config("# mine\n");
        }
        let mut at = wizard(&world, &world.noting_browser());
        for (question, answer) in &STEPS[..4] {
            at.answers(question, answer);
        }
        at.sees("Waiting for the browser");
        world.opened();
        at.types(CTRL_C);
        at.exits(130);
        assert_eq!(config(&world), if there { "# mine\n" } else { "" });
        assert_eq!(world.has(CONFIG), there);
    }
}

/// Esc stops it too, and No leaves all as it is.
#[test]
fn declined() {
    for (what, key, code) in [("Esc", ESC, 130), ("n", "n\r", 0)] {
        let world = World::with(&format!("configure_pty: {what} at the end"), sim());
        let Some(browser) = world.curl_browser() else { return };
        let mut at = wizard(&world, &browser);
        for (question, answer) in &STEPS[..9] {
            at.answers(question, answer);
        }
        at.sees("Write this?");
        at.types(key);
        at.sees("Nothing was written.");
        at.exits(code);
        assert!(!world.has(CONFIG), "{what}");
    }
}

/// Comments in every place, odd spacing, no newline at the end.
const COMMENTED: &str = "\
# top
; of the file

[default] # beside a header
# in default
region = us-west-2 # the usual

   # indented
[sso-session corp] ; ours
# above the URL
sso_start_url = https://corp.awsapps.com/start
; between
sso_region=us-east-1\x20\x20
sso_registration_scopes = sso:account:access
# below the session

[profile dev] # mine
# above the session
sso_session  =  corp
sso_account_id = 111122223333
; above the role
sso_role_name = ReadOnly
output = text
# below dev

[profile other]
region = eu-west-1
# the end";

/// Only the line of the answer that differs changes; with the line ends of the file.
#[test]
fn comments_in_every_place() {
    for (what, before) in [("LF", COMMENTED.to_owned()), ("CRLF", COMMENTED.replace('\n', "\r\n"))] {
        let world = World::with(&format!("configure_pty: comments in every place, {what}"), World::sim());
        world.config(&before);
        let Some(browser) = world.curl_browser() else { return };
        let mut at = world.sso(&["configure", "--profile", "dev"]).browser(&browser).on_terminal();
        at.answers("SSO session:", "corp")
            .answers("Role (2):", "Admin")
            .answers_instead("Default client region:", "eu-north-1")
            .answers("Default output format:", "")
            .sees("- sso_role_name = ReadOnly")
            .sees("+ sso_role_name = Admin")
            .sees("+ region = eu-north-1")
            .answers("Write this?", "")
            .sees("Written.");
        at.exits(0);
        let eol = if what == "LF" { "\n" } else { "\r\n" };
        let after = before
            .replace("sso_role_name = ReadOnly", "sso_role_name = Admin")
            .replace(&format!("output = text{eol}"), &format!("output = text{eol}region = eu-north-1{eol}"));
        assert_eq!(config(&world), after);
    }
}

/// What cannot be is refused where it is typed, and asked again.
#[test]
fn wrong_answers() {
    let world = World::with("configure_pty: wrong answers are asked again", one());
    let Some(browser) = world.curl_browser() else { return };
    let mut at = wizard(&world, &browser);
    at.answers("SSO session name:", "a ] b")
        .sees("Not accepted: it has a ']'")
        .answers_instead("SSO session name:", "corp")
        .answers("SSO start URL:", "http://corp.awsapps.com/start")
        .sees("Not accepted: it must use the https scheme")
        .answers_instead("SSO start URL:", "https://corp.awsapps.com@evil.example/")
        .sees("Not accepted: it must not hold a user name")
        // Only what has changed is drawn.
        .answers_instead("", "https://corp.awsapps.com/start")
        .answers("SSO region:", "N. Virginia")
        .sees("Not accepted: not a region name")
        .answers_instead("SSO region:", "us-east-1")
        .answers_instead("SSO registration scopes:", "a b")
        .sees("separated by commas")
        .answers_instead("SSO registration scopes:", "sso:account:access")
        .answers("Default client region:", "evil.example/#")
        .sees("Not accepted: not a region name")
        .answers_instead("Default client region:", "eu-west-1")
        .answers("Default output format:", "xml")
        .sees("Not accepted: it is none of json")
        .answers_instead("Default output format:", "yaml")
        .answers_instead("Profile name:", "a#b")
        .sees("Not accepted: it has a '#' or ';'")
        .answers_instead("Profile name:", "prod")
        .answers("Write this?", "");
    at.exits(0);
    assert_eq!(
        config(&world),
        format!(
            "{SESSION}\n[profile prod]\nsso_session = corp\nsso_account_id = 333344445555\nsso_role_name = ReadOnly\n\
             region = eu-west-1\noutput = yaml\n"
        )
    );
}

/// A portal whose host tells the region, and a vanity address that leads to one: the region is not asked.
#[test]
fn the_region_is_found() {
    const PORTAL: &str = "https://d-1234567890.portal.us-east-1.app.aws/start";
    let redirect = Behaviour::RedirectTo { status: 302, location: PORTAL.into() };
    let vanity = RawServer::https(TlsCertificate::Good, [redirect]);
    for (what, url) in
        [("by the host", PORTAL.to_owned()), ("by a redirect", format!("{}/start", vanity.url()))]
    {
        let world =
            World::with(&format!("configure_pty: the region is found {what}"), one().start_url_alias(PORTAL));
        world.write("ca.pem", vanity.ca_pem());
        let Some(browser) = world.curl_browser() else { return };
        let run = world.sso(&["configure"]).browser(&browser);
        let mut at = run.env("AWS_CA_BUNDLE", world.home().join("ca.pem")).on_terminal();
        at.answers("SSO session name:", "corp")
            .answers("SSO start URL:", &url)
            .sees("The portal is in us-east-1.")
            .answers("SSO registration scopes:", "")
            .takes_the_rest()
            .answers("Write this?", "");
        let screen = at.exits(0);
        assert!(!screen.contains("SSO region:"), "{screen}");
        assert!(
            config(&world)
                .starts_with(&format!("[sso-session corp]\nsso_start_url = {url}\nsso_region = us-east-1\n"))
        );
    }
}

/// An address of the customer's own that leads nowhere is asked again; so is one that nobody answers at.
#[test]
fn a_vanity_address_that_leads_nowhere() {
    let redirect = Behaviour::RedirectTo { status: 302, location: "https://evil.example/start".into() };
    let vanity = RawServer::https(TlsCertificate::Good, [redirect]);
    let world = World::with("configure_pty: a vanity address that leads nowhere", one());
    world.write("ca.pem", vanity.ca_pem());
    let Some(browser) = world.curl_browser() else { return };
    let run = world.sso(&["configure"]).browser(&browser);
    let mut at = run.env("AWS_CA_BUNDLE", world.home().join("ca.pem")).on_terminal();
    at.answers("SSO session name:", "corp")
        .answers("SSO start URL:", &format!("{}/start", vanity.url()))
        .sees("error[")
        .sees("evil.example")
        .answers("SSO start URL:", "https://127.0.0.1:1/start")
        .sees("error[")
        .answers("SSO start URL:", "https://corp.awsapps.com/start")
        .answers("SSO region:", "us-east-1")
        .answers("SSO registration scopes:", "")
        .takes_the_rest()
        .answers("Write this?", "");
    at.exits(0);
    assert!(config(&world).starts_with(SESSION));
}

/// Somebody else writes the file while the question is there: what was shown is not what would be written.
#[test]
fn the_file_changes_meanwhile() {
    let world = World::corp("configure_pty: the config changes while the diff is shown");
    let Some(browser) = world.curl_browser() else { return };
    let mut at = wizard(&world, &browser);
    at.answers("SSO session:", "").answers("Role (2):", "").takes_the_rest().sees("Write this?");
    world.config("# another\n");
    at.types(ENTER);
    at.sees("was changed by somebody else meanwhile");
    at.exits(1);
    assert_eq!(config(&world), "# another\n");
}

/// The device flow inside the wizard, and a session alone.
#[test]
fn with_a_code_and_without_a_login() {
    let world = World::with("configure_pty: configure session, then a login with a code", one());
    let mut at = world.sso(&["configure", "session"]).on_terminal();
    for (question, answer) in &STEPS[..4] {
        at.answers(question, answer);
    }
    at.answers("Write this?", "").sees("Next: sso login --sso-session corp");
    at.exits(0);
    assert_eq!(config(&world), SESSION);
    world.made_requests(0);
    let mut at = world.sso(&["configure", "--use-device-code"]).on_terminal();
    at.answers("SSO session:", "").sees("Signed in to corp").takes_the_rest().answers("Write this?", "");
    at.exits(0);
    assert!(config(&world).starts_with(SESSION));
}

/// Names that the service gives are shown harmless, and can create neither a key nor a section.
#[test]
fn hostile_names() {
    let account = "x]\n[profile evil]\ncredential_process = touch /tmp/evil # ; \u{1b}]0;owned\u{7}";
    for (role, written) in [
        ("Admin\ncredential_process = touch /tmp/evil", false),
        ("Admin\r[profile evil]", false),
        ("Admin\u{1b}[31m", false),
        ("Admin # comment", false),
        ("Admin\u{2028}x = y", false),
        ("a ] = [b", true),
        ("Admin", true),
    ] {
        let sim = SimBuilder::new().account_with_email("111122223333", account, "a\nb@example.com", &[role]);
        let world = World::with(&format!("configure_pty: hostile names, {role:?}"), sim);
        world.config(SESSION);
        let Some(browser) = world.curl_browser() else { return };
        let mut at = wizard(&world, &browser);
        at.answers("SSO session:", "")
            .sees("The only account you have: x]\\u{a}[profile evil]")
            .sees("The only role you have there: ")
            .takes_the_rest();
        let screen = if written {
            at.answers("Write this?", "");
            at.exits(0)
        } else {
            at.exits(2)
        };
        assert!(!screen.contains(['\u{1b}', '\u{7}', '\u{2028}']), "{screen:?}");
        let profiles = world.sso(&["profiles", "--json"]).plain().run().exits(0).json();
        let text = config(&world);
        assert!(text.starts_with(SESSION) && !text.contains("\ncredential_process"), "{text}");
        if !written {
            assert_eq!(text, SESSION, "{role:?}");
            continue;
        }
        assert_eq!(text.lines().filter(|line| line.starts_with('[')).count(), 2, "{text}");
        assert!(text.contains(&format!("\nsso_role_name = {role}\n")), "{text}");
        assert!(profiles.to_string().contains(role), "{profiles}");
    }
}
