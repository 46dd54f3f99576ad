//! A disk without space and a home that is read-only: no refresh token is spent that cannot be saved, and credentials come
//! while the token lives (catalogue E4, F4). Each in a mount namespace of its own, so that nothing stays mounted.

use crate::harness::{ROLE_FILE, Run, TOKEN_FILE, World, left_out, on_path};
use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::Path;

const ARGS: [&str; 3] = ["credential-process", "--profile", "dev"];

/// `~/.aws` becomes a small file system that holds what was there and is filled to the last byte.
const NO_SPACE: &str = r#"
mount -t tmpfs -o size=256k,mode=700 none "$AWS"
cp -a "$OUT/before/." "$AWS"
cat /dev/zero > "$AWS/fill" 2>/dev/null || true
test "$(df --output=avail "$AWS" | tail -n 1)" -eq 0
"#;

/// The same, with space, but without room for the name of another file.
const NO_NAMES: &str = r#"
mount -t tmpfs -o size=1m,nr_inodes=60,mode=700 none "$AWS"
cp -a "$OUT/before/." "$AWS"
number=0
while true > "$AWS/fill.$number"; do number=$((number + 1)); done 2>/dev/null
test "$(df --output=iavail "$AWS" | tail -n 1)" -eq 0
"#;

const READ_ONLY: &str = r#"
mount --bind "$HOME" "$HOME"
mount -o remount,bind,ro "$HOME"
if touch "$AWS/x" 2>/dev/null; then false; fi
"#;

/// What the script ends with when it could not prepare.
const UNPREPARED: i32 = 90;

/// A place where nothing can be saved.
struct Place {
    name: &'static str,
    prepare: &'static str,
    /// What the user is told to be the cause, and what to do.
    cause: &'static str,
    fix: &'static str,
}

#[test]
fn no_space() {
    let (cause, fix) = ("No space left on device", "free some space: df -h");
    nothing_is_lost(&Place { name: "disk full: no space", prepare: NO_SPACE, cause, fix });
}

#[test]
fn no_room_for_another_file() {
    let (cause, fix) = ("No space left on device", "free some space: df -h");
    nothing_is_lost(&Place { name: "disk full: no room for another file", prepare: NO_NAMES, cause, fix });
}

#[test]
fn read_only() {
    let (cause, fix) = ("Read-only file system", "mount");
    nothing_is_lost(&Place { name: "disk full: a read-only home", prepare: READ_ONLY, cause, fix });
}

/// Starts a program in a mount namespace of its own.
fn alone() -> &'static [&'static str] {
    if rustix::process::geteuid().is_root() { &["unshare", "-m"] } else { &["unshare", "-rm"] }
}

impl Place {
    /// Runs the program there; `None` where the kernel does not let us make it. What is left of `~/.aws` is brought out.
    fn run(&self, world: &World) -> Option<Run> {
        let script = format!(
            "AWS=$HOME/.aws; rm -rf \"$OUT\"; mkdir \"$OUT\"; cp -a \"$AWS\" \"$OUT/before\"\n\
             (set -e; {}) || exit {UNPREPARED}\n\"$@\"; code=$?\ncp -a \"$AWS\" \"$OUT/after\"; exit $code",
            self.prepare
        );
        let through = [alone(), &["sh", "-c", &script, "sh"]].concat();
        let run = world.sso(&ARGS).plain().env("OUT", world.outside("out")).through(&through).run();
        (run.code() != Some(UNPREPARED)).then_some(run)
    }
}

fn nothing_is_lost(place: &Place) {
    let output = std::process::Command::new("unshare").args(&alone()[1..]).arg("true").output();
    if !output.is_ok_and(|output| output.status.success()) {
        return left_out(place.name, "there is no mount namespace to be had");
    }
    let world = World::corp(place.name);
    world.sign_in();
    world.forget_requests();
    let left =
        |name: &str| world.outside("out/after").join(Path::new(name).strip_prefix(".aws").expect("there"));
    // A token that lives and is due; it was not written just now. One that is fresh. One that has ended.
    for (minutes, credentials) in [(10, true), (120, true), (-5, false)] {
        world.token_ends_in(minutes);
        world.token_saved_ago(60);
        let old = std::fs::read(world.home().join(TOKEN_FILE)).expect("there");
        let Some(run) = place.run(&world) else {
            return left_out(place.name, "mount is not allowed here");
        };
        assert_eq!(world.sim.journal().count("CreateToken"), 0, "nothing is spent\n{}", run.err());
        assert_eq!(std::fs::read(left(TOKEN_FILE)).expect("it is still there"), old);
        assert!(!left(ROLE_FILE).exists(), "it could not be saved");
        let names = std::fs::read_dir(left(TOKEN_FILE).parent().expect("a folder")).expect("listed");
        let temps = names.flatten().filter(|entry| entry.path().extension().is_some_and(|end| end == "tmp"));
        assert_eq!(temps.count(), 0);
        if credentials {
            run.exits(0).json();
            assert_eq!(world.sim.journal().count("GetRoleCredentials"), 1);
            assert_eq!(run.err().matches("warning:").count(), 1, "{}", run.err());
            run.says(place.cause).says(place.fix);
        } else {
            run.exits(7).prints_nothing().says(place.cause).says(place.fix);
            assert_eq!(world.sim.journal().total(), 0);
        }
        world.forget_requests();
    }
    // With space again everything goes on as if nothing had been.
    world.sso(&ARGS).run().exits(0).json();
    world.measured("0 refreshes sent, the old token kept byte for byte, credentials while it lives".into());
}

const CHMOD: &str = "let yourself write there: chmod u+rwX ";

/// Directories that the user may not write in. Root may, so this one runs as somebody else, where the tests run as root.
#[test]
fn closed_directories() {
    const STORY: &str = "disk full: directories that are closed";
    let as_root = rustix::process::geteuid().is_root();
    if as_root && !on_path("setpriv") {
        return left_out(STORY, "this is root, and there is no setpriv");
    }
    let world = World::corp(STORY);
    world.sign_in();
    world.forget_requests();
    let nobody = ["setpriv", "--reuid", "65534", "--clear-groups"];
    let closed =
        [".aws/sso/cache", ".aws/sso/.sso-locks", ".aws/sso", ".aws"].map(|name| world.home().join(name));
    let mode =
        |path: &Path, mode| set_permissions(path, Permissions::from_mode(mode)).expect("a mode can be set");
    for (minutes, credentials) in [(10, true), (120, true), (-5, false)] {
        world.token_ends_in(minutes);
        world.token_saved_ago(60);
        let old = std::fs::read(world.home().join(TOKEN_FILE)).expect("there");
        if as_root {
            mode(&world.outside(""), 0o755);
            for path in world.snapshot().into_keys().chain([world.home().to_owned()]) {
                chown(path, Some(65534), Some(65534)).expect("given away");
            }
        }
        closed.iter().for_each(|path| mode(path, 0o500));
        let sso = world.sso(&ARGS).plain();
        let run = if as_root { sso.through(&nobody).run() } else { sso.run() };
        closed.iter().rev().for_each(|path| mode(path, 0o700));
        assert_eq!(world.sim.journal().count("CreateToken"), 0, "nothing is spent\n{}", run.err());
        assert_eq!(std::fs::read(world.home().join(TOKEN_FILE)).expect("it is still there"), old);
        assert_eq!(world.temps(), Vec::<String>::new());
        assert!(!world.has(ROLE_FILE));
        if credentials {
            run.exits(0).json();
            assert_eq!(run.err().matches("warning:").count(), 1, "{}", run.err());
            run.says("Permission denied").says(CHMOD);
        } else {
            run.exits(7).prints_nothing().says("Permission denied").says(CHMOD);
        }
        world.forget_requests();
    }
    world.measured("0 refreshes sent, the old token kept byte for byte, credentials while it lives".into());
}
