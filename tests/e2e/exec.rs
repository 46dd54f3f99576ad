//! `sso exec`: the environment and the exit code of what it runs, and what is refused before.

use crate::harness::{CORP, Run, World};
use std::collections::BTreeMap;
use std::net::TcpStream;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Stdio;

/// The variables that a run of `env -0` printed.
fn environment(run: &Run) -> BTreeMap<String, String> {
    let text = run.out();
    let pairs = text.split('\0').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// What an `env -0` without us would have printed.
fn surroundings(world: &World, more: &[(&str, &str)]) -> BTreeMap<String, String> {
    let command = world.sso(&[]).command();
    let own = command.get_envs().filter_map(|(name, value)| {
        Some((name.to_string_lossy().into_owned(), value?.to_string_lossy().into_owned()))
    });
    own.chain(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))).collect()
}

/// Every variable that could make the child somebody else.
const FOREIGN: [(&str, &str); 22] = [
    ("AWS_ACCESS_KEY_ID", "AKIAFOREIGN"),
    ("AWS_ACCESS_KEY", "AKIAFOREIGN"),
    ("AWS_SECRET_ACCESS_KEY", "foreign"),
    ("AWS_SECRET_KEY", "foreign"),
    ("AWS_SESSION_TOKEN", "foreign"),
    ("AWS_SECURITY_TOKEN", "foreign"),
    ("AWS_CREDENTIAL_EXPIRATION", "2020-01-01T00:00:00Z"),
    ("AWS_SESSION_EXPIRATION", "2020-01-01T00:00:00Z"),
    ("AWS_CREDENTIAL_SCOPE", "foreign"),
    ("AWS_ACCOUNT_ID", "999999999999"),
    ("AWS_PROFILE", "other"),
    ("AWS_DEFAULT_PROFILE", "other"),
    ("AWS_WEB_IDENTITY_TOKEN_FILE", "/nowhere"),
    ("AWS_ROLE_ARN", "arn:foreign"),
    ("AWS_ROLE_SESSION_NAME", "foreign"),
    ("AWS_IAM_ROLE_ARN", "arn:foreign"),
    ("AWS_IAM_ROLE_SESSION_NAME", "foreign"),
    ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/foreign"),
    ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/"),
    ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "foreign"),
    ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/nowhere"),
    ("AWS_BEARER_TOKEN_BEDROCK", "foreign"),
];

/// What is no credential is left as the caller has it.
const KEPT: [(&str, &str); 5] = [
    ("AWS_PAGER", "less"),
    ("AWS_MAX_ATTEMPTS", "7"),
    ("AWS_EC2_METADATA_DISABLED", "true"),
    ("MINE", "a b\n c"),
    ("AWS_REGION", "sa-east-1"),
];

fn with_foreign<'w>(world: &'w World, args: &[&str]) -> crate::harness::Sso<'w> {
    let run = world.sso(args);
    FOREIGN.iter().chain(&KEPT).fold(run, |run, (name, value)| run.env(name, value))
}

/// Catalogue G4: the child's environment, to the last variable.
#[test]
fn the_environment_of_the_child() {
    let world = World::corp("exec: the child's environment is exactly ours");
    world.sign_in();
    let run = with_foreign(&world, &["exec", "--profile", "dev", "--", "env", "-0"]).plain().run();
    assert_eq!(run.exits(0).err(), "");
    let mut found = environment(&run);
    let uri = found.remove("AWS_CONTAINER_CREDENTIALS_FULL_URI").expect("an address");
    let token = found.remove("AWS_CONTAINER_AUTHORIZATION_TOKEN").expect("a token");
    assert!(uri.starts_with("http://127.0.0.1:") && uri.ends_with('/'), "{uri}");
    assert!(token.len() == 64 && token.bytes().all(|byte| byte.is_ascii_hexdigit()), "256 bits");
    let ours =
        [("AWS_REGION", "us-east-1"), ("AWS_DEFAULT_REGION", "us-east-1"), ("SSO_EXEC_PROFILE", "dev")];
    let kept: Vec<_> = KEPT.iter().chain(&ours).copied().collect();
    assert_eq!(found, surroundings(&world, &kept));
    // The endpoint was there as long as the child.
    let port = uri.trim_end_matches('/').trim_start_matches("http://");
    assert!(TcpStream::connect(port).is_err());

    let args = ["exec", "--static", "--profile", "dev", "--", "env", "-0"];
    let run = with_foreign(&world, &args).plain().run();
    assert_eq!(run.exits(0).err(), "");
    let cached = world.json(crate::harness::ROLE_FILE);
    let cached = |name: &str| cached["Credentials"][name].as_str().expect("a text").to_owned();
    let (key, secret, session, end) =
        (cached("AccessKeyId"), cached("SecretAccessKey"), cached("SessionToken"), cached("Expiration"));
    let keys: [(&str, &str); 5] = [
        ("AWS_ACCESS_KEY_ID", &key),
        ("AWS_SECRET_ACCESS_KEY", &secret),
        ("AWS_SESSION_TOKEN", &session),
        ("AWS_CREDENTIAL_EXPIRATION", &end),
        ("AWS_ACCOUNT_ID", "111122223333"),
    ];
    let kept: Vec<_> = kept.into_iter().chain(keys).collect();
    assert_eq!(environment(&run), surroundings(&world, &kept));
    // A profile without a region leaves the caller's.
    world.config(&CORP.replace("\nregion = us-east-1", ""));
    let run = with_foreign(&world, &["exec", "--profile", "dev", "--", "env", "-0"]).plain().run();
    let found = environment(&run);
    assert_eq!(found["AWS_REGION"], "sa-east-1");
    assert!(!found.contains_key("AWS_DEFAULT_REGION"));
}

#[test]
fn exit_codes() {
    let world = World::corp("exec: exit codes pass through");
    world.sign_in();
    let folder = world.outside("folder");
    std::fs::create_dir(&folder).expect("a folder");
    let folder = folder.display().to_string();
    for mode in [&[][..], &["--static"]] {
        for (script, code) in [("exit 0", 0), ("exit 7", 7), ("exit 130", 130), ("exit 255", 255)] {
            let args = [&["exec", "--profile", "dev"], mode, &["--", "sh", "-c", script]].concat();
            world.sso(&args).run().exits(code).prints_nothing();
        }
        for (command, code, said) in
            [("no-such-command", 127, "There is no command"), (&folder, 126, "cannot be run")]
        {
            let args = [&["exec", "--profile", "dev"], mode, &["--", command]].concat();
            world.sso(&args).run().exits(code).says("error[X02]").says(said).prints_nothing();
        }
    }
    for (signal, code) in [("KILL", 137), ("INT", 130), ("TERM", 143), ("SEGV", 139)] {
        let script = format!("kill -{signal} $$");
        world.sso(&["exec", "--profile", "dev", "--", "sh", "-c", &script]).run().exits(code);
    }
    // With static keys the process *is* the command, so it dies as the command does, and has its number.
    let args = ["exec", "--static", "--profile", "dev", "--", "sh", "-c", "echo $$; kill -9 $$"];
    let child = world.sso(&args).command().stdout(Stdio::piped()).spawn().expect("it starts");
    let pid = child.id();
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.signal(), Some(9));
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), pid.to_string());
}

#[test]
fn stdio_is_the_childs() {
    let world = World::corp("exec: stdin, stdout and stderr are the child's");
    world.sign_in();
    let mut command =
        world.sso(&["exec", "--profile", "dev", "--", "sh", "-c", "cat; echo no >&2"]).plain().command();
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let bytes: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    let mut stdin = child.stdin.take().expect("a pipe");
    let sent = bytes.clone();
    let writer = std::thread::spawn(move || std::io::Write::write_all(&mut stdin, &sent));
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("it ends").expect("all is read");
    assert!(output.stdout == bytes && output.stderr == b"no\n", "{:?}", output.status);
}

/// Who needs to sign in is told before anything runs.
#[test]
fn before_the_child() {
    let world = World::corp("exec: what fails, fails before the child");
    let mark = world.outside("ran").display().to_string();
    let args = ["exec", "--profile", "dev", "--", "touch", &mark];
    world.sso(&args).run().exits(4).says("sso login --profile dev").prints_nothing();
    let error = world.sso(&["exec", "--profile", "dev", "--json", "--", "touch", &mark]).run();
    assert_eq!(error.exits(4).json()["error"]["code"], "T01");
    world.sso(&["exec", "--profile", "nobody", "--", "touch", &mark]).run().exits(3).says("error[C02]");
    world.sso(&["exec", "--sso-session", "corp", "--", "touch", &mark]).run().exits(2);
    world.sso(&["exec", "--profile", "dev", "touch"]).run().exits(2);
    world.sign_in();
    let nested = world.sso(&args).env("SSO_EXEC_PROFILE", "prod").run();
    nested.exits(2).says("error[X01]").says("\"prod\"").says("--nested");
    assert!(!std::path::Path::new(&mark).exists());
    // Really inside; and with --nested it is the inner one that counts.
    let sso = env!("CARGO_BIN_EXE_sso");
    let inside = ["exec", "--profile", "dev", "--", sso, "exec", "--profile", "dev", "--", "touch", &mark];
    world.sso(&inside).run().exits(2).says("error[X01]");
    assert!(!std::path::Path::new(&mark).exists());
    world.config(&format!(
        "{CORP}\n[profile ro]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n"
    ));
    let inner = [sso, "exec", "--nested", "--profile", "ro", "--", "printenv", "SSO_EXEC_PROFILE"];
    let args = [&["exec", "--profile", "dev", "--"], &inner[..]].concat();
    assert_eq!(world.sso(&args).run().exits(0).out(), "ro\n");
}

/// Without a command it is the user's shell, and one line says so.
#[test]
fn a_shell() {
    let world = World::corp("exec: a shell");
    world.sign_in();
    let shell = world.script("shell", "echo \"$# $SSO_EXEC_PROFILE\"; exit 9");
    let run = world.sso(&["exec", "--profile", "dev"]).env("SHELL", &shell).plain().run();
    assert_eq!(run.exits(9).out(), "0 dev\n");
    assert_eq!(
        run.err(),
        "A shell with the credentials of dev (Admin in 111122223333). Leave it with: exit\n"
    );
    let quiet = world.sso(&["exec", "--profile", "dev", "-q"]).env("SHELL", &shell).plain().run();
    assert_eq!(quiet.exits(9).err(), "");
    // No SHELL: /bin/sh, which ends at the end of its input.
    world.sso(&["exec", "--profile", "dev"]).run().exits(0);
}

/// Catalogue H5 and the canary: credentials and the endpoint's token are in nobody's arguments, and in no
/// environment but the child's.
#[test]
fn no_secret_in_any_other_process() {
    let world = World::corp("exec: secrets are in the child's environment only");
    world.sign_in();
    for mode in [&[][..], &["--static"]] {
        let script = "echo \"pid $$;$AWS_CONTAINER_AUTHORIZATION_TOKEN;\" >&2; read go";
        let args = [&["exec", "--profile", "dev"], mode, &["--", "sh", "-c", script]].concat();
        let mut command = world.sso(&args).plain().command();
        let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let mut line = String::new();
        let mut stderr = std::io::BufReader::new(child.stderr.take().expect("a pipe"));
        std::io::BufRead::read_line(&mut stderr, &mut line).expect("a line");
        let mut parts = line.trim_start_matches("pid ").split(';');
        let pid = parts.next().expect("a number").to_owned();
        let token = parts.next().filter(|token| !token.is_empty()).map(str::to_owned);
        assert_eq!(token.is_some(), mode.is_empty());
        let secrets: Vec<String> = world.sim.canaries().into_iter().chain(token).collect();
        let mut of_the_child = 0;
        for entry in std::fs::read_dir("/proc").expect("a proc file system").flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if !name.bytes().all(|byte| byte.is_ascii_digit()) {
                continue;
            }
            for file in ["cmdline", "environ"] {
                let bytes = std::fs::read(entry.path().join(file)).unwrap_or_default();
                let text = String::from_utf8_lossy(&bytes);
                let found = secrets.iter().filter(|secret| text.contains(secret.as_str())).count();
                if name == pid && file == "environ" {
                    of_the_child = found;
                } else {
                    assert_eq!(found, 0, "{file} of {name}: {:.80}", text);
                }
            }
        }
        // The token; or a secret key and a session token.
        assert_eq!(of_the_child, if mode.is_empty() { 1 } else { 2 });
        drop(child.stdin.take());
        child.wait().expect("it ends");
    }
}

/// A fix that is typed runs nothing else than was meant: without a command behind it, `exec` would open a shell.
#[test]
fn a_fix_opens_no_shell() {
    let world = World::corp("exec: a fix has a command behind it");
    let mistyped = world.sso(&["exec", "--", "true"]).env("AWS_PROFILE", "dve").run();
    mistyped.exits(3).says("sso exec --profile dev -- ...");
    world
        .sso(&["exec", "--", "true"])
        .run()
        .exits(2)
        .says("sso exec --profile <name> -- ..., or set AWS_PROFILE");
}
