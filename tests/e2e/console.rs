//! `sso console`: a browser that ends at the console, and an address that nobody else sees.

use crate::harness::{ROLE_FILE, World, http};
use sso_sim::{ConsoleVisit, Fault, StandInBrowser};
use std::net::TcpStream;
use url::Url;

const HOME_PAGE: &str = "https://us-east-1.console.aws.amazon.com/console/home?region=us-east-1";

fn signed_in(story: &str) -> World {
    let world = World::corp(story);
    world.sign_in();
    world.sso(&["credential-process", "--profile", "dev"]).run().exits(0);
    world.forget_requests();
    world
}

fn visit_of(page: &str) -> ConsoleVisit {
    ConsoleVisit {
        account_id: "111122223333".into(),
        role_name: "Admin".into(),
        destination: page.into(),
        issuer: "https://corp.awsapps.com/start".into(),
        referer: None,
    }
}

/// A one-shot address: this machine, and 256 bits in hexadecimal.
fn is_one_shot(address: &str) -> bool {
    let url = Url::parse(address).expect("an address");
    let path = url.path().trim_start_matches('/');
    url.scheme() == "http"
        && url.host_str() == Some("127.0.0.1")
        && url.query().is_none()
        && path.len() == 64
        && path.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A browser that looks around on its way: no process has the token in its arguments, nor the browser in its environment.
#[test]
fn a_browser_gets_there_and_nobody_sees_how() {
    let world = signed_in("console: no token in any command line");
    if world.curl_browser().is_none() {
        return;
    }
    let (argv, all, env) = (world.outside("argv"), world.outside("cmdlines"), world.outside("env"));
    let body = format!(
        "printf '%s\\n' \"$@\" > {argv}\ncat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n' > {all}\nenv > {env}\n\
         exec curl --silent --location --max-time 20 --output /dev/null \"$1\"",
        argv = argv.display(),
        all = all.display(),
        env = env.display(),
    );
    let browser = world.script("looking-browser", &body);
    let run = world.sso(&["console", "--profile", "dev"]).browser(&browser).run();
    run.exits(0)
        .says("Opening your browser at the console of 111122223333/Admin")
        .says("Console of 111122223333/Admin in us-east-1, until")
        .says("Endpoint: ")
        .prints_nothing();
    // The command ends when the browser was sent on; that the browser has arrived is another matter.
    assert!(world.sim.wait_for("Console", 1, std::time::Duration::from_secs(20)));
    assert_eq!(world.sim.console_visits(), [visit_of(HOME_PAGE)]);
    assert_eq!(world.sim.journal().operations(), ["GetSigninToken", "ConsoleLogin", "Console"]);
    let read = |path: &std::path::Path| std::fs::read_to_string(path).expect("it was written");
    let argv = read(&argv);
    assert_eq!(argv.lines().count(), 1, "{argv}");
    assert!(is_one_shot(argv.trim_end()), "{argv}");
    assert!(read(&all).contains("looking-browser"), "it has seen command lines");
    for secret in world.sim.canaries() {
        for seen in [&argv, &read(&all), &read(&env)] {
            assert!(!seen.contains(&secret));
        }
    }
    assert!(!read(&env).contains("AWS_"), "C3");
}

/// Strangers at the one-shot address, then the right one; and nobody after it.
#[test]
fn one_visit() {
    let world = signed_in("console: the address works once");
    let running = world.sso(&["console", "--profile", "dev"]).browser(&world.noting_browser()).spawn();
    let address = world.opened();
    assert!(is_one_shot(&address), "{address}");
    let url = Url::parse(&address).expect("an address");
    let (port, path) = (url.port().expect("a port"), url.path());
    let at = format!("127.0.0.1:{port}");
    let ask = |method: &str, target: &str, host: &str| {
        let text = format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        http::send(&at, text.as_bytes())
    };
    for (method, target, host, status) in [
        ("GET", path, "localhost", 403),
        ("GET", path, "evil.example", 403),
        ("GET", path, "127.0.0.1:1", 403),
        ("GET", "/", &at, 404),
        ("GET", "/favicon.ico", &at, 404),
        ("GET", &format!("{path}0"), &at, 404),
        ("GET", &format!("{path}?x"), &at, 404),
        ("HEAD", path, &at, 405),
        ("POST", path, &at, 405),
        ("OPTIONS", path, &at, 405),
    ] {
        let reply = ask(method, target, host);
        assert_eq!(reply.status, status, "{method} {target} {host}");
        assert_eq!(reply.header("location"), None);
        assert_eq!(reply.header("access-control-allow-origin"), None);
    }
    let reply = http::get(&address);
    assert_eq!(reply.status, 303, "{}", reply.head);
    assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let location = reply.header("location").expect("it leads on");
    assert!(location.starts_with(&format!("{}/federation?Action=login&", world.sim.url())), "elsewhere");
    assert!(!reply.body.contains("CANARY"), "in the header only");
    running.finish().exits(0).prints_nothing();
    assert!(TcpStream::connect(&at).is_err(), "the port is closed");
    let visit = StandInBrowser::approving().open(location).expect("the console opens");
    assert_eq!(visit.last_status(), 200);
    assert_eq!(world.sim.console_visits(), [visit_of(HOME_PAGE)]);
}

/// `--print`: the address itself, on stdout alone.
#[test]
fn printed() {
    let world = signed_in("console: --print");
    let page = "https://eu-west-1.console.aws.amazon.com/dynamodbv2/home?region=eu-west-1";
    let args = ["console", "--print", "--profile", "dev", "--service", "ddb", "--region", "eu-west-1"];
    let run = world.sso(&args).run();
    run.exits(0).says("Show it to nobody");
    let visit = StandInBrowser::approving().open(run.out().trim_end()).expect("the console opens");
    assert_eq!(visit.last_status(), 200);
    assert_eq!(world.sim.console_visits(), [visit_of(page)]);

    let json = world.sso(&[&args[..], &["--json"]].concat()).run().exits(0).json();
    assert_eq!(
        (&json["page"], &json["roleName"], &json["region"]),
        (&page.into(), &"Admin".into(), &"eu-west-1".into())
    );
    assert_eq!(json["expiresAt"], world.json(ROLE_FILE)["Credentials"]["Expiration"]);
    let url = json["url"].as_str().expect("it was asked for");
    assert_eq!(http::parameter(url, "Destination"), page);
}

/// Names and regions that lead nowhere, before anything is sent.
#[test]
fn hostile_names() {
    let world = signed_in("console: hostile names");
    for service in ["", "..", "ec2/../x", "//evil.example", "ec2?x=y", "ec2#x", "ec2@evil", "ec2\n", "é"] {
        let flag = format!("--service={service}");
        let run = world.sso(&["console", "--profile", "dev", "--print", &flag]).run();
        run.exits(2).says("is not the name of a service").prints_nothing();
    }
    for (region, word) in [
        ("evil.example/#", "is not a region"),
        ("us-east-1.evil.example", "is not a region"),
        ("cn-north-1", "partition aws-cn"),
        ("us-gov-west-1", "partition aws-us-gov"),
        ("eusc-de-east-1", "partition aws-eusc"),
    ] {
        let run = world.sso(&["console", "--profile", "dev", "--print", "--region", region]).run();
        run.exits(2).says(word).prints_nothing();
        let run = world.sso(&["console", "--profile", "dev", "--print"]).env("AWS_REGION", region).run();
        run.exits(3).prints_nothing();
    }
    world.sso(&["console", "--profile", "dev", "--print", "--browser", "x"]).run().exits(2).prints_nothing();
    let run =
        world.sso(&["console", "--profile", "dev"]).env("AWS_ENDPOINT_URL_SIGNIN", "http://10.0.0.1").run();
    run.exits(3).says("plain http").says("unset AWS_ENDPOINT_URL_SIGNIN").prints_nothing();
    world.made_requests(0);
}

/// The region: AWS_REGION before the profile's.
#[test]
fn regions() {
    let world = signed_in("console: regions");
    let page = |variable: &str, region: &str| {
        let run =
            world.sso(&["console", "--profile", "dev", "--print", "--json"]).env(variable, region).run();
        run.exits(0).json()["page"].as_str().expect("a page").to_owned()
    };
    for (variable, region, host) in [
        ("AWS_REGION", "eu-central-1", "eu-central-1.console.aws.amazon.com"),
        ("AWS_DEFAULT_REGION", "ap-south-1", "ap-south-1.console.aws.amazon.com"),
        ("AWS_REGION", "aws-global", "us-east-1.console.aws.amazon.com"),
    ] {
        assert!(page(variable, region).starts_with(&format!("https://{host}/console/home?")), "{region}");
    }
}

/// Over SSH no browser of this host is opened; who has one here, or a tunnel, can go on.
#[test]
fn over_ssh() {
    let world = signed_in("console: over SSH");
    let run =
        world.sso(&["console", "--profile", "dev"]).env("SSH_CONNECTION", "a b c d").env("DISPLAY", ":0");
    let running = run.spawn();
    running.says("This is an SSH session, so no browser is opened.");
    running.says("sso console --profile dev --print");
    let address = running.shows(|said| {
        let mut lines = said.split_inclusive('\n').filter(|line| line.ends_with('\n')).map(str::trim);
        lines.find(|line| line.starts_with("http://127.0.0.1:")).map(str::to_owned)
    });
    let visit = StandInBrowser::approving().open(&address).expect("the console opens");
    assert_eq!(visit.last_status(), 200);
    running.finish().exits(0);
    assert_eq!(world.sim.console_visits(), [visit_of(HOME_PAGE)]);
}

/// What goes wrong on the way.
#[test]
fn failures() {
    let world = World::corp("console: failures");
    let browser = world.noting_browser();
    let console = || world.sso(&["console", "--profile", "dev"]).browser(&browser).run();
    console().exits(4).says("sso login --profile dev").prints_nothing();
    world.sign_in();
    for (status, code, word) in [
        (400, 1, "does not take the role's credentials"),
        (503, 6, "not available"),
        (429, 6, "not available"),
    ] {
        world.sim.fault(Fault::on("GetSigninToken").status(status).body("<html>no</html>", "text/html"));
        console().exits(code).says(word).prints_nothing();
        world.sim.clear_faults();
    }
    world.sim.fault(Fault::on("GetSigninToken").status(200).body("<html>CAPTIVE</html>", "text/html"));
    console().exits(6).says("HTML instead of JSON").prints_nothing();
    assert!(!world.outside("opened").exists(), "no browser was started");
}

/// Ctrl-C ends the wait, and the port with it.
#[test]
fn stopped() {
    let world = signed_in("console: Ctrl-C");
    let args = ["console", "--profile", "dev", "--service", "ddb", "--region", "eu-west-1"];
    let running = world.sso(&args).browser(&world.noting_browser()).spawn();
    let address = world.opened();
    running.says("Run: sso console --profile dev --service ddb --region eu-west-1 --print\n");
    running.interrupt();
    running.finish().exits(130).prints_nothing();
    let port = Url::parse(&address).expect("an address").port().expect("a port");
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    assert!(world.sim.console_visits().is_empty());
}

/// The browser of the session's settings, as at a login.
#[test]
fn the_browser_of_the_session() {
    let world = signed_in("console: the browser of the settings");
    world.write(
        ".config/sso/settings.ini",
        format!("[sso-session corp]\nbrowser = {}\n", world.noting_browser()),
    );
    let running = world.sso(&["console", "--profile", "dev"]).spawn();
    assert_eq!(http::get(&world.opened()).status, 303);
    running.finish().exits(0);
    world.write(".config/sso/settings.ini", "[sso-session corp]\nbrowsre = x\n");
    world.forget_requests();
    world.sso(&["console", "--profile", "dev"]).run().exits(3).says("browsre").prints_nothing();
    world.made_requests(0);
}
