//! 429 and faults of the services: a few tries and an error that says so; nobody is told to sign in again, and no browser
//! opens (catalogue D13).

use super::calls::{Call, named};
use super::row::{Row, reply};
use crate::harness::{TOKEN_FILE, in_minutes};
use sso_sim::{Behaviour, Front};

/// With a pause that is none, so that the tries are what takes the time.
fn faulty(status: u16, body: &str) -> Behaviour {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} Status\r\nRetry-After: 0\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    Behaviour::Reply([head.as_bytes(), body.as_bytes()].concat())
}

/// What the service answers, how often it is asked, the exit code, what is said.
fn rows(name: &str, table: &[(u16, &str, usize, i32, &str)]) -> (Call, Vec<Row>) {
    let row = |(status, body, asked, code, says): &(u16, &str, usize, i32, &str)| {
        let what = format!("{status} {body}");
        Row::new("D13", what, faulty(*status, body), *code)
            .says(*says)
            .asked(*asked)
            .never("sso login --sso-session corp --force")
            .never("Opening your browser")
    };
    (named(name), table.iter().map(row).collect())
}

pub(super) fn stories() -> Vec<(Call, Vec<Row>)> {
    const THROTTLING: &str = "The service is throttling requests";
    const AT_FAULT: &str = "The service is at fault";
    vec![
        rows(
            "RegisterClient",
            &[
                (429, "", 3, 6, THROTTLING),
                (429, r#"{"error":"slow_down"}"#, 3, 6, THROTTLING),
                (503, r#"{"error":"server_error"}"#, 3, 6, AT_FAULT),
            ],
        ),
        rows("StartDeviceAuthorization", &[(429, "", 3, 6, THROTTLING), (500, "{}", 3, 6, AT_FAULT)]),
        // What works once is sent once.
        rows("CreateToken for a code", &[(429, "", 1, 6, THROTTLING), (503, "", 1, 6, AT_FAULT)]),
        rows(
            "CreateToken of a helper",
            &[
                (429, "", 1, 6, THROTTLING),
                (429, r#"{"error":"slow_down","error_description":"later"}"#, 1, 6, THROTTLING),
                (400, r#"{"__type":"x#ThrottlingException"}"#, 1, 6, THROTTLING),
                (500, "", 1, 6, AT_FAULT),
            ],
        ),
        rows(
            "GetRoleCredentials",
            &[(429, r#"{"message":"slow"}"#, 3, 6, THROTTLING), (503, "", 3, 6, AT_FAULT)],
        ),
        // Lists wait for a service that throttles; one that is at fault is tried three times.
        rows("ListAccounts", &[(500, "", 3, 6, AT_FAULT)]),
        rows("GetCallerIdentity", &[(503, "<html>", 3, 6, "HTML instead of XML")]),
        rows("getSigninToken", &[(429, "", 3, 6, "is not available"), (503, "", 3, 6, "is not available")]),
        rows("ListInstances", &[(500, r#"{"__type":"InternalServerException"}"#, 3, 6, AT_FAULT)]),
    ]
}

/// A helper whose session is fine until the service throttles: the token that lives is used, nobody signs in.
#[test]
fn a_token_that_lives_is_used_while_the_service_throttles() {
    let call = named("CreateToken of a helper");
    let world = call.world("hostile: throttled refresh of a living token");
    world.edit_token(|token| token["expiresAt"] = in_minutes(5).into());
    world.token_saved_ago(60);
    let before = world.json(TOKEN_FILE);
    let front = Front::before(world.sim.address(), call.mark, reply(429, "application/json", ""));
    let sso = world.sso(call.args).browser(&world.noting_browser());
    let run = super::play::through(sso, &world, &front.url()).run();
    run.exits(0).json();
    assert_eq!((front.struck().len(), before), (1, world.json(TOKEN_FILE)));
    assert!(!world.outside("opened").exists());
}
