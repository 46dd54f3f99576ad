//! On a terminal: what the service calls things reaches no screen as it is (catalogue C4), with colours, progress and lists.

use super::calls::{Call, named};
use super::play::through;
use super::row::{json, reply};
use super::tame::EVIL;
use crate::harness::World;
use crate::harness::pty::{CTRL_C, ENTER, Terminal};
use serde_json::json;
use sso_sim::{Behaviour, Front};

/// What EVIL would do there, and nothing of ours does.
const NEVER: [&str; 12] = [
    "\u{1b}[7;5;41m",
    "\u{1b}]",
    "\u{7}",
    "\u{8}",
    "\u{7f}",
    "\u{9b}",
    "\u{9d}",
    "\u{202e}",
    "\u{2066}",
    "\u{200b}",
    "\u{2028}",
    "\u{0}",
];

#[track_caller]
fn is_tame(at: &Terminal<'_>) {
    let drawn = at.drawn();
    for sequence in NEVER {
        assert!(!drawn.contains(sequence), "{sequence:?} is on the screen: {drawn:?}");
    }
}

fn at<'w>(world: &'w World, call: &Call, does: Behaviour) -> (Front, Terminal<'w>) {
    let front = Front::before(world.sim.address(), call.mark, does);
    let terminal = through(world.sso(call.args), world, &front.url()).on_terminal_of(200);
    (front, terminal)
}

#[test]
fn signing_in() {
    let call = named("StartDeviceAuthorization");
    let world = call.world("hostile: on a terminal: signing in");
    let body = json!({ "deviceCode": "unknown", "userCode": EVIL, "verificationUri": EVIL,
        "verificationUriComplete": EVIL, "expiresIn": 600, "interval": 1 });
    let (_front, mut terminal) = at(&world, &call, json(&body));
    terminal.sees("Open   X\\u{1b}[7;5;41mY").sees("Code   X\\u{1b}[7;5;41mY").sees("error[T06]");
    is_tame(&terminal);
    terminal.exits(4);
}

#[test]
fn refusals() {
    let denied = json!({ "error": "access_denied", "error_description": EVIL }).to_string();
    let no_access = json!({ "message": EVIL, "__type": "ForbiddenException" }).to_string();
    for (name, does, code) in [
        ("CreateToken for a device code", reply(400, "application/json", &denied), 5),
        ("ListAccounts", reply(403, "application/json", &no_access), 8),
        ("ListAccountRoles of all", reply(403, "application/json", &no_access), 6),
    ] {
        let call = named(name);
        let world = call.world(&format!("hostile: on a terminal: a refusal of {name}"));
        let (_front, mut terminal) = at(&world, &call, does);
        terminal.sees("X\\u{1b}[7;5;41mY");
        is_tame(&terminal);
        terminal.exits(code);
    }
}

#[test]
fn lists() {
    let accounts = json!({ "accountList": [{ "accountId": "111122223333", "accountName": EVIL, "emailAddress": EVIL }] });
    for name in ["ListAccounts", "ListAccounts of populate"] {
        let call = named(name);
        let world = call.world(&format!("hostile: on a terminal: {name}"));
        let (_front, mut terminal) = at(&world, &call, json(&accounts));
        terminal.sees("X");
        is_tame(&terminal);
        let screen = terminal.exits(0);
        assert!(screen.contains("7;5;41mY") || screen.contains("X-7-5-41mY"), "{screen}");
    }
}

/// The wizard's lists are drawn by another crate, which knows nothing of our gate.
#[test]
fn the_wizard() {
    let call = Call { args: &["configure"], ..named("ListAccounts") };
    let world = call.world("hostile: on a terminal: the wizard");
    let account = |id: &str| json!({ "accountId": id, "accountName": EVIL, "emailAddress": EVIL });
    let accounts = json!({ "accountList": [account("111122223333"), account("444455556666")] });
    let (_front, mut terminal) = at(&world, &call, json(&accounts));
    terminal.sees("a new session");
    terminal.types(ENTER);
    terminal.sees("Account (2):");
    terminal.sees("X\\u{1b}[7;5;41mY");
    is_tame(&terminal);
    terminal.types(CTRL_C);
    terminal.exits(130);
}

/// Whoever wants no colours gets no moving line either (catalogue C5).
#[test]
fn without_colours() {
    for (what, setting) in [("NO_COLOR", "NO_COLOR=1"), ("TERM=dumb", "TERM=dumb"), ("--color never", "")] {
        let call = named("ListAccounts");
        let world = call.world(&format!("hostile: on a terminal: {what}"));
        for (args, code) in [
            (&["accounts"][..], 0),
            (&["roles"], 0),
            (&["login", "--force", "--use-device-code"], 0),
            (&["whoami", "--profile", "dve"], 3),
        ] {
            let never: &[&str] = if setting.is_empty() { &["--color", "never"] } else { &[] };
            let sso = world.sso(&[never, args].concat());
            let sso = if setting.is_empty() { sso } else { sso.through(&["/usr/bin/env", setting]) };
            let mut terminal = sso.on_terminal_of(200);
            terminal.ends();
            assert!(!terminal.drawn().contains('\u{1b}'), "{what} {args:?}: {:?}", terminal.drawn());
            terminal.exits(code);
        }
    }
}
