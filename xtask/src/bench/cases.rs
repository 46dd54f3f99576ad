//! What is measured, and what was promised.

use super::Programs;
use super::home::{Home, ROLE, SESSION, dev, profiles};
use super::peers;
use super::report::Report;
use super::spawn::{Subject, Times, in_turn, ms, once};
use serde_json::json;
use sso_sim::{Fault, SimBuilder, StandInBrowser};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// One case.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) measure: fn(&Programs, &mut Report) -> Result<(), String>,
}

/// Needs a build of its own.
pub(super) const LAYOUT: &str = "layout";

pub(super) const ALL: [Case; 11] = [
    Case { name: LAYOUT, measure: layout },
    Case { name: "credential-process warm", measure: warm },
    Case { name: "peak memory", measure: memory },
    Case { name: "credential-process cold", measure: cold },
    Case { name: "status", measure: status },
    Case { name: "completions", measure: completions },
    Case { name: "login", measure: login },
    Case { name: "lists", measure: lists },
    Case { name: "throttled lists", measure: throttled },
    Case { name: "populate", measure: populate },
    Case { name: "storm", measure: storm },
];

const WARM: [&str; 3] = ["credential-process", "--profile", "dev"];
const ROUNDS: usize = 400;
/// Peers take their time.
const PEER_ROUNDS: usize = 10;

fn sim() -> SimBuilder {
    SimBuilder::new()
        .account("111122223333", "dev", &["Admin", "ReadOnly"])
        .rotating_refresh()
        .light_journal()
}

fn empty(programs: &Programs) -> Subject<'_> {
    Subject::new(|| Command::new(&programs.empty))
}

/// Signed in, with the role cached.
pub(super) fn warm_home(sso: &Path, count: usize) -> Result<Home, String> {
    let home = Home::new(sso, sim(), &profiles(count))?;
    home.run(&WARM)?;
    Ok(home)
}

/// How much of the list of hot functions still names one.
fn layout(_: &Programs, report: &mut Report) -> Result<(), String> {
    let (there, listed) = crate::order::held()?;
    let promise = ("nine of ten; else run cargo xtask order", there * 10 >= listed * 9);
    let json = json!({ "there": there, "listed": listed });
    report.figure(
        "functions of the hot path that are laid out",
        format!("{there} of {listed}"),
        Some(promise),
        json,
    );
    Ok(())
}

/// A cache hit: the same file for everybody.
fn warm(programs: &Programs, report: &mut Report) -> Result<(), String> {
    let small = warm_home(&programs.sso, 5)?;
    let large = warm_home(&programs.sso, 10_000)?;
    large.fill_caches(1_000)?;
    let hit = |home: &'_ Home| home.sso(&WARM);
    let subjects = [empty(programs), Subject::new(|| hit(&small)), Subject::new(|| hit(&large))];
    let times = in_turn(&subjects, ROUNDS)?;
    let [nothing, few, many] = times.as_slice() else { return Err("three were measured".into()) };
    let (ratio, tail) = (over(few.median(), nothing.median()), over(few.p95(), nothing.median()));
    let promise = ("at most 1.9 x, p95 at most 2.5 x the empty process", ratio <= 1.9 && tail <= 2.5);
    report.beside("credential-process, cached, 5 profiles", few, nothing, Some(promise));
    let more = ms(many.median()) - ms(few.median());
    let promise = ("within 3 ms of that", more <= 3.0);
    report.beside(
        "credential-process, cached, 10,000 profiles, 1,000 cache files",
        many,
        nothing,
        Some(promise),
    );
    report.bar("sso", few);
    report.bar("sso, 10,000 profiles", many);
    peers_of(programs, &small, report)
}

/// Ours and the others in turn, from the same home.
fn peers_of(programs: &Programs, home: &Home, report: &mut Report) -> Result<(), String> {
    let peers = peers::all(programs);
    if peers.is_empty() {
        report.figure("peers", "none is on this machine".into(), None, json!(null));
        return Ok(());
    }
    // The AWS CLI keeps role credentials where we do, so it hits the same file.
    let dressed = |peer: &peers::Peer| {
        let mut command = peer.command();
        home.dress(&mut command);
        command
    };
    for peer in &peers {
        if let Err(error) = once(dressed(peer)) {
            report.figure(
                &peer.name,
                format!("cannot be run here: {}", first_line(&error)),
                None,
                json!(null),
            );
            continue;
        }
        let times =
            in_turn(&[Subject::new(|| home.sso(&WARM)), Subject::new(|| dressed(peer))], PEER_ROUNDS)?;
        let [ours, theirs] = times.as_slice() else { continue };
        let factor = over(theirs.median(), ours.median());
        let least = if peer.name.starts_with("AWS CLI") { 200.0 } else { 100.0 };
        let promised = match peer.name.as_str() {
            name if name.starts_with("AWS CLI") => Some(("at least 200 x", factor >= least)),
            name if name.ends_with("load a session") => Some(("at least 100 x", factor >= least)),
            _ => None,
        };
        let figure = format!(
            "{:.0} ms, beside {:.2} ms of ours in the same {PEER_ROUNDS} rounds: {factor:.0} x",
            ms(theirs.median()),
            ms(ours.median())
        );
        report.figure(&peer.name, figure, promised, json!({ "ms": ms(theirs.median()), "factor": factor }));
        report.bar(&peer.name, theirs);
    }
    Ok(())
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

fn over(a: Duration, b: Duration) -> f64 {
    a.as_secs_f64() / b.as_secs_f64().max(f64::MIN_POSITIVE)
}

fn memory(programs: &Programs, report: &mut Report) -> Result<(), String> {
    let mut peak = |case: &str, config: &str| -> Result<(), String> {
        let home = Home::new(&programs.sso, sim(), config)?;
        home.run(&WARM)?;
        let peaks: Vec<u64> = (0..21).filter_map(|_| home.peak_memory(&WARM)).collect();
        told_peak(report, case, peaks, 5 * 1024, "at most 5 MiB");
        Ok(())
    };
    peak("peak memory, cached, 5 profiles", &profiles(5))?;
    peak("peak memory, cached, 10,000 profiles", &profiles(10_000))?;
    let home = Home::new(&programs.sso, organization(2_000, &MANY_ROLES), SESSION)?;
    let peaks = home.peak_memory(&POPULATE).into_iter().collect();
    told_peak(report, "peak memory, populate of 10,000 roles", peaks, 40 * 1024, "at most 40 MiB");
    Ok(())
}

fn told_peak(report: &mut Report, case: &str, mut peaks: Vec<u64>, most: u64, promise: &str) {
    peaks.sort_unstable();
    match (peaks.get(peaks.len() / 2), peaks.last()) {
        (Some(median), Some(worst)) => {
            let figure = format!("{median} KiB, at most {worst} KiB in {} runs", peaks.len());
            let json = json!({ "medianKiB": median, "mostKiB": worst });
            report.figure(case, figure, Some((promise, *worst <= most)), json);
        }
        _ => report.figure(case, "not measured: the program `time` is not here".into(), None, json!(null)),
    }
}

/// The token is there, the role has to be asked for.
fn cold(programs: &Programs, report: &mut Report) -> Result<(), String> {
    let home = Home::new(&programs.sso, sim(), &profiles(5))?;
    let subjects = [empty(programs), Subject::new(|| home.sso(&WARM)).before(|| home.remove(ROLE))];
    let times = in_turn(&subjects, 200)?;
    let [nothing, ours] = times.as_slice() else { return Err("two were measured".into()) };
    let more = ms(ours.median()) - ms(nothing.median());
    let promise = ("at most 6 ms more than the empty process", more <= 6.0);
    report.beside("credential-process, token there, role asked for at 0 ms", ours, nothing, Some(promise));
    Ok(())
}

fn status(programs: &Programs, report: &mut Report) -> Result<(), String> {
    let home = Home::new(&programs.sso, sim(), &profiles(5))?;
    home.fill_caches(500)?;
    let times = in_turn(&[empty(programs), Subject::new(|| home.sso(&["status"]))], 100)?;
    let [nothing, ours] = times.as_slice() else { return Err("two were measured".into()) };
    let promise = ("at most 8 ms", ms(ours.median()) <= 8.0);
    report.beside("status, 500 cache files", ours, nothing, Some(promise));
    Ok(())
}

fn completions(programs: &Programs, report: &mut Report) -> Result<(), String> {
    let home = Home::new(&programs.sso, sim(), &profiles(10_000))?;
    let ask = ["__complete", "zsh", "sso", "whoami", "--profile", "account-0"];
    let times = in_turn(&[empty(programs), Subject::new(|| home.sso(&ask))], 100)?;
    let [nothing, ours] = times.as_slice() else { return Err("two were measured".into()) };
    let promise = ("at most 15 ms", ms(ours.median()) <= 15.0);
    report.beside("completions of --profile, 10,000 profiles", ours, nothing, Some(promise));
    Ok(())
}

fn login(programs: &Programs, report: &mut Report) -> Result<(), String> {
    let home = Home::new(&programs.sso, sim(), &format!("{SESSION}{}", dev()))?;
    let mut pkce = Times::default();
    for _ in 0..20 {
        pkce.push(login_with_browser(&home)?);
    }
    report.time(
        "login in a browser (PKCE), 0 ms",
        pkce.median(),
        ", median of 20, the stand-in for a browser included",
        None,
    );
    // The service asks for a second between two questions, and the first is asked after one.
    let times = in_turn(&[Subject::new(|| home.sso(&["login", "--force", "--use-device-code"]))], 3)?;
    let device = times.first().map(Times::median).unwrap_or_default();
    report.time(
        "login with a device code, 0 ms, approved at once",
        device,
        ", of which the pause before the first question",
        None,
    );
    Ok(())
}

fn login_with_browser(home: &Home) -> Result<Duration, String> {
    let text = |error: std::io::Error| error.to_string();
    let started = Instant::now();
    let mut command = home.sso(&["login", "--force", "--use-pkce", "--no-browser", "--color", "never"]);
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().map_err(text)?;
    let stderr = child.stderr.take().ok_or("no stderr")?;
    let mut lines = BufReader::new(stderr).lines().map_while(Result::ok);
    let address = lines.find(|line| line.trim_start().starts_with("http") && line.contains("/authorize?"));
    let address = address.ok_or("no address was shown")?;
    StandInBrowser::approving().open(address.trim()).map_err(|error| error.to_string())?;
    // It may go on to write.
    lines.for_each(drop);
    let status = child.wait().map_err(text)?;
    if status.success() { Ok(started.elapsed()) } else { Err(format!("login ended with {status}")) }
}

/// An organization in which the user has so many accounts and roles.
fn organization(accounts: usize, roles: &[&str]) -> SimBuilder {
    (0..accounts).fold(SimBuilder::new().light_journal(), |sim, n| {
        sim.account(&format!("{n:012}"), &format!("team-{n:04}"), roles)
    })
}

const ROLES: [&str; 3] = ["Admin", "Audit", "ReadOnly"];
const MANY_ROLES: [&str; 5] = ["Admin", "Audit", "Deploy", "Ops", "ReadOnly"];
const POPULATE: [&str; 5] = ["configure", "populate", "--sso-session", "corp", "--quiet"];
/// Asked anew, whatever was kept of the last time.
const LISTS: [&[&str]; 2] = [&["accounts", "--refresh", "--quiet"], &["roles", "--refresh", "--quiet"]];

fn lists(programs: &Programs, report: &mut Report) -> Result<(), String> {
    let home =
        Home::new(&programs.sso, organization(200, &ROLES).latency(Duration::from_millis(50)), SESSION)?;
    let mut times = Times::default();
    for _ in 0..5 {
        let started = Instant::now();
        LISTS.iter().try_for_each(|words| home.run(words))?;
        times.push(started.elapsed());
    }
    let promise = ("at most 1.0 s", times.median() <= Duration::from_secs(1));
    report.time("accounts and roles, 200 x 3 at 50 ms", times.median(), ", median of 5", Some(promise));
    let again = in_turn(&[Subject::new(|| home.sso(&["roles", "--quiet"]))], 20)?;
    let again = again.first().map(Times::median).unwrap_or_default();
    report.time("roles once more, as they were read last", again, ", median of 20", None);
    Ok(())
}

fn throttled(programs: &Programs, report: &mut Report) -> Result<(), String> {
    let (rate, burst) = (20.0, 20.0);
    let sim = organization(200, &ROLES).latency(Duration::from_millis(50)).rate_limit("sso", rate, burst);
    let home = Home::new(&programs.sso, sim, SESSION)?;
    let time = once(home.sso(LISTS[1]))?;
    // Two pages of accounts, and the roles of each.
    let ideal = (202.0 - burst) / rate + 0.05;
    let factor = time.as_secs_f64() / ideal;
    let promise = ("0 failures, at most 1.15 x the ideal", factor <= 1.15);
    let more = format!(", {factor:.3} x the ideal {ideal:.1} s, 0 failed");
    report.time("roles, 200 x 3, 20 requests a second allowed", time, &more, Some(promise));
    let home =
        Home::new(&programs.sso, organization(700, &ROLES).latency(Duration::from_millis(20)), SESSION)?;
    for storm in 0..5 {
        let first = 40 + storm * 160;
        home.sim.fault(Fault::on("ListAccountRoles").nth(first..first + 60).status(429));
    }
    let time = once(home.sso(LISTS[1]))?;
    report.time("roles, 700 x 3, five storms of 60 x 429", time, ", 0 failed", Some(("0 failures", true)));
    Ok(())
}

fn populate(programs: &Programs, report: &mut Report) -> Result<(), String> {
    let home = Home::new(&programs.sso, organization(1_000, &MANY_ROLES), SESSION)?;
    let mut times = Times::default();
    for _ in 0..5 {
        home.write(".aws/config", SESSION)?;
        times.push(once(home.sso(&POPULATE))?);
    }
    report.time(
        "configure populate, 1,000 accounts x 5 roles at 0 ms",
        times.median(),
        ", median of 5",
        None,
    );
    Ok(())
}

/// Two hundred at once, a token that has ended, a refresh token that may be used once.
fn storm(programs: &Programs, report: &mut Report) -> Result<(), String> {
    let home =
        Home::new(&programs.sso, sim().revoke_on_reuse().latency(Duration::from_millis(300)), &profiles(5))?;
    home.end_token()?;
    home.sim.clear_journal();
    let started = Instant::now();
    let quiet = |mut command: Command| {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()
    };
    let children = (0..200).map(|_| quiet(home.sso(&WARM))).collect::<Result<Vec<_>, _>>();
    let mut good = 0;
    for mut child in children.map_err(|error| error.to_string())? {
        good += usize::from(child.wait().is_ok_and(|status| status.success()));
    }
    let took = started.elapsed();
    let refreshes = home.sim.journal().count_grant("refresh_token");
    let promise = ("200 successes, 1 refresh", good == 200 && refreshes == 1);
    let more = format!(", {good} successes, {refreshes} refresh");
    report.time("storm of 200 helpers, the service takes 300 ms", took, &more, Some(promise));
    Ok(())
}
