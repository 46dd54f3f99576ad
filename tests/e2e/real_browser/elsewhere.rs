//! The pages where no answer comes back to us: the code of a device, and the console.

use super::{APPROVE, DENY};
use crate::harness::{CORP, TOKEN_FILE, World};
use sso_sim::Device;
use std::time::Duration;

/// The code is typed, first a wrong one, then the right one as people type it.
#[test]
fn a_typed_code() {
    let world =
        World::with("real_browser: the code of a device is typed", World::sim().device(Device::Manual));
    world.config(CORP);
    let Some(browser) = world.chromium() else { return };
    let page = format!("{}/device", world.sim.url());
    let types = |code: &str| {
        browser.open(&page);
        browser.types("input[name=user_code]", code);
        browser.click("button.go");
    };

    let login = world.sso(&["login", "--use-device-code"]).spawn();
    let code = world.sim.human().wait_for_code(Duration::from_secs(20)).expect("a code");
    login.says(&format!("Code   {code}"));
    types("AAAA-AAAA");
    browser.sees("That code is not valid");
    types(&format!(" {} ", code.to_lowercase()));
    browser.sees("Allow this device?");
    // What the terminal asks for: the page shows the same code.
    browser.sees(&code);
    browser.click(APPROVE);
    browser.sees("Go back to your device.");
    login.finish().exits(0).says("Signed in to corp until");
    assert!(world.has(TOKEN_FILE));
    // A code is good once.
    types(&code);
    browser.sees("That code is not valid");

    let login = world.sso(&["login", "--use-device-code", "--force"]).spawn();
    types(&world.sim.human().wait_for_code(Duration::from_secs(20)).expect("a code"));
    browser.click(DENY);
    browser.sees("The device gets no access.");
    login.finish().exits(5).says("refused");
}

/// The one-shot address of `sso console` leads to the console, once: neither again nor back gives the sign-in token twice.
#[test]
fn the_console() {
    let world = World::corp("real_browser: the console, once");
    let Some(browser) = world.chromium() else { return };
    world.sign_in();
    let command = world.noting_browser();
    let console = world.sso(&["console", "--profile", "dev", "--browser", &command]).spawn();
    let address = world.opened();
    browser.open(&address);
    browser.sees("111122223333/Admin");
    assert_eq!(browser.title(), "Console");
    console.finish().exits(0).says("Console of 111122223333/Admin");
    let visits = world.sim.console_visits();
    assert_eq!(visits.len(), 1);
    assert_eq!(visits[0].referer, None, "the console is not told where its visitor comes from");
    let shown = browser.address();
    assert!(shown.starts_with(&format!("{}/console?ticket=", world.sim.url())), "{shown}");

    let again = browser.try_open(&address).expect_err("the port is closed");
    assert!(again.contains("ERR_CONNECTION_REFUSED"), "{again}");
    // From the browser's memory.
    browser.back();
    browser.sees("111122223333/Admin");
    assert_eq!(world.sim.console_visits().len(), 1);
    let traffic = browser.traffic();
    let one_shot = address.strip_prefix("http://").and_then(|rest| rest.split_once('/')).expect("an address");
    // Once answered, once refused; an icon belongs to the page that it was sent on to.
    assert!(traffic.to(one_shot.0).iter().all(|path| *path == one_shot.1), "{traffic:?}");
    assert_eq!(world.sim.journal().count("ConsoleLogin"), 1);
}
