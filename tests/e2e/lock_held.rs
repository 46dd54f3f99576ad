//! Somebody holds the lock of the session and does not let go.

use crate::harness::{TOKEN_FILE, World};
use std::fs::File;

const LOCK_FILE: &str = ".aws/sso/.sso-locks/ee0bfd2552fbd840c02cc48b6e823320543c450f.lock";

/// The others end in time, name the holder, and send nothing: two refreshes could end the session.
#[test]
fn the_holder_is_named() {
    let world = World::corp("lock held: a living token is used, else exit 7 names the holder");
    world.sign_in();
    world.forget_requests();
    let lock =
        File::options().read(true).write(true).open(world.home().join(LOCK_FILE)).expect("it is there");
    lock.try_lock().expect("nobody has it");
    world.write(LOCK_FILE, "pid 4711\nhost elsewhere\n");
    world.token_ends_in(3);
    // Not before the file says that it was written long ago.
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    let file = File::options().append(true).open(world.home().join(TOKEN_FILE)).expect("it is there");
    file.set_modified(old).expect("it can be dated");
    let living = world.sso(&["credential-process", "--profile", "dev"]).plain().run();
    living.exits(0).json();
    living.says("lock held by pid 4711 on host elsewhere for ");
    assert_eq!(living.err().matches("warning:").count(), 1, "{}", living.err());
    std::fs::remove_file(world.home().join(crate::harness::ROLE_FILE)).expect("it is there");
    world.token_ends_in(-3);
    let ended = world.sso(&["credential-process", "--profile", "dev"]).plain().run();
    ended.exits(7).prints_nothing().says("lock held by pid 4711 on host elsewhere for ");
    assert_eq!(world.sim.journal().count("CreateToken"), 0, "{}", world.sim.journal().summary());
    drop(lock);
    world.sso(&["credential-process", "--profile", "dev"]).run().exits(0).json();
}
