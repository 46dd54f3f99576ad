//! Plays rows: the real program against a world in which one call is answered by somebody hostile.

use super::calls::Call;
use super::row::Row;
use super::tame::without_colours;

use crate::harness::{Run, Snapshot, Sso, World, skip};
use serde_json::Value;
use sso_sim::{Behaviour, Front, RawServer, StandInBrowser, TlsCertificate};
use std::fs::File;
use std::os::unix::fs::PermissionsExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;
use std::time::Duration;

/// Whatever comes (catalogue D7).
const MEMORY: u64 = 64 * 1024;
/// Three tries with their pauses, on a machine that is busy.
const SOON: Duration = Duration::from_secs(12);
/// Nobody reads more of an error.
const SPEECH: usize = 32 * 1024;

/// The program `time`, by its whole path: what has to be looked for costs a fork of all tests.
static TIME: LazyLock<Option<String>> = LazyLock::new(|| {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join("time")).find(|file| file.is_file());
    if found.is_none() {
        skip("hostile: peak memory", "the program `time` is not installed");
    }
    found.map(|file| file.display().to_string())
});

/// Plays the rows of each call side by side, so many in a world of their own: most of the time they wait before they try again.
pub(super) fn story(name: &str, calls: &[(Call, Vec<Row>)]) {
    const SIDE_BY_SIDE: usize = 9;
    let failed: Vec<String> = std::thread::scope(|scope| {
        let mut running = Vec::new();
        for (call, rows) in calls {
            let lanes = rows.len().div_ceil(SIDE_BY_SIDE);
            for lane in 0..lanes {
                let rows: Vec<&Row> = rows.iter().skip(lane).step_by(lanes).collect();
                running.push(scope.spawn(move || play_all(name, call, &rows)));
            }
        }
        running.into_iter().flat_map(|one| one.join().expect("a world that leaks nothing")).collect()
    });
    assert!(failed.is_empty(), "{failed:#?}");
}

/// The rows that failed.
fn play_all(story: &str, call: &Call, rows: &[&Row]) -> Vec<String> {
    let world = call.world(&format!("hostile: {story}: {}", call.name));
    let before = world.files();
    let mut peak = 0;
    let mut failed = Vec::new();
    for row in rows {
        match catch_unwind(AssertUnwindSafe(|| play(&world, call, row, &before))) {
            Ok(memory) => peak = peak.max(memory),
            Err(_) => failed.push(format!("{}: {}, {}", call.name, row.id, row.what)),
        }
        restore(&world, &before);
    }
    world.measured(format!("{} rows, highest peak memory {peak} KiB", rows.len()));
    failed
}

/// Plays one row; the peak of the memory in KiB.
fn play(world: &World, call: &Call, row: &Row, before: &Snapshot) -> u64 {
    let front = Front::before(world.sim.address(), call.mark, row.does.clone());
    let (ran, mut peak) = run(world, call, [&["--color", "always"], &[]], &front, row.is_large());
    let asked = front.struck().len();
    assert!(asked > 0, "the call was not made: {}", ran.err());
    assert!(row.asked.is_none_or(|wanted| wanted == asked), "it was asked {asked} times: {}", ran.err());
    let err = says_all(call, row, &ran);
    if row.code == 6 && !row.says.iter().any(|text| text.contains("sign-in service")) {
        let host = front.url().replace("http://", "");
        assert!(err.contains(&host), "it does not say who answered ({host}):\n{err}");
    }
    if let Some((file, hours)) = row.ends {
        lives_at_most(world, file, hours);
    }
    if !row.saves {
        assert!(*before == unlisted(world), "a file has changed:\n{err}");
    }
    let manners: &[Manner] = match row.id {
        "C4" => &[Manner::NoColours, Manner::Json, Manner::Csv],
        // A document takes other memory than a table.
        "D7" if row.is_large() => &[Manner::Json],
        _ => &[],
    };
    if !manners.is_empty() {
        for manner in manners.iter().copied() {
            restore(world, before);
            peak = peak.max(in_manner(world, call, row, manner, &front));
        }
    }
    peak
}

/// The files, but for what a list has kept of itself.
fn unlisted(world: &World) -> Snapshot {
    let mut files = world.files();
    files.retain(|path, _| !path.starts_with(world.home().join(".cache/sso/inventory")));
    files
}

/// Texts are tame in whatever manner they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    NoColours,
    Json,
    /// Of the commands that have it.
    Csv,
}

fn in_manner(world: &World, call: &Call, row: &Row, manner: Manner, front: &Front) -> u64 {
    let discovers = call.args.first() == Some(&"discover");
    let (options, more): (&[&str], &[&str]) = match manner {
        Manner::NoColours => (&["--color", "never"], &[]),
        Manner::Json => (&["--json"], &[]),
        Manner::Csv if discovers => (&[], &["--csv"]),
        Manner::Csv => return 0,
    };
    let (ran, peak) = run(world, call, [options, more], front, row.is_large());
    ran.exits(row.code);
    match manner {
        Manner::NoColours => {
            says_all(call, row, &ran);
            assert!(!ran.stdout.contains(&0x1b) && !ran.stderr.contains(&0x1b), "colours");
        }
        Manner::Json => {
            streams(&ran);
            // The same text, when it is read again; credentials are never on stdout when they are not given.
            let helper = call.args.first() == Some(&"credential-process");
            let error = row.code != 0 && !call.has_parts();
            if helper && error || row.is_large() {
                ran.prints_nothing();
            } else {
                let json = ran.json();
                let whole = row.prints.is_empty()
                    || holds_evil(&json)
                    || row.prints.iter().any(|it| it.contains('%'));
                assert!(whole, "{json:?}");
            }
        }
        Manner::Csv => {
            let [out, _] = streams(&ran);
            let cells = row.prints.iter().all(|text| out.contains(text));
            assert!(cells, "{out}");
        }
    }
    peak
}

/// All runs are made with `-vvv`.
fn is_of_the_log(line: &str) -> bool {
    line.starts_with("DEBUG ") || line.starts_with(" INFO ")
}

/// Whether EVIL stands somewhere in the document. XML has no NUL, and knows one line end only.
fn holds_evil(json: &Value) -> bool {
    match json {
        Value::String(found) => {
            found.starts_with("X\u{1b}[7;5;41mY") && found.contains("\u{202e}gnp") && found.ends_with("end")
        }
        Value::Array(list) => list.iter().any(holds_evil),
        Value::Object(members) => members.values().any(holds_evil),
        _ => false,
    }
}

/// What holds for every run, and what the row wants said; stderr without our colours.
fn says_all(call: &Call, row: &Row, run: &Run) -> String {
    run.exits(row.code);
    assert!(run.took < SOON, "{:?}", run.took);
    let [out, err] = streams(run);
    for text in &row.never {
        assert!(!err.contains(text) && !out.contains(text), "{text:?} is in\n{out}{err}");
    }
    if row.code != 0 && row.prints.is_empty() && !call.has_parts() {
        assert_eq!(out, "", "half an answer");
    }
    for text in &row.says {
        assert!(err.contains(text), "stderr does not say {text:?}:\n{err}");
    }
    for text in &row.prints {
        assert!(out.contains(text), "stdout does not say {text:?}:\n{out}");
    }
    err
}

/// stdout and stderr without our colours: nothing in them drives a terminal, quotes a body or tells of a panic.
pub(super) fn streams(run: &Run) -> [String; 2] {
    let [out, err] = [&run.stdout, &run.stderr]
        .map(|bytes| without_colours(bytes).unwrap_or_else(|what| panic!("a terminal would obey {what}")));
    let speech: usize = err.lines().filter(|line| !is_of_the_log(line)).map(str::len).sum();
    assert!(speech < SPEECH, "{speech} bytes on stderr");
    for text in ["a bug in sso", "panicked", "overflow", "CANARY"] {
        assert!(!err.contains(text), "stderr says {text:?}:\n{err}");
    }
    [out, err]
}

/// No content of a cache file lives longer.
fn lives_at_most(world: &World, file: &str, hours: i64) {
    let content = world.json(file);
    let end =
        content.get("expiresAt").or_else(|| content.pointer("/Credentials/Expiration")).expect("an end");
    let end = end.as_str().map(|end| end.replace("UTC", "Z")).expect("a text");
    let end: jiff::Timestamp = end.parse().expect("an instant");
    let left = end.duration_since(jiff::Timestamp::now()).as_hours();
    assert!((0..=hours).contains(&left), "{left} hours: {content}");
}

/// Runs the call's command with these words before and behind it; with the peak of its memory, where that can be known.
///
/// Megabytes of names are not looked at.
fn run(
    world: &World,
    call: &Call,
    [before, behind]: [&[&str]; 2],
    front: &Front,
    into_nothing: bool,
) -> (Run, u64) {
    // Whoever has just failed is not asked again for a while.
    let _ = std::fs::remove_dir_all(world.home().join(".aws/sso/.sso-locks"));
    let args = [before, call.args, behind].concat();
    let note = world.outside("peak");
    let shown = note.display().to_string();
    let mut sso = through(world.sso(&args), world, &front.url());
    if into_nothing {
        sso = sso.stdout(File::options().write(true).open("/dev/null").expect("it is always there"));
    }
    if let Some(time) = TIME.as_deref() {
        sso = sso.through(&[time, "-q", "-f", "%M", "-o", &shown]);
    }
    let run = if call.needs_a_browser() {
        let login = sso.spawn();
        let visit = StandInBrowser::approving().open(&login.address());
        assert_eq!(visit.expect("the page opens").last_status(), 200);
        login.finish()
    } else {
        sso.run()
    };
    if TIME.is_none() {
        return (run, 0);
    }
    let peak = world.wait_for_note("peak").trim().parse().expect("KiB");
    std::fs::remove_file(note).expect("it is there");
    assert!(peak <= MEMORY, "{peak} KiB:\n{}", run.err());
    (run, peak)
}

/// All services are at that address. To read the system's roots takes most of the time of a run that fails at once.
pub(super) fn through<'w>(sso: Sso<'w>, world: &World, url: &str) -> Sso<'w> {
    static ROOT: LazyLock<String> =
        LazyLock::new(|| RawServer::https(TlsCertificate::Good, [Behaviour::Silent]).ca_pem().to_owned());
    let roots = world.outside("roots.pem");
    if !roots.exists() {
        std::fs::write(&roots, ROOT.as_str()).expect("a file can be written");
    }
    let sso = sso.env("SSL_CERT_FILE", roots);
    world.sim.env().iter().fold(sso, |sso, (name, _)| sso.env(name, url))
}

/// The files as they were.
fn restore(world: &World, before: &Snapshot) {
    for path in world.files().keys().filter(|path| !before.contains_key(*path)) {
        std::fs::remove_file(path).expect("it is there");
    }
    for (path, (mode, content)) in before {
        let content = content.as_ref().expect("a file");
        if std::fs::read(path).ok().as_ref() != Some(content) {
            std::fs::write(path, content).expect("a file can be written");
            let mode = std::fs::Permissions::from_mode(*mode);
            std::fs::set_permissions(path, mode).expect("a mode can be set");
        }
    }
}
