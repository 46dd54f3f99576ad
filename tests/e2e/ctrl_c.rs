//! Ctrl-C while a login waits.

use crate::harness::{World, http};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use url::Url;

#[test]
fn in_a_pkce_login() {
    let world = World::corp("ctrl_c: a PKCE login");
    world.sign_in();
    let before = world.files();
    let login = world.sso(&["login", "--force"]).browser(&world.noting_browser()).spawn();
    let redirect = Url::parse(&http::parameter(&world.opened(), "redirect_uri")).expect("an address");
    login.says("Waiting for the browser");
    drop(TcpStream::connect(redirect.authority()).expect("it listens"));
    let pressed = Instant::now();
    login.interrupt();
    login.finish().exits(130).says("Stopped by a signal").prints_nothing();
    assert!(pressed.elapsed() < Duration::from_secs(10), "{:?}", pressed.elapsed());
    assert!(TcpStream::connect(redirect.authority()).is_err(), "the port is closed");
    assert!(before == world.files(), "the cache is unchanged");
    world.sso(&["status"]).run().exits(0);
}

#[test]
fn in_a_device_login() {
    let world = World::corp("ctrl_c: a device login");
    world.sim.set_device(sso_sim::Device::Never);
    let login = world.sso(&["login", "--use-device-code"]).spawn();
    login.says("Waiting for approval");
    login.interrupt();
    login.finish().exits(130);
    assert!(!world.has(crate::harness::TOKEN_FILE));
    world.sso(&["status"]).run().exits(4);
}
