//! Sign-in with a browser on this host.

use crate::harness::{CORP, TOKEN_FILE, World, http};
use sso_sim::{Authorize, StandInBrowser};
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};
use url::Url;

/// A first login, then a second one: with the registration kept, three requests, the browser's own among them.
#[test]
fn few_requests() {
    let world = World::corp("login_pkce: three requests with a cached registration");
    let Some(browser) = world.curl_browser() else { return };
    let first = world.sso(&["login"]).browser(&browser).run();
    first.exits(0).says("Signed in to corp until").says("Used by profiles: dev").prints_nothing();
    assert_eq!(world.sim.journal().operations(), ["RegisterClient", "Authorize", "CreateToken"]);
    let token = world.json(TOKEN_FILE);
    assert_eq!(token["startUrl"], "https://corp.awsapps.com/start");
    assert_eq!(token["region"], "us-east-1");

    world.forget_requests();
    let again = world.sso(&["login", "--force"]).browser(&browser).run();
    again.exits(0).says("Signed in to corp until");
    let journal = world.sim.journal();
    assert!(journal.total() <= 3, "{}", journal.summary());
    assert_eq!(journal.count("RegisterClient"), 0);
    world.measured(format!(
        "{} requests, {} ms with curl as browser",
        journal.total(),
        again.took.as_millis()
    ));
}

/// The service may forget a client before its time. The browser alone would see it, and the login would wait for ever.
#[test]
fn a_forgotten_registration() {
    let world = World::corp("login_pkce: the service has forgotten the registration");
    let Some(browser) = world.curl_browser() else { return };
    world.sso(&["login"]).browser(&browser).run().exits(0);
    world.sim.forget_registrations();
    world.forget_requests();
    world.sso(&["login", "--force"]).browser(&browser).run().exits(0);
    assert_eq!(world.sim.journal().count("RegisterClient"), 1);
    assert_eq!(world.sim.journal().count("Authorize"), 1, "no browser is sent with a dead client");
}

/// Denied at the identity provider: exit 5, at once.
#[test]
fn denied() {
    let world = World::with("login_pkce: denied", World::sim().authorize(Authorize::AutoDeny));
    world.config(CORP);
    let Some(browser) = world.curl_browser() else { return };
    let run = world.sso(&["login"]).browser(&browser).run();
    run.exits(5).says("refused").says("access_denied").prints_nothing();
    assert!(run.took < Duration::from_secs(10), "{:?}", run.took);
    assert!(!world.has(TOKEN_FILE));
}

/// Nobody comes back: exit 9 after `--timeout`.
#[test]
fn nobody_approves() {
    let world = World::corp("login_pkce: timed out");
    let run = world.sso(&["login", "--timeout", "1"]).browser(&world.noting_browser()).run();
    run.exits(9).says("Nobody approved the sign-in within 1 s").says("fix: sso login");
    assert!(!world.has(TOKEN_FILE));
}

/// Strangers on the port can neither end, steer nor block a login (catalogue A4-A7).
#[test]
fn a_thousand_junk_callbacks_and_idle_sockets() {
    let world = World::corp("login_pkce: 1,000 junk callbacks, 63 idle sockets");
    let login = world.sso(&["login"]).browser(&world.noting_browser()).spawn();
    let address = world.opened();
    let redirect = http::parameter(&address, "redirect_uri");
    let redirect = Url::parse(&redirect).expect("an address");
    let (authority, path) = (redirect.authority(), redirect.path());
    let state = http::parameter(&address, "state");

    let idle: Vec<TcpStream> = (0..63)
        .map(|number| {
            let mut stream = TcpStream::connect(authority).expect("it listens");
            if number % 2 == 0 {
                // A slow one: half a request, and no more.
                stream.write_all(b"GET /oauth/callback?code=x HTTP/1.1\r\nHo").expect("it listens");
            }
            stream
        })
        .collect();
    let ours = format!("Host: {authority}\r\n");
    let junk: [(String, &str); 10] = [
        (format!("GET {path}?code=x&state=wrong HTTP/1.1\r\n"), &ours),
        (format!("GET {path}?error=access_denied HTTP/1.1\r\n"), &ours),
        (format!("GET {path}?error=access_denied&state=wrong HTTP/1.1\r\n"), &ours),
        (format!("GET {path}?code=x&state={state}&state={state} HTTP/1.1\r\n"), &ours),
        (format!("GET {path}?code=x&state={state} HTTP/1.1\r\n"), "Host: evil.example\r\n"),
        (format!("POST {path}?code=x&state={state} HTTP/1.1\r\nContent-Length: 0\r\n"), &ours),
        (format!("GET /evil?code=x&state={state} HTTP/1.1\r\n"), &ours),
        ("GET /favicon.ico HTTP/1.1\r\n".to_owned(), &ours),
        (format!("GET {path} HTTP/1.1\r\nX: {}\r\n", "y".repeat(20_000)), &ours),
        ("\u{16}\u{3}\u{1} not even HTTP\r\n".to_owned(), ""),
    ];
    for (start, host) in junk.iter().cycle().take(1_000) {
        let reply = http::send(authority, format!("{start}{host}Connection: close\r\n\r\n").as_bytes());
        assert!(!(200..400).contains(&reply.status), "{start}: {reply:?}");
        assert!(!reply.body.contains("x&state") && reply.header("access-control-allow-origin").is_none());
    }
    let callback = http::get(&address).header("location").map(str::to_owned).expect("the page redirects");
    let asked = Instant::now();
    let reply = http::get(&callback);
    let took = asked.elapsed();
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    login.finish().exits(0);
    assert_eq!(world.sim.journal().count_grant("authorization_code"), 1);
    assert!(TcpStream::connect(authority).is_err(), "the port is closed");
    drop(idle);
    world.measured(format!("right callback answered in {:.1} ms", took.as_secs_f64() * 1e3));
    assert!(took < Duration::from_secs(10), "{took:?}");
}

/// `--redirect-port` names the port; a port that is taken is an error before any browser, and no other port is taken.
#[test]
fn the_redirect_port() {
    let world = World::corp("login_pkce: --redirect-port");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("it is bound").port().to_string();
    let before = world.files();
    let run = world.sso(&["login", "--redirect-port", &port]).browser(&world.noting_browser()).run();
    run.exits(1).says(&port).says("fix:");
    assert!(!world.outside("opened").exists() && before == world.files());
    world.made_requests(0);

    drop(taken);
    let login = world.sso(&["login", "--redirect-port", &port]).browser(&world.noting_browser()).spawn();
    let address = world.opened();
    assert_eq!(http::parameter(&address, "redirect_uri"), format!("http://127.0.0.1:{port}/oauth/callback"));
    // On loopback only: the same port of another local address is not served.
    assert!(TcpStream::connect(format!("127.0.0.2:{port}")).is_err());
    StandInBrowser::approving().open(&address).expect("the page opens");
    login.finish().exits(0);
}

/// A warm browser session comes back within a millisecond: the port listens before the browser starts.
#[test]
fn the_port_listens_before_the_browser_starts() {
    let world = World::corp("login_pkce: the port listens first");
    let Some(_) = world.curl_browser() else { return };
    let answer = world.outside("answer");
    let browser = world.script(
        "instant-browser",
        &format!(
            "port=${{1#*127.0.0.1%3A}}; port=${{port%%%2F*}}\n\
             curl --silent --output /dev/null --write-out '%{{http_code}}' http://127.0.0.1:$port/favicon.ico > {0}.tmp\n\
             mv {0}.tmp {0}\nexec curl --silent --location --output /dev/null \"$1\"",
            answer.display()
        ),
    );
    world.sso(&["login"]).browser(&browser).run().exits(0);
    assert_eq!(world.wait_for_note("answer"), "404", "listening, and not to be steered");
}

/// The browser outlives us and inherits nothing: no variable of AWS, no descriptor, not our stdout (catalogue C3).
#[test]
fn the_browser_inherits_nothing() {
    let world = World::corp("login_pkce: the browser inherits nothing");
    let Some(_) = world.curl_browser() else { return };
    let folder = world.outside("");
    let browser = world.script(
        "curious-browser",
        &format!(
            "cd {}\nls -l /proc/self/fd > fds.tmp; env > env.tmp; mv fds.tmp fds; mv env.tmp env\n\
             curl --silent --location --output /dev/null \"$1\"\n\
             while [ -e browser-lives ]; do sleep 0.05; done; echo gone > gone",
            folder.display()
        ),
    );
    std::fs::write(world.outside("browser-lives"), "").expect("a file can be written");
    // What whoever started the tests has left open in them is not ours to close.
    let outer = open_files();
    // `finish` waits for the end of stdout and stderr: the browser holds neither.
    let run = world.sso(&["login"]).browser(&browser).env("AWS_SECRET_ACCESS_KEY", "not yours").run();
    run.exits(0);
    assert!(!world.outside("gone").exists(), "the browser lives on");
    let (fds, env) = (world.wait_for_note("fds"), world.wait_for_note("env"));
    std::fs::remove_file(world.outside("browser-lives")).expect("it is there");
    for line in fds.lines().filter(|line| !outer.iter().any(|known| line.ends_with(known.as_str()))) {
        let foreign = ["socket:", "pipe:", "anon_inode", ".aws"].iter().any(|word| line.contains(word));
        assert!(!foreign, "{fds}");
    }
    assert!(!env.lines().any(|line| line.starts_with("AWS_")), "{env}");
    assert!(env.lines().any(|line| line.starts_with("HOME=")), "{env}");
    world.wait_for_note("gone");
}

/// Neither argv nor the environment nor the disk shows what could be stolen while the login waits (catalogue A12).
#[test]
fn nothing_secret_is_seen_from_outside() {
    let world = World::corp("login_pkce: nothing secret in argv and environment");
    let login = world.sso(&["login"]).browser(&world.noting_browser()).spawn();
    let address = world.opened();
    let seen: Vec<Vec<u8>> = ["cmdline", "environ"]
        .iter()
        .filter_map(|name| std::fs::read(format!("/proc/{}/{name}", login.pid())).ok())
        .collect();
    StandInBrowser::approving().open(&address).expect("the page opens");
    login.finish().exits(0);
    for secret in world.sim.seen_secrets().iter().chain(&world.sim.canaries()) {
        let shown = seen.iter().any(|bytes| String::from_utf8_lossy(bytes).contains(secret.as_str()));
        assert!(!shown, "argv or environment show a secret");
    }
}

/// What the identity provider says is shown, and cannot drive the terminal; a second answer changes nothing.
#[test]
fn a_hostile_denial() {
    let world = World::corp("login_pkce: a hostile denial, and an approval after it");
    let login = world.sso(&["login"]).browser(&world.noting_browser()).spawn();
    let address = world.opened();
    let (redirect, state) = (http::parameter(&address, "redirect_uri"), http::parameter(&address, "state"));
    let denial =
        "error=access_denied&error_description=%1b]0;owned%07%0aNo+way%e2%80%ae<script>alert(1)</script>";
    let reply = http::get(&format!("{redirect}?state={state}&{denial}"));
    assert!(
        reply.status == 200 && !reply.body.contains("script") && !reply.body.contains("No way"),
        "{reply:?}"
    );
    assert!(
        reply.header("content-security-policy").is_some_and(|policy| policy.contains("default-src 'none'"))
    );
    let run = login.finish();
    run.exits(5).says("No way").says("\\u{1b}]0;owned\\u{7}");
    assert!(!run.err().contains(['\u{1b}', '\u{7}', '\u{202e}']), "{}", run.err());
    assert_eq!(world.sim.journal().count("CreateToken"), 0);
}

/// Idle sockets do not keep it alive either (catalogue A11).
#[test]
fn it_ends_in_time_whatever_is_open() {
    let world = World::corp("login_pkce: --timeout with idle sockets");
    let login = world.sso(&["login", "--timeout", "1"]).browser(&world.noting_browser()).spawn();
    let redirect = Url::parse(&http::parameter(&world.opened(), "redirect_uri")).expect("an address");
    let idle: Vec<_> =
        (0..70).map(|_| TcpStream::connect(redirect.authority()).expect("it listens")).collect();
    let run = login.finish();
    run.exits(9);
    assert!(run.took < Duration::from_secs(2), "{:?}", run.took);
    drop(idle);
}

/// `BROWSER` is an argument vector: no shell reads it, and the address is one argument (catalogue C2).
#[test]
fn no_shell_reads_the_browser_command() {
    let world = World::corp("login_pkce: no shell reads BROWSER");
    let (note, trap) = (world.outside("argv"), world.outside("trap"));
    let (note, trap) = (note.display(), trap.display());
    let browser = world
        .script("argv-browser", &format!("for a; do echo \"[$a]\"; done > {note}.tmp; mv {note}.tmp {note}"));
    for (command, expected) in [
        (format!("{browser} '$(touch {trap})' `touch {trap}` ; touch {trap} & %s"), 8),
        (format!("{browser} --new-window"), 2),
        (format!("{browser} --app=%s"), 1),
    ] {
        let _ = std::fs::remove_file(world.outside("argv"));
        world.sso(&["login", "--timeout", "1"]).browser(&command).run().exits(9);
        let argv = world.wait_for_note("argv");
        let lines: Vec<&str> = argv.lines().collect();
        assert_eq!(lines.len(), expected, "{argv}");
        assert!(
            lines[expected - 1].contains("http://127.0.0.1:")
                && lines[expected - 1].contains("code_challenge")
        );
        assert!(!world.outside("trap").exists(), "{command}");
    }
}

/// A browser that is named counts as one on this host, over SSH too; `--use-pkce` needs none.
#[test]
fn over_ssh_when_asked_for() {
    let world = World::corp("login_pkce: over SSH, when asked for");
    let ssh = "192.0.2.1 50000 192.0.2.2 22";
    let login = world.sso(&["login"]).env("SSH_CONNECTION", ssh).browser(&world.noting_browser()).spawn();
    StandInBrowser::approving().open(&world.opened()).expect("the page opens");
    login.finish().exits(0);
    let login = world.sso(&["login", "--force", "--use-pkce"]).env("SSH_CONNECTION", ssh).spawn();
    StandInBrowser::approving().open(&login.address()).expect("the page opens");
    login.finish().exits(0);
    assert_eq!(world.sim.journal().count("StartDeviceAuthorization"), 0);
    // The other way round.
    let run = world.sso(&["login", "--force", "--use-device-code"]).browser(&world.noting_browser()).run();
    run.exits(0);
    assert_eq!(world.sim.journal().count("StartDeviceAuthorization"), 1);
}

/// `--quiet` leaves what the user cannot do without; `--json` gives one document.
#[test]
fn quiet_and_json() {
    let world = World::corp("login_pkce: --quiet and --json");
    let login = world.sso(&["login", "--quiet", "--use-pkce", "--no-browser"]).plain().spawn();
    StandInBrowser::approving().open(&login.address()).expect("the page opens");
    let run = login.finish();
    run.exits(0).prints_nothing();
    assert_eq!(run.err().lines().count(), 1, "{}", run.err());
    let login = world.sso(&["login", "--force", "--json", "--use-pkce", "--no-browser"]).plain().spawn();
    StandInBrowser::approving().open(&login.address()).expect("the page opens");
    let json = login.finish().exits(0).json();
    assert_eq!((&json["action"], &json["profiles"][0]), (&"signed-in".into(), &"dev".into()));
    world.sim.set_authorize(Authorize::AutoDeny);
    let login = world.sso(&["login", "--force", "--json", "--use-pkce", "--no-browser"]).plain().spawn();
    StandInBrowser::approving().open(&login.address()).expect("the page opens");
    assert_eq!(login.finish().exits(5).json()["error"]["code"], "I04");
}

/// What this process has open, as `/proc` names it.
fn open_files() -> Vec<String> {
    let entries = std::fs::read_dir("/proc/self/fd").into_iter().flatten().flatten();
    let targets = entries.filter_map(|entry| std::fs::read_link(entry.path()).ok());
    targets.map(|target| target.display().to_string()).collect()
}

/// A slip in the region is told before anything is opened; it is tried all the same.
#[test]
fn a_region_that_is_none() {
    let world = World::with("login_pkce: a region that is none", World::sim());
    world.config(&CORP.replace("sso_region = us-east-1", "sso_region = eu-wets-1"));
    let login = world.sso(&["login", "--use-pkce", "--no-browser"]).spawn();
    login.says("warning: The sso_region \"eu-wets-1\" is not a region; eu-west-1 is one (~/.aws/config:3).");
    login.address();
    login.interrupt();
    login.finish().exits(130);
}
