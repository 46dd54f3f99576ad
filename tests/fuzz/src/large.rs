//! Large inputs, made from small ones: what takes more than its share of time or memory shows here.

use crate::seeds::{inputs, words};
use std::fmt::Write as _;

/// Inputs of about this length for a target, each with a name: every one of its corpus again and again, and with a long line
/// in it; every word of its dictionary again and again, which is deep nesting if it opens something; and shapes of its own.
#[must_use]
pub fn large(target: &str, length: usize) -> Vec<(String, Vec<u8>)> {
    let mut made = Vec::new();
    for (path, data) in inputs("corpus", target) {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let (start, end) = data.split_at(data.len() / 2);
        made.push((format!("{name}-line"), [start, &repeated(b"x", length), end].concat()));
        made.push((name, repeated(&data, length)));
    }
    for (number, word) in words(target).iter().enumerate() {
        made.push((format!("word-{number}"), repeated(word, length)));
    }
    made.extend(shapes(target, length).into_iter().map(|(name, text)| (name.to_owned(), text.into_bytes())));
    made
}

fn repeated(part: &[u8], length: usize) -> Vec<u8> {
    part.repeat(length / part.len().max(1) + 1)
}

/// What repetition does not make: many names that differ.
fn shapes(target: &str, length: usize) -> Vec<(&'static str, String)> {
    match target {
        "config_parse" | "config_glance" => config(length),
        "config_edit" => {
            let change = "\u{1e}spx\u{1f}k7\u{1f}new\u{1e}npx\u{1f}block\u{1f}v\u{1f}k7";
            config(length).into_iter().map(|(name, text)| (name, text + change)).collect()
        }
        "token_json" => {
            let start = r#"{"accessToken":"a","expiresAt":"2026-11-21T06:44:14Z""#;
            vec![
                ("fields", format!("{start},{}\"z\":0}}", many(length, |n| format!("\"k{n}\":{n}.5,")))),
                ("deep", format!("{start},\"x\":{0}{1}}}", "[".repeat(length / 2), "]".repeat(length / 2))),
            ]
        }
        "portal_reply" => {
            let accounts = many(length, |n| format!(r#"{{"accountId":"{n:012}","accountName":"n"}},"#));
            vec![("accounts", format!(r#"ea{}{{"accountList":[{accounts}{{"accountId":"1"}}]}}"#, '\n'))]
        }
        _ => Vec::new(),
    }
}

fn config(length: usize) -> Vec<(&'static str, String)> {
    let (half, third) = (length / 2, length / 3);
    let keys = |length| many(length, |n| format!("k{n} = v\n"));
    let sso = "sso_session = s\nsso_account_id = 111122223333\nsso_role_name = R\n";
    let session = "[sso-session s]\nsso_start_url = https://u\nsso_region = r\n";
    vec![
        (
            "names",
            format!(
                "[profile {}]\n[profile x]\nrole_arn = r\nsource_profile = {}\n",
                "a".repeat(half),
                "b".repeat(half)
            ),
        ),
        ("keys", format!("[profile x]\n{}", keys(length))),
        ("comments", format!("[profile x]\n{}", many(length, |n| format!("k{n} = v\n # c\n")))),
        ("inline", format!("[profile x]\n{}", many(length, |n| format!("k{n} = v # c\n")))),
        ("twice", format!("[profile x]\n{sso}{0}{session}{0}", keys(half))),
        ("hidden", format!("[profile default]\n{0}[default]\n{0}", keys(half))),
        ("block", format!("[profile x]\nblock =\n{}", many(length, |n| format!("  k{n} = v\n")))),
        ("sections", many(length, |n| format!("[profile p{n}]\nk = v\n"))),
        ("parts", many(length, |n| format!("[profile x]\nk{n} = v\n"))),
        ("chain", many(length, |n| format!("[profile {n}]\nrole_arn = r\nsource_profile = {}\n", n + 1))),
        ("lines", format!("[profile x]\nk = v\n{}", many(third, |n| format!("  {n}\n")))),
    ]
}

/// So many of them as it takes.
fn many(length: usize, one: impl Fn(usize) -> String) -> String {
    let mut text = String::with_capacity(length + 64);
    for number in 0.. {
        if text.len() >= length {
            break;
        }
        write!(text, "{}", one(number)).expect("a string");
    }
    text
}
