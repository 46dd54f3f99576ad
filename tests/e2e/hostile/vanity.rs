//! A start URL of somebody's own domain that leads nowhere good: asked once, followed at most once, told nothing (catalogue D5).

use super::play::streams;
use super::row::reply;
use crate::harness::World;
use sso_sim::{Behaviour, RawServer, TlsCertificate};

/// The answers to HEAD, and to GET where that is asked; the exit code; what is said; how often it was asked.
pub(super) type Row = (&'static str, Vec<Behaviour>, i32, &'static str, usize);

fn to(location: &str) -> Vec<Behaviour> {
    vec![Behaviour::RedirectTo { status: 302, location: location.into() }]
}

fn rows(elsewhere: &RawServer) -> Vec<Row> {
    const NO_PORTAL: &str = "The start URL does not lead to an access portal.";
    let head = |text: &str| vec![Behaviour::Reply(format!("HTTP/1.1 {text}\r\n\r\n").into_bytes())];
    let only_get = |then: Behaviour| vec![reply(405, "text/plain", ""), then];
    let page = "<!doctype html>CANARY";
    vec![
        ("to itself, for ever", to("/start"), 3, "leads to localhost, which is not a host of AWS", 1),
        ("to another host", to(&format!("{}/x", elsewhere.url())), 3, "leads to 127.0.0.1, which is not", 1),
        ("to http", to("http://corp.awsapps.com/start"), 3, "leads to corp.awsapps.com without https", 1),
        ("to a look-alike", to("https://аwsapps.com/start"), 3, "redirects without saying where", 1),
        ("to a look-alike in ASCII", to("https://xn--wsapps-2nf.com/"), 3, "leads to xn--wsapps-2nf.com", 1),
        (
            "to AWS's name as user",
            to("https://corp.awsapps.com@evil.example/"),
            3,
            "leads to evil.example",
            1,
        ),
        (
            "to AWS's name as a part",
            to("https://corp.awsapps.com.evil.example/"),
            3,
            "leads to corp.awsapps.com.evil",
            1,
        ),
        ("to a file", to("file:///etc/passwd"), 3, NO_PORTAL, 1),
        ("to a script", to("javascript:alert(1)"), 3, NO_PORTAL, 1),
        ("to no port", to("https://corp.awsapps.com:99999/"), 3, "redirects without saying where", 1),
        ("to nowhere", head("302 Found\r\nContent-Length: 0"), 3, "redirects without saying where", 1),
        ("with a page of 403", vec![reply(403, "text/html", page)], 3, " answered 403", 1),
        ("with a page of 500", vec![reply(500, "text/html", page)], 3, " answered 500", 1),
        ("with 600", head("600 What\r\nContent-Length: 0"), 3, " answered 600", 1),
        (
            "with a page",
            vec![reply(200, "text/html", page)],
            3,
            "leads to localhost, which is not a host of AWS",
            1,
        ),
        ("with 512 MB", only_get(Behaviour::Huge { total: 512 << 20 }), 6, "is too large to be real", 2),
        ("with chunks without end", only_get(Behaviour::EndlessChunks), 6, "is too large to be real", 2),
        ("with 1 MB of headers", vec![Behaviour::HugeHeaders(1 << 20)], 6, "broke", 1),
        ("with a reset", vec![Behaviour::Reset], 6, "broke", 1),
    ]
}

#[test]
fn a_start_url_that_leads_nowhere_good() {
    let elsewhere = RawServer::http([Behaviour::json(200, "{}")]);
    let rows = rows(&elsewhere);
    std::thread::scope(|scope| {
        for row in &rows {
            scope.spawn(|| play(row));
        }
    });
    assert_eq!(elsewhere.connections(), 0, "a redirect was followed");
}

pub(super) fn play((what, does, code, says, asked): &Row) {
    let vanity = RawServer::https(TlsCertificate::Good, does.clone());
    let world = World::with(&format!("hostile: a start URL that leads {what}"), World::sim());
    world.config(&format!(
        "[sso-session corp]\nsso_start_url = {}/start\nsso_region = us-east-1\n",
        vanity.url()
    ));
    world.write("ca.pem", vanity.ca_pem());
    let before = world.snapshot();
    let bundle = world.home().join("ca.pem");
    let run = world.sso(&["login"]).env("AWS_CA_BUNDLE", bundle).browser(&world.noting_browser()).run();
    run.exits(*code).says(says).prints_nothing();
    streams(&run);
    let requests = vanity.requests();
    assert_eq!(requests.len(), *asked, "{what}");
    for request in requests {
        let head = request.head.to_lowercase();
        assert!(request.body.is_empty() && !head.contains("cookie") && !head.contains("bearer"), "{head}");
    }
    world.made_requests(0);
    assert!(before == world.snapshot() && !world.outside("opened").exists(), "{what}");
}
