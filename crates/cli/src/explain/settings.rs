//! Errors of the settings file and of the choice of a browser, told.

use super::{Explain, Voice};
use crate::catalogue::Code;
use crate::error::CliError;
use crate::exit::Exit;
use crate::settings::{Expected, SettingsError, SettingsFault};
use crate::ui::browser::BrowserFault;

impl Explain for SettingsError {
    fn explain(&self, voice: &Voice) -> CliError {
        let place = voice.place(&self.place);
        let wrong = |headline: String| {
            CliError::new(Code::C09, Exit::Configuration, headline).note("at", place.clone())
        };
        match &self.fault {
            SettingsFault::Unreadable(reason) => {
                let path = voice.path(&self.place.path);
                CliError::new(Code::C09, Exit::Configuration, format!("The settings {path} cannot be read."))
                    .cause(reason.clone())
            }
            SettingsFault::Line(line) => {
                wrong(format!("The line \"{line}\" of the settings cannot be read."))
                    .fix("write key = value, [sso-session NAME], or begin it with #")
            }
            SettingsFault::IndentedComment => {
                wrong("A comment of the settings does not begin its line.".into())
                    .fix("remove the white space before it")
            }
            SettingsFault::Section { header, nearest } => {
                wrong(format!("There is no section [{header}] in the settings."))
                    .fix(format!("write [{nearest}]"))
            }
            SettingsFault::SectionAgain { name, first } => {
                wrong(format!("The section [sso-session {name}] is in the settings twice."))
                    .cause(format!("it began in line {first}"))
                    .fix("move its keys there")
            }
            SettingsFault::Key { key, nearest } => wrong(format!("There is no setting \"{key}\"."))
                .note("near", (*nearest).to_owned())
                .fix(format!("write {nearest} = ...")),
            SettingsFault::KeyAgain { key, first } => wrong(format!("The setting {key} is there twice."))
                .cause(format!("it stands in line {first} of the same section, too"))
                .fix("remove one of them"),
            SettingsFault::Value { key, value, expected } => {
                let error = wrong(format!("The setting {key} cannot be \"{value}\"."));
                match expected {
                    Expected::OneOf(words, nearest) => error
                        .cause(format!("it is one of {}", words.join(", ")))
                        .fix(format!("write {key} = {nearest}")),
                    Expected::Command => error
                        .cause("it is empty or has an open quote")
                        .fix(format!("write {key} = firefox, or another command; %s stands for the address")),
                    Expected::Name => error
                        .cause("it is empty or looks like an option")
                        .fix(format!("write {key} = the name of a profile of the browser")),
                }
            }
            SettingsFault::TextBrowser(name) => wrong(format!("{name} is a text browser."))
                .cause("it would take the terminal that the sign-in needs")
                .fix("name a graphical browser; browser = none opens nothing, flow = device shows a code"),
            SettingsFault::Family { key, browser: Some(browser) } => {
                wrong(format!("The switch that {key} stands for is not known for \"{browser}\"."))
                    .cause("it is known for Firefox, Chromium, Chrome, Brave, Vivaldi and Edge")
                    .fix(format!("remove {key} and write the switch itself: browser = {browser} --switch %s"))
            }
            SettingsFault::Family { key, browser: None } => {
                wrong(format!("The setting {key} needs to know the browser."))
                    .cause("the system's opener cannot be told")
                    .fix("add browser = firefox, or another one")
            }
        }
    }
}

impl Explain for BrowserFault {
    fn explain(&self, voice: &Voice) -> CliError {
        let usage = |headline: String| CliError::new(Code::R01, Exit::Usage, headline);
        match self {
            Self::Command(source) => {
                usage(format!("The browser command of {source} has an open quote or is empty."))
                    .fix(voice.again("--browser 'firefox %s'"))
            }
            Self::Text(name) => usage(format!("{name} is a text browser."))
                .cause("it would take the terminal that the sign-in needs")
                .fix(format!("{} --use-device-code", voice.command("login"))),
            Self::Settings(error) => error.explain(voice),
        }
    }
}
