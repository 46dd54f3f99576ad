//! The one command line that is typed hundreds of times an hour, by tools: `sso credential-process --profile NAME`.
//!
//! It is understood here without building the definition of all commands, which costs more than the answer. Whatever else there
//! is on the line is left to clap, mistakes and their words too.

use super::{Cli, ColorWhen, Command, Global, HelperArgs, LIMIT_OF_LOGIN};
use std::ffi::OsString;

/// The command line, if it is the usual one. `arguments` begin with the program.
pub(crate) fn read(arguments: impl IntoIterator<Item = OsString>) -> Option<Cli> {
    let mut rest = arguments.into_iter().skip(1).map(|argument| argument.into_string().ok());
    let (mut asked, mut profile) = (false, None);
    while let Some(argument) = rest.next() {
        match argument?.as_str() {
            "credential-process" | "get-credentials" if !asked => asked = true,
            "--profile" if profile.is_none() => {
                profile = Some(rest.next()??).filter(|name| !name.starts_with('-'));
                profile.as_ref()?;
            }
            _ => return None,
        }
    }
    asked.then_some(Cli {
        global: Global {
            profile,
            sso_session: None,
            json: false,
            quiet: false,
            verbose: 0,
            color: ColorWhen::Auto,
        },
        command: Command::CredentialProcess(HelperArgs { login: false, timeout: LIMIT_OF_LOGIN }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;
    use proptest::prelude::*;

    /// The words that matter to either reader.
    const WORDS: [&str; 14] = [
        "credential-process",
        "get-credentials",
        "--profile",
        "--profile=dev",
        "dev",
        "two words",
        "",
        "-",
        "--",
        "-v",
        "--login",
        "--help",
        "--sso-session",
        "login",
    ];

    fn usual(words: &[&str]) -> Option<String> {
        let line = std::iter::once(&"sso").chain(words).map(OsString::from);
        read(line).map(|cli| format!("{cli:?}"))
    }

    fn by_clap(words: &[&str]) -> Option<String> {
        let line = std::iter::once(&"sso").chain(words);
        Cli::try_parse_from(line).and_then(Cli::checked).ok().map(|cli| format!("{cli:?}"))
    }

    #[test]
    fn the_usual_line_is_the_usual_one() {
        for (line, is) in [
            ("credential-process", true),
            ("credential-process --profile dev", true),
            ("--profile dev credential-process", true),
            ("get-credentials --profile dev", true),
            ("--profile credential-process credential-process", true),
            ("credential-process --profile=dev", false),
            ("credential-process --profile dev --login", false),
            ("credential-process --profile dev --profile dev", false),
            ("credential-process --profile", false),
            ("credential-process --profile --login", false),
            ("credential-process credential-process", false),
            ("--profile dev", false),
            ("login", false),
        ] {
            let words: Vec<&str> = line.split(' ').collect();
            assert_eq!(usual(&words).is_some(), is, "{line}");
        }
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStringExt as _;
            let line = ["sso", "credential-process", "--profile"].map(OsString::from);
            assert!(read(line.into_iter().chain([OsString::from_vec(vec![0xff])])).is_none());
        }
    }

    proptest! {
        #[test]
        fn clap_reads_the_same(words in proptest::collection::vec(proptest::sample::select(&WORDS), 0..5)) {
            if let Some(read) = usual(&words) {
                prop_assert_eq!(Some(read), by_clap(&words), "{:?}", words);
            }
        }

        #[test]
        fn clap_reads_the_same_name(name in ".*") {
            let words = ["credential-process", "--profile", &name];
            if let Some(read) = usual(&words) {
                prop_assert_eq!(Some(read), by_clap(&words), "{:?}", words);
            }
        }
    }
}
