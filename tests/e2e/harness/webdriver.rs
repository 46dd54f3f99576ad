//! A small WebDriver client (W3C): a chromedriver of its own on a port that it chooses itself, and JSON over one connection.

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// What takes longer hangs. Starting a browser on a busy machine takes longest.
const LIMIT: Duration = Duration::from_secs(60);
/// What the id of an element is called.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A browser under remote control. It ends with this value.
pub(super) struct Session {
    driver: Child,
    connection: TcpStream,
    id: String,
    browser: Option<Pid>,
}

impl Session {
    /// Starts chromedriver, and Chromium with these switches. Both live in `folder`: it is their HOME and holds their
    /// temporary files; of the caller's environment they get PATH alone, so no proxy and no certificates.
    pub(super) fn start(folder: &Path, switches: &[String]) -> Self {
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", folder).env("TMPDIR", folder).env("TZ", "UTC").env("LC_ALL", "C.UTF-8");
        let mut driver = command.spawn().expect("chromedriver starts");
        let port = port_of(&mut driver);
        let connection = TcpStream::connect(("127.0.0.1", port)).expect("chromedriver listens");
        connection.set_read_timeout(Some(LIMIT)).expect("a limit can be set");
        let mut session = Self { driver, connection, id: String::new(), browser: None };
        let options = json!({ "browserName": "chrome", "goog:chromeOptions": { "args": switches } });
        let made = session.ask("POST", "/session", &json!({ "capabilities": { "alwaysMatch": options } }));
        let made = made.unwrap_or_else(|why| panic!("chromium does not start: {why}"));
        made["sessionId"].as_str().expect("a session has an id").clone_into(&mut session.id);
        // After a click the next page may take its time: what is looked for on it is waited for.
        let waits = session.command("timeouts", &json!({ "implicit": 10_000 }));
        waits.unwrap_or_else(|why| panic!("chromium does not wait: {why}"));
        let pid = made["capabilities"]["goog:processID"].as_i64();
        session.browser = pid.and_then(|pid| Pid::from_raw(i32::try_from(pid).ok()?));
        session
    }

    /// Sends a command of the session; what it gives, or what the driver says against it.
    pub(super) fn command(&self, name: &str, body: &Value) -> Result<Value, String> {
        self.ask("POST", &format!("/session/{}/{name}", self.id), body)
    }

    /// Asks for a property of the session.
    pub(super) fn property(&self, name: &str) -> Result<Value, String> {
        self.ask("GET", &format!("/session/{}/{name}", self.id), &Value::Null)
    }

    /// Sends a command about the one element that a CSS selector finds.
    pub(super) fn at(&self, css: &str, name: &str, body: &Value) -> Result<Value, String> {
        let found = self.command("element", &json!({ "using": "css selector", "value": css }))?;
        let id = found[ELEMENT].as_str().ok_or("an element has an id")?;
        self.command(&format!("element/{id}/{name}"), body)
    }

    /// Closes the tab that is looked at.
    pub(super) fn close_tab(&self) -> Result<Value, String> {
        self.ask("DELETE", &format!("/session/{}/window", self.id), &Value::Null)
    }

    /// Ends the browser as a person would, so that it writes down what it has to.
    pub(super) fn end(&mut self) -> Result<(), String> {
        if self.browser.is_some() {
            self.ask("DELETE", &format!("/session/{}", self.id), &Value::Null)?;
            self.browser = None;
        }
        Ok(())
    }

    /// One command. `Connection: close` is of no use: chromedriver leaves the connection open all the same.
    fn ask(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let length = body.len();
        let text =
            format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {length}\r\n\r\n{body}");
        let lost = |error: std::io::Error| format!("chromedriver is lost: {error}");
        (&self.connection).write_all(text.as_bytes()).map_err(lost)?;
        let mut reader = BufReader::new(&self.connection);
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).map_err(lost)?;
            match line.trim_end().split_once(':') {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.trim().parse().map_err(|_| format!("not a length: {line}"))?;
                }
                None if line.trim_end().is_empty() => break,
                _ => {}
            }
        }
        let mut bytes = vec![0; length];
        reader.read_exact(&mut bytes).map_err(lost)?;
        let mut reply: Value = serde_json::from_slice(&bytes).map_err(|error| error.to_string())?;
        let value = reply["value"].take();
        match (value["error"].as_str(), value["message"].as_str()) {
            (Some(error), Some(message)) => Err(format!("{error}: {message}")),
            _ => Ok(value),
        }
    }
}

/// The port that chromedriver has chosen, from what it prints.
fn port_of(driver: &mut Child) -> u16 {
    let mut lines = BufReader::new(driver.stdout.take().expect("it is piped")).lines().map_while(Result::ok);
    let port = lines.find_map(|line| {
        let (_, rest) = line.split_once("started successfully on port ")?;
        rest.trim_end_matches('.').parse().ok()
    });
    port.expect("chromedriver says where it listens")
}

impl Drop for Session {
    fn drop(&mut self) {
        // A chromedriver that is killed leaves its browser behind.
        if self.end().is_err()
            && let Some(browser) = self.browser
        {
            let _ = kill_process(browser, Signal::KILL);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
