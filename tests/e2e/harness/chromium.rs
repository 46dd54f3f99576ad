//! A real browser in a story: Chromium without a window, and what a person does and sees there.

use super::netlog::{Traffic, read};
use super::tool::on_path;
use super::webdriver::Session;
use super::world::World;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// What takes longer is not coming.
const LIMIT: Duration = Duration::from_secs(30);

/// The switches of every Chromium of the stories.
const SWITCHES: [&str; 14] = [
    "--headless",
    // Of no use to root and in containers, and every page is ours.
    "--no-sandbox",
    "--disable-gpu",
    // It is small in containers.
    "--disable-dev-shm-usage",
    // What a browser says to its maker by itself.
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // And what it would say all the same: there is no name that leads anywhere.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    // Words and pictures are the same everywhere.
    "--lang=en-US",
    "--hide-scrollbars",
    "--disable-lcd-text",
    "--font-render-hinting=none",
];

/// The appearance that the system has been set to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scheme {
    Light,
    Dark,
}

impl Scheme {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// A tab of a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tab(String);

/// A browser, and the person at it.
pub(crate) struct Chromium {
    // Ended before its folder goes.
    session: Session,
    folder: TempDir,
}

impl World {
    /// Starts a browser. Without one the story says that it is left out.
    pub(crate) fn chromium(&self) -> Option<Chromium> {
        if !has_chromium() {
            return None;
        }
        let folder = tempfile::Builder::new().prefix("sso-e2e-chromium-").tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name).display().to_string();
        let mut switches = self.chromium_switches();
        switches.extend([
            format!("--user-data-dir={}", at("profile")),
            format!("--log-net-log={}", at("net.json")),
        ]);
        Some(Chromium { session: Session::start(folder.path(), &switches), folder })
    }

    /// What a Chromium is started with, but for its folder. The simulated AWS counts as a site of the Internet: browsers
    /// guard the way from there to this machine.
    pub(crate) fn chromium_switches(&self) -> Vec<String> {
        let public = format!("--ip-address-space-overrides={}=public", self.sim.address());
        SWITCHES.iter().map(ToString::to_string).chain([public]).collect()
    }
}

/// Whether there is a browser and its driver; if not, that is said.
pub(crate) fn has_chromium() -> bool {
    let is_there = on_path("chromium") && on_path("chromedriver");
    if !is_there {
        super::skip("a story in a real browser", "chromium or chromedriver is not installed");
    }
    is_there
}

impl Chromium {
    /// Types an address.
    #[track_caller]
    pub(crate) fn open(&self, url: &str) {
        self.try_open(url).unwrap_or_else(|why| panic!("{url}: {why}"));
    }

    /// Types an address that may lead nowhere; the browser's reason.
    pub(crate) fn try_open(&self, url: &str) -> Result<(), String> {
        self.session.command("url", &json!({ "url": url })).map(drop)
    }

    /// Clicks on what the selector finds.
    #[track_caller]
    pub(crate) fn click(&self, css: &str) {
        done(self.session.at(css, "click", &json!({})));
    }

    /// Types into what the selector finds.
    #[track_caller]
    pub(crate) fn types(&self, css: &str, text: &str) {
        done(self.session.at(css, "value", &json!({ "text": text })));
    }

    /// Goes back to the page before.
    #[track_caller]
    pub(crate) fn back(&self) {
        done(self.session.command("back", &json!({})));
    }

    /// The text of the page, as a person reads it.
    pub(crate) fn text(&self) -> String {
        self.script("return document.body ? document.body.innerText : ''")
    }

    /// The page as it was sent.
    #[track_caller]
    pub(crate) fn source(&self) -> String {
        text(&done(self.session.property("source")))
    }

    /// What stands on the tab.
    #[track_caller]
    pub(crate) fn title(&self) -> String {
        text(&done(self.session.property("title")))
    }

    /// What stands in the address bar.
    #[track_caller]
    pub(crate) fn address(&self) -> String {
        text(&done(self.session.property("url")))
    }

    /// Waits until the page shows a text.
    #[track_caller]
    pub(crate) fn sees(&self, wanted: &str) {
        let deadline = Instant::now() + LIMIT;
        loop {
            let shown = self.text();
            if shown.contains(wanted) {
                return;
            }
            assert!(Instant::now() < deadline, "{} does not show {wanted:?}:\n{shown}", self.address());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// What a script gives on this page; nothing while the page changes.
    pub(crate) fn script(&self, script: &str) -> String {
        let given = self.session.command("execute/sync", &json!({ "script": script, "args": [] }));
        given.map(|value| text(&value)).unwrap_or_default()
    }

    /// A command of Chromium's own protocol.
    #[track_caller]
    pub(crate) fn devtools(&self, command: &str, parameters: &Value) -> Value {
        done(self.session.command("goog/cdp/execute", &json!({ "cmd": command, "params": parameters })))
    }

    /// The tab that is looked at.
    #[track_caller]
    pub(crate) fn tab(&self) -> Tab {
        Tab(text(&done(self.session.property("window"))))
    }

    /// Opens a tab and looks at it.
    #[track_caller]
    pub(crate) fn new_tab(&self) -> Tab {
        let made = done(self.session.command("window/new", &json!({ "type": "tab" })));
        let tab = Tab(text(&made["handle"]));
        self.look_at(&tab);
        tab
    }

    /// Looks at another tab.
    #[track_caller]
    pub(crate) fn look_at(&self, tab: &Tab) {
        done(self.session.command("window", &json!({ "handle": tab.0 })));
    }

    /// Closes the tab that is looked at. Another one must be looked at then.
    #[track_caller]
    pub(crate) fn close_tab(&self) {
        done(self.session.close_tab());
    }

    /// Makes the window so wide and so high, and the system light or dark.
    #[track_caller]
    pub(crate) fn looks(&self, (width, height): (u32, u32), scheme: Scheme) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", &size);
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme.name() }]);
        self.devtools("Emulation.setEmulatedMedia", &json!({ "features": features }));
    }

    /// A picture of the page, as PNG.
    #[track_caller]
    pub(crate) fn screenshot(&self) -> Vec<u8> {
        STANDARD.decode(text(&done(self.session.property("screenshot")))).expect("it is base64")
    }

    /// Ends the browser; what it did on the network.
    pub(crate) fn traffic(mut self) -> Traffic {
        self.session.end().expect("the browser ends");
        read(&self.folder.path().join("net.json"))
    }
}

#[track_caller]
fn done(result: Result<Value, String>) -> Value {
    result.unwrap_or_else(|why| panic!("the browser: {why}"))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
