//! Errors of editing the configuration, told.

use super::store::{is_full, words};
use super::{Explain, Voice, quote};
use crate::catalogue::Code;
use crate::error::CliError;
use crate::exit::Exit;
use sso_config::{EditError, WriteStep};
use std::io;

impl Explain for EditError {
    fn explain(&self, voice: &Voice) -> CliError {
        let usage = |headline: String| CliError::new(Code::R01, Exit::Usage, headline);
        let configuration = |headline: String| CliError::new(Code::C09, Exit::Configuration, headline);
        match self {
            Self::Config(error) => error.explain(voice),
            Self::Name(fault) => usage("A section of that name cannot be written.".into())
                .cause(format!("{fault}; other AWS tools could not read it")),
            Self::Key => usage("A key of that name cannot be written.".into()),
            Self::Value { key, fault } => usage(format!("The value of {key} cannot be written."))
                .cause(format!("{fault}; AWS tools would read another value")),
            Self::SectionExists { section, place } => {
                configuration(format!("{section} is there already.")).cause(voice.place(place))
            }
            Self::NotABlock { key, place } => {
                configuration(format!("{key} has a value and is no block.")).cause(voice.place(place))
            }
            Self::Unintended { section } => {
                configuration(format!("{section} has a form that cannot be edited safely."))
                    .cause("the change would have touched other keys, so nothing was written")
                    .fix("edit the file by hand")
            }
            Self::NotForSdks => {
                configuration("The AWS SDKs would refuse the result, so nothing was written.".into())
                    .fix("edit the file by hand")
            }
            Self::ChangedMeanwhile { path } => CliError::new(
                Code::R08,
                Exit::Failure,
                format!("{} was changed by somebody else meanwhile.", voice.path(path)),
            )
            .cause("what you saw is not what would have been edited, so nothing was written")
            .fix("run the command again"),
            Self::Write { path, step, source } => write(voice, path, *step, source),
        }
    }
}

fn write(voice: &Voice, path: &std::path::Path, step: WriteStep, source: &io::Error) -> CliError {
    let full = is_full(source);
    let code = if full { Code::S04 } else { Code::T12 };
    let doing = match step {
        WriteStep::Resolve => "following links",
        WriteStep::Lock => "taking its lock",
        WriteStep::Open => "opening it",
        WriteStep::Create | WriteStep::Fill | WriteStep::Replace => "writing it",
    };
    CliError::new(code, Exit::Disk, format!("{} cannot be changed.", voice.path(path)))
        .cause(format!("{doing}: {}", words(source)))
        .note("note", "it is as it was")
        .fix(match source.kind() {
            _ if full => "free some space: df -h".to_owned(),
            io::ErrorKind::TimedOut => "try again when that process has ended".to_owned(),
            _ => format!("make it yours to write: ls -l {}", quote(&path.to_string_lossy())),
        })
}
