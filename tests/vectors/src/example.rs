//! Runs an example of the crate under test, as a stranger would.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// How an example ended.
#[derive(Debug)]
pub struct Example {
    /// Whether it exited with 0.
    pub ok: bool,
    /// What it wrote to stdout.
    pub out: String,
    /// What it wrote to stderr.
    pub err: String,
}

/// Runs the example `name` in this environment and no other, with `input` on stdin.
///
/// # Panics
/// It is not built, or cannot be run.
#[must_use]
pub fn example(name: &str, args: &[&str], env: &[(&str, &str)], input: &str) -> Example {
    let program = program(name);
    let mut command = Command::new(&program);
    command.args(args).env_clear().envs(env.iter().copied());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let ended = command.spawn().and_then(|mut child| {
        // One that reads nothing may have ended before: that is no failure.
        let _ = child.stdin.take().map(|mut stdin| stdin.write_all(input.as_bytes()));
        child.wait_with_output()
    });
    let output = ended.unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Example { ok: output.status.success(), out: text(&output.stdout), err: text(&output.stderr) }
}

/// Cargo builds a package's examples with its tests and puts them here: `deps/TEST-HASH` and `examples/NAME` are neighbours.
fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap_or_else(|error| panic!("this test has no path: {error}"));
    let profile = test.ancestors().nth(2).unwrap_or(&test);
    let program = profile.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    // `--test` and `--lib` name targets, and then cargo builds those only.
    assert!(program.is_file(), "{} is missing: add --examples to the call of cargo", program.display());
    program
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    fn listed(folder: &Path) -> Vec<PathBuf> {
        let entries = folder.read_dir().into_iter().flatten().flatten();
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        paths.sort();
        paths
    }

    fn read(path: &Path) -> String {
        std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    #[test]
    fn each_library_of_the_page_has_short_examples_that_are_run_and_documented() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let page = read(&root.join("docs/library.md"));
        let mut names = Vec::new();
        for library in listed(&root.join("crates")) {
            let package = format!("sso-{}", library.file_name().expect("a name").display());
            let examples = listed(&library.join("examples"));
            let is_on_page = page.contains(&format!("| [`{package}`]("));
            assert_eq!(is_on_page, !examples.is_empty(), "{package}: on the page, with an example?");
            if !is_on_page {
                continue;
            }
            let tests = read(&library.join("tests/it/examples.rs"));
            for example in examples {
                let name = example.file_stem().expect("a name").to_string_lossy().into_owned();
                let lines = read(&example).lines().count();
                assert!(lines < 60, "{package}: {name} has {lines} lines");
                assert!(tests.contains(&format!("example(\"{name}\"")), "{package}: {name} is never run");
                let call = format!("cargo run -p {package} --example {name} -- ");
                assert!(read(&example).contains(&call), "{package}: {name} does not say `{call}`");
                assert!(page.contains(&call), "docs/library.md does not say `{call}`");
                let link = format!("../crates/{}/examples/{name}.rs", package.trim_start_matches("sso-"));
                assert!(page.contains(&link), "docs/library.md has no link to {link}");
                names.push(name);
            }
        }
        assert!(!names.is_empty(), "the page lists no library");
        // They land in one folder.
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all, "two examples have one name");
    }
}
