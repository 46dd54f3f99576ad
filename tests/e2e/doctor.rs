//! `sso doctor`: every folder of tests/fixtures/doctor is a case.
//!
//! `home/` is HOME before, `env.json` the surroundings, `expect.json` what is found, `after/` what files become with `--fix`.
//! In all files `{{now+3600}}` stands for that instant and `{{home}}` for HOME.

mod servers;

use crate::harness::{Running, World};
use rustix::process::{Pid, Signal, kill_process};
use serde::Deserialize;
use serde_json::Value;
use servers::{Servers, happen};
use sso_sim::Fault;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// `env.json`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Surroundings {
    /// More variables.
    env: BTreeMap<String, String>,
    /// More arguments.
    args: Vec<String>,
    /// Modes of files below HOME, in octal.
    modes: BTreeMap<String, String>,
    /// Links below HOME, and where they lead.
    links: BTreeMap<String, String>,
    /// Directories below HOME to make: git keeps none that is empty.
    dirs: Vec<String>,
    /// The code to look for; the folder's name up to the first `-` if it is not given.
    only: Option<String>,
    /// Whether the network and other programs are asked: the simulated AWS, and what `env` says.
    network: bool,
    /// Whether the user has signed in at the simulated AWS before.
    signed_in: bool,
    /// How many seconds ago files below HOME were written.
    written_ago: BTreeMap<String, u64>,
    /// Whose files below HOME are, by number. Takes root.
    owners: BTreeMap<String, u32>,
    /// Whether it must not be root: as root it runs as nobody, whose HOME then is.
    not_root: bool,
    /// A directory below HOME that is a full disk.
    full: Option<String>,
    /// Whether a refresh was stopped in its middle (and the user has signed in).
    stopped: bool,
    /// Only the endpoints of `env`; else those of the simulated AWS.
    own_endpoints: bool,
    /// Whether 127.0.0.1 cannot be reached (a network namespace of its own, whose loopback interface is down).
    no_loopback: bool,
    /// Codes of what the machine that runs the tests may be.
    ignore: Vec<String>,
    /// Servers besides it, by name (servers.rs).
    servers: BTreeMap<String, String>,
    /// What has happened at the simulated AWS since the user signed in (servers.rs).
    happened: Vec<String>,
    /// What a finding tells the user to set after `--fix`: then it is gone.
    then: BTreeMap<String, String>,
    #[serde(skip)]
    running: Servers,
}

impl Surroundings {
    /// What this machine lacks for the case.
    fn lacks(&self) -> Option<&'static str> {
        let root = rustix::process::geteuid().is_root();
        let runs = |words: &[&str]| {
            let (program, args) = words.split_first().expect("a program");
            Command::new(program).args(args).output().is_ok_and(|ended| ended.status.success())
        };
        match () {
            () if self.no_loopback && !can_unshare() => Some("no network namespace is allowed here"),
            () if !self.owners.is_empty() && !root => Some("this is not root"),
            () if self.not_root && root && !runs(&["setpriv", "--version"]) => Some("there is no setpriv"),
            () if self.full.is_some() && !runs(&["unshare", "-rm", "mount", "-t", "tmpfs", "x", "/mnt"]) => {
                Some("nothing can be mounted here")
            }
            () => None,
        }
    }

    /// What starts the program.
    fn through(&self) -> Vec<String> {
        if self.no_loopback {
            return ["unshare", "--map-root-user", "--net"].map(str::to_owned).to_vec();
        }
        if let Some(full) = &self.full {
            let script = format!(
                "mount -t tmpfs -o size=4k,mode=0700 full \"$HOME/{full}\" && head -c 4096 /dev/zero > \"$HOME/{full}/fill\"; \
                 exec \"$@\""
            );
            return ["unshare", "-rm", "sh", "-c", &script, "sh"].map(str::to_owned).to_vec();
        }
        if self.not_root && rustix::process::geteuid().is_root() {
            let words = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];
            return words.map(str::to_owned).to_vec();
        }
        Vec::new()
    }
}

fn cases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/doctor");
    let mut found: Vec<PathBuf> =
        root.read_dir().expect("the cases").flatten().map(|entry| entry.path()).collect();
    found.sort();
    found
}

/// Copies a folder into HOME, with the placeholders filled in.
fn copy(from: &Path, world: &World, to: &str) {
    for entry in from.read_dir().into_iter().flatten().flatten() {
        let name = format!("{to}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            copy(&entry.path(), world, &format!("{name}/"));
        } else {
            let bytes = std::fs::read(entry.path()).expect("it can be read");
            world.write_private(&name, filled(bytes, world));
        }
    }
}

/// `{{now+3600}}`, `{{now-60}}` and `{{home}}`.
fn filled(bytes: Vec<u8>, world: &World) -> Vec<u8> {
    let Ok(text) = String::from_utf8(bytes.clone()) else { return bytes };
    let text = text.replace("{{home}}", &world.home().display().to_string());
    let mut parts = text.split("{{now");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (offset, rest) = part.split_once("}}").expect("the placeholder ends");
        let seconds: i64 = offset.parse().expect("a number of seconds");
        whole.push_str(&crate::harness::in_seconds(seconds));
        whole.push_str(rest);
    }
    whole.into_bytes()
}

fn json<T: for<'a> Deserialize<'a>>(path: &Path) -> Option<T> {
    let text = std::fs::read_to_string(path).ok()?;
    Some(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

fn set_up(case: &Path) -> (World, Surroundings, String) {
    let name = case.file_name().expect("a name").to_string_lossy().into_owned();
    let mut around: Surroundings = json(&case.join("env.json")).unwrap_or_default();
    around.running = Servers::start(&around.servers);
    let world = World::with(&format!("doctor: {name}"), World::sim());
    if around.signed_in {
        world.config(crate::harness::CORP);
        world.sign_in();
    }
    around.happened.iter().for_each(|event| happen(&world, event));
    copy(&case.join("home"), &world, "");
    around.running.fill_files(world.home());
    around.dirs.iter().for_each(|dir| std::fs::create_dir_all(world.home().join(dir)).expect("made"));
    for (link, target) in &around.links {
        std::os::unix::fs::symlink(target, world.home().join(link)).expect("linked");
    }
    for (path, mode) in &around.modes {
        let mode = u32::from_str_radix(mode, 8).expect("an octal number");
        std::fs::set_permissions(world.home().join(path), Permissions::from_mode(mode)).expect("set");
    }
    for (path, seconds) in &around.written_ago {
        let then = std::time::SystemTime::now() - Duration::from_secs(*seconds);
        let file = std::fs::File::open(world.home().join(path)).expect("it is there");
        file.set_modified(then).expect("it can be dated");
    }
    if around.not_root && rustix::process::geteuid().is_root() {
        std::fs::set_permissions(world.outside(""), Permissions::from_mode(0o755)).expect("set");
        give(world.home(), 65534);
    }
    for (path, owner) in &around.owners {
        std::os::unix::fs::lchown(world.home().join(path), Some(*owner), Some(*owner)).expect("given");
    }
    let code = around.only.clone().unwrap_or_else(|| name.split('-').next().unwrap_or_default().to_owned());
    (world, around, code)
}

/// Gives everything to somebody.
fn give(path: &Path, owner: u32) {
    std::os::unix::fs::lchown(path, Some(owner), Some(owner)).expect("given");
    let below = if path.is_symlink() { None } else { path.read_dir().ok() };
    below.into_iter().flatten().flatten().for_each(|entry| give(&entry.path(), owner));
}

/// A refresh that waits for its answer, and is stopped while it does.
fn stopped_refresh(world: &World) -> Running<'_> {
    world.token_ends_in(-5);
    world.forget_requests();
    world.sim.fault(Fault::on("CreateToken").delay(Duration::from_secs(600)));
    let refresh = world.sso(&["refresh"]).spawn();
    assert!(world.sim.wait_for("CreateToken", 1, Duration::from_secs(30)), "it asks");
    let pid = Pid::from_raw(refresh.pid()).expect("a process");
    kill_process(pid, Signal::STOP).expect("it lives");
    let stat = format!("/proc/{}/stat", refresh.pid());
    let asked = Instant::now();
    while !std::fs::read_to_string(&stat).expect("it lives").contains(") T ") {
        assert!(asked.elapsed() < Duration::from_secs(30), "it stops");
        std::thread::yield_now();
    }
    refresh
}

/// Runs it, and gives what was found.
fn examine(world: &World, around: &Surroundings, code: &str, more: &[&str]) -> (Vec<Value>, i32) {
    let mut args = vec!["doctor", "--json"];
    if !around.network {
        args.push("--offline");
    }
    if code != "healthy" {
        args.extend(["--only", code]);
    }
    args.extend(around.args.iter().map(String::as_str));
    args.extend(more);
    let through = around.through();
    let through: Vec<&str> = through.iter().map(String::as_str).collect();
    let mut run = world.sso(&args).plain().through(&through);
    if around.own_endpoints {
        for name in ["AWS_ENDPOINT_URL_SSO_OIDC", "AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL_STS"] {
            run = run.env(name, "");
        }
    }
    for (name, value) in &around.env {
        let value = around.running.fill(value);
        run = run.env(name, String::from_utf8(filled(value.into_bytes(), world)).expect("text"));
    }
    let run = run.run();
    let mut found = run.json()["findings"].as_array().unwrap_or_else(|| panic!("{}", run.out())).clone();
    found.retain(|finding| !around.ignore.iter().any(|code| finding["code"] == code.as_str()));
    (found, run.code().unwrap_or(128))
}

/// Every field of the expected finding is as expected; texts may be given by a part: `~ part`.
fn fits(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (Value::String(found), Value::String(expected)) => match expected.strip_prefix("~ ") {
            Some(part) => found.contains(part),
            None => found == expected,
        },
        (Value::Object(found), Value::Object(expected)) => {
            expected.iter().all(|(key, value)| found.get(key).is_some_and(|found| fits(found, value)))
        }
        (Value::Array(found), Value::Array(expected)) => {
            found.len() == expected.len()
                && found.iter().zip(expected).all(|(found, expected)| fits(found, expected))
        }
        _ => found == expected,
    }
}

fn expected(case: &Path, world: &World) -> Vec<Value> {
    let text = std::fs::read(case.join("expect.json")).expect("expect.json");
    serde_json::from_slice(&filled(text, world)).unwrap_or_else(|error| panic!("{}: {error}", case.display()))
}

fn can_unshare() -> bool {
    let tried = std::process::Command::new("unshare").args(["--map-root-user", "--net", "true"]).status();
    tried.is_ok_and(|status| status.success())
}

/// All of them are tried, however many fail.
#[test]
fn every_case() {
    let failed: Vec<PathBuf> =
        cases().into_iter().filter(|case| std::panic::catch_unwind(|| one(case)).is_err()).collect();
    assert!(failed.is_empty(), "{failed:#?}");
}

fn one(case: &Path) {
    let lacks = json::<Surroundings>(&case.join("env.json")).and_then(|around| around.lacks());
    if let Some(why) = lacks {
        return sso_vectors::announce(&case.display().to_string(), why);
    }
    let (world, mut around, code) = set_up(case);
    let _stopped = around.stopped.then(|| stopped_refresh(&world));
    let expected: Vec<Value> = expected(case, &world);
    let (found, exit) = examine(&world, &around, &code, &[]);
    let show = |found: &[Value]| serde_json::to_string_pretty(found).expect("JSON");
    let same = found.len() == expected.len() && found.iter().zip(&expected).all(|(a, b)| fits(a, b));
    assert!(same, "{}:\nfound {}\nexpected {}", case.display(), show(&found), show(&expected));
    let errors = expected.iter().any(|finding| finding["severity"] == "error");
    assert_eq!(exit, i32::from(errors), "{}", case.display());
    // It can be told to a person too.
    let mut told = vec!["doctor", "--offline"];
    told.extend(around.args.iter().map(String::as_str));
    world.sso(&told).run();
    let after = case.join("after");
    let fixable = |finding: &&Value| finding["autoFixable"] == true;
    assert_eq!(
        found.iter().any(|finding| fixable(&finding)),
        after.is_dir(),
        "{}: what can be fixed has after/",
        case.display()
    );
    if after.is_dir() {
        let (mut left, _) = examine(&world, &around, &code, &["--fix", "--yes"]);
        if !around.then.is_empty() {
            around.env.extend(around.then.clone());
            (left, _) = examine(&world, &around, &code, &[]);
        }
        let stays = found.iter().filter(|finding| !fixable(finding)).count();
        assert_eq!(left.len(), stays, "{}: {}", case.display(), show(&left));
        same_files(&after, &world, &around.running, "", case);
    }
}

/// Every file of `after/` is in HOME; one that is called `NAME.gone` is out of the way, `NAME.mode` says a mode.
fn same_files(after: &Path, world: &World, servers: &Servers, to: &str, case: &Path) {
    for entry in after.read_dir().into_iter().flatten().flatten() {
        let name = format!("{to}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            same_files(&entry.path(), world, servers, &format!("{name}/"), case);
        } else if let Some(gone) = name.strip_suffix(".gone") {
            assert!(!world.home().join(gone).exists(), "{}: {gone} is still there", case.display());
            let (folder, name) = gone.rsplit_once('/').unwrap_or((".", gone));
            let moved = format!("{}.broken-", name.trim_end_matches(".json"));
            let kept = world.names(folder).iter().any(|name| name.starts_with(&moved));
            assert!(kept, "{}: {gone} is kept under another name", case.display());
        } else if let Some(path) = name.strip_suffix(".mode") {
            let mode = world.home().join(path).metadata().expect("there").permissions().mode() & 0o777;
            let expected = std::fs::read_to_string(entry.path()).expect("a mode");
            assert_eq!(format!("{mode:04o}"), expected.trim(), "{}: {path}", case.display());
        } else {
            let expected = filled(std::fs::read(entry.path()).expect("it can be read"), world);
            let found = std::fs::read(world.home().join(&name)).expect("there");
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            assert_eq!(text(&found), servers.fill(&text(&expected)), "{}: {name}", case.display());
        }
    }
}

/// What can be checked has a case, and every case is of something that can be checked.
#[test]
fn checks_and_cases_name_the_same_codes() {
    let world = World::corp("doctor: checks and cases");
    let codes = world.sso(&["doctor", "--list", "--json"]).run().json()["codes"].clone();
    let checked: Vec<String> = codes
        .as_array()
        .expect("a list")
        .iter()
        .filter(|code| !code["needs"].is_null())
        .map(|code| code["code"].as_str().expect("a code").to_owned())
        .collect();
    let name = |case: &PathBuf| case.file_name().expect("a name").to_string_lossy().into_owned();
    let mut cased: Vec<String> =
        cases().iter().map(|case| name(case).split('-').next().unwrap_or_default().to_owned()).collect();
    cased.dedup();
    let cased: Vec<&String> = cased.iter().filter(|name| *name != "healthy").collect();
    let mut checked: Vec<&String> = checked.iter().collect();
    checked.sort();
    assert_eq!(cased, checked);
}

/// A page that promises a repair has a case that shows it, and the other way round.
#[test]
fn pages_promise_what_is_mended() {
    let mended = |case: &PathBuf| case.join("after").is_dir();
    let code = |case: PathBuf| {
        let name = case.file_name().expect("a name").to_string_lossy().into_owned();
        name.split('-').next().unwrap_or_default().to_owned()
    };
    let mended: BTreeSet<String> = cases().into_iter().filter(mended).map(code).collect();
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/doctor");
    let promises = |page: &Path| {
        let text =
            std::fs::read_to_string(page).expect("a page").split_whitespace().collect::<Vec<_>>().join(" ");
        text.contains("sso doctor --fix")
    };
    let mut promised = BTreeSet::new();
    for page in pages.read_dir().expect("the pages").flatten().map(|entry| entry.path()) {
        let name = page.file_stem().expect("a name").to_string_lossy().into_owned();
        if name != "README" && promises(&page) {
            promised.insert(name);
        }
    }
    assert_eq!(mended.into_iter().filter(|code| code != "healthy").collect::<BTreeSet<_>>(), promised);
}

#[test]
fn codes_are_explained_and_unknown_ones_are_said() {
    let world = World::corp("doctor: --explain, --list, --only");
    for code in ["C05", "t01", "R02"] {
        let page = world.sso(&["doctor", "--explain", code]).run();
        page.exits(0).prints(&format!("# {}", code.to_uppercase()));
    }
    world.sso(&["doctor", "--list"]).run().exits(0).prints("C05");
    world.sso(&["doctor", "--explain", "X99"]).run().exits(2).says("X99").says("sso doctor --list");
    world.sso(&["doctor", "--only", "I04"]).run().exits(2).says("sso doctor --explain I04");
    world.sso(&["doctor", "--fix", "--offline"]).run();
}
