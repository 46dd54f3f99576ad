//! `sso configure populate`: a profile for every account and role that the user has.

pub(crate) mod name;
mod plan;
mod prune;
pub(crate) mod report;
mod target;

use super::portal::SignedIn;
use super::roles::{keep, of_all_accounts, warn_unread};
use super::sessions::Listed;
use super::{Outcome, sessions};
use crate::args::PopulateArgs;
use crate::catalogue::Code;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::explain::Explain as _;
use crate::runtime::block_on;
pub(crate) use name::DEFAULT_TEMPLATE;
use name::{Template, Word};
use plan::{Plan, SessionRoles, Wish};
use report::Populated;
use sso_cache::FileStore;
use sso_config::{ConfigSet, Diff, EditError, write_config};
use sso_core::{Region, SessionName};
use sso_portal::Inventory;
use std::sync::Arc;
use std::time::Duration;
use wildmatch::WildMatch;

/// How long reading may take in all: a thousand accounts, throttled.
const LIMIT: Duration = Duration::from_secs(600);

/// How often the plan is made anew because somebody else writes the file.
const MOST_TRIES: usize = 5;

/// A session to read, whole or broken.
type Chosen = (SessionName, Result<Listed, CliError>);

/// Reads what the sessions may use, and writes the profiles.
pub(crate) fn run(context: &Context, args: &PopulateArgs) -> Result<Outcome, CliError> {
    let wish = wish(args)?;
    let set = context.config()?;
    let store = Arc::new(context.store()?);
    let sessions = chosen(context, args, &set, &store)?;
    let (mut read, mut unread) = (Vec::new(), Vec::new());
    for (name, found) in
        block_on(context.within(LIMIT), async { Ok(read_all(context, &set, sessions, &store).await) })?
    {
        match found {
            Ok(inventory) => read.push(SessionRoles { session: name, inventory }),
            Err(error) => unread.push((name, error)),
        }
    }
    if read.is_empty()
        && let Some((_, error)) = unread.first()
    {
        return Err(error.clone());
    }
    // One session of many does not stop the others.
    for (_, error) in &unread {
        let fix = error.fix.as_ref().map(|fix| format!(" ({fix})")).unwrap_or_default();
        context.output.warn(&format!("{}{fix}", error.headline));
    }
    read.iter().flat_map(|read| &read.inventory.failed).for_each(|unread| warn_unread(context, unread));
    let partial = read.iter().any(|read| !read.inventory.failed.is_empty());
    let exit = match unread.first() {
        Some((_, error)) => error.exit,
        None if partial => Exit::Network,
        None => Exit::Success,
    };
    let (plan, diff) = make(context, &read, &wish, args.dry_run)?;
    let report = Populated::new(context, plan, diff, (read, unread), args);
    Ok(Outcome { report: Box::new(report), exit })
}

/// Plans and, unless it is a rehearsal, writes. The file that the plan was made for is the one that is replaced.
fn make(
    context: &Context,
    read: &[SessionRoles],
    wish: &Wish,
    dry_run: bool,
) -> Result<(Plan, Diff), CliError> {
    let mut tries = 1;
    loop {
        let set = context.config()?;
        let plan = plan::plan(read, &set, wish);
        let document = set.config();
        let done = if dry_run {
            plan.edit.preview(document).map(|edited| edited.diff)
        } else {
            write_config(document.path(), &plan.edit, Some(document.text().as_bytes()))
                .map(|written| written.edited.diff)
        };
        match done {
            Ok(diff) => return Ok((plan, diff)),
            Err(EditError::ChangedMeanwhile { .. }) if tries < MOST_TRIES => tries += 1,
            Err(error) => return Err(error.explain(&context.voice())),
        }
    }
}

/// The options, checked before anything is asked of the network.
fn wish(args: &PopulateArgs) -> Result<Wish, CliError> {
    let usage = |headline: &str| CliError::new(Code::R01, Exit::Usage, headline);
    let words = || Word::ALL.map(|word| word.to_string()).join(" ");
    let template = Template::parse(&args.name_template).map_err(|fault| {
        usage(&format!("The template \"{}\" cannot be used.", args.name_template))
            .cause(fault.to_string())
            .note("words", words())
            .fix(format!("leave --name-template out: that is '{DEFAULT_TEMPLATE}'"))
    })?;
    let mut regions: Vec<Region> = Vec::new();
    for text in &args.regions {
        let region = Region::parse(text).map_err(|error| {
            CliError::new(Code::C14, Exit::Usage, format!("The --region \"{text}\" is not a region."))
                .cause(error.to_string())
                .fix("give a region such as us-east-1")
        })?;
        if !regions.contains(&region) {
            regions.push(region);
        }
    }
    let has_region = template.has(Word::Region);
    if regions.len() > 1 && !has_region {
        return Err(usage("With several regions the template must have the word {region}.")
            .fix(format!("add --name-template '{}-{{region}}'", args.name_template)));
    }
    if regions.is_empty() && has_region {
        return Err(usage("The template has the word {region}, but no --region is given."));
    }
    let glob = |text: &Option<String>| text.as_deref().map(WildMatch::new_case_insensitive);
    let (account, role) = (glob(&args.account), glob(&args.role));
    Ok(Wish { template, regions, account, role, prune: args.prune })
}

/// The sessions to read. Only with `--all-sessions` there may be broken ones among them.
fn chosen(
    context: &Context,
    args: &PopulateArgs,
    set: &ConfigSet,
    store: &FileStore,
) -> Result<Vec<Chosen>, CliError> {
    if !args.all_sessions {
        let listed = sessions::choose(context, set, store)?;
        return match listed.is_legacy() {
            true => Err(legacy(&listed)),
            false => Ok(vec![(SessionName::new(listed.label.as_str()), Ok(listed))]),
        };
    }
    let named = set.sso_sessions().map(|section| SessionName::new(section.name()));
    let sessions: Vec<_> = named
        .map(|name| {
            let session = set.resolve_session(&name).map_err(|error| error.explain(&context.voice()));
            (name, session.map(|session| Listed::new(context, set, session)))
        })
        .collect();
    if sessions.is_empty() {
        let error = CliError::new(Code::C01, Exit::Configuration, "No sso-session is configured.");
        return Err(error.fix("sso configure session"));
    }
    Ok(sessions)
}

fn legacy(listed: &Listed) -> CliError {
    CliError::new(Code::C04, Exit::Configuration, format!("{} has no sso-session.", listed.label))
        .cause("the profiles that are made name an sso-session")
        .fix("sso configure session")
}

async fn read_all(
    context: &Context,
    set: &ConfigSet,
    sessions: Vec<Chosen>,
    store: &Arc<FileStore>,
) -> Vec<(SessionName, Result<Inventory, CliError>)> {
    let mut read = Vec::new();
    for (name, listed) in sessions {
        let inventory = match listed {
            Ok(listed) => inventory(context, set, &listed, store).await,
            Err(error) => Err(error),
        };
        read.push((name, inventory));
    }
    read
}

async fn inventory(
    context: &Context,
    set: &ConfigSet,
    listed: &Listed,
    store: &Arc<FileStore>,
) -> Result<Inventory, CliError> {
    let network = sessions::network(context, set)?;
    let session = SignedIn::open(context, &network, &listed.session, &listed.voice, store).await?;
    let inventory = of_all_accounts(context, &session).await.map_err(|error| error.explain(&listed.voice))?;
    keep(context, listed, &inventory);
    Ok(inventory)
}
