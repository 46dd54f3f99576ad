//! Hostile servers (catalogue, tables C and D): whatever comes in the place of an answer, it ends soon, in little memory, with
//! a typed error or with text that drives no terminal; no secret goes anywhere, and the files are as they were.
//!
//! A row says what a server does and what has to come of it (`row`), a call which command is answered so (`calls`), and
//! `play` what holds for all of them. `claims` lists which test covers which row of the catalogue.

mod anywhere;
mod calls;
mod claims;
mod doctor;
mod elsewhere;
mod memory;
mod numbers;
mod pages;
mod paths;
mod play;
mod row;
mod screen;
mod slow;
mod tame;
mod texts;
mod throttled;
mod types;
mod vanity;

use calls::{ADMIN, Call, OIDC, PORTAL, SIGNED};
use play::story;
use sso_sim::{Behaviour, RawServer};

/// Whatever any server can do, in the place of each of these answers.
fn anywhere(name: &str, calls: &[Call]) {
    let elsewhere = RawServer::http([Behaviour::json(200, "{}")]);
    let rows = |call: &Call| (*call, anywhere::rows(call.takes, &elsewhere));
    story(name, &calls.iter().map(rows).collect::<Vec<_>>());
    assert_eq!(elsewhere.connections(), 0, "a redirect was followed");
}

/// Its name makes it the first one: it takes half a minute, and others may go on beside it.
#[test]
fn a_slow_server_is_not_waited_for() {
    slow::rows_side_by_side();
}

#[test]
fn in_the_place_of_oidc() {
    anywhere("OIDC", OIDC);
}

#[test]
fn in_the_place_of_the_portal() {
    anywhere("portal", PORTAL);
}

#[test]
fn in_the_place_of_sts_and_the_console() {
    anywhere("STS and console", SIGNED);
}

#[test]
fn in_the_place_of_the_administrators_services() {
    anywhere("administration", ADMIN);
}

#[test]
fn members_of_every_wrong_type() {
    story("wrong types", &types::rows());
}

#[test]
fn numbers_that_cannot_be() {
    story("numbers", &numbers::rows());
}

#[test]
fn texts_that_would_drive_a_terminal() {
    story("texts", &texts::rows());
}

#[test]
fn lists_that_would_fill_the_memory() {
    story("memory", &memory::stories());
}

#[test]
fn services_that_throttle_or_are_at_fault() {
    story("throttled", &throttled::stories());
}
