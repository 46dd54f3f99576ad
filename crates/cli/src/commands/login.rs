//! `sso login`: signed in already, renewed, or signed in by the user.

mod flow;
pub(crate) mod report;
mod way;

pub(super) use report::{Done, told};

use super::Outcome;
use super::sessions::{self, Listed};
use crate::args::{FlowArgs, LoginArgs};
use crate::catalogue::Code;
use crate::context::{Context, Network, Target};
use crate::error::CliError;
use crate::exit::Exit;
use crate::output::escape::escape;
use crate::regions::{Verdict, meant, verdict};
use crate::runtime::block_on;
use flow::Login;
use report::{Action, SignedIn};
use sso_cache::FileStore;
use sso_config::ConfigSet;
use sso_core::{Freshness, Lookup, TokenSet, TokenStore};
use way::Way;

/// Signs in to the session that is meant, or to all.
pub(crate) fn run(context: &Context, args: &LoginArgs) -> Result<Outcome, CliError> {
    let set = context.config()?;
    let store = context.store()?;
    if !args.all {
        let listed = sessions::choose(context, &set, &store)?;
        let done = one(context, Manner::of(args), &args.flow, &set, &store, listed)?;
        return Ok(Outcome::success(SignedIn { done: vec![done], failed: Vec::new(), all: false }));
    }
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    for (name, listed) in every_session(context, &set, &store)? {
        match listed.and_then(|listed| one(context, Manner::of(args), &args.flow, &set, &store, listed)) {
            Ok(signed_in) => done.push(signed_in),
            // What follows is not tried: the user wants to stop.
            Err(error) if error.exit == Exit::Interrupted => return Err(error),
            Err(error) => failed.push((name, error)),
        }
    }
    let exit = failed.first().map_or(Exit::Success, |(_, error)| error.exit);
    Ok(Outcome { report: Box::new(SignedIn { done, failed, all: true }), exit })
}

/// A session by its name, or why it is broken.
type Named = (String, Result<Listed, CliError>);

/// The sessions that count, whole ones first: their browsers need not wait for the broken ones.
fn every_session(context: &Context, set: &ConfigSet, store: &FileStore) -> Result<Vec<Named>, CliError> {
    let mut named: Vec<_> = sessions::counting_or_one(context, set, store)?
        .into_iter()
        .map(|found| match found {
            Ok(listed) => (listed.label.clone(), Ok(listed)),
            Err((name, error)) => (name, Err(error)),
        })
        .collect();
    named.sort_by_key(|(_, listed)| listed.is_err());
    Ok(named)
}

/// Who asks for the login, and how urgently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// `sso login`: the least that is needed.
    Usual,
    /// `sso login --force`: by the user in any case.
    Force,
    /// `sso configure`: as usual, but the configuration is the wizard's to write.
    Wizard,
}

impl Manner {
    fn of(args: &LoginArgs) -> Self {
        if args.force { Self::Force } else { Self::Usual }
    }
}

/// Signs in to one session: by what is on disk, by renewing, else by the user.
pub(super) fn one(
    context: &Context,
    manner: Manner,
    flow: &FlowArgs,
    set: &ConfigSet,
    store: &FileStore,
    listed: Listed,
) -> Result<Done, CliError> {
    let target = Target::check(listed.session.clone(), &listed.voice)?.asked_for();
    if listed.is_legacy() && flow.use_pkce {
        return Err(CliError::new(
            Code::R01,
            Exit::Usage,
            "A profile without an sso-session signs in with a code only.",
        )
        .cause("--use-pkce needs an sso-session, as in the AWS CLI")
        .fix(listed.voice.command("login")));
    }
    let way = Way::of(context, flow, &listed)?;
    let tokens = context.tokens(store, &listed.session, &listed.voice)?;
    if manner != Manner::Force
        && let Some(token) = fresh(context, tokens.as_ref(), &target)
    {
        return Ok(Done::new(listed, token, Action::Already, set));
    }
    let network = sessions::network(context, set)?;
    odd_region(context, &listed);
    let login = Login {
        context,
        manner,
        args: flow,
        way: &way,
        set,
        store,
        tokens,
        listed: &listed,
        target: &target,
        network: &network,
    };
    let (token, action) = block_on(None, login.run())?;
    Ok(Done::new(listed, token, action, set))
}

/// A region that cannot be one is tried all the same, as the service may be somewhere that nobody has told us of.
fn odd_region(context: &Context, listed: &Listed) {
    let region = &listed.session.region;
    if verdict(&region.value) == Verdict::No {
        let (text, at) = (escape(&region.value), listed.voice.origin(&region.origin));
        let such = meant(&region.value).map_or_else(String::new, |meant| format!("; {meant} is one"));
        context.output.warn(&format!("The sso_region \"{text}\" is not a region{such} ({at})."));
    }
}

/// Signs in by the user, whatever is on the disk.
pub(super) async fn by_user(
    context: &Context,
    args: &FlowArgs,
    set: &ConfigSet,
    store: &FileStore,
    listed: &Listed,
    target: &Target,
    network: &Network,
) -> Result<TokenSet, CliError> {
    let way = &Way::of(context, args, listed)?;
    let tokens = context.tokens(store, &listed.session, &listed.voice)?;
    let login =
        Login { context, manner: Manner::Force, args, way, set, store, tokens, listed, target, network };
    login.run().await.map(|(token, _)| token)
}

/// The cached token, if nothing needs to be asked of anybody.
fn fresh(context: &Context, tokens: &dyn TokenStore, target: &Target) -> Option<TokenSet> {
    let wanted = target.for_broker();
    let Ok(Lookup::Found(token)) = tokens.load(&wanted.key) else { return None };
    let fresh = token.freshness(context.now(), &target.policy) == Freshness::Fresh;
    (fresh && token.belongs_to(&wanted.start_url, &wanted.region)).then_some(token)
}
