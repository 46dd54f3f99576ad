//! Screens as files: what somebody sees, compared with `tests/e2e/screens`. `SSO_SCREENS=write` writes them anew.

use std::path::PathBuf;
use unicode_width::UnicodeWidthChar as _;

/// What is drawn on a terminal of so many columns, as it stands there at the end: cursor movements are obeyed, colours are not
/// shown. Rows do not end: what has scrolled out of a real one is there, too.
pub(crate) fn stands(drawn: &str, columns: usize) -> String {
    let mut screen = Screen { columns, rows: vec![Vec::new()], at: (0, 0) };
    let mut chars = drawn.chars();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' if chars.next() == Some('[') => {
                let mut parameters = String::new();
                let letter = chars.by_ref().find(|c| {
                    let is_parameter = !('\u{40}'..='\u{7e}').contains(c);
                    if is_parameter {
                        parameters.push(*c);
                    }
                    !is_parameter
                });
                screen.obey(letter, parameters.parse().ok());
            }
            '\r' => screen.at.1 = 0,
            '\n' => screen.down(),
            c if c.is_control() => {}
            c => screen.put(c),
        }
    }
    screen.text()
}

struct Screen {
    columns: usize,
    /// A wide letter takes its cell and an empty one behind it.
    rows: Vec<Vec<Option<char>>>,
    at: (usize, usize),
}

impl Screen {
    fn put(&mut self, c: char) {
        let width = c.width().unwrap_or(0);
        if self.at.1 + width > self.columns {
            self.down();
            self.at.1 = 0;
        }
        let (row, column) = self.at;
        let cells = &mut self.rows[row];
        cells.resize(cells.len().max(column + width), Some(' '));
        if width > 0 {
            cells[column] = Some(c);
            cells[column + 1..column + width].fill(None);
        }
        self.at.1 += width;
    }

    fn down(&mut self) {
        self.at.0 += 1;
        if self.rows.len() <= self.at.0 {
            self.rows.push(Vec::new());
        }
    }

    fn obey(&mut self, letter: Option<char>, parameter: Option<usize>) {
        let count = parameter.unwrap_or(1).max(1);
        let (row, column) = self.at;
        match letter {
            Some('A') => self.at.0 = row.saturating_sub(count),
            Some('B') => (0..count).for_each(|_| self.down()),
            Some('C') => self.at.1 = (column + count).min(self.columns - 1),
            Some('D') => self.at.1 = column.saturating_sub(count),
            Some('G') => self.at.1 = count - 1,
            Some('J') if parameter.unwrap_or(0) == 0 => {
                self.rows.truncate(row + 1);
                self.rows[row].truncate(column);
            }
            Some('K') => match parameter.unwrap_or(0) {
                0 => self.rows[row].truncate(column),
                _ => self.rows[row].clear(),
            },
            // Colours, and what shows the cursor.
            Some('m' | 'h' | 'l') => {}
            // The rest is under way.
            None => {}
            other => panic!("the screen does not know CSI {parameter:?} {other:?}"),
        }
    }

    fn text(&self) -> String {
        let line =
            |cells: &Vec<Option<char>>| cells.iter().flatten().collect::<String>().trim_end().to_owned();
        let lines: Vec<String> = self.rows.iter().map(line).collect();
        format!("{}\n", lines.join("\n").trim_matches('\n'))
    }
}

/// The text without what differs from run to run: ports, times, codes that were made up.
pub(crate) fn steady(text: &str) -> String {
    text.split_inclusive('\n').map(steady_line).collect()
}

/// The text as it is where nothing is known of the disk: that is the host's business.
pub(crate) fn anywhere(text: &str) -> String {
    const ENCRYPTED: &str = "its disk is encrypted (";
    let known = text.split_once(ENCRYPTED).and_then(|(before, rest)| Some((before, rest.split_once(')')?.1)));
    match known {
        Some((before, behind)) => format!("{before}whether its disk is encrypted is not known{behind}"),
        None => text.to_owned(),
    }
}

fn steady_line(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let before = out.chars().next_back();
        let begins_word = !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | ':'));
        let found = [moment as fn(&str) -> Option<(usize, &'static str)>, span, port, address, user_code];
        match found.iter().filter(|_| begins_word).find_map(|find| find(rest)) {
            Some((length, name)) => {
                out.push_str(name);
                rest = &rest[length..];
            }
            None => {
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    out
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// `23:41`, `22 Nov 08:10`, `18 Feb 2027`.
fn moment(text: &str) -> Option<(usize, &'static str)> {
    let clock = |text: &str| {
        let bytes = text.as_bytes();
        (digits(text) == 2 && bytes.get(2) == Some(&b':') && digits(&text[3..]) == 2).then_some(5)
    };
    if let Some(length) = clock(text) {
        return Some((length, "TIME"));
    }
    const MONTHS: &str = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec";
    let day = digits(text);
    let month = text.get(day + 1..day + 4)?;
    if !(1..=2).contains(&day) || !MONTHS.contains(month) || text.get(day..=day) != Some(" ") {
        return None;
    }
    let after = text.get(day + 5..)?;
    let length = if digits(after) == 4 { 4 } else { clock(after)? };
    Some((day + 5 + length, "TIME"))
}

/// `8 h`, `7 h 59 min`, `0.6 s`.
fn span(text: &str) -> Option<(usize, &'static str)> {
    let mut length = 0;
    loop {
        let rest = &text[length..];
        let number = rest.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
        let unit = rest
            .get(number..)?
            .strip_prefix(' ')
            .map(|unit| unit.bytes().take_while(u8::is_ascii_lowercase).count());
        let unit =
            unit.filter(|unit| ["s", "min", "h", "d", "ms"].contains(&&rest[number + 1..number + 1 + unit]));
        match unit.filter(|_| number > 0) {
            Some(unit) => length += number + 1 + unit,
            None if length == 0 => return None,
            // The blank before what is no part of it.
            None => return Some((length - usize::from(text[..length].ends_with(' ')), "SPAN")),
        }
        if text[length..].starts_with(' ') {
            length += 1;
        }
    }
}

/// `127.0.0.1:41234`.
fn port(text: &str) -> Option<(usize, &'static str)> {
    let rest = text.strip_prefix("127.0.0.1:")?;
    Some((10 + digits(rest), "127.0.0.1:PORT"))
}

/// The long address of a sign-in.
fn address(text: &str) -> Option<(usize, &'static str)> {
    text.starts_with("http").then_some(())?;
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    text[..end].contains("/authorize?").then_some((end, "http://127.0.0.1:PORT/authorize?..."))
}

/// `QXBZ-TRVK`.
fn user_code(text: &str) -> Option<(usize, &'static str)> {
    let is_letters = |part: &str| part.len() == 4 && part.bytes().all(|b| b.is_ascii_uppercase());
    let end = text.find(|c: char| c.is_whitespace()).unwrap_or(text.len());
    text[..end].split_once('-').filter(|(a, b)| is_letters(a) && is_letters(b)).map(|_| (end, "CODE-CODE"))
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/e2e/screens")
}

/// Whether the files are written anew.
pub(crate) fn is_writing() -> bool {
    std::env::var_os("SSO_SCREENS").is_some_and(|what| what == "write")
}

/// Compares a screen with its file, or writes the file.
#[track_caller]
pub(crate) fn compare(name: &str, text: &str) {
    let path = folder().join(format!("{name}.txt"));
    if is_writing() {
        std::fs::create_dir_all(folder())
            .and_then(|()| std::fs::write(&path, text))
            .expect("it can be written");
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == text,
        "the screen {name} is another than its file; SSO_SCREENS=write takes it over\n{}",
        diff(&kept, text)
    );
}

/// The names of all files.
pub(crate) fn names() -> Vec<String> {
    let entries = folder().read_dir().into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.file_name().to_string_lossy().strip_suffix(".txt").map(str::to_owned))
        .collect();
    names.sort();
    names
}

/// What differs, between what is alike before and behind.
fn diff(kept: &str, now: &str) -> String {
    let (kept, now): (Vec<&str>, Vec<&str>) = (kept.lines().collect(), now.lines().collect());
    let before = kept.iter().zip(&now).take_while(|(a, b)| a == b).count();
    let behind =
        kept[before..].iter().rev().zip(now[before..].iter().rev()).take_while(|(a, b)| a == b).count();
    let part = |sign: &str, lines: &[&str]| {
        lines[before..lines.len() - behind].iter().map(|line| format!("{sign} {line}\n")).collect::<String>()
    };
    format!("line {}:\n{}{}", before + 1, part("-", &kept), part("+", &now))
}

#[test]
fn what_differs_from_run_to_run_is_named() {
    for (text, expected) in [
        ("until 23:41 (8 h).", "until TIME (SPAN)."),
        ("until 27 Nov 02:21 (7 h 59 min). Use", "until TIME (SPAN). Use"),
        ("until 18 Feb 2027.\n", "until TIME.\n"),
        ("passed in 0.6 s. profile", "passed in SPAN. profile"),
        ("http://127.0.0.1:4711/device", "http://127.0.0.1:PORT/device"),
        ("  Code   QXBZ-TRVK\n", "  Code   CODE-CODE\n"),
        ("  http://127.0.0.1:1/authorize?a=b&c\n", "  http://127.0.0.1:PORT/authorize?...\n"),
        ("~/.aws/config:12 and 5 selected", "~/.aws/config:12 and 5 selected"),
    ] {
        assert_eq!(steady(text), expected);
    }
}

#[test]
fn a_disk_is_no_part_of_a_screen() {
    let unknown = "cache; whether its disk is encrypted is not known.\n";
    for text in ["cache; its disk is encrypted (dm-crypt).\n", unknown] {
        assert_eq!(anywhere(text), unknown);
    }
}

#[test]
fn a_screen_obeys_what_moves_the_cursor() {
    for (drawn, shown) in [
        ("a\r\nb\u{1b}[31mc\u{1b}[0m\r\n", "a\nbc\n"),
        ("spin\r\u{1b}[2K\u{1b}[1Gdone\n", "done\n"),
        ("one\ntwo\r\u{1b}[1A\u{1b}[Jthree", "three\n"),
        ("漢字x\u{1b}[5Gy", "漢字y\n"),
        ("0123456789ab", "0123456789\nab\n"),
    ] {
        assert_eq!(stands(drawn, 10), shown, "{drawn:?}");
    }
    assert_eq!(diff("a\nb\nc\n", "a\nx\nc\n"), "line 2:\n- b\n+ x\n");
}
