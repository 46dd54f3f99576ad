//! Servers of a case: hosts, proxies and authorities that misbehave, named in `env.json`.
//!
//! `{{url:NAME}}` and `{{ca:NAME}}` stand for the address of one and the root that it wants to be trusted.

use crate::harness::World;
use sso_sim::{Behaviour, Fault, Interceptor, Presents, RawServer, TlsCertificate};
use std::collections::BTreeMap;
use std::path::Path;

/// One server, running.
enum Server {
    Raw(RawServer),
    Intercepting(Interceptor),
    /// Nobody listens at this address any more.
    Gone(String),
}

/// The servers of a case. Dropping them stops them.
#[derive(Default)]
pub(super) struct Servers(BTreeMap<String, Server>);

impl Servers {
    /// Starts what `env.json` asks for.
    pub(super) fn start(wanted: &BTreeMap<String, String>) -> Self {
        Self(wanted.iter().map(|(name, kind)| (name.clone(), Server::start(kind))).collect())
    }

    /// Fills in addresses and roots.
    pub(super) fn fill(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (name, server)| {
            let (url, ca) = match server {
                Server::Raw(server) => (server.url(), server.ca_pem().to_owned()),
                Server::Intercepting(proxy) => (proxy.url(), proxy.root_pem().to_owned()),
                Server::Gone(url) => (url.clone(), String::new()),
            };
            text.replace(&format!("{{{{url:{name}}}}}"), &url).replace(&format!("{{{{ca:{name}}}}}"), &ca)
        })
    }

    /// The same in every file of a folder.
    pub(super) fn fill_files(&self, dir: &Path) {
        for path in dir.read_dir().into_iter().flatten().flatten().map(|entry| entry.path()) {
            match std::fs::read_to_string(&path) {
                _ if path.is_dir() => self.fill_files(&path),
                Ok(text) if text.contains("{{") => {
                    std::fs::write(&path, self.fill(&text)).expect("a file can be written");
                }
                _ => {}
            }
        }
    }
}

impl Server {
    fn start(kind: &str) -> Self {
        let (kind, detail) = kind.split_once(' ').unwrap_or((kind, ""));
        let reply =
            |head: &str| Behaviour::Reply(format!("{head}\r\nContent-Length: 0\r\n\r\n").into_bytes());
        let raw = |behaviour| Self::Raw(RawServer::http([behaviour]));
        let tls = |certificate| Self::Raw(RawServer::https(certificate, [Behaviour::json(404, "{}")]));
        let intercepting = |presents| Self::Intercepting(Interceptor::start(presents, []));
        match kind {
            "silent" => raw(Behaviour::Silent),
            "html" => raw(Behaviour::Reply(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>".into(),
            )),
            "refuses" => raw(reply("HTTP/1.1 403 Forbidden")),
            "asks" => raw(reply("HTTP/1.1 407 Proxy Authentication Required")),
            "gone" => Self::Gone(RawServer::http([Behaviour::Silent]).url()),
            "good" => tls(TlsCertificate::Good),
            "unknown-ca" => tls(TlsCertificate::UnknownCa),
            "wrong-name" => tls(TlsCertificate::WrongName),
            "expired" => tls(TlsCertificate::Expired),
            "leads-to" => {
                let redirect = Behaviour::RedirectTo { status: 302, location: detail.to_owned() };
                Self::Raw(RawServer::https(TlsCertificate::Good, [redirect]))
            }
            "intercepts" => intercepting(Presents::Root),
            "intercepts-intermediate" => intercepting(Presents::Intermediate),
            "intercepts-leaf" => intercepting(Presents::Leaf),
            "portal-leads-to" => {
                let redirect = Behaviour::RedirectTo { status: 302, location: detail.to_owned() };
                Self::Intercepting(Interceptor::start(Presents::Root, [("corp.awsapps.com", redirect)]))
            }
            "portal-in" => {
                let page = format!("<html><head><meta name=\"region\" content=\"{detail}\"/></head></html>");
                let length = page.len();
                let reply = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{page}"
                );
                let answers = [("corp.awsapps.com", Behaviour::Reply(reply.into_bytes()))];
                Self::Intercepting(Interceptor::start(Presents::Root, answers))
            }
            other => panic!("there is no server {other:?}"),
        }
    }
}

/// What has happened at the simulated AWS since the user signed in.
pub(super) fn happen(world: &World, event: &str) {
    match event.split_once(' ').unwrap_or((event, "")) {
        ("sessions-ended", _) => world.sim.kill_sessions(),
        ("throttled", _) => world.sim.fault(Fault::on("ListAccounts").status(429)),
        ("captive-portal", _) => world.sim.fault(Fault::on("ListAccounts").html()),
        ("refused", _) => world.sim.fault(Fault::on("GetRoleCredentials").status(403)),
        ("assigned", role) => world.sim.assign("111122223333", role),
        ("unassigned", role) => world.sim.unassign("111122223333", role),
        ("clock", seconds) => world.sim.clock().advance(seconds.parse().expect("a number of seconds")),
        (other, _) => panic!("nothing like {other:?} can happen"),
    }
}
