//! Servers that take their time: a request ends after its own limit, whatever has come until then (catalogue D9, D13, R12). All
//! of them side by side, for they only wait.

use super::calls::{Call, named};
use super::play::{streams, through};
use super::{doctor, vanity};
use sso_sim::{Behaviour, Front, StandInBrowser};
use std::net::TcpListener;
use std::time::{Duration, Instant};

/// A busy machine takes so much longer.
const SLACK: Duration = Duration::from_secs(6);
const SIGN_IN: &[&str] = &["login", "--force", "--use-device-code", "--timeout", "60"];
const IMPATIENT: &[&str] = &["login", "--force", "--use-device-code", "--timeout", "3"];

/// One row.
struct Slow {
    what: &'static str,
    call: Call,
    does: Behaviour,
    /// It ends after so many seconds.
    after: u64,
    code: i32,
    says: &'static str,
}

const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n";

/// The whole reply, a byte a second.
fn drip() -> Behaviour {
    Behaviour::Drip { bytes: format!("{HEAD}{{\"CANARY\":\"").into_bytes(), every: Duration::from_secs(1) }
}

/// The head and the beginning of the body at once, and nothing more.
fn stops() -> Behaviour {
    Behaviour::Stops(format!("{HEAD}{{\"CANARY\":\"").into_bytes())
}

fn rows() -> Vec<Slow> {
    let with = |name: &str, args| Call { args, ..named(name) };
    let slow = |what, call, does, after, code, says| Slow { what, call, does, after, code, says };
    let interim = "HTTP/1.1 100 Continue\r\n\r\n".repeat(1_000);
    let interim = Behaviour::Drip { bytes: interim.into_bytes(), every: Duration::from_millis(20) };
    let later = "HTTP/1.1 429 Later\r\nRetry-After: 86400\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let later = Behaviour::Reply(later.into());
    let ten = "did not answer within 10 s";
    let thirty = "did not answer within 30 s";
    vec![
        slow("silence", with("RegisterClient", SIGN_IN), Behaviour::Silent, 10, 6, ten),
        // Nothing was shown, so nobody could have approved.
        slow(
            "silence",
            with("RegisterClient", IMPATIENT),
            Behaviour::Silent,
            3,
            9,
            "did not answer within 3 s",
        ),
        slow("interim answers", with("RegisterClient", SIGN_IN), interim, 10, 6, ten),
        slow("a byte a second", with("StartDeviceAuthorization", SIGN_IN), drip(), 10, 6, ten),
        // Polls that are not answered go on to the end of the login.
        slow(
            "silence",
            with("CreateToken for a device code", IMPATIENT),
            Behaviour::Silent,
            3,
            9,
            "Nobody approved",
        ),
        slow("silence", named("CreateToken for a code"), Behaviour::Silent, 10, 6, ten),
        slow("a byte a second", named("CreateToken of refresh"), drip(), 10, 6, ten),
        slow("a body that stops", named("CreateToken of a helper"), stops(), 10, 6, ten),
        slow("silence", named("GetRoleCredentials"), Behaviour::Silent, 10, 6, ten),
        slow("a byte a second", named("GetRoleCredentials"), drip(), 10, 6, ten),
        // At most 10 s of what is asked for, twice.
        slow("throttled for a day", named("GetRoleCredentials"), later, 20, 6, "throttling"),
        slow("silence", named("ListAccounts"), Behaviour::Silent, 30, 6, thirty),
        slow("a body that stops", named("ListAccountRoles of one account"), stops(), 30, 6, thirty),
        slow("a byte a second", named("ListAccounts of populate"), drip(), 30, 6, thirty),
        slow("a byte a second", named("GetCallerIdentity"), drip(), 10, 6, ten),
        slow("silence", named("AssumeRole"), Behaviour::Silent, 10, 6, ten),
        slow("a body that stops", named("getSigninToken"), stops(), 10, 6, ten),
        slow("silence", named("ListInstances"), Behaviour::Silent, 30, 6, thirty),
        slow("a byte a second", named("ListAccounts of Organizations"), drip(), 30, 6, thirty),
    ]
}

/// All of them.
pub(super) fn rows_side_by_side() {
    let rows = rows();
    std::thread::scope(|scope| {
        for row in &rows {
            scope.spawn(|| play(row));
        }
        scope.spawn(nobody_answers_the_handshake);
        scope.spawn(logout_is_done_here_all_the_same);
        scope.spawn(a_start_url);
        scope.spawn(the_doctor);
    });
}

fn play(row: &Slow) {
    let world = row.call.world(&format!("hostile: slow: {}: {}", row.call.name, row.what));
    let before = world.files();
    let front = Front::before(world.sim.address(), row.call.mark, row.does.clone());
    let sso = through(world.sso(row.call.args), &world, &front.url());
    let run = if row.call.needs_a_browser() {
        let login = sso.spawn();
        StandInBrowser::approving().open(&login.address()).expect("the page opens");
        login.finish()
    } else {
        sso.run()
    };
    run.exits(row.code).says(row.says).prints_nothing();
    streams(&run);
    ends_after(row.after, run.took, row.what);
    assert!(before == world.files(), "{}", row.what);
}

#[track_caller]
fn ends_after(seconds: u64, took: Duration, what: &str) {
    let after = Duration::from_secs(seconds);
    assert!((after..after + SLACK).contains(&took), "{what}: {took:?}");
}

/// Somebody takes the connection, and that is all.
fn nobody_answers_the_handshake() {
    let call = Call { args: SIGN_IN, ..named("RegisterClient") };
    let world = call.world("hostile: slow: nobody answers the handshake");
    let deaf = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("https://{}", deaf.local_addr().expect("an address"));
    let run = through(world.sso(call.args), &world, &url).run();
    run.exits(6).says("did not answer within 5 s").prints_nothing();
    ends_after(5, run.took, "a handshake");
}

/// The session ends here, whether or not the service can be told.
fn logout_is_done_here_all_the_same() {
    let world = named("ListAccounts").world("hostile: slow: logout");
    let front = Front::before(world.sim.address(), "POST /logout", Behaviour::Silent);
    let started = Instant::now();
    let run = through(world.sso(&["logout"]), &world, &front.url()).run();
    run.exits(0).says("could not be ended at the service").says("Signed out of corp");
    assert!(started.elapsed() < Duration::from_secs(5) + SLACK, "{:?}", started.elapsed());
    assert!(!world.has(crate::harness::TOKEN_FILE));
}

fn a_start_url() {
    let row = ("into silence", vec![Behaviour::Silent], 6, "did not answer within 10 s", 1);
    let started = Instant::now();
    vanity::play(&row);
    ends_after(10, started.elapsed(), "a start URL");
}

/// It has a budget of its own.
fn the_doctor() {
    let call = named("ListAccounts");
    let world = call.world("hostile: slow: doctor");
    let before = world.files();
    let front = Front::before(world.sim.address(), call.mark, drip());
    let args = [&["doctor", "--profile", "dev", "--json"], &doctor::NETWORK[..]].concat();
    let run = through(world.sso(&args), &world, &front.url()).run();
    assert!(run.took < doctor::LIMIT, "{:?}", run.took);
    assert!(run.json()["notRun"].to_string().contains("I03"), "{}", run.out());
    streams(&run);
    assert!(before == world.files());
}
