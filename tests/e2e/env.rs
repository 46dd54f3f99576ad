//! `sso env`: what real shells, and the programs that they start, have afterwards.

use crate::harness::pty::{ENTER, ESC};
use crate::harness::{CORP, ROLE_FILE, World, on_path, skip};
use std::collections::BTreeMap;
use std::process::{Command, Output, Stdio};

/// Programs, their options, the format, and how the text is taken over.
const SHELLS: [(&str, &[&str], &str); 6] = [
    ("sh", &[], "eval \"$(\"$SSO\" env --profile dev FLAGS)\""),
    ("dash", &[], "eval $(\"$SSO\" env --profile dev FLAGS)"),
    ("bash", &[], "eval \"$(\"$SSO\" env --profile dev FLAGS)\""),
    ("zsh", &["-f"], "eval \"$(\"$SSO\" env --profile dev FLAGS)\""),
    ("fish", &["--no-config"], "\"$SSO\" env --profile dev --format fish FLAGS | source"),
    ("fish", &["--no-config"], "eval (\"$SSO\" env --profile dev --format fish FLAGS)"),
];

/// Runs a shell in the story's surroundings; `$SSO` is the program.
fn shell(world: &World, program: &str, options: &[&str], code: &str, variables: &[(&str, &str)]) -> Output {
    let sso = world.sso(&[]).plain().command();
    let mut command = Command::new(program);
    command.args(options).args(["-c", code]).env_clear().stdin(Stdio::null());
    command.envs(sso.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.env("SSO", sso.get_program()).envs(variables.iter().copied());
    command.output().expect("the shell starts")
}

/// The `AWS_` variables that a child of the shell has, without those that point at the simulated AWS.
fn variables(output: &Output) -> BTreeMap<String, String> {
    let text = String::from_utf8(output.stdout.clone()).expect("text");
    let pairs = text.split('\0').filter_map(|pair| pair.split_once('='));
    let ours = pairs.filter(|(name, _)| name.starts_with("AWS_") && !name.starts_with("AWS_ENDPOINT_URL"));
    ours.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn expected(world: &World) -> BTreeMap<String, String> {
    let cached = world.json(ROLE_FILE);
    let key = |name: &str| cached["Credentials"][name].as_str().expect(name).to_owned();
    let region = "us-east-1".to_owned();
    [
        ("AWS_ACCESS_KEY_ID", key("AccessKeyId")),
        ("AWS_SECRET_ACCESS_KEY", key("SecretAccessKey")),
        ("AWS_SESSION_TOKEN", key("SessionToken")),
        ("AWS_CREDENTIAL_EXPIRATION", key("Expiration")),
        ("AWS_ACCOUNT_ID", "111122223333".to_owned()),
        ("AWS_REGION", region.clone()),
        ("AWS_DEFAULT_REGION", region),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// A child has these variables and no other; afterwards none.
#[test]
fn each_shell() {
    let world = World::corp("env: sh, dash, bash, zsh, fish");
    world.sign_in();
    world.sso(&["env", "--profile", "dev"]).run().exits(0);
    let before = [
        ("AWS_PROFILE", "other"),
        ("AWS_DEFAULT_PROFILE", "another"),
        ("AWS_SECURITY_TOKEN", "stale"),
        ("AWS_REGION", "ap-south-1"),
        ("AWS_ACCESS_KEY_ID", "AKIASTALE"),
    ];
    for (program, options, code) in SHELLS {
        if !on_path(program) {
            skip(&format!("env: {program}"), "it is not installed");
            continue;
        }
        let set = code.replace(" FLAGS", "");
        let output = shell(&world, program, options, &format!("{set}; exec env -0"), &before);
        assert_eq!(variables(&output), expected(&world), "{program} {code}: {output:?}");
        let unset = code.replace("FLAGS", "--unset");
        let output = shell(&world, program, options, &format!("{set}; {unset}; exec env -0"), &before);
        assert_eq!(variables(&output), BTreeMap::new(), "{program} {code}: {output:?}");
        assert!(output.stderr.is_empty(), "{output:?}");
    }
}

/// A session that has ended: nothing to evaluate, and the exit code says so.
#[test]
fn nothing_or_all() {
    let world = World::corp("env: the session has ended");
    for flags in [&[][..], &["--json"], &["--format", "json"], &["--format", "fish"]] {
        let args = [&["env", "--profile", "dev"][..], flags].concat();
        world.sso(&args).run().exits(4).says("sso login --profile dev").prints_nothing();
    }
    let before = [("AWS_PROFILE", "dev")];
    let safe = "vars=$(\"$SSO\" env --profile dev) && eval \"$vars\"; echo \"code=$?\"; exec env -0";
    let output = shell(&world, "sh", &[], safe, &before);
    assert!(output.stdout.starts_with(b"code=4\n"), "{output:?}");
    let careless = "eval \"$(\"$SSO\" env --profile dev)\"; exec env -0";
    let output = shell(&world, "sh", &[], careless, &before);
    assert_eq!(
        variables(&output),
        [("AWS_PROFILE".to_owned(), "dev".to_owned())].into(),
        "nothing half done"
    );
}

/// The formats that are not for a shell of this machine.
#[test]
fn formats() {
    let world = World::corp("env: formats");
    world.sign_in();
    let print = |flags: &[&str]| {
        let run = world.sso(&[&["env", "--profile", "dev"][..], flags].concat()).run();
        run.exits(0);
        run
    };
    let json = print(&["--format", "json"]).json();
    let mut all: BTreeMap<String, serde_json::Value> =
        expected(&world).into_iter().map(|(name, value)| (name, value.into())).collect();
    for name in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SECURITY_TOKEN"] {
        all.insert(name.to_owned(), serde_json::Value::Null);
    }
    assert_eq!(json, serde_json::to_value(all).expect("JSON"));
    for same in [&["--json"][..], &["--json", "--format", "json"]] {
        assert_eq!(print(same).json(), json);
    }
    let keys = expected(&world);
    let dotenv = print(&["--format", "dotenv"]).out();
    let read: BTreeMap<String, String> = dotenv
        .lines()
        .map(|line| line.split_once('=').expect("an assignment"))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    assert_eq!(read, keys);
    let (cmd, powershell) = (print(&["--format", "cmd"]).out(), print(&["--format", "powershell"]).out());
    for (name, value) in &keys {
        assert!(cmd.contains(&format!("set \"{name}={value}\"\n")), "{name}");
        assert!(powershell.contains(&format!("$env:{name} = '{value}';\n")), "{name}");
    }
    assert!(cmd.contains("set \"AWS_PROFILE=\"\n") && powershell.contains("$env:AWS_PROFILE = $null;\n"));
    world.made_requests(world.sim.journal().total());
    assert_eq!(world.sim.journal().count("GetRoleCredentials"), 1, "the others are cache hits");
}

/// What cannot be said is not said.
#[test]
fn refusals() {
    let world = World::corp("env: what a format cannot carry");
    world.sign_in();
    world.config(
        &CORP
            .replace("region = us-east-1\n", "region = 50%\n")
            .replace("sso_region = 50%", "sso_region = us-east-1"),
    );
    let run = world.sso(&["env", "--profile", "dev", "--format", "cmd"]).run();
    run.exits(2)
        .says("AWS_REGION cannot be given in the format cmd")
        .says("one of \" % !")
        .says("sso env --profile dev --format json")
        .prints_nothing();
    world.sso(&["env", "--profile", "dev"]).run().exits(0).prints("export AWS_REGION='50%';\n");
    for flags in [&["--format", "dotenv", "--unset"][..], &["--json", "--format", "sh"], &["--format", "csh"]]
    {
        world.sso(&[&["env", "--profile", "dev"][..], flags].concat()).run().exits(2).prints_nothing();
    }
    world.sso(&["env", "--sso-session", "corp"]).run().exits(2).says("use --profile").prints_nothing();
    world.sso(&["env", "--profile", "dve"]).run().exits(3).says("dve").prints_nothing();
}

/// A profile without a region says nothing about it.
#[test]
fn no_region() {
    let world = World::corp("env: a profile without a region");
    world.sign_in();
    world.config(CORP.strip_suffix("region = us-east-1\n").expect("the last line"));
    let code = "eval \"$(\"$SSO\" env --profile dev)\"; exec env -0";
    let output = shell(&world, "sh", &[], code, &[("AWS_REGION", "ap-south-1")]);
    let found = variables(&output);
    assert_eq!(found.get("AWS_REGION").map(String::as_str), Some("ap-south-1"));
    assert_eq!(found.get("AWS_DEFAULT_REGION"), None);
    assert!(found.contains_key("AWS_SECRET_ACCESS_KEY"));
}

/// `--unset` needs no configuration, no session and no network.
#[test]
fn unset_needs_nothing() {
    let world = World::with("env: --unset with nothing there", World::sim());
    world.sso(&["env", "--unset"]).run().exits(0).prints("unset AWS_SESSION_TOKEN;\n");
    world.made_requests(0);
}

/// Somebody who looks at it is told what it is for.
#[test]
fn at_a_terminal() {
    let world = World::corp("env: at a terminal");
    world.sign_in();
    let screen = world.sso(&["env", "--profile", "dev"]).on_terminal().exits(0);
    assert!(
        screen.contains("These are secrets. To load them: eval \"$(sso env --profile dev)\"\n"),
        "{screen}"
    );
    let screen = world.sso(&["env", "--profile", "dev", "--quiet"]).on_terminal().exits(0);
    assert!(!screen.contains("These are"), "{screen}");
}

/// Without a profile the person picks, while stdout is the shell's: nothing of the list gets into it.
#[test]
fn picked() {
    let world = World::corp("env: a profile is picked inside eval");
    world.sign_in_to("corp");
    let code = "vars=$(\"$0\" \"$@\") && eval \"$vars\" && echo \"as $AWS_ACCOUNT_ID\"";
    let mut at = world.sso(&["env"]).through(&["sh", "-c", code]).on_terminal();
    at.sees("type to search");
    at.types(ENTER);
    at.sees("as 111122223333");
    let screen = at.exits(0);
    assert!(!screen.contains("CANARY"), "{screen}");
    let mut at = world.sso(&["env"]).through(&["sh", "-c", code]).on_terminal();
    at.sees("type to search");
    at.types(ESC);
    at.exits(130);
    world.sso(&["env", "--unset"]).on_terminal().exits(0);
    let run = world.sso(&["env"]).run();
    run.exits(2).says("profiles: dev").says("sso env --profile <name>").prints_nothing();
}
