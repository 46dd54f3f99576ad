//! Proxies of the environment: used for the world, never for this machine.

use crate::harness::World;
use sso_sim::{Behaviour, RawServer};

/// A proxy that would see every secret is never asked for an address of this machine.
#[test]
fn never_for_this_machine() {
    let world = World::corp("proxies: never for this machine");
    let proxy = RawServer::http([Behaviour::json(200, "{}")]);
    let run = |args: &[&str]| {
        let mut sso = world.sso(args);
        for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
            sso = sso.env(name, proxy.url());
        }
        sso.run().exits(0).does_not_say("proxy");
    };
    run(&["login", "--use-device-code"]);
    run(&["whoami", "--profile", "dev"]);
    run(&["logout"]);
    assert_eq!(proxy.connections(), 0);
}

/// For AWS itself it is asked for a tunnel, and is told nothing but the host.
#[test]
fn a_tunnel_to_aws() {
    let world = World::corp("proxies: a tunnel to AWS");
    for (reply, code, said) in [
        (
            "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
            6,
            "asks for a user name",
        ),
        ("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", 6, "The proxy"),
    ] {
        let proxy = RawServer::http([Behaviour::Reply(reply.into())]);
        let url = proxy.url().replace("http://", "http://me:proxyCANARYpassword@");
        let run = world
            .sso(&["login", "--use-device-code"])
            .env("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
            .env("HTTPS_PROXY", url)
            .run();
        run.exits(code).says(said).does_not_say("proxyCANARY");
        let request = proxy.requests().remove(0);
        assert!(request.head.starts_with("CONNECT oidc.us-east-1.amazonaws.com:443 "), "{}", request.head);
    }
    world.made_requests(0);
}
