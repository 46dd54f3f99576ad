//! `cargo xtask TASK`: the project's own tasks. A new task is one file and one line in [`TASKS`].
#![forbid(unsafe_code)]
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a tool for people at a terminal: it prints, and reads the environment that it hands on"
)]

mod bench;
mod book;
mod demo;
mod dist;
mod e2e;
mod fuzz;
mod interop;
mod layers;
mod licence;
mod metadata;
mod order;
mod pictures;
mod run;
mod schemas;
mod screenshots;
mod test;

use std::process::ExitCode;

/// One task: its name, what it does in one line, and the function. An `Err` is printed, and the exit code is 1.
struct Task {
    name: &'static str,
    about: &'static str,
    run: fn(&[String]) -> Result<(), String>,
}

const TASKS: &[Task] = &[
    Task {
        name: "bench",
        about: "how long commands take beside an empty program and beside peers; --json, --write: into docs",
        run: bench::run,
    },
    Task {
        name: "book",
        about: "checks docs/: generated pages, links, anchors, commands that are shown; --write: generates",
        run: book::run,
    },
    Task {
        name: "demo",
        about: "the main job against a simulated AWS; --serve: play with it yourself",
        run: demo::run,
    },
    Task {
        name: "e2e",
        about: "the end-to-end stories, with a table; --full: with the promised numbers",
        run: e2e::run,
    },
    Task {
        name: "interop",
        about: "the stories with real clients, and the matrix of what each can do; --write: into docs",
        run: interop::run,
    },
    Task {
        name: "test",
        about: "everything that must be green; `test STEP...` runs only those steps",
        run: test::run,
    },
    Task {
        name: "fuzz",
        about: "hostile input under libFuzzer, with a table; wants cargo-fuzz and a nightly toolchain",
        run: fuzz::run,
    },
    Task {
        name: "layers",
        about: "proves who depends on whom, licences and sources from cargo metadata",
        run: layers::run,
    },
    Task {
        name: "pictures",
        about: "what the program prints, as pictures for the README",
        run: pictures::run,
    },
    Task {
        name: "screenshots",
        about: "our pages in a real browser, as pictures for docs/evidence",
        run: screenshots::run,
    },
    Task {
        name: "schemas",
        about: "whether docs/schemas is what the program says of its JSON documents; --write: makes it so",
        run: schemas::run,
    },
    Task {
        name: "order",
        about: "lists the functions of a cache hit, for the layout of the release build (needs valgrind)",
        run: order::run,
    },
    Task {
        name: "dist",
        about: "what people get, into target/dist: program, pages, completions, licences; .tar.gz and .deb",
        run: dist::run,
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = arguments.split_first() else { return usage() };
    let Some(task) = TASKS.iter().find(|task| task.name == name) else { return usage() };
    match (task.run)(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("xtask {name}: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> ExitCode {
    eprintln!("usage: cargo xtask TASK\n");
    for Task { name, about, .. } in TASKS {
        eprintln!("  {name:<11} {about}");
    }
    ExitCode::from(2)
}
