//! Other programs on `PATH` and what they say their version is. They are run, so not with `--offline`.

use super::host::on_path;
use sso_config::Env;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Who is asked, and how.
const ASKED: [(&str, &[&str]); 2] = [("aws", &["--version"]), ("terraform", &["version"])];

/// No version takes longer to say.
const LIMIT: Duration = Duration::from_secs(3);

/// What was found.
#[derive(Default)]
pub(crate) struct Tools {
    /// Each program's name with its files on `PATH`, in order.
    pub(crate) found: Vec<(&'static str, Vec<PathBuf>)>,
    /// What those said that were asked: the name and the first line.
    pub(crate) said: Vec<(&'static str, String)>,
}

impl Tools {
    /// Looks, and asks all of them side by side.
    pub(super) fn gather(env: &Env) -> Self {
        let names = ["aws", "sso", "terraform"];
        let found: Vec<_> = names.into_iter().map(|name| (name, on_path(env, name))).collect();
        let first = |name: &str| found.iter().find(|(known, _)| *known == name)?.1.first().cloned();
        let started: Vec<_> =
            ASKED.iter().filter_map(|(name, args)| Some((*name, start(&first(name)?, args)?))).collect();
        let until = Instant::now() + LIMIT;
        let said =
            started.into_iter().filter_map(|(name, child)| Some((name, heard(child, until)?))).collect();
        Self { found, said }
    }

    /// The version that a program said, as numbers.
    pub(crate) fn version(&self, name: &str) -> Option<(String, Vec<u32>)> {
        let (_, line) = self.said.iter().find(|(known, _)| *known == name)?;
        let text = version_in(line)?;
        Some((text.to_owned(), text.split('.').map_while(|part| part.parse().ok()).collect()))
    }
}

/// `aws-cli/2.9.19 Python/3.11` and `Terraform v1.5.7`: the first word that is a version.
fn version_in(line: &str) -> Option<&str> {
    let words = line.split(|c: char| c.is_whitespace() || c == '/');
    let mut versions = words.map(|word| word.trim_start_matches('v'));
    versions.find(|word| {
        word.contains('.')
            && word.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
    })
}

fn start(program: &std::path::Path, args: &[&str]) -> Option<std::process::Child> {
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    // Terraform would ask the network whether there is a newer one.
    command.env("CHECKPOINT_DISABLE", "1").spawn().ok()
}

/// The first line that it says; nothing if it takes too long, and then it is ended.
fn heard(mut child: std::process::Child, until: Instant) -> Option<String> {
    use std::io::{BufRead as _, BufReader, Read as _};
    let stdout = child.stdout.take()?;
    let (sender, line) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        // A program that says more in one line says no version.
        let read = BufReader::new(stdout.take(4096)).read_line(&mut line);
        // Nobody may be waiting any more.
        let _ = sender.send(read.map(|_| line));
    });
    let heard = line.recv_timeout(until.saturating_duration_since(Instant::now())).ok().and_then(Result::ok);
    // It has said what it was asked for.
    let _ = child.kill();
    let _ = child.wait();
    heard.filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_what_programs_say() {
        for (line, version) in [
            ("aws-cli/2.9.19 Python/3.11.2 Linux/6.1 source/x86_64", Some("2.9.19")),
            ("Terraform v1.5.7", Some("1.5.7")),
            ("OpenTofu v1.6.0-alpha1 on linux 1.2", Some("1.2")),
            ("usage: aws", None),
            ("1.2.", None),
        ] {
            assert_eq!(version_in(line), version, "{line}");
        }
        let tools = Tools { found: Vec::new(), said: vec![("aws", "aws-cli/2.9.19 x".into())] };
        assert_eq!(tools.version("aws"), Some(("2.9.19".into(), vec![2, 9, 19])));
        assert_eq!(tools.version("terraform"), None);
    }
}
