//! The binary: a world in one process, its browser in another.

use crate::client::{send, try_send};
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Output, Stdio};

const SIM: &str = env!("CARGO_BIN_EXE_sso-sim");

/// A serving process, ended with the test.
struct Serving {
    child: Child,
    address: SocketAddr,
    banner: String,
}

impl Serving {
    fn start(options: &[&str]) -> Self {
        let mut command = Command::new(SIM);
        command.arg("serve").args(options).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the binary runs");
        let stdout = child.stdout.take().expect("its output is piped");
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        let mut banner = String::new();
        // The line that tells where the world listens is the last one.
        for line in lines.by_ref() {
            banner += &format!("{line}\n");
            if line.contains("until Ctrl-C") {
                break;
            }
        }
        let (_, rest) = banner.split_once("http://").expect("there is a URL");
        let address = rest.lines().next().expect("the URL ends").parse();
        let address = address.expect("it is an address");
        Self { child, address, banner }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn run(arguments: &[&str]) -> Output {
    Command::new(SIM).args(arguments).output().expect("the binary runs")
}

#[test]
fn it_serves_and_browses() {
    let serving = Serving::start(&["--accounts", "2", "--device", "manual", "--rotating"]);
    let export = format!("export AWS_ENDPOINT_URL_SSO_OIDC=http://{}\n", serving.address);
    assert!(serving.banner.starts_with(&export), "{}", serving.banner);
    for line in [
        "export AWS_ENDPOINT_URL_SSO_ADMIN=",
        "sso_start_url = https://corp.awsapps.com/start",
        "administrators see, in arn:aws:sso:::instance/ssoins-7223000000000001",
    ] {
        assert!(serving.banner.contains(line), "{line}: {}", serving.banner);
    }

    let headers = [("User-Agent", "it"), ("Content-Type", "application/json")];
    let post = |target: &str, body: serde_json::Value| {
        send(serving.address, "POST", target, &headers, &body.to_string())
    };
    let body = serde_json::json!({"clientName": "it", "clientType": "public"});
    let client = post("/client/register", body);
    let body = serde_json::json!({
        "clientId": client.text("clientId"), "clientSecret": client.text("clientSecret"),
        "startUrl": "https://corp.awsapps.com/start",
    });
    let device = post("/device_authorization", body);
    let browsed = run(&["browse", &device.text("verificationUriComplete")]);
    let seen = String::from_utf8_lossy(&browsed.stderr).into_owned();
    assert!(browsed.status.success() && browsed.stdout.is_empty(), "{seen}");
    assert!(seen.contains("200 POST") && seen.contains("/device/decision"), "{seen}");
    let body = serde_json::json!({
        "clientId": client.text("clientId"), "clientSecret": client.text("clientSecret"),
        "grantType": crate::client::DEVICE_CODE, "deviceCode": device.text("deviceCode"),
    });
    assert!(post("/token", body).text("accessToken").contains("CANARY"));
    let port = serving.address.port().to_string();
    let taken = run(&["serve", "--port", &port]);
    assert!(String::from_utf8_lossy(&taken.stderr).contains("cannot listen"));
    let address = serving.address;
    drop(serving);
    assert!(std::panic::catch_unwind(|| try_send(address, "GET", "/", &[], "")).is_err());
}

#[test]
fn mistakes_are_told() {
    let rows: [(&[&str], &str); 6] = [
        (&["--nonsense"], "--nonsense is unknown"),
        (&["serve", "--port", "x"], "--port wants a number"),
        (&["serve", "--rate-limit", "-1"], "--rate-limit wants a number"),
        (&["serve", "--authorize", "maybe"], "--authorize wants page, auto or deny"),
        (&["serve", "--device", "maybe"], "--device wants manual, auto or deny"),
        (&["browse", "https://example.com/"], "not an http URL of this machine"),
    ];
    for (arguments, words) in rows {
        let output = run(arguments);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && told.contains(words), "{arguments:?}: {told}");
    }
    let help = run(&["--help"]);
    assert!(help.status.success() && help.stdout.starts_with(b"usage: sso-sim"));
}
