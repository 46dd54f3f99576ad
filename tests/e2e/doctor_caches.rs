//! `sso doctor` and the caches: what is worth knowing, what is no file, who needs the login, many files.

use crate::harness::{CORP, ROLE_FILE, TOKEN_FILE, World};
use std::process::Command;
use std::time::Duration;

/// A quiet screen that says what is worth knowing.
#[test]
fn the_healthy_screen_says_until_when() {
    let world = World::corp("doctor: until when, and whether it renews");
    world.sign_in();
    let told =
        |only: &str| world.sso(&["doctor", "--offline", "--profile", "dev", "--only", only]).plain().run();
    told("T01")
        .exits(0)
        .prints("Signed in until ")
        .prints("; renews by itself; its secrets are in ~/.aws/sso/cache; ");
    world.edit_token(|token| {
        token.as_object_mut().expect("an object").remove("refreshToken");
    });
    let run = told("T01");
    run.exits(0).prints("Signed in until ");
    assert!(!run.out().contains("renews"), "{}", run.out());
    world.token_ends_in(-5);
    let run = told("T01");
    assert!(!run.out().contains("Signed in"), "{}", run.out());
}

/// Pipes and devices are never opened; what stands in a file's place is moved away, and what it leads to stays.
#[test]
fn what_is_no_file_in_the_caches() {
    let world = World::corp("doctor: pipes, devices and links in the caches");
    let at = |name: &str| world.home().join(name);
    world.write_private("mine", "of somebody");
    for dir in [".aws/sso/cache", ".aws/cli/cache", ".aws/sso/.sso-locks"] {
        std::fs::create_dir_all(at(dir)).expect("made");
    }
    for pipe in [TOKEN_FILE, ".aws/credentials", ".aws/sso/.sso-locks/x.lock"] {
        assert!(Command::new("mkfifo").arg(at(pipe)).status().expect("mkfifo runs").success());
    }
    std::os::unix::fs::symlink("/dev/zero", at(ROLE_FILE)).expect("linked");
    let unknown = ".aws/cli/cache/0123456789abcdef0123456789abcdef01234567.json";
    std::os::unix::fs::symlink(at("mine"), at(unknown)).expect("linked");
    let doctor = |more: &[&str]| {
        let args =
            [&["doctor", "--offline", "--profile", "dev", "--only", "T04,T12,T13,S02,S03"], more].concat();
        let run = world.sso(&args).plain().run();
        assert!(run.took < Duration::from_secs(20), "{:?}", run.took);
        run
    };
    // Without a configuration that can be read no session is known.
    doctor(&[]).exits(0).prints("it is not a regular file");
    std::fs::remove_file(at(".aws/credentials")).expect("it is there");
    doctor(&[]).exits(1).prints("it is not a regular file").prints("4 can be fixed");
    doctor(&["--fix", "--yes"]).exits(0);
    assert!(!at(TOKEN_FILE).exists() && !at(ROLE_FILE).exists() && !at(unknown).exists());
    assert_eq!(std::fs::read_to_string(at("mine")).expect("there"), "of somebody");
}

/// An assumed role needs the login of its source; where credentials come from elsewhere it matters less.
#[test]
fn who_needs_the_login() {
    let world = World::with("doctor: who needs the login", World::sim());
    let more = "[profile admin]\nrole_arn = arn:aws:iam::111122223333:role/x\nsource_profile = dev\n\
                [profile tool]\nsso_session = corp\ncredential_process = /bin/true\n";
    world.config(&format!("{CORP}{more}"));
    for (profile, severity, login) in
        [("admin", "error", "sso login --profile admin"), ("tool", "warning", "sso login --profile tool")]
    {
        let run = world.sso(&["doctor", "--offline", "--json", "--only", "T01", "--profile", profile]).run();
        let found = run.json()["findings"][0].clone();
        assert_eq!((&found["severity"], &found["fix"]), (&severity.into(), &login.into()), "{found}");
    }
}

/// Thousands of files, whole and torn, are judged in time.
#[test]
fn many_files() {
    let world = World::corp("doctor: 4,000 files in the cache");
    for number in 0..4000 {
        world.write_private(
            &format!(".aws/sso/cache/{number:040x}.json"),
            if number % 2 == 0 { "{" } else { "{}" },
        );
    }
    let run = world.sso(&["doctor", "--offline", "--json", "--only", "T04,T12"]).plain().run();
    assert_eq!(run.json()["findings"].as_array().expect("a list").len(), 2000);
    assert!(run.took < Duration::from_secs(30), "{:?}", run.took);
    world.measured(format!("{:?}", run.took));
}
