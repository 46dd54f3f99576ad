//! Tabs: closed, doubled, forgotten, and of several logins.

use super::{APPROVE, CALLBACK, asking, login, port_of};
use crate::harness::{ACME, CORP, TOKEN_FILE};
use std::net::{TcpListener, TcpStream};

/// The tab is closed before anything was clicked: the login goes on waiting, and the same address in another tab ends it.
#[test]
fn closed_before_approving() {
    let world = asking("real_browser: the tab is closed, and another one approves");
    let Some(browser) = world.chromium() else { return };
    let first = browser.tab();
    let login = login(&world, &[]);
    let address = login.address();
    browser.new_tab();
    browser.open(&address);
    browser.sees("Allow access?");
    browser.close_tab();
    browser.look_at(&first);
    assert!(TcpStream::connect(port_of(&address)).is_ok(), "it waits");
    assert!(!world.has(TOKEN_FILE));
    browser.open(&address);
    browser.click(APPROVE);
    browser.sees("Sign-in was approved.");
    login.finish().exits(0);
    assert_eq!(world.sim.journal().count("CreateToken"), 1);
}

/// Ctrl-C while the tab is open: 130, and the port is closed. Who approves after that is told by the browser.
#[test]
fn stopped_while_the_tab_is_open() {
    let world = asking("real_browser: Ctrl-C while the tab is open");
    let Some(browser) = world.chromium() else { return };
    let login = login(&world, &[]);
    let address = login.address();
    browser.open(&address);
    browser.sees("Allow access?");
    login.interrupt();
    login.finish().exits(130).prints_nothing();
    assert!(TcpStream::connect(port_of(&address)).is_err(), "the port is closed");
    browser.click(APPROVE);
    browser.sees("127.0.0.1 refused to connect.");
    assert_eq!(world.sim.journal().count("CreateToken"), 0);
    assert!(!world.has(TOKEN_FILE));
}

/// Two tabs of one login, approved one after the other: the first counts. The second comes to a closed port, because the
/// program has ended; nobody waits for a tab that may never come.
#[test]
fn two_tabs_of_one_login() {
    let world = asking("real_browser: two tabs of one login");
    let Some(browser) = world.chromium() else { return };
    let login = login(&world, &[]);
    let address = login.address();
    let first = browser.tab();
    browser.open(&address);
    let second = browser.new_tab();
    browser.open(&address);
    browser.look_at(&first);
    browser.click(APPROVE);
    browser.sees("Sign-in was approved.");
    let shown = browser.address();
    login.finish().exits(0);
    let token = world.json(TOKEN_FILE);
    browser.look_at(&second);
    browser.click(APPROVE);
    browser.sees("127.0.0.1 refused to connect.");
    // So does the first one, reloaded.
    browser.look_at(&first);
    let why = browser.try_open(&shown).expect_err("the port is closed");
    assert!(why.contains("ERR_CONNECTION_REFUSED"), "{why}");
    assert_eq!(world.json(TOKEN_FILE), token);
    assert_eq!(world.sim.journal().count("CreateToken"), 1);
}

/// Two logins at once, each approved in a tab of its own, the later one first.
#[test]
fn two_logins_crossed() {
    let world = asking("real_browser: two logins at once, approved crosswise");
    world.config(&format!("{CORP}{ACME}"));
    let Some(browser) = world.chromium() else { return };
    let corp = login(&world, &["--sso-session", "corp"]);
    let at_corp = browser.tab();
    browser.open(&corp.address());
    let acme = login(&world, &["--sso-session", "acme"]);
    browser.new_tab();
    browser.open(&acme.address());
    browser.click(APPROVE);
    browser.sees("Sign-in was approved.");
    acme.finish().exits(0).says("Signed in to acme until");
    assert!(!world.has(TOKEN_FILE), "the other one still waits");
    browser.look_at(&at_corp);
    browser.click(APPROVE);
    browser.sees("Sign-in was approved.");
    corp.finish().exits(0).says("Signed in to corp until");
    assert!(world.has(TOKEN_FILE));
    assert_eq!(world.sim.journal().count_grant("authorization_code"), 2);
}

/// A tab of an earlier login at the same port: it is told so in words, and the login that waits goes on.
#[test]
fn a_tab_of_another_login() {
    let world = asking("real_browser: a tab of an earlier login, at the same port");
    let Some(browser) = world.chromium() else { return };
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("it is bound").port().to_string();
    drop(taken);
    let stopped = login(&world, &["--redirect-port", &port]);
    let old = browser.tab();
    browser.open(&stopped.address());
    stopped.interrupt();
    stopped.finish().exits(130);

    let login = login(&world, &["--redirect-port", &port]);
    let address = login.address();
    browser.click(APPROVE);
    browser.sees("Old or wrong address.");
    assert!(browser.address().starts_with(&format!("http://127.0.0.1:{port}/{CALLBACK}?code=")));
    super::tells_nothing(&browser);
    browser.new_tab();
    browser.open(&address);
    browser.click(APPROVE);
    browser.sees("Sign-in was approved.");
    login.finish().exits(0);
    browser.look_at(&old);
    browser.sees("Old or wrong address.");
    assert_eq!(world.sim.journal().count_grant("authorization_code"), 1);
}
