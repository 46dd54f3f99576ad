//! A process that saves the token over and over: readers beside it, and `kill -9` at any moment. And writers of other
//! tools, who write in place.

use crate::harness::{TOKEN_FILE, World, number};
use sso_cache::{CacheDirs, FileStore};
use sso_core::{AccessToken, Lookup, SessionName, TokenKey, TokenSet, TokenStore as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant, SystemTime};

/// Tells a test that it is the writer, and in which home.
const WRITER: &str = "SSO_TEST_WRITER";

fn corp() -> TokenKey {
    TokenKey::Session(SessionName::new("corp"))
}

fn store(home: &Path) -> FileStore {
    FileStore::open(CacheDirs::below(home))
}

/// The writer, if this process is to be it: saves short and long tokens until it is killed, or nobody is left to do so.
fn is_writer() -> bool {
    let Some(home) = std::env::var_os(WRITER).map(PathBuf::from) else { return false };
    let parent = rustix::process::getppid();
    let store = store(&home);
    let Ok(Lookup::Found(first)) = store.load(&corp()) else { panic!("no token to begin with") };
    for length in [8, 4_000].into_iter().cycle() {
        if rustix::process::getppid() != parent {
            break;
        }
        let token = TokenSet { access_token: AccessToken::new("x".repeat(length)), ..first.clone() };
        let mut change = store.try_begin(&corp()).expect("no error").expect("nobody else writes");
        change.reserve().expect("space");
        change.commit(&token).expect("saved");
    }
    true
}

/// The writer as a process of its own, which has saved at least once.
struct Writer(Child);

impl Writer {
    /// `test` is the test that calls, and begins with [`is_writer`].
    fn start(world: &World, test: &str) -> Self {
        let before = saved_at(world);
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.args(["--exact", test, "--nocapture"]).env(WRITER, world.home());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut writer = Self(command.spawn().expect("it starts"));
        while saved_at(world) == before {
            assert!(writer.lives(), "the writer has ended");
            std::thread::sleep(Duration::from_micros(100));
        }
        writer
    }

    fn lives(&mut self) -> bool {
        self.0.try_wait().expect("a child can be asked").is_none()
    }

    fn kill(mut self) {
        self.0.kill().expect("it can be killed");
        assert!(!self.0.wait().expect("it ends").success(), "it would have gone on");
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Nothing is left behind when a test fails; usually it is dead already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn saved_at(world: &World) -> SystemTime {
    let found = world.home().join(TOKEN_FILE).metadata().expect("there at any moment");
    found.modified().expect("dated")
}

/// A world with a token; its refresh token stays good whatever is killed.
fn world(story: &str) -> World {
    let world = World::with(story, sso_sim::SimBuilder::new().account("111122223333", "dev", &["Admin"]));
    world.config(crate::harness::CORP);
    world.sign_in();
    world
}

/// AWS CLI 2.36.7: 222,219 of 244,663 reads torn.
#[test]
fn readers_find_whole_tokens() {
    if is_writer() {
        return;
    }
    // Reading is much faster than saving: it goes on until there was something to see.
    let (least, saves) = (number(5_000, 100_000), number(30, 1_000));
    let world = world("hot writer: readers find whole tokens");
    let mut writer = Writer::start(&world, "hot_writer::readers_find_whole_tokens");
    let path = world.home().join(TOKEN_FILE);
    let (mut reads, mut torn, mut absent, mut changes) = (0, 0, 0, 0);
    let mut last = Vec::new();
    while reads < least || changes < saves {
        reads += 1;
        assert!(reads % 1_000 > 0 || writer.lives(), "the writer has ended");
        // Plainly, as a tool would that knows nothing of us.
        match std::fs::read(&path) {
            Err(_) => absent += 1,
            Ok(bytes) => {
                let whole = serde_json::from_slice::<serde_json::Value>(&bytes);
                torn += u32::from(!whole.is_ok_and(|token| token["refreshToken"].is_string()));
                changes += u32::from(bytes != last);
                last = bytes;
            }
        }
    }
    writer.kill();
    world
        .measured(format!("{reads} reads: {torn} torn, {absent} absent; another token in {changes} of them"));
    assert_eq!((torn, absent), (0, 0));
}

#[test]
fn killed_at_any_moment() {
    if is_writer() {
        return;
    }
    let rounds = number(50, 1_000);
    let world = world("hot writer: killed at any moment");
    let (mut short, mut orphans) = (0, 0);
    for round in 0..rounds {
        let writer = Writer::start(&world, "hot_writer::killed_at_any_moment");
        std::thread::sleep(Duration::from_micros((round * 7_919 % 10_000).into()));
        writer.kill();
        let found = world.json(TOKEN_FILE);
        let length = found["accessToken"].as_str().expect("it is whole").len();
        assert!(matches!(length, 8 | 4_000), "round {round}: {length}");
        short += u32::from(length == 8);
        orphans += world.temps().len();
    }
    assert!(short > 0 && short < rounds, "the kills came at different moments: {short} of {rounds}");
    assert!(orphans > 0, "no kill came in the middle of a save");
    world.token_ends_in(-5);
    world.sso(&["credential-process", "--profile", "dev"]).run().exits(0).json();
    let left = world.temps();
    world.measured(format!(
        "{rounds} kills: 0 torn; {orphans} in the middle of a save, whose temp files the next process removed; {} left \
         after the last run",
        left.len()
    ));
    assert_eq!(left, Vec::<String>::new());
}

/// As the AWS CLI does: the file is emptied, then written in two halves, once beside each load. Whoever finds it torn reads
/// again for 250 ms; a writer that the system lets wait for longer in the middle is outside of the promise, and counted.
#[test]
fn torn_files_of_others_are_read_again() {
    use std::io::Write as _;
    let loads = number(30, 1_000);
    let world = world("hot writer: torn files of others are read again");
    let (path, store) = (world.home().join(TOKEN_FILE), store(world.home()));
    let whole = std::fs::read(&path).expect("there");
    let (begin, begun) = channel::<()>();
    let (torn, emptied) = channel();
    let (written, done) = channel();
    let (mut outside, mut worst) = (0, Duration::ZERO);
    std::thread::scope(|scope| {
        let (path, whole) = (&path, &whole);
        scope.spawn(move || {
            let (first, second) = whole.split_at(whole.len() / 2);
            while begun.recv().is_ok() {
                let started = Instant::now();
                let mut file = std::fs::File::create(path).expect("emptied");
                torn.send(()).expect("somebody reads");
                std::thread::park_timeout(Duration::from_millis(2));
                file.write_all(first).expect("written");
                std::thread::park_timeout(Duration::from_millis(2));
                file.write_all(second).expect("written");
                written.send(started.elapsed()).expect("somebody reads");
            }
        });
        // Here, so that the writer ends whatever happens.
        let begin = begin;
        for _ in 0..loads {
            begin.send(()).expect("the writer lives");
            emptied.recv().expect("the writer lives");
            let started = Instant::now();
            let found = store.load(&corp());
            let took = started.elapsed();
            let tear = done.recv().expect("the writer lives");
            if matches!(found, Ok(Lookup::Found(_))) {
                worst = worst.max(took);
            } else {
                assert!(
                    tear > Duration::from_millis(240),
                    "torn for {tear:?}, not healed in {took:?}: {found:?}"
                );
                outside += 1;
            }
        }
    });
    world.measured(format!(
        "{loads} loads of a file that was just emptied by a writer in place: {} found whole after {} ms at most; {outside} \
         writers took longer than 250 ms",
        loads - outside,
        worst.as_millis()
    ));
    assert!(outside < loads, "nothing was healed");
}
