//! Ctrl-C at any moment of a refresh: what was sent is saved, because the refresh token that was sent is spent (catalogue
//! F8). That the reply is surely awaited, and a second Ctrl-C, are told in `refresh.rs`.

use crate::harness::{CORP, ROLE_FILE, Run, TOKEN_FILE, World, number};
use std::time::Duration;

const ARGS: [&str; 3] = ["credential-process", "--profile", "dev"];

fn due(world: &World) {
    // There is none before the first run.
    let _ = std::fs::remove_file(world.home().join(ROLE_FILE));
    world.token_ends_in(-5);
    world.forget_requests();
}

fn refreshes(world: &World) -> usize {
    world.sim.journal().count_grant("refresh_token")
}

fn refresh_token(world: &World) -> String {
    world.json(TOKEN_FILE)["refreshToken"].as_str().expect("there is one").to_owned()
}

/// It was done, or says that it was stopped. In its first milliseconds the system stops it.
fn stopped_or_done(run: &Run) -> bool {
    match run.code() {
        Some(0) => true,
        Some(130) => {
            run.says("Stopped by a signal").prints_nothing();
            false
        }
        None => {
            run.prints_nothing();
            false
        }
        Some(_) => panic!("{run:?}"),
    }
}

/// At every moment of the refresh.
#[test]
fn at_any_moment() {
    let steps = number(7, 61);
    // A second use of a refresh token ends the session.
    let sim = World::sim().revoke_on_reuse().latency(Duration::from_millis(150));
    let world = World::with("ctrl_c: at any moment of a refresh", sim);
    world.config(CORP);
    world.sign_in();
    let (mut sent, mut done) = (0, 0);
    for step in 0..steps {
        due(&world);
        let old = refresh_token(&world);
        let run = world.sso(&ARGS).plain().spawn();
        std::thread::sleep(Duration::from_millis(600) * step / (steps - 1));
        // It may have ended.
        run.try_interrupt();
        let run = run.finish();
        done += u32::from(stopped_or_done(&run));
        let spent = refreshes(&world) > 0;
        sent += u32::from(spent);
        assert_eq!(
            old != refresh_token(&world),
            spent,
            "what was sent is saved\n{}",
            world.sim.journal().summary()
        );
        assert_eq!(world.temps(), Vec::<String>::new());
        // A token that was spent twice would end the session here.
        due(&world);
        world.sso(&ARGS).plain().run().exits(0).json();
    }
    world.measured(format!(
        "{steps} signals at 0 to 600 ms: the refresh was sent before {sent}, and saved as often; {done} runs were done; \
         0 sessions lost"
    ));
    assert!(sent > 0 && sent > done, "the signals came at different moments: {sent}, {done}");
    world.sso(&["status"]).run().exits(0);
}
