//! What we write is the owner's alone, whatever the umask and whatever was there before (catalogue E1).

use crate::harness::{ROLE_FILE, TOKEN_FILE, World};
use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt as _;

#[test]
fn whatever_the_umask() {
    for umask in ["0", "022", "077"] {
        let world = World::corp(&format!("private_files: umask {umask}"));
        let home = world.home().join(".aws");
        let script = format!("umask {umask}; exec \"$0\" \"$@\"");
        let through = ["sh", "-c", script.as_str()];
        world.sso(&["login", "--use-device-code"]).through(&through).run().exits(0);
        world.sso(&["credential-process", "--profile", "dev"]).through(&through).run().exits(0);
        let written =
            world.snapshot().into_iter().filter(|(path, _)| *path != home && !path.ends_with("config"));
        let mut count = 0;
        for (path, (mode, content)) in written {
            let expected = if content.is_some() { 0o600 } else { 0o700 };
            assert_eq!(mode, expected, "umask {umask}: {} has mode {mode:o}", path.display());
            count += 1;
        }
        assert!(count > 5, "{count}");
    }
}

/// Too open files and links of other tools are replaced, not written through.
#[test]
fn whatever_was_there() {
    let world = World::corp("private_files: open files and links are replaced");
    world.write(TOKEN_FILE, "{}");
    world.write(ROLE_FILE, "{}");
    for name in [TOKEN_FILE, ROLE_FILE] {
        set_permissions(world.home().join(name), Permissions::from_mode(0o644)).expect("a mode can be set");
    }
    world.sign_in();
    world.sso(&["credential-process", "--profile", "dev"]).run().exits(0);
    let snapshot = world.snapshot();
    for name in [TOKEN_FILE, ROLE_FILE] {
        assert_eq!(snapshot[&world.home().join(name)].0, 0o600, "{name}");
    }
}

/// No temp file is left, and nothing but `*.json` files and the directory of our locks.
#[test]
fn nothing_is_left_over() {
    let world = World::corp("private_files: nothing is left over");
    for _ in 0..3 {
        world.sign_in();
        world.sso(&["credential-process", "--profile", "dev"]).run().exits(0);
    }
    for folder in [".aws/sso/cache", ".aws/cli/cache"] {
        let names = world.names(folder);
        assert!(!names.is_empty() && names.iter().all(|name| name.ends_with(".json")), "{names:?}");
    }
    assert_eq!(world.names(".aws/sso"), [".sso-locks", "cache"]);
}
