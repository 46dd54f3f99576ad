//! The doctor asks whoever answers: what answers badly is a finding, and all that is said of it is tame.

use super::calls::named;
use super::play::{streams, through};
use super::row::{json, reply};
use super::tame::EVIL;
use crate::harness::on_path;
use serde_json::json;
use sso_sim::{Behaviour, Front};
use std::time::Duration;

/// Its budget is 5 s, and a busy machine takes more.
pub(super) const LIMIT: Duration = Duration::from_secs(12);
/// What it asks the network for; other programs, which it also asks, have a memory of their own.
pub(super) const NETWORK: [&str; 4] =
    ["--only", "N01,N02,N03,N06,N08,N09,N11,N12,N14", "--only", "T07,I01,I02,I03"];
/// KiB (catalogue D7).
const MEMORY: u64 = 64 * 1024;

#[test]
fn whoever_answers_the_doctor() {
    let call = named("ListAccounts");
    let world = call.world("hostile: doctor");
    let before = world.files();
    let evil = json!({ "message": EVIL, "__type": EVIL });
    let evil = evil.to_string();
    for (what, mark, does, finding) in [
        ("512 MB", "/assignment/accounts", Behaviour::Huge { total: 512 << 20 }, "N08"),
        ("chunks without end", "/assignment/accounts", Behaviour::EndlessChunks, "N08"),
        ("200,000 lists", "/assignment/accounts", Behaviour::Deep(200_000), "N08"),
        ("a reset", "/assignment/accounts", Behaviour::Reset, "N08"),
        ("a page", "/assignment/accounts", reply(200, "text/html", "<html>CANARY"), "N08"),
        ("texts", "/assignment/accounts", reply(400, "application/json", &evil), ""),
        ("a refusal with texts", "/federation/credentials", reply(403, "application/json", &evil), "I02"),
        ("a role's name", "/assignment/roles", json(&json!({ "roleList": [{ "roleName": EVIL }] })), "I02"),
    ] {
        let front = Front::before(world.sim.address(), mark, does);
        for manner in [&["--color", "always"][..], &["--json"], &["--verbose"]] {
            let args = [manner, &["doctor", "--profile", "dev"], &NETWORK].concat();
            let note = world.outside("peak").display().to_string();
            let mut sso = through(world.sso(&args), &world, &front.url());
            if on_path("time") {
                sso = sso.through(&["time", "-q", "-f", "%M", "-o", &note]);
            }
            let run = sso.run();
            assert!(run.took < LIMIT, "{what}: {:?}", run.took);
            let [out, _] = streams(&run);
            assert!(out.contains(finding), "{what}: {out}");
            assert!(!out.contains("CANARY"), "{what}: {out}");
            if on_path("time") {
                let peak: u64 = world.wait_for_note("peak").trim().parse().expect("KiB");
                std::fs::remove_file(&note).expect("it is there");
                assert!(peak <= MEMORY, "{what}: {peak} KiB");
            }
            assert!(before == world.files(), "{what}");
        }
    }
}
