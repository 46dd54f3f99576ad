//! Bad input: a clear error with file and line or field, the right exit code, and nothing written.

use crate::harness::{CORP, Run, Snapshot, World, on_path};
use sso_sim::{Behaviour, Fault, RawServer};
use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// One row: what is wrong, the configuration, the command, the exit code, what has to be said.
struct Row {
    what: &'static str,
    config: &'static str,
    args: &'static [&'static str],
    env: &'static [(&'static str, &'static str)],
    code: i32,
    says: &'static [&'static str],
}

const LOGIN: &[&str] = &["login"];
const WHOAMI: &[&str] = &["whoami", "--profile", "dev"];
const CREDENTIALS: &[&str] = &["credential-process", "--profile", "dev"];

/// Each of these is seen before anything is asked of anybody: no request, no browser, HOME untouched byte for byte.
const ROWS: &[Row] = &[
    Row {
        what: "sso_region is missing",
        config: "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\n",
        args: LOGIN,
        env: &[],
        code: 3,
        says: &["sso_region is missing in [sso-session corp]", "~/.aws/config:1"],
    },
    Row {
        what: "sso_start_url is missing",
        config: "\n\n[sso-session corp]\nsso_region = us-east-1\n",
        args: LOGIN,
        env: &[],
        code: 3,
        says: &["sso_start_url is missing", "~/.aws/config:3"],
    },
    Row {
        what: "an http start URL",
        config: "[sso-session corp]\nsso_region = us-east-1\nsso_start_url = http://corp.awsapps.com/start\n",
        args: LOGIN,
        env: &[],
        code: 3,
        says: &["sso_start_url", "http://corp.awsapps.com/start", "~/.aws/config:3"],
    },
    Row {
        what: "a start URL that hides its host",
        config: "[sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://corp.awsapps.com@evil.example/\n",
        args: LOGIN,
        env: &[],
        code: 3,
        says: &["sso_start_url", "~/.aws/config:3"],
    },
    Row {
        what: "a region that is a host",
        config: "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = evil.example/#\n",
        args: LOGIN,
        env: &[],
        code: 3,
        says: &["sso_region \"evil.example/#\" is not a region", "~/.aws/config:3"],
    },
    Row {
        what: "a region that is a host, for credentials",
        config: "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = evil.example/#\n\
                 [profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Admin\n",
        args: CREDENTIALS,
        env: &[],
        code: 3,
        says: &["sso_region \"evil.example/#\" is not a region", "~/.aws/config:3"],
    },
    Row {
        what: "an unknown profile",
        config: CORP,
        args: &["whoami", "--profile", "dve"],
        env: &[],
        code: 3,
        says: &["There is no profile \"dve\" in ~/.aws/config.", "near", "dev", "sso whoami --profile dev"],
    },
    Row {
        what: "an unknown profile by AWS_PROFILE",
        config: CORP,
        args: &["credential-process"],
        env: &[("AWS_PROFILE", "devv")],
        code: 3,
        says: &["There is no profile \"devv\"", "near", "dev"],
    },
    Row {
        what: "a section without the word profile",
        config: "[dev]\nsso_session = corp\n",
        args: WHOAMI,
        env: &[],
        code: 3,
        says: &["error[C03]", "~/.aws/config:1", "[profile dev]"],
    },
    Row {
        what: "a name of two words without quotes",
        config: "[profile my dev]\nsso_session = corp\n",
        args: &["whoami", "--profile", "my dev"],
        env: &[],
        code: 3,
        says: &["error[C03]", "change ~/.aws/config:1 to [profile 'my dev']"],
    },
    Row {
        what: "the only sso-session is named, but not there",
        config: "[profile dev]\nsso_session = corp\n",
        args: LOGIN,
        env: &[],
        code: 3,
        says: &[
            "There is no sso-session \"corp\"",
            "~/.aws/config:2",
            "sso configure session --sso-session corp",
        ],
    },
    Row {
        what: "no profile is named, and default is another's",
        config: "[default]\naws_access_key_id = a\naws_secret_access_key = b\n[profile dev]\nsso_session = corp\n",
        args: &["whoami"],
        env: &[],
        code: 3,
        says: &["error[C17]", "~/.aws/config:2", "no profile is named", "sso whoami --profile <name>"],
    },
    Row {
        what: "no profile is named, and there is no default",
        config: "[profile dev]\nsso_session = corp\n",
        args: &["credential-process"],
        env: &[],
        code: 3,
        says: &["no profile \"default\"", "sso credential-process --profile <name>"],
    },
    Row {
        what: "the profile where other tools have it",
        config: CORP,
        args: &["exec", "dev", "--", "true"],
        env: &[],
        code: 2,
        says: &["\"dev\" does not belong here.", "the profile is an option", "exec --profile dev -- true"],
    },
    Row {
        what: "an unknown sso-session",
        config: "[profile dev]\nsso_session = crop\n[sso-session corp]\nsso_region = us-east-1\n",
        args: &["login", "--profile", "dev"],
        env: &[],
        code: 3,
        says: &["There is no sso-session \"crop\"", "~/.aws/config:2", "corp"],
    },
    Row {
        what: "an account id of 11 digits",
        config: "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-east-1\n\
                 [profile dev]\nsso_session = corp\nsso_account_id = 11112222333\nsso_role_name = Admin\n",
        args: CREDENTIALS,
        env: &[],
        code: 3,
        says: &["sso_account_id \"11112222333\"", "~/.aws/config:6"],
    },
    Row {
        // Used nowhere here, so nobody minds: not being signed in is the answer.
        what: "an account id of 11 digits, not used",
        config: "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-east-1\n\
                 [profile dev]\nsso_session = corp\nsso_account_id = 11112222333\nsso_role_name = Admin\n",
        args: &["status"],
        env: &[],
        code: 4,
        says: &[],
    },
    Row {
        what: "a profile without a role",
        config: "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-east-1\n\
                 [profile dev]\nsso_session = corp\n",
        args: CREDENTIALS,
        env: &[],
        code: 3,
        says: &["sso_account_id and sso_role_name are missing", "~/.aws/config:4"],
    },
    Row {
        what: "profile and session contradict each other",
        config: "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-east-1\n\
                 [profile dev]\nsso_session = corp\nsso_region = eu-west-1\nsso_account_id = 111122223333\nsso_role_name = A\n",
        args: CREDENTIALS,
        env: &[],
        code: 3,
        says: &["sso_region has two values", "~/.aws/config:6", "~/.aws/config:3"],
    },
    Row {
        what: "a line that is no setting",
        config: "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nwhat is this\n",
        args: LOGIN,
        env: &[],
        code: 3,
        says: &["error[C09]", "~/.aws/config:3"],
    },
    Row {
        what: "an unclosed header",
        config: "[sso-session corp\nsso_region = us-east-1\n",
        args: LOGIN,
        env: &[],
        code: 3,
        says: &["error[C09]", "~/.aws/config:1"],
    },
    Row {
        what: "no configuration at all",
        config: "",
        args: LOGIN,
        env: &[],
        code: 3,
        says: &["error[C01]", "sso configure"],
    },
    Row {
        what: "HOME is empty",
        config: CORP,
        args: LOGIN,
        env: &[("HOME", "")],
        code: 3,
        says: &["error[E07]", "HOME"],
    },
    Row {
        what: "HOME is relative",
        config: CORP,
        args: CREDENTIALS,
        env: &[("HOME", "some/where")],
        code: 3,
        says: &["error[E07]", "some/where"],
    },
    Row {
        what: "a plain http endpoint elsewhere",
        config: CORP,
        args: LOGIN,
        env: &[("AWS_ENDPOINT_URL_SSO_OIDC", "http://evil.example")],
        code: 3,
        says: &["http://evil.example", "AWS_ENDPOINT_URL_SSO_OIDC"],
    },
    Row {
        what: "an endpoint that only looks like loopback",
        config: CORP,
        args: LOGIN,
        env: &[("AWS_ENDPOINT_URL_SSO_OIDC", "http://127.0.0.1.evil.example")],
        code: 3,
        says: &["AWS_ENDPOINT_URL_SSO_OIDC"],
    },
    Row {
        what: "a proxy that is no address",
        config: CORP,
        args: LOGIN,
        env: &[("https_proxy", "http://[not an address")],
        code: 3,
        says: &["https_proxy"],
    },
    Row {
        what: "a CA bundle that is not there",
        config: CORP,
        args: LOGIN,
        env: &[("AWS_CA_BUNDLE", "/nowhere/ca.pem")],
        code: 3,
        says: &["/nowhere/ca.pem", "AWS_CA_BUNDLE"],
    },
    Row {
        what: "a browser command with an open quote",
        config: CORP,
        args: LOGIN,
        env: &[("BROWSER", "firefox 'x")],
        code: 2,
        says: &["BROWSER", "open quote"],
    },
    Row {
        what: "a flag that is not",
        config: CORP,
        args: &["login", "--brwoser", "x"],
        env: &[],
        code: 2,
        says: &["--browser"],
    },
    Row {
        what: "a timeout of 0",
        config: CORP,
        args: &["login", "--timeout", "0"],
        env: &[],
        code: 2,
        says: &["--timeout"],
    },
    Row {
        what: "a port of 99999",
        config: CORP,
        args: &["login", "--redirect-port", "99999"],
        env: &[],
        code: 2,
        says: &["--redirect-port"],
    },
    Row {
        what: "two selectors",
        config: CORP,
        args: &["status", "--profile", "dev", "--sso-session", "corp"],
        env: &[],
        code: 2,
        says: &["--profile", "--sso-session"],
    },
    Row {
        what: "a session where a profile is needed",
        config: CORP,
        args: &["whoami", "--sso-session", "corp"],
        env: &[],
        code: 2,
        says: &["--profile"],
    },
];

#[test]
fn seen_before_anything_is_asked() {
    let failed: Vec<&str> = ROWS
        .iter()
        .filter(|row| std::panic::catch_unwind(|| play(row)).is_err())
        .map(|row| row.what)
        .collect();
    assert!(failed.is_empty(), "{failed:?}");
}

fn play(row: &Row) {
    let world = World::with(&format!("bad_input: {}", row.what), World::sim());
    if !row.config.is_empty() {
        world.config(row.config);
    }
    let before = world.snapshot();
    let noting = world.noting_browser();
    let mut sso = world.sso(row.args);
    if row.args == LOGIN {
        sso = sso.browser(&noting);
    }
    for (name, value) in row.env {
        sso = sso.env(name, value);
    }
    let run = sso.run();
    run.exits(row.code);
    for text in row.says {
        run.says(text);
    }
    if row.code != 4 {
        run.prints_nothing();
    }
    world.made_requests(0);
    assert!(
        before == world.snapshot() && !world.outside("opened").exists(),
        "{}: something was written",
        row.what
    );
}

/// What AWS tools accept is accepted: a BOM, CRLF, keys given twice (the first one counts or the last, as the AWS CLI reads them).
#[test]
fn files_that_editors_leave() {
    for (what, config, code, said) in [
        ("a BOM", format!("\u{feff}{CORP}"), 0, ""),
        ("CRLF", CORP.replace('\n', "\r\n"), 0, ""),
        (
            "a key given twice",
            CORP.replace("sso_region = us-east-1\n", "sso_region = us-east-1\nsso_region = us-east-1\n"),
            0,
            "",
        ),
        ("UTF-16", String::new(), 3, "UTF-16"),
        ("CR alone", CORP.replace('\n', "\r"), 3, "CR"),
    ] {
        let world = World::with(&format!("bad_input: {what}"), World::sim());
        let utf16 =
            || [0xff, 0xfe].into_iter().chain(CORP.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let bytes: Vec<u8> = if config.is_empty() { utf16() } else { config.into_bytes() };
        world.write(".aws/config", bytes);
        let run = world.sso(&["login", "--use-device-code"]).run();
        run.exits(code).says(said);
    }
}

/// Answers that no service gives.
#[test]
fn replies_that_cannot_be() {
    for (what, behaviour, says) in [
        ("512 MB", Behaviour::Huge { total: 512 << 20 }, "too large to be real"),
        ("a gzip bomb", Behaviour::GzipBomb { decompressed: 512 << 20 }, ""),
        ("200,000 levels", Behaviour::Deep(200_000), "cannot be understood"),
        ("cut off", Behaviour::CutAfter(100), ""),
        ("a redirect", Behaviour::RedirectTo { status: 307, location: "http://127.0.0.1:1/".into() }, ""),
        ("not JSON", Behaviour::json(200, "<html>hello</html>"), "cannot be understood"),
        ("a list", Behaviour::json(200, "[]"), "cannot be understood"),
        ("empty", Behaviour::json(200, ""), "cannot be understood"),
        (
            "wrong types",
            Behaviour::json(200, "{\"clientId\": 7, \"clientSecret\": null}"),
            "cannot be understood",
        ),
    ] {
        let world = World::corp(&format!("bad_input: a reply: {what}"));
        let server = RawServer::http([behaviour]);
        let before = world.files();
        let sso = world.sso(&["login"]).env("AWS_ENDPOINT_URL_SSO_OIDC", server.url());
        let note = world.outside("peak").display().to_string();
        let run = if on_path("time") {
            sso.through(&["time", "-q", "-f", "%M", "-o", &note]).run()
        } else {
            sso.run()
        };
        if on_path("time") {
            let peak: u64 = world.wait_for_note("peak").trim().parse().expect("KiB");
            world.measured(format!("peak memory {peak} KiB"));
            assert!(peak <= 64 * 1024, "{what}: {peak} KiB");
        }
        run.exits(6).says("127.0.0.1").says(says).prints_nothing();
        assert!(before == world.files(), "{what}");
        assert!(run.took.as_secs() < 20, "{what}: {:?}", run.took);
    }
}

#[test]
fn html_instead_of_json() {
    for operation in ["RegisterClient", "StartDeviceAuthorization", "CreateToken"] {
        let world = World::corp(&format!("bad_input: HTML from {operation}"));
        world.sim.fault(Fault::on(operation).html());
        let run = world.sso(&["login", "--use-device-code", "--timeout", "5"]).run();
        run.exits(6).says("HTML").says("a proxy or a captive portal may be answering").prints_nothing();
        assert!(!world.has(crate::harness::TOKEN_FILE));
    }
}

fn disk(story: &str, args: &[&str], prepare: impl Fn(&World)) -> (World, Run, Snapshot) {
    let world = World::corp(story);
    prepare(&world);
    let before = world.snapshot();
    let run = world.sso(args).browser(&world.noting_browser()).run();
    assert!(!world.outside("opened").exists(), "no browser");
    (world, run, before)
}

/// What lies in the way on the disk is seen before the user is sent to a browser.
#[test]
fn the_disk() {
    let (world, run, before) = disk("bad_input: the config is a directory", &["login"], |world| {
        std::fs::remove_file(world.home().join(".aws/config")).expect("it is there");
        std::fs::create_dir(world.home().join(".aws/config")).expect("a folder can be made");
    });
    run.exits(3).says("~/.aws/config is a directory");
    assert!(before == world.snapshot());

    for file in [".aws/sso", ".aws/sso/cache"] {
        let (world, run, before) = disk("bad_input: the cache directory is a file", &["login"], |world| {
            world.write_private(file, "in the way");
        });
        run.exits(7).says("it is in the way: mv ").says(&format!("{file}.old\n"));
        assert!(
            before.len() <= world.snapshot().len()
                && world.files().iter().all(|(path, found)| before[path] == *found)
        );
        world.made_requests(0);
    }
}

/// Root may write everywhere, so this one runs as somebody else, where the tests run as root and can.
#[test]
fn a_cache_that_cannot_be_written() {
    let world = World::corp("bad_input: the cache cannot be written");
    let as_root = rustix::process::geteuid().is_root();
    let folder = world.home().join(".aws/sso/cache");
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    let mode = |path: &Path, mode| {
        set_permissions(path, Permissions::from_mode(mode)).expect("a mode can be set");
    };
    mode(&folder, 0o555);
    mode(&world.outside(""), 0o755);
    let sso = world.sso(&["login"]).browser(&world.noting_browser());
    let run = match as_root {
        false => sso.run(),
        true if on_path("setpriv") => sso.through(&["setpriv", "--reuid", "65534", "--clear-groups"]).run(),
        true => {
            return sso_vectors::announce(
                "a cache that cannot be written",
                "this is root, and there is no setpriv",
            );
        }
    };
    mode(&folder, 0o755);
    run.exits(7).says("~/.aws/sso").says("fix:");
    world.made_requests(0);
    assert!(!world.outside("opened").exists());
}
