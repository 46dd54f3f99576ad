//! Sign-in with a browser elsewhere: the address that it ends on is pasted at the terminal.

use crate::harness::pty::{CTRL_C, ENTER};
use crate::harness::{TOKEN_FILE, World, http};

/// Where the browser would go, had it this machine's loopback: the address that people paste.
fn callback(world: &World) -> String {
    http::get(&world.opened()).header("location").map(str::to_owned).expect("the page redirects")
}

/// What is pasted is not shown: it holds a code. Rubbish is refused, and the login goes on.
#[test]
fn the_address_is_pasted() {
    let world = World::corp("login_pkce_pty: the callback address is pasted");
    let mut login = world.sso(&["login"]).browser(&world.noting_browser()).on_terminal();
    login.sees("Paste the address that its browser ends on").sees("Waiting for the browser");
    assert!(!login.echoes(), "what is pasted is not shown");
    let callback = callback(&world);
    for rubbish in [
        "hello",
        "https://evil.example/oauth/callback?code=x&state=y",
        &callback.replace("state=", "state=x"),
    ] {
        login.types(&format!("{rubbish}{ENTER}"));
        login.sees("Not accepted: ").sees("Still waiting.");
    }
    login.types(&format!("{callback}{ENTER}"));
    login.sees("Signed in to corp");
    let screen = login.exits(0);
    let code = http::parameter(&callback, "code");
    assert!(!screen.contains(&code) && !screen.contains("evil.example"), "{screen}");
    assert!(world.has(TOKEN_FILE));
    assert_eq!(world.sim.journal().count_grant("authorization_code"), 1);
}

/// Ctrl-C: exit 130, nothing left, the terminal as it was (which `exits` asserts). Again and again: it throws away what was
/// typed, while somebody is about to read that.
#[test]
fn stopped() {
    let world = World::corp("login_pkce_pty: Ctrl-C, 25 times");
    for _ in 0..25 {
        let mut login = world.sso(&["login"]).browser(&world.noting_browser()).on_terminal();
        login.sees("Waiting for the browser");
        login.types("half an addr");
        login.types(CTRL_C);
        let screen = login.exits(130);
        assert!(!screen.contains("half an addr"), "{screen}");
        assert!(!world.has(TOKEN_FILE));
    }
}
