//! `sso doctor` and config files that mean harm, or are merely huge; whose credentials win; and that --fix asks first.

use crate::harness::World;

const SESSION: &str =
    "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-east-1\n";

/// Everything wrong at once, in names that would move the cursor, and with secrets in every line that may be shown.
#[test]
fn nothing_of_a_hostile_file_reaches_the_terminal_as_it_is() {
    const HUSH: &str = "wJalrXUtnFEMIhush";
    const TOKEN: &str = "of-the-helper";
    let world = World::corp("doctor: a config file that means harm");
    let evil = "\u{1b}[2J\u{202e}evil";
    let text = format!(
        "{SESSION}[{evil}]\nsso_account_id = 1\n[profile {evil}]\nsso_session = {evil}\nsso_account_id = {evil}\n\
         sso_role_name = {evil}\nregion = {evil}\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n\
         aws_secret_access_key = {HUSH}\naws_secret_access_key = {HUSH}2\ncredential_process = ~/{evil} --token {TOKEN}\n\
         [profile x]\nrole_arn = {evil}\nsource_profile = {evil}2\n[profile y]\nsso_start_url = http://{evil}\n\
         sso_region = {evil}\nsso_account_id = 1\nsso_role_name = A\n"
    );
    let broken = format!("{text}aws_secret_access_key: {HUSH}\n[profile z\n{HUSH}\n");
    for text in [text, broken] {
        world.config(&text);
        for more in [&["-v"][..], &["--json"], &["--fix", "--yes"], &[]] {
            let args: Vec<&str> = ["doctor", "--offline"].iter().chain(more).copied().collect();
            let run = world.sso(&args).run();
            for shown in [run.out(), run.err()] {
                assert!(!shown.contains(['\u{1b}', '\u{202e}']), "{args:?}: {shown:?}");
                assert!(!shown.contains(HUSH), "{args:?}: {shown}");
                // Only the diff of its own line shows how a helper is called.
                assert!(args.contains(&"--fix") || !shown.contains(TOKEN), "{args:?}: {shown}");
            }
        }
    }
}

/// Thousands of profiles with the same fault are a few lines, and thousands with a fault each, too.
#[test]
fn many_faults_are_few_lines() {
    let world = World::corp("doctor: ten thousand profiles");
    let numbers = || 0..10_000;
    let role = |number: usize, session: &str, account: &str| {
        format!(
            "[profile p{number}]\nsso_session = {session}\nsso_account_id = {account}\nsso_role_name = A\n"
        )
    };
    for text in [
        numbers().map(|n| role(n, "crop", "111122223333")).collect::<String>(),
        numbers().map(|n| role(n, &format!("crop{n}"), "111122223333")).collect(),
        numbers().map(|n| role(n, "corp", &format!("1{n:08}"))).collect(),
        numbers().map(|n| format!("[profile p{n}]\nrole_arn = r\nsource_profile = gone{n}\n")).collect(),
        numbers().map(|n| format!("[x{n}]\nsso_account_id = 1\n")).collect(),
    ] {
        world.config(&format!("{SESSION}{text}"));
        let run = world.sso(&["doctor", "--offline", "--only", "C03,C04,C18,C19"]).run();
        assert!(run.out().lines().count() < 20, "{}", run.out());
        assert!(!run.out().contains("took too long"), "{}", run.out());
    }
}

#[test]
fn whose_credentials_win_is_said_where_it_could_be_asked() {
    let world = World::corp("doctor: whose credentials win");
    let dev = "[profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Admin\n";
    world.config(&format!("{SESSION}{dev}"));
    let doctor = |more: &[&str]| {
        let args: Vec<&str> = ["doctor", "--offline", "--only", "C16"].iter().chain(more).copied().collect();
        world.sso(&args).env("AWS_PROFILE", "dev")
    };
    let calm = doctor(&[]).plain().run();
    calm.exits(0);
    assert!(!calm.out().contains("in the order"), "{}", calm.out());
    doctor(&["-v"])
        .run()
        .exits(0)
        .prints("→ IAM Identity Center  ~/.aws/config:6  wins: the first that is there");
    let keys = doctor(&[]).env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE").run();
    keys.prints("→ static keys          AWS_ACCESS_KEY_ID  wins: the environment goes before every profile");
    let told = doctor(&["--json"]).env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE").run().json();
    let winners: Vec<_> =
        told["precedence"].as_array().into_iter().flatten().map(|one| &one["wins"]).collect();
    assert_eq!(winners, [true, false]);
    world.write_private(".aws/credentials", "[dev]\naws_access_key_id = x\naws_secret_access_key = y\n");
    doctor(&[]).run().prints("C16").prints("static keys          ~/.aws/credentials:2  comes after it");
}

#[test]
fn without_a_yes_a_file_is_left_alone() {
    let world = World::corp("doctor: --fix asks");
    let text = format!("{SESSION}junk\n");
    world.config(&text);
    world.sso(&["doctor", "--offline", "--fix"]).plain().run().says("line 4 becomes a comment").says("--yes");
    let left = std::fs::read_to_string(world.home().join(".aws/config")).expect("there");
    assert_eq!(left, text);
}
