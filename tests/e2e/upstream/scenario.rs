//! A scenario of the AWS SDK for Rust as it lies there: a folder with environment, home, traffic and the expected result.

use crate::harness::World;
use serde_json::Value;
use sso_sim::{Behaviour, Interceptor, Presents, RawRequest};
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use url::Url;

/// The header that the portal takes the token in.
const BEARER: &str = "x-amz-sso_bearer_token";

/// One scenario.
pub(super) struct Scenario {
    /// `profile-provider/sso_credentials`.
    pub(super) name: String,
    folder: PathBuf,
    env: BTreeMap<String, String>,
    traffic: Vec<Exchange>,
    /// `{"Ok": ...}` or `{"ErrorContains": ...}`.
    result: Value,
}

/// A request, and what it is answered.
struct Exchange {
    asked: Asked,
    status: u16,
    body: String,
}

/// What counts of a request: its method, its address with the parameters in any order, and the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    method: String,
    host: String,
    path: String,
    parameters: Vec<(String, String)>,
    bearer: Option<String>,
}

impl Asked {
    fn new(method: &str, url: &str, bearer: Option<&str>) -> Self {
        let url = Url::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"));
        assert_eq!(url.scheme(), "https");
        let mut parameters: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        parameters.sort();
        Self {
            method: method.to_owned(),
            host: url.host_str().expect("a host").to_owned(),
            path: url.path().to_owned(),
            parameters,
            bearer: bearer.map(str::to_owned),
        }
    }

    fn on_the_wire(request: &RawRequest) -> Self {
        let mut words = request.head.split_ascii_whitespace();
        let (method, target) = (words.next().expect("a method"), words.next().expect("a target"));
        let header = |name: &str| {
            let mut headers = request.head.lines().filter_map(|line| line.split_once(':'));
            headers.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
        };
        let host = header("host").expect("a host");
        Self::new(method, &format!("https://{host}{target}"), header(BEARER))
    }
}

fn read(path: &Path) -> Value {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The requests and answers of `http-traffic.json`, in order.
fn traffic(recorded: &Value) -> Vec<Exchange> {
    let mut exchanges: Vec<Exchange> = Vec::new();
    for event in recorded["events"].as_array().expect("a list of events") {
        let action = &event["action"];
        let request = &action["Request"]["request"];
        let (response, data) = (&action["Response"]["response"]["Ok"], &action["Data"]);
        if let Some(url) = request["uri"].as_str() {
            let method = request["method"].as_str().expect("a method");
            let asked = Asked::new(method, url, request["headers"][BEARER][0].as_str());
            exchanges.push(Exchange { asked, status: 0, body: String::new() });
        } else if let Some(status) = response["status"].as_u64() {
            let exchange = exchanges.last_mut().expect("a request before it");
            exchange.status = u16::try_from(status).expect("a status");
        } else if let (Some(text), Some("Response")) =
            (data["data"]["Utf8"].as_str(), data["direction"].as_str())
        {
            exchanges.last_mut().expect("a request before it").body.push_str(text);
        }
    }
    exchanges
}

impl Scenario {
    pub(super) fn read(folder: PathBuf) -> Self {
        let parent = folder.parent().and_then(Path::file_name).unwrap_or_default().display();
        let name = format!("{parent}/{}", folder.file_name().unwrap_or_default().display());
        let env = serde_json::from_value(read(&folder.join("env.json"))).expect("texts");
        let traffic = traffic(&read(&folder.join("http-traffic.json")));
        let result = read(&folder.join("test-case.json"))["result"].clone();
        Self { name, folder, env, traffic, result }
    }

    /// What a success gives.
    pub(super) fn gives(&self) -> Option<&Value> {
        self.result.get("Ok")
    }

    /// What has to be asked.
    pub(super) fn asks(&self) -> Vec<Asked> {
        self.traffic.iter().map(|exchange| exchange.asked.clone()).collect()
    }

    /// A world whose HOME is the scenario's.
    pub(super) fn world(&self, story: &str) -> World {
        let world = World::with(story, World::sim());
        let home = self.folder.join("fs/home");
        if home.is_dir() {
            copy(&home, world.home());
        }
        world
    }

    /// The scenario's environment; its `/home` is the world's HOME.
    pub(super) fn environment(&self, world: &World) -> Vec<(String, String)> {
        let moved = |value: &String| match value.strip_prefix("/home") {
            Some(rest) => format!("{}{rest}", world.home().display()),
            None => value.clone(),
        };
        self.env.iter().map(|(name, value)| (name.clone(), moved(value))).collect()
    }

    /// AWS, answering as recorded; `edit` may change a body.
    pub(super) fn aws(&self, edit: impl Fn(&str) -> String) -> Aws {
        let answer = |exchange: &Exchange| {
            // The recorded lengths are those of other bodies.
            let answer = Behaviour::json(exchange.status, &edit(&exchange.body));
            (exchange.asked.host.clone(), answer)
        };
        let answers: Vec<(String, Behaviour)> = self.traffic.iter().map(answer).collect();
        let answers = answers.iter().map(|(host, answer)| (host.as_str(), answer.clone()));
        Aws(Interceptor::start(Presents::Root, answers))
    }
}

/// The recorded AWS, reached through a proxy that opens the encryption.
pub(super) struct Aws(Interceptor);

impl Aws {
    pub(super) fn proxy(&self) -> String {
        self.0.url()
    }

    /// A file with the root that it has to be trusted by.
    pub(super) fn bundle(&self, world: &World) -> PathBuf {
        let file = world.outside("roots.pem");
        std::fs::write(&file, self.0.root_pem()).expect("a file can be written");
        file
    }

    /// What it was asked.
    pub(super) fn was_asked(&self) -> Vec<Asked> {
        self.0.requests().iter().map(Asked::on_the_wire).collect()
    }
}

/// Copies a folder; files are for the owner only, as AWS tools write them.
fn copy(from: &Path, to: &Path) {
    for entry in from.read_dir().unwrap_or_else(|error| panic!("{}: {error}", from.display())).flatten() {
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            std::fs::create_dir(&target).expect("a folder can be made");
            copy(&source, &target);
        } else {
            std::fs::copy(&source, &target).expect("a file can be copied");
            std::fs::set_permissions(&target, std::fs::Permissions::from_mode(0o600))
                .expect("a mode can be set");
        }
    }
}
