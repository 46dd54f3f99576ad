//! Files that are no files, and files without end: never a hang, never a panic, never much memory.

use crate::harness::{CORP, ROLE_FILE, TOKEN_FILE, World};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

/// What can lie where a file should be.
fn put(what: &str, path: &Path) {
    std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder can be made");
    let _ = std::fs::remove_file(path);
    match what {
        "a directory" => std::fs::create_dir(path).expect("a folder can be made"),
        "a FIFO" => assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo runs").success()),
        "a device without end" => symlink("/dev/zero", path).expect("a link can be made"),
        "a dangling link" => symlink("nowhere", path).expect("a link can be made"),
        "a link to itself" => symlink(path, path).expect("a link can be made"),
        "10 MiB of nothing" => std::fs::write(path, vec![b' '; 10 << 20]).expect("a file can be written"),
        "200,000 levels" => std::fs::write(path, "[".repeat(200_000)).expect("a file can be written"),
        "not UTF-8" => {
            std::fs::write(path, b"{\"accessToken\": \"\xff\xfe\"}").expect("a file can be written")
        }
        other => panic!("{other}"),
    }
}

const ALL: [&str; 8] = [
    "a directory",
    "a FIFO",
    "a device without end",
    "a dangling link",
    "a link to itself",
    "10 MiB of nothing",
    "200,000 levels",
    "not UTF-8",
];

#[test]
fn as_token() {
    for what in ALL {
        let world = World::corp(&format!("hostile_files: the token is {what}"));
        put(what, &world.home().join(TOKEN_FILE));
        let run = world.sso(&["status"]).run();
        assert!(run.exits(4).took.as_secs() < 2, "{what}");
        world.sso(&["credential-process", "--profile", "dev"]).run().exits(4).says("sso login --profile dev");
        world.made_requests(0);
        let _ = std::fs::remove_dir(world.home().join(TOKEN_FILE));
        // Nothing of the kind stands in the way of a login.
        world.sso(&["login", "--use-device-code"]).run().exits(0);
        world.sso(&["status"]).run().exits(0);
        assert_eq!(world.json(TOKEN_FILE)["region"], "us-east-1", "{what}");
    }
}

#[test]
fn as_registration_and_role() {
    for what in ALL {
        let world = World::corp(&format!("hostile_files: registration and role credentials are {what}"));
        world.sso(&["login", "--use-device-code"]).run().exits(0);
        let names = world.names(".aws/sso/cache");
        let registration =
            names.iter().map(|name| format!(".aws/sso/cache/{name}")).find(|name| name != TOKEN_FILE);
        let registration = registration.expect("a registration");
        put(what, &world.home().join(&registration));
        put(what, &world.home().join(ROLE_FILE));
        let run = world.sso(&["login", "--use-device-code", "--force"]).run();
        assert!(run.exits(0).took.as_secs() < 8, "{what}");
        let run = world.sso(&["credential-process", "--profile", "dev"]).run();
        assert!(run.exits(0).took.as_secs() < 4, "{what}");
        world.sso(&["status"]).run().exits(0);
        if what != "a directory" {
            assert_eq!(world.sim.journal().count("RegisterClient"), 2, "{what}");
            world.json(&registration);
        }
        world.sso(&["logout", "--all"]).run();
    }
}

#[test]
fn as_config() {
    for what in ALL {
        let world = World::corp(&format!("hostile_files: the config is {what}"));
        let before = world.home().join(".aws/config");
        put(what, &before);
        let run = world.sso(&["login"]).run();
        assert!(run.exits(3).took.as_secs() < 2, "{what}");
        world.made_requests(0);
        // In the way of AWS_CONFIG_FILE it does not matter.
        let other = world.home().join("other");
        std::fs::write(&other, CORP).expect("a file can be written");
        world.sso(&["status"]).env("AWS_CONFIG_FILE", &other).run().exits(4);
        let _ = std::fs::remove_file(&before);
    }
}
