//! Names that would be paths: files are named by hashes only, so nothing is written or read elsewhere (catalogue D12).

use super::play::streams;
use crate::harness::World;

const NAMES: [&str; 7] = [
    "../../x",
    "/tmp/x",
    "..",
    ".",
    "x/../../../y",
    "C:\\x",
    "a very long name that goes on and on and on and on and on and on and on and on and on and on and on and on",
];

/// The configuration, the caches and the locks, and in them nothing but hashes.
fn is_ours(path: &str) -> bool {
    const FOLDERS: [&str; 7] = [
        ".aws",
        ".aws/sso",
        ".aws/sso/cache",
        ".aws/sso/.sso-locks",
        ".aws/cli",
        ".aws/cli/cache",
        ".aws/cli/.sso-locks",
    ];
    let Some((folder, name)) = path.rsplit_once('/') else { return FOLDERS.contains(&path) };
    let stem = name.strip_suffix(".json").or_else(|| name.strip_suffix(".lock")).unwrap_or_default();
    let hash = stem.len() == 40 && stem.bytes().all(|byte| byte.is_ascii_hexdigit());
    FOLDERS.contains(&path) || path == ".aws/config" || FOLDERS.contains(&folder) && hash
}

#[test]
fn names_are_no_paths() {
    let world = World::with(
        "hostile: names that would be paths",
        World::sim().account("444455556666", "x", &["../../r"]),
    );
    let mut used = 0;
    for name in NAMES {
        world.config(&format!(
            "[sso-session {name}]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-east-1\n\
             sso_registration_scopes = sso:account:access\n\
             [profile {name}]\nsso_session = {name}\nsso_account_id = 444455556666\nsso_role_name = ../../r\n"
        ));
        let login = world.sso(&["login", "--use-device-code", "--sso-session", name]).run();
        // What no AWS tool could read back is refused, with its line.
        if login.code() == Some(3) {
            assert!(login.err().contains("~/.aws/config:1"), "{name}: {}", login.err());
            continue;
        }
        login.exits(0);
        streams(&login);
        used += 1;
        world.sso(&["credential-process", "--profile", name]).run().exits(0).json();
        world.sso(&["status", "--sso-session", name]).run().exits(0);
    }
    assert!(used >= 5, "{used} were not refused");
    let below_home = world.snapshot();
    let below_home = below_home.keys().filter_map(|path| path.strip_prefix(world.home()).ok()?.to_str());
    let strange: Vec<&str> = below_home.filter(|path| !is_ours(path)).collect();
    assert!(strange.is_empty(), "{strange:?}");
    let beside = world.outside("").read_dir().expect("a folder").flatten();
    let beside: Vec<String> = beside.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    assert_eq!(beside, ["home"]);
}
