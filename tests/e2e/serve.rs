//! `sso serve`: credentials for other processes, and for nobody else.

use crate::harness::{CORP, ROLE_FILE, World, as_if, http};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::io::Write as _;
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

const READ_ONLY: &str = "\n[profile ro]\nsso_session = corp\nsso_account_id = 111122223333\n\
    sso_role_name = ReadOnly\nregion = eu-west-1\n";

/// A run of `sso serve`, whose stdout goes to a file as it would to an `eval`.
pub(crate) struct Served<'w> {
    pub(crate) running: crate::harness::Running<'w>,
    out: std::path::PathBuf,
}

impl<'w> Served<'w> {
    pub(crate) fn start(world: &'w World, options: &[&str]) -> Self {
        let out = world.outside("serve.out");
        let file = std::fs::File::create(&out).expect("a file");
        let args = [&["serve", "--profile", "dev"], options].concat();
        let running = world.sso(&args).plain().stdout(file).spawn();
        Self { running, out }
    }

    /// What it has printed; waits until `whole` says that it is.
    pub(crate) fn printed(&self, whole: impl Fn(&str) -> bool) -> String {
        let started = Instant::now();
        loop {
            let text = std::fs::read_to_string(&self.out).expect("it is there");
            if whole(&text) {
                return text;
            }
            assert!(started.elapsed() < Duration::from_secs(30), "it prints nothing");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// The two variables.
    pub(crate) fn variables(&self) -> (String, String) {
        let text = self.printed(|text| {
            text.lines().filter(|line| line.starts_with("export ")).count() == 2 && text.ends_with('\n')
        });
        let value = |name: &str| {
            let mut lines = text.lines().filter_map(|line| line.strip_prefix(&format!("export {name}=")));
            lines.next().expect("the variable").to_owned()
        };
        (value("AWS_CONTAINER_CREDENTIALS_FULL_URI"), value("AWS_CONTAINER_AUTHORIZATION_TOKEN"))
    }
}

pub(crate) fn authority(uri: &str) -> String {
    uri.trim_start_matches("http://").split('/').next().expect("an authority").to_owned()
}

/// A request with these header lines.
fn ask(uri: &str, path: &str, headers: &[&str]) -> http::Reply {
    let lines: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    http::send(&authority(uri), format!("GET {path} HTTP/1.1\r\n{lines}\r\n").as_bytes())
}

#[test]
fn who_is_served_and_who_is_not() {
    let world = World::corp("serve: the token's holder is served; wrong token, wrong Host, browsers get 403");
    world.sign_in();
    let served = Served::start(&world, &[]);
    let (uri, token) = served.variables();
    served.running.says("Serving dev (Admin in 111122223333) on 127.0.0.1:");
    let host = format!("Host: {}", authority(&uri));
    let key = format!("Authorization: {token}");
    let given = ask(&uri, "/", &[&host, &key]);
    let body: Value = serde_json::from_str(&given.body).expect("JSON");
    let cached = &world.json(ROLE_FILE)["Credentials"];
    for (ours, theirs) in [
        ("AccessKeyId", "AccessKeyId"),
        ("SecretAccessKey", "SecretAccessKey"),
        ("Token", "SessionToken"),
        ("Expiration", "Expiration"),
        ("AccountId", "AccountId"),
    ] {
        assert_eq!(body[ours], cached[theirs], "{ours}");
    }
    assert_eq!(body.as_object().map(serde_json::Map::len), Some(5));
    assert_eq!((given.status, given.header("cache-control")), (200, Some("no-store")));
    served.running.says("dev: given; they end at ");
    // `ssh -R` brings another port, and `localhost` is this machine, too.
    assert_eq!(ask(&uri, "/", &["Host: localhost:4", &key]).status, 200);

    let wrong = format!("Authorization: {}", "0".repeat(64));
    for headers in [
        &[&*host][..],
        &[&host, &wrong],
        &[&host, "Authorization:"],
        &[&key],
        &["Host: evil.example", &key],
        &["Host: 127.0.0.1.evil.example", &key],
        &[&host, &key, "Origin: https://evil.example"],
        &[&host, &key, "Origin: null"],
        &[&host, &key, "Sec-Fetch-Site: cross-site"],
        &[&host, &key, "Sec-Fetch-Site: none", "Sec-Fetch-Mode: navigate"],
    ] {
        let reply = ask(&uri, "/", headers);
        assert_eq!(reply.status, 403, "{headers:?}: {reply:?}");
        assert!(!reply.body.contains("AccessKeyId"), "{reply:?}");
        assert!(reply.header("access-control-allow-origin").is_none(), "{reply:?}");
    }
    served.running.says("refused (403)");
    assert_eq!(ask(&uri, "/profile/ro", &[&host, &key]).status, 404);
    let post = format!("POST / HTTP/1.1\r\n{host}\r\n{key}\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(http::send(&authority(&uri), post.as_bytes()).status, 405);

    // Only this machine is listened to.
    let listening = std::fs::read_to_string("/proc/net/tcp").expect("a list");
    let port: u16 = authority(&uri).rsplit(':').next().expect("a port").parse().expect("a number");
    let ours: Vec<&str> =
        listening.lines().filter(|line| line.contains(&format!(":{port:04X} 00000000:0000"))).collect();
    assert!(ours.len() == 1 && ours[0].contains("0100007F:"), "{ours:?}");

    served.running.interrupt();
    let run = served.running.finish();
    run.exits(130).does_not_say(&token);
    assert!(TcpStream::connect(authority(&uri)).is_err());
}

/// Catalogue A7 for this server: 63 peers that say nothing, or half a request, keep nobody waiting.
#[test]
fn idle_peers_do_not_block() {
    let world = World::corp("serve: 63 idle sockets block nobody");
    world.sign_in();
    let served = Served::start(&world, &["-q"]);
    let (uri, token) = served.variables();
    let mut idle = Vec::new();
    for number in 0..63 {
        let mut stream = TcpStream::connect(authority(&uri)).expect("it listens");
        if number % 2 == 0 {
            stream.write_all(b"GET / HTTP/1.1\r\nHost: 127").expect("it listens");
        }
        idle.push(stream);
    }
    let (host, key) = (format!("Host: {}", authority(&uri)), format!("Authorization: {token}"));
    let asked = Instant::now();
    assert_eq!(ask(&uri, "/", &[&host, &key]).status, 200);
    world.measured(format!("answered in {} ms beside 63 idle sockets", asked.elapsed().as_millis()));
    assert!(asked.elapsed() < Duration::from_secs(4), "nobody was waited for");
    drop(idle);
    served.running.interrupt();
    let run = served.running.finish();
    assert_eq!(run.exits(130).err(), "Stopped by a signal.\n", "-q: nothing else, and it is no error");
}

#[test]
fn several_profiles() {
    let world = World::corp("serve: several profiles by path");
    world.sign_in();
    world.config(&format!("{CORP}{READ_ONLY}"));
    world.sso(&["serve", "--profile", "dev", "--also", "dev"]).run().exits(2).says("given twice");
    world.sso(&["serve", "--profile", "dev", "--also", "nobody"]).run().exits(3).says("error[C02]");
    let served = Served::start(&world, &["--also", "ro", "--json"]);
    let text = served.printed(|text| text.ends_with("}\n"));
    let told: Value = serde_json::from_str(&text).expect("JSON");
    let rows = told["profiles"].as_array().expect("a list");
    let of = |row: &Value, name: &str| row["environment"][name].as_str().expect("a text").to_owned();
    let (mut uris, mut tokens) = (Vec::new(), Vec::new());
    for row in rows {
        uris.push(of(row, "AWS_CONTAINER_CREDENTIALS_FULL_URI"));
        tokens.push(of(row, "AWS_CONTAINER_AUTHORIZATION_TOKEN"));
    }
    assert_eq!((&rows[0]["profile"], &rows[1]["profile"]), (&"dev".into(), &"ro".into()));
    assert_eq!((&rows[1]["region"], &rows[1]["role"]), (&"eu-west-1".into(), &"ReadOnly".into()));
    assert!(uris[1].ends_with("/profile/ro") && tokens[0] != tokens[1]);
    let host = format!("Host: {}", authority(&uris[0]));
    let status = |path: &str, token: &str| ask(&uris[0], path, &[&host, &format!("Authorization: {token}")]);
    let (dev, ro) = (status("/", &tokens[0]), status("/profile/ro", &tokens[1]));
    assert_eq!((dev.status, ro.status), (200, 200));
    assert_ne!(dev.body, ro.body);
    // Who has one has not the other.
    assert_eq!((status("/", &tokens[1]).status, status("/profile/ro", &tokens[0]).status), (403, 403));
    served.running.interrupt();
    served.running.finish().exits(130);
}

#[test]
fn what_it_cannot_do() {
    let world = World::corp("serve: not signed in, a port that is taken, a hang-up");
    world.sso(&["serve", "--profile", "dev"]).run().exits(4).says("sso login --profile dev").prints_nothing();
    world.sign_in();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let run = world.sso(&["serve", "--profile", "dev", "--port", &port]).run();
    run.exits(1).says("error[B05]").says(&port).says("fix:   sso serve --profile dev\n").prints_nothing();
    drop(taken);
    // On the port that was asked for; and its terminal's end is its own.
    let served = Served::start(&world, &["--port", &port]);
    let (uri, _) = served.variables();
    assert_eq!(uri, format!("http://127.0.0.1:{port}/"));
    kill_process(Pid::from_raw(served.running.pid()).expect("a process"), Signal::HUP).expect("it lives");
    served.running.finish().exits(130);
    // Its output is made to be evaluated by a shell.
    let script = "\"$SSO\" serve --profile dev -q > \"$OUT\" &
        while ! grep -q TOKEN \"$OUT\" 2>/dev/null; do sleep 0.02; done
        . \"$OUT\"; kill $!; wait
        test -n \"$AWS_CONTAINER_CREDENTIALS_FULL_URI\" && test ${#AWS_CONTAINER_AUTHORIZATION_TOKEN} -eq 64";
    let mut command = Command::new("sh");
    as_if(&mut command, &world.sso(&[]).command());
    command.env("SSO", env!("CARGO_BIN_EXE_sso")).env("OUT", world.outside("vars"));
    assert!(command.args(["-c", script]).status().expect("sh runs").success());
}

/// The session's token is renewed on the way. When the session has ended whoever asks is told what helps, and after signing in
/// there are credentials again.
#[test]
fn the_session_ends() {
    let world = World::with("serve: the session ends and begins again", World::sim().role_lifetime(1));
    world.config(CORP);
    world.sign_in();
    let served = Served::start(&world, &[]);
    let (uri, token) = served.variables();
    let (host, key) = (format!("Host: {}", authority(&uri)), format!("Authorization: {token}"));
    world.token_ends_in(-5);
    let started = Instant::now();
    while world.sim.journal().count_grant("refresh_token") == 0 {
        assert_eq!(ask(&uri, "/", &[&host, &key]).status, 200);
        assert!(started.elapsed() < Duration::from_secs(20), "it renews nothing");
    }
    world.sim.kill_sessions();
    let started = Instant::now();
    let refused = loop {
        let reply = ask(&uri, "/", &[&host, &key]);
        if reply.status != 200 {
            break reply;
        }
        assert!(started.elapsed() < Duration::from_secs(20), "it gives what has ended");
    };
    assert_eq!(refused.status, 401, "{refused:?}");
    let told: Value = serde_json::from_str(&refused.body).expect("JSON");
    assert!(told["Message"].as_str().is_some_and(|text| text.contains("sso login --profile dev")), "{told}");
    served.running.says("dev: none to give.");
    world.sign_in();
    assert_eq!(ask(&uri, "/", &[&host, &key]).status, 200);
    served.running.interrupt();
    served.running.finish().exits(130);
}
