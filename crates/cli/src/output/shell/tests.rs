//! Tables of the quoting rules, and real shells that give the bytes back.

use super::*;
use proptest::prelude::*;
use std::ffi::OsString;
use std::io::Write as _;
use std::os::unix::ffi::OsStringExt as _;
use std::process::{Command, Stdio};

const NAME: &str = "SSO_TEST_VALUE";

fn one(format: Format, value: &str) -> Result<String, &'static str> {
    script(format, &[Variable { name: NAME, value: Some(value.to_owned()) }]).map_err(|unfit| unfit.what)
}

/// Values that shells trip over.
const NASTY: [&str; 38] = [
    "",
    " ",
    "plain",
    "-n",
    "--help",
    "a b  c ",
    "'",
    "''",
    "'''",
    "\"",
    "`id`",
    "$(id)",
    "$HOME",
    "${x}",
    "\\",
    "\\\\",
    "\\'",
    "\\n",
    "\n",
    "a\nb\n",
    "\r\n",
    "\t",
    "!",
    "!!",
    "a!b'c",
    "%PATH%",
    "^",
    "&|<>;()",
    "*?[a]",
    "~",
    "#x",
    "=",
    "{a,b}",
    "é漢字",
    "😀",
    "\u{2018}x\u{2019}\u{201a}\u{201b}",
    "\u{1b}[31m\u{7f}\u{1}",
    "a/b+c==",
];

/// How a shell is run, and how the text comes to it.
struct RealShell {
    program: &'static str,
    format: Format,
    /// Reads the text from its stdin, takes it over, and prints the variable.
    code: &'static str,
}

const PRINT: &str = "exec env -0";

/// `$1` would be one more quoting; the text comes by a variable's value, as it does in `eval "$(...)"`.
const SHELLS: [RealShell; 7] = [
    RealShell { program: "sh", format: Format::Sh, code: "eval \"$(cat)\"; exec env -0" },
    RealShell { program: "dash", format: Format::Sh, code: "eval \"$(cat)\"; exec env -0" },
    RealShell { program: "bash", format: Format::Sh, code: "eval \"$(cat)\"; exec env -0" },
    RealShell { program: "zsh", format: Format::Sh, code: "setopt rcquotes; eval \"$(cat)\"; exec env -0" },
    RealShell { program: "zsh", format: Format::Sh, code: "eval \"$(cat)\"; exec env -0" },
    RealShell { program: "fish", format: Format::Fish, code: "source -; exec env -0" },
    RealShell { program: "fish", format: Format::Fish, code: "eval (cat); exec env -0" },
];

/// What the variable is in a child of the shell that took the text over.
fn through(shell: &RealShell, text: &str) -> Option<Vec<u8>> {
    let mut command = Command::new(shell.program);
    match shell.program {
        "zsh" => command.arg("-f"),
        "fish" => command.arg("--no-config"),
        _ => &mut command,
    };
    command.args(["-c", shell.code]).stdin(Stdio::piped()).stdout(Stdio::piped());
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    // A letter of several bytes is one letter or several: both must do.
    let mut child = command.env("LC_ALL", "C.UTF-8").spawn().expect("the shell starts");
    child.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{} {:?}", shell.program, output.status);
    let prefix = format!("{NAME}=");
    let mut pairs = output.stdout.split(|byte| *byte == 0);
    pairs.find_map(|pair| pair.strip_prefix(prefix.as_bytes())).map(<[u8]>::to_vec)
}

fn installed(program: &str) -> bool {
    let found = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
        .any(|folder| folder.join(program).is_file());
    if !found {
        sso_vectors::skip(&format!("quoting through {program}"), "it is not installed");
    }
    found
}

#[test]
fn real_shells_give_nasty_values_back() {
    assert!(SHELLS.iter().all(|shell| shell.code.ends_with(PRINT)));
    for shell in SHELLS.iter().filter(|shell| installed(shell.program)) {
        for value in NASTY {
            let text = one(shell.format, value).expect("these formats carry all");
            let found = through(shell, &text).map(OsString::from_vec);
            assert_eq!(found, Some(value.into()), "{} {:?}: {text}", shell.program, shell.code);
        }
    }
}

#[test]
fn real_shells_unset() {
    for shell in SHELLS.iter().filter(|shell| installed(shell.program)) {
        let set = one(shell.format, "x").expect("fits");
        let unset = Variable { name: NAME, value: None };
        let unset = script(shell.format, std::slice::from_ref(&unset)).expect("fits");
        assert_eq!(through(shell, &set), Some(b"x".to_vec()), "{}", shell.program);
        assert_eq!(through(shell, &format!("{set}{unset}")), None, "{}", shell.program);
        // What is not there can be unset too.
        assert_eq!(through(shell, &format!("{unset}{set}")), Some(b"x".to_vec()), "{}", shell.program);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn real_shells_give_any_value_back(
        value in prop_oneof![
            "[^\0]{0,40}",
            "['\"\\\\$`!\n\r\t %^&;#~*-]{0,24}",
            "[ -~]{0,60}",
        ]
    ) {
        for shell in SHELLS.iter().filter(|shell| installed(shell.program)) {
            let text = one(shell.format, &value).expect("these formats carry all");
            prop_assert_eq!(through(shell, &text), Some(value.clone().into_bytes()), "{}", shell.program);
        }
    }

    /// A reader of the documented rules, written the other way round.
    #[test]
    fn powershell_literals_mean_the_value(value in "[^\0]{1,40}") {
        let text = one(Format::PowerShell, &value).expect("not empty");
        let literal = text.strip_prefix("$env:SSO_TEST_VALUE = ").and_then(|rest| rest.strip_suffix(";\n"));
        let literal = literal.expect("an assignment");
        prop_assert!(text.is_ascii() && text.lines().count() == 1);
        prop_assert_eq!(read_powershell(literal), value);
    }

    #[test]
    fn what_cmd_and_dotenv_carry_is_inert(value in "[ -~\n\u{e9}]{0,40}") {
        if let Ok(text) = one(Format::Cmd, &value) {
            prop_assert_eq!(&text, &format!("set \"{NAME}={value}\"\n"));
            prop_assert!(!value.contains(['"', '%', '!', '\n', 'é']) && !value.is_empty());
        }
        if let Ok(text) = one(Format::Dotenv, &value) {
            prop_assert_eq!(&text, &format!("{NAME}={value}\n"));
            prop_assert!(!value.contains(['"', '\'', '$', '\\', '#', ' ', '`', '\n', 'é']));
        }
    }

    #[test]
    fn json_means_the_value(value in "\\PC{0,40}|[^\0]{0,40}") {
        let text = one(Format::Json, &value).expect("JSON carries all");
        let read: Value = serde_json::from_str(&text).expect("it is JSON");
        prop_assert_eq!(&read[NAME], &Value::String(value));
    }
}

/// `('a' + [char]0x0027 + 'b')`, read as PowerShell's grammar has it.
fn read_powershell(literal: &str) -> String {
    let inner = literal.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(literal);
    let (mut units, mut rest, mut first) = (Vec::<u16>::new(), inner, true);
    while !rest.is_empty() {
        if !first {
            rest = rest.strip_prefix(" + ").expect("an operator");
        }
        if let Some(number) = rest.strip_prefix("[char]0x") {
            assert!(!first, "a first [char] would be added as a number");
            let (digits, more) = number.split_at_checked(4).expect("four digits");
            units.push(u16::from_str_radix(digits, 16).expect("a number"));
            rest = more;
        } else {
            rest = rest.strip_prefix('\'').expect("a quote");
            loop {
                let (text, more) = rest.split_once('\'').expect("the quote ends");
                units.extend(text.encode_utf16());
                rest = more;
                let Some(more) = rest.strip_prefix('\'') else { break };
                units.push(u16::from(b'\''));
                rest = more;
            }
        }
        first = false;
    }
    String::from_utf16(&units).expect("whole characters")
}

#[test]
fn the_rules_of_each_format() {
    use Format::{Cmd, Dotenv, Fish, Json, PowerShell, Sh};
    for (format, value, expected) in [
        (Sh, "a'b", Ok("export SSO_TEST_VALUE='a'\\''b';\n")),
        (Sh, "", Ok("export SSO_TEST_VALUE='';\n")),
        (Fish, "a'b\\c\nd", Ok("set -gx SSO_TEST_VALUE 'a\\'b\\\\c'\\x0a'd';\n")),
        (PowerShell, "a/b+c==", Ok("$env:SSO_TEST_VALUE = 'a/b+c==';\n")),
        (PowerShell, "a'b$c`d", Ok("$env:SSO_TEST_VALUE = 'a''b$c`d';\n")),
        (PowerShell, "\u{2019}", Ok("$env:SSO_TEST_VALUE = ('' + [char]0x2019);\n")),
        (PowerShell, "a\nb", Ok("$env:SSO_TEST_VALUE = ('a' + [char]0x000a + 'b');\n")),
        (PowerShell, "😀", Ok("$env:SSO_TEST_VALUE = ('' + [char]0xd83d + [char]0xde00);\n")),
        (PowerShell, "", Err("nothing, which PowerShell takes for an unset variable")),
        (Cmd, "a b&c|d^e<f>(g)'h", Ok("set \"SSO_TEST_VALUE=a b&c|d^e<f>(g)'h\"\n")),
        (Cmd, "", Err("nothing, which cmd takes for an unset variable")),
        (Cmd, "a\nb", Err("a line break")),
        (Cmd, "a\rb", Err("a line break")),
        (Cmd, "50%", Err("one of \" % !")),
        (Cmd, "a!", Err("one of \" % !")),
        (Cmd, "a\"b", Err("one of \" % !")),
        (Cmd, "é", Err("a character that is not printable ASCII")),
        (Cmd, "\t", Err("a character that is not printable ASCII")),
        (Dotenv, "a/b+c==", Ok("SSO_TEST_VALUE=a/b+c==\n")),
        (Dotenv, "", Ok("SSO_TEST_VALUE=\n")),
        (Dotenv, "2026-11-21T12:00:00Z", Ok("SSO_TEST_VALUE=2026-11-21T12:00:00Z\n")),
        (Dotenv, "a\nb", Err("a line break")),
        (Dotenv, "a b", Err("a character that readers of .env files do not agree on")),
        (Dotenv, "a#b", Err("a character that readers of .env files do not agree on")),
        (Dotenv, "$x", Err("a character that readers of .env files do not agree on")),
        (Dotenv, "'x'", Err("a character that readers of .env files do not agree on")),
        (Json, "a\"b", Ok("{\n  \"SSO_TEST_VALUE\": \"a\\\"b\"\n}\n")),
    ] {
        assert_eq!(one(format, value).as_deref(), expected.as_deref(), "{format:?} {value:?}");
    }
    for format in Format::value_variants() {
        assert_eq!(one(*format, "a\0b"), Err("a NUL character"), "{format:?}");
    }
}

#[test]
fn unsetting() {
    let variables = [Variable { name: NAME, value: None }];
    for (format, expected) in [
        (Format::Sh, "unset SSO_TEST_VALUE;\n"),
        (Format::Fish, "set -e SSO_TEST_VALUE;\n"),
        (Format::PowerShell, "$env:SSO_TEST_VALUE = $null;\n"),
        (Format::Cmd, "set \"SSO_TEST_VALUE=\"\n"),
        (Format::Dotenv, ""),
        (Format::Json, "{\n  \"SSO_TEST_VALUE\": null\n}\n"),
    ] {
        assert_eq!(script(format, &variables).as_deref(), Ok(expected), "{format:?}");
    }
}

#[test]
fn one_that_does_not_fit_spoils_all() {
    let good = Variable { name: "A", value: Some("a".into()) };
    let bad = Variable { name: "B", value: Some("b\nc".into()) };
    let unfit = Unfit { name: "B", what: "a line break" };
    assert_eq!(script(Format::Cmd, &[good, bad]), Err(unfit));
}
