//! Configuration errors, told.

use super::{Explain, Voice, command_line, option};
use crate::catalogue::Code;
use crate::error::CliError;
use crate::exit::Exit;
use sso_config::{
    ConfigError, HomeError, MissingKeys, NearHeader, NearName, NoSso, SectionKind, Sourced, SyntaxErrorKind,
    UnknownProfile, UnknownSession, header_text, is_secret,
};

fn error(code: Code, headline: String) -> CliError {
    CliError::new(code, Exit::Configuration, headline)
}

impl Explain for ConfigError {
    fn explain(&self, voice: &Voice) -> CliError {
        match self {
            Self::Syntax { place, kind } => {
                error(Code::C09, format!("{} cannot be read.", voice.place(place)))
                    .cause(syntax(*kind))
                    .fix(format!("edit {}", voice.place(place)))
            }
            Self::NotUtf8 { place, utf16 } => {
                error(Code::C10, format!("{} is not UTF-8 text.", voice.path(&place.path)))
                    .cause(if *utf16 {
                        "it looks like UTF-16, as some Windows editors write it".to_owned()
                    } else {
                        format!("the first wrong byte is at {}, column {}", voice.place(place), place.column)
                    })
                    .fix(format!("save {} as UTF-8", voice.path(&place.path)))
            }
            Self::CarriageReturns { place } => {
                error(Code::C10, format!("{} has no line ends that AWS tools know.", voice.path(&place.path)))
                    .cause("its lines end in CR alone, so it is one line to every tool")
                    .fix(format!("save {} with LF line ends", voice.path(&place.path)))
            }
            Self::Read { path, source } => error(Code::C01, format!("{} cannot be read.", voice.path(path)))
                .cause(source.to_string())
                .fix("sso doctor --offline"),
            Self::NotAFile { path, kind } => {
                error(Code::C01, format!("{} is {kind}, not a file.", voice.path(path)))
                    .fix(format!("move {} away", voice.path(path)))
            }
            Self::TooLarge { path } => {
                error(Code::C01, format!("{} is too large for a config file.", voice.path(path)))
                    .fix(format!("move {} away", voice.path(path)))
            }
            Self::Home(home) => self::home(home),
            Self::UnknownProfile(unknown) => unknown_profile(unknown, voice),
            Self::UnknownSession(unknown) => unknown_session(unknown, voice),
            Self::MissingKeys(missing) => missing_keys(missing, voice),
            Self::NoSso(no_sso) => self::no_sso(no_sso, voice),
            Self::Inconsistent(found) => error(
                Code::C07,
                format!("{} has two values: in the profile and in its sso-session.", found.key),
            )
            .cause({
                let value = |value: &Sourced<String>| match is_secret(&found.key) {
                    true => format!("one at {}", voice.origin(&value.origin)),
                    false => format!("\"{}\" at {}", value.value, voice.origin(&value.origin)),
                };
                format!("{}, {}", value(&found.profile), value(&found.session))
            })
            .fix(format!("delete the line {}", voice.origin(&found.profile.origin))),
            Self::SourceProfileLoop { chain, links, origin } => {
                let mut names = chain.iter().map(|name| name.as_str());
                let first = names.next().unwrap_or_default().to_owned();
                let path = names
                    .zip(links)
                    .fold(first, |path, (name, link)| format!("{path} → {name} ({})", voice.origin(link)));
                error(Code::C18, "The profiles lead back to themselves through source_profile.".into())
                    .cause(path)
                    .fix(voice.mend(origin))
            }
            Self::SourceProfileTooFar { most, origin } => {
                error(Code::C18, format!("source_profile leads through more than {most} profiles."))
                    .cause(format!("{} was not followed any more", voice.origin(origin)))
                    .fix(voice.mend(origin))
            }
            Self::UnknownSourceProfile { name, origin, nearest } => {
                let fix = match nearest.first() {
                    Some(near) => format!("set source_profile = {} ({})", near.name, voice.origin(origin)),
                    None => voice.mend(origin),
                };
                error(Code::C18, format!("source_profile names \"{name}\", which does not exist."))
                    .cause(voice.origin(origin))
                    .maybe("near", near(nearest, &[], voice))
                    .fix(fix)
            }
            Self::RoleArn { value, source } => {
                error(Code::C21, format!("The role_arn \"{}\" is not the ARN of a role.", value.value))
                    .cause(format!("{source} ({})", voice.origin(&value.origin)))
                    .fix(voice.mend(&value.origin))
            }
            Self::RoleWithoutSource { origin } => {
                error(Code::C18, "role_arn needs a source_profile or a credential_source.".into())
                    .fix(voice.mend(origin))
            }
            Self::RoleWithTwoSources { source_profile, credential_source } => {
                error(Code::C18, "source_profile and credential_source exclude each other.".into())
                    .cause(format!(
                        "{} and {}",
                        voice.origin(source_profile),
                        voice.origin(credential_source)
                    ))
                    .fix(voice.mend(source_profile))
            }
            Self::UnknownServices { name, origin } => {
                error(Code::E05, format!("There is no [services {name}] section.")).fix(voice.mend(origin))
            }
            Self::StartUrl { value, source } => {
                error(Code::C11, format!("The sso_start_url \"{}\" cannot be used.", value.value))
                    .cause(format!("{source} ({})", voice.origin(&value.origin)))
                    .fix(voice.mend(&value.origin))
            }
            Self::Region { key, value, source } => {
                error(Code::C14, format!("The {key} \"{}\" is not a region.", value.value))
                    .cause(format!("{source} ({})", voice.origin(&value.origin)))
                    .fix(voice.mend(&value.origin))
            }
            Self::AccountId { value, source } => {
                error(Code::C19, format!("The sso_account_id \"{}\" is not an account id.", value.value))
                    .cause(format!("{source} ({})", voice.origin(&value.origin)))
                    .fix(voice.mend(&value.origin))
            }
            Self::Seconds { key, value } => {
                error(Code::C09, format!("The {key} \"{}\" is not a number of seconds.", value.value))
                    .cause(voice.origin(&value.origin))
                    .fix(voice.mend(&value.origin))
            }
            Self::EmptyCaBundle { origin } => error(Code::N07, "The CA bundle is set, but empty.".into())
                .cause(voice.origin(origin))
                .fix(voice.mend(origin)),
        }
    }
}

fn syntax(kind: SyntaxErrorKind) -> String {
    match kind {
        SyntaxErrorKind::NoEquals { colon: true } => {
            "there is a ':' where '=' belongs; only the AWS CLI reads that".into()
        }
        other => other.to_string(),
    }
}

fn home(home: &HomeError) -> CliError {
    let headline = match home {
        HomeError::Unknown => "The home directory is not known.".to_owned(),
        HomeError::Empty { variable } => format!("The variable {variable} is empty."),
        HomeError::Relative { path, .. } => {
            format!("The home directory \"{}\" is not an absolute path.", path.display())
        }
    };
    error(Code::E07, headline).cause("the AWS files are below it").fix("export HOME=<your home directory>")
}

fn unknown_profile(unknown: &UnknownProfile, voice: &Voice) -> CliError {
    let told = error(
        Code::C02,
        format!("There is no profile \"{}\" in {}.", unknown.name, searched(&unknown.searched, voice)),
    );
    if let Some(header) = unknown.near_headers.first() {
        let fix = format!("[{}]", header_text(SectionKind::Profile, unknown.name.as_str()));
        return CliError { code: Code::C03, ..told }
            .cause(format!(
                "[{}] at {} is not the header of a profile",
                header.text,
                voice.place(&header.place)
            ))
            .fix(format!("change {} to {fix}", voice.place(&header.place)));
    }
    let fix = match unknown.nearest.first() {
        Some(near) => command_line(voice.running, &option("--profile", &near.name)),
        None if !unknown.searched.iter().any(|(_, exists)| *exists) => "sso configure".to_owned(),
        None => "sso profiles, which lists them".to_owned(),
    };
    told.maybe("near", near(&unknown.nearest, &[], voice)).fix(fix)
}

fn unknown_session(unknown: &UnknownSession, voice: &Voice) -> CliError {
    let told = error(
        Code::C04,
        format!("There is no sso-session \"{}\" in {}.", unknown.name, searched(&unknown.searched, voice)),
    );
    let named = unknown.origin.as_ref().map(|origin| format!("named at {}", voice.origin(origin)));
    let told = told.maybe("cause", named).maybe("near", near(&unknown.nearest, &unknown.near_headers, voice));
    match (unknown.near_headers.first(), unknown.nearest.first(), &unknown.origin) {
        (Some(header), ..) => {
            let name = header_text(SectionKind::SsoSession, unknown.name.as_str());
            told.fix(format!("change {} to [{name}]", voice.place(&header.place)))
        }
        (None, Some(near), Some(origin)) => {
            told.fix(format!("set sso_session = {} ({})", near.name, voice.origin(origin)))
        }
        (None, Some(near), None) => {
            told.fix(command_line(voice.running, &option("--sso-session", &near.name)))
        }
        (None, None, _) => {
            told.fix(format!("sso configure session{}", option("--sso-session", unknown.name.as_str())))
        }
    }
}

fn near(nearest: &[NearName], headers: &[NearHeader], voice: &Voice) -> Option<String> {
    let headers = headers.iter().map(|header| format!("[{}] at {}", header.text, voice.place(&header.place)));
    let names = nearest.iter().map(|near| format!("{} (line {})", near.name, near.place.line));
    let all: Vec<String> = names.chain(headers).collect();
    (!all.is_empty()).then(|| all.join(", "))
}

fn searched(files: &[(std::sync::Arc<std::path::Path>, bool)], voice: &Voice) -> String {
    let there: Vec<String> =
        files.iter().filter(|(_, exists)| *exists).map(|(path, _)| voice.path(path)).collect();
    match files.first() {
        Some((path, _)) if there.is_empty() => format!("{} (it does not exist)", voice.path(path)),
        _ => there.join(" or "),
    }
}

fn missing_keys(missing: &MissingKeys, voice: &Voice) -> CliError {
    let keys: Vec<&str> = missing.missing.iter().map(|one| one.key).collect();
    let role_only = keys.iter().all(|key| matches!(*key, "sso_account_id" | "sso_role_name"));
    let place = missing.missing.first().map(|one| (voice.place(&one.place), one.section.to_string()));
    let (place, section) = place.unwrap_or_default();
    let code = if role_only { Code::C06 } else { Code::C05 };
    let verb = if keys.len() == 1 { "is" } else { "are" };
    error(code, format!("{} {verb} missing in {section}.", listed(&keys)))
        .cause(format!("the section begins at {place}"))
        .fix(format!(
            "add {} below {place}",
            keys.iter().map(|key| format!("{key} = ...")).collect::<Vec<_>>().join(", ")
        ))
}

/// `a`, `a and b`, `a, b and c`.
fn listed(words: &[&str]) -> String {
    match words {
        [rest @ .., before, last] => {
            let first: String = rest.iter().map(|word| format!("{word}, ")).collect();
            format!("{first}{before} and {last}")
        }
        [one] => (*one).to_owned(),
        [] => String::new(),
    }
}

fn no_sso(found: &NoSso, voice: &Voice) -> CliError {
    let place = found.place.as_ref().map(|place| format!(" ({})", voice.place(place))).unwrap_or_default();
    let headline = match found.place {
        Some(_) => format!("The profile \"{}\" has no IAM Identity Center settings.", found.profile),
        None => "No profile and no sso-session is configured to sign in with.".to_owned(),
    };
    let cause = format!("it needs sso_session, or sso_start_url and sso_region{place}");
    let told = error(Code::C01, headline);
    let told = if found.place.is_some() { told.cause(cause) } else { told };
    told.maybe("near", near(&found.nearest, &found.near_headers, voice)).fix("sso configure")
}
