//! The wizard's questions about the profile: account, role, region, output format, name.

use super::Wizard;
use super::session::{checked_name, put};
use crate::args::{WizardArgs, answered};
use crate::catalogue::Code;
use crate::commands::accounts::{LIMIT, checked_account};
use crate::commands::populate::name::tame;
use crate::commands::portal::SignedIn;
use crate::commands::sessions::{self, Listed};
use crate::error::CliError;
use crate::exit::Exit;
use crate::explain::{Explain as _, helper_command};
use crate::output::escape::escape;
use crate::runtime::block_on;
use crate::ui::prompt::{Choice, Verdict};
use sso_config::{ConfigEdit, ConfigSet, SectionName, check_name};
use sso_core::{AccessToken, AccountId, ProfileName, Region, SessionName};
use sso_portal::{PortalClient, PortalError};

/// The AWS CLI's output formats.
const FORMATS: [&str; 6] = ["json", "text", "table", "yaml", "yaml-stream", "off"];

// What stands below the questions.
const REGION_ABOUT: &str = "where your commands work, such as eu-west-1; may be left empty";
const FORMAT_ABOUT: &str = "of the AWS CLI: json, text, table, yaml, ...; may be left empty";
const NAME_ABOUT: &str = "what you will write behind --profile";

/// Keys that go from the profile: a portal of its own contradicts the session, and the others win over a role of the portal.
const CONTRADICTING: [&str; 6] = [
    "sso_start_url",
    "sso_region",
    "role_arn",
    "source_profile",
    "credential_source",
    "web_identity_token_file",
];

/// An account, as far as it is known.
pub(super) struct Account {
    id: AccountId,
    name: Option<String>,
}

/// A profile as it was answered.
pub(super) struct Draft {
    pub(super) name: String,
    session: SessionName,
    account: AccountId,
    role: String,
    region: Option<String>,
    output: Option<String>,
    helper: Option<String>,
}

impl Draft {
    /// What has to change for the configuration to say so.
    pub(super) fn edit(&self, edit: ConfigEdit, set: &ConfigSet) -> ConfigEdit {
        let wanted = [
            ("sso_session", Some(self.session.as_str())),
            ("sso_account_id", Some(self.account.as_str())),
            ("sso_role_name", Some(self.role.as_str())),
            ("region", self.region.as_deref()),
            ("output", self.output.as_deref()),
        ];
        let profile = |name: &str| (SectionName::profile(name), ProfileName::new(name));
        let (name, key) = profile(&self.name);
        let section = set.profile(&key);
        let edit = put(edit, name, set, section.as_ref(), &wanted);
        let there = |key: &&str| section.as_ref().is_some_and(|section| section.has(key));
        let edit = CONTRADICTING
            .iter()
            .filter(|key| there(key))
            .fold(edit, |edit, key| edit.unset(SectionName::profile(self.name.as_str()), *key));
        let Some(helper) = &self.helper else { return edit };
        let command = helper_command(&self.name);
        let (name, key) = profile(helper);
        let values = [("credential_process", Some(command.as_str())), ("region", self.region.as_deref())];
        put(edit, name, set, set.profile(&key).as_ref(), &values)
    }
}

/// Account and role from the options alone.
pub(super) fn given(account: &str, role: &str) -> Result<(Account, String), CliError> {
    Ok((Account { id: checked_account(account)?, name: None }, role.to_owned()))
}

impl Wizard<'_> {
    /// The account and the role, chosen among those that the user has. Where there is one, it is taken and said.
    pub(super) fn role(
        &self,
        args: &WizardArgs,
        signed_in: &SignedIn,
        listed: &Listed,
    ) -> Result<(Account, String), CliError> {
        let account = match answered(&args.account_id) {
            Some(given) => Account { id: checked_account(given)?, name: None },
            None => self.account(signed_in, listed)?,
        };
        if let Some(role) = answered(&args.role_name) {
            return Ok((account, role.to_owned()));
        }
        let roles = self.read("Reading roles", signed_in, listed, async |portal, token| {
            portal.list_account_roles(token, &account.id).await
        })?;
        let mut names: Vec<String> = roles.into_iter().map(|role| role.name.as_str().to_owned()).collect();
        names.sort_by_key(|name| name.to_lowercase());
        if names.is_empty() {
            return Err(nothing(format!("You have no role in account {}.", account.id)));
        }
        let roles = names.into_iter().map(|name| (name.clone(), name)).collect();
        let role = self.one_of(("Role", "--role-name", "The only role you have there"), roles)?;
        Ok((account, role))
    }

    fn account(&self, signed_in: &SignedIn, listed: &Listed) -> Result<Account, CliError> {
        let mut accounts = self.read("Reading accounts", signed_in, listed, async |portal, token| {
            portal.list_accounts(token).await
        })?;
        accounts.sort_by_cached_key(sso_portal::Account::sort_key);
        if accounts.is_empty() {
            return Err(nothing("You have no account in this session.".to_owned()));
        }
        let accounts = accounts.into_iter().map(|account| (label(&account), account)).collect();
        let chosen = self.one_of(("Account", "--account-id", "The only account you have"), accounts)?;
        Ok(Account { id: chosen.id, name: chosen.name })
    }

    /// What the portal lists.
    fn read<T>(
        &self,
        what: &str,
        signed_in: &SignedIn,
        listed: &Listed,
        call: impl AsyncFnMut(&PortalClient, &AccessToken) -> Result<T, PortalError>,
    ) -> Result<T, CliError> {
        let read = async {
            // From in here Ctrl-C is listened to: what the wait does to the terminal is undone.
            let _wait = self.context.output.waiting(what, LIMIT);
            signed_in.ask(call).await.map_err(|error| error.explain(&listed.voice))
        };
        block_on(Some(LIMIT), read)
    }

    /// The only one, which is said, or the one that the user picks.
    fn one_of<T: Clone>(
        &self,
        (question, option, only): (&str, &str, &str),
        labelled: Vec<(String, T)>,
    ) -> Result<T, CliError> {
        if let [(label, one)] = labelled.as_slice() {
            self.context.output.say(&format!("{only}: {}\n", escape(label)));
            return Ok(one.clone());
        }
        let question = format!("{question} ({}):", labelled.len());
        let choices = labelled.into_iter().map(|(label, one)| Choice::new(&label, one)).collect();
        Ok(self.ask.pick(&question, option, choices)?.value)
    }

    /// The rest of the profile.
    pub(super) fn profile(
        &self,
        args: &WizardArgs,
        session: &SessionName,
        account: Account,
        role: String,
    ) -> Result<Draft, CliError> {
        let from = self.set.profile(&sessions::selected(self.context).0);
        let before = |key: &str| from.as_ref()?.text(key).map(|found| found.value);
        let region = self.optional(
            ("Default client region:", REGION_ABOUT),
            args.region.as_deref(),
            before("region"),
            check_region,
        )?;
        let output = self.optional(
            ("Default output format:", FORMAT_ABOUT),
            args.output.as_deref(),
            before("output"),
            check_format,
        )?;
        let name = self.profile_name(args, &account, &role)?;
        if let Some(helper) = answered(&args.helper_profile) {
            checked_name("profile", helper)?;
            if helper == name {
                let headline = format!("--helper-profile must not be \"{name}\" itself.");
                return Err(CliError::new(Code::R01, Exit::Usage, headline)
                    .cause("its credential_process would run itself for ever")
                    .fix("sso configure --helper-profile <another name>"));
            }
        }
        let helper = answered(&args.helper_profile).map(str::to_owned);
        Ok(Draft { name, session: session.clone(), account: account.id, role, region, output, helper })
    }

    /// The options are judged before anybody signs in to learn that one is wrong.
    pub(super) fn foresee(&self, args: &WizardArgs) -> Result<(), CliError> {
        answered(&args.account_id).map(checked_account).transpose()?;
        let names = [answered(&args.profile_name), answered(&args.helper_profile)];
        names.into_iter().flatten().try_for_each(|name| checked_name("profile", name))?;
        checked("region", args.region.as_deref(), check_region)?;
        checked("output", args.output.as_deref(), check_format)
    }

    /// An answer that may be left out: the option, else the question where there is somebody to ask.
    fn optional(
        &self,
        question: (&str, &str),
        given: Option<&str>,
        before: Option<String>,
        check: fn(&str) -> Verdict,
    ) -> Result<Option<String>, CliError> {
        if let Some(given) = given {
            return Ok(Some(given.to_owned()).filter(|text| !text.is_empty()));
        }
        if !self.ask.can() {
            return Ok(None);
        }
        let text = self.ask.text(question, "", before.as_deref(), check)?;
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    fn profile_name(&self, args: &WizardArgs, account: &Account, role: &str) -> Result<String, CliError> {
        if let Some(name) = answered(&args.profile_name).or(self.context.global.profile()) {
            checked_name("profile", name)?;
            return Ok(name.to_owned());
        }
        let suggestion = suggested(account, role);
        let check = |text: &str| check_name(text).map_err(|fault| fault.to_string());
        self.ask.text(("Profile name:", NAME_ABOUT), "--profile-name", Some(&suggestion), check)
    }
}

fn checked(option: &str, given: Option<&str>, check: fn(&str) -> Verdict) -> Result<(), CliError> {
    let Some(given) = given else { return Ok(()) };
    check(given).map_err(|reason| {
        CliError::new(Code::R01, Exit::Usage, format!("\"{given}\" cannot be used for --{option}."))
            .cause(reason)
            .fix(format!("sso configure --{option} <another one>, or leave it out"))
    })
}

fn check_region(text: &str) -> Verdict {
    if text.is_empty() { Ok(()) } else { Region::parse(text).map(drop).map_err(|error| error.to_string()) }
}

fn check_format(text: &str) -> Verdict {
    let known = text.is_empty() || FORMATS.contains(&text);
    if known { Ok(()) } else { Err(format!("it is none of {}", FORMATS.join(", "))) }
}

/// `<account-name>-<role>` as `populate` would call it; an account without a usable name goes by its id.
fn suggested(account: &Account, role: &str) -> String {
    let name = account.name.as_deref().map(tame).filter(|name| !name.is_empty());
    format!("{}-{}", name.unwrap_or_else(|| account.id.to_string()), tame(role))
}

/// `dev, dev@example.com (111122223333)`.
fn label(account: &sso_portal::Account) -> String {
    let about: Vec<&str> =
        [account.name.as_deref(), account.email.as_deref()].into_iter().flatten().collect();
    match about.as_slice() {
        [] => account.id.to_string(),
        about => format!("{} ({})", about.join(", "), account.id),
    }
}

fn nothing(headline: String) -> CliError {
    CliError::new(Code::I03, Exit::NotAssigned, headline).fix("ask your administrator for an assignment")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestions_are_plain_words() {
        for (account, role, name) in [
            ("dev", "AdministratorAccess", "dev-AdministratorAccess"),
            ("My Account (EU)", "Read Only", "My-Account-EU-Read-Only"),
            ("x]\n[profile evil", "a=b", "x-profile-evil-a-b"),
            ("漢字", "Admin", "111122223333-Admin"),
        ] {
            let account = Account { id: AccountId::new("111122223333"), name: Some(account.to_owned()) };
            assert_eq!(suggested(&account, role), name);
        }
    }
}
