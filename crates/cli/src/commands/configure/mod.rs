//! `sso configure`: the wizard. Every answer is also an option; with all given it needs no terminal, and a second run
//! changes nothing.

mod profile;
mod session;
pub(crate) mod write;

use super::login::{self, told};
use super::portal::SignedIn;
use super::sessions::Listed;
use super::{Outcome, sessions};
use crate::args::{ConfigureArgs, ConfigureWhat, SessionAnswers, WizardArgs, answered};
use crate::catalogue::Code;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::explain::Explain as _;
use crate::ui::prompt::Ask;
use sso_cache::FileStore;
use sso_config::{ConfigEdit, ConfigSet, CredentialSource, Document};
use sso_core::{ProfileName, SessionName};
use std::sync::Arc;

/// Runs the wizard, or the part that is asked for.
pub(crate) fn run(context: &Context, args: &ConfigureArgs) -> Result<Outcome, CliError> {
    let (wizard, session_only) = match &args.what {
        None => (&args.wizard, None),
        Some(ConfigureWhat::Sso(wizard)) => (wizard, None),
        Some(ConfigureWhat::Session(answers)) => (&args.wizard, Some(answers)),
        Some(ConfigureWhat::Populate(args)) => return super::populate::run(context, args),
    };
    let command = if session_only.is_some() { "configure session" } else { context.command };
    let ask = Ask::new(context.interactive, &context.output, command);
    let work = Wizard { context, set: context.config()?, ask };
    match session_only {
        Some(answers) => work.session_alone(answers),
        None => work.whole(wizard),
    }
}

/// The wizard at work.
struct Wizard<'a> {
    context: &'a Context,
    set: ConfigSet,
    ask: Ask,
}

impl Wizard<'_> {
    /// The session alone: no login.
    fn session_alone(&self, answers: &SessionAnswers) -> Result<Outcome, CliError> {
        let draft = self.session(answers)?;
        let edit = draft.edit(ConfigEdit::new(), &self.set);
        let next = format!("sso login{}", crate::explain::option("--sso-session", draft.name.as_str()));
        self.write(&edit, answers.yes, &draft.name, None, next)
    }

    /// Session, login, account, role, profile.
    fn whole(&self, args: &WizardArgs) -> Result<Outcome, CliError> {
        self.foresee(args)?;
        let draft = self.session(&args.session)?;
        let session_edit = draft.edit(ConfigEdit::new(), &self.set);
        let after = self.after(&session_edit)?;
        let (account, role) = match (answered(&args.account_id), answered(&args.role_name)) {
            // Both are known: nothing needs to be asked of the service.
            (Some(account), Some(role)) => profile::given(account, role)?,
            _ => self.choose_role(args, &after, &draft.name)?,
        };
        let profile = self.profile(args, &draft.name, account, role)?;
        let edit = profile.edit(session_edit, &self.set);
        self.check_source(&edit, &profile.name)?;
        let next = format!("sso whoami{}", crate::explain::option("--profile", &profile.name));
        self.write(&edit, args.session.yes, &draft.name, Some(&profile.name), next)
    }

    /// The configuration as it will be: what the login is done with.
    fn after(&self, edit: &ConfigEdit) -> Result<ConfigSet, CliError> {
        let explain = |error: sso_config::EditError| error.explain(&self.context.voice());
        let edited = edit.preview(self.set.config()).map_err(explain)?;
        let path = Arc::clone(self.set.config().path());
        let document =
            Document::parse(edited.bytes, path).map_err(|error| error.explain(&self.context.voice()))?;
        Ok(ConfigSet::from_documents(document, self.set.credentials().clone()))
    }

    /// A login needs a session that is written.
    fn first_the_session(&self, error: CliError, name: &SessionName) -> CliError {
        match error.exit {
            Exit::LoginNeeded if self.set.sso_session(name).is_none() => {
                let option = crate::explain::option("--sso-session", name.as_str());
                error.fix(format!("sso configure session{option} ... --yes, then: sso login{option}"))
            }
            _ => error,
        }
    }

    /// The profile must get its credentials from the portal then, and a generated one stays generated: both are said.
    fn check_source(&self, edit: &ConfigEdit, name: &str) -> Result<(), CliError> {
        let key = ProfileName::new(name);
        let resolved =
            self.after(edit)?.resolve(&key).map_err(|error| error.explain(&self.context.voice()))?;
        if !matches!(resolved.source, CredentialSource::Sso(_)) {
            let headline = format!("The profile \"{name}\" would still get its credentials from elsewhere.");
            return Err(CliError::new(Code::C17, Exit::Configuration, headline)
                .cause("keys outside the config file win over its sso_* keys")
                .fix(format!("sso config explain{}", crate::explain::option("--profile", name))));
        }
        if self.set.profile(&key).is_some_and(|section| section.is_generated()) {
            self.context.output.warn(&format!(
                "The profile \"{name}\" was generated: `sso configure populate` will undo changes of its role. \
                 Delete its marker line to keep them."
            ));
        }
        Ok(())
    }

    /// Signs in, and lets the user choose among what they have.
    fn choose_role(
        &self,
        args: &WizardArgs,
        after: &ConfigSet,
        name: &SessionName,
    ) -> Result<(profile::Account, String), CliError> {
        let session = after.resolve_session(name).map_err(|error| error.explain(&self.context.voice()))?;
        let listed = || Listed::new(self.context, after, session.clone());
        let store: FileStore = self.context.store()?;
        // Where nobody is there to approve, only what can be had without them counts: exit 4 names the command.
        if self.ask.can() {
            let done = login::one(self.context, login::Manner::Wizard, &args.flow, after, &store, listed())?;
            let look = self.context.output.stderr_look(self.context.now());
            self.context.output.say(&told(&done, &look, ""));
        }
        let (listed, store) = (listed(), Arc::new(store));
        let network = sessions::network(self.context, after)?;
        let limit = Some(super::accounts::LIMIT);
        let open = SignedIn::open(self.context, &network, &listed.session, &listed.voice, &store);
        let signed_in =
            crate::runtime::block_on(limit, open).map_err(|error| self.first_the_session(error, name))?;
        self.role(args, &signed_in, &listed)
    }
}
