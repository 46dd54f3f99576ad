//! Mistakes on the command line, told: clap's words, without what could drive a terminal.

use crate::catalogue::Code;
use crate::error::CliError;
use crate::exit::Exit;
use crate::output::{escape, to_stderr, to_stdout};

/// Help and version go to stdout, mistakes to stderr, or to stdout as JSON.
pub(crate) fn explain(error: &clap::Error) -> Exit {
    if !error.use_stderr() {
        // Help may be coloured as clap sees fit; it holds no foreign text. A closed pipe is not an error.
        let _ = error.print();
        return Exit::Success;
    }
    let text = error.render().to_string();
    if wants_json() {
        let headline = text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        let told = CliError::new(Code::R01, Exit::Usage, headline).fix("sso --help");
        let _ = to_stdout(&escape::json(&told.json(), true));
    } else {
        let lines = text.lines().map(|line| format!("{}\n", escape::escape(line)));
        to_stderr(&lines.collect::<String>());
    }
    Exit::Usage
}

/// The arguments could not be parsed, so they are looked at one by one.
fn wants_json() -> bool {
    std::env::args_os().any(|argument| argument == "--json")
}
