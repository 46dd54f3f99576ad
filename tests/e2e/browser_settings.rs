//! `settings.ini`: a browser, a private window and a way to sign in for each session.

use crate::harness::{ACME, CORP, ROLE_FILE, Run, World};
use sso_sim::StandInBrowser;

const SETTINGS: &str = ".config/sso/settings.ini";

fn world(story: &str) -> World {
    let world = World::corp(story);
    world.config(&format!("{CORP}{ACME}"));
    world
}

/// A login of which only the browser matters.
fn login(world: &World, session: &str, more: &[&str], variable: &str) -> Run {
    // In a container it would be a code where nothing opens.
    let line = [&["login", "--sso-session", session, "--use-pkce", "--timeout", "1"], more].concat();
    world.sso(&line).browser(variable).run()
}

/// The last argument is the sign-in address, those before it are as expected.
#[track_caller]
fn opened(world: &World, browser: &str, before: &[&str]) {
    let arguments = world.arguments(browser);
    let (address, others) = arguments.split_last().expect("an address");
    assert!(address.starts_with(world.sim.url()) && address.contains("code_challenge"), "{address}");
    assert_eq!(others, before, "{browser}");
}

/// `--browser`, the session's setting, the general one, BROWSER.
#[test]
fn who_names_the_browser() {
    let world = world("browser_settings: flag, session, general, BROWSER");
    let [chrome, firefox, brave, other] =
        ["google-chrome", "firefox", "brave", "other"].map(|name| world.fake(name));
    world.write(
        SETTINGS,
        format!(
            "browser = {firefox} --new-window\nbrowser_private = true\nbrowser_profile = work\n\n\
             [sso-session acme]\nbrowser = '{chrome}' --app=%s --x\nbrowser_profile = Profile 2\n"
        ),
    );
    login(&world, "corp", &[], &other).exits(9).says("Opening your browser");
    opened(&world, "firefox", &["-P", "work", "--private-window"]);
    login(&world, "acme", &[], &other).exits(9);
    let arguments = world.arguments("google-chrome");
    assert_eq!(arguments.len(), 4, "{arguments:?}");
    assert_eq!(
        [&arguments[0], &arguments[1], &arguments[3]],
        ["--profile-directory=Profile 2", "--incognito", "--x"]
    );
    assert!(arguments[2].starts_with("--app=http"), "{arguments:?}");
    login(&world, "acme", &["--browser", &brave], &other).exits(9);
    opened(&world, "brave", &[]);
    // Who says that nothing shall open is obeyed, wherever.
    login(&world, "acme", &[], "true").exits(9).says("visit:");
    login(&world, "acme", &["--no-browser"], &other).exits(9).says("visit:");
    // Without a general browser it is BROWSER, with what else is wanted.
    world.write(SETTINGS, "browser_private = true\n[sso-session acme]\nbrowser_private = false\n");
    login(&world, "corp", &[], &brave).exits(9);
    opened(&world, "brave", &["--incognito"]);
    login(&world, "acme", &[], &brave).exits(9);
    opened(&world, "brave", &[]);
    assert!(
        !world.was_started("other") && !world.was_started("firefox") && !world.was_started("google-chrome")
    );
}

/// A named browser of the settings counts as one on this host; `flow` decides where no option does.
#[test]
fn the_way_to_sign_in() {
    let world = world("browser_settings: flow = device, pkce, auto");
    let Some(browser) = world.curl_browser() else { return };
    let ssh = ("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22");
    world.write(SETTINGS, "flow = device\n[sso-session acme]\nflow = pkce\n");
    let codes = || world.sim.journal().count("StartDeviceAuthorization");
    world.sso(&["login", "--sso-session", "corp"]).browser(&browser).run().exits(0);
    assert_eq!(codes(), 1, "the setting");
    let pkce = ["login", "--force", "--sso-session", "corp", "--use-pkce"];
    world.sso(&pkce).browser(&browser).run().exits(0);
    assert_eq!(codes(), 1, "the option goes before it");
    let acme = world.sso(&["login", "--sso-session", "acme", "--no-browser"]).env(ssh.0, ssh.1).spawn();
    StandInBrowser::approving().open(&acme.address()).expect("the page opens");
    acme.finish().exits(0);
    assert_eq!(codes(), 1, "pkce over SSH, since the settings say so");
    world.write(SETTINGS, format!("flow = device\n[sso-session acme]\nflow = auto\nbrowser = {browser}\n"));
    world.sso(&["login", "--force", "--sso-session", "acme"]).env(ssh.0, ssh.1).run().exits(0);
    assert_eq!(codes(), 1, "auto, and a browser is named: here");
}

/// Elsewhere than in HOME, if the user says so.
#[test]
fn the_xdg_directory() {
    let world = World::corp("browser_settings: XDG_CONFIG_HOME");
    let browser = world.fake("firefox");
    world.write("xdg/sso/settings.ini", format!("browser = {browser}\n"));
    world.write(SETTINGS, "not read");
    let xdg = world.home().join("xdg");
    world.sso(&["login", "--timeout", "1"]).env("XDG_CONFIG_HOME", xdg).run().exits(9);
    opened(&world, "firefox", &[]);
}

/// A wrong line is told before anything happens, and even if nobody has to sign in; cached credentials do not mind.
#[test]
fn a_wrong_line() {
    let world = World::corp("browser_settings: wrong lines are exit 3");
    world.sign_in();
    world.sso(&["credential-process", "--profile", "dev"]).run().exits(0);
    world.forget_requests();
    for (text, line, says) in [
        ("# x\nbrowsr = firefox\n", 2, "near: browser\n"),
        ("[sso-session corp]\nflow = pckce\n", 2, "write flow = pkce"),
        ("[sso-sessoin corp]\n", 1, "write [sso-session corp]"),
        ("browser = /usr/bin/w3m\n", 1, "text browser"),
        ("browser_private = true\n", 1, "the system's opener cannot be told"),
        ("browser = my-browser\nbrowser_profile = x\n", 2, "not known for \"my-browser\""),
    ] {
        world.write(SETTINGS, text);
        for command in [&["login"] as &[&str], &["login", "--force", "--use-device-code"]] {
            let run = world.sso(command).plain().run();
            run.exits(3).says(&format!("~/.config/sso/settings.ini:{line}")).says(says).prints_nothing();
        }
        let json = world.sso(&["login", "--json"]).plain().run().exits(3).json();
        assert_eq!((&json["error"]["code"], &json["error"]["exit"]), (&"C09".into(), &3.into()));
        world.sso(&["credential-process", "--profile", "dev"]).run().exits(0);
        world.sso(&["status"]).run().exits(0);
    }
    world.made_requests(0);
}

/// A helper that may sign in opens the session's browser, too.
#[test]
fn a_helper_that_signs_in() {
    let world = world("browser_settings: credential-process --login");
    let Some(browser) = world.curl_browser() else { return };
    let other = world.fake("other");
    world.write(SETTINGS, format!("[sso-session corp]\nbrowser = {browser}\n"));
    let helper = world.sso(&["credential-process", "--login", "--profile", "dev"]).browser(&other).run();
    helper.exits(0).prints("AccessKeyId");
    assert!(world.has(ROLE_FILE) && !world.was_started("other"));
}
