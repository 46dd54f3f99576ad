//! A real browser: Chromium without a window, at the pages of the simulated AWS and at our own.

mod elsewhere;
mod pictures;
mod tabs;

use crate::harness::{CORP, Chromium, Running, TOKEN_FILE, World, has_chromium, http};
use serde_json::json;
use sso_sim::Authorize;
use std::time::{Duration, Instant};
use url::Url;

const APPROVE: &str = "button[value=approve]";
const DENY: &str = "button[value=deny]";
/// What the address bar keeps of our page.
const CALLBACK: &str = "oauth/callback";

/// A world where the sign-in page waits for a click.
fn asking(story: &str) -> World {
    let world = World::with(story, World::sim().authorize(Authorize::Page));
    world.config(CORP);
    world
}

/// A login that prints its address and waits.
fn login<'w>(world: &'w World, more: &[&str]) -> Running<'w> {
    world.sso(&[&["login", "--use-pkce", "--no-browser"], more].concat()).spawn()
}

/// `HOST:PORT` of the port that a login waits at.
fn port_of(address: &str) -> String {
    let redirect = Url::parse(&http::parameter(address, "redirect_uri")).expect("an address");
    redirect.authority().to_owned()
}

/// Our page shows neither the code nor the state that it was called with.
#[track_caller]
fn tells_nothing(browser: &Chromium) {
    let (address, source) = (browser.address(), browser.source());
    for (name, value) in Url::parse(&address).expect("an address").query_pairs() {
        assert!(!source.contains(&*value), "{name} is in the page:\n{source}");
    }
    assert_eq!(browser.script("return String(document.scripts.length + document.images.length)"), "0");
}

/// Approve: our page is seen, and the browser has talked to the two of us and to nobody else. It took the simulated AWS for
/// a site of the Internet, which may send it to a port of this machine, and may not ask there behind its back.
#[test]
fn approve() {
    let world = asking("real_browser: Approve is clicked");
    let Some(browser) = world.chromium() else { return };
    let login = login(&world, &[]);
    let address = login.address();
    let port = port_of(&address);
    browser.open(&address);
    browser.sees("Allow access?");

    // Scripts of that page, were there any, would get no further than this.
    browser.devtools("Page.setBypassCSP", &json!({ "enabled": true }));
    browser.open(&address);
    let ask = |url: String| {
        browser.script(&format!(
            "return fetch('{url}', {{ mode: 'no-cors' }}).then(() => 'answered', () => 'no answer')"
        ))
    };
    assert_eq!(ask(format!("{}/", world.sim.url())), "answered");
    assert_eq!(ask(format!("http://{port}/behind-its-back")), "no answer");
    browser.devtools("Page.setBypassCSP", &json!({ "enabled": false }));

    browser.open(&address);
    browser.click(APPROVE);
    browser.sees("Sign-in was approved.");
    browser.sees("Go back to the terminal.");
    assert_eq!(browser.title(), "Sign-in was approved.");
    assert!(browser.address().starts_with(&format!("http://{port}/{CALLBACK}?code=")));
    tells_nothing(&browser);
    login.finish().exits(0).says("Signed in to corp until");
    assert_eq!(world.sim.journal().count("CreateToken"), 1);
    assert!(world.has(TOKEN_FILE));

    let traffic = browser.traffic();
    // The policy of our page allows no picture, so no icon is asked for.
    assert_eq!(traffic.to(&port), ["behind-its-back", CALLBACK]);
    let known = [port.as_str(), &world.sim.address().to_string()];
    let strange = traffic.connections.iter().find(|address| !known.contains(&address.as_str()));
    assert_eq!(strange, None, "it has called somebody else");
}

/// Deny: our page says so, exit 5.
#[test]
fn deny() {
    let world = asking("real_browser: Deny is clicked");
    let Some(browser) = world.chromium() else { return };
    let login = login(&world, &[]);
    let address = login.address();
    browser.open(&address);
    browser.click(DENY);
    browser.sees("Sign-in was refused.");
    browser.sees("The terminal says why.");
    assert!(browser.address().starts_with(&format!("http://{}/{CALLBACK}?error=", port_of(&address))));
    tells_nothing(&browser);
    login.finish().exits(5).says("refused").says("access_denied").prints_nothing();
    assert_eq!(world.sim.journal().count("CreateToken"), 0);
    assert!(!world.has(TOKEN_FILE));
}

/// What browsers do by themselves at a port of ours: an icon, connections in advance with nothing on them, pages in advance.
#[test]
fn favicon_and_preconnects() {
    let world = asking("real_browser: favicon and preconnects");
    let Some(browser) = world.chromium() else { return };
    let login = login(&world, &[]);
    let address = login.address();
    let port = port_of(&address);
    let page = world.outside("eager.html");
    let eager = format!(
        "<!doctype html><title>eager</title><link rel=icon href=http://{port}/favicon.ico>\
         <link rel=preconnect href=http://{port}><link rel=preconnect href=http://{port} crossorigin>\
         <link rel=prefetch href=http://{port}/{CALLBACK}><img src=http://{port}/{CALLBACK}?code=x&state=y>"
    );
    std::fs::write(&page, eager).expect("a page can be written");
    for _ in 0..3 {
        browser.open(&format!("file://{}", page.display()));
        browser.new_tab();
    }
    // By hand, too.
    for path in ["", "favicon.ico", CALLBACK] {
        browser.open(&format!("http://{port}/{path}"));
        assert!(!browser.text().contains("approved"), "{path}");
    }
    browser.open(&address);
    browser.click(APPROVE);
    browser.sees("Sign-in was approved.");
    login.finish().exits(0);
    assert_eq!(world.sim.journal().count("CreateToken"), 1);
    let traffic = browser.traffic();
    let (asked, opened) = (traffic.to(&port), traffic.connections_to(&port));
    assert!(asked.contains(&"favicon.ico"), "{asked:?}");
    assert!(opened > asked.len(), "some connections were made in advance: {opened}, {asked:?}");
    world.measured(format!("{} requests on {opened} connections beside the right one", asked.len() - 1));
}

/// A port that browsers never go to: the browser would say so after the click, and the login would wait in vain.
#[test]
fn a_port_that_browsers_refuse() {
    let world = asking("real_browser: a port that browsers refuse");
    let Some(browser) = world.chromium() else { return };
    // The port of X11.
    let _ = browser.try_open(&format!("http://127.0.0.1:6000/{CALLBACK}"));
    browser.sees("ERR_UNSAFE_PORT");
    let run = login(&world, &["--redirect-port", "6000"]).finish();
    run.exits(1).says("The port 6000 on 127.0.0.1 cannot be used.").says("ERR_UNSAFE_PORT").says("fix:");
    world.made_requests(0);
}

/// The whole way: the program starts a real browser, which goes to the end by itself and draws what it sees.
#[test]
fn started_by_the_program() {
    let world = World::corp("real_browser: BROWSER is Chromium itself");
    if !has_chromium() {
        return;
    }
    let (picture, profile) = (world.outside("seen.png"), world.outside("profile"));
    let switches = shlex::try_join(world.chromium_switches().iter().map(String::as_str)).expect("words");
    let browser = format!(
        "chromium {switches} --user-data-dir={} --window-size=800,600 --screenshot={} %s",
        profile.display(),
        picture.display()
    );
    let run = world.sso(&["login"]).browser(&browser).run();
    run.exits(0).says("Opening your browser").says("Signed in to corp until").prints_nothing();
    assert_eq!(world.sim.journal().operations(), ["RegisterClient", "Authorize", "CreateToken"]);
    // It outlives the login by the time that the picture takes.
    let started = Instant::now();
    while !has_ended(&profile.display().to_string()) {
        assert!(started.elapsed() < Duration::from_secs(30), "the browser hangs");
        std::thread::sleep(Duration::from_millis(20));
    }
    let picture = std::fs::read(picture).expect("it has drawn what it has seen");
    assert_eq!(pictures::size(&picture), (800, 600));
}

/// Whether no process has this text among its arguments.
fn has_ended(mark: &str) -> bool {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let lines = processes.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
    !lines.into_iter().any(|line| String::from_utf8_lossy(&line).contains(mark))
}
