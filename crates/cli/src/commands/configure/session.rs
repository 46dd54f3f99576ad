//! The wizard's questions about the session: name, start URL, region, scopes.

use super::Wizard;
use crate::args::SessionAnswers;
use crate::catalogue::Code;
use crate::commands::sessions;
use crate::error::CliError;
use crate::exit::Exit;
use crate::explain::Explain as _;
use crate::output::escape::escape;
use crate::regions::{self, meant, verdict};
use crate::runtime::block_on;
use crate::ui::prompt::{Choice, Verdict};
use sso_config::{ConfigEdit, ConfigError, ConfigSet, Origin, Section, SectionName, Sourced, check_name};
use sso_core::{Region, SessionName, StartUrl};
use sso_oidc::{is_aws_owned, region_of_host, resolve};

/// The scope that listing accounts and roles needs.
const USUAL_SCOPES: &str = "sso:account:access";

// What stands below the questions, for whoever hears these words for the first time.
const NAME_ABOUT: &str = "a short name of your choice, such as that of your company";
const START_URL_ABOUT: &str = "your access portal, such as https://corp.awsapps.com/start";
const REGION_ABOUT: &str = "where IAM Identity Center is, such as us-east-1; your administrator knows";
const SCOPES_ABOUT: &str = "what the login is good for; Return takes the usual one";

/// A session as it was answered.
pub(super) struct Draft {
    pub(super) name: SessionName,
    start_url: String,
    region: String,
    /// `None`: the key stays as it is.
    scopes: Option<String>,
}

impl Draft {
    /// What has to change for the configuration to say so.
    pub(super) fn edit(&self, edit: ConfigEdit, set: &ConfigSet) -> ConfigEdit {
        let values = [
            ("sso_start_url", Some(self.start_url.as_str())),
            ("sso_region", Some(self.region.as_str())),
            ("sso_registration_scopes", self.scopes.as_deref()),
        ];
        put(
            edit,
            SectionName::sso_session(self.name.as_str()),
            set,
            set.sso_session(&self.name).as_ref(),
            &values,
        )
    }
}

/// Sets what differs; a section that is not there is made, with a blank line before it.
pub(super) fn put(
    edit: ConfigEdit,
    name: SectionName,
    set: &ConfigSet,
    section: Option<&Section<'_>>,
    values: &[(&str, Option<&str>)],
) -> ConfigEdit {
    let wanted = values.iter().filter_map(|(key, value)| Some((*key, (*value)?)));
    // One that stands in the credentials file only is new to the config file.
    let in_config = |section: &&Section<'_>| section.places().any(|place| place.path == *set.config().path());
    let Some(section) = section.filter(in_config) else { return edit.add_section(name, false, wanted) };
    let differs = |key: &str, value: &str| section.get(key).is_none_or(|found| found.value != value);
    wanted
        .filter(|(key, value)| differs(key, value))
        .fold(edit, |edit, (key, value)| edit.set(name.clone(), key, value))
}

impl Wizard<'_> {
    /// Asks for what the options and the configuration do not say.
    pub(super) fn session(&self, answers: &SessionAnswers) -> Result<Draft, CliError> {
        let name = self.session_name()?;
        let section = self.set.sso_session(&name);
        let existing = |key: &str| section.as_ref()?.text(key).map(|found| found.value);
        let (start_url, region) = match (&answers.sso_start_url, existing("sso_start_url")) {
            (Some(given), _) => {
                let start_url = checked_url(given, Origin::Variable("--sso-start-url"), self)?;
                let region = self.region(answers, &start_url, existing("sso_region"), false)?;
                (start_url, region)
            }
            (None, Some(found)) => {
                let region = self.region(answers, &found, existing("sso_region"), true)?;
                (found, region)
            }
            (None, None) => self.ask_portal(answers, existing("sso_region").as_deref())?,
        };
        let scopes = match (&answers.sso_registration_scopes, existing("sso_registration_scopes")) {
            (Some(given), _) => Some(checked_scopes(given)?),
            (None, Some(_)) => None,
            // A session that is there may do without on purpose.
            (None, None) if section.is_some() => None,
            (None, None) => Some(self.ask_scopes()?),
        };
        Ok(Draft { name, start_url, region, scopes })
    }

    /// `--sso-session`, else one of the existing ones or a new one.
    fn session_name(&self) -> Result<SessionName, CliError> {
        if let Some(name) = self.context.global.sso_session() {
            checked_name("session", name)?;
            return Ok(SessionName::new(name));
        }
        let mut choices: Vec<Choice<Option<String>>> = self
            .set
            .sso_sessions()
            .map(|section| {
                let host = section.get("sso_start_url").map(|url| sessions::host(&StartUrl::new(url.value)));
                let label = format!("{} ({})", section.name(), host.unwrap_or_default());
                Choice::new(&label, Some(section.name().to_owned()))
            })
            .collect();
        if !choices.is_empty() {
            choices.push(Choice::new("a new session", None));
            if let Some(name) = self.ask.pick("SSO session:", "--sso-session", choices)?.value {
                return Ok(SessionName::new(name));
            }
        }
        let taken: Vec<String> = self.set.sso_sessions().map(|section| section.name().to_owned()).collect();
        let check = move |text: &str| -> Verdict {
            check_name(text).map_err(|fault| fault.to_string())?;
            if taken.iter().any(|name| name == text) {
                Err("there is one of that name".to_owned())
            } else {
                Ok(())
            }
        };
        self.ask.text(("SSO session name:", NAME_ABOUT), "--sso-session", None, check).map(SessionName::new)
    }

    fn ask_url(&self) -> Result<String, CliError> {
        let check =
            |text: &str| StartUrl::new(tidy(text)).check().map(drop).map_err(|error| error.to_string());
        self.ask
            .text(("SSO start URL:", START_URL_ABOUT), "--sso-start-url", None, check)
            .map(|text| tidy(&text))
    }

    /// The start URL is asked until it leads to a portal.
    fn ask_portal(
        &self,
        answers: &SessionAnswers,
        existing: Option<&str>,
    ) -> Result<(String, String), CliError> {
        if let Some(given) = &answers.sso_region {
            let region = checked_region(given, self)?;
            let start_url = self.ask_url()?;
            return agreeing(region, &start_url).map(|region| (start_url, region));
        }
        loop {
            let start_url = self.ask_url()?;
            match self.find_region(&start_url, existing) {
                Ok(region) => return Ok((start_url, region)),
                Err(error) if matches!(error.exit, Exit::Configuration | Exit::Network) => {
                    self.context
                        .output
                        .say(&error.text(self.context.output.color.1, self.context.output.columns.1));
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The region as it is given or was there (`same`: for this start URL); else it is found or asked.
    fn region(
        &self,
        answers: &SessionAnswers,
        start_url: &str,
        existing: Option<String>,
        same: bool,
    ) -> Result<String, CliError> {
        match (&answers.sso_region, existing) {
            (Some(given), _) => agreeing(checked_region(given, self)?, start_url),
            (None, Some(found)) if same && !is_vanity(start_url) => Ok(found),
            (None, found) => self.find_region(start_url, found.as_deref()),
        }
    }

    /// The region that the portal's host names, asked of a vanity URL if need be; else the user is asked.
    fn find_region(&self, start_url: &str, existing: Option<&str>) -> Result<String, CliError> {
        let found = self.region_of(start_url)?;
        if let Some(region) = &found {
            self.context.output.say(&format!("The portal is in {}.\n", escape(region)));
            return Ok(region.clone());
        }
        if let (Some(existing), false) = (existing, self.ask.can()) {
            return Ok(existing.to_owned());
        }
        let check = |text: &str| {
            Region::parse(text).map_err(|error| error.to_string())?;
            // Who knows one that we do not takes the option.
            match verdict(text) {
                regions::Verdict::No => Err(no_region(text)),
                _ => Ok(()),
            }
        };
        self.ask.text(("SSO region:", REGION_ABOUT), "--sso-region", existing, check)
    }

    fn region_of(&self, start_url: &str) -> Result<Option<String>, CliError> {
        let voice = self.context.voice();
        let url = StartUrl::new(start_url);
        let url = url
            .check()
            .map_err(|source| url_error(start_url, source, Origin::Variable("--sso-start-url"), self))?;
        if let Some(region) = url.host_str().and_then(region_of_host) {
            return Ok(Some(region));
        }
        let network = sessions::network(self.context, &self.set)?;
        let work =
            async { resolve(&network.http, &url, start_url).await.map_err(|error| error.explain(&voice)) };
        Ok(block_on(Some(std::time::Duration::from_secs(15)), work)?.region)
    }

    fn ask_scopes(&self) -> Result<String, CliError> {
        if !self.ask.can() {
            return Ok(USUAL_SCOPES.to_owned());
        }
        let question = ("SSO registration scopes:", SCOPES_ABOUT);
        self.ask.text(question, "--sso-registration-scopes", Some(USUAL_SCOPES), check_scopes)
    }
}

fn no_region(text: &str) -> String {
    let such = meant(text).unwrap_or("eu-west-1");
    format!("it is not a region such as {such}")
}

fn check_scopes(text: &str) -> Verdict {
    let odd = |scope: &str| scope.trim().is_empty() || scope.trim().contains(char::is_whitespace);
    if text.split(',').any(odd) { Err("scopes are separated by commas".to_owned()) } else { Ok(()) }
}

fn checked_scopes(given: &str) -> Result<String, CliError> {
    check_scopes(given).map_err(|reason| {
        let headline = format!("\"{given}\" cannot be used as registration scopes.");
        CliError::new(Code::R01, Exit::Usage, headline)
            .cause(reason)
            .fix(format!("leave --sso-registration-scopes out: that is {USUAL_SCOPES}"))
    })?;
    Ok(given.to_owned())
}

/// A start URL of the customer's own domain: where it leads tells the region.
fn is_vanity(start_url: &str) -> bool {
    StartUrl::new(start_url).host().is_some_and(|host| !is_aws_owned(&host))
}

/// What people paste: `#/`, a tab's query and a slash at the end are not part of a start URL.
fn tidy(text: &str) -> String {
    let text = text.trim();
    let text = text.split(['#', '?']).next().unwrap_or(text);
    text.trim_end_matches('/').to_owned()
}

fn checked_url(given: &str, origin: Origin, wizard: &Wizard<'_>) -> Result<String, CliError> {
    let text = tidy(given);
    StartUrl::new(text.as_str()).check().map_err(|source| url_error(given, source, origin, wizard))?;
    Ok(text)
}

/// The region, unless the portal's host names another one.
fn agreeing(region: String, start_url: &str) -> Result<String, CliError> {
    match StartUrl::new(start_url).host().and_then(|host| region_of_host(&host)) {
        Some(host) if host != region => {
            let headline = format!("The portal is in {host}, not in {region}.");
            Err(CliError::new(Code::I01, Exit::Usage, headline)
                .cause("its address says so")
                .fix(format!("give --sso-region {host}, or leave it out")))
        }
        _ => Ok(region),
    }
}

fn url_error(text: &str, source: sso_core::StartUrlError, origin: Origin, wizard: &Wizard<'_>) -> CliError {
    let value = Box::new(Sourced { value: StartUrl::new(text), origin });
    let told = ConfigError::StartUrl { value, source }.explain(&wizard.context.voice());
    CliError {
        exit: Exit::Usage,
        fix: Some("give a URL such as https://corp.awsapps.com/start".to_owned()),
        ..told
    }
}

fn checked_region(given: &str, wizard: &Wizard<'_>) -> Result<String, CliError> {
    Region::parse(given).map(|region| region.as_str().to_owned()).map_err(|source| {
        let value = Box::new(Sourced { value: given.to_owned(), origin: Origin::Variable("--sso-region") });
        let told = ConfigError::Region { key: "sso_region", value, source }.explain(&wizard.context.voice());
        CliError { exit: Exit::Usage, fix: Some("give a region such as us-east-1".to_owned()), ..told }
    })
}

/// A name that every AWS tool reads back.
pub(super) fn checked_name(what: &str, name: &str) -> Result<(), CliError> {
    check_name(name).map_err(|fault| {
        CliError::new(Code::R01, Exit::Usage, format!("A {what} cannot be called \"{name}\"."))
            .cause(format!("{fault}; other AWS tools could not read it"))
            .fix("take another name, of letters, digits and _-/.%@:+")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_paste() {
        for (text, url) in [
            ("https://corp.awsapps.com/start", "https://corp.awsapps.com/start"),
            (" https://corp.awsapps.com/start/ ", "https://corp.awsapps.com/start"),
            ("https://corp.awsapps.com/start#/", "https://corp.awsapps.com/start"),
            ("https://corp.awsapps.com/start/#/?tab=accounts", "https://corp.awsapps.com/start"),
            ("https://x.portal.eu-west-1.app.aws/?x=1", "https://x.portal.eu-west-1.app.aws"),
        ] {
            assert_eq!(tidy(text), url);
        }
    }
}
