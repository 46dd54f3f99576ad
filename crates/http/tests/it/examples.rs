//! The example, run.

use sso_sim::SimBuilder;
use sso_vectors::example;

#[test]
fn clock_offset() {
    let sim = SimBuilder::new().start();
    let ended = example("clock_offset", &[sim.url()], &[], "");
    assert!(ended.ok && ended.out.starts_with("status 4"), "{}{}", ended.out, ended.err);
    sim.clock().advance(7200);
    let ended = example("clock_offset", &[sim.url()], &[], "");
    let ahead = ended.out.split(" s ahead").next().and_then(|text| text.rsplit(' ').next());
    let ahead: i64 = ahead.and_then(|text| text.parse().ok()).expect("a number of seconds");
    assert!((7190..=7201).contains(&ahead), "{}", ended.out);
}
