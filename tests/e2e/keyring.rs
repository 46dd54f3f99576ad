//! `store = split` with a real Secret Service: the long-lived secrets are there, and nowhere below HOME.

use crate::harness::{CORP, ROLE_FILE, Run, TOKEN_FILE, World, as_if, number};
use crate::interop_botocore::{WHO, python};
use serde_json::Value;
use std::process::{Command, Stdio};
use std::time::Duration;

pub(crate) const SETTINGS: &str = ".config/sso/settings.ini";
const HELPER: [&str; 3] = ["credential-process", "--profile", "dev"];

/// A world with a keyring, and a session that is in two halves.
fn split(story: &str) -> Option<(World, crate::harness::Keyring)> {
    let world = World::corp(story);
    let keyring = world.keyring()?;
    world.write(SETTINGS, "store = split\n");
    world.sign_in();
    Some((world, keyring))
}

/// No refresh token and no client secret that was ever issued is anywhere below HOME.
#[track_caller]
pub(crate) fn nothing_long_lived_below_home(world: &World) {
    let secrets = long_lived(world);
    assert!(secrets.len() >= 2, "{} secrets were issued", secrets.len());
    for (path, (_, content)) in world.snapshot() {
        let text = String::from_utf8_lossy(&content.unwrap_or_default()).into_owned();
        assert!(secrets.iter().all(|secret| !text.contains(secret)), "a secret lies in {}", path.display());
    }
}

/// The refresh tokens and client secrets that were issued, by how they begin.
fn long_lived(world: &World) -> Vec<String> {
    let is_long_lived = |secret: &String| ["aor", "eyJ"].iter().any(|start| secret.starts_with(start));
    world.sim.canaries().into_iter().filter(is_long_lived).collect()
}

fn row(world: &World) -> Value {
    world.sso(&["status", "--json"]).run().json()["sessions"][0].clone()
}

#[test]
fn login_refresh_helper_logout() {
    let Some((world, keyring)) = split("keyring: login, refresh, helper, logout") else { return };
    nothing_long_lived_below_home(&world);
    let file = world.json(TOKEN_FILE);
    let has = |name: &str| file.get(name).is_some();
    assert!(["accessToken", "expiresAt", "region", "startUrl", "clientId"].into_iter().all(has), "{file:?}");
    assert!(!has("refreshToken") && !has("clientSecret"));
    let told = row(&world);
    assert_eq!((&told["store"], &told["secretsIn"]), (&"split".into(), &"secretStore".into()), "{told}");
    assert_eq!((&told["renews"], &told["astray"]), (&true.into(), &false.into()), "{told}");

    world.sso(&HELPER).run().exits(0).prints("AccessKeyId");
    world.token_ends_in(-5);
    std::fs::remove_file(world.home().join(ROLE_FILE)).expect("there");
    world.forget_requests();
    world.sso(&HELPER).run().exits(0).prints("AccessKeyId");
    assert_eq!(world.sim.journal().operations(), ["CreateToken", "GetRoleCredentials"]);
    world.token_saved_ago(120);
    world.sso(&["refresh"]).run().exits(0);
    nothing_long_lived_below_home(&world);
    // The next login finds its client in the keyring.
    world.forget_requests();
    world.sign_in();
    assert_eq!(world.sim.journal().count("RegisterClient"), 0, "{}", world.sim.journal().summary());
    world.sso(&["login", "--force", "--use-device-code"]).run().exits(0);
    nothing_long_lived_below_home(&world);

    world.sso(&["logout"]).run().exits(0);
    assert!(!world.has(TOKEN_FILE));
    assert_eq!(row(&world)["secretsIn"], Value::Null);
    world.forget_requests();
    world.sso(&["refresh"]).run().exits(4);
    world.sso(&HELPER).run().exits(4);
    world.made_requests(0);
    assert!(!keyring.asked());
}

/// From one to the other and back: moved, told, and no copy stays.
#[test]
fn the_mode_is_switched() {
    let world = World::corp("keyring: the mode is switched and back");
    let Some(_keyring) = world.keyring() else { return };
    world.sign_in();
    let before = world.json(TOKEN_FILE);
    world.write(SETTINGS, "[sso-session corp]\nstore = split\n");
    // Until somebody needs the token nothing moves; but it is seen.
    let status = world.sso(&["status"]).plain().run();
    status.exits(0).prints("lie in plain in ~/.aws/sso/cache").prints("fix: sso refresh --sso-session corp");
    assert_eq!(row(&world)["astray"], true);
    let doctor = world.sso(&["doctor", "--offline", "--only", "S06"]).run();
    doctor.prints("S06").prints("lie in plain");
    let moved = world.sso(&HELPER).run();
    moved.exits(0).says("are in the Secret Service now, and nowhere else");
    nothing_long_lived_below_home(&world);
    assert_eq!(world.json(TOKEN_FILE)["accessToken"], before["accessToken"]);
    world.sso(&["login"]).plain().run().exits(0).prints_nothing();
    assert_eq!(row(&world)["astray"], false);
    world.sso(&["doctor", "--offline", "--only", "S06"]).run().exits(0);

    world.write(SETTINGS, "store = shared\n");
    world.sso(&["status"]).plain().run().exits(0).prints("are in the Secret Service, although");
    world.sso(&["refresh"]).plain().run().exits(0).says("are in the files of the AWS tools now");
    let after = world.json(TOKEN_FILE);
    assert!(after["refreshToken"].is_string() && after["clientSecret"] == before["clientSecret"]);
    world.write(SETTINGS, "store = split\n");
    std::fs::remove_dir_all(world.home().join(".aws/sso/cache")).expect("there");
    assert_eq!(row(&world)["secretsIn"], Value::Null, "the keyring has nothing more");
}

/// The AWS CLI knows nothing of the setting: what it writes is seen, used and moved.
#[test]
fn another_tool_signs_in() {
    let Some((world, _keyring)) = split("keyring: a later login of another tool is moved") else { return };
    // Its files are, byte for byte, those of a login that knows no setting.
    let xdg = world.outside("none");
    world.sets("XDG_CONFIG_HOME", &xdg.display().to_string());
    world.sign_in();
    world.sets("XDG_CONFIG_HOME", "");
    assert!(world.json(TOKEN_FILE)["refreshToken"].is_string());
    world.sso(&["status"]).run().exits(0).prints("lie in plain");
    world.sso(&["refresh"]).run().exits(0).says("nowhere else");
    nothing_long_lived_below_home(&world);
    world.sso(&["status"]).run().exits(0).prints("are in the Secret Service");
}

/// botocore uses the access token while it lives, cannot refresh it, and cannot race us; by the helper it goes on.
#[test]
fn botocore() {
    const STORY: &str = "keyring: botocore on a session in two halves";
    let Some(python) = python(STORY) else { return };
    let Some((world, keyring)) = split(STORY) else { return };
    let helper = format!(
        "\n[profile by-helper]\ncredential_process = {} credential-process --profile dev\nregion = us-east-1\n",
        env!("CARGO_BIN_EXE_sso")
    );
    world.config(&format!("{CORP}{helper}"));
    world.forget_requests();
    let who = world.python(&python, WHO, &["dev"]);
    assert_eq!((&who["method"], &who["account"]), (&"sso".into(), &"111122223333".into()), "{who}");
    world.token_ends_in(-5);
    world.forget_requests();
    let run = |profile: &str| {
        let mut command = Command::new(&python);
        command.args(["-c", WHO, profile]);
        as_if(&mut command, &world.sso(&[]).command());
        let output = command.output().expect("it runs");
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (worked, said) = run("dev");
    assert!(!worked && said.contains("expired"), "{said}");
    assert_eq!(world.sim.journal().count("CreateToken"), 0, "it has nothing to refresh with");
    // The keyring is locked: by the helper it is our words that botocore shows.
    keyring.lock();
    let _ = std::fs::remove_file(world.home().join(ROLE_FILE));
    let (worked, said) = run("by-helper");
    assert!(!worked && said.contains("S01") && said.contains("the keyring is locked"), "{said}");
    assert!(!keyring.asked());
}

/// As `refresh_storm::one_refresh_all_succeed`, with the refresh token in the keyring.
#[test]
fn storm() {
    let processes = number(50, 200);
    let world =
        World::with("keyring: storm", World::sim().revoke_on_reuse().latency(Duration::from_millis(300)));
    world.config(CORP);
    let Some(_keyring) = world.keyring() else { return };
    world.write(SETTINGS, "store = split\n");
    world.sign_in();
    world.token_ends_in(-5);
    world.forget_requests();
    let runs: Vec<_> = (0..processes).map(|_| world.sso(&HELPER).spawn()).collect();
    let runs: Vec<Run> = runs.into_iter().map(crate::harness::Running::finish).collect();
    runs.iter().for_each(|run| drop(run.exits(0).json()));
    let refreshes = world.sim.journal().count_grant("refresh_token");
    assert_eq!(refreshes, 1, "{}", world.sim.journal().summary());
    let slowest = runs.iter().map(|run| run.took.as_millis()).max().unwrap_or_default();
    world.measured(format!(
        "{processes} processes, {refreshes} refresh, {processes} successes; the slowest took {slowest} ms"
    ));
    world.sso(&["status"]).run().exits(0);
    nothing_long_lived_below_home(&world);
}

/// As `refresh_storm::killed_while_refreshing`: whatever moment it is, the next run goes on, and nothing long-lived is left below
/// HOME, in no temp file either.
#[test]
fn killed_while_refreshing() {
    let rounds = number(20, 300);
    // Refresh tokens stay good: a kill between the reply and the save must not end the story.
    let sim = sso_sim::SimBuilder::new().account("111122223333", "dev", &["Admin"]);
    let world = World::with("keyring: killed while refreshing", sim);
    world.config(CORP);
    let Some(_keyring) = world.keyring() else { return };
    world.write(SETTINGS, "store = split\n");
    world.sign_in();
    let ended = || {
        let _ = std::fs::remove_file(world.home().join(ROLE_FILE));
        world.token_ends_in(-5);
    };
    ended();
    let run = world.sso(&HELPER).plain().run();
    let whole = run.exits(0).took;
    let mut refreshed = 0;
    for round in 0..rounds {
        ended();
        let old = world.json(TOKEN_FILE);
        let mut command = world.sso(&HELPER).plain().command();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the program starts");
        std::thread::sleep(whole.mul_f64(f64::from(round * 7_919 % 1_000) / 1_000.0));
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
        refreshed += u32::from(world.json(TOKEN_FILE)["accessToken"] != old["accessToken"]);
        nothing_long_lived_below_home(&world);
    }
    ended();
    world.sso(&HELPER).run().exits(0).json();
    assert_eq!(world.temps(), Vec::<String>::new());
    world.measured(format!(
        "{rounds} kills: {refreshed} after the token was saved; the next run went on, nothing below HOME"
    ));
}
