//! The pictures of the README: what the program prints, drawn as SVG. They cannot go stale: a picture that differs from what is
//! printed today fails.
//!
//! `cargo xtask pictures` draws them anew (`SSO_PICTURES=write`). What differs from run to run (hours, days, ports, the random
//! part of an address) is shown as in one fixed run.

use crate::harness::{CORP, Run, Sso, TOKEN_FILE, World};
use anstyle::RgbColor;
use anstyle_svg::{Palette, Term};
use sso_sim::StandInBrowser;
use std::path::Path;

const READONLY: &str = "
[profile dev-readonly]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = ReadOnly
";

/// Readable on the dark ground of the picture, whatever the page around it is.
const GROUND: RgbColor = RgbColor(0x16, 0x1b, 0x22);
const TEXT: RgbColor = RgbColor(0xd6, 0xdc, 0xe4);
const COLORS: Palette = Palette([
    GROUND,
    RgbColor(0xff, 0x7b, 0x72),
    RgbColor(0x56, 0xd3, 0x64),
    RgbColor(0xe3, 0xb3, 0x41),
    RgbColor(0x79, 0xc0, 0xff),
    RgbColor(0xd2, 0xa8, 0xff),
    RgbColor(0x56, 0xd4, 0xdd),
    TEXT,
    RgbColor(0x8b, 0x94, 0x9e),
    RgbColor(0xff, 0xa1, 0x98),
    RgbColor(0x7e, 0xe7, 0x87),
    RgbColor(0xf2, 0xcc, 0x60),
    RgbColor(0xa5, 0xd6, 0xff),
    RgbColor(0xe2, 0xc5, 0xff),
    RgbColor(0x87, 0xde, 0xeb),
    RgbColor(0xff, 0xff, 0xff),
]);

/// A terminal: command lines, each with what it printed.
#[derive(Default)]
struct Screen(String);

impl Screen {
    fn shows(&mut self, line: &str, printed: &str) {
        let gap = if self.0.is_empty() { "" } else { "\n" };
        self.0.push_str(&format!("{gap}\x1b[1m$ {line}\x1b[0m\n{}\n", printed.trim_matches(['\n', '\r'])));
    }

    /// Shows what `sso WORDS` printed: what it said, then what it gave.
    fn ran(&mut self, words: &[&str], run: &Run) {
        self.shows(&format!("sso {}", words.join(" ")), &format!("{}{}", run.err(), run.out()));
    }

    /// The picture is as it is in docs, or drawn there.
    fn is(&self, name: &str) {
        let svg = Term::new()
            .palette(COLORS)
            .fg_color(TEXT.into())
            .bg_color(GROUND.into())
            .min_width_px(720)
            .render_svg(&steady(&self.0));
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/pictures").join(name);
        if std::env::var_os("SSO_PICTURES").is_some_and(|wanted| wanted == "write") {
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("docs can be written");
            std::fs::write(&path, &svg).expect("docs can be written");
        }
        let there = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            there == svg,
            "{name} is not what is printed now; `cargo xtask pictures` draws it:\n{}",
            self.0
        );
    }
}

/// In colour, at the zone's 15:41: a token of eight hours ends at 23:41, and not tomorrow.
fn colourful<'w>(world: &'w World, words: &[&str], zone: &str) -> Sso<'w> {
    let words: Vec<&str> = ["--color", "always"].iter().chain(words).copied().collect();
    world.sso(&words).plain().env("TZ", zone).env("DISPLAY", ":0")
}

/// A time zone in which it is 15:41.
fn zone() -> String {
    let day = 24 * 60 * 60;
    let now =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs()
            % day;
    // POSIX wants a name of three letters, any; what it calls the offset is what has to be added to get UTC. Half a day at most is usual.
    let (wanted, half) = (15 * 3600 + 41 * 60 + 5, day / 2);
    let west = (now + day - wanted + half) % day;
    let (sign, far) = if west < half { ("-", half - west) } else { ("", west - half) };
    format!("SSO{sign}{}:{:02}:{:02}", far / 3600, far / 60 % 60, far % 60)
}

/// What was printed, as in the one fixed run: the address, and the day in three months.
fn steady(text: &str) -> String {
    let address = "  https://oidc.us-east-1.amazonaws.com/authorize?response_type=code&client_id=...";
    let lines = text.lines().filter(|line| !line.starts_with("Endpoint:"));
    let shown =
        |line: &str| if line.starts_with("  http://127.0.0.1") { address.to_owned() } else { dated(line) };
    lines.map(|line| shown(line) + "\n").collect()
}

/// The doctor's words without its remarks, which are of the machine (a container, the simulated AWS): on another one they are
/// checks that passed.
fn of_no_machine(text: &str) -> String {
    let mut remarks = 0;
    let mut is_remark = false;
    let mut shown = String::new();
    for line in text.lines() {
        is_remark = line.contains("\u{b7} ") || is_remark && line.starts_with("   ");
        remarks += usize::from(line.contains("\u{b7} "));
        if !is_remark {
            shown.push_str(line);
            shown.push('\n');
        }
    }
    let (before, rest) = shown.split_once(" remark").expect("there are some");
    let (before, _) = before.rsplit_once(' ').expect("a number before it");
    let (passed, rest) = rest.trim_start_matches(['s', ',', ' ']).split_once(" passed").expect("some passed");
    let passed: usize = passed.parse().expect("a number");
    format!("{before} {} passed{rest}", passed + remarks)
}

/// The line with `18 Feb 2027` for whatever day of another year it names; columns stay where they are.
fn dated(line: &str) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let found = MONTHS.iter().find_map(|month| line.find(&format!(" {month} 20")));
    let Some(at) = found else { return line.to_owned() };
    let (before, after) = (&line[..at], &line[at + " Feb 2027".len()..]);
    let digits = before.len() - before.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let after = if digits == 1 { after.strip_prefix(' ').unwrap_or(after) } else { after };
    format!("{}18 Feb 2027{after}", &before[..before.len() - digits])
}

/// A login, and what one asks next.
#[test]
fn a_login() {
    let world = World::with("pictures: a login", World::sim());
    world.config(&format!("{CORP}{READONLY}"));
    let zone = zone();
    let mut screen = Screen::default();
    let words = ["login", "--profile", "dev"];
    let login = colourful(&world, &words, &zone).browser(&world.noting_browser()).spawn();
    StandInBrowser::approving().open(&world.opened()).expect("the page opens");
    screen.ran(&words, login.finish().exits(0));
    for (words, code) in [(&["status"][..], 0), (&["whoami", "--profile", "dve"], 3)] {
        screen.ran(words, colourful(&world, words, &zone).run().exits(code));
    }
    screen.is("login.svg");
}

/// The doctor: a header without its prefix, a session that is not there, a file that everybody can read; mended.
#[test]
fn the_doctor() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::with("pictures: the doctor", World::sim());
    world.config(&format!("{CORP}{READONLY}"));
    world.sign_in_to("corp");
    let broken =
        CORP.replace("sso_session = corp", "sso_session = crop") + &READONLY.replace("[profile ", "[");
    world.write_private(".aws/config", &broken);
    let token = world.home().join(TOKEN_FILE);
    let readable =
        |mode| std::fs::set_permissions(&token, std::fs::Permissions::from_mode(mode)).expect("it is ours");
    readable(0o644);
    let zone = zone();
    let mut screen = Screen::default();
    let words = ["doctor", "--offline"];
    let mut doctor = colourful(&world, &words, &zone).env("PATH", "/nonexistent").on_terminal();
    doctor.ends();
    let home = world.home().display().to_string();
    screen.shows(
        "sso doctor --offline",
        &of_no_machine(&doctor.drawn().replace('\r', "").replace(&home, "/home/ana")),
    );
    doctor.exits(1);
    readable(0o600);
    screen.is("doctor.svg");
}

#[test]
fn what_differs_from_run_to_run_is_steady() {
    for (line, steady) in [
        ("renews until 1 Mar 2028.", "renews until 18 Feb 2027."),
        ("corp  1 Mar 2028   3", "corp  18 Feb 2027  3"),
        ("corp  24 Feb 2027  3", "corp  18 Feb 2027  3"),
        ("until 23:41 (8 h)", "until 23:41 (8 h)"),
    ] {
        assert_eq!(dated(line), steady);
    }
}
