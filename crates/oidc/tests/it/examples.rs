//! The example, run.

use sso_sim::{Device, SimBuilder};
use sso_vectors::example;

#[test]
fn own_login() {
    for (device, ok, said) in
        [(Device::Auto(1), true, "signed in until "), (Device::AutoDeny, false, "Denied")]
    {
        let sim = SimBuilder::new().device(device).start();
        let ended = example("own_login", &[sim.start_url(), sim.region(), sim.url()], &[], "");
        let all = format!("{}{}", ended.out, ended.err);
        assert!(ended.ok == ok && all.contains(said), "{all}");
        assert!(ended.out.starts_with("chat: approve \""), "{all}");
        assert!(sim.seen_secrets().iter().all(|secret| !all.contains(secret.as_str())), "{all}");
    }
}
