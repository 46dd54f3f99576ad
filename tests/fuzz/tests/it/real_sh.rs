//! The model of the shell beside a real one: many values through one `sh`.

use crate::mutate::{Random, input};
use sso_fuzz::seeds::{inputs, words};
use std::io::Write as _;
use std::process::{Command, Stdio};

const VALUES: usize = 400;

#[test]
fn sh_gives_every_value_back() {
    let known: Vec<Vec<u8>> = inputs("corpus", "shell_export").into_iter().map(|(_, data)| data).collect();
    let (words, mut random) = (words("shell_export"), Random::new(1));
    let made = (0..VALUES).filter_map(|_| sso_fuzz::shell_line(&input(&mut random, &known, &words)));
    let (lines, values): (Vec<String>, Vec<String>) = made.unzip();
    assert!(values.len() > VALUES / 2);
    let script: String = lines.iter().map(|line| format!("{line}printf '%s\\0' \"$SSO_FUZZ\"\n")).collect();
    let mut command = Command::new("sh");
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let Ok(mut shell) = command.spawn() else {
        return sso_vectors::skip("shell export through sh", "it is not installed");
    };
    let mut stdin = shell.stdin.take().expect("a pipe");
    // A pipe holds less than what comes back: somebody must write while it is read.
    let writer = std::thread::spawn(move || stdin.write_all(script.as_bytes()).expect("it reads"));
    let output = shell.wait_with_output().expect("it ends");
    writer.join().expect("all is written");
    assert!(output.status.success(), "{:?}", output.status);
    let found: Vec<&[u8]> = output.stdout.split(|byte| *byte == 0).collect();
    assert_eq!(found.len(), values.len() + 1);
    for (found, value) in found.into_iter().zip(&values) {
        assert_eq!(String::from_utf8_lossy(found), *value);
    }
}
