//! The example, run.

use crate::support::World;
use sso_sim::SimBuilder;
use sso_vectors::example;

#[tokio::test]
async fn list_roles() {
    let accounts = SimBuilder::new().account("222222222222", "prod", &["ReadOnly"]).account(
        "111122223333",
        "dev \x1b[2J",
        &["Admin", "ReadOnly"],
    );
    let world = World::of(accounts).await;
    let ended = example("list_roles", &["us-east-1", world.sim.url()], &[], world.token.expose());
    let expected = "\
111122223333 \"dev \\u{1b}[2J\"
    \"Admin\"
    \"ReadOnly\"
222222222222 \"prod\"
    \"ReadOnly\"
";
    assert_eq!((ended.ok, ended.out.as_str()), (true, expected), "{}", ended.err);
    let ended = example("list_roles", &["us-east-1", world.sim.url()], &[], "no-such-token");
    assert!(!ended.ok && ended.err.contains("SessionRejected"), "{}", ended.err);
    assert!(!ended.err.contains("no-such-token"), "{}", ended.err);
}
